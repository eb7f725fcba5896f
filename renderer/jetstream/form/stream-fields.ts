/** Every field of a stream's configuration, nats-server 2.15. Mirror and sources have an editor of their own. */

import type { StreamSettings } from '../../../electron/bridge/contract.ts';
import type { FieldGroup } from './field-spec.ts';

export const streamFields: readonly FieldGroup[] = [
  {
    title: 'Stream',
    fields: [
      { path: 'name', label: 'Name', kind: 'text', fixed: true },
      { path: 'description', label: 'Description', kind: 'text' },
      {
        path: 'subjects',
        label: 'Subjects',
        kind: 'words',
        fallback: 'the name',
        title: 'Parted by spaces; wildcards * and >',
        when: (config) => config['mirror'] === undefined,
      },
      {
        path: 'storage',
        label: 'Storage',
        kind: 'choice',
        fixed: true,
        options: [
          { value: 'file', label: 'File' },
          { value: 'memory', label: 'Memory' },
        ],
      },
      {
        path: 'retention',
        label: 'Retention',
        kind: 'choice',
        title: 'Interest: until every consumer has acknowledged. Work queue: until one has',
        options: [
          { value: 'limits', label: 'Limits' },
          { value: 'interest', label: 'Interest' },
          { value: 'workqueue', label: 'Work queue' },
        ],
      },
      { path: 'num_replicas', label: 'Replicas', kind: 'number', fallback: '1' },
    ],
  },
  {
    title: 'Limits',
    fields: [
      { path: 'max_msgs', label: 'Messages', kind: 'number', fallback: 'no limit' },
      { path: 'max_bytes', label: 'Bytes', kind: 'size', fallback: 'no limit' },
      { path: 'max_age', label: 'Age', kind: 'duration', fallback: 'no limit' },
      { path: 'max_msgs_per_subject', label: 'Per subject', kind: 'number', fallback: 'no limit' },
      { path: 'max_msg_size', label: 'Message size', kind: 'size', fallback: 'no limit' },
      { path: 'max_consumers', label: 'Consumers', kind: 'number', fallback: 'no limit', fixed: true },
      {
        path: 'discard',
        label: 'When full',
        kind: 'choice',
        options: [
          { value: 'old', label: 'Discard old' },
          { value: 'new', label: 'Refuse new' },
        ],
      },
      {
        path: 'discard_new_per_subject',
        label: 'Per subject too',
        kind: 'switch',
        title: 'Refuse new messages on a subject that is full',
        since: '2.9',
        when: (config) => config['discard'] === 'new',
      },
      { path: 'duplicate_window', label: 'Duplicates', kind: 'duration', fallback: '2m' },
      { path: 'first_seq', label: 'First sequence', kind: 'number', fallback: '1', fixed: true, since: '2.10' },
    ],
  },
  {
    title: 'Reading',
    fields: [
      {
        path: 'allow_direct',
        label: 'Direct get',
        kind: 'switch',
        since: '2.9',
        title: 'Messages are read without the stream leader',
      },
      {
        path: 'mirror_direct',
        label: 'From mirrors',
        kind: 'switch',
        since: '2.9',
        when: (config) => config['mirror'] !== undefined,
      },
      {
        path: 'compression',
        label: 'Compression',
        kind: 'choice',
        since: '2.10',
        options: [
          { value: 'none', label: 'None' },
          { value: 's2', label: 'S2' },
        ],
      },
      {
        path: 'persist_mode',
        label: 'Writing',
        kind: 'choice',
        since: '2.12',
        fixed: true,
        options: [
          { value: 'default', label: 'Default' },
          { value: 'async', label: 'Async' },
        ],
        title: 'Async: acknowledged before it is written',
      },
    ],
  },
  {
    title: 'Publishing',
    fields: [
      { path: 'no_ack', label: 'No acks', kind: 'switch', title: 'Publishers get no acknowledgement' },
      { path: 'allow_rollup_hdrs', label: 'Roll-ups', kind: 'switch', title: 'Nats-Rollup replaces what was before' },
      { path: 'allow_msg_ttl', label: 'Message TTL', kind: 'switch', since: '2.11', title: 'Nats-TTL' },
      {
        path: 'subject_delete_marker_ttl',
        label: 'Delete markers',
        kind: 'duration',
        fallback: 'none',
        since: '2.11',
        title: 'How long a marker tells that the last message of a subject went',
      },
      { path: 'allow_atomic', label: 'Atomic batches', kind: 'switch', since: '2.12' },
      {
        path: 'allow_batched',
        label: 'Fast ingest',
        kind: 'switch',
        since: '2.14',
        title: 'Batches without atomicity',
      },
      { path: 'allow_msg_counter', label: 'Counters', kind: 'switch', since: '2.12', fixed: true },
      { path: 'allow_msg_schedules', label: 'Schedules', kind: 'switch', since: '2.12' },
    ],
  },
  {
    title: 'Protection',
    fields: [
      { path: 'deny_delete', label: 'Deny delete', kind: 'switch', fixed: true, title: 'Cannot be taken back' },
      { path: 'deny_purge', label: 'Deny purge', kind: 'switch', fixed: true, title: 'Cannot be taken back' },
      { path: 'sealed', label: 'Sealed', kind: 'switch', title: 'Nothing comes in or goes out any more, for good' },
    ],
  },
  {
    title: 'Subjects on the way',
    fields: [
      { path: 'subject_transform.src', label: 'Transform', kind: 'text', fallback: '>', since: '2.10' },
      { path: 'subject_transform.dest', label: 'Stored as', kind: 'text', since: '2.10' },
      { path: 'republish.src', label: 'Republish', kind: 'text', fallback: '>' },
      { path: 'republish.dest', label: 'To', kind: 'text' },
      { path: 'republish.headers_only', label: 'Headers only', kind: 'switch' },
    ],
  },
  {
    title: 'Consumers',
    fields: [
      {
        path: 'consumer_limits.inactive_threshold',
        label: 'Inactive',
        kind: 'duration',
        fallback: 'no limit',
        since: '2.10',
      },
      {
        path: 'consumer_limits.max_ack_pending',
        label: 'Unacked',
        kind: 'number',
        fallback: 'no limit',
        since: '2.10',
      },
    ],
  },
  {
    title: 'Placement',
    fields: [
      { path: 'placement.cluster', label: 'Cluster', kind: 'text' },
      { path: 'placement.tags', label: 'Tags', kind: 'words' },
      { path: 'placement.preferred', label: 'Leader', kind: 'text', since: '2.11' },
    ],
  },
  { title: 'Metadata', fields: [{ path: 'metadata', label: 'Pairs', kind: 'pairs', since: '2.10' }] },
];

/** What a new stream starts with: the server's defaults, and direct gets, which looking at it needs least for. */
export const newStream: StreamSettings = {
  name: '',
  subjects: [],
  storage: 'file',
  retention: 'limits',
  discard: 'old',
  num_replicas: 1,
  allow_direct: true,
};
