import type { JsonPattern } from '../json-pattern.ts';
import type { Answer, MessagePattern } from './steps.ts';

export type Fields = { readonly [key: string]: JsonPattern };

/** Nothing comes back. */
export const NOTHING: Answer = { nothing: true };

/** Only these parts of the JSON matter. */
export function part(json: JsonPattern): Answer {
  return { part: json };
}

/** A message to a subscription. */
export function msg(
  subject: string,
  payload: string | Fields,
  reply = '',
  headers: readonly string[] = [],
): MessagePattern {
  return { subject, reply, status: '', headers, payload: typeof payload === 'string' ? payload : { json: payload } };
}

/** A message to the inbox of a request that is only a status. */
export function status(text: string, headers: readonly string[] = [], reply = ''): MessagePattern {
  return { subject: '<inbox>', reply, status: text, headers, payload: '' };
}

/** What comes to an inbox or deliver subject while nothing else does, once or more often. */
export function heartbeats(lastConsumer: number, lastStream: number): MessagePattern {
  const headers = [`Nats-Last-Consumer: ${lastConsumer}`, `Nats-Last-Stream: ${lastStream}`];
  return { ...status('100 Idle Heartbeat', headers), repeats: true };
}

/** A message from a direct get: `progress` is what a batch says of pending messages and of the last sequence. */
export function direct(
  stream: string,
  subject: string,
  seq: number,
  payload: string,
  progress?: readonly [pending: number, last: number],
  own: readonly string[] = [],
): MessagePattern {
  const more = progress === undefined ? [] : [`Nats-Num-Pending: ${progress[0]}`, `Nats-Last-Sequence: ${progress[1]}`];
  const names = [`Nats-Stream: ${stream}`, `Nats-Subject: ${subject}`, `Nats-Sequence: ${seq}`];
  return msg('<inbox>', payload, '', [...own, ...names, 'Nats-Time-Stamp: <time>', ...more]);
}

/** The answer to a request is this status. */
export function statusAnswer(text: string, headers: readonly string[] = []): Answer {
  return { message: status(text, headers) };
}

/** The answer to a request is this text, with these headers. */
export function textAnswer(payload: string, headers: readonly string[] = []): Answer {
  return { message: msg('<inbox>', payload, '', headers) };
}

/** An answer of the API. */
export function answer(type: string, fields: Fields): Fields {
  return { type: `io.nats.jetstream.api.v1.${type}_response`, ...fields };
}

/** The answer to a request for a message; `headers` are all of its lines. */
export function found(subject: string, seq: number, data: string, headers: readonly string[] = []): Fields {
  const block = headers.length === 0 ? {} : { hdrs: `NATS/1.0\r\n${headers.join('\r\n')}\r\n\r\n` };
  const body = data === '' ? {} : { data };
  return answer('stream_msg_get', { message: { subject, seq, ...block, ...body, time: '<time>' } });
}

/** An answer of the API that is an error. */
export function failed(type: string, code: number, errCode: number, description: string): Fields {
  return answer(type, { error: { code, err_code: errCode, description } });
}

/** The acknowledgement of a message. */
export function stored(stream: string, seq: number, more: Fields = {}): Fields {
  return { stream, seq, ...more };
}

/** The acknowledgement says why a message was not stored. */
export function notStored(stream: string, code: number, errCode: number, description: string): Fields {
  return { error: { code, err_code: errCode, description }, stream, seq: 0 };
}

/** Fields in the order of the server, with what it fills in. A field that is undefined is left out. */
function inOrder(order: readonly string[], defaults: Fields, fields: Readonly<Record<string, unknown>>): Fields {
  const all: Readonly<Record<string, unknown>> = { ...defaults, ...fields };
  const known = order.filter((key) => all[key] !== undefined).map((key) => [key, all[key]]);
  const rest = Object.keys(all).filter((key) => !order.includes(key) && all[key] !== undefined);
  return Object.fromEntries([...known, ...rest.map((key) => [key, all[key]])]) as Fields;
}

/** Fields of a pattern that may be left out. */
export type Some = { readonly [key: string]: JsonPattern | undefined | Some };

const MINUTE_NS = 60_000_000_000;

