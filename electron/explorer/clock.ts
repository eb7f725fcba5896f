/** Time as the explorer sees it; tests hold it still. */
export interface Clock {
  /** Microseconds since the Unix epoch. Never goes back while the machine's clock does not. */
  now(): number;
  /** Calls back once after `milliseconds`; the result cancels it. */
  later(milliseconds: number, callback: () => void): () => void;
}

/** How far the wall clock and the monotonic one may part before the first wins: they do when the machine sleeps. */
const DRIFT_MICROSECONDS_MAX = 50_000;
const DRIFT_CHECK_MILLISECONDS = 1000;

/** The machine's clock with the resolution of the monotonic one. */
export function createSystemClock(): Clock {
  let offset = Date.now() * 1000 - performance.now() * 1000;
  let checkAt = performance.now() + DRIFT_CHECK_MILLISECONDS;
  return {
    now() {
      const monotonic = performance.now();
      if (monotonic >= checkAt) {
        checkAt = monotonic + DRIFT_CHECK_MILLISECONDS;
        const wall = Date.now() * 1000;
        if (Math.abs(wall - (offset + monotonic * 1000)) > DRIFT_MICROSECONDS_MAX) offset = wall - monotonic * 1000;
      }
      return Math.floor(offset + monotonic * 1000);
    },
    later(milliseconds, callback) {
      if (milliseconds <= 0) {
        const immediate = setImmediate(callback);
        return () => clearImmediate(immediate);
      }
      const timer = setTimeout(callback, milliseconds);
      return () => clearTimeout(timer);
    },
  };
}
