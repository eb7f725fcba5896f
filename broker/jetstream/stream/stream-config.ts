/**
 * What a stream is told to be: the fields of nats-server 2.15 under their JSON names, complete (every default filled in).
 * Durations are nanoseconds, as in the protocol; -1 means no limit where nats-server says so.
 */
export interface StreamConfig {
  name: string;
  description?: string | undefined;
  subjects?: string[] | undefined;
  retention: 'limits' | 'interest' | 'workqueue';
  max_consumers: number;
  max_msgs: number;
  max_bytes: number;
  max_age: number;
  max_msgs_per_subject: number;
  max_msg_size?: number | undefined;
  discard: 'old' | 'new';
  storage: 'file' | 'memory';
  num_replicas: number;
  no_ack?: boolean | undefined;
  duplicate_window?: number | undefined;
  placement?: Placement | undefined;
  mirror?: StreamSourceConfig | undefined;
  sources?: StreamSourceConfig[] | undefined;
  compression: 'none' | 's2';
  first_seq?: number | undefined;
  subject_transform?: SubjectTransformConfig | undefined;
  republish?: RepublishConfig | undefined;
  allow_direct: boolean;
  mirror_direct: boolean;
  discard_new_per_subject?: boolean | undefined;
  sealed: boolean;
  deny_delete: boolean;
  deny_purge: boolean;
  allow_rollup_hdrs: boolean;
  consumer_limits: ConsumerLimits;
  allow_msg_ttl: boolean;
  subject_delete_marker_ttl?: number | undefined;
  allow_msg_counter?: boolean | undefined;
  allow_atomic?: boolean | undefined;
  allow_msg_schedules?: boolean | undefined;
  persist_mode?: 'default' | 'async' | undefined;
  allow_batched?: boolean | undefined;
  metadata?: Record<string, string> | undefined;
}

export interface Placement {
  cluster?: string | undefined;
  tags?: string[] | undefined;
  preferred?: string | undefined;
}

export interface SubjectTransformConfig {
  src: string;
  dest: string;
}

export interface RepublishConfig {
  src?: string | undefined;
  dest: string;
  headers_only?: boolean | undefined;
}

export interface ConsumerLimits {
  inactive_threshold?: number | undefined;
  max_ack_pending?: number | undefined;
}

export interface StreamSourceConfig {
  name: string;
  opt_start_seq?: number | undefined;
  /** RFC 3339. */
  opt_start_time?: string | undefined;
  filter_subject?: string | undefined;
  subject_transforms?: SubjectTransformConfig[] | undefined;
  external?: { api: string; deliver: string } | undefined;
  consumer?: { name?: string | undefined; deliver_subject?: string | undefined } | undefined;
}
