/** The last closed connections, for whoever asks why one is gone. */
export class ClosedConnections<T> {
  readonly #ring: T[] = [];
  readonly #max: number;
  #oldest = 0;

  /** `max`: how many are remembered. */
  constructor(max: number) {
    this.#max = max;
  }

  add(closed: T): void {
    if (this.#ring.length < this.#max) {
      this.#ring.push(closed);
    } else if (this.#max > 0) {
      this.#ring[this.#oldest] = closed;
      this.#oldest = (this.#oldest + 1) % this.#max;
    }
  }

  /** Oldest first. */
  list(): T[] {
    return [...this.#ring.slice(this.#oldest), ...this.#ring.slice(0, this.#oldest)];
  }
}
