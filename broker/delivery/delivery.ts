import type { Account } from '../account/account.ts';
import type { OutsideMessage } from '../account/crossing.ts';
import { InternalSink, type Sink } from '../account/sink.ts';
import type { Subscription } from '../account/subscription.ts';
import type { Arena } from '../base/arena.ts';
import { writeDecimal } from '../base/decimal.ts';
import { writeLatin1 } from '../base/latin1.ts';
import type { Parser } from '../wire/parser.ts';
import type { Entry, RelayTarget, Special, Target } from './match-table.ts';
import { localSubject, type MatchCache } from './match-cache.ts';
import type { MatchCaches } from './match-caches.ts';

/** Messages up to this size are written in one piece; `Sink.reserve` must be able to make that much room. */
export const ROOM_BYTES_MAX = 16 * 1024;

/** Below it, copying eight bytes at a time beats the call into `copyWithin`. */
const WORD_COPY_BYTES_MAX = 256;

/** Bytes of scratch for what is put together: the words of a head that are neither subject nor reply. */
export const DELIVERY_SCRATCH_BYTES = 256;

/**
 * Publish → targets → sinks. Nothing is allocated here per message: a delivery is a copy of the head that the entry
 * holds and a copy of the rest of the message as it came in.
 */
export class Delivery {
  readonly #arena: Arena;
  readonly #scratch: number;
  /** `MSG ` behind an `H`. */
  readonly #verb: number;
  #random: number;
  /** A sink that was found congested since this was last reset: the publisher had better wait for it. */
  congested: Sink | undefined;

  readonly #caches: MatchCaches;

  /** `scratch`: an address with room for `DELIVERY_SCRATCH_BYTES`. */
  constructor(arena: Arena, caches: MatchCaches, scratch: number, seed: number) {
    this.#arena = arena;
    this.#caches = caches;
    this.#verb = scratch + 1;
    writeLatin1(arena.bytes, scratch, 'HMSG ');
    this.#scratch = scratch + 16;
    this.#random = seed | 1;
  }

  /** Delivers the message that the parser stands at. Returns how many got it, observers not counted. */
  deliver(entry: Entry, message: Parser, source: Sink): number {
    const { targets, groups } = entry;
    let delivered = 0;
    for (let i = 0; i < targets.length; i++) {
      const target = targets[i] as Target;
      if (this.#send(target, message, source) && !target.subscription.sink.observer) delivered++;
    }
    for (let g = 0; g < groups.length; g++) {
      const group = groups[g] as readonly Target[];
      const count = group.length;
      // Any member may get it; when one cannot, the next is asked.
      let index = count > 1 ? this.#below(count) : 0;
      for (let tried = 0; tried < count; tried++) {
        if (this.#send(group[index] as Target, message, source)) {
          delivered++;
          break;
        }
        if (++index === count) index = 0;
      }
    }
    if (entry.special !== undefined) delivered += this.#deliverSpecially(entry.special, message, source);
    return delivered;
  }

  /** Delivers to one subscription, without an entry. Returns whether it got the message. */
  deliverTo(subscription: Subscription, message: Parser, source: Sink): boolean {
    const { sid } = subscription;
    return this.#send(
      { subscription, headStart: 0, headBytes: 0, sidStart: 0, sidBytes: sid.length + 1 },
      message,
      source,
    );
  }

  /** The same for a message that does not lie in the arena: what the broker sends that is bigger than the room there. */
  deliverOutside(entry: Entry, message: OutsideMessage): number {
    const { subject, reply, headers, payload } = message;
    let delivered = 0;
    const send = ({ subscription }: Target): boolean => {
      const { sink } = subscription;
      if (subscription.closed || sink.closed || sink.dropping || !sink.reserve(1)) return false;
      const withHeaders = sink.headers && headers.length > 0;
      const size = (withHeaders ? `${headers.length} ` : '') + (payload.length + (withHeaders ? headers.length : 0));
      const local = localSubject(subscription, subject);
      const head = `${withHeaders ? 'HMSG' : 'MSG'} ${local} ${subscription.sid} ${reply === '' ? '' : `${reply} `}${size}`;
      this.#appendText(sink, `${head}\r\n`);
      if (withHeaders) sink.appendBytes(headers);
      sink.appendBytes(payload);
      this.#appendText(sink, '\r\n');
      sink.outBytes += payload.length + (withHeaders ? headers.length : 0);
      sink.outMessages++;
      subscription.delivered++;
      if (subscription.max !== 0 && subscription.delivered >= subscription.max) subscription.onExhausted(subscription);
      return true;
    };
    for (const target of entry.targets) if (send(target)) delivered++;
    for (const group of entry.groups) if (group.some(send)) delivered++;
    if (entry.special === undefined) return delivered;
    const { account, handlers, relays } = entry.special;
    for (const { handler, closed } of handlers) {
      if (closed || handler === undefined) continue;
      handler({ account, subject, reply, headers, payload, source: undefined });
      delivered++;
    }
    for (const { subscription, relay } of relays) {
      if (!subscription.closed && relay.relayOutside(message)) delivered++;
    }
    return delivered;
  }

