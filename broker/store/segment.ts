import { NO_IMAGE } from './record.ts';
import { resized } from './subject-table.ts';
import type { Image } from './record.ts';
import type { Time } from './message-log.ts';
import type { SegmentFile } from './segment-file.ts';

/** Slots that a segment without messages has room for. */
const SLOTS_MIN = 32;
/** Up to this many sequences without a message become empty slots; beyond it, slots get their sequences one by one. */
const GAP_SLOTS_MAX = 64;

/**
 * A stretch of the log: at most some MiB of records, and per message (a slot) where its record begins, its subject and its
 * neighbours of the same subject. Slots are in the order of sequences, mostly without gaps; then a slot's sequence follows
 * from that of the first.
 */
export class Segment {
  /** Of its file: higher in later ones. */
  readonly number: number;
  /** Goes into each check, so that no record of another file is ever taken for one of this. */
  readonly salt: number;
  /** Sequence of the first slot. */
  readonly base: number;
  /** Slots. */
  count = 0;
  /** Slots with a message. */
  live = 0;
  /** Messages that are removed, but whose records are still there. */
  holes = 0;
  /** Sum of the sizes of messages that are there. */
  liveBytes = 0;

  offsets = new Uint32Array(0);
  /** What the message counts for in the state. */
  sizes = new Uint32Array(0);
  /** -1: no message. */
  subjects = new Int32Array(0);
  /** Sequence of the next message of that subject, 0: none. Without a message: a later slot that may have one. */
  nexts = new Float64Array(0);
  /** Sequence of the previous message of that subject, 0: none. Without a message: an earlier slot that may have one. */
  previouses = new Float64Array(0);
  /** Undefined: slot by slot from `base`. */
  sequences: Float64Array | undefined;

  /** The bytes from `origin` to `end` of the records, as far as they are in memory; where there are none, `origin` is `end`. */
  image: Image = NO_IMAGE;
  origin = 0;
  /** Bytes of all records together. */
  end = 0;
  /** Up to here they are written down. */
  committed = 0;
  /** The bytes in memory were read from a disk, so that checks are worth looking at. */
  loaded = false;
  /** Undefined: it lives in memory only. */
  file: SegmentFile | undefined;
  /** Whether an index file stands beside its file. */
  indexed = false;
  /** Some of it could not be read, so it stays as it is. */
  damaged = false;
  /** How many of its messages were overwritten, or are to be. */
  erasures = 0;
  /** It is as short as it can be. */
  rewritten = false;
  /** It has to be written anew, which did not work so far. */
  stale = false;
  /** Writing it anew is tried again from then on, in milliseconds since the epoch. */
  retryAt = 0;
  /** Its file has messages behind the last slot that were given up. */
  overlong = false;
  /** How often it was read record by record since it was last in memory as a whole. */
  misses = 0;
  /** The slot that was read last that way. */
  missedSlot = -1;
  /** Ranges that records in it remove: first, last, first, last … */
  notes: number[] = [];
  /** How many of these numbers are committed. */
  notesCommitted = 0;
  /** The log's last sequence when nothing was appended to it any more, and its time. */
  sealedLast = 0;
  sealedTime: Readonly<Time> = { seconds: 0, nanos: 0 };
  /** The lowest sequence that a record in it removes. */
  noteFrom = Infinity;
  /** Its file could not be brought back to what was committed: nothing may be appended to it. */
  spoilt = false;
  /** When it was last read or written, in the count of the cache. */
  used = 0;

  constructor(number: number, base: number, salt: number) {
    this.number = number;
    this.base = base;
    this.salt = salt;
  }

  /** Of the last slot; one below `base` when there is none. */
  get lastSequence(): number {
    return this.count === 0 ? this.base - 1 : this.sequenceOf(this.count - 1);
  }

  sequenceOf(slot: number): number {
    return this.sequences === undefined ? this.base + slot : (this.sequences[slot] as number);
  }

