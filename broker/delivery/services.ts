import { createHash } from 'node:crypto';
import type { Account } from '../account/account.ts';
import type { Bus } from '../account/bus.ts';
import type { OutsideMessage, ReplyBytes, ServiceCrossing, Services } from '../account/crossing.ts';
import type { ServiceExport } from '../account/exports.ts';
import { answeredMetric, badRequestMetric, failedMetric, type Sampling, sampleRequest } from '../account/latency.ts';
import { mapSubject } from '../account/mappings.ts';
import { CLIENT_INFO_HEADER } from '../account/requester.ts';
import { PendingResponse, type ResponseEnd } from '../account/responses.ts';
import type { Sink } from '../account/sink.ts';
import type { Arena } from '../base/arena.ts';
import { preciseNow } from '../base/event-text.ts';
import { latin1ToText } from '../base/latin1.ts';
import type { LogLevel } from '../base/log.ts';
import type { MessagePlace } from '../store/message-log.ts';
import { canonicalHeaders } from '../wire/header-values.ts';
import type { Parser } from '../wire/parser.ts';
import type { Delivery } from './delivery.ts';
import type { MatchCaches } from './match-caches.ts';
import { type MessageStack, withHeader } from './message-stack.ts';
import { requestInfo } from './request-info.ts';
import type { StoredDelivery } from './stored-delivery.ts';
import { TRACE_DESTINATION_HEADER, TRACE_DISABLED } from './trace-headers.ts';
import type { Tracing } from './tracing.ts';

/** Replies that stay as they are, since consumers of another account are fetched from through them. */
const ACK_PREFIX = '$JS.ACK.';

/** What requests need of their broker. */
export interface ServicesContext {
  readonly arena: Arena;
  readonly caches: MatchCaches;
  readonly delivery: Delivery;
  readonly messages: MessageStack;
  readonly stored: StoredDelivery;
  readonly bus: Bus;
  readonly accounts: { readonly system: Account | undefined };
  readonly tracing: Tracing;
  readonly serverName: string;
  /** Eight letters and digits that stand for the server in subjects. */
  readonly serverHash: string;
  log(level: LogLevel, text: string): void;
}

