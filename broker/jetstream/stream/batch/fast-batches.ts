import {
  BATCH_ID_LENGTH_MAX,
  BATCH_IDLE_MS_MAX,
  FAST_BATCHES_MAX,
  FAST_BATCHES_PER_STREAM_MAX,
  FAST_FLOW_MESSAGES_MAX,
} from '../../../limits.ts';
import type { ApiError } from '../../api-error.ts';
import { needsHigherLevel, REQUIRED_LEVEL_HEADER } from '../../api-level.ts';
import { Alarm } from '../../consumer/alarm.ts';
import { goJson } from '../../encode/go-json.ts';
import { errorJson } from '../../encode/info-fields.ts';
import { batchTail, DUPLICATE_TAIL } from '../../encode/pub-ack.ts';
import { apiError } from '../../errors.ts';
import { withoutHeader } from '../header-block.ts';
import type { IntakeStream, Storing } from '../intake-stream.ts';
import { payloadOf, subjectOf } from '../message-text.ts';
import type { PublishHeaders } from '../publish-headers.ts';
import { lastIdFault, sizeFault, withoutRequestInfo } from '../publisher.ts';
import type { FastReply } from './fast-reply.ts';
import { type Fault, isFault, Staging } from './staging.ts';

interface Batch {
  readonly id: string;
  readonly gapOk: boolean;
  /** Messages that the publisher wants to be acknowledged together at most. */
  readonly flowMax: number;
  /** Messages that are acknowledged together. */
  flow: number;
  /** Sequences within the batch: of the last message that came, and of the last that was acknowledged. */
  sequence: number;
  told: number;
  /** Sequence of its last message in the stream; 0: there is none. */
  stored: number;
  /** It is forgotten then, in milliseconds since the epoch. */
  idleAtMs: number;
}

/**
 * Batches of messages that are acknowledged a number at a time (ADR-50), told by their reply subjects. Each message is
 * stored when it comes; what is said of it waits until it is safe.
 */
export class FastBatches {
  readonly #stream: IntakeStream;
  readonly #intake: Storing;
  readonly #batches = new Map<string, Batch>();
  readonly #alarm: Alarm;

  constructor(stream: IntakeStream, intake: Storing) {
    this.#stream = stream;
    this.#intake = intake;
    this.#alarm = new Alarm(stream.host.clock, () => this.#forgetIdle());
  }

  clear(): void {
    for (const id of this.#batches.keys()) this.#drop(id);
    this.#alarm.stop();
  }

  /** Messages above that sequence did not become safe: batches with one of these are over. */
  forgetAbove(sequence: number): void {
    for (const { id, stored } of this.#batches.values()) if (stored > sequence) this.#drop(id);
  }

  /** Takes what lies in the input. */
  take(asked: FastReply | 'invalid', reply: string, block: string, headers: PublishHeaders): void {
    const error = this.#refusal(asked);
    if (error !== undefined) return this.#refuse(reply, error);
    if (asked === 'invalid') return;
    const batch = this.#batches.get(asked.id) ?? this.#begin(asked);
    if ('err_code' in batch) return this.#refuse(reply, batch);
    let own = withoutRequestInfo(block, headers);
    if (headers.requiredApiLevel) {
      if (needsHigherLevel(headers.requiredApiLevel)) {
        this.#drop(batch.id);
        return this.#refuse(reply, apiError('requiredApiLevel'));
      }
      own = withoutHeader(own, REQUIRED_LEVEL_HEADER);
    }
    batch.idleAtMs =
      this.#stream.nowMs() + (this.#stream.host.jetStream.options.limits.batch.idleMs || BATCH_IDLE_MS_MAX);
    this.#alarm.by(batch.idleAtMs);
    if (asked.ping) return this.#ping(batch, asked, reply);
    if (!this.#follows(batch, asked, reply)) return;
    if (asked.atEnd) {
      batch.sequence--;
      return this.#end(batch, reply);
    }
    if (asked.sequence === 1 && !asked.commit && this.#stream.config.no_ack !== true) this.#tell(batch, 0, reply);
    this.#store(batch, asked, reply, own, headers);
  }

  #refusal(asked: FastReply | 'invalid'): ApiError | undefined {
    const { config, input, host, log } = this.#stream;
    if (config.sealed) return apiError('streamSealed');
    if (host.jetStream.use.isFull(config.storage)) return apiError('insufficientResources');
    const bytes = log.bytesOf(input.subjectEnd - input.subjectStart, input.headerBytes, input.bodyBytes);
    const full = host.limited ? host.roomFault(config.storage, bytes) : undefined;
    if (full !== undefined) return full;
    const tooLarge = sizeFault(config, { bodyBytes: input.bodyBytes, headerBytes: 0 });
    if (tooLarge !== undefined) return tooLarge;
    if (config.allow_batched !== true) return apiError('batchPublishDisabled');
    if (asked === 'invalid') return apiError('batchPublishInvalidPattern');
    return asked.id.length > BATCH_ID_LENGTH_MAX ? apiError('batchPublishInvalidBatchID') : undefined;
  }

  #begin({ id, sequence, ping, gapOk, flow }: FastReply): Batch | ApiError {
    if (sequence !== 1 || ping) return apiError('batchPublishUnknownBatchID');
    const { inflight, options } = this.#stream.host.jetStream;
    const { perStream, total } = options.limits.batch;
    if (
      this.#batches.size >= (perStream || FAST_BATCHES_PER_STREAM_MAX) ||
      inflight.fast >= (total || FAST_BATCHES_MAX)
    ) {
      return apiError('batchPublishTooManyInflight');
    }
    inflight.fast++;
    // Who is alone begins at full speed.
    const first = this.#batches.size === 0 ? Math.min(FAST_FLOW_MESSAGES_MAX, flow) : 1;
    const batch = { id, gapOk, flowMax: flow, flow: first, sequence: 0, told: 0, stored: 0, idleAtMs: 0 };
    this.#batches.set(id, batch);
    return batch;
  }

  /** Says how far the batch has come, and of what is missing. */
  #ping(batch: Batch, { sequence }: FastReply, reply: string): void {
    if (sequence > batch.sequence) {
      this.#tellGap(batch, batch.sequence + 1, sequence + 1, reply);
      if (!batch.gapOk) return this.#end(batch, reply);
      batch.sequence = sequence;
      if (this.#keepFlow(batch, reply)) return;
    }
    this.#tell(batch, batch.told, reply);
  }

  /** Whether the message is to be taken: it comes behind the last one, or may leave some out. Else the batch is over. */
  #follows(batch: Batch, { sequence }: FastReply, reply: string): boolean {
    const expected = batch.sequence + 1;
    if (sequence !== expected) {
      this.#tellGap(batch, expected, sequence, reply);
      if (!batch.gapOk || sequence < expected) {
        this.#end(batch, reply);
        return false;
      }
    }
    batch.sequence = sequence;
    return true;
  }

  #store(batch: Batch, asked: FastReply, reply: string, own: string, headers: PublishHeaders): void {
    const stream = this.#stream;
    const { input, transform, hash } = stream;
    this.#intake.catchUp(headers);
    const came = subjectOf(input);
    const message = { subject: transform?.match(came) ?? came, headers: own, payload: payloadOf(input) };
    const result = new Staging(stream).check(message);
    if (isFault(result)) return this.#fail(batch, asked, reply, result);
    const lastId = lastIdFault(stream, headers);
    if (lastId !== undefined) return this.#fail(batch, asked, reply, { error: lastId, duplicateOf: 0 });
    input.compose(hash, result.subject, result.headers, result.payload);
    const outcome = this.#intake.store(result.admission);
    if (typeof outcome !== 'number') return this.#fail(batch, asked, reply, { error: outcome, duplicateOf: 0 });
    batch.stored = outcome;
    if (asked.commit) this.#end(batch, reply);
    else this.#keepFlow(batch, reply);
  }

