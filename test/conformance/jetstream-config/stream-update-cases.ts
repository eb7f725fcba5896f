import { type ConfigCase, type Request } from './case.ts';

const SECOND = 1_000_000_000;

type Fields = Readonly<Record<string, unknown>>;

const create = (fields: Fields): Request => [`STREAM.CREATE.${String(fields['name'])}`, fields];
const update = (fields: Fields): Request => [`STREAM.UPDATE.${String(fields['name'])}`, fields];

/** A stream, and what it is told to be then. */
const CHANGES: readonly (readonly [Fields, Fields])[] = [
  [{}, {}],
  [{}, { description: 'x' }],
  [{ description: 'x' }, {}],
  [{}, { subjects: ['b'] }],
  [{ subjects: ['a', 'b'] }, { subjects: ['b', 'c'] }],
  [{ subjects: ['a'] }, { subjects: ['a..b'] }],
  [{ subjects: ['a'] }, { subjects: ['>'] }],
  [{}, { retention: 'interest' }],
  [{ retention: 'interest' }, {}],
  [{}, { retention: 'workqueue' }],
  [{ retention: 'workqueue' }, {}],
  [{ retention: 'workqueue' }, { retention: 'interest' }],
  [{}, { max_consumers: 5 }],
  [{ max_consumers: 5 }, { max_consumers: 6 }],
  [{}, { max_msgs: 5 }],
  [{ max_msgs: 5 }, { max_msgs: -7 }],
  [{}, { max_bytes: 500 }],
  [{ max_bytes: 500 }, { max_bytes: 100 }],
  [{}, { max_bytes: 2 ** 34 }],
  [{ max_bytes: 2 ** 32 }, { max_bytes: 2 ** 33 }],
  [{ max_bytes: 2 ** 32 }, { max_bytes: 2 ** 33 + 1 }],
  [{}, { max_age: SECOND }],
  [{ max_age: SECOND }, {}],
  [{}, { max_age: 1 }],
  [{}, { max_msgs_per_subject: 1 }],
  [{}, { max_msg_size: 100 }],
  [{}, { discard: 'new' }],
  [{}, { discard: 'new', discard_new_per_subject: true }],
  [{}, { discard: 'new', discard_new_per_subject: true, max_msgs_per_subject: 1 }],
  [{}, { storage: 'memory' }],
  [{ storage: 'memory' }, {}],
  [{}, { num_replicas: 3 }],
  [{}, { num_replicas: 9 }],
  [{}, { num_replicas: -1 }],
  [{}, { no_ack: true }],
  [{}, { duplicate_window: SECOND }],
  [{}, { duplicate_window: -1 }],
  [{}, { placement: { cluster: 'c' } }],
  [{}, { placement: { preferred: 'c' } }],
  [{}, { mirror: { name: 'B' } }],
  [{ mirror: { name: 'B' } }, {}],
  [{ mirror: { name: 'B' } }, { subjects: ['x'] }],
  [{ mirror: { name: 'B' } }, { mirror: { name: 'B' } }],
  [{ mirror: { name: 'B' } }, { mirror: { name: 'C' } }],
  [{ mirror: { name: 'B' } }, { mirror: { name: 'B', opt_start_seq: 3 } }],
  [{ mirror: { name: 'B' } }, { mirror: { name: 'B' }, max_msgs: 4 }],
  [{ mirror: { name: 'B' } }, { mirror: { name: 'B' }, mirror_direct: true }],
  [{}, { mirror_direct: true }],
  [{}, { sources: [{ name: 'B' }] }],
  [{ sources: [{ name: 'B' }] }, {}],
  [{ sources: [{ name: 'B' }] }, { sources: [{ name: 'B' }, { name: 'C' }] }],
  [{ sources: [{ name: 'B' }] }, { sources: [{ name: 'B', filter_subject: 'x..' }] }],
  [{}, { sources: [{ name: 'A' }] }],
  [{}, { compression: 's2' }],
  [{}, { first_seq: 5 }],
  [{ first_seq: 5 }, {}],
  [{}, { subject_transform: { src: 'A', dest: 'b' } }],
  [{ subject_transform: { src: 'A', dest: 'b' } }, { subject_transform: { src: 'A', dest: 'c' } }],
  [{ subject_transform: { src: 'A', dest: 'b' } }, {}],
  [{}, { subject_transform: { src: 'A', dest: 'b..' } }],
  [{}, { republish: { dest: 'r' } }],
  [{}, { republish: { src: 'x', dest: '' } }],
  [{}, { republish: { src: '', dest: '' } }],
  [{}, { republish: { src: '>', dest: '' } }],
  [{}, { republish: { src: 'x.*', dest: '' } }],
  [{ republish: { dest: 'r' } }, {}],
  [{}, { republish: { dest: 'A' } }],
  [{}, { allow_direct: true }],
  [{ allow_direct: true }, {}],
  [{}, { sealed: true }],
  [
    { max_age: 200 * SECOND, allow_rollup_hdrs: true },
    { max_age: 200 * SECOND, allow_rollup_hdrs: true, sealed: true },
  ],
  [{}, { sealed: true, allow_rollup_hdrs: true }],
  [{}, { deny_delete: true }],
  [{ deny_delete: true }, {}],
  [{}, { deny_purge: true }],
  [{ deny_purge: true }, {}],
  [{ deny_purge: true }, { deny_purge: true, allow_rollup_hdrs: true }],
  [{ deny_purge: true }, { deny_purge: true, allow_msg_schedules: true }],
  [{}, { allow_rollup_hdrs: true }],
  [{ allow_rollup_hdrs: true }, {}],
  [{}, { allow_rollup_hdrs: true, deny_purge: true }],
  [{}, { consumer_limits: { max_ack_pending: 5 } }],
  [{ consumer_limits: { max_ack_pending: 5 } }, {}],
  [{}, { allow_msg_ttl: true }],
  [{ allow_msg_ttl: true }, {}],
  [{}, { subject_delete_marker_ttl: SECOND }],
  [{ subject_delete_marker_ttl: SECOND }, {}],
  [{ subject_delete_marker_ttl: SECOND }, { allow_msg_ttl: true }],
  [{}, { allow_msg_counter: true }],
  [{ allow_msg_counter: true }, {}],
  [{ allow_msg_counter: true }, { allow_msg_counter: true, max_msgs: 4 }],
  [{}, { allow_atomic: true }],
  [{ allow_atomic: true }, {}],
  [{}, { allow_msg_schedules: true }],
  [{ allow_msg_schedules: true }, {}],
  [{ allow_msg_schedules: true }, { allow_msg_schedules: true }],
  [{}, { persist_mode: 'async' }],
  [{ persist_mode: 'async' }, {}],
  [{ persist_mode: 'async' }, { persist_mode: 'async' }],
  [{}, { allow_batched: true }],
  [{ allow_batched: true }, {}],
  [{}, { metadata: { a: 'b' } }],
  [{ metadata: { a: 'b' } }, {}],
  [{}, { metadata: { m: 'x'.repeat(131_072) } }],
  [{}, { pedantic: true, max_msgs: -4 }],
  [{}, { pedantic: true, sealed: true }],
  [{}, { pedantic: true, republish: { dest: 'r' } }],
  [{}, { pedantic: true, subject_delete_marker_ttl: SECOND }],
];

