import { type ConfigCase, eachSet, eachValue, type Request } from './case.ts';

const SECOND = 1_000_000_000;
const MS = 1_000_000;

type Fields = Readonly<Record<string, unknown>>;

const stream = (fields: Fields = {}): Request => ['STREAM.CREATE.S', { name: 'S', subjects: ['s.>'], ...fields }];
const create = (config: Fields, rest: Fields = {}): Request => [
  'CONSUMER.CREATE.S.c',
  { stream_name: 'S', config, ...rest },
];
const pull = (fields: Fields): readonly Request[] => [stream(), create({ ack_policy: 'explicit', ...fields })];
const push = (fields: Fields): readonly Request[] => [
  stream(),
  create({ ack_policy: 'explicit', deliver_subject: 'd', ...fields }),
];
const on = (streamFields: Fields, config: Fields, rest: Fields = {}): readonly Request[] => [
  stream(streamFields),
  create(config, rest),
];

const FIELDS: Readonly<Record<string, readonly unknown[]>> = {
  durable_name: ['', 'c', 'd', 'c.d', 'c/d'],
  name: ['', 'c', 'other'],
  description: ['x', 'é <&>', 'd'.repeat(4096), 'd'.repeat(4097)],
  deliver_policy: ['all', 'undefined', 'last', 'new', 'by_start_sequence', 'by_start_time', 'last_per_subject'],
  opt_start_seq: [0, 5],
  opt_start_time: ['2024-05-06T07:08:09.1200Z', '2024-05-06T07:08:09+02:00', '0001-01-01T00:00:00Z'],
  ack_policy: ['none', 'all', 'explicit', 'flow_control'],
  ack_wait: [-1, 0, 1, SECOND],
  max_deliver: [-5, -1, 0, 1, 5],
  backoff: [[], [SECOND], [SECOND, 2 * SECOND], [-1], [0]],
  filter_subject: ['', 's.a', 's.*', '>', 'other', 's..a', 's a'],
  filter_subjects: [
    [],
    ['s.a'],
    ['s.a', 's.b'],
    ['s.a', 's.*'],
    ['s.a', 's.a'],
    [''],
    ['s..a'],
    ['s.a', ''],
    ['other'],
  ],
  replay_policy: ['instant', 'original'],
  rate_limit_bps: [0, 1000],
  sample_freq: ['', '50', '50%', '100%', 'x', '%', '-1', '+5', '1.5', '99999999999999999999', '5%%'],
  max_waiting: [-1, 0, 1, 1000],
  max_ack_pending: [-5, -1, 0, 1, 5000],
  flow_control: [true, false],
  headers_only: [true],
  max_batch: [-1, 0, 5],
  max_expires: [-1, 0, 1, 999_999, MS, SECOND],
  max_bytes: [-1, 0, 1024],
  deliver_subject: ['d', 'd.*', 'd.>', 'd..', 'd d', 's.x', 's', ''],
  deliver_group: ['g', 'g h'],
  idle_heartbeat: [-1, 0, 1, 99 * MS, 100 * MS, SECOND],
  inactive_threshold: [-1, 0, 1, SECOND],
  num_replicas: [-1, 0, 1, 2, 3],
  mem_storage: [true],
  direct: [true],
  sourcing: [true],
  metadata: [
    {},
    { b: '2', a: '1' },
    { '_nats.ver': '1', '_nats.req.level': '9' },
    { m: 'x'.repeat(131_054) },
    { m: 'x'.repeat(131_055) },
  ],
  pause_until: ['2001-01-01T00:00:00Z', '2090-01-01T00:00:00.50Z', '2090-01-01T00:00:00+02:00', '0001-01-01T00:00:00Z'],
  priority_groups: [[], ['g'], [''], ['a b'], ['x'.repeat(16)], ['x'.repeat(17)], ['a', 'b'], ['aZ9/_=-']],
  priority_policy: ['none', 'overflow', 'pinned_client', 'prioritized'],
  priority_timeout: [-1, 0, 1, SECOND],
};

