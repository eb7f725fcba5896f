import { NUMBER } from '../json-pattern.ts';
import { type Fields, msg, failed, type Some, levels, consumerInfo } from '../jetstream/answers.ts';
import { type JetStreamCase, type AnswerLike, api, stream, fill } from '../jetstream/steps.ts';

type Config = Readonly<Record<string, unknown>>;
type Row = [config: Config, expected: AnswerLike];

const UNACKED = { ack_wait: undefined, max_ack_pending: undefined };

/** A consumer `C` that is not durable and has three messages before it. */
function made(config: Some, more: Some = {}): Fields {
  const name = { stream_name: 'S', name: 'C' };
  const given = { name: 'C', inactive_threshold: 5_000_000_000, ...config };
  return consumerInfo('consumer_create', { ...name, num_pending: 3, ...more, config: given });
}

/** Consumers that pull, of a stream of `s.>` with three messages; the default is explicit acknowledgement. */
const PULL: Row[] = [
  [{}, made({})],
  [{ durable_name: 'C' }, made({ durable_name: 'C', inactive_threshold: undefined })],
  [{ name: 'C' }, made({})],
  [{ name: 'C', durable_name: 'C' }, made({ durable_name: 'C', inactive_threshold: undefined })],
  [
    { name: 'C', durable_name: 'D' },
    failed('consumer_create', 400, 10017, 'consumer name in subject does not match durable name in request'),
  ],
  [{ name: 'D' }, made({})],
  [
    { durable_name: 'D' },
    failed('consumer_create', 400, 10017, 'consumer name in subject does not match durable name in request'),
  ],
  [{ description: 'about' }, made({ description: 'about' })],
  [
    { description: 'x'.repeat(4097) },
    failed('consumer_create', 400, 10107, 'consumer description is too long, maximum allowed is 4096'),
  ],
  [{ ack_policy: 'none' }, made({ ack_policy: 'none', ...UNACKED })],
  [{ ack_policy: 'all' }, made({ ack_policy: 'all' })],
  [
    { ack_policy: 'flow_control' },
    failed('consumer_create', 400, 10218, 'flow control ack policy requires a push based consumer'),
  ],
  [
    { deliver_policy: 'last' },
    made(
      { deliver_policy: 'last' },
      { delivered: { consumer_seq: 0, stream_seq: 2 }, ack_floor: { consumer_seq: 0, stream_seq: 2 }, num_pending: 1 },
    ),
  ],
  [
    { deliver_policy: 'new' },
    made(
      { deliver_policy: 'new' },
      { delivered: { consumer_seq: 0, stream_seq: 3 }, ack_floor: { consumer_seq: 0, stream_seq: 3 }, num_pending: 0 },
    ),
  ],
  [
    { deliver_policy: 'last_per_subject' },
    failed(
      'consumer_create',
      400,
      10094,
      'consumer delivery policy is deliver last per subject, but optional filter subject is not set',
    ),
  ],
  [
    { deliver_policy: 'last_per_subject', filter_subject: 's.*' },
    made(
      { deliver_policy: 'last_per_subject', filter_subject: 's.*' },
      { delivered: { consumer_seq: 0, stream_seq: 1 }, ack_floor: { consumer_seq: 0, stream_seq: 1 }, num_pending: 2 },
    ),
  ],
  [
    { deliver_policy: 'by_start_sequence' },
    failed(
      'consumer_create',
      400,
      10094,
      'consumer delivery policy is deliver by start sequence, but optional start sequence is not set',
    ),
  ],
  [
    { deliver_policy: 'by_start_sequence', opt_start_seq: 3 },
    made(
      { deliver_policy: 'by_start_sequence', opt_start_seq: 3 },
      { delivered: { consumer_seq: 0, stream_seq: 2 }, ack_floor: { consumer_seq: 0, stream_seq: 2 }, num_pending: 1 },
    ),
  ],
  [
    { deliver_policy: 'by_start_sequence', opt_start_seq: 30 },
    made(
      { deliver_policy: 'by_start_sequence', opt_start_seq: 30 },
      {
        delivered: { consumer_seq: 0, stream_seq: 29 },
        ack_floor: { consumer_seq: 0, stream_seq: 29 },
        num_pending: 0,
      },
    ),
  ],
  [
    { deliver_policy: 'by_start_sequence', opt_start_seq: 3, opt_start_time: '2020-01-01T00:00:00Z' },
    failed(
      'consumer_create',
      400,
      10094,
      'consumer delivery policy is deliver by start sequence, but optional start time is also set',
    ),
  ],
  [
    { deliver_policy: 'by_start_time' },
    failed(
      'consumer_create',
      400,
      10094,
      'consumer delivery policy is deliver by start time, but optional start time is not set',
    ),
  ],
  [
    { deliver_policy: 'by_start_time', opt_start_time: '2020-01-01T00:00:00Z' },
    made({ deliver_policy: 'by_start_time', opt_start_time: '2020-01-01T00:00:00Z' }),
  ],
  [
    { deliver_policy: 'by_start_time', opt_start_time: '2050-01-01T00:00:00Z' },
    made(
      { deliver_policy: 'by_start_time', opt_start_time: '2050-01-01T00:00:00Z' },
      { delivered: { consumer_seq: 0, stream_seq: 3 }, ack_floor: { consumer_seq: 0, stream_seq: 3 }, num_pending: 0 },
    ),
  ],
  [
    { opt_start_seq: 3 },
    failed(
      'consumer_create',
      400,
      10094,
      'consumer delivery policy is deliver all, but optional start sequence is also set',
    ),
  ],
  [
    { opt_start_time: '2020-01-01T00:00:00Z' },
    failed(
      'consumer_create',
      400,
      10094,
      'consumer delivery policy is deliver all, but optional start time is also set',
    ),
  ],
  [
    { deliver_policy: 'last', opt_start_seq: 3 },
    failed(
      'consumer_create',
      400,
      10094,
      'consumer delivery policy is deliver last, but optional start sequence is also set',
    ),
  ],
  [
    { deliver_policy: 'new', opt_start_time: '2020-01-01T00:00:00Z' },
    failed(
      'consumer_create',
      400,
      10094,
      'consumer delivery policy is deliver new, but optional start time is also set',
    ),
  ],
  [{ ack_wait: 1 }, made({ ack_wait: 1 })],
  [{ ack_wait: -1 }, failed('consumer_create', 400, 10183, 'consumer ack wait needs to be positive')],
  [{ ack_wait: 5_000_000_000 }, made({ ack_wait: 5000000000 })],
  [
    { ack_policy: 'none', ack_wait: 5_000_000_000 },
    made({ ack_policy: 'none', ack_wait: 5000000000, max_ack_pending: undefined }),
  ],
  [{ max_deliver: 3 }, made({ max_deliver: 3 })],
  [{ max_deliver: 0 }, made({})],
  [{ max_deliver: -5 }, made({})],
  [{ backoff: [1_000_000_000, 2_000_000_000] }, made({ ack_wait: 1000000000, backoff: [1000000000, 2000000000] })],
  [
    { backoff: [1_000_000_000, 2_000_000_000], max_deliver: 2 },
    made({ ack_wait: 1000000000, max_deliver: 2, backoff: [1000000000, 2000000000] }),
  ],
  [
    { backoff: [1_000_000_000, 2_000_000_000], max_deliver: 1 },
    failed('consumer_create', 400, 10116, 'max deliver is required to be > length of backoff values'),
  ],
  [{ backoff: [1_000_000_000], ack_wait: 9_000_000_000 }, made({ ack_wait: 1000000000, backoff: [1000000000] })],
  [{ backoff: [-1] }, failed('consumer_create', 400, 10184, 'consumer backoff needs to be positive')],
  [{ filter_subject: 's.a' }, made({ filter_subject: 's.a' }, { num_pending: 2 })],
  [{ filter_subject: '' }, made({})],
  [{ filter_subject: '>' }, made({ filter_subject: '>' })],
  [{ filter_subject: 'other' }, made({ filter_subject: 'other' }, { num_pending: 0 })],
  [{ filter_subject: 's..a' }, failed('consumer_create', 500, 10052, 'invalid subject')],
  [{ filter_subjects: ['s.a', 's.b'] }, made({ filter_subjects: ['s.a', 's.b'] })],
  [{ filter_subjects: ['s.a'] }, made({ filter_subjects: ['s.a'] }, { num_pending: 2 })],
  [{ filter_subjects: [] }, made({})],
  [
    { filter_subjects: ['s.a', ''] },
    failed('consumer_create', 400, 10139, 'consumer filter in FilterSubjects cannot be empty'),
  ],
  [
    { filter_subjects: ['s.a', 's.*'] },
    failed('consumer_create', 400, 10138, 'consumer subject filters cannot overlap'),
  ],
  [
    { filter_subjects: ['s.a', 's.a'] },
    failed('consumer_create', 400, 10138, 'consumer subject filters cannot overlap'),
  ],
  [{ filter_subjects: ['s.a', 'other'] }, made({ filter_subjects: ['s.a', 'other'] }, { num_pending: 2 })],
  [
    { filter_subjects: ['s.a'], filter_subject: 's.b' },
    failed('consumer_create', 400, 10136, 'consumer cannot have both FilterSubject and FilterSubjects specified'),
  ],
  [{ replay_policy: 'original' }, made({ replay_policy: 'original' })],
  [
    { rate_limit_bps: 1000 },
    failed('consumer_create', 400, 10086, 'consumer in pull mode can not have rate limit set'),
  ],
  [{ sample_freq: '50%' }, made({ sample_freq: '50%' })],
  [{ sample_freq: '50' }, made({ sample_freq: '50' })],
  [{ sample_freq: '101' }, made({ sample_freq: '101' })],
  [
    { sample_freq: '-1' },
    failed('consumer_create', 400, 10095, 'failed to parse consumer sampling configuration: <nil>'),
  ],
  [
    { sample_freq: 'often' },
    failed(
      'consumer_create',
      400,
      10095,
      'failed to parse consumer sampling configuration: strconv.Atoi: parsing "often": invalid syntax',
    ),
  ],
  [{ max_waiting: 3 }, made({ max_waiting: 3 })],
  [{ max_waiting: -1 }, made({})],
  [{ max_ack_pending: 5 }, made({ max_ack_pending: 5 })],
  [{ max_ack_pending: -1 }, made({ max_ack_pending: -1 })],
  [{ max_ack_pending: -7 }, made({ max_ack_pending: -1 })],
  [{ ack_policy: 'none', max_ack_pending: 5 }, made({ ack_policy: 'none', max_ack_pending: 5, ack_wait: undefined })],
  [
    { flow_control: true },
    failed('consumer_create', 400, 10089, 'consumer flow control requires a push based consumer'),
  ],
  [
    { idle_heartbeat: 1_000_000_000 },
    failed('consumer_create', 400, 10088, 'consumer idle heartbeat requires a push based consumer'),
  ],
  [{ headers_only: true }, made({ headers_only: true })],
  [{ max_batch: 5 }, made({ max_batch: 5 })],
  [{ max_batch: -1 }, made({})],
  [{ max_expires: 5_000_000_000 }, made({ max_expires: 5000000000 })],
  [{ max_expires: 1 }, failed('consumer_create', 400, 10115, 'consumer max request expires needs to be >= 1ms')],
  [{ max_expires: -1 }, made({})],
  [{ max_bytes: 1000 }, made({ max_bytes: 1000 })],
  [{ max_bytes: -1 }, made({})],
  [{ inactive_threshold: 60_000_000_000 }, made({ inactive_threshold: 60000000000 })],
  [{ inactive_threshold: -1 }, made({})],
  [
    { durable_name: 'C', inactive_threshold: 60_000_000_000 },
    made({ durable_name: 'C', inactive_threshold: 60000000000 }),
  ],
  [{ mem_storage: true }, made({ mem_storage: true })],
  [{ direct: true }, failed('consumer_create', 400, 10090, 'consumer direct requires a push based consumer')],
  [
    { metadata: { a: 'b', '_nats.ver': 'lie' } },
    made({ metadata: { '_nats.level': '5', '_nats.req.level': '0', '_nats.ver': '2.15.1', a: 'b' } }),
  ],
  [
    { metadata: { big: 'x'.repeat(131_073) } },
    failed('consumer_create', 400, 10135, 'consumer metadata exceeds maximum size of 128KB'),
  ],
  [
    { pause_until: '2050-01-01T00:00:00Z' },
    made({ metadata: levels(1), pause_until: '2050-01-01T00:00:00Z' }, { paused: true, pause_remaining: NUMBER }),
  ],
  [{ pause_until: '2020-01-01T00:00:00Z' }, made({ metadata: levels(1), pause_until: '2020-01-01T00:00:00Z' })],
  [
    { priority_groups: ['g'], priority_policy: 'overflow' },
    made(
      { metadata: levels(1), priority_groups: ['g'], priority_policy: 'overflow' },
      { priority_groups: [{ group: 'g', pinned_ts: '0001-01-01T00:00:00Z' }] },
    ),
  ],
  [
    { priority_groups: ['g'], priority_policy: 'pinned_client' },
    made(
      { metadata: levels(1), priority_groups: ['g'], priority_policy: 'pinned_client', priority_timeout: 120000000000 },
      { priority_groups: [{ group: 'g', pinned_ts: '0001-01-01T00:00:00Z' }] },
    ),
  ],
  [
    { priority_groups: ['g'], priority_policy: 'pinned_client', priority_timeout: 5_000_000_000 },
    made(
      { metadata: levels(1), priority_groups: ['g'], priority_policy: 'pinned_client', priority_timeout: 5000000000 },
      { priority_groups: [{ group: 'g', pinned_ts: '0001-01-01T00:00:00Z' }] },
    ),
  ],
  [
    { priority_groups: ['g'], priority_policy: 'prioritized' },
    made(
      { metadata: levels(1), priority_groups: ['g'], priority_policy: 'prioritized' },
      { priority_groups: [{ group: 'g', pinned_ts: '0001-01-01T00:00:00Z' }] },
    ),
  ],
  [
    { priority_groups: ['g'], priority_policy: 'none' },
    failed('consumer_create', 400, 10196, 'consumer can not have priority groups when policy is none'),
  ],
  [
    { priority_groups: ['g'] },
    failed('consumer_create', 400, 10196, 'consumer can not have priority groups when policy is none'),
  ],
  [
    { priority_groups: ['g', 'h'], priority_policy: 'overflow' },
    made(
      { metadata: levels(1), priority_groups: ['g', 'h'], priority_policy: 'overflow' },
      { priority_groups: [{ group: 'g', pinned_ts: '0001-01-01T00:00:00Z' }] },
    ),
  ],
  [
    { priority_groups: [], priority_policy: 'overflow' },
    failed('consumer_create', 400, 10159, 'Setting PriorityPolicy requires at least one PriorityGroup to be set'),
  ],
  [
    { priority_policy: 'overflow' },
    failed('consumer_create', 400, 10159, 'Setting PriorityPolicy requires at least one PriorityGroup to be set'),
  ],
  [
    { priority_policy: 'pinned_client' },
    failed('consumer_create', 400, 10159, 'Setting PriorityPolicy requires at least one PriorityGroup to be set'),
  ],
  [
    { priority_groups: [''], priority_policy: 'overflow' },
    failed('consumer_create', 400, 10161, 'Group name cannot be an empty string'),
  ],
  [
    { priority_groups: ['not good'], priority_policy: 'overflow' },
    failed(
      'consumer_create',
      400,
      10162,
      'Valid priority group name must match A-Z, a-z, 0-9, -_/=)+ and may not exceed 16 characters',
    ),
  ],
  [
    { priority_groups: ['seventeen-letters'], priority_policy: 'overflow' },
    failed(
      'consumer_create',
      400,
      10162,
      'Valid priority group name must match A-Z, a-z, 0-9, -_/=)+ and may not exceed 16 characters',
    ),
  ],
  [
    { priority_timeout: 5_000_000_000 },
    failed('consumer_create', 400, 10197, 'PinnedTTL cannot be set when PriorityPolicy is none'),
  ],
  [
    { priority_groups: ['g'], priority_policy: 'overflow', priority_timeout: 5_000_000_000 },
    made(
      { metadata: levels(1), priority_groups: ['g'], priority_policy: 'overflow', priority_timeout: 5000000000 },
      { priority_groups: [{ group: 'g', pinned_ts: '0001-01-01T00:00:00Z' }] },
    ),
  ],
  [
    { priority_groups: ['g'], priority_policy: 'pinned_client', ack_policy: 'none' },
    made(
      {
        ack_policy: 'none',
        metadata: levels(1),
        priority_groups: ['g'],
        priority_policy: 'pinned_client',
        priority_timeout: 120000000000,
        ...UNACKED,
      },
      { priority_groups: [{ group: 'g', pinned_ts: '0001-01-01T00:00:00Z' }] },
    ),
  ],
  [{ num_replicas: 0 }, made({})],
  [{ deliver_group: 'q' }, made({ deliver_group: 'q' })],
  [
    { sourcing: true },
    {
      message: msg(
        '<inbox>',
        consumerInfo('consumer_create', {
          stream_name: 'S',
          name: 'C',
          config: { name: 'C', inactive_threshold: 5000000000, sourcing: true },
          num_pending: 3,
        }),
        '',
        ['Nats-Stream-Identity: <name>'],
      ),
    },
  ],
];

