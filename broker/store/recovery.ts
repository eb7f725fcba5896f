import { readFile, removeQuietly, storeError } from './disk.ts';
import { FILE_HEAD_BYTES } from './file-head.ts';
import { StoreError } from './message-log.ts';
import { HEAD_BYTES, KIND, kindAt, soundAt, subjectBytesAt, timeAt } from './record.ts';
import { FRESH_SUFFIX, INDEX_SUFFIX, SEGMENT_SUFFIX, SegmentFile, segmentPath } from './segment-file.ts';
import { removeRange, startSegment } from './replay.ts';
import { readIndex } from './segment-index.ts';
import type { FileBacking } from './file-backing.ts';
import type { MessageIndex } from './message-index.ts';
import type { SequenceRange } from './message-log.ts';
import type { Image } from './record.ts';
import type { Segment } from './segment.ts';
import type { FileContent } from './segment-file.ts';

/** What messages count for beyond their bytes, with and without headers. */
const OVERHEAD_BYTES = 30;
const HEADER_OVERHEAD_BYTES = 4;

/**
 * Builds the index of a log from its files, in their order: each message as it was appended, each removal after it. Files
 * with a good index beside them are not read. Returns segments that hold nothing of use any more.
 */
export function recover(index: MessageIndex, backing: FileBacking): Segment[] {
  const numbers = segmentNumbers(backing);
  let through = 0;
  for (const number of numbers) {
    const file = SegmentFile.open(backing.options, number);
    backing.nextNumber = number + 1;
    if (file === undefined) {
      setAside(backing, number);
      continue;
    }
    if (number <= through) {
      // A crash came between this file's becoming part of another one and its removal.
      removeQuietly(backing.options.disk, file.indexPath);
      removeQuietly(backing.options.disk, file.path);
      continue;
    }
    through = file.head.through;
    const last = number === numbers.at(-1);
    if (last || !readIndex(index, backing, file)) scan(index, backing, file, last);
  }
  const active = index.segments.at(-1);
  if (active === undefined || !isAppendable(active, backing)) {
    active?.seal(index);
    index.segments.push(backing.begin(index.last + 1, index.lastTime));
  }
  const empty = index.segments.filter((segment, i) => segment.live === 0 && i < index.segments.length - 1);
  index.segments = index.segments.filter((segment) => !empty.includes(segment));
  return [...backing.outlived.splice(0), ...empty].sort((one, other) => one.number - other.number);
}

/** Numbers of the files that are there, in order. What a crash left half done goes. */
function segmentNumbers({ options: { disk, folder } }: FileBacking): number[] {
  const numbers = [];
  const names = disk.list(folder).map((entry) => entry.name);
  for (const name of names) {
    if (name.endsWith(FRESH_SUFFIX) || name.endsWith('.new')) removeQuietly(disk, `${folder}/${name}`);
    else if (name.endsWith(SEGMENT_SUFFIX)) numbers.push(Number(name.slice(0, -SEGMENT_SUFFIX.length)));
    else if (name.endsWith(INDEX_SUFFIX) && !names.includes(name.replace(INDEX_SUFFIX, SEGMENT_SUFFIX))) {
      removeQuietly(disk, `${folder}/${name}`);
    }
  }
  const strange = numbers.find((number) => !Number.isSafeInteger(number) || number < 1);
  if (strange !== undefined) throw new StoreError('foreign', `"${folder}" has files in it that are not of a stream`);
  return numbers.sort((one, other) => one - other);
}

/** A file that cannot be made out is kept for whoever wants to look at it, but not looked at again. */
function setAside(backing: FileBacking, number: number): void {
  const { disk, folder } = backing.options;
  const path = segmentPath(folder, number, SEGMENT_SUFFIX);
  if ((readFile(disk, path)?.length ?? 0) < FILE_HEAD_BYTES) {
    // A crash came when it was made, before anything in it was committed.
    removeQuietly(disk, path);
    return;
  }
  backing.report(path, 0, 'a file whose head does not hold; it is set aside', []);
  try {
    disk.rename(path, `${path}.damaged`);
  } catch (error) {
    throw storeError(error, path);
  }
}

function isAppendable(segment: Segment, { segmentBytes, options }: FileBacking): boolean {
  const file = segment.file as SegmentFile;
  if (file.plain && options.key !== undefined) return false;
  return !segment.damaged && !segment.spoilt && !file.packed && segment.end < segmentBytes;
}

