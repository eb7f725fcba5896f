import { latin1ToText, textToLatin1 } from '../base/latin1.ts';
import { unlessEmpty } from './go-json.ts';
import type { MonitorHost } from './host.ts';
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
  readonly accounts: readonly MonitoredStreams[];
}

/** The streams of an account. */
export interface MonitoredStreams {
  readonly name: string;
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
  readonly messages: number;
  readonly bytes: number;
  readonly consumers: readonly string[];
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
  readonly offset: number;
  readonly limit: number;
}

/** Accounts of one answer when nothing else is asked for. */
const ACCOUNTS_MAX = 1024;
const API_LEVEL = 5;
/** nats-server's, when its configuration says nothing. */
const DEFAULT_CONSUMERS_MAX = 1000;
/** What nats-server writes for an account without limits: -1 as an unsigned number. */
const UNLIMITED = rawJson('18446744073709551615');

/** `/jsz` and `$SYS.REQ.SERVER.….JSZ`. */
export function jsz(host: MonitorHost, options: JszOptions, now: number): object {
  const { jetStream } = host;
  if (jetStream === undefined) return disabled(host, now);
  const { accounts } = jetStream;
  const all = accounts.flatMap(({ streams }) => streams);
  const { account, offset, limit } = options;
  const named = account === '' ? undefined : accounts.filter(({ name }) => name === textToLatin1(account));
  const wanted = options.accounts || options.streams || options.consumers || options.config;
  const from = Math.max(0, offset);
  const listed = wanted ? accounts.slice(from, from + (limit > 0 ? limit : ACCOUNTS_MAX)) : [];
  const details = (named ?? listed).map((one) => accountFields(one, options));
  return {
    ...statistics(jetStream),
    server_id: host.serverId,
    now: timestamp(now),
    config: configFields(jetStream),
    limits: { default_max_consumers: DEFAULT_CONSUMERS_MAX },
    streams: all.length,
    consumers: sum(all, ({ consumers }) => consumers.length),
    messages: sum(all, ({ messages }) => messages),
    bytes: sum(all, ({ bytes }) => bytes),
    account_details: unlessEmpty(details),
    total: accounts.length,
  };
}

/** One account, `$SYS.REQ.ACCOUNT.….JSZ`; undefined: it has no streams. */
export function accountJsz(host: MonitorHost, name: string, options: JszOptions): object | undefined {
  const found = host.jetStream?.accounts.find((account) => account.name === textToLatin1(name));
  return found === undefined ? undefined : accountFields(found, options);
}

/** `jetstream` of varz. */
export function jetStreamFields(jetStream: MonitoredJetStream | undefined): object {
  if (jetStream === undefined) return {};
  return {
    config: configFields(jetStream),
    stats: statistics(jetStream),
    limits: { default_max_consumers: DEFAULT_CONSUMERS_MAX },
  };
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

function statistics({ accounts }: MonitoredJetStream): object {
  return {
    memory: sum(accounts, ({ memory }) => memory),
    storage: sum(accounts, ({ storage }) => storage),
    reserved_memory: sum(accounts, ({ reservedMemory }) => reservedMemory),
    reserved_storage: sum(accounts, ({ reservedStorage }) => reservedStorage),
    accounts: accounts.length,
    ha_assets: 0,
    api: {
      level: API_LEVEL,
      total: sum(accounts, ({ total }) => total),
      errors: sum(accounts, ({ errors }) => errors),
    },
  };
}

function configFields(jetStream: MonitoredJetStream): object {
  const { memoryBytesMax, storageBytesMax, folder, syncIntervalMs, syncAlways, domain, strict } = jetStream;
  return {
    max_memory: memoryBytesMax,
    max_storage: storageBytesMax,
    store_dir: folder,
    sync_interval: syncIntervalMs * NANOS_PER_MS,
    sync_always: unlessEmpty(syncAlways),
    domain: unlessEmpty(latin1ToText(domain)),
    compress_ok: unlessEmpty(jetStream.limited),
    strict: unlessEmpty(strict),
  };
}

function accountFields(account: MonitoredStreams, options: JszOptions): object {
  const name = latin1ToText(account.name);
  const withStreams = options.streams || options.consumers;
  return {
    name,
    id: name,
    memory: account.memory,
    storage: account.storage,
    reserved_memory: UNLIMITED,
    reserved_storage: UNLIMITED,
    accounts: 0,
    ha_assets: 0,
    api: { level: 0, total: account.total, errors: account.errors },
    stream_detail: withStreams
      ? unlessEmpty(account.streams.map((stream) => streamFields(stream, options)))
      : undefined,
  };
}

function streamFields(stream: MonitoredStream, { consumers, directConsumers, config }: JszOptions): object {
  const { created, cluster, config: configured, state, mirror, sources } = stream.info();
  const infos = consumers ? stream.consumerInfos(directConsumers) : [];
  return {
    name: latin1ToText(stream.name),
    created,
    cluster,
    config: config ? configured : undefined,
    state,
    consumer_detail: unlessEmpty(infos.map((info) => (config ? info : { ...info, config: undefined }))),
    mirror,
    sources,
  };
}

/** A number that is beyond those of JavaScript, as JSON has it. */
function rawJson(text: string): unknown {
  return (JSON as unknown as { rawJSON(json: string): unknown }).rawJSON(text);
}

function sum<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((total, one) => total + of(one), 0);
}
