const SLOTS_MIN = 64;
const NONE = -1;

/**
 * Messages that were delivered and wait for their ack, by stream sequence: a hash table whose entries are in a list in the
 * order of their sequences. Everything lies in typed arrays; nothing is allocated for a message.
 */
export class PendingTable {
  size = 0;
  /** Slot of the lowest sequence, or -1. */
  first = NONE;
  last = NONE;
  /** By slot: sequence in the stream, in the consumer (of the first delivery), and when it was delivered, in microseconds. */
  sequence = new Float64Array(SLOTS_MIN);
  consumerSequence = new Float64Array(SLOTS_MIN);
  time = new Float64Array(SLOTS_MIN);
  /** By slot: changes whenever what was noted of the slot elsewhere no longer holds. */
  stamp = new Int32Array(SLOTS_MIN);
  #next = new Int32Array(SLOTS_MIN);
  #previous = new Int32Array(SLOTS_MIN);
  /** Twice as many places as slots; -1: free. */
  #places = new Int32Array(SLOTS_MIN * 2).fill(NONE);
  #shift = 32 - Math.log2(SLOTS_MIN * 2);
  #free = NONE;
  #used = 0;

  /** The slot of a message; -1: it is not here. */
  find(sequence: number): number {
    const places = this.#places;
    const mask = places.length - 1;
    for (let at = this.#home(sequence); ; at = (at + 1) & mask) {
      const slot = places[at] as number;
      if (slot === NONE || this.sequence[slot] === sequence) return slot;
    }
  }

  has(sequence: number): boolean {
    return this.find(sequence) !== NONE;
  }

  /** The message must not be here yet. Quick when its sequence is the highest one. */
  add(sequence: number, consumerSequence: number, time: number): number {
    if (this.#free === NONE && this.#used === this.sequence.length) this.#grow();
    let slot = this.#free;
    if (slot === NONE) slot = this.#used++;
    else this.#free = this.#next[slot] as number;
    this.sequence[slot] = sequence;
    this.consumerSequence[slot] = consumerSequence;
    this.time[slot] = time;
    this.#enter(slot);
    let before = this.last;
    while (before !== NONE && (this.sequence[before] as number) > sequence) before = this.#previous[before] as number;
    const after = before === NONE ? this.first : (this.#next[before] as number);
    this.#previous[slot] = before;
    this.#next[slot] = after;
    if (before === NONE) this.first = slot;
    else this.#next[before] = slot;
    if (after === NONE) this.last = slot;
    else this.#previous[after] = slot;
    this.size++;
    return slot;
  }

  /** Slot of the next higher sequence, or -1. */
  next(slot: number): number {
    return this.#next[slot] as number;
  }

  remove(slot: number): void {
    const before = this.#previous[slot] as number;
    const after = this.#next[slot] as number;
    if (before === NONE) this.first = after;
    else this.#next[before] = after;
    if (after === NONE) this.last = before;
    else this.#previous[after] = before;
    this.#leave(slot);
    this.stamp[slot] = ((this.stamp[slot] as number) + 1) | 0;
    this.#next[slot] = this.#free;
    this.#free = slot;
    this.size--;
  }

  clear(): void {
    while (this.first !== NONE) this.remove(this.first);
  }

  #home(sequence: number): number {
    return Math.imul(sequence | 0, 0x9e3779b1) >>> this.#shift;
  }

  #enter(slot: number): void {
    const places = this.#places;
    const mask = places.length - 1;
    let at = this.#home(this.sequence[slot] as number);
    while (places[at] !== NONE) at = (at + 1) & mask;
    places[at] = slot;
  }

  /** Closes the gap, so that a search may end at the first free place. */
  #leave(slot: number): void {
    const places = this.#places;
    const mask = places.length - 1;
    let gap = this.#home(this.sequence[slot] as number);
    while (places[gap] !== slot) gap = (gap + 1) & mask;
    for (let at = (gap + 1) & mask; ; at = (at + 1) & mask) {
      const other = places[at] as number;
      if (other === NONE) break;
      const home = this.#home(this.sequence[other] as number);
      // What is at home between gap and here would not be found any more.
      if (((at - home) & mask) < ((at - gap) & mask)) continue;
      places[gap] = other;
      gap = at;
    }
    places[gap] = NONE;
  }

  #grow(): void {
    const slots = this.sequence.length * 2;
    this.sequence = copied(this.sequence, new Float64Array(slots));
    this.consumerSequence = copied(this.consumerSequence, new Float64Array(slots));
    this.time = copied(this.time, new Float64Array(slots));
    this.stamp = copied(this.stamp, new Int32Array(slots));
    this.#next = copied(this.#next, new Int32Array(slots));
    this.#previous = copied(this.#previous, new Int32Array(slots));
    this.#places = new Int32Array(slots * 2).fill(NONE);
    this.#shift--;
    for (let slot = this.first; slot !== NONE; slot = this.#next[slot] as number) this.#enter(slot);
  }
}

function copied<T extends Float64Array | Int32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
