import type { ConsumerConfig } from '../../../../../broker/jetstream/consumer/consumer-config.ts';
import type {
  AckReply,
  ConsumerHost,
  ConsumerMessage,
  DeliverOptions,
  DeliveryTarget,
  Header,
} from '../../../../../broker/jetstream/consumer/consumer-host.ts';
import { Consumer } from '../../../../../broker/jetstream/consumer/consumer.ts';
import { LogInput } from '../../../../../broker/jetstream/stream/log-input.ts';
import { createMemoryLog } from '../../../../../broker/store/memory-log.ts';
import type { Journal, MessageLog, StoredMessage, Time } from '../../../../../broker/store/message-log.ts';
import { subjectHash } from '../../../../../broker/wire/subject-hash.ts';

const hash = subjectHash(1);

export interface Delivered {
  readonly to: string;
  readonly subject: string;
  readonly sequence: number;
  readonly reply: string;
  readonly headersOnly: boolean;
  readonly pinId: string;
}

export interface Sent {
  readonly to: string;
  readonly status: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly reply: string;
}

/** A journal that forgets what was not committed when it is opened again. */
export class JournalDouble implements Journal {
  #kept: Uint8Array[] = [];
  #new: Uint8Array[] = [];
  #replaced: Uint8Array | undefined;
  bytes = 0;
  dirty = false;
  ended = '';

