/**
 * Rows of a stream by its sequences: one for each sequence, and one for each run of sequences without a message. Pure.
 *
 *     sequences   1 2 3 4 5 6 7     runs [4, 6]
 *     rows        0 1 2  3   4      row 3 stands for 4 … 6
 */
export class SequenceMap {
  readonly first: number;
  readonly last: number;
  readonly total: number;
  /** First and last sequence of each run, and the row it stands in. */
  readonly #from: number[] = [];
  readonly #to: number[] = [];
  readonly #row: number[] = [];

  /** @param runs first and last of each, in order; null where they are not known: each sequence has a row then */
  constructor(first: number, last: number, runs: readonly number[] | null) {
    // A stream that never had a message says 0 for both.
    this.first = Math.max(1, first);
    this.last = last;
    let folded = 0;
    for (let at = 0; runs !== null && at + 1 < runs.length; at += 2) {
      const from = Math.max(runs[at]!, this.first);
      const to = Math.min(runs[at + 1]!, last);
      if (to < from) continue;
      this.#from.push(from);
      this.#to.push(to);
      this.#row.push(from - this.first - folded);
      folded += to - from;
    }
    this.total = Math.max(0, last - this.first + 1 - folded);
  }

  /** Runs that there are. */
  get gaps(): number {
    return this.#from.length;
  }

  /** What a row stands for: a sequence, or a run without messages. */
  at(row: number): { from: number; to: number; gap: boolean } {
    const run = lastNotAbove(this.#row, row);
    if (run === -1) return { from: this.first + row, to: this.first + row, gap: false };
    if (this.#row[run] === row) return { from: this.#from[run]!, to: this.#to[run]!, gap: true };
    const sequence = this.#to[run]! + (row - this.#row[run]!);
    return { from: sequence, to: sequence, gap: false };
  }

  /** The row of a sequence; of the nearest end when the stream does not reach so far. */
  rowOf(sequence: number): number {
    if (this.total === 0) return 0;
    const wanted = Math.max(this.first, Math.min(this.last, sequence));
    const run = lastNotAbove(this.#from, wanted);
    if (run === -1) return wanted - this.first;
    return wanted <= this.#to[run]! ? this.#row[run]! : this.#row[run]! + (wanted - this.#to[run]!);
  }
}

/** Index of the last value that is not above `wanted`; -1 when all are. */
function lastNotAbove(values: readonly number[], wanted: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! <= wanted) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
