/**
 * What a consumer is told to be: the fields of nats-server 2.15 under their JSON names, complete (every default filled in).
 * Durations are nanoseconds.
 */
export interface ConsumerConfig {
  durable_name?: string | undefined;
  /** Always there, of ephemeral ones too. */
  name: string;
  /** The server gave it the name, which is not told with the configuration then. No field of the protocol. */
  unnamed?: true | undefined;
  description?: string | undefined;
  deliver_policy: 'all' | 'last' | 'new' | 'by_start_sequence' | 'by_start_time' | 'last_per_subject';
  opt_start_seq?: number | undefined;
  /** RFC 3339. */
  opt_start_time?: string | undefined;
  ack_policy: 'none' | 'all' | 'explicit' | 'flow_control';
  ack_wait?: number | undefined;
  max_deliver?: number | undefined;
  backoff?: number[] | undefined;
  filter_subject?: string | undefined;
  filter_subjects?: string[] | undefined;
  replay_policy: 'instant' | 'original';
  rate_limit_bps?: number | undefined;
  sample_freq?: string | undefined;
  max_waiting?: number | undefined;
  max_ack_pending?: number | undefined;
  flow_control?: boolean | undefined;
  headers_only?: boolean | undefined;
  max_batch?: number | undefined;
  max_expires?: number | undefined;
  max_bytes?: number | undefined;
  /** Of a push consumer; a pull consumer has none. */
  deliver_subject?: string | undefined;
  deliver_group?: string | undefined;
  idle_heartbeat?: number | undefined;
  inactive_threshold?: number | undefined;
  num_replicas: number;
  mem_storage?: boolean | undefined;
  direct?: boolean | undefined;
  sourcing?: boolean | undefined;
  metadata?: Record<string, string> | undefined;
  /** RFC 3339. */
  pause_until?: string | undefined;
  priority_groups?: string[] | undefined;
  priority_policy?: 'none' | 'overflow' | 'pinned_client' | 'prioritized' | undefined;
  priority_timeout?: number | undefined;
}
