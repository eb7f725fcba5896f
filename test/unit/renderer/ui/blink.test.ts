import { describe, expect, it } from 'vitest';
import { BlinkState } from '../../../../renderer/ui/blink.ts';

/** Orders of a cell that changes every `everyMs` for a second and a half. */
function orders(everyMs: number): string[] {
  const state = new BlinkState();
  const list: string[] = [];
  for (let at = 0; at < 1_500; at += everyMs) list.push(state.changed(10_000 + at));
  return list;
}

describe('blink', () => {
  it('starts for every change of a calm cell', () => {
    expect(orders(500)).toEqual(['start', 'start', 'start']);
  });

  it('starts at most four times a second', () => {
    for (const everyMs of [10, 33, 100, 240]) {
      const first = orders(everyMs).slice(0, Math.ceil(1_000 / everyMs));
      expect(first.filter((order) => order === 'start').length).toBeLessThanOrEqual(4);
    }
  });

  it('holds a cell that does not rest, once', () => {
    const list = orders(33);
    expect(list.filter((order) => order === 'hold')).toHaveLength(1);
    expect(list.slice(list.indexOf('hold') + 1).every((order) => order === 'none')).toBe(true);
  });

  it('lets go when the cell rests, and starts again after that', () => {
    const state = new BlinkState();
    for (let at = 0; at < 1_200; at += 100) state.changed(at);
    expect(state.held).toBe(true);
    expect(state.rested(1_300)).toBe(false);
    expect(state.rested(1_900)).toBe(true);
    expect(state.held).toBe(false);
    expect(state.changed(3_000)).toBe('start');
  });

  it('forgets after a long time, whatever the clock shows', () => {
    const state = new BlinkState();
    for (let at = 0; at < 1_000; at += 250) state.changed(at);
    expect(state.held).toBe(true);
    state.reset();
    expect(state.changed(90_000_000)).toBe('start');
  });
});
