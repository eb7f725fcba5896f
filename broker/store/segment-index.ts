import { readFile, storeError, writeAll } from './disk.ts';
import { check, Image, padded } from './record.ts';
import { removeRange, startSegment } from './replay.ts';
import type { FileBacking } from './file-backing.ts';
import type { MessageIndex } from './message-index.ts';
import type { Segment } from './segment.ts';
import type { SegmentFile } from './segment-file.ts';

/**
 * The file beside a segment that spares reading it, in words of four bytes (float64 where said):
 *
 *      0  check, over all behind it, under the salt of the segment
 *      1  version
 *      2  slots; -1 - slots when each has its sequence
 *      3  subjects
 *      4  bytes of the subjects, one behind the other
 *      5  numbers in the list of removals
 *      6  size of the segment's file (float64)
 *      8  base (float64)
 *     10  end (float64)
 *     12  last sequence, that of a skip included (float64)
 *     14  seconds of its time (float64)
 *     16  nanoseconds
 *     18  per slot: offset, size, subject (counted in this file; -1: none); sequence (float64), if it has one
 *         per subject: its length; then the bytes, padded to eight
 *         removals that stand in the segment: first, last (float64)
 *
 * Where there is a key it stands encrypted, as one piece under the key of the segment's file.
 */
const VERSION = 1;
const HEAD_WORDS = 18;

/** Takes a segment's messages from its index file. False: there is none, or it is not good for this segment. */
export function readIndex(index: MessageIndex, backing: FileBacking, file: SegmentFile): boolean {
  const stored = readFile(backing.options.disk, file.indexPath);
  const bytes = stored === undefined ? undefined : file.unseal(stored);
  if (bytes === undefined || bytes.length < 4 * HEAD_WORDS || bytes.length % 8 !== 0) return false;
  const memory = aligned(bytes);
  const words = new Int32Array(memory.buffer, memory.byteOffset, memory.length >> 2);
  const doubles = new Float64Array(memory.buffer, memory.byteOffset, memory.length >> 3);
  if (check(words, 1, words.length, file.salt) !== words[0] || words[1] !== VERSION) return false;
  if (doubles[3] !== file.size) return false;

  const counted = words[2] as number;
  const explicit = counted < 0;
  const count = explicit ? -1 - counted : counted;
  const subjectCount = words[3] as number;
  const heapBytes = words[4] as number;
  const segment = startSegment(index, file, doubles[4] as number, backing.outlived);
  segment.indexed = true;
  let at = HEAD_WORDS;
  const offsets = words.subarray(at, (at += count));
  const sizes = words.subarray(at, (at += count));
  const locals = words.subarray(at, (at += count));
  at += at & 1;
  const sequences = explicit ? doubles.subarray(at >> 1, (at >> 1) + count) : undefined;
  if (explicit) at += 2 * count;
  const lengths = words.subarray(at, (at += subjectCount));
  at += at & 1;

  const { subjects } = index;
  const numbers = new Int32Array(subjectCount).fill(-1);
  const starts = new Int32Array(subjectCount);
  for (let i = 0, start = 4 * at; i < subjectCount; i++) {
    starts[i] = start;
    start += lengths[i] as number;
  }
  segment.fill(offsets, sizes, sequences);
  for (let slot = 0; slot < count; slot++) {
    const local = locals[slot] as number;
    if (local < 0) continue;
    let subject = numbers[local] as number;
    if (subject < 0) {
      const start = starts[local] as number;
      const end = start + (lengths[local] as number);
      subject = subjects.take(memory, start, end, subjects.hashOf(memory, start, end));
      numbers[local] = subject;
    }
    index.revive(segment, slot, subject);
  }
  at += padded(heapBytes) >> 2;
  for (let i = 0; i < (words[5] as number); i += 2) {
    const first = doubles[(at >> 1) + i] as number;
    const last = doubles[(at >> 1) + i + 1] as number;
    segment.noteFrom = Math.min(segment.noteFrom, first);
    removeRange(index, first, last);
  }
  segment.end = doubles[5] as number;
  segment.committed = segment.end;
  segment.origin = segment.end;
  index.last = Math.max(index.last, doubles[6] as number);
  if (index.messages === 0) index.first = index.last + 1;
  index.lastTime.seconds = doubles[7] as number;
  index.lastTime.nanos = words[16] as number;
  return true;
}

