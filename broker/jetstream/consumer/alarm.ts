import type { JetStreamClock } from '../clock.ts';
import { TIMER_MS_MAX } from '../../limits.ts';

/** One timer for everything that a consumer waits for. It may ring too early, never too late. */
export class Alarm {
  readonly #clock: JetStreamClock;
  readonly #ring: () => void;
  #at = Infinity;
  #cancel: (() => void) | undefined;

  constructor(clock: JetStreamClock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** Rings at that time (milliseconds since the epoch) at the latest; Infinity asks for nothing. */
  by(at: number): void {
    if (at >= this.#at) return;
    this.#cancel?.();
    this.#at = at;
    const wait = Math.ceil(at - this.#clock.milliseconds());
    this.#cancel = this.#clock.after(Math.min(Math.max(wait, 1), TIMER_MS_MAX), () => {
      this.#at = Infinity;
      this.#cancel = undefined;
      this.#ring();
    });
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#at = Infinity;
  }
}
