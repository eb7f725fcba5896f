import { latin1ToText, textToLatin1 } from '../base/latin1.ts';
import { API_LEVEL } from '../limits.ts';
import { rawJson, unlessEmpty } from './go-json.ts';
import type { MonitorHost } from './host.ts';
import { RequestError } from './request-error.ts';
import { NANOS_PER_MS, timestamp } from './time-text.ts';

/** JetStream as it is told of; names are latin1, the details JSON values of the API. */
export interface MonitoredJetStream {
  readonly memoryBytesMax: number;
  readonly storageBytesMax: number;
  /** Folder that streams are kept below. */
  readonly folder: string;
  readonly domain: string;
  readonly strict: boolean;
  readonly syncIntervalMs: number;
  readonly syncAlways: boolean;
  /** The configuration says how much it may take. */
  readonly limited: boolean;
  readonly uniqueTag: string;
  /** `jetstream { limits {} }`: fields of nats-server's answers, in their order; absent: none. */
  readonly limits: object;
  /** Requests to the API that wait, and what was answered to all accounts together. */
  readonly api: { readonly total: number; readonly errors: number; readonly inflight: number };
  readonly accounts: readonly MonitoredStreams[];
  /** Streams that lie on the disk and cannot be served; without a name: of accounts that are not there. */
  lost(): readonly { readonly account: string; readonly stream?: string }[];
}

/** The streams of an account. */
export interface MonitoredStreams {
  readonly name: string;
  /** What people call it, where its name is a key. */
  readonly displayName: string | undefined;
  /** Its JWT has run out. */
  readonly expired: boolean;
  /** What it may take in all; less than 0: no limit. Undefined where there are limits by tier. */
  readonly memoryMax: number | undefined;
  readonly storageMax: number | undefined;
  readonly memory: number;
  readonly storage: number;
  readonly reservedMemory: number;
  readonly reservedStorage: number;
  readonly total: number;
  readonly errors: number;
  readonly streams: readonly MonitoredStream[];
}

export interface MonitoredStream {
  readonly name: string;
  /** It lies on the disk. */
  readonly file: boolean;
  readonly messages: number;
  readonly bytes: number;
  readonly consumers: readonly string[];
  /** Consumers that other streams have for themselves. */
  readonly directConsumers: readonly string[];
  /** Fields of the API's answer about it, and about its consumers. */
  info(): Readonly<Record<string, unknown>>;
  consumerInfos(direct: boolean): readonly Readonly<Record<string, unknown>>[];
}

export interface JszOptions {
  /** '': none in particular. */
  readonly account: string;
  readonly accounts: boolean;
  readonly streams: boolean;
  readonly consumers: boolean;
  readonly directConsumers: boolean;
  readonly config: boolean;
  /** Counts what this server leads, which is everything. */
  readonly raft: boolean;
  /** Only the leader of a cluster answers; a server by itself is as good as one. */
  readonly leaderOnly: boolean;
  readonly offset: number;
  readonly limit: number;
}

/** Accounts of one answer when nothing else is asked for. */
const ACCOUNTS_MAX = 1024;
/** What nats-server writes for an account without limits: -1 as an unsigned number. */
const UNLIMITED = rawJson('18446744073709551615');

/** `/jsz` and `$SYS.REQ.SERVER.….JSZ`; undefined: it leaves the answer to others. */
export function jsz(host: MonitorHost, asked: JszOptions, now: number): object | undefined {
  const { jetStream } = host;
  if (jetStream === undefined) return asked.leaderOnly ? undefined : disabled(host, now);
  const options = { ...asked, streams: asked.streams || asked.consumers };
  const { accounts } = jetStream;
  const all = accounts.flatMap(({ streams }) => streams);
  const details = chosen(accounts, options).map((one) => accountFields(one, options));
  return {
    ...statistics(jetStream),
    server_id: host.serverId,
    now: timestamp(now),
    config: configFields(jetStream),
    limits: jetStream.limits,
    streams: all.length,
    streams_leader: options.raft ? unlessEmpty(all.length) : undefined,
    consumers: sum(all, ({ consumers }) => consumers.length),
    consumers_leader: options.raft ? unlessEmpty(sum(all, ({ consumers }) => consumers.length)) : undefined,
    messages: sum(all, ({ messages }) => messages),
    bytes: sum(all, ({ bytes }) => bytes),
    account_details: unlessEmpty(details),
    total: accounts.length,
  };
}

