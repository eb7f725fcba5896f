import type { Time } from '../store/message-log.ts';
import { TIMER_MS_MAX } from '../limits.ts';

/** Time, so that tests can have their own. */
export interface JetStreamClock {
  /** Now; never the same twice, and never before what it said earlier. The same object each time: copy what is kept. */
  now(): Readonly<Time>;
  /** Milliseconds since the epoch, for deadlines; within a millisecond of `now()`. */
  milliseconds(): number;
  /** Calls back after that many milliseconds (0 to 2^31 - 1), once. Returns the way to call it off. */
  after(milliseconds: number, run: () => void): () => void;
}

const NANOS_PER_MS = 1_000_000;
const NANOS_PER_SECOND = 1_000_000_000;
/** When the clock of the system and that of the process differ by more, the system's was set, or the machine slept. */
const DRIFT_MS_MAX = 2;

export class SystemClock implements JetStreamClock {
  readonly #time: Time = { seconds: 0, nanos: 0 };
  #originMs = Date.now() - performance.now();
  #stale = true;

  /** From now on `now` looks at the clock again; within a turn it counts nanoseconds, which is a good deal faster. */
  turn(): void {
    this.#stale = true;
  }

  now(): Readonly<Time> {
    const time = this.#time;
    if (this.#stale) {
      this.#stale = false;
      const ms = this.milliseconds();
      const seconds = Math.floor(ms / 1000);
      const nanos = Math.floor((ms - seconds * 1000) * NANOS_PER_MS);
      if (seconds > time.seconds || (seconds === time.seconds && nanos > time.nanos)) {
        time.seconds = seconds;
        time.nanos = nanos;
        return time;
      }
    }
    if (++time.nanos === NANOS_PER_SECOND) {
      time.nanos = 0;
      time.seconds++;
    }
    return time;
  }

  milliseconds(): number {
    const system = Date.now();
    const ms = performance.now() + this.#originMs;
    if (Math.abs(ms - system) <= DRIFT_MS_MAX) return ms;
    this.#originMs = system - performance.now();
    return system;
  }

  after(milliseconds: number, run: () => void): () => void {
    const timer = setTimeout(run, Math.min(Math.max(milliseconds, 0), TIMER_MS_MAX));
    return () => clearTimeout(timer);
  }
}
