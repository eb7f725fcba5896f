import {
  ACTIVE,
  page,
  consumerInfo,
  levels,
  streamConfig,
  found,
  held,
  msg,
  part,
  stored,
  streamInfo,
} from '../jetstream/answers.ts';
import {
  ack,
  api,
  consumer,
  eventually,
  fill,
  type JetStreamCase,
  publish,
  pull,
  restart,
  stream,
  wait,
} from '../jetstream/steps.ts';

const S = stream('S', { subjects: ['s.>'] });
const arrived = (name: string, messages: number) =>
  eventually(`STREAM.INFO.${name}`, '', part({ state: { messages } }));

/** Streams that have messages of others. */
export const jetStreamSources: JetStreamCase[] = [
  {
    name: 'a stream with a source numbers its messages anew, and says where they came from',
    steps: [
      S,
      ...fill('S', ['s.a', 's.b'], 2),
      publish('s.b', 'n3', stored('S', 3), ['Own: header', 'Nats-Expected-Last-Sequence: 2']),
      stream('T', { subjects: ['t'], sources: [{ name: 'S' }] }),
      arrived('T', 3),
      api('STREAM.MSG.GET.T', { seq: 1 }, found('s.a', 1, 'n1', ['Nats-Stream-Source: S 1 > > s.a <name>'])),
      api(
        'STREAM.MSG.GET.T',
        { seq: 3 },
        found('s.b', 3, 'n3', ['Own: header', 'Nats-Stream-Source: S 3 > > s.b <name>']),
      ),
      publish('t', 'own', stored('T', 4)),
      publish('s.c', 'n4', stored('S', 4)),
      arrived('T', 5),
      api('STREAM.MSG.GET.T', { seq: 5 }, found('s.c', 5, 'n4', ['Nats-Stream-Source: S 4 > > s.c <name>'])),
      api(
        'STREAM.INFO.T',
        '',
        streamInfo('stream_info', {
          config: { name: 'T', subjects: ['t'], sources: [{ name: 'S' }], duplicate_window: undefined },
          state: held(1, 5, 419, { num_subjects: 4 }),
          sources: [{ name: 'S', lag: 0, seq: 4, active: ACTIVE }],
        }),
      ),
      api('CONSUMER.LIST.S', '', page('consumer_list', 0, { consumers: [] })),
    ],
  },
  {
    name: 'a source with a filter and with transforms',
    steps: [
      S,
      ...fill('S', ['s.a', 's.b'], 4),
      stream('T', { sources: [{ name: 'S', filter_subject: 's.b' }] }),
      stream('U', {
        sources: [
          {
            name: 'S',
            subject_transforms: [
              { src: 's.a', dest: 'u.first' },
              { src: 's.b', dest: 'u.{{partition(2,1)}}' },
            ],
          },
        ],
      }),
      arrived('T', 2),
      arrived('U', 4),
      api('STREAM.MSG.GET.T', { seq: 1 }, found('s.b', 1, 'n2', ['Nats-Stream-Source: S 2 s.b > s.b <name>'])),
      api(
        'STREAM.MSG.GET.U',
        { seq: 1 },
        found('u.first', 1, 'n1', ['Nats-Stream-Source: S 1 s.as.b u.firstu.{{partition(2,1)}} s.a <name>']),
      ),
      api(
        'STREAM.MSG.GET.U',
        { seq: 2 },
        found('u.0', 2, 'n2', ['Nats-Stream-Source: S 2 s.as.b u.firstu.{{partition(2,1)}} s.b <name>']),
      ),
      api(
        'STREAM.INFO.T',
        '',
        part({
          sources: [{ name: 'S', lag: 0, seq: 4, active: ACTIVE, filter_subject: 's.b' }],
          state: {
            messages: 2,
            bytes: 190,
            first_seq: 1,
            first_ts: '<time>',
            last_seq: 2,
            last_ts: '<time>',
            num_subjects: 1,
            consumer_count: 0,
          },
        }),
      ),
      api(
        'STREAM.INFO.U',
        { subjects_filter: '>' },
        part({
          sources: [
            {
              name: 'S',
              lag: 0,
              seq: 4,
              active: ACTIVE,
              subject_transforms: [
                { src: 's.a', dest: 'u.first' },
                { src: 's.b', dest: 'u.{{partition(2,1)}}' },
              ],
            },
          ],
          state: {
            messages: 4,
            bytes: 512,
            first_seq: 1,
            first_ts: '<time>',
            last_seq: 4,
            last_ts: '<time>',
            num_subjects: 2,
            subjects: { 'u.0': 2, 'u.first': 2 },
            consumer_count: 0,
          },
        }),
      ),
    ],
  },
  {
    name: 'a stream twice as a source, with different parts',
    steps: [
      S,
      ...fill('S', ['s.a', 's.b'], 4),
      stream('T', {
        sources: [
          { name: 'S', filter_subject: 's.a' },
          { name: 'S', filter_subject: 's.b', opt_start_seq: 3 },
        ],
      }),
      arrived('T', 3),
      api(
        'STREAM.INFO.T',
        { subjects_filter: '>' },
        part({
          state: {
            messages: 3,
            bytes: 285,
            first_seq: 1,
            first_ts: '<time>',
            last_seq: 3,
            last_ts: '<time>',
            num_subjects: 2,
            subjects: { 's.a': 2, 's.b': 1 },
            consumer_count: 0,
          },
        }),
      ),
    ],
  },
  {
    name: 'sources of sources keep the last of them only',
    steps: [
      S,
      ...fill('S', 's.a', 1),
      stream('T', { sources: [{ name: 'S' }] }),
      arrived('T', 1),
      stream('U', { sources: [{ name: 'T' }] }),
      arrived('U', 1),
      api('STREAM.MSG.GET.U', { seq: 1 }, found('s.a', 1, 'n1', ['Nats-Stream-Source: T 1 > > s.a <name>'])),
    ],
  },
  {
    name: 'what was published twice comes once from a source',
    steps: [
      S,
      stream('R', { subjects: ['r.>'] }),
      publish('s.a', 'one', stored('S', 1), ['Nats-Msg-Id: 1']),
      publish('r.a', 'one', stored('R', 1), ['Nats-Msg-Id: 1']),
      publish('r.a', 'two', stored('R', 2), ['Nats-Msg-Id: 2']),
      stream('T', { sources: [{ name: 'S' }, { name: 'R' }], duplicate_window: 60_000_000_000 }),
      wait(1000),
      arrived('T', 2),
    ],
  },
  {
    name: 'sources come and go with updates, and go on where they were',
    steps: [
      S,
      stream('R', { subjects: ['r.>'] }),
      ...fill('S', 's.a', 2),
      ...fill('R', 'r.a', 2),
      stream('T', { sources: [{ name: 'S' }] }),
      arrived('T', 2),
      api(
        'STREAM.UPDATE.T',
        { name: 'T', subjects: ['T'], sources: [{ name: 'S' }, { name: 'R' }] },
        part({
          config: streamConfig({
            name: 'T',
            subjects: ['T'],
            sources: [{ name: 'S' }, { name: 'R' }],
            duplicate_window: undefined,
          }),
        }),
      ),
      arrived('T', 4),
      api(
        'STREAM.UPDATE.T',
        { name: 'T', subjects: ['T'], sources: [{ name: 'R' }] },
        part({
          config: streamConfig({ name: 'T', subjects: ['T'], sources: [{ name: 'R' }], duplicate_window: undefined }),
        }),
      ),
      ...fill('S', 's.a', 1, 2),
      ...fill('R', 'r.a', 1, 2),
      arrived('T', 5),
      api(
        'STREAM.UPDATE.T',
        { name: 'T', subjects: ['T'], sources: [{ name: 'R' }, { name: 'S' }] },
        part({
          config: streamConfig({
            name: 'T',
            subjects: ['T'],
            sources: [{ name: 'R' }, { name: 'S' }],
            duplicate_window: undefined,
          }),
        }),
      ),
      arrived('T', 6),
      api(
        'STREAM.INFO.T',
        '',
        part({
          state: {
            messages: 6,
            bytes: 558,
            first_seq: 1,
            first_ts: '<time>',
            last_seq: 6,
            last_ts: '<time>',
            num_subjects: 2,
            consumer_count: 0,
          },
        }),
      ),
    ],
  },
  {
    name: 'sources go on after a restart, also of messages that are gone',
    alone: true,
    steps: [
      S,
      ...fill('S', 's.a', 3),
      stream('T', { sources: [{ name: 'S' }], retention: 'workqueue' }),
      stream('U', { sources: [{ name: 'S' }] }),
      arrived('T', 3),
      arrived('U', 3),
      consumer('T', 'C'),
      ...pull(
        'T',
        'C',
        3,
        msg('s.a', 'n1', '$JS.ACK.T.C.1.1.1.<ns>.2', ['Nats-Stream-Source: S 1 > > s.a <name>']),
        msg('s.a', 'n2', '$JS.ACK.T.C.1.2.2.<ns>.1', ['Nats-Stream-Source: S 2 > > s.a <name>']),
        msg('s.a', 'n3', '$JS.ACK.T.C.1.3.3.<ns>.0', ['Nats-Stream-Source: S 3 > > s.a <name>']),
      ),
      ack(1),
      ack(2),
      ack(3),
      arrived('T', 0),
      restart(),
      ...fill('S', 's.a', 1, 3),
      arrived('T', 1),
      arrived('U', 4),
      api('STREAM.MSG.GET.T', { seq: 4 }, found('s.a', 4, 'n4', ['Nats-Stream-Source: S 4 > > s.a <name>'])),
      api('STREAM.MSG.GET.U', { seq: 4 }, found('s.a', 4, 'n4', ['Nats-Stream-Source: S 4 > > s.a <name>'])),
    ],
  },
  {
    name: 'a source that is a work queue is emptied',
    steps: [
      stream('S', { subjects: ['s.>'], retention: 'workqueue' }),
      ...fill('S', 's.a', 3),
      stream('T', { sources: [{ name: 'S' }] }),
      arrived('T', 3),
      api(
        'CONSUMER.LIST.S',
        '',
        page('consumer_list', 1, {
          consumers: [
            consumerInfo('', {
              stream_name: 'S',
              name: 'JS_SRC_<name>',
              config: {
                durable_name: 'JS_SRC_<name>',
                name: 'JS_SRC_<name>',
                ack_policy: 'flow_control',
                flow_control: true,
                deliver_subject: '$JS.S.<name>',
                idle_heartbeat: 1000000000,
                sourcing: true,
                metadata: { '_nats.req.level': '4', '_nats.src.acc': '<account>', '_nats.src.stream': 'T' },
                ack_wait: undefined,
                max_waiting: undefined,
              },
              delivered: { consumer_seq: 3, stream_seq: 3, last_active: '<time>' },
              num_ack_pending: 3,
              push_bound: true,
            }),
          ],
        }),
      ),
      arrived('S', 0),
    ],
  },
  {
    name: 'a source with a consumer that is there already',
    steps: [
      stream('S', { subjects: ['s.>'], retention: 'workqueue' }),
      consumer('S', 'C', {
        ack_policy: 'flow_control',
        deliver_subject: 'deliver.c',
        flow_control: true,
        idle_heartbeat: 1_000_000_000,
        max_ack_pending: 100,
      }),
      ...fill('S', 's.a', 3),
      stream('T', { sources: [{ name: 'S', consumer: { name: 'C', deliver_subject: 'deliver.c' } }] }),
      arrived('T', 3),
      arrived('S', 0),
      api('STREAM.MSG.GET.T', { seq: 3 }, found('s.a', 3, 'n3', ['Nats-Stream-Source: S:C=<name> 3 > > s.a <name>'])),
      api('STREAM.INFO.T', '', part({ sources: [{ name: 'S', lag: 0, seq: 3, active: ACTIVE }] })),
    ],
  },
  {
    name: 'counters of sources add up',
    steps: [
      stream('S', { subjects: ['s.>'], allow_msg_counter: true }),
      stream('R', { subjects: ['r.>'], allow_msg_counter: true }),
      publish('s.a', '', stored('S', 1, { val: '2' }), ['Nats-Incr: 2']),
      publish('r.a', '', stored('R', 1, { val: '3' }), ['Nats-Incr: 3']),
      publish('s.a', '', stored('S', 2, { val: '7' }), ['Nats-Incr: 5']),
      stream('T', {
        allow_msg_counter: true,
        sources: [{ name: 'S', subject_transforms: [{ src: 's.>', dest: 't.>' }] }],
      }),
      arrived('T', 2),
      api(
        'STREAM.MSG.GET.T',
        { seq: 2 },
        found('t.a', 2, '{"val":"7"}', [
          'Nats-Incr: 5',
          'Nats-Stream-Source: S 2 s.> t.> s.a <name>',
          'Nats-Counter-Sources: {"S":{"s.a":"7"}}',
        ]),
      ),
      api(
        'STREAM.UPDATE.T',
        {
          name: 'T',
          subjects: ['T'],
          allow_msg_counter: true,
          sources: [
            { name: 'S', subject_transforms: [{ src: 's.>', dest: 't.>' }] },
            { name: 'R', subject_transforms: [{ src: 'r.>', dest: 't.>' }] },
          ],
        },
        part({
          config: streamConfig({
            name: 'T',
            subjects: ['T'],
            sources: [
              { name: 'S', subject_transforms: [{ src: 's.>', dest: 't.>' }] },
              { name: 'R', subject_transforms: [{ src: 'r.>', dest: 't.>' }] },
            ],
            allow_msg_counter: true,
            metadata: levels(2),
            duplicate_window: undefined,
          }),
        }),
      ),
      arrived('T', 3),
      api(
        'STREAM.MSG.GET.T',
        { seq: 3 },
        found('t.a', 3, '{"val":"10"}', [
          'Nats-Incr: 3',
          'Nats-Stream-Source: R 1 r.> t.> r.a <name>',
          'Nats-Counter-Sources: {"R":{"r.a":"3"},"S":{"s.a":"7"}}',
        ]),
      ),
    ],
  },
];
