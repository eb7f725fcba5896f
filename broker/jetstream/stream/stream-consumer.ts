import type { OutsideMessage, Relay } from '../../account/crossing.ts';
import type { Subscription } from '../../account/subscription.ts';
import type { Entry } from '../../delivery/match-table.ts';
import { StoreError, type Journal, type MessageLog, type StoredMessage, type Time } from '../../store/message-log.ts';
import { subjectMatches } from '../../subject/matching.ts';
import type { Parser } from '../../wire/parser.ts';
import type { JetStreamClock } from '../clock.ts';
import type { ConsumerConfig } from '../consumer/consumer-config.ts';
import { Consumer } from '../consumer/consumer.ts';
import type {
  AckReply,
  AdvisoryKind,
  ConsumerEngine,
  ConsumerHost,
  ConsumerMessage,
  DeliverOptions,
  DeliveryTarget,
  Header,
} from '../consumer/consumer-host.ts';
import type { Committable, JetStream, Worker } from '../jetstream.ts';
import { LogInput } from './log-input.ts';
import { headersOf, payloadOf, subjectOf, withHeaders } from './message-text.ts';
import type { Stream } from './stream.ts';

/** A subject that a consumer delivers to, with its entry of this turn. */
class Target implements DeliveryTarget {
  readonly subject: string;
  entry: Entry | undefined;
  turn = -1;
  changes = -1;

  constructor(subject: string) {
    this.subject = subject;
  }
}

/** What subjects of answers to other accounts begin with. */
const RESPONSES = '_R_.';
const NOTHING = new Uint8Array(0);

/** Whether somebody is there who counts. An observer does where he asks for this very subject, and not for what is around it. */
function listens({ closed, sink, subject }: Subscription, wanted: string): boolean {
  return !closed && !sink.closed && (!sink.observer || subject === wanted);
}

/** A consumer in its stream: what comes to it, and what it has of the account. */
export class StreamConsumer implements ConsumerHost, Worker, Committable {
  readonly #stream: Stream;
  readonly #jetStream: JetStream;
  readonly engine: ConsumerEngine;
  readonly journal: Journal | undefined;
  readonly #endings: (() => void)[] = [];
  #interestChanges = 0;
  readonly #message = new IncomingMessage();
  readonly #copy = new LogInput();
  /** What it did could not be written down the last time. */
  #fails = false;

  constructor(
    stream: Stream,
    jetStream: JetStream,
    config: ConsumerConfig,
    created: Readonly<Time>,
    journal: Journal | undefined,
  ) {
    this.#stream = stream;
    this.#jetStream = jetStream;
    this.journal = journal;
    this.engine = new Consumer(this, config, created);
  }

  get name(): string {
    return this.engine.name;
  }

  get config(): ConsumerConfig {
    return this.engine.config;
  }

  /** Begins to work. */
  start(isNew: boolean): void {
    this.#listen();
    this.engine.start(isNew);
  }

  update(config: ConsumerConfig): void {
    this.#unlisten();
    this.engine.update(config);
    this.#listen();
  }

  /** Whether it would see a message on that subject. */
  wants(subject: string): boolean {
    const { filter_subject: one, filter_subjects: many } = this.config;
    if (one !== undefined && one !== '') return subjectMatches(one, subject);
    return many === undefined || many.length === 0 || many.some((filter) => subjectMatches(filter, subject));
  }

  onAppended(first: number, last: number): void {
    this.engine.onAppended(first, last);
  }

  onRemoved(sequence: number, subject: number): void {
    this.engine.onRemoved(sequence, subject);
  }

  onPurged(subject: string | undefined): void {
    this.engine.onPurged(subject);
  }

  needs(sequence: number, subject: number): boolean {
    return this.engine.needs(sequence, subject);
  }

  run(): boolean {
    return this.engine.run();
  }

  stop(): void {
    this.#unlisten();
    this.#jetStream.forget(this);
    try {
      this.engine.stop();
    } catch (error) {
      this.#onStoreError(error);
    }
  }

