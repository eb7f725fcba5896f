import type { OutsideMessage, Relay, ReplyBytes } from '../../account/crossing.ts';
import { newEventId } from '../../base/event-text.ts';
import type { MessagePlace } from '../../store/message-log.ts';
import type { Parser } from '../../wire/parser.ts';
import type { ApiError } from '../api-error.ts';
import type { SourceState } from '../encode/info-fields.ts';
import { apiError } from '../errors.ts';
import { headerIn } from '../stream/header-block.ts';
import { LogInput } from '../stream/log-input.ts';
import { latin1 } from '../stream/message-text.ts';
import type { Stream } from '../stream/stream.ts';
import { parseAckSubject } from './ack-facts.ts';
import { type ConsumerAnswer, readConsumerAnswer } from './consumer-answer.ts';
import { consumerRequest, type SourcingLevel } from './consumer-request.ts';
import type { Origin } from './origin.ts';
import { retryDelay } from './retry.ts';

const NANOS_PER_MS = 1_000_000;
/** How often it is looked whether something was heard of a consumer. Its heartbeats come every second. */
const LOOK_EVERY_MS = 10_000;
/** Nothing came for so long: it is asked for anew. Less than the time between two looks, or the first would see too little. */
const SILENCE_MS_MAX = 9500;
const ANSWER_MS_MAX = 30_000;
/** A consumer that is there already has only to be told where to begin. */
const RESET_ANSWER_MS_MAX = 5000;
const RANDOM_NAME_LENGTH = 8;
const NOTHING = new Uint8Array(0);

/**
 * The way from another stream to this one, be it in the same account, another one or another domain: a push consumer over
 * there, with flow control and heartbeats, which is asked for through the API and asked for again when something is amiss.
 */
export class OriginFeed {
  readonly origin: Origin;
  readonly #stream: Stream;
  readonly #copy = new LogInput();
  #level: SourcingLevel = 5;
  #consumer = '';
  #lag = 0;
  #error: ApiError | undefined;
  #fails = 0;
  #requestedAt: number | undefined;
  #heardAt: number | undefined;
  /** Of the last message that came, there and in the consumer. */
  #streamSequence = 0;
  #consumerSequence = 0;
  #stopped = false;
  #endInbox: (() => void) | undefined;
  #endAnswer: (() => void) | undefined;
  #cancelRetry: (() => void) | undefined;
  #cancelCheck: (() => void) | undefined;

  constructor(stream: Stream, origin: Origin) {
    this.#stream = stream;
    this.origin = origin;
  }

  start(): void {
    this.#schedule();
  }

  stop(): void {
    this.#stopped = true;
    this.#hangUp();
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
  }

  /** Messages that came in were lost before they were safe: they are asked for anew. */
  again(): void {
    this.#hangUp();
    this.#schedule();
  }

  /** Caught up with what is there, but for a few messages. */
  get near(): boolean {
    return this.#consumer !== '' && this.#lag < NEAR_MESSAGES;
  }

  /** What the stream tells of it. */
  state(sequence: number): SourceState {
    const { name, external, filter_subject, subject_transforms } = this.origin.config;
    const now = this.#stream.nowMs();
    // nats-server tells the filter of a mirror from when it first asks for a consumer.
    const told = this.origin.kind === 'source' || this.#requestedAt !== undefined;
    return {
      name,
      external,
      lag: this.#lag,
      seq: sequence,
      active: this.#heardAt === undefined ? -1 : Math.round((now - this.#heardAt) * NANOS_PER_MS),
      error: this.#error,
      filter_subject: told ? filter_subject : undefined,
      subject_transforms,
    };
  }

  // ── The consumer ──────────────────────────────────────────────────────────────────────────────────────────────────