const PULL: readonly Fields[] = [
  { deliver_policy: 'by_start_sequence', opt_start_seq: 5 },
  { deliver_policy: 'by_start_sequence', opt_start_time: '2024-05-06T07:08:09Z' },
  { deliver_policy: 'by_start_sequence', opt_start_seq: 5, opt_start_time: '2024-05-06T07:08:09Z' },
  { deliver_policy: 'by_start_time', opt_start_time: '2024-05-06T07:08:09.5+01:00' },
  { deliver_policy: 'by_start_time', opt_start_seq: 5 },
  { deliver_policy: 'by_start_time', opt_start_seq: 5, opt_start_time: '2024-05-06T07:08:09Z' },
  ...['last', 'new', 'last_per_subject'].flatMap((deliver_policy) => [
    { deliver_policy, opt_start_seq: 5 },
    { deliver_policy, opt_start_time: '2024-05-06T07:08:09Z' },
    { deliver_policy, filter_subject: 's.*' },
    { deliver_policy, filter_subjects: ['s.a', 's.b'] },
  ]),
  { backoff: [SECOND, SECOND], max_deliver: 1 },
  { backoff: [SECOND, SECOND], max_deliver: 2 },
  { backoff: [SECOND, SECOND], max_deliver: 3 },
  { backoff: [SECOND], ack_wait: 5 * SECOND },
  { backoff: [SECOND], ack_policy: 'none' },
  { filter_subject: 's.a', filter_subjects: ['s.b'] },
  { filter_subject: 's.a', filter_subjects: [] },
  { filter_subject: 's.a', filter_subjects: [''] },
  { ack_policy: 'none', max_ack_pending: 5 },
  { ack_policy: 'none', ack_wait: SECOND },
  { ack_policy: 'none', max_deliver: 5 },
  { ack_policy: 'all', ack_wait: 5 },
  { flow_control: true, idle_heartbeat: SECOND },
  { durable_name: 'c', name: 'c' },
  { durable_name: 'c', name: 'd' },
  { durable_name: 'c', inactive_threshold: SECOND },
  { durable_name: 'c', direct: true },
  { priority_policy: 'overflow', priority_groups: ['g'] },
  { priority_policy: 'pinned_client', priority_groups: ['g'] },
  { priority_policy: 'pinned_client', priority_groups: ['g', 'h'], priority_timeout: SECOND },
  { priority_policy: 'pinned_client', priority_groups: ['g'], priority_timeout: -1 },
  { priority_policy: 'prioritized', priority_groups: ['g'], priority_timeout: SECOND },
  { priority_policy: 'overflow', priority_groups: [''] },
  { priority_policy: 'overflow', priority_groups: ['a b'] },
  { priority_policy: 'overflow', priority_groups: ['x'.repeat(17)] },
  { priority_policy: 'none', priority_groups: ['g'] },
  { priority_policy: 'none', priority_timeout: 5 },
  { priority_groups: ['g'], priority_timeout: 5 },
  { headers_only: true, max_batch: 5, max_expires: SECOND, max_bytes: 100, max_waiting: 7, sample_freq: '5%' },
];