  delete(): void {
    this.#unlisten();
    this.#jetStream.forget(this);
    this.engine.delete();
  }

  // ── What comes in ─────────────────────────────────────────────────────────────────────────────────────────────────

  #listen(): void {
    const { host, name: stream } = this.#stream;
    const { name } = this;
    const relayed = (take: (message: ConsumerMessage) => boolean | void): Relay => ({
      relay: (message) => take(this.#message.of(message, host.arena)) !== false,
      subjectThere: () => '',
      relayOutside: (message) => take(this.#message.outside(message, this.#copy, host.hash)) !== false,
    });
    if (this.engine.takesAcks) {
      this.#endings.push(
        host.listen(
          `$JS.ACK.${stream}.${name}.>`,
          relayed((message) => this.engine.ack(message)),
        ),
      );
    }
    const { deliver_subject: push = '', flow_control: controlled } = this.config;
    this.#endings.push(
      host.listen(
        `$JS.API.CONSUMER.MSG.NEXT.${stream}.${name}`,
        relayed((message) => {
          if (message.reply !== '') this.engine.request(message);
        }),
      ),
    );
    if (push !== '' && controlled === true) {
      this.#endings.push(
        host.listen(
          `$JS.FC.${stream}.${name}.>`,
          relayed((message) => this.engine.flowControl(subjectOf(message), message)),
        ),
      );
    }
  }

  #unlisten(): void {
    for (const end of this.#endings.splice(0)) end();
  }

  noted(): void {
    if (this.journal !== undefined) this.#jetStream.markJournal(this);
  }

  /** What it did is made safe with everything of this turn. What a disk refuses is tried again with the next change. */
  commit(): void {
    try {
      this.engine.flush();
      if (this.journal?.dirty === true) this.journal.commit();
      this.#fails = false;
    } catch (error) {
      this.#onStoreError(error);
    }
  }

  #onStoreError(error: unknown): void {
    if (!(error instanceof StoreError)) throw error;
    // Once is enough for a disk that is full.
    if (!this.#fails) this.#stream.host.onStoreError(this.#stream, error);
    this.#fails = true;
  }

  // ── ConsumerHost ──────────────────────────────────────────────────────────────────────────────────────────────────

  get stream(): string {
    return this.#stream.name;
  }

  get account(): string {
    return this.#stream.host.account.name;
  }

  get domain(): string | undefined {
    return this.#stream.host.domain || undefined;
  }

  get log(): MessageLog {
    return this.#stream.log;
  }

  get clock(): JetStreamClock {
    return this.#stream.host.clock;
  }

  get retention(): ConsumerHost['retention'] {
    return this.#stream.config.retention;
  }

  get messagesPerSubject(): number {
    return this.#stream.config.max_msgs_per_subject;
  }

  get messageBytesMax(): number {
    const { max_msg_size: max = -1 } = this.#stream.config;
    return max > 0 ? max : this.#jetStream.around.payloadBytesMax();
  }

  target(subject: string): DeliveryTarget {
    return new Target(subject);
  }

  deliver(message: StoredMessage, to: DeliveryTarget, reply: AckReply, options: DeliverOptions): boolean {
    const { stored } = this.#jetStream.around;
    const changed = options.headersOnly || options.pinId !== '' ? this.#changed(message, options) : message;
    return stored.deliver(this.#entryOf(to as Target), to.subject, changed, reply) > 0;
  }

  send(to: string, status: string, headers: readonly Header[] = [], reply = ''): void {
    const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    const block =
      status === '' && lines === '' ? undefined : `NATS/1.0${status === '' ? '' : ` ${status}`}\r\n${lines}\r\n`;
    const bytes = block === undefined ? undefined : Buffer.from(block, 'latin1');
    this.#stream.sender.send(to, reply, bytes, NOTHING);
    this.#stream.host.touch();
  }

  hasInterest(target: DeliveryTarget, group?: string): boolean {
    // Whoever asks from another account is gone when his answer is not waited for any more.
    if (target.subject.startsWith(RESPONSES)) return this.#stream.host.account.isAwaited(target.subject);
    const { targets, groups, special } = this.#entryOf(target as Target);
    if (group === undefined) {
      return (
        groups.length > 0 ||
        special !== undefined ||
        targets.some(({ subscription }) => listens(subscription, target.subject))
      );
    }
    // As in nats-server patterns do not count, nor does a queue group other than the one that it delivers to.
    const meant = ({ subscription }: { readonly subscription: Subscription }): boolean =>
      subscription.subject === target.subject && listens(subscription, target.subject);
    if (group !== '') {
      return groups.some((members) => members.some((one) => one.subscription.queue === group && meant(one)));
    }
    if (targets.some(meant)) return true;
    if (special === undefined) return false;
    return special.relays.some(meant) || special.handlers.some((subscription) => meant({ subscription }));
  }

  watchInterest(subject: string, onChange: () => void): () => void {
    return this.#stream.host.watchInterest(subject, () => {
      // What was looked up in this turn is not so any more.
      this.#interestChanges++;
      onChange();
    });
  }

  settled(sequence: number): void {
    this.#stream.consumerSet.settled(sequence);
  }

  wake(): void {
    this.#jetStream.wake(this);
    this.#stream.host.touch();
  }

  advise(kind: AdvisoryKind, fields: Readonly<Record<string, unknown>>): void {
    this.#stream.host.advise(kind, `CONSUMER.${kind}.${this.stream}.${this.name}`, fields);
  }

  metric(fields: Readonly<Record<string, unknown>>): void {
    this.#stream.host.measured(`CONSUMER.ACK.${this.stream}.${this.name}`, fields);
  }

  warn(text: string): void {
    this.#jetStream.around.log('warn', text);
  }

  expired(): void {
    this.#stream.consumerSet.forget(this);
  }

  #entryOf(target: Target): Entry {
    const { turn, around } = this.#jetStream;
    if (target.entry === undefined || target.turn !== turn || target.changes !== this.#interestChanges) {
      target.entry = around.stored.entryOf(this.#stream.host.account, target.subject);
      target.turn = turn;
      target.changes = this.#interestChanges;
    }
    return target.entry;
  }

  #changed(message: StoredMessage, { headersOnly, pinId }: DeliverOptions): LogInput {
    const payload = payloadOf(message);
    const more: Header[] = [];
    if (headersOnly) more.push(['Nats-Msg-Size', String(payload.length)]);
    if (pinId !== '') more.push(['Nats-Pin-Id', pinId]);
    const block = withHeaders(headersOf(message), more);
    const { hash } = this.#stream;
    return this.#copy.compose(hash, subjectOf(message), block, headersOnly ? NOTHING : payload);
  }
}