  /** Handlers of the broker, and what goes on to other accounts. Both may deliver, so that this is entered again meanwhile. */
  #deliverSpecially(special: Special, message: Parser, source: Sink): number {
    const { relays, handlers } = special;
    let delivered = 0;
    this.#caches.reading++;
    try {
      for (let i = 0; i < relays.length; i++) {
        const { subscription, relay, there } = relays[i] as RelayTarget;
        if (!subscription.closed && relay.relay(message, source, there)) delivered++;
      }
      if (handlers.length > 0) delivered += this.handle(special.account, handlers, message, source);
    } finally {
      this.#caches.reading--;
    }
    return delivered;
  }

  /** Calls handlers of the broker. Returns how many. */
  handle(account: Account, handlers: readonly Subscription[], message: Parser, source: Sink): number {
    const arena = this.#arena;
    const subject = arena.latin1(message.subjectStart, message.subjectEnd);
    const reply = message.replyEnd === 0 ? '' : arena.latin1(message.replyStart, message.replyEnd);
    const { payloadStart, payloadBytes } = message;
    const headerBytes = Math.max(0, message.headerBytes);
    const headers = arena.bytes.slice(payloadStart, payloadStart + headerBytes);
    const payload = arena.bytes.slice(payloadStart + headerBytes, payloadStart + payloadBytes);
    const from = source instanceof InternalSink ? undefined : source;
    let delivered = 0;
    for (const subscription of handlers) {
      if (subscription.closed || subscription.handler === undefined) continue;
      subscription.delivered++;
      subscription.handler({ account, subject, reply, headers, payload, source: from });
      delivered++;
    }
    return delivered;
  }

  /**
   * Tells a publisher that nobody was there for its request, on its own subscription to the reply. Returns false when
   * it has none.
   */
  tellNoResponders(cache: MatchCache, message: Parser, source: Sink): boolean {
    const { bytes } = this.#arena;
    const reply = this.#arena.latin1(message.replyStart, message.replyEnd);
    const sid = ownSubscription(cache, reply, source);
    if (sid === undefined) return false;
    const subjectBytes = message.subjectEnd - message.subjectStart;
    const size = STATUS_BYTES + subjectBytes;
    this.#appendText(source, `HMSG ${reply} ${sid} ${size} ${size}\r\nNATS/1.0 503\r\nNats-Subject: `);
    source.append(message.subjectStart, message.subjectEnd);
    const end = writeLatin1(bytes, this.#scratch, '\r\n\r\n\r\n');
    source.append(this.#scratch, end);
    return true;
  }

  #send(target: Target, message: Parser, source: Sink): boolean {
    const subscription = target.subscription;
    const sink = subscription.sink;
    if (subscription.closed || sink.closed || (sink === source && !sink.echo)) return false;
    if (sink.dropping) {
      sink.droppedMessages++;
      return false;
    }
    const restStart = message.restStart;
    const restBytes = message.restEnd - restStart;
    const headerBytes = message.headerBytes;
    const withHeader = headerBytes > 0 ? 1 : 0;
    const headBytes = target.headBytes + withHeader;
    const total = headBytes + restBytes;
    if (
      target.headStart === 0 ||
      total > ROOM_BYTES_MAX ||
      sink.watched ||
      (headerBytes >= 0 && (headerBytes === 0 || !sink.headers))
    ) {
      if (!this.#sendUnusual(target, message, sink)) return false;
    } else {
      let at = sink.position;
      if (at + total > sink.limit) {
        if (!sink.reserve(total)) return false;
        at = sink.position;
      }
      const words = this.#arena.words;
      const headStart = target.headStart - withHeader;
      for (let i = 0; i < headBytes; i += 8) words.setBigInt64(at + i, words.getBigInt64(headStart + i, true), true);
      at += headBytes;
      if (restBytes <= WORD_COPY_BYTES_MAX) {
        for (let i = 0; i < restBytes; i += 8) words.setBigInt64(at + i, words.getBigInt64(restStart + i, true), true);
      } else {
        this.#arena.bytes.copyWithin(at, restStart, restStart + restBytes);
      }
      sink.position = at + restBytes;
      sink.outBytes += message.payloadBytes;
    }
    sink.outMessages++;
    subscription.delivered++;
    if (subscription.max !== 0 && subscription.delivered >= subscription.max) subscription.onExhausted(subscription);
    if (sink.congested) this.congested = sink;
    return true;
  }

  /** Heads put together on the spot, big messages, headers taken off, and connections that are traced. */
  #sendUnusual(target: Target, message: Parser, sink: Sink): boolean {
    const headers = message.headerBytes > 0 && sink.headers;
    const stripped = message.headerBytes >= 0 && !headers;
    const subjectBytes = message.subjectEnd - message.subjectStart;
    const restBytes = message.restEnd - message.restStart;
    const total = 8 + subjectBytes + target.sidBytes + restBytes;
    // The head lies ready where the subject is another one here; but for prefixes, where it is another one each time.
    const { imported } = target.subscription;
    const asItCame = target.headStart === 0 && (imported === undefined || imported.source.stream.keepsSubject);
    if (asItCame && total <= ROOM_BYTES_MAX && !stripped && target.sidStart !== 0 && !sink.watched) {
      if (sink.position + total > sink.limit && !sink.reserve(total)) return false;
      let at = sink.position;
      at = this.#copy(at, this.#verb - (headers ? 1 : 0), headers ? 5 : 4);
      at = this.#copy(at, message.subjectStart, subjectBytes + 1);
      at = this.#copy(at, target.sidStart, target.sidBytes);
      sink.position = this.#copy(at, message.restStart, restBytes);
      sink.outBytes += message.payloadBytes;
      return true;
    }
    if (!sink.reserve(1)) return false;
    const { bytes } = this.#arena;
    const bodyStart = stripped ? message.payloadStart + Math.max(0, message.headerBytes) : message.payloadStart;
    const bodyEnd = message.payloadStart + message.payloadBytes;
    if (target.headStart !== 0) {
      sink.append(target.headStart - (headers ? 1 : 0), target.headStart + target.headBytes);
    } else {
      sink.append(this.#verb - (headers ? 1 : 0), this.#verb + 4);
      if (asItCame) sink.append(message.subjectStart, message.subjectEnd + 1);
      else this.#appendText(sink, `${this.#subjectFor(target, message)} `);
      this.#appendText(sink, `${target.subscription.sid} `);
    }
    if (stripped) {
      if (message.replyEnd !== 0) sink.append(message.replyStart, message.replyEnd + 1);
      if (message.headerBytes === 0) this.#appendSize(sink, message);
      else sink.append(this.#scratch, writeDecimal(bytes, this.#scratch, bodyEnd - bodyStart));
      const end = writeLatin1(bytes, this.#scratch, '\r\n');
      sink.append(this.#scratch, end);
    } else {
      sink.append(message.restStart, message.payloadStart);
    }
    sink.append(bodyStart, message.restEnd);
    sink.outBytes += bodyEnd - bodyStart;
    if (sink.watched) {
      const reply = message.replyEnd === 0 ? '' : this.#arena.latin1(message.replyStart, message.replyEnd);
      sink.onDelivered(this.#headText(target, message, headers, stripped), reply, bodyStart, bodyEnd);
    }
    return true;
  }

  /** The size as the publisher wrote it: the last word of its line. */
  #appendSize(sink: Sink, message: Parser): void {
    const { bytes } = this.#arena;
    let start = message.payloadStart - 2;
    while (bytes[start - 1] !== 32) start--;
    sink.append(start, message.payloadStart - 2);
  }

  #subjectFor({ subscription }: Target, message: Parser): string {
    return localSubject(subscription, this.#arena.latin1(message.subjectStart, message.subjectEnd));
  }

  #headText(target: Target, message: Parser, headers: boolean, stripped: boolean): string {
    const subject = this.#subjectFor(target, message);
    const reply = message.replyEnd === 0 ? '' : `${this.#arena.latin1(message.replyStart, message.replyEnd)} `;
    const rest = stripped
      ? `${reply}${message.payloadBytes - Math.max(0, message.headerBytes)}`
      : this.#arena.latin1(message.restStart, message.payloadStart - 2);
    return `${headers ? 'HMSG' : 'MSG'} ${subject} ${target.subscription.sid} ${rest}`;
  }

  #appendText(sink: Sink, text: string): void {
    const { bytes } = this.#arena;
    const room = DELIVERY_SCRATCH_BYTES - 32;
    for (let i = 0; i < text.length; i += room) {
      sink.append(this.#scratch, writeLatin1(bytes, this.#scratch, text.slice(i, i + room)));
    }
  }

  #copy(to: number, from: number, length: number): number {
    if (length <= WORD_COPY_BYTES_MAX) {
      const words = this.#arena.words;
      for (let i = 0; i < length; i += 8) words.setBigInt64(to + i, words.getBigInt64(from + i, true), true);
    } else {
      this.#arena.bytes.copyWithin(to, from, from + length);
    }
    return to + length;
  }

  /** A whole number from 0, below the given one. */
  #below(count: number): number {
    let x = this.#random;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#random = x;
    return (x >>> 0) % count;
  }
}

/** Bytes of the status header without the subject that stands in it. */
const STATUS_BYTES = 32;

/** Of several the one that names the subject best: an observer's inbox rather than its `>`. */
function ownSubscription(cache: MatchCache, subject: string, sink: Sink): string | undefined {
  const found: Subscription[] = [];
  cache.account.interest.match(subject, found);
  let best: Subscription | undefined;
  for (const subscription of found) {
    if (subscription.sink !== sink || subscription.queue !== undefined) continue;
    if (best === undefined || subscription.subject.length > best.subject.length) best = subscription;
  }
  return best?.sid;
}
