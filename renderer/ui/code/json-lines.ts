/**
 * A JSON document as the lines it has when it is printed with one member a line, without building values: each line
 * knows the bytes it comes from. Numbers stay the digits that were sent, doubled keys stay doubled, and nesting of any
 * depth costs a stack entry, not a stack frame.
 *
 *     {"id":1,"to":["a"]}      line  depth  key     value      partner
 *     0......7................  0     0      -       0 … 19     5
 *                               1     1      1 … 5   6 … 7      -
 *                               2     1      8 … 12  13 … 18    4     "to": [
 *                               3     2      -       14 … 17    -
 *                               4     1      -       17 … 18    2     ]
 *                               5     0      -       18 … 19    0     }
 *
 * Offsets are bytes; ends are exclusive. The value of an opening line reaches to the end of what it opens.
 */

export const kinds = {
  string: 1,
  number: 2,
  literal: 3,
  emptyObject: 4,
  emptyArray: 5,
  openObject: 6,
  openArray: 7,
  closeObject: 8,
  closeArray: 9,
} as const;

export type LineKind = (typeof kinds)[keyof typeof kinds];

export interface JsonProblem {
  /** Byte at which the document stops being JSON. */
  offset: number;
  /** From 1. The column counts bytes. */
  line: number;
  column: number;
  text: string;
}

/** Cells of one line, in the order of `JsonScan`. */
export const stride = 7;
export const fieldDepth = 0;
export const fieldKind = 1;
export const fieldKeyStart = 2;
export const fieldKeyEnd = 3;
export const fieldStart = 4;
export const fieldEnd = 5;
export const fieldPartner = 6;
export const commaBit = 16;

/** The lines of one document. Read only; made by `JsonScan`. */
export class JsonLines {
  readonly bytes: Uint8Array;
  readonly count: number;
  readonly #cells: Int32Array;

  constructor(bytes: Uint8Array, cells: Int32Array, count: number) {
    this.bytes = bytes;
    this.#cells = cells;
    this.count = count;
  }

  depth(line: number): number {
    return this.#cells[line * stride + fieldDepth]!;
  }
  kind(line: number): LineKind {
    return (this.#cells[line * stride + fieldKind]! & ~commaBit) as LineKind;
  }
  comma(line: number): boolean {
    return (this.#cells[line * stride + fieldKind]! & commaBit) !== 0;
  }
  hasKey(line: number): boolean {
    return this.keyStart(line) >= 0;
  }
  /** Byte of the key's opening quote; -1 when the line has no key. */
  keyStart(line: number): number {
    return this.#cells[line * stride + fieldKeyStart]!;
  }
  keyEnd(line: number): number {
    return this.#cells[line * stride + fieldKeyEnd]!;
  }
  start(line: number): number {
    return this.#cells[line * stride + fieldStart]!;
  }
  end(line: number): number {
    return this.#cells[line * stride + fieldEnd]!;
  }
  /** The line that closes what this one opens, and the other way round; -1 for a line that stands alone. */
  partner(line: number): number {
    return this.#cells[line * stride + fieldPartner]!;
  }
  opens(line: number): boolean {
    const kind = this.kind(line);
    return kind === kinds.openObject || kind === kinds.openArray;
  }
  closes(line: number): boolean {
    return this.kind(line) >= kinds.closeObject;
  }
  /** Line after this one and all that it opens. */
  after(line: number): number {
    return this.opens(line) && this.partner(line) >= 0 ? this.partner(line) + 1 : line + 1;
  }
  /** Where the line begins in the bytes: at its key if it has one. */
  first(line: number): number {
    const key = this.keyStart(line);
    return key >= 0 ? key : this.start(line);
  }

  /** The line that shows the byte at `offset`: the last one that begins at or before it. */
  lineAt(offset: number): number {
    let low = 0;
    let high = this.count - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.first(middle) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Members directly inside what this line opens. */
  members(line: number): number {
    if (!this.opens(line)) return 0;
    const last = this.partner(line) < 0 ? this.count : this.partner(line);
    let members = 0;
    for (let at = line + 1; at < last; at = this.after(at)) members++;
    return members;
  }
}
