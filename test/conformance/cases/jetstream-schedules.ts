import { part, answer, found, stored, notStored } from '../jetstream/answers.ts';
import {
  type JetStreamCase,
  type AnswerLike,
  api,
  eventually,
  stream,
  publish,
  subscribe,
  wait,
  note,
  restart,
} from '../jetstream/steps.ts';

const S = (config: Readonly<Record<string, unknown>> = {}) =>
  stream('S', { subjects: ['s.>', 't.>'], allow_msg_schedules: true, allow_msg_ttl: true, ...config });

/** What a schedule on `s.a` may say. */
const HEADERS: [headers: string[], expected: AnswerLike][] = [
  [['Nats-Schedule: @at 2050-01-01T00:00:00Z', 'Nats-Schedule-Target: t.a'], stored('S', 1)],
  [['Nats-Schedule: @at 2050-01-01T00:00:00Z'], notStored('S', 400, 10190, 'message schedules target is invalid')],
  [
    ['Nats-Schedule: @at tomorrow', 'Nats-Schedule-Target: t.a'],
    notStored('S', 400, 10189, 'message schedules pattern is invalid'),
  ],
  [['Nats-Schedule: @every 1s', 'Nats-Schedule-Target: t.a'], stored('S', 1)],
  [
    ['Nats-Schedule: @every 999ms', 'Nats-Schedule-Target: t.a'],
    notStored('S', 400, 10189, 'message schedules pattern is invalid'),
  ],
  [
    ['Nats-Schedule: @every', 'Nats-Schedule-Target: t.a'],
    notStored('S', 400, 10189, 'message schedules pattern is invalid'),
  ],
  [['Nats-Schedule: @hourly', 'Nats-Schedule-Target: t.a'], stored('S', 1)],
  [['Nats-Schedule: @daily', 'Nats-Schedule-Target: t.a'], stored('S', 1)],
  [['Nats-Schedule: @weekly', 'Nats-Schedule-Target: t.a'], stored('S', 1)],
  [
    ['Nats-Schedule: @fortnightly', 'Nats-Schedule-Target: t.a'],
    notStored('S', 400, 10189, 'message schedules pattern is invalid'),
  ],
  [['Nats-Schedule: 0 0 12 * * *', 'Nats-Schedule-Target: t.a'], stored('S', 1)],
  [
    ['Nats-Schedule: 0 12 * * *', 'Nats-Schedule-Target: t.a'],
    notStored('S', 400, 10189, 'message schedules pattern is invalid'),
  ],
  [
    ['Nats-Schedule: 99 0 12 * * *', 'Nats-Schedule-Target: t.a'],
    notStored('S', 400, 10189, 'message schedules pattern is invalid'),
  ],
  [['Nats-Schedule: ', 'Nats-Schedule-Target: t.a'], stored('S', 1)],
  [
    ['Nats-Schedule: @every 1h', 'Nats-Schedule-Target: s.a'],
    notStored('S', 400, 10190, 'message schedules target is invalid'),
  ],
  [
    ['Nats-Schedule: @every 1h', 'Nats-Schedule-Target: other'],
    notStored('S', 400, 10190, 'message schedules target is invalid'),
  ],
  [
    ['Nats-Schedule: @every 1h', 'Nats-Schedule-Target: t.*'],
    notStored('S', 400, 10190, 'message schedules target is invalid'),
  ],
  [
    ['Nats-Schedule: @every 1h', 'Nats-Schedule-Target: t..a'],
    notStored('S', 400, 10190, 'message schedules target is invalid'),
  ],
  [['Nats-Schedule: @every 1h', 'Nats-Schedule-Target: t.a', 'Nats-Schedule-TTL: 5m'], stored('S', 1)],
  [
    ['Nats-Schedule: @every 1h', 'Nats-Schedule-Target: t.a', 'Nats-Schedule-TTL: x'],
    notStored('S', 400, 10191, 'message schedules invalid per-message TTL'),
  ],
  [['Nats-Schedule: @every 1h', 'Nats-Schedule-Target: t.a', 'Nats-Schedule-Source: s.b'], stored('S', 1)],
  [
    ['Nats-Schedule: @every 1h', 'Nats-Schedule-Target: t.a', 'Nats-Schedule-Source: s.*'],
    notStored('S', 400, 10203, 'message schedules source is invalid'),
  ],
  [['Nats-Schedule: @every 1h', 'Nats-Schedule-Target: t.a', 'Nats-Schedule-Rollup: sub'], stored('S', 1)],
  [
    ['Nats-Schedule: @every 1h', 'Nats-Schedule-Target: t.a', 'Nats-Schedule-Rollup: all'],
    notStored('S', 400, 10192, 'message schedules invalid rollup'),
  ],
  [['Nats-Schedule: @daily', 'Nats-Schedule-Target: t.a', 'Nats-Schedule-Time-Zone: Europe/Berlin'], stored('S', 1)],
  [
    ['Nats-Schedule: @daily', 'Nats-Schedule-Target: t.a', 'Nats-Schedule-Time-Zone: Nowhere/Land'],
    notStored('S', 400, 10223, 'message schedules time zone is invalid'),
  ],
  [
    ['Nats-Schedule: @every 1h', 'Nats-Schedule-Target: t.a', 'Nats-Schedule-Time-Zone: Europe/Berlin'],
    notStored('S', 400, 10189, 'message schedules pattern is invalid'),
  ],
  [['Nats-Schedule: @every 1h', 'Nats-Schedule-Target: t.a', 'Nats-Rollup: sub'], stored('S', 1)],
  [
    ['Nats-Schedule: @every 1h', 'Nats-Schedule-Target: t.a', 'Nats-Rollup: all'],
    notStored('S', 400, 10192, 'message schedules invalid rollup'),
  ],
  [['Nats-Schedule: @every 1h', 'Nats-Schedule-Target: t.a', 'Nats-TTL: 1h'], stored('S', 1)],
  [['Nats-Schedule-Target: t.a'], stored('S', 1)],
  [['Nats-Scheduler: s.x', 'Nats-Schedule-Next: purge'], stored('S', 1)],
];

