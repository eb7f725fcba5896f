import {
  NOTHING,
  part,
  statusAnswer,
  answer,
  failed,
  stored,
  streamInfo,
  consumerInfo,
  page,
  ACTIVE,
} from '../jetstream/answers.ts';
import {
  type Body,
  type JetStreamCase,
  type AnswerLike,
  api,
  eventually,
  stream,
  consumer,
  publish,
  send,
} from '../jetstream/steps.ts';

/** Requests that say nothing, where an empty object is as good as nothing. */
const EMPTY_ONLY: [subject: string, expected: AnswerLike][] = [
  [
    'INFO',
    answer('account_info', {
      memory: 0,
      storage: 0,
      reserved_memory: 0,
      reserved_storage: 0,
      streams: 1,
      consumers: 1,
      limits: {
        max_memory: -1,
        max_storage: -1,
        max_streams: -1,
        max_consumers: -1,
        max_ack_pending: -1,
        memory_max_stream_bytes: -1,
        storage_max_stream_bytes: -1,
        max_bytes_required: false,
      },
      api: { level: 5, total: 2, errors: 0 },
    }),
  ],
  ['STREAM.DELETE.S', answer('stream_delete', { success: true })],
  [
    'CONSUMER.INFO.S.C',
    consumerInfo('consumer_info', { stream_name: 'S', name: 'C', config: { durable_name: 'C', name: 'C' } }),
  ],
  ['CONSUMER.DELETE.S.C', answer('consumer_delete', { success: true })],
];

