import {
  ATOMIC_BATCHES_MAX,
  ATOMIC_BATCHES_PER_STREAM_MAX,
  ATOMIC_BATCH_MESSAGES_MAX,
  BATCH_ID_LENGTH_MAX,
  BATCH_IDLE_MS_MAX,
} from '../../../limits.ts';
import type { ApiError } from '../../api-error.ts';
import { needsHigherLevel, REQUIRED_LEVEL_HEADER } from '../../api-level.ts';
import { Alarm } from '../../consumer/alarm.ts';
import { batchTail } from '../../encode/pub-ack.ts';
import { apiError } from '../../errors.ts';
import { withoutHeader } from '../header-block.ts';
import type { IntakeStream, Storing } from '../intake-stream.ts';
import { payloadOf, subjectOf, withHeaders } from '../message-text.ts';
import { type PublishHeaders, readPublishHeaders } from '../publish-headers.ts';
import { sizeFault, withoutRequestInfo } from '../publisher.ts';
import { type CheckedMessage, isFault, type StagedMessage, Staging } from './staging.ts';

/** Why a batch comes to nothing, as its event has it. */
type Reason = 'timeout' | 'large' | 'incomplete' | 'unsupported';

interface Batch {
  readonly messages: StagedMessage[];
  /** Of the last message that came. */
  sequence: number;
  /** It is given up then, in milliseconds since the epoch. */
  idleAtMs: number;
}

/**
 * Batches of which all messages are stored or none (ADR-50). They are collected here, checked when the last one is there,
 * and then stored one behind the other within the same turn, so that they become safe and are seen together.
 */
export class AtomicBatches {
  readonly #stream: IntakeStream;
  readonly #intake: Storing;
  readonly #batches = new Map<string, Batch>();
  readonly #alarm: Alarm;