/** Accounts that are told of: the one that is named, where it is there, or a page of them. */
function chosen(
  accounts: readonly MonitoredStreams[],
  { account, accounts: wanted, streams, offset, limit }: JszOptions,
): readonly MonitoredStreams[] {
  const named = account === '' ? undefined : accounts.find(({ name }) => name === textToLatin1(account));
  if (named !== undefined) return [named];
  // Whoever asks for the streams of an account that is not there gets none.
  if (!wanted && !(streams && account === '')) return [];
  if (limit < 0) return accounts;
  const sorted = accounts.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  const from = Math.max(0, offset);
  return sorted.slice(from, from + (limit || ACCOUNTS_MAX));
}

/** One account, `$SYS.REQ.ACCOUNT.….JSZ`. Throws a `RequestError` where it has no streams. */
export function accountJsz(host: MonitorHost, name: string, options: JszOptions): object {
  const { jetStream } = host;
  if (jetStream === undefined) throw new RequestError('jetstream not enabled');
  const found = jetStream.accounts.find((account) => account.name === textToLatin1(name));
  if (found !== undefined) return accountFields(found, options);
  const there = host.account(name) !== undefined;
  throw new RequestError(`account ${JSON.stringify(name)} not ${there ? 'jetstream enabled' : 'found'}`);
}

/** `jetstream` of varz, and of the counters that a server tells from time to time. */
export function jetStreamFields(jetStream: MonitoredJetStream): object {
  return { config: configFields(jetStream), stats: statistics(jetStream), limits: jetStream.limits };
}

function disabled(host: MonitorHost, now: number): object {
  return {
    memory: 0,
    storage: 0,
    reserved_memory: 0,
    reserved_storage: 0,
    accounts: 0,
    ha_assets: 0,
    api: { level: 0, total: 0, errors: 0 },
    server_id: host.serverId,
    now: timestamp(now),
    disabled: true,
    config: { max_memory: 0, max_storage: 0 },
    streams: 0,
    consumers: 0,
    messages: 0,
    bytes: 0,
    total: 0,
  };
}

/** What all accounts have together. */
function statistics({ accounts, api }: MonitoredJetStream): object {
  return {
    memory: sum(accounts, ({ memory }) => memory),
    storage: sum(accounts, ({ storage }) => storage),
    reserved_memory: sum(accounts, ({ reservedMemory }) => reservedMemory),
    reserved_storage: sum(accounts, ({ reservedStorage }) => reservedStorage),
    accounts: accounts.length,
    ha_assets: 0,
    api: { level: API_LEVEL, total: api.total, errors: api.errors, inflight: unlessEmpty(api.inflight) },
  };
}

function configFields(jetStream: MonitoredJetStream): object {
  const { memoryBytesMax, storageBytesMax, folder, syncIntervalMs, syncAlways, domain, strict } = jetStream;
  return {
    max_memory: memoryBytesMax,
    max_storage: storageBytesMax,
    store_dir: unlessEmpty(folder),
    sync_interval: unlessEmpty(syncIntervalMs * NANOS_PER_MS),
    sync_always: unlessEmpty(syncAlways),
    domain: unlessEmpty(latin1ToText(domain)),
    compress_ok: unlessEmpty(jetStream.limited),
    unique_tag: unlessEmpty(jetStream.uniqueTag),
    strict: unlessEmpty(strict),
  };
}

function accountFields(account: MonitoredStreams, options: JszOptions): object {
  const id = latin1ToText(account.name);
  return {
    name: account.displayName ?? id,
    id,
    memory: account.memory,
    storage: account.storage,
    reserved_memory: promised(account.memoryMax),
    reserved_storage: promised(account.storageMax),
    accounts: 0,
    ha_assets: 0,
    api: { level: 0, total: account.total, errors: account.errors },
    stream_detail: options.streams
      ? unlessEmpty(account.streams.map((stream) => streamFields(stream, options)))
      : undefined,
  };
}

/** nats-server tells limits in the place of what is reserved, and none as the greatest number there is. */
function promised(most: number | undefined): unknown {
  if (most === undefined) return 0;
  return most < 0 ? UNLIMITED : most;
}

function streamFields(stream: MonitoredStream, { consumers, directConsumers, config }: JszOptions): object {
  const { created, cluster, config: configured, state, mirror, sources } = stream.info();
  const detail = (direct: boolean): unknown =>
    unlessEmpty(stream.consumerInfos(direct).map((info) => (config ? info : { ...info, config: undefined })));
  return {
    name: latin1ToText(stream.name),
    created,
    cluster,
    config: config ? configured : undefined,
    state,
    consumer_detail: consumers ? detail(false) : undefined,
    direct_consumer_detail: consumers && directConsumers ? detail(true) : undefined,
    mirror,
    sources,
  };
}

function sum<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((total, one) => total + of(one), 0);
}