/** Bodies that are no JSON of the request. */
const BROKEN: [subject: string, body: string, expected: AnswerLike][] = [
  ['STREAM.CREATE.S', '', failed('stream_create', 400, 10056, 'stream name in subject does not match request')],
  [
    'STREAM.CREATE.S',
    'x',
    failed(
      'stream_create',
      400,
      10025,
      "invalid JSON: invalid character 'x' looking for beginning of value at offset 1",
    ),
  ],
  [
    'STREAM.CREATE.S',
    '[]',
    failed(
      'stream_create',
      400,
      10025,
      'invalid JSON: json: cannot unmarshal array into Go value of type server.StreamConfigRequest',
    ),
  ],
  ['STREAM.CREATE.S', 'null', failed('stream_create', 400, 10056, 'stream name in subject does not match request')],
  ['STREAM.CREATE.S', '{"name":"S"', failed('stream_create', 400, 10025, 'invalid JSON: unexpected EOF')],
  [
    'STREAM.CREATE.S',
    '{"name":5}',
    failed(
      'stream_create',
      400,
      10025,
      'invalid JSON: json: cannot unmarshal number into Go struct field StreamConfigRequest.name of type string',
    ),
  ],
  [
    'STREAM.CREATE.S',
    '{"name":"S","subjects":"s"}',
    failed(
      'stream_create',
      400,
      10025,
      'invalid JSON: json: cannot unmarshal string into Go struct field StreamConfigRequest.subjects of type []string',
    ),
  ],
  [
    'STREAM.CREATE.S',
    '{"name":"S","unknown":1}',
    failed('stream_create', 400, 10025, 'invalid JSON: json: unknown field "unknown"'),
  ],
  [
    'STREAM.CREATE.S',
    '{"name":"S","retention":"forever"}',
    failed('stream_create', 400, 10025, 'invalid JSON: can not unmarshal "\\"forever\\""'),
  ],
  [
    'STREAM.CREATE.S',
    '{"name":"S","storage":"tape"}',
    failed('stream_create', 400, 10025, 'invalid JSON: can not unmarshal "\\"tape\\""'),
  ],
  [
    'STREAM.CREATE.S',
    '{"name":"S","discard":"some"}',
    failed('stream_create', 400, 10025, 'invalid JSON: can not unmarshal "\\"some\\""'),
  ],
  [
    'STREAM.CREATE.S',
    '{"name":"S","compression":"zip"}',
    failed('stream_create', 400, 10025, 'invalid JSON: unknown compression algorithm'),
  ],
  [
    'STREAM.CREATE.S',
    '{"name":"S","persist_mode":"later"}',
    failed('stream_create', 400, 10025, 'invalid JSON: can not unmarshal "\\"later\\""'),
  ],
  [
    'STREAM.CREATE.S',
    '{"name":"S","max_msgs":1.5}',
    failed(
      'stream_create',
      400,
      10025,
      'invalid JSON: json: cannot unmarshal number 1.5 into Go struct field StreamConfigRequest.max_msgs of type int64',
    ),
  ],
  [
    'STREAM.CREATE.S',
    '{"name":"S","max_msgs":"1"}',
    failed(
      'stream_create',
      400,
      10025,
      'invalid JSON: json: cannot unmarshal string into Go struct field StreamConfigRequest.max_msgs of type int64',
    ),
  ],
  [
    'STREAM.CREATE.S',
    '{"name":"S","max_age":"1s"}',
    failed(
      'stream_create',
      400,
      10025,
      'invalid JSON: json: cannot unmarshal string into Go struct field StreamConfigRequest.max_age of type time.Duration',
    ),
  ],
  [
    'STREAM.CREATE.S',
    '{"name":"S","sources":[{"nam":"x"}]}',
    failed('stream_create', 400, 10025, 'invalid JSON: json: unknown field "nam"'),
  ],
  [
    'STREAM.CREATE.S',
    '{"name":"S"} trailing',
    failed(
      'stream_create',
      400,
      10025,
      "invalid JSON: invalid character 'a' in literal true (expecting 'u') at offset 16",
    ),
  ],
  ['STREAM.CREATE.S', '{"Name":"S","SUBJECTS":["caseless"]}', part({ config: { name: 'S', subjects: ['caseless'] } })],
  [
    'STREAM.UPDATE.S',
    'x',
    failed(
      'stream_update',
      400,
      10025,
      "invalid JSON: invalid character 'x' looking for beginning of value at offset 1",
    ),
  ],
  [
    'STREAM.INFO.S',
    'x',
    streamInfo('stream_info', { config: { name: 'S', subjects: ['s.>'] }, state: { consumer_count: 1 } }),
  ],
  [
    'STREAM.INFO.S',
    '{"unknown":1}',
    page(
      'stream_info',
      0,
      { error: { code: 400, err_code: 10025, description: 'invalid JSON: json: unknown field "unknown"' } },
      0,
    ),
  ],
  ['STREAM.NAMES', 'x', page('stream_names', 1, { streams: ['S'] }, 1024)],
  [
    'STREAM.NAMES',
    '{"offset":"1"}',
    page(
      'stream_names',
      0,
      {
        error: {
          code: 400,
          err_code: 10025,
          description:
            'invalid JSON: json: cannot unmarshal string into Go struct field JSApiStreamNamesRequest.offset of type int',
        },
        streams: null,
      },
      0,
    ),
  ],
  [
    'STREAM.LIST',
    '{"unknown":1}',
    page(
      'stream_list',
      0,
      {
        error: { code: 400, err_code: 10025, description: 'invalid JSON: json: unknown field "unknown"' },
        streams: [],
      },
      0,
    ),
  ],
  [
    'STREAM.PURGE.S',
    '{"seq":"1"}',
    answer('stream_purge', {
      error: {
        code: 400,
        err_code: 10025,
        description:
          'invalid JSON: json: cannot unmarshal string into Go struct field JSApiStreamPurgeRequest.seq of type uint64',
      },
      purged: 0,
    }),
  ],
  [
    'STREAM.PURGE.S',
    '{"what":1}',
    answer('stream_purge', {
      error: { code: 400, err_code: 10025, description: 'invalid JSON: json: unknown field "what"' },
      purged: 0,
    }),
  ],
  [
    'STREAM.MSG.GET.S',
    'x',
    failed(
      'stream_msg_get',
      400,
      10025,
      "invalid JSON: invalid character 'x' looking for beginning of value at offset 1",
    ),
  ],
  ['STREAM.MSG.GET.S', '', failed('stream_msg_get', 400, 10003, 'bad request')],
  [
    'STREAM.MSG.GET.S',
    '{"sequence":1}',
    failed('stream_msg_get', 400, 10025, 'invalid JSON: json: unknown field "sequence"'),
  ],
  ['STREAM.MSG.DELETE.S', '', failed('stream_msg_delete', 400, 10003, 'bad request')],
  [
    'STREAM.MSG.DELETE.S',
    '{"seq":-1}',
    failed(
      'stream_msg_delete',
      400,
      10025,
      'invalid JSON: json: cannot unmarshal number -1 into Go struct field JSApiMsgDeleteRequest.seq of type uint64',
    ),
  ],
  ['STREAM.SNAPSHOT.S', '', failed('stream_snapshot', 400, 10003, 'bad request')],
  ['STREAM.SNAPSHOT.S', '{}', failed('stream_snapshot', 400, 10003, 'bad request')],
  [
    'STREAM.RESTORE.S',
    '',
    answer('stream_restore', {
      error: { code: 400, err_code: 10003, description: 'bad request' },
      deliver_subject: '',
    }),
  ],
  [
    'STREAM.RESTORE.S',
    '{}',
    answer('stream_restore', {
      error: { code: 400, err_code: 10003, description: 'bad request' },
      deliver_subject: '',
    }),
  ],
  ['CONSUMER.CREATE.S', '', failed('consumer_create', 400, 10056, 'stream name in subject does not match request')],
  ['CONSUMER.CREATE.S', '{}', failed('consumer_create', 400, 10056, 'stream name in subject does not match request')],
  ['CONSUMER.CREATE.S.C', '{}', failed('consumer_create', 400, 10056, 'stream name in subject does not match request')],
  [
    'CONSUMER.CREATE.S.C',
    '{"stream_name":"S","config":{"deliver_policy":"some"}}',
    failed('consumer_create', 400, 10025, 'invalid JSON: can not unmarshal "\\"some\\""'),
  ],
  [
    'CONSUMER.CREATE.S.C',
    '{"stream_name":"S","config":{"ack_policy":"some"}}',
    failed('consumer_create', 400, 10025, 'invalid JSON: can not unmarshal "\\"some\\""'),
  ],
  [
    'CONSUMER.CREATE.S.C',
    '{"stream_name":"S","config":{"replay_policy":"some"}}',
    failed('consumer_create', 400, 10025, 'invalid JSON: can not unmarshal "\\"some\\""'),
  ],
  [
    'CONSUMER.CREATE.S.C',
    '{"stream_name":"S","config":{"priority_policy":"some"}}',
    failed('consumer_create', 400, 10025, 'invalid JSON: unknown priority policy: "some"'),
  ],
  [
    'CONSUMER.CREATE.S.C',
    '{"stream_name":"S","action":"some","config":{}}',
    failed('consumer_create', 400, 10025, 'invalid JSON: unknown consumer action: "some"'),
  ],
  [
    'CONSUMER.CREATE.S.C',
    '{"stream_name":"S","config":{"name":"C","unknown":true}}',
    failed('consumer_create', 400, 10025, 'invalid JSON: json: unknown field "unknown"'),
  ],
  [
    'CONSUMER.CREATE.S.C',
    '{"stream_name":"S","config":{"name":"C","ack_wait":"30s"}}',
    failed(
      'consumer_create',
      400,
      10025,
      'invalid JSON: json: cannot unmarshal string into Go struct field CreateConsumerRequest.config.ack_wait of type time.Duration',
    ),
  ],
  [
    'CONSUMER.CREATE.S.C',
    '{"stream_name":"S","config":{"name":"C","opt_start_time":"today"}}',
    failed(
      'consumer_create',
      400,
      10025,
      'invalid JSON: parsing time "today" as "2006-01-02T15:04:05Z07:00": cannot parse "today" as "2006"',
    ),
  ],
  [
    'CONSUMER.DURABLE.CREATE.S.C',
    '{}',
    failed('consumer_create', 400, 10056, 'stream name in subject does not match request'),
  ],
  ['CONSUMER.NAMES.S', 'x', page('consumer_names', 1, { consumers: ['D'] }, 1024)],
  [
    'CONSUMER.LIST.S',
    'x',
    page('consumer_list', 1, {
      consumers: [
        consumerInfo('', {
          stream_name: 'S',
          name: 'D',
          config: { durable_name: 'D', name: 'D', metadata: { '_nats.req.level': '0' } },
        }),
      ],
    }),
  ],
  [
    'CONSUMER.LIST.S',
    '{"unknown":1}',
    page(
      'consumer_list',
      0,
      {
        error: { code: 400, err_code: 10025, description: 'invalid JSON: json: unknown field "unknown"' },
        consumers: [],
      },
      0,
    ),
  ],
  [
    'CONSUMER.PAUSE.S.C',
    'x',
    answer('consumer_pause', {
      error: { code: 404, err_code: 10014, description: 'consumer not found' },
      paused: false,
      pause_until: '0001-01-01T00:00:00Z',
    }),
  ],
  [
    'CONSUMER.RESET.S.D',
    'x',
    answer('consumer_reset', {
      error: {
        code: 400,
        err_code: 10025,
        description: "invalid JSON: invalid character 'x' looking for beginning of value",
      },
      reset_seq: 0,
    }),
  ],
  [
    'CONSUMER.RESET.S.D',
    '{"what":1}',
    consumerInfo('consumer_reset', {
      stream_name: 'S',
      name: 'D',
      config: { durable_name: 'D', name: 'D' },
      reset_seq: 1,
    }),
  ],
  [
    'CONSUMER.PAUSE.S.D',
    '{"what":1}',
    answer('consumer_pause', {
      error: { code: 400, err_code: 10025, description: 'invalid JSON: json: unknown field "what"' },
      paused: false,
      pause_until: '0001-01-01T00:00:00Z',
    }),
  ],
  ['CONSUMER.UNPIN.S.D', '', failed('consumer_unpin', 400, 10025, 'invalid JSON: unexpected end of JSON input')],
  [
    'CONSUMER.UNPIN.S.C',
    'x',
    failed('consumer_unpin', 400, 10025, "invalid JSON: invalid character 'x' looking for beginning of value"),
  ],
];

