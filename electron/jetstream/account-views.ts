/** Streams and consumers of one account, as windows ask for them. */

import type {
  ConsumerDetail,
  ConsumerList,
  ConsumerSettings,
  ConsumerSort,
  Deliveries,
  JetStreamAccount,
  LabMessage,
  Loss,
  PurgeParams,
  StoredMessage,
  StoredRow,
  StreamDetail,
  StreamGaps,
  StreamList,
  StreamSettings,
  StreamSort,
  SubjectCount,
} from '../bridge/contract.ts';
import type { JetStreamApi } from '../jetstream-api/client.ts';
import { consumerNotFound, JetStreamError, streamNotFound } from '../jetstream-api/errors.ts';
import { AdvisoryBook } from './advisories.ts';
import { AckWatch, deliveriesOf } from './deliveries.ts';
import type { Placed } from './deliveries.ts';
import { gapsOf, isInRuns } from './gaps.ts';
import { deletedListedMax, lookIdleMs } from './limits.ts';
import { Looks } from './looks.ts';
import { lossOf } from './losses.ts';
import { RowCache } from './row-cache.ts';
import {
  accountFacts,
  consumerDetail,
  consumerOrder,
  consumerRow,
  passesFilter,
  streamDetail,
  streamOrder,
  streamRow,
} from './rows.ts';
import { getMessage, getRange, seekTime, storedRow } from './stored-messages.ts';
import type { Asking, Way, Wanted } from './stored-messages.ts';
import { SubjectLists } from './subject-lists.ts';
import type { WireAccount, WireConsumer, WireStream } from './wire.ts';

interface Slice<Sort> {
  filter: string;
  sort: Sort;
  first: number;
  count: number;
}

/** API level of nats-server 2.11, from which on direct gets come in batches and times are sought by the server. */
const levelOfBatches = 1;
const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

export class AccountViews {
  readonly advisories: AdvisoryBook;
  readonly #api: JetStreamApi;
  readonly #account: string | undefined;
  readonly #number: number;
  readonly #streams: Looks<WireStream>;
  readonly #consumers = new Map<string, Looks<WireConsumer>>();
  readonly #subjects: SubjectLists;
  readonly #rows = new RowCache();
  #offline: string[] = [];
  #watch: { key: string; acks: AckWatch } | null = null;
  #level: number | null = null;

