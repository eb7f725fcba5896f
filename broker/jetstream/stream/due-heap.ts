/** Sequences by the time at which something is due for them, soonest first; of those of one time the lowest first. */
export class DueHeap {
  #times: number[] = [];
  #sequences: number[] = [];

  get size(): number {
    return this.#times.length;
  }

  /** Milliseconds since the epoch of what is due first; Infinity: nothing is. */
  get nextMs(): number {
    return this.#times[0] ?? Infinity;
  }

  add(dueMs: number, sequence: number): void {
    this.#times.push(dueMs);
    this.#sequences.push(sequence);
    this.#up(this.#times.length - 1);
  }

  /** The sequence that is due first, which is taken out; 0: nothing is due by then. */
  take(nowMs: number): number {
    if (this.nextMs > nowMs) return 0;
    const sequence = this.#sequences[0] as number;
    const time = this.#times.pop() as number;
    const last = this.#sequences.pop() as number;
    if (this.#times.length > 0) {
      this.#times[0] = time;
      this.#sequences[0] = last;
      this.#down();
    }
    return sequence;
  }

  /** Only those stay that pass. */
  keep(passes: (sequence: number) => boolean): void {
    const times = this.#times;
    const sequences = this.#sequences;
    this.#times = [];
    this.#sequences = [];
    for (let i = 0; i < times.length; i++) {
      const sequence = sequences[i] as number;
      if (passes(sequence)) this.add(times[i] as number, sequence);
    }
  }

  clear(): void {
    this.#times = [];
    this.#sequences = [];
  }

  #before(one: number, other: number): boolean {
    const times = this.#times;
    const difference = (times[one] as number) - (times[other] as number);
    return (
      difference < 0 || (difference === 0 && (this.#sequences[one] as number) < (this.#sequences[other] as number))
    );
  }

  #swap(one: number, other: number): void {
    const times = this.#times;
    const sequences = this.#sequences;
    const time = times[one] as number;
    const sequence = sequences[one] as number;
    times[one] = times[other] as number;
    sequences[one] = sequences[other] as number;
    times[other] = time;
    sequences[other] = sequence;
  }

  #up(from: number): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#before(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #down(): void {
    const { length } = this.#times;
    let at = 0;
    for (;;) {
      const left = at * 2 + 1;
      if (left >= length) return;
      const child = left + 1 < length && this.#before(left + 1, left) ? left + 1 : left;
      if (!this.#before(child, at)) return;
      this.#swap(child, at);
      at = child;
    }
  }
}
