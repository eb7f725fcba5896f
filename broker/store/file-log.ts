import { SEGMENT_BYTES } from '../limits.ts';
import { FileBacking } from './file-backing.ts';
import { FileUpkeep } from './file-upkeep.ts';
import { MessageIndex } from './message-index.ts';
import { recover } from './recovery.ts';
import { SegmentLog } from './segment-log.ts';
import type { MessageLog, SubjectHash } from './message-log.ts';
import type { LogFiles } from './segment-file.ts';

export interface FileLogOptions extends LogFiles {
  readonly hash: SubjectHash;
  /** `always`: what was committed survives a loss of power. `never`: it does after the next `syncInBackground`. */
  readonly sync: 'always' | 'never';
  readonly compress: boolean;
  readonly warn: (text: string) => void;
  /** For tests, to which some MiB are too much. */
  readonly segmentBytes?: number;
}

export interface FileLog {
  readonly log: MessageLog;
  readonly syncInBackground: () => void;
}

/** Opens the log in a folder, which is there; an empty folder is an empty log. Throws a `StoreError`. */
export function openFileLog(options: FileLogOptions): FileLog {
  const index = new MessageIndex(options.hash);
  const backing = new FileBacking({ ...options, segmentBytes: options.segmentBytes ?? SEGMENT_BYTES }, index);
  const empty = recover(index, backing);
  for (const segment of empty) backing.drop(segment);
  const upkeep = new FileUpkeep(index, backing, options.compress);
  return { log: new SegmentLog(index, backing, upkeep), syncInBackground: () => backing.syncInBackground() };
}
