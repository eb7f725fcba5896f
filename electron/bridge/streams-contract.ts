/**
 * Streams over the bridge. Configurations and states keep the names that the JetStream API gives them, so that what a
 * server of another version adds is carried along; all else is named as in `contract.ts`.
 */

import type { ChangedField, HeaderField, InJetStream, JetStreamOf, None } from './contract-base.ts';

export interface SubjectTransform {
  src: string;
  dest: string;
}

export interface StreamSource {
  name: string;
  opt_start_seq?: number;
  /** RFC 3339. */
  opt_start_time?: string;
  filter_subject?: string;
  subject_transforms?: SubjectTransform[];
  external?: { api: string; deliver?: string };
  consumer?: { name?: string; deliver_subject?: string };
}

/** Fields of a stream's configuration, nats-server 2.15. Durations are nanoseconds, -1 is no limit. */
export interface StreamSettings {
  name: string;
  description?: string;
  subjects?: string[];
  retention?: 'limits' | 'interest' | 'workqueue';
  max_consumers?: number;
  max_msgs?: number;
  max_bytes?: number;
  max_age?: number;
  max_msgs_per_subject?: number;
  max_msg_size?: number;
  discard?: 'old' | 'new';
  discard_new_per_subject?: boolean;
  storage?: 'file' | 'memory';
  num_replicas?: number;
  no_ack?: boolean;
  duplicate_window?: number;
  placement?: { cluster?: string; tags?: string[]; preferred?: string };
  mirror?: StreamSource;
  sources?: StreamSource[];
  compression?: 'none' | 's2';
  first_seq?: number;
  subject_transform?: SubjectTransform;
  republish?: { src?: string; dest: string; headers_only?: boolean };
  allow_direct?: boolean;
  mirror_direct?: boolean;
  sealed?: boolean;
  deny_delete?: boolean;
  deny_purge?: boolean;
  allow_rollup_hdrs?: boolean;
  consumer_limits?: { inactive_threshold?: number; max_ack_pending?: number };
  allow_msg_ttl?: boolean;
  subject_delete_marker_ttl?: number;
  allow_msg_counter?: boolean;
  allow_atomic?: boolean;
  allow_msg_schedules?: boolean;
  persist_mode?: 'default' | 'async';
  allow_batched?: boolean;
  metadata?: Record<string, string>;
}

/** What an account may have of something; -1 in `max`: as much as there is. */
export interface Allowance {
  used: number;
  /** Set aside for streams by their `max_bytes`. */
  reserved: number;
  max: number;
}

export interface JetStreamTier {
  /** `R1`, `R3`; empty for an account without tiers. */
  name: string;
  memory: Allowance;
  storage: Allowance;
  streams: { used: number; max: number };
  consumers: { used: number; max: number };
  /** Every stream has to have `max_bytes`. */
  maxBytesRequired: boolean;
}

export interface JetStreamAccount {
  tiers: JetStreamTier[];
  domain?: string;
  api: { total: number; errors: number; level: number };
  /** Round trip of the question this answers, milliseconds. */
  latencyMs: number;
}

export interface StreamRow {
  name: string;
  subjects: string[];
  /** Name of the stream that it mirrors. */
  mirror?: string;
  sources: number;
  /** Messages that its mirror or its sources are behind, and since when nothing was heard of them, milliseconds. */
  lag?: number;
  silentMs?: number;
  storage: 'file' | 'memory';
  retention: 'limits' | 'interest' | 'workqueue';
  replicas: number;
  sealed: boolean;
  messages: number;
  bytes: number;
  firstSequence: number;
  lastSequence: number;
  /** Microseconds since the epoch; 0 while it has none. */
  firstAt: number;
  lastAt: number;
  consumers: number;
  subjectCount: number;
  deleted: number;
  /** Messages a second that came in, between the last two looks. */
  rate: number;
  /** The limit that is used up most, 0 … 1; absent when it has none. */
  used?: number;
  limit?: 'messages' | 'bytes' | 'age' | 'consumers';
}

export type StreamSort = 'name' | 'messages' | 'bytes' | 'rate' | 'consumers' | 'last' | 'subjects' | 'used';

export interface StreamList {
  rows: StreamRow[];
  first: number;
  /** That pass the filter. */
  total: number;
  /** In all. */
  streams: number;
  messages: number;
  bytes: number;
  consumers: number;
  /** When the server was asked last; 0: not yet. */
  at: number;
  /** Streams that the server could not tell about, with its reason. */
  offline: string[];
}

export interface StreamDetail {
  config: StreamSettings;
  /** RFC 3339. */
  created: string;
  row: StreamRow;
  mirror?: SourceState;
  sources: SourceState[];
  cluster?: { name: string; leader: string; replicas: { name: string; current: boolean; lag: number }[] };
}

