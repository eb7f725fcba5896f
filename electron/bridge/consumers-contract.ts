/**
 * Consumers over the bridge: lists, what they have delivered, the lab, and what JetStream says of them. Names as in
 * `streams-contract.ts`.
 */

import type { HeaderField, InJetStream, JetStreamOf, None } from './contract-base.ts';

/** Fields of a consumer's configuration, nats-server 2.15. */
export interface ConsumerSettings {
  durable_name?: string;
  name?: string;
  description?: string;
  deliver_policy?: 'all' | 'last' | 'new' | 'by_start_sequence' | 'by_start_time' | 'last_per_subject';
  opt_start_seq?: number;
  opt_start_time?: string;
  ack_policy?: 'none' | 'all' | 'explicit' | 'flow_control';
  ack_wait?: number;
  max_deliver?: number;
  backoff?: number[];
  filter_subject?: string;
  filter_subjects?: string[];
  replay_policy?: 'instant' | 'original';
  rate_limit_bps?: number;
  sample_freq?: string;
  max_waiting?: number;
  max_ack_pending?: number;
  flow_control?: boolean;
  headers_only?: boolean;
  max_batch?: number;
  max_expires?: number;
  max_bytes?: number;
  deliver_subject?: string;
  deliver_group?: string;
  idle_heartbeat?: number;
  inactive_threshold?: number;
  num_replicas?: number;
  mem_storage?: boolean;
  metadata?: Record<string, string>;
  pause_until?: string;
  priority_groups?: string[];
  priority_policy?: 'none' | 'overflow' | 'pinned_client' | 'prioritized';
  priority_timeout?: number;
}

export interface ConsumerRow {
  name: string;
  durable: boolean;
  push: boolean;
  bound: boolean;
  paused: boolean;
  /** Milliseconds that a pause lasts still. */
  pauseMs: number;
  ackPolicy: 'none' | 'all' | 'explicit' | 'flow_control';
  filters: string[];
  pending: number;
  ackPending: number;
  ackPendingMax: number;
  redelivered: number;
  waiting: number;
  deliveredStream: number;
  deliveredConsumer: number;
  ackFloorStream: number;
  ackFloorConsumer: number;
  /** Messages delivered a second, between the last two looks. */
  rate: number;
  /** Time of the last delivery and of the last acknowledgement, 0: never. */
  deliveredAt: number;
  acknowledgedAt: number;
  groups: { group: string; pinned?: string }[];
}

export type ConsumerSort = 'name' | 'pending' | 'ackPending' | 'redelivered' | 'rate';

export interface ConsumerList {
  rows: ConsumerRow[];
  first: number;
  total: number;
  consumers: number;
  at: number;
}

export interface ConsumerDetail {
  config: ConsumerSettings;
  created: string;
  row: ConsumerRow;
}

/**
 * What is known of one message between acknowledgement floor and the last that was delivered. `unknown` is either
 * pending or acknowledged: a server does not say which, and the acknowledgement was not seen here.
 */
export interface DeliveryState {
  sequence: number;
  state: 'pending' | 'acked' | 'deleted' | 'unknown';
  /** Deliveries that were seen; 0 when none was. */
  deliveries: number;
  subject: string;
  time: number;
}

export interface Deliveries {
  ackFloor: number;
  delivered: number;
  pending: number;
  redelivered: number;
  rows: DeliveryState[];
  /** Messages between floor and delivered beyond those that are listed. */
  more: number;
  /** Why the states are what they are: `count` (as many as are pending), `seen` (acknowledgements were watched). */
  by: 'count' | 'seen';
}

export interface LabMessage {
  /** To answer it by. */
  id: number;
  stream: string;
  consumer: string;
  sequence: number;
  consumerSequence: number;
  deliveries: number;
  /** Messages that wait behind it. */
  pending: number;
  time: number;
  receivedAt: number;
  /** When the server delivers it anew unless it is answered; 0: never. */
  ackBy: number;
  subject: string;
  headers: HeaderField[];
  payload: Uint8Array;
  payloadBytes: number;
}

export type LabEvent =
  | { type: 'message'; message: LabMessage }
  /** Why it ended, in the server's words where it had some. */
  | { type: 'end'; count: number; status: number; text: string };

export type LabAnswer = 'ack' | 'nak' | 'term' | 'next' | 'progress';

export interface Advisory {
  /** Grows by one with each. */
  id: number;
  time: number;
  kind:
    | 'max-deliveries'
    | 'terminated'
    | 'nak'
    | 'created'
    | 'updated'
    | 'deleted'
    | 'paused'
    | 'resumed'
    | 'pinned'
    | 'unpinned'
    | 'leader'
    | 'other';
  /** The kind as the server names it. */
  type: string;
  stream: string;
  consumer: string;
  /** 0 when it is about no message. */
  sequence: number;
  deliveries: number;
  reason: string;
}

export interface Advisories {
  /** Since when they are collected. */
  since: number;
  /** Newest last. */
  list: Advisory[];
  /** That came and are no longer kept. */
  gone: number;
}

/** Requests that the thread of the connection answers. */
export interface ConsumerRequests {
  'jetstream.consumers': {
    params: InJetStream<{ stream: string; filter: string; sort: ConsumerSort; first: number; count: number }>;
    result: ConsumerList;
  };
  'jetstream.consumer': { params: InJetStream<{ stream: string; consumer: string }>; result: ConsumerDetail | null };
  'jetstream.consumer.create': {
    params: InJetStream<{ stream: string; config: ConsumerSettings }>;
    result: ConsumerDetail;
  };
  'jetstream.consumer.update': {
    params: InJetStream<{ stream: string; config: ConsumerSettings }>;
    result: ConsumerDetail;
  };
  'jetstream.consumer.delete': { params: InJetStream<{ stream: string; consumer: string }>; result: None };
  /** Until a time in microseconds; null lets it run again. */
  'jetstream.consumer.pause': {
    params: InJetStream<{ stream: string; consumer: string; until: number | null }>;
    result: { paused: boolean };
  };
  /** To the state of a new consumer, or as if it had begun at this sequence. */
  'jetstream.consumer.reset': {
    params: InJetStream<{ stream: string; consumer: string; sequence: number | null }>;
    result: { sequence: number };
  };
  'jetstream.consumer.unpin': {
    params: InJetStream<{ stream: string; consumer: string; group: string }>;
    result: None;
  };
  'jetstream.deliveries': {
    params: InJetStream<{ stream: string; consumer: string; limit: number }>;
    result: Deliveries;
  };
  /** Answers a message of the lab. `confirmed`: the server said that it took it. */
  'jetstream.lab.answer': {
    params: InJetStream<{ id: number; answer: LabAnswer; delayMs: number; reason: string }>;
    result: { confirmed: boolean; next: LabMessage | null };
  };
  /** Publishes a stored message anew, to its own subject or to another. */
  'jetstream.redrive': {
    params: InJetStream<{ stream: string; sequence: number; subject: string; remove: boolean }>;
    result: { stream: string; sequence: number; removed: boolean };
  };
}

/** Streams that the thread of the connection feeds. */
export interface ConsumerStreams {
  'jetstream.lab.fetch': {
    params: InJetStream<{
      stream: string;
      consumer: string;
      batch: number;
      expiresMs: number;
      /** Priority group; '' for none. */
      group: string;
    }>;
    item: LabEvent;
  };
  'jetstream.advisories': { params: JetStreamOf; item: Advisories };
}
