import { MemoryBacking } from './memory-backing.ts';
import { MemoryUpkeep } from './memory-upkeep.ts';
import { MessageIndex } from './message-index.ts';
import { SegmentLog } from './segment-log.ts';
import type { MessageLog, SubjectHash } from './message-log.ts';

/** A log that lives in memory only. */
export function createMemoryLog(hash: SubjectHash, segmentBytes?: number): MessageLog {
  const index = new MessageIndex(hash);
  const backing = new MemoryBacking(segmentBytes);
  index.segments.push(backing.begin(1));
  return new SegmentLog(index, backing, new MemoryUpkeep(index, backing.segmentBytes));
}
