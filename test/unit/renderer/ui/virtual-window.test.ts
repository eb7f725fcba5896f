import { describe, expect, it } from 'vitest';
import { contentPxMax, VirtualWindow } from '../../../../renderer/ui/virtual-window.ts';

function windowOf(total: number, viewport = 480): VirtualWindow {
  const view = new VirtualWindow(24);
  view.viewport = viewport;
  view.setTotal(total, false);
  return view;
}

describe('a list that fits the browser', () => {
  it('draws what is visible and the overscan, not more', () => {
    const view = windowOf(100_000);
    view.scrolled(2_400);
    expect(view.range(8)).toEqual({ first: 92, count: 36 });
    expect(view.topOf(92)).toBe(92 * 24);
  });

  it('draws nothing of an empty list and all of a short one', () => {
    expect(windowOf(0).range(8)).toEqual({ first: 0, count: 0 });
    expect(windowOf(3).range(8)).toEqual({ first: 0, count: 3 });
  });

  it('ends with its last row at the lower edge', () => {
    const view = windowOf(1_000);
    view.moveTo(Infinity);
    expect(view.position).toBe(1_000 * 24 - 480);
    expect(view.atEnd).toBe(true);
    const { first, count } = view.range(8);
    expect(first + count).toBe(1_000);
  });

  it('moves as little as it can to show a row', () => {
    const view = windowOf(1_000);
    view.moveTo(2_400);
    expect(view.positionShowing(100)).toBe(2_400);
    expect(view.positionShowing(99)).toBe(99 * 24);
    expect(view.positionShowing(120)).toBe(121 * 24 - 480);
  });
});

describe('a list higher than browsers allow', () => {
  const total = 50_000_000;

  it('keeps the element below the limit', () => {
    const view = windowOf(total);
    expect(view.scaled).toBe(true);
    expect(view.contentHeight).toBe(contentPxMax);
  });

  it('takes the wheel one to one, so that every row can be reached', () => {
    const view = windowOf(total);
    view.moveTo(total * 12);
    const before = view.position;
    for (let notch = 1; notch <= 10; notch++) view.scrolled(view.native + 100);
    expect(view.position - before).toBe(1_000);
    expect(view.topOf(view.range(0).first)).toBeGreaterThan(view.native - 24);
  });

  it('takes a dragged thumb in proportion', () => {
    const view = windowOf(total);
    view.scrolled(view.nativeMax / 2);
    expect(view.position / view.positionMax).toBeCloseTo(0.5, 6);
    view.scrolled(view.nativeMax);
    expect(view.atEnd).toBe(true);
    view.scrolled(0);
    expect(view.position).toBe(0);
  });

  it('puts the thumb right after small moves', () => {
    const view = windowOf(total);
    view.moveTo(view.positionMax / 4);
    for (let notch = 0; notch < 200; notch++) view.scrolled(view.native + 100);
    view.settle();
    expect(view.native / view.nativeMax).toBeCloseTo(view.position / view.positionMax, 5);
    expect(view.native).toBeLessThanOrEqual(view.nativeMax);
  });

  it('draws rows where the scroll bar is, whatever the two positions are', () => {
    const view = windowOf(total);
    view.moveTo(total * 20);
    const { first, count } = view.range(8);
    expect(view.topOf(first)).toBeLessThanOrEqual(view.native);
    expect(view.topOf(first + count)).toBeGreaterThanOrEqual(view.native + view.viewport);
    expect(view.topOf(first + count)).toBeLessThan(contentPxMax);
  });
});

it('holds a million rows without scaling the rows of a smaller list', () => {
  const view = windowOf(1_000_000);
  for (const index of [0, 1, 499_999, 999_999]) {
    view.moveTo(view.positionShowing(index));
    const { first, count } = view.range(0);
    expect(index).toBeGreaterThanOrEqual(first);
    expect(index).toBeLessThan(first + count);
  }
});

describe('a list that follows its tail', () => {
  it('leaves the element alone while the list grows a little, and keeps the rows in their place', () => {
    const view = windowOf(10_000);
    view.moveTo(Infinity);
    const { contentHeight, native } = view;
    const top = view.topOf(view.range(8).first);
    for (let total = 10_001; total <= 10_900; total++) {
      view.setTotal(total, true);
      view.moveTo(Infinity);
      expect([view.contentHeight, view.native, view.topOf(view.range(8).first)]).toEqual([contentHeight, native, top]);
      expect(view.atEnd).toBe(true);
    }
    view.setTotal(11_500, true);
    expect(view.contentHeight).toBe(11_500 * 24);
  });

  it('is exact again once it follows no longer', () => {
    const view = windowOf(10_000);
    view.setTotal(10_500, true);
    view.moveTo(Infinity);
    view.scrolled(view.native - 100);
    const { position } = view;
    view.setTotal(10_500, false);
    expect(view.scaled).toBe(false);
    expect(view.position).toBe(position);
    // Not at rest yet: the scroll bar is still off, and a further move must not jump.
    view.scrolled(view.native - 50);
    expect(view.position).toBe(position - 50);
    expect(view.settle()).toBe(position - 50);
  });
});
