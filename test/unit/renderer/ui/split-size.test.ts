import { expect, it } from 'vitest';
import { otherPaneMinPx, settlePane, snapPx } from '../../../../renderer/ui/split-size.ts';

it('takes what was asked for and leaves the other pane its least', () => {
  expect(settlePane(300.4, 1_000, 250)).toEqual({ size: 300, collapsed: false });
  expect(settlePane(990, 1_000, 250)).toEqual({ size: 1_000 - otherPaneMinPx, collapsed: false });
});

it('collapses below the snap and remembers the size before', () => {
  expect(settlePane(snapPx - 1, 1_000, 250)).toEqual({ size: 250, collapsed: true });
  expect(settlePane(snapPx, 1_000, 250)).toEqual({ size: snapPx, collapsed: false });
});

it('stays visible in a split that is too small for both', () => {
  expect(settlePane(120, 200, 250)).toEqual({ size: snapPx, collapsed: false });
});
