import { property, assert, array, integer } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SequenceMap } from '../../../../renderer/jetstream/messages/sequence-map.ts';

describe('rows of sequences', () => {
  it('folds a run without messages into one row', () => {
    const map = new SequenceMap(1, 7, [4, 6]);
    expect(map.total).toBe(5);
    expect([0, 1, 2, 3, 4].map((row) => map.at(row))).toEqual([
      { from: 1, to: 1, gap: false },
      { from: 2, to: 2, gap: false },
      { from: 3, to: 3, gap: false },
      { from: 4, to: 6, gap: true },
      { from: 7, to: 7, gap: false },
    ]);
    expect([1, 4, 5, 6, 7, 99, 0].map((sequence) => map.rowOf(sequence))).toEqual([0, 3, 3, 3, 4, 4, 0]);
  });

  it('has a row for each sequence where the runs are not known', () => {
    const map = new SequenceMap(100, 1_000_099, null);
    expect(map.total).toBe(1_000_000);
    expect(map.at(999_999)).toEqual({ from: 1_000_099, to: 1_000_099, gap: false });
  });

  it.each([
    [1, 0],
    [0, 0],
    [21, 20],
  ])('is empty for a stream that is, from %i to %i', (first, last) => {
    expect(new SequenceMap(first, last, []).total).toBe(0);
  });

  it('clips runs that were told before the first message went', () => {
    const map = new SequenceMap(6, 10, [2, 3, 5, 7]);
    expect(map.total).toBe(4);
    expect(map.at(0)).toEqual({ from: 6, to: 7, gap: true });
  });

  it('leads from every sequence to its row and back', () => {
    assert(
      property(integer({ min: 1, max: 50 }), array(integer({ min: 0, max: 80 }), { maxLength: 40 }), (first, gone) => {
        const last = first + 80;
        const deleted = [...new Set(gone.map((at) => first + at))].toSorted((a, b) => a - b);
        const runs: number[] = [];
        for (const sequence of deleted) {
          if (runs.at(-1) === sequence - 1) runs[runs.length - 1] = sequence;
          else runs.push(sequence, sequence);
        }
        const map = new SequenceMap(first, last, runs);
        let expected = first;
        for (let row = 0; row < map.total; row++) {
          const { from, to, gap } = map.at(row);
          expect(from).toBe(expected);
          for (let sequence = from; sequence <= to; sequence++) {
            expect(map.rowOf(sequence)).toBe(row);
            expect(deleted.includes(sequence)).toBe(gap);
          }
          expected = to + 1;
        }
        expect(expected).toBe(last + 1);
      }),
    );
  });
});
