import {
  type AnswerLike,
  api,
  type JetStreamCase,
  quiet,
  receive,
  send,
  stream,
  subscribe,
} from '../jetstream/steps.ts';
import { found, msg, part } from '../jetstream/answers.ts';

const S = (config: Readonly<Record<string, unknown>> = {}) => stream('S', { subjects: ['s.>'], ...config });
const info = (expected: AnswerLike) => api('STREAM.INFO.S', { subjects_filter: '>', deleted_details: true }, expected);

/** A message of a fast batch: `<id>.<flow>.<gap>.<sequence>.<operation>`. */
const sent = (subject: string, place: string, headers: readonly string[] = [], payload = 'x') =>
  send(subject, payload, { reply: `acks.${place}.$FI`, headers });

/** Batches that are acknowledged a number of messages at a time. */
export const jetStreamPublishFast: JetStreamCase[] = [
  {
    name: 'fast batch: acknowledged every so many messages',
    steps: [
      subscribe('acks', 'acks.>'),
      S({ allow_batched: true }),
      sent('s.1', 'i.2.fail.1.0'),
      receive('acks', msg('acks.i.2.fail.1.0.$FI', { type: 'ack', seq: 0, msgs: 2 })),
      sent('s.1', 'i.2.fail.2.1'),
      receive('acks', msg('acks.i.2.fail.2.1.$FI', { type: 'ack', seq: 2, msgs: 2 })),
      sent('s.1', 'i.2.fail.3.1'),
      quiet('acks'),
      sent('s.1', 'i.2.fail.4.1'),
      receive('acks', msg('acks.i.2.fail.4.1.$FI', { type: 'ack', seq: 4, msgs: 2 })),
      sent('s.1', 'i.2.fail.4.4'),
      receive('acks', msg('acks.i.2.fail.4.4.$FI', { type: 'ack', seq: 4, msgs: 2 })),
      sent('s.1', 'i.2.fail.5.2'),
      receive('acks', msg('acks.i.2.fail.5.2.$FI', '{"stream":"S","seq":5,"batch":"i","count":5}')),
      api('STREAM.MSG.GET.S', { seq: 5 }, found('s.1', 5, 'x')),
    ],
  },
  {
    name: 'fast batch: ended by a message that is not stored',
    steps: [
      subscribe('acks', 'acks.>'),
      S({ allow_batched: true }),
      sent('s.1', 'i.9.fail.1.0'),
      receive('acks', msg('acks.i.9.fail.1.0.$FI', { type: 'ack', seq: 0, msgs: 9 })),
      sent('s.1', 'i.9.fail.2.1'),
      quiet('acks'),
      sent('s.1', 'i.9.fail.3.3'),
      receive('acks', msg('acks.i.9.fail.3.3.$FI', '{"stream":"S","seq":2,"batch":"i","count":2}')),
      info(
        part({
          state: {
            messages: 2,
            bytes: 68,
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
    ],
  },
  {
    name: 'fast batch: a batch of one message',
    steps: [
      subscribe('acks', 'acks.>'),
      S({ allow_batched: true }),
      sent('s.1', 'i.10.fail.1.2'),
      receive('acks', msg('acks.i.10.fail.1.2.$FI', '{"stream":"S","seq":1,"batch":"i","count":1}')),
      sent('s.1', 'i.10.fail.1.2'),
      receive('acks', msg('acks.i.10.fail.1.2.$FI', '{"stream":"S","seq":2,"batch":"i","count":1}')),
    ],
  },
  {
    name: 'fast batch: replies that make no sense',
    steps: [
      subscribe('acks', 'acks.>'),
      S({ allow_batched: true }),
      sent('s.1', 'i.10.fail.1.3'),
      receive(
        'acks',
        msg(
          'acks.i.10.fail.1.3.$FI',
          '{"error":{"code":400,"err_code":10206,"description":"batch publish pattern is invalid"},"stream":"S","seq":0}',
        ),
      ),
      sent('s.1', 'i.10.fail.2.0'),
      receive(
        'acks',
        msg(
          'acks.i.10.fail.2.0.$FI',
          '{"error":{"code":400,"err_code":10206,"description":"batch publish pattern is invalid"},"stream":"S","seq":0}',
        ),
      ),
      sent('s.1', 'i.10.fail.1.1'),
      receive(
        'acks',
        msg(
          'acks.i.10.fail.1.1.$FI',
          '{"error":{"code":400,"err_code":10206,"description":"batch publish pattern is invalid"},"stream":"S","seq":0}',
        ),
      ),
      sent('s.1', 'i.10.foo.1.0'),
      receive(
        'acks',
        msg(
          'acks.i.10.foo.1.0.$FI',
          '{"error":{"code":400,"err_code":10206,"description":"batch publish pattern is invalid"},"stream":"S","seq":0}',
        ),
      ),
      sent('s.1', 'i.10.ok.0.0'),
      receive(
        'acks',
        msg(
          'acks.i.10.ok.0.0.$FI',
          '{"error":{"code":400,"err_code":10206,"description":"batch publish pattern is invalid"},"stream":"S","seq":0}',
        ),
      ),
      sent('s.1', 'i.10.ok.1.5'),
      receive(
        'acks',
        msg(
          'acks.i.10.ok.1.5.$FI',
          '{"error":{"code":400,"err_code":10206,"description":"batch publish pattern is invalid"},"stream":"S","seq":0}',
        ),
      ),
      sent('s.1', 'i.10.ok.1.x'),
      receive(
        'acks',
        msg(
          'acks.i.10.ok.1.x.$FI',
          '{"error":{"code":400,"err_code":10206,"description":"batch publish pattern is invalid"},"stream":"S","seq":0}',
        ),
      ),
      sent('s.1', 'i.10.ok.2.1'),
      receive(
        'acks',
        msg(
          'acks.i.10.ok.2.1.$FI',
          '{"error":{"code":400,"err_code":10208,"description":"batch publish ID unknown"},"stream":"S","seq":0}',
        ),
      ),
      sent('s.1', 'i.10.ok.1.4'),
      receive(
        'acks',
        msg(
          'acks.i.10.ok.1.4.$FI',
          '{"error":{"code":400,"err_code":10208,"description":"batch publish ID unknown"},"stream":"S","seq":0}',
        ),
      ),
      sent('s.1', 'yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy.10.ok.1.0'),
      receive(
        'acks',
        msg(
          'acks.yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy.10.ok.1.0.$FI',
          '{"error":{"code":400,"err_code":10207,"description":"batch publish ID is invalid"},"stream":"S","seq":0}',
        ),
      ),
    ],
  },
  {
    name: 'fast batch: gaps end a batch that may have none',
    steps: [
      subscribe('acks', 'acks.>'),
      S({ allow_batched: true }),
      sent('s.1', 'i.1.fail.1.0'),
      receive(
        'acks',
        msg('acks.i.1.fail.1.0.$FI', { type: 'ack', seq: 0, msgs: 1 }),
        msg('acks.i.1.fail.1.0.$FI', { type: 'ack', seq: 1, msgs: 1 }),
      ),
      sent('s.1', 'i.1.fail.3.1'),
      receive(
        'acks',
        msg('acks.i.1.fail.3.1.$FI', { type: 'gap', last_seq: 2, seq: 3 }),
        msg('acks.i.1.fail.3.1.$FI', '{"stream":"S","seq":1,"batch":"i","count":1}'),
      ),
      sent('s.1', 'i.1.fail.4.1'),
      receive(
        'acks',
        msg(
          'acks.i.1.fail.4.1.$FI',
          '{"error":{"code":400,"err_code":10208,"description":"batch publish ID unknown"},"stream":"S","seq":0}',
        ),
      ),
    ],
  },
  {
    name: 'fast batch: gaps in a batch that may have them',
    steps: [
      subscribe('acks', 'acks.>'),
      S({ allow_batched: true }),
      sent('s.1', 'i.1.ok.1.0'),
      receive(
        'acks',
        msg('acks.i.1.ok.1.0.$FI', { type: 'ack', seq: 0, msgs: 1 }),
        msg('acks.i.1.ok.1.0.$FI', { type: 'ack', seq: 1, msgs: 1 }),
      ),
      sent('s.1', 'i.1.ok.3.1'),
      receive(
        'acks',
        msg('acks.i.1.ok.3.1.$FI', { type: 'gap', last_seq: 2, seq: 3 }),
        msg('acks.i.1.ok.3.1.$FI', { type: 'ack', seq: 3, msgs: 1 }),
      ),
      sent('s.1', 'i.1.ok.6.4'),
      receive(
        'acks',
        msg('acks.i.1.ok.6.4.$FI', { type: 'gap', last_seq: 4, seq: 7 }),
        msg('acks.i.1.ok.6.4.$FI', { type: 'ack', seq: 6, msgs: 1 }),
      ),
      sent('s.1', 'i.1.ok.7.1'),
      receive('acks', msg('acks.i.1.ok.7.1.$FI', { type: 'ack', seq: 7, msgs: 1 })),
      sent('s.1', 'i.1.ok.5.1'),
      receive(
        'acks',
        msg('acks.i.1.ok.5.1.$FI', { type: 'gap', last_seq: 8, seq: 5 }),
        msg('acks.i.1.ok.5.1.$FI', '{"stream":"S","seq":3,"batch":"i","count":7}'),
      ),
      sent('s.1', 'i.1.ok.8.2'),
      receive(
        'acks',
        msg(
          'acks.i.1.ok.8.2.$FI',
          '{"error":{"code":400,"err_code":10208,"description":"batch publish ID unknown"},"stream":"S","seq":0}',
        ),
      ),
    ],
  },
  {
    name: 'fast batch: a ping behind what came',
    steps: [
      subscribe('acks', 'acks.>'),
      S({ allow_batched: true }),
      sent('s.1', 'i.5.fail.1.0'),
      receive('acks', msg('acks.i.5.fail.1.0.$FI', { type: 'ack', seq: 0, msgs: 5 })),
      sent('s.1', 'i.5.fail.1.4'),
      receive('acks', msg('acks.i.5.fail.1.4.$FI', { type: 'ack', seq: 0, msgs: 5 })),
      sent('s.1', 'i.5.fail.3.4'),
      receive(
        'acks',
        msg('acks.i.5.fail.3.4.$FI', { type: 'gap', last_seq: 2, seq: 4 }),
        msg('acks.i.5.fail.3.4.$FI', '{"stream":"S","seq":1,"batch":"i","count":1}'),
      ),
      sent('s.1', 'i.5.fail.2.1'),
      receive(
        'acks',
        msg(
          'acks.i.5.fail.2.1.$FI',
          '{"error":{"code":400,"err_code":10208,"description":"batch publish ID unknown"},"stream":"S","seq":0}',
        ),
      ),
    ],
  },
  {
    name: 'fast batch: messages that are refused',
    steps: [
      subscribe('acks', 'acks.>'),
      S({ allow_batched: true }),
      sent('s.1', 'a.5.fail.1.0', ['Nats-Expected-Last-Sequence: 1']),
      receive(
        'acks',
        msg('acks.a.5.fail.1.0.$FI', { type: 'ack', seq: 0, msgs: 5 }),
        msg(
          'acks.a.5.fail.1.0.$FI',
          '{"error":{"code":400,"err_code":10071,"description":"wrong last sequence: 0"},"stream":"S","seq":0}',
        ),
      ),
      sent('s.1', 'b.5.ok.1.0', ['Nats-Expected-Last-Sequence: 1']),
      receive(
        'acks',
        msg('acks.b.5.ok.1.0.$FI', { type: 'ack', seq: 0, msgs: 5 }),
        msg('acks.b.5.ok.1.0.$FI', {
          type: 'err',
          seq: 1,
          error: { code: 400, err_code: 10071, description: 'wrong last sequence: 0' },
        }),
      ),
      sent('s.1', 'b.5.ok.2.1'),
      quiet('acks'),
      sent('s.1', 'b.5.ok.3.1', ['Nats-TTL: x']),
      receive(
        'acks',
        msg('acks.b.5.ok.3.1.$FI', {
          type: 'err',
          seq: 3,
          error: { code: 400, err_code: 10166, description: 'per-message TTL is disabled' },
        }),
      ),
      sent('s.1', 'b.5.ok.4.2', ['Nats-TTL: x']),
      receive(
        'acks',
        msg('acks.b.5.ok.4.2.$FI', {
          type: 'err',
          seq: 4,
          error: { code: 400, err_code: 10166, description: 'per-message TTL is disabled' },
        }),
        msg('acks.b.5.ok.4.2.$FI', '{"stream":"S","seq":1,"batch":"b","count":3}'),
      ),
      sent('s.1', 'c.5.fail.1.0'),
      receive('acks', msg('acks.c.5.fail.1.0.$FI', { type: 'ack', seq: 0, msgs: 5 })),
      sent('s.1', 'c.5.fail.2.1', ['Nats-TTL: x']),
      receive(
        'acks',
        msg('acks.c.5.fail.2.1.$FI', {
          type: 'err',
          seq: 2,
          error: { code: 400, err_code: 10166, description: 'per-message TTL is disabled' },
        }),
        msg('acks.c.5.fail.2.1.$FI', '{"stream":"S","seq":2,"batch":"c","count":1}'),
      ),
      sent('s.1', 'c.5.fail.3.1'),
      receive(
        'acks',
        msg(
          'acks.c.5.fail.3.1.$FI',
          '{"error":{"code":400,"err_code":10208,"description":"batch publish ID unknown"},"stream":"S","seq":0}',
        ),
      ),
    ],
  },
  {
    name: 'fast batch: messages that were there before',
    steps: [
      subscribe('acks', 'acks.>'),
      S({ allow_batched: true }),
      sent('s.1', 'a.1.fail.1.0', ['Nats-Msg-Id: m']),
      receive(
        'acks',
        msg('acks.a.1.fail.1.0.$FI', { type: 'ack', seq: 0, msgs: 1 }),
        msg('acks.a.1.fail.1.0.$FI', { type: 'ack', seq: 1, msgs: 1 }),
      ),
      sent('s.1', 'a.1.fail.2.1', ['Nats-Msg-Id: m']),
      receive('acks', msg('acks.a.1.fail.2.1.$FI', { type: 'ack', seq: 2, msgs: 1 })),
      sent('s.1', 'a.1.fail.3.2', ['Nats-Msg-Id: m']),
      receive(
        'acks',
        msg('acks.a.1.fail.3.2.$FI', { type: 'ack', seq: 3, msgs: 1 }),
        msg('acks.a.1.fail.3.2.$FI', '{"stream":"S","seq":1,"batch":"a","count":3}'),
      ),
      sent('s.1', 'b.1.fail.1.2', ['Nats-Msg-Id: m']),
      receive(
        'acks',
        msg('acks.b.1.fail.1.2.$FI', { type: 'ack', seq: 1, msgs: 1 }),
        msg('acks.b.1.fail.1.2.$FI', '{"stream":"S","seq":1,"duplicate": true,"batch":"b","count":1}'),
      ),
      sent('s.1', 'c.1.ok.1.2', ['Nats-Msg-Id: m']),
      receive(
        'acks',
        msg('acks.c.1.ok.1.2.$FI', { type: 'ack', seq: 1, msgs: 1 }),
        msg('acks.c.1.ok.1.2.$FI', '{"stream":"S","seq":0,"batch":"c","count":1}'),
      ),
    ],
  },
  {
    name: 'fast batch: a level that is not there, and flows at their limits',
    steps: [
      subscribe('acks', 'acks.>'),
      S({ allow_batched: true }),
      sent('s.1', 'a.1.ok.1.0', ['Nats-Required-Api-Level: 99']),
      receive(
        'acks',
        msg(
          'acks.a.1.ok.1.0.$FI',
          '{"error":{"code":412,"err_code":10185,"description":"JetStream minimum api level required"},"stream":"S","seq":0}',
        ),
      ),
      sent('s.1', 'a.1.ok.1.2', ['Nats-Required-Api-Level: 1']),
      receive('acks', msg('acks.a.1.ok.1.2.$FI', '{"stream":"S","seq":1,"batch":"a","count":1}')),
      sent('s.1', 'b.0.ok.1.0'),
      receive('acks', msg('acks.b.0.ok.1.0.$FI', { type: 'ack', seq: 0, msgs: 10 })),
      sent('s.1', 'c.70000.ok.1.0'),
      receive(
        'acks',
        msg('acks.c.70000.ok.1.0.$FI', { type: 'ack', seq: 0, msgs: 1 }),
        msg('acks.c.70000.ok.1.0.$FI', { type: 'ack', seq: 1, msgs: 2 }),
      ),
      sent('s.1', 'c.1.ok.2.2'),
      receive('acks', msg('acks.c.1.ok.2.2.$FI', '{"stream":"S","seq":4,"batch":"c","count":2}')),
      sent('s.1', 'b.1.ok.2.2'),
      receive('acks', msg('acks.b.1.ok.2.2.$FI', '{"stream":"S","seq":5,"batch":"b","count":2}')),
    ],
  },
  {
    name: 'fast batch: streams that do not take them, or have no room',
    steps: [
      subscribe('acks', 'acks.>'),
      S(),
      sent('s.1', 'a.1.ok.1.0'),
      receive(
        'acks',
        msg(
          'acks.a.1.ok.1.0.$FI',
          '{"error":{"code":400,"err_code":10205,"description":"batch publish is disabled"},"stream":"S","seq":0}',
        ),
      ),
      sent('s.1', 'a.1.zz.1.0'),
      receive(
        'acks',
        msg(
          'acks.a.1.zz.1.0.$FI',
          '{"error":{"code":400,"err_code":10205,"description":"batch publish is disabled"},"stream":"S","seq":0}',
        ),
      ),
      stream('N', { subjects: ['n'], allow_batched: true, discard: 'new', max_msgs: 2 }),
      sent('n', 'b.10.fail.1.0'),
      receive('acks', msg('acks.b.10.fail.1.0.$FI', { type: 'ack', seq: 0, msgs: 10 })),
      sent('n', 'b.10.fail.2.1'),
      quiet('acks'),
      sent('n', 'b.10.fail.3.1'),
      receive(
        'acks',
        msg('acks.b.10.fail.3.1.$FI', {
          type: 'err',
          seq: 3,
          error: { code: 503, err_code: 10077, description: 'maximum messages exceeded' },
        }),
        msg('acks.b.10.fail.3.1.$FI', '{"stream":"N","seq":2,"batch":"b","count":2}'),
      ),
      sent('n', 'b.10.fail.1.2'),
      receive(
        'acks',
        msg(
          'acks.b.10.fail.1.2.$FI',
          '{"error":{"code":503,"err_code":10077,"description":"maximum messages exceeded"},"stream":"N","seq":0}',
        ),
      ),
    ],
  },
  {
    name: 'fast batch: a stream that acknowledges nothing',
    steps: [
      subscribe('acks', 'acks.>'),
      S({ allow_batched: true, no_ack: true }),
      sent('s.1', 'a.1.fail.1.0'),
      receive('acks', msg('acks.a.1.fail.1.0.$FI', { type: 'ack', seq: 1, msgs: 1 })),
      sent('s.1', 'a.1.fail.2.1'),
      receive('acks', msg('acks.a.1.fail.2.1.$FI', { type: 'ack', seq: 2, msgs: 1 })),
      sent('s.1', 'a.1.fail.4.1'),
      receive(
        'acks',
        msg('acks.a.1.fail.4.1.$FI', { type: 'gap', last_seq: 3, seq: 4 }),
        msg('acks.a.1.fail.4.1.$FI', '{"stream":"S","seq":2,"batch":"a","count":2}'),
      ),
      sent('s.1', 'a.1.fail.9.1'),
      quiet('acks'),
    ],
  },
  {
    name: 'fast batch: a counter',
    steps: [
      subscribe('acks', 'acks.>'),
      S({ allow_batched: true, allow_msg_counter: true }),
      sent('s.1', 'a.9.fail.1.0', ['Nats-Incr: 1'], ''),
      receive('acks', msg('acks.a.9.fail.1.0.$FI', { type: 'ack', seq: 0, msgs: 9 })),
      sent('s.1', 'a.9.fail.2.2', ['Nats-Incr: 5'], ''),
      receive('acks', msg('acks.a.9.fail.2.2.$FI', '{"stream":"S","seq":2,"batch":"a","count":2}')),
      api('STREAM.MSG.GET.S', { seq: 2 }, found('s.1', 2, '{"val":"6"}', ['Nats-Incr: 5'])),
      sent('s.1', 'b.9.fail.1.2', [], ''),
      receive(
        'acks',
        msg(
          'acks.b.9.fail.1.2.$FI',
          '{"error":{"code":400,"err_code":10169,"description":"message counter increment is missing"},"stream":"S","seq":0}',
        ),
      ),
    ],
  },
];
