import { type ConfigCase, type Request } from './case.ts';

const SECOND = 1_000_000_000;

type Fields = Readonly<Record<string, unknown>>;

const stream: Request = ['STREAM.CREATE.S', { name: 'S', subjects: ['s.>'] }];
const create = (config: Fields, rest: Fields = {}): Request => [
  'CONSUMER.CREATE.S.c',
  { stream_name: 'S', config, ...rest },
];

const pull: Fields = { durable_name: 'c', ack_policy: 'explicit' };
const push: Fields = { durable_name: 'c', ack_policy: 'explicit', deliver_subject: 'd' };

/** A consumer, and what it is told to be then. */
const CHANGES: readonly (readonly [Fields, Fields])[] = [
  [pull, pull],
  [pull, { ...pull, name: 'c' }],
  [pull, { ...pull, description: 'x' }],
  [pull, { ...pull, deliver_policy: 'new' }],
  [pull, { ...pull, opt_start_seq: 5 }],
  [
    { ...pull, deliver_policy: 'by_start_sequence', opt_start_seq: 5 },
    { ...pull, deliver_policy: 'by_start_sequence', opt_start_seq: 6 },
  ],
  [
    { ...pull, deliver_policy: 'by_start_time', opt_start_time: '2024-01-01T00:00:00Z' },
    { ...pull, deliver_policy: 'by_start_time', opt_start_time: '2024-01-01T00:00:01Z' },
  ],
  [
    { ...pull, deliver_policy: 'by_start_time', opt_start_time: '2024-01-01T00:00:00Z' },
    { ...pull, deliver_policy: 'by_start_time', opt_start_time: '2024-01-01T02:00:00+02:00' },
  ],
  [pull, { ...pull, ack_policy: 'all' }],
  [pull, { ...pull, ack_policy: 'none' }],
  [pull, { ...pull, ack_wait: 5 * SECOND }],
  [pull, { ...pull, max_deliver: 5 }],
  [pull, { ...pull, backoff: [SECOND, SECOND] }],
  [pull, { ...pull, backoff: [SECOND, SECOND], max_deliver: 1 }],
  [pull, { ...pull, filter_subject: 's.a' }],
  [
    { ...pull, filter_subject: 's.a' },
    { ...pull, filter_subjects: ['s.a', 's.b'] },
  ],
  [{ ...pull, filter_subject: 's.a' }, pull],
  [pull, { ...pull, replay_policy: 'original' }],
  [pull, { ...pull, rate_limit_bps: 5 }],
  [pull, { ...pull, sample_freq: '5' }],
  [pull, { ...pull, max_waiting: 5 }],
  [pull, { ...pull, max_ack_pending: 5 }],
  [pull, { ...pull, headers_only: true }],
  [pull, { ...pull, max_batch: 5, max_expires: SECOND, max_bytes: 5 }],
  [pull, push],
  [push, pull],
  [push, { ...push, deliver_subject: 'e' }],
  [push, { ...push, deliver_group: 'g' }],
  [push, { ...push, idle_heartbeat: SECOND }],
  [push, { ...push, idle_heartbeat: SECOND, flow_control: true }],
  [
    { ...push, idle_heartbeat: SECOND, flow_control: true },
    { ...push, idle_heartbeat: SECOND },
  ],
  [push, { ...push, rate_limit_bps: 500 }],
  [pull, { ...pull, inactive_threshold: SECOND }],
  [pull, { ...pull, num_replicas: 1 }],
  [pull, { ...pull, num_replicas: 3 }],
  [pull, { ...pull, mem_storage: true }],
  [{ ...pull, mem_storage: true }, pull],
  [pull, { ...pull, direct: true }],
  [push, { ...push, sourcing: true }],
  [pull, { ...pull, metadata: { a: 'b' } }],
  [{ ...pull, metadata: { a: 'b' } }, pull],
  [pull, { ...pull, pause_until: '2090-01-01T00:00:00Z' }],
  [{ ...pull, pause_until: '2090-01-01T00:00:00+02:00' }, pull],
  [
    { ...pull, pause_until: '2090-01-01T00:00:00+02:00' },
    { ...pull, description: 'x' },
  ],
  [pull, { ...pull, priority_policy: 'overflow', priority_groups: ['g'] }],
  [{ ...pull, priority_policy: 'overflow', priority_groups: ['g'] }, pull],
  [pull, { ...pull, durable_name: 'd' }],
  [pull, { ack_policy: 'explicit' }],
  [{ ack_policy: 'explicit' }, pull],
  [{ ack_policy: 'explicit' }, { ack_policy: 'explicit' }],
  [{ ack_policy: 'explicit' }, { ack_policy: 'explicit', inactive_threshold: 5 * SECOND }],
  [{ ack_policy: 'explicit' }, { ack_policy: 'explicit', inactive_threshold: 60 * SECOND }],
  [{ ack_policy: 'explicit', inactive_threshold: 60 * SECOND }, { ack_policy: 'explicit' }],
  [pull, { ...pull, filter_subjects: [] }],
  [pull, { ...pull, deliver_policy: 'by_start_sequence' }],
];

const ACTIONS: readonly (readonly [Fields, Fields])[] = [
  [pull, pull],
  [pull, { ...pull, description: 'x' }],
  [pull, { ...pull, metadata: {} }],
  [pull, { ...pull, metadata: { '_nats.ver': 'x' } }],
  [pull, { ...pull, max_ack_pending: 1000 }],
  [pull, { ...pull, filter_subjects: [] }],
  [{ ack_policy: 'explicit' }, { ack_policy: 'explicit' }],
  [{ ack_policy: 'explicit' }, { ack_policy: 'explicit', inactive_threshold: 5 * SECOND }],
  [{ ...pull, pause_until: '2090-01-01T00:00:00Z' }, pull],
  [pull, { ...pull, ack_policy: 'none' }],
];

export const consumerUpdateCases: readonly ConfigCase[] = [
  ...CHANGES.map(([before, after]) => ({
    name: JSON.stringify([before, after]),
    requests: [stream, create(before), create(after), create(after)],
  })),
  ...ACTIONS.flatMap(([before, after]) =>
    ['create', 'update', ''].map((action) => ({
      name: `${action}: ${JSON.stringify([before, after])}`,
      requests: [stream, create(before), create(after, { action })],
    })),
  ),
  {
    name: 'old forms and new forms are about the same consumer',
    requests: [
      stream,
      ['CONSUMER.DURABLE.CREATE.S.c', { stream_name: 'S', config: pull }],
      create({ ...pull, description: 'x' }),
      ['CONSUMER.CREATE.S', { stream_name: 'S', config: { name: 'c', ack_policy: 'explicit' } }],
      ['CONSUMER.DURABLE.CREATE.S.c', { stream_name: 'S', config: { ...pull, description: 'y' } }],
    ],
  },
];
