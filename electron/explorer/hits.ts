/**
 * Sequences of the messages that a view's list shows, when it does not show all of them. New ones come at the end as
 * messages arrive; the history is looked through from its newest message backwards, so that the end of the list is there
 * at once, and its hits come at the front:
 *
 *   ← older (descending)  [ 17 31 44 ]  [ 58 60 … ]  newer (ascending) →
 */

const CHUNK = 4096;
const CHUNK_BYTES = CHUNK * 4;

/** A list of sequences that only go up or only go down: distances of 32 bits from the first of each chunk. */
export class SequenceRun {
  readonly #sign: 1 | -1;
  readonly #account: (bytes: number) => void;
  #chunks: { base: number; distances: Uint32Array }[] = [];
  /** Entries of the first chunk that were taken from the front. */
  #head = 0;
  length = 0;

  constructor(sign: 1 | -1, account: (bytes: number) => void) {
    this.#sign = sign;
    this.#account = account;
  }

  push(sequence: number): void {
    const place = this.#head + this.length;
    if (place % CHUNK === 0) {
      this.#chunks.push({ base: sequence, distances: new Uint32Array(CHUNK) });
      this.#account(CHUNK_BYTES);
    }
    const chunk = this.#chunks[this.#chunks.length - 1]!;
    chunk.distances[place % CHUNK] = (sequence - chunk.base) * this.#sign;
    this.length++;
  }

  at(index: number): number {
    const place = this.#head + index;
    const chunk = this.#chunks[Math.floor(place / CHUNK)]!;
    return chunk.base + chunk.distances[place % CHUNK]! * this.#sign;
  }

  shift(): void {
    this.#head++;
    this.length--;
    if (this.#head < CHUNK) return;
    this.#chunks.shift();
    this.#account(-CHUNK_BYTES);
    this.#head = 0;
  }

  pop(): void {
    this.length--;
    if ((this.#head + this.length) % CHUNK !== 0) return;
    this.#chunks.pop();
    this.#account(-CHUNK_BYTES);
  }

  clear(): void {
    this.#account(-this.#chunks.length * CHUNK_BYTES);
    this.#chunks = [];
    this.#head = 0;
    this.length = 0;
  }
}

export class Hits {
  readonly #older: SequenceRun;
  readonly #newer: SequenceRun;
  /** `gone + index` names one message for as long as the list lives, also while hits of the history come in front. */
  gone: number;

  /** @param ahead hits that may come in front at most @param account what memory is taken and given back */
  constructor(ahead: number, account: (bytes: number) => void) {
    this.#older = new SequenceRun(-1, account);
    this.#newer = new SequenceRun(1, account);
    this.gone = ahead;
  }

  get length(): number {
    return this.#older.length + this.#newer.length;
  }

  /** A hit newer than all others. */
  append(sequence: number): void {
    this.#newer.push(sequence);
  }

  /** A hit older than all others. */
  prepend(sequence: number): void {
    this.#older.push(sequence);
    this.gone--;
  }

  at(index: number): number {
    const older = this.#older.length;
    return index < older ? this.#older.at(older - 1 - index) : this.#newer.at(index - older);
  }

  /** Lets go of what is older than `first`. */
  trim(first: number): void {
    while (this.#older.length > 0 && this.#older.at(this.#older.length - 1) < first) {
      this.#older.pop();
      this.gone++;
    }
    if (this.#older.length > 0) return;
    while (this.#newer.length > 0 && this.#newer.at(0) < first) {
      this.#newer.shift();
      this.gone++;
    }
  }

  /** How many hits are not newer than `sequence`. */
  upTo(sequence: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.at(middle) <= sequence) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  clear(): void {
    this.#older.clear();
    this.#newer.clear();
  }
}
