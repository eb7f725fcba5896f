import type { LogEntry } from '../../electron/bridge/contract.ts';

export type LogLevel = LogEntry['level'];

/** Gravest first. */
export const levels: readonly LogLevel[] = ['error', 'warn', 'info', 'debug'];

/** A level and all that are graver. */
export function levelsFrom(level: LogLevel): ReadonlySet<LogLevel> {
  return new Set(levels.slice(0, levels.indexOf(level) + 1));
}

/** Entries of a level or graver whose source or text holds all words, whatever their case. */
export function filterEntries(entries: readonly LogEntry[], level: LogLevel, text: string): LogEntry[] {
  const shown = levelsFrom(level);
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return entries.filter((entry) => {
    if (!shown.has(entry.level)) return false;
    const searched = `${entry.source} ${entry.text}`.toLowerCase();
    return words.every((word) => searched.includes(word));
  });
}

/** One entry as a line of text. */
export function entryText(entry: LogEntry): string {
  return `${new Date(entry.time / 1000).toISOString()} ${entry.level.padEnd(5)} ${entry.source}: ${entry.text}`;
}
