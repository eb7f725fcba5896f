import type { Account, InterestListener } from '../account/account.ts';
import { InternalSink } from '../account/sink.ts';
import { Subscription } from '../account/subscription.ts';
import type { Relay } from '../account/crossing.ts';
import type { StoreError, SubjectHash, Time } from '../store/message-log.ts';
import { newEventId } from '../base/event-text.ts';
import type { Arena } from '../base/arena.ts';
import type { Acknowledgements } from './acknowledgements.ts';
import { Api } from './api/api.ts';
import type { SystemClock } from './clock.ts';
import type { JetStream } from './jetstream.ts';
import { type AccountLimits, NO_LIMITS } from './resource-limits.ts';
import type { StreamContext } from './stream/config/stream-context.ts';
import type { ConsumerContext } from './consumer/config/consumer-context.ts';
import { ackMetric, advisory, type AdvisoryName } from './encode/advisories.ts';
import { NEVER } from './encode/info-fields.ts';
import { streamIdentity } from './short-hash.ts';
import { DomainSubjects } from './domain-subjects.ts';
import { Sender } from './sender.ts';
import type { StreamConfig } from './stream/stream-config.ts';
import type { StreamHost } from './stream/stream-host.ts';
import { readStreamDocument, writeStreamDocument } from './stream/stream-document.ts';
import { Stream } from './stream/stream.ts';

const SINK = new InternalSink();
/** Consumers of a stream where nothing else is said, as in nats-server. */
const DEFAULT_CONSUMERS_MAX = 1000;
/** Of the names that the server gives. */
const CONSUMER_NAME_LENGTH = 8;

/** Bytes that streams of an account hold. */
export interface Usage {
  memory: number;
  storage: number;
}

/** The streams of one account, and its API. */
export class AccountJetStream implements StreamHost, InterestListener {
  readonly jetStream: JetStream;
  readonly account: Account;
  readonly sender: Sender;
  readonly streams = new Map<string, Stream>();
  readonly api: Api;
  #domainSubjects: DomainSubjects | undefined;
  readonly #watchers = new Map<string, Set<() => void>>();

  constructor(jetStream: JetStream, account: Account) {
    this.jetStream = jetStream;
    this.account = account;
    this.sender = new Sender(jetStream.around, account);
    this.api = new Api(this);
  }

  get arena(): Arena {
    return this.jetStream.around.arena;
  }

  get clock(): SystemClock {
    return this.jetStream.around.clock;
  }

  get hash(): SubjectHash {
    return this.jetStream.around.hash;
  }

  get acknowledgements(): Acknowledgements {
    return this.jetStream.acknowledgements;
  }

  get domain(): string {
    return this.jetStream.options.domain;
  }

  get limited(): boolean {
    return this.limits !== undefined;
  }

  hasRoom(storage: 'file' | 'memory', bytes: number): boolean {
    const { limits, usage } = this;
    if (limits === undefined) return true;
    const max = storage === 'memory' ? limits.max_memory : limits.max_storage;
    return max < 0 || usage[storage === 'memory' ? 'memory' : 'storage'] + bytes <= max;
  }

  /** Requests with fields that nobody knows are refused. */
  get strict(): boolean {
    return this.jetStream.options.strict;
  }

  /** What configurations of its streams are judged by. */
  get context(): StreamContext {
    const { streams, jetStream } = this;
    const { memoryBytesMax, storageBytesMax, limits } = jetStream.options;
    const reserved = jetStream.reserved;
    return {
      stream: (name) => streams.get(name)?.config,
      streams: () => Array.from(streams.values(), ({ config }) => config),
      consumers: (name) => Array.from(streams.get(name)?.consumers.values() ?? [], ({ config }) => config),
      limits: this.limits ?? NO_LIMITS,
      server: {
        memoryBytesMax,
        storageBytesMax,
        memoryBytesReserved: reserved.memory,
        storageBytesReserved: reserved.storage,
        maxAckPending: limits.maxAckPending,
        maxRequestBatch: limits.maxRequestBatch,
        duplicateWindowNanos: limits.duplicateWindowNanos,
        defaultMaxConsumers: DEFAULT_CONSUMERS_MAX,
      },
    };
  }

  /** The same of consumers. */
  get consumerContext(): ConsumerContext {
    const { streams, context } = this;
    return {
      ...context,
      consumer: (stream, name) => streams.get(stream)?.consumers.get(name)?.config,
      hasInterest: (subject) => this.jetStream.around.bus.hasInterest(this.account, subject),
      freeName: (stream) => {
        for (;;) {
          const name = newEventId().slice(-CONSUMER_NAME_LENGTH);
          if (streams.get(stream)?.consumers.has(name) !== true) return name;
        }
      },
      identity: (stream) => {
        const created = streams.get(stream)?.created;
        return created === undefined ? '' : streamIdentity(created);
      },
    };
  }

  /** What it may have; undefined: as much as there is. */
  get limits(): AccountLimits | undefined {
    const { jetstream } = this.account.options;
    if (typeof jetstream !== 'object') return undefined;
    const of = (name: string): number => Number(jetstream[name] ?? -1);
    return {
      max_memory: of('max_memory'),
      max_storage: of('max_store'),
      max_streams: of('max_streams'),
      max_consumers: of('max_consumers'),
      max_ack_pending: of('max_ack_pending'),
      memory_max_stream_bytes: of('mem_max_stream_bytes'),
      storage_max_stream_bytes: of('disk_max_stream_bytes'),
      max_bytes_required: jetstream['max_bytes_required'] === true,
    };
  }