const PUSH: readonly Fields[] = [
  { max_waiting: 5 },
  { max_batch: 5, max_expires: 1, max_bytes: 5 },
  { rate_limit_bps: 1000 },
  { flow_control: true },
  { flow_control: true, idle_heartbeat: SECOND },
  { flow_control: true, idle_heartbeat: MS },
  { idle_heartbeat: 99_999_999 },
  { idle_heartbeat: 100 * MS },
  { ack_policy: 'none', max_ack_pending: 5 },
  { ack_policy: 'none', max_ack_pending: -1 },
  { ack_policy: 'none' },
  { deliver_group: 'g' },
  { direct: true },
  { direct: true, ack_policy: 'none' },
  { direct: true, durable_name: 'c' },
  { sourcing: true, direct: false },
  { priority_policy: 'overflow', priority_groups: ['g'] },
  { priority_policy: 'overflow' },
  { ack_policy: 'flow_control' },
  { ack_policy: 'flow_control', flow_control: true, idle_heartbeat: SECOND },
  { ack_policy: 'flow_control', idle_heartbeat: 5 * SECOND },
  { ack_policy: 'flow_control', max_ack_pending: -1 },
  { ack_policy: 'flow_control', max_ack_pending: 5 },
  { ack_policy: 'flow_control', ack_wait: SECOND },
  { ack_policy: 'flow_control', backoff: [SECOND] },
  { ack_policy: 'flow_control', max_deliver: 5 },
  { ack_policy: 'flow_control', max_deliver: -1 },
  { deliver_subject: 's.a.b' },
  { deliver_subject: 'd.é' },
  { mem_storage: true, headers_only: true, replay_policy: 'original' },
];

const PEDANTIC: readonly Fields[] = [
  {},
  { max_deliver: -2 },
  { max_waiting: -1 },
  { max_ack_pending: -2 },
  { max_batch: -1 },
  { max_expires: -1 },
  { max_bytes: -1 },
  { idle_heartbeat: -1 },
  { inactive_threshold: -1 },
  { priority_timeout: -1 },
  { backoff: [SECOND] },
  { backoff: [SECOND], ack_wait: SECOND },
  { deliver_subject: 'd', ack_policy: 'flow_control' },
  { deliver_subject: 'd', ack_policy: 'flow_control', flow_control: true },
  { deliver_subject: 'd', ack_policy: 'flow_control', flow_control: true, idle_heartbeat: SECOND },
  { priority_policy: 'pinned_client', priority_groups: ['g'] },
];

const ON_STREAMS: readonly (readonly [Fields, Fields, Fields?])[] = [
  [{ retention: 'workqueue' }, {}],
  [{ retention: 'workqueue' }, { ack_policy: 'none' }],
  [{ retention: 'workqueue' }, { ack_policy: 'all' }],
  [{ retention: 'workqueue' }, { ack_policy: 'explicit' }],
  [{ retention: 'workqueue' }, { ack_policy: 'explicit', deliver_policy: 'new' }],
  [{ retention: 'workqueue' }, { ack_policy: 'none', deliver_subject: 'd' }],
  [{ retention: 'workqueue' }, { ack_policy: 'flow_control', deliver_subject: 'd' }],
  [{ retention: 'workqueue' }, { ack_policy: 'none', deliver_subject: 'd', direct: true }],
  [{ retention: 'workqueue' }, { ack_policy: 'explicit', num_replicas: 1 }],
  [{ retention: 'interest' }, { ack_policy: 'none' }],
  [{ retention: 'interest' }, { ack_policy: 'none', num_replicas: 1 }],
  [{ consumer_limits: { max_ack_pending: 50 } }, { ack_policy: 'explicit' }],
  [{ consumer_limits: { max_ack_pending: 50 } }, { ack_policy: 'explicit', max_ack_pending: 51 }],
  [{ consumer_limits: { max_ack_pending: 50 } }, { ack_policy: 'explicit', max_ack_pending: 50 }],
  [{ consumer_limits: { max_ack_pending: 50 } }, { ack_policy: 'explicit', max_ack_pending: -1 }],
  [{ consumer_limits: { max_ack_pending: 50 } }, { ack_policy: 'none' }],
  [{ consumer_limits: { max_ack_pending: 50 } }, { ack_policy: 'none', deliver_subject: 'd' }],
  [{ consumer_limits: { max_ack_pending: -1 } }, { ack_policy: 'explicit' }],
  [{ consumer_limits: { inactive_threshold: 60 * SECOND } }, { ack_policy: 'explicit' }],
  [{ consumer_limits: { inactive_threshold: 60 * SECOND } }, { inactive_threshold: 61 * SECOND }],
  [{ consumer_limits: { inactive_threshold: 1_500_000 } }, { inactive_threshold: 61 * SECOND }],
  [{ consumer_limits: { inactive_threshold: 3_723_500_000_000 } }, { inactive_threshold: 10_000 * SECOND }],
  [{ consumer_limits: { inactive_threshold: 60 * SECOND } }, { durable_name: 'c' }],
  [{ consumer_limits: { inactive_threshold: SECOND } }, {}],
  [{ consumer_limits: { max_ack_pending: 50 } }, { ack_policy: 'explicit' }, { pedantic: true }],
  [{ consumer_limits: { inactive_threshold: SECOND } }, { ack_policy: 'explicit' }, { pedantic: true }],
  [{ max_consumers: 1 }, {}],
];

