/** Smallest and largest block as powers of two: 64 B … 1 MiB. */
const SHIFT_MIN = 6;
const SHIFT_MAX = 20;

/** Hands out blocks of a region of the arena in sizes of powers of two; a freed block waits for the next of its size. */
export class BlockAllocator {
  readonly #start: number;
  readonly #end: number;
  #next: number;
  #free: number[][] = [];

  constructor(start: number, size: number) {
    this.#start = start;
    this.#end = start + size;
    this.#next = start;
    this.reset();
  }

  /** Where the block begins, or 0 when there is no room (or never will be, above 1 MiB). */
  allocate(size: number): number {
    const shift = shiftOf(size);
    if (shift > SHIFT_MAX) return 0;
    const free = this.#free[shift - SHIFT_MIN]?.pop();
    if (free !== undefined) return free;
    const bytes = 1 << shift;
    if (this.#next + bytes > this.#end) return 0;
    const block = this.#next;
    this.#next += bytes;
    return block;
  }

  /** `size` is what was asked for. */
  free(block: number, size: number): void {
    this.#free[shiftOf(size) - SHIFT_MIN]?.push(block);
  }

  /** Forgets every block at once. */
  reset(): void {
    this.#next = this.#start;
    this.#free = Array.from({ length: SHIFT_MAX - SHIFT_MIN + 1 }, () => []);
  }
}

function shiftOf(size: number): number {
  return size <= 64 ? SHIFT_MIN : 32 - Math.clz32(size - 1);
}
