import type { MessageLog } from '../../../store/message-log.ts';
import { headersOf } from '../message-text.ts';
import { readPublishHeaders } from '../publish-headers.ts';
import type { StreamConfig } from '../stream-config.ts';
import { batchSequence } from './atomic-batches.ts';

/**
 * The first message of an atomic batch that the log ends with, and whose end is not there, because the broker ended while
 * it was written down; 0: there is none.
 */
export function unfinishedFrom(log: MessageLog, { allow_atomic: allowed, mirror }: StreamConfig): number {
  const { lastSequence } = log.state;
  if (allowed !== true || mirror !== undefined || !log.has(lastSequence)) return 0;
  const last = partAt(log, lastSequence);
  if (last === undefined || last.ends) return 0;
  const first = lastSequence - last.sequence + 1;
  for (let at = lastSequence - 1; at >= first; at--) {
    // Those in front may be gone because of limits.
    if (!log.has(at)) continue;
    const part = partAt(log, at);
    if (part === undefined || part.ends || part.id !== last.id || part.sequence !== at - first + 1) return 0;
  }
  return Math.max(first, 1);
}

/** A message that was published as a part of a batch; what came from elsewhere may have such headers, too. */
function partAt(log: MessageLog, sequence: number): { id: string; sequence: number; ends: boolean } | undefined {
  const message = log.read(sequence);
  if (message === undefined || message.headerBytes === 0) return undefined;
  const headers = readPublishHeaders(headersOf(message));
  const { batchId: id, streamSource, scheduler } = headers;
  const number = batchSequence(headers.batchSequence);
  if (!id || number === undefined || streamSource !== undefined || scheduler !== undefined) return undefined;
  return { id, sequence: number, ends: headers.batchCommit !== undefined };
}
