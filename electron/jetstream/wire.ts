/** What the JetStream API answers, as far as it is read here. Whatever may be missing in an older server is optional. */

import type { ConsumerSettings, StreamSettings } from '../bridge/contract.ts';

export interface WireStreamState {
  messages: number;
  bytes: number;
  first_seq: number;
  first_ts?: string;
  last_seq: number;
  last_ts?: string;
  num_subjects?: number;
  subjects?: Record<string, number>;
  num_deleted?: number;
  deleted?: number[];
  consumer_count: number;
}

export interface WireSource {
  name: string;
  lag?: number;
  active?: number;
  error?: { description?: string };
}

export interface WireStream {
  config: StreamSettings;
  created: string;
  state: WireStreamState;
  mirror?: WireSource;
  sources?: WireSource[];
  cluster?: { name?: string; leader?: string; replicas?: { name: string; current?: boolean; lag?: number }[] };
  /** Of a page of subjects. */
  total?: number;
}

export interface WirePlace {
  consumer_seq: number;
  stream_seq: number;
  last_active?: string;
}

export interface WireConsumer {
  stream_name: string;
  name: string;
  created: string;
  config: ConsumerSettings;
  delivered: WirePlace;
  ack_floor: WirePlace;
  num_ack_pending: number;
  num_redelivered: number;
  num_waiting: number;
  num_pending: number;
  push_bound?: boolean;
  paused?: boolean;
  pause_remaining?: number;
  priority_groups?: { group: string; pinned_client_id?: string }[];
}

export interface WireLimits {
  max_memory: number;
  max_storage: number;
  max_streams: number;
  max_consumers: number;
  max_bytes_required?: boolean;
}

export interface WireTier {
  memory: number;
  storage: number;
  reserved_memory?: number;
  reserved_storage?: number;
  streams: number;
  consumers: number;
  limits: WireLimits;
}

export interface WireAccount extends WireTier {
  domain?: string;
  api: { total: number; errors: number; level?: number };
  tiers?: Record<string, WireTier>;
}

/** Microseconds since the epoch; 0 for Go's zero time and for what is no time. */
export function microseconds(text: string | undefined): number {
  if (text === undefined || text.startsWith('0001-')) return 0;
  const seconds = Date.parse(text.replace(/\.\d+/, ''));
  if (Number.isNaN(seconds)) return 0;
  const fraction = /\.(\d+)/.exec(text)?.[1] ?? '';
  return seconds * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6));
}

/** RFC 3339 with microseconds. */
export function timeText(microsecondsSinceEpoch: number): string {
  const seconds = Math.floor(microsecondsSinceEpoch / 1e6);
  const rest = microsecondsSinceEpoch - seconds * 1e6;
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${String(rest).padStart(6, '0')}Z`;
}
