import {
  part,
  msg,
  direct,
  statusAnswer,
  answer,
  found,
  failed,
  stored,
  notStored,
  held,
  streamInfo,
  created,
  consumerInfo,
  page,
} from '../jetstream/answers.ts';
import {
  type JetStreamCase,
  type AnswerLike,
  api,
  eventually,
  stream,
  publish,
  subscribe,
  receive,
} from '../jetstream/steps.ts';

/** A bucket of keys and values as the client libraries make it. */
const BUCKET = {
  subjects: ['$KV.B.>'],
  max_msgs_per_subject: 5,
  discard: 'new',
  allow_rollup_hdrs: true,
  deny_delete: true,
  allow_direct: true,
  duplicate_window: 120_000_000_000,
  max_consumers: -1,
  max_msgs: -1,
  max_bytes: -1,
  max_msg_size: -1,
  num_replicas: 1,
};
const OBJECTS = { subjects: ['$O.B.C.>', '$O.B.M.>'], discard: 'new', allow_rollup_hdrs: true, allow_direct: true };
const put = (key: string, value: string, expected: AnswerLike, headers: string[] = []) =>
  publish(`$KV.B.${key}`, value, expected, headers);
const get = (key: string, expected: AnswerLike) => api(`DIRECT.GET.KV_B.$KV.B.${key}`, '', expected);

