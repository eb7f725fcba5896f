import { createHash } from 'node:crypto';
import type { Account } from '../account/account.ts';
import type { Bus } from '../account/bus.ts';
import type { OutsideMessage, ServiceCrossing, Services } from '../account/crossing.ts';
import type { ServiceExport } from '../account/exports.ts';
import { answeredMetric, badRequestMetric, failedMetric, type Sampling, sampleRequest } from '../account/latency.ts';
import { mapSubject } from '../account/mappings.ts';
import { type ClientInfo, orderedClientInfo } from '../account/requester.ts';
import type { PendingResponse, ResponseEnd } from '../account/responses.ts';
import type { Sink } from '../account/sink.ts';
import type { Arena } from '../base/arena.ts';
import { eventJson, preciseNow } from '../base/event-text.ts';
import { latin1ToText, textToLatin1 } from '../base/latin1.ts';
import type { LogLevel } from '../base/log.ts';
import { canonicalHeaders } from '../wire/header-values.ts';
import type { Parser } from '../wire/parser.ts';
import type { Delivery } from './delivery.ts';
import type { MatchCaches } from './match-caches.ts';
import type { HeaderLine, MessageStack } from './message-stack.ts';
import { TRACE_DESTINATION_HEADER, TRACE_DISABLED } from './trace-headers.ts';
import type { Tracing } from './tracing.ts';

/** Header that tells a responder where a request comes from. */
export const CLIENT_INFO_HEADER = 'Nats-Request-Info';

/** Replies that stay as they are, since consumers of another account are fetched from through them. */
const ACK_PREFIX = '$JS.ACK.';

/** What requests need of their broker. */
export interface ServicesContext {
  readonly arena: Arena;
  readonly caches: MatchCaches;
  readonly delivery: Delivery;
  readonly messages: MessageStack;
  readonly bus: Bus;
  readonly accounts: { readonly system: Account | undefined };
  readonly tracing: Tracing;
  readonly serverName: string;
  /** Eight letters and digits that stand for the server in subjects. */
  readonly serverHash: string;
  log(level: LogLevel, text: string): void;
}

/** A service that a message has come through on its way. */
interface Step {
  readonly export: ServiceExport | undefined;
  readonly share: boolean;
}

/**
 * Requests and answers between accounts. A request goes on under the exporter's subject, with a reply that only the broker
 * knows the meaning of and a header that says where it comes from; answers to that reply go back to the requester's own.
 */
export class RequestServices implements Services {
  readonly #context: ServicesContext;
  /** What the message at hand has come through; of several imports in a row the first is in front. */
  #steps: readonly Step[] = [];

  constructor(context: ServicesContext) {
    this.#context = context;
  }

  /** Runs something that is not part of the message at hand: what a handler of the broker publishes in turn. */
  apart<T>(run: () => T): T {
    const { tracing } = this.#context;
    const steps = this.#steps;
    if (steps.length === 0 && tracing.current === undefined) return run();
    this.#steps = [];
    try {
      return tracing.as(undefined, run);
    } finally {
      this.#steps = steps;
    }
  }

