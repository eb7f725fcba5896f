import {
  type AnswerLike,
  api,
  eventually,
  type JetStreamCase,
  note,
  publish,
  restart,
  stream,
} from '../jetstream/steps.ts';
import { found, notStored, part, stored } from '../jetstream/answers.ts';

const S = (config: Readonly<Record<string, unknown>> = {}) => stream('S', { subjects: ['s.>'], ...config });
const info = (expected: AnswerLike) => api('STREAM.INFO.S', { subjects_filter: '>', deleted_details: true }, expected);

const TARGET = 'Nats-Schedule-Target: s.t';

/** Messages that are published at a time, or again and again. */
export const jetStreamPublishSchedules: JetStreamCase[] = [
  {
    name: 'patterns of schedules',
    steps: [
      S({ allow_msg_schedules: true, allow_msg_ttl: true }),
      publish('s.a', 'x', notStored('S', 400, 10189, 'message schedules pattern is invalid'), [
        'Nats-Schedule: @at 2030-01-01',
        TARGET,
      ]),
      publish('s.a', 'x', notStored('S', 400, 10189, 'message schedules pattern is invalid'), [
        'Nats-Schedule: @at 2030-01-01T00:00:00',
        TARGET,
      ]),
      publish('s.a', 'x', notStored('S', 400, 10189, 'message schedules pattern is invalid'), [
        'Nats-Schedule: @at',
        TARGET,
      ]),
      publish('s.a', 'x', notStored('S', 400, 10189, 'message schedules pattern is invalid'), [
        'Nats-Schedule: @at  2030-01-01T00:00:00Z',
        TARGET,
      ]),
      publish('s.a', 'x', stored('S', 1), ['Nats-Schedule: @at 2030-01-01T00:00:00.5+02:00', TARGET]),
      publish('s.a', 'x', stored('S', 2), ['Nats-Schedule: @every 1s', TARGET]),
      publish('s.a', 'x', notStored('S', 400, 10189, 'message schedules pattern is invalid'), [
        'Nats-Schedule: @every 500ms',
        TARGET,
      ]),
      publish('s.a', 'x', stored('S', 3), ['Nats-Schedule: @every 1h30m', TARGET]),
      publish('s.a', 'x', notStored('S', 400, 10189, 'message schedules pattern is invalid'), [
        'Nats-Schedule: @every',
        TARGET,
      ]),
      publish('s.a', 'x', notStored('S', 400, 10189, 'message schedules pattern is invalid'), [
        'Nats-Schedule: @every x',
        TARGET,
      ]),
      publish('s.a', 'x', stored('S', 4), ['Nats-Schedule: @yearly', TARGET]),
      publish('s.a', 'x', stored('S', 5), ['Nats-Schedule: @annually', TARGET]),
      publish('s.a', 'x', stored('S', 6), ['Nats-Schedule: @monthly', TARGET]),
      publish('s.a', 'x', stored('S', 7), ['Nats-Schedule: @weekly', TARGET]),
      publish('s.a', 'x', stored('S', 8), ['Nats-Schedule: @daily', TARGET]),
      publish('s.a', 'x', stored('S', 9), ['Nats-Schedule: @midnight', TARGET]),
      publish('s.a', 'x', stored('S', 10), ['Nats-Schedule: @hourly', TARGET]),
      publish('s.a', 'x', notStored('S', 400, 10189, 'message schedules pattern is invalid'), [
        'Nats-Schedule: @Hourly',
        TARGET,
      ]),
      publish('s.a', 'x', notStored('S', 400, 10189, 'message schedules pattern is invalid'), [
        'Nats-Schedule: @minutely',
        TARGET,
      ]),
      publish('s.a', 'x', notStored('S', 400, 10189, 'message schedules pattern is invalid'), [
        'Nats-Schedule: * * * * *',
        TARGET,
      ]),
      publish('s.a', 'x', stored('S', 11), ['Nats-Schedule: * * * * * *', TARGET]),
      publish('s.a', 'x', stored('S', 12), ['Nats-Schedule: */5 * * * * *', TARGET]),
      publish('s.a', 'x', stored('S', 13), ['Nats-Schedule: 0 0 12 * * mon-fri', TARGET]),
      publish('s.a', 'x', stored('S', 14), ['Nats-Schedule: 0 0 12 * * MON,tue', TARGET]),
      publish('s.a', 'x', notStored('S', 400, 10189, 'message schedules pattern is invalid'), [
        'Nats-Schedule: 0 0 0 31 2 *',
        TARGET,
      ]),
      publish('s.a', 'x', stored('S', 15), ['Nats-Schedule: 0 0 0 29 2 *', TARGET]),
      publish('s.a', 'x', notStored('S', 400, 10189, 'message schedules pattern is invalid'), [
        'Nats-Schedule: 60 * * * * *',
        TARGET,
      ]),
      publish('s.a', 'x', notStored('S', 400, 10189, 'message schedules pattern is invalid'), [
        'Nats-Schedule: 0 0 24 * * *',
        TARGET,
      ]),
      publish('s.a', 'x', notStored('S', 400, 10189, 'message schedules pattern is invalid'), [
        'Nats-Schedule: 0 0 0 0 * *',
        TARGET,
      ]),
      publish('s.a', 'x', notStored('S', 400, 10189, 'message schedules pattern is invalid'), [
        'Nats-Schedule: 0 0 0 * 13 *',
        TARGET,
      ]),
      publish('s.a', 'x', notStored('S', 400, 10189, 'message schedules pattern is invalid'), [
        'Nats-Schedule: 0 0 0 * * 7',
        TARGET,
      ]),
      publish('s.a', 'x', stored('S', 16), ['Nats-Schedule: 1-5/2 * * * * *', TARGET]),
      publish('s.a', 'x', stored('S', 17), ['Nats-Schedule: 5/20 * * * * *', TARGET]),
      publish('s.a', 'x', notStored('S', 400, 10189, 'message schedules pattern is invalid'), [
        'Nats-Schedule: 1-5-6 * * * * *',
        TARGET,
      ]),
      publish('s.a', 'x', notStored('S', 400, 10189, 'message schedules pattern is invalid'), [
        'Nats-Schedule: */0 * * * * *',
        TARGET,
      ]),
      publish('s.a', 'x', notStored('S', 400, 10189, 'message schedules pattern is invalid'), [
        'Nats-Schedule: 5-1 * * * * *',
        TARGET,
      ]),
      publish('s.a', 'x', stored('S', 18), ['Nats-Schedule: ? * * * * ?', TARGET]),
      publish('s.a', 'x', stored('S', 19), ['Nats-Schedule: 0 0 0 1 jan *', TARGET]),
      publish('s.a', 'x', notStored('S', 400, 10189, 'message schedules pattern is invalid'), [
        'Nats-Schedule: -1 * * * * *',
        TARGET,
      ]),
      publish('s.a', 'x', notStored('S', 400, 10189, 'message schedules pattern is invalid'), [
        'Nats-Schedule: 1/2/3 * * * * *',
        TARGET,
      ]),
      publish('s.a', 'x', stored('S', 20), ['Nats-Schedule: +5 * * * * *', TARGET]),
      publish('s.a', 'x', stored('S', 21), ['Nats-Schedule: 0 0 0 ? * mon', TARGET]),
      publish('s.a', 'x', stored('S', 22), ['Nats-Schedule: *-3 * * * * *', TARGET]),
    ],
  },
  {
    name: 'targets of schedules',
    steps: [
      S({ allow_msg_schedules: true, allow_msg_ttl: true }),
      publish('s.b', 'x', notStored('S', 400, 10190, 'message schedules target is invalid'), [
        'Nats-Schedule: @hourly',
      ]),
      publish('s.b', 'x', notStored('S', 400, 10190, 'message schedules target is invalid'), [
        'Nats-Schedule: @hourly',
        'Nats-Schedule-Target: s.b',
      ]),
      publish('s.b', 'x', notStored('S', 400, 10190, 'message schedules target is invalid'), [
        'Nats-Schedule: @hourly',
        'Nats-Schedule-Target: s.*',
      ]),
      publish('s.b', 'x', notStored('S', 400, 10190, 'message schedules target is invalid'), [
        'Nats-Schedule: @hourly',
        'Nats-Schedule-Target: y.b',
      ]),
      publish('s.b', 'x', notStored('S', 400, 10190, 'message schedules target is invalid'), [
        'Nats-Schedule: @hourly',
        'Nats-Schedule-Target: ',
      ]),
      publish('s.b', 'x', notStored('S', 400, 10190, 'message schedules target is invalid'), [
        'Nats-Schedule: @hourly',
        'Nats-Schedule-Target: s..b',
      ]),
      publish('s.b', 'x', stored('S', 1), ['Nats-Schedule: @hourly', 'Nats-Schedule-Target: s.c']),
    ],
  },
  {
    name: 'what a schedule may ask for',
    steps: [
      S({ allow_msg_schedules: true, allow_msg_ttl: true }),
      publish('s.b', 'x', notStored('S', 400, 10191, 'message schedules invalid per-message TTL'), [
        'Nats-Schedule: @hourly',
        TARGET,
        'Nats-Schedule-TTL: x',
      ]),
      publish('s.b', 'x', stored('S', 1), ['Nats-Schedule: @hourly', TARGET, 'Nats-Schedule-TTL: 5m']),
      publish('s.b', 'x', notStored('S', 400, 10192, 'message schedules invalid rollup'), [
        'Nats-Schedule: @hourly',
        TARGET,
        'Nats-Schedule-Rollup: all',
      ]),
      publish('s.b', 'x', stored('S', 2), ['Nats-Schedule: @hourly', TARGET, 'Nats-Schedule-Rollup: sub']),
      publish('s.b', 'x', notStored('S', 400, 10192, 'message schedules invalid rollup'), [
        'Nats-Schedule: @hourly',
        TARGET,
        'Nats-Schedule-Rollup: SUB',
      ]),
      publish('s.b', 'x', notStored('S', 400, 10192, 'message schedules invalid rollup'), [
        'Nats-Schedule: @hourly',
        TARGET,
        'Nats-Rollup: all',
      ]),
      publish('s.b', 'x', stored('S', 3), ['Nats-Schedule: @hourly', TARGET, 'Nats-Rollup: sub']),
      publish('s.b', 'x', stored('S', 4), ['Nats-Schedule: @hourly', TARGET, 'Nats-Rollup: SUB']),
      publish('s.b', 'x', stored('S', 5), ['Nats-Schedule: @hourly', TARGET, 'Nats-Schedule-Source: s.s']),
      publish('s.b', 'x', notStored('S', 400, 10203, 'message schedules source is invalid'), [
        'Nats-Schedule: @hourly',
        TARGET,
        'Nats-Schedule-Source: s.t',
      ]),
      publish('s.b', 'x', notStored('S', 400, 10203, 'message schedules source is invalid'), [
        'Nats-Schedule: @hourly',
        TARGET,
        'Nats-Schedule-Source: s.b',
      ]),
      publish('s.b', 'x', notStored('S', 400, 10203, 'message schedules source is invalid'), [
        'Nats-Schedule: @hourly',
        TARGET,
        'Nats-Schedule-Source: s.*',
      ]),
      publish('s.b', 'x', notStored('S', 400, 10203, 'message schedules source is invalid'), [
        'Nats-Schedule: @hourly',
        TARGET,
        'Nats-Schedule-Source: y.s',
      ]),
      stream('P', { subjects: ['p.*'], allow_msg_schedules: true }),
      publish('p.b', 'x', notStored('P', 400, 10166, 'per-message TTL is disabled'), [
        'Nats-Schedule: @hourly',
        'Nats-Schedule-Target: p.t',
        'Nats-Schedule-TTL: 5m',
      ]),
    ],
  },
  {
    name: 'time zones of schedules',
    steps: [
      S({ allow_msg_schedules: true, allow_msg_ttl: true }),
      publish('s.z', 'x', stored('S', 1), ['Nats-Schedule: 0 0 9 * * *', TARGET, 'Nats-Schedule-Time-Zone: UTC']),
      publish('s.z', 'x', stored('S', 2), ['Nats-Schedule: 0 0 9 * * *', TARGET, 'Nats-Schedule-Time-Zone: Local']),
      publish('s.z', 'x', stored('S', 3), [
        'Nats-Schedule: 0 0 9 * * *',
        TARGET,
        'Nats-Schedule-Time-Zone: Europe/Berlin',
      ]),
      publish('s.z', 'x', notStored('S', 400, 10223, 'message schedules time zone is invalid'), [
        'Nats-Schedule: 0 0 9 * * *',
        TARGET,
        'Nats-Schedule-Time-Zone: europe/berlin',
      ]),
      publish('s.z', 'x', stored('S', 4), [
        'Nats-Schedule: 0 0 9 * * *',
        TARGET,
        'Nats-Schedule-Time-Zone: US/Eastern',
      ]),
      publish('s.z', 'x', stored('S', 5), ['Nats-Schedule: 0 0 9 * * *', TARGET, 'Nats-Schedule-Time-Zone: EST']),
      publish('s.z', 'x', stored('S', 6), ['Nats-Schedule: 0 0 9 * * *', TARGET, 'Nats-Schedule-Time-Zone: Etc/GMT+5']),
      publish('s.z', 'x', notStored('S', 400, 10223, 'message schedules time zone is invalid'), [
        'Nats-Schedule: 0 0 9 * * *',
        TARGET,
        'Nats-Schedule-Time-Zone: +01:00',
      ]),
      publish('s.z', 'x', notStored('S', 400, 10223, 'message schedules time zone is invalid'), [
        'Nats-Schedule: 0 0 9 * * *',
        TARGET,
        'Nats-Schedule-Time-Zone: x',
      ]),
      publish('s.z', 'x', notStored('S', 400, 10223, 'message schedules time zone is invalid'), [
        'Nats-Schedule: 0 0 9 * * *',
        TARGET,
        'Nats-Schedule-Time-Zone: ',
      ]),
      publish('s.z', 'x', stored('S', 7), [
        'Nats-Schedule: 0 0 9 * * *',
        TARGET,
        'Nats-Schedule-Time-Zone: America/Argentina/Buenos_Aires',
      ]),
      publish('s.z', 'x', notStored('S', 400, 10223, 'message schedules time zone is invalid'), [
        'Nats-Schedule: 0 0 9 * * *',
        TARGET,
        'Nats-Schedule-Time-Zone: Europe/BERLIN',
      ]),
      publish('s.z', 'x', stored('S', 8), [
        'Nats-Schedule: 0 0 9 * * *',
        TARGET,
        'Nats-Schedule-Time-Zone: Asia/Calcutta',
      ]),
      publish('s.z', 'x', notStored('S', 400, 10223, 'message schedules time zone is invalid'), [
        'Nats-Schedule: 0 0 9 * * *',
        TARGET,
        'Nats-Schedule-Time-Zone: America/New_York ',
      ]),
      publish('s.z', 'x', notStored('S', 400, 10223, 'message schedules time zone is invalid'), [
        'Nats-Schedule: 0 0 9 * * *',
        TARGET,
        'Nats-Schedule-Time-Zone: ../etc',
      ]),
      publish('s.z', 'x', notStored('S', 400, 10189, 'message schedules pattern is invalid'), [
        'Nats-Schedule: @every 1h',
        TARGET,
        'Nats-Schedule-Time-Zone: UTC',
      ]),
      publish('s.z', 'x', notStored('S', 400, 10189, 'message schedules pattern is invalid'), [
        'Nats-Schedule: @at 2030-01-01T00:00:00Z',
        TARGET,
        'Nats-Schedule-Time-Zone: UTC',
      ]),
      publish('s.z', 'x', stored('S', 9), ['Nats-Schedule: @daily', TARGET, 'Nats-Schedule-Time-Zone: Asia/Tokyo']),
      publish('s.z', 'x', notStored('S', 400, 10223, 'message schedules time zone is invalid'), [
        'Nats-Schedule-Time-Zone: foo',
      ]),
      publish('s.z', 'x', stored('S', 10), ['Nats-Schedule-Time-Zone: UTC']),
    ],
  },
  {
    name: 'schedules where there are none',
    steps: [
      S(),
      publish('s.z', 'x', notStored('S', 400, 10188, 'message schedules is disabled'), ['Nats-Schedule: foo']),
      publish('s.z', 'x', notStored('S', 400, 10188, 'message schedules is disabled'), [
        'Nats-Schedule: @hourly',
        TARGET,
      ]),
      publish('s.z', 'x', notStored('S', 400, 10188, 'message schedules is disabled'), [
        'Nats-Schedule-Next: purge',
        'Nats-Scheduler: s.q',
      ]),
      publish('s.z', 'x', notStored('S', 400, 10212, 'message schedules invalid scheduler'), ['Nats-Scheduler: s.q']),
      publish('s.z', 'x', notStored('S', 400, 10212, 'message schedules invalid scheduler'), [
        'Nats-Schedule-Next: foo',
      ]),
      publish('s.z', 'x', stored('S', 1), ['Nats-Schedule: ']),
      publish('s.z', 'x', notStored('S', 400, 10188, 'message schedules is disabled'), [
        'Nats-Schedule-Time-Zone: foo',
      ]),
      publish('s.z', 'x', stored('S', 2), ['Nats-Schedule-Time-Zone: UTC']),
    ],
  },
  {
    name: 'a schedule is ended by a message',
    steps: [
      S({ allow_msg_schedules: true, allow_msg_ttl: true }),
      publish('s.a', 'x', stored('S', 1), ['Nats-Schedule: @at 2030-01-01T00:00:00Z', TARGET]),
      api(
        'STREAM.MSG.GET.S',
        { seq: 1 },
        found('s.a', 1, 'x', [
          'Nats-Schedule: @at 2030-01-01T00:00:00Z',
          'Nats-Schedule-Target: s.t',
          'Nats-Rollup: sub',
        ]),
      ),
      publish('s.q', 'x', notStored('S', 400, 10212, 'message schedules invalid scheduler'), [
        'Nats-Schedule-Next: purge',
      ]),
      publish('s.q', 'x', notStored('S', 400, 10212, 'message schedules invalid scheduler'), [
        'Nats-Schedule-Next: purge',
        'Nats-Scheduler: s.q',
      ]),
      publish('s.q', 'x', notStored('S', 400, 10212, 'message schedules invalid scheduler'), [
        'Nats-Schedule-Next: purge',
        'Nats-Scheduler: s.*',
      ]),
      publish('s.q', 'x', notStored('S', 400, 10212, 'message schedules invalid scheduler'), [
        'Nats-Schedule-Next: foo',
        'Nats-Scheduler: s.a',
      ]),
      publish('s.q', 'x', notStored('S', 400, 10212, 'message schedules invalid scheduler'), ['Nats-Scheduler: s.a']),
      publish('s.plain', 'x', stored('S', 2), []),
      publish('s.q', 'x', notStored('S', 400, 10212, 'message schedules invalid scheduler'), [
        'Nats-Schedule-Next: purge',
        'Nats-Scheduler: s.plain',
      ]),
      publish('s.q', 'x', stored('S', 3), ['Nats-Schedule-Next: purge', 'Nats-Scheduler: s.none']),
      publish('s.q', 'x', stored('S', 4), ['Nats-Schedule-Next: purge', 'Nats-Scheduler: s.a']),
      info(
        part({
          state: {
            messages: 3,
            bytes: 237,
            first_seq: 2,
            first_ts: '<time>',
            last_seq: 4,
            last_ts: '<time>',
            num_subjects: 2,
            subjects: { 's.plain': 1, 's.q': 2 },
            consumer_count: 0,
          },
        }),
      ),
    ],
  },
  {
    name: 'a schedule whose time has come',
    steps: [
      S({ allow_msg_schedules: true, allow_msg_ttl: true }),
      publish('s.a', 'x', stored('S', 1), [
        'Nats-Schedule: @at 2020-01-01T00:00:00Z',
        TARGET,
        'Nats-Msg-Id: m',
        'Nats-TTL: 1h',
        'Nats-Expected-Last-Sequence: 0',
        'Y: 2',
      ]),
      eventually('STREAM.INFO.S', '', part({ state: { messages: 1, last_seq: 2 } })),
      api(
        'STREAM.MSG.GET.S',
        { seq: 2 },
        found('s.t', 2, 'x', ['Y: 2', 'Nats-Scheduler: s.a', 'Nats-Schedule-Next: purge']),
      ),
    ],
  },
  {
    name: 'a schedule with a source',
    steps: [
      S({ allow_msg_schedules: true, allow_msg_ttl: true }),
      publish('s.src', 'content', stored('S', 1), ['X: 1', 'Nats-TTL: 1h']),
      publish('s.a', 'x', stored('S', 2), [
        'Nats-Schedule: @at 2020-01-01T00:00:00Z',
        TARGET,
        'Nats-Schedule-Source: s.src',
        'Nats-Schedule-TTL: 30',
        'Nats-Schedule-Rollup: sub',
      ]),
      eventually('STREAM.INFO.S', '', part({ state: { messages: 2, last_seq: 3 } })),
      api(
        'STREAM.MSG.GET.S',
        { last_by_subj: 's.t' },
        found('s.t', 3, 'content', [
          'X: 1',
          'Nats-Scheduler: s.a',
          'Nats-Schedule-Next: purge',
          'Nats-TTL: 30',
          'Nats-Rollup: sub',
        ]),
      ),
    ],
  },
  {
    name: 'a schedule whose source is not there',
    steps: [
      S({ allow_msg_schedules: true, allow_msg_ttl: true }),
      publish('s.a', 'x', stored('S', 1), [
        'Nats-Schedule: @at 2020-01-01T00:00:00Z',
        TARGET,
        'Nats-Schedule-Source: s.src',
      ]),
      eventually('STREAM.INFO.S', '', part({ state: { messages: 1, last_seq: 2 } })),
      api(
        'STREAM.MSG.GET.S',
        { last_by_subj: 's.t' },
        found('s.t', 2, 'x', ['Nats-Scheduler: s.a', 'Nats-Schedule-Next: purge']),
      ),
    ],
  },
  {
    name: 'a schedule that comes again and again, until a plain message takes its place',
    steps: [
      S({ allow_msg_schedules: true, allow_msg_ttl: true }),
      publish('s.a', 'x', stored('S', 1), ['Nats-Schedule: @every 1s', TARGET]),
      eventually('STREAM.INFO.S', '', part({ state: { messages: 3, last_seq: 3 } })),
      api('STREAM.MSG.GET.S', { seq: 2 }, found('s.t', 2, 'x', ['Nats-Scheduler: s.a', 'Nats-Schedule-Next: <time>'])),
      publish('s.a', 'y', stored('S', 4), []),
      eventually('STREAM.INFO.S', { subjects_filter: 's.a' }, part({ state: { subjects: { 's.a': 2 } } })),
    ],
  },
  {
    name: 'schedules after a restart',
    alone: true,
    steps: [
      S({ allow_msg_schedules: true }),
      note('soon', 1500),
      publish('s.a', 'x', stored('S', 1), ['Nats-Schedule: @at <soon>', TARGET]),
      restart('SIGKILL'),
      eventually('STREAM.INFO.S', '', part({ state: { messages: 1, last_seq: 2 } })),
      api('STREAM.MSG.GET.S', { seq: 2 }, found('s.t', 2, 'x', ['Nats-Scheduler: s.a', 'Nats-Schedule-Next: purge'])),
    ],
  },
];