/** Keys and values and objects, as client libraries keep them in streams. */
export const jetStreamBuckets: JetStreamCase[] = [
  {
    name: 'a bucket is made and told of',
    steps: [
      api(
        'STREAM.CREATE.KV_B',
        { name: 'KV_B', ...BUCKET },
        created({
          name: 'KV_B',
          subjects: ['$KV.B.>'],
          max_msgs_per_subject: 5,
          discard: 'new',
          allow_direct: true,
          deny_delete: true,
          allow_rollup_hdrs: true,
        }),
      ),
      put('x', '1', stored('KV_B', 1)),
      api(
        'STREAM.INFO.KV_B',
        '',
        streamInfo('stream_info', {
          config: {
            name: 'KV_B',
            subjects: ['$KV.B.>'],
            max_msgs_per_subject: 5,
            discard: 'new',
            allow_direct: true,
            deny_delete: true,
            allow_rollup_hdrs: true,
          },
          state: held(1, 1, 38),
        }),
      ),
      api('STREAM.NAMES', { subject: '$KV.*.>' }, page('stream_names', 1, { streams: ['KV_B'] }, 1024)),
      api('STREAM.LIST', { subject: '$KV.*.>' }, part({ total: 1 })),
      api('STREAM.DELETE.KV_B', '', answer('stream_delete', { success: true })),
    ],
  },
  {
    name: 'put, get, create and update',
    steps: [
      stream('KV_B', BUCKET),
      get('x', statusAnswer('404 Message Not Found')),
      put('x', 'one', stored('KV_B', 1)),
      get('x', { message: direct('KV_B', '$KV.B.x', 1, 'one') }),
      put('x', 'two', notStored('KV_B', 400, 10071, 'wrong last sequence: 1'), [
        'Nats-Expected-Last-Subject-Sequence: 0',
      ]),
      put('x', 'two', stored('KV_B', 2), ['Nats-Expected-Last-Subject-Sequence: 1']),
      put('x', 'three', notStored('KV_B', 400, 10071, 'wrong last sequence: 2'), [
        'Nats-Expected-Last-Subject-Sequence: 1',
      ]),
      put('new', 'one', stored('KV_B', 3), ['Nats-Expected-Last-Subject-Sequence: 0']),
      get('x', { message: direct('KV_B', '$KV.B.x', 2, 'two', undefined, ['Nats-Expected-Last-Subject-Sequence: 1']) }),
      api(
        'STREAM.MSG.GET.KV_B',
        { last_by_subj: '$KV.B.x' },
        found('$KV.B.x', 2, 'two', ['Nats-Expected-Last-Subject-Sequence: 1']),
      ),
      api('DIRECT.GET.KV_B', { seq: 1 }, { message: direct('KV_B', '$KV.B.x', 1, 'one') }),
    ],
  },
  {
    name: 'delete and purge leave marks',
    steps: [
      stream('KV_B', BUCKET),
      put('x', 'one', stored('KV_B', 1)),
      put('x', 'two', stored('KV_B', 2)),
      put('x', '', stored('KV_B', 3), ['KV-Operation: DEL']),
      get('x', { message: direct('KV_B', '$KV.B.x', 3, '', undefined, ['KV-Operation: DEL']) }),
      api(
        'STREAM.INFO.KV_B',
        { subjects_filter: '$KV.B.>' },
        part({
          state: {
            messages: 3,
            bytes: 152,
            first_seq: 1,
            first_ts: '<time>',
            last_seq: 3,
            last_ts: '<time>',
            num_subjects: 1,
            subjects: { '$KV.B.x': 3 },
            consumer_count: 0,
          },
        }),
      ),
      put('x', '', stored('KV_B', 4), ['KV-Operation: PURGE', 'Nats-Rollup: sub']),
      get('x', { message: direct('KV_B', '$KV.B.x', 4, '', undefined, ['KV-Operation: PURGE', 'Nats-Rollup: sub']) }),
      api(
        'STREAM.INFO.KV_B',
        { subjects_filter: '$KV.B.>' },
        part({
          state: {
            messages: 1,
            bytes: 92,
            first_seq: 4,
            first_ts: '<time>',
            last_seq: 4,
            last_ts: '<time>',
            num_subjects: 1,
            subjects: { '$KV.B.x': 1 },
            consumer_count: 0,
          },
        }),
      ),
      put('x', 'again', stored('KV_B', 5), ['Nats-Expected-Last-Subject-Sequence: 4']),
      api(
        'STREAM.MSG.DELETE.KV_B',
        { seq: 5 },
        failed('stream_msg_delete', 500, 10057, 'message delete not permitted'),
      ),
    ],
  },
  {
    name: 'marks are purged',
    steps: [
      stream('KV_B', BUCKET),
      put('x', 'one', stored('KV_B', 1)),
      put('y', 'one', stored('KV_B', 2)),
      put('x', '', stored('KV_B', 3), ['KV-Operation: DEL']),
      api('STREAM.PURGE.KV_B', { filter: '$KV.B.x' }, answer('stream_purge', { success: true, purged: 2 })),
      get('x', statusAnswer('404 Message Not Found')),
      get('y', { message: direct('KV_B', '$KV.B.y', 2, 'one') }),
      put('x', 'anew', stored('KV_B', 4), ['Nats-Expected-Last-Subject-Sequence: 0']),
    ],
  },
  {
    name: 'history keeps as many as it should',
    steps: [
      stream('KV_B', { ...BUCKET, max_msgs_per_subject: 2 }),
      put('x', '1', stored('KV_B', 1)),
      put('x', '2', stored('KV_B', 2)),
      put('x', '3', stored('KV_B', 3)),
      put('y', '4', stored('KV_B', 4)),
      api(
        'STREAM.INFO.KV_B',
        { subjects_filter: '>' },
        part({
          state: {
            messages: 3,
            bytes: 114,
            first_seq: 2,
            first_ts: '<time>',
            last_seq: 4,
            last_ts: '<time>',
            num_subjects: 2,
            subjects: { '$KV.B.x': 2, '$KV.B.y': 1 },
            consumer_count: 0,
          },
        }),
      ),
      api('DIRECT.GET.KV_B', { next_by_subj: '$KV.B.x', seq: 1 }, { message: direct('KV_B', '$KV.B.x', 2, '2') }),
    ],
  },
  {
    name: 'a watch of everything',
    steps: [
      stream('KV_B', BUCKET),
      put('x', '1', stored('KV_B', 1)),
      put('y', '2', stored('KV_B', 2)),
      put('x', '3', stored('KV_B', 3)),
      subscribe('w', 'watch'),
      api(
        'CONSUMER.CREATE.KV_B.W.$KV.B.>',
        {
          stream_name: 'KV_B',
          config: {
            name: 'W',
            deliver_policy: 'last_per_subject',
            ack_policy: 'none',
            max_deliver: 1,
            filter_subject: '$KV.B.>',
            deliver_subject: 'watch',
            replay_policy: 'instant',
            flow_control: true,
            idle_heartbeat: 5_000_000_000,
            num_replicas: 1,
            mem_storage: true,
            inactive_threshold: 300_000_000_000,
            ack_wait: 79_200_000_000_000,
          },
        },
        consumerInfo('consumer_create', {
          stream_name: 'KV_B',
          name: 'W',
          config: {
            name: 'W',
            deliver_policy: 'last_per_subject',
            ack_policy: 'none',
            ack_wait: 79200000000000,
            max_deliver: 1,
            filter_subject: '$KV.B.>',
            flow_control: true,
            deliver_subject: 'watch',
            idle_heartbeat: 5000000000,
            inactive_threshold: 300000000000,
            num_replicas: 1,
            mem_storage: true,
            max_waiting: undefined,
            max_ack_pending: undefined,
          },
          delivered: { consumer_seq: 0, stream_seq: 1 },
          ack_floor: { consumer_seq: 0, stream_seq: 1 },
          num_pending: 2,
          push_bound: true,
        }),
      ),
      receive(
        'w',
        msg('$KV.B.y', '2', '$JS.ACK.KV_B.W.1.2.1.<ns>.1'),
        msg('$KV.B.x', '3', '$JS.ACK.KV_B.W.1.3.2.<ns>.0'),
      ),
      put('z', '4', stored('KV_B', 4)),
      put('x', '', stored('KV_B', 5), ['KV-Operation: DEL']),
      receive(
        'w',
        msg('$KV.B.z', '4', '$JS.ACK.KV_B.W.1.4.3.<ns>.0'),
        msg('$KV.B.x', '', '$JS.ACK.KV_B.W.1.5.4.<ns>.0', ['KV-Operation: DEL']),
      ),
      api('CONSUMER.DELETE.KV_B.W', '', answer('consumer_delete', { success: true })),
    ],
  },
  {
    name: 'keys, by a watch of headers',
    steps: [
      stream('KV_B', BUCKET),
      put('x', 'long value', stored('KV_B', 1)),
      put('y.z', '', stored('KV_B', 2), ['KV-Operation: DEL']),
      subscribe('w', 'watch'),
      api(
        'CONSUMER.CREATE.KV_B.W',
        {
          stream_name: 'KV_B',
          config: {
            name: 'W',
            deliver_policy: 'last_per_subject',
            ack_policy: 'none',
            filter_subject: '$KV.B.>',
            deliver_subject: 'watch',
            headers_only: true,
          },
        },
        part({ num_pending: 2 }),
      ),
      receive(
        'w',
        msg('$KV.B.x', '', '$JS.ACK.KV_B.W.1.1.1.<ns>.1', ['Nats-Msg-Size: 10']),
        msg('$KV.B.y.z', '', '$JS.ACK.KV_B.W.1.2.2.<ns>.0', ['KV-Operation: DEL', 'Nats-Msg-Size: 0']),
      ),
    ],
  },
  {
    name: 'a bucket with a limit of values',
    steps: [
      stream('KV_B', { ...BUCKET, max_msg_size: 20 }),
      put('x', 'x'.repeat(21), notStored('KV_B', 400, 10054, 'message size exceeds maximum allowed')),
      put('x', 'x'.repeat(20), stored('KV_B', 1)),
    ],
  },
  {
    name: 'a bucket that is full',
    steps: [
      stream('KV_B', { ...BUCKET, max_bytes: 120 }),
      put('x', '1', stored('KV_B', 1)),
      put('y', '2', stored('KV_B', 2)),
      put('z', '3', stored('KV_B', 3)),
      put('zz', '4', notStored('KV_B', 503, 10077, 'maximum bytes exceeded')),
    ],
  },
  {
    name: 'values with a time to live, and their marks',
    steps: [
      stream('KV_B', { ...BUCKET, allow_msg_ttl: true, subject_delete_marker_ttl: 1_000_000_000 }),
      put('x', '1', stored('KV_B', 1), ['Nats-TTL: 1s', 'Nats-Expected-Last-Subject-Sequence: 0']),
      get('x', {
        message: direct('KV_B', '$KV.B.x', 1, '1', undefined, [
          'Nats-TTL: 1s',
          'Nats-Expected-Last-Subject-Sequence: 0',
        ]),
      }),
      eventually(
        'DIRECT.GET.KV_B',
        { seq: 2 },
        {
          message: direct('KV_B', '$KV.B.x', 2, '', undefined, [
            'Nats-Marker-Reason: MaxAge',
            'Nats-TTL: 1s',
            'Nats-Rollup: sub',
          ]),
        },
      ),
      put('x', '2', notStored('KV_B', 400, 10071, 'wrong last sequence: 2'), [
        'Nats-Expected-Last-Subject-Sequence: 0',
      ]),
      put('y', '', stored('KV_B', 3), ['KV-Operation: PURGE', 'Nats-Rollup: sub', 'Nats-TTL: 1s']),
      eventually('STREAM.INFO.KV_B', { subjects_filter: '>' }, part({ state: { subjects: { '$KV.B.y': 1 } } })),
    ],
  },
  {
    name: 'a mirror of a bucket answers for it',
    steps: [
      stream('KV_B', BUCKET),
      put('x', '1', stored('KV_B', 1)),
      stream('KV_M', { mirror: { name: 'KV_B' }, mirror_direct: true, allow_direct: true, max_msgs_per_subject: 5 }),
      eventually('STREAM.INFO.KV_M', '', part({ state: { messages: 1 } })),
      api('DIRECT.GET.KV_M.$KV.B.x', '', { message: direct('KV_M', '$KV.B.x', 1, '1') }),
      api('STREAM.DELETE.KV_B', '', answer('stream_delete', { success: true })),
      api('DIRECT.GET.KV_B.$KV.B.x', '', { message: direct('KV_M', '$KV.B.x', 1, '1') }),
    ],
  },
  {
    name: 'a bucket from others',
    steps: [
      stream('KV_A', { ...BUCKET, subjects: ['$KV.A.>'] }),
      stream('KV_B', {
        ...BUCKET,
        sources: [{ name: 'KV_A', subject_transforms: [{ src: '$KV.A.>', dest: '$KV.B.>' }] }],
      }),
      publish('$KV.A.x', '1', stored('KV_A', 1)),
      eventually('DIRECT.GET.KV_B.$KV.B.x', '', {
        message: direct('KV_B', '$KV.B.x', 1, '1', undefined, [
          'Nats-Stream-Source: KV_A 1 $KV.A.> $KV.B.> $KV.A.x <name>',
        ]),
      }),
    ],
  },
  {
    name: 'an object in chunks',
    steps: [
      stream('OBJ_B', OBJECTS),
      publish('$O.B.C.nuid', 'chunk one', stored('OBJ_B', 1)),
      publish('$O.B.C.nuid', 'chunk two', stored('OBJ_B', 2)),
      publish(
        '$O.B.M.bmFtZQ==',
        '{"name":"name","bucket":"B","nuid":"nuid","size":18,"chunks":2,"digest":"SHA-256=x"}',
        stored('OBJ_B', 3),
        ['Nats-Rollup: sub'],
      ),
      api('DIRECT.GET.OBJ_B.$O.B.M.bmFtZQ==', '', {
        message: direct(
          'OBJ_B',
          '$O.B.M.bmFtZQ==',
          3,
          '{"name":"name","bucket":"B","nuid":"nuid","size":18,"chunks":2,"digest":"SHA-256=x"}',
          undefined,
          ['Nats-Rollup: sub'],
        ),
      }),
      subscribe('d', 'read'),
      api(
        'CONSUMER.CREATE.OBJ_B.R.$O.B.C.nuid',
        {
          stream_name: 'OBJ_B',
          config: {
            name: 'R',
            ack_policy: 'none',
            deliver_subject: 'read',
            filter_subject: '$O.B.C.nuid',
            max_deliver: 1,
            mem_storage: true,
          },
        },
        part({ num_pending: 2 }),
      ),
      receive(
        'd',
        msg('$O.B.C.nuid', 'chunk one', '$JS.ACK.OBJ_B.R.1.1.1.<ns>.1'),
        msg('$O.B.C.nuid', 'chunk two', '$JS.ACK.OBJ_B.R.1.2.2.<ns>.0'),
      ),
      publish('$O.B.M.bmFtZQ==', '{"name":"name","bucket":"B","nuid":"nuid","deleted":true}', stored('OBJ_B', 4), [
        'Nats-Rollup: sub',
      ]),
      api('STREAM.PURGE.OBJ_B', { filter: '$O.B.C.nuid' }, answer('stream_purge', { success: true, purged: 2 })),
      api(
        'STREAM.INFO.OBJ_B',
        { subjects_filter: '>' },
        part({
          state: {
            messages: 1,
            bytes: 136,
            first_seq: 4,
            first_ts: '<time>',
            last_seq: 4,
            last_ts: '<time>',
            num_subjects: 1,
            subjects: { '$O.B.M.bmFtZQ==': 1 },
            consumer_count: 1,
          },
        }),
      ),
    ],
  },
];
