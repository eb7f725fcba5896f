/** When a stream asks for a consumer of another one, in milliseconds, as nats-server does it. */

/** Between two requests at least. */
const REQUEST_PAUSE_MS = 2000;
const BACKOFF_MS = 5000;
const BACKOFF_MS_MAX = 120_000;
const JITTER_MS = 100;

/** How long to wait. `sinceMs`: since the last request; undefined: there was none. `fails`: in a row. */
export function retryDelay(sinceMs: number | undefined, fails: number, random: () => number = Math.random): number {
  const pause = sinceMs === undefined ? 0 : Math.max(REQUEST_PAUSE_MS - sinceMs, 0);
  const backoff = Math.min(BACKOFF_MS * fails * 2, BACKOFF_MS_MAX);
  return pause + backoff + JITTER_MS + Math.floor(random() * JITTER_MS);
}
