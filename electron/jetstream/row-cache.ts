/** Rows that were drawn lately, by stream and sequence. A stored message never changes, it only goes. */

import type { StoredRow } from '../bridge/contract.ts';
import { rowsKeptMax } from './limits.ts';
import type { Way } from './stored-messages.ts';

interface Kept {
  way: Way | null;
  /** Null: looked for and not there. */
  rows: Map<number, StoredRow | null>;
  /** What was true of the stream when they were read. */
  state: string;
}

export class RowCache {
  readonly #streams = new Map<string, Kept>();
  #size = 0;

  #of(stream: string): Kept {
    let kept = this.#streams.get(stream);
    if (kept === undefined) {
      kept = { way: null, rows: new Map(), state: '' };
      this.#streams.set(stream, kept);
    }
    return kept;
  }

  wayOf(stream: string): Way | null {
    return this.#streams.get(stream)?.way ?? null;
  }

  setWay(stream: string, way: Way): void {
    this.#of(stream).way = way;
  }

  /** Rows that were read when something else was true of the stream count no more: some of them are gone. */
  agree(stream: string, state: string): void {
    const kept = this.#of(stream);
    if (kept.state === state) return;
    kept.state = state;
    this.#size -= kept.rows.size;
    kept.rows.clear();
  }

  /** Rows of the range that are there; null when not all of it was looked at. */
  range(stream: string, first: number, count: number): StoredRow[] | null {
    const rows = this.#streams.get(stream)?.rows;
    if (rows === undefined) return null;
    const found: StoredRow[] = [];
    for (let sequence = first; sequence < first + count; sequence++) {
      const row = rows.get(sequence);
      if (row === undefined) return null;
      if (row !== null) found.push(row);
    }
    return found;
  }

  /** What was found in a range. Behind the last row nothing is known yet: messages may still come there. */
  put(stream: string, first: number, count: number, found: readonly StoredRow[]): void {
    if (this.#size + count > rowsKeptMax) this.#clear();
    const { rows } = this.#of(stream);
    const last = found.at(-1)?.sequence ?? first - 1;
    for (let sequence = first; sequence <= Math.min(last, first + count - 1); sequence++) {
      if (!rows.has(sequence)) this.#size++;
      rows.set(sequence, null);
    }
    for (const row of found) rows.set(row.sequence, row);
  }

  forget(stream: string, sequence: number): void {
    this.#streams.get(stream)?.rows.set(sequence, null);
  }

  forgetStream(stream: string): void {
    const kept = this.#streams.get(stream);
    this.#size -= kept?.rows.size ?? 0;
    this.#streams.delete(stream);
  }

  #clear(): void {
    for (const kept of this.#streams.values()) kept.rows.clear();
    this.#size = 0;
  }
}