const consumer = (config: Fields): Request => [
  `CONSUMER.CREATE.A.${String(config['name'])}`,
  { stream_name: 'A', config: { ack_policy: 'explicit', ...config } },
];

const OTHERS: readonly (readonly [string, readonly Request[]])[] = [
  ['there is no such stream', [update({ name: 'A' })]],
  ['there is no such stream, and its configuration is bad', [update({ name: 'A', max_age: -1 })]],
  ['name in the subject is another', [create({ name: 'A' }), ['STREAM.UPDATE.A', { name: 'B' }]]],
  ['no name in the body', [create({ name: 'A' }), ['STREAM.UPDATE.A', {}]]],
  ['overlaps', [create({ name: 'A' }), create({ name: 'B' }), update({ name: 'A', subjects: ['B'] })]],
  [
    'becomes a cycle',
    [
      create({ name: 'A' }),
      create({ name: 'B', sources: [{ name: 'A' }] }),
      update({ name: 'A', sources: [{ name: 'B' }] }),
    ],
  ],
  [
    'level that there is not',
    [create({ name: 'A' }), ['STREAM.UPDATE.A', { name: 'A' }, 'Nats-Required-Api-Level: 7']],
  ],
  [
    'unsealed',
    [
      create({ name: 'A' }),
      update({ name: 'A', sealed: true }),
      update({ name: 'A' }),
      update({ name: 'A', sealed: true }),
    ],
  ],
  [
    'unsealed with all that goes with it',
    [
      create({ name: 'A' }),
      update({ name: 'A', sealed: true }),
      update({ name: 'A', deny_delete: true, deny_purge: true, discard: 'new' }),
    ],
  ],
  [
    'limits below what consumers have',
    [
      create({ name: 'A' }),
      consumer({ name: 'c', max_ack_pending: 100 }),
      consumer({ name: 'd', max_ack_pending: 10 }),
      update({ name: 'A', consumer_limits: { max_ack_pending: 50 } }),
      update({ name: 'A', consumer_limits: { max_ack_pending: 100 } }),
    ],
  ],
  [
    'threshold below what consumers have',
    [
      create({ name: 'A' }),
      consumer({ name: 'c', inactive_threshold: 60 * SECOND }),
      update({ name: 'A', consumer_limits: { inactive_threshold: 50 * SECOND } }),
      update({ name: 'A', consumer_limits: { inactive_threshold: 60 * SECOND } }),
    ],
  ],
  [
    'mirror of a stream that answers direct gets',
    [
      create({ name: 'A', allow_direct: true }),
      create({ name: 'B', mirror: { name: 'A' } }),
      update({ name: 'A' }),
      update({ name: 'B', mirror: { name: 'A' } }),
    ],
  ],
  [
    'one change after the other',
    [
      create({ name: 'A', subjects: ['a'] }),
      update({ name: 'A', subjects: ['a', 'b'], max_msgs: 5 }),
      update({ name: 'A', subjects: ['a', 'b'], max_msgs: 5, allow_msg_ttl: true, metadata: { x: 'y' } }),
      create({ name: 'A', subjects: ['a', 'b'], max_msgs: 5, allow_msg_ttl: true, metadata: { x: 'y' } }),
      create({ name: 'A', subjects: ['a'] }),
    ],
  ],
];

