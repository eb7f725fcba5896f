import { ABSENT } from '../json-pattern.ts';
import { part, msg, answer, failed, levels, consumerInfo, page } from '../jetstream/answers.ts';
import {
  type JetStreamCase,
  type AnswerLike,
  api,
  eventually,
  stream,
  consumer,
  fill,
  subscribe,
  unsubscribe,
  keep,
} from '../jetstream/steps.ts';

type Config = Readonly<Record<string, unknown>>;

/** How a durable consumer is made, what is to become of it, and what the server says. */
const UPDATES: [before: Config, after: Config, expected: AnswerLike][] = [
  [
    {},
    {},
    consumerInfo('consumer_create', {
      stream_name: 'S',
      name: 'C',
      config: { durable_name: 'C', name: 'C' },
      num_pending: 3,
    }),
  ],
  [
    {},
    { description: 'new' },
    consumerInfo('consumer_create', {
      stream_name: 'S',
      name: 'C',
      config: { durable_name: 'C', name: 'C', description: 'new' },
      num_pending: 3,
    }),
  ],
  [
    {},
    { ack_wait: 5_000_000_000 },
    consumerInfo('consumer_create', {
      stream_name: 'S',
      name: 'C',
      config: { durable_name: 'C', name: 'C', ack_wait: 5000000000 },
      num_pending: 3,
    }),
  ],
  [
    {},
    { max_deliver: 5 },
    consumerInfo('consumer_create', {
      stream_name: 'S',
      name: 'C',
      config: { durable_name: 'C', name: 'C', max_deliver: 5 },
      num_pending: 3,
    }),
  ],
  [
    {},
    { backoff: [1_000_000_000, 2_000_000_000] },
    consumerInfo('consumer_create', {
      stream_name: 'S',
      name: 'C',
      config: { durable_name: 'C', name: 'C', ack_wait: 1000000000, backoff: [1000000000, 2000000000] },
      num_pending: 3,
    }),
  ],
  [
    { backoff: [1_000_000_000] },
    { backoff: undefined },
    consumerInfo('consumer_create', {
      stream_name: 'S',
      name: 'C',
      config: { durable_name: 'C', name: 'C' },
      num_pending: 3,
    }),
  ],
  [
    {},
    { filter_subject: 's.a' },
    consumerInfo('consumer_create', {
      stream_name: 'S',
      name: 'C',
      config: { durable_name: 'C', name: 'C', filter_subject: 's.a' },
      num_pending: 2,
    }),
  ],
  [
    { filter_subject: 's.a' },
    { filter_subject: 's.b' },
    consumerInfo('consumer_create', {
      stream_name: 'S',
      name: 'C',
      config: { durable_name: 'C', name: 'C', filter_subject: 's.b' },
      num_pending: 1,
    }),
  ],
  [
    { filter_subject: 's.a' },
    { filter_subject: undefined, filter_subjects: ['s.a', 's.b'] },
    consumerInfo('consumer_create', {
      stream_name: 'S',
      name: 'C',
      config: { durable_name: 'C', name: 'C', filter_subjects: ['s.a', 's.b'] },
      num_pending: 3,
    }),
  ],
  [
    {},
    { sample_freq: '10' },
    consumerInfo('consumer_create', {
      stream_name: 'S',
      name: 'C',
      config: { durable_name: 'C', name: 'C', sample_freq: '10' },
      num_pending: 3,
    }),
  ],
  [
    {},
    { max_ack_pending: 5 },
    consumerInfo('consumer_create', {
      stream_name: 'S',
      name: 'C',
      config: { durable_name: 'C', name: 'C', max_ack_pending: 5 },
      num_pending: 3,
    }),
  ],
  [
    {},
    { headers_only: true },
    consumerInfo('consumer_create', {
      stream_name: 'S',
      name: 'C',
      config: { durable_name: 'C', name: 'C', headers_only: true },
      num_pending: 3,
    }),
  ],
  [
    {},
    { max_batch: 5, max_expires: 5_000_000_000, max_bytes: 5000 },
    consumerInfo('consumer_create', {
      stream_name: 'S',
      name: 'C',
      config: { durable_name: 'C', name: 'C', max_batch: 5, max_expires: 5000000000, max_bytes: 5000 },
      num_pending: 3,
    }),
  ],
  [
    {},
    { inactive_threshold: 60_000_000_000 },
    consumerInfo('consumer_create', {
      stream_name: 'S',
      name: 'C',
      config: { durable_name: 'C', name: 'C', inactive_threshold: 60000000000 },
      num_pending: 3,
    }),
  ],
  [
    {},
    { metadata: { a: 'b' } },
    consumerInfo('consumer_create', {
      stream_name: 'S',
      name: 'C',
      config: {
        durable_name: 'C',
        name: 'C',
        metadata: { '_nats.level': '5', '_nats.req.level': '0', '_nats.ver': '2.15.1', a: 'b' },
      },
      num_pending: 3,
    }),
  ],
  [
    {},
    { pause_until: '2050-01-01T00:00:00Z' },
    consumerInfo('consumer_create', {
      stream_name: 'S',
      name: 'C',
      config: { durable_name: 'C', name: 'C' },
      num_pending: 3,
    }),
  ],
  [{}, { deliver_policy: 'new' }, failed('consumer_create', 500, 10012, 'deliver policy can not be updated')],
  [{}, { ack_policy: 'none' }, failed('consumer_create', 500, 10012, 'ack policy can not be updated')],
  [{}, { replay_policy: 'original' }, failed('consumer_create', 500, 10012, 'replay policy can not be updated')],
  [{}, { max_waiting: 5 }, failed('consumer_create', 500, 10012, 'max waiting can not be updated')],
  [{}, { mem_storage: true }, failed('consumer_create', 500, 10012, 'storage type can not be updated')],
  [
    {},
    { num_replicas: 1 },
    consumerInfo('consumer_create', {
      stream_name: 'S',
      name: 'C',
      config: { durable_name: 'C', name: 'C', num_replicas: 1 },
      num_pending: 3,
    }),
  ],
  [{}, { deliver_subject: 'd' }, failed('consumer_create', 500, 10012, 'can not update pull consumer to push based')],
  [
    { deliver_subject: 'd' },
    { deliver_subject: 'e' },
    consumerInfo('consumer_create', {
      stream_name: 'S',
      name: 'C',
      config: { durable_name: 'C', name: 'C', deliver_subject: 'e', max_waiting: undefined },
      num_pending: 3,
    }),
  ],
  [
    { deliver_subject: 'd' },
    { deliver_subject: undefined },
    failed('consumer_create', 500, 10012, 'can not update push consumer to pull based'),
  ],
  [
    { deliver_subject: 'd' },
    { deliver_group: 'q' },
    consumerInfo('consumer_create', {
      stream_name: 'S',
      name: 'C',
      config: { durable_name: 'C', name: 'C', deliver_subject: 'd', deliver_group: 'q', max_waiting: undefined },
      num_pending: 3,
    }),
  ],
  [
    { deliver_subject: 'd' },
    { idle_heartbeat: 1_000_000_000 },
    failed('consumer_create', 500, 10012, 'heart beats can not be updated'),
  ],
  [
    { deliver_subject: 'd' },
    { flow_control: true, idle_heartbeat: 1_000_000_000 },
    failed('consumer_create', 500, 10012, 'heart beats can not be updated'),
  ],
  [
    { deliver_subject: 'd' },
    { rate_limit_bps: 1000 },
    consumerInfo('consumer_create', {
      stream_name: 'S',
      name: 'C',
      config: { durable_name: 'C', name: 'C', rate_limit_bps: 1000, deliver_subject: 'd', max_waiting: undefined },
      num_pending: 3,
    }),
  ],
  [
    { deliver_policy: 'by_start_sequence', opt_start_seq: 1 },
    { opt_start_seq: 2 },
    failed('consumer_create', 500, 10012, 'start sequence can not be updated'),
  ],
  [
    {},
    { priority_groups: ['g'], priority_policy: 'overflow' },
    consumerInfo('consumer_create', {
      stream_name: 'S',
      name: 'C',
      config: {
        durable_name: 'C',
        name: 'C',
        metadata: levels(1),
        priority_groups: ['g'],
        priority_policy: 'overflow',
      },
      num_pending: 3,
      priority_groups: [{ group: 'g', pinned_ts: '0001-01-01T00:00:00Z' }],
    }),
  ],
  [
    { priority_groups: ['g'], priority_policy: 'overflow' },
    { priority_groups: ['h'], priority_policy: 'overflow' },
    consumerInfo('consumer_create', {
      stream_name: 'S',
      name: 'C',
      config: {
        durable_name: 'C',
        name: 'C',
        metadata: levels(1),
        priority_groups: ['h'],
        priority_policy: 'overflow',
      },
      num_pending: 3,
      priority_groups: [{ group: 'h', pinned_ts: '0001-01-01T00:00:00Z' }],
    }),
  ],
  [
    { priority_groups: ['g'], priority_policy: 'overflow' },
    { priority_groups: ['g'], priority_policy: 'prioritized' },
    consumerInfo('consumer_create', {
      stream_name: 'S',
      name: 'C',
      config: {
        durable_name: 'C',
        name: 'C',
        metadata: levels(1),
        priority_groups: ['g'],
        priority_policy: 'prioritized',
      },
      num_pending: 3,
      priority_groups: [{ group: 'g', pinned_ts: '0001-01-01T00:00:00Z' }],
    }),
  ],
  [{}, { direct: true }, failed('consumer_create', 400, 10090, 'consumer direct requires a push based consumer')],
  [
    {},
    { name: 'D', durable_name: 'D' },
    failed('consumer_create', 400, 10017, 'consumer name in subject does not match durable name in request'),
  ],
  [
    {},
    { durable_name: undefined },
    consumerInfo('consumer_create', { stream_name: 'S', name: 'C', config: { name: 'C' }, num_pending: 3 }),
  ],
];