  constructor(stream: IntakeStream, intake: Storing) {
    this.#stream = stream;
    this.#intake = intake;
    this.#alarm = new Alarm(stream.host.clock, () => {
      this.#giveUpIdle();
      stream.host.endTurn();
    });
  }

  clear(): void {
    for (const id of this.#batches.keys()) this.#drop(id);
    this.#alarm.stop();
  }

  /** Takes what lies in the input. */
  take(id: string, reply: string, block: string, headers: PublishHeaders): void {
    const stream = this.#stream;
    const { config, input, host } = stream;
    const answered = reply !== '' && config.no_ack !== true;
    const refuse = (error: ApiError): void => {
      if (answered) this.#intake.refuse(reply, error);
    };
    if (config.sealed) return refuse(apiError('streamSealed'));
    if (host.jetStream.use.isFull(config.storage)) return refuse(apiError('insufficientResources'));
    const bytes = stream.log.bytesOf(input.subjectEnd - input.subjectStart, input.headerBytes, input.bodyBytes);
    const full = host.limited ? host.roomFault(config.storage, bytes) : undefined;
    if (full !== undefined) return refuse(full);
    const tooLarge = sizeFault(config, { bodyBytes: input.bodyBytes, headerBytes: 0 });
    if (tooLarge !== undefined) return refuse(tooLarge);
    if (config.allow_atomic !== true) return refuse(apiError('atomicPublishDisabled'));
    if (id.length > BATCH_ID_LENGTH_MAX) return refuse(apiError('atomicPublishInvalidBatchID'));
    const sequence = batchSequence(headers.batchSequence);
    if (sequence === undefined) return refuse(apiError('atomicPublishMissingSeq'));
    const { batchCommit: commit } = headers;
    const atEnd = commit === 'eob';
    const size = atEnd ? sequence - 1 : sequence;
    const { batch: limits } = host.jetStream.options.limits;
    const messagesMax = limits.messages || ATOMIC_BATCH_MESSAGES_MAX;
    const isLarge = size > messagesMax;
    const large = apiError('atomicPublishTooLargeBatch', { size: messagesMax });
    const incomplete = apiError('atomicPublishIncompleteBatch');

    let batch = this.#batches.get(id);
    if (batch === undefined) {
      if (sequence !== 1) return refuse(isLarge ? large : incomplete);
      const { inflight } = host.jetStream;
      const perStream = limits.perStream || ATOMIC_BATCHES_PER_STREAM_MAX;
      if (this.#batches.size >= perStream || inflight.atomic >= (limits.total || ATOMIC_BATCHES_MAX)) {
        return refuse(apiError('atomicPublishTooManyInflight'));
      }
      batch = { messages: [], sequence: 0, idleAtMs: 0 };
      this.#batches.set(id, batch);
      inflight.atomic++;
    }
    if (commit !== undefined && !atEnd && commit !== '1') {
      this.#drop(id);
      return refuse(apiError('atomicPublishInvalidBatchCommit'));
    }
    let own = withoutRequestInfo(block, headers);
    if (headers.requiredApiLevel) {
      if (needsHigherLevel(headers.requiredApiLevel)) {
        this.#giveUp(id, 'unsupported');
        return refuse(apiError('requiredApiLevel'));
      }
      own = withoutHeader(own, REQUIRED_LEVEL_HEADER);
    }
    batch.idleAtMs = stream.nowMs() + (limits.idleMs || BATCH_IDLE_MS_MAX);
    this.#alarm.by(batch.idleAtMs);
    batch.sequence++;
    if (batch.sequence !== sequence || (sequence === 1 && atEnd)) {
      this.#giveUp(id, 'incomplete');
      return refuse(incomplete);
    }
    if (isLarge) {
      this.#giveUp(id, 'large');
      return refuse(large);
    }
    if (!atEnd) batch.messages.push({ subject: subjectOf(input), headers: own, payload: payloadOf(input).slice() });
    if (commit === undefined) {
      if (answered) stream.say(0, reply, '');
      return;
    }
    this.#drop(id);
    const outcome = this.#store(batch, atEnd);
    if (typeof outcome !== 'number') return refuse(outcome);
    if (answered) stream.acknowledge(outcome, reply, batchTail(id, batch.messages.length));
  }

  /** Sequence of the last message, or why none is stored. */
  #store({ messages }: Batch, atEnd: boolean): number | ApiError {
    const stream = this.#stream;
    const { transform, input, hash } = stream;
    const staging = new Staging(stream);
    const checked: CheckedMessage[] = [];
    this.#intake.catchUp();
    for (const message of messages) {
      if (readPublishHeaders(message.headers).expectedLastMessageId) {
        return apiError('atomicPublishUnsupportedHeaderBatch', { header: 'Nats-Expected-Last-Msg-Id' });
      }
      const subject = transform?.match(message.subject) ?? message.subject;
      const result = staging.check({ ...message, subject });
      if (isFault(result)) return result.error;
      checked.push(result);
    }
    const before = stream.log.state.lastSequence;
    const { lastMessageId } = stream;
    let sequence = before;
    for (const [index, message] of checked.entries()) {
      const isLast = index === checked.length - 1;
      const headers = isLast && atEnd ? withHeaders(message.headers, [['Nats-Batch-Commit', '1']]) : message.headers;
      input.compose(hash, message.subject, headers, message.payload);
      const outcome = this.#intake.store(message.admission);
      if (typeof outcome === 'number') {
        sequence = outcome;
        continue;
      }
      if (sequence > before) stream.takeBack(before, lastMessageId);
      return outcome;
    }
    return sequence;
  }

  #giveUpIdle(): void {
    const now = this.#stream.nowMs();
    for (const [id, { idleAtMs }] of this.#batches) {
      if (idleAtMs <= now) this.#giveUp(id, 'timeout');
      else this.#alarm.by(idleAtMs);
    }
  }

  #giveUp(id: string, reason: Reason): void {
    this.#drop(id);
    const { name, host } = this.#stream;
    const domain = host.domain === '' ? undefined : host.domain;
    host.adviseWidely('stream_batch_abandoned', `STREAM.BATCH_ABANDONED.${name}`, {
      stream: name,
      domain,
      batch: id,
      reason,
    });
  }

  #drop(id: string): void {
    if (this.#batches.delete(id)) this.#stream.host.jetStream.inflight.atomic--;
  }
}

/** What `Nats-Batch-Sequence` says; undefined: nothing sensible. */
export function batchSequence(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,20}$/.test(text) ? Number(text) : undefined;
}