const NARROW: readonly (readonly [string, readonly Request[]])[] = [
  [
    'more bytes than the account has left',
    [
      create({ name: 'A', max_bytes: 800_000 }),
      create({ name: 'B', max_bytes: 800_000 }),
      create({ name: 'C', max_bytes: 100_000 }),
      update({ name: 'C', max_bytes: 400_000 }),
      update({ name: 'C', max_bytes: 500_000 }),
      update({ name: 'A', max_bytes: 700_000 }),
      update({ name: 'C', max_bytes: 500_000 }),
    ],
  ],
  [
    'without a limit of bytes',
    [create({ name: 'A', max_bytes: 1000 }), update({ name: 'A' }), update({ name: 'A', max_bytes: 900_001 })],
  ],
  [
    'more consumers',
    [create({ name: 'A', max_bytes: 1000 }), update({ name: 'A', max_bytes: 1000, max_consumers: 3 })],
  ],
];

const CAPPED: readonly (readonly [string, readonly Request[]])[] = [
  [
    'more bytes than the server has left',
    [
      create({ name: 'A', max_bytes: 1_500_000 }),
      update({ name: 'A', max_bytes: 2_000_001 }),
      update({ name: 'A', max_bytes: 2_000_000 }),
      update({ name: 'A', max_bytes: 1_000_000 }),
      update({ name: 'A' }),
    ],
  ],
];

export const streamUpdateCases: readonly ConfigCase[] = [
  ...CHANGES.map(([before, after]) => ({
    name: JSON.stringify([before, after]).slice(0, 150),
    requests: [create({ name: 'A', ...before }), update({ name: 'A', ...after })],
  })),
  ...OTHERS.map(([name, requests]) => ({ name, requests })),
  ...NARROW.map(([name, requests]) => ({ name, account: 'narrow' as const, requests })),
  ...CAPPED.map(([name, requests]) => ({ name, account: 'capped' as const, requests })),
];
