import { shownMetadata } from '../api-level.ts';
import type { ConsumerConfig } from '../consumer/consumer-config.ts';
import type { StreamConfig, StreamSourceConfig } from '../stream/stream-config.ts';
import { sortedMap, unlessEmpty } from './go-json.ts';

/** Configurations as answers show them: fields in nats-server's order, and only those that it writes. */

/** `told`: with the version and level of the server in the metadata, as everywhere but in lists and snapshots. */
export function streamConfigJson(config: Readonly<StreamConfig>, told = true): object {
  return {
    name: config.name,
    description: unlessEmpty(config.description),
    subjects: unlessEmpty(config.subjects),
    retention: config.retention,
    max_consumers: config.max_consumers,
    max_msgs: config.max_msgs,
    max_bytes: config.max_bytes,
    max_age: config.max_age,
    max_msgs_per_subject: config.max_msgs_per_subject,
    max_msg_size: unlessEmpty(config.max_msg_size),
    discard: config.discard,
    storage: config.storage,
    num_replicas: config.num_replicas,
    no_ack: unlessEmpty(config.no_ack),
    duplicate_window: unlessEmpty(config.duplicate_window),
    placement: placementJson(config.placement),
    mirror: config.mirror === undefined ? undefined : sourceJson(config.mirror),
    sources: unlessEmpty(config.sources?.map(sourceJson)),
    compression: config.compression,
    first_seq: unlessEmpty(config.first_seq),
    subject_transform: transformJson(config.subject_transform),
    republish: republishJson(config.republish),
    allow_direct: config.allow_direct,
    mirror_direct: config.mirror_direct,
    discard_new_per_subject: unlessEmpty(config.discard_new_per_subject),
    sealed: config.sealed,
    deny_delete: config.deny_delete,
    deny_purge: config.deny_purge,
    allow_rollup_hdrs: config.allow_rollup_hdrs,
    consumer_limits: {
      inactive_threshold: unlessEmpty(config.consumer_limits.inactive_threshold),
      max_ack_pending: unlessEmpty(config.consumer_limits.max_ack_pending),
    },
    allow_msg_ttl: config.allow_msg_ttl,
    subject_delete_marker_ttl: unlessEmpty(config.subject_delete_marker_ttl),
    allow_msg_counter: unlessEmpty(config.allow_msg_counter),
    allow_atomic: unlessEmpty(config.allow_atomic),
    allow_msg_schedules: unlessEmpty(config.allow_msg_schedules),
    persist_mode: config.persist_mode === 'async' ? 'async' : undefined,
    allow_batched: unlessEmpty(config.allow_batched),
    metadata: metadataJson(config.metadata, told),
  };
}

/** The same of a consumer. */
export function consumerConfigJson(config: Readonly<ConsumerConfig>, told = true): object {
  return {
    durable_name: unlessEmpty(config.durable_name),
    name: config.unnamed === true ? undefined : unlessEmpty(config.name),
    description: unlessEmpty(config.description),
    deliver_policy: config.deliver_policy,
    opt_start_seq: unlessEmpty(config.opt_start_seq),
    opt_start_time: config.opt_start_time,
    ack_policy: config.ack_policy,
    ack_wait: unlessEmpty(config.ack_wait),
    max_deliver: unlessEmpty(config.max_deliver),
    backoff: unlessEmpty(config.backoff),
    filter_subject: unlessEmpty(config.filter_subject),
    filter_subjects: unlessEmpty(config.filter_subjects),
    replay_policy: config.replay_policy,
    rate_limit_bps: unlessEmpty(config.rate_limit_bps),
    sample_freq: unlessEmpty(config.sample_freq),
    max_waiting: unlessEmpty(config.max_waiting),
    max_ack_pending: unlessEmpty(config.max_ack_pending),
    flow_control: unlessEmpty(config.flow_control),
    headers_only: unlessEmpty(config.headers_only),
    max_batch: unlessEmpty(config.max_batch),
    max_expires: unlessEmpty(config.max_expires),
    max_bytes: unlessEmpty(config.max_bytes),
    deliver_subject: unlessEmpty(config.deliver_subject),
    deliver_group: unlessEmpty(config.deliver_group),
    idle_heartbeat: unlessEmpty(config.idle_heartbeat),
    inactive_threshold: unlessEmpty(config.inactive_threshold),
    num_replicas: config.num_replicas,
    mem_storage: unlessEmpty(config.mem_storage),
    direct: unlessEmpty(config.direct),
    sourcing: unlessEmpty(config.sourcing),
    metadata: metadataJson(config.metadata, told),
    pause_until: config.pause_until,
    priority_groups: unlessEmpty(config.priority_groups),
    priority_policy: config.priority_policy === 'none' ? undefined : config.priority_policy,
    priority_timeout: unlessEmpty(config.priority_timeout),
  };
}

function metadataJson(metadata: Readonly<Record<string, string>> | undefined, told: boolean): object | undefined {
  const shown = told ? shownMetadata(metadata) : (metadata ?? {});
  return Object.keys(shown).length === 0 ? undefined : sortedMap(shown);
}

function placementJson(placement: StreamConfig['placement']): object | undefined {
  if (placement === undefined) return undefined;
  return {
    cluster: unlessEmpty(placement.cluster),
    tags: unlessEmpty(placement.tags),
    preferred: unlessEmpty(placement.preferred),
  };
}

function sourceJson(source: Readonly<StreamSourceConfig>): object {
  const { external, consumer } = source;
  return {
    name: source.name,
    opt_start_seq: unlessEmpty(source.opt_start_seq),
    opt_start_time: source.opt_start_time,
    filter_subject: unlessEmpty(source.filter_subject),
    subject_transforms: unlessEmpty(source.subject_transforms?.map(transformJson)),
    external: external === undefined ? undefined : { api: external.api, deliver: external.deliver },
    consumer:
      consumer === undefined
        ? undefined
        : { name: unlessEmpty(consumer.name), deliver_subject: unlessEmpty(consumer.deliver_subject) },
  };
}

function transformJson(transform: StreamConfig['subject_transform']): object | undefined {
  return transform === undefined ? undefined : { src: transform.src, dest: transform.dest };
}

function republishJson(republish: StreamConfig['republish']): object | undefined {
  if (republish === undefined) return undefined;
  const { src, dest, headers_only } = republish;
  return { src: unlessEmpty(src), dest, headers_only: unlessEmpty(headers_only) };
}