  /** Sums of `max_bytes` of its streams. */
  get reserved(): Usage {
    const reserved: Usage = { memory: 0, storage: 0 };
    for (const { config } of this.streams.values()) {
      if (config.max_bytes > 0) reserved[config.storage === 'memory' ? 'memory' : 'storage'] += config.max_bytes;
    }
    return reserved;
  }

  get usage(): Usage {
    const usage: Usage = { memory: 0, storage: 0 };
    for (const { config, log } of this.streams.values()) {
      usage[config.storage === 'memory' ? 'memory' : 'storage'] += log.state.bytes;
    }
    return usage;
  }

  /** Opens what is on disk, and begins to answer. */
  start(): void {
    const { store, around } = this.jetStream;
    for (const name of store.streams(this.account.name)) {
      try {
        this.#recover(name);
      } catch (error) {
        around.log('error', `JetStream: stream '${this.account.name} > ${name}' can not be opened: ${String(error)}`);
      }
    }
    for (const stream of this.streams.values()) stream.start();
    this.account.listen(this);
    this.api.start();
    if (this.domain !== '') {
      this.#domainSubjects = new DomainSubjects(this);
      this.#domainSubjects.start();
    }
  }

  stop(): void {
    this.account.unlisten(this);
    this.api.stop();
    this.#domainSubjects?.stop();
    for (const stream of this.streams.values()) {
      stream.stop();
      stream.place.close();
    }
    this.streams.clear();
  }

  /** Messages on that subject go to it, with `reaching` also those of imported streams. Returns the way to end it. */
  listen(subject: string, relay: Relay, reaching = false): () => void {
    const subscription = new Subscription(SINK, subject, undefined, 'js', () => {});
    subscription.relay = relay;
    subscription.reaching = reaching;
    this.account.subscribe(subscription);
    return () => this.account.unsubscribe(subscription);
  }

  /** The configuration was checked. Throws a `StoreError`. */
  create(config: StreamConfig): Stream {
    const { store, around } = this.jetStream;
    const { storage, compression, name } = config;
    const place = store.openStream(this.account.name, name, { storage, compression });
    const created: Time = { ...around.clock.now() };
    writeStreamDocument(place, { config, created });
    const stream = new Stream(this, place, config, created);
    if (config.first_seq !== undefined && config.first_seq > 1) stream.log.skipTo(config.first_seq, NEVER);
    this.streams.set(name, stream);
    stream.start();
    return stream;
  }

  /** A stream that came back from a backup. */
  adopt(stream: Stream): void {
    this.streams.set(stream.name, stream);
    stream.start();
  }

  update(stream: Stream, config: StreamConfig): void {
    writeStreamDocument(stream.place, { config, created: stream.created });
    stream.update(config);
  }

  delete(stream: Stream): void {
    this.streams.delete(stream.name);
    stream.delete();
  }

  /** Says what became of a stream, once whoever asked for it has his answer. */
  adviseStream(what: 'CREATED' | 'UPDATED' | 'DELETED', stream: string): void {
    const action = { CREATED: 'create', UPDATED: 'modify', DELETED: 'delete' }[what];
    const domain = this.domain === '' ? undefined : this.domain;
    this.advise('stream_action', `STREAM.${what}.${stream}`, { stream, action, domain });
  }

  hasDirect(stream: string): boolean {
    return this.streams.get(stream)?.config.allow_direct === true;
  }

  markDirty(stream: Stream): void {
    this.jetStream.markDirty(stream);
  }

  onRemoved(): void {}

  onStoreError(stream: Stream, error: StoreError): void {
    this.jetStream.onStoreError(stream, error);
  }

  endTurn(): void {
    this.jetStream.around.endTurn();
  }

  touch(): void {
    this.jetStream.touch();
  }

  watchInterest(subject: string, onChange: () => void): () => void {
    let watchers = this.#watchers.get(subject);
    if (watchers === undefined) this.#watchers.set(subject, (watchers = new Set()));
    watchers.add(onChange);
    return () => {
      watchers.delete(onChange);
      if (watchers.size === 0) this.#watchers.delete(subject);
    };
  }

  onPatternChanged(): void {
    for (const watchers of [...this.#watchers.values()]) for (const onChange of [...watchers]) onChange();
  }

  onLiteralChanged(subject: string): void {
    for (const onChange of [...(this.#watchers.get(subject) ?? [])]) onChange();
  }

  advise(name: AdvisoryName, subject: string, fields: object): void {
    this.#tell(`$JS.EVENT.ADVISORY.${subject}`, (id, time) => advisory(name, id, time, fields));
  }

  measured(subject: string, fields: object): void {
    this.#tell(`$JS.EVENT.METRIC.${subject}`, (id, time) => ackMetric(id, time, fields));
  }

  /** Only where somebody listens. */
  #tell(subject: string, event: (id: string, time: Readonly<Time>) => string): void {
    const { bus, clock } = this.jetStream.around;
    if (!bus.hasInterest(this.account, subject)) return;
    bus.publish(this.account, subject, Buffer.from(event(newEventId(), clock.now()), 'latin1'));
  }

  #recover(name: string): void {
    const place = this.jetStream.store.openStream(this.account.name, name, { storage: 'file', compression: 'none' });
    const document = readStreamDocument(place);
    if (document === undefined) {
      place.destroy();
      return;
    }
    const stream = new Stream(this, place, document.config, document.created);
    for (const damage of place.log.damage) {
      const { file, at, reason } = damage;
      this.jetStream.around.log(
        'warn',
        `JetStream: stream '${this.account.name} > ${name}': ${file} at ${at}: ${reason}`,
      );
    }
    this.streams.set(document.config.name, stream);
  }
}
