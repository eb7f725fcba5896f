import type { SubjectHash, Subjects } from './message-log.ts';

const SLOTS_MIN = 64;
const HEAP_BYTES_MIN = 1024;

/**
 * Subjects by number: their bytes in one heap, found by open addressing, and the ends of the list of messages that each
 * has. Some 60 bytes a subject besides its own, and no string.
 */
export class SubjectTable implements Subjects {
  readonly #hash: SubjectHash;
  onFreed: (subject: number) => void = () => {};

  /** Number of the subject and one more; 0: free. At most half full. */
  #slots = new Int32Array(SLOTS_MIN);
  #heap: Buffer = Buffer.allocUnsafeSlow(HEAP_BYTES_MIN);
  #heapEnd = 0;
  #heapFreed = 0;

  // By number.
  #hashes = new Int32Array(SLOTS_MIN / 2);
  #starts = new Uint32Array(SLOTS_MIN / 2);
  #lengths = new Int32Array(SLOTS_MIN / 2);
  /** Messages; 0: the number is free. */
  counts = new Int32Array(SLOTS_MIN / 2);
  firsts = new Float64Array(SLOTS_MIN / 2);
  lasts = new Float64Array(SLOTS_MIN / 2);
  #free: number[] = [];
  #used = 0;
  #end = 0;

  constructor(hash: SubjectHash) {
    this.#hash = hash;
  }

  get count(): number {
    return this.#used;
  }

  get numbersEnd(): number {
    return this.#end;
  }

