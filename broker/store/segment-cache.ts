import { STORE_CACHE_BYTES, STORE_OPEN_FILES_MAX } from '../limits.ts';
import { Image, NO_IMAGE, padded } from './record.ts';
import type { Segment } from './segment.ts';

/** Images that wait for their next use; more of them are never in hand at once. */
const SPARE_IMAGES_MAX = 2;
/** Whoever was given bytes of a segment a moment ago may still look at them. */
const RECENT_SEGMENTS = 3;

export interface OpenFile {
  closeHandle(): void;
}

/** What all logs of a store have in memory of their files, and the files that are open: both by least recent use. */
export class SegmentCache {
  readonly #bytesMax: number;
  readonly #segments = new Set<Segment>();
  #bytes = 0;
  #clock = 0;
  #spare: Image[] = [];
  readonly #files = new Set<OpenFile>();

  constructor(bytesMax: number = STORE_CACHE_BYTES) {
    this.#bytesMax = bytesMax;
  }

  /** Bytes in memory, used or not. */
  get bytes(): number {
    return this.#bytes;
  }

  touch(segment: Segment): void {
    segment.used = ++this.#clock;
  }

  /** Gives the segment another image; others may have to go for it. */
  put(segment: Segment, image: Image): void {
    this.#bytes += image.bytes.length - segment.image.bytes.length;
    segment.image = image;
    if (image === NO_IMAGE) {
      this.#segments.delete(segment);
      return;
    }
    this.#segments.add(segment);
    this.touch(segment);
    if (this.#bytes > this.#bytesMax) this.#makeRoom();
  }

  /** The segment's bytes are not needed in memory any more. */
  release(segment: Segment): void {
    this.put(segment, NO_IMAGE);
    segment.origin = segment.end;
    segment.loaded = false;
  }

  /** An image with room for so many bytes; what is in it does not matter. */
  image(bytes: number): Image {
    const found = this.#spare.findIndex((image) => image.bytes.length >= bytes && image.bytes.length <= 2 * bytes);
    const spare = found < 0 ? undefined : this.#spare.splice(found, 1)[0];
    return spare ?? new Image(padded(bytes));
  }

  opened(file: OpenFile): void {
    this.#files.delete(file);
    this.#files.add(file);
    if (this.#files.size <= STORE_OPEN_FILES_MAX) return;
    for (const oldest of this.#files) {
      oldest.closeHandle();
      break;
    }
  }

  closed(file: OpenFile): void {
    this.#files.delete(file);
  }

  #makeRoom(): void {
    // A handful of segments of some MiB each: looking through all of them is nothing beside what is let go of.
    const oldest = [...this.#segments].sort((one, other) => one.used - other.used).slice(0, -RECENT_SEGMENTS);
    for (const segment of oldest) {
      if (this.#bytes <= this.#bytesMax) break;
      if (segment.committed < segment.end) continue;
      const { image } = segment;
      this.release(segment);
      if (this.#spare.length < SPARE_IMAGES_MAX) this.#spare.push(image);
    }
  }
}