const NARROW: readonly Fields[] = [{}, { max_ack_pending: 500 }, { max_ack_pending: 501 }, { max_ack_pending: -1 }];
const BOUNDED: readonly Fields[] = [
  {},
  { max_ack_pending: 700 },
  { max_ack_pending: 701 },
  { max_batch: 50 },
  { max_batch: 51 },
  { deliver_subject: 'd', max_batch: 51 },
  { deliver_subject: 'd' },
];

const named = (name: string, config: Fields): Request => [`CONSUMER.CREATE.S.${name}`, { stream_name: 'S', config }];
const queue = stream({ retention: 'workqueue' });
const explicit = { ack_policy: 'explicit' };

const OTHERS: readonly (readonly [string, readonly Request[]])[] = [
  ['ephemeral, old form', [stream(), ['CONSUMER.CREATE.S', { stream_name: 'S', config: {} }]]],
  ['ephemeral with a name, old form', [stream(), ['CONSUMER.CREATE.S', { stream_name: 'S', config: { name: 'x' } }]]],
  ['ephemeral with a path, old form', [stream(), ['CONSUMER.CREATE.S', { stream_name: 'S', config: { name: 'x/y' } }]]],
  ['ephemeral that is durable', [stream(), ['CONSUMER.CREATE.S', { stream_name: 'S', config: { durable_name: 'x' } }]]],
  [
    'durable, old form',
    [stream(), ['CONSUMER.DURABLE.CREATE.S.c', { stream_name: 'S', config: { durable_name: 'c' } }]],
  ],
  ['durable without its name', [stream(), ['CONSUMER.DURABLE.CREATE.S.c', { stream_name: 'S', config: {} }]]],
  [
    'durable of another name',
    [stream(), ['CONSUMER.DURABLE.CREATE.S.c', { stream_name: 'S', config: { durable_name: 'd' } }]],
  ],
  [
    'durable with a path',
    [stream(), ['CONSUMER.DURABLE.CREATE.S.c\\d', { stream_name: 'S', config: { durable_name: 'c\\d' } }]],
  ],
  ['another stream in the body', [stream(), ['CONSUMER.CREATE.S.c', { stream_name: 'T', config: {} }]]],
  ['no stream in the body', [stream(), ['CONSUMER.CREATE.S.c', { config: {} }]]],
  ['no such stream', [['CONSUMER.CREATE.S.c', { stream_name: 'S', config: {} }]]],
  ['no such stream, and replicas', [['CONSUMER.CREATE.S.c', { stream_name: 'S', config: { num_replicas: 3 } }]]],
  ['no configuration', [stream(), ['CONSUMER.CREATE.S.c', { stream_name: 'S' }]]],
  [
    'filter in the subject',
    [stream(), ['CONSUMER.CREATE.S.c.s.a', { stream_name: 'S', config: { filter_subject: 's.a' } }]],
  ],
  [
    'wide filter in the subject',
    [stream(), ['CONSUMER.CREATE.S.c.s.>', { stream_name: 'S', config: { filter_subject: 's.>' } }]],
  ],
  [
    'another filter in the subject',
    [stream(), ['CONSUMER.CREATE.S.c.s.a', { stream_name: 'S', config: { filter_subject: 's.b' } }]],
  ],
  ['no filter in the body', [stream(), ['CONSUMER.CREATE.S.c.s.a', { stream_name: 'S', config: {} }]]],
  [
    'many filters in the body',
    [stream(), ['CONSUMER.CREATE.S.c.s.a', { stream_name: 'S', config: { filter_subjects: ['s.a'] } }]],
  ],
  ['name of 255 bytes', [stream(), named('n'.repeat(255), { durable_name: 'n'.repeat(255) })]],
  ['name of 256 bytes', [stream(), named('n'.repeat(256), { durable_name: 'n'.repeat(256) })]],
  [
    'level that there is not',
    [stream(), ['CONSUMER.CREATE.S.c', { stream_name: 'S', config: {} }, 'Nats-Required-Api-Level: 6']],
  ],
  ['bad JSON and a level that there is not', [stream(), ['CONSUMER.CREATE.S.c', '{', 'Nats-Required-Api-Level: 6']]],
  ['update of nothing', [stream(), create({}, { action: 'update' })]],
  ['create of something new', [stream(), create({}, { action: 'create' })]],
  ['queue: two without filters', [queue, named('a', explicit), named('b', explicit)]],
  [
    'queue: one without and one with',
    [queue, named('a', explicit), named('b', { ...explicit, filter_subject: 's.a' })],
  ],
  [
    'queue: filters that overlap',
    [queue, named('a', { ...explicit, filter_subject: 's.>' }), named('b', { ...explicit, filter_subject: 's.a' })],
  ],
  [
    'queue: filters that do not',
    [
      queue,
      named('a', { ...explicit, filter_subject: 's.b' }),
      named('b', { ...explicit, filter_subjects: ['s.a', 's.c'] }),
    ],
  ],
  [
    'queue: a filter becomes another one',
    [
      queue,
      named('a', { ...explicit, filter_subject: 's.b' }),
      named('b', { ...explicit, filter_subject: 's.a' }),
      named('b', { ...explicit, filter_subject: 's.*' }),
      named('b', { ...explicit, filter_subject: 's.c' }),
      named('b', explicit),
    ],
  ],
  [
    'as many as the stream takes',
    [stream({ max_consumers: 2 }), named('a', {}), named('b', {}), named('c', {}), named('a', { description: 'x' })],
  ],
  [
    'internal ones are not counted',
    [
      stream({ max_consumers: 1 }),
      named('a', { deliver_subject: 'd', direct: true }),
      named('b', {}),
      named('e', { deliver_subject: 'd', direct: true }),
    ],
  ],
];