export interface SourceState {
  name: string;
  lag: number;
  /** Milliseconds since it was heard of; -1: never. */
  activeMs: number;
  error?: string;
}

export interface SubjectCount {
  subject: string;
  messages: number;
}

/** Runs of sequences between first and last that hold no message. */
export interface StreamGaps {
  firstSequence: number;
  lastSequence: number;
  /** First and last sequence of each run, one after the other; null: more than can be listed. */
  runs: number[] | null;
  deleted: number;
}

export interface StoredRow {
  sequence: number;
  time: number;
  subject: string;
  fields: ChangedField[];
  /** Headers and payload, bytes. */
  size: number;
}

export interface StoredMessage {
  /** That answered: a direct get may be answered by a mirror of the stream that was asked. */
  stream: string;
  sequence: number;
  time: number;
  subject: string;
  headers: HeaderField[];
  headersError?: string;
  headerBytes: number;
  payload: Uint8Array;
  payloadBytes: number;
  /** By which request of the server it came. */
  by: 'direct get' | 'STREAM.MSG.GET';
}

/** What is looked for among the messages of a stream. */
export interface FindParams {
  stream: string;
  /** Subject with wildcards; '' for all. */
  subject: string;
  /** Text that payload, headers or subject hold, whatever the case; '' for none. */
  content: string;
  /** Where it starts. */
  from: number;
  /** Most that are given. */
  limit: number;
}

export interface FindProgress {
  /** Found since the last item. */
  rows: StoredRow[];
  /** Up to which sequence it looked. */
  at: number;
  last: number;
  /** Messages that were read. */
  scanned: number;
  found: number;
  /** `limit`: there may be more behind `at`. */
  end?: 'all' | 'limit';
}

/** What an action would take away, by the server's own count. */
export interface Loss {
  messages: number;
  /** The count is a ceiling: the server cannot say it exactly for this combination. */
  atMost: boolean;
  bytes: number | null;
  subjects: number;
  consumers: number;
  /** Delivered and not acknowledged, over all consumers. */
  unacknowledged: number;
}

export interface PurgeParams {
  stream: string;
  /** '' for all subjects. */
  filter: string;
  /** Messages to keep; 0 for none. Not with `before`. */
  keep: number;
  /** Only what has a lower sequence; 0 for all. */
  before: number;
}

/** Requests that the thread of the connection answers. */
export interface StreamRequests {
  'jetstream.account': { params: JetStreamOf; result: JetStreamAccount };
  /** Rows of the list. The server is asked anew at most about once a second, and only while somebody asks. */
  'jetstream.streams': {
    params: InJetStream<{ filter: string; sort: StreamSort; first: number; count: number }>;
    result: StreamList;
  };
  /** Null when there is no such stream. */
  'jetstream.stream': { params: InJetStream<{ stream: string }>; result: StreamDetail | null };
  /** Those with most messages first, or by name. */
  'jetstream.subjects': {
    params: InJetStream<{ stream: string; filter: string; sort: 'name' | 'messages'; first: number; count: number }>;
    result: { rows: SubjectCount[]; first: number; total: number; subjects: number; cut: boolean };
  };
  'jetstream.stream.create': { params: InJetStream<{ config: StreamSettings }>; result: StreamDetail };
  'jetstream.stream.update': { params: InJetStream<{ config: StreamSettings }>; result: StreamDetail };
  'jetstream.stream.delete': { params: InJetStream<{ stream: string }>; result: None };
  'jetstream.stream.purge': { params: InJetStream<PurgeParams>; result: { purged: number } };
  'jetstream.stream.loss': { params: InJetStream<PurgeParams>; result: Loss };
  'jetstream.gaps': { params: InJetStream<{ stream: string }>; result: StreamGaps };
  /** Messages of a range of sequences that are there; never more than `count`. */
  'jetstream.messages': {
    params: InJetStream<{ stream: string; first: number; count: number }>;
    result: { rows: StoredRow[]; by: StoredMessage['by'] };
  };
  /** Null when it is not there (any more). */
  'jetstream.message': { params: InJetStream<{ stream: string; sequence: number }>; result: StoredMessage | null };
  /** First message at or after a time, or the last of a subject; null when there is none. */
  'jetstream.seek': {
    params: InJetStream<{ stream: string; time?: number; subject?: string }>;
    result: { sequence: number } | null;
  };
  'jetstream.message.delete': {
    params: InJetStream<{ stream: string; sequence: number; secure: boolean }>;
    result: { deleted: boolean };
  };
}

/** Streams that the thread of the connection feeds. */
export interface StreamStreams {
  'jetstream.find': { params: InJetStream<FindParams>; item: FindProgress };
}
