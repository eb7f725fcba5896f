/** Publishing one message, or many, at an interval or as fast as they go. */

import type { PublishParams, PublishProgress } from '../bridge/contract.ts';
import { createState } from '../bridge/feed.ts';
import type { Link } from '../link.ts';
import type { Clock } from './clock.ts';
import { checkRange } from './errors.ts';
import type { ExplorerLimits } from './limits.ts';
import { prepare } from './outgoing.ts';

const COUNT_MAX = 1_000_000;
const INTERVAL_MILLISECONDS_MAX = 3_600_000;

interface Outcome {
  progress: PublishProgress;
  /** Why it ended early. `progress.sent` have gone out all the same. */
  error?: unknown;
}

/**
 * Publishes in slices between which the thread does its other work, and waits for the server when too much is on its
 * way. It goes at its own pace, however slowly the window takes the progress, and stops when the window cancels.
 * The last item is `done` once the server has taken everything in.
 */
export async function* publish(
  link: Link,
  clock: Clock,
  limits: ExplorerLimits,
  params: PublishParams,
  account: number,
  signal: AbortSignal,
): AsyncIterable<PublishProgress> {
  const { count, intervalMs } = params;
  checkRange('count', count, 1, COUNT_MAX);
  checkRange('intervalMs', intervalMs, 0, INTERVAL_MILLISECONDS_MAX);
  const outgoing = prepare(params);
  const state = createState<Outcome>({ progress: { sent: 0, count, bytes: 0, done: false } });
  const stop = new AbortController();
  const stopped = new Promise<void>((resolve) =>
    stop.signal.addEventListener('abort', () => resolve(), { once: true }),
  );

  async function produce(): Promise<void> {
    const start = clock.now();
    let sent = 0;
    let bytes = 0;
    let reported = start;
    try {
      while (sent < count && !stop.signal.aborted) {
        const sliceEnd = clock.now() + limits.publishSliceMicroseconds;
        while (sent < count) {
          const now = clock.now();
          if (now < start + sent * intervalMs * 1000) break;
          bytes += outgoing.send(link, { count: sent + 1, now }, params.reply, account);
          sent++;
          if (now >= sliceEnd || link.pendingBytes > limits.publishPendingBytesMax) break;
        }
        if (clock.now() - reported >= limits.progressMilliseconds * 1000) {
          reported = clock.now();
          state.set({ progress: { sent, count, bytes, done: false } });
        }
        if (sent === count) break;
        if (link.pendingBytes > limits.publishPendingBytesMax) await Promise.race([link.flush(), stopped]);
        else await pause(clock, (start + sent * intervalMs * 1000 - clock.now()) / 1000, stop.signal);
      }
      if (!stop.signal.aborted) await Promise.race([link.flush(), stopped]);
      state.set({ progress: { sent, count, bytes, done: sent === count } });
    } catch (error) {
      state.set({ progress: { sent, count, bytes, done: false }, error });
    }
  }

  const producing = produce();
  try {
    for await (const { progress, error } of state.watch(signal)) {
      if (progress.done || error === undefined || progress.sent > 0) yield progress;
      if (error !== undefined) throw error;
      if (progress.done) return;
    }
  } finally {
    stop.abort();
    await producing;
  }
}

/** Resolves after `milliseconds`, at the next turn of the loop for 0, or when the signal aborts. */
function pause(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      signal.removeEventListener('abort', done);
      cancel();
      resolve();
    };
    const cancel = clock.later(Math.max(0, milliseconds), done);
    signal.addEventListener('abort', done, { once: true });
  });
}
