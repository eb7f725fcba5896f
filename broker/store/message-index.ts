import { SubjectTable } from './subject-table.ts';
import type { SequenceRange, SubjectFilter, SubjectHash, Time } from './message-log.ts';
import type { Segment } from './segment.ts';

/** Slots that are looked through for each message of a subject's list, when either way may be the shorter one. */
const SLOTS_PER_LINK = 32;

/**
 * Which messages there are, by sequence and by subject, without their bytes. What a log is asked without touching a disk
 * is answered here.
 */
export class MessageIndex {
  readonly subjects: SubjectTable;
  /** In the order of sequences; the last one takes what is appended. */
  segments: Segment[] = [];
  messages = 0;
  bytes = 0;
  /** The first message; one above the last sequence when there is none. */
  first = 1;
  last = 0;
  readonly lastTime: Time = { seconds: ZERO_TIME.seconds, nanos: 0 };

  constructor(hash: SubjectHash) {
    this.subjects = new SubjectTable(hash);
  }

  /** The segment in which a sequence is, was or would be; undefined: it is below all. */
  segmentOf(sequence: number): Segment | undefined {
    return this.segments[this.#positionOf(sequence)];
  }

  /** A new message at the end of a segment, which is the last one. Its subject's number was just taken. */
  add(segment: Segment, sequence: number, subject: number, offset: number, size: number): void {
    const { subjects } = this;
    const previous = subjects.lasts[subject] as number;
    segment.push(sequence, subject, offset, size, previous);
    if (previous === 0) {
      subjects.firsts[subject] = sequence;
    } else {
      const other = previous >= segment.base ? segment : (this.segmentOf(previous) as Segment);
      other.nexts[other.slotFrom(previous)] = sequence;
    }
    subjects.lasts[subject] = sequence;
    (subjects.counts[subject] as number)++;
    if (this.messages++ === 0) this.first = sequence;
    this.bytes += size;
    this.last = sequence;
  }

  /** The message of a slot of the last segment that `fill` made is there after all; slots come in their order. */
  revive(segment: Segment, slot: number, subject: number): void {
    const { subjects } = this;
    const { firsts, lasts, counts } = subjects;
    const sequence = segment.sequenceOf(slot);
    const size = segment.sizes[slot] as number;
    const previous = lasts[subject] as number;
    segment.subjects[slot] = subject;
    segment.nexts[slot] = 0;
    segment.previouses[slot] = previous;
    segment.holes--;
    segment.live++;
    segment.liveBytes += size;
    if (previous === 0) {
      firsts[subject] = sequence;
    } else {
      const other = previous >= segment.base ? segment : (this.segmentOf(previous) as Segment);
      other.nexts[other.slotFrom(previous)] = sequence;
    }
    lasts[subject] = sequence;
    counts[subject] = (counts[subject] as number) + 1;
    if (this.messages++ === 0) this.first = sequence;
    this.bytes += size;
    this.last = sequence;
  }

  /** A message goes. Its subject may have no number any more after that. */
  drop(segment: Segment, slot: number): void {
    const { subjects } = this;
    const subject = segment.subjects[slot] as number;
    const previous = segment.previouses[slot] as number;
    const next = segment.nexts[slot] as number;
    const sequence = segment.sequenceOf(slot);
    if (previous === 0) subjects.firsts[subject] = next;
    else this.#link(previous).nexts[this.#slot] = next;
    if (next === 0) subjects.lasts[subject] = previous;
    else this.#link(next).previouses[this.#slot] = previous;
    segment.bury(slot);
    this.messages--;
    this.bytes -= segment.sizes[slot] as number;
    const left = (subjects.counts[subject] as number) - 1;
    if (left === 0) subjects.release(subject);
    else subjects.counts[subject] = left;
    if (this.messages === 0) this.first = this.last + 1;
    else if (sequence === this.first) this.first = this.next(sequence + 1);
  }

  /** All messages go. */
  clear(): void {
    for (const segment of this.segments) segment.buryAll();
    this.subjects.clear();
    this.messages = 0;
    this.bytes = 0;
    this.first = this.last + 1;
  }

  /** All above a sequence go, which is the last one then; `onDrop` is told of each before. */
  cut(sequence: number, onDrop?: (segment: Segment, slot: number) => void): void {
    for (let i = this.segments.length - 1; i >= 0; i--) {
      const segment = this.segments[i] as Segment;
      if (segment.lastSequence <= sequence && segment.base <= sequence + 1) break;
      const end = segment.slotFrom(sequence + 1);
      for (let slot = segment.liveUpTo(segment.count - 1); slot >= end; slot = segment.liveUpTo(slot)) {
        onDrop?.(segment, slot);
        this.drop(segment, slot);
      }
      segment.cut(end);
    }
    this.last = sequence;
    if (this.messages === 0) this.first = sequence + 1;
  }

  /** Slot that `#link` found. */
  #slot = 0;

  #link(sequence: number): Segment {
    const segment = this.segmentOf(sequence) as Segment;
    this.#slot = segment.slotFrom(sequence);
    return segment;
  }

