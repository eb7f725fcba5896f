import {
  type AnswerLike,
  api,
  consumer,
  fill,
  type JetStreamCase,
  publish,
  pull,
  receive,
  restart,
  stream,
  subscribe,
} from '../jetstream/steps.ts';
import { failed, found, msg, notStored, part, status, stored, textAnswer } from '../jetstream/answers.ts';

const S = (config: Readonly<Record<string, unknown>> = {}) => stream('S', { subjects: ['s.>'], ...config });
const info = (expected: AnswerLike) => api('STREAM.INFO.S', { subjects_filter: '>', deleted_details: true }, expected);

/** Headers of a message of a batch. */
const batched = (id: string, sequence: number | string, ...more: string[]): string[] => [
  `Nats-Batch-Id: ${id}`,
  `Nats-Batch-Sequence: ${sequence}`,
  ...more,
];
/** The same of the last one. */
const commit = (id: string, sequence: number, ...more: string[]): string[] =>
  batched(id, sequence, ...more, 'Nats-Batch-Commit: 1');

/** Batches of which all messages are stored or none. */
export const jetStreamPublishBatches: JetStreamCase[] = [
  {
    name: 'batch: a batch is stored as a whole',
    steps: [
      S({ allow_atomic: true }),
      publish('s.1', 'one', textAnswer(''), batched('b', 1)),
      publish('s.2', 'two', textAnswer(''), batched('b', 2)),
      info(
        part({
          state: { messages: 0, last_seq: 0 },
        }),
      ),
      publish('s.3', 'three', stored('S', 3, { batch: 'b', count: 3 }), batched('b', 3, 'Nats-Batch-Commit: 1')),
      api('STREAM.MSG.GET.S', { seq: 1 }, found('s.1', 1, 'one', ['Nats-Batch-Id: b', 'Nats-Batch-Sequence: 1'])),
      api(
        'STREAM.MSG.GET.S',
        { seq: 3 },
        found('s.3', 3, 'three', ['Nats-Batch-Id: b', 'Nats-Batch-Sequence: 3', 'Nats-Batch-Commit: 1']),
      ),
    ],
  },
  {
    name: 'batch: a batch that is ended by a message of its own',
    steps: [
      S({ allow_atomic: true }),
      publish('s.1', 'one', textAnswer(''), batched('b', 1)),
      publish('s.2', 'two', textAnswer(''), batched('b', 2)),
      publish('s.2', 'end', stored('S', 2, { batch: 'b', count: 2 }), batched('b', 3, 'Nats-Batch-Commit: eob')),
      api(
        'STREAM.MSG.GET.S',
        { seq: 2 },
        found('s.2', 2, 'two', ['Nats-Batch-Id: b', 'Nats-Batch-Sequence: 2', 'Nats-Batch-Commit: 1']),
      ),
      api('STREAM.MSG.GET.S', { seq: 3 }, failed('stream_msg_get', 404, 10037, 'no message found')),
    ],
  },
  {
    name: 'batch: a batch of one message, and of none',
    steps: [
      S({ allow_atomic: true }),
      publish('s.1', 'one', stored('S', 1, { batch: 'b', count: 1 }), batched('b', 1, 'Nats-Batch-Commit: 1')),
      publish(
        's.1',
        'end',
        notStored('S', 400, 10176, 'atomic publish batch is incomplete'),
        batched('b', 1, 'Nats-Batch-Commit: eob'),
      ),
    ],
  },
  {
    name: 'batch: batches that make no sense',
    steps: [
      S({ allow_atomic: true }),
      publish('s.1', 'x', notStored('S', 400, 10176, 'atomic publish batch is incomplete'), batched('b', 2)),
      publish('s.1', 'x', notStored('S', 400, 10199, 'atomic publish batch is too large: 1000'), batched('b', 1001)),
      publish(
        's.1',
        'x',
        notStored('S', 400, 10199, 'atomic publish batch is too large: 1000'),
        batched('b', 1002, 'Nats-Batch-Commit: eob'),
      ),
      publish('s.1', 'x', notStored('S', 400, 10175, 'atomic publish sequence is missing'), ['Nats-Batch-Id: b']),
      publish('s.1', 'x', notStored('S', 400, 10175, 'atomic publish sequence is missing'), batched('b', 'x')),
      publish('s.1', 'x', notStored('S', 400, 10176, 'atomic publish batch is incomplete'), batched('b', 0)),
      publish('s.1', 'x', notStored('S', 400, 10179, 'atomic publish batch ID is invalid'), batched('y'.repeat(65), 1)),
      publish(
        's.1',
        'x',
        notStored('S', 400, 10200, 'atomic publish batch commit is invalid'),
        batched('b', 1, 'Nats-Batch-Commit: x'),
      ),
      publish('s.1', 'x', textAnswer(''), batched('b', 1)),
      publish(
        's.1',
        'x',
        notStored('S', 400, 10200, 'atomic publish batch commit is invalid'),
        batched('b', 2, 'Nats-Batch-Commit: 0'),
      ),
    ],
  },
  {
    name: 'batch: a batch with a gap is given up, and that is told',
    steps: [
      S({ allow_atomic: true }),
      subscribe('told', '$JS.EVENT.ADVISORY.STREAM.BATCH_ABANDONED.S'),
      publish('s.1', 'x', textAnswer(''), batched('b', 1)),
      publish('s.1', 'x', notStored('S', 400, 10176, 'atomic publish batch is incomplete'), batched('b', 3)),
      publish('s.1', 'x', notStored('S', 400, 10176, 'atomic publish batch is incomplete'), batched('b', 4)),
      receive(
        'told',
        msg('<inbox>', {
          type: 'io.nats.jetstream.advisory.v1.stream_batch_abandoned',
          id: '<id>',
          timestamp: '<time>',
          stream: 'S',
          batch: 'b',
          reason: 'incomplete',
        }),
      ),
    ],
  },
  {
    name: 'batch: a batch that needs more than there is',
    steps: [
      S({ allow_atomic: true }),
      subscribe('told', '$JS.EVENT.ADVISORY.STREAM.BATCH_ABANDONED.S'),
      publish(
        's.1',
        'x',
        notStored('S', 412, 10185, 'JetStream minimum api level required'),
        batched('b', 1, 'Nats-Required-Api-Level: 99'),
      ),
      receive(
        'told',
        msg('<inbox>', {
          type: 'io.nats.jetstream.advisory.v1.stream_batch_abandoned',
          id: '<id>',
          timestamp: '<time>',
          stream: 'S',
          batch: 'b',
          reason: 'unsupported',
        }),
      ),
      publish('s.1', 'x', textAnswer(''), batched('b', 1, 'Nats-Required-Api-Level: 1')),
      publish('s.1', 'x', stored('S', 2, { batch: 'b', count: 2 }), batched('b', 2, 'Nats-Batch-Commit: 1')),
      api('STREAM.MSG.GET.S', { seq: 1 }, found('s.1', 1, 'x', ['Nats-Batch-Id: b', 'Nats-Batch-Sequence: 1'])),
    ],
  },
  {
    name: 'batch: expectations of messages in a batch',
    steps: [
      S({ allow_atomic: true }),
      fill('S', 's.1', 2),
      publish('s.1', 'x', stored('S', 3, { batch: 'a', count: 1 }), commit('a', 1, 'Nats-Expected-Last-Sequence: 2')),
      publish(
        's.1',
        'x',
        notStored('S', 400, 10071, 'wrong last sequence: 3'),
        commit('b', 1, 'Nats-Expected-Last-Sequence: 2'),
      ),
      publish('s.1', 'x', textAnswer(''), batched('c', 1)),
      publish(
        's.2',
        'x',
        notStored('S', 400, 10164, 'wrong last sequence'),
        commit('c', 2, 'Nats-Expected-Last-Sequence: 4'),
      ),
      publish('s.1', 'x', textAnswer(''), batched('d', 1)),
      publish(
        's.2',
        'x',
        notStored('S', 400, 10071, 'wrong last sequence: 4'),
        commit('d', 2, 'Nats-Expected-Last-Sequence: 3'),
      ),
      publish('s.1', 'x', textAnswer(''), batched('e', 1)),
      publish(
        's.1',
        'x',
        notStored('S', 400, 10164, 'wrong last sequence'),
        commit('e', 2, 'Nats-Expected-Last-Subject-Sequence: 4'),
      ),
      publish('s.7', 'x', textAnswer(''), batched('f', 1, 'Nats-Expected-Last-Subject-Sequence: 0')),
      publish(
        's.8',
        'x',
        textAnswer(''),
        batched('f', 2, 'Nats-Expected-Last-Subject-Sequence: 0', 'Nats-Expected-Last-Subject-Sequence-Subject: s.9'),
      ),
      publish('s.9', 'x', stored('S', 6, { batch: 'f', count: 3 }), commit('f', 3)),
      publish(
        's.1',
        'x',
        notStored('S', 400, 10193, 'missing sequence for expected last sequence per subject'),
        commit('g', 1, 'Nats-Expected-Last-Subject-Sequence-Subject: s.9'),
      ),
      publish(
        's.1',
        'x',
        notStored('S', 400, 10177, 'atomic publish unsupported header used: Nats-Expected-Last-Msg-Id'),
        commit('h', 1, 'Nats-Expected-Last-Msg-Id: x'),
      ),
      publish(
        's.1',
        'x',
        notStored('S', 400, 10060, 'expected stream does not match'),
        commit('i', 1, 'Nats-Expected-Stream: x'),
      ),
    ],
  },
  {
    name: 'batch: ids of messages in a batch',
    steps: [
      S({ allow_atomic: true }),
      publish('s.1', 'x', textAnswer(''), batched('a', 1, 'Nats-Msg-Id: m1')),
      publish(
        's.1',
        'x',
        notStored('S', 400, 10201, 'atomic publish batch contains duplicate message id'),
        commit('a', 2, 'Nats-Msg-Id: m1'),
      ),
      publish('s.1', 'x', textAnswer(''), batched('b', 1, 'Nats-Msg-Id: m1')),
      publish('s.1', 'x', stored('S', 2, { batch: 'b', count: 2 }), commit('b', 2, 'Nats-Msg-Id: m2')),
      publish('s.1', 'x', textAnswer(''), batched('c', 1, 'Nats-Msg-Id: m3')),
      publish(
        's.1',
        'x',
        notStored('S', 400, 10201, 'atomic publish batch contains duplicate message id'),
        commit('c', 2, 'Nats-Msg-Id: m2'),
      ),
      publish('s.1', 'x', stored('S', 2, { duplicate: true }), ['Nats-Msg-Id: m2']),
      publish('s.1', 'x', stored('S', 3), ['Nats-Expected-Last-Msg-Id: m2']),
    ],
  },
  {
    name: 'batch: rollups in a batch',
    steps: [
      S({ allow_atomic: true, allow_rollup_hdrs: true }),
      fill('S', ['s.a', 's.b'], 4),
      publish('s.a', 'x', textAnswer(''), batched('a', 1)),
      publish('s.a', 'x', notStored('S', 500, 10111, 'batch rollup sub invalid'), commit('a', 2, 'Nats-Rollup: sub')),
      publish('s.a', 'x', textAnswer(''), batched('b', 1, 'Nats-Rollup: sub')),
      publish('s.b', 'x', stored('S', 6, { batch: 'b', count: 2 }), commit('b', 2, 'Nats-Rollup: sub')),
      info(
        part({
          state: {
            messages: 2,
            bytes: 242,
            first_seq: 5,
            first_ts: '<time>',
            last_seq: 6,
            last_ts: '<time>',
            num_subjects: 2,
            subjects: { 's.a': 1, 's.b': 1 },
            consumer_count: 0,
          },
        }),
      ),
      publish('s.a', 'x', textAnswer(''), batched('c', 1)),
      publish('s.b', 'x', notStored('S', 500, 10111, 'batch rollup all invalid'), commit('c', 2, 'Nats-Rollup: all')),
      publish('s.a', 'x', textAnswer(''), batched('d', 1, 'Nats-Rollup: all')),
      publish('s.c', 'x', stored('S', 8, { batch: 'd', count: 2 }), commit('d', 2)),
      info(
        part({
          state: {
            messages: 2,
            bytes: 224,
            first_seq: 7,
            first_ts: '<time>',
            last_seq: 8,
            last_ts: '<time>',
            num_subjects: 2,
            subjects: { 's.a': 1, 's.c': 1 },
            consumer_count: 0,
          },
        }),
      ),
      publish(
        's.a',
        'x',
        notStored('S', 500, 10111, 'rollup value invalid: "some"'),
        commit('e', 1, 'Nats-Rollup: some'),
      ),
    ],
  },
  {
    name: 'batch: a batch into a stream that refuses new messages',
    steps: [
      S({ allow_atomic: true, discard: 'new', max_msgs: 3, max_msgs_per_subject: 2, discard_new_per_subject: true }),
      publish('s.1', 'x', textAnswer(''), batched('a', 1)),
      publish('s.2', 'x', textAnswer(''), batched('a', 2)),
      publish('s.3', 'x', textAnswer(''), batched('a', 3)),
      publish('s.4', 'x', notStored('S', 503, 10077, 'maximum messages exceeded'), commit('a', 4)),
      publish('s.1', 'x', textAnswer(''), batched('b', 1)),
      publish('s.1', 'x', textAnswer(''), batched('b', 2)),
      publish('s.1', 'x', notStored('S', 503, 10077, 'maximum messages per subject exceeded'), commit('b', 3)),
      publish('s.1', 'x', textAnswer(''), batched('c', 1)),
      publish('s.1', 'x', textAnswer(''), batched('c', 2)),
      publish('s.3', 'x', stored('S', 3, { batch: 'c', count: 3 }), commit('c', 3)),
      publish('s.4', 'x', notStored('S', 503, 10077, 'maximum messages exceeded'), commit('d', 1)),
    ],
  },
  {
    name: 'batch: counters in a batch',
    steps: [
      S({ allow_atomic: true, allow_msg_counter: true }),
      publish('s.1', '', textAnswer(''), batched('a', 1, 'Nats-Incr: 1')),
      publish('s.1', '', textAnswer(''), batched('a', 2, 'Nats-Incr: 5')),
      publish('s.2', '', stored('S', 3, { batch: 'a', count: 3 }), commit('a', 3, 'Nats-Incr: -7')),
      api(
        'STREAM.MSG.GET.S',
        { seq: 2 },
        found('s.1', 2, '{"val":"6"}', ['Nats-Batch-Id: a', 'Nats-Batch-Sequence: 2', 'Nats-Incr: 5']),
      ),
      publish('s.1', '', textAnswer(''), batched('b', 1)),
      publish('s.1', '', notStored('S', 400, 10169, 'message counter increment is missing'), commit('b', 2)),
      publish('s.1', '', stored('S', 4, { val: '7' }), ['Nats-Incr: 1']),
    ],
  },
  {
    name: 'batch: a batch under transformed subjects',
    steps: [
      S({ allow_atomic: true, subject_transform: { src: 's.*', dest: 't.{{wildcard(1)}}' } }),
      publish('s.1', 'x', textAnswer(''), batched('a', 1)),
      publish('s.2', 'x', stored('S', 2, { batch: 'a', count: 2 }), commit('a', 2)),
      api(
        'STREAM.MSG.GET.S',
        { last_by_subj: 't.1' },
        found('t.1', 1, 'x', ['Nats-Batch-Id: a', 'Nats-Batch-Sequence: 1']),
      ),
    ],
  },
  {
    name: 'batch: more batches than may be open',
    steps: [
      S({ allow_atomic: true }),
      Array.from({ length: 50 }, (_, index) => publish('s.1', 'x', textAnswer(''), batched(`b${index}`, 1))),
      publish('s.1', 'x', notStored('S', 429, 10210, 'atomic publish too many inflight'), batched('one more', 1)),
      publish('s.1', 'x', stored('S', 2, { batch: 'b0', count: 2 }), commit('b0', 2)),
      publish('s.1', 'x', stored('S', 3, { batch: 'one more', count: 1 }), commit('one more', 1)),
    ],
  },
  {
    name: 'batch: a batch is not seen before it is whole',
    steps: [
      S({ allow_atomic: true }),
      consumer('S', 'C'),
      publish('s.1', 'x', textAnswer(''), batched('a', 1)),
      pull('S', 'C', { batch: 1, no_wait: true }, status('404 No Messages')),
      publish('s.1', 'y', stored('S', 2, { batch: 'a', count: 2 }), commit('a', 2)),
      pull(
        'S',
        'C',
        { batch: 2, no_wait: true },
        msg('s.1', 'x', '$JS.ACK.S.C.1.1.1.<ns>.1', ['Nats-Batch-Id: a', 'Nats-Batch-Sequence: 1']),
        msg('s.1', 'y', '$JS.ACK.S.C.1.2.2.<ns>.0', [
          'Nats-Batch-Id: a',
          'Nats-Batch-Sequence: 2',
          'Nats-Batch-Commit: 1',
        ]),
      ),
    ],
  },
  {
    name: 'batch: a batch after a restart',
    alone: true,
    steps: [
      S({ allow_atomic: true }),
      publish('s.1', 'x', textAnswer(''), batched('a', 1)),
      publish('s.1', 'x', stored('S', 2, { batch: 'a', count: 2 }), commit('a', 2)),
      publish('s.1', 'x', textAnswer(''), batched('b', 1)),
      restart('SIGKILL'),
      publish('s.1', 'x', notStored('S', 400, 10176, 'atomic publish batch is incomplete'), commit('b', 2)),
      info(
        part({
          state: {
            messages: 2,
            bytes: 206,
            first_seq: 1,
            first_ts: '<time>',
            last_seq: 2,
            last_ts: '<time>',
            num_subjects: 1,
            subjects: { 's.1': 2 },
            consumer_count: 0,
          },
        }),
      ),
      publish('s.1', 'x', stored('S', 3, { batch: 'c', count: 1 }), commit('c', 1)),
    ],
  },
];
