/** The app's log as this window has it: what the core keeps, then what comes. */

import { bridge } from '../bridge.ts';
import type { LogEntry } from '../../electron/bridge/contract.ts';
import { levelsFrom } from './levels.ts';

/** As many as the core keeps. */
const entriesMax = 5_000;

let entries = $state.raw<readonly LogEntry[]>([]);
/** Entries that came in all, for what was seen of them. */
let received = $state(0);
let seenAt = $state(0);

export const log = {
  /** Oldest first. */
  get entries(): readonly LogEntry[] {
    return entries;
  },
  /** Entries that went to make room for newer ones. */
  get gone(): number {
    return received - entries.length;
  },
  /** Warnings and errors that nobody saw yet, for the tab. */
  get unseenProblems(): number {
    return log.unseenProblemsOf(null);
  },
  /** Of one part of the app; null: of all. */
  unseenProblemsOf(source: string | null): number {
    const unseen = Math.min(entries.length, received - seenAt);
    if (unseen === 0) return 0;
    const problems = levelsFrom('warn');
    return entries
      .slice(-unseen)
      .filter((entry) => problems.has(entry.level) && (source === null || entry.source === source)).length;
  },
  markSeen(): void {
    seenAt = received;
  },
  /** Follows the core until the function returned is called. */
  start(): () => void {
    let session = 0;
    return bridge.watch('log.watch', {}, (batch) => {
      // A new bridge begins with all that is kept.
      if (session !== bridge.status.current.session) {
        session = bridge.status.current.session;
        const shown = entries.length > 0;
        entries = [];
        received = 0;
        if (shown) seenAt = 0;
      }
      received += batch.length;
      entries = [...entries, ...batch].slice(-entriesMax);
    });
  },
};
