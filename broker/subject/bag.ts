/** Values in the order they came, held as cheaply as their number allows: most subjects have one subscription. */
export class Bag<T> {
  #values: T[] | Set<T> = [];

  get size(): number {
    return Array.isArray(this.#values) ? this.#values.length : this.#values.size;
  }

  add(value: T): void {
    if (Array.isArray(this.#values)) {
      this.#values.push(value);
      if (this.#values.length > ARRAY_SIZE_MAX) this.#values = new Set(this.#values);
    } else {
      this.#values.add(value);
    }
  }

  delete(value: T): boolean {
    if (!Array.isArray(this.#values)) return this.#values.delete(value);
    const index = this.#values.indexOf(value);
    if (index === -1) return false;
    this.#values.splice(index, 1);
    return true;
  }

  values(): Iterable<T> {
    return this.#values;
  }

  appendTo(out: T[]): void {
    for (const value of this.#values) out.push(value);
  }
}

/** Beyond this many, taking one out of an array costs more than a Set. */
const ARRAY_SIZE_MAX = 64;
