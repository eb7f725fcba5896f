import type { Account } from '../account/account.ts';
import { InternalSink } from '../account/sink.ts';
import type { MessagePlace } from '../store/message-log.ts';
import type { Parser } from '../wire/parser.ts';
import type { MatchCache } from '../delivery/match-cache.ts';
import type { Surroundings } from './surroundings.ts';

const SINK = new InternalSink();

/** Sends what JetStream has to say in an account, many times a turn: the caller ends the turn. */
export class Sender {
  readonly account: Account;
  readonly #around: Surroundings;
  #cache: MatchCache;

  constructor(around: Surroundings, account: Account) {
    this.#around = around;
    this.account = account;
    this.#cache = around.caches.inside(account);
  }

  /** The cache may be another one at each turn: mappings come and go with a reload. */
  turn(): void {
    this.#cache = this.#around.caches.inside(this.account);
  }

  /** Subject and payload as bytes. Returns how many got it. */
  sendBytes(subject: Uint8Array, start: number, end: number, payload: Uint8Array, payloadBytes: number): number {
    return this.#around.messages.withBytes(subject, start, end, payload, payloadBytes, this.#deliver) ?? 0;
  }

  /** What `run` sends is no part of the message that may be on its way: an answer goes back the same way. */
  apart<T>(run: () => T): T {
    return this.#around.bus.apart(run);
  }

  /**
   * A message of the log under the subject that stands there in the arena, with those headers instead of its own. False:
   * it is too long to be sent like that, and nothing was.
   */
  sendStored(start: number, end: number, block: Uint8Array, blockBytes: number, message: MessagePlace): boolean {
    const { messages, arena } = this.#around;
    return messages.withBlock(arena.bytes, start, end, block, blockBytes, message, this.#deliver) !== undefined;
  }

  /** All of it as text and bytes, apart from the message that may be on its way. */
  send(subject: string, reply: string, headers: Uint8Array | undefined, payload: Uint8Array): number {
    const { messages, delivery } = this.#around;
    return this.apart(
      () =>
        messages.with(subject, reply, headers, payload, this.#deliver) ??
        messages.with(subject, reply, undefined, NOTHING, (message) =>
          delivery.deliverOutside(this.#cache.lookup(message), {
            subject,
            reply,
            headers: headers ?? NOTHING,
            payload,
          }),
        ) ??
        0,
    );
  }

  readonly #deliver = (message: Parser): number =>
    this.#around.delivery.deliver(this.#cache.lookup(message), message, SINK);
}

const NOTHING = new Uint8Array(0);
