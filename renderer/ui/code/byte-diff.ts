/** A row of bytes in a comparison: of the new payload, or of the old one when the mark is `-`. */
export interface ByteDiffRow {
  mark: ' ' | '+' | '-';
  offset: number;
  length: number;
}

export interface ByteDiff {
  rows: ByteDiffRow[];
  /** Bytes at the same offset that differ, and bytes that only one of both has. */
  differing: number;
}

/** Compares offset by offset: binary formats keep their fields in place. */
export function diffBytes(before: Uint8Array, after: Uint8Array, perRow: number): ByteDiff {
  const result: ByteDiff = { rows: [], differing: 0 };
  const longer = Math.max(before.length, after.length);
  for (let offset = 0; offset < longer; offset += perRow) {
    const oldLength = Math.max(0, Math.min(perRow, before.length - offset));
    const newLength = Math.max(0, Math.min(perRow, after.length - offset));
    let differing = Math.abs(oldLength - newLength);
    for (let i = 0; i < Math.min(oldLength, newLength); i++) if (before[offset + i] !== after[offset + i]) differing++;
    result.differing += differing;
    if (differing === 0) result.rows.push({ mark: ' ', offset, length: newLength });
    else {
      if (oldLength > 0) result.rows.push({ mark: '-', offset, length: oldLength });
      if (newLength > 0) result.rows.push({ mark: '+', offset, length: newLength });
    }
  }
  return result;
}
