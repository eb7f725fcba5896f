import { SEGMENT_BYTES } from '../limits.ts';
import { HEAD_BYTES, Image, lengthAt, NO_IMAGE, padded } from './record.ts';
import { Segment } from './segment.ts';
import type { Backing, RecordPlace } from './backing.ts';
import type { Damage } from './message-log.ts';

const IMAGE_BYTES_MIN = 16 * 1024;

/** Keeps all bytes in memory, and nothing of them when they are gone. */
export class MemoryBacking implements Backing {
  readonly durable = false;
  readonly erasesByRewriting = false;
  readonly segmentBytes: number;
  readonly damage: Damage[] = [];
  readonly #place: RecordPlace = { image: NO_IMAGE, at: 0 };

  constructor(segmentBytes: number = SEGMENT_BYTES) {
    this.segmentBytes = segmentBytes;
  }

  begin(base: number): Segment {
    return new Segment(0, base, 0);
  }

  canGoOn(): boolean {
    return true;
  }

  makeRoom(segment: Segment, bytes: number): void {
    segment.image = grownImage(segment, bytes, this.segmentBytes, newImage) ?? segment.image;
  }

  locate(segment: Segment, slot: number): RecordPlace {
    this.#place.image = segment.image;
    this.#place.at = segment.offsets[slot] as number;
    return this.#place;
  }

  erase(segment: Segment, slot: number): void {
    const start = segment.offsets[slot] as number;
    const end = start + lengthAt(segment.image.words, start, segment.end);
    segment.image.bytes.fill(0, start + HEAD_BYTES, end);
  }

  commit(dirty: readonly Segment[]): void {
    for (const segment of dirty) segment.committed = segment.end;
  }

  commitAlone(segment: Segment): void {
    segment.committed = segment.end;
  }

  drop(segment: Segment): void {
    segment.image = NO_IMAGE;
  }

  abandon(): void {}

  giveUp(): void {}

  close(): void {}

  destroy(): void {}
}

function newImage(size: number): Image {
  return new Image(size);
}

/**
 * An image with room for so many bytes more behind the end; undefined: there is room. Little for little streams, and soon
 * all that a segment may need for others.
 */
export function grownImage(
  segment: Segment,
  bytes: number,
  segmentBytes: number,
  create: (size: number) => Image,
  least = IMAGE_BYTES_MIN,
): Image | undefined {
  const { image, origin, end } = segment;
  const kept = end - origin;
  if (kept + bytes <= image.bytes.length) return undefined;
  const usual = Math.min(Math.max(least, 4 * image.bytes.length), Math.max(segmentBytes - origin, 0));
  const larger = create(padded(Math.max(usual, kept + bytes)));
  image.bytes.copy(larger.bytes, 0, 0, kept);
  return larger;
}