const STREAM_CONFIG = [
  ...['name', 'description', 'subjects', 'retention', 'max_consumers', 'max_msgs', 'max_bytes', 'max_age'],
  ...['max_msgs_per_subject', 'max_msg_size', 'discard', 'storage', 'num_replicas', 'no_ack', 'duplicate_window'],
  ...['placement', 'mirror', 'sources', 'compression', 'first_seq', 'subject_transform', 'republish', 'allow_direct'],
  ...['mirror_direct', 'discard_new_per_subject', 'sealed', 'deny_delete', 'deny_purge', 'allow_rollup_hdrs'],
  ...['consumer_limits', 'allow_msg_ttl', 'subject_delete_marker_ttl', 'allow_msg_counter', 'allow_atomic'],
  ...['allow_msg_schedules', 'persist_mode', 'allow_batched', 'metadata'],
];

/** Metadata of a stream or consumer whose features came with this level of the API. */
export function levels(required: number): Fields {
  return { '_nats.level': '5', '_nats.req.level': String(required), '_nats.ver': '2.15.1' };
}

export const STREAM_CONFIG_DEFAULTS: Fields = {
  retention: 'limits',
  max_consumers: -1,
  max_msgs: -1,
  max_bytes: -1,
  max_age: 0,
  max_msgs_per_subject: -1,
  max_msg_size: -1,
  discard: 'old',
  storage: 'file',
  num_replicas: 1,
  duplicate_window: 2 * MINUTE_NS,
  compression: 'none',
  allow_direct: false,
  mirror_direct: false,
  sealed: false,
  deny_delete: false,
  deny_purge: false,
  allow_rollup_hdrs: false,
  consumer_limits: {},
  allow_msg_ttl: false,
  metadata: levels(0),
};

/** The configuration of a stream as the server answers it. */
export function streamConfig(fields: Some): Fields {
  return inOrder(STREAM_CONFIG, STREAM_CONFIG_DEFAULTS, fields);
}

const NEVER = '0001-01-01T00:00:00Z';
export const STREAM_STATE_DEFAULTS: Fields = {
  messages: 0,
  bytes: 0,
  first_seq: 0,
  first_ts: NEVER,
  last_seq: 0,
  last_ts: NEVER,
  consumer_count: 0,
};
const STREAM_STATE = [
  ...['messages', 'bytes', 'first_seq', 'first_ts', 'last_seq', 'last_ts', 'num_subjects', 'subjects', 'num_deleted'],
  ...['deleted', 'lost', 'consumer_count'],
];

/** The state of a stream: empty but for what is said. */
export function streamState(fields: Some): Fields {
  return inOrder(STREAM_STATE, STREAM_STATE_DEFAULTS, fields);
}

/** The state of a stream that holds messages from one sequence to another, of one subject unless something else is said. */
export function held(first: number, last: number, bytes: number, more: Some = {}): Some {
  return {
    messages: last - first + 1,
    bytes,
    first_seq: first,
    first_ts: '<time>',
    last_seq: last,
    last_ts: '<time>',
    num_subjects: 1,
    ...more,
  };
}

const STREAM_INFO = [
  ...['type', 'total', 'offset', 'limit', 'config', 'created', 'state', 'domain', 'cluster', 'mirror', 'sources'],
  ...['alternates', 'ts', 'did_create'],
];

function typed(type: string): Fields {
  return type === '' ? {} : { type: `io.nats.jetstream.api.v1.${type}_response` };
}

function infoDefaults(type: string): Fields {
  if (type !== 'stream_info') return {};
  return { total: 0, offset: 0, limit: 0, cluster: { leader: 'case' } };
}

/** A stream as the server tells of it; `type` is that of the answer, or empty inside a list. */
export function streamInfo(
  type: string,
  { config, state, ...more }: Some & { readonly config?: Some; readonly state?: Some },
): Fields {
  return inOrder(
    STREAM_INFO,
    {
      ...typed(type),
      ...infoDefaults(type),
      config: streamConfig(config ?? {}),
      created: '<time>',
      state: streamState(state ?? {}),
      ts: '<time>',
    },
    more,
  );
}

/** A stream that has just been made. */
export function created(config: Some, more: Some = {}): Fields {
  return streamInfo('stream_create', { did_create: true, ...more, config });
}

