/** Most reads that are let pass without polling after polling has not paid. */
const SKIP_MAX = 64;

/**
 * Keeps the loop polling for a moment after a read, since being woken by the kernel costs more than the answer to a
 * request does. When nothing came while it polled, it pauses for a growing number of reads, so that a quiet broker
 * sleeps.
 */
export class Spinner {
  #ms: number;
  #spinning = false;
  #until = 0;
  #hits = 0;
  #skip = 0;
  #skipNext = 0;

  /** 0 microseconds: never. */
  constructor(micros: number) {
    this.#ms = micros / 1000;
  }

  set micros(micros: number) {
    this.#ms = micros / 1000;
  }

  /** Something was read. */
  touch(): void {
    if (this.#ms <= 0) return;
    if (this.#spinning) {
      this.#hits++;
      this.#until = performance.now() + this.#ms;
      return;
    }
    if (this.#skip > 0) {
      this.#skip--;
      return;
    }
    this.#spinning = true;
    this.#hits = 0;
    this.#until = performance.now() + this.#ms;
    setImmediate(this.#poll);
  }

  readonly #poll = (): void => {
    if (performance.now() < this.#until) {
      setImmediate(this.#poll);
      return;
    }
    this.#spinning = false;
    this.#skipNext = this.#hits > 0 ? 0 : Math.min(SKIP_MAX, this.#skipNext * 2 + 1);
    this.#skip = this.#skipNext;
  };
}
