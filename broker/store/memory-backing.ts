import { SEGMENT_BYTES } from '../limits.ts';
import { Image, NO_IMAGE, padded } from './record.ts';
import { Segment } from './segment.ts';
import type { Backing, RecordPlace } from './backing.ts';
import type { Damage } from './message-log.ts';

const IMAGE_BYTES_MIN = 16 * 1024;

/** Keeps all bytes in memory, and nothing of them when they are gone. */
export class MemoryBacking implements Backing {
  readonly durable = false;
  readonly segmentBytes: number;
  readonly damage: Damage[] = [];
  readonly #place: RecordPlace = { image: NO_IMAGE, at: 0 };

  constructor(segmentBytes: number = SEGMENT_BYTES) {
    this.segmentBytes = segmentBytes;
  }

  begin(base: number): Segment {
    return new Segment(0, base, 0);
  }

  makeRoom(segment: Segment, bytes: number): void {
    growImage(segment, bytes, this.segmentBytes);
  }

  locate(segment: Segment, slot: number): RecordPlace {
    this.#place.image = segment.image;
    this.#place.at = segment.offsets[slot] as number;
    return this.#place;
  }

  erase(segment: Segment, slot: number): void {
    const start = segment.offsets[slot] as number;
    segment.image.bytes.fill(0, start, start + (segment.sizes[slot] as number));
  }

  commit(): void {}

  drop(segment: Segment): void {
    segment.image = NO_IMAGE;
  }

  giveUp(): void {}

  close(): void {}

  destroy(): void {}
}

/** Room for so many bytes more behind the end: little for little streams, and at once what a segment may need for others. */
export function growImage(segment: Segment, bytes: number, segmentBytes: number): void {
  const { image, origin, end } = segment;
  const kept = end - origin;
  if (kept + bytes <= image.bytes.length) return;
  const usual = Math.min(Math.max(IMAGE_BYTES_MIN, 4 * image.bytes.length), Math.max(segmentBytes - origin, 0));
  const larger = new Image(padded(Math.max(usual, kept + bytes)));
  image.bytes.copy(larger.bytes, 0, 0, kept);
  segment.image = larger;
}