const CONSUMER_CONFIG = [
  ...['durable_name', 'name', 'description', 'deliver_policy', 'opt_start_seq', 'opt_start_time', 'ack_policy'],
  ...['ack_wait', 'max_deliver', 'backoff', 'filter_subject', 'filter_subjects', 'replay_policy', 'rate_limit_bps'],
  ...['sample_freq', 'max_waiting', 'max_ack_pending', 'flow_control', 'headers_only', 'max_batch', 'max_expires'],
  ...['max_bytes', 'deliver_subject', 'deliver_group', 'idle_heartbeat', 'inactive_threshold', 'num_replicas'],
  ...['mem_storage', 'direct', 'sourcing', 'metadata', 'pause_until', 'priority_groups', 'priority_policy'],
  ...['priority_timeout'],
];

export const CONSUMER_CONFIG_DEFAULTS: Fields = {
  deliver_policy: 'all',
  ack_policy: 'explicit',
  ack_wait: 30_000_000_000,
  max_deliver: -1,
  replay_policy: 'instant',
  max_waiting: 512,
  max_ack_pending: 1000,
  num_replicas: 0,
  metadata: levels(0),
};

/** The configuration of a consumer as the server answers it; without more, a durable one that pulls. */
export function consumerConfig(fields: Some): Fields {
  return inOrder(CONSUMER_CONFIG, CONSUMER_CONFIG_DEFAULTS, fields);
}

const CONSUMER_INFO = [
  ...['type', 'stream_name', 'name', 'created', 'config', 'delivered', 'ack_floor', 'num_ack_pending'],
  ...['num_redelivered', 'num_waiting', 'num_pending', 'cluster', 'push_bound', 'paused', 'pause_remaining', 'ts'],
  ...['priority_groups', 'reset_seq'],
];

export const CONSUMER_INFO_DEFAULTS: Fields = {
  created: '<time>',
  delivered: { consumer_seq: 0, stream_seq: 0 },
  ack_floor: { consumer_seq: 0, stream_seq: 0 },
  num_ack_pending: 0,
  num_redelivered: 0,
  num_waiting: 0,
  num_pending: 0,
  ts: '<time>',
};

/** A consumer as the server tells of it; `type` is that of the answer, or empty inside a list. */
export function consumerInfo(type: string, { config, ...more }: Some & { readonly config?: Some }): Fields {
  return inOrder(
    CONSUMER_INFO,
    { ...typed(type), ...CONSUMER_INFO_DEFAULTS, config: consumerConfig(config ?? {}) },
    more,
  );
}

/** How far a consumer is: sequences of the consumer and of the stream, and what is not said is zero. */
export function counts(far: {
  readonly delivered?: readonly [consumer: number, stream: number];
  readonly floor?: readonly [consumer: number, stream: number];
  readonly unacked?: number;
  readonly redelivered?: number;
  readonly waiting?: number;
  readonly pending?: number;
}): Answer {
  const { delivered = [0, 0], floor = [0, 0], unacked = 0, redelivered = 0, waiting = 0, pending = 0 } = far;
  return part({
    delivered: { consumer_seq: delivered[0], stream_seq: delivered[1] },
    ack_floor: { consumer_seq: floor[0], stream_seq: floor[1] },
    num_ack_pending: unacked,
    num_redelivered: redelivered,
    num_waiting: waiting,
    num_pending: pending,
  });
}

/** A page of a list. */
export function page(type: string, total: number, fields: Fields, limit = 256, offset = 0): Fields {
  const { error, ...more } = fields;
  return answer(type, { ...(error === undefined ? {} : { error }), total, offset, limit, ...more });
}

/** Who did it, in an advisory: a client that is called `a`. */
export const CLIENT =
  /^\{"start":"[^"]+Z","host":"127\.0\.0\.1","id":\d+,"acc":"[^"]+",("user":"[^"]+",)?"name":"a","lang":"case","ver":"1",("rtt":\d+,)?"server":"case","kind":"Client","client_type":"nats"\}$/;

/** Nanoseconds since a mirror or source was heard of; -1 for never. */
export const ACTIVE = /^(-1|\d+)$/;
