/**
 * Messages of the system account. The list of everything shows what applications say; what the server says of itself is
 * shown where its account is chosen. They are few, so the list is all that is kept, less these:
 *
 *   kept    41 42 43 44 45 46 47 48 49      first 41
 *   apart         43       46
 *   index   0  1     2  3     4  5  6       index + first + how many of `apart` lie before it
 */

import { SequenceRun } from './hits.ts';

export class Apart {
  readonly #run: SequenceRun;
  /** Those that were evicted. */
  #gone = 0;

  constructor(account: (bytes: number) => void) {
    this.#run = new SequenceRun(1, account);
  }

  push(sequence: number): void {
    this.#run.push(sequence);
  }

  get length(): number {
    return this.#run.length;
  }

  get gone(): number {
    return this.#gone;
  }

  /** Lets go of what is no longer kept. */
  trim(first: number): void {
    while (this.#run.length > 0 && this.#run.at(0) < first) {
      this.#run.shift();
      this.#gone++;
    }
  }

  /** How many there are up to a sequence, that one included. */
  upTo(sequence: number): number {
    let low = 0;
    let high = this.#run.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#run.at(middle) <= sequence) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  has(sequence: number): boolean {
    const index = this.upTo(sequence) - 1;
    return index >= 0 && this.#run.at(index) === sequence;
  }

  /** Sequence of the message at an index among the others. @param first oldest sequence that is kept */
  skipping(index: number, first: number): number {
    let low = 0;
    let high = this.#run.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#run.at(middle) - first - middle <= index) low = middle + 1;
      else high = middle;
    }
    return first + index + low;
  }

  clear(): void {
    this.#run.clear();
    this.#gone = 0;
  }
}