  request(crossing: ServiceCrossing, message: Parser, source: Sink): boolean {
    const { service, exporter } = crossing;
    if (this.#steps.some((step) => step.export === service.export)) return false;
    const { arena } = this.#context;
    const sampling = this.#sample(service.export, message);
    let response: PendingResponse | undefined;
    let reply = '';
    if (message.replyEnd !== 0) {
      reply = arena.latin1(message.replyStart, message.replyEnd);
      if (!reply.startsWith(ACK_PREFIX)) {
        response = this.#await(crossing, reply, sampling, source);
        reply = response.subject;
      }
    }
    const subject = arena.latin1(message.subjectStart, message.subjectEnd);
    const info = this.#clientInfo(crossing, message, source);
    const to = this.#mapped(exporter, service.subjectThere(subject));
    const headers: HeaderLine[] = info === undefined ? [] : [{ name: CLIENT_INFO_HEADER, value: info }];
    const share = this.#steps.at(-1)?.share ?? service.share;
    const delivered = this.#through({ export: service.export, share }, () =>
      this.#traced(exporter, subject, to, headers, service.export?.allowTrace ?? false, () =>
        this.#deliverChanged(message, exporter, to, reply, headers, source),
      ),
    );
    if (response === undefined && sampling.sampled && message.replyEnd === 0) {
      this.#publishMetric(exporter, service.export, () =>
        badRequestMetric(source.requester, service.share, sampling.header, preciseNow()),
      );
    }
    if (response !== undefined) {
      if (!delivered) this.#close(response, 'undelivered');
      // Nobody got it, so that nobody answers.
      else if (this.#context.tracing.current?.only === true) this.#close(response, 'answered');
    }
    return delivered;
  }

  respond(exporter: Account, message: Parser, source: Sink): boolean {
    const { arena } = this.#context;
    const { responses } = exporter;
    const response = responses.find(arena.latin1(message.subjectStart, message.subjectEnd));
    // Whoever answers what nobody asked counts as heard all the same.
    if (response === undefined || this.#steps.some((step) => step.export === response.export)) return true;
    const { requester, tracked } = response;
    let reply = '';
    let further: PendingResponse | undefined;
    if (message.replyEnd !== 0) {
      reply = arena.latin1(message.replyStart, message.replyEnd);
      if (!reply.startsWith(ACK_PREFIX)) {
        further = requester.responses.open({
          exporter: requester,
          requester: exporter,
          to: reply,
          export: response.export,
          type: response.type,
          share: response.share,
          tracked: undefined,
          onAnswer: undefined,
        });
        exporter.awaited.add(further);
        reply = further.subject;
      }
    }
    const measured = tracked !== undefined && !response.answered ? preciseNow() : undefined;
    if (measured !== undefined) response.answered = true;
    const to = this.#mapped(requester, response.to);
    const headers: HeaderLine[] = [];
    const delivered = this.#through({ export: response.export, share: response.share }, () =>
      this.#traced(requester, response.subject, to, headers, false, () =>
        reply === '' && headers.length === 0
          ? this.#deliverUnder(message, requester, to, source)
          : this.#deliverChanged(message, requester, to, reply, headers, source),
      ),
    );
    if (measured !== undefined && tracked !== undefined && source.requester !== undefined) {
      const metric = answeredMetric(tracked, response.share, source.requester, measured, preciseNow() - measured);
      this.#publishMetric(exporter, response.export, () => metric);
    }
    if (!delivered && further !== undefined) this.#close(further, 'undelivered');
    const last = response.type === 'singleton' || message.payloadBytes === 0;
    if (!delivered || last) this.#close(response, delivered ? 'answered' : 'undelivered');
    else responses.touch(response);
    return true;
  }

  respondOutside(exporter: Account, { subject, headers, payload }: OutsideMessage): boolean {
    const { delivery, caches, messages } = this.#context;
    const response = exporter.responses.find(subject);
    if (response === undefined) return true;
    const { requester } = response;
    const to = this.#mapped(requester, response.to);
    const cache = caches.relayed(requester);
    const delivered = messages.with(to, '', undefined, NOTHING, (message) =>
      delivery.deliverOutside(cache.lookup(message), { subject: to, reply: '', headers, payload }),
    );
    if (response.type === 'singleton' || !delivered) this.#close(response, delivered ? 'answered' : 'undelivered');
    else exporter.responses.touch(response);
    return true;
  }

  ended(response: PendingResponse, end: ResponseEnd): void {
    this.#publishMetric(response.exporter, response.export, () => failedMetric(response, end));
  }

  #close(response: PendingResponse, end: ResponseEnd): void {
    if (!response.exporter.responses.close(response)) return;
    response.requester.awaited.delete(response);
    this.ended(response, end);
  }

  #await(crossing: ServiceCrossing, to: string, { sampled, header }: Sampling, source: Sink): PendingResponse {
    const { importer, exporter, service } = crossing;
    const { accounts, serverHash } = this.#context;
    const latency = sampled ? service.export?.latency : undefined;
    const type = service.export?.responseType ?? 'singleton';
    const response = exporter.responses.open(
      {
        exporter,
        requester: importer,
        to,
        export: service.export,
        type,
        share: service.share,
        tracked:
          latency === undefined ? undefined : { latency, requester: source.requester, header, startedAt: preciseNow() },
        onAnswer: undefined,
      },
      latency !== undefined && accounts.system !== undefined ? `.${serverHash}.T` : '',
    );
    importer.awaited.add(response);
    return response;
  }

  #sample(service: ServiceExport | undefined, message: Parser): Sampling {
    const latency = service?.latency;
    if (latency === undefined) return NOT_SAMPLED;
    return sampleRequest(latency, () => {
      const { payloadStart, headerBytes } = message;
      if (headerBytes <= 0) return {};
      return canonicalHeaders(latin1ToText(this.#context.arena.latin1(payloadStart, payloadStart + headerBytes)));
    });
  }

  /** JSON of who asks; undefined when it is nobody that others may be told of. latin1. */
  #clientInfo({ importer, exporter, service }: ServiceCrossing, message: Parser, source: Sink): string | undefined {
    const { accounts } = this.#context;
    const { requester } = source;
    const before = this.#steps.at(-1);
    const toSystem = exporter === accounts.system;
    if (before === undefined && !service.share && !toSystem && requester !== undefined) return requester.briefInfo;
    const share = before?.share ?? service.share;
    let info: ClientInfo | undefined;
    if (before !== undefined) info = this.#carriedInfo(message);
    if (info !== undefined) info.svc = importer.name;
    else if (requester !== undefined) info = requester.clientInfo(share);
    else if (importer !== accounts.system) info = { acc: importer.name };
    if (info === undefined) return undefined;
    const addServer = !share && (toSystem || (before !== undefined && service.share));
    if (addServer) info.server = this.#context.serverName;
    return textToLatin1(eventJson(orderedClientInfo(info)));
  }

  /** What an earlier import said of the requester. */
  #carriedInfo({ payloadStart, headerBytes }: Parser): ClientInfo | undefined {
    if (headerBytes <= 0) return undefined;
    const block = this.#context.arena.latin1(payloadStart, payloadStart + headerBytes);
    const value = new RegExp(`\\r\\n${CLIENT_INFO_HEADER}: *([^\\r]*)`).exec(block)?.[1];
    if (value === undefined) return undefined;
    try {
      const info: unknown = JSON.parse(latin1ToText(value));
      return typeof info === 'object' && info !== null ? { ...info } : undefined;
    } catch {
      return undefined;
    }
  }

  /**
   * Delivers in another account, and tells a trace of it. Where tracing ends at the border, `headers` say so to whoever is
   * behind it.
   */
  #traced(
    account: Account,
    from: string,
    to: string,
    headers: HeaderLine[],
    allowed: boolean,
    deliver: () => boolean,
  ): boolean {
    const { tracing } = this.#context;
    const trace = tracing.current;
    if (trace === undefined) return deliver();
    trace.addServiceImport(account.name, from, to);
    if (allowed) {
      // Stands for the destination, which the other account does not know.
      headers.push({ name: TRACE_DESTINATION_HEADER, value: account.responses.newSubject() });
      return deliver();
    }
    if (trace.only) return false;
    headers.push({ name: TRACE_DESTINATION_HEADER, value: TRACE_DISABLED });
    return tracing.as(undefined, deliver);
  }

  #mapped(account: Account, subject: string): string {
    const mapping = account.mappings.find(subject);
    return mapping === undefined ? subject : mapSubject(mapping, subject, randomBelow);
  }

  #through<T>(step: Step, run: () => T): T {
    const steps = this.#steps;
    this.#steps = [...steps, step];
    try {
      return run();
    } finally {
      this.#steps = steps;
    }
  }

  /** The same message under another subject. */
  #deliverUnder(message: Parser, account: Account, subject: string, source: Sink): boolean {
    const delivered = this.#context.messages.withSubject(message, subject, () =>
      this.#deliver(account, message, source),
    );
    return delivered === undefined ? this.#tooBig(subject) : delivered > 0;
  }

  #deliverChanged(
    message: Parser,
    account: Account,
    subject: string,
    reply: string,
    headers: readonly HeaderLine[],
    source: Sink,
  ): boolean {
    const delivered = this.#context.messages.withChanged(message, subject, reply, headers, (changed) =>
      this.#deliver(account, changed, source),
    );
    return delivered === undefined ? this.#tooBig(subject) : delivered > 0;
  }

  #deliver(account: Account, message: Parser, source: Sink): number {
    const { delivery, caches, tracing } = this.#context;
    if (tracing.current !== undefined) return tracing.deliver(account, message, source, false);
    return delivery.deliver(caches.relayed(account).lookup(message), message, source);
  }

  #tooBig(subject: string): boolean {
    this.#context.log('error', `A message on "${latin1ToText(subject)}" went through too many imports for its size`);
    return false;
  }

  #publishMetric(exporter: Account, service: ServiceExport | undefined, metric: () => string | undefined): void {
    const subject = service?.latency?.subject;
    if (subject === undefined || this.#context.accounts.system === undefined) return;
    const json = metric();
    if (json !== undefined) this.#context.bus.publish(exporter, subject, json);
  }
}

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const HASH_LENGTH = 8;

/** Eight letters and digits that stand for a server in subjects. */
export function serverHash(serverName: string): string {
  const digest = createHash('sha256').update(serverName).digest();
  return Array.from(digest.subarray(0, HASH_LENGTH), (byte) => DIGITS[byte % DIGITS.length]).join('');
}

const NOTHING = new Uint8Array(0);
const NOT_SAMPLED: Sampling = { sampled: false };

function randomBelow(count: number): number {
  return Math.floor(Math.random() * count);
}
