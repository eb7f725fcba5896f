/** Chunks of one size in a region of the arena. The last freed is the first taken, so that few pages are ever touched. */
export class ChunkPool {
  readonly chunkBytes: number;
  readonly #start: number;
  readonly #end: number;
  #next: number;
  #free: number[] = [];

  constructor(start: number, size: number, chunkBytes: number) {
    this.chunkBytes = chunkBytes;
    this.#start = start;
    this.#next = start;
    this.#end = start + size;
  }

  /** Chunks that can still be taken. */
  get available(): number {
    return this.#free.length + Math.floor((this.#end - this.#next) / this.chunkBytes);
  }

  /** Where the chunk begins, or 0 when all are taken. */
  take(): number {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    if (this.#next + this.chunkBytes > this.#end) return 0;
    const chunk = this.#next;
    this.#next += this.chunkBytes;
    return chunk;
  }

  owns(chunk: number): boolean {
    return chunk >= this.#start && chunk < this.#end;
  }

  give(chunk: number): void {
    this.#free.push(chunk);
  }
}
