import { answer, msg, part } from '../jetstream/answers.ts';
import {
  ack,
  type AnswerLike,
  api,
  consumer,
  fill,
  type JetStreamCase,
  type JetStreamStep,
  pull,
  restart,
  stream,
} from '../jetstream/steps.ts';

const S = (config: Readonly<Record<string, unknown>> = {}) =>
  stream('S', { subjects: ['s.>'], retention: 'interest', ...config });

const info = (expected: AnswerLike): JetStreamStep =>
  api('STREAM.INFO.S', { subjects_filter: '>', deleted_details: true }, expected);

const progress = (name: string, expected: AnswerLike): JetStreamStep => api(`CONSUMER.INFO.S.${name}`, '', expected);

/** Gives a consumer other filters, or more. */
const change = (name: string, config: Readonly<Record<string, unknown>>): JetStreamStep =>
  api(
    `CONSUMER.CREATE.S.${name}`,
    { stream_name: 'S', config: { name, durable_name: name, ack_policy: 'explicit', ...config }, action: 'update' },
    part({ name }),
  );

/** Streams that keep messages for those who wait for them. */
export const jetStreamInterest: JetStreamCase[] = [
  {
    name: 'a filter that is changed lets go of what nobody waits for',
    steps: [
      S(),
      consumer('S', 'A', { filter_subject: 's.a' }),
      consumer('S', 'B', { filter_subject: 's.b' }),
      fill('S', ['s.a', 's.b', 's.c'], 6),
      info(
        part({
          state: {
            messages: 4,
            bytes: 140,
            first_seq: 1,
            first_ts: '<time>',
            last_seq: 6,
            last_ts: '<time>',
            num_subjects: 2,
            subjects: { 's.a': 2, 's.b': 2 },
            num_deleted: 2,
            deleted: [3, 6],
            consumer_count: 2,
          },
        }),
      ),
      change('A', { filter_subject: 's.b' }),
      info(
        part({
          state: {
            messages: 2,
            bytes: 70,
            first_seq: 2,
            first_ts: '<time>',
            last_seq: 6,
            last_ts: '<time>',
            num_subjects: 1,
            subjects: { 's.b': 2 },
            num_deleted: 3,
            deleted: [3, 4, 6],
            consumer_count: 2,
          },
        }),
      ),
      pull(
        'S',
        'B',
        { batch: 2, no_wait: true },
        msg('s.b', 'n2', '$JS.ACK.S.B.1.2.1.<ns>.1'),
        msg('s.b', 'n5', '$JS.ACK.S.B.1.5.2.<ns>.0'),
      ),
      ack(1),
      ack(2),
      info(
        part({
          state: {
            messages: 2,
            bytes: 70,
            first_seq: 2,
            first_ts: '<time>',
            last_seq: 6,
            last_ts: '<time>',
            num_subjects: 1,
            subjects: { 's.b': 2 },
            num_deleted: 3,
            deleted: [3, 4, 6],
            consumer_count: 2,
          },
        }),
      ),
      pull(
        'S',
        'A',
        { batch: 2, no_wait: true },
        msg('s.b', 'n2', '$JS.ACK.S.A.1.2.1.<ns>.1'),
        msg('s.b', 'n5', '$JS.ACK.S.A.1.5.2.<ns>.0'),
      ),
      ack(3),
      info(
        part({
          state: {
            messages: 1,
            bytes: 35,
            first_seq: 5,
            first_ts: '<time>',
            last_seq: 6,
            last_ts: '<time>',
            num_subjects: 1,
            subjects: { 's.b': 1 },
            num_deleted: 1,
            deleted: [6],
            consumer_count: 2,
          },
        }),
      ),
    ],
  },
  {
    name: 'one of several filters goes, and another comes',
    steps: [
      S(),
      consumer('S', 'A', { filter_subjects: ['s.a', 's.b'] }),
      fill('S', ['s.a', 's.b'], 4),
      change('A', { filter_subjects: ['s.b', 's.c'] }),
      info(
        part({
          state: {
            messages: 2,
            bytes: 70,
            first_seq: 2,
            first_ts: '<time>',
            last_seq: 4,
            last_ts: '<time>',
            num_subjects: 1,
            subjects: { 's.b': 2 },
            num_deleted: 1,
            deleted: [3],
            consumer_count: 1,
          },
        }),
      ),
      fill('S', ['s.c', 's.a'], 2, 4),
      info(
        part({
          state: {
            messages: 3,
            bytes: 105,
            first_seq: 2,
            first_ts: '<time>',
            last_seq: 6,
            last_ts: '<time>',
            num_subjects: 2,
            subjects: { 's.b': 2, 's.c': 1 },
            num_deleted: 2,
            deleted: [3, 6],
            consumer_count: 1,
          },
        }),
      ),
    ],
  },
  {
    name: 'acks that are awaited outlive a change of the filter, until a restart',
    alone: true,
    steps: [
      S(),
      consumer('S', 'A', { filter_subject: 's.a', ack_wait: 60_000_000_000 }),
      fill('S', 's.a', 3),
      pull(
        'S',
        'A',
        { batch: 2, no_wait: true },
        msg('s.a', 'n1', '$JS.ACK.S.A.1.1.1.<ns>.2'),
        msg('s.a', 'n2', '$JS.ACK.S.A.1.2.2.<ns>.1'),
      ),
      change('A', { filter_subject: 's.b', ack_wait: 60_000_000_000 }),
      info(
        part({
          state: {
            messages: 0,
            bytes: 0,
            first_seq: 4,
            first_ts: '0001-01-01T00:00:00Z',
            last_seq: 3,
            last_ts: '<time>',
            consumer_count: 1,
          },
        }),
      ),
      progress(
        'A',
        part({
          delivered: { consumer_seq: 2, stream_seq: 2, last_active: '<time>' },
          ack_floor: { consumer_seq: 0, stream_seq: 0 },
          num_ack_pending: 2,
          num_pending: 0,
        }),
      ),
      ack(1),
      progress(
        'A',
        part({
          delivered: { consumer_seq: 2, stream_seq: 2, last_active: '<time>' },
          ack_floor: { consumer_seq: 1, stream_seq: 1, last_active: '<time>' },
          num_ack_pending: 1,
          num_pending: 0,
        }),
      ),
      restart(),
      progress(
        'A',
        part({
          delivered: { consumer_seq: 2, stream_seq: 2 },
          ack_floor: { consumer_seq: 2, stream_seq: 2 },
          num_ack_pending: 0,
          num_pending: 0,
        }),
      ),
      info(
        part({
          state: {
            messages: 0,
            bytes: 0,
            first_seq: 4,
            first_ts: '0001-01-01T00:00:00Z',
            last_seq: 3,
            last_ts: '<time>',
            consumer_count: 1,
          },
        }),
      ),
    ],
  },
  {
    name: 'a limit takes away what is delivered and not acknowledged',
    steps: [
      S({ max_msgs: 3 }),
      consumer('S', 'A'),
      fill('S', 's.a', 5),
      pull(
        'S',
        'A',
        { batch: 2, no_wait: true },
        msg('s.a', 'n3', '$JS.ACK.S.A.1.3.1.<ns>.2'),
        msg('s.a', 'n4', '$JS.ACK.S.A.1.4.2.<ns>.1'),
      ),
      fill('S', 's.a', 2, 5),
      info(
        part({
          state: {
            messages: 3,
            bytes: 105,
            first_seq: 5,
            first_ts: '<time>',
            last_seq: 7,
            last_ts: '<time>',
            num_subjects: 1,
            subjects: { 's.a': 3 },
            consumer_count: 1,
          },
        }),
      ),
      progress(
        'A',
        part({
          delivered: { consumer_seq: 2, stream_seq: 4, last_active: '<time>' },
          ack_floor: { consumer_seq: 2, stream_seq: 4, last_active: '<time>' },
          num_ack_pending: 0,
          num_pending: 3,
        }),
      ),
    ],
  },
  {
    name: 'limits become interest: what was acknowledged goes, what no filter covers stays',
    steps: [
      S({ retention: 'limits' }),
      fill('S', ['s.a', 's.b'], 4),
      consumer('S', 'A', { filter_subject: 's.a' }),
      pull('S', 'A', { batch: 1, no_wait: true }, msg('s.a', 'n1', '$JS.ACK.S.A.1.1.1.<ns>.1')),
      ack(1),
      api('STREAM.UPDATE.S', { name: 'S', subjects: ['s.>'], retention: 'interest' }, part({ config: { name: 'S' } })),
      info(
        part({
          state: {
            messages: 3,
            bytes: 105,
            first_seq: 2,
            first_ts: '<time>',
            last_seq: 4,
            last_ts: '<time>',
            num_subjects: 2,
            subjects: { 's.a': 1, 's.b': 2 },
            consumer_count: 1,
          },
        }),
      ),
      change('A', { filter_subject: 's.b' }),
      info(
        part({
          state: {
            messages: 2,
            bytes: 70,
            first_seq: 2,
            first_ts: '<time>',
            last_seq: 4,
            last_ts: '<time>',
            num_subjects: 1,
            subjects: { 's.b': 2 },
            num_deleted: 1,
            deleted: [3],
            consumer_count: 1,
          },
        }),
      ),
    ],
  },
  {
    name: 'the last consumer goes, and all messages with it',
    steps: [
      S(),
      consumer('S', 'A'),
      fill('S', 's.a', 3),
      api('CONSUMER.DELETE.S.A', '', answer('consumer_delete', { success: true })),
      info(
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
    name: 'limits become interest without consumers',
    steps: [
      S({ retention: 'limits' }),
      fill('S', 's.a', 3),
      api('STREAM.UPDATE.S', { name: 'S', subjects: ['s.>'], retention: 'interest' }, part({ config: { name: 'S' } })),
      info(
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
    name: 'a work queue after a change of the filter and a restart',
    alone: true,
    steps: [
      S({ retention: 'workqueue' }),
      consumer('S', 'A', { filter_subject: 's.a' }),
      fill('S', ['s.b', 's.a', 's.b'], 3),
      pull('S', 'A', { batch: 1, no_wait: true }, msg('s.a', 'n2', '$JS.ACK.S.A.1.2.1.<ns>.0')),
      ack(1),
      change('A', { filter_subject: 's.b' }),
      progress(
        'A',
        part({
          delivered: { consumer_seq: 1, stream_seq: 2, last_active: '<time>' },
          ack_floor: { consumer_seq: 1, stream_seq: 2, last_active: '<time>' },
          num_ack_pending: 0,
          num_pending: 1,
        }),
      ),
      info(
        part({
          state: {
            messages: 2,
            bytes: 70,
            first_seq: 1,
            first_ts: '<time>',
            last_seq: 3,
            last_ts: '<time>',
            num_subjects: 1,
            subjects: { 's.b': 2 },
            num_deleted: 1,
            deleted: [2],
            consumer_count: 1,
          },
        }),
      ),
      restart(),
      progress(
        'A',
        part({
          delivered: { consumer_seq: 1, stream_seq: 2 },
          ack_floor: { consumer_seq: 1, stream_seq: 2 },
          num_ack_pending: 0,
          num_pending: 1,
        }),
      ),
      info(
        part({
          state: {
            messages: 2,
            bytes: 70,
            first_seq: 1,
            first_ts: '<time>',
            last_seq: 3,
            last_ts: '<time>',
            num_subjects: 1,
            subjects: { 's.b': 2 },
            num_deleted: 1,
            deleted: [2],
            consumer_count: 1,
          },
        }),
      ),
    ],
  },
];
