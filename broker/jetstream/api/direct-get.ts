import { API_LEVEL, PENDING_BYTES_MAX_DEFAULT } from '../../limits.ts';
import type { StoredMessage } from '../../store/message-log.ts';
import { headersOf, payloadOf, subjectOf } from '../stream/message-text.ts';
import { PatternFilter } from '../stream/pattern-filter.ts';
import { lastMatching } from '../stream/publisher.ts';
import type { Stream } from '../stream/stream.ts';
import { parseTime, timeText } from '../time-text.ts';
import { parseDirectGet, type MessageGetRequest } from './requests/message-requests.ts';

/** Subjects that one request may ask the last message of (ADR-31). */
const SUBJECTS_MAX = 1024;
const NOTHING = new Uint8Array(0);

type Get = MessageGetRequest;

/**
 * Answers direct gets of a stream (ADR-31) with the messages themselves. `subject` is what stands behind the name of the
 * stream; '' when nothing does.
 */
export function answerDirectGet(stream: Stream, subject: string, headers: string, body: string, reply: string): void {
  const say = (status: string): void => send(stream, reply, `NATS/1.0 ${status}\r\n\r\n`, NOTHING);
  if (asksForMore(headers)) return say('412 Required Api Level');
  if (subject !== '') {
    const asked = body === '' ? {} : parseDirectGet(body);
    if (asked === undefined) return say('408 Malformed Request');
    if (saysMore(asked)) return say('408 Bad Request');
    return single(stream, lastMatching(stream.log, subject), asked, reply);
  }
  if (body === '') return say('408 Empty Request');
  const asked = parseDirectGet(body);
  if (asked === undefined) return say('408 Malformed Request');
  const { seq = 0, last_by_subj: last = '', next_by_subj: next = '', multi_last: many = [], start_time: from } = asked;
  if (seq === 0 && last === '' && next === '' && many.length === 0 && from === undefined)
    return say('408 Empty Request');
  if (contradicts(asked)) return say('408 Bad Request');
  if (many.length > 0) return multiple(stream, asked, reply);
  if (last !== '') return single(stream, lastMatching(stream.log, last), asked, reply);
  if (next === '' && from === undefined && (asked.batch ?? 0) === 0) return single(stream, seq, asked, reply);
  batch(stream, asked, reply);
}

function asksForMore(headers: string): boolean {
  if (headers === '') return false;
  const match = /\r\nNats-Required-Api-Level: *([^\r]*)\r\n/.exec(headers);
  if (match === null) return false;
  const level = Number(match[1]);
  return !Number.isInteger(level) || level > API_LEVEL;
}

function saysMore(asked: Get): boolean {
  const { seq, last_by_subj: last, next_by_subj: next, batch: count, start_time: from, multi_last: many } = asked;
  const { up_to_seq: upTo, up_to_time: upToTime } = asked;
  return Boolean(seq || last || next || count || many?.length || upTo) || from !== undefined || upToTime !== undefined;
}

function contradicts({ seq = 0, batch: count = 0, ...asked }: Get): boolean {
  const { last_by_subj: last = '', next_by_subj: next = '', multi_last: many = [], start_time: from } = asked;
  const hasLast = last !== '';
  return (
    (seq > 0 && (hasLast || from !== undefined)) ||
    (hasLast && (from !== undefined || next !== '' || count > 0 || many.length > 0)) ||
    (next !== '' && many.length > 0) ||
    ((asked.up_to_seq ?? 0) > 0 && asked.up_to_time !== undefined)
  );
}

function single(stream: Stream, sequence: number, asked: Get, reply: string): void {
  const message = sequence === 0 ? undefined : stream.log.read(sequence);
  if (message === undefined) return send(stream, reply, NOT_FOUND, NOTHING);
  const block = asked.no_hdr === true ? '' : headersFor(stream, message, '');
  send(stream, reply, block, payloadOf(message));
}

