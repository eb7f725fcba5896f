import { check, HEAD_BYTES, Image, KIND, kindAt, lengthAt, NO_IMAGE, padded, timeAt, writeNote } from './record.ts';
import { removeQuietly, storeError } from './disk.ts';
import { Segment } from './segment.ts';
import { SEGMENT_SUFFIX, SegmentFile } from './segment-file.ts';
import type { FileBacking } from './file-backing.ts';
import type { MessageIndex } from './message-index.ts';
import type { Time } from './message-log.ts';

/** Messages that are copied between two looks at the clock. */
const MESSAGES_PER_STEP = 256;
const WRITE_BYTES_PER_STEP = 1024 * 1024;

/**
 * Writes neighbouring segments anew as one, without what is removed, into a file beside them that then takes the place of
 * the first. What is removed meanwhile is still in the new file, but no message of the new segment.
 */
export class Rewriting {
  readonly sources: readonly Segment[];
  readonly #index: MessageIndex;
  readonly #backing: FileBacking;
  readonly #file: SegmentFile;
  readonly #target: Segment;
  /** The one whose place the new file takes: the last one of files with removals alone, since those come after what they remove. */
  readonly #keeper: Segment;
  readonly #erasures: number;
  /** Where the messages of the new segment come from: position among the sources, slot. */
  readonly #origins: number[] = [];

  constructor(index: MessageIndex, backing: FileBacking, sources: readonly Segment[], compress: boolean) {
    this.#index = index;
    this.#backing = backing;
    this.sources = sources;
    const first = sources[0] as Segment;
    const last = sources.at(-1) as Segment;
    this.#keeper = backing.notes.includes(first) ? last : first;
    const { number, base } = this.#keeper;
    this.#file = SegmentFile.createFresh(backing.options, number, last.number, compress);
    this.#target = new Segment(number, base, this.#file.salt);
    this.#target.file = this.#file;
    this.#target.rewritten = true;
    this.#erasures = countErasures(sources);
  }