const NARROW_STREAMS: readonly ConfigCase[] = [
  {
    name: 'as many as the account takes',
    account: 'narrow',
    requests: [stream({ max_bytes: 1000 }), named('a', {}), named('b', {}), named('c', {})],
  },
];

export const consumerCases: readonly ConfigCase[] = [
  ...eachValue(FIELDS, pull),
  ...eachValue(FIELDS, push),
  ...eachSet(PULL, pull),
  ...eachSet(PUSH, push),
  ...eachSet(PEDANTIC, (fields) => [stream(), create({ ack_policy: 'explicit', ...fields }, { pedantic: true })]),
  ...ON_STREAMS.map(([fields, config, rest]) => ({
    name: JSON.stringify([fields, config, rest]),
    requests: on(fields, config, rest),
  })),
  ...eachSet(NARROW, (fields) => on({ max_bytes: 1000 }, { ack_policy: 'explicit', ...fields }), 'narrow'),
  ...eachSet(BOUNDED, pull, 'bounded'),
  ...eachSet(
    [{}, { max_batch: 5 }],
    (fields) => on({}, { ack_policy: 'explicit', ...fields }, { pedantic: true }),
    'bounded',
  ),
  ...OTHERS.map(([name, requests]) => ({ name, requests })),
  ...NARROW_STREAMS,
];
