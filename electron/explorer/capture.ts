/**
 * The messages of one connection: what was received, in order, as columns and bytes.
 *
 *   chunks   [ time | node | slab | offset | lengths | kind | status | … ]  `rowsPerChunk` rows each, typed arrays
 *   slabs    [ subject? reply headers payload | reply headers payload | … ]  the bytes of the rows, once
 *
 * A row is addressed by its capture sequence. Sequences start at 1, have no gaps, and go on after `clear`, so an old
 * one never names another message. Rows from `first` to `newest` are kept. When the budget is full the oldest slab goes
 * with all its rows, which are counted in `evicted`.
 *
 * The subject of a row is that of its node in the census; its own bytes are in the slab only when the census does not
 * name the subject (see `FOLD` there). Rows of one subject are linked both ways by distance in sequence.
 */

import type { BudgetShare } from './budget.ts';
import type { ExplorerLimits } from './limits.ts';

/** Lengths of subjects and replies are kept in 16 bits; a server's control line is 4 KiB unless configured. */
export const SUBJECT_BYTES_MAX = 0xffff;
const DISTANCE_MAX = 0xffffffff;
const ROW_BYTES = 45;

export class RowChunk {
  readonly number: number;
  readonly time: Float64Array;
  readonly node: Uint32Array;
  readonly slab: Uint32Array;
  readonly offset: Uint32Array;
  readonly headerBytes: Uint32Array;
  readonly payloadBytes: Uint32Array;
  readonly previous: Uint32Array;
  readonly next: Uint32Array;
  readonly subjectBytes: Uint16Array;
  readonly replyBytes: Uint16Array;
  readonly status: Uint16Array;
  readonly subscription: Uint16Array;
  readonly kind: Uint8Array;

  constructor(number: number, rows: number, recycled: RowChunk | null) {
    this.number = number;
    this.time = recycled?.time ?? new Float64Array(rows);
    this.node = recycled?.node ?? new Uint32Array(rows);
    this.slab = recycled?.slab ?? new Uint32Array(rows);
    this.offset = recycled?.offset ?? new Uint32Array(rows);
    this.headerBytes = recycled?.headerBytes ?? new Uint32Array(rows);
    this.payloadBytes = recycled?.payloadBytes ?? new Uint32Array(rows);
    this.previous = recycled?.previous ?? new Uint32Array(rows);
    this.next = recycled?.next ?? new Uint32Array(rows);
    this.subjectBytes = recycled?.subjectBytes ?? new Uint16Array(rows);
    this.replyBytes = recycled?.replyBytes ?? new Uint16Array(rows);
    this.status = recycled?.status ?? new Uint16Array(rows);
    this.subscription = recycled?.subscription ?? new Uint16Array(rows);
    this.kind = recycled?.kind ?? new Uint8Array(rows);
  }
}

interface Slab {
  readonly bytes: Uint8Array;
  used: number;
  lastSequence: number;
}

const EMPTY = new Uint8Array(0);

/** Below this length a loop is faster than `TypedArray.set`. */
const LOOP_BYTES_MAX = 32;

function copy(from: Uint8Array, to: Uint8Array, offset: number): number {
  const length = from.length;
  if (length > LOOP_BYTES_MAX) to.set(from, offset);
  else for (let index = 0; index < length; index++) to[offset + index] = from[index]!;
  return offset + length;
}

export interface CaptureHooks {
  /** Rows `from` … `to` are about to go; they can still be read. */
  evicting(from: number, to: number): void;
}

export class Capture {
  /** Oldest sequence that is kept; `newest + 1` when none is. */
  first = 1;
  newest = 0;
  evicted = 0;
  /** Messages that found no room at all. */
  dropped = 0;
  readonly #share: BudgetShare;
  readonly #limits: ExplorerLimits;
  readonly #hooks: CaptureHooks;
  readonly #chunkBytes: number;
  #chunks: RowChunk[] = [];
  #slabs: Slab[] = [];
  /** Number of `#slabs[0]`. */
  #slabBase = 0;
  #spareBytes: Uint8Array | null = null;
  #spareChunk: RowChunk | null = null;

  constructor(share: BudgetShare, limits: ExplorerLimits, hooks: CaptureHooks) {
    this.#share = share;
    this.#limits = limits;
    this.#hooks = hooks;
    this.#chunkBytes = limits.rowsPerChunk * ROW_BYTES;
  }