/** The same, pushed to `d`. */
const PUSH: Row[] = [
  [{}, made({ deliver_subject: 'd', max_waiting: undefined })],
  [{ deliver_subject: 'd.*' }, failed('consumer_create', 400, 10079, 'consumer deliver subject has wildcards')],
  [{ deliver_subject: 'd x' }, failed('consumer_create', 400, 10112, 'invalid push consumer deliver subject')],
  [{ deliver_subject: 's.a' }, failed('consumer_create', 400, 10081, 'consumer deliver subject forms a cycle')],
  [
    { deliver_subject: 's.a', filter_subject: 's.b' },
    failed('consumer_create', 400, 10081, 'consumer deliver subject forms a cycle'),
  ],
  [{ deliver_group: 'q' }, made({ deliver_subject: 'd', deliver_group: 'q', max_waiting: undefined })],
  [{ deliver_group: 'q x' }, made({ deliver_subject: 'd', deliver_group: 'q x', max_waiting: undefined })],
  [
    { idle_heartbeat: 1_000_000_000 },
    made({ deliver_subject: 'd', idle_heartbeat: 1000000000, max_waiting: undefined }),
  ],
  [{ idle_heartbeat: 1_000 }, failed('consumer_create', 400, 10083, 'consumer idle heartbeat needs to be >= 100ms')],
  [{ idle_heartbeat: -1 }, made({ deliver_subject: 'd', max_waiting: undefined })],
  [{ flow_control: true }, failed('consumer_create', 400, 10108, 'consumer with flow control also needs heartbeats')],
  [
    { flow_control: true, idle_heartbeat: 1_000_000_000 },
    made({ flow_control: true, deliver_subject: 'd', idle_heartbeat: 1000000000, max_waiting: undefined }),
  ],
  [{ max_waiting: 5 }, failed('consumer_create', 400, 10080, 'consumer in push mode can not set max waiting')],
  [{ max_batch: 5 }, made({ max_batch: 5, deliver_subject: 'd', max_waiting: undefined })],
  [{ max_expires: 5_000_000_000 }, made({ max_expires: 5000000000, deliver_subject: 'd', max_waiting: undefined })],
  [{ max_bytes: 5 }, made({ max_bytes: 5, deliver_subject: 'd', max_waiting: undefined })],
  [{ rate_limit_bps: 1000 }, made({ rate_limit_bps: 1000, deliver_subject: 'd', max_waiting: undefined })],
  [
    { ack_policy: 'none' },
    made({
      ack_policy: 'none',
      deliver_subject: 'd',
      ack_wait: undefined,
      max_waiting: undefined,
      max_ack_pending: undefined,
    }),
  ],
  [
    { ack_policy: 'none', direct: true },
    {
      message: msg(
        '<inbox>',
        consumerInfo('consumer_create', {
          stream_name: 'S',
          name: 'C',
          config: {
            name: 'C',
            ack_policy: 'none',
            deliver_subject: 'd',
            inactive_threshold: 5000000000,
            direct: true,
            ack_wait: undefined,
            max_waiting: undefined,
            max_ack_pending: undefined,
          },
          num_pending: 3,
        }),
        '',
        ['Nats-Stream-Identity: <name>'],
      ),
    },
  ],
  [
    { direct: true, durable_name: 'C' },
    failed('consumer_create', 400, 10091, 'consumer direct requires an ephemeral consumer'),
  ],
  [
    { ack_policy: 'flow_control' },
    made({
      ack_policy: 'flow_control',
      flow_control: true,
      deliver_subject: 'd',
      idle_heartbeat: 1000000000,
      metadata: levels(4),
      ack_wait: undefined,
      max_waiting: undefined,
    }),
  ],
  [
    { ack_policy: 'flow_control', flow_control: true, idle_heartbeat: 1_000_000_000 },
    made({
      ack_policy: 'flow_control',
      flow_control: true,
      deliver_subject: 'd',
      idle_heartbeat: 1000000000,
      metadata: levels(4),
      ack_wait: undefined,
      max_waiting: undefined,
    }),
  ],
  [
    {
      ack_policy: 'flow_control',
      flow_control: true,
      idle_heartbeat: 1_000_000_000,
      max_ack_pending: 100,
      ack_wait: 1_000_000_000,
    },
    failed('consumer_create', 400, 10221, 'flow control ack policy requires unset ack wait'),
  ],
  [
    {
      ack_policy: 'flow_control',
      flow_control: true,
      idle_heartbeat: 1_000_000_000,
      max_ack_pending: 100,
      max_deliver: 2,
    },
    failed('consumer_create', 400, 10222, 'flow control ack policy requires unset max deliver'),
  ],
  [
    { ack_policy: 'flow_control', flow_control: true, idle_heartbeat: 1_000_000_000, max_ack_pending: 100 },
    made({
      ack_policy: 'flow_control',
      max_ack_pending: 100,
      flow_control: true,
      deliver_subject: 'd',
      idle_heartbeat: 1000000000,
      metadata: levels(4),
      ack_wait: undefined,
      max_waiting: undefined,
    }),
  ],
  [
    { ack_policy: 'none', flow_control: true, idle_heartbeat: 1_000_000_000, deliver_group: 'q' },
    made({
      ack_policy: 'none',
      flow_control: true,
      deliver_subject: 'd',
      deliver_group: 'q',
      idle_heartbeat: 1000000000,
      ack_wait: undefined,
      max_waiting: undefined,
      max_ack_pending: undefined,
    }),
  ],
  [
    { priority_groups: ['g'], priority_policy: 'overflow' },
    failed('consumer_create', 400, 10178, 'priority groups can not be used with push consumers'),
  ],
  [
    { inactive_threshold: 60_000_000_000 },
    made({ deliver_subject: 'd', inactive_threshold: 60000000000, max_waiting: undefined }),
  ],
  [
    { durable_name: 'C', inactive_threshold: 60_000_000_000 },
    made({ durable_name: 'C', deliver_subject: 'd', inactive_threshold: 60000000000, max_waiting: undefined }),
  ],
  [
    { replay_policy: 'original', deliver_policy: 'new' },
    made(
      { deliver_policy: 'new', replay_policy: 'original', deliver_subject: 'd', max_waiting: undefined },
      { delivered: { consumer_seq: 0, stream_seq: 3 }, ack_floor: { consumer_seq: 0, stream_seq: 3 }, num_pending: 0 },
    ),
  ],
  [
    { pause_until: '2050-01-01T00:00:00Z' },
    made(
      { deliver_subject: 'd', metadata: levels(1), pause_until: '2050-01-01T00:00:00Z', max_waiting: undefined },
      { paused: true, pause_remaining: NUMBER },
    ),
  ],
];

