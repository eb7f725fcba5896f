/** The app's log: the last lines in memory, for the log view. */

import type { LogEntry } from './bridge/contract.ts';
import { wait } from './bridge/feed.ts';

export interface Log {
  write(level: LogEntry['level'], source: string, text: string): void;
  /** What is kept, then what comes, in batches. A watcher that fell behind is told how many lines it missed. */
  watch(signal: AbortSignal): AsyncIterable<LogEntry[]>;
  close(): void;
}

export interface LogOptions {
  /** Microseconds since the Unix epoch. */
  now?: () => number;
  entriesMax?: number;
  /** Called with every entry, e.g. to print it. */
  onEntry?: (entry: LogEntry) => void;
}

const entriesMaxDefault = 5000;
/** One line cannot fill the log; what is longer is cut with a mark. */
const textLengthMax = 4096;
const batchMax = 500;

export function createLog(options: LogOptions = {}): Log {
  const { now = () => Date.now() * 1000, entriesMax = entriesMaxDefault, onEntry } = options;
  /** A ring: the entry with number n is at n % entriesMax. */
  const ring: LogEntry[] = [];
  let written = 0;
  let closed = false;
  const wakers = new Set<() => void>();
  const wake = () => {
    for (const waker of [...wakers]) waker();
  };

  return {
    write(level, source, text) {
      const kept =
        text.length > textLengthMax ? `${text.slice(0, textLengthMax)} … (cut, ${text.length} in all)` : text;
      const entry: LogEntry = { time: now(), level, source, text: kept };
      ring[written++ % entriesMax] = entry;
      onEntry?.(entry);
      wake();
    },
    async *watch(signal) {
      let next = Math.max(0, written - entriesMax);
      while (!closed && !signal.aborted) {
        if (next < written) {
          const oldest = Math.max(0, written - entriesMax);
          const batch: LogEntry[] = [];
          if (next < oldest) {
            const missed = `${oldest - next} lines came faster than they could be shown and are gone.`;
            batch.push({ time: now(), level: 'warn', source: 'log', text: missed });
            next = oldest;
          }
          while (next < written && batch.length < batchMax) batch.push(ring[next++ % entriesMax] as LogEntry);
          yield batch;
          continue;
        }
        await wait(wakers, signal);
      }
    },
    close() {
      closed = true;
      wake();
    },
  };
}
