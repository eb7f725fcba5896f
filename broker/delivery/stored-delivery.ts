import type { Account } from '../account/account.ts';
import type { ReplyBytes } from '../account/crossing.ts';
import { InternalSink, type Sink } from '../account/sink.ts';
import type { Arena } from '../base/arena.ts';
import { writeDecimal } from '../base/decimal.ts';
import type { MessagePlace } from '../store/message-log.ts';
import type { Delivery } from './delivery.ts';
import { ROOM_BYTES_MAX } from './delivery.ts';
import type { MatchCaches } from './match-caches.ts';
import type { Entry, RelayTarget, Special, Target } from './match-table.ts';
import type { MessageStack } from './message-stack.ts';

const SINK = new InternalSink();
const SPACE = 32;
const CR = 13;
const LF = 10;
/** Of a head beside subject, sid, reply and sizes: verb, blanks, line end. */
const HEAD_BYTES_MAX = 64;
/** Below it a loop beats the call into `set`. */
const LOOP_BYTES_MAX = 48;

/**
 * Delivers messages that lie outside of the arena under their own subject to whoever listens to another one: what consumers
 * do. A message is copied once, from where it is kept to where it goes out.
 */
export class StoredDelivery {
  readonly #arena: Arena;
  readonly #caches: MatchCaches;
  readonly #messages: MessageStack;
  readonly #delivery: Delivery;
  #next = 0;

  constructor(arena: Arena, caches: MatchCaches, messages: MessageStack, delivery: Delivery) {
    this.#arena = arena;
    this.#caches = caches;
    this.#messages = messages;
    this.#delivery = delivery;
  }

  /** The entry for a subject, which is good until the next turn of the loop. */
  entryOf(account: Account, subject: string): Entry {
    const cache = this.#caches.inside(account);
    const entry = this.#messages.with(subject, '', undefined, NOTHING, (message) => cache.lookup(message));
    if (entry === undefined) throw new Error('a subject is longer than a message may be');
    return entry;
  }

  /** The same for what comes from another account, which is not exported as a stream. */
  relayedEntryOf(account: Account, subject: string): Entry {
    const cache = this.#caches.relayed(account);
    const entry = this.#messages.with(subject, '', undefined, NOTHING, (message) => cache.lookup(message));
    if (entry === undefined) throw new Error('a subject is longer than a message may be');
    return entry;
  }

  /**
   * `subject` is what the entry is for. Returns how many got it; a queue group counts as one, and an observer where he asks
   * for this very subject.
   */
  deliver(entry: Entry, subject: string, message: MessagePlace, reply: ReplyBytes): number {
    const { targets, groups, special } = entry;
    let delivered = 0;
    for (let i = 0; i < targets.length; i++) {
      const target = targets[i] as Target;
      const { subscription } = target;
      if (this.#send(target, message, reply) && (!subscription.sink.observer || subscription.subject === subject)) {
        delivered++;
      }
    }
    for (let g = 0; g < groups.length; g++) {
      const group = groups[g] as readonly Target[];
      const first = group.length > 1 ? this.#next++ % group.length : 0;
      for (let tried = 0; tried < group.length; tried++) {
        if (!this.#send(group[(first + tried) % group.length] as Target, message, reply)) continue;
        delivered++;
        break;
      }
    }
    if (special !== undefined) delivered += this.#deliverSpecially(entry, special, subject, message, reply);
    return delivered;
  }

  #send({ subscription, sidStart, sidBytes }: Target, message: MessagePlace, reply: ReplyBytes): boolean {
    const { sink } = subscription;
    if (subscription.closed || sink.closed || sink.dropping) {
      if (sink.dropping) sink.droppedMessages++;
      return false;
    }
    const { bytes: from, subjectStart, subjectEnd, bodyStart, bodyBytes } = message;
    const headerBytes = sink.headers ? message.headerBytes : 0;
    const skipped = message.headerBytes - headerBytes;
    const size = bodyBytes - skipped;
    const total = HEAD_BYTES_MAX + subjectEnd - subjectStart + sidBytes + reply.end - reply.start + size;
    if (total > ROOM_BYTES_MAX || sidStart === 0 || sink.watched)
      return this.#sendUnusual(subscription.sid, sink, message, reply);
    if (sink.position + total > sink.limit && !sink.reserve(total)) return false;
    const { bytes } = this.#arena;
    let at = sink.position;
    if (headerBytes > 0) bytes[at++] = 72;
    bytes[at++] = 77;
    bytes[at++] = 83;
    bytes[at++] = 71;
    bytes[at++] = SPACE;
    for (let i = subjectStart; i < subjectEnd; i++) bytes[at++] = from[i] as number;
    bytes[at++] = SPACE;
    for (let i = 0; i < sidBytes; i++) bytes[at++] = bytes[sidStart + i] as number;
    if (reply.end > reply.start) {
      const { bytes: replyBytes } = reply;
      for (let i = reply.start; i < reply.end; i++) bytes[at++] = replyBytes[i] as number;
      bytes[at++] = SPACE;
    }
    if (headerBytes > 0) {
      at = writeDecimal(bytes, at, headerBytes);
      bytes[at++] = SPACE;
    }
    at = writeDecimal(bytes, at, size);
    bytes[at++] = CR;
    bytes[at++] = LF;
    const start = bodyStart + skipped;
    if (size <= LOOP_BYTES_MAX) for (let i = 0; i < size; i++) bytes[at + i] = from[start + i] as number;
    else bytes.set(from.subarray(start, start + size), at);
    at += size;
    bytes[at++] = CR;
    bytes[at++] = LF;
    sink.position = at;
    sink.outBytes += size;
    this.#count(subscription, sink);
    return true;
  }

