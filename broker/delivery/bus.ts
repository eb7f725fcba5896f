import { randomBytes } from 'node:crypto';
import type { Account } from '../account/account.ts';
import {
  type Bus,
  BusError,
  type BusHandler,
  type BusHeaders,
  type BusMessage,
  type BusPublishOptions,
} from '../account/bus.ts';
import { InternalSink } from '../account/sink.ts';
import { Subscription } from '../account/subscription.ts';
import type { Delivery } from './delivery.ts';
import type { MatchCaches } from './match-caches.ts';
import type { MessageStack } from './message-stack.ts';

const NOTHING = new Uint8Array(0);

/** The broker's own part in its subject spaces. */
export class InternalBus implements Bus {
  readonly #sink = new InternalSink();
  readonly #messages: MessageStack;
  readonly #caches: MatchCaches;
  readonly #delivery: Delivery;
  readonly #endTurn: () => void;
  readonly #pending = new Set<(error: BusError) => void>();
  #turnEnds = false;
  #lastSid = 0;
  #stopped = false;
  /** Keeps what is published from what is being delivered meanwhile: a handler's answer is no part of the request. */
  apart: <T>(run: () => T) => T = (run) => run();

  /** `endTurn` writes what was gathered; it is called soon after a message was published, never within a delivery. */
  constructor(messages: MessageStack, caches: MatchCaches, delivery: Delivery, endTurn: () => void) {
    this.#messages = messages;
    this.#caches = caches;
    this.#delivery = delivery;
    this.#endTurn = endTurn;
  }

  publish(account: Account, subject: string, payload: Uint8Array | string, options: BusPublishOptions = {}): number {
    const body = typeof payload === 'string' ? Buffer.from(payload) : payload;
    const headers = options.headers === undefined ? undefined : headerBlock(options.headers);
    const reply = options.reply ?? '';
    const cache = this.#caches.inside(account);
    this.#caches.reading++;
    try {
      return this.apart(() => {
        const delivered = this.#messages.with(subject, reply, headers, body, (message) =>
          this.#delivery.deliver(cache.lookup(message), message, this.#sink),
        );
        if (delivered !== undefined) return delivered;
        const outside = { subject, reply, headers: headers ?? NOTHING, payload: body };
        return (
          this.#messages.with(subject, reply, undefined, NOTHING, (message) =>
            this.#delivery.deliverOutside(cache.lookup(message), outside),
          ) ?? 0
        );
      });
    } finally {
      this.#caches.reading--;
      this.#scheduleEnd();
    }
  }

  subscribe(account: Account, subject: string, handler: BusHandler): () => void {
    const subscription = new Subscription(this.#sink, subject, undefined, String(++this.#lastSid), () => {});
    subscription.handler = handler;
    account.subscribe(subscription);
    return () => account.unsubscribe(subscription);
  }

  request(
    account: Account,
    subject: string,
    payload: Uint8Array | string,
    options: { readonly timeoutMs: number; readonly headers?: BusHeaders | undefined },
  ): Promise<BusMessage> {
    return new Promise((resolve, reject) => {
      if (this.#stopped) return reject(new BusError('stopped', 'the broker is stopping'));
      const reply = `_INBOX.${randomBytes(16).toString('base64url')}`;
      const settle = (): void => {
        clearTimeout(timer);
        unsubscribe();
        this.#pending.delete(fail);
      };
      const fail = (error: BusError): void => {
        settle();
        reject(error);
      };
      const timer = setTimeout(
        () => fail(new BusError('timeout', `no answer on ${subject} within ${options.timeoutMs} ms`)),
        options.timeoutMs,
      );
      const unsubscribe = this.subscribe(account, reply, (message) => {
        settle();
        resolve(message);
      });
      this.#pending.add(fail);
      const delivered = this.publish(account, subject, payload, {
        reply,
        ...(options.headers === undefined ? {} : { headers: options.headers }),
      });
      if (delivered === 0) fail(new BusError('no-responders', `nobody answers on ${subject}`));
    });
  }

  hasInterest(account: Account, subject: string): boolean {
    const found: Subscription[] = [];
    account.interest.match(subject, found);
    return found.length > 0;
  }

  /** Every request that is under way fails. */
  stop(): void {
    this.#stopped = true;
    for (const fail of [...this.#pending]) fail(new BusError('stopped', 'the broker is stopping'));
  }

  #scheduleEnd(): void {
    if (this.#turnEnds) return;
    this.#turnEnds = true;
    queueMicrotask(() => {
      this.#turnEnds = false;
      this.#endTurn();
    });
  }
}

function headerBlock(headers: BusHeaders): Uint8Array {
  return Buffer.from(`NATS/1.0\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);
}
