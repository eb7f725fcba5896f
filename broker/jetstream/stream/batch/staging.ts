import type { ApiError } from '../../api-error.ts';
import { apiError, failed } from '../../errors.ts';
import { count, type CounterTotal, parseIncrement } from '../counter.ts';
import { withHeaders } from '../message-text.ts';
import { parseTtl } from '../message-ttl.ts';
import { type PublishHeaders, readPublishHeaders } from '../publish-headers.ts';
import {
  type Admission,
  expectedSequence,
  HEADER_BYTES_MAX,
  incrementFault,
  isSchedule,
  lastMatching,
  nowNanos,
  type PublishTarget,
  rollupOf,
  totalBefore,
} from '../publisher.ts';
import { scheduleFault } from '../schedule/schedule-check.ts';

/** A message that waits for its batch. Texts are latin1. */
export interface StagedMessage {
  readonly subject: string;
  readonly headers: string;
  readonly payload: Uint8Array;
}

/** What is stored of one. */
export interface CheckedMessage extends StagedMessage {
  readonly admission: Admission;
}

/** Why one is not. */
export interface Fault {
  readonly error: ApiError;
  /** Sequence of the message that has its id; 0: it is refused for something else. */
  readonly duplicateOf: number;
}

/** What the messages of a batch before this one come to. */
interface SubjectTotal {
  messages: number;
  bytes: number;
  isSchedule: boolean;
}

/**
 * Checks the messages of a batch one after the other, each against what is stored and against those before it, none of
 * which is. Nothing is changed by it.
 */
export class Staging {
  readonly #target: PublishTarget;
  readonly #lastSequence: number;
  readonly #ids = new Set<string>();
  readonly #counters = new Map<string, CounterTotal>();
  readonly #subjects = new Map<string, SubjectTotal>();
  /** Sequences that were expected of subjects, and that they have. */
  readonly #expected = new Map<string, number>();
  #count = 0;
  #bytes = 0;

  constructor(target: PublishTarget) {
    this.#target = target;
    this.#lastSequence = target.log.state.lastSequence;
  }

  /** The message is under the subject that the stream has for it. */
  check(message: StagedMessage): CheckedMessage | Fault {
    const { config, payloadBytesMax } = this.#target;
    const { subject, payload } = message;
    let block = message.headers;
    let body = payload;
    const headers = readPublishHeaders(block);
    const increment = headers.increment ? parseIncrement(headers.increment) : undefined;
    const early = this.#earlyFault(block, headers, increment, payload.length);
    if (early !== undefined) return early;
    let counter = '';
    if (config.allow_msg_counter === true) {
      if (increment === undefined) return fault(apiError('messageIncrMissing'));
      const before = this.#counters.get(subject) ?? totalBefore(this.#target, subject);
      if (failed(before)) return fault(before);
      const counted = count(before, increment, subject, block, '');
      if (failed(counted)) return fault(counted);
      counter = String(counted.total.value);
      block = counted.headers;
      body = Buffer.from(counted.payload, 'latin1');
      const own = config.max_msg_size ?? -1;
      const max = own >= 0 ? Math.min(own, payloadBytesMax) : payloadBytesMax;
      if (block.length + body.length > max) return fault(apiError('streamMessageExceedsMaximum'));
      this.#counters.set(subject, counted.total);
    }
    let rollup: Admission['rollup'];
    if (block !== '') {
      const error = this.#expectationFault(subject, headers) ?? this.#scheduleFault(subject, headers);
      if (error !== undefined) return fault(error);
      if (headers.schedule && !headers.rollup) block = withHeaders(block, [['Nats-Rollup', 'sub']]);
      const asked = this.#rollup(subject, headers);
      if (typeof asked === 'object') return fault(asked);
      rollup = asked;
    }
    this.#add(subject, block.length, body.length, Boolean(headers.schedule));
    const full = this.#roomFault(subject, rollup !== undefined);
    if (full !== undefined) return fault(full);
    return { subject, headers: block, payload: body, admission: { headers, rollup, counter } };
  }

