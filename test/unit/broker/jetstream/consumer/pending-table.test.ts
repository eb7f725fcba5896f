import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Deadlines } from '../../../../../broker/jetstream/consumer/deadlines.ts';
import { PendingTable } from '../../../../../broker/jetstream/consumer/pending-table.ts';

const many = { minLength: 1, maxLength: 1500, size: 'max' as const };

function listed(table: PendingTable): number[] {
  const sequences: number[] = [];
  for (let slot = table.first; slot !== -1; slot = table.next(slot)) sequences.push(table.sequence[slot] as number);
  return sequences;
}

describe('messages that wait', () => {
  it('are found, listed in order and taken out, whatever their sequences', () => {
    const base = fc.constantFrom(0, 2 ** 31 - 500, 2 ** 40);
    fc.assert(
      fc.property(base, fc.constantFrom(1, 64, 4096), fc.array(fc.noBias(fc.nat(400)), many), (start, stride, keys) => {
        const table = new PendingTable();
        const model = new Map<number, number>();
        for (const key of keys) {
          const sequence = start + key * stride + 1;
          const slot = table.find(sequence);
          expect(slot === -1).toBe(!model.has(sequence));
          if (slot === -1) {
            table.add(sequence, key, key * 2);
            model.set(sequence, key);
          } else {
            expect([table.consumerSequence[slot], table.time[slot]]).toEqual([key, key * 2]);
            table.remove(slot);
            model.delete(sequence);
          }
        }
        expect(table.size).toBe(model.size);
        expect(listed(table)).toEqual([...model.keys()].sort((a, b) => a - b));
        table.clear();
        expect([table.size, table.first, table.last]).toEqual([0, -1, -1]);
      }),
      { numRuns: 40 },
    );
  });
});

describe('deadlines', () => {
  it('come in their order, and only those that still hold', () => {
    const step = fc.tuple(fc.noBias(fc.nat(200)), fc.noBias(fc.nat(5000)));
    fc.assert(
      fc.property(fc.array(step, many), (steps) => {
        const table = new PendingTable();
        const deadlines = new Deadlines(table);
        const model = new Map<number, number>();
        for (const [sequence, at] of steps) {
          let slot = table.find(sequence);
          if (slot !== -1 && at % 5 === 0) {
            table.remove(slot);
            model.delete(sequence);
          } else if (slot !== -1 && at % 5 === 1) {
            deadlines.unset(slot);
            model.delete(sequence);
          } else {
            if (slot === -1) slot = table.add(sequence, 1, 1);
            deadlines.set(slot, at);
            model.set(sequence, at);
          }
          expect(deadlines.earliest()).toBe(Math.min(...model.values()));
        }
        const due = [...model.values()].sort((a, b) => a - b);
        for (const at of due) {
          expect(deadlines.earliest()).toBe(at);
          expect(deadlines.takeDue(at - 1)).toBe(-1);
          const sequence = table.sequence[deadlines.takeDue(at)] as number;
          expect(model.get(sequence)).toBe(at);
          model.delete(sequence);
        }
        expect(deadlines.takeDue(Infinity)).toBe(-1);
      }),
      { numRuns: 30 },
    );
  });

  it('do not pile up with messages that are acked in time', () => {
    const table = new PendingTable();
    const deadlines = new Deadlines(table);
    for (let sequence = 1; sequence <= 100_000; sequence++) {
      deadlines.set(table.add(sequence, sequence, sequence), sequence + 30_000);
      if (sequence > 10) table.remove(table.find(sequence - 10));
    }
    expect(table.size).toBe(10);
    expect(deadlines.earliest()).toBe(100_000 - 9 + 30_000);
  });
});