  load(): Uint8Array[] {
    this.#new = [];
    this.#replaced = undefined;
    this.dirty = false;
    return [...this.#kept];
  }

  /** What is on disk, for tests that spoil it. */
  get kept(): Uint8Array[] {
    return this.#kept;
  }

  append(bytes: Uint8Array, start: number, end: number): void {
    this.#new.push(bytes.slice(start, end));
    this.bytes += end - start;
    this.dirty = true;
  }

  replace(snapshot: Uint8Array): void {
    this.#replaced = snapshot.slice();
    this.#new = [];
    this.bytes = 0;
    this.dirty = true;
  }

  commit(): void {
    if (this.#replaced !== undefined) this.#kept = [this.#replaced];
    this.#kept.push(...this.#new);
    this.#replaced = undefined;
    this.#new = [];
    this.dirty = false;
  }

  close(): void {
    this.ended = 'closed';
  }

  destroy(): void {
    this.ended = 'destroyed';
  }
}

/** A clock that stands still until it is told to go on. */
export class ClockDouble {
  ms = 1_700_000_000_000;
  readonly #timers = new Set<{ readonly at: number; readonly run: () => void }>();
  readonly #time = { seconds: 0, nanos: 0 };

  now(): Readonly<Time> {
    this.#time.seconds = Math.floor(this.ms / 1000);
    this.#time.nanos = Math.round((this.ms % 1000) * 1e6);
    return this.#time;
  }

  milliseconds(): number {
    return this.ms;
  }

  after(milliseconds: number, run: () => void): () => void {
    const timer = { at: this.ms + milliseconds, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  get timers(): number {
    return this.#timers.size;
  }

  /** `between` is called after each timer. */
  advance(milliseconds: number, between: () => void): void {
    const end = this.ms + milliseconds;
    for (;;) {
      const next = [...this.#timers].sort((a, b) => a.at - b.at)[0];
      if (next === undefined || next.at > end) break;
      this.#timers.delete(next);
      this.ms = Math.max(this.ms, next.at);
      next.run();
      between();
    }
    this.ms = end;
  }
}

const DEFAULTS: ConsumerConfig = {
  durable_name: 'C',
  name: 'C',
  deliver_policy: 'all',
  ack_policy: 'explicit',
  ack_wait: 30e9,
  max_deliver: -1,
  replay_policy: 'instant',
  max_waiting: 512,
  max_ack_pending: 1000,
  num_replicas: 0,
};

/** A stream with one consumer: everything that the consumer sees of the world. */
export class HostDouble implements ConsumerHost {
  readonly stream = 'S';
  readonly account = '$G';
  readonly domain = undefined;
  log: MessageLog = createMemoryLog(hash);
  readonly clock = new ClockDouble();
  retention: 'limits' | 'interest' | 'workqueue' = 'limits';
  messagesPerSubject = -1;
  messageBytesMax = 1024 * 1024;
  readonly journal = new JournalDouble();
  readonly delivered: Delivered[] = [];
  readonly sent: Sent[] = [];
  readonly advisories: { readonly kind: string; readonly fields: Readonly<Record<string, unknown>> }[] = [];
  readonly metrics: Readonly<Record<string, unknown>>[] = [];
  readonly warnings: string[] = [];
  readonly settledSequences: number[] = [];
  isExpired = false;
  /** There is none before `create`. */
  consumer!: Consumer;
  #created = false;
  /** Subjects that somebody listens to; pull requests make theirs heard. */
  readonly heard = new Set<string>();
  /** Subjects where deliveries fail though somebody listens. */
  readonly deaf = new Set<string>();
  readonly #watchers = new Map<string, Set<() => void>>();
  readonly #input = new LogInput();
  #woken = false;
  #first = 0;
  #purging = false;

  constructor() {
    this.#bindLog();
  }

  create(config: Partial<ConsumerConfig> = {}): Consumer {
    this.journal.load();
    this.consumer = new Consumer(this, { ...DEFAULTS, ...config }, this.clock.now());
    this.#created = true;
    this.consumer.start(true);
    this.turn();
    return this.consumer;
  }

  /** The process is killed and started again: only what was committed is there. */
  restart(): Consumer {
    const { config, created } = this.consumer;
    this.consumer = new Consumer(this, config, created);
    this.consumer.start(false);
    this.turn();
    return this.consumer;
  }

  publish(subject: string, payload = '', headers = ''): number {
    const bytes = Buffer.from(payload, 'latin1');
    const sequence = this.log.append(
      this.#input.compose(hash, subject, headers, bytes),
      this.#input.hash,
      this.clock.now(),
    );
    if (this.#first === 0) this.#first = sequence;
    return sequence;
  }

  /** Publishes so many messages and ends the turn. */
  fill(count: number, subject = 'a'): void {
    for (let i = 0; i < count; i++) this.publish(subject);
    this.turn();
  }

  /** The end of a turn, as a stream has it. */
  turn(): void {
    if (this.log.dirty) this.log.commit();
    if (this.#first !== 0) {
      const first = this.#first;
      this.#first = 0;
      this.consumer.onAppended(first, this.log.state.lastSequence);
    }
    let runs = 0;
    while (this.#woken) {
      if (++runs > 10_000) throw new Error('the consumer never rests');
      this.#woken = false;
      while (this.consumer.run());
    }
    this.consumer.flush();
    if (this.journal.dirty) this.journal.commit();
  }

  advance(milliseconds: number): void {
    this.turn();
    this.clock.advance(milliseconds, () => this.turn());
  }

  remove(sequence: number): void {
    this.log.remove(sequence);
    this.turn();
  }

  /** Of one subject, or of all below a sequence. */
  purge(subject: string | undefined, below = Infinity): void {
    this.#purging = true;
    const { log } = this;
    const last = Math.min(log.state.lastSequence, below - 1);
    for (let at = log.state.firstSequence; at <= last; at++) {
      const number = log.subjectOf(at);
      if (number !== -1 && (subject === undefined || log.subjects.text(number) === subject)) log.remove(at);
    }
    this.#purging = false;
    this.consumer.onPurged(subject);
    this.turn();
  }

  pull(request: Readonly<Record<string, unknown>> | string, inbox = 'inbox', headers = ''): void {
    this.heard.add(inbox);
    const payload = typeof request === 'string' ? request : JSON.stringify(request);
    this.consumer.request(message(payload, inbox, headers));
    this.turn();
  }

  /** Acks a message that was delivered. */
  ack(delivered: Delivered, body = '', reply = ''): void {
    this.consumer.ack(message(body, reply, '', delivered.reply));
    this.turn();
  }

  setInterest(subject: string, heard: boolean): void {
    if (heard) this.heard.add(subject);
    else this.heard.delete(subject);
    for (const onChange of this.#watchers.get(subject) ?? []) onChange();
    this.turn();
  }

  /** What was delivered since the last time. */
  take(): Delivered[] {
    return this.delivered.splice(0);
  }

  takeStatuses(): string[] {
    return this.sent.splice(0).map(({ status }) => status);
  }

  takeAdvisories(): string[] {
    return this.advisories.splice(0).map(({ kind }) => kind);
  }

  target(subject: string): DeliveryTarget {
    return { subject };
  }

  deliver(stored: StoredMessage, to: DeliveryTarget, reply: AckReply, options: DeliverOptions): boolean {
    if (!this.heard.has(to.subject) || this.deaf.has(to.subject)) return false;
    this.delivered.push({
      to: to.subject,
      subject: Buffer.from(stored.bytes.slice(stored.subjectStart, stored.subjectEnd)).toString('latin1'),
      sequence: stored.sequence,
      reply: Buffer.from(reply.bytes.slice(reply.start, reply.end)).toString('latin1'),
      headersOnly: options.headersOnly,
      pinId: options.pinId,
    });
    return true;
  }

  send(to: string, status: string, headers: readonly Header[] = [], reply = ''): void {
    this.sent.push({ to, status, headers: Object.fromEntries(headers), reply });
  }

  hasInterest(target: DeliveryTarget): boolean {
    return this.heard.has(target.subject);
  }

  watchInterest(subject: string, onChange: () => void): () => void {
    const watchers = this.#watchers.get(subject) ?? new Set();
    this.#watchers.set(subject, watchers.add(onChange));
    return () => watchers.delete(onChange);
  }

  settled(sequence: number): void {
    this.settledSequences.push(sequence);
    const subject = this.log.subjectOf(sequence);
    if (subject !== -1 && !this.consumer.needs(sequence, subject)) this.log.remove(sequence);
  }

  noted(): void {}

  wake(): void {
    this.#woken = true;
  }

  advise(kind: string, fields: Readonly<Record<string, unknown>>): void {
    this.advisories.push({ kind, fields });
  }

  metric(fields: Readonly<Record<string, unknown>>): void {
    this.metrics.push(fields);
  }

  warn(text: string): void {
    this.warnings.push(text);
  }

  expired(): void {
    this.isExpired = true;
    this.consumer.delete();
  }

  #bindLog(): void {
    this.log.onRemoved = (sequence, subject) => {
      if (this.#created && !this.#purging) this.consumer.onRemoved(sequence, subject);
    };
    this.log.subjects.onFreed = (subject) => {
      if (this.#created) this.consumer.onSubjectFreed(subject);
    };
  }
}

/** A message to a consumer. */
export function message(payload: string, reply = '', headers = '', subject = ''): ConsumerMessage {
  const bytes = Buffer.from(subject + headers + payload, 'utf8');
  return {
    bytes,
    subjectStart: 0,
    subjectEnd: subject.length,
    bodyStart: subject.length,
    headerBytes: headers.length,
    bodyBytes: bytes.length - subject.length,
    reply,
  };
}
