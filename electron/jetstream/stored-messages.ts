/**
 * Messages of streams as they lie there: by direct get where the stream allows it, else by STREAM.MSG.GET. No consumer
 * is ever made for it.
 */

import type { HeaderField, StoredMessage, StoredRow } from '../bridge/contract.ts';
import type { JetStreamApi, Reply } from '../jetstream-api/client.ts';
import { JetStreamError, messageNotFound } from '../jetstream-api/errors.ts';
import { parseHeaders } from '../message-headers.ts';
import { compare, summarize } from '../payload/fields.ts';
import { batchBytesMax, batchMessagesMax, singleGetsMax } from './limits.ts';
import { microseconds, timeText } from './wire.ts';

/** How a stream's messages can be asked for. */
export interface Way {
  /** `allow_direct` of the stream. */
  direct: boolean;
  /** Batches of direct gets: nats-server 2.11. */
  batches: boolean;
}

export interface Asking {
  api: JetStreamApi;
  account: string | undefined;
  signal?: AbortSignal | undefined;
}

/** A message with the bytes it has. */
export type Stored = StoredMessage;

/** Headers that a direct get puts behind those of the message. */
const placeHeaders = new Set([
  'Nats-Stream',
  'Nats-Subject',
  'Nats-Sequence',
  'Nats-Time-Stamp',
  'Nats-Num-Pending',
  'Nats-Last-Sequence',
]);
const encoder = new TextEncoder();
const statusEndOfBatch = 204;
const statusNotFound = 404;
const statusBadRequest = 408;
const httpNotFound = 404;

interface DirectReply {
  message: Stored;
  /** Messages behind it that match; absent outside of a batch. */
  pending: number | null;
}

/** Throws `jetstream-unreadable` when the answer says no place. */
function directReply(reply: Reply): DirectReply {
  const place = new Map<string, string>();
  const own: HeaderField[] = [];
  // From behind: a message that was republished has headers of the same names of its own.
  for (const field of reply.fields.toReversed()) {
    if (placeHeaders.has(field.name) && !place.has(field.name)) place.set(field.name, field.value);
    else own.unshift(field);
  }
  const sequence = Number(place.get('Nats-Sequence'));
  if (!Number.isSafeInteger(sequence) || sequence < 1) {
    throw new JetStreamError('jetstream-unreadable', 'A direct get was answered without the sequence of the message.');
  }
  const pending = place.get('Nats-Num-Pending');
  return {
    message: {
      stream: place.get('Nats-Stream') ?? '',
      sequence,
      time: microseconds(place.get('Nats-Time-Stamp')),
      subject: place.get('Nats-Subject') ?? '',
      headers: own,
      ...(reply.error === undefined ? {} : { headersError: reply.error }),
      headerBytes: headerBytesOf(own),
      payload: reply.payload,
      payloadBytes: reply.payload.length,
      by: 'direct get',
    },
    pending: pending === undefined ? null : Number(pending),
  };
}

/** As they were stored: first line, a line for each, blank line. */
function headerBytesOf(fields: readonly HeaderField[]): number {
  if (fields.length === 0) return 0;
  return fields.reduce(
    (sum, { name, value }) => sum + Buffer.byteLength(name) + Buffer.byteLength(value) + 4,
    'NATS/1.0\r\n\r\n'.length,
  );
}

interface WireMessage {
  subject: string;
  seq: number;
  hdrs?: string;
  data?: string;
  time: string;
}

function plainReply(stream: string, { subject, seq, hdrs, data, time }: WireMessage): Stored {
  const block = hdrs === undefined ? new Uint8Array(0) : new Uint8Array(Buffer.from(hdrs, 'base64'));
  const { fields, error } = parseHeaders(block);
  const payload = data === undefined ? new Uint8Array(0) : new Uint8Array(Buffer.from(data, 'base64'));
  return {
    stream,
    sequence: seq,
    time: microseconds(time),
    subject,
    headers: fields,
    ...(error === undefined ? {} : { headersError: error }),
    headerBytes: block.length,
    payload,
    payloadBytes: payload.length,
    by: 'STREAM.MSG.GET',
  };
}

export interface Wanted {
  /** A message at this very place, or with `next` the first one from there on that matches. */
  seq?: number;
  /** Subject, with wildcards where one likes. */
  next_by_subj?: string;
  last_by_subj?: string;
  /** RFC 3339; nats-server 2.11. */
  start_time?: string;
}

/** One message; null when there is none. */
export async function getMessage(asking: Asking, stream: string, way: Way, wanted: Wanted): Promise<Stored | null> {
  const { api, account, signal } = asking;
  const options = { account, ...(signal === undefined ? {} : { signal }) };
  if (way.direct && wanted.start_time === undefined) {
    const reply = await api.ask(`${api.prefix}.DIRECT.GET.${stream}`, encoder.encode(JSON.stringify(wanted)), options);
    if (reply.status === statusNotFound) return null;
    if (reply.status >= 400) throw refusedDirect(reply);
    return directReply(reply).message;
  }
  try {
    const { message } = await api.request<{ message: WireMessage }>(`STREAM.MSG.GET.${stream}`, wanted, options);
    return plainReply(stream, message);
  } catch (error) {
    if (error instanceof JetStreamError && (error.errCode === messageNotFound || isNotFound(error))) return null;
    throw error;
  }
}

