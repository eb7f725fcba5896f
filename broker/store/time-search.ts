import { timeAt } from './record.ts';
import type { Backing } from './backing.ts';
import type { MessageIndex } from './message-index.ts';
import type { Time } from './message-log.ts';
import type { Segment } from './segment.ts';

/** Finds messages by their time, which stands in their records and never goes down. */
export class TimeSearch {
  readonly #index: MessageIndex;
  readonly #backing: Backing;
  readonly #time: Time = { seconds: 0, nanos: 0 };

  constructor(index: MessageIndex, backing: Backing) {
    this.#index = index;
    this.#backing = backing;
  }

  /** Undefined: there is no such message, or it cannot be read. */
  timeOf(sequence: number, into: Time): Time | undefined {
    const segment = this.#index.segmentOf(sequence);
    const slot = segment?.slotOf(sequence) ?? -1;
    return segment === undefined || slot < 0 ? undefined : this.#timeAt(segment, slot, into);
  }

  sequenceAt(time: Readonly<Time>): number {
    const segments = this.#index.segments.filter((segment) => segment.live > 0);
    // The last segment whose first message is older has the border in it, or just behind it.
    let low = 0;
    let high = segments.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const segment = segments[middle] as Segment;
      if (this.#older(segment, segment.liveFrom(0), time)) low = middle + 1;
      else high = middle;
    }
    const segment = segments[low - 1];
    if (segment !== undefined) {
      const slot = this.#slotAt(segment, time);
      if (slot < segment.count) return segment.sequenceOf(slot);
    }
    const next = segments[low];
    return next === undefined ? this.#index.last + 1 : next.sequenceOf(next.liveFrom(0));
  }

  #slotAt(segment: Segment, time: Readonly<Time>): number {
    let low = 0;
    let high = segment.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const slot = segment.liveFrom(middle);
      if (slot < high && this.#older(segment, slot, time)) low = slot + 1;
      else high = middle;
    }
    return segment.liveFrom(low);
  }

  /** What cannot be read counts as older, so that those behind it are still found. */
  #older(segment: Segment, slot: number, time: Readonly<Time>): boolean {
    const found = this.#timeAt(segment, slot, this.#time);
    if (found === undefined) return true;
    return found.seconds < time.seconds || (found.seconds === time.seconds && found.nanos < time.nanos);
  }

  #timeAt(segment: Segment, slot: number, into: Time): Time | undefined {
    const place = this.#backing.locate(segment, slot);
    if (place === undefined) return undefined;
    timeAt(place.image.words, place.at, into);
    return into;
  }
}
