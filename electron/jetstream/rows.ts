/** Answers of the API as rows of the lists. Pure. */

import type {
  ConsumerDetail,
  ConsumerRow,
  ConsumerSort,
  JetStreamAccount,
  JetStreamTier,
  SourceState,
  StreamDetail,
  StreamRow,
  StreamSort,
} from '../bridge/contract.ts';
import { microseconds } from './wire.ts';
import type { WireAccount, WireConsumer, WireSource, WireStream, WireTier } from './wire.ts';

export function streamRow(info: WireStream, rate: number): StreamRow {
  const { config, state, mirror, sources = [] } = info;
  const behind = mirror === undefined ? sources : [mirror, ...sources];
  return {
    name: config.name,
    subjects: config.subjects ?? [],
    ...(config.mirror === undefined ? {} : { mirror: config.mirror.name }),
    sources: config.sources?.length ?? 0,
    ...(behind.length === 0
      ? {}
      : {
          lag: behind.reduce((sum, { lag = 0 }) => sum + lag, 0),
          silentMs: Math.max(...behind.map(({ active = -1 }) => (active < 0 ? -1 : active / 1e6))),
        }),
    storage: config.storage ?? 'file',
    retention: config.retention ?? 'limits',
    replicas: config.num_replicas ?? 1,
    sealed: config.sealed ?? false,
    messages: state.messages,
    bytes: state.bytes,
    firstSequence: state.first_seq,
    lastSequence: state.last_seq,
    firstAt: microseconds(state.first_ts),
    lastAt: microseconds(state.last_ts),
    consumers: state.consumer_count,
    subjectCount: state.num_subjects ?? 0,
    deleted: state.num_deleted ?? 0,
    rate,
    ...usedUp(info),
  };
}

/** The limit that is nearest. */
function usedUp({ config, state }: WireStream): Pick<StreamRow, 'used' | 'limit'> {
  const limits: [NonNullable<StreamRow['limit']>, number, number | undefined][] = [
    ['messages', state.messages, config.max_msgs],
    ['bytes', state.bytes, config.max_bytes],
    ['consumers', state.consumer_count, config.max_consumers],
  ];
  let nearest: Pick<StreamRow, 'used' | 'limit'> = {};
  for (const [limit, value, max = -1] of limits) {
    if (max > 0 && value / max > (nearest.used ?? -1)) nearest = { used: value / max, limit };
  }
  return nearest;
}

function sourceState({ name, lag = 0, active = -1, error }: WireSource): SourceState {
  return {
    name,
    lag,
    activeMs: active < 0 ? -1 : Math.round(active / 1e6),
    ...(error?.description === undefined ? {} : { error: error.description }),
  };
}

export function streamDetail(info: WireStream, rate: number): StreamDetail {
  const { config, created, mirror, sources = [], cluster } = info;
  return {
    config,
    created,
    row: streamRow(info, rate),
    ...(mirror === undefined ? {} : { mirror: sourceState(mirror) }),
    sources: sources.map(sourceState),
    ...(cluster === undefined
      ? {}
      : {
          cluster: {
            name: cluster.name ?? '',
            leader: cluster.leader ?? '',
            replicas: (cluster.replicas ?? []).map(({ name, current = false, lag = 0 }) => ({ name, current, lag })),
          },
        }),
  };
}

const descending = (a: number, b: number): number => b - a;

export const streamOrder: Record<StreamSort, (a: StreamRow, b: StreamRow) => number> = {
  name: () => 0,
  messages: (a, b) => descending(a.messages, b.messages),
  bytes: (a, b) => descending(a.bytes, b.bytes),
  rate: (a, b) => descending(a.rate, b.rate),
  consumers: (a, b) => descending(a.consumers, b.consumers),
  last: (a, b) => descending(a.lastAt, b.lastAt),
  subjects: (a, b) => descending(a.subjectCount, b.subjectCount),
  used: (a, b) => descending(a.used ?? -1, b.used ?? -1),
};

/** Words that a stream's row has to hold, each in its name, a subject, or the stream that it mirrors. */
export function passesFilter(texts: readonly string[], filter: string): boolean {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const lower = texts.map((text) => text.toLowerCase());
  return words.every((word) => lower.some((text) => text.includes(word)));
}

export function consumerRow(info: WireConsumer, rate: number): ConsumerRow {
  const { config, delivered, ack_floor: floor } = info;
  const filters = config.filter_subjects ?? (config.filter_subject ? [config.filter_subject] : []);
  return {
    name: info.name,
    durable: config.durable_name !== undefined && config.durable_name !== '',
    push: Boolean(config.deliver_subject),
    bound: info.push_bound ?? false,
    paused: info.paused ?? false,
    pauseMs: Math.round((info.pause_remaining ?? 0) / 1e6),
    ackPolicy: config.ack_policy ?? 'none',
    filters,
    pending: info.num_pending,
    ackPending: info.num_ack_pending,
    ackPendingMax: config.max_ack_pending ?? -1,
    redelivered: info.num_redelivered,
    waiting: info.num_waiting,
    deliveredStream: delivered.stream_seq,
    deliveredConsumer: delivered.consumer_seq,
    ackFloorStream: floor.stream_seq,
    ackFloorConsumer: floor.consumer_seq,
    rate,
    deliveredAt: microseconds(delivered.last_active),
    acknowledgedAt: microseconds(floor.last_active),
    groups: (info.priority_groups ?? []).map(({ group, pinned_client_id: pinned }) => ({
      group,
      ...(pinned ? { pinned } : {}),
    })),
  };
}

export function consumerDetail(info: WireConsumer, rate: number): ConsumerDetail {
  return { config: info.config, created: info.created, row: consumerRow(info, rate) };
}

export const consumerOrder: Record<ConsumerSort, (a: ConsumerRow, b: ConsumerRow) => number> = {
  name: () => 0,
  pending: (a, b) => descending(a.pending, b.pending),
  ackPending: (a, b) => descending(a.ackPending, b.ackPending),
  redelivered: (a, b) => descending(a.redelivered, b.redelivered),
  rate: (a, b) => descending(a.rate, b.rate),
};

function tier(name: string, given: WireTier): JetStreamTier {
  const { limits } = given;
  return {
    name,
    memory: { used: given.memory, reserved: given.reserved_memory ?? 0, max: limits.max_memory },
    storage: { used: given.storage, reserved: given.reserved_storage ?? 0, max: limits.max_storage },
    streams: { used: given.streams, max: limits.max_streams },
    consumers: { used: given.consumers, max: limits.max_consumers },
    maxBytesRequired: limits.max_bytes_required ?? false,
  };
}

export function accountFacts(info: WireAccount): Omit<JetStreamAccount, 'latencyMs'> {
  const named = Object.entries(info.tiers ?? {});
  return {
    tiers: named.length === 0 ? [tier('', info)] : named.map(([name, given]) => tier(name, given)),
    ...(info.domain === undefined ? {} : { domain: info.domain }),
    api: { total: info.api.total, errors: info.api.errors, level: info.api.level ?? 0 },
  };
}
