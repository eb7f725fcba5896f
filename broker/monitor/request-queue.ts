import { SYSTEM_REQUESTS_WAITING_MAX, SYSTEM_REQUESTS_TURN_MS } from '../limits.ts';

/**
 * Work that is asked for amid a delivery and done soon after it, in order, a few milliseconds at a time: whoever asks
 * much waits, and holds nobody else up. Above a number that waits the rest is given up and counted.
 */
export class RequestQueue {
  #waiting: (() => void)[] = [];
  #scheduled = false;
  #stopped = false;
  /** Given up since the start. */
  dropped = 0;
  readonly #onDropped: (dropped: number) => void;

  /** `onDropped` is told of the first one given up of a row. */
  constructor(onDropped: (dropped: number) => void) {
    this.#onDropped = onDropped;
  }

  push(work: () => void): void {
    if (this.#stopped) return;
    if (this.#waiting.length >= SYSTEM_REQUESTS_WAITING_MAX) {
      this.dropped++;
      if (this.dropped === 1) this.#onDropped(this.dropped);
      return;
    }
    this.#waiting.push(work);
    if (this.#scheduled) return;
    this.#scheduled = true;
    // Behind the read that it came with, so that the counters have it.
    queueMicrotask(() => this.#work());
  }

  stop(): void {
    this.#stopped = true;
    this.#waiting = [];
  }

  #work(): void {
    const end = performance.now() + SYSTEM_REQUESTS_TURN_MS;
    let done = 0;
    while (done < this.#waiting.length) {
      (this.#waiting[done++] as () => void)();
      if (performance.now() > end) break;
    }
    this.#waiting.splice(0, done);
    this.#scheduled = this.#waiting.length > 0;
    if (this.#scheduled) setImmediate(() => this.#work());
    else this.dropped = 0;
  }
}
