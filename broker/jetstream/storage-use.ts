type Storage = 'file' | 'memory';

/** Bytes that all streams hold together, as far as their turns are over, against what JetStream may have. */
export class StorageUse {
  readonly #used = { file: 0, memory: 0 };
  #max: Readonly<Record<Storage, number>>;
  /** More is held than may be, of one kind or the other. */
  isAnyFull = false;

  constructor(max: Readonly<Record<Storage, number>>) {
    this.#max = max;
  }

  get max(): Readonly<Record<Storage, number>> {
    return this.#max;
  }

  set max(max: Readonly<Record<Storage, number>>) {
    this.#max = max;
    this.isAnyFull = this.isFull('file') || this.isFull('memory');
  }

  /** Bytes that streams of that kind hold. */
  held(storage: Storage): number {
    return Math.max(0, this.#used[storage]);
  }

  change(storage: Storage, bytes: number): void {
    this.#used[storage] += bytes;
    this.isAnyFull = this.isFull('file') || this.isFull('memory');
  }

  /** Then nothing is stored any more. */
  isFull(storage: Storage): boolean {
    return this.#used[storage] > this.#max[storage];
  }
}