/** Messages that are sent later. */
export const jetStreamSchedules: JetStreamCase[] = [
  ...HEADERS.map(([headers, expected]): JetStreamCase => ({
    name: `a schedule with ${headers.join(', ')}`,
    steps: [S(), publish('s.a', 'later', expected, headers)],
  })),
  {
    name: 'schedules where they are not allowed',
    steps: [
      stream('N', { subjects: ['s.>', 't.>'] }),
      publish('s.a', 'later', notStored('N', 400, 10188, 'message schedules is disabled'), [
        'Nats-Schedule: @every 1s',
        'Nats-Schedule-Target: t.a',
      ]),
    ],
  },
  {
    name: 'once, at a time',
    steps: [
      S(),
      subscribe('live', 't.>', { client: 'b' }),
      note('soon', 1200),
      publish('s.a', 'later', stored('S', 1), ['Nats-Schedule: @at <soon>', 'Nats-Schedule-Target: t.a', 'X: y']),
      api(
        'STREAM.MSG.GET.S',
        { seq: 1 },
        found('s.a', 1, 'later', [
          'Nats-Schedule: @at <soon>',
          'Nats-Schedule-Target: t.a',
          'X: y',
          'Nats-Rollup: sub',
        ]),
      ),
      eventually('STREAM.INFO.S', { subjects_filter: '>' }, part({ state: { last_seq: 2, messages: 1 } })),
      api(
        'STREAM.MSG.GET.S',
        { seq: 2 },
        found('t.a', 2, 'later', ['X: y', 'Nats-Scheduler: s.a', 'Nats-Schedule-Next: purge']),
      ),
      api('STREAM.INFO.S', { subjects_filter: '>' }, part({ state: { messages: 1, subjects: { 't.a': 1 } } })),
    ],
  },
  {
    name: 'at a time that is over',
    steps: [
      S(),
      publish('s.a', 'late', stored('S', 1), ['Nats-Schedule: @at 2020-01-01T00:00:00Z', 'Nats-Schedule-Target: t.a']),
      eventually(
        'STREAM.MSG.GET.S',
        { last_by_subj: 't.a' },
        found('t.a', 2, 'late', ['Nats-Scheduler: s.a', 'Nats-Schedule-Next: purge']),
      ),
    ],
  },
  {
    name: 'again and again, until the schedule is taken away',
    steps: [
      S(),
      publish('s.a', 'tick', stored('S', 1), [
        'Nats-Schedule: @every 1s',
        'Nats-Schedule-Target: t.a',
        'Nats-Schedule-TTL: 1h',
      ]),
      eventually('STREAM.INFO.S', { subjects_filter: 't.>' }, part({ state: { subjects: { 't.a': 2 } } })),
      api(
        'STREAM.MSG.GET.S',
        { next_by_subj: 't.a' },
        found('t.a', 2, 'tick', ['Nats-Scheduler: s.a', 'Nats-Schedule-Next: <time>', 'Nats-TTL: 1h']),
      ),
      api('STREAM.PURGE.S', { filter: 's.a' }, answer('stream_purge', { success: true, purged: 1 })),
      wait(1300),
      api('STREAM.INFO.S', { subjects_filter: '>' }, part({ state: { subjects: { 't.a': 2 } } })),
    ],
  },
  {
    name: 'a schedule replaces the one before on its subject',
    steps: [
      S(),
      publish('s.a', 'one', stored('S', 1), ['Nats-Schedule: @every 1h', 'Nats-Schedule-Target: t.a']),
      publish('s.a', 'two', stored('S', 2), ['Nats-Schedule: @at 2050-01-01T00:00:00Z', 'Nats-Schedule-Target: t.b']),
      api('STREAM.INFO.S', { subjects_filter: '>' }, part({ state: { messages: 1, subjects: { 's.a': 1 } } })),
      api(
        'STREAM.MSG.GET.S',
        { last_by_subj: 's.a' },
        found('s.a', 2, 'two', [
          'Nats-Schedule: @at 2050-01-01T00:00:00Z',
          'Nats-Schedule-Target: t.b',
          'Nats-Rollup: sub',
        ]),
      ),
    ],
  },
  {
    name: 'what is sent is taken from another subject',
    steps: [
      S(),
      publish('s.data', 'old', stored('S', 1)),
      publish('s.data', 'new', stored('S', 2), ['X: y']),
      publish('s.a', 'unused', stored('S', 3), [
        'Nats-Schedule: @at 2020-01-01T00:00:00Z',
        'Nats-Schedule-Target: t.a',
        'Nats-Schedule-Source: s.data',
      ]),
      eventually(
        'STREAM.MSG.GET.S',
        { last_by_subj: 't.a' },
        found('t.a', 4, 'new', ['X: y', 'Nats-Scheduler: s.a', 'Nats-Schedule-Next: purge']),
      ),
    ],
  },
  {
    name: 'schedules after a restart',
    alone: true,
    steps: [
      S(),
      note('soon', 1500),
      publish('s.a', 'later', stored('S', 1), ['Nats-Schedule: @at <soon>', 'Nats-Schedule-Target: t.a']),
      publish('s.b', 'tick', stored('S', 2), ['Nats-Schedule: @every 1s', 'Nats-Schedule-Target: t.b']),
      restart('SIGTERM'),
      eventually('STREAM.INFO.S', { subjects_filter: 't.a' }, part({ state: { subjects: { 't.a': 1 } } })),
      eventually('STREAM.INFO.S', { subjects_filter: 't.b' }, part({ state: { subjects: { 't.b': 1 } } })),
    ],
  },
];