  get kept(): number {
    return this.newest - this.first + 1;
  }

  has(sequence: number): boolean {
    return sequence >= this.first && sequence <= this.newest;
  }

  /** The chunk of a kept row. Its index there is `rowOf`. */
  chunkOf(sequence: number): RowChunk {
    const number = Math.floor(sequence / this.#limits.rowsPerChunk);
    return this.#chunks[number - this.#chunks[0]!.number]!;
  }

  rowOf(sequence: number): number {
    const rows = this.#limits.rowsPerChunk;
    return sequence - Math.floor(sequence / rows) * rows;
  }

  /** The slab that holds the bytes of a row. */
  bytesOf(chunk: RowChunk, row: number): Uint8Array {
    return this.#slabs[chunk.slab[row]! - this.#slabBase]!.bytes;
  }

  /**
   * Keeps one message, evicting the oldest if there is no room. Returns its sequence, or 0 when it was dropped.
   * @param subject its bytes when the node does not name them, else empty
   * @param before sequence of the previous message on the same subject, 0 for none
   */
  append(
    time: number,
    node: number,
    subject: Uint8Array,
    reply: Uint8Array,
    headers: Uint8Array,
    payload: Uint8Array,
    kind: number,
    status: number,
    subscription: number,
    before: number,
  ): number {
    const size = subject.length + reply.length + headers.length + payload.length;
    const sequence = this.newest + 1;
    if (reply.length > SUBJECT_BYTES_MAX || subject.length > SUBJECT_BYTES_MAX) return this.#drop();
    const chunk = this.#chunkFor(sequence);
    if (chunk === null) return this.#drop();
    let slab = this.#slabs[this.#slabs.length - 1];
    if (slab === undefined || slab.bytes.length - slab.used < size) {
      const made = this.#addSlab(size);
      if (made === null) return this.#drop();
      slab = made;
    }
    const row = this.rowOf(sequence);
    let offset = slab.used;
    chunk.time[row] = time;
    chunk.node[row] = node;
    chunk.slab[row] = this.#slabBase + this.#slabs.length - 1;
    chunk.offset[row] = offset;
    chunk.subjectBytes[row] = subject.length;
    chunk.replyBytes[row] = reply.length;
    chunk.headerBytes[row] = headers.length;
    chunk.payloadBytes[row] = payload.length;
    chunk.kind[row] = kind;
    chunk.status[row] = status;
    chunk.subscription[row] = subscription;
    chunk.next[row] = 0;
    chunk.previous[row] = 0;
    if (before >= this.first) {
      const distance = sequence - before;
      if (distance <= DISTANCE_MAX) {
        chunk.previous[row] = distance;
        this.chunkOf(before).next[this.rowOf(before)] = distance;
      }
    }
    const bytes = slab.bytes;
    if (subject.length !== 0) offset = copy(subject, bytes, offset);
    if (reply.length !== 0) offset = copy(reply, bytes, offset);
    if (headers.length !== 0) offset = copy(headers, bytes, offset);
    slab.used = copy(payload, bytes, offset);
    slab.lastSequence = sequence;
    this.newest = sequence;
    return sequence;
  }

  /** Gives way to other captures, or to a budget that became smaller. */
  trim(): void {
    while (this.#share.over && this.#evictOldest());
    this.#spareBytes = null;
    this.#spareChunk = null;
  }

  /** Forgets all rows. They are not counted as evicted. */
  clear(): void {
    this.first = this.newest + 1;
    this.evicted = 0;
    this.dropped = 0;
    for (const slab of this.#slabs) this.#share.give(slab.bytes.length);
    this.#slabBase += this.#slabs.length;
    this.#slabs = [];
    this.#share.give(this.#chunks.length * this.#chunkBytes);
    this.#chunks = [];
    this.#spareBytes = null;
    this.#spareChunk = null;
  }

  // ── Reading one row ───────────────────────────────────────────────────────────────────────────────────────────────

  /** Views into the slab: valid until the row is evicted, so they are never handed on without a copy. */
  replyBytes(chunk: RowChunk, row: number): Uint8Array {
    const length = chunk.replyBytes[row]!;
    if (length === 0) return EMPTY;
    const start = chunk.offset[row]! + chunk.subjectBytes[row]!;
    return this.bytesOf(chunk, row).subarray(start, start + length);
  }

  /** Subject bytes of a row whose node does not name it; empty for the others. */
  foldedSubject(chunk: RowChunk, row: number): Uint8Array {
    const length = chunk.subjectBytes[row]!;
    if (length === 0) return EMPTY;
    const start = chunk.offset[row]!;
    return this.bytesOf(chunk, row).subarray(start, start + length);
  }

  headers(chunk: RowChunk, row: number): Uint8Array {
    const length = chunk.headerBytes[row]!;
    if (length === 0) return EMPTY;
    const start = chunk.offset[row]! + chunk.subjectBytes[row]! + chunk.replyBytes[row]!;
    return this.bytesOf(chunk, row).subarray(start, start + length);
  }

  payload(chunk: RowChunk, row: number): Uint8Array {
    const length = chunk.payloadBytes[row]!;
    if (length === 0) return EMPTY;
    const start = chunk.offset[row]! + chunk.subjectBytes[row]! + chunk.replyBytes[row]! + chunk.headerBytes[row]!;
    return this.bytesOf(chunk, row).subarray(start, start + length);
  }

  /** The kept message before or after this one on the same subject; 0 when there is none. */
  previous(sequence: number): number {
    const distance = this.chunkOf(sequence).previous[this.rowOf(sequence)]!;
    const before = sequence - distance;
    return distance === 0 || before < this.first ? 0 : before;
  }

  next(sequence: number): number {
    const distance = this.chunkOf(sequence).next[this.rowOf(sequence)]!;
    return distance === 0 ? 0 : sequence + distance;
  }

  // ── Room ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  #drop(): 0 {
    this.dropped++;
    return 0;
  }

  #chunkFor(sequence: number): RowChunk | null {
    const number = Math.floor(sequence / this.#limits.rowsPerChunk);
    const last = this.#chunks[this.#chunks.length - 1];
    if (last !== undefined && last.number === number) return last;
    if (!this.#reserve(this.#chunkBytes)) return null;
    const chunk = new RowChunk(number, this.#limits.rowsPerChunk, this.#spareChunk);
    this.#spareChunk = null;
    this.#chunks.push(chunk);
    return chunk;
  }

  #addSlab(size: number): Slab | null {
    const limits = this.#limits;
    const part = Math.floor(this.#share.limitBytes / limits.slabsPerBudget);
    const usual = Math.max(limits.slabBytesMin, Math.min(limits.slabBytesMax, part));
    const bytes = Math.max(usual, size);
    if (!this.#reserve(bytes)) return null;
    const spare = this.#spareBytes?.length === bytes ? this.#spareBytes : null;
    this.#spareBytes = null;
    const slab: Slab = { bytes: spare ?? new Uint8Array(bytes), used: 0, lastSequence: this.newest };
    this.#slabs.push(slab);
    return slab;
  }

  /** Makes room for `bytes`. Nothing is evicted for what would not fit even then. */
  #reserve(bytes: number): boolean {
    if (this.#share.take(bytes)) return true;
    let evictable = Math.max(0, this.#chunks.length - 1) * this.#chunkBytes;
    for (const slab of this.#slabs) evictable += slab.bytes.length;
    if (!this.#share.fits(bytes, evictable)) return false;
    while (this.#evictOldest()) if (this.#share.take(bytes)) return true;
    return false;
  }

  /** False when there is nothing left to give. The chunk that is being filled stays. */
  #evictOldest(): boolean {
    const slab = this.#slabs[0];
    const chunk = this.#chunks[0];
    if (slab === undefined) return false;
    if (this.#slabs.length === 1 && this.#chunks.length > 1 && chunk !== undefined) {
      // Only messages without bytes to speak of: their columns weigh more than the slab.
      this.#advance((chunk.number + 1) * this.#limits.rowsPerChunk - 1);
      return true;
    }
    this.#advance(this.#slabs.length === 1 ? this.newest : slab.lastSequence);
    this.#slabs.shift();
    this.#slabBase++;
    this.#share.give(slab.bytes.length);
    this.#spareBytes = slab.bytes;
    return true;
  }

  #advance(to: number): void {
    if (to >= this.first) {
      this.#hooks.evicting(this.first, to);
      this.evicted += to - this.first + 1;
      this.first = to + 1;
    }
    const number = Math.floor(this.first / this.#limits.rowsPerChunk);
    while (this.#chunks.length > 1 && this.#chunks[0]!.number < number) {
      this.#spareChunk = this.#chunks.shift()!;
      this.#share.give(this.#chunkBytes);
    }
  }
}
