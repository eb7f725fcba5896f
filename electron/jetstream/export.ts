/** Messages of a stream as lines of JSON: each is all of a message, and can be read without the ones around it. */

import { isUtf8 } from 'node:buffer';
import type { ExportParams, ExportProgress } from '../bridge/contract.ts';
import { contentMatcher } from './find.ts';
import { batchMessagesMax, exportPartBytes, findTellMs } from './limits.ts';
import { getBatch } from './stored-messages.ts';
import type { Asking, Stored, Way } from './stored-messages.ts';
import { timeText } from './wire.ts';

const singleBatchMax = 32;

/** Payloads that are text stand as text, others as base64 under another name, so that nobody has to guess. */
export function lineOf(message: Stored): string {
  const { stream, sequence, time, subject, headers, payload } = message;
  const fields: Record<string, string[]> = {};
  for (const { name, value } of headers) (fields[name] ??= []).push(value);
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  return JSON.stringify({
    stream,
    sequence,
    time: timeText(time),
    subject,
    ...(headers.length === 0 ? {} : { headers: fields }),
    ...(isUtf8(bytes) ? { data: bytes.toString('utf8') } : { data_base64: bytes.toString('base64') }),
  });
}

export async function* exportMessages(
  asking: Asking,
  way: Way,
  params: ExportParams,
  bounds: { first: number; last: number },
): AsyncIterable<ExportProgress> {
  const { stream, subject } = params;
  const matches = contentMatcher(params.content);
  const first = Math.max(1, bounds.first, params.from);
  const last = params.to === 0 ? bounds.last : Math.min(bounds.last, params.to);
  const size = way.direct && way.batches ? batchMessagesMax : singleBatchMax;
  let lines: string[] = [];
  let waiting = 0;
  let messages = 0;
  let at = first - 1;
  let toldAt = performance.now();
  const progress = (): ExportProgress => {
    const bytes = new TextEncoder().encode(lines.join(''));
    lines = [];
    waiting = 0;
    toldAt = performance.now();
    return { bytes, at, first, last, messages };
  };
  while (at < last) {
    const { messages: batch, pending } = await getBatch(asking, stream, way, at + 1, subject, size);
    let beyond = batch.length === 0 || pending === 0;
    for (const message of batch) {
      if (message.sequence > last) {
        beyond = true;
        break;
      }
      at = message.sequence;
      if (matches !== null && !matches(message)) continue;
      const line = `${lineOf(message)}\n`;
      lines.push(line);
      waiting += line.length;
      messages++;
      if (waiting >= exportPartBytes) yield progress();
    }
    if (beyond) break;
    if (performance.now() - toldAt >= findTellMs) yield progress();
  }
  at = last;
  yield progress();
}