  /** The message is not stored. */
  #fail(batch: Batch, { sequence, commit, gapOk }: FastReply, reply: string, { error, duplicateOf }: Fault): void {
    const isDuplicate = error.err_code === apiError('atomicPublishContainsDuplicateMessage').err_code;
    if (isDuplicate) {
      this.#keepFlow(batch, reply);
      if (!commit) return;
    }
    // A batch of this message alone is answered like a message of no batch.
    if (!gapOk && batch.sequence === 1) {
      this.#drop(batch.id);
      if (!isDuplicate || duplicateOf === 0) return this.#sayRefused(reply, error);
      return this.#stream.acknowledge(duplicateOf, reply, DUPLICATE_TAIL + batchTail(batch.id, sequence));
    }
    if (!isDuplicate) {
      const text = goJson({ type: 'err', seq: sequence, error: errorJson(error) });
      this.#stream.say(batch.stored, reply, text);
    }
    if (gapOk && !commit) return;
    if (!isDuplicate) batch.sequence--;
    this.#end(batch, reply);
  }

  /** The batch is over: what came so far is acknowledged. */
  #end(batch: Batch, reply: string): void {
    this.#drop(batch.id);
    if (reply !== '') this.#stream.acknowledge(batch.stored, reply, batchTail(batch.id, batch.sequence));
  }

  /** Acknowledges when enough came, and lets those who publish together be faster or slower. Returns whether it did. */
  #keepFlow(batch: Batch, reply: string): boolean {
    const { flow } = batch;
    if (batch.sequence < batch.told + flow) return false;
    batch.told += Math.floor((batch.sequence - batch.told) / flow) * flow;
    const share = Math.max(1, Math.floor(FAST_FLOW_MESSAGES_MAX / this.#batches.size));
    const max = Math.min(share, batch.flowMax);
    if (flow < max) batch.flow = Math.min(flow * 2, max);
    else if (flow > max) batch.flow = Math.max(Math.floor(flow / 2), max);
    this.#tell(batch, batch.told, reply);
    return true;
  }

  #tell({ flow, stored }: Batch, sequence: number, reply: string): void {
    this.#stream.say(stored, reply, `{"type":"ack","seq":${sequence},"msgs":${flow}}`);
  }

  #tellGap({ stored }: Batch, expected: number, came: number, reply: string): void {
    this.#stream.say(stored, reply, `{"type":"gap","last_seq":${expected},"seq":${came}}`);
  }

  #refuse(reply: string, error: ApiError): void {
    if (this.#stream.config.no_ack !== true) this.#sayRefused(reply, error);
  }

  #sayRefused(reply: string, error: ApiError): void {
    this.#intake.refuse(reply, error);
  }

  #forgetIdle(): void {
    const now = this.#stream.nowMs();
    for (const { id, idleAtMs } of this.#batches.values()) {
      if (idleAtMs <= now) this.#drop(id);
      else this.#alarm.by(idleAtMs);
    }
  }

  #drop(id: string): void {
    if (this.#batches.delete(id)) this.#stream.host.jetStream.inflight.fast--;
  }
}
