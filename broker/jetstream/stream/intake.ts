import type { ApiError } from '../api-error.ts';
import { counterTail, DUPLICATE_TAIL, refusedAck } from '../encode/pub-ack.ts';
import { apiError } from '../errors.ts';
import type { Time } from '../../store/message-log.ts';
import { AtomicBatches } from './batch/atomic-batches.ts';
import { FastBatches } from './batch/fast-batches.ts';
import { readFastReply } from './batch/fast-reply.ts';
import { withoutHeader, withoutStatus } from './header-block.ts';
import type { IntakeStream, Storing } from './intake-stream.ts';
import type { Limits } from './limits.ts';
import { LogInput } from './log-input.ts';
import { headersOf, payloadOf, subjectOf, withHeaders } from './message-text.ts';
import { parseTtl } from './message-ttl.ts';
import { NO_HEADERS, type PublishHeaders, readPublishHeaders } from './publish-headers.ts';
import { type Admission, admit } from './publisher.ts';
import type { StreamTrace } from './stream-trace.ts';

const NANOS_PER_SECOND = 1_000_000_000;
const SERVICE_REPLY = '_R_.';

/** Takes the messages that ask for something: everything but plain ones to a plain stream. */
export class Intake implements Storing {
  readonly #stream: IntakeStream;
  readonly #limits: Limits;
  readonly #own = new LogInput();
  readonly atomic: AtomicBatches;
  readonly fast: FastBatches;

  constructor(stream: IntakeStream, limits: Limits) {
    this.#stream = stream;
    this.#limits = limits;
    this.atomic = new AtomicBatches(stream, this);
    this.fast = new FastBatches(stream, this);
  }

  /** The configuration is another one: what it does not allow any more ends. */
  review(): void {
    const { config } = this.#stream;
    if (config.allow_atomic !== true) this.atomic.clear();
    if (config.allow_batched !== true) this.fast.clear();
  }

  /** Messages above that sequence did not become safe. */
  forgetAbove(sequence: number): void {
    this.fast.forgetAbove(sequence);
  }

  stop(): void {
    this.atomic.clear();
    this.fast.clear();
  }

  /** Takes what lies in the input; `reply`: '' when nobody waits. `trace`: it is followed. */
  take(reply: string, trace?: StreamTrace): void {
    const stream = this.#stream;
    const { input, config } = stream;
    let block = headersOf(input);
    if (block !== '' && !block.startsWith('NATS/1.0\r\n')) {
      const rest = withoutStatus(block);
      if (rest !== block) input.compose(stream.hash, subjectOf(input), rest, payloadOf(input));
      block = rest;
    }
    const headers = block === '' ? NO_HEADERS : readPublishHeaders(block);
    const fast = readFastReply(originalReply(reply, headers));
    const isBatched = fast !== undefined || Boolean(headers.batchId);
    if (isBatched && trace !== undefined && !this.#follow(trace, fast !== undefined, headers)) return;
    if (fast !== undefined) return this.fast.take(fast, reply, block, headers);
    if (headers.batchId) return this.atomic.take(headers.batchId, reply, block, headers);
    this.catchUp(headers);
    const verdict = admit(stream, input, block, headers);
    const answered = reply !== '' && config.no_ack !== true;
    switch (verdict.type) {
      case 'refused':
        trace?.refuse(verdict.error, headers, stream.lastMessageId);
        if (answered) this.refuse(reply, verdict.error);
        return;
      case 'duplicate':
        trace?.duplicate();
        if (answered) stream.acknowledge(verdict.sequence, reply, DUPLICATE_TAIL);
        return;
      case 'admitted': {
        trace?.admit(subjectOf(stream.input), config.retention !== 'interest' || stream.hasInterest());
        if (trace?.only === true) return;
        const outcome = this.store(verdict.admission);
        if (typeof outcome !== 'number') trace?.refuse(outcome, headers, stream.lastMessageId);
        if (!answered) return;
        if (typeof outcome !== 'number') return this.refuse(reply, outcome);
        const { counter } = verdict.admission;
        stream.acknowledge(outcome, reply, counter === '' ? '' : counterTail(counter));
      }
    }
  }

  /** A message of a batch is followed up to here. Returns whether it is taken. */
  #follow(trace: StreamTrace, fast: boolean, headers: PublishHeaders): boolean {
    const { config, input, lastMessageId } = this.#stream;
    if ((fast ? config.allow_batched : config.allow_atomic) !== true) {
      trace.refuse(apiError(fast ? 'batchPublishDisabled' : 'atomicPublishDisabled'), headers, lastMessageId);
      return true;
    }
    trace.admit(subjectOf(input), true);
    return !trace.only;
  }

