/** A pane dragged under this many pixels collapses. */
export const snapPx = 96;
/** What the other pane of a split keeps. */
export const otherPaneMinPx = 160;
export const stepPx = 8;
export const stepLargePx = 64;

export interface PaneSize {
  size: number;
  collapsed: boolean;
}

/**
 * The size that a pane takes when somebody asks for `wanted` pixels of a split that is `whole` pixels long. Under
 * `snapPx` it collapses and `last`, the size before, is what a later opening restores.
 */
export function settlePane(wanted: number, whole: number, last: number): PaneSize {
  if (wanted < snapPx) return { size: last, collapsed: true };
  return { size: Math.round(Math.max(snapPx, Math.min(wanted, whole - otherPaneMinPx))), collapsed: false };
}
