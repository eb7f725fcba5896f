type Storage = 'file' | 'memory';

/** Bytes that all streams hold together, as far as their turns are over, against what JetStream may have. */
export class StorageUse {
  readonly #used = { file: 0, memory: 0 };
  readonly #max: Readonly<Record<Storage, number>>;
  /** More is held than may be, of one kind or the other. */
  isAnyFull = false;

  constructor(max: Readonly<Record<Storage, number>>) {
    this.#max = max;
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