function batch(stream: Stream, asked: Get, reply: string): void {
  const { log } = stream;
  const from = asked.start_time === undefined ? undefined : parseTime(asked.start_time);
  const { next_by_subj: pattern } = asked;
  // What everything passes is no filter: then nothing has to be counted one by one.
  const filter = pattern && pattern !== '>' ? new PatternFilter(log, [pattern]) : undefined;
  const { batch: size = 0 } = asked;
  const isBatch = size !== 0;
  const bytesMax = asked.max_bytes || PENDING_BYTES_MAX_DEFAULT;
  let next = from === undefined ? (asked.seq ?? 0) : log.sequenceAt(from);
  let pending = isBatch ? log.count(next, filter) : 0;
  let last = 0;
  let bytes = 0;
  for (let sent = 0; sent < (isBatch ? size : 1); sent++) {
    const sequence = log.next(next, filter);
    const message = sequence === 0 ? undefined : log.read(sequence);
    if (message === undefined) {
      if (size > 1 && sent > 0) break;
      return send(stream, reply, NOT_FOUND, NOTHING);
    }
    if (pending > 0 && asked.no_hdr !== true) pending--;
    const more = isBatch ? batchHeaders(pending, last) : '';
    send(stream, reply, asked.no_hdr === true ? '' : headersFor(stream, message, more), payloadOf(message));
    last = sequence;
    next = sequence + 1;
    bytes += message.subjectEnd - message.subjectStart + message.bodyBytes;
    if (bytes >= bytesMax) break;
  }
  if (isBatch) send(stream, reply, `NATS/1.0 204 EOB\r\n${batchHeaders(pending, last)}\r\n`, NOTHING);
}

function multiple(stream: Stream, asked: Get, reply: string): void {
  const { log } = stream;
  let upTo = asked.up_to_seq ?? 0;
  const until = asked.up_to_time === undefined ? undefined : parseTime(asked.up_to_time);
  if (until !== undefined) {
    upTo = log.sequenceAt(until);
    if (upTo <= log.state.firstSequence) return send(stream, reply, NO_RESULTS, NOTHING);
    upTo--;
  }
  if (upTo === 0) upTo = log.state.lastSequence;
  const subjects = new PatternFilter(log, asked.multi_last ?? []).subjects();
  const found: number[] = [];
  for (const subject of subjects) {
    const sequence = log.lastOf(subject, upTo);
    if (sequence !== 0 && sequence >= (asked.seq ?? 0)) found.push(sequence);
    if (found.length > SUBJECTS_MAX) return send(stream, reply, TOO_MANY, NOTHING);
  }
  if (found.length === 0) return send(stream, reply, NO_RESULTS, NOTHING);
  found.sort((one, other) => one - other);
  const bytesMax = asked.max_bytes || PENDING_BYTES_MAX_DEFAULT;
  let last = 0;
  let bytes = 0;
  let sent = 0;
  let pending = found.length;
  for (const sequence of found) {
    const message = log.read(sequence);
    if (message === undefined) return send(stream, reply, NOT_FOUND, NOTHING);
    pending--;
    send(stream, reply, headersFor(stream, message, batchHeaders(pending, last)), payloadOf(message));
    last = sequence;
    bytes += message.subjectEnd - message.subjectStart + message.bodyBytes;
    if (bytes >= bytesMax || ++sent === asked.batch) break;
  }
  send(stream, reply, `NATS/1.0 204 EOB\r\n${batchHeaders(pending, last)}Nats-UpTo-Sequence: ${upTo}\r\n\r\n`, NOTHING);
}

const NOT_FOUND = 'NATS/1.0 404 Message Not Found\r\n\r\n';
const NO_RESULTS = 'NATS/1.0 404 No Results\r\n\r\n';
const TOO_MANY = 'NATS/1.0 413 Too Many Results\r\n\r\n';

function batchHeaders(pending: number, last: number): string {
  return `Nats-Num-Pending: ${pending}\r\nNats-Last-Sequence: ${last}\r\n`;
}

/** The message's own headers, and what says where it lies. `more`: whole lines. */
function headersFor(stream: Stream, message: StoredMessage, more: string): string {
  const { sequence } = message;
  const own = `Nats-Stream: ${stream.name}\r\nNats-Subject: ${subjectOf(message)}\r\nNats-Sequence: ${sequence}\r\nNats-Time-Stamp: ${timeText(message)}\r\n${more}`;
  const block = headersOf(message);
  return block === '' ? `NATS/1.0\r\n${own}\r\n` : `${block.slice(0, -2)}${own}\r\n`;
}

function send(stream: Stream, reply: string, headers: string, payload: Uint8Array): void {
  stream.sender.send(reply, '', headers === '' ? undefined : Buffer.from(headers, 'latin1'), payload);
}
