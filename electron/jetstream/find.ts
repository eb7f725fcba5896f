/** Looking through the messages of a stream, by subject and by content, in the thread of the connection. */

import type { FindParams, FindProgress, StoredRow } from '../bridge/contract.ts';
import { batchMessagesMax, findPayloadBytesMax, findTellMs } from './limits.ts';
import { getBatch, storedRow } from './stored-messages.ts';
import type { Asking, Stored, Way } from './stored-messages.ts';

/** Rows after which what was found is told at once: a screenful appears without waiting for its time. */
const rowsTellMax = 200;
/** Where a server gives one message at a time, a batch must not keep the window waiting. */
const singleBatchMax = 32;

/** @param last sequence up to which it looks */
export async function* find(asking: Asking, way: Way, params: FindParams, last: number): AsyncIterable<FindProgress> {
  const { stream, subject, limit } = params;
  const matches = contentMatcher(params.content);
  const size = way.direct && way.batches ? batchMessagesMax : singleBatchMax;
  let rows: StoredRow[] = [];
  let scanned = 0;
  let found = 0;
  let at = params.from - 1;
  let toldAt = performance.now();
  const progress = (end?: FindProgress['end']): FindProgress => {
    const item = { rows, at, last, scanned, found, ...(end === undefined ? {} : { end }) };
    rows = [];
    toldAt = performance.now();
    return item;
  };
  while (at < last) {
    const { messages, pending } = await getBatch(asking, stream, way, at + 1, subject, size);
    for (const message of messages) {
      // What was stored since is of another look.
      if (message.sequence > last) break;
      at = message.sequence;
      scanned++;
      if (matches !== null && !matches(message)) continue;
      rows.push(storedRow(message));
      if (++found === limit) {
        yield progress('limit');
        return;
      }
    }
    if (messages.length === 0 || pending === 0 || (messages.at(-1)?.sequence ?? 0) > last) break;
    if (performance.now() - toldAt >= findTellMs || rows.length >= rowsTellMax) yield progress();
  }
  at = last;
  yield progress('all');
}

/** Null for no text: everything matches. */
export function contentMatcher(content: string): ((message: Stored) => boolean) | null {
  if (content === '') return null;
  const wanted = content.toLowerCase();
  const holds = (text: string): boolean => text.toLowerCase().includes(wanted);
  return ({ subject, headers, payload }) =>
    holds(subject) ||
    headers.some(({ name, value }) => holds(name) || holds(value)) ||
    holds(
      Buffer.from(payload.buffer, payload.byteOffset, Math.min(payload.length, findPayloadBytesMax)).toString('utf8'),
    );
}
