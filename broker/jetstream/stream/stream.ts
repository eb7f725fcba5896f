import type { Relay, OutsideMessage } from '../../account/crossing.ts';
import { Subscription } from '../../account/subscription.ts';
import { InternalSink } from '../../account/sink.ts';
import { StoreError, type MessageLog, type StreamPlace, type Time } from '../../store/message-log.ts';
import { SubjectTransform } from '../../subject/transform.ts';
import type { Parser } from '../../wire/parser.ts';
import type { Acknowledger } from '../acknowledgements.ts';
import { ackHead, refusedAck } from '../encode/pub-ack.ts';
import { apiError } from '../errors.ts';
import { answerDirectGet } from '../api/direct-get.ts';
import { QuickGets } from '../api/quick-gets.ts';
import { Origins } from '../origins/origins.ts';
import { Republisher } from '../origins/republisher.ts';
import type { Sender } from '../sender.ts';
import type { StorageUse } from '../storage-use.ts';
import { unfinishedFrom } from './batch/unfinished.ts';
import { ConsumerSet } from './consumer-set.ts';
import { Intake } from './intake.ts';
import type { IntakeStream } from './intake-stream.ts';
import type { PublishTarget } from './publisher.ts';
import { Limits } from './limits.ts';
import { LogInput } from './log-input.ts';
import { MessageIds } from './message-ids.ts';
import { headersOf, payloadOf, subjectOf } from './message-text.ts';
import type { StreamConfig } from './stream-config.ts';
import { StreamTrace, withoutTrace } from './stream-trace.ts';
import type { StreamHost } from './stream-host.ts';
import type { ConsumerConfig } from '../consumer/consumer-config.ts';
import { purge, type PurgeOrder } from './purge.ts';
import type { StreamConsumer } from './stream-consumer.ts';

const SINK = new InternalSink();
const NANOS_PER_MS = 1_000_000;
/** What a disk that takes nothing is called, as by nats-server. */
const NO_ROOM = 'no space left on device';
const NO_DISK = 'input/output error';

/** One stream: takes messages, keeps them as long as it is told to, and tells its consumers. */
export class Stream implements Relay, Acknowledger, IntakeStream {
  readonly host: StreamHost;
  readonly place: StreamPlace;
  readonly log: MessageLog;
  readonly created: Readonly<Time>;
  readonly sender: Sender;
  readonly consumerSet: ConsumerSet;
  readonly ids: MessageIds;
  config: StreamConfig;
  lastMessageId = '';
  transform: SubjectTransform | undefined;
  ackHead: Uint8Array = new Uint8Array(0);
  failureAnswer = '';
  failure = NO_ROOM;
  readonly #limits: Limits;
  input = new LogInput();
  readonly #intake: Intake;
  readonly #use: StorageUse;
  #counted = 0;
  /** `lastMessageId` when all was safe. */
  #safeMessageId = '';
  readonly origins: Origins;
  #republisher: Republisher | undefined;
  #subscriptions: Subscription[] = [];
  #endDirectGets: (() => void)[] = [];
  /** Whether a message without headers needs no look beyond its size. */
  #plain = false;
  #sizeMax = 0;
  #dirty = false;
  /** Sequence up to which consumers were told. */
  #told: number;
  #stopped = false;
  /** Consumers are told of a purge when it is over. */
  #purging = false;

  constructor(host: StreamHost, place: StreamPlace, config: StreamConfig, created: Readonly<Time>) {
    this.host = host;
    this.place = place;
    this.log = place.log;
    this.created = { ...created };
    this.sender = host.sender;
    this.config = config;
    this.ids = new MessageIds((config.duplicate_window ?? 0) / NANOS_PER_MS);
    this.#use = host.jetStream.use;
    this.consumerSet = new ConsumerSet(this);
    this.#limits = new Limits(this);
    this.#intake = new Intake(this, this.#limits);
    this.#told = this.log.state.lastSequence;
    this.log.subjects.onFreed = (subject) => {
      for (const consumer of this.consumers.values()) consumer.engine.onSubjectFreed(subject);
    };
    this.log.onRemoved = (sequence, subject, bytes) => this.#onRemoved(sequence, subject, bytes);
    this.origins = new Origins(this);
    this.#configure();
  }

  get name(): string {
    return this.config.name;
  }

  get consumers(): ReadonlyMap<string, StreamConsumer> {
    return this.consumerSet.byName;
  }

  get hash(): PublishTarget['hash'] {
    return this.host.hash;
  }

  get committedSequence(): number {
    return this.log.committedSequence;
  }

  get payloadBytesMax(): number {
    return this.host.jetStream.around.payloadBytesMax();
  }

  nowMs(): number {
    return this.host.clock.milliseconds();
  }

