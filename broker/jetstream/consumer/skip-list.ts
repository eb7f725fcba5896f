/**
 * What a consumer with policy `last_per_subject` is to get first: the last message of each subject, as they were when it
 * was made, in the order of their sequences. Then it goes on behind `resume` like any other.
 */
export class SkipList {
  readonly resume: number;
  readonly #sequences: number[];
  #at = 0;
  #gone = new Set<number>();

  constructor(resume: number, sequences: number[]) {
    this.resume = resume;
    this.#sequences = sequences;
  }

  get remaining(): number {
    return this.#sequences.length - this.#at - this.#gone.size;
  }

  /** The next one that is still there; 0: none. */
  peek(): number {
    for (;;) {
      const sequence = this.#sequences[this.#at];
      if (sequence === undefined) return 0;
      if (!this.#gone.delete(sequence)) return sequence;
      this.#at++;
    }
  }

  /** Takes out what `peek` said. */
  take(): void {
    this.#at++;
  }

  /** A message is gone; returns whether it was still to come. */
  remove(sequence: number): boolean {
    const sequences = this.#sequences;
    let low = this.#at;
    let high = sequences.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sequences[middle] as number) < sequence) low = middle + 1;
      else high = middle;
    }
    if (low === sequences.length || sequences[low] !== sequence || this.#gone.has(sequence)) return false;
    this.#gone.add(sequence);
    return true;
  }

  /** Those that are to come. */
  list(): number[] {
    const left = this.#sequences.slice(this.#at);
    return this.#gone.size === 0 ? left : left.filter((sequence) => !this.#gone.has(sequence));
  }
}
