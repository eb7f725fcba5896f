/** Every field of a consumer's configuration, nats-server 2.15. */

import type { ConsumerSettings } from '../../../electron/bridge/contract.ts';
import type { FieldGroup } from './field-spec.ts';

const pushed = (config: Readonly<Record<string, unknown>>): boolean => Boolean(config['deliver_subject']);
const pulled = (config: Readonly<Record<string, unknown>>): boolean => !pushed(config);
const acked = (config: Readonly<Record<string, unknown>>): boolean => config['ack_policy'] !== 'none';
const grouped = (config: Readonly<Record<string, unknown>>): boolean =>
  pulled(config) && config['priority_policy'] !== undefined && config['priority_policy'] !== 'none';

export const consumerFields: readonly FieldGroup[] = [
  {
    title: 'Consumer',
    fields: [
      { path: 'name', label: 'Name', kind: 'text', fixed: true },
      {
        path: 'durable_name',
        label: 'Durable name',
        kind: 'text',
        fixed: true,
        fallback: 'ephemeral',
        title: 'It outlives those who use it. The same as the name',
      },
      { path: 'description', label: 'Description', kind: 'text' },
      {
        path: 'filter_subjects',
        label: 'Filters',
        kind: 'words',
        fallback: 'all subjects',
        title: 'Parted by spaces',
        manySince: '2.10',
      },
      {
        path: 'inactive_threshold',
        label: 'Inactive',
        kind: 'duration',
        fallback: '5s when ephemeral',
        title: 'Deleted when nobody used it for so long',
      },
    ],
  },
  {
    title: 'Start',
    fields: [
      {
        path: 'deliver_policy',
        label: 'From',
        kind: 'choice',
        fixed: true,
        options: [
          { value: 'all', label: 'All' },
          { value: 'new', label: 'New' },
          { value: 'last', label: 'Last' },
          { value: 'last_per_subject', label: 'Last per subject' },
          { value: 'by_start_sequence', label: 'Sequence' },
          { value: 'by_start_time', label: 'Time' },
        ],
      },
      {
        path: 'opt_start_seq',
        label: 'Sequence',
        kind: 'number',
        fixed: true,
        when: (config) => config['deliver_policy'] === 'by_start_sequence',
      },
      {
        path: 'opt_start_time',
        label: 'Time',
        kind: 'time',
        fixed: true,
        fallback: '2026-05-11T09:14:00Z',
        when: (config) => config['deliver_policy'] === 'by_start_time',
      },
      {
        path: 'replay_policy',
        label: 'Replay',
        kind: 'choice',
        fixed: true,
        options: [
          { value: 'instant', label: 'Instant' },
          { value: 'original', label: 'As it came' },
        ],
      },
    ],
  },
  {
    title: 'Acknowledgement',
    fields: [
      {
        path: 'ack_policy',
        label: 'Policy',
        kind: 'choice',
        fixed: true,
        options: [
          { value: 'explicit', label: 'Explicit' },
          { value: 'all', label: 'All before' },
          { value: 'none', label: 'None' },
          { value: 'flow_control', label: 'Flow control', since: '2.14' },
        ],
      },
      { path: 'ack_wait', label: 'Wait', kind: 'duration', fallback: '30s', when: acked },
      { path: 'max_deliver', label: 'Deliveries', kind: 'number', fallback: 'no limit', when: acked },
      { path: 'backoff', label: 'Backoff', kind: 'durations', title: 'Waits instead of one: 1s 5s 1m', when: acked },
      { path: 'max_ack_pending', label: 'Unacked', kind: 'number', fallback: '1000', when: acked },
      { path: 'sample_freq', label: 'Sampling', kind: 'text', fallback: 'none', title: 'Percentage: 100' },
    ],
  },
  {
    title: 'Pull',
    fields: [
      { path: 'max_waiting', label: 'Waiting pulls', kind: 'number', fallback: '512', when: pulled, fixed: true },
      { path: 'max_batch', label: 'Batch', kind: 'number', fallback: 'no limit', when: pulled },
      { path: 'max_expires', label: 'Expires', kind: 'duration', fallback: 'no limit', when: pulled },
      { path: 'max_bytes', label: 'Bytes', kind: 'size', fallback: 'no limit', since: '2.9', when: pulled },
      {
        path: 'priority_policy',
        label: 'Priority',
        kind: 'choice',
        since: '2.11',
        when: pulled,
        options: [
          { value: 'none', label: 'None' },
          { value: 'overflow', label: 'Overflow' },
          { value: 'pinned_client', label: 'Pinned' },
          { value: 'prioritized', label: 'Prioritized', since: '2.12' },
        ],
      },
      { path: 'priority_groups', label: 'Group', kind: 'words', since: '2.11', when: grouped },
      {
        path: 'priority_timeout',
        label: 'Pin lasts',
        kind: 'duration',
        fallback: '2m',
        since: '2.11',
        when: (config) => pulled(config) && config['priority_policy'] === 'pinned_client',
      },
    ],
  },
  {
    title: 'Push',
    fields: [
      { path: 'deliver_subject', label: 'Deliver to', kind: 'text', fallback: 'nobody: it is pulled' },
      { path: 'deliver_group', label: 'Queue group', kind: 'text', when: pushed, fixed: true },
      { path: 'idle_heartbeat', label: 'Heartbeat', kind: 'duration', fallback: 'none', when: pushed, fixed: true },
      { path: 'flow_control', label: 'Flow control', kind: 'switch', when: pushed, fixed: true },
      {
        path: 'rate_limit_bps',
        label: 'Rate limit',
        kind: 'number',
        fallback: 'none',
        title: 'Bits per second',
        when: pushed,
      },
    ],
  },
  {
    title: 'State',
    fields: [
      { path: 'headers_only', label: 'Headers only', kind: 'switch' },
      { path: 'mem_storage', label: 'In memory', kind: 'switch' },
      { path: 'num_replicas', label: 'Replicas', kind: 'number', fallback: "the stream's" },
      { path: 'pause_until', label: 'Paused until', kind: 'time', fallback: '2026-05-11T09:14:00Z', since: '2.11' },
    ],
  },
  { title: 'Metadata', fields: [{ path: 'metadata', label: 'Pairs', kind: 'pairs', since: '2.10' }] },
];

/** What a new consumer starts with. */
export const newConsumer: ConsumerSettings = {
  name: '',
  durable_name: '',
  deliver_policy: 'all',
  ack_policy: 'explicit',
  replay_policy: 'instant',
};
