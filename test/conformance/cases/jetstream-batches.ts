import { part, msg, textAnswer, found, stored, notStored } from '../jetstream/answers.ts';
import {
  type JetStreamCase,
  type AnswerLike,
  api,
  eventually,
  stream,
  publish,
  send,
  subscribe,
  receive,
  skip,
  wait,
} from '../jetstream/steps.ts';

const S = (config: Readonly<Record<string, unknown>> = {}) =>
  stream('S', { subjects: ['s.>'], allow_atomic: true, ...config });
const batch = (sequence: number | string, ...more: string[]): string[] => [
  'Nats-Batch-Id: b',
  `Nats-Batch-Sequence: ${sequence}`,
  ...more,
];
const COMMIT = 'Nats-Batch-Commit: 1';

/** The second message of a batch of three whose last commits. */
const SECOND: [headers: string[], second: AnswerLike, third: AnswerLike][] = [
  [['Nats-Batch-Id: b', 'Nats-Batch-Sequence: 2'], textAnswer(''), stored('S', 4, { batch: 'b', count: 3 })],
  [
    ['Nats-Batch-Id: b', 'Nats-Batch-Sequence: 3'],
    notStored('S', 400, 10176, 'atomic publish batch is incomplete'),
    notStored('S', 400, 10176, 'atomic publish batch is incomplete'),
  ],
  [
    ['Nats-Batch-Id: b', 'Nats-Batch-Sequence: 1'],
    notStored('S', 400, 10176, 'atomic publish batch is incomplete'),
    notStored('S', 400, 10176, 'atomic publish batch is incomplete'),
  ],
  [
    ['Nats-Batch-Id: b', 'Nats-Batch-Sequence: x'],
    notStored('S', 400, 10175, 'atomic publish sequence is missing'),
    notStored('S', 400, 10176, 'atomic publish batch is incomplete'),
  ],
  [
    ['Nats-Batch-Id: b'],
    notStored('S', 400, 10175, 'atomic publish sequence is missing'),
    notStored('S', 400, 10176, 'atomic publish batch is incomplete'),
  ],
  [
    ['Nats-Batch-Id: b', 'Nats-Batch-Sequence: 2', 'Nats-Expected-Last-Sequence: 1'],
    textAnswer(''),
    notStored('S', 400, 10071, 'wrong last sequence: 2'),
  ],
  [
    ['Nats-Batch-Id: b', 'Nats-Batch-Sequence: 2', 'Nats-Expected-Last-Msg-Id: m'],
    textAnswer(''),
    notStored('S', 400, 10177, 'atomic publish unsupported header used: Nats-Expected-Last-Msg-Id'),
  ],
  [
    ['Nats-Batch-Id: b', 'Nats-Batch-Sequence: 2', 'Nats-Expected-Last-Subject-Sequence: 1'],
    textAnswer(''),
    notStored('S', 400, 10071, 'wrong last sequence: 0'),
  ],
  [
    ['Nats-Batch-Id: b', 'Nats-Batch-Sequence: 2', 'Nats-Expected-Last-Subject-Sequence: 0'],
    textAnswer(''),
    stored('S', 4, { batch: 'b', count: 3 }),
  ],
  [
    ['Nats-Batch-Id: b', 'Nats-Batch-Sequence: 2', 'Nats-Expected-Stream: T'],
    textAnswer(''),
    notStored('S', 400, 10060, 'expected stream does not match'),
  ],
  [
    ['Nats-Batch-Id: b', 'Nats-Batch-Sequence: 2', 'Nats-Msg-Id: known'],
    textAnswer(''),
    notStored('S', 400, 10201, 'atomic publish batch contains duplicate message id'),
  ],
  [
    ['Nats-Batch-Id: b', 'Nats-Batch-Sequence: 2', 'Nats-Msg-Id: fresh'],
    textAnswer(''),
    stored('S', 4, { batch: 'b', count: 3 }),
  ],
  [
    ['Nats-Batch-Id: b', 'Nats-Batch-Sequence: 2', 'Nats-Rollup: sub'],
    textAnswer(''),
    notStored('S', 500, 10111, 'rollup not permitted'),
  ],
  [
    ['Nats-Batch-Id: b', 'Nats-Batch-Sequence: 2', 'Nats-TTL: 1'],
    textAnswer(''),
    notStored('S', 400, 10166, 'per-message TTL is disabled'),
  ],
  [
    ['Nats-Batch-Id: b', 'Nats-Batch-Sequence: 2', 'Nats-Incr: 1'],
    textAnswer(''),
    notStored('S', 400, 10168, 'message counters is disabled'),
  ],
  [
    ['Nats-Batch-Id: b', 'Nats-Batch-Sequence: 2', 'Nats-Batch-Commit: 0'],
    notStored('S', 400, 10200, 'atomic publish batch commit is invalid'),
    notStored('S', 400, 10176, 'atomic publish batch is incomplete'),
  ],
  [
    ['Nats-Batch-Id: b', 'Nats-Batch-Sequence: 2', 'Nats-Batch-Commit: x'],
    notStored('S', 400, 10200, 'atomic publish batch commit is invalid'),
    notStored('S', 400, 10176, 'atomic publish batch is incomplete'),
  ],
  [
    ['Nats-Batch-Id: other', 'Nats-Batch-Sequence: 2'],
    notStored('S', 400, 10176, 'atomic publish batch is incomplete'),
    notStored('S', 400, 10176, 'atomic publish batch is incomplete'),
  ],
];