/** Writes it; what a disk refuses is no loss. */
export function writeIndex(index: MessageIndex, backing: FileBacking, segment: Segment): void {
  const file = segment.file as SegmentFile;
  const { disk } = backing.options;
  try {
    const bytes = file.seal(encodeIndex(index, segment).bytes);
    const handle = disk.open(file.indexPath, 'create');
    try {
      writeAll(disk, handle, bytes, 0, bytes.length, 0);
    } finally {
      disk.close(handle);
    }
  } catch (error) {
    backing.options.warn(`an index was not written: ${storeError(error, file.indexPath).message}`);
  }
  segment.indexed = true;
  // From now on they are wanted from the file only.
  segment.notes = [];
  segment.notesCommitted = 0;
}

function encodeIndex(index: MessageIndex, segment: Segment): Image {
  const { count, sequences, notes } = segment;
  const { subjects } = index;
  // Subjects in the order in which they are first met.
  const locals = new Int32Array(subjects.numbersEnd).fill(-1);
  const used: number[] = [];
  let heapBytes = 0;
  for (let slot = 0; slot < count; slot++) {
    const subject = segment.subjects[slot] as number;
    if (subject < 0 || locals[subject] !== -1) continue;
    locals[subject] = used.length;
    used.push(subject);
    heapBytes += subjects.length(subject);
  }
  const columnWords = even(HEAD_WORDS + 3 * count) + (sequences === undefined ? 0 : 2 * count);
  const heapWord = even(columnWords + used.length);
  const noteWord = heapWord + (padded(heapBytes) >> 2);
  const image = new Image(4 * (noteWord + 2 * notes.length));
  const { words, doubles, bytes } = image;
  words[1] = VERSION;
  words[2] = sequences === undefined ? count : -1 - count;
  words[3] = used.length;
  words[4] = heapBytes;
  words[5] = notes.length;
  doubles[3] = (segment.file as SegmentFile).size;
  doubles[4] = segment.base;
  doubles[5] = segment.end;
  doubles[6] = segment.sealedLast;
  doubles[7] = segment.sealedTime.seconds;
  words[16] = segment.sealedTime.nanos;
  words.set(new Int32Array(segment.offsets.buffer, 0, count), HEAD_WORDS);
  words.set(new Int32Array(segment.sizes.buffer, 0, count), HEAD_WORDS + count);
  for (let slot = 0, at = HEAD_WORDS + 2 * count; slot < count; slot++) {
    const subject = segment.subjects[slot] as number;
    words[at + slot] = subject < 0 ? -1 : (locals[subject] as number);
  }
  if (sequences !== undefined) doubles.set(sequences.subarray(0, count), even(HEAD_WORDS + 3 * count) >> 1);
  let heap = 4 * heapWord;
  used.forEach((subject, i) => {
    words[columnWords + i] = subjects.length(subject);
    subjects.copy(subject, bytes, heap);
    heap += subjects.length(subject);
  });
  notes.forEach((sequence, i) => {
    doubles[(noteWord >> 1) + i] = sequence;
  });
  words[0] = check(words, 1, words.length, segment.salt);
  return image;
}

function even(words: number): number {
  return words + (words & 1);
}

/** The same bytes where they can be read as words. */
function aligned(bytes: Buffer): Buffer {
  if (bytes.byteOffset % 8 === 0) return bytes;
  const copy = Buffer.from(new ArrayBuffer(bytes.length));
  bytes.copy(copy);
  return copy;
}