/** What is asked of a stream or consumer that is not there. */
const MISSING: [subject: string, body: Body, expected: AnswerLike][] = [
  ['STREAM.UPDATE.X', { name: 'X' }, failed('stream_update', 404, 10059, 'stream not found')],
  [
    'STREAM.INFO.X',
    '',
    page('stream_info', 0, { error: { code: 404, err_code: 10059, description: 'stream not found' } }, 0),
  ],
  ['STREAM.DELETE.X', '', failed('stream_delete', 404, 10059, 'stream not found')],
  [
    'STREAM.PURGE.X',
    '',
    answer('stream_purge', { error: { code: 404, err_code: 10059, description: 'stream not found' }, purged: 0 }),
  ],
  ['STREAM.MSG.GET.X', { seq: 1 }, failed('stream_msg_get', 404, 10059, 'stream not found')],
  ['STREAM.MSG.DELETE.X', { seq: 1 }, failed('stream_msg_delete', 404, 10059, 'stream not found')],
  ['STREAM.SNAPSHOT.X', { deliver_subject: 'd' }, failed('stream_snapshot', 404, 10059, 'stream not found')],
  ['DIRECT.GET.X', { seq: 1 }, statusAnswer('503', ['Nats-Subject: $JS.API.DIRECT.GET.X'])],
  [
    'CONSUMER.CREATE.X',
    { stream_name: 'X', config: { ack_policy: 'none' } },
    failed('consumer_create', 404, 10059, 'stream not found'),
  ],
  [
    'CONSUMER.CREATE.X.C',
    { stream_name: 'X', config: { name: 'C' } },
    failed('consumer_create', 404, 10059, 'stream not found'),
  ],
  [
    'CONSUMER.NAMES.X',
    '',
    page(
      'consumer_names',
      0,
      { error: { code: 404, err_code: 10059, description: 'stream not found' }, consumers: [] },
      0,
    ),
  ],
  [
    'CONSUMER.LIST.X',
    '',
    page(
      'consumer_list',
      0,
      { error: { code: 404, err_code: 10059, description: 'stream not found' }, consumers: [] },
      0,
    ),
  ],
  ['CONSUMER.INFO.X.C', '', failed('consumer_info', 404, 10059, 'stream not found')],
  ['CONSUMER.INFO.S.X', '', failed('consumer_info', 404, 10014, 'consumer not found')],
  ['CONSUMER.DELETE.X.C', '', failed('consumer_delete', 404, 10059, 'stream not found')],
  ['CONSUMER.DELETE.S.X', '', failed('consumer_delete', 404, 10014, 'consumer not found')],
  [
    'CONSUMER.PAUSE.S.X',
    {},
    answer('consumer_pause', {
      error: { code: 404, err_code: 10014, description: 'consumer not found' },
      paused: false,
      pause_until: '0001-01-01T00:00:00Z',
    }),
  ],
  [
    'CONSUMER.PAUSE.X.X',
    {},
    answer('consumer_pause', {
      error: { code: 404, err_code: 10059, description: 'stream not found' },
      paused: false,
      pause_until: '0001-01-01T00:00:00Z',
    }),
  ],
  ['CONSUMER.RESET.S.X', '', NOTHING],
  ['CONSUMER.UNPIN.S.X', { group: 'g' }, failed('consumer_unpin', 404, 10014, 'consumer not found')],
  ['CONSUMER.MSG.NEXT.S.X', '', statusAnswer('503', ['Nats-Subject: $JS.API.CONSUMER.MSG.NEXT.S.X'])],
  ['CONSUMER.MSG.NEXT.X.X', '', statusAnswer('503', ['Nats-Subject: $JS.API.CONSUMER.MSG.NEXT.X.X'])],
];

