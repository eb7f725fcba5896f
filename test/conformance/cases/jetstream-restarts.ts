import { type Fields, part, msg, found, failed, stored, notStored, page } from '../jetstream/answers.ts';
import {
  type JetStreamCase,
  api,
  eventually,
  stream,
  consumer,
  publish,
  fill,
  pull,
  ack,
  restart,
} from '../jetstream/steps.ts';

type Config = Readonly<Record<string, unknown>>;

const S = (config: Config = {}) => stream('S', { subjects: ['s.>'], ...config });
const six = fill('S', ['s.a', 's.b', 's.c'], 6);

/** Streams that come back with their six messages as they were. */
const KEPT: Fields[] = [
  { compression: 's2' },
  { persist_mode: 'async' },
  { allow_atomic: true, allow_batched: true },
  { retention: 'workqueue' },
  { discard: 'new', max_msgs: 6 },
  { subject_transform: { src: 'x.>', dest: 'y.>' }, subjects: ['s.>', 'x.>'] },
  { republish: { src: 's.>', dest: 'r.>' } },
];

/** What is there after the server was started again. */
export const jetStreamRestarts: JetStreamCase[] = [
  ...KEPT.map((config): JetStreamCase => ({
    name: `a stream with ${JSON.stringify(config)} after a restart`,
    alone: true,
    steps: [
      S(config),
      six,
      restart(),
      api(
        'STREAM.INFO.S',
        '',
        part({ config, state: { messages: 6, bytes: 210, first_seq: 1, last_seq: 6, num_subjects: 3 } }),
      ),
      api('STREAM.MSG.GET.S', { seq: 5 }, found('s.b', 5, 'n5')),
    ],
  })),
  ...(['aes', 'chachapoly'] as const).map((cipher): JetStreamCase => ({
    name: `an encrypted store (${cipher}) after a restart`,
    config: `server_name: case\njetstream { store_dir: "$FOLDER/js", key: "a key that nobody knows", cipher: ${cipher} }`,
    steps: [
      S(),
      six,
      consumer('S', 'C'),
      pull('S', 'C', 1, msg('s.a', 'n1', '$JS.ACK.S.C.1.1.1.<ns>.5')),
      ack(1),
      restart(),
      api('STREAM.INFO.S', '', part({ state: { messages: 6, bytes: 210 } })),
      api('STREAM.MSG.GET.S', { seq: 6 }, found('s.c', 6, 'n6')),
      api('CONSUMER.INFO.S.C', '', part({ ack_floor: { stream_seq: 1 }, num_pending: 5 })),
    ],
  })),
  {
    name: 'a sealed stream after a restart',
    alone: true,
    steps: [
      S(),
      six,
      api('STREAM.UPDATE.S', { name: 'S', subjects: ['s.>'], sealed: true }, part({ config: { sealed: true } })),
      restart('SIGKILL'),
      publish('s.a', 'x', notStored('S', 400, 10109, 'invalid operation on sealed stream')),
      api(
        'STREAM.MSG.DELETE.S',
        { seq: 1 },
        failed('stream_msg_delete', 400, 10109, 'invalid operation on sealed stream'),
      ),
      api('STREAM.INFO.S', '', part({ config: { sealed: true, deny_delete: true }, state: { messages: 6 } })),
    ],
  },
  {
    name: 'a stream that keeps what is wanted, after a restart',
    alone: true,
    steps: [
      S({ retention: 'interest' }),
      consumer('S', 'C'),
      consumer('S', 'D', { filter_subject: 's.a' }),
      six,
      pull(
        'S',
        'C',
        { batch: 6, no_wait: true },
        msg('s.a', 'n1', '$JS.ACK.S.C.1.1.1.<ns>.5'),
        msg('s.b', 'n2', '$JS.ACK.S.C.1.2.2.<ns>.4'),
        msg('s.c', 'n3', '$JS.ACK.S.C.1.3.3.<ns>.3'),
        msg('s.a', 'n4', '$JS.ACK.S.C.1.4.4.<ns>.2'),
        msg('s.b', 'n5', '$JS.ACK.S.C.1.5.5.<ns>.1'),
        msg('s.c', 'n6', '$JS.ACK.S.C.1.6.6.<ns>.0'),
      ),
      ack(1),
      ack(2),
      ack(3),
      restart(),
      api('STREAM.INFO.S', { deleted_details: true }, part({ state: { messages: 4, first_seq: 1, deleted: [2, 3] } })),
      pull('S', 'D', { batch: 1, no_wait: true }, msg('s.a', 'n1', '$JS.ACK.S.D.1.1.1.<ns>.1')),
      ack(7),
      eventually('STREAM.INFO.S', '', part({ state: { messages: 3, first_seq: 4 } })),
    ],
  },
  {
    name: 'what was deleted stays deleted, even at kill -9',
    alone: true,
    steps: [
      S(),
      six,
      api('STREAM.MSG.DELETE.S', { seq: 2 }, { part: { success: true } }),
      api('STREAM.PURGE.S', { filter: 's.c' }, part({ purged: 2 })),
      restart('SIGKILL'),
      api(
        'STREAM.INFO.S',
        { deleted_details: true, subjects_filter: '>' },
        part({
          state: {
            messages: 3,
            bytes: 105,
            first_seq: 1,
            first_ts: '<time>',
            last_seq: 6,
            last_ts: '<time>',
            num_subjects: 2,
            subjects: { 's.a': 2, 's.b': 1 },
            num_deleted: 3,
            deleted: [2, 3, 6],
            consumer_count: 0,
          },
        }),
      ),
      api('STREAM.PURGE.S', '', part({ purged: 3 })),
      restart('SIGKILL'),
      api('STREAM.INFO.S', '', part({ state: { messages: 0, first_seq: 7, last_seq: 6 } })),
      publish('s.a', 'on', stored('S', 7)),
    ],
  },
  {
    name: 'a consumer that is deleted or changed is so after a restart',
    alone: true,
    steps: [
      S(),
      six,
      consumer('S', 'C'),
      consumer('S', 'D'),
      consumer('S', 'P', { pause_until: '2050-01-01T00:00:00Z' }),
      api('CONSUMER.DELETE.S.C', '', { part: { success: true } }),
      api(
        'CONSUMER.CREATE.S.D',
        {
          stream_name: 'S',
          config: {
            name: 'D',
            durable_name: 'D',
            ack_policy: 'explicit',
            filter_subject: 's.b',
            description: 'changed',
          },
          action: 'update',
        },
        part({ config: { description: 'changed' } }),
      ),
      restart('SIGKILL'),
      api('CONSUMER.NAMES.S', '', page('consumer_names', 2, { consumers: ['D', 'P'] }, 1024)),
      api('CONSUMER.INFO.S.D', '', part({ config: { description: 'changed', filter_subject: 's.b' }, num_pending: 2 })),
      api('CONSUMER.INFO.S.P', '', part({ paused: true, config: { pause_until: '2050-01-01T00:00:00Z' } })),
    ],
  },
  {
    name: 'names of streams and consumers that need care in files',
    alone: true,
    steps: [
      ...['con', 'a-b_c=d', 'UPPER', 'upper', 'x'.repeat(120)].flatMap((name) => [
        stream(name, { subjects: [`s.${name}`] }),
        consumer(name, name),
      ]),
      restart(),
      api('STREAM.NAMES', '', part({ total: 5 })),
      ...['con', 'a-b_c=d', 'UPPER', 'upper', 'x'.repeat(120)].map((name) =>
        api(`CONSUMER.INFO.${name}.${name}`, '', part({ name })),
      ),
    ],
  },
];
