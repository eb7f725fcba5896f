import { part, failed, levels, held, streamInfo, ACTIVE } from '../jetstream/answers.ts';
import { type JetStreamCase, type AnswerLike, api, stream, publish } from '../jetstream/steps.ts';

type Config = Readonly<Record<string, unknown>>;

/** How a stream with one message is made, what is to become of it, and what the server says. */
const UPDATES: [before: Config, after: Config, expected: AnswerLike][] = [
  [
    {},
    { description: 'new' },
    streamInfo('stream_update', {
      config: { name: 'S', description: 'new', subjects: ['s.>'] },
      state: held(1, 1, 33),
    }),
  ],
  [
    {},
    { subjects: ['x.>', 'y'] },
    streamInfo('stream_update', {
      config: { name: 'S', subjects: ['x.>', 'y'] },
      state: held(1, 1, 33),
    }),
  ],
  [
    {},
    { subjects: undefined },
    streamInfo('stream_update', {
      config: { name: 'S', subjects: ['S'] },
      state: held(1, 1, 33),
    }),
  ],
  [{}, { name: 'T' }, failed('stream_update', 400, 10056, 'stream name in subject does not match request')],
  [
    {},
    { max_msgs: 2 },
    streamInfo('stream_update', {
      config: { name: 'S', subjects: ['s.>'], max_msgs: 2 },
      state: held(1, 1, 33),
    }),
  ],
  [
    {},
    { max_bytes: 100 },
    streamInfo('stream_update', {
      config: { name: 'S', subjects: ['s.>'], max_bytes: 100 },
      state: held(1, 1, 33),
    }),
  ],
  [
    {},
    { max_msgs_per_subject: 1 },
    streamInfo('stream_update', {
      config: { name: 'S', subjects: ['s.>'], max_msgs_per_subject: 1 },
      state: held(1, 1, 33),
    }),
  ],
  [
    {},
    { max_age: 3_600_000_000_000 },
    streamInfo('stream_update', {
      config: { name: 'S', subjects: ['s.>'], max_age: 3600000000000 },
      state: held(1, 1, 33),
    }),
  ],
  [
    {},
    { max_msg_size: 10 },
    streamInfo('stream_update', {
      config: { name: 'S', subjects: ['s.>'], max_msg_size: 10 },
      state: held(1, 1, 33),
    }),
  ],
  [
    {},
    { max_consumers: 5 },
    streamInfo('stream_update', {
      config: { name: 'S', subjects: ['s.>'], max_consumers: 5 },
      state: held(1, 1, 33),
    }),
  ],
  [
    { max_consumers: 5 },
    { max_consumers: 6 },
    streamInfo('stream_update', {
      config: { name: 'S', subjects: ['s.>'], max_consumers: 6 },
      state: held(1, 1, 33),
    }),
  ],
  [
    {},
    { storage: 'memory' },
    failed('stream_update', 500, 10052, 'stream configuration update can not change storage type'),
  ],
  [
    {},
    { retention: 'interest' },
    streamInfo('stream_update', {
      config: { name: 'S', subjects: ['s.>'], retention: 'interest' },
      state: { first_seq: 2, last_seq: 1, last_ts: '<time>' },
    }),
  ],
  [
    {},
    { retention: 'workqueue' },
    failed(
      'stream_update',
      500,
      10052,
      'stream configuration update can not change retention policy to/from workqueue',
    ),
  ],
  [
    { retention: 'workqueue' },
    { retention: 'limits' },
    failed(
      'stream_update',
      500,
      10052,
      'stream configuration update can not change retention policy to/from workqueue',
    ),
  ],
  [
    { retention: 'interest' },
    { retention: 'limits' },
    streamInfo('stream_update', {
      config: { name: 'S', subjects: ['s.>'] },
      state: { first_seq: 2, last_seq: 1, last_ts: '<time>' },
    }),
  ],
  [
    { retention: 'interest' },
    { retention: 'workqueue' },
    failed(
      'stream_update',
      500,
      10052,
      'stream configuration update can not change retention policy to/from workqueue',
    ),
  ],
  [
    {},
    { discard: 'new' },
    streamInfo('stream_update', {
      config: { name: 'S', subjects: ['s.>'], discard: 'new' },
      state: held(1, 1, 33),
    }),
  ],
  [
    { discard: 'new' },
    { discard: 'old' },
    streamInfo('stream_update', {
      config: { name: 'S', subjects: ['s.>'] },
      state: held(1, 1, 33),
    }),
  ],
  [
    {},
    { discard: 'new', discard_new_per_subject: true, max_msgs_per_subject: 4 },
    streamInfo('stream_update', {
      config: { name: 'S', subjects: ['s.>'], max_msgs_per_subject: 4, discard: 'new', discard_new_per_subject: true },
      state: held(1, 1, 33),
    }),
  ],
  [
    {},
    { no_ack: true },
    streamInfo('stream_update', {
      config: { name: 'S', subjects: ['s.>'], no_ack: true },
      state: held(1, 1, 33),
    }),
  ],
  [
    {},
    { duplicate_window: 5_000_000_000 },
    streamInfo('stream_update', {
      config: { name: 'S', subjects: ['s.>'], duplicate_window: 5000000000 },
      state: held(1, 1, 33),
    }),
  ],
  [
    {},
    { compression: 's2' },
    streamInfo('stream_update', {
      config: { name: 'S', subjects: ['s.>'], compression: 's2' },
      state: held(1, 1, 33),
    }),
  ],
  [
    { compression: 's2' },
    { compression: 'none' },
    streamInfo('stream_update', {
      config: { name: 'S', subjects: ['s.>'] },
      state: held(1, 1, 33),
    }),
  ],
  [
    {},
    { first_seq: 50 },
    streamInfo('stream_update', {
      config: { name: 'S', subjects: ['s.>'], first_seq: 50 },
      state: held(1, 1, 33),
    }),
  ],
  [
    {},
    { subject_transform: { src: 's.*', dest: 't.{{wildcard(1)}}' } },
    streamInfo('stream_update', {
      config: { name: 'S', subjects: ['s.>'], subject_transform: { src: 's.*', dest: 't.{{wildcard(1)}}' } },
      state: held(1, 1, 33),
    }),
  ],
  [
    {},
    { republish: { src: 's.>', dest: 'r.>' } },
    streamInfo('stream_update', {
      config: { name: 'S', subjects: ['s.>'], republish: { src: 's.>', dest: 'r.>' } },
      state: held(1, 1, 33),
    }),
  ],
  [
    { republish: { src: 's.>', dest: 'r.>' } },
    { republish: undefined },
    streamInfo('stream_update', {
      config: { name: 'S', subjects: ['s.>'] },
      state: held(1, 1, 33),
    }),
  ],
  [
    {},
    { allow_direct: true },
    streamInfo('stream_update', {
      config: { name: 'S', subjects: ['s.>'], allow_direct: true },
      state: held(1, 1, 33),
    }),
  ],
  [
    {},
    { mirror_direct: true },
    streamInfo('stream_update', {
      config: { name: 'S', subjects: ['s.>'], mirror_direct: true },
      state: held(1, 1, 33),
    }),
  ],
  [
    {},
    { sealed: true },
    streamInfo('stream_update', {
      config: { name: 'S', subjects: ['s.>'], discard: 'new', sealed: true, deny_delete: true, deny_purge: true },
      state: held(1, 1, 33),
    }),
  ],
  [
    { max_age: 60_000_000_000, discard: 'old', allow_rollup_hdrs: true },
    { sealed: true },
    streamInfo('stream_update', {
      config: {
        name: 'S',
        subjects: ['s.>'],
        discard: 'new',
        duplicate_window: 60000000000,
        sealed: true,
        deny_delete: true,
        deny_purge: true,
      },
      state: held(1, 1, 33),
    }),
  ],
  [
    {},
    { deny_delete: true, deny_purge: true },
    streamInfo('stream_update', {
      config: { name: 'S', subjects: ['s.>'], deny_delete: true, deny_purge: true },
      state: held(1, 1, 33),
    }),
  ],
  [
    { deny_delete: true },
    { deny_delete: false },
    failed('stream_update', 500, 10052, 'stream configuration update can not cancel deny message deletes'),
  ],
  [
    { deny_purge: true },
    { deny_purge: false },
    failed('stream_update', 500, 10052, 'stream configuration update can not cancel deny purge'),
  ],
  [
    {},
    { allow_rollup_hdrs: true },
    streamInfo('stream_update', {
      config: { name: 'S', subjects: ['s.>'], allow_rollup_hdrs: true },
      state: held(1, 1, 33),
    }),
  ],
  [
    { allow_rollup_hdrs: true },
    { allow_rollup_hdrs: false },
    streamInfo('stream_update', {
      config: { name: 'S', subjects: ['s.>'] },
      state: held(1, 1, 33),
    }),
  ],
  [
    { deny_purge: true },
    { deny_purge: true, allow_rollup_hdrs: true },
    failed('stream_update', 500, 10052, 'roll-ups require the purge permission'),
  ],
  [
    {},
    { consumer_limits: { max_ack_pending: 10 } },
    streamInfo('stream_update', {
      config: { name: 'S', subjects: ['s.>'], consumer_limits: { max_ack_pending: 10 } },
      state: held(1, 1, 33),
    }),
  ],
  [
    {},
    { allow_msg_ttl: true },
    streamInfo('stream_update', {
      config: {
        name: 'S',
        subjects: ['s.>'],
        allow_msg_ttl: true,
        metadata: levels(1),
      },
      state: held(1, 1, 33),
    }),
  ],
  [
    { allow_msg_ttl: true },
    { allow_msg_ttl: false },
    failed('stream_update', 500, 10052, 'message TTL status can not be disabled'),
  ],
  [
    {},
    { subject_delete_marker_ttl: 5_000_000_000 },
    streamInfo('stream_update', {
      config: {
        name: 'S',
        subjects: ['s.>'],
        allow_rollup_hdrs: true,
        allow_msg_ttl: true,
        subject_delete_marker_ttl: 5000000000,
        metadata: levels(1),
      },
      state: held(1, 1, 33),
    }),
  ],
  [
    { subject_delete_marker_ttl: 5_000_000_000 },
    { subject_delete_marker_ttl: 0 },
    failed('stream_update', 500, 10052, 'message TTL status can not be disabled'),
  ],
  [
    {},
    { allow_msg_counter: true },
    failed('stream_update', 500, 10052, 'stream configuration update can not change message counter setting'),
  ],
  [
    { allow_msg_counter: true },
    { allow_msg_counter: false },
    failed('stream_update', 500, 10052, 'stream configuration update can not change message counter setting'),
  ],
  [
    {},
    { allow_atomic: true },
    streamInfo('stream_update', {
      config: {
        name: 'S',
        subjects: ['s.>'],
        allow_atomic: true,
        metadata: levels(2),
      },
      state: held(1, 1, 33),
    }),
  ],
  [
    { allow_atomic: true },
    { allow_atomic: false },
    streamInfo('stream_update', {
      config: { name: 'S', subjects: ['s.>'] },
      state: held(1, 1, 33),
    }),
  ],
  [
    {},
    { allow_batched: true },
    streamInfo('stream_update', {
      config: {
        name: 'S',
        subjects: ['s.>'],
        allow_batched: true,
        metadata: levels(4),
      },
      state: held(1, 1, 33),
    }),
  ],
  [
    { allow_batched: true },
    { allow_batched: false },
    streamInfo('stream_update', {
      config: { name: 'S', subjects: ['s.>'] },
      state: held(1, 1, 33),
    }),
  ],
  [
    {},
    { allow_msg_schedules: true },
    streamInfo('stream_update', {
      config: {
        name: 'S',
        subjects: ['s.>'],
        allow_rollup_hdrs: true,
        allow_msg_schedules: true,
        metadata: levels(2),
      },
      state: held(1, 1, 33),
    }),
  ],
  [
    { allow_msg_schedules: true },
    { allow_msg_schedules: false },
    failed('stream_update', 500, 10052, 'message schedules can not be disabled'),
  ],
  [
    {},
    { persist_mode: 'async' },
    failed('stream_update', 500, 10052, 'stream configuration update can not change persist mode'),
  ],
  [
    { persist_mode: 'async' },
    { persist_mode: 'default' },
    failed('stream_update', 500, 10052, 'stream configuration update can not change persist mode'),
  ],
  [
    {},
    { metadata: { a: '1' } },
    streamInfo('stream_update', {
      config: {
        name: 'S',
        subjects: ['s.>'],
        metadata: { '_nats.level': '5', '_nats.req.level': '0', '_nats.ver': '2.15.1', a: '1' },
      },
      state: held(1, 1, 33),
    }),
  ],
  [
    { metadata: { a: '1' } },
    { metadata: { b: '2' } },
    streamInfo('stream_update', {
      config: {
        name: 'S',
        subjects: ['s.>'],
        metadata: { '_nats.level': '5', '_nats.req.level': '0', '_nats.ver': '2.15.1', b: '2' },
      },
      state: held(1, 1, 33),
    }),
  ],
  [
    { metadata: { a: '1' } },
    {},
    streamInfo('stream_update', {
      config: {
        name: 'S',
        subjects: ['s.>'],
        metadata: { '_nats.level': '5', '_nats.req.level': '0', '_nats.ver': '2.15.1', a: '1' },
      },
      state: held(1, 1, 33),
    }),
  ],
  [{}, { mirror: { name: 'O' } }, failed('stream_update', 400, 10034, 'stream mirrors can not contain subjects')],
  [
    { subjects: undefined, mirror: { name: 'O' } },
    { subjects: undefined, mirror: { name: 'O', opt_start_seq: 2 } },
    failed('stream_update', 400, 10055, 'stream mirror configuration can not be updated'),
  ],
  [
    { subjects: undefined, mirror: { name: 'O' } },
    { subjects: undefined, mirror: { name: 'P' } },
    failed('stream_update', 400, 10055, 'stream mirror configuration can not be updated'),
  ],
  [
    { subjects: undefined, mirror: { name: 'O' } },
    { subjects: ['s.>'], mirror: undefined },
    streamInfo('stream_update', { config: { name: 'S', subjects: ['s.>'] } }),
  ],
  [
    {},
    { sources: [{ name: 'O' }] },
    streamInfo('stream_update', {
      config: { name: 'S', subjects: ['s.>'], sources: [{ name: 'O' }], duplicate_window: undefined },
      state: held(1, 1, 33),
      sources: [{ name: 'O', lag: 0, active: ACTIVE }],
    }),
  ],
  [
    { sources: [{ name: 'O' }] },
    { sources: [] },
    streamInfo('stream_update', {
      config: { name: 'S', subjects: ['s.>'] },
      state: held(1, 1, 33),
    }),
  ],
  [
    { sources: [{ name: 'O' }] },
    { sources: [{ name: 'O', filter_subject: 'o.x' }] },
    streamInfo('stream_update', {
      config: {
        name: 'S',
        subjects: ['s.>'],
        sources: [{ name: 'O', filter_subject: 'o.x' }],
        duplicate_window: undefined,
      },
      state: held(1, 1, 33),
      sources: [{ name: 'O', lag: 0, active: ACTIVE, filter_subject: 'o.x' }],
    }),
  ],
  [{}, { subjects: ['o.x'] }, failed('stream_update', 400, 10065, 'subjects overlap with an existing stream')],
  [{}, { subjects: ['s.a', 's.a'] }, failed('stream_update', 500, 10052, 'subject "s.a" overlaps with "s.a"')],
  [{}, { num_replicas: 2 }, failed('stream_update', 500, 10074, 'replicas > 1 not supported in non-clustered mode')],
  [{}, { max_bytes: 20_000_000_000 }, failed('stream_update', 500, 10047, 'insufficient storage resources available')],
  [
    {},
    { pedantic: true },
    streamInfo('stream_update', {
      config: { name: 'S', subjects: ['s.>'] },
      state: held(1, 1, 33),
    }),
  ],
  [{}, { unknown: 1 }, failed('stream_update', 400, 10025, 'invalid JSON: json: unknown field "unknown"')],
  [
    {},
    { placement: { cluster: 'x' } },
    streamInfo('stream_update', {
      config: { name: 'S', subjects: ['s.>'], placement: { cluster: 'x' } },
      state: held(1, 1, 33),
    }),
  ],
];

/** What may be changed of a stream. */
export const jetStreamStreamUpdates: JetStreamCase[] = UPDATES.map(([before, after, expected]) => ({
  name: `an update from ${JSON.stringify(before)} to ${JSON.stringify(after)}`,
  steps: [
    stream('O', { subjects: ['o.>'] }),
    stream('S', { subjects: ['s.>'], ...before }),
    ...('mirror' in before
      ? []
      : [publish('s.a', '', part({ stream: 'S', seq: 1 }), 'allow_msg_counter' in before ? ['Nats-Incr: 1'] : [])]),
    api('STREAM.UPDATE.S', { name: 'S', subjects: ['s.>'], ...before, ...after }, expected),
    api('STREAM.INFO.S', '', { part: { config: { name: 'S' } } }),
  ],
}));
