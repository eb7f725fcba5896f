import type {
  ConsumerLimits,
  Placement,
  RepublishConfig,
  StreamConfig,
  StreamSourceConfig,
  SubjectTransformConfig,
} from '../../stream/stream-config.ts';
import {
  duration,
  flag,
  type GoType,
  int32,
  int64,
  integer,
  list,
  oneOf,
  pointer,
  struct,
  text,
  textMap,
  texts,
  time,
  uint64,
  wordOf,
} from './go-types.ts';
import { request } from './parse.ts';

/** A stream's configuration as a client asks for it: anything may be missing. */
export type StreamConfigFields = Partial<StreamConfig>;

export interface StreamConfigRequest extends StreamConfigFields {
  /** Wants errors where values would be made to fit. */
  pedantic?: boolean;
}

const subjectTransform = struct<SubjectTransformConfig>(
  'server.SubjectTransformConfig',
  { src: text, dest: text },
  { src: '', dest: '' },
);

const source = struct<StreamSourceConfig>(
  'server.StreamSource',
  {
    name: text,
    opt_start_seq: uint64,
    opt_start_time: pointer(time),
    filter_subject: text,
    subject_transforms: list(subjectTransform, { src: '', dest: '' }),
    external: pointer(
      struct<{ api: string; deliver: string }>(
        'server.ExternalStream',
        { api: text, deliver: text },
        { api: '', deliver: '' },
      ),
    ),
    consumer: pointer(
      struct<{ name?: string | undefined; deliver_subject?: string | undefined }>('server.StreamConsumerSource', {
        name: text,
        deliver_subject: text,
      }),
    ),
  },
  { name: '' },
);

const placement: GoType<Placement> = struct<Placement>('server.Placement', {
  cluster: text,
  tags: texts,
  preferred: text,
});

const streamFields = {
  name: text,
  description: text,
  subjects: texts,
  retention: oneOf({ limits: 'limits', interest: 'interest', workqueue: 'workqueue' }),
  max_consumers: integer,
  max_msgs: int64,
  max_bytes: int64,
  max_age: duration,
  max_msgs_per_subject: int64,
  max_msg_size: int32,
  discard: oneOf({ old: 'old', new: 'new' }, undefined, true),
  storage: oneOf({ file: 'file', memory: 'memory' }),
  num_replicas: integer,
  no_ack: flag,
  duplicate_window: duration,
  placement: pointer(placement),
  mirror: pointer(source),
  sources: list(pointer(source), { name: '' }),
  compression: wordOf(['none', 's2'], 'unknown compression algorithm'),
  first_seq: uint64,
  subject_transform: pointer(subjectTransform),
  republish: pointer(
    struct<RepublishConfig>('server.RePublish', { src: text, dest: text, headers_only: flag }, { dest: '' }),
  ),
  allow_direct: flag,
  mirror_direct: flag,
  discard_new_per_subject: flag,
  sealed: flag,
  deny_delete: flag,
  deny_purge: flag,
  allow_rollup_hdrs: flag,
  consumer_limits: struct<ConsumerLimits>('server.StreamConsumerLimits', {
    inactive_threshold: duration,
    max_ack_pending: integer,
  }),
  allow_msg_ttl: flag,
  subject_delete_marker_ttl: duration,
  allow_msg_counter: flag,
  allow_atomic: flag,
  allow_msg_schedules: flag,
  persist_mode: oneOf({ '': 'default', default: 'default', async: 'async' }),
  allow_batched: flag,
  metadata: textMap,
} as const;

const streamConfigFields = struct<StreamConfigFields>('server.StreamConfig', streamFields);

/** `STREAM.CREATE`, `STREAM.UPDATE` */
export const streamConfigRequest = request(
  struct<StreamConfigRequest>('server.StreamConfigRequest', { ...streamFields, pedantic: flag }),
);

/** `STREAM.NAMES` */
export const streamNamesRequest = request(
  struct<{ offset: number; subject: string }>('server.JSApiStreamNamesRequest', { offset: integer, subject: text }),
);

/** `STREAM.LIST` */
export const streamListRequest = request(
  struct<{ offset: number; subject: string }>('server.JSApiStreamListRequest', { offset: integer, subject: text }),
);

/** `STREAM.INFO` */
export const streamInfoRequest = request(
  struct<{ offset: number; deleted_details: boolean; subjects_filter: string }>('server.JSApiStreamInfoRequest', {
    offset: integer,
    deleted_details: flag,
    subjects_filter: text,
  }),
);

/** `STREAM.PURGE` */
export const streamPurgeRequest = request(
  struct<{ seq: number; filter: string; keep: number }>('server.JSApiStreamPurgeRequest', {
    seq: uint64,
    filter: text,
    keep: uint64,
  }),
);

/** `STREAM.SNAPSHOT` */
export const streamSnapshotRequest = request(
  struct<{ deliver_subject: string; no_consumers: boolean; chunk_size: number; window_size: number; jsck: boolean }>(
    'server.JSApiStreamSnapshotRequest',
    { deliver_subject: text, no_consumers: flag, chunk_size: integer, window_size: integer, jsck: flag },
  ),
);

/** A stream's state as a snapshot has it. */
export interface StreamStateFields {
  messages?: number;
  bytes?: number;
  first_seq?: number;
  first_ts?: string;
  last_seq?: number;
  last_ts?: string;
  num_subjects?: number;
  num_deleted?: number;
  deleted?: number[];
  consumer_count?: number;
  subjects?: Record<string, number>;
  lost?: { msgs?: number[]; bytes?: number };
}

/** Of a map of numbers nobody reads more than that it is one. */
const numberMap: GoType<Record<string, number>> = {
  name: 'map[string]uint64',
  read(node, before, decoding) {
    if (node.kind === 'null') return undefined;
    if (node.kind !== 'object') return decoding.mismatch(node, 'map[string]uint64');
    const entries = new Map(Object.entries(before ?? {}));
    for (const [key, value] of node.members) {
      entries.set(
        key,
        decoding.within(key, () => uint64.read(value, 0, decoding) ?? 0),
      );
    }
    return Object.fromEntries(entries);
  },
};

/** `STREAM.RESTORE` */
export const streamRestoreRequest = request(
  struct<{ config: StreamConfigFields; state: StreamStateFields }>('server.JSApiStreamRestoreRequest', {
    config: streamConfigFields,
    state: struct<StreamStateFields>('server.StreamState', {
      messages: uint64,
      bytes: uint64,
      first_seq: uint64,
      first_ts: time,
      last_seq: uint64,
      last_ts: time,
      num_subjects: integer,
      subjects: numberMap,
      num_deleted: integer,
      deleted: list(uint64, 0),
      lost: pointer(
        struct<{ msgs?: number[]; bytes?: number }>('server.LostStreamData', { msgs: list(uint64, 0), bytes: uint64 }),
      ),
      consumer_count: integer,
    }),
  }),
);
