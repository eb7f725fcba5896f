import { goDurationOfNanos } from '../../base/go-duration.ts';
import type { MessageLog } from '../../store/message-log.ts';
import { DueHeap } from './due-heap.ts';
import { headerIn } from './header-block.ts';
import { headersOf } from './message-text.ts';
import { NEVER, parseTtl } from './message-ttl.ts';
import type { StreamConfig } from './stream-config.ts';

/** Whose messages grow old. */
export interface Ageing {
  readonly config: StreamConfig;
  readonly log: MessageLog;
  /** Stores a message of the stream's own. Returns why that failed. */
  storeOwn(subject: string, headers: string, payload: Uint8Array): 'stored' | 'refused' | 'failed';
}

const NANOS_PER_MS = 1_000_000;
const NANOS_PER_SECOND = 1_000_000_000;
/** Messages that are taken out in one go before others get their turn. */
const EXPIRED_PER_TURN = 10_000;
/** What could not be done because of the disk is tried again after so long. */
const RETRY_MS = 2000;
const STALE_MIN = 1000;
const NOTHING = new Uint8Array(0);

/** Messages that are kept for a time only: by `max_age`, or by what they say themselves (`Nats-TTL`). */
export class Expiry {
  readonly #stream: Ageing;
  readonly #heap = new DueHeap();
  /** All messages below it are gone, or are there for ever. */
  #ageFrom = 0;
  /** When last asked, it took out as many as it may in one go. */
  hasMore = false;

  constructor(stream: Ageing) {
    this.#stream = stream;
  }

  /** Forgets times, before they are looked for again. */
  clear(): void {
    this.#heap.clear();
    this.#ageFrom = 0;
  }

  /** Ages are looked at from the first message again. */
  reset(): void {
    this.#ageFrom = 0;
  }

  /** The message was stored and says how long it is kept, in seconds. */
  add(sequence: number, seconds: number): void {
    const { log } = this.#stream;
    const time = log.timeOf(sequence);
    if (time === undefined) return;
    this.#heap.add((time.seconds + seconds) * 1000 + time.nanos / NANOS_PER_MS, sequence);
    if (this.#heap.size > STALE_MIN + 2 * log.state.messages) this.#heap.keep((one) => log.has(one));
  }

  /** Messages above it did not become safe. */
  forgetAbove(sequence: number): void {
    this.#heap.keep((one) => one <= sequence);
    this.#ageFrom = Math.min(this.#ageFrom, sequence + 1);
  }

  /** Lets go of what is too old. Returns when to look again, in milliseconds since the epoch. */
  enforce(nowMs: number): number {
    this.hasMore = false;
    const { max_age: maxAge } = this.#stream.config;
    const aged = maxAge > 0 ? this.#enforceAge(maxAge / NANOS_PER_MS, nowMs) : Infinity;
    return this.#heap.size > 0 ? Math.min(aged, this.#enforceTimes(nowMs)) : aged;
  }

  #enforceAge(maxMs: number, nowMs: number): number {
    const { log } = this.#stream;
    for (let gone = 0; ; gone++) {
      const sequence = log.next(Math.max(this.#ageFrom, log.state.firstSequence));
      const time = sequence === 0 ? undefined : log.timeOf(sequence);
      if (time === undefined) return Infinity;
      const dueMs = time.seconds * 1000 + time.nanos / NANOS_PER_MS + maxMs;
      if (dueMs > nowMs) return dueMs;
      if (gone === EXPIRED_PER_TURN) {
        this.hasMore = true;
        return nowMs + 1;
      }
      if (!this.#isForEver(sequence) && !this.#expire(sequence)) return nowMs + RETRY_MS;
      this.#ageFrom = sequence + 1;
    }
  }

  #enforceTimes(nowMs: number): number {
    const { log } = this.#stream;
    for (let gone = 0; gone < EXPIRED_PER_TURN; gone++) {
      const sequence = this.#heap.take(nowMs);
      if (sequence === 0) return this.#heap.nextMs;
      if (!log.has(sequence) || this.#expire(sequence)) continue;
      this.#heap.add(nowMs + RETRY_MS, sequence);
      return nowMs + RETRY_MS;
    }
    this.hasMore = true;
    return nowMs + 1;
  }

  #isForEver(sequence: number): boolean {
    if (!this.#stream.config.allow_msg_ttl) return false;
    const message = this.#stream.log.read(sequence);
    if (message === undefined || message.headerBytes === 0) return false;
    return parseTtl(headerIn(headersOf(message), 'Nats-TTL')) === NEVER;
  }

  /** Returns false when it has to be tried again. */
  #expire(sequence: number): boolean {
    const { log, config } = this.#stream;
    const seconds = Math.floor((config.subject_delete_marker_ttl ?? 0) / NANOS_PER_SECOND);
    const subject = seconds > 0 ? log.subjectOf(sequence) : -1;
    if (subject !== -1 && log.subjects.messages(subject) === 1 && !this.#isMarker(sequence)) {
      // The marker takes the place of the message, once it is safe.
      const outcome = this.#stream.storeOwn(log.subjects.text(subject), markerBlock(seconds), NOTHING);
      if (outcome !== 'refused') return outcome === 'stored';
    }
    log.remove(sequence);
    return true;
  }

  /** Where a marker stood, none is left. */
  #isMarker(sequence: number): boolean {
    const message = this.#stream.log.read(sequence);
    if (message === undefined || message.headerBytes === 0) return false;
    const block = headersOf(message);
    return (headerIn(block, 'Nats-Marker-Reason') ?? '') !== '' || headerIn(block, 'KV-Operation') === 'PURGE';
  }
}

function markerBlock(seconds: number): string {
  const kept = goDurationOfNanos(seconds * NANOS_PER_SECOND);
  return `NATS/1.0\r\nNats-Marker-Reason: MaxAge\r\nNats-TTL: ${kept}\r\nNats-Rollup: sub\r\n\r\n`;
}