const durable = { name: 'C', durable_name: 'C', ack_policy: 'explicit' };
const change = (config: Config, expected: AnswerLike, action?: string) =>
  api('CONSUMER.CREATE.S.C', { stream_name: 'S', config: { ...durable, ...config }, action }, expected);

/** What may be changed of a consumer, and what a second request makes. */
export const jetStreamConsumerUpdates: JetStreamCase[] = [
  ...UPDATES.map(([before, after, expected]) => ({
    name: `an update of a consumer from ${JSON.stringify(before)} to ${JSON.stringify(after)}`,
    steps: [
      stream('S', { subjects: ['s.>'] }),
      fill('S', ['s.a', 's.b'], 3),
      consumer('S', 'C', before),
      change({ ...before, ...after }, expected, 'update'),
    ],
  })),
  {
    name: 'a second request, with and without an action',
    steps: [
      stream('S', { subjects: ['s.>'] }),
      change({}, failed('consumer_create', 400, 10149, 'consumer does not exist'), 'update'),
      change(
        {},
        consumerInfo('consumer_create', { stream_name: 'S', name: 'C', config: { durable_name: 'C', name: 'C' } }),
        'create',
      ),
      change(
        {},
        consumerInfo('consumer_create', { stream_name: 'S', name: 'C', config: { durable_name: 'C', name: 'C' } }),
        'create',
      ),
      change({ description: 'x' }, failed('consumer_create', 400, 10148, 'consumer already exists'), 'create'),
      change({ description: 'x' }, part({ config: { description: 'x' } })),
      change({ description: 'x' }, part({ config: { description: 'x' } }), 'update'),
      api(
        'CONSUMER.DURABLE.CREATE.S.C',
        { stream_name: 'S', config: { durable_name: 'C', ack_policy: 'explicit' } },
        consumerInfo('consumer_create', { stream_name: 'S', name: 'C', config: { durable_name: 'C', name: 'C' } }),
      ),
      api(
        'CONSUMER.INFO.S.C',
        '',
        consumerInfo('consumer_info', { stream_name: 'S', name: 'C', config: { durable_name: 'C', name: 'C' } }),
      ),
      api('CONSUMER.DELETE.S.C', '', answer('consumer_delete', { success: true })),
      api('CONSUMER.INFO.S.C', '', failed('consumer_info', 404, 10014, 'consumer not found')),
    ],
  },
  {
    name: 'the subject of a consumer that pushes stays while somebody listens',
    steps: [
      stream('S', { subjects: ['s.>'] }),
      subscribe('d', 'd'),
      consumer('S', 'C', { deliver_subject: 'd' }),
      change({ deliver_subject: 'e' }, failed('consumer_create', 400, 10013, 'consumer name already in use')),
      unsubscribe('d'),
      eventually('CONSUMER.INFO.S.C', '', part({ push_bound: ABSENT })),
      change(
        { deliver_subject: 'e' },
        consumerInfo('consumer_create', {
          stream_name: 'S',
          name: 'C',
          config: { durable_name: 'C', name: 'C', deliver_subject: 'e', max_waiting: undefined },
        }),
      ),
    ],
  },
  {
    name: 'consumers of a work queue do not overlap',
    steps: [
      stream('S', { subjects: ['s.>'], retention: 'workqueue' }),
      consumer('S', 'A', { filter_subject: 's.a.*' }),
      change(
        { filter_subject: 's.a.b' },
        failed('consumer_create', 400, 10100, 'filtered consumer not unique on workqueue stream'),
      ),
      change(
        { filter_subject: 's.*.b' },
        failed('consumer_create', 400, 10100, 'filtered consumer not unique on workqueue stream'),
      ),
      change(
        {},
        failed('consumer_create', 400, 10099, 'multiple non-filtered consumers not allowed on workqueue stream'),
      ),
      change(
        { filter_subjects: ['s.x', 's.a.>'] },
        failed('consumer_create', 400, 10100, 'filtered consumer not unique on workqueue stream'),
      ),
      change(
        { filter_subject: 's.b' },
        consumerInfo('consumer_create', {
          stream_name: 'S',
          name: 'C',
          config: { durable_name: 'C', name: 'C', filter_subject: 's.b' },
        }),
      ),
      change(
        { filter_subject: 's.a.c' },
        failed('consumer_create', 400, 10100, 'filtered consumer not unique on workqueue stream'),
      ),
    ],
  },
  {
    name: 'one consumer of a work queue for everything',
    steps: [
      stream('S', { subjects: ['s.>'], retention: 'workqueue' }),
      consumer('S', 'A'),
      change(
        {},
        failed('consumer_create', 400, 10099, 'multiple non-filtered consumers not allowed on workqueue stream'),
      ),
      change(
        { filter_subject: 's.b' },
        failed('consumer_create', 400, 10100, 'filtered consumer not unique on workqueue stream'),
      ),
    ],
  },
  {
    name: 'limits that a stream gives its consumers',
    steps: [
      stream('S', {
        subjects: ['s.>'],
        max_consumers: 2,
        consumer_limits: { inactive_threshold: 60_000_000_000, max_ack_pending: 10 },
      }),
      change(
        { max_ack_pending: 11 },
        failed('consumer_create', 400, 10121, 'consumer max ack pending exceeds system limit of 10'),
      ),
      change(
        { inactive_threshold: 61_000_000_000 },
        failed('consumer_create', 400, 10153, 'consumer inactive threshold exceeds system limit of 1m0s'),
      ),
      change(
        {},
        consumerInfo('consumer_create', {
          stream_name: 'S',
          name: 'C',
          config: { durable_name: 'C', name: 'C', max_ack_pending: 10, inactive_threshold: 60000000000 },
        }),
      ),
      consumer('S', 'D', {}),
      api(
        'CONSUMER.CREATE.S.E',
        { stream_name: 'S', config: { name: 'E', ack_policy: 'none' } },
        failed('consumer_create', 400, 10026, 'maximum consumers limit reached'),
      ),
      api(
        'STREAM.UPDATE.S',
        { name: 'S', subjects: ['s.>'], max_consumers: 2, consumer_limits: { max_ack_pending: 5 } },
        failed('stream_update', 500, 10069, 'change to limits violates consumers: C, D'),
      ),
      api('CONSUMER.NAMES.S', '', page('consumer_names', 2, { consumers: ['C', 'D'] }, 1024)),
    ],
  },
  {
    name: 'names and lists of consumers',
    steps: [
      stream('S', { subjects: ['s.>'] }),
      api('CONSUMER.NAMES.S', '', page('consumer_names', 0, { consumers: [] }, 1024)),
      api('CONSUMER.LIST.S', '', page('consumer_list', 0, { consumers: [] })),
      consumer('S', 'B'),
      consumer('S', 'A', { filter_subject: 's.a' }),
      consumer('S', 'C', { deliver_subject: 'd' }),
      api('CONSUMER.NAMES.S', '', page('consumer_names', 3, { consumers: ['A', 'B', 'C'] }, 1024)),
      api('CONSUMER.NAMES.S', { offset: 1 }, page('consumer_names', 3, { consumers: ['B', 'C'] }, 1024, 1)),
      api('CONSUMER.NAMES.S', { offset: 9 }, page('consumer_names', 3, { consumers: [] }, 1024, 3)),
      api(
        'CONSUMER.LIST.S',
        { offset: 2 },
        page(
          'consumer_list',
          3,
          {
            consumers: [
              consumerInfo('', {
                stream_name: 'S',
                name: 'C',
                config: {
                  durable_name: 'C',
                  name: 'C',
                  deliver_subject: 'd',
                  metadata: { '_nats.req.level': '0' },
                  max_waiting: undefined,
                },
              }),
            ],
          },
          256,
          2,
        ),
      ),
      api('STREAM.INFO.S', '', part({ state: { consumer_count: 3 } })),
      api('STREAM.DELETE.S', '', answer('stream_delete', { success: true })),
      api(
        'CONSUMER.NAMES.S',
        '',
        page(
          'consumer_names',
          0,
          { error: { code: 404, err_code: 10059, description: 'stream not found' }, consumers: [] },
          0,
        ),
      ),
    ],
  },
  {
    name: 'the identity of a stream in requests for consumers',
    steps: [
      stream('S', { subjects: ['s.>'] }),
      api(
        'CONSUMER.CREATE.S.C',
        { stream_name: 'S', config: { name: 'C', ack_policy: 'none', deliver_subject: 'd', direct: true } },
        failed('consumer_create', 400, 10225, "consumer's stream identity does not match: <name>"),
        { headers: ['Nats-Stream-Identity: wrong'] },
      ),
      api(
        'CONSUMER.CREATE.S.D',
        { stream_name: 'S', config: { name: 'D', ack_policy: 'explicit' } },
        consumerInfo('consumer_create', {
          stream_name: 'S',
          name: 'D',
          config: { name: 'D', inactive_threshold: 5000000000 },
        }),
        { headers: ['Nats-Stream-Identity: wrong'] },
      ),
      api(
        'CONSUMER.RESET.S.D',
        '',
        {
          message: msg(
            '<inbox>',
            consumerInfo('consumer_reset', {
              stream_name: 'S',
              name: 'D',
              config: { name: 'D', inactive_threshold: 5000000000 },
              reset_seq: 1,
            }),
            '',
            ['Nats-Stream-Identity: <name>'],
          ),
        },
        { headers: ['Nats-Stream-Identity: wrong'] },
      ),
    ],
  },
  {
    name: 'a name that the server makes up',
    steps: [
      stream('S', { subjects: ['s.>'] }),
      api(
        'CONSUMER.CREATE.S',
        { stream_name: 'S', config: { ack_policy: 'none' } },
        consumerInfo('consumer_create', {
          stream_name: 'S',
          name: '<name>',
          config: {
            ack_policy: 'none',
            inactive_threshold: 5000000000,
            ack_wait: undefined,
            max_ack_pending: undefined,
          },
        }),
      ),
      keep('consumer', 'name'),
      api(
        'CONSUMER.INFO.S.<consumer>',
        '',
        consumerInfo('consumer_info', {
          stream_name: 'S',
          name: '<consumer>',
          config: {
            ack_policy: 'none',
            inactive_threshold: 5000000000,
            ack_wait: undefined,
            max_ack_pending: undefined,
          },
        }),
      ),
      api('CONSUMER.NAMES.S', '', page('consumer_names', 1, { consumers: ['<consumer>'] }, 1024)),
    ],
  },
  {
    name: 'a consumer that nobody uses goes',
    steps: [
      stream('S', { subjects: ['s.>'] }),
      api(
        'CONSUMER.CREATE.S.E',
        { stream_name: 'S', config: { name: 'E', ack_policy: 'none', inactive_threshold: 300_000_000 } },
        part({ config: { inactive_threshold: 300000000 } }),
      ),
      consumer('S', 'D', { inactive_threshold: 300_000_000 }),
      consumer('S', 'K'),
      api(
        'CONSUMER.CREATE.S.P',
        {
          stream_name: 'S',
          config: { name: 'P', ack_policy: 'none', deliver_subject: 'd', inactive_threshold: 300_000_000 },
        },
        part({ config: { inactive_threshold: 300000000 } }),
      ),
      subscribe('q', 'q'),
      api(
        'CONSUMER.CREATE.S.Q',
        {
          stream_name: 'S',
          config: { name: 'Q', ack_policy: 'none', deliver_subject: 'q', inactive_threshold: 300_000_000 },
        },
        part({ config: { inactive_threshold: 300000000 } }),
      ),
      eventually('CONSUMER.NAMES.S', '', {
        type: 'io.nats.jetstream.api.v1.consumer_names_response',
        total: 2,
        offset: 0,
        limit: 1024,
        consumers: ['K', 'Q'],
      }),
      unsubscribe('q'),
      eventually('CONSUMER.NAMES.S', '', {
        type: 'io.nats.jetstream.api.v1.consumer_names_response',
        total: 1,
        offset: 0,
        limit: 1024,
        consumers: ['K'],
      }),
    ],
  },
];
