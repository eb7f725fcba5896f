import { part, direct, answer, found, stored, notStored } from '../jetstream/answers.ts';
import { type JetStreamCase, type AnswerLike, api, eventually, stream, publish, restart } from '../jetstream/steps.ts';

/** What counts in messages of a stream that counts; `s.a` stands at 5. */
const INCREMENTS: [headers: string[], payload: string, expected: AnswerLike][] = [
  [['Nats-Incr: 1'], '', stored('S', 2, { val: '6' })],
  [['Nats-Incr: +3'], '', stored('S', 2, { val: '8' })],
  [['Nats-Incr: -7'], '', stored('S', 2, { val: '-2' })],
  [['Nats-Incr: 0'], '', stored('S', 2, { val: '5' })],
  [['Nats-Incr: 100000000000000000000000000000'], '', stored('S', 2, { val: '100000000000000000000000000005' })],
  [['Nats-Incr: 1.5'], '', notStored('S', 400, 10171, 'message counter increment is invalid')],
  [['Nats-Incr: x'], '', notStored('S', 400, 10171, 'message counter increment is invalid')],
  [['Nats-Incr: '], '', notStored('S', 400, 10169, 'message counter increment is missing')],
  [['Nats-Incr: 1'], 'body', notStored('S', 400, 10170, 'message counter has payload')],
  [[], '', notStored('S', 400, 10169, 'message counter increment is missing')],
  [[], 'body', notStored('S', 400, 10169, 'message counter increment is missing')],
  [['Nats-Incr: 1', 'Nats-Msg-Id: m'], '', stored('S', 2, { val: '6' })],
  [
    ['Nats-Incr: 1', 'Nats-Expected-Last-Sequence: 1'],
    '',
    notStored('S', 400, 10171, 'message counter increment is invalid'),
  ],
  [
    ['Nats-Incr: 1', 'Nats-Expected-Last-Sequence: 9'],
    '',
    notStored('S', 400, 10171, 'message counter increment is invalid'),
  ],
  [
    ['Nats-Incr: 1', 'Nats-Expected-Last-Subject-Sequence: 1'],
    '',
    notStored('S', 400, 10171, 'message counter increment is invalid'),
  ],
  [['Nats-Incr: 1', 'Nats-Rollup: sub'], '', notStored('S', 400, 10171, 'message counter increment is invalid')],
  [['Nats-Incr: 1', 'Nats-TTL: 1'], '', notStored('S', 400, 10166, 'per-message TTL is disabled')],
];

/** Streams that count. */
export const jetStreamCounters: JetStreamCase[] = [
  ...INCREMENTS.map(([headers, payload, expected]): JetStreamCase => ({
    name: `a count with ${headers.join(', ') || 'nothing'} and ${payload || 'no'} body`,
    steps: [
      stream('S', { subjects: ['s.>'], allow_msg_counter: true }),
      publish('s.a', '', stored('S', 1, { val: '5' }), ['Nats-Incr: 5']),
      publish('s.a', payload, expected, headers),
    ],
  })),
  {
    name: 'counts of several subjects, and what is stored of them',
    steps: [
      stream('S', { subjects: ['s.>'], allow_msg_counter: true, allow_direct: true }),
      publish('s.a', '', stored('S', 1, { val: '2' }), ['Nats-Incr: 2', 'X: y']),
      publish('s.b', '', stored('S', 2, { val: '-2' }), ['Nats-Incr: -2']),
      publish('s.a', '', stored('S', 3, { val: '5' }), ['Nats-Incr: 3']),
      api('STREAM.MSG.GET.S', { last_by_subj: 's.a' }, found('s.a', 3, '{"val":"5"}', ['Nats-Incr: 3'])),
      api('STREAM.MSG.GET.S', { seq: 1 }, found('s.a', 1, '{"val":"2"}', ['Nats-Incr: 2', 'X: y'])),
      api('DIRECT.GET.S.s.b', '', { message: direct('S', 's.b', 2, '{"val":"-2"}', undefined, ['Nats-Incr: -2']) }),
      api('STREAM.MSG.DELETE.S', { seq: 3 }, answer('stream_msg_delete', { success: true })),
      publish('s.a', '', stored('S', 4, { val: '3' }), ['Nats-Incr: 1']),
    ],
  },
  {
    name: 'only the last of each subject is kept',
    steps: [
      stream('S', { subjects: ['s.>'], allow_msg_counter: true, max_msgs_per_subject: 1 }),
      publish('s.a', '', stored('S', 1, { val: '2' }), ['Nats-Incr: 2']),
      publish('s.a', '', stored('S', 2, { val: '4' }), ['Nats-Incr: 2']),
      api('STREAM.INFO.S', '', part({ state: { messages: 1, last_seq: 2 } })),
    ],
  },
  {
    name: 'counts after a restart',
    alone: true,
    steps: [
      stream('S', { subjects: ['s.>'], allow_msg_counter: true }),
      publish('s.a', '', stored('S', 1, { val: '2' }), ['Nats-Incr: 2']),
      restart(),
      publish('s.a', '', stored('S', 2, { val: '42' }), ['Nats-Incr: 40']),
    ],
  },
  {
    name: 'a counter that is fed by two others',
    steps: [
      stream('A', { subjects: ['a.*'], allow_msg_counter: true }),
      stream('B', { subjects: ['b.*'], allow_msg_counter: true }),
      stream('T', {
        allow_msg_counter: true,
        sources: [
          { name: 'A', subject_transforms: [{ src: 'a.*', dest: 't.{{wildcard(1)}}' }] },
          { name: 'B', subject_transforms: [{ src: 'b.*', dest: 't.{{wildcard(1)}}' }] },
        ],
      }),
      publish('a.x', '', stored('A', 1, { val: '2' }), ['Nats-Incr: 2']),
      eventually('STREAM.INFO.T', '', part({ state: { messages: 1 } })),
      publish('b.x', '', stored('B', 1, { val: '40' }), ['Nats-Incr: 40']),
      eventually('STREAM.INFO.T', '', part({ state: { messages: 2 } })),
      api(
        'STREAM.MSG.GET.T',
        { seq: 2 },
        found('t.x', 2, '{"val":"42"}', [
          'Nats-Incr: 40',
          'Nats-Stream-Source: B 1 b.* t.{{wildcard(1)}} b.x <name>',
          'Nats-Counter-Sources: {"A":{"a.x":"2"},"B":{"b.x":"40"}}',
        ]),
      ),
      publish('a.x', '', stored('A', 2, { val: '3' }), ['Nats-Incr: 1']),
      eventually(
        'STREAM.MSG.GET.T',
        { last_by_subj: 't.x' },
        found('t.x', 3, '{"val":"43"}', [
          'Nats-Incr: 1',
          'Nats-Stream-Source: A 2 a.* t.{{wildcard(1)}} a.x <name>',
          'Nats-Counter-Sources: {"A":{"a.x":"3"},"B":{"b.x":"40"}}',
        ]),
      ),
    ],
  },
];
