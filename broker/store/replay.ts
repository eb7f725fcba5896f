import { Segment } from './segment.ts';
import type { MessageIndex } from './message-index.ts';
import type { SegmentFile } from './segment-file.ts';

/**
 * A segment that was begun when its base was to come next; what earlier ones have above that was given up. Those that begin
 * there or above have nothing left, and would be out of order: they go to `outlived`.
 */
export function startSegment(index: MessageIndex, file: SegmentFile, base: number, outlived: Segment[]): Segment {
  if (base <= index.last) {
    for (const segment of index.segments) if (segment.lastSequence >= base) segment.overlong = true;
    index.cut(base - 1);
  }
  index.last = base - 1;
  if (index.messages === 0) index.first = base;
  for (let last = index.segments.at(-1); last !== undefined && last.base >= base; last = index.segments.at(-1)) {
    outlived.unshift(last);
    index.segments.pop();
  }
  const segment = new Segment(file.head.number, base, file.salt);
  segment.file = file;
  index.segments.push(segment);
  return segment;
}

export function removeRange(index: MessageIndex, first: number, last: number): void {
  for (let sequence = index.next(first); sequence !== 0 && sequence <= last; sequence = index.next(sequence + 1)) {
    const segment = index.segmentOf(sequence) as Segment;
    index.drop(segment, segment.slotOf(sequence));
  }
}
