/** A clock that stands until it is moved. */

import type { Clock } from '../../electron/explorer/clock.ts';

interface Timer {
  at: number;
  order: number;
  callback: () => void;
}

export class FakeClock implements Clock {
  #now: number;
  #orders = 0;
  readonly #timers = new Set<Timer>();

  /** @param now microseconds since the epoch */
  constructor(now = 1_700_000_000_000_000) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  /** Timers that wait; none may be left when everything was disposed of. */
  get waiting(): number {
    return this.#timers.size;
  }

  later(milliseconds: number, callback: () => void): () => void {
    const timer = { at: this.#now + milliseconds * 1000, order: this.#orders++, callback };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** Moves time on and calls what is due, in order, at its own time. */
  advance(milliseconds: number): void {
    const until = this.#now + milliseconds * 1000;
    for (;;) {
      let next: Timer | null = null;
      for (const timer of this.#timers) {
        if (timer.at > until) continue;
        if (next === null || timer.at < next.at || (timer.at === next.at && timer.order < next.order)) next = timer;
      }
      if (next === null) break;
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
    }
    this.#now = until;
  }
}
