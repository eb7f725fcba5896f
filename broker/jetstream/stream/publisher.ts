import type { SubjectTransform } from '../../subject/transform.ts';
import type { MessageLog, SubjectHash } from '../../store/message-log.ts';
import type { ApiError } from '../api-error.ts';
import { quoteLatin1 } from '../../base/latin1.ts';
import { apiError, failed } from '../errors.ts';
import { asksTooMuch, count, type CounterTotal, parseIncrement, totalOf, ZERO } from './counter.ts';
import { headerIn, withoutHeader } from './header-block.ts';
import type { LogInput } from './log-input.ts';
import type { MessageIds } from './message-ids.ts';
import { headersOf, latin1, payloadOf, subjectOf, withHeaders } from './message-text.ts';
import { parseTtl } from './message-ttl.ts';
import { PatternFilter } from './pattern-filter.ts';
import type { PublishHeaders } from './publish-headers.ts';
import { scheduleFault } from './schedule/schedule-check.ts';
import type { StreamConfig } from './stream-config.ts';

/** nats-server's limit of a header block (`math.MaxUint16`). */
export const HEADER_BYTES_MAX = 65_535;
export const REQUEST_INFO = 'Nats-Request-Info';

/** What the checks look at. */
export interface PublishTarget {
  readonly config: StreamConfig;
  readonly log: MessageLog;
  readonly ids: MessageIds;
  /** `Nats-Msg-Id` of the last message; '' when it had none. */
  readonly lastMessageId: string;
  readonly transform: SubjectTransform | undefined;
  readonly hash: SubjectHash;
  readonly payloadBytesMax: number;
  nowMs(): number;
}

/** Where a message comes from: what the broker itself stores, or takes of another stream, was checked before. */
export type Origin = 'client' | 'own';

/** What becomes of a message that passed. */
export interface Admission {
  readonly headers: PublishHeaders;
  /** A rollup is added to a schedule. */
  readonly rollup: 'sub' | 'all' | undefined;
  /** What a counter has come to; '' for what is none. */
  readonly counter: string;
}

export type Verdict =
  | { readonly type: 'admitted'; readonly admission: Admission }
  | { readonly type: 'refused'; readonly error: ApiError }
  /** It was published before. */
  | { readonly type: 'duplicate'; readonly sequence: number };

const refuse = (error: ApiError): Verdict => ({ type: 'refused', error });

/**
 * Looks at everything that a message may ask for, in nats-server's order. What lies in `input` may be another message
 * afterwards: under another subject, with other headers, or with the value of a counter. `block` and `headers` are those of
 * the input.
 */