/** A service that a message has come through on its way: an import, or an answer on its way back. */
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
  #steps: Step[] = [];

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

  request(crossing: ServiceCrossing, message: Parser, source: Sink, there: string): boolean {
    const { service, exporter, importer } = crossing;
    if (this.#isPassed(service)) return false;
    const { arena } = this.#context;
    const latency = service.export?.latency;
    const sampling = latency === undefined ? NOT_SAMPLED : this.#sample(service.export as ServiceExport, message);
    let response: PendingResponse | undefined;
    let reply = '';
    if (message.replyEnd !== 0) {
      reply = arena.latin1(message.replyStart, message.replyEnd);
      if (!reply.startsWith(ACK_PREFIX)) {
        response = new PendingResponse(exporter, importer, reply, service);
        if (sampling.sampled) this.#measure(response, sampling, source);
        exporter.responses.open(response);
        importer.awaited.add(response);
        reply = response.subject;
      }
    }
    const subject = there === '' ? service.subjectThere(arena.latin1(message.subjectStart, message.subjectEnd)) : there;
    const to = exporter.mappings.isEmpty ? subject : mapped(exporter, subject);
    const block = this.#requestBlock(crossing, message, source);
    this.#steps.push(service);
    let delivered: boolean;
    try {
      delivered =
        this.#context.tracing.current === undefined
          ? this.#deliverChanged(message, exporter, to, reply, block, source)
          : this.#deliverTraced(message, exporter, to, reply, block, source, service.export?.allowTrace ?? false);
    } finally {
      this.#steps.pop();
    }
    if (sampling.sampled && message.replyEnd === 0) {
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
    const { arena, tracing } = this.#context;
    const { responses } = exporter;
    const response = responses.find(arena.latin1(message.subjectStart, message.subjectEnd));
    // Whoever answers what nobody asked counts as heard all the same.
    if (response === undefined || this.#isPassed(response)) return true;
    const { requester, tracked } = response;
    let reply = '';
    let further: PendingResponse | undefined;
    if (message.replyEnd !== 0) {
      reply = arena.latin1(message.replyStart, message.replyEnd);
      if (!reply.startsWith(ACK_PREFIX)) {
        further = new PendingResponse(requester, exporter, reply, response);
        requester.responses.open(further);
        exporter.awaited.add(further);
        reply = further.subject;
      }
    }
    const measured = tracked !== undefined && !response.answered ? preciseNow() : 0;
    if (measured !== 0) response.answered = true;
    const to = requester.mappings.isEmpty ? response.to : mapped(requester, response.to);
    this.#steps.push(response);
    let delivered: boolean;
    try {
      if (tracing.current !== undefined) {
        delivered = this.#deliverTraced(message, requester, to, reply, undefined, source, false);
      } else if (reply === '') {
        delivered = this.#deliverUnder(message, requester, to, source);
      } else {
        delivered = this.#deliverChanged(message, requester, to, reply, undefined, source);
      }
    } finally {
      this.#steps.pop();
    }
    if (measured !== 0 && tracked !== undefined && source.requester !== undefined) {
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
    const to = mapped(requester, response.to);
    const cache = caches.relayed(requester);
    const delivered = messages.with(to, '', undefined, NOTHING, (message) =>
      delivery.deliverOutside(cache.lookup(message), { subject: to, reply: '', headers, payload }),
    );
    if (response.type === 'singleton' || !delivered) this.#close(response, delivered ? 'answered' : 'undelivered');
    else exporter.responses.touch(response);
    return true;
  }

  respondStored(exporter: Account, message: MessagePlace, subject: string, reply: ReplyBytes): boolean {
    const { stored } = this.#context;
    const response = exporter.responses.find(subject);
    // A consumer is told that nobody is there any more.
    if (response === undefined) return false;
    if (this.#isPassed(response)) return true;
    const { requester } = response;
    const to = requester.mappings.isEmpty ? response.to : mapped(requester, response.to);
    this.#steps.push(response);
    let delivered: boolean;
    try {
      delivered = stored.deliver(stored.relayedEntryOf(requester, to), to, message, reply) > 0;
    } finally {
      this.#steps.pop();
    }
    if (!delivered || response.type === 'singleton') this.#close(response, delivered ? 'answered' : 'undelivered');
    else exporter.responses.touch(response);
    return delivered;
  }

  ended(response: PendingResponse, end: ResponseEnd): void {
    if (response.tracked === undefined) return;
    this.#publishMetric(response.exporter, response.export, () => failedMetric(response, end));
  }

  #close(response: PendingResponse, end: ResponseEnd): void {
    if (!response.exporter.responses.close(response)) return;
    response.requester.awaited.delete(response);
    this.ended(response, end);
  }

  /** Whether the message has come through that service already. */
  #isPassed(step: Step): boolean {
    const steps = this.#steps;
    for (let i = 0; i < steps.length; i++) if (steps[i]?.export === step.export) return true;
    return false;
  }

  // ── What is measured ──────────────────────────────────────────────────────────────────────────────────────────────

  #sample(service: ServiceExport, message: Parser): Sampling {
    if (service.latency === undefined) return NOT_SAMPLED;
    return sampleRequest(service.latency, () => canonicalHeaders(latin1ToText(this.#headersOf(message))));
  }

  #measure(response: PendingResponse, { header }: Sampling, { requester }: Sink): void {
    const { accounts, serverHash } = this.#context;
    response.tracked = { requester, header, startedAt: preciseNow() };
    if (accounts.system !== undefined) response.suffix = `.${serverHash}.T`;
  }

  #publishMetric(exporter: Account, service: ServiceExport | undefined, metric: () => string | undefined): void {
    const subject = service?.latency?.subject;
    if (subject === undefined || this.#context.accounts.system === undefined) return;
    const json = metric();
    if (json !== undefined) this.#context.bus.publish(exporter, subject, json);
  }

  // ── How it goes on ────────────────────────────────────────────────────────────────────────────────────────────────

  #headersOf({ payloadStart, headerBytes }: Parser): string {
    return headerBytes <= 0 ? '' : this.#context.arena.latin1(payloadStart, payloadStart + headerBytes);
  }

  /** The header block of a request as it goes on; undefined when it goes on with what it has. */
  #requestBlock(crossing: ServiceCrossing, message: Parser, source: Sink): string | undefined {
    const { accounts, serverName } = this.#context;
    const before = this.#steps.at(-1);
    const toSystem = crossing.exporter === accounts.system;
    const { requester } = source;
    const brief = before === undefined && !crossing.service.share && !toSystem && requester !== undefined;
    if (brief && message.headerBytes <= 0) return requester.briefBlock;
    const headers = this.#headersOf(message);
    const fromSystem = crossing.importer === accounts.system;
    const info = brief
      ? requester.briefInfo
      : requestInfo({ crossing, source, before, headers, toSystem, fromSystem, serverName });
    return info === undefined ? undefined : withHeader(headers, CLIENT_INFO_HEADER, info);
  }

  /** The same message under another subject. */
  #deliverUnder(message: Parser, account: Account, subject: string, source: Sink): boolean {
    const { messages } = this.#context;
    const { subjectStart, subjectEnd, hash } = message;
    if (!messages.rename(message, subject)) return this.#tooBig(subject);
    try {
      return this.#deliver(account, message, source) > 0;
    } finally {
      messages.release();
      message.subjectStart = subjectStart;
      message.subjectEnd = subjectEnd;
      message.hash = hash;
    }
  }

  #deliverChanged(
    message: Parser,
    account: Account,
    subject: string,
    reply: string,
    block: string | undefined,
    source: Sink,
  ): boolean {
    const { messages } = this.#context;
    const changed = messages.layChanged(message, subject, reply, block);
    if (changed === undefined) return this.#tooBig(subject);
    try {
      return this.#deliver(account, changed, source) > 0;
    } finally {
      messages.release();
    }
  }

  /** The same for a message whose way is followed. Where that ends at the border, it is said to whoever is behind it. */
  #deliverTraced(
    message: Parser,
    account: Account,
    subject: string,
    reply: string,
    block: string | undefined,
    source: Sink,
    allowed: boolean,
  ): boolean {
    const { tracing, arena } = this.#context;
    const trace = tracing.current;
    const from = arena.latin1(message.subjectStart, message.subjectEnd);
    trace?.addServiceImport(account.name, from, subject);
    const headers = block ?? this.#headersOf(message);
    if (allowed) {
      // Stands for the destination, which the other account does not know.
      const traced = withHeader(headers, TRACE_DESTINATION_HEADER, account.responses.newSubject());
      return this.#deliverChanged(message, account, subject, reply, traced, source);
    }
    if (trace?.only === true) return false;
    const untraced = withHeader(headers, TRACE_DESTINATION_HEADER, TRACE_DISABLED);
    return tracing.as(undefined, () => this.#deliverChanged(message, account, subject, reply, untraced, source));
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

/** What becomes of a subject under the mappings of an account. */
function mapped(account: Account, subject: string): string {
  const mapping = account.mappings.find(subject);
  return mapping === undefined ? subject : mapSubject(mapping, subject, randomBelow);
}

function randomBelow(count: number): number {
  return Math.floor(Math.random() * count);
}