/** The same of a work queue. */
const QUEUE: Row[] = [
  [{}, made({})],
  [
    { ack_policy: 'none' },
    failed('consumer_create', 400, 10084, 'consumer in pull mode requires explicit ack policy on workqueue stream'),
  ],
  [{ ack_policy: 'all' }, failed('consumer_create', 400, 10098, 'workqueue stream requires explicit ack')],
  [
    { deliver_policy: 'new' },
    failed('consumer_create', 400, 10101, 'consumer must be deliver all on workqueue stream'),
  ],
  [
    { deliver_policy: 'by_start_sequence', opt_start_seq: 2 },
    failed('consumer_create', 400, 10101, 'consumer must be deliver all on workqueue stream'),
  ],
  [{ filter_subject: 's.a' }, made({ filter_subject: 's.a' }, { num_pending: 2 })],
  [{ filter_subjects: ['s.a', 's.b'] }, made({ filter_subjects: ['s.a', 's.b'] })],
  [{ deliver_subject: 'd' }, made({ deliver_subject: 'd', max_waiting: undefined })],
  [
    { deliver_subject: 'd', ack_policy: 'none' },
    failed('consumer_create', 400, 10098, 'workqueue stream requires explicit ack'),
  ],
];

const SUBJECTS: [subject: string, request: Config, expected: AnswerLike][] = [
  [
    'CONSUMER.CREATE.S',
    { stream_name: 'S', config: { ack_policy: 'explicit' } },
    consumerInfo('consumer_create', { stream_name: 'S', name: '<name>', config: { inactive_threshold: 5000000000 } }),
  ],
  [
    'CONSUMER.CREATE.S',
    { stream_name: 'S', config: { durable_name: 'C' } },
    failed('consumer_create', 400, 10020, 'consumer expected to be ephemeral but a durable name was set in request'),
  ],
  [
    'CONSUMER.CREATE.S',
    { stream_name: 'S', config: { name: 'C' } },
    made({ ack_policy: 'none', ...UNACKED }, { num_pending: 0 }),
  ],
  [
    'CONSUMER.CREATE.S',
    { stream_name: 'T', config: {} },
    failed('consumer_create', 400, 10056, 'stream name in subject does not match request'),
  ],
  [
    'CONSUMER.CREATE.S.C',
    { stream_name: 'T', config: { name: 'C' } },
    failed('consumer_create', 400, 10056, 'stream name in subject does not match request'),
  ],
  [
    'CONSUMER.CREATE.S.C',
    { stream_name: 'S', config: { name: 'D' } },
    made({ ack_policy: 'none', ...UNACKED }, { num_pending: 0 }),
  ],
  [
    'CONSUMER.CREATE.S.C',
    { stream_name: 'S', config: {} },
    made({ ack_policy: 'none', ...UNACKED }, { num_pending: 0 }),
  ],
  [
    'CONSUMER.CREATE.S.C.s.a',
    { stream_name: 'S', config: { name: 'C', filter_subject: 's.a' } },
    made({ ack_policy: 'none', filter_subject: 's.a', ...UNACKED }, { num_pending: 0 }),
  ],
  [
    'CONSUMER.CREATE.S.C.s.a',
    { stream_name: 'S', config: { name: 'C', filter_subject: 's.b' } },
    failed('consumer_create', 400, 10131, 'Consumer create request did not match filtered subject from create subject'),
  ],
  [
    'CONSUMER.CREATE.S.C.s.a',
    { stream_name: 'S', config: { name: 'C' } },
    failed('consumer_create', 400, 10131, 'Consumer create request did not match filtered subject from create subject'),
  ],
  [
    'CONSUMER.CREATE.S.C.s.>',
    { stream_name: 'S', config: { name: 'C', filter_subject: 's.>' } },
    made({ ack_policy: 'none', filter_subject: 's.>', ...UNACKED }, { num_pending: 0 }),
  ],
  [
    'CONSUMER.CREATE.S.C.s.a',
    { stream_name: 'S', config: { name: 'C', filter_subjects: ['s.a', 's.b'] } },
    failed('consumer_create', 400, 10137, 'consumer with multiple subject filters cannot use subject based API'),
  ],
  [
    'CONSUMER.DURABLE.CREATE.S.C',
    { stream_name: 'S', config: { durable_name: 'C', ack_policy: 'explicit' } },
    made({ durable_name: 'C', inactive_threshold: undefined }, { num_pending: 0 }),
  ],
  [
    'CONSUMER.DURABLE.CREATE.S.C',
    { stream_name: 'S', config: { ack_policy: 'explicit' } },
    failed('consumer_create', 400, 10018, 'consumer expected to be durable but a durable name was not set'),
  ],
  [
    'CONSUMER.DURABLE.CREATE.S.C',
    { stream_name: 'S', config: { durable_name: 'D' } },
    failed('consumer_create', 400, 10017, 'consumer name in subject does not match durable name in request'),
  ],
  [
    'CONSUMER.DURABLE.CREATE.S.C',
    { stream_name: 'S', config: { name: 'C' } },
    failed('consumer_create', 400, 10018, 'consumer expected to be durable but a durable name was not set'),
  ],
  [
    'CONSUMER.CREATE.S.C',
    { stream_name: 'S', config: { name: 'C', max_deliver: -1 }, action: 'create' },
    made({ ack_policy: 'none', ...UNACKED }, { num_pending: 0 }),
  ],
  [
    'CONSUMER.CREATE.S.C',
    { stream_name: 'S', config: { name: 'C' }, action: 'update' },
    failed('consumer_create', 400, 10149, 'consumer does not exist'),
  ],
  [
    'CONSUMER.CREATE.S.C',
    { stream_name: 'S', config: { name: 'C' }, action: '' },
    made({ ack_policy: 'none', ...UNACKED }, { num_pending: 0 }),
  ],
  [
    'CONSUMER.CREATE.S.C',
    { stream_name: 'S', config: { name: 'C', ack_wait: 0 }, pedantic: true },
    made({ ack_policy: 'none', ...UNACKED }, { num_pending: 0 }),
  ],
  [
    'CONSUMER.CREATE.S.C',
    { stream_name: 'S', config: { name: 'C', backoff: [1_000_000_000], ack_wait: 5_000_000_000 }, pedantic: true },
    failed('consumer_create', 400, 10157, 'pedantic mode: first backoff value has to equal batch AckWait'),
  ],
  [
    'CONSUMER.CREATE.S.C',
    { stream_name: 'S', config: { name: 'C', priority_timeout: 5 }, pedantic: true },
    failed('consumer_create', 400, 10197, 'PinnedTTL cannot be set when PriorityPolicy is none'),
  ],
  [
    'CONSUMER.CREATE.S.a*b',
    { stream_name: 'S', config: { name: 'a*b' } },
    failed('consumer_create', 500, 10052, "consumer name can not contain '.', '*', '>', '\\', '/'"),
  ],
  [
    'CONSUMER.CREATE.S.a/b',
    { stream_name: 'S', config: { name: 'a/b' } },
    failed('consumer_create', 400, 10127, 'Consumer name can not contain path separators'),
  ],
  ['CONSUMER.CREATE.S.C', { stream_name: 'S' }, made({ ack_policy: 'none', ...UNACKED }, { num_pending: 0 })],
  [
    'CONSUMER.CREATE.S.C',
    { stream_name: 'S', config: null },
    made({ ack_policy: 'none', ...UNACKED }, { num_pending: 0 }),
  ],
];

