import type { PullClock } from './pull-loop.ts';

export const windowClock: PullClock = {
  now: () => performance.now(),
  frame(run) {
    const id = requestAnimationFrame(run);
    return () => cancelAnimationFrame(id);
  },
  after(ms, run) {
    const id = setTimeout(run, ms);
    return () => clearTimeout(id);
  },
};

/** A page that is hidden meanwhile has no frames; nobody waits longer for one than this. */
const frameWaitMs = 100;

/** Time that the next frame takes from its callbacks to the end of its painting: style, layout and paint. */
export function afterFrameMs(): Promise<number> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(0), frameWaitMs);
    requestAnimationFrame(() => {
      const startedAt = performance.now();
      const channel = new MessageChannel();
      channel.port1.onmessage = () => {
        clearTimeout(timer);
        channel.port1.close();
        resolve(performance.now() - startedAt);
      };
      channel.port2.postMessage(null);
    });
  });
}