  #count(subscription: Target['subscription'], sink: Sink): void {
    sink.outMessages++;
    subscription.delivered++;
    if (subscription.max !== 0 && subscription.delivered >= subscription.max) subscription.onExhausted(subscription);
  }

  /** Messages that are too big for one piece, and connections that are traced. */
  #sendUnusual(sid: string, sink: Sink, message: MessagePlace, reply: ReplyBytes): boolean {
    if (!sink.reserve(1)) return false;
    const { bytes, subjectStart, subjectEnd, bodyStart, bodyBytes } = message;
    const headerBytes = sink.headers ? message.headerBytes : 0;
    const size = bodyBytes - message.headerBytes + headerBytes;
    const subject = text(bytes, subjectStart, subjectEnd);
    const replyText = text(reply.bytes, reply.start, reply.end);
    const sizes = headerBytes > 0 ? `${headerBytes} ${size}` : String(size);
    const head = `${headerBytes > 0 ? 'HMSG' : 'MSG'} ${subject} ${sid} ${replyText === '' ? '' : `${replyText} `}${sizes}`;
    sink.appendBytes(Buffer.from(`${head}\r\n`, 'latin1'));
    const start = bodyStart + bodyBytes - size;
    sink.appendBytes(bytes.subarray(start, start + size));
    sink.appendBytes(LINE_END);
    sink.outBytes += size;
    sink.outMessages++;
    if (sink.watched) {
      const payload = bytes.subarray(start, Math.min(start + size, start + ROOM_BYTES_MAX));
      this.#messages.with('', '', undefined, payload, ({ payloadStart, payloadBytes }) =>
        sink.onDelivered(head, replyText, payloadStart, payloadStart + payloadBytes),
      );
    }
    return true;
  }

  /** Who can take it as it is kept does; the rest get it under the subject that they listen to. */
  #deliverSpecially(entry: Entry, special: Special, subject: string, message: MessagePlace, reply: ReplyBytes): number {
    let delivered = 0;
    let others: RelayTarget[] | undefined;
    this.#caches.reading++;
    try {
      for (const target of special.relays) {
        const { subscription, relay } = target;
        if (relay.relayStored === undefined) (others ??= []).push(target);
        else if (!subscription.closed && relay.relayStored(message, subject, reply)) delivered++;
      }
    } finally {
      this.#caches.reading--;
    }
    if (others === undefined && special.handlers.length === 0) return delivered;
    const { bytes, bodyStart, headerBytes, bodyBytes } = message;
    const headers = headerBytes === 0 ? undefined : bytes.slice(bodyStart, bodyStart + headerBytes);
    const payload = bytes.slice(bodyStart + headerBytes, bodyStart + bodyBytes);
    const alone: Entry = { ...entry, targets: [], groups: [], special: { ...special, relays: others ?? [] } };
    const replyText = text(reply.bytes, reply.start, reply.end);
    const laid = this.#messages.with(subject, replyText, headers, payload, (copy) =>
      this.#delivery.deliver(alone, copy, SINK),
    );
    if (laid !== undefined) return delivered + laid;
    const outside = { subject, reply: replyText, headers: headers ?? NOTHING, payload };
    return delivered + this.#delivery.deliverOutside(alone, outside);
  }
}

const NOTHING = new Uint8Array(0);
const LINE_END = Buffer.from('\r\n');

function text(bytes: Uint8Array, start: number, end: number): string {
  let out = '';
  for (let i = start; i < end; i++) out += String.fromCharCode(bytes[i] as number);
  return out;
}
