import { storeError } from './disk.ts';
import { StoreError } from './message-log.ts';
import { Rewriting } from './rewriting.ts';
import { writeIndex } from './segment-index.ts';
import type { Upkeep } from './backing.ts';
import type { FileBacking } from './file-backing.ts';
import type { MessageIndex } from './message-index.ts';
import type { Segment } from './segment.ts';

/** So many pieces in a file of an encrypted stream make it slow to read. */
const CHUNKS_MAX = 1024;
/** Files that hold nothing but removals are made one when there are more of them. */
const NOTE_FILES_MAX = 4;
/** A file with removals alone is not worth being written anew up to this size. */
const NOTE_BYTES_MAX = 64 * 1024;

/**
 * What a log on disk does when nobody waits for it: index files for segments that are full, and segments written anew where
 * half of them is gone, where small ones lie side by side, or where they are to be compressed.
 */
export class FileUpkeep implements Upkeep {
  readonly #index: MessageIndex;
  readonly #backing: FileBacking;
  readonly #compress: boolean;
  #rewriting: Rewriting | undefined;
  #steps: Generator<void, boolean> | undefined;
  #closed = false;

  constructor(index: MessageIndex, backing: FileBacking, compress: boolean) {
    this.#index = index;
    this.#backing = backing;
    this.#compress = compress;
    backing.rewrite = (segment) => this.#rewriteNow(segment);
  }

  run(budgetMs: number): boolean {
    if (this.#closed) return false;
    const end = performance.now() + budgetMs;
    do {
      if (!this.#step()) return false;
    } while (performance.now() < end);
    return true;
  }

  close(): void {
    this.#closed = true;
    this.#giveUp();
  }

  #step(): boolean {
    if (this.#steps !== undefined) {
      this.#advance();
      return true;
    }
    // It waits for the disk, and goes on by itself.
    if (this.#rewriting !== undefined) return false;
    const { segments } = this.#index;
    const unindexed = segments.find((segment, i) => !segment.indexed && isFull(segment) && isPast(segments[i + 1]));
    if (unindexed !== undefined) {
      writeIndex(this.#index, this.#backing, unindexed);
      return true;
    }
    // What is to be overwritten has to stay where it is until then.
    const sources = this.#backing.erasing ? undefined : this.#due();
    if (sources === undefined) return false;
    this.#rewriting = new Rewriting(this.#index, this.#backing, sources, this.#compress);
    this.#steps = this.#rewriting.copy();
    return true;
  }

  #advance(): void {
    const rewriting = this.#rewriting as Rewriting;
    try {
      if (!this.#stands(rewriting)) return this.#giveUp();
      const step = this.#steps?.next();
      if (step?.done !== true) return;
      this.#steps = undefined;
      if (!step.value) {
        for (const source of rewriting.sources) source.damaged = true;
        return this.#giveUp();
      }
      this.#backing.options.disk.syncInBackground(rewriting.path, (error) => {
        if (this.#rewriting !== rewriting) return;
        if (error === undefined && this.#stands(rewriting)) this.#swap(rewriting);
        else this.#giveUp();
      });
    } catch (error) {
      this.#failed(rewriting, error);
    }
  }

  /** Whether the segments that are written anew are still those of the log. */
  #stands(rewriting: Rewriting): boolean {
    const { sources } = rewriting;
    const list = this.#index.segments.includes(sources[0] as Segment) ? this.#index.segments : this.#backing.notes;
    const at = list.indexOf(sources[0] as Segment);
    return at >= 0 && sources.every((source, i) => list[at + i] === source) && rewriting.stands();
  }

  #swap(rewriting: Rewriting): void {
    this.#rewriting = undefined;
    try {
      rewriting.swap();
    } catch (error) {
      this.#failed(rewriting, error);
    }
  }

  #giveUp(): void {
    this.#rewriting?.giveUp();
    this.#rewriting = undefined;
    this.#steps = undefined;
  }

  /** A disk without room for it may have some later: it is tried again once something else has changed. */
  #failed(rewriting: Rewriting, error: unknown): void {
    this.#rewriting = rewriting;
    this.#giveUp();
    for (const source of rewriting.sources) source.retryAt = Date.now() + 10_000;
    this.#backing.options.warn(`segments were not written anew: ${storeError(error, rewriting.path).message}`);
  }

  /** At once, since something in it must not stay. */
  #rewriteNow(segment: Segment): void {
    if (this.#rewriting?.sources.includes(segment) === true) this.#giveUp();
    const rewriting = new Rewriting(this.#index, this.#backing, [segment], this.#compress);
    const steps = rewriting.copy();
    try {
      let step = steps.next();
      while (step.done !== true) step = steps.next();
      if (!step.value) throw new StoreError('input-output', 'a segment cannot be read');
      rewriting.sync();
      rewriting.swap();
    } catch (error) {
      segment.stale = true;
      this.#failed(rewriting, error);
    }
  }

  /** Neighbours that are worth being written anew as one. */
  #due(): Segment[] | undefined {
    const now = Date.now();
    const { segments } = this.#index;
    const { segmentBytes, notes } = this.#backing;
    const most = segmentBytes / 2;
    for (let i = 0; i < segments.length - 1; i++) {
      const first = segments[i] as Segment;
      if (!isFull(first) || first.damaged || first.retryAt > now) continue;
      const group = [first];
      let bytes = first.liveBytes;
      for (let j = i + 1; j < segments.length - 1; j++) {
        const next = segments[j] as Segment;
        if (
          !isFull(next) ||
          this.#notesBetween(first, next) ||
          next.damaged ||
          next.retryAt > now ||
          bytes + next.liveBytes > most
        )
          break;
        bytes += next.liveBytes;
        group.push(next);
      }
      if (group.length > 1 && (group.some(isSparse) || group.length >= 4)) return group;
      if (isSparse(first) || first.stale || this.#isUnpacked(first)) return [first];
    }
    if (notes.length > NOTE_FILES_MAX && notes.every(({ retryAt }) => retryAt <= now)) return [...notes];
    const long = notes.find(({ end, rewritten, retryAt }) => end > NOTE_BYTES_MAX && !rewritten && retryAt <= now);
    return long === undefined ? undefined : [long];
  }

  /** Files with removals between two segments must stay behind the one and before the other. */
  #notesBetween(first: Segment, last: Segment): boolean {
    return this.#backing.notes.some(({ number }) => number > first.number && number < last.number);
  }

  #isUnpacked({ file }: Segment): boolean {
    if (file === undefined || file.packed) return false;
    // A plain one in a stream with a key is from before it had one.
    const isOpen = file.plain && this.#backing.options.key !== undefined;
    return this.#compress || isOpen || file.chunkCount > CHUNKS_MAX;
  }
}

function isFull({ committed, end }: Segment): boolean {
  return committed === end && end > 0;
}

/** What the segment behind it says of the log's end is safe. */
function isPast(next: Segment | undefined): boolean {
  return next !== undefined && next.committed > 0;
}

function isSparse({ liveBytes, end, holes }: Segment): boolean {
  return holes > 0 && liveBytes < end / 2;
}