function shortened(value: unknown): string {
  return JSON.stringify(value).replaceAll(/x{50,}/g, 'x…');
}

const three = fill('S', ['s.a', 's.b'], 3);
const create = (config: Config, expected: AnswerLike) =>
  api('CONSUMER.CREATE.S.C', { stream_name: 'S', config: { name: 'C', ack_policy: 'explicit', ...config } }, expected);

/** What a consumer may be made with. */
export const jetStreamConsumerChecks: JetStreamCase[] = [
  ...PULL.map(([config, expected]) => ({
    name: `a consumer with ${shortened(config)}`,
    steps: [stream('S', { subjects: ['s.>'] }), three, create(config, expected)],
  })),
  ...PUSH.map(([config, expected]) => ({
    name: `a consumer that pushes with ${shortened(config)}`,
    steps: [stream('S', { subjects: ['s.>'] }), three, create({ deliver_subject: 'd', ...config }, expected)],
  })),
  ...QUEUE.map(([config, expected]) => ({
    name: `a consumer of a work queue with ${shortened(config)}`,
    steps: [stream('S', { subjects: ['s.>'], retention: 'workqueue' }), three, create(config, expected)],
  })),
  ...SUBJECTS.map(([subject, request, expected]) => ({
    name: `${subject} with ${JSON.stringify(request)}`,
    steps: [stream('S', { subjects: ['s.>'] }), api(subject, request, expected)],
  })),
];
