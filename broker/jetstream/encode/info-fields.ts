import type { Time } from '../../store/message-log.ts';
import type { ApiError } from '../api-error.ts';
import type { ConsumerConfig } from '../consumer/consumer-config.ts';
import type { AccountLimits } from '../resource-limits.ts';
import type { StreamConfig, SubjectTransformConfig } from '../stream/stream-config.ts';
import { timeText, ZERO_TIME_SECONDS } from '../time-text.ts';
import { API_LEVEL } from '../../limits.ts';
import { consumerConfigJson, streamConfigJson } from './config-fields.ts';
import { sortedMap, unlessEmpty } from './go-json.ts';

/** Streams, consumers and accounts as answers tell of them. Strings are latin1. */

type Moment = Readonly<Time>;

/** Of what never was. */
export const NEVER: Moment = { seconds: ZERO_TIME_SECONDS, nanos: 0 };

export interface StreamState {
  readonly messages: number;
  readonly bytes: number;
  readonly first_seq: number;
  readonly first_ts: Moment;
  readonly last_seq: number;
  readonly last_ts: Moment;
  readonly num_subjects: number;
  /** Messages by subject, sorted, where that was asked for. */
  readonly subjects?: ReadonlyMap<string, number> | undefined;
  readonly num_deleted: number;
  readonly deleted?: readonly number[] | undefined;
  readonly lost?: { readonly msgs: readonly number[]; readonly bytes: number } | undefined;
  readonly consumer_count: number;
}

/** How far a mirror or source is. */
export interface SourceState {
  readonly name: string;
  readonly external?: { readonly api: string; readonly deliver: string } | undefined;
  readonly lag: number;
  readonly seq?: number | undefined;
  /** Nanoseconds since something came; -1: nothing ever did. */
  readonly active: number;
  readonly error?: ApiError | undefined;
  readonly filter_subject?: string | undefined;
  readonly subject_transforms?: readonly SubjectTransformConfig[] | undefined;
}

export interface StreamTold {
  readonly config: Readonly<StreamConfig>;
  readonly created: Moment;
  readonly state: StreamState;
  /** '' or missing: none; answers to a create do not have it. */
  readonly domain?: string | undefined;
  /** Name of the server, in answers to `STREAM.INFO` only. */
  readonly leader?: string | undefined;
  readonly mirror?: SourceState | undefined;
  readonly sources?: readonly SourceState[] | undefined;
  readonly ts: Moment;
}

/** `told`: see `streamConfigJson`; false in lists. */
export function streamInfoJson(stream: StreamTold, told = true): object {
  const { leader } = stream;
  return {
    config: streamConfigJson(stream.config, told),
    created: timeText(stream.created),
    state: streamStateJson(stream.state),
    domain: unlessEmpty(stream.domain),
    cluster: leader === undefined ? undefined : { leader },
    mirror: stream.mirror === undefined ? undefined : sourceStateJson(stream.mirror),
    sources: unlessEmpty(stream.sources?.map(sourceStateJson)),
    ts: timeText(stream.ts),
  };
}

export function streamStateJson(state: StreamState): object {
  const { subjects, lost } = state;
  return {
    messages: state.messages,
    bytes: state.bytes,
    first_seq: state.first_seq,
    first_ts: timeText(state.first_ts),
    last_seq: state.last_seq,
    last_ts: timeText(state.last_ts),
    num_subjects: unlessEmpty(state.num_subjects),
    subjects: subjects === undefined || subjects.size === 0 ? undefined : subjects,
    num_deleted: unlessEmpty(state.num_deleted),
    deleted: unlessEmpty(state.deleted),
    lost: lost === undefined ? undefined : { msgs: lost.msgs, bytes: lost.bytes },
    consumer_count: state.consumer_count,
  };
}

function sourceStateJson(source: SourceState): object {
  const { external, subject_transforms } = source;
  return {
    name: source.name,
    external: external === undefined ? undefined : { api: external.api, deliver: external.deliver },
    lag: source.lag,
    seq: unlessEmpty(source.seq),
    active: source.active,
    error: source.error === undefined ? undefined : errorJson(source.error),
    filter_subject: unlessEmpty(source.filter_subject),
    subject_transforms: unlessEmpty(subject_transforms?.map(({ src, dest }) => ({ src, dest }))),
  };
}

