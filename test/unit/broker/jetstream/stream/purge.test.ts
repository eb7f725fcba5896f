import { beforeEach, describe, expect, test } from 'vitest';
import { LogInput } from '../../../../../broker/jetstream/stream/log-input.ts';
import { PatternFilter } from '../../../../../broker/jetstream/stream/pattern-filter.ts';
import { lastMatching } from '../../../../../broker/jetstream/stream/publisher.ts';
import { purge, type PurgeOrder } from '../../../../../broker/jetstream/stream/purge.ts';
import { createMemoryLog } from '../../../../../broker/store/memory-log.ts';
import { subjectHash } from '../../../../../broker/wire/subject-hash.ts';

const hash = subjectHash(1);
const NOTHING = new Uint8Array(0);
const ALL: PurgeOrder = { filter: '', sequence: 0, keep: 0 };

let log: ReturnType<typeof createMemoryLog>;

beforeEach(() => {
  log = createMemoryLog(hash);
  const input = new LogInput();
  for (const subject of ['a.1', 'b.1', 'a.2', 'b.2', 'a.1', 'b.1', 'a.2', 'b.2', 'a.1', 'c']) {
    input.compose(hash, subject, '', NOTHING);
    log.append(input, input.hash, { seconds: 1, nanos: 0 });
  }
});

function left(): number[] {
  const found: number[] = [];
  for (let at = log.next(1); at !== 0; at = log.next(at + 1)) found.push(at);
  return found;
}

const CASES: [order: Partial<PurgeOrder>, removed: number, left: number[]][] = [
  [{}, 10, []],
  [{ keep: 3 }, 7, [8, 9, 10]],
  [{ keep: 20 }, 0, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
  [{ sequence: 4 }, 3, [4, 5, 6, 7, 8, 9, 10]],
  [{ filter: '>', sequence: 4 }, 3, [4, 5, 6, 7, 8, 9, 10]],
  [{ filter: 'a.1' }, 3, [2, 3, 4, 6, 7, 8, 10]],
  [{ filter: 'a.1', sequence: 5 }, 1, [2, 3, 4, 5, 6, 7, 8, 9, 10]],
  [{ filter: 'a.1', keep: 1 }, 2, [2, 3, 4, 6, 7, 8, 9, 10]],
  [{ filter: 'a.*' }, 5, [2, 4, 6, 8, 10]],
  [{ filter: 'a.*', keep: 2 }, 3, [2, 4, 6, 7, 8, 9, 10]],
  [{ filter: '*.1', sequence: 6 }, 3, [3, 4, 6, 7, 8, 9, 10]],
  [{ filter: 'z' }, 0, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
  [{ filter: 'z.*' }, 0, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
];

test.each(CASES)('%j', (order, removed, expected) => {
  expect(purge(log, { ...ALL, ...order })).toBe(removed);
  expect(left()).toEqual(expected);
});

test('a purge up to a sequence beyond the end moves the end', () => {
  expect(purge(log, { ...ALL, sequence: 50 })).toBe(10);
  expect(log.state).toMatchObject({ messages: 0, firstSequence: 50, lastSequence: 49 });
});

describe('subjects of a log', () => {
  test('are found by patterns, each once', () => {
    const texts = (...patterns: string[]): string[] =>
      new PatternFilter(log, patterns)
        .subjects()
        .map((subject) => log.subjects.text(subject))
        .sort();
    expect(texts('a.*')).toEqual(['a.1', 'a.2']);
    expect(texts('a.*', '*.1')).toEqual(['a.1', 'a.2', 'b.1']);
    expect(texts('>')).toEqual(['a.1', 'a.2', 'b.1', 'b.2', 'c']);
    expect(texts('b.2')).toEqual(['b.2']);
    expect(texts('nobody')).toEqual([]);
  });

  test('have a last message, also where a pattern names them', () => {
    expect(lastMatching(log, 'a.2')).toBe(7);
    expect(lastMatching(log, 'b.*')).toBe(8);
    expect(lastMatching(log, '>')).toBe(10);
    expect(lastMatching(log, 'z.*')).toBe(0);
    expect(lastMatching(log, 'z')).toBe(0);
  });
});
