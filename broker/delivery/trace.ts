import type { Account } from '../account/account.ts';
import { eventTime, preciseNow } from '../base/event-text.ts';
import { latin1ToText } from '../base/latin1.ts';
import type { Sink } from '../account/sink.ts';
import type { TraceHeaders } from './trace-headers.ts';

/** Kinds of connections in events; others are of servers. */
const CLIENT_KIND = 0;

/** Why somebody did not get a traced message. */
export const TRACE_FAILURES = {
  noEcho: 'Not delivered because of no echo',
  denied: 'Not delivered because subscription denies this subject',
  subscriptionClosed: 'Not delivered because subscription is closed',
  clientClosed: 'Not delivered because client is closed',
  slow: 'Not delivered because fast producer not stalled and consumer is slow',
} as const;

export type TraceFailure = (typeof TRACE_FAILURES)[keyof typeof TRACE_FAILURES];

/** Something that happened to a message, with the fields of ADR-41 in nats-server's order. */
type TraceStep = Record<string, string | number | boolean | undefined>;

/** What became of it in a stream, filled in as it goes. */
export interface JetStreamStep {
  /** It is taken under that subject. */
  at(subject: string, noInterest: boolean): void;
  fail(error: string): void;
}

/** A message whose way is followed (ADR-41): what was asked, and what came of it so far. */
export class MessageTrace {
  /** Where it came in. */
  readonly account: Account;
  /** Where its event goes, in that account. Within an import it is a subject that stands for it. latin1. */
  readonly destination: string;
  /** It is followed and reaches nobody. */
  readonly only: boolean;
  readonly #headers: TraceHeaders;
  readonly #messageBytes: number;
  readonly #ingress: TraceStep;
  readonly #steps: TraceStep[];

  /** `subject` is latin1, before any mapping. */
  constructor(
    account: Account,
    source: Sink,
    headers: TraceHeaders,
    destination: string,
    subject: string,
    size: number,
  ) {
    this.account = account;
    this.destination = destination;
    this.only = headers.only;
    this.#headers = headers;
    this.#messageBytes = size;
    const { requester } = source;
    this.#ingress = {
      type: 'in',
      ts: now(),
      kind: CLIENT_KIND,
      cid: requester?.clientId ?? 0,
      name: requester?.clientName || undefined,
      acc: account.name,
      subj: latin1ToText(subject),
      error: undefined,
    };
    this.#steps = [this.#ingress];
  }

  /** `Accept-Encoding` of the message; '' when it has none. */
  get acceptEncoding(): string {
    return this.#headers.values['Accept-Encoding']?.[0] ?? '';
  }

  /** It was not taken. */
  refuse(error: string): void {
    this.#ingress['error'] = latin1ToText(error);
  }

  addMapping(subject: string): void {
    this.#steps.push({ type: 'sm', ts: now(), to: latin1ToText(subject) });
  }

  /** It goes to a subscription in another account. */
  addStreamExport(account: string, subject: string): void {
    this.#steps.push({ type: 'se', ts: now(), acc: account, to: latin1ToText(subject) });
  }

  /** It goes on in another account. */
  addServiceImport(account: string, from: string, to: string): void {
    this.#steps.push({ type: 'si', ts: now(), acc: account, from: latin1ToText(from), to: latin1ToText(to) });
  }

  /** It was sent to a connection, or why not. `subject` is that of the subscription where the message was published. */
  addEgress(sink: Sink, subject: string, queue: string | undefined, error?: TraceFailure): void {
    const { requester } = sink;
    this.#steps.push({
      type: 'eg',
      ts: now(),
      kind: CLIENT_KIND,
      cid: requester?.clientId ?? 0,
      name: requester?.clientName || undefined,
      acc: requester === undefined || requester.account === this.account.name ? undefined : requester.account,
      sub: latin1ToText(subject),
      queue: queue === undefined ? undefined : latin1ToText(queue),
      error,
    });
  }

  /** It came to a stream. */
  addJetStream(stream: string): JetStreamStep {
    const step: TraceStep = {
      type: 'js',
      ts: now(),
      stream: latin1ToText(stream),
      subject: undefined,
      nointerest: undefined,
      error: undefined,
    };
    this.#steps.push(step);
    return {
      at(subject, noInterest) {
        step['ts'] = now();
        step['subject'] = subject;
        step['nointerest'] = noInterest || undefined;
      },
      fail(error) {
        step['error'] = error;
      },
    };
  }

  /** The event. `server` says who speaks. */
  event(server: object): object {
    return {
      server,
      request: { header: this.#headers.values, msgsize: this.#messageBytes || undefined },
      events: this.#steps,
    };
  }
}

function now(): string {
  return eventTime(preciseNow());
}
