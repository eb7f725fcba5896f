/** Pure helpers for the rows of tree and list. */

import type { TreeRow } from '../../electron/bridge/contract.ts';

/** Row `index` of a slice; undefined while it is on its way. */
export function rowAt<Row>(slice: { first: number; rows: readonly Row[] }, index: number): Row | undefined {
  return slice.rows[index - slice.first];
}

/** Whether all rows from `first` on are here, as far as there are any. Nothing is covered before the first answer. */
export function covers(
  slice: { total: number; first: number; rows: readonly unknown[] },
  first: number,
  count: number,
): boolean {
  const end = Math.min(slice.total, first + count);
  return count > 0 && first >= slice.first && end <= slice.first + slice.rows.length;
}

/** Index of the row of `node`; -1 when it is not in the slice. */
export function indexOfNode(slice: { first: number; rows: readonly TreeRow[] }, node: number): number {
  const at = slice.rows.findIndex((row) => row.node === node);
  return at === -1 ? -1 : slice.first + at;
}

/** Index of the branch that `index` stands in; -1 when there is none or it is not in the slice. */
export function parentIndex(slice: { first: number; rows: readonly TreeRow[] }, index: number): number {
  const row = rowAt(slice, index);
  if (row === undefined) return -1;
  for (let above = index - 1; above >= slice.first; above--) {
    const other = rowAt(slice, above);
    if (other !== undefined && other.depth < row.depth) return above;
  }
  return -1;
}

export { leafParts } from '../ui/leaf.ts';

/** System and inbox subjects, which recede. */
export function isSystemLabel(label: string): boolean {
  return label.startsWith('$') || label.startsWith('_');
}

/**
 * Whether the tree holds more than what a server says by itself. Only rows at the top count, and while they are not all
 * here there must be more.
 */
export function hasOwnTraffic(slice: { total: number; first: number; rows: readonly TreeRow[] }): boolean {
  const own = (row: TreeRow): boolean =>
    row.root === undefined ? row.depth === 0 && !row.label.startsWith('$') : row.root === 'account' && row.count > 0;
  return slice.rows.some(own) || slice.first > 0 || slice.total > slice.rows.length;
}
