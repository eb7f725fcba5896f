import { codeOf, removeQuietly, storeError } from './disk.ts';
import { grownImage } from './memory-backing.ts';
import { check, HEAD_BYTES, Image, KIND, kindAt, lengthAt, NO_IMAGE, padded, soundAt, writeNote } from './record.ts';
import { Segment } from './segment.ts';
import { SEGMENT_SUFFIX, SegmentFile } from './segment-file.ts';
import type { Backing, RecordPlace } from './backing.ts';
import type { MessageIndex } from './message-index.ts';
import type { Damage, SequenceRange, Time } from './message-log.ts';
import type { LogFiles } from './segment-file.ts';

/** A segment is read as a whole once that many of its records were read one by one, which costs about as much. */
const MISSES_MAX = 512;
/** A record near the last one read counts for so many, since whoever reads in order will want all of them. */
const NEAR_MISSES = 64;
const NEAR_SLOTS = 16;

export interface FileBackingOptions extends LogFiles {
  readonly sync: 'always' | 'never';
  readonly segmentBytes: number;
  readonly warn: (text: string) => void;
}

/** Keeps segments in files, with the last one and those of much use in memory. */
export class FileBacking implements Backing {
  readonly durable = true;
  readonly segmentBytes: number;
  readonly damage: Damage[] = [];
  readonly options: FileBackingOptions;
  /** Number of the next file. */
  nextNumber = 1;
  /** Files without messages, whose removals concern messages of others that are still written there. */
  notes: Segment[] = [];
  /** Segments that were found at the start, and have nothing left since what they held was given up. */
  readonly outlived: Segment[] = [];
  /** Called when a message of a segment has to be overwritten, or has become the end of it, and only a new file can do that. */
  rewrite: (segment: Segment) => void = () => {};
  readonly #index: MessageIndex;
  readonly #place: RecordPlace = { image: NO_IMAGE, at: 0 };
  /** Records that were read by themselves. */
  #scratch = NO_IMAGE;
  #erasures: [segment: Segment, slot: number][] = [];
  /** Files that are of no use, but could not be removed so far. */
  #remaining: Segment[] = [];
  readonly #reported = new Set<string>();
  readonly #unsynced = new Set<SegmentFile>();
  #settling = false;
  #closed = false;

  constructor(options: FileBackingOptions, index: MessageIndex) {
    this.options = options;
    this.segmentBytes = options.segmentBytes;
    this.#index = index;
  }

  get erasesByRewriting(): boolean {
    return this.options.key !== undefined;
  }

  begin(base: number, time: Readonly<Time>): Segment {
    const file = SegmentFile.create(this.options, this.nextNumber++);
    const segment = new Segment(file.head.number, base, file.salt);
    segment.file = file;
    // Whoever filled one segment will fill the next.
    this.#makeRoom(segment, HEAD_BYTES, this.#index.segments.length > 0 ? this.segmentBytes : undefined);
    segment.end = writeNote(segment.image, 0, KIND.start, base - 1, undefined, time, segment.salt);
    return segment;
  }

