import type { Time } from '../../store/message-log.ts';

const BITS_PER_BYTE = 8;
const MS_PER_SECOND = 1000;
/** Shorter pauses of the original are not kept. */
const PAUSE_MS_MIN = 1;

/** Holds messages back: to a rate in bits per second, and to the rhythm in which they once came. */
export class Pace {
  #bytesPerMs = 0;
  #burst = 0;
  #tokens = 0;
  #filledAt = 0;
  /** Up to this sequence messages are replayed in their rhythm; 0: it has caught up. */
  #replayUpTo = 0;
  #before: Time | undefined;
  /** The message that a pause was kept for already. */
  #waitedFor = 0;
  #resumeAt = 0;

  get idle(): boolean {
    return this.#bytesPerMs === 0 && this.#replayUpTo === 0;
  }

  /** When the message that waits may go. */
  get resumeAt(): number {
    return this.#resumeAt;
  }

  /** `bitsPerSecond` 0: no limit. `burst`: bytes that may go at once after a while. */
  limit(bitsPerSecond: number, burst: number, now: number): void {
    this.#bytesPerMs = Math.floor(bitsPerSecond / BITS_PER_BYTE) / MS_PER_SECOND;
    this.#burst = burst;
    this.#tokens = burst;
    this.#filledAt = now;
  }

  replay(upTo: number): void {
    this.#replayUpTo = upTo;
  }

  /** The next sequence to look at is above what was there at the start: from now on at once. */
  caughtUp(nextSequence: number): void {
    if (this.#replayUpTo !== 0 && nextSequence > this.#replayUpTo) this.#replayUpTo = 0;
  }

  /** Whether the message may go now; then it is counted. If not, `resumeAt` says when to ask again. */
  allows(sequence: number, size: number, time: Readonly<Time>, now: number): boolean {
    if (this.#replayUpTo !== 0 && !this.#keepsRhythm(sequence, time, now)) return false;
    if (this.#bytesPerMs > 0 && !this.#takes(size, now)) return false;
    this.#before = { seconds: time.seconds, nanos: time.nanos };
    return true;
  }

  #keepsRhythm(sequence: number, time: Readonly<Time>, now: number): boolean {
    if (this.#waitedFor === sequence) return now >= this.#resumeAt;
    const before = this.#before;
    if (before === undefined) return true;
    const pause = (time.seconds - before.seconds) * MS_PER_SECOND + (time.nanos - before.nanos) / 1e6;
    if (pause <= PAUSE_MS_MIN) return true;
    this.#waitedFor = sequence;
    this.#resumeAt = now + pause;
    return false;
  }

  #takes(size: number, now: number): boolean {
    this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#filledAt) * this.#bytesPerMs);
    this.#filledAt = now;
    const missing = Math.min(size, this.#burst) - this.#tokens;
    if (missing > 1e-9) {
      this.#resumeAt = now + missing / this.#bytesPerMs;
      return false;
    }
    this.#tokens -= size;
    return true;
  }
}