/** Reads a file record by record. The tail of the last one is cut off where it is torn. */
function scan(index: MessageIndex, backing: FileBacking, file: SegmentFile, last: boolean): void {
  let content: FileContent;
  try {
    content = file.readAll();
  } catch (error) {
    throw storeError(error, file.path);
  }
  for (const at of content.spoilt) backing.report(file.path, at, 'bytes that cannot be opened', []);
  const { image, length } = content;
  const segment = new SegmentScan(index, backing, file).read(image, length);
  if (content.spoilt.length > 0) segment.damaged = true;
  const end = file.plain ? FILE_HEAD_BYTES + segment.end : Math.max(FILE_HEAD_BYTES, file.soundSize);
  if (!last) segment.seal(index);
  if (end >= file.size) return;
  backing.report(file.path, end, `${file.size - end} bytes at the end that are no whole record, cut off`, []);
  if (!last) {
    segment.spoilt = true;
    return;
  }
  try {
    file.cutTo(end);
  } catch {
    segment.spoilt = true;
  }
}

class SegmentScan {
  readonly #index: MessageIndex;
  readonly #backing: FileBacking;
  readonly #file: SegmentFile;

  constructor(index: MessageIndex, backing: FileBacking, file: SegmentFile) {
    this.#index = index;
    this.#backing = backing;
    this.#file = file;
  }

  read(image: Image, length: number): Segment {
    const index = this.#index;
    const { salt } = this.#file;
    let segment: Segment | undefined;
    let at = 0;
    while (at < length) {
      const size = soundAt(image.words, at, length, salt);
      if (size > 0) {
        segment ??= this.#begin(image, at);
        this.#apply(segment, image, at);
        at += size;
        segment.end = at;
        continue;
      }
      const next = nextSound(image.words, at + 8, length, salt);
      if (next === 0) break;
      const before = index.last;
      segment ??= this.#begin(image, next);
      segment.damaged = true;
      this.#backing.report(this.#file.path, at, 'records that do not hold', lostBetween(before, image, next));
      at = next;
    }
    segment ??= this.#begin(undefined, 0);
    segment.committed = segment.end;
    segment.origin = segment.end;
    return segment;
  }

  #begin(image: Image | undefined, at: number): Segment {
    const index = this.#index;
    let base = index.last + 1;
    if (image !== undefined) {
      const sequence = image.doubles[(at >> 3) + 1] as number;
      const kind = kindAt(image.words, at);
      if (kind === KIND.start) base = sequence + 1;
      else if (kind === KIND.message && sequence > index.last) base = sequence;
    }
    const segment = startSegment(index, this.#file, base, this.#backing.outlived);
    segment.end = 0;
    return segment;
  }

  #apply(segment: Segment, image: Image, at: number): void {
    const index = this.#index;
    const { words, doubles, bytes } = image;
    const sequence = doubles[(at >> 3) + 1] as number;
    switch (kindAt(words, at)) {
      case KIND.message: {
        if (sequence <= index.last) return;
        const subjectBytes = subjectBytesAt(words, at);
        const start = at + HEAD_BYTES;
        const { subjects } = index;
        const hash = subjects.hashOf(bytes, start, start + subjectBytes);
        const subject = subjects.take(bytes, start, start + subjectBytes, hash);
        const headerBytes = words[(at >> 2) + 7] as number;
        const overhead = OVERHEAD_BYTES + (headerBytes > 0 ? HEADER_OVERHEAD_BYTES : 0);
        const bodyBytes = (words[(at >> 2) + 1] as number) >>> 0;
        index.add(segment, sequence, subject, at, overhead + subjectBytes + bodyBytes);
        timeAt(words, at, index.lastTime);
        return;
      }
      case KIND.remove: {
        const last = (words[(at >> 2) + 1] as number) === 0 ? sequence : (doubles[(at + HEAD_BYTES) >> 3] as number);
        segment.notes.push(sequence, last);
        segment.notesCommitted = segment.notes.length;
        segment.noteFrom = Math.min(segment.noteFrom, sequence);
        removeRange(index, sequence, last);
        return;
      }
      case KIND.erased:
      case KIND.skip:
        if (sequence < index.last) return;
        index.last = sequence;
        if (index.messages === 0) index.first = sequence + 1;
        timeAt(words, at, index.lastTime);
        return;
      default:
        timeAt(words, at, index.lastTime);
    }
  }
}

/** Where the next whole record begins; 0: there is none. */
function nextSound(words: Int32Array, from: number, end: number, salt: number): number {
  for (let at = from; at + HEAD_BYTES <= end; at += 8) if (soundAt(words, at, end, salt) > 0) return at;
  return 0;
}

function lostBetween(before: number, image: Image, at: number): SequenceRange[] {
  const kind = kindAt(image.words, at);
  const next = image.doubles[(at >> 3) + 1] as number;
  return kind === KIND.message && next > before + 1 ? [{ first: before + 1, last: next - 1 }] : [];
}