  canGoOn(segment: Segment): boolean {
    const { number, file, indexed, rewritten, spoilt, damaged } = segment;
    if (this.erasesByRewriting && this.#erasures.some(([other]) => other === segment)) return false;
    if (indexed || rewritten || spoilt || damaged || file === undefined) return false;
    // What could not be removed behind it says where it ends.
    if (this.#remaining.some((other) => other.number > number)) return false;
    return file.plain === (this.options.key === undefined);
  }

  makeRoom(segment: Segment, bytes: number): void {
    this.#makeRoom(segment, bytes, undefined);
  }

  #makeRoom(segment: Segment, bytes: number, least: number | undefined): void {
    const { cache } = this.options;
    const image = grownImage(segment, bytes, this.segmentBytes, (size) => cache.image(size), least);
    if (image !== undefined) cache.put(segment, image);
  }

  locate(segment: Segment, slot: number): RecordPlace | undefined {
    const offset = segment.offsets[slot] as number;
    if (segment.image === NO_IMAGE || offset < segment.origin) {
      if (!this.#isDue(segment, slot)) return this.#readOne(segment, slot);
      if (!this.load(segment)) return undefined;
    }
    this.options.cache.touch(segment);
    const place = this.#place;
    place.image = segment.image;
    place.at = offset - segment.origin;
    if (segment.loaded && !this.#holds(segment, slot, place, segment.end - segment.origin)) return undefined;
    return place;
  }

  /** Whether the segment should be in memory as a whole. */
  #isDue(segment: Segment, slot: number): boolean {
    if (segment.file?.plain !== true || (segment.offsets[slot] as number) >= segment.committed) return true;
    const near = slot >= segment.missedSlot && slot <= segment.missedSlot + NEAR_SLOTS;
    segment.misses += near ? NEAR_MISSES : 1;
    segment.missedSlot = slot;
    return segment.misses > MISSES_MAX;
  }

  #readOne(segment: Segment, slot: number): RecordPlace | undefined {
    const offset = segment.offsets[slot] as number;
    const most = Math.min(segment.committed - offset, HEAD_BYTES + (segment.sizes[slot] as number));
    if (this.#scratch.bytes.length < most) this.#scratch = new Image(padded(2 * most));
    const image = this.#scratch;
    const place = this.#place;
    place.image = image;
    place.at = 0;
    try {
      const read = (segment.file as SegmentFile).read(image, 0, most, offset);
      return this.#holds(segment, slot, place, read) ? place : undefined;
    } catch (error) {
      this.#reportRecord(segment, slot, storeError(error, this.#path(segment)).message);
      return undefined;
    }
  }

  /** Reads all of a segment into memory. Returns whether that worked. */
  load(segment: Segment): boolean {
    const file = segment.file as SegmentFile;
    const { image: window, origin, end } = segment;
    if (window !== NO_IMAGE && origin === 0) return true;
    try {
      const content = file.size === 0 ? { image: new Image(padded(end)), spoilt: [] } : file.readAll(padded(end));
      window.bytes.copy(content.image.bytes, origin, 0, end - origin);
      for (const at of content.spoilt) this.report(file.path, at, 'bytes that cannot be opened', []);
      segment.origin = 0;
      segment.loaded = true;
      segment.misses = 0;
      this.options.cache.put(segment, content.image);
      return true;
    } catch (error) {
      segment.damaged = true;
      this.report(file.path, 0, storeError(error, file.path).message, []);
      return false;
    }
  }

  /** Whether the record is the one that it should be; if not, it is reported. */
  #holds(segment: Segment, slot: number, { image, at }: RecordPlace, end: number): boolean {
    const sound =
      soundAt(image.words, at, end, segment.salt) > 0 &&
      image.doubles[(at >> 3) + 1] === segment.sequenceOf(slot) &&
      kindAt(image.words, at) === KIND.message;
    if (!sound) this.#reportRecord(segment, slot, 'a record that does not hold');
    return sound;
  }

  #reportRecord(segment: Segment, slot: number, reason: string): void {
    const sequence = segment.sequenceOf(slot);
    segment.damaged = true;
    this.report(this.#path(segment), segment.offsets[slot] as number, reason, [{ first: sequence, last: sequence }]);
  }

  report(file: string, at: number, reason: string, sequences: readonly SequenceRange[]): void {
    const key = `${file}:${at}:${sequences[0]?.first}`;
    if (this.#reported.has(key)) return;
    this.#reported.add(key);
    this.damage.push({ file, at, reason, sequences });
    this.options.warn(`"${file}" is damaged at ${at}: ${reason}${rangesText(sequences)}`);
  }

  erase(segment: Segment, slot: number): void {
    const offset = segment.offsets[slot] as number;
    if (segment.image !== NO_IMAGE && offset >= segment.origin) blot(segment.image, offset - segment.origin, segment);
    segment.erasures++;
    if (offset < segment.committed) this.#erasures.push([segment, slot]);
  }

  commit(dirty: readonly Segment[]): void {
    const always = this.options.sync === 'always';
    let path = this.options.folder;
    try {
      for (const { file, image, origin, committed, end } of dirty) {
        if (file === undefined || end === committed) continue;
        path = file.path;
        file.append(image, committed - origin, end - origin, committed);
        if (!always) continue;
        file.sync();
        file.syncName();
      }
    } catch (error) {
      for (const segment of dirty.toReversed()) {
        segment.notes.length = segment.notesCommitted;
        segment.spoilt = segment.file?.goBack() === false;
      }
      throw storeError(error, path);
    }
    for (const segment of dirty) {
      const file = segment.file as SegmentFile;
      file.commit();
      segment.committed = segment.end;
      segment.notesCommitted = segment.notes.length;
      if (!always) this.#unsynced.add(file);
    }
    if (this.#erasures.length > 0) this.eraseNow();
    if (this.#remaining.length > 0) this.#settle();
  }

  commitAlone(segment: Segment): void {
    const always = this.options.sync === 'always';
    const file = (segment.file as SegmentFile).beside();
    try {
      file.append(segment.image, 0, segment.end, 0);
      if (always) file.sync();
      segment.file = file.rename(SEGMENT_SUFFIX);
    } catch (error) {
      try {
        file.remove();
      } catch {
        // It counts for nothing under that name, and is looked for again at the next start.
      }
      this.options.cache.release(segment);
      throw storeError(error, file.path);
    }
    segment.committed = segment.end;
    segment.notesCommitted = segment.notes.length;
    if (!always) {
      this.#unsynced.add(segment.file);
      return;
    }
    try {
      segment.file.syncName();
    } catch (error) {
      // It is in its place; the next commit tries again.
      this.options.warn(storeError(error, segment.file.path).message);
    }
  }

  /** Whether something still has to be overwritten. */
  get erasing(): boolean {
    return this.#erasures.length > 0;
  }

  /** Overwrites what has to be. What a disk refuses is tried again at the next commit. */
  eraseNow(): void {
    const erasures = this.#erasures;
    this.#erasures = [];
    const rewritten = new Set<Segment>();
    for (const [segment, slot] of erasures) {
      const file = segment.file as SegmentFile;
      // Written anew without it, or gone.
      if (!this.#index.segments.includes(segment)) continue;
      try {
        if (file.plain) this.#overwrite(segment, file, segment.offsets[slot] as number, segment.sizes[slot] as number);
        else if (segment.live > 0) rewritten.add(segment);
      } catch (error) {
        this.#erasures.push([segment, slot]);
        this.options.warn(`a message could not be overwritten: ${storeError(error, file.path).message}`);
      }
    }
    for (const segment of rewritten) this.rewrite(segment);
  }

  #overwrite(segment: Segment, file: SegmentFile, offset: number, size: number): void {
    const most = Math.min(segment.committed - offset, HEAD_BYTES + size);
    const image = new Image(padded(most));
    const read = file.read(image, 0, most, offset);
    const length = lengthAt(image.words, 0, read);
    if (length === 0) return;
    blot(image, 0, segment);
    file.overwrite(image, 0, length, offset);
    this.#unsynced.add(file);
  }

  drop(segment: Segment): void {
    this.options.cache.release(segment);
    if (this.noteReach(segment)) {
      this.notes.push(segment);
      // What had to be overwritten in it is still there where it was encrypted.
      if (segment.erasures > 0 && segment.file?.plain === false) this.rewrite(segment);
    } else {
      segment.holes++;
      this.#remaining.push(segment);
      this.#settle();
    }
  }

  /**
   * Removes what is of no use, once the segment that all goes on in is sure to be there: else a loss of power could take
   * both, and the last sequence with them.
   */
  #settle(): void {
    const { disk, sync } = this.options;
    const file = this.#index.segments.at(-1)?.file;
    if (sync === 'always' || file === undefined || file.startSynced) return this.#removeRemaining();
    if (this.#settling) return;
    this.#settling = true;
    disk.syncInBackground(file.path, (error) => {
      this.#settling = false;
      if (error !== undefined || this.#closed) return;
      file.startSynced = true;
      this.#removeRemaining();
    });
  }

  abandon(segment: Segment): void {
    this.letGo(segment);
    if (segment.spoilt) this.#remaining.push(segment);
  }

  giveUp(segments: readonly Segment[], last: Segment | undefined): void {
    for (const segment of [...segments, ...this.notes]) this.unlink(segment);
    this.notes = [];
    if (last === undefined) return;
    last.overlong = true;
    // As long as it is there, what says that its end was given up has to stay.
    last.holes++;
    removeQuietly(this.options.disk, (last.file as SegmentFile).indexPath);
    last.indexed = false;
    this.rewrite(last);
  }

  /** Whether a removal that stands in this segment still counts, because what it removes is still written in an older one. */
  noteReach(segment: Segment, first = segment.noteFrom, last = segment.base - 1): boolean {
    if (first > last) return false;
    const reaches = (other: Segment): boolean =>
      other.number < segment.number &&
      other.holes > 0 &&
      other.base <= last &&
      (other.lastSequence >= first || other.overlong);
    return this.#index.segments.some(reaches) || this.notes.some(reaches) || this.#remaining.some(reaches);
  }

  /** Files whose removals count no more go. */
  sweepNotes(): void {
    // The older ones first, since a newer one may be there for them alone.
    for (const segment of this.notes.toSorted((one, other) => one.number - other.number)) {
      if (this.noteReach(segment)) continue;
      this.notes = this.notes.filter((other) => other !== segment);
      this.unlink(segment);
    }
  }

  /** Nothing of the segment is wanted in memory any more, and another file may take the place of its own. */
  letGo(segment: Segment): void {
    const file = segment.file as SegmentFile;
    this.options.cache.release(segment);
    this.#unsynced.delete(file);
    file.closeHandle();
  }

  unlink(segment: Segment): void {
    const file = segment.file as SegmentFile;
    this.letGo(segment);
    if (file.size === 0 && !segment.spoilt) return;
    try {
      file.remove();
      if (segment.indexed) removeQuietly(this.options.disk, file.indexPath);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return;
      segment.holes++;
      this.#remaining.push(segment);
      this.options.warn(`a file could not be removed: ${storeError(error, file.path).message}`);
    }
  }

  #removeRemaining(): void {
    const remaining = this.#remaining;
    this.#remaining = [];
    for (const segment of remaining) this.unlink(segment);
    this.sweepNotes();
  }

  /** Sees to it that what was written so far survives a loss of power, without waiting for it. */
  syncInBackground(): void {
    const paths = [...this.#unsynced].filter((file) => file.size > 0).map((file) => file.path);
    this.#unsynced.clear();
    for (const path of paths) {
      this.options.disk.syncInBackground(path, (error) => {
        if (error !== undefined && codeOf(error) !== 'ENOENT') this.options.warn(storeError(error, path).message);
      });
    }
  }

  close(): void {
    for (const file of this.#unsynced) if (file.size > 0) file.sync();
    this.#unsynced.clear();
    this.#letGo();
  }

  destroy(): void {
    this.#letGo();
  }

  #letGo(): void {
    this.#closed = true;
    for (const segment of [...this.#index.segments, ...this.notes, ...this.#remaining]) this.letGo(segment);
  }

  #path(segment: Segment): string {
    return (segment.file as SegmentFile).path;
  }
}

/** Overwrites subject and body of a record, which stays as long as it was. */
function blot(image: Image, at: number, segment: Segment): void {
  const { words, bytes } = image;
  const length = lengthAt(words, at, bytes.length);
  if (length === 0) return;
  const word = at >> 2;
  words[word + 6] = ((words[word + 6] as number) & ~(15 << 20)) | (KIND.erased << 20);
  bytes.fill(0, at + HEAD_BYTES, at + length);
  words[word] = check(words, word + 1, (at + length) >> 2, segment.salt);
}

function rangesText(ranges: readonly SequenceRange[]): string {
  if (ranges.length === 0) return '';
  const texts = ranges.map(({ first, last }) => (first === last ? `${first}` : `${first} to ${last}`));
  return `; lost: ${texts.join(', ')}`;
}