  /** Goes on a little with each step. Returns whether it came to an end: not when something cannot be read. */
  *copy(): Generator<void, boolean> {
    const target = this.#target;
    const live = this.sources.reduce((sum, segment) => sum + segment.live, 0);
    const liveBytes = this.sources.reduce((sum, segment) => sum + segment.liveBytes, 0);
    const notes = this.sources.reduce((sum, segment) => sum + (segment.noteFrom < segment.base ? segment.end : 0), 0);
    // A record has at most 16 bytes more than what its message counts for.
    target.image = new Image(padded(HEAD_BYTES + liveBytes + 16 * live + notes));
    for (const [position, source] of this.sources.entries()) {
      if (!this.#backing.load(source)) return false;
      if (position === 0) this.#copyStart(source);
      this.#copyNotes(source);
      yield;
      for (let slot = source.liveFrom(0), copied = 0; slot < source.count; slot = source.liveFrom(slot + 1)) {
        if (!this.#copyMessage(source, position, slot)) return false;
        if (++copied % MESSAGES_PER_STEP === 0) yield;
      }
    }
    const last = this.sources.at(-1) as Segment;
    target.sealedLast = last.sealedLast;
    target.sealedTime = last.sealedTime;
    for (let at = 0; at < target.end; at += WRITE_BYTES_PER_STEP) {
      this.#file.append(target.image, at, Math.min(target.end, at + WRITE_BYTES_PER_STEP), at);
      yield;
    }
    return true;
  }

  /** Whether nothing was overwritten meanwhile that may have been copied before. */
  stands(): boolean {
    return countErasures(this.sources) === this.#erasures;
  }

  get path(): string {
    return this.#file.path;
  }

  sync(): void {
    this.#file.sync();
  }

  /** Puts the new segment in the place of the old ones. */
  swap(): void {
    const target = this.#target;
    const { options } = this.#backing;
    for (const source of this.sources) this.#backing.letGo(source);
    this.#file.commit();
    removeQuietly(options.disk, this.#file.indexPath);
    target.file = this.#file.rename(SEGMENT_SUFFIX);
    try {
      options.disk.syncFolder(options.folder);
    } catch (error) {
      // The new file is in its place; going back now would be wrong.
      options.warn(storeError(error, options.folder).message);
    }
    this.#takeOver();
    target.committed = target.end;
    target.origin = target.end;
    target.image = NO_IMAGE;
    options.cache.release(target);
    const { segments } = this.#index;
    const at = segments.indexOf(this.sources[0] as Segment);
    if (at >= 0) segments.splice(at, this.sources.length, target);
    else
      this.#backing.notes.splice(this.#backing.notes.indexOf(this.sources[0] as Segment), this.sources.length, target);
    for (const source of this.sources) if (source !== this.#keeper) this.#backing.unlink(source);
    this.#backing.sweepNotes();
  }

  /** The new file is of no use. */
  giveUp(): void {
    try {
      this.#file.remove();
    } catch {
      // It is looked for again at the next start.
    }
  }

  #copyStart(source: Segment): void {
    const time: Time = { ...this.#index.lastTime };
    if (kindAt(source.image.words, 0) === KIND.start) timeAt(source.image.words, 0, time);
    const target = this.#target;
    target.end = writeNote(target.image, 0, KIND.start, target.base - 1, undefined, time, target.salt);
  }

  /** Removals that concern older files still count. */
  #copyNotes(source: Segment): void {
    if (source.noteFrom >= source.base) return;
    const { words, doubles } = source.image;
    const target = this.#target;
    const base = this.#target.base;
    for (let at = 0; at < source.end;) {
      const length = lengthAt(words, at, source.end);
      if (length === 0) {
        at += 8;
        continue;
      }
      if (kindAt(words, at) === KIND.remove) {
        const first = doubles[(at >> 3) + 1] as number;
        const end = length === HEAD_BYTES ? first : (doubles[(at + HEAD_BYTES) >> 3] as number);
        const last = Math.min(end, base - 1);
        if (first <= last && this.#backing.noteReach(target, first, last)) {
          const time = { seconds: 0, nanos: 0 };
          const body = last === first ? undefined : last;
          target.end = writeNote(target.image, target.end, KIND.remove, first, body, time, target.salt);
          target.notes.push(first, last);
          target.noteFrom = Math.min(target.noteFrom, first);
        }
      }
      at += length;
    }
  }

  #copyMessage(source: Segment, position: number, slot: number): boolean {
    const place = this.#backing.locate(source, slot);
    if (place === undefined) return false;
    const target = this.#target;
    const { image, at } = place;
    const length = lengthAt(image.words, at, image.bytes.length);
    const to = target.end;
    image.bytes.copy(target.image.bytes, to, at, at + length);
    const word = to >> 2;
    target.image.words[word] = check(target.image.words, word + 1, (to + length) >> 2, target.salt);
    target.push(source.sequenceOf(slot), source.subjects[slot] as number, to, source.sizes[slot] as number, 0);
    this.#origins.push(position, slot);
    target.end = to + length;
    return true;
  }

  /** Neighbours as they are now, and what was removed since it was copied. */
  #takeOver(): void {
    const target = this.#target;
    const origins = this.#origins;
    const dead: number[] = [];
    for (let slot = 0, i = 0; i < origins.length; slot++) {
      // Between messages there may be slots without any.
      if ((target.subjects[slot] as number) < 0) continue;
      const source = this.sources[origins[i++] as number] as Segment;
      const from = origins[i++] as number;
      const subject = source.subjects[from] as number;
      target.subjects[slot] = subject;
      if (subject < 0) {
        dead.push(slot);
        continue;
      }
      target.nexts[slot] = source.nexts[from] as number;
      target.previouses[slot] = source.previouses[from] as number;
    }
    for (const slot of dead) target.bury(slot);
    target.resize(target.count);
  }
}

function countErasures(segments: readonly Segment[]): number {
  return segments.reduce((sum, segment) => sum + segment.erasures, 0);
}
