import { describe, expect, it } from 'vitest';
import { PlacedWindow } from '../../../../electron/jetstream/deliveries.ts';
import type { Stored } from '../../../../electron/jetstream/stored-messages.ts';

const stored = (sequence: number): Stored => ({
  stream: 'S',
  sequence,
  time: sequence,
  subject: `s.${sequence}`,
  headers: [],
  headerBytes: 0,
  payload: new Uint8Array(9),
  payloadBytes: 9,
  by: 'direct get',
});

describe('messages behind a floor', () => {
  it('are read once, while the floor rises and more is delivered', async () => {
    const window = new PlacedWindow();
    const asked: [number, number][] = [];
    const read = async (first: number, count: number): Promise<Stored[]> => {
      asked.push([first, count]);
      return Array.from({ length: count }, (_, at) => stored(first + at)).filter(({ sequence }) => sequence !== 4);
    };
    const sequences = async (first: number, count: number): Promise<number[]> =>
      (await window.get(first, count, read)).map(({ sequence }) => sequence);
    expect(await sequences(1, 3)).toEqual([1, 2, 3]);
    expect(await sequences(1, 3)).toEqual([1, 2, 3]);
    expect(await sequences(3, 4)).toEqual([3, 5, 6]);
    expect(await sequences(5, 1)).toEqual([5]);
    expect(asked).toEqual([
      [1, 3],
      [4, 3],
    ]);
    // A consumer that was reset begins before what was read.
    expect(await sequences(2, 2)).toEqual([2, 3]);
    expect(asked.at(-1)).toEqual([2, 2]);
    expect(await sequences(100, 1)).toEqual([100]);
    expect(Object.keys((await window.get(100, 1, read))[0] ?? {})).not.toContain('payload');
  });
});
