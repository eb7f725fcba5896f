import type { Time } from '../store/message-log.ts';

/** Time, so that tests can have their own. */
export interface JetStreamClock {
  /** Now; never the same twice, and never before what it said earlier. A new object or the same one: copy what is kept. */
  now(): Readonly<Time>;
  /** Milliseconds since the epoch, for deadlines; within a millisecond of `now()`. */
  milliseconds(): number;
  /** Calls back after that many milliseconds (0 to 2^31 - 1), once. Returns the way to call it off. */
  after(milliseconds: number, run: () => void): () => void;
}
