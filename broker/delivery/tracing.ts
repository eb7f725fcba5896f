import type { Account } from '../account/account.ts';
import type { Bus, BusHeaders } from '../account/bus.ts';
import type { Sink } from '../account/sink.ts';
import type { Subscription } from '../account/subscription.ts';
import type { Arena } from '../base/arena.ts';
import { eventJson } from '../base/event-text.ts';
import type { Parser } from '../wire/parser.ts';
import type { Delivery } from './delivery.ts';
import { deniesOf, localSubject } from './match-cache.ts';
import { type MessageTrace, TRACE_FAILURES, type TraceFailure } from './trace.ts';

/** What following messages needs of its broker. */
export interface TracingContext {
  readonly arena: Arena;
  readonly delivery: Delivery;
  readonly bus: Bus;
  readonly accounts: { readonly system: Account | undefined };
  /** Who speaks, for the next event. */
  serverInfo(): object;
  /** Packs an event as a message with that `Accept-Encoding` wants it; '' when it wants nothing. */
  encode(json: string, accepted: string): { payload: Uint8Array | string; headers?: BusHeaders | undefined };
}

/**
 * Delivers messages whose way is followed. Every subscription is looked at anew instead of in the match cache, because
 * those that get nothing are told of, too.
 */
export class Tracing {
  readonly #context: TracingContext;
  /** Of the message that is being delivered, as long as its way is followed. */
  current: MessageTrace | undefined;

  constructor(context: TracingContext) {
    this.#context = context;
  }

  /** Runs something with another trace, or with none. */
  as<T>(trace: MessageTrace | undefined, run: () => T): T {
    const before = this.current;
    this.current = trace;
    try {
      return run();
    } finally {
      this.current = before;
    }
  }

  /** Sends the event to where it was asked for. */
  finish(trace: MessageTrace): void {
    const { bus, accounts, serverInfo, encode } = this.#context;
    if (accounts.system === undefined) return;
    const { payload, headers } = encode(eventJson(trace.event(serverInfo())), trace.acceptEncoding);
    bus.publish(trace.account, trace.destination, payload, { headers });
  }

  /**
   * Delivers under the current trace. `exported`: accounts that import the stream get it, too. Returns how many got it, or
   * would have.
   */
  deliver(account: Account, message: Parser, source: Sink, exported: boolean): number {
    const subject = this.#context.arena.latin1(message.subjectStart, message.subjectEnd);
    const found: Subscription[] = [];
    account.interest.match(subject, found);
    const groups = new Map<string, Subscription[]>();
    let delivered = 0;
    for (const subscription of found) {
      const { imported, queue } = subscription;
      if (imported !== undefined && !exported) continue;
      if (queue === undefined) {
        delivered += this.#deliverPlain(account, subscription, subject, message, source);
      } else {
        const group = groups.get(queue);
        if (group === undefined) groups.set(queue, [subscription]);
        else group.push(subscription);
      }
    }
    for (const group of groups.values()) {
      const first = Math.floor(Math.random() * group.length);
      for (let tried = 0; tried < group.length; tried++) {
        const member = group[(first + tried) % group.length] as Subscription;
        if (!this.#deliverTo(member, subject, message, source)) continue;
        delivered++;
        break;
      }
    }
    return delivered;
  }

  #deliverPlain(account: Account, subscription: Subscription, subject: string, message: Parser, source: Sink): number {
    const { relay, handler, closed } = subscription;
    if (relay !== undefined) return !closed && relay.relay(message, source, relay.subjectThere(subject)) ? 1 : 0;
    if (handler !== undefined) return this.#context.delivery.handle(account, [subscription], message, source);
    const delivered = this.#deliverTo(subscription, subject, message, source);
    return delivered && !subscription.sink.observer ? 1 : 0;
  }

  #deliverTo(subscription: Subscription, subject: string, message: Parser, source: Sink): boolean {
    const trace = this.current;
    const { imported, sink } = subscription;
    if (imported === undefined || trace === undefined) return this.#send(subscription, subject, message, source, trace);
    trace.addStreamExport(sink.requester?.account ?? '', localSubject(subscription, subject));
    if (imported.source.stream.allowTrace) return this.#send(subscription, subject, message, source, trace);
    return trace.only || this.#send(subscription, subject, message, source, undefined);
  }

  #send(
    subscription: Subscription,
    subject: string,
    message: Parser,
    source: Sink,
    trace: MessageTrace | undefined,
  ): boolean {
    const { sink, queue } = subscription;
    const failure = failureOf(subscription, subject, source);
    // Who only looks on is no station of the way.
    if (!sink.observer) trace?.addEgress(sink, subscription.subject, queue, failure);
    if (failure === TRACE_FAILURES.slow) sink.droppedMessages++;
    if (failure !== undefined) return false;
    return trace?.only === true || this.#context.delivery.deliverTo(subscription, message, source);
  }
}

function failureOf(subscription: Subscription, subject: string, source: Sink): TraceFailure | undefined {
  const { sink, queue, closed } = subscription;
  if (sink === source && !sink.echo) return TRACE_FAILURES.noEcho;
  const local = queue === undefined ? localSubject(subscription, subject) : subject;
  if (deniesOf(subscription)?.(local) === true) return TRACE_FAILURES.denied;
  if (closed) return TRACE_FAILURES.subscriptionClosed;
  if (sink.dropping) return TRACE_FAILURES.slow;
  return sink.closed ? TRACE_FAILURES.clientClosed : undefined;
}
