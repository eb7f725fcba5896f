import { utf8Length } from './visible-text.ts';

/** Text folded to a width: which bytes stand in which row. Offsets are bytes, ends exclusive, line breaks left out. */
export interface TextRows {
  count: number;
  start(row: number): number;
  end(row: number): number;
  /** Number of the line from 1, and 0 for a row that goes on with the line above. */
  lineNumber(row: number): number;
  /** The row that shows a byte. */
  rowAt(offset: number): number;
}

const stride = 3;

/**
 * Folds UTF-8 (and what is none) into rows of so many columns. Counts what `visibleText` will draw: `\xHH` takes four
 * columns, wide characters two.
 */
export function foldText(bytes: Uint8Array, columns: number): TextRows {
  let cells = new Int32Array(64 * stride);
  let count = 0;
  const add = (start: number, end: number, number: number): void => {
    if ((count + 1) * stride > cells.length) {
      const more = new Int32Array(cells.length * 2);
      more.set(cells);
      cells = more;
    }
    cells.set([start, end, number], count * stride);
    count++;
  };

  let line = 1;
  let number = 1;
  let start = 0;
  let column = 0;
  let at = 0;
  while (at < bytes.length) {
    const byte = bytes[at]!;
    if (byte === 0x0a) {
      const end = at > start && bytes[at - 1] === 0x0d ? at - 1 : at;
      add(start, end, number);
      at++;
      start = at;
      column = 0;
      number = ++line;
      continue;
    }
    if (byte === 0x0d && bytes[at + 1] === 0x0a) {
      at++;
      continue;
    }
    const length = Math.max(1, utf8Length(bytes, at));
    const width = columnsOf(bytes, at, length);
    if (column > 0 && column + width > columns) {
      add(start, at, number);
      start = at;
      column = 0;
      number = 0;
    }
    column += width;
    at += length;
  }
  // What ends with a line break has no empty line after it; what is empty has one.
  if (start < bytes.length || count === 0) add(start, bytes.length, number);

  return {
    count,
    start: (row) => cells[row * stride]!,
    end: (row) => cells[row * stride + 1]!,
    lineNumber: (row) => cells[row * stride + 2]!,
    rowAt(offset) {
      let low = 0;
      let high = count - 1;
      while (low < high) {
        const middle = (low + high + 1) >>> 1;
        if (cells[middle * stride]! <= offset) low = middle;
        else high = middle - 1;
      }
      return low;
    },
  };
}

function columnsOf(bytes: Uint8Array, at: number, length: number): number {
  const first = bytes[at]!;
  if (length === 1)
    return first >= 0x80 || first === 0x7f || (first < 0x20 && first !== 0x09) ? 4 : first === 0x09 ? 2 : 1;
  if (length === 2) return first === 0xc2 && bytes[at + 1]! < 0xa0 ? 4 : 1;
  if (length === 4) return 2;
  const code = ((first & 0x0f) << 12) | ((bytes[at + 1]! & 0x3f) << 6) | (bytes[at + 2]! & 0x3f);
  if (code >= 0x200b && code <= 0x206f) return code <= 0x200f || code >= 0x2028 ? 6 : 1;
  // East Asian scripts, Hangul, compatibility and full width forms.
  const wide = (code >= 0x1100 && code <= 0x115f) || (code >= 0x2e80 && code <= 0xd7a3);
  return wide || (code >= 0xf900 && code <= 0xfaff) || (code >= 0xff00 && code <= 0xff60) ? 2 : 1;
}
