import { ABSENT } from '../json-pattern.ts';
import { part, msg, status, answer, found, failed, stored, notStored, held, streamInfo } from '../jetstream/answers.ts';
import {
  type JetStreamCase,
  type AnswerLike,
  api,
  eventually,
  stream,
  consumer,
  publish,
  fill,
  subscribe,
  receive,
  pull,
  ack,
  wait,
  restart,
} from '../jetstream/steps.ts';

const S = (config: Readonly<Record<string, unknown>> = {}) => stream('S', { subjects: ['s.>'], ...config });
const info = (expected: AnswerLike) => api('STREAM.INFO.S', { subjects_filter: '>', deleted_details: true }, expected);

/** What a stream keeps. */
export const jetStreamLimits: JetStreamCase[] = [
  ...(['file', 'memory'] as const).flatMap((storage): JetStreamCase[] => [
    {
      name: `max_msgs, old ones go, in ${storage}`,
      steps: [
        S({ storage, max_msgs: 3 }),
        fill('S', ['s.a', 's.b'], 5),
        api('STREAM.INFO.S', '', part({ state: { messages: 3, first_seq: 3, last_seq: 5, num_subjects: 2 } })),
        api('STREAM.MSG.GET.S', { seq: 2 }, failed('stream_msg_get', 404, 10037, 'no message found')),
      ],
    },
    {
      name: `max_msgs, new ones are refused, in ${storage}`,
      steps: [
        S({ storage, max_msgs: 2, discard: 'new' }),
        fill('S', 's.a', 2),
        publish('s.a', 'x', notStored('S', 503, 10077, 'maximum messages exceeded')),
        api('STREAM.MSG.DELETE.S', { seq: 1 }, answer('stream_msg_delete', { success: true })),
        publish('s.a', 'x', stored('S', 3)),
      ],
    },
    {
      name: `max_msgs_per_subject, old ones go, in ${storage}`,
      steps: [
        S({ storage, max_msgs_per_subject: 2 }),
        fill('S', ['s.a', 's.b', 's.a'], 9),
        api(
          'STREAM.INFO.S',
          { subjects_filter: '>', deleted_details: true },
          part({
            state: {
              messages: 4,
              first_seq: 5,
              last_seq: 9,
              num_subjects: 2,
              subjects: { 's.a': 2, 's.b': 2 },
              num_deleted: 1,
              deleted: [6],
            },
          }),
        ),
      ],
    },
    {
      name: `max_msgs_per_subject, new ones are refused, in ${storage}`,
      steps: [
        S({ storage, max_msgs_per_subject: 1, discard: 'new', discard_new_per_subject: true, max_msgs: 3 }),
        fill('S', ['s.a', 's.b'], 2),
        publish('s.a', 'x', notStored('S', 503, 10077, 'maximum messages per subject exceeded')),
        publish('s.c', 'x', stored('S', 3)),
        publish('s.d', 'x', notStored('S', 503, 10077, 'maximum messages exceeded')),
        publish('s.c', 'x', notStored('S', 503, 10077, 'maximum messages per subject exceeded')),
      ],
    },
    {
      name: `max_age in ${storage}`,
      steps: [
        S({ storage, max_age: 600_000_000, duplicate_window: 500_000_000 }),
        fill('S', ['s.a', 's.b'], 2),
        wait(300),
        publish('s.c', 'later', stored('S', 3)),
        eventually(
          'STREAM.INFO.S',
          { subjects_filter: '>' },
          part({ state: { messages: 1, first_seq: 3, last_seq: 3, num_subjects: 1, subjects: { 's.c': 1 } } }),
        ),
        eventually(
          'STREAM.INFO.S',
          '',
          part({
            state: {
              messages: 0,
              bytes: 0,
              first_seq: 4,
              last_seq: 3,
              first_ts: '0001-01-01T00:00:00Z',
              last_ts: '<time>',
            },
          }),
        ),
        publish('s.d', 'on', stored('S', 4)),
      ],
    },
  ]),
  {
    name: 'max_bytes of a file, old ones go',
    steps: [
      S({ max_bytes: 100 }),
      fill('S', 's.a', 4),
      info(
        streamInfo('stream_info', {
          config: { name: 'S', subjects: ['s.>'], max_bytes: 100 },
          state: held(3, 4, 70, { subjects: { 's.a': 2 } }),
          total: 1,
          limit: 100000,
        }),
      ),
      publish('s.a', 'x'.repeat(60), stored('S', 5)),
      info(part({ state: { messages: 1, bytes: 93, first_seq: 5 } })),
      publish('s.a', 'x'.repeat(200), stored('S', 6)),
      info(
        streamInfo('stream_info', {
          config: { name: 'S', subjects: ['s.>'], max_bytes: 100 },
          state: { first_seq: 7, last_seq: 6, last_ts: '<time>' },
        }),
      ),
    ],
  },
  {
    name: 'max_bytes of a file, new ones are refused',
    steps: [
      S({ max_bytes: 100, discard: 'new' }),
      fill('S', 's.a', 2),
      publish('s.a', 'n3', notStored('S', 503, 10077, 'maximum bytes exceeded')),
      publish('s.a', 'n4', notStored('S', 503, 10077, 'maximum bytes exceeded')),
      info(part({ state: { messages: 2, bytes: 70 } })),
    ],
  },
  {
    name: 'max_bytes of memory, old ones go',
    steps: [
      S({ storage: 'memory', max_bytes: 100 }),
      fill('S', 's.a', 8),
      info(
        streamInfo('stream_info', {
          config: { name: 'S', subjects: ['s.>'], max_bytes: 100, storage: 'memory' },
          state: held(5, 8, 84, { subjects: { 's.a': 4 } }),
          total: 1,
          limit: 100000,
        }),
      ),
      publish('s.a', 'x'.repeat(200), stored('S', 9)),
      info(
        streamInfo('stream_info', {
          config: { name: 'S', subjects: ['s.>'], max_bytes: 100, storage: 'memory' },
          state: { first_seq: 10, last_seq: 9, last_ts: '<time>' },
        }),
      ),
    ],
  },
  {
    name: 'max_bytes of memory, new ones are refused',
    steps: [
      S({ storage: 'memory', max_bytes: 50, discard: 'new' }),
      publish('s.a', 'n1', stored('S', 1)),
      publish('s.a', 'n2', stored('S', 2)),
      publish('s.a', 'n3', notStored('S', 503, 10077, 'maximum bytes exceeded')),
      publish('s.a', 'n4', notStored('S', 503, 10077, 'maximum bytes exceeded')),
      info(part({ state: { messages: 2, bytes: 42 } })),
    ],
  },
  ...(['file', 'memory'] as const).map((storage): JetStreamCase => ({
    name: `how many bytes messages count in ${storage}`,
    steps: [
      S({ storage }),
      publish('s.a', '', stored('S', 1)),
      api('STREAM.INFO.S', '', part({ state: { bytes: storage === 'file' ? 33 : 19 } })),
      publish('s.a', '12345', stored('S', 2)),
      api('STREAM.INFO.S', '', part({ state: { bytes: storage === 'file' ? 71 : 43 } })),
      publish('s.a', '12345', stored('S', 3), ['A: b']),
      api('STREAM.INFO.S', '', part({ state: { bytes: storage === 'file' ? 131 : 85 } })),
      api('STREAM.MSG.DELETE.S', { seq: 2 }, { part: { success: true } }),
      api('STREAM.INFO.S', '', part({ state: { bytes: storage === 'file' ? 93 : 61 } })),
    ],
  })),
  {
    name: 'smaller limits take effect at once',
    steps: [
      S(),
      fill('S', ['s.a', 's.b'], 6),
      api(
        'STREAM.UPDATE.S',
        { name: 'S', subjects: ['s.>'], max_msgs_per_subject: 2 },
        streamInfo('stream_update', {
          config: { name: 'S', subjects: ['s.>'], max_msgs_per_subject: 2 },
          state: held(3, 6, 140, { num_subjects: 2 }),
        }),
      ),
      api(
        'STREAM.UPDATE.S',
        { name: 'S', subjects: ['s.>'], max_msgs_per_subject: 2, max_msgs: 3 },
        streamInfo('stream_update', {
          config: { name: 'S', subjects: ['s.>'], max_msgs: 3, max_msgs_per_subject: 2 },
          state: held(4, 6, 105, { num_subjects: 2 }),
        }),
      ),
      api(
        'STREAM.UPDATE.S',
        { name: 'S', subjects: ['s.>'], max_msgs_per_subject: 2, max_msgs: 3, max_bytes: 40 },
        streamInfo('stream_update', {
          config: { name: 'S', subjects: ['s.>'], max_msgs: 3, max_bytes: 40, max_msgs_per_subject: 2 },
          state: held(6, 6, 35),
        }),
      ),
      api(
        'STREAM.UPDATE.S',
        { name: 'S', subjects: ['s.>'], max_age: 2_000_000_000 },
        part({ config: { duplicate_window: 2000000000 }, state: { messages: 1 } }),
      ),
      eventually('STREAM.INFO.S', '', part({ state: { messages: 0 } })),
    ],
  },
  {
    name: 'interest: messages that nobody wants are not kept',
    steps: [
      S({ retention: 'interest' }),
      publish('s.a', '1', stored('S', 1)),
      info(
        streamInfo('stream_info', {
          config: { name: 'S', subjects: ['s.>'], retention: 'interest' },
          state: { first_seq: 2, last_seq: 1, last_ts: '<time>' },
        }),
      ),
      consumer('S', 'C', { filter_subject: 's.a' }),
      publish('s.b', '2', stored('S', 2)),
      publish('s.a', '3', stored('S', 3)),
      info(
        streamInfo('stream_info', {
          config: { name: 'S', subjects: ['s.>'], retention: 'interest' },
          state: held(3, 3, 34, { subjects: { 's.a': 1 }, consumer_count: 1 }),
          total: 1,
          limit: 100000,
        }),
      ),
      pull('S', 'C', '', msg('s.a', '3', '$JS.ACK.S.C.1.3.1.<ns>.0')),
      ack(1),
      eventually(
        'STREAM.INFO.S',
        '',
        streamInfo('stream_info', {
          config: { name: 'S', subjects: ['s.>'], retention: 'interest' },
          state: { first_seq: 4, last_seq: 3, last_ts: '<time>', consumer_count: 1 },
        }),
      ),
    ],
  },
  {
    name: 'interest: a message goes when all consumers have had it',
    steps: [
      S({ retention: 'interest' }),
      consumer('S', 'C'),
      consumer('S', 'D'),
      fill('S', 's.a', 2),
      pull('S', 'C', 2, msg('s.a', 'n1', '$JS.ACK.S.C.1.1.1.<ns>.1'), msg('s.a', 'n2', '$JS.ACK.S.C.1.2.2.<ns>.0')),
      ack(1),
      ack(2),
      eventually('STREAM.INFO.S', '', part({ state: { messages: 2 } })),
      pull('S', 'D', 1, msg('s.a', 'n1', '$JS.ACK.S.D.1.1.1.<ns>.1')),
      ack(3),
      eventually('STREAM.INFO.S', '', part({ state: { messages: 1, first_seq: 2 } })),
      api('CONSUMER.DELETE.S.D', '', answer('consumer_delete', { success: true })),
      eventually(
        'STREAM.INFO.S',
        '',
        part({
          state: {
            messages: 0,
            bytes: 0,
            first_seq: 3,
            first_ts: '0001-01-01T00:00:00Z',
            last_seq: 2,
            last_ts: '<time>',
            consumer_count: 1,
          },
        }),
      ),
    ],
  },
  {
    name: 'interest: a consumer that does not acknowledge',
    steps: [
      S({ retention: 'interest' }),
      consumer('S', 'C', { ack_policy: 'none' }),
      fill('S', 's.a', 2),
      info(part({ state: { messages: 2 } })),
      pull('S', 'C', 1, msg('s.a', 'n1', '$JS.ACK.S.C.1.1.1.<ns>.1')),
      eventually('STREAM.INFO.S', '', part({ state: { messages: 1, first_seq: 2, last_seq: 2 } })),
    ],
  },
  {
    name: 'interest: the last consumer goes',
    steps: [
      S({ retention: 'interest' }),
      consumer('S', 'C'),
      fill('S', 's.a', 3),
      api('CONSUMER.DELETE.S.C', '', answer('consumer_delete', { success: true })),
      eventually(
        'STREAM.INFO.S',
        '',
        part({
          state: {
            messages: 0,
            bytes: 0,
            first_seq: 4,
            first_ts: '0001-01-01T00:00:00Z',
            last_seq: 3,
            last_ts: '<time>',
            consumer_count: 0,
          },
        }),
      ),
    ],
  },
  {
    name: 'interest: acknowledgements out of order',
    steps: [
      S({ retention: 'interest' }),
      consumer('S', 'C'),
      fill('S', 's.a', 3),
      pull(
        'S',
        'C',
        3,
        msg('s.a', 'n1', '$JS.ACK.S.C.1.1.1.<ns>.2'),
        msg('s.a', 'n2', '$JS.ACK.S.C.1.2.2.<ns>.1'),
        msg('s.a', 'n3', '$JS.ACK.S.C.1.3.3.<ns>.0'),
      ),
      ack(2),
      eventually(
        'STREAM.INFO.S',
        { deleted_details: true },
        part({ state: { messages: 2, first_seq: 1, last_seq: 3, num_deleted: 1, deleted: [2] } }),
      ),
      ack(1),
      eventually(
        'STREAM.INFO.S',
        { deleted_details: true },
        part({ state: { messages: 1, first_seq: 3, num_deleted: ABSENT } }),
      ),
    ],
  },
  {
    name: 'a work queue: an acknowledgement takes the message away',
    steps: [
      S({ retention: 'workqueue' }),
      fill('S', 's.a', 3),
      info(part({ state: { messages: 3 } })),
      consumer('S', 'C'),
      pull('S', 'C', 2, msg('s.a', 'n1', '$JS.ACK.S.C.1.1.1.<ns>.2'), msg('s.a', 'n2', '$JS.ACK.S.C.1.2.2.<ns>.1')),
      info(part({ state: { messages: 3 } })),
      ack(2),
      eventually(
        'STREAM.INFO.S',
        { deleted_details: true },
        part({
          state: {
            messages: 2,
            bytes: 70,
            first_seq: 1,
            first_ts: '<time>',
            last_seq: 3,
            last_ts: '<time>',
            num_subjects: 1,
            num_deleted: 1,
            deleted: [2],
            consumer_count: 1,
          },
        }),
      ),
      ack(1),
      eventually(
        'STREAM.INFO.S',
        { deleted_details: true },
        part({
          state: {
            messages: 1,
            bytes: 35,
            first_seq: 3,
            first_ts: '<time>',
            last_seq: 3,
            last_ts: '<time>',
            num_subjects: 1,
            consumer_count: 1,
          },
        }),
      ),
      api('CONSUMER.DELETE.S.C', '', answer('consumer_delete', { success: true })),
      info(part({ state: { messages: 1 } })),
    ],
  },
  {
    name: 'a work queue: a message that is ended goes as well',
    steps: [
      S({ retention: 'workqueue' }),
      fill('S', 's.a', 2),
      consumer('S', 'C'),
      pull('S', 'C', 2, msg('s.a', 'n1', '$JS.ACK.S.C.1.1.1.<ns>.1'), msg('s.a', 'n2', '$JS.ACK.S.C.1.2.2.<ns>.0')),
      ack(1, '+TERM'),
      ack(2, '-NAK'),
      eventually('STREAM.INFO.S', '', part({ state: { messages: 1, first_seq: 2 } })),
    ],
  },
  {
    name: 'a work queue: new messages are refused when it is full',
    steps: [
      S({ retention: 'workqueue', max_msgs: 1, discard: 'new' }),
      publish('s.a', '1', stored('S', 1)),
      publish('s.a', '2', notStored('S', 503, 10077, 'maximum messages exceeded')),
      consumer('S', 'C'),
      pull('S', 'C', 1, msg('s.a', '1', '$JS.ACK.S.C.1.1.1.<ns>.0')),
      ack(1),
      eventually('STREAM.INFO.S', '', part({ state: { messages: 0, first_seq: 2 } })),
      publish('s.a', '2', stored('S', 2)),
    ],
  },
  {
    name: 'a sealed stream',
    steps: [
      S({ max_age: 60_000_000_000 }),
      fill('S', 's.a', 2),
      consumer('S', 'C'),
      api(
        'STREAM.UPDATE.S',
        { name: 'S', subjects: ['s.>'], sealed: true },
        streamInfo('stream_update', {
          config: { name: 'S', subjects: ['s.>'], discard: 'new', sealed: true, deny_delete: true, deny_purge: true },
          state: held(1, 2, 70, { consumer_count: 1 }),
        }),
      ),
      publish('s.a', 'x', notStored('S', 400, 10109, 'invalid operation on sealed stream')),
      api(
        'STREAM.PURGE.S',
        '',
        answer('stream_purge', {
          error: { code: 400, err_code: 10109, description: 'invalid operation on sealed stream' },
          purged: 0,
        }),
      ),
      api(
        'STREAM.MSG.DELETE.S',
        { seq: 1 },
        failed('stream_msg_delete', 400, 10109, 'invalid operation on sealed stream'),
      ),
      api(
        'STREAM.UPDATE.S',
        { name: 'S', subjects: ['s.>'] },
        failed('stream_update', 500, 10052, 'stream configuration update can not unseal a sealed stream'),
      ),
      pull('S', 'C', 1, msg('s.a', 'n1', '$JS.ACK.S.C.1.1.1.<ns>.1')),
      api('STREAM.DELETE.S', '', answer('stream_delete', { success: true })),
    ],
  },
  {
    name: 'a stream that allows no deletes and no purges',
    steps: [
      S({ deny_delete: true, deny_purge: true }),
      fill('S', 's.a', 2),
      api(
        'STREAM.PURGE.S',
        '',
        answer('stream_purge', {
          error: { code: 500, err_code: 10110, description: 'stream purge not permitted' },
          purged: 0,
        }),
      ),
      api(
        'STREAM.PURGE.S',
        { filter: 's.a' },
        answer('stream_purge', {
          error: { code: 500, err_code: 10110, description: 'stream purge not permitted' },
          purged: 0,
        }),
      ),
      api('STREAM.MSG.DELETE.S', { seq: 1 }, failed('stream_msg_delete', 500, 10057, 'message delete not permitted')),
      publish('s.a', 'x', notStored('S', 500, 10111, 'rollup not permitted'), ['Nats-Rollup: all']),
      api('STREAM.DELETE.S', '', answer('stream_delete', { success: true })),
    ],
  },
  {
    name: 'time to live of messages',
    steps: [
      S({ allow_msg_ttl: true }),
      publish('s.a', '', notStored('S', 400, 10165, 'invalid per-message TTL'), ['Nats-TTL: 0']),
      publish('s.a', '', notStored('S', 400, 10165, 'invalid per-message TTL'), ['Nats-TTL: -1']),
      publish('s.a', '', notStored('S', 400, 10165, 'invalid per-message TTL'), ['Nats-TTL: x']),
      publish('s.a', '', notStored('S', 400, 10165, 'invalid per-message TTL'), ['Nats-TTL: 1.5']),
      publish('s.a', '', notStored('S', 400, 10165, 'invalid per-message TTL'), ['Nats-TTL: 500ms']),
      publish('s.a', '', stored('S', 1), ['Nats-TTL: 1s']),
      publish('s.a', '', stored('S', 2), ['Nats-TTL: 2']),
      publish('s.a', '', stored('S', 3), ['Nats-TTL: 1h']),
      publish('s.a', '', stored('S', 4), ['Nats-TTL: never']),
      publish('s.a', '', stored('S', 5), ['Nats-TTL: NEVER']),
      publish('s.a', '', stored('S', 6), ['Nats-TTL: ']),
      info(part({ state: { messages: 6 } })),
      eventually('STREAM.INFO.S', '', part({ state: { messages: 4, first_seq: 3 } })),
    ],
  },
  {
    name: 'time to live does not reach beyond max_age, but never is never',
    steps: [
      S({ allow_msg_ttl: true, max_age: 1_000_000_000 }),
      publish('s.a', '', stored('S', 1)),
      publish('s.b', '', stored('S', 2), ['Nats-TTL: 1h']),
      publish('s.c', '', stored('S', 3), ['Nats-TTL: never']),
      eventually('STREAM.INFO.S', { subjects_filter: '>' }, part({ state: { messages: 1, subjects: { 's.c': 1 } } })),
    ],
  },
  {
    name: 'a marker stands where the last message of a subject has expired',
    steps: [
      S({ allow_msg_ttl: true, subject_delete_marker_ttl: 1_000_000_000 }),
      subscribe('live', 's.>', { client: 'b' }),
      publish('s.a', 'x', stored('S', 1), ['Nats-TTL: 1']),
      publish('s.b', 'x', stored('S', 2), ['Nats-TTL: 1']),
      publish('s.b', 'y', stored('S', 3)),
      eventually('STREAM.INFO.S', '', part({ state: { last_seq: 4 } })),
      api(
        'STREAM.MSG.GET.S',
        { last_by_subj: 's.a' },
        found('s.a', 4, '', ['Nats-Marker-Reason: MaxAge', 'Nats-TTL: 1s', 'Nats-Rollup: sub']),
      ),
      eventually(
        'STREAM.INFO.S',
        { subjects_filter: '>' },
        part({ state: { subjects: { 's.a': 1, 's.b': 1 }, messages: 2 } }),
      ),
      receive(
        'live',
        msg('s.a', 'x', '_INBOX.<account>.ask2', ['Nats-TTL: 1']),
        msg('s.b', 'x', '_INBOX.<account>.ask3', ['Nats-TTL: 1']),
        msg('s.b', 'y', '_INBOX.<account>.ask4'),
      ),
      eventually('STREAM.INFO.S', { subjects_filter: '>' }, part({ state: { messages: 1, subjects: { 's.b': 1 } } })),
    ],
  },
  {
    name: 'markers of max_age',
    steps: [
      S({ max_age: 500_000_000, duplicate_window: 200_000_000, subject_delete_marker_ttl: 1_000_000_000 }),
      consumer('S', 'C', { deliver_policy: 'new' }),
      publish('s.a', 'x', stored('S', 1)),
      eventually('STREAM.INFO.S', '', part({ state: { last_seq: 2, messages: 1 } })),
      pull(
        'S',
        'C',
        { batch: 2, no_wait: true },
        msg('s.a', '', '$JS.ACK.S.C.1.2.1.<ns>.0', ['Nats-Marker-Reason: MaxAge', 'Nats-TTL: 1s', 'Nats-Rollup: sub']),
        status('404 No Messages'),
      ),
      eventually('STREAM.INFO.S', '', part({ state: { last_seq: 2, messages: 0 } })),
    ],
  },
  {
    name: 'messages that live for a time after a restart',
    alone: true,
    steps: [
      S({ allow_msg_ttl: true }),
      publish('s.a', '', stored('S', 1), ['Nats-TTL: 1']),
      publish('s.a', '', stored('S', 2), ['Nats-TTL: 1h']),
      restart('SIGKILL'),
      eventually('STREAM.INFO.S', '', part({ state: { messages: 1, first_seq: 2 } })),
    ],
  },
];
