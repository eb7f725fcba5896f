/** What menus, deep links and the tray ask of a window. */

import { createQueue } from './bridge/feed.ts';
import type { Queue } from './bridge/feed.ts';

export interface Command {
  command: string;
  argument?: string;
}

export interface Commands {
  /** To every window that listens; kept for the next one while none does. */
  send(command: Command): void;
  watch(signal: AbortSignal): AsyncIterable<Command>;
}

/** A person does not click faster than this while a window starts. */
const waitingMax = 16;

export function createCommands(): Commands {
  const windows = new Set<Queue<Command>>();
  let early: Command[] = [];
  return {
    send(command) {
      if (windows.size === 0) early = [...early, command].slice(-waitingMax);
      for (const window of windows) window.push(command);
    },
    async *watch(signal) {
      const queue = createQueue<Command>(waitingMax);
      for (const command of early) queue.push(command);
      early = [];
      windows.add(queue);
      try {
        yield* queue.iterate(signal);
      } finally {
        windows.delete(queue);
      }
    },
  };
}