  next(sequence: number, filter?: SubjectFilter): number {
    const { segments } = this;
    if (sequence < this.first) sequence = this.first;
    for (let i = Math.max(this.#positionOf(sequence), 0); i < segments.length; i++) {
      const segment = segments[i] as Segment;
      if (segment.live === 0) continue;
      const { subjects } = segment;
      for (let slot = segment.liveFrom(segment.slotFrom(sequence)); slot < segment.count;) {
        if (filter === undefined || filter.passes(subjects[slot] as number)) return segment.sequenceOf(slot);
        slot++;
        if (slot < segment.count && (subjects[slot] as number) < 0) slot = segment.liveFrom(slot);
      }
    }
    return 0;
  }

  previous(sequence: number, filter?: SubjectFilter): number {
    const { segments } = this;
    for (let i = this.#positionOf(sequence); i >= 0; i--) {
      const segment = segments[i] as Segment;
      if (segment.live === 0) continue;
      const { subjects } = segment;
      for (let slot = segment.liveUpTo(slotUpTo(segment, sequence)); slot >= 0;) {
        if (filter === undefined || filter.passes(subjects[slot] as number)) return segment.sequenceOf(slot);
        slot--;
        if (slot >= 0 && (subjects[slot] as number) < 0) slot = segment.liveUpTo(slot);
      }
    }
    return 0;
  }

  nextOf(subject: number, sequence: number): number {
    const segment = this.segmentOf(sequence);
    const slot = segment?.slotOf(sequence) ?? -1;
    if (segment === undefined || slot < 0 || segment.subjects[slot] !== subject) return 0;
    return segment.nexts[slot] as number;
  }

  /**
   * From the subject's end back along its list, and from the sequence back through the slots, in turns: one of the two is
   * short whatever the subject is like.
   */
  lastOf(subject: number, upTo: number): number {
    const { subjects } = this;
    let linked = subjects.last(subject);
    if (linked <= upTo) return linked;
    if (subjects.first(subject) > upTo) return 0;
    let position = this.#positionOf(upTo);
    let segment = this.segments[position] as Segment;
    let slot = slotUpTo(segment, upTo);
    for (;;) {
      linked = this.#link(linked).previouses[this.#slot] as number;
      if (linked <= upTo) return linked;
      for (let i = 0; i < SLOTS_PER_LINK; i++) {
        while (slot < 0) {
          segment = this.segments[--position] as Segment;
          slot = segment.count - 1;
        }
        if (segment.subjects[slot] === subject) return segment.sequenceOf(slot);
        slot = (segment.subjects[slot] as number) < 0 ? segment.liveUpTo(slot) : slot - 1;
      }
    }
  }

  count(from: number, filter?: SubjectFilter): number {
    if (this.messages === 0 || from > this.last) return 0;
    if (from <= this.first && filter === undefined) return this.messages;
    if (from <= this.first && filter !== undefined && this.subjects.numbersEnd <= this.messages) {
      let sum = 0;
      for (const subject of this.subjects) if (filter.passes(subject)) sum += this.subjects.messages(subject);
      return sum;
    }
    let sum = 0;
    for (let i = Math.max(this.#positionOf(from), 0); i < this.segments.length; i++) {
      const segment = this.segments[i] as Segment;
      sum += countFrom(segment, segment.slotFrom(from), filter);
    }
    return sum;
  }

  *gaps(): Iterable<SequenceRange> {
    let expected = this.first;
    for (const segment of this.segments) {
      for (let slot = segment.liveFrom(0); slot < segment.count; slot = segment.liveFrom(slot + 1)) {
        const sequence = segment.sequenceOf(slot);
        if (sequence > expected) yield { first: expected, last: sequence - 1 };
        expected = sequence + 1;
      }
    }
    if (this.messages > 0 && expected <= this.last) yield { first: expected, last: this.last };
  }

  /** Position of the last segment that begins at or below a sequence; -1: none does. */
  #positionOf(sequence: number): number {
    const { segments } = this;
    let high = segments.length - 1;
    if (high < 0 || (segments[high] as Segment).base <= sequence) return high;
    let low = 0;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((segments[middle] as Segment).base <= sequence) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

/** `0001-01-01T00:00:00Z`, which stands for no time. */
export const ZERO_TIME: Readonly<Time> = { seconds: -62_135_596_800, nanos: 0 };

function slotUpTo(segment: Segment, sequence: number): number {
  const slot = segment.slotFrom(sequence);
  return slot < segment.count && segment.sequenceOf(slot) === sequence ? slot : slot - 1;
}

function countFrom(segment: Segment, slot: number, filter: SubjectFilter | undefined): number {
  const { count, subjects } = segment;
  if (segment.live === 0 || slot >= count) return 0;
  if (filter === undefined) {
    if (slot === 0) return segment.live;
    if (segment.live === count) return count - slot;
  }
  let sum = 0;
  for (let i = slot; i < count; i++) {
    const subject = subjects[i] as number;
    if (subject >= 0 && (filter === undefined || filter.passes(subject))) sum++;
  }
  return sum;
}