  #schedule(): void {
    if (this.#stopped || this.#cancelRetry !== undefined) return;
    const { clock } = this.#stream.host;
    const since = this.#requestedAt === undefined ? undefined : this.#stream.nowMs() - this.#requestedAt;
    this.#cancelRetry = clock.after(retryDelay(since, this.#fails), () => {
      this.#cancelRetry = undefined;
      this.#request();
      this.#stream.host.endTurn();
    });
  }

  #request(): void {
    const { origin } = this;
    const { host, name } = this.#stream;
    this.#hangUp();
    this.#requestedAt = this.#stream.nowMs();
    const { consumer } = origin.config;
    const deliverSubject = consumer?.deliver_subject ?? this.#inboxSubject();
    const terms = {
      stream: name,
      account: host.account.name,
      domain: host.domain,
      deliverSubject,
      level: this.#level,
    };
    const { subject, headers, body } = consumerRequest(origin, terms);
    const reply = `_INBOX.${newEventId()}`;
    const end = host.listen(reply, {
      relay: (message) => {
        const { bytes, latin1: text } = host.arena;
        const { payloadStart, payloadBytes } = message;
        const bodyStart = payloadStart + Math.max(0, message.headerBytes);
        const block = text.call(host.arena, payloadStart, bodyStart);
        this.#answered(
          readConsumerAnswer(block, latin1(bytes, bodyStart, payloadStart + payloadBytes)),
          deliverSubject,
        );
        return true;
      },
      subjectThere: () => '',
      relayOutside: ({ headers: block, payload }) => {
        const answer = readConsumerAnswer(latin1(block, 0, block.length), latin1(payload, 0, payload.length));
        this.#answered(answer, deliverSubject);
        return true;
      },
    });
    const patience = consumer === undefined ? ANSWER_MS_MAX : RESET_ANSWER_MS_MAX;
    const cancel = host.clock.after(patience, () => this.#failed(undefined));
    this.#endAnswer = () => {
      this.#endAnswer = undefined;
      end();
      cancel();
    };
    const block = headers === '' ? undefined : Buffer.from(headers, 'latin1');
    this.#stream.sender.send(subject, reply, block, Buffer.from(body, 'latin1'));
    host.touch();
  }

  #inboxSubject(): string {
    const { origin } = this;
    const random = newEventId().slice(-RANDOM_NAME_LENGTH);
    const letter = origin.kind === 'mirror' ? 'M' : 'S';
    const deliver = origin.config.external?.deliver ?? '';
    return deliver === '' ? `$JS.${letter}.${random}` : `${deliver}.${letter}.${random}`.replaceAll('..', '.');
  }

  #answered(answer: ConsumerAnswer, deliverSubject: string): void {
    const { origin } = this;
    if (this.#endAnswer === undefined) return;
    this.#endAnswer();
    if (answer.type === 'refused') {
      const { err_code: code } = answer.error;
      if (code === IDENTITY_MISMATCH && origin.kind === 'source') {
        origin.restart();
        this.#schedule();
        return;
      }
      if ((code === LEVEL_REQUIRED || code === INVALID_JSON) && this.#level !== undefined) {
        this.#level = this.#level === 5 && origin.kind === 'source' ? 4 : undefined;
        this.#request();
        return;
      }
      this.#failed(answer.error);
      return;
    }
    if (origin.config.consumer !== undefined && answer.ackPolicy !== 'flow_control') {
      const which = origin.kind === 'mirror' ? 'mirrorConsumerRequiresAckFC' : 'sourceConsumerRequiresAckFC';
      this.#failed(apiError(which));
      return;
    }
    this.#error = undefined;
    this.#fails = 0;
    this.#consumer = answer.name;
    this.#consumerSequence = 0;
    this.#streamSequence = origin.begin(answer.delivered, answer.identity);
    this.#heardAt = this.#stream.nowMs();
    this.#endInbox = this.#stream.host.listen(deliverSubject, this.#inbox, true);
    this.#watch();
    this.#stream.host.touch();
  }

  #failed(error: ApiError | undefined): void {
    this.#endAnswer?.();
    this.#error = error;
    this.#fails++;
    this.#schedule();
  }

  #watch(): void {
    this.#cancelCheck = this.#stream.host.clock.after(LOOK_EVERY_MS, () => {
      if (this.#stream.nowMs() - (this.#heardAt ?? 0) > SILENCE_MS_MAX) this.again();
      else this.#watch();
    });
  }

  #hangUp(): void {
    this.#endInbox?.();
    this.#endInbox = undefined;
    this.#endAnswer?.();
    this.#cancelCheck?.();
    this.#cancelCheck = undefined;
    this.#consumer = '';
  }

  // ── What it sends ─────────────────────────────────────────────────────────────────────────────────────────────────

  readonly #inbox: Relay = {
    relayStored: (message, _subject, reply: ReplyBytes) => {
      this.#receive(message, latin1(reply.bytes, reply.start, reply.end));
      return true;
    },
    relay: (message: Parser) => {
      const { arena } = this.#stream.host;
      const { subjectStart, subjectEnd, payloadStart, payloadBytes, replyStart, replyEnd } = message;
      const reply = replyEnd === 0 ? '' : arena.latin1(replyStart, replyEnd);
      const headerBytes = Math.max(0, message.headerBytes);
      const { bytes } = arena;
      this.#receive(
        { bytes, subjectStart, subjectEnd, bodyStart: payloadStart, headerBytes, bodyBytes: payloadBytes },
        reply,
      );
      return true;
    },
    subjectThere: () => '',
    relayOutside: ({ subject, reply, headers, payload }: OutsideMessage) => {
      const block = latin1(headers, 0, headers.length);
      this.#receive(this.#copy.compose(this.#stream.hash, subject, block, payload), reply);
      return true;
    },
  };

  #receive(message: MessagePlace, reply: string): void {
    const { bytes, bodyStart, headerBytes, bodyBytes } = message;
    if (headerBytes > 0 && headerBytes === bodyBytes) {
      const block = latin1(bytes, bodyStart, bodyStart + headerBytes);
      if (block.startsWith('NATS/1.0 100 ')) {
        this.#heardAt = this.#stream.nowMs();
        if (reply === '') this.#onHeartbeat(block);
        else this.#sendProgress(reply);
        return;
      }
    }
    const facts = parseAckSubject(reply);
    if (facts === undefined || facts.consumer !== this.#consumer || facts.deliveries > 1) return;
    this.#heardAt = this.#stream.nowMs();
    const { streamSequence, consumerSequence } = facts;
    const next = consumerSequence === this.#consumerSequence + 1;
    if (streamSequence <= this.#streamSequence) {
      if (next) this.#consumerSequence++;
      return;
    }
    if (!next || !this.origin.take(message, facts)) {
      this.again();
      return;
    }
    this.#streamSequence = streamSequence;
    this.#consumerSequence = consumerSequence;
    this.#lag = Math.max(facts.pending - 1, 0);
  }

  #onHeartbeat(block: string): void {
    const last = Number(headerIn(block, 'Nats-Last-Consumer') ?? 0);
    const stalled = headerIn(block, 'Nats-Consumer-Stalled') ?? '';
    if (last > 0 && last !== this.#consumerSequence) {
      this.again();
    } else if (stalled !== '') {
      this.#stream.sender.send(stalled, '', undefined, NOTHING);
      this.#stream.host.touch();
    }
  }

  #sendProgress(reply: string): void {
    const block = `NATS/1.0\r\nNats-Last-Consumer: ${this.#consumerSequence}\r\nNats-Last-Stream: ${this.#streamSequence}\r\n\r\n`;
    this.#stream.sender.send(reply, '', Buffer.from(block, 'latin1'), NOTHING);
    this.#stream.host.touch();
  }
}

const NEAR_MESSAGES = 10;
const IDENTITY_MISMATCH = 10225;
const LEVEL_REQUIRED = 10185;
const INVALID_JSON = 10025;
