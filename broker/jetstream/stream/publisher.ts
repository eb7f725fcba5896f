import type { ApiError } from '../api-error.ts';
import { apiError } from '../errors.ts';
import { SubjectTransform } from '../../subject/transform.ts';
import type { MessageLog, SubjectHash } from '../../store/message-log.ts';
import type { LogInput } from './log-input.ts';
import type { MessageIds } from './message-ids.ts';
import { headersOf, subjectOf } from './message-text.ts';
import { PatternFilter } from './pattern-filter.ts';
import { withoutHeader } from './header-block.ts';
import { type PublishHeaders, readPublishHeaders } from './publish-headers.ts';
import type { StreamConfig } from './stream-config.ts';

/** nats-server's limit of a header block (`math.MaxUint16`). */
const HEADER_BYTES_MAX = 65_535;
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
  nowMs(): number;
}

/** What becomes of a message that passed. */
export interface Admission {
  readonly messageId: string;
  readonly rollup: 'sub' | 'all' | undefined;
  /** Milliseconds that it is kept; undefined: as long as the stream says. */
  readonly ttlMs: number | undefined;
}

export type Verdict =
  | { readonly type: 'admitted'; readonly admission: Admission }
  | { readonly type: 'refused'; readonly error: ApiError }
  /** It was published before. */
  | { readonly type: 'duplicate'; readonly sequence: number };

const PLAIN: Verdict = { type: 'admitted', admission: { messageId: '', rollup: undefined, ttlMs: undefined } };

const refuse = (error: ApiError): Verdict => ({ type: 'refused', error });

/**
 * Looks at everything that a message may ask for, in nats-server's order. What lies in `input` may be another message
 * afterwards: under another subject, or without headers that nobody else is to see.
 */
export function admit(target: PublishTarget, input: LogInput): Verdict {
  const { config, log, transform } = target;
  if (transform !== undefined) {
    const subject = subjectOf(input);
    const changed = transform.match(subject);
    if (changed !== undefined && changed !== subject) rewrite(target, input, changed, headersOf(input));
  }
  if (config.sealed) return refuse(apiError('streamSealed'));
  const sizeMax = config.max_msg_size ?? -1;
  if (sizeMax >= 0 && input.bodyBytes > sizeMax) return refuse(apiError('streamMessageExceedsMaximum'));
  if (input.headerBytes > HEADER_BYTES_MAX) return refuse(apiError('streamHeaderExceedsMaximum'));
  if (input.headerBytes === 0) return PLAIN;
  const block = headersOf(input);
  const headers = readPublishHeaders(block);
  if (headers.requestInfo !== undefined) rewrite(target, input, subjectOf(input), withoutHeader(block, REQUEST_INFO));
  const error = checkExpectations(target, input, headers);
  if (error !== undefined) return refuse(error);
  const messageId = headers.messageId ?? '';
  if (messageId !== '' && config.mirror === undefined) {
    const sequence = target.ids.find(messageId, target.nowMs());
    if (sequence !== undefined) return { type: 'duplicate', sequence };
  }
  const expectedId = headers.expectedLastMessageId ?? '';
  if (expectedId !== '' && expectedId !== target.lastMessageId) {
    return refuse(apiError('streamWrongLastMsgID', { id: target.lastMessageId }));
  }
  const { rollup } = headers;
  if (rollup !== undefined && rollup !== '') {
    if (!config.allow_rollup_hdrs || config.deny_purge) return refuse(rollupFailed('rollup not permitted'));
    if (rollup !== 'sub' && rollup !== 'all')
      return refuse(rollupFailed(`rollup value invalid: ${JSON.stringify(rollup)}`));
  }
  const ttl = ttlOf(headers);
  return {
    type: 'admitted',
    admission: {
      messageId,
      rollup: rollup === 'sub' || rollup === 'all' ? rollup : undefined,
      ttlMs: ttl === undefined || ttl === 'invalid' || ttl === 0 ? undefined : ttl,
    },
  };

  function checkExpectations(_target: PublishTarget, message: LogInput, asked: PublishHeaders): ApiError | undefined {
    if (asked.expectedStream !== undefined && asked.expectedStream !== '' && asked.expectedStream !== config.name) {
      return apiError('streamNotMatch');
    }
    const kept = ttlOf(asked);
    if (kept === 'invalid') return apiError('messageTTLInvalid');
    if (kept !== undefined && kept !== 0 && !config.allow_msg_ttl) return apiError('messageTTLDisabled');
    const subjectSequence = wholeNumber(asked.expectedLastSubjectSequence);
    if (subjectSequence !== undefined) {
      const other = asked.expectedLastSubjectSequenceSubject;
      const last = other ? lastMatching(log, other) : lastOf(log, message);
      if (last !== subjectSequence) return apiError('streamWrongLastSequence', { seq: last });
    } else if (asked.expectedLastSubjectSequenceSubject) {
      return apiError('streamExpectedLastSeqPerSubjectInvalid');
    }
    const sequence = wholeNumber(asked.expectedLastSequence);
    if (sequence !== undefined && sequence !== log.state.lastSequence) {
      return apiError('streamWrongLastSequence', { seq: log.state.lastSequence });
    }
    if (asked.streamSource !== undefined) return apiError('messageSourceHdrNotAllowed');
    return undefined;
  }
}

/** The message under another subject, or with another header block. */
function rewrite({ hash }: PublishTarget, input: LogInput, subject: string, headers: string): void {
  const { bytes, bodyStart, headerBytes, bodyBytes } = input;
  input.compose(hash, subject, headers, bytes, bodyStart + headerBytes, bodyStart + bodyBytes);
}

function rollupFailed(err: string): ApiError {
  return apiError('streamRollupFailed', { err });
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
  let last = 0;
  for (const subject of new PatternFilter(log, [pattern]).subjects()) last = Math.max(last, log.subjects.last(subject));
  return last;
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,20}$/.test(text) ? Number(text) : undefined;
}

/** Milliseconds; 0 when the header says nothing; a million years for `never`. */
function ttlOf({ ttl }: PublishHeaders): number | 'invalid' | undefined {
  if (ttl === undefined || ttl === '') return undefined;
  if (ttl === 'never') return Number.MAX_SAFE_INTEGER;
  if (/^\d+$/.test(ttl)) return Number(ttl) >= 1 ? Number(ttl) * 1000 : 'invalid';
  const ms = durationMs(ttl);
  return ms === undefined || ms < 1000 ? 'invalid' : ms;
}

const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** A duration as Go writes it: `1h30m`. */
function durationMs(text: string): number | undefined {
  let sum = 0;
  let at = 0;
  const part = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)/y;
  while (at < text.length) {
    part.lastIndex = at;
    const match = part.exec(text);
    if (match === null) return undefined;
    sum += Number(match[1]) * (UNIT_MS[match[2] ?? ''] ?? 0);
    at = part.lastIndex;
  }
  return at === 0 ? undefined : sum;
}