export function admit(
  target: PublishTarget,
  input: LogInput,
  block: string,
  headers: PublishHeaders,
  origin: Origin = 'client',
): Verdict {
  const { config } = target;
  transformed(target, input);
  if (config.sealed) return refuse(apiError('streamSealed'));
  let now = block;
  if (headers.requestInfo !== undefined) {
    now = withoutHeader(block, REQUEST_INFO);
    rewrite(target, input, now, payloadOf(input));
  }
  const tooLarge = sizeFault(config, input);
  if (tooLarge !== undefined) return refuse(tooLarge);
  let rollup: Admission['rollup'];
  let increment: bigint | undefined;
  let changed = false;
  if (now !== '') {
    increment = headers.increment ? parseIncrement(headers.increment) : undefined;
    const error = expectationFault(target, input, headers, increment, origin);
    if (error !== undefined) return refuse(error);
    if (origin === 'client' && headers.schedule && !headers.rollup) {
      now = withHeaders(now, [['Nats-Rollup', 'sub']]);
      rollup = 'sub';
      changed = true;
    }
    const messageId = headers.messageId ?? '';
    if (messageId !== '' && config.mirror === undefined) {
      const sequence = target.ids.find(messageId, target.nowMs());
      if (sequence !== undefined) return { type: 'duplicate', sequence };
    }
    const lastId = lastIdFault(target, headers);
    if (lastId !== undefined) return refuse(lastId);
    if (headers.rollup) {
      const asked = rollupOf(config, headers, origin);
      if (typeof asked === 'object') return refuse(asked);
      rollup = asked;
    }
  }
  if (increment === undefined && config.allow_msg_counter === true) return refuse(apiError('messageIncrMissing'));
  let counter = '';
  if (increment !== undefined && config.allow_msg_counter === true) {
    const subject = subjectOf(input);
    const before = totalBefore(target, subject);
    if (failed(before)) return refuse(before);
    const { bytes, bodyStart, headerBytes, bodyBytes } = input;
    const counted = count(
      before,
      increment,
      subject,
      now,
      latin1(bytes, bodyStart + headerBytes, bodyStart + bodyBytes),
    );
    if (failed(counted)) return refuse(counted);
    counter = String(counted.total.value);
    rewrite(target, input, counted.headers, Buffer.from(counted.payload, 'latin1'));
    if (input.bodyBytes > target.payloadBytesMax) return refuse(apiError('streamMessageExceedsMaximum'));
    changed = true;
  } else if (changed) {
    rewrite(target, input, now, payloadOf(input));
  }
  const grown = changed ? sizeFault(config, input) : undefined;
  if (grown !== undefined) return refuse(grown);
  return { type: 'admitted', admission: { headers, rollup, counter } };
}

/** Puts the message under the subject that the stream has for it. */
export function transformed(target: PublishTarget, input: LogInput): void {
  const { transform, hash } = target;
  if (transform === undefined) return;
  const subject = subjectOf(input);
  const changed = transform.match(subject);
  if (changed !== undefined && changed !== subject) input.compose(hash, changed, headersOf(input), payloadOf(input));
}

/** Limits of the size of one message. */
export function sizeFault(
  { max_msg_size: max = -1 }: StreamConfig,
  { bodyBytes, headerBytes }: { readonly bodyBytes: number; readonly headerBytes: number },
): ApiError | undefined {
  if (max >= 0 && bodyBytes > max) return apiError('streamMessageExceedsMaximum');
  return headerBytes > HEADER_BYTES_MAX ? apiError('streamHeaderExceedsMaximum') : undefined;
}

/** What a message of a counter may not be. */
export function incrementFault(
  config: StreamConfig,
  headers: PublishHeaders,
  increment: bigint | undefined,
  payloadBytes: number,
): ApiError | undefined {
  if (!headers.increment) return undefined;
  if (increment === undefined) return apiError('messageIncrInvalid');
  if (config.allow_msg_counter !== true) return apiError('messageIncrDisabled');
  if (payloadBytes > 0) return apiError('messageIncrPayload');
  return asksTooMuch(headers) ? apiError('messageIncrInvalid') : undefined;
}

export function lastIdFault({ lastMessageId }: PublishTarget, headers: PublishHeaders): ApiError | undefined {
  const { expectedLastMessageId: expected = '' } = headers;
  if (expected === '' || expected === lastMessageId) return undefined;
  return apiError('streamWrongLastMsgID', { id: lastMessageId });
}

/** What the last message of a counter has come to. */
export function totalBefore({ log }: PublishTarget, subject: string): CounterTotal | ApiError {
  const sequence = lastMatching(log, subject);
  const message = sequence === 0 ? undefined : log.read(sequence);
  if (message === undefined) return ZERO;
  const { bytes, bodyStart, headerBytes, bodyBytes } = message;
  return totalOf(headersOf(message), latin1(bytes, bodyStart + headerBytes, bodyStart + bodyBytes));
}

/** Whether the last message of a subject is a schedule; undefined: there is none. */
export function isSchedule({ log }: PublishTarget, subject: string): boolean | undefined {
  const sequence = lastMatching(log, subject);
  const message = sequence === 0 ? undefined : log.read(sequence);
  if (message === undefined) return undefined;
  return (headerIn(headersOf(message), 'Nats-Schedule') ?? '') !== '';
}