  /** Begins to take messages. What was published within the window of ids is looked at again. */
  start(): void {
    this.#dropUnfinishedBatch();
    this.lastMessageId = this.#safeMessageId = this.ids.recall(this.log, this.nowMs());
    this.#limits.recover();
    this.#count(this.log.state.bytes);
    this.consumerSet.recover();
    this.#subscribe();
    this.#answerDirectGets();
    this.#limits.enforce();
    this.origins.configure();
  }

  /** Another configuration, which was checked. */
  update(config: StreamConfig): void {
    const { allow_msg_ttl: hadTtl, allow_msg_schedules: hadSchedules, retention } = this.config;
    this.config = config;
    this.ids.windowMs = (config.duplicate_window ?? 0) / NANOS_PER_MS;
    this.#configure();
    this.#unsubscribe();
    this.#subscribe();
    this.#answerDirectGets();
    this.#intake.review();
    if (hadTtl !== config.allow_msg_ttl || hadSchedules !== config.allow_msg_schedules) this.#limits.recover();
    this.#limits.review();
    if (retention !== 'interest' && config.retention === 'interest') this.consumerSet.onInterestOnly();
    this.origins.configure();
    this.markDirty();
  }

  /** Takes nothing any more; what it holds stays. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#unsubscribe();
    this.origins.stop();
    this.#limits.stop();
    this.#intake.stop();
    this.#count(0);
    this.consumerSet.stop();
  }

  /** It is gone, with all that is in it. */
  delete(): void {
    this.consumerSet.delete();
    this.origins.delete();
    this.stop();
    this.place.destroy();
  }

  // ── What comes in ─────────────────────────────────────────────────────────────────────────────────────────────────

  relay(message: Parser): boolean {
    const { input } = this;
    const { bytes } = this.host.arena;
    input.bytes = bytes;
    input.subjectStart = message.subjectStart;
    input.subjectEnd = message.subjectEnd;
    input.hash = message.hash;
    input.bodyStart = message.payloadStart;
    input.bodyBytes = message.payloadBytes;
    // Two bytes or less are no header block, whatever they were called.
    input.headerBytes = message.headerBytes > 2 ? message.headerBytes : 0;
    const { replyStart, replyEnd } = message;
    if (this.#plain && input.headerBytes === 0 && input.bodyBytes <= this.#sizeMax && !this.#use.isAnyFull) {
      if (replyEnd === 0 || !endsFast(bytes, replyEnd)) {
        const sequence = this.append();
        this.lastMessageId = '';
        if (replyEnd === 0 || this.config.no_ack === true) return true;
        if (sequence > 0) this.host.acknowledgements.add(this, sequence, bytes, replyStart, replyEnd);
        else this.say(0, this.host.arena.latin1(replyStart, replyEnd), this.failureAnswer);
        return true;
      }
    }
    const trace = input.headerBytes === 0 ? undefined : this.#traced();
    this.#intake.take(replyEnd === 0 ? '' : this.host.arena.latin1(replyStart, replyEnd), trace);
    return true;
  }

