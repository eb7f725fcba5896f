import type { Account, InterestListener } from '../account/account.ts';
import type { Relay } from '../account/crossing.ts';
import { StoreError, type StreamPlace, type SubjectHash, type Time } from '../store/message-log.ts';
import { formatGoDuration } from '../base/duration-text.ts';
import { newEventId } from '../base/event-text.ts';
import type { Arena } from '../base/arena.ts';
import type { Acknowledgements } from './acknowledgements.ts';
import { Api } from './api/api.ts';
import type { ApiError } from './api-error.ts';
import { apiError } from './errors.ts';
import type { SystemClock } from './clock.ts';
import type { JetStream } from './jetstream.ts';
import { type AccountTiers, accountTiers, tierFor } from './account-tiers.ts';
import { route } from './api/routes.ts';
import { advise, adviseWidely, measure } from './events.ts';
import { listen } from './listening.ts';
import type { StreamContext } from './stream/config/stream-context.ts';
import type { ConsumerContext } from './consumer/config/consumer-context.ts';
import type { AdvisoryName } from './encode/advisories.ts';
import { NEVER } from './encode/info-fields.ts';
import { streamIdentity } from './short-hash.ts';
import { Sender } from './sender.ts';
import type { StreamConfig } from './stream/stream-config.ts';
import type { StreamHost } from './stream/stream-host.ts';
import { readStreamDocument, writeStreamDocument } from './stream/stream-document.ts';
import { Stream } from './stream/stream.ts';

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
  /** What it may have, by tier. */
  tiers: AccountTiers;
  /** Bytes of each kind that it may store; less than 0: no limit. */
  #most: Usage = { memory: -1, storage: -1 };
  readonly #watchers = new Map<string, Set<() => void>>();

  constructor(jetStream: JetStream, account: Account) {
    this.jetStream = jetStream;
    this.account = account;
    this.sender = new Sender(jetStream.around, account);
    this.api = new Api(jetStream, account, { route: (request) => route(this, request, this.strict) });
    this.tiers = accountTiers(account.options.jetstream);
    this.#limit();
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
    return this.#most.memory >= 0 || this.#most.storage >= 0;
  }

  /** Why so many bytes more may not be kept. */
  roomFault(storage: 'file' | 'memory', bytes: number): ApiError | undefined {
    if (this.#hasRoom(storage, bytes)) return undefined;
    return apiError(tierFor(this.tiers, 1) === undefined ? 'noLimits' : 'accountResourcesExceeded');
  }

  #hasRoom(storage: 'file' | 'memory', bytes: number): boolean {
    const most = this.#most[storage === 'memory' ? 'memory' : 'storage'];
    if (most < 0) return true;
    let held = bytes;
    for (const { config, log } of this.streams.values()) {
      if (config.storage !== storage) continue;
      // What a stream has beyond its own limit goes at the end of the turn.
      const own = config.max_bytes > 0 && config.discard === 'old' ? config.max_bytes : Number.MAX_SAFE_INTEGER;
      held += Math.min(log.state.bytes, own);
    }
    return held <= most;
  }

  /** Takes on what is said of the account now. */
  configure(): void {
    this.tiers = accountTiers(this.account.options.jetstream);
    this.#limit();
    for (const stream of this.streams.values()) stream.onLimitsChanged();
  }

  #limit(): void {
    const limits = tierFor(this.tiers, 1)?.limits;
    this.#most =
      limits === undefined ? { memory: 0, storage: 0 } : { memory: limits.max_memory, storage: limits.max_storage };
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
      limits: tierFor(this.tiers, 1)?.limits,
      limitsFor: (replicas) => tierFor(this.tiers, replicas)?.limits,
      server: {
        memoryBytesMax,
        storageBytesMax,
        memoryBytesReserved: reserved.memory,
        storageBytesReserved: reserved.storage,
        maxAckPending: limits.maxAckPending,
        maxRequestBatch: limits.maxRequestBatch,
        duplicateWindowNanos: limits.duplicateWindowNanos,
        defaultMaxConsumers: limits.defaultMaxConsumers,
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
    const told = (name: string): string => `'${this.account.name} > ${name}'`;
    for (const name of store.streams(this.account.name)) {
      try {
        around.log('info', `  Starting restore for stream ${told(name)}`);
        const startedAt = performance.now();
        const stream = this.#recover(name);
        if (stream === undefined) continue;
        const took = formatGoDuration(Math.round(performance.now() - startedAt));
        const messages = stream.log.state.messages.toLocaleString('en-US');
        around.log('info', `  Restored ${messages} messages for stream ${told(name)} in ${took}`);
      } catch (error) {
        around.log('error', `JetStream: stream '${this.account.name} > ${name}' can not be opened: ${String(error)}`);
      }
    }
    for (const stream of this.streams.values()) {
      const consumers = stream.place.documents().filter((document) => document.startsWith('consumer.')).length;
      if (consumers > 0) around.log('info', `  Recovering ${consumers} consumers for stream - ${told(stream.name)}`);
      stream.start();
    }
    this.account.listen(this);
    this.api.start();
  }

  stop(): void {
    this.account.unlisten(this);
    this.api.stop();
    for (const stream of this.streams.values()) {
      stream.stop();
      stream.place.close();
    }
    this.streams.clear();
  }

  /** Messages on that subject go to it, with `reaching` also those of imported streams. Returns the way to end it. */
  listen(subject: string, relay: Relay, reaching = false): () => void {
    return listen(this.account, subject, relay, reaching);
  }

  /** The configuration was checked. Throws a `StoreError`, and then nothing is left of it. */
  create(config: StreamConfig): Stream {
    const { store, around } = this.jetStream;
    const { storage, compression, name } = config;
    let place: StreamPlace | undefined;
    try {
      place = store.openStream(this.account.name, name, { storage, compression });
      const created: Time = { ...around.clock.now() };
      writeStreamDocument(place, { config, created });
      const stream = new Stream(this, place, config, created);
      if (config.first_seq !== undefined && config.first_seq > 1) stream.log.skipTo(config.first_seq, NEVER);
      this.streams.set(name, stream);
      stream.start();
      return stream;
    } catch (error) {
      this.streams.delete(name);
      place?.destroy();
      if (!(error instanceof StoreError)) throw error;
      around.log('warn', `Stream create failed for '${this.account.name} > ${name}': ${error.message}`);
      throw new StoreError(error.code, 'error creating store for stream', { cause: error });
    }
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
    advise(this.jetStream.around, this.account, name, subject, fields);
  }

  adviseWidely(name: AdvisoryName, subject: string, fields: object): void {
    adviseWidely(this.jetStream.around, this.account, name, subject, fields);
  }

  measured(subject: string, fields: object): void {
    measure(this.jetStream.around, this.account, subject, fields);
  }

  /** Undefined: what is there never became a stream. */
  #recover(name: string): Stream | undefined {
    const place = this.jetStream.store.openStream(this.account.name, name, { storage: 'file', compression: 'none' });
    const document = readStreamDocument(place);
    if (document === undefined) {
      place.destroy();
      return undefined;
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
    return stream;
  }
}
