import { answer, failed, msg, part, stored } from '../jetstream/answers.ts';
import {
  api,
  type AnswerLike,
  consumer,
  fill,
  type JetStreamCase,
  type JetStreamStep,
  publish,
  pull,
  restart,
  stream,
} from '../jetstream/steps.ts';

const S = (config: Readonly<Record<string, unknown>> = {}) => stream('S', { subjects: ['s.>'], ...config });

const info = (expected: AnswerLike): JetStreamStep =>
  api('STREAM.INFO.S', { subjects_filter: '>', deleted_details: true }, expected);

const progress = (name: string, expected: AnswerLike): JetStreamStep => api(`CONSUMER.INFO.S.${name}`, '', expected);

const remove = (seq: number, expected: AnswerLike): JetStreamStep => api('STREAM.MSG.DELETE.S', { seq }, expected);

/** What goes, and who is told what of it. */
export const jetStreamRemovals: JetStreamCase[] = [
  {
    name: 'what is gone is deleted once more, in file',
    steps: [
      S({ storage: 'file' }),
      fill('S', 's.a', 4),
      remove(1, answer('stream_msg_delete', { success: true })),
      remove(1, failed('stream_msg_delete', 500, 10057, 'no message found')),
      remove(3, answer('stream_msg_delete', { success: true })),
      remove(3, failed('stream_msg_delete', 400, 10043, 'sequence 3 not found')),
      remove(0, failed('stream_msg_delete', 500, 10057, 'no message found')),
      remove(9, failed('stream_msg_delete', 500, 10057, 'stream store EOF')),
      api('STREAM.PURGE.S', '', answer('stream_purge', { success: true, purged: 2 })),
      remove(4, failed('stream_msg_delete', 500, 10057, 'no message found')),
    ],
  },
  {
    name: 'what is gone is deleted once more, in memory',
    steps: [
      S({ storage: 'memory' }),
      fill('S', 's.a', 4),
      remove(1, answer('stream_msg_delete', { success: true })),
      remove(1, failed('stream_msg_delete', 400, 10043, 'sequence 1 not found')),
      remove(3, answer('stream_msg_delete', { success: true })),
      remove(3, failed('stream_msg_delete', 400, 10043, 'sequence 3 not found')),
      remove(0, failed('stream_msg_delete', 400, 10043, 'sequence 0 not found')),
      remove(9, failed('stream_msg_delete', 400, 10043, 'sequence 9 not found')),
    ],
  },
  {
    name: 'details of streams that never had a message',
    steps: [
      S({ storage: 'file' }),
      info(
        part({
          state: {
            messages: 0,
            bytes: 0,
            first_seq: 0,
            first_ts: '0001-01-01T00:00:00Z',
            last_seq: 0,
            last_ts: '0001-01-01T00:00:00Z',
            num_deleted: 1,
            deleted: [0],
            consumer_count: 0,
          },
        }),
      ),
      api(
        'STREAM.INFO.S',
        '',
        part({
          state: {
            messages: 0,
            bytes: 0,
            first_seq: 0,
            first_ts: '0001-01-01T00:00:00Z',
            last_seq: 0,
            last_ts: '0001-01-01T00:00:00Z',
            consumer_count: 0,
          },
        }),
      ),
      api('STREAM.DELETE.S', '', answer('stream_delete', { success: true })),
      S({ storage: 'memory' }),
      info(
        part({
          state: {
            messages: 0,
            bytes: 0,
            first_seq: 0,
            first_ts: '0001-01-01T00:00:00Z',
            last_seq: 0,
            last_ts: '0001-01-01T00:00:00Z',
            consumer_count: 0,
          },
        }),
      ),
    ],
  },
  {
    name: 'a rollup moves consumers like a purge',
    alone: true,
    steps: [
      S({ allow_rollup_hdrs: true }),
      fill('S', ['s.a', 's.b'], 6),
      consumer('S', 'A'),
      consumer('S', 'B', { filter_subject: 's.b' }),
      consumer('S', 'C', { filter_subject: 's.a' }),
      pull(
        'S',
        'A',
        { batch: 2, no_wait: true },
        msg('s.a', 'n1', '$JS.ACK.S.A.1.1.1.<ns>.5'),
        msg('s.b', 'n2', '$JS.ACK.S.A.1.2.2.<ns>.4'),
      ),
      pull(
        'S',
        'C',
        { batch: 2, no_wait: true },
        msg('s.a', 'n1', '$JS.ACK.S.C.1.1.1.<ns>.2'),
        msg('s.a', 'n3', '$JS.ACK.S.C.1.3.2.<ns>.1'),
      ),
      publish('s.a', 'r', stored('S', 7), ['Nats-Rollup: sub']),
      info(
        part({
          state: {
            messages: 4,
            bytes: 173,
            first_seq: 2,
            first_ts: '<time>',
            last_seq: 7,
            last_ts: '<time>',
            num_subjects: 2,
            subjects: { 's.a': 1, 's.b': 3 },
            num_deleted: 2,
            deleted: [3, 5],
            consumer_count: 3,
          },
        }),
      ),
      progress(
        'A',
        part({
          delivered: { consumer_seq: 2, stream_seq: 2, last_active: '<time>' },
          ack_floor: { consumer_seq: 1, stream_seq: 1, last_active: '<time>' },
          num_ack_pending: 1,
          num_pending: 3,
        }),
      ),
      progress(
        'B',
        part({
          delivered: { consumer_seq: 0, stream_seq: 0 },
          ack_floor: { consumer_seq: 0, stream_seq: 0 },
          num_ack_pending: 0,
          num_pending: 3,
        }),
      ),
      progress(
        'C',
        part({
          delivered: { consumer_seq: 2, stream_seq: 6, last_active: '<time>' },
          ack_floor: { consumer_seq: 2, stream_seq: 6, last_active: '<time>' },
          num_ack_pending: 0,
          num_pending: 1,
        }),
      ),
      publish('s.c', 'r', stored('S', 8), ['Nats-Rollup: all']),
      info(
        part({
          state: {
            messages: 1,
            bytes: 68,
            first_seq: 8,
            first_ts: '<time>',
            last_seq: 8,
            last_ts: '<time>',
            num_subjects: 1,
            subjects: { 's.c': 1 },
            consumer_count: 3,
          },
        }),
      ),
      progress(
        'A',
        part({
          delivered: { consumer_seq: 2, stream_seq: 7, last_active: '<time>' },
          ack_floor: { consumer_seq: 2, stream_seq: 7, last_active: '<time>' },
          num_ack_pending: 0,
          num_pending: 1,
        }),
      ),
      progress(
        'B',
        part({
          delivered: { consumer_seq: 0, stream_seq: 7 },
          ack_floor: { consumer_seq: 0, stream_seq: 7 },
          num_ack_pending: 0,
          num_pending: 0,
        }),
      ),
      progress(
        'C',
        part({
          delivered: { consumer_seq: 2, stream_seq: 7, last_active: '<time>' },
          ack_floor: { consumer_seq: 2, stream_seq: 7, last_active: '<time>' },
          num_ack_pending: 0,
          num_pending: 0,
        }),
      ),
      restart(),
      info(
        part({
          state: {
            messages: 1,
            bytes: 68,
            first_seq: 8,
            first_ts: '<time>',
            last_seq: 8,
            last_ts: '<time>',
            num_subjects: 1,
            subjects: { 's.c': 1 },
            consumer_count: 3,
          },
        }),
      ),
      progress(
        'A',
        part({
          delivered: { consumer_seq: 2, stream_seq: 7 },
          ack_floor: { consumer_seq: 2, stream_seq: 7 },
          num_ack_pending: 0,
          num_pending: 1,
        }),
      ),
    ],
  },
  {
    name: 'nothing is republished without a destination, until an update',
    steps: [
      S({ republish: { src: 's.>', dest: '' } }),
      fill('S', 's.a', 1),
      api(
        'STREAM.UPDATE.S',
        { name: 'S', subjects: ['s.>'], republish: { src: 's.*', dest: '' } },
        failed('stream_update', 500, 10069, "stream configuration for republish from 's.*' to '>': invalid subject"),
      ),
    ],
  },
];