export function nowNanos(target: PublishTarget): bigint {
  return BigInt(Math.floor(target.nowMs() * 1000)) * 1000n;
}

function expectationFault(
  target: PublishTarget,
  input: LogInput,
  headers: PublishHeaders,
  increment: bigint | undefined,
  origin: Origin,
): ApiError | undefined {
  const { config, log } = target;
  if (origin === 'client' || (headers.increment && increment === undefined)) {
    const error = incrementFault(config, headers, increment, input.bodyBytes - input.headerBytes);
    if (error !== undefined) return error;
  }
  if (headers.expectedStream && headers.expectedStream !== config.name) return apiError('streamNotMatch');
  if (origin === 'client' && headers.ttl && !config.allow_msg_ttl) {
    const ttl = parseTtl(headers.ttl);
    if (ttl !== undefined && ttl !== 0) return apiError('messageTTLDisabled');
  }
  const subjectSequence = expectedSequence(headers.expectedLastSubjectSequence);
  if (subjectSequence !== undefined) {
    const other = headers.expectedLastSubjectSequenceSubject;
    const last = other ? lastMatching(log, other) : lastOf(log, input);
    if (last !== subjectSequence) return apiError('streamWrongLastSequence', { seq: last });
  } else if (headers.expectedLastSubjectSequenceSubject) {
    return apiError('streamExpectedLastSeqPerSubjectInvalid');
  }
  const sequence = expectedSequence(headers.expectedLastSequence);
  if (sequence !== undefined && sequence !== log.state.lastSequence) {
    return apiError('streamWrongLastSequence', { seq: log.state.lastSequence });
  }
  if (origin === 'own') return undefined;
  const fault = scheduleFault(config, subjectOf(input), headers, nowNanos(target), (subject) =>
    isSchedule(target, subject),
  );
  return fault ?? (headers.streamSource ? apiError('messageSourceHdrNotAllowed') : undefined);
}

/** What is to be rolled up, or why it may not be. */
export function rollupOf(config: StreamConfig, headers: PublishHeaders, origin: Origin): 'sub' | 'all' | ApiError {
  const rollup = (headers.rollup ?? '').toLowerCase();
  if ((!config.allow_rollup_hdrs || config.deny_purge) && origin === 'client') {
    return apiError('streamRollupFailed', { err: 'rollup not permitted' });
  }
  if (rollup === 'sub' || rollup === 'all') return rollup;
  return apiError('streamRollupFailed', { err: `rollup value invalid: ${quoteLatin1(rollup)}` });
}

/** A sequence that is expected; -1 for what is no number, which no sequence is. Undefined: none is. */
export function expectedSequence(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  return /^\d+$/.test(text) ? Number(text) : -1;
}

/** The message with another header block and payload. */
function rewrite({ hash }: PublishTarget, input: LogInput, headers: string, payload: Uint8Array): void {
  input.compose(hash, subjectOf(input), headers, payload);
}

function lastOf(log: MessageLog, { bytes, subjectStart, subjectEnd, hash }: LogInput): number {
  const subject = log.subjects.find(bytes, subjectStart, subjectEnd, hash);
  return subject === -1 ? 0 : log.subjects.last(subject);
}

/** Sequence of the last message whose subject fits, which may have wildcards; 0: none. */
export function lastMatching(log: MessageLog, pattern: string): number {
  if (!/[*>]/.test(pattern)) {
    const subject = log.subjects.findText(pattern);
    return subject === -1 ? 0 : log.subjects.last(subject);
  }
  return log.previous(log.state.lastSequence, new PatternFilter(log, [pattern]));
}

/** What is stored of a message: nothing of who asked for it. */
export function withoutRequestInfo(block: string, headers: PublishHeaders): string {
  return headers.requestInfo === undefined ? block : withoutHeader(block, REQUEST_INFO);
}
