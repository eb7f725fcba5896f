import { LogState as State } from './log-state.ts';
import { TimeSearch } from './time-search.ts';
import {
  check,
  HEAD_BYTES,
  KIND,
  NO_IMAGE,
  padded,
  recordBytes,
  SUBJECT_BYTES_HIGHEST,
  subjectBytesAt,
  timeAt,
  writeNote,
} from './record.ts';
import type { Backing, Upkeep } from './backing.ts';
import type { MessageIndex } from './message-index.ts';
import type {
  Damage,
  MessageLog,
  MessagePlace,
  SequenceRange,
  StoredMessage,
  SubjectFilter,
  Subjects,
  Time,
} from './message-log.ts';
import type { Segment } from './segment.ts';

/** Up to this many bytes a copy goes four bytes at a time, which costs less than a call. */
const WORD_COPY_BYTES_MAX = 512;
/** A segment whose messages are all gone is closed, so that it can go, when it is longer than this. */
const EMPTY_SEGMENT_BYTES_MAX = 64 * 1024;
/** The record that each segment begins with. */
export const START_BYTES = HEAD_BYTES;

const FILE_OVERHEAD_BYTES = 30;
const FILE_HEADER_OVERHEAD_BYTES = 4;
const MEMORY_OVERHEAD_BYTES = 16;

/** The log of a stream over its index and whatever keeps its bytes. */
export class SegmentLog implements MessageLog {
  readonly state: State;
  readonly subjects: Subjects;
  onRemoved: (sequence: number, subject: number, bytes: number) => void = () => {};
  committedSequence: number;

  readonly #index: MessageIndex;
  readonly #backing: Backing;
  readonly #upkeep: Upkeep;
  readonly #segmentBytes: number;
  readonly #overhead: number;
  readonly #headerOverhead: number;
  readonly #search: TimeSearch;
  /** The segment that takes what is appended. */
  #active: Segment;
  #dirty = false;
  /** Ranges that were removed since the last commit: first, last, first, last … */
  #removed: number[] = [];
  /** Whether the last sequence or time is not that of the last message appended. */
  #skipped = false;
  /** Whether a segment has lost its last message. */
  #emptied = false;
  readonly #committedTime: Time;

  // The bytes that messages were last appended from, which mostly are the same each time.
  #source: Uint8Array = NO_IMAGE.bytes;
  #sourceWords: DataView = new DataView(NO_IMAGE.bytes.buffer);