  /** What lies in the input is followed up to here; whoever gets it from here does not follow it on. */
  #traced(): StreamTrace | undefined {
    const { current } = this.host.jetStream.around.tracing;
    if (current === undefined) return undefined;
    const { input, hash } = this;
    if (!current.only) input.compose(hash, subjectOf(input), withoutTrace(headersOf(input)), payloadOf(input));
    return new StreamTrace(current.addJetStream(this.name), current.only);
  }

  subjectThere(): string {
    return '';
  }

  relayOutside({ subject, reply, headers, payload }: OutsideMessage): boolean {
    const block = Buffer.from(headers).toString('latin1');
    this.input.compose(this.hash, subject, block, payload);
    this.#intake.take(reply);
    this.host.touch();
    return true;
  }

  /**
   * Takes a message of another stream. `time`: that it keeps, in a mirror; undefined: it is a new one here. Returns its
   * sequence, 0 when it was there already, and undefined when it is not taken.
   */
  bring(fill: (input: LogInput) => void, time?: Readonly<Time>): number | undefined {
    const outcome = this.#intake.takeOwn(fill, time);
    return typeof outcome === 'number' ? outcome : undefined;
  }

  /** Stores a message of the stream's own: a marker, or what a schedule says. */
  storeOwn(subject: string, headers: string, payload: Uint8Array): 'stored' | 'refused' | 'failed' {
    const outcome = this.#intake.takeOwn((input) => input.compose(this.hash, subject, headers, payload));
    this.host.touch();
    if (typeof outcome === 'number') return 'stored';
    return outcome.description === this.failure ? 'failed' : 'refused';
  }

  acknowledge(sequence: number, reply: string, tail: string): void {
    this.host.acknowledgements.addText(this, sequence, reply, tail);
  }

  say(sequence: number, reply: string, text: string): void {
    this.host.acknowledgements.say(this, sequence, reply, text);
  }

  settleNow(): void {
    this.commit();
    this.settle();
  }

  takeBack(sequence: number, lastMessageId: string): void {
    try {
      this.log.truncate(sequence);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#onStoreError(error);
      this.#onLost();
      // What could not be cut off is removed as soon as the disk takes that.
      for (let at = 0; (at = this.log.next(sequence + 1)) !== 0;) this.log.remove(at);
      this.markDirty();
    }
    this.lastMessageId = lastMessageId;
    this.#forgetAbove(sequence);
  }

  /** 0 when the disk takes nothing. */
  append(time: Readonly<Time> = this.host.clock.now()): number {
    try {
      const sequence = this.log.append(this.input, this.input.hash, time);
      if (!this.#dirty) this.markDirty();
      this.#limits.onAppended(sequence);
      return sequence;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#onStoreError(error);
      return 0;
    }
  }

  /** A message that nobody wants takes a sequence and nothing else. */
  skip(): number {
    const sequence = this.log.state.lastSequence + 1;
    this.log.skipTo(sequence + 1, this.host.clock.now());
    this.markDirty();
    return sequence;
  }

  hasInterest(): boolean {
    const { bytes, subjectStart, subjectEnd } = this.input;
    if (this.consumers.size === 0) return false;
    const subject = Buffer.from(bytes.buffer, bytes.byteOffset + subjectStart, subjectEnd - subjectStart).toString(
      'latin1',
    );
    for (const consumer of this.consumers.values()) if (consumer.wants(subject)) return true;
    return false;
  }

  // ── The end of a turn ─────────────────────────────────────────────────────────────────────────────────────────────

  markDirty(): void {
    if (this.#dirty) return;
    this.#dirty = true;
    this.host.markDirty(this);
  }

  /** Makes safe what was taken. What cannot be made safe is gone, and its publishers are told. Returns why it could not. */
  commit(): StoreError | undefined {
    this.#dirty = false;
    if (!this.log.dirty) return undefined;
    try {
      this.log.commit();
      this.#safeMessageId = this.lastMessageId;
      return undefined;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#onStoreError(error);
      this.#onLost();
      return error;
    }
  }

  /** What was removed is gone for good when this returns. Throws a `StoreError`: then it is tried again with what comes next. */
  #commitRemovals(): void {
    this.markDirty();
    const error = this.commit();
    if (error !== undefined) throw error;
  }

  /** What was taken since the last commit is gone, and other messages will have its sequences. */
  #onLost(): void {
    const { committedSequence } = this.log;
    this.lastMessageId = this.#safeMessageId;
    this.#forgetAbove(committedSequence);
    this.#intake.forgetAbove(committedSequence);
    this.host.acknowledgements.disown(this, committedSequence);
    this.origins.onLost();
  }

  #onStoreError(error: StoreError): void {
    this.failure = error.code === 'full' ? NO_ROOM : NO_DISK;
    this.failureAnswer = refusedAck(apiError('streamStoreFailed', { err: this.failure }), this.name);
    this.host.onStoreError(this, error);
  }

  /** What was taken is safe: limits are kept, consumers told. */
  settle(): void {
    const { lastSequence } = this.log.state;
    if (lastSequence > this.#told) {
      const first = this.#told + 1;
      this.#told = lastSequence;
      this.#republisher?.republish(first, lastSequence);
      for (const consumer of this.consumers.values()) consumer.onAppended(first, lastSequence);
    } else {
      this.#told = Math.min(this.#told, lastSequence);
    }
    this.#limits.enforce();
    this.consumerSet.settleLater();
    this.#count(this.log.state.bytes);
  }

  /** Returns how many messages went. Throws a `StoreError`. */
  purge(order: PurgeOrder): number {
    const removed = this.clear(order);
    this.#commitRemovals();
    return removed;
  }

  clear(order: PurgeOrder): number {
    const purging = this.#purging;
    this.#purging = true;
    const removed = purge(this.log, order);
    this.#purging = purging;
    for (const consumer of this.consumers.values()) consumer.onPurged(order.filter === '' ? undefined : order.filter);
    this.markDirty();
    return removed;
  }

  /** Returns whether there was such a message. Throws a `StoreError`. */
  remove(sequence: number, erase: boolean): boolean {
    const removed = this.log.remove(sequence, erase);
    if (removed) this.#commitRemovals();
    return removed;
  }

  /** Makes a consumer whose configuration was checked. */
  addConsumer(config: ConsumerConfig, created: Readonly<Time>): StreamConsumer {
    return this.consumerSet.add(config, created);
  }

  updateConsumer(consumer: StreamConsumer, config: ConsumerConfig): void {
    this.consumerSet.update(consumer, config);
  }

  #onRemoved(sequence: number, subject: number, bytes: number): void {
    this.host.onRemoved(this, bytes);
    this.#limits.onRemoved(sequence);
    if (this.#purging) return;
    this.consumerSet.onRemoved(sequence, subject);
  }

  // ── Inside ────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** What its account may store has changed. */
  onLimitsChanged(): void {
    this.#configure();
  }

  #configure(): void {
    const { config, host } = this;
    const { subject_transform: transform, republish } = config;
    // Without a destination it goes nowhere.
    const republishes = republish !== undefined && republish.dest !== '';
    this.#republisher = republishes ? new Republisher(this, republish) : undefined;
    this.transform =
      transform === undefined || transform.dest === ''
        ? undefined
        : new SubjectTransform(transform.src, transform.dest);
    this.ackHead = Buffer.from(ackHead(config.name, host.domain), 'latin1');
    this.failureAnswer = refusedAck(apiError('streamStoreFailed', { err: this.failure }), config.name);
    const sizeMax = config.max_msg_size ?? -1;
    this.#sizeMax = sizeMax < 0 ? Number.MAX_SAFE_INTEGER : sizeMax;
    this.#plain =
      this.transform === undefined &&
      config.retention !== 'interest' &&
      config.discard === 'old' &&
      !config.sealed &&
      config.allow_msg_counter !== true &&
      config.allow_msg_schedules !== true &&
      !host.limited;
  }

  #subscribe(): void {
    if (this.config.sealed && this.config.subjects === undefined) return;
    for (const subject of this.config.subjects ?? []) {
      const subscription = new Subscription(SINK, subject, undefined, 'js', () => {});
      subscription.relay = this;
      this.host.account.subscribe(subscription);
      this.#subscriptions.push(subscription);
    }
  }

  /** `$JS.API.DIRECT.GET.<stream>[.<subject>]` */
  #answerDirectGets(): void {
    if (this.config.allow_direct) this.#answerDirectGetsOf(this.name);
    const { mirror, mirror_direct: direct } = this.config;
    if (mirror !== undefined && direct) this.#answerDirectGetsOf(mirror.name);
  }

  /** A mirror answers in the place of the stream that it mirrors, where that one is not here itself. */
  #answerDirectGetsOf(name: string): void {
    const base = `$JS.API.DIRECT.GET.${name}`;
    const mirrored = name !== this.name;
    const quickly = new QuickGets(this, base.length);
    const relay: Relay = {
      relay: (message) => {
        if (mirrored && (!this.origins.near || this.host.hasDirect(name))) return false;
        if (message.replyEnd === 0 || quickly.answer(message)) return true;
        const { arena } = this.host;
        const { payloadStart, payloadBytes } = message;
        const headerBytes = Math.max(0, message.headerBytes);
        const subject = arena.latin1(message.subjectStart, message.subjectEnd).slice(base.length + 1);
        const headers = headerBytes === 0 ? '' : arena.latin1(payloadStart, payloadStart + headerBytes);
        const body = arena.latin1(payloadStart + headerBytes, payloadStart + payloadBytes);
        const reply = arena.latin1(message.replyStart, message.replyEnd);
        answerDirectGet(this, subject, headers, body, reply);
        return true;
      },
      subjectThere: () => '',
      relayOutside: () => false,
    };
    this.#endDirectGets.push(this.host.listen(base, relay), this.host.listen(`${base}.>`, relay));
  }

  #unsubscribe(): void {
    for (const end of this.#endDirectGets.splice(0)) end();
    for (const subscription of this.#subscriptions) this.host.account.unsubscribe(subscription);
    this.#subscriptions = [];
  }

  #count(bytes: number): void {
    if (bytes === this.#counted) return;
    this.#use.change(this.config.storage, bytes - this.#counted);
    this.#counted = bytes;
  }

  #forgetAbove(sequence: number): void {
    this.ids.forgetAbove(sequence);
    this.#limits.forgetAbove(sequence);
  }

  /** A batch whose end was not written down is not there. */
  #dropUnfinishedBatch(): void {
    const left = unfinishedFrom(this.log, this.config);
    if (left > 0) this.log.truncate(left - 1);
  }
}

/** Whether a reply, whose end that is, may be that of a fast batch: `.$FI`. */
function endsFast(bytes: Uint8Array, end: number): boolean {
  return bytes[end - 1] === 73 && bytes[end - 2] === 70 && bytes[end - 3] === 36 && bytes[end - 4] === 46;
}
