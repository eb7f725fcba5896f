import type { Damage, Time } from './message-log.ts';
import type { Image } from './record.ts';
import type { Segment } from './segment.ts';

/** Where a record lies in memory. */
export interface RecordPlace {
  image: Image;
  at: number;
}

/**
 * Where the bytes of a log's segments are kept: in memory alone, or in files with as much of it in memory as is of use. It
 * is told what happens to the index in the order of the calls, and never changes the index by itself.
 */
export interface Backing {
  /** Records carry checks, and what happens to messages is written down as well. */
  readonly durable: boolean;
  /** A segment is closed before it gets longer. */
  readonly segmentBytes: number;
  /** A segment that takes what is appended from now on. */
  begin(base: number, time: Readonly<Time>): Segment;
  /** Whether a segment can take more, although another one was begun behind it. */
  canGoOn(segment: Segment): boolean;
  /** Makes room in memory for so many bytes more at the end of the segment. */
  makeRoom(segment: Segment, bytes: number): void;
  /** Finds the record of a message; undefined: it is spoilt, and that is in `damage` now. The same object each time. */
  locate(segment: Segment, slot: number): RecordPlace | undefined;
  /** Whether overwriting takes a segment that nothing is appended to any more. */
  readonly erasesByRewriting: boolean;
  /** Overwrites a message that was removed; what was written down of it goes at the next `commit`. */
  erase(segment: Segment, slot: number): void;
  /** Makes safe what was put into these segments, which are the last ones, since the last time. Throws a `StoreError`. */
  commit(dirty: readonly Segment[]): void;
  /** The same for a new segment by itself, of which all counts then or nothing. */
  commitAlone(segment: Segment): void;
  /** The segment is none of the log any more; nothing in it is of use. */
  drop(segment: Segment): void;
  /** The same for a segment of which nothing was committed. */
  abandon(segment: Segment): void;
  /** The same for segments that a truncation took, whose removals were said anew. The last one left may have lost its end. */
  giveUp(segments: readonly Segment[], last: Segment | undefined): void;
  readonly damage: Damage[];
  close(): void;
  destroy(): void;
}

/** What a log does behind the back of its index, a little at a time. */
export interface Upkeep {
  /** Returns whether there is more to do. */
  run(budgetMs: number): boolean;
  /** Gives up what it is about. */
  close(): void;
}
