import { quoteLatin1 } from '../../base/latin1.ts';
import type { ApiError } from '../api-error.ts';
import { goJson } from './go-json.ts';
import { errorJson } from './info-fields.ts';

/**
 * What publishers are told. Successes are put together of pieces, as nats-server does it (so one blank is there and
 * strings are quoted as Go quotes them, not as JSON); errors are JSON.
 */

/** What stands in front of the sequence; the same for all messages of a stream. `domain`: '' for none. */
export function ackHead(stream: string, domain = ''): string {
  const shown = domain === '' ? '' : `"domain":${quoteLatin1(domain)},`;
  return `{"stream":${quoteLatin1(stream)},${shown}"seq":`;
}

/** What stands behind the sequence, without the closing brace. */
export const DUPLICATE_TAIL = ',"duplicate": true';

/** Of a counter: its value after the message. */
export function counterTail(value: string): string {
  return `,"val":${quoteLatin1(value)}`;
}

/** Of a batch: its id and how many messages of it were stored. */
export function batchTail(id: string, count: number): string {
  return `,"batch":${quoteLatin1(id)},"count":${count}`;
}

/** The answer for a message that was not stored, which names no domain. `sequence`: where there is one that explains it. */
export function refusedAck(error: ApiError, stream: string, sequence = 0): string {
  return goJson({ error: errorJson(error), stream, seq: sequence });
}