  #earlyFault(
    block: string,
    headers: PublishHeaders,
    increment: bigint | undefined,
    payloadBytes: number,
  ): Fault | undefined {
    const { config, ids } = this.#target;
    if (block === '') return undefined;
    if (block.length > HEADER_BYTES_MAX) return fault(apiError('streamHeaderExceedsMaximum'));
    const error = incrementFault(config, headers, increment, payloadBytes);
    if (error !== undefined) return fault(error);
    if (headers.expectedStream && headers.expectedStream !== config.name) return fault(apiError('streamNotMatch'));
    const ttl = parseTtl(headers.ttl);
    if (ttl !== 0 && !config.allow_msg_ttl) return fault(apiError('messageTTLDisabled'));
    if (ttl === undefined) return fault(apiError('messageTTLInvalid'));
    const { messageId } = headers;
    if (messageId) {
      const twice = apiError('atomicPublishContainsDuplicateMessage');
      if (this.#ids.has(messageId)) return fault(twice);
      const sequence = ids.find(messageId, this.#target.nowMs());
      if (sequence !== undefined) return fault(twice, sequence);
      this.#ids.add(messageId);
    }
    return headers.streamSource ? fault(apiError('messageSourceHdrNotAllowed')) : undefined;
  }

  #expectationFault(subject: string, headers: PublishHeaders): ApiError | undefined {
    const { log } = this.#target;
    const sequence = expectedSequence(headers.expectedLastSequence);
    if (sequence !== undefined) {
      const last = this.#lastSequence + this.#count;
      if (sequence !== last) return apiError('streamWrongLastSequence', { seq: last });
      if (this.#count > 0) return apiError('streamWrongLastSequenceConstant');
    }
    const subjectSequence = expectedSequence(headers.expectedLastSubjectSequence);
    const other = headers.expectedLastSubjectSequenceSubject ?? '';
    if (subjectSequence === undefined) {
      return other === '' ? undefined : apiError('streamExpectedLastSeqPerSubjectInvalid');
    }
    const looked = other === '' ? subject : other;
    if (this.#subjects.has(looked)) return apiError('streamWrongLastSequenceConstant');
    const last = this.#expected.get(looked) ?? lastMatching(log, looked);
    if (last !== subjectSequence) return apiError('streamWrongLastSequence', { seq: last });
    this.#expected.set(looked, last);
    return undefined;
  }

  #scheduleFault(subject: string, headers: PublishHeaders): ApiError | undefined {
    const { config } = this.#target;
    return scheduleFault(
      config,
      subject,
      headers,
      nowNanos(this.#target),
      (other) => this.#subjects.get(other)?.isSchedule ?? isSchedule(this.#target, other),
    );
  }

  #rollup(subject: string, headers: PublishHeaders): Admission['rollup'] | ApiError {
    const asked = headers.schedule && !headers.rollup ? { ...headers, rollup: 'sub' } : headers;
    if (!asked.rollup) return undefined;
    const rollup = rollupOf(this.#target.config, asked, 'client');
    const refused = (err: string): ApiError => apiError('streamRollupFailed', { err });
    if (rollup === 'sub' && this.#subjects.has(subject)) return refused('batch rollup sub invalid');
    if (rollup === 'all' && this.#count > 0) return refused('batch rollup all invalid');
    return rollup;
  }

  #add(subject: string, headerBytes: number, payloadBytes: number, schedules: boolean): void {
    const bytes = this.#target.log.bytesOf(subject.length, headerBytes, headerBytes + payloadBytes);
    const total = this.#subjects.get(subject) ?? { messages: 0, bytes: 0, isSchedule: false };
    total.messages++;
    total.bytes += bytes;
    total.isSchedule = schedules;
    this.#subjects.set(subject, total);
    this.#count++;
    this.#bytes += bytes;
  }

  /** Whether all messages so far find room, where new ones have to go instead of old ones. */
  #roomFault(subject: string, rollsUp: boolean): ApiError | undefined {
    const { config, log } = this.#target;
    if (config.discard !== 'new') return undefined;
    const refused = (err: string): ApiError => apiError('streamStoreFailed', { err });
    const { messages, bytes } = log.state;
    if (config.max_msgs > 0 && messages + this.#count > config.max_msgs) return refused('maximum messages exceeded');
    if (config.max_bytes > 0 && bytes + this.#bytes > config.max_bytes) return refused('maximum bytes exceeded');
    const max = config.max_msgs_per_subject;
    if (config.discard_new_per_subject !== true || max <= 0 || rollsUp) return undefined;
    const number = log.subjects.findText(subject);
    const stored = number === -1 ? 0 : log.subjects.messages(number);
    const staged = this.#subjects.get(subject)?.messages ?? 0;
    return stored + staged > max ? refused('maximum messages per subject exceeded') : undefined;
  }
}

export function isFault(result: CheckedMessage | Fault): result is Fault {
  return 'error' in result;
}

function fault(error: ApiError, duplicateOf = 0): Fault {
  return { error, duplicateOf };
}