/** Subjects that a server without a cluster does not serve, or that there are not. */
const UNKNOWN: [subject: string, body: Body, expected: AnswerLike][] = [
  ['NOPE', '', NOTHING],
  ['STREAM', '', NOTHING],
  ['STREAM.NOPE.S', '', NOTHING],
  ['STREAM.INFO', '', NOTHING],
  ['STREAM.INFO.S.T', '', NOTHING],
  ['STREAM.TEMPLATE.NAMES', '', NOTHING],
  ['CONSUMER.INFO.S', '', NOTHING],
  ['CONSUMER.INFO.S.C.D', '', NOTHING],
  ['META.LEADER.STEPDOWN', '', NOTHING],
  [
    'STREAM.LEADER.STEPDOWN.S',
    '',
    failed('stream_leader_stepdown', 503, 10010, 'JetStream clustering support required'),
  ],
  [
    'STREAM.PEER.REMOVE.S',
    { peer: 'p' },
    failed('stream_remove_peer', 503, 10010, 'JetStream clustering support required'),
  ],
  [
    'STREAM.PEER.EVACUATE.S',
    { peer: 'p' },
    failed('stream_evacuate_peer', 503, 10010, 'JetStream clustering support required'),
  ],
  ['STREAM.CANCEL_MOVE.S', '', failed('stream_cancel_move', 503, 10010, 'JetStream clustering support required')],
  [
    'CONSUMER.LEADER.STEPDOWN.S.C',
    '',
    failed('consumer_leader_stepdown', 503, 10010, 'JetStream clustering support required'),
  ],
  ['SERVER.REMOVE', { peer: 'p' }, NOTHING],
  ['ACCOUNT.PURGE.A', '', NOTHING],
];