  /** @param number of the account at the link; 0 where it has none to name */
  constructor(api: JetStreamApi, account: string | undefined, number: number) {
    this.#api = api;
    this.#account = account;
    this.#number = number;
    this.advisories = new AdvisoryBook(api.link, number);
    this.#subjects = new SubjectLists((stream, body) => this.#ask<WireStream>(`STREAM.INFO.${stream}`, body));
    this.#streams = new Looks<WireStream>({
      page: async (offset) => {
        const { streams, total, missing, offline } = await this.#ask<{
          streams: WireStream[] | null;
          total: number;
          missing?: string[];
          offline?: Record<string, string>;
        }>('STREAM.LIST', { offset });
        if (offset === 0) this.#offline = [];
        this.#offline.push(
          ...(missing ?? []),
          ...Object.entries(offline ?? {}).map(([name, reason]) => `${name}: ${reason}`),
        );
        return { items: streams ?? [], total };
      },
      key: ({ config }) => config.name,
      counter: ({ state }) => state.last_seq,
    });
  }

  asking(signal?: AbortSignal): Asking {
    return { api: this.#api, account: this.#account, signal };
  }

  #ask<T>(what: string, body: unknown = null, signal?: AbortSignal): Promise<T> {
    return this.#api.request<T>(what, body, { account: this.#account, ...(signal === undefined ? {} : { signal }) });
  }

  /** Asks for something that changes what is there; lists are looked at anew after it. */
  async change<T = unknown>(what: string, body: unknown): Promise<T> {
    try {
      return await this.#api.request<T>(what, body, { account: this.#account, change: true });
    } finally {
      this.changed();
    }
  }

  /** Lists are looked at anew. */
  changed(): void {
    this.#streams.expire();
    for (const looks of this.#consumers.values()) looks.expire();
    this.#subjects.forget();
  }

  async account(signal: AbortSignal): Promise<JetStreamAccount> {
    const startedAt = performance.now();
    const info = await this.#ask<WireAccount>('INFO', null, signal);
    const latencyMs = performance.now() - startedAt;
    this.#level = info.api.level ?? 0;
    return {
      ...accountFacts(info),
      latencyMs,
    };
  }

  async streams({ filter, sort, first, count }: Slice<StreamSort>): Promise<StreamList> {
    const { items, rates, at } = await this.#streams.get();
    const passing = items.filter(({ config }) =>
      passesFilter([config.name, ...(config.subjects ?? []), config.mirror?.name ?? ''], filter),
    );
    const rows = passing.map((info) => streamRow(info, rates.get(info.config.name) ?? 0));
    rows.sort((a, b) => streamOrder[sort](a, b) || byName(a, b));
    const sum = (of: (info: WireStream) => number): number => items.reduce((total, info) => total + of(info), 0);
    return {
      rows: rows.slice(first, first + count),
      first,
      total: rows.length,
      streams: items.length,
      messages: sum(({ state }) => state.messages),
      bytes: sum(({ state }) => state.bytes),
      consumers: sum(({ state }) => state.consumer_count),
      at,
      offline: this.#offline,
    };
  }

  async #streamInfo(stream: string, body: unknown = null, signal?: AbortSignal): Promise<WireStream> {
    return this.#ask<WireStream>(`STREAM.INFO.${stream}`, body, signal);
  }

  async stream(stream: string, signal?: AbortSignal): Promise<StreamDetail | null> {
    try {
      return streamDetail(await this.#streamInfo(stream, null, signal), this.#streams.rateOf(stream));
    } catch (error) {
      if (error instanceof JetStreamError && error.errCode === streamNotFound) return null;
      throw error;
    }
  }

  async saveStream(action: 'CREATE' | 'UPDATE', config: StreamSettings): Promise<StreamDetail> {
    const info = await this.change<WireStream>(`STREAM.${action}.${config.name}`, config);
    this.#rows.forgetStream(config.name);
    return streamDetail(info, 0);
  }

  async subjects(
    { stream, filter, sort, first, count }: Slice<'name' | 'messages'> & { stream: string },
    signal: AbortSignal,
  ): Promise<{ rows: SubjectCount[]; first: number; total: number; subjects: number; cut: boolean }> {
    const { list, cut } = await this.#subjects.get(stream, '>', signal);
    const passing = list.filter(({ subject }) => passesFilter([subject], filter));
    if (sort === 'messages') passing.sort((a, b) => b.messages - a.messages || (a.subject < b.subject ? -1 : 1));
    return { rows: passing.slice(first, first + count), first, total: passing.length, subjects: list.length, cut };
  }

  async purge({ stream, filter, keep, before }: PurgeParams): Promise<{ purged: number }> {
    const body = {
      ...(filter === '' ? {} : { filter }),
      ...(keep === 0 ? {} : { keep }),
      ...(before === 0 ? {} : { seq: before }),
    };
    const { purged } = await this.change<{ purged: number }>(`STREAM.PURGE.${stream}`, body);
    this.#rows.forgetStream(stream);
    return { purged };
  }

  async loss(params: PurgeParams, signal: AbortSignal): Promise<Loss> {
    const { stream, filter } = params;
    const all = filter === '' || filter === '>';
    const [info, consumers, subjects] = await Promise.all([
      this.#streamInfo(stream, null, signal),
      this.#looksAt(stream).get(),
      all ? null : this.#subjects.get(stream, filter, signal),
    ]);
    return lossOf(this.asking(signal), params, {
      info,
      consumers: consumers.items,
      subjects: new Map(subjects?.list.map(({ subject, messages }) => [subject, messages])),
      way: await this.#way(info),
    });
  }

  async gaps(stream: string, signal: AbortSignal): Promise<StreamGaps> {
    const { state, created } = await this.#streamInfo(stream, null, signal);
    const deleted = state.num_deleted ?? 0;
    this.#rows.agree(stream, `${created} ${deleted} ${state.first_seq}`);
    if (deleted === 0 || deleted > deletedListedMax) return gapsOf(state);
    return gapsOf((await this.#streamInfo(stream, { deleted_details: true }, signal)).state);
  }

  /** How a stream's messages are asked for, and its last sequence now. */
  async wayOf(stream: string, signal?: AbortSignal): Promise<{ way: Way; first: number; last: number }> {
    const info = await this.#streamInfo(stream, null, signal);
    return { way: await this.#way(info), first: info.state.first_seq, last: info.state.last_seq };
  }

  async #way({ config }: WireStream): Promise<Way> {
    this.#level ??= (await this.#ask<WireAccount>('INFO')).api.level ?? 0;
    const way = { direct: config.allow_direct ?? false, batches: this.#level >= levelOfBatches };
    this.#rows.setWay(config.name, way);
    return way;
  }

  async #knownWay(stream: string, signal: AbortSignal): Promise<Way> {
    return this.#rows.wayOf(stream) ?? (await this.wayOf(stream, signal)).way;
  }

  async messages(
    { stream, first, count }: { stream: string; first: number; count: number },
    signal: AbortSignal,
  ): Promise<{ rows: StoredRow[]; by: StoredMessage['by'] }> {
    return this.#inTheWay(stream, signal, async (way) => {
      const by = way.direct ? 'direct get' : 'STREAM.MSG.GET';
      const kept = this.#rows.range(stream, first, count);
      if (kept !== null) return { rows: kept, by };
      const rows = (await getRange(this.asking(signal), stream, way, first, count)).map(storedRow);
      this.#rows.put(stream, first, count, rows);
      return { rows, by };
    });
  }

  /** Nobody answers a direct get once the stream was told not to allow it: then it is asked again how to ask. */
  async #inTheWay<T>(stream: string, signal: AbortSignal, work: (way: Way) => Promise<T>): Promise<T> {
    const way = await this.#knownWay(stream, signal);
    try {
      return await work(way);
    } catch (error) {
      if (!way.direct || !(error instanceof JetStreamError) || error.code !== 'jetstream-unavailable') throw error;
      const now = await this.wayOf(stream, signal);
      if (now.way.direct) throw error;
      return work(now.way);
    }
  }

  async message(stream: string, wanted: Wanted, signal: AbortSignal): Promise<StoredMessage | null> {
    const message = await this.#inTheWay(stream, signal, (way) => getMessage(this.asking(signal), stream, way, wanted));
    return message;
  }

  async seek(
    { stream, time, subject }: { stream: string; time?: number; subject?: string },
    signal: AbortSignal,
  ): Promise<{ sequence: number } | null> {
    const { way, first, last } = await this.wayOf(stream, signal);
    if (time !== undefined) {
      const sequence = await seekTime(this.asking(signal), stream, way, { first, last }, time);
      return sequence === null ? null : { sequence };
    }
    // STREAM.MSG.GET takes wildcards for the last one, a direct get does not.
    const found = await getMessage(
      this.asking(signal),
      stream,
      { ...way, direct: false },
      { last_by_subj: subject ?? '>' },
    );
    return found === null ? null : { sequence: found.sequence };
  }

  forget(stream: string, sequence: number): void {
    this.#rows.forget(stream, sequence);
  }

  #looksAt(stream: string): Looks<WireConsumer> {
    let looks = this.#consumers.get(stream);
    if (looks !== undefined) return looks;
    for (const [name, other] of this.#consumers) {
      if (performance.now() - other.askedAt > lookIdleMs) this.#consumers.delete(name);
    }
    looks = new Looks<WireConsumer>({
      page: async (offset) => {
        const { consumers, total } = await this.#ask<{ consumers: WireConsumer[] | null; total: number }>(
          `CONSUMER.LIST.${stream}`,
          { offset },
        );
        return { items: consumers ?? [], total };
      },
      key: ({ name }) => name,
      counter: ({ delivered }) => delivered.consumer_seq,
    });
    this.#consumers.set(stream, looks);
    return looks;
  }

  async consumers({
    stream,
    filter,
    sort,
    first,
    count,
  }: Slice<ConsumerSort> & { stream: string }): Promise<ConsumerList> {
    const { items, rates, at } = await this.#looksAt(stream).get();
    const rows = items
      .map((info) => consumerRow(info, rates.get(info.name) ?? 0))
      .filter(({ name, filters }) => passesFilter([name, ...filters], filter));
    rows.sort((a, b) => consumerOrder[sort](a, b) || byName(a, b));
    return { rows: rows.slice(first, first + count), first, total: rows.length, consumers: items.length, at };
  }

  async consumerInfo(stream: string, consumer: string, signal?: AbortSignal): Promise<WireConsumer> {
    return this.#ask<WireConsumer>(`CONSUMER.INFO.${stream}.${consumer}`, null, signal);
  }

  async consumer(stream: string, consumer: string, signal: AbortSignal): Promise<ConsumerDetail | null> {
    try {
      const info = await this.consumerInfo(stream, consumer, signal);
      return consumerDetail(info, this.#consumers.get(stream)?.rateOf(consumer) ?? 0);
    } catch (error) {
      if (error instanceof JetStreamError && [consumerNotFound, streamNotFound].includes(error.errCode)) return null;
      throw error;
    }
  }

  async saveConsumer(action: 'create' | 'update', stream: string, config: ConsumerSettings): Promise<ConsumerDetail> {
    const name = config.name ?? config.durable_name;
    const what = name === undefined ? `CONSUMER.CREATE.${stream}` : `CONSUMER.CREATE.${stream}.${name}`;
    const body = { stream_name: stream, config: { ...config, ...(name === undefined ? {} : { name }) }, action };
    const filter = config.filter_subject;
    // The subject of the request says the one filter, so that permissions can be given by it.
    const info = await this.change<WireConsumer>(name !== undefined && filter ? `${what}.${filter}` : what, body);
    return consumerDetail(info, 0);
  }

  async deliveries(
    { stream, consumer, limit }: { stream: string; consumer: string; limit: number },
    signal: AbortSignal,
  ): Promise<Deliveries> {
    const key = `${stream}.${consumer}`;
    if (this.#watch?.key !== key) {
      this.#watch?.acks.dispose();
      const acks = new AckWatch(this.#api.link, this.#number, stream, consumer, () => (this.#watch = null));
      this.#watch = { key, acks };
    }
    const { acks } = this.#watch;
    acks.keep();
    for (const one of this.advisories.of(stream, consumer)) {
      // A nak names the delivery that it ends.
      if (one.sequence > 0) acks.note(one.sequence, one.deliveries);
    }
    const info = await this.consumerInfo(stream, consumer, signal);
    const floor = info.ack_floor.stream_seq;
    const span = Math.max(0, info.delivered.stream_seq - floor);
    const count = Math.min(span, limit);
    const stored = await acks.placed.get(floor + 1, count, (first, wanted) =>
      this.#inTheWay(stream, signal, (way) => getRange(this.asking(signal), stream, way, first, wanted)),
    );
    const there = await this.#withoutDeleted(stream, stored, signal);
    return deliveriesOf(info, there, acks.seen, count === span, floor + count + 1);
  }

  /** A mirror answers direct gets as well, and keeps what was deleted in its origin. */
  async #withoutDeleted(stream: string, stored: readonly Placed[], signal: AbortSignal): Promise<readonly Placed[]> {
    if (!stored.some((message) => message.stream !== stream)) return stored;
    const { runs } = await this.gaps(stream, signal);
    return runs === null ? stored : stored.filter(({ sequence }) => !isInRuns(runs, sequence));
  }

  /** The lab was given a message: that tells how often it was delivered. */
  delivered({ stream, consumer, sequence, deliveries }: LabMessage): void {
    if (this.#watch?.key === `${stream}.${consumer}`) this.#watch.acks.note(sequence, deliveries);
  }

  dispose(): void {
    this.advisories.dispose();
    this.#watch?.acks.dispose();
  }
}
