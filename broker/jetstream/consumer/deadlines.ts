import type { PendingTable } from './pending-table.ts';

/** Entries that no longer hold are put up with until there are this many more of them than of those that do. */
const STALE_MAX = 1024;

/**
 * When messages are due for redelivery: a heap over the slots of the table. An entry holds while the stamp of its slot is
 * the one it was made with, so that an ack costs nothing here. Deadlines mostly come in order, and then entering one is
 * a comparison.
 */
export class Deadlines {
  readonly #pending: PendingTable;
  #size = 0;
  #at = new Float64Array(64);
  #slot = new Int32Array(64);
  #stamp = new Int32Array(64);

  constructor(pending: PendingTable) {
    this.#pending = pending;
  }

  /** Replaces what was set for the slot. `at`: milliseconds since the epoch. */
  set(slot: number, at: number): void {
    const { stamp } = this.#pending;
    const mark = ((stamp[slot] as number) + 1) | 0;
    stamp[slot] = mark;
    if (this.#size > 2 * this.#pending.size + STALE_MAX) this.#weed();
    if (this.#size === this.#at.length) this.#grow();
    let hole = this.#size++;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if ((this.#at[parent] as number) <= at) break;
      this.#move(parent, hole);
      hole = parent;
    }
    this.#put(hole, at, slot, mark);
  }

  unset(slot: number): void {
    const { stamp } = this.#pending;
    stamp[slot] = ((stamp[slot] as number) + 1) | 0;
  }

  /** The earliest one; Infinity: there is none. */
  earliest(): number {
    while (this.#size > 0 && !this.#holds(0)) this.#drop();
    return this.#size === 0 ? Infinity : (this.#at[0] as number);
  }

  /** Takes out the earliest one if it is not later; its slot, or -1. */
  takeDue(now: number): number {
    if (this.earliest() > now || this.#size === 0) return -1;
    const slot = this.#slot[0] as number;
    this.#drop();
    return slot;
  }

  clear(): void {
    this.#size = 0;
  }

  #holds(entry: number): boolean {
    return this.#stamp[entry] === this.#pending.stamp[this.#slot[entry] as number];
  }

  #drop(): void {
    const last = --this.#size;
    if (last > 0) this.#sink(0, this.#at[last] as number, this.#slot[last] as number, this.#stamp[last] as number);
  }

  #sink(from: number, at: number, slot: number, stamp: number): void {
    let hole = from;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= this.#size) break;
      if (child + 1 < this.#size && (this.#at[child + 1] as number) < (this.#at[child] as number)) child++;
      if ((this.#at[child] as number) >= at) break;
      this.#move(child, hole);
      hole = child;
    }
    this.#put(hole, at, slot, stamp);
  }

  #weed(): void {
    let kept = 0;
    for (let i = 0; i < this.#size; i++) {
      if (this.#holds(i)) this.#move(i, kept++);
    }
    this.#size = kept;
    for (let i = (kept >> 1) - 1; i >= 0; i--) {
      this.#sink(i, this.#at[i] as number, this.#slot[i] as number, this.#stamp[i] as number);
    }
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#at[from] as number, this.#slot[from] as number, this.#stamp[from] as number);
  }

  #put(entry: number, at: number, slot: number, stamp: number): void {
    this.#at[entry] = at;
    this.#slot[entry] = slot;
    this.#stamp[entry] = stamp;
  }

  #grow(): void {
    const size = this.#at.length * 2;
    const at = new Float64Array(size);
    const slot = new Int32Array(size);
    const stamp = new Int32Array(size);
    at.set(this.#at);
    slot.set(this.#slot);
    stamp.set(this.#stamp);
    this.#at = at;
    this.#slot = slot;
    this.#stamp = stamp;
  }
}
