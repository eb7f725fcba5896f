import { HEAD_BYTES, Image, lengthAt, padded } from './record.ts';
import { Segment } from './segment.ts';
import type { Upkeep } from './backing.ts';
import type { MessageIndex } from './message-index.ts';

/**
 * What a log in memory does when nobody waits for it: neighbouring segments of which half is gone become one that has room
 * for what is left, and no more.
 */
export class MemoryUpkeep implements Upkeep {
  readonly #index: MessageIndex;
  readonly #segmentBytes: number;

  constructor(index: MessageIndex, segmentBytes: number) {
    this.#index = index;
    this.#segmentBytes = segmentBytes;
  }

  run(budgetMs: number): boolean {
    const end = performance.now() + budgetMs;
    do {
      const at = this.#index.segments.findIndex((_, position) => this.#isDue(position));
      if (at < 0) return false;
      this.#merge(at);
    } while (performance.now() < end);
    return true;
  }

  close(): void {}

  /** Nothing is appended to it any more, and half of it is gone. */
  #isDue(position: number): boolean {
    const { segments } = this.#index;
    const segment = segments[position];
    return segment !== undefined && position < segments.length - 1 && isSparse(segment);
  }

  #merge(at: number): void {
    const { segments } = this.#index;
    const sources: Segment[] = [];
    let bytes = 0;
    for (let position = at; this.#isDue(position); position++) {
      const source = segments[position] as Segment;
      const more = bytesOf(source);
      if (sources.length > 0 && bytes + more > this.#segmentBytes / 2) break;
      bytes += more;
      sources.push(source);
    }
    segments.splice(at, sources.length, merged(sources, bytes));
  }
}

/** A message's record has a larger head than it counts for, and what fills it up. */
function isSparse({ committed, end, holes, live, liveBytes }: Segment): boolean {
  return committed === end && live > 0 && holes > 0 && (holes >= live || liveBytes + 2 * HEAD_BYTES * live < end / 2);
}

/** Of the records of its messages. */
function bytesOf(segment: Segment): number {
  const { count, end, image, offsets } = segment;
  let sum = 0;
  for (let slot = segment.liveFrom(0); slot < count; slot = segment.liveFrom(slot + 1)) {
    sum += lengthAt(image.words, offsets[slot] as number, end);
  }
  return sum;
}

function merged(sources: readonly Segment[], bytes: number): Segment {
  const first = sources[0] as Segment;
  const last = sources.at(-1) as Segment;
  const target = new Segment(first.number, first.base, first.salt);
  target.image = new Image(padded(bytes));
  for (const source of sources) {
    const { count, end, image, nexts, offsets, previouses, sizes, subjects } = source;
    for (let slot = source.liveFrom(0); slot < count; slot = source.liveFrom(slot + 1)) {
      const from = offsets[slot] as number;
      const to = target.end;
      const length = lengthAt(image.words, from, end);
      image.bytes.copy(target.image.bytes, to, from, from + length);
      const sequence = source.sequenceOf(slot);
      target.push(sequence, subjects[slot] as number, to, sizes[slot] as number, previouses[slot] as number);
      target.nexts[target.count - 1] = nexts[slot] as number;
      target.end = to + length;
    }
  }
  target.committed = target.end;
  target.seal({ last: last.sealedLast, lastTime: last.sealedTime });
  return target;
}