  readonly #message = {
    bytes: NO_IMAGE.bytes as Uint8Array,
    sequence: 0,
    subject: -1,
    subjectStart: 0,
    subjectEnd: 0,
    bodyStart: 0,
    headerBytes: 0,
    bodyBytes: 0,
    seconds: 0,
    nanos: 0,
  } satisfies StoredMessage;
  readonly #time: Time = { seconds: 0, nanos: 0 };

  /** The index has at least one segment, the last of which takes what is appended. */
  constructor(index: MessageIndex, backing: Backing, upkeep: Upkeep) {
    this.#index = index;
    this.#backing = backing;
    this.#upkeep = upkeep;
    this.#active = index.segments.at(-1) as Segment;
    this.committedSequence = index.last;
    this.#committedTime = { ...index.lastTime };
    this.#segmentBytes = backing.segmentBytes;
    this.#overhead = backing.durable ? FILE_OVERHEAD_BYTES : MEMORY_OVERHEAD_BYTES;
    this.#headerOverhead = backing.durable ? FILE_HEADER_OVERHEAD_BYTES : 0;
    this.#search = new TimeSearch(index, backing);
    this.subjects = index.subjects;
    this.state = new State(index, this.#search);
  }

  get dirty(): boolean {
    return this.#dirty;
  }

  get damage(): readonly Damage[] {
    return this.#backing.damage;
  }

  bytesOf(subjectBytes: number, headerBytes: number, bodyBytes: number): number {
    return this.#overhead + subjectBytes + bodyBytes + (headerBytes > 0 ? this.#headerOverhead : 0);
  }

  append(message: MessagePlace, hash: number, time: Readonly<Time>): number {
    const index = this.#index;
    const { bytes, subjectStart, subjectEnd, bodyStart, headerBytes, bodyBytes } = message;
    const { seconds, nanos } = time;
    const subjectBytes = subjectEnd - subjectStart;
    if (subjectBytes > SUBJECT_BYTES_HIGHEST) throw new RangeError(`a subject of ${subjectBytes} bytes`);
    const length = recordBytes(subjectBytes, bodyBytes);
    let segment = this.#active;
    if (segment.end + length > this.#segmentBytes && segment.end > START_BYTES) segment = this.#roll();
    const offset = segment.end;
    if (offset - segment.origin + length > segment.image.bytes.length) this.#backing.makeRoom(segment, length);

    const sequence = index.last + 1;
    const { image } = segment;
    const { words } = image;
    const at = offset - segment.origin;
    const word = at >> 2;
    words[word + 1] = bodyBytes;
    image.doubles[(at >> 3) + 1] = sequence;
    words[word + 4] = seconds | 0;
    words[word + 5] = nanos;
    words[word + 6] = subjectBytes | (KIND.message << 20) | (Math.floor(seconds / 0x1_0000_0000) << 24);
    words[word + 7] = headerBytes;
    const subjectAt = at + HEAD_BYTES;
    const bodyAt = subjectAt + padded(subjectBytes);
    if (bytes !== this.#source) {
      this.#source = bytes;
      this.#sourceWords = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    this.#copy(segment, subjectStart, subjectBytes, subjectAt);
    this.#copy(segment, bodyStart, bodyBytes, bodyAt);
    if (this.#backing.durable) words[word] = check(words, word + 1, (at + length) >> 2, segment.salt);
    segment.end = offset + length;

    const subject = index.subjects.take(bytes, subjectStart, subjectEnd, hash);
    index.add(segment, sequence, subject, offset, this.bytesOf(subjectBytes, headerBytes, bodyBytes));
    index.lastTime.seconds = seconds;
    index.lastTime.nanos = nanos;
    this.#dirty = true;
    this.#skipped = false;
    return sequence;
  }

  /** Copies bytes of the source to a multiple of eight, with zeros behind them up to the next. */
  #copy(segment: Segment, from: number, length: number, to: number): void {
    const { words, bytes } = segment.image;
    const rest = length & 7;
    if (rest !== 0) {
      const last = (to + length - rest) >> 2;
      words[last] = 0;
      words[last + 1] = 0;
    }
    if (length > WORD_COPY_BYTES_MAX) {
      bytes.set(this.#source.subarray(from, from + length), to);
      return;
    }
    const source = this.#sourceWords;
    const whole = length & ~3;
    for (let i = 0, word = to >> 2; i < whole; i += 4) words[word++] = source.getInt32(from + i, true);
    for (let i = whole; i < length; i++) bytes[to + i] = source.getUint8(from + i);
  }

  #roll(): Segment {
    const segment = this.#backing.begin(this.#index.last + 1, this.#index.lastTime);
    if (this.#active.live === 0) this.#emptied = true;
    this.#active.seal(this.#index);
    this.#index.segments.push(segment);
    this.#active = segment;
    return segment;
  }

  skipTo(sequence: number, time: Readonly<Time>): void {
    const index = this.#index;
    if (sequence <= index.last) throw new RangeError(`sequence ${sequence} is not above the last one, ${index.last}`);
    index.last = sequence - 1;
    if (index.messages === 0) index.first = sequence;
    index.lastTime.seconds = time.seconds;
    index.lastTime.nanos = time.nanos;
    this.#skipped = true;
    this.#dirty = true;
  }

  read(sequence: number): StoredMessage | undefined {
    const segment = this.#index.segmentOf(sequence);
    if (segment === undefined) return undefined;
    const slot = segment.slotOf(sequence);
    if (slot < 0) return undefined;
    const place = this.#backing.locate(segment, slot);
    if (place === undefined) return undefined;
    const { at } = place;
    const { words, bytes } = place.image;
    const subjectBytes = subjectBytesAt(words, at);
    const message = this.#message;
    message.bytes = bytes;
    message.sequence = sequence;
    message.subject = segment.subjects[slot] as number;
    message.subjectStart = at + HEAD_BYTES;
    message.subjectEnd = at + HEAD_BYTES + subjectBytes;
    message.bodyStart = at + HEAD_BYTES + padded(subjectBytes);
    message.headerBytes = (words[(at >> 2) + 7] as number) >>> 0;
    message.bodyBytes = (words[(at >> 2) + 1] as number) >>> 0;
    timeAt(words, at, message);
    return message;
  }

  subjectOf(sequence: number): number {
    const segment = this.#index.segmentOf(sequence);
    const slot = segment?.slotOf(sequence) ?? -1;
    return segment === undefined || slot < 0 ? -1 : (segment.subjects[slot] as number);
  }

  has(sequence: number): boolean {
    return (this.#index.segmentOf(sequence)?.slotOf(sequence) ?? -1) >= 0;
  }

  next(sequence: number, filter?: SubjectFilter): number {
    return this.#index.next(sequence, filter);
  }

  previous(sequence: number, filter?: SubjectFilter): number {
    return this.#index.previous(sequence, filter);
  }

  nextOf(subject: number, sequence: number): number {
    return this.#index.nextOf(subject, sequence);
  }

  lastOf(subject: number, upTo: number): number {
    return this.#index.lastOf(subject, upTo);
  }

  count(from: number, filter?: SubjectFilter): number {
    return this.#index.count(from, filter);
  }

  sequenceAt(time: Readonly<Time>): number {
    return this.#search.sequenceAt(time);
  }

  timeOf(sequence: number): Readonly<Time> | undefined {
    return this.#search.timeOf(sequence, this.#time);
  }

  gaps(): Iterable<SequenceRange> {
    return this.#index.gaps();
  }

  remove(sequence: number, erase = false): boolean {
    const segment = this.#index.segmentOf(sequence);
    const slot = segment?.slotOf(sequence) ?? -1;
    if (segment === undefined || slot < 0) return false;
    this.#drop(segment, slot, sequence);
    if (erase) {
      if (this.#backing.erasesByRewriting && segment === this.#active) this.#roll();
      this.#backing.erase(segment, slot);
    }
    this.#note(sequence, sequence);
    return true;
  }

  removeBelow(sequence: number): number {
    const index = this.#index;
    const end = Math.min(sequence, index.last + 1);
    const { first, messages } = index;
    if (messages === 0 || end <= first) return 0;
    if (end > index.last) {
      for (const segment of index.segments) this.#tellAll(segment);
      index.clear();
      this.#emptied = true;
    } else {
      while (index.first < end) {
        const segment = index.segmentOf(index.first) as Segment;
        this.#drop(segment, segment.slotOf(index.first), index.first);
      }
    }
    this.#note(first, end - 1);
    return messages - index.messages;
  }

  truncate(sequence: number): void {
    const index = this.#index;
    if (sequence >= index.last) return;
    this.commit();
    const time = { ...(this.timeOf(index.previous(sequence)) ?? index.lastTime) };
    const segment = this.#backing.begin(sequence + 1, time);
    if (this.#backing.durable) {
      // All that is gone is said once more, since the segments that said it go.
      this.#writeNote(segment, KIND.remove, 0, Math.min(index.first - 1, sequence));
      for (const gap of index.gaps()) {
        if (gap.first <= sequence) this.#writeNote(segment, KIND.remove, gap.first, Math.min(gap.last, sequence));
      }
    }
    this.#backing.commitAlone(segment);
    const border = index.segmentOf(sequence);
    const isCut = border !== undefined && border.lastSequence > sequence;
    this.#cut(sequence, time);
    border?.seal(index);
    const above = index.segments.filter((other) => other.base > sequence);
    index.segments = [...index.segments.filter((other) => other.base <= sequence), segment];
    this.#active = segment;
    this.#committed();
    this.#backing.giveUp(above, isCut ? border : undefined);
    if (this.#emptied) this.#dropEmpty();
  }

  commit(): void {
    if (!this.#dirty) return;
    if (this.#backing.durable) this.#writeNotes();
    const dirty = this.#dirtySegments();
    try {
      this.#backing.commit(dirty);
    } catch (error) {
      this.#goBack(dirty[0] ?? this.#active);
      // What is empty is of no use even so, and may be just the room that is missing.
      if (this.#emptied && this.#active.committed > 0) this.#dropEmpty();
      throw error;
    }
    this.#committed();
    if (!this.#emptied) return;
    if (this.#active.live === 0 && this.#active.end > Math.min(EMPTY_SEGMENT_BYTES_MAX, this.#segmentBytes / 2))
      this.#roll();
    if (this.#beginIsSafe()) this.#dropEmpty();
  }

  tidy(budgetMs: number): boolean {
    // An index must not say that something is gone before the log says so: when it is lost, the log alone counts.
    if (this.#removed.length > 0) return false;
    return this.#upkeep.run(budgetMs);
  }

  close(): void {
    this.#upkeep.close();
    try {
      this.commit();
    } finally {
      this.#backing.close();
    }
  }

  destroy(): void {
    this.#upkeep.close();
    this.#backing.destroy();
  }

  #drop(segment: Segment, slot: number, sequence: number): void {
    this.onRemoved(sequence, segment.subjects[slot] as number, segment.sizes[slot] as number);
    this.#index.drop(segment, slot);
    if (segment.live === 0) this.#emptied = true;
  }

  #tellAll(segment: Segment): void {
    const { onRemoved } = this;
    const { subjects, sizes, count } = segment;
    for (let slot = segment.liveFrom(0); slot < count; slot = segment.liveFrom(slot + 1)) {
      onRemoved(segment.sequenceOf(slot), subjects[slot] as number, sizes[slot] as number);
    }
  }

  /** A range was removed. */
  #note(first: number, last: number): void {
    this.#dirty = true;
    const removed = this.#removed;
    if (removed.length > 0 && removed.at(-1) === first - 1) removed[removed.length - 1] = last;
    else removed.push(first, last);
  }

  #writeNotes(): void {
    const removed = this.#removed;
    if (removed.length === 0 && !this.#skipped) return;
    const segment = this.#active.end > this.#segmentBytes ? this.#roll() : this.#active;
    // For all of them at once: beyond the usual size of a segment it grows by no more than what is asked for.
    this.#backing.makeRoom(segment, (removed.length / 2 + 1) * (HEAD_BYTES + 8));
    for (let i = 0; i < removed.length; i += 2) {
      this.#writeNote(segment, KIND.remove, removed[i] as number, removed[i + 1]);
    }
    if (this.#skipped) this.#writeNote(segment, KIND.skip, this.#index.last, undefined);
  }

  #writeNote(segment: Segment, kind: number, first: number, last: number | undefined): void {
    this.#backing.makeRoom(segment, HEAD_BYTES + 8);
    const at = segment.end - segment.origin;
    const body = last === first ? undefined : last;
    segment.end = writeNote(segment.image, at, kind, first, body, this.#index.lastTime, segment.salt) + segment.origin;
    if (kind !== KIND.remove) return;
    segment.notes.push(first, last ?? first);
    segment.noteFrom = Math.min(segment.noteFrom, first);
  }

  /** Those with something that is not committed: the last ones, since nothing is written to one that is full. */
  #dirtySegments(): Segment[] {
    const { segments } = this.#index;
    let first = segments.length;
    while (first > 0 && (segments[first - 1] as Segment).end > (segments[first - 1] as Segment).committed) first--;
    return segments.slice(first);
  }

  #committed(): void {
    this.committedSequence = this.#index.last;
    Object.assign(this.#committedTime, this.#index.lastTime);
    this.#removed = [];
    this.#skipped = false;
    this.#dirty = false;
  }

  /** Back to the last commit, but for removals, which wait for the next one. */
  #goBack(active: Segment): void {
    const index = this.#index;
    const removed = this.#removed;
    const { committedSequence } = this;
    this.#cut(committedSequence, this.#committedTime);
    const behind = index.segments.splice(index.segments.indexOf(active) + 1);
    for (const segment of behind) this.#backing.abandon(segment);
    active.end = active.committed;
    this.#active = active;
    if (active.committed === 0) this.#beginAnew();
    this.#committed();
    for (let i = 0; i < removed.length; i += 2) {
      const first = removed[i] as number;
      if (first <= committedSequence) this.#note(first, Math.min(removed[i + 1] as number, committedSequence));
    }
    if (this.#active.committed > 0 && !this.#backing.canGoOn(this.#active)) this.#roll();
  }

  /**
   * The last segment, of which nothing was written, goes: it may begin too late. The one before it takes its place where it
   * can, since a full disk may have no room for another.
   */
  #beginAnew(): void {
    const { segments, last, lastTime } = this.#index;
    this.#backing.abandon(segments.pop() as Segment);
    const before = segments.at(-1);
    if (before !== undefined && this.#backing.canGoOn(before)) {
      this.#active = before;
      return;
    }
    before?.seal(this.#index);
    this.#active = this.#backing.begin(last + 1, lastTime);
    segments.push(this.#active);
  }

  /** Takes all above a sequence out of the index. */
  #cut(sequence: number, time: Readonly<Time>): void {
    const index = this.#index;
    index.cut(sequence, (segment, slot) => {
      this.onRemoved(segment.sequenceOf(slot), segment.subjects[slot] as number, segment.sizes[slot] as number);
      if (segment.live === 1) this.#emptied = true;
    });
    Object.assign(index.lastTime, time);
    this.state.forget();
  }

  /** Whether it is written down where the last segment begins: what the last sequence was would go with the others. */
  #beginIsSafe(): boolean {
    if (this.#active.committed > 0) return true;
    try {
      this.#backing.commit([this.#active]);
      return true;
    } catch {
      // What was committed before is safe; those that are empty wait for the next commit.
      this.#active.end = START_BYTES;
      return false;
    }
  }

  /** Segments without messages are of no use any more. */
  #dropEmpty(): void {
    this.#emptied = false;
    const index = this.#index;
    const empty = index.segments.filter((segment) => segment.live === 0 && segment !== this.#active);
    if (empty.length === 0) return;
    index.segments = index.segments.filter((segment) => segment.live > 0 || segment === this.#active);
    for (const segment of empty) this.#backing.drop(segment);
  }
}