const LEVELS: [subject: string, level: string, expected: AnswerLike][] = [
  ['INFO', '5', part({ api: { level: 5, total: 2, errors: 0 } })],
  ['INFO', '6', failed('account_info', 412, 10185, 'JetStream minimum api level required')],
  ['INFO', 'x', failed('account_info', 412, 10185, 'JetStream minimum api level required')],
  [
    'INFO',
    '-1',
    answer('account_info', {
      memory: 0,
      storage: 0,
      reserved_memory: 0,
      reserved_storage: 0,
      streams: 1,
      consumers: 1,
      limits: {
        max_memory: -1,
        max_storage: -1,
        max_streams: -1,
        max_consumers: -1,
        max_ack_pending: -1,
        memory_max_stream_bytes: -1,
        storage_max_stream_bytes: -1,
        max_bytes_required: false,
      },
      api: { level: 5, total: 2, errors: 0 },
    }),
  ],
  [
    'INFO',
    '',
    answer('account_info', {
      memory: 0,
      storage: 0,
      reserved_memory: 0,
      reserved_storage: 0,
      streams: 1,
      consumers: 1,
      limits: {
        max_memory: -1,
        max_storage: -1,
        max_streams: -1,
        max_consumers: -1,
        max_ack_pending: -1,
        memory_max_stream_bytes: -1,
        storage_max_stream_bytes: -1,
        max_bytes_required: false,
      },
      api: { level: 5, total: 2, errors: 0 },
    }),
  ],
  [
    'STREAM.NAMES',
    '99',
    page(
      'stream_names',
      0,
      { error: { code: 412, err_code: 10185, description: 'JetStream minimum api level required' }, streams: null },
      0,
    ),
  ],
  ['STREAM.CREATE.S', '99', failed('stream_create', 412, 10185, 'JetStream minimum api level required')],
  [
    'CONSUMER.NAMES.S',
    '6',
    page(
      'consumer_names',
      0,
      { error: { code: 412, err_code: 10185, description: 'JetStream minimum api level required' }, consumers: [] },
      0,
    ),
  ],
  ['CONSUMER.MSG.NEXT.S.C', '6', statusAnswer('412 Required Api Level')],
  ['DIRECT.GET.S', '6', statusAnswer('412 Required Api Level')],
];