  /** The first slot at or above a sequence; `count` when there is none. */
  slotFrom(sequence: number): number {
    if (this.sequences === undefined) {
      const slot = sequence - this.base;
      return slot <= 0 ? 0 : slot < this.count ? slot : this.count;
    }
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.sequences[middle] as number) < sequence) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The slot of a message; -1: there is none. */
  slotOf(sequence: number): number {
    const slot = this.slotFrom(sequence);
    return slot < this.count && this.sequenceOf(slot) === sequence && (this.subjects[slot] as number) >= 0 ? slot : -1;
  }

  /** The first slot from this one on that has a message; `count`: none. What is walked over is jumped the next time. */
  liveFrom(slot: number): number {
    const { subjects, nexts, count } = this;
    let at = slot;
    while (at < count && (subjects[at] as number) < 0) at = nexts[at] as number;
    for (let dead = slot; dead < at;) {
      const next = nexts[dead] as number;
      nexts[dead] = at;
      dead = next;
    }
    return at;
  }

  /** The last slot up to this one that has a message; -1: none. */
  liveUpTo(slot: number): number {
    const { subjects, previouses } = this;
    let at = slot;
    while (at >= 0 && (subjects[at] as number) < 0) at = previouses[at] as number;
    for (let dead = slot; dead > at;) {
      const previous = previouses[dead] as number;
      previouses[dead] = at;
      dead = previous;
    }
    return at;
  }

  /** A slot for a message at the end. */
  push(sequence: number, subject: number, offset: number, size: number, previous: number): void {
    if (this.sequences !== undefined || sequence - this.base !== this.count) this.#bridge(sequence);
    const slot = this.count;
    if (slot === this.offsets.length) this.resize(Math.max(SLOTS_MIN, 2 * slot));
    this.offsets[slot] = offset;
    this.sizes[slot] = size;
    this.subjects[slot] = subject;
    this.nexts[slot] = 0;
    this.previouses[slot] = previous;
    if (this.sequences !== undefined) this.sequences[slot] = sequence;
    this.count = slot + 1;
    this.live++;
    this.liveBytes += size;
  }

  /** So many slots, where there were none, of messages that are removed, though their records are there. */
  fill(offsets: Int32Array, sizes: Int32Array, sequences: Float64Array | undefined): void {
    const count = offsets.length;
    this.resize(count);
    this.offsets.set(offsets);
    this.sizes.set(sizes);
    this.sequences = sequences?.slice();
    this.subjects.fill(-1);
    for (let slot = 0; slot < count; slot++) {
      this.nexts[slot] = slot + 1;
      this.previouses[slot] = slot - 1;
    }
    this.count = count;
    this.holes = count;
  }

  /** The message of a slot is no more. */
  bury(slot: number): void {
    this.subjects[slot] = -1;
    this.nexts[slot] = slot + 1;
    this.previouses[slot] = slot - 1;
    this.live--;
    this.holes++;
    this.liveBytes -= this.sizes[slot] as number;
  }

  buryAll(): void {
    this.subjects.fill(-1, 0, this.count);
    this.nexts.fill(this.count, 0, this.count);
    this.previouses.fill(-1, 0, this.count);
    this.holes += this.live;
    this.live = 0;
    this.liveBytes = 0;
  }

  /** Slots from this one on are given up; none of them has a message any more. */
  cut(slot: number): void {
    this.count = slot;
    for (let dead = 0; dead < slot; dead++) {
      if ((this.subjects[dead] as number) < 0 && (this.nexts[dead] as number) > slot) this.nexts[dead] = slot;
    }
  }

  /** Nothing is appended to it any more. */
  seal({ last, lastTime }: { readonly last: number; readonly lastTime: Readonly<Time> }): void {
    this.sealedLast = last;
    this.sealedTime = { ...lastTime };
    if (this.count < this.offsets.length) this.resize(this.count);
  }

  /** Room for so many slots, and no more. */
  resize(capacity: number): void {
    this.offsets = resized(this.offsets, new Uint32Array(capacity));
    this.sizes = resized(this.sizes, new Uint32Array(capacity));
    this.subjects = resized(this.subjects, new Int32Array(capacity));
    this.nexts = resized(this.nexts, new Float64Array(capacity));
    this.previouses = resized(this.previouses, new Float64Array(capacity));
    if (this.sequences !== undefined) this.sequences = resized(this.sequences, new Float64Array(capacity));
  }

  #bridge(sequence: number): void {
    if (this.sequences !== undefined) return;
    const gap = sequence - this.base - this.count;
    if (gap <= GAP_SLOTS_MAX && gap <= this.live) {
      if (this.count + gap >= this.offsets.length) this.resize(Math.max(SLOTS_MIN, 2 * (this.count + gap)));
      for (let i = 0; i < gap; i++) {
        const slot = this.count++;
        this.subjects[slot] = -1;
        this.nexts[slot] = slot + 1;
        this.previouses[slot] = slot - 1;
      }
      return;
    }
    const sequences = new Float64Array(this.offsets.length);
    for (let slot = 0; slot < this.count; slot++) sequences[slot] = this.base + slot;
    this.sequences = sequences;
  }
}