/** Messages that are stored together or not at all. */
export const jetStreamBatches: JetStreamCase[] = [
  ...SECOND.map(([headers, second, third]): JetStreamCase => ({
    name: `in a batch, ${headers.join(', ')}`,
    steps: [
      S(),
      publish('s.a', 'before', stored('S', 1), ['Nats-Msg-Id: known']),
      publish('s.b', '1', textAnswer(''), batch(1)),
      publish('s.c', '2', second, headers),
      publish('s.d', '3', third, batch(3, COMMIT)),
      api('STREAM.INFO.S', '', part({ state: { first_seq: 1 } })),
    ],
  })),
  {
    name: 'a batch is there at once when it is committed',
    steps: [
      S(),
      subscribe('live', 's.>', { client: 'b' }),
      publish('s.a', '1', textAnswer(''), batch(1)),
      publish('s.b', '2', textAnswer(''), batch(2)),
      api('STREAM.INFO.S', '', part({ state: { messages: 0 } })),
      publish('s.c', '3', stored('S', 3, { batch: 'b', count: 3 }), batch(3, COMMIT)),
      api('STREAM.INFO.S', '', part({ state: { messages: 3, last_seq: 3 } })),
      api('STREAM.MSG.GET.S', { seq: 1 }, found('s.a', 1, '1', ['Nats-Batch-Id: b', 'Nats-Batch-Sequence: 1'])),
      api(
        'STREAM.MSG.GET.S',
        { seq: 3 },
        found('s.c', 3, '3', ['Nats-Batch-Id: b', 'Nats-Batch-Sequence: 3', 'Nats-Batch-Commit: 1']),
      ),
      skip('live', 3),
    ],
  },
  {
    name: 'a batch of one, and one that ends with a message that is not stored',
    steps: [
      S(),
      publish('s.a', '1', stored('S', 1, { batch: 'b', count: 1 }), batch(1, COMMIT)),
      publish('s.a', '2', textAnswer(''), batch(1)),
      publish('s.a', 'end', stored('S', 2, { batch: 'b', count: 1 }), batch(2, 'Nats-Batch-Commit: eob')),
      api('STREAM.INFO.S', '', part({ state: { messages: 2, last_seq: 2 } })),
      publish(
        's.a',
        'end',
        notStored('S', 400, 10176, 'atomic publish batch is incomplete'),
        batch(1, 'Nats-Batch-Commit: eob'),
      ),
    ],
  },
  {
    name: 'batches where they are not allowed',
    steps: [
      stream('T', { subjects: ['t'] }),
      publish('t', '1', notStored('T', 400, 10174, 'atomic publish is disabled'), batch(1)),
      publish('t', '1', notStored('T', 400, 10174, 'atomic publish is disabled'), batch(1, COMMIT)),
    ],
  },
  {
    name: 'ids of batches',
    steps: [
      S(),
      publish('s.a', '1', stored('S', 1), ['Nats-Batch-Id: ', 'Nats-Batch-Sequence: 1']),
      publish('s.a', '1', textAnswer(''), [`Nats-Batch-Id: ${'x'.repeat(64)}`, 'Nats-Batch-Sequence: 1']),
      publish('s.a', '1', notStored('S', 400, 10179, 'atomic publish batch ID is invalid'), [
        `Nats-Batch-Id: ${'x'.repeat(65)}`,
        'Nats-Batch-Sequence: 1',
      ]),
      publish('s.a', '1', stored('S', 2), ['Nats-Batch-Sequence: 1']),
      publish('s.a', '1', stored('S', 3), ['Nats-Batch-Commit: 1']),
      publish('s.a', '1', notStored('S', 400, 10176, 'atomic publish batch is incomplete'), [
        'Nats-Batch-Id: q',
        'Nats-Batch-Sequence: 0',
      ]),
    ],
  },
  {
    name: 'two batches at the same time',
    steps: [
      S(),
      publish('s.a', '1', textAnswer(''), batch(1)),
      publish('s.b', '1', textAnswer(''), ['Nats-Batch-Id: c', 'Nats-Batch-Sequence: 1']),
      publish('s.x', 'single', stored('S', 1)),
      publish('s.b', '2', stored('S', 3, { batch: 'c', count: 2 }), [
        'Nats-Batch-Id: c',
        'Nats-Batch-Sequence: 2',
        COMMIT,
      ]),
      publish('s.a', '2', stored('S', 5, { batch: 'b', count: 2 }), batch(2, COMMIT)),
      api('STREAM.MSG.GET.S', { seq: 2 }, found('s.b', 2, '1', ['Nats-Batch-Id: c', 'Nats-Batch-Sequence: 1'])),
      api('STREAM.MSG.GET.S', { seq: 4 }, found('s.a', 4, '1', ['Nats-Batch-Id: b', 'Nats-Batch-Sequence: 1'])),
    ],
  },
  {
    name: 'expectations inside a batch see what is before them in it',
    steps: [
      S(),
      publish('s.a', '1', textAnswer(''), batch(1, 'Nats-Expected-Last-Sequence: 0')),
      publish('s.a', '2', textAnswer(''), batch(2)),
      publish(
        's.b',
        '3',
        stored('S', 3, { batch: 'b', count: 3 }),
        batch(3, COMMIT, 'Nats-Expected-Last-Subject-Sequence: 0'),
      ),
      publish('s.a', '1', textAnswer(''), batch(1, 'Nats-Expected-Last-Subject-Sequence: 2')),
      publish(
        's.a',
        '2',
        notStored('S', 400, 10164, 'wrong last sequence'),
        batch(2, COMMIT, 'Nats-Expected-Last-Subject-Sequence: 2'),
      ),
    ],
  },
  {
    name: 'a batch that goes against a limit is not stored at all',
    steps: [
      S({ max_msgs: 2, discard: 'new' }),
      publish('s.a', '1', textAnswer(''), batch(1)),
      publish('s.a', '2', textAnswer(''), batch(2)),
      publish('s.a', '3', notStored('S', 503, 10077, 'maximum messages exceeded'), batch(3, COMMIT)),
      api('STREAM.INFO.S', '', part({ state: { messages: 0 } })),
      publish('s.a', '1', textAnswer(''), batch(1)),
      publish('s.a', '2', stored('S', 2, { batch: 'b', count: 2 }), batch(2, COMMIT)),
    ],
  },
  {
    name: 'more batches at the same time than a stream takes',
    steps: [
      S(),
      Array.from({ length: 50 }, (_, index) =>
        publish('s.a', '', textAnswer(''), [`Nats-Batch-Id: b${index}`, 'Nats-Batch-Sequence: 1']),
      ),
      publish('s.a', '', notStored('S', 429, 10210, 'atomic publish too many inflight'), [
        'Nats-Batch-Id: b50',
        'Nats-Batch-Sequence: 1',
      ]),
      publish('s.a', '', stored('S', 2, { batch: 'b0', count: 2 }), [
        'Nats-Batch-Id: b0',
        'Nats-Batch-Sequence: 2',
        COMMIT,
      ]),
      publish('s.a', '', textAnswer(''), ['Nats-Batch-Id: b50', 'Nats-Batch-Sequence: 1']),
    ],
  },
  {
    name: 'a batch that is too large',
    steps: [
      S({ storage: 'memory' }),
      subscribe('events', '$JS.EVENT.ADVISORY.STREAM.BATCH_ABANDONED.>'),
      Array.from({ length: 1000 }, (_, index) => send('s.a', '', { headers: batch(index + 1) })),
      publish('s.a', '', notStored('S', 400, 10199, 'atomic publish batch is too large: 1000'), batch(1001, COMMIT)),
      api('STREAM.INFO.S', '', part({ state: { messages: 0 } })),
      receive(
        'events',
        msg('$JS.EVENT.ADVISORY.STREAM.BATCH_ABANDONED.S', {
          type: 'io.nats.jetstream.advisory.v1.stream_batch_abandoned',
          id: '<id>',
          timestamp: '<time>',
          stream: 'S',
          batch: 'b',
          reason: 'large',
        }),
      ),
    ],
  },
  {
    name: 'what is told of batches that come to nothing',
    steps: [
      S(),
      subscribe('events', '$JS.EVENT.ADVISORY.STREAM.BATCH_ABANDONED.>'),
      publish('s.a', '', textAnswer(''), batch(1)),
      publish('s.a', '', notStored('S', 400, 10176, 'atomic publish batch is incomplete'), batch(3)),
      receive(
        'events',
        msg('$JS.EVENT.ADVISORY.STREAM.BATCH_ABANDONED.S', {
          type: 'io.nats.jetstream.advisory.v1.stream_batch_abandoned',
          id: '<id>',
          timestamp: '<time>',
          stream: 'S',
          batch: 'b',
          reason: 'incomplete',
        }),
      ),
      publish('s.a', '', textAnswer(''), batch(1)),
      publish('s.a', '', textAnswer(''), batch(2, 'Nats-Expected-Last-Msg-Id: m')),
      receive('events'),
    ],
  },
  {
    name: 'what is told of a batch that nobody goes on with',
    steps: [
      S(),
      subscribe('events', '$JS.EVENT.ADVISORY.STREAM.BATCH_ABANDONED.>'),
      publish('s.a', '', textAnswer(''), batch(1)),
      wait(6_000),
      receive(
        'events',
        msg('$JS.EVENT.ADVISORY.STREAM.BATCH_ABANDONED.S', {
          type: 'io.nats.jetstream.advisory.v1.stream_batch_abandoned',
          id: '<id>',
          timestamp: '<time>',
          stream: 'S',
          batch: 'b',
          reason: 'timeout',
        }),
      ),
      publish('s.a', '', notStored('S', 400, 10176, 'atomic publish batch is incomplete'), batch(2, COMMIT)),
    ],
  },
  {
    name: 'fast ingest: start, append, ping and commit',
    steps: [
      stream('F', { subjects: ['f.>'], allow_batched: true }),
      subscribe('flow', 'flow.>'),
      send('f.a', '1', { reply: 'flow.u.10.fail.1.0.$FI' }),
      receive('flow', msg('flow.u.10.fail.1.0.$FI', { type: 'ack', seq: 0, msgs: 10 })),
      send('f.a', '2', { reply: 'flow.u.10.fail.2.1.$FI' }),
      send('f.a', '', { reply: 'flow.u.10.fail.2.4.$FI' }),
      receive('flow', msg('flow.u.10.fail.2.4.$FI', { type: 'ack', seq: 0, msgs: 10 })),
      send('f.a', '3', { reply: 'flow.u.10.fail.3.2.$FI' }),
      receive('flow', msg('flow.u.10.fail.3.2.$FI', '{"stream":"F","seq":3,"batch":"u","count":3}')),
      api('STREAM.INFO.F', '', part({ state: { messages: 3 } })),
    ],
  },
  {
    name: 'fast ingest: flow, and an end that is not stored',
    steps: [
      stream('F', { subjects: ['f.>'], allow_batched: true }),
      subscribe('flow', 'flow.>'),
      send('f.a', '1', { reply: 'flow.u.2.ok.1.0.$FI' }),
      send('f.a', '2', { reply: 'flow.u.2.ok.2.1.$FI' }),
      send('f.a', '3', { reply: 'flow.u.2.ok.3.1.$FI' }),
      send('f.a', '4', { reply: 'flow.u.2.ok.4.1.$FI' }),
      send('f.a', 'end', { reply: 'flow.u.2.ok.5.3.$FI' }),
      receive(
        'flow',
        msg('flow.u.2.ok.1.0.$FI', { type: 'ack', seq: 0, msgs: 2 }),
        msg('flow.u.2.ok.2.1.$FI', { type: 'ack', seq: 2, msgs: 2 }),
        msg('flow.u.2.ok.4.1.$FI', { type: 'ack', seq: 4, msgs: 2 }),
        msg('flow.u.2.ok.5.3.$FI', '{"stream":"F","seq":4,"batch":"u","count":4}'),
      ),
      api('STREAM.INFO.F', '', part({ state: { messages: 4 } })),
    ],
  },
  {
    name: 'fast ingest: a gap where gaps are fail',
    steps: [
      stream('F', { subjects: ['f.>'], allow_batched: true }),
      subscribe('flow', 'flow.>'),
      send('f.a', '1', { reply: 'flow.u.10.fail.1.0.$FI' }),
      send('f.a', '4', { reply: 'flow.u.10.fail.4.1.$FI' }),
      send('f.a', '5', { reply: 'flow.u.10.fail.5.2.$FI' }),
      receive(
        'flow',
        msg('flow.u.10.fail.1.0.$FI', { type: 'ack', seq: 0, msgs: 10 }),
        msg('flow.u.10.fail.4.1.$FI', { type: 'gap', last_seq: 2, seq: 4 }),
        msg('flow.u.10.fail.4.1.$FI', '{"stream":"F","seq":1,"batch":"u","count":1}'),
        msg(
          'flow.u.10.fail.5.2.$FI',
          '{"error":{"code":400,"err_code":10208,"description":"batch publish ID unknown"},"stream":"F","seq":0}',
        ),
      ),
      eventually('STREAM.INFO.F', '', part({ state: { messages: 1 } })),
    ],
  },
  {
    name: 'fast ingest: a gap where gaps are ok',
    steps: [
      stream('F', { subjects: ['f.>'], allow_batched: true }),
      subscribe('flow', 'flow.>'),
      send('f.a', '1', { reply: 'flow.u.10.ok.1.0.$FI' }),
      send('f.a', '4', { reply: 'flow.u.10.ok.4.1.$FI' }),
      send('f.a', '5', { reply: 'flow.u.10.ok.5.2.$FI' }),
      receive(
        'flow',
        msg('flow.u.10.ok.1.0.$FI', { type: 'ack', seq: 0, msgs: 10 }),
        msg('flow.u.10.ok.4.1.$FI', { type: 'gap', last_seq: 2, seq: 4 }),
        msg('flow.u.10.ok.5.2.$FI', '{"stream":"F","seq":3,"batch":"u","count":5}'),
      ),
      eventually('STREAM.INFO.F', '', part({ state: { messages: 3 } })),
    ],
  },
  {
    name: 'fast ingest: what is wrong',
    steps: [
      stream('F', { subjects: ['f.>'], allow_batched: true }),
      stream('N', { subjects: ['n'] }),
      subscribe('flow', 'flow.>'),
      send('n', '1', { reply: 'flow.u.10.fail.1.0.$FI' }),
      receive(
        'flow',
        msg(
          'flow.u.10.fail.1.0.$FI',
          '{"error":{"code":400,"err_code":10205,"description":"batch publish is disabled"},"stream":"N","seq":0}',
        ),
      ),
      send('f.a', '1', { reply: 'flow.u.10.fail.2.1.$FI' }),
      receive(
        'flow',
        msg(
          'flow.u.10.fail.2.1.$FI',
          '{"error":{"code":400,"err_code":10208,"description":"batch publish ID unknown"},"stream":"F","seq":0}',
        ),
      ),
      send('f.a', '1', { reply: 'flow.u.10.maybe.1.0.$FI' }),
      receive(
        'flow',
        msg(
          'flow.u.10.maybe.1.0.$FI',
          '{"error":{"code":400,"err_code":10206,"description":"batch publish pattern is invalid"},"stream":"F","seq":0}',
        ),
      ),
      send('f.a', '1', { reply: 'flow.u.10.fail.1.9.$FI' }),
      receive(
        'flow',
        msg(
          'flow.u.10.fail.1.9.$FI',
          '{"error":{"code":400,"err_code":10206,"description":"batch publish pattern is invalid"},"stream":"F","seq":0}',
        ),
      ),
      send('f.a', '1', { reply: 'flow.u.10.fail.1.0.$FI', headers: ['Nats-Expected-Stream: X'] }),
      receive(
        'flow',
        msg('flow.u.10.fail.1.0.$FI', { type: 'ack', seq: 0, msgs: 10 }),
        msg(
          'flow.u.10.fail.1.0.$FI',
          '{"error":{"code":400,"err_code":10060,"description":"expected stream does not match"},"stream":"F","seq":0}',
        ),
      ),
    ],
  },
];