/** Servers before 2.10 say `no message found` without a number of their own. */
function isNotFound(error: JetStreamError): boolean {
  return error.details['code'] === httpNotFound && error.details['description'] === 'no message found';
}

function refusedDirect({ status, statusText }: Reply): JetStreamError {
  const words = status === statusBadRequest && statusText === '' ? 'Bad Request' : statusText;
  return new JetStreamError('jetstream-refused', `The server refuses the direct get: ${words || status}.`, {
    code: status,
    errCode: 0,
    description: words,
  });
}

export interface Batch {
  messages: Stored[];
  /** Messages that match behind the last one of these; null where the server does not say. */
  pending: number | null;
}

/**
 * Messages from a sequence on that match a subject, in their order; as many as fit into a batch, or into `count`.
 * An empty answer says that there are none any more.
 */
export async function getBatch(
  asking: Asking,
  stream: string,
  way: Way,
  from: number,
  subject: string,
  count: number,
): Promise<Batch> {
  const size = Math.min(count, batchMessagesMax);
  if (!way.direct || !way.batches) return getOneByOne(asking, stream, way, from, subject, size);
  const { api, account, signal } = asking;
  const messages: Stored[] = [];
  let pending: number | null = null;
  // A server counts what is left of each batch: of all messages it knows the number, of a pattern it has to look.
  const only = subject === '' || subject === '>' ? {} : { next_by_subj: subject };
  await api.askMany(
    `${api.prefix}.DIRECT.GET.${stream}`,
    encoder.encode(JSON.stringify({ seq: from, ...only, batch: size, max_bytes: batchBytesMax })),
    (reply) => {
      if (reply.status === statusEndOfBatch || reply.status === statusNotFound) {
        return 'done';
      }
      if (reply.status >= 400) throw refusedDirect(reply);
      const one = directReply(reply);
      messages.push(one.message);
      ({ pending } = one);
      return 'more';
    },
    { account, ...(signal === undefined ? {} : { signal }) },
  );
  return { messages, pending: messages.length === 0 ? 0 : pending };
}

/** Each names the next one, so they come one after the other. */
async function getOneByOne(
  asking: Asking,
  stream: string,
  way: Way,
  from: number,
  subject: string,
  count: number,
): Promise<Batch> {
  const messages: Stored[] = [];
  let bytes = 0;
  for (let next = from; messages.length < count && bytes < batchBytesMax;) {
    const message = await getMessage(asking, stream, way, { seq: next, next_by_subj: subject || '>' });
    if (message === null) return { messages, pending: 0 };
    messages.push(message);
    bytes += message.payloadBytes;
    next = message.sequence + 1;
  }
  return { messages, pending: null };
}

/** What is there of the sequences `first` … `first + count - 1`, in order. */
export async function getRange(
  asking: Asking,
  stream: string,
  way: Way,
  first: number,
  count: number,
): Promise<Stored[]> {
  const end = first + count;
  if (way.direct && way.batches) {
    const found: Stored[] = [];
    for (let next = first; next < end;) {
      const { messages, pending } = await getBatch(asking, stream, way, next, '>', end - next);
      const last = messages.at(-1);
      found.push(...messages.filter(({ sequence }) => sequence < end));
      if (last === undefined || pending === 0) break;
      next = last.sequence + 1;
    }
    return found;
  }
  const found: (Stored | null)[] = [];
  let next = first;
  const work = async (): Promise<void> => {
    while (next < end) {
      const sequence = next++;
      found[sequence - first] = await getMessage(asking, stream, way, { seq: sequence });
    }
  };
  await Promise.all(Array.from({ length: Math.min(count, singleGetsMax) }, work));
  return found.filter((message) => message !== null && message !== undefined);
}

/** First message stored at or after a time; null when there is none. */
export async function seekTime(
  asking: Asking,
  stream: string,
  way: Way,
  bounds: { first: number; last: number },
  time: number,
): Promise<number | null> {
  if (way.batches) {
    const found = await getMessage(asking, stream, way, { start_time: timeText(time) });
    return found?.sequence ?? null;
  }
  // Times grow with the sequences, so halves are enough where the server does not look for a time.
  let low = bounds.first;
  let high = bounds.last + 1;
  let found: number | null = null;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const message = await getMessage(asking, stream, way, { seq: middle, next_by_subj: '>' });
    if (message === null) high = middle;
    else if (message.time >= time) {
      found = message.sequence;
      high = middle;
    } else low = message.sequence + 1;
  }
  return found;
}

export function storedRow(message: Stored): StoredRow {
  return {
    sequence: message.sequence,
    time: message.time,
    subject: message.subject,
    fields: compare(summarize(message.payload).fields, null),
    size: message.headerBytes + message.payloadBytes,
  };
}
