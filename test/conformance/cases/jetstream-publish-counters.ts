import { api, type JetStreamCase, publish, restart, stream } from '../jetstream/steps.ts';
import { answer, found, notStored, stored } from '../jetstream/answers.ts';

const S = (config: Readonly<Record<string, unknown>> = {}) => stream('S', { subjects: ['s.>'], ...config });

/** Streams whose messages are counters. */
export const jetStreamPublishCounters: JetStreamCase[] = [
  {
    name: 'counter: a counter adds up',
    steps: [
      S({ allow_msg_counter: true }),
      publish('s.a', '', stored('S', 1, { val: '1' }), ['Nats-Incr: 1']),
      publish('s.a', '', stored('S', 2, { val: '3' }), ['Nats-Incr: +2']),
      publish('s.a', '', stored('S', 3, { val: '-7' }), ['Nats-Incr: -10']),
      publish('s.a', '', stored('S', 4, { val: '-7' }), ['Nats-Incr: 0']),
      publish('s.a', '', stored('S', 5, { val: '99999999999999999999992' }), ['Nats-Incr: 99999999999999999999999']),
      publish('s.a', '', stored('S', 6, { val: '-99900000000000000000000007' }), [
        'Nats-Incr: -99999999999999999999999999',
      ]),
      api('STREAM.MSG.GET.S', { seq: 2 }, found('s.a', 2, '{"val":"3"}', ['Nats-Incr: +2'])),
      api(
        'STREAM.MSG.GET.S',
        { last_by_subj: 's.a' },
        found('s.a', 6, '{"val":"-99900000000000000000000007"}', ['Nats-Incr: -99999999999999999999999999']),
      ),
      publish('s.b', '', stored('S', 7, { val: '7' }), ['Nats-Incr: 0007', 'X: kept']),
      api('STREAM.MSG.GET.S', { last_by_subj: 's.b' }, found('s.b', 7, '{"val":"7"}', ['Nats-Incr: 0007', 'X: kept'])),
    ],
  },
  {
    name: 'counter: what is no increment',
    steps: [
      S({ allow_msg_counter: true }),
      publish('s.a', '', notStored('S', 400, 10171, 'message counter increment is invalid'), ['Nats-Incr: x']),
      publish('s.a', '', notStored('S', 400, 10171, 'message counter increment is invalid'), ['Nats-Incr: 1.5']),
      publish('s.a', '', notStored('S', 400, 10171, 'message counter increment is invalid'), ['Nats-Incr: 1_0']),
      publish('s.a', '', notStored('S', 400, 10171, 'message counter increment is invalid'), ['Nats-Incr: 1 ']),
      publish('s.a', '', notStored('S', 400, 10169, 'message counter increment is missing'), ['Nats-Incr: ']),
      publish('s.a', '', notStored('S', 400, 10171, 'message counter increment is invalid'), ['Nats-Incr: --1']),
      publish('s.a', '', notStored('S', 400, 10171, 'message counter increment is invalid'), ['Nats-Incr: 0x1']),
      publish('s.a', '', notStored('S', 400, 10171, 'message counter increment is invalid'), ['Nats-Incr: +']),
      publish('s.a', 'x', notStored('S', 400, 10170, 'message counter has payload'), ['Nats-Incr: 1']),
      publish('s.a', '', notStored('S', 400, 10169, 'message counter increment is missing'), []),
      publish('s.a', '', notStored('S', 400, 10169, 'message counter increment is missing'), ['X: y']),
    ],
  },
  {
    name: 'counter: what goes with no counter',
    steps: [
      S({ allow_msg_counter: true }),
      publish('s.a', '', notStored('S', 400, 10171, 'message counter increment is invalid'), [
        'Nats-Incr: 1',
        'Nats-Rollup: sub',
      ]),
      publish('s.a', '', notStored('S', 400, 10171, 'message counter increment is invalid'), [
        'Nats-Incr: 1',
        'Nats-Expected-Stream: S',
      ]),
      publish('s.a', '', notStored('S', 400, 10171, 'message counter increment is invalid'), [
        'Nats-Incr: 1',
        'Nats-Expected-Last-Sequence: 0',
      ]),
      publish('s.a', '', notStored('S', 400, 10171, 'message counter increment is invalid'), [
        'Nats-Incr: 1',
        'Nats-Expected-Last-Subject-Sequence: 0',
      ]),
      publish('s.a', '', notStored('S', 400, 10171, 'message counter increment is invalid'), [
        'Nats-Incr: 1',
        'Nats-Expected-Last-Subject-Sequence-Subject: s.b',
      ]),
      publish('s.a', '', notStored('S', 400, 10171, 'message counter increment is invalid'), [
        'Nats-Incr: 1',
        'Nats-Expected-Last-Msg-Id: x',
      ]),
      publish('s.a', '', notStored('S', 400, 10227, 'message stream source header is not allowed'), [
        'Nats-Incr: 1',
        'Nats-Stream-Source: X 1 > >',
      ]),
      publish('s.a', '', stored('S', 1, { val: '1' }), ['Nats-Incr: 1', 'Nats-Msg-Id: m']),
      publish('s.a', '', stored('S', 1, { duplicate: true }), ['Nats-Incr: 1', 'Nats-Msg-Id: m']),
      publish('s.a', '', notStored('S', 400, 10166, 'per-message TTL is disabled'), ['Nats-Incr: 1', 'Nats-TTL: 1']),
    ],
  },
  {
    name: 'counter: a counter that grows too large',
    steps: [
      S({ allow_msg_counter: true, max_msg_size: 60 }),
      publish('s.a', '', notStored('S', 400, 10054, 'message size exceeds maximum allowed'), [
        `Nats-Incr: ${'9'.repeat(23)}`,
      ]),
      publish('s.a', '', notStored('S', 400, 10054, 'message size exceeds maximum allowed'), [
        `Nats-Incr: ${'9'.repeat(40)}`,
      ]),
      publish('s.a', '', stored('S', 1, { val: '1' }), ['Nats-Incr: 1']),
    ],
  },
  {
    name: 'counter: a counter after a restart, and after its messages are gone',
    alone: true,
    steps: [
      S({ allow_msg_counter: true }),
      publish('s.a', '', stored('S', 1, { val: '5' }), ['Nats-Incr: 5']),
      restart(),
      publish('s.a', '', stored('S', 2, { val: '10' }), ['Nats-Incr: 5']),
      api('STREAM.PURGE.S', '', answer('stream_purge', { success: true, purged: 2 })),
      publish('s.a', '', stored('S', 3, { val: '5' }), ['Nats-Incr: 5']),
    ],
  },
];
