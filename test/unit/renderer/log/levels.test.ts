import { expect, test } from 'vitest';
import type { LogEntry } from '../../../../electron/bridge/contract.ts';
import { entryText, filterEntries, levelsFrom } from '../../../../renderer/log/levels.ts';

const entry = (level: LogEntry['level'], source: string, text: string): LogEntry => ({ time: 0, level, source, text });

test('a level shows itself and what is graver, words search source and text', () => {
  const entries = [
    entry('error', 'broker', 'Port taken'),
    entry('info', 'local', 'Connected'),
    entry('debug', 'x', 'port'),
  ];
  expect([...levelsFrom('warn')]).toEqual(['error', 'warn']);
  expect(filterEntries(entries, 'info', '')).toHaveLength(2);
  expect(filterEntries(entries, 'debug', 'PORT')).toHaveLength(2);
  expect(filterEntries(entries, 'debug', 'broker taken')).toEqual([entries[0]]);
});

test('an entry as a line', () => {
  expect(entryText(entry('warn', 'local', 'slow'))).toBe('1970-01-01T00:00:00.000Z warn  local: slow');
});