  find(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    const length = end - start;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const number = (slots[slot] as number) - 1;
      if (number < 0) return -1;
      if (this.#hashes[number] === hash && this.#lengths[number] === length && this.#same(number, bytes, start)) {
        return number;
      }
    }
  }

  findText(subject: string): number {
    const bytes = Buffer.from(subject, 'latin1');
    return this.find(bytes, 0, bytes.length, this.#hash(bytes, 0, bytes.length));
  }

  /** The same as `find`, but a subject that is not there gets a number, for a message that comes at once. */
  take(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const found = this.find(bytes, start, end, hash);
    return found >= 0 ? found : this.#add(bytes, start, end, hash);
  }

  /** The hash of a subject that does not come from the parser. */
  hashOf(bytes: Uint8Array, start: number, end: number): number {
    return this.#hash(bytes, start, end);
  }

  text(subject: number): string {
    const start = this.#starts[subject] as number;
    return this.#heap.toString('latin1', start, start + (this.#lengths[subject] as number));
  }

  goesOnBehind(subject: number, prefix: Uint8Array): boolean {
    const { length } = prefix;
    if ((this.#lengths[subject] as number) <= length) return false;
    const start = this.#starts[subject] as number;
    const heap = this.#heap;
    for (let i = 0; i < length; i++) if (heap[start + i] !== prefix[i]) return false;
    return true;
  }

  length(subject: number): number {
    return this.#lengths[subject] as number;
  }

  /** Copies the subject's bytes. */
  copy(subject: number, target: Uint8Array, at: number): void {
    const start = this.#starts[subject] as number;
    this.#heap.copy(target, at, start, start + (this.#lengths[subject] as number));
  }

  messages(subject: number): number {
    return this.counts[subject] ?? 0;
  }

  first(subject: number): number {
    return this.firsts[subject] ?? 0;
  }

  last(subject: number): number {
    return this.lasts[subject] ?? 0;
  }

  *[Symbol.iterator](): Iterator<number> {
    for (let number = 0; number < this.#end; number++) if (this.counts[number] !== 0) yield number;
  }

  /** Gives the number back, once its last message is gone. */
  release(subject: number): void {
    this.onFreed(subject);
    this.#clearSlot(subject);
    this.#heapFreed += this.#lengths[subject] as number;
    this.counts[subject] = 0;
    this.#used--;
    if (this.#used === 0) {
      this.#startAnew();
      return;
    }
    this.#free.push(subject);
    if (this.#heapFreed > 65_536 && this.#heapFreed > this.#heapEnd / 2) this.#packHeap();
  }

  /** All subjects go at once. */
  clear(): void {
    for (const subject of this) this.onFreed(subject);
    this.counts.fill(0, 0, this.#end);
    this.#used = 0;
    this.#startAnew();
  }

  #startAnew(): void {
    this.#slots = new Int32Array(SLOTS_MIN);
    this.#free = [];
    this.#end = 0;
    this.#heapEnd = 0;
    this.#heapFreed = 0;
    if (this.#hashes.length > SLOTS_MIN / 2) this.#resize(SLOTS_MIN / 2);
    if (this.#heap.length > HEAP_BYTES_MIN) this.#heap = Buffer.allocUnsafeSlow(HEAP_BYTES_MIN);
  }

  #same(number: number, bytes: Uint8Array, start: number): boolean {
    const heap = this.#heap;
    const length = this.#lengths[number] as number;
    const at = this.#starts[number] as number;
    for (let i = 0; i < length; i++) if (heap[at + i] !== bytes[start + i]) return false;
    return true;
  }

  #add(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const length = end - start;
    if (this.#heapEnd + length > this.#heap.length) this.#growHeap(length);
    if (2 * (this.#used + 1) > this.#slots.length) this.#growSlots();
    const number = this.#free.pop() ?? this.#end++;
    if (number === this.#hashes.length) this.#resize(2 * number);
    const heap = this.#heap;
    const at = this.#heapEnd;
    for (let i = 0; i < length; i++) heap[at + i] = bytes[start + i] as number;
    this.#heapEnd = at + length;
    this.#hashes[number] = hash;
    this.#starts[number] = at;
    this.#lengths[number] = length;
    this.counts[number] = 0;
    this.firsts[number] = 0;
    this.lasts[number] = 0;
    this.#place(number, hash);
    this.#used++;
    return number;
  }

  #place(number: number, hash: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = hash & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = number + 1;
  }

  /** Those behind move up, so that a free slot always means the end of the search. */
  #clearSlot(number: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let hole = (this.#hashes[number] as number) & mask;
    while (slots[hole] !== number + 1) hole = (hole + 1) & mask;
    for (let slot = (hole + 1) & mask; slots[slot] !== 0; slot = (slot + 1) & mask) {
      const home = (this.#hashes[(slots[slot] as number) - 1] as number) & mask;
      // Whoever is at home between the hole and here must stay.
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
      slots[hole] = slots[slot] as number;
      hole = slot;
    }
    slots[hole] = 0;
  }

  #growSlots(): void {
    const old = this.#slots;
    this.#slots = new Int32Array(old.length * 2);
    for (const entry of old) if (entry !== 0) this.#place(entry - 1, this.#hashes[entry - 1] as number);
  }

  #resize(capacity: number): void {
    this.#hashes = resized(this.#hashes, new Int32Array(capacity));
    this.#starts = resized(this.#starts, new Uint32Array(capacity));
    this.#lengths = resized(this.#lengths, new Int32Array(capacity));
    this.counts = resized(this.counts, new Int32Array(capacity));
    this.firsts = resized(this.firsts, new Float64Array(capacity));
    this.lasts = resized(this.lasts, new Float64Array(capacity));
  }

  #growHeap(length: number): void {
    this.#moveHeap(Buffer.allocUnsafeSlow(Math.max(2 * this.#heap.length, this.#heapEnd + length)), false);
  }

  #packHeap(): void {
    this.#moveHeap(Buffer.allocUnsafeSlow(Math.max(HEAP_BYTES_MIN, 2 * (this.#heapEnd - this.#heapFreed))), true);
  }

  #moveHeap(heap: Buffer, pack: boolean): void {
    const old = this.#heap;
    this.#heap = heap;
    if (!pack) {
      old.copy(heap, 0, 0, this.#heapEnd);
      return;
    }
    let end = 0;
    for (const number of this) {
      const start = this.#starts[number] as number;
      old.copy(heap, end, start, start + (this.#lengths[number] as number));
      this.#starts[number] = end;
      end += this.#lengths[number] as number;
    }
    this.#heapEnd = end;
    this.#heapFreed = 0;
  }
}

/** Copies as much as both have room for. */
export function resized<Column extends Int32Array | Uint32Array | Float64Array>(from: Column, to: Column): Column {
  to.set(from.length <= to.length ? from : from.subarray(0, to.length));
  return to;
}