  /**
   * Takes a message of the broker's own, or of another stream, that was checked there. Returns its sequence, 0 when it was
   * there already.
   */
  takeOwn(fill: (input: LogInput) => void, time?: Readonly<Time>): number | ApiError {
    const stream = this.#stream;
    const { input } = stream;
    // It may come while another message is looked at.
    stream.input = this.#own;
    try {
      fill(stream.input);
      const block = headersOf(stream.input);
      const headers = block === '' ? NO_HEADERS : readPublishHeaders(block);
      const verdict = admit(stream, stream.input, block, headers, 'own');
      if (verdict.type === 'refused') return verdict.error;
      return verdict.type === 'duplicate' ? 0 : this.store(verdict.admission, time);
    } finally {
      stream.input = input;
    }
  }

  /** Before messages are judged by what is there, what limits and rollups have taken away has to go. */
  catchUp(headers?: PublishHeaders): void {
    const looks =
      headers === undefined || Boolean(headers.expectedLastSubjectSequence || headers.increment || headers.scheduler);
    if (this.#limits.isBehind(looks)) this.#stream.settleNow();
  }

  refuse(reply: string, error: ApiError): void {
    this.#stream.say(0, reply, refusedAck(error, this.#stream.name));
  }

  /** Stores what lies in the input and was checked; returns its sequence. */
  store({ headers, rollup }: Admission, time?: Readonly<Time>): number | ApiError {
    const stream = this.#stream;
    const { config, input, host } = stream;
    const messageId = headers.messageId ?? '';
    if (host.jetStream.use.isFull(config.storage)) return apiError('insufficientResources');
    const wanted = config.retention !== 'interest' || stream.hasInterest();
    if (!wanted) {
      const sequence = stream.skip();
      this.#stored(sequence, messageId, headers, rollup, false);
      return sequence;
    }
    const bytes = stream.log.bytesOf(input.subjectEnd - input.subjectStart, input.headerBytes, input.bodyBytes);
    const full = host.limited ? host.roomFault(config.storage, bytes) : undefined;
    if (full !== undefined) return full;
    let ttl = parseTtl(headers.ttl);
    if (ttl === undefined) return apiError('messageTTLInvalid');
    const ttlMin = Math.floor((config.subject_delete_marker_ttl ?? 0) / NANOS_PER_SECOND);
    if (ttl > 0 && ttl < ttlMin && config.max_msgs_per_subject !== 1) {
      // A marker that is there already would outlive the message.
      ttl = ttlMin;
      const block = withHeaders(withoutHeader(headersOf(input), 'Nats-TTL'), [['Nats-TTL', String(ttl)]]);
      input.compose(stream.hash, subjectOf(input), block, payloadOf(input));
    }
    const error = this.#limits.refusal(input, rollup !== undefined);
    if (error !== undefined) return error;
    const sequence = stream.append(time);
    if (sequence === 0) return apiError('streamStoreFailed', { err: stream.failure });
    if (ttl > 0 && config.allow_msg_ttl) this.#limits.expire(sequence, ttl);
    if (config.allow_msg_schedules === true) this.#limits.schedule(sequence, subjectOf(input), headers);
    this.#stored(sequence, messageId, headers, rollup, true);
    return sequence;
  }

  #stored(
    sequence: number,
    messageId: string,
    headers: PublishHeaders,
    rollup: Admission['rollup'],
    keepsIt: boolean,
  ): void {
    const stream = this.#stream;
    const { config } = stream;
    stream.lastMessageId = messageId;
    if (messageId !== '') stream.ids.add(messageId, sequence, stream.nowMs());
    if (!config.allow_rollup_hdrs || config.deny_purge) return;
    if (rollup !== undefined) {
      this.#limits.removeOlder(sequence, rollup === 'all' ? '' : subjectOf(stream.input), keepsIt);
    }
    if (headers.scheduleNext === 'purge' && headers.scheduler) {
      this.#limits.removeOlder(sequence, headers.scheduler, true);
    }
  }
}

/** A request that came through another account has its own reply in what is told of the requester. */
function originalReply(reply: string, { requestInfo }: PublishHeaders): string {
  if (requestInfo === undefined || !reply.startsWith(SERVICE_REPLY)) return reply;
  try {
    const { reply: original } = JSON.parse(requestInfo) as { reply?: unknown };
    return typeof original === 'string' ? original : reply;
  } catch (error) {
    if (error instanceof SyntaxError) return reply;
    throw error;
  }
}