const one = (body: Body): string => (body === '' ? 'nothing' : typeof body === 'string' ? body : JSON.stringify(body));

/** What every request has in common: bodies, errors, levels. */
export const jetStreamApi: JetStreamCase[] = [
  ...EMPTY_ONLY.map(([subject, expected]) => ({
    name: `${subject} with a body`,
    steps: [stream('S'), consumer('S', 'C'), api(subject, '{}', expected)],
  })),
  ...['STREAM.DELETE', 'CONSUMER.INFO', 'CONSUMER.DELETE'].map((subject) => ({
    name: `${subject} with a body that is not empty`,
    steps: ['{"x":1}', 'x'].flatMap((body, index) => [
      stream(`S${index}`),
      consumer(`S${index}`, 'C'),
      api(
        subject.startsWith('STREAM') ? `${subject}.S${index}` : `${subject}.S${index}.C`,
        body,
        failed(subject.toLowerCase().replace('.', '_'), 400, 10038, 'expected an empty request payload'),
      ),
    ]),
  })),
  ...BROKEN.map(([subject, body, expected]) => ({
    name: `${subject} with ${one(body)}`,
    steps: [
      ...(subject.startsWith('STREAM.CREATE') ? [] : [stream('S', { subjects: ['s.>'] }), consumer('S', 'D')]),
      api(subject, body, expected),
    ],
  })),
  ...MISSING.map(([subject, body, expected]) => ({
    name: `${subject} that is not there`,
    steps: [stream('S', { subjects: ['s.>'], allow_direct: true }), api(subject, body, expected)],
  })),
  ...UNKNOWN.map(([subject, body, expected]) => ({
    name: `${subject} ${one(body)}`,
    steps: [stream('S'), consumer('S', 'C'), api(subject, body, expected)],
  })),
  ...LEVELS.map(([subject, level, expected]) => ({
    name: `${subject} that requires level ${level || 'nothing'}`,
    steps: [
      stream('S', { subjects: ['s.>'], allow_direct: true }),
      consumer('S', 'C'),
      api(
        subject,
        subject.startsWith('STREAM.CREATE') ? { name: 'T' } : subject.startsWith('DIRECT') ? { seq: 1 } : '',
        expected,
        {
          headers: [`Nats-Required-Api-Level: ${level}`],
        },
      ),
    ],
  })),
  {
    name: 'a message for a stream that requires a level',
    steps: [
      stream('S', { subjects: ['s.>'] }),
      publish('s.a', 'x', stored('S', 1), ['Nats-Required-Api-Level: 5']),
      publish('s.a', 'x', stored('S', 2), ['Nats-Required-Api-Level: 6']),
    ],
  },
  {
    name: 'account info counts what there is',
    steps: [
      api(
        'INFO',
        '',
        answer('account_info', {
          memory: 0,
          storage: 0,
          reserved_memory: 0,
          reserved_storage: 0,
          streams: 0,
          consumers: 0,
          limits: {
            max_memory: -1,
            max_storage: -1,
            max_streams: -1,
            max_consumers: -1,
            max_ack_pending: -1,
            memory_max_stream_bytes: -1,
            storage_max_stream_bytes: -1,
            max_bytes_required: false,
          },
          api: { level: 5, total: 0, errors: 0 },
        }),
      ),
      stream('S', { subjects: ['s.>'], max_bytes: 10_000 }),
      stream('M', { subjects: ['m.>'], storage: 'memory', max_bytes: 5000 }),
      consumer('S', 'C'),
      publish('s.a', 'hello', stored('S', 1)),
      publish('m.a', 'hello', stored('M', 1)),
      api(
        'INFO',
        '',
        answer('account_info', {
          memory: 24,
          storage: 38,
          reserved_memory: 5000,
          reserved_storage: 10000,
          streams: 2,
          consumers: 1,
          limits: {
            max_memory: -1,
            max_storage: -1,
            max_streams: -1,
            max_consumers: -1,
            max_ack_pending: -1,
            memory_max_stream_bytes: -1,
            storage_max_stream_bytes: -1,
            max_bytes_required: false,
          },
          api: { level: 5, total: 4, errors: 0 },
        }),
      ),
      api('STREAM.NOPE', '', NOTHING),
      api(
        'STREAM.INFO.X',
        '',
        page('stream_info', 0, { error: { code: 404, err_code: 10059, description: 'stream not found' } }, 0),
      ),
      api('INFO', '', part({ api: { level: 5, total: 6, errors: 1 } })),
      api('STREAM.DELETE.S', '', answer('stream_delete', { success: true })),
      api(
        'INFO',
        '',
        part({ streams: 1, consumers: 0, storage: 0, memory: 24, reserved_storage: 0, reserved_memory: 5000 }),
      ),
    ],
  },
  {
    name: 'a request without a reply subject is still carried out',
    steps: [
      send('$JS.API.STREAM.CREATE.S', { name: 'S' }),
      eventually('STREAM.NAMES', '', page('stream_names', 1, { streams: ['S'] }, 1024)),
    ],
  },
  {
    name: 'more than one replica',
    steps: [
      api(
        'STREAM.CREATE.S',
        { name: 'S', num_replicas: 3 },
        failed('stream_create', 500, 10074, 'replicas > 1 not supported in non-clustered mode'),
      ),
      api(
        'STREAM.CREATE.S',
        { name: 'S', num_replicas: 6 },
        failed('stream_create', 500, 10052, 'maximum replicas is 5'),
      ),
      api(
        'STREAM.CREATE.S',
        { name: 'S', num_replicas: -1 },
        failed('stream_create', 400, 10133, 'replicas count cannot be negative'),
      ),
      stream('S'),
      api(
        'STREAM.UPDATE.S',
        { name: 'S', num_replicas: 3 },
        failed('stream_update', 500, 10074, 'replicas > 1 not supported in non-clustered mode'),
      ),
      api(
        'CONSUMER.CREATE.S.C',
        { stream_name: 'S', config: { name: 'C', num_replicas: 3 } },
        failed('consumer_create', 500, 10074, 'replicas > 1 not supported in non-clustered mode'),
      ),
      api(
        'CONSUMER.CREATE.S.C',
        { stream_name: 'S', config: { name: 'C', num_replicas: -1 } },
        failed('consumer_create', 400, 10133, 'replicas count cannot be negative'),
      ),
      api(
        'CONSUMER.CREATE.S.C',
        { stream_name: 'S', config: { name: 'C', durable_name: 'C', num_replicas: 1 } },
        part({ config: { num_replicas: 1 } }),
      ),
    ],
  },
  {
    name: 'names and lists of streams, with subjects and offsets',
    steps: [
      api('STREAM.NAMES', '', page('stream_names', 0, { streams: null }, 1024)),
      api('STREAM.LIST', '', page('stream_list', 0, { streams: [] })),
      stream('B', { subjects: ['b.>', 'c.*'] }),
      stream('A', { subjects: ['a.x', 'a.y'] }),
      stream('C', { mirror: { name: 'A' } }),
      api('STREAM.NAMES', '', page('stream_names', 3, { streams: ['A', 'B', 'C'] }, 1024)),
      api('STREAM.NAMES', { offset: 1 }, page('stream_names', 3, { streams: ['B', 'C'] }, 1024, 1)),
      api('STREAM.NAMES', { offset: 3 }, page('stream_names', 3, { streams: null }, 1024, 3)),
      api('STREAM.NAMES', { offset: 30 }, page('stream_names', 3, { streams: null }, 1024, 3)),
      api('STREAM.NAMES', { offset: -1 }, page('stream_names', 3, { streams: ['A', 'B', 'C'] }, 1024)),
      api('STREAM.NAMES', { subject: 'a.x' }, page('stream_names', 1, { streams: ['A'] }, 1024)),
      api('STREAM.NAMES', { subject: 'a.*' }, page('stream_names', 1, { streams: ['A'] }, 1024)),
      api('STREAM.NAMES', { subject: 'b.c.d' }, page('stream_names', 1, { streams: ['B'] }, 1024)),
      api('STREAM.NAMES', { subject: '>' }, page('stream_names', 2, { streams: ['A', 'B'] }, 1024)),
      api('STREAM.NAMES', { subject: '*.y' }, page('stream_names', 2, { streams: ['A', 'B'] }, 1024)),
      api('STREAM.NAMES', { subject: 'c.d' }, page('stream_names', 1, { streams: ['B'] }, 1024)),
      api('STREAM.NAMES', { subject: 'c.d.e' }, page('stream_names', 0, { streams: null }, 1024)),
      api('STREAM.NAMES', { subject: 'none' }, page('stream_names', 0, { streams: null }, 1024)),
      api('STREAM.NAMES', { subject: 'a..x' }, page('stream_names', 0, { streams: null }, 1024)),
      api('STREAM.LIST', { subject: 'a.x' }, part({ total: 1, offset: 0, limit: 256 })),
      api(
        'STREAM.LIST',
        { offset: 2 },
        page(
          'stream_list',
          3,
          {
            streams: [
              streamInfo('', {
                config: {
                  name: 'C',
                  mirror: { name: 'A' },
                  metadata: { '_nats.req.level': '0' },
                  duplicate_window: undefined,
                },
                mirror: { name: 'A', lag: 0, active: ACTIVE },
              }),
            ],
          },
          256,
          2,
        ),
      ),
    ],
  },
  {
    name: 'a list of more streams than a page has',
    steps: [
      ...Array.from({ length: 260 }, (_, index) => stream(`S${1000 + index}`, { storage: 'memory' })),
      api('STREAM.LIST', '', part({ total: 260, offset: 0, limit: 256 })),
      api(
        'STREAM.LIST',
        { offset: 259 },
        page(
          'stream_list',
          260,
          {
            streams: [
              streamInfo('', {
                config: { name: 'S1259', subjects: ['S1259'], storage: 'memory', metadata: { '_nats.req.level': '0' } },
              }),
            ],
          },
          256,
          259,
        ),
      ),
      api(
        'STREAM.NAMES',
        { offset: 255 },
        page('stream_names', 260, { streams: ['S1255', 'S1256', 'S1257', 'S1258', 'S1259'] }, 1024, 255),
      ),
    ],
  },
];
