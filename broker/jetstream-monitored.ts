import { join } from 'node:path';
import { latin1ToText } from './base/latin1.ts';
import { WHOLE } from './jetstream/account-tiers.ts';
import type { AccountJetStream } from './jetstream/account-jetstream.ts';
import { consumerFields } from './jetstream/api/consumer-fields.ts';
import { streamFields } from './jetstream/api/stream-fields.ts';
import type { JetStream } from './jetstream/jetstream.ts';
import { goJson } from './jetstream/encode/go-json.ts';
import type { JetStreamLimits } from './jetstream/jetstream-options.ts';
import type { StreamConsumer } from './jetstream/stream/stream-consumer.ts';
import type { Stream } from './jetstream/stream/stream.ts';
import { rawJson } from './monitor/go-json.ts';
import type { MonitoredJetStream, MonitoredStream, MonitoredStreams } from './monitor/jsz.ts';

/** Folder that nats-server keeps streams in, below the one it is given; ours lies beside it. */
const TOLD_FOLDER = 'jetstream';
const NANOS_PER_MS = 1_000_000;

type Fields = Readonly<Record<string, unknown>>;

/** JetStream as its monitor sees it. */
export function monitoredJetStream(jetStream: JetStream): MonitoredJetStream {
  const { memoryBytesMax, storageBytesMax, folder, domain, strict, syncIntervalMs, syncAlways, limited, uniqueTag } =
    jetStream.options;
  const accounts = Array.from(jetStream.accounts);
  return {
    memoryBytesMax,
    storageBytesMax,
    folder: join(folder, TOLD_FOLDER),
    domain,
    strict,
    syncIntervalMs,
    syncAlways,
    limited,
    uniqueTag,
    limits: limitsTold(jetStream.options.limits),
    api: {
      total: jetStream.answered.total,
      errors: jetStream.answered.errors,
      inflight: jetStream.requests.length,
    },
    accounts: accounts.map(accountOf),
    lost: () => jetStream.lost(),
  };
}

function limitsTold(limits: JetStreamLimits): object {
  const { batch } = limits;
  return {
    max_request_batch: limits.maxRequestBatch || undefined,
    max_ack_pending: limits.maxAckPending || undefined,
    max_ha_assets: limits.maxHaAssets || undefined,
    max_duplicate_window: limits.duplicateWindowNanos || undefined,
    max_batch_inflight_per_stream: batch.perStream || undefined,
    max_batch_inflight_total: batch.total || undefined,
    max_batch_size: batch.messages || undefined,
    max_batch_timeout: batch.idleMs * NANOS_PER_MS || undefined,
    default_max_consumers: limits.defaultMaxConsumers,
  };
}

function accountOf(one: AccountJetStream): MonitoredStreams {
  const { account, usage, reserved, api, streams, tiers } = one;
  const leader = one.jetStream.around.serverName;
  const whole = tiers.get(WHOLE);
  return {
    name: account.name,
    displayName: account.options.displayName || undefined,
    expired: account.options.expired === true,
    memoryMax: whole?.max_memory,
    storageMax: whole?.max_storage,
    memory: usage.memory,
    storage: usage.storage,
    reservedMemory: reserved.memory,
    reservedStorage: reserved.storage,
    total: api.total,
    errors: api.errors,
    streams: Array.from(streams.values(), (stream) => streamOf(stream, leader)),
  };
}

function streamOf(stream: Stream, leader: string): MonitoredStream {
  const { log, consumers } = stream;
  const chosen = (direct: boolean): StreamConsumer[] =>
    [...consumers.values()].filter(({ config }) => (config.direct === true) === direct);
  return {
    name: stream.name,
    file: stream.config.storage === 'file',
    messages: log.state.messages,
    bytes: log.state.bytes,
    consumers: chosen(false).map(({ name }) => name),
    directConsumers: chosen(true).map(({ name }) => name),
    info: () => plain(streamFields(stream, { leader, listed: true })),
    consumerInfos: (direct) => chosen(direct).map((consumer) => plain(consumerFields(consumer, true))),
  };
}

/** Maps of ordered keys as objects, which JSON needs; in text, as all that the monitor tells. */
function plain(fields: object): Fields {
  return JSON.parse(latin1ToText(goJson(fields)), wholeNumbers as Reviver) as Fields;
}

type Reviver = (key: string, value: unknown) => unknown;

/** Numbers that are beyond those of JavaScript stay as they are written. */
function wholeNumbers(_key: string, value: unknown, { source }: { source?: string }): unknown {
  return typeof value === 'number' && !Number.isSafeInteger(value) && source !== undefined ? rawJson(source) : value;
}