/** A message as consumers see it; the same object each time. */
class IncomingMessage implements ConsumerMessage {
  bytes: Uint8Array = NOTHING;
  subjectStart = 0;
  subjectEnd = 0;
  bodyStart = 0;
  headerBytes = 0;
  bodyBytes = 0;
  reply = '';

  of(message: Parser, arena: { readonly bytes: Uint8Array; latin1(start: number, end: number): string }): this {
    this.bytes = arena.bytes;
    this.subjectStart = message.subjectStart;
    this.subjectEnd = message.subjectEnd;
    this.bodyStart = message.payloadStart;
    this.headerBytes = Math.max(0, message.headerBytes);
    this.bodyBytes = message.payloadBytes;
    this.reply = message.replyEnd === 0 ? '' : arena.latin1(message.replyStart, message.replyEnd);
    return this;
  }

  outside({ subject, reply, headers, payload }: OutsideMessage, copy: LogInput, hash: Stream['hash']): this {
    const block = Buffer.from(headers).toString('latin1');
    const { bytes, subjectStart, subjectEnd, bodyStart, headerBytes, bodyBytes } = copy.compose(
      hash,
      subject,
      block,
      payload,
    );
    Object.assign(this, { bytes, subjectStart, subjectEnd, bodyStart, headerBytes, bodyBytes, reply });
    return this;
  }
}
