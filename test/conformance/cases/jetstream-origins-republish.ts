import { api, type JetStreamCase, publish, quiet, receive, send, stream, subscribe } from '../jetstream/steps.ts';
import { found, msg, stored } from '../jetstream/answers.ts';

const taking = (republish: Readonly<Record<string, unknown>>, more: Readonly<Record<string, unknown>> = {}) =>
  stream('S', { subjects: ['s.>'], republish, ...more });

/** What streams publish again. */
export const jetStreamRepublish: JetStreamCase[] = [
  {
    name: 'messages are published again under another subject, with where they are stored',
    steps: [
      taking({ src: 's.>', dest: 'copy.>' }),
      subscribe('copies', 'copy.>'),
      publish('s.a', 'one', stored('S', 1)),
      publish('s.b', 'two', stored('S', 2)),
      publish('s.a', 'three', stored('S', 3), ['Own: header']),
      publish('s.a', '', stored('S', 4)),
      receive(
        'copies',
        msg('copy.a', 'one', '', [
          'Nats-Stream: S',
          'Nats-Subject: s.a',
          'Nats-Sequence: 1',
          'Nats-Time-Stamp: <time>',
          'Nats-Last-Sequence: 0',
        ]),
        msg('copy.b', 'two', '', [
          'Nats-Stream: S',
          'Nats-Subject: s.b',
          'Nats-Sequence: 2',
          'Nats-Time-Stamp: <time>',
          'Nats-Last-Sequence: 0',
        ]),
        msg('copy.a', 'three', '', [
          'Own: header',
          'Nats-Stream: S',
          'Nats-Subject: s.a',
          'Nats-Sequence: 3',
          'Nats-Time-Stamp: <time>',
          'Nats-Last-Sequence: 1',
        ]),
        msg('copy.a', '', '', [
          'Nats-Stream: S',
          'Nats-Subject: s.a',
          'Nats-Sequence: 4',
          'Nats-Time-Stamp: <time>',
          'Nats-Last-Sequence: 3',
        ]),
      ),
    ],
  },
  {
    name: 'what is published again may be without payload',
    steps: [
      taking({ src: '>', dest: 'copy.>', headers_only: true }),
      subscribe('copies', 'copy.>'),
      publish('s.a', 'one', stored('S', 1)),
      publish('s.a', 'three', stored('S', 2), ['Own: header']),
      receive(
        'copies',
        msg('copy.s.a', '', '', [
          'Nats-Stream: S',
          'Nats-Subject: s.a',
          'Nats-Sequence: 1',
          'Nats-Time-Stamp: <time>',
          'Nats-Last-Sequence: 0',
          'Nats-Msg-Size: 3',
        ]),
        msg('copy.s.a', '', '', [
          'Own: header',
          'Nats-Stream: S',
          'Nats-Subject: s.a',
          'Nats-Sequence: 2',
          'Nats-Time-Stamp: <time>',
          'Nats-Last-Sequence: 1',
          'Nats-Msg-Size: 5',
        ]),
      ),
    ],
  },
  {
    name: 'only what the source of republish covers is published again, and tokens may move',
    steps: [
      taking({ src: 's.*.x', dest: 'copy.{{wildcard(1)}}.{{partition(3,1)}}' }),
      subscribe('copies', 'copy.>'),
      publish('s.a', 'one', stored('S', 1)),
      publish('s.b.x', 'two', stored('S', 2)),
      receive(
        'copies',
        msg('copy.b.1', 'two', '', [
          'Nats-Stream: S',
          'Nats-Subject: s.b.x',
          'Nats-Sequence: 2',
          'Nats-Time-Stamp: <time>',
          'Nats-Last-Sequence: 0',
        ]),
      ),
      quiet('copies'),
    ],
  },
  {
    name: 'what is not stored is not published again',
    steps: [
      taking({ src: 's.>', dest: 'copy.>' }, { max_msg_size: 64 }),
      subscribe('copies', 'copy.>'),
      send('s.a', 'x'.repeat(65)),
      publish('s.a', 'one', stored('S', 1), ['Nats-Msg-Id: 1']),
      publish('s.a', 'one', stored('S', 1, { duplicate: true }), ['Nats-Msg-Id: 1']),
      receive(
        'copies',
        msg('copy.a', 'one', '', [
          'Nats-Msg-Id: 1',
          'Nats-Stream: S',
          'Nats-Subject: s.a',
          'Nats-Sequence: 1',
          'Nats-Time-Stamp: <time>',
          'Nats-Last-Sequence: 0',
        ]),
      ),
      quiet('copies'),
    ],
  },
  {
    name: 'another stream may take what one publishes again',
    steps: [
      stream('T', { subjects: ['copy.>'] }),
      taking({ src: 's.>', dest: 'copy.>' }, { subject_transform: { src: 's.*', dest: 's.t.$1' } }),
      subscribe('copies', 'copy.>'),
      publish('s.a', 'one', stored('S', 1)),
      receive(
        'copies',
        msg('copy.t.a', 'one', '', [
          'Nats-Stream: S',
          'Nats-Subject: s.t.a',
          'Nats-Sequence: 1',
          'Nats-Time-Stamp: <time>',
          'Nats-Last-Sequence: 0',
        ]),
      ),
      api(
        'STREAM.MSG.GET.T',
        { seq: 1 },
        found('copy.t.a', 1, 'one', [
          'Nats-Stream: S',
          'Nats-Subject: s.t.a',
          'Nats-Sequence: 1',
          'Nats-Time-Stamp: <time>',
          'Nats-Last-Sequence: 0',
        ]),
      ),
    ],
  },
];