/** A pair of sequences, and when something last came to them. */
export interface Progress {
  readonly consumer_seq: number;
  readonly stream_seq: number;
  readonly last_active?: Moment | undefined;
}

export interface ConsumerTold {
  readonly stream_name: string;
  readonly name: string;
  readonly created: Moment;
  readonly config: Readonly<ConsumerConfig>;
  readonly delivered: Progress;
  readonly ack_floor: Progress;
  readonly num_ack_pending: number;
  readonly num_redelivered: number;
  readonly num_waiting: number;
  readonly num_pending: number;
  readonly push_bound?: boolean | undefined;
  /** Nanoseconds that a pause goes on; 0 or missing: it is not paused. */
  readonly pause_remaining?: number | undefined;
  readonly ts: Moment;
  /** Of the first priority group. */
  readonly pinned?: { readonly group: string; readonly id: string; readonly since: Moment } | undefined;
}

/** `told`: see `consumerConfigJson`; false in lists. */
export function consumerInfoJson(consumer: ConsumerTold, told = true): object {
  const { pause_remaining = 0, pinned } = consumer;
  return {
    stream_name: consumer.stream_name,
    name: consumer.name,
    created: timeText(consumer.created),
    config: consumerConfigJson(consumer.config, told),
    delivered: progressJson(consumer.delivered),
    ack_floor: progressJson(consumer.ack_floor),
    num_ack_pending: consumer.num_ack_pending,
    num_redelivered: consumer.num_redelivered,
    num_waiting: consumer.num_waiting,
    num_pending: consumer.num_pending,
    push_bound: unlessEmpty(consumer.push_bound),
    paused: pause_remaining > 0 ? true : undefined,
    pause_remaining: pause_remaining > 0 ? pause_remaining : undefined,
    ts: timeText(consumer.ts),
    priority_groups:
      pinned === undefined
        ? undefined
        : [{ group: pinned.group, pinned_client_id: unlessEmpty(pinned.id), pinned_ts: timeText(pinned.since) }],
  };
}

function progressJson({ consumer_seq, stream_seq, last_active }: Progress): object {
  return { consumer_seq, stream_seq, last_active: last_active === undefined ? undefined : timeText(last_active) };
}

/** What an account uses, in all or in a tier; bytes. */
export interface Usage {
  readonly memory: number;
  readonly storage: number;
  readonly reserved_memory: number;
  readonly reserved_storage: number;
  readonly streams: number;
  readonly consumers: number;
  readonly limits: AccountLimits;
}

export interface AccountTold extends Usage {
  readonly domain?: string | undefined;
  readonly api: { readonly total: number; readonly errors: number; readonly inflight?: number | undefined };
  /** By name, `R1`; then the limits of the whole are all 0. */
  readonly tiers?: Readonly<Record<string, Usage>> | undefined;
}

export function accountInfoJson(account: AccountTold): object {
  const { api, tiers = {} } = account;
  const tierEntries = Object.entries(tiers).map(([name, usage]): [string, object] => [name, usageJson(usage)]);
  return {
    ...usageJson(account),
    domain: unlessEmpty(account.domain),
    api: { level: API_LEVEL, total: api.total, errors: api.errors, inflight: unlessEmpty(api.inflight) },
    tiers: tierEntries.length === 0 ? undefined : sortedMap(Object.fromEntries(tierEntries)),
  };
}

function usageJson({ limits, ...usage }: Usage): object {
  return {
    memory: usage.memory,
    storage: usage.storage,
    reserved_memory: usage.reserved_memory,
    reserved_storage: usage.reserved_storage,
    streams: usage.streams,
    consumers: usage.consumers,
    limits: {
      max_memory: limits.max_memory,
      max_storage: limits.max_storage,
      max_streams: limits.max_streams,
      max_consumers: limits.max_consumers,
      max_ack_pending: limits.max_ack_pending,
      memory_max_stream_bytes: limits.memory_max_stream_bytes,
      storage_max_stream_bytes: limits.storage_max_stream_bytes,
      max_bytes_required: limits.max_bytes_required,
    },
  };
}

export function errorJson({ code, err_code, description }: ApiError): object {
  return { code, err_code: unlessEmpty(err_code), description: unlessEmpty(description) };
}
