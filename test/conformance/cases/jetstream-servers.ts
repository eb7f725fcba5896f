import { ABSENT, NUMBER } from '../json-pattern.ts';
import {
  NOTHING,
  part,
  msg,
  direct,
  statusAnswer,
  answer,
  found,
  failed,
  stored,
  notStored,
  streamConfig,
  held,
  streamInfo,
  created,
  consumerInfo,
  page,
} from '../jetstream/answers.ts';
import {
  type JetStreamCase,
  ask,
  api,
  stream,
  consumer,
  publish,
  fill,
  subscribe,
  receive,
  receiveAnyOrder,
  pull,
  ack,
  connect,
  http,
} from '../jetstream/steps.ts';

const DOMAIN = 'domain: hub';

/** A server whose account `A` has limits and whose account `N` has no JetStream. */
const LIMITED = `
server_name: case
http: "127.0.0.1:-1"
jetstream { store_dir: "$FOLDER/js", max_mem: 100MB, max_file: 1GB, limits { max_ack_pending: 50, max_request_batch: 20, duplicate_window: "10s" } }
accounts {
  A: {
    jetstream { max_mem: 1MB, max_file: 10MB, max_streams: 2, max_consumers: 2, mem_max_stream_bytes: 500KB, disk_max_stream_bytes: 5MB, max_bytes_required: true, max_ack_pending: 20 }
    users: [ { user: a, password: p } ]
  }
  N: { users: [ { user: n, password: p } ] }
  SYS: { users: [ { user: sys, password: p } ] }
}
system_account: SYS
`;
const MONITORED = `
server_name: case
http: "127.0.0.1:-1"
jetstream { store_dir: "$FOLDER/js", max_mem: 64MB, max_file: 1GB, sync_interval: "1m" }
`;
const as = (user: string) => connect('a', { user, pass: 'p' });

/** Servers with domains, limits and monitoring. */
export const jetStreamServers: JetStreamCase[] = [
  {
    name: 'a domain is named in answers and acknowledgements',
    jetstream: DOMAIN,
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
          domain: 'hub',
          api: { level: 5, total: 0, errors: 0 },
        }),
      ),
      api(
        'STREAM.CREATE.S',
        { name: 'S', subjects: ['s.>'], allow_direct: true },
        created({ name: 'S', subjects: ['s.>'], allow_direct: true }),
      ),
      publish('s.a', '1', { stream: 'S', domain: 'hub', seq: 1 }),
      publish('s.a', '1', { stream: 'S', domain: 'hub', seq: 2 }, ['Nats-Msg-Id: m']),
      publish('s.a', '1', { stream: 'S', domain: 'hub', seq: 2, duplicate: true }, ['Nats-Msg-Id: m']),
      publish('s.a', '1', notStored('S', 400, 10071, 'wrong last sequence: 2'), ['Nats-Expected-Last-Sequence: 9']),
      api(
        'STREAM.INFO.S',
        '',
        streamInfo('stream_info', {
          config: { name: 'S', subjects: ['s.>'], allow_direct: true },
          state: held(1, 2, 100),
          domain: 'hub',
        }),
      ),
      consumer('S', 'C'),
      pull('S', 'C', 1, msg('s.a', '1', '$JS.ACK.S.C.1.1.1.<ns>.1')),
      ack(1),
      api(
        'CONSUMER.INFO.S.C',
        '',
        consumerInfo('consumer_info', {
          stream_name: 'S',
          name: 'C',
          config: { durable_name: 'C', name: 'C' },
          delivered: { consumer_seq: 1, stream_seq: 1, last_active: '<time>' },
          ack_floor: { consumer_seq: 1, stream_seq: 1, last_active: '<time>' },
          num_pending: 1,
        }),
      ),
      api(
        'STREAM.LIST',
        '',
        page('stream_list', 1, {
          streams: [
            streamInfo('', {
              config: { name: 'S', subjects: ['s.>'], allow_direct: true, metadata: { '_nats.req.level': '0' } },
              state: held(1, 2, 100, { consumer_count: 1 }),
              domain: 'hub',
            }),
          ],
        }),
      ),
      api(
        'CONSUMER.LIST.S',
        '',
        page('consumer_list', 1, {
          consumers: [
            consumerInfo('', {
              stream_name: 'S',
              name: 'C',
              config: { durable_name: 'C', name: 'C', metadata: { '_nats.req.level': '0' } },
              delivered: { consumer_seq: 1, stream_seq: 1, last_active: '<time>' },
              ack_floor: { consumer_seq: 1, stream_seq: 1, last_active: '<time>' },
              num_pending: 1,
            }),
          ],
        }),
      ),
    ],
  },
  {
    name: 'the API under the name of the domain',
    jetstream: DOMAIN,
    steps: [
      ask(
        '$JS.hub.API.STREAM.CREATE.S',
        { name: 'S', subjects: ['s.>'], allow_direct: true },
        part({ domain: ABSENT, did_create: true }),
      ),
      publish('s.a', '1', { stream: 'S', domain: 'hub', seq: 1 }),
      ask('$JS.hub.API.INFO', '', part({ domain: 'hub', streams: 1 })),
      ask('$JS.hub.API.STREAM.NAMES', '', page('stream_names', 1, { streams: ['S'] }, 1024)),
      ask('$JS.hub.API.STREAM.MSG.GET.S', { seq: 1 }, found('s.a', 1, '1')),
      ask('$JS.hub.API.DIRECT.GET.S', { seq: 1 }, { message: direct('S', 's.a', 1, '1') }),
      ask('$JS.hub.API.DIRECT.GET.S.s.a', '', { message: direct('S', 's.a', 1, '1') }),
      ask(
        '$JS.hub.API.CONSUMER.CREATE.S.C',
        { stream_name: 'S', config: { name: 'C', ack_policy: 'explicit' } },
        part({ name: 'C' }),
      ),
      ask('$JS.hub.API.CONSUMER.MSG.NEXT.S.C', '', { message: msg('s.a', '1', '$JS.ACK.S.C.1.1.1.<ns>.0') }),
      ask('$JS.hub.API.NOPE', '', statusAnswer('503', ['Nats-Subject: $JS.hub.API.NOPE'])),
      ask('$JS.other.API.INFO', '', statusAnswer('503', ['Nats-Subject: $JS.other.API.INFO'])),
      api('STREAM.NAMES', '', page('stream_names', 1, { streams: ['S'] }, 1024)),
    ],
  },
  {
    name: 'keys of a bucket through the domain',
    jetstream: DOMAIN,
    steps: [
      stream('KV_B', { subjects: ['$KV.B.>'], max_msgs_per_subject: 1, allow_direct: true, allow_rollup_hdrs: true }),
      publish('$JS.hub.API.$KV.B.x', '1', { stream: 'KV_B', domain: 'hub', seq: 1 }),
      publish('$KV.B.x', '2', { stream: 'KV_B', domain: 'hub', seq: 2 }),
      api('STREAM.INFO.KV_B', { subjects_filter: '>' }, part({ state: { subjects: { '$KV.B.x': 1 }, last_seq: 2 } })),
      ask('$JS.hub.API.DIRECT.GET.KV_B.$KV.B.x', '', { message: direct('KV_B', '$KV.B.x', 2, '2') }),
      stream('OBJ_B', { subjects: ['$O.B.>'] }),
      publish('$JS.hub.API.$O.B.M.x', '1', statusAnswer('503', ['Nats-Subject: $JS.hub.API.$O.B.M.x'])),
      publish('$JS.hub.API.$OBJ.B.M.x', '1', statusAnswer('503', ['Nats-Subject: $OBJ.B.M.x'])),
    ],
  },
  {
    name: 'advisories name the domain',
    jetstream: DOMAIN,
    steps: [
      subscribe('events', '$JS.EVENT.ADVISORY.*.*.>'),
      subscribe('metrics', '$JS.EVENT.METRIC.>'),
      stream('S', { subjects: ['s.>'] }),
      consumer('S', 'C', { sample_freq: '100' }),
      publish('s.a', '1', { stream: 'S', domain: 'hub', seq: 1 }),
      pull('S', 'C', 1, msg('s.a', '1', '$JS.ACK.S.C.1.1.1.<ns>.0')),
      ack(1, '+ACK'),
      receive(
        'metrics',
        msg('$JS.EVENT.METRIC.CONSUMER.ACK.S.C', {
          type: 'io.nats.jetstream.metric.v1.consumer_ack',
          id: '<id>',
          timestamp: '<time>',
          stream: 'S',
          consumer: 'C',
          consumer_seq: 1,
          stream_seq: 1,
          ack_time: NUMBER,
          deliveries: 1,
          domain: 'hub',
        }),
      ),
      receiveAnyOrder(
        'events',
        msg('$JS.EVENT.ADVISORY.STREAM.CREATED.S', {
          type: 'io.nats.jetstream.advisory.v1.stream_action',
          id: '<id>',
          timestamp: '<time>',
          stream: 'S',
          action: 'create',
          domain: 'hub',
        }),
        msg('$JS.EVENT.ADVISORY.CONSUMER.CREATED.S.C', {
          type: 'io.nats.jetstream.advisory.v1.consumer_action',
          id: '<id>',
          timestamp: '<time>',
          stream: 'S',
          consumer: 'C',
          action: 'create',
          domain: 'hub',
        }),
      ),
    ],
  },
  {
    name: 'limits of an account',
    config: LIMITED,
    steps: [
      as('a'),
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
            max_memory: 1048576,
            max_storage: 10485760,
            max_streams: 2,
            max_consumers: 2,
            max_ack_pending: 20,
            memory_max_stream_bytes: 512000,
            storage_max_stream_bytes: 5242880,
            max_bytes_required: true,
          },
          api: { level: 5, total: 0, errors: 0 },
        }),
      ),
      api(
        'STREAM.CREATE.S',
        { name: 'S' },
        failed('stream_create', 400, 10113, 'account requires a stream config to have max bytes set'),
      ),
      api(
        'STREAM.CREATE.S',
        { name: 'S', max_bytes: 6_000_000 },
        failed('stream_create', 400, 10122, 'stream max bytes exceeds account limit max stream bytes'),
      ),
      api(
        'STREAM.CREATE.S',
        { name: 'S', max_bytes: 600_000, storage: 'memory' },
        failed('stream_create', 400, 10122, 'stream max bytes exceeds account limit max stream bytes'),
      ),
      api(
        'STREAM.CREATE.S',
        { name: 'S', max_bytes: 20_000 },
        part({ did_create: true, config: { duplicate_window: 10000000000 } }),
      ),
      api(
        'STREAM.CREATE.T',
        { name: 'T', max_bytes: 20_000, duplicate_window: 20_000_000_000 },
        failed('stream_create', 500, 10052, 'duplicates window can not be larger then server limit of 10s'),
      ),
      api('STREAM.CREATE.T', { name: 'T', max_bytes: 20_000, storage: 'memory' }, part({ did_create: true })),
      api(
        'STREAM.CREATE.U',
        { name: 'U', max_bytes: 20_000 },
        failed('stream_create', 400, 10027, 'maximum number of streams reached'),
      ),
      api(
        'STREAM.UPDATE.S',
        { name: 'S', max_bytes: 6_000_000 },
        failed('stream_update', 400, 10122, 'stream max bytes exceeds account limit max stream bytes'),
      ),
      api(
        'CONSUMER.CREATE.S.C',
        { stream_name: 'S', config: { name: 'C', durable_name: 'C', ack_policy: 'explicit', max_ack_pending: 21 } },
        failed('consumer_create', 400, 10121, 'consumer max ack pending exceeds system limit of 20'),
      ),
      api(
        'CONSUMER.CREATE.S.C',
        { stream_name: 'S', config: { name: 'C', durable_name: 'C', ack_policy: 'explicit', max_batch: 21 } },
        failed('consumer_create', 400, 10125, 'consumer max request batch exceeds server limit of 20'),
      ),
      api(
        'CONSUMER.CREATE.S.C',
        { stream_name: 'S', config: { name: 'C', durable_name: 'C', ack_policy: 'explicit' } },
        consumerInfo('consumer_create', {
          stream_name: 'S',
          name: 'C',
          config: { durable_name: 'C', name: 'C', max_ack_pending: 20, max_batch: 20 },
        }),
      ),
      consumer('S', 'D', { max_ack_pending: 5 }),
      api(
        'CONSUMER.CREATE.S.E',
        { stream_name: 'S', config: { name: 'E', ack_policy: 'none' } },
        failed('consumer_create', 400, 10026, 'maximum consumers limit reached'),
      ),
      api(
        'INFO',
        '',
        answer('account_info', {
          memory: 0,
          storage: 0,
          reserved_memory: 20000,
          reserved_storage: 20000,
          streams: 2,
          consumers: 2,
          limits: {
            max_memory: 1048576,
            max_storage: 10485760,
            max_streams: 2,
            max_consumers: 2,
            max_ack_pending: 20,
            memory_max_stream_bytes: 512000,
            storage_max_stream_bytes: 5242880,
            max_bytes_required: true,
          },
          api: { level: 5, total: 14, errors: 9 },
        }),
      ),
    ],
  },
  {
    name: 'what an account has stored is limited',
    config: `
server_name: case
jetstream { store_dir: "$FOLDER/js", max_mem: 100MB, max_file: 1GB }
accounts { A: { jetstream { max_mem: 1000, max_file: 1000 }, users: [ { user: a, password: p } ] } }`,
    steps: [
      as('a'),
      stream('S', { subjects: ['s'] }),
      stream('M', { subjects: ['m'], storage: 'memory' }),
      publish('s', 'x'.repeat(900), stored('S', 1)),
      publish('s', 'x'.repeat(100), notStored('S', 400, 10002, 'resource limits exceeded for account')),
      publish('m', 'x'.repeat(900), stored('M', 1)),
      publish('m', 'x'.repeat(100), notStored('M', 400, 10002, 'resource limits exceeded for account')),
      api('STREAM.PURGE.S', '', answer('stream_purge', { success: true, purged: 1 })),
      publish('s', 'x'.repeat(100), stored('S', 2)),
      api(
        'STREAM.CREATE.T',
        { name: 'T', max_bytes: 2000 },
        failed('stream_create', 500, 10047, 'insufficient storage resources available'),
      ),
    ],
  },
  {
    name: 'accounts without JetStream',
    config: LIMITED,
    steps: [
      as('n'),
      api('INFO', '', failed('account_info', 503, 10039, 'JetStream not enabled for account')),
      api(
        'STREAM.NAMES',
        '',
        page(
          'stream_names',
          0,
          { error: { code: 503, err_code: 10039, description: 'JetStream not enabled for account' }, streams: null },
          0,
        ),
      ),
      api('STREAM.CREATE.S', { name: 'S' }, failed('stream_create', 503, 10039, 'JetStream not enabled for account')),
      connect('b', { user: 'sys', pass: 'p' }),
      api('INFO', '', failed('account_info', 503, 10039, 'JetStream not enabled for account'), { client: 'b' }),
      api('META.LEADER.STEPDOWN', '', NOTHING, { client: 'b' }),
      api('SERVER.REMOVE', { peer: 'x' }, NOTHING, { client: 'b' }),
      api('ACCOUNT.PURGE.A', '', answer('account_purge', { initiated: true }), { client: 'b' }),
    ],
  },
  {
    name: 'a server without JetStream',
    config: 'server_name: case',
    steps: [
      api('INFO', '', statusAnswer('503', ['Nats-Subject: $JS.API.INFO'])),
      api('STREAM.CREATE.S', { name: 'S' }, statusAnswer('503', ['Nats-Subject: $JS.API.STREAM.CREATE.S'])),
    ],
  },
  {
    name: 'a server that is not strict about fields',
    config: 'server_name: case\njetstream { store_dir: "$FOLDER/js", strict: false }',
    steps: [
      api('STREAM.CREATE.S', { name: 'S', unknown: 1 }, part({ config: { name: 'S' }, did_create: true })),
      api('CONSUMER.CREATE.S.C', { stream_name: 'S', config: { name: 'C', unknown: 1 } }, part({ name: 'C' })),
      api('STREAM.NAMES', { unknown: 1 }, page('stream_names', 1, { streams: ['S'] }, 1024)),
    ],
  },
  {
    name: 'memory of the server is limited',
    config: 'server_name: case\njetstream { store_dir: "$FOLDER/js", max_mem: 1000, max_file: 2000 }',
    steps: [
      stream('M', { storage: 'memory', subjects: ['m'] }),
      publish('m', 'x'.repeat(900), stored('M', 1)),
      publish('m', 'x'.repeat(100), stored('M', 2)),
      api(
        'STREAM.CREATE.N',
        { name: 'N', storage: 'memory', max_bytes: 1001 },
        failed('stream_create', 500, 10028, 'insufficient memory resources available'),
      ),
      api(
        'STREAM.CREATE.F',
        { name: 'F', max_bytes: 2001 },
        failed('stream_create', 500, 10047, 'insufficient storage resources available'),
      ),
      api('STREAM.CREATE.F', { name: 'F', max_bytes: 1500 }, part({ did_create: true })),
      api(
        'STREAM.CREATE.G',
        { name: 'G', max_bytes: 1500 },
        failed('stream_create', 500, 10047, 'insufficient storage resources available'),
      ),
      api('INFO', '', part({ reserved_storage: 1500, reserved_memory: 0 })),
    ],
  },
  {
    name: 'two accounts do not see each other',
    config: `
server_name: case
jetstream { store_dir: "$FOLDER/js" }
accounts { A: { jetstream: enabled, users: [ { user: a, password: p } ] }, B: { jetstream: enabled, users: [ { user: b, password: p } ] } }`,
    steps: [
      as('a'),
      connect('b', { user: 'b', pass: 'p' }),
      stream('S', { subjects: ['s'] }),
      api('STREAM.NAMES', '', page('stream_names', 0, { streams: null }, 1024), { client: 'b' }),
      publish('s', 'x', statusAnswer('503', ['Nats-Subject: s']), [], 'b'),
      publish('s', 'x', stored('S', 1)),
      api('STREAM.CREATE.S', { name: 'S', subjects: ['s'] }, part({ did_create: true }), { client: 'b' }),
      publish('s', 'x', stored('S', 1), [], 'b'),
      api('STREAM.DELETE.S', '', answer('stream_delete', { success: true })),
      api('STREAM.NAMES', '', page('stream_names', 1, { streams: ['S'] }, 1024), { client: 'b' }),
    ],
  },
  {
    name: 'jsz, healthz, varz and accountz',
    config: MONITORED,
    steps: [
      stream('S', { subjects: ['s.>'], max_bytes: 10_000 }),
      fill('S', 's.a', 3),
      consumer('S', 'C'),
      pull('S', 'C', 1, msg('s.a', 'n1', '$JS.ACK.S.C.1.1.1.<ns>.2')),
      http('/jsz', {
        memory: 0,
        storage: 105,
        reserved_memory: 0,
        reserved_storage: 10000,
        accounts: 1,
        ha_assets: 0,
        api: { level: 5, total: 2, errors: 0 },
        server_id: '<server>',
        now: '<time>',
        config: {
          max_memory: 67108864,
          max_storage: 1073741824,
          store_dir: '<folder>/js/jetstream',
          sync_interval: 60000000000,
          compress_ok: true,
          strict: true,
        },
        limits: { default_max_consumers: 1000 },
        streams: 1,
        consumers: 1,
        messages: 3,
        bytes: 105,
        total: 1,
      }),
      http('/jsz?accounts=1', {
        memory: 0,
        storage: 105,
        reserved_memory: 0,
        reserved_storage: 10000,
        accounts: 1,
        ha_assets: 0,
        api: { level: 5, total: 2, errors: 0 },
        server_id: '<server>',
        now: '<time>',
        config: {
          max_memory: 67108864,
          max_storage: 1073741824,
          store_dir: '<folder>/js/jetstream',
          sync_interval: 60000000000,
          compress_ok: true,
          strict: true,
        },
        limits: { default_max_consumers: 1000 },
        streams: 1,
        consumers: 1,
        messages: 3,
        bytes: 105,
        account_details: [
          {
            name: '<account>',
            id: '<account>',
            memory: 0,
            storage: 105,
            reserved_memory: 18446744073709552000,
            reserved_storage: 18446744073709552000,
            accounts: 0,
            ha_assets: 0,
            api: { level: 0, total: 2, errors: 0 },
          },
        ],
        total: 1,
      }),
      http(
        '/jsz?acc=$G&streams=1',
        part({
          account_details: [
            {
              name: '<account>',
              id: '<account>',
              memory: 0,
              storage: 105,
              reserved_memory: 18446744073709552000,
              reserved_storage: 18446744073709552000,
              accounts: 0,
              ha_assets: 0,
              api: { level: 0, total: 2, errors: 0 },
              stream_detail: [
                {
                  name: 'S',
                  created: '<time>',
                  cluster: { leader: 'case' },
                  state: {
                    messages: 3,
                    bytes: 105,
                    first_seq: 1,
                    first_ts: '<time>',
                    last_seq: 3,
                    last_ts: '<time>',
                    num_subjects: 1,
                    consumer_count: 1,
                  },
                },
              ],
            },
          ],
        }),
      ),
      http(
        '/jsz?acc=$G&consumers=1&config=1',
        part({
          account_details: [
            {
              name: '<account>',
              id: '<account>',
              memory: 0,
              storage: 105,
              reserved_memory: 18446744073709552000,
              reserved_storage: 18446744073709552000,
              accounts: 0,
              ha_assets: 0,
              api: { level: 0, total: 2, errors: 0 },
              stream_detail: [
                {
                  name: 'S',
                  created: '<time>',
                  cluster: { leader: 'case' },
                  config: streamConfig({
                    name: 'S',
                    subjects: ['s.>'],
                    max_bytes: 10000,
                    metadata: { '_nats.req.level': '0' },
                  }),
                  state: {
                    messages: 3,
                    bytes: 105,
                    first_seq: 1,
                    first_ts: '<time>',
                    last_seq: 3,
                    last_ts: '<time>',
                    num_subjects: 1,
                    consumer_count: 1,
                  },
                  consumer_detail: [
                    consumerInfo('', {
                      stream_name: 'S',
                      name: 'C',
                      config: { durable_name: 'C', name: 'C', metadata: { '_nats.req.level': '0' } },
                      delivered: { consumer_seq: 1, stream_seq: 1, last_active: '<time>' },
                      num_ack_pending: 1,
                      num_pending: 2,
                    }),
                  ],
                },
              ],
            },
          ],
        }),
      ),
      http('/jsz?acc=nobody', part({ total: 1, account_details: ABSENT, streams: 1 })),
      http('/jsz?streams=1&config=1&limit=1&offset=1', part({ account_details: ABSENT, total: 1 })),
      http('/healthz', { status: 'ok' }),
      http('/healthz?js-enabled-only=true', { status: 'ok' }),
      http('/healthz?js-server-only=true', { status: 'ok' }),
      http('/healthz?account=$G&stream=S', { status: 'ok' }),
      http('/healthz?account=$G&stream=S&consumer=C', { status: 'ok' }),
      http(
        '/healthz?account=$G&stream=X',
        { status: 'unavailable', error: 'JetStream stream "X" not found on account "<account>"' },
        404,
      ),
      http(
        '/healthz?account=$G&stream=S&consumer=X',
        { status: 'unavailable', error: 'JetStream consumer "X" not found for stream "S" on account "<account>"' },
        404,
      ),
      http('/healthz?account=nobody', { status: 'unavailable', error: 'JetStream account "nobody" not found' }, 404),
      http(
        '/healthz?stream=S',
        { status: 'error', error: '"account" must not be empty when checking stream health' },
        400,
      ),
      http(
        '/varz',
        part({
          jetstream: {
            config: {
              max_memory: 67108864,
              max_storage: 1073741824,
              store_dir: '<folder>/js/jetstream',
              sync_interval: 60000000000,
              compress_ok: true,
              strict: true,
            },
            stats: {
              memory: 0,
              storage: 105,
              reserved_memory: 0,
              reserved_storage: 10000,
              accounts: 1,
              ha_assets: 0,
              api: { level: 5, total: 2, errors: 0 },
            },
            limits: { default_max_consumers: 1000 },
          },
        }),
      ),
      http('/accountz?acc=$G', part({ account_detail: { jetstream_enabled: true } })),
    ],
  },
  {
    name: 'monitoring where there is no JetStream',
    config: 'server_name: case\nhttp: "127.0.0.1:-1"',
    steps: [
      http('/jsz', {
        memory: 0,
        storage: 0,
        reserved_memory: 0,
        reserved_storage: 0,
        accounts: 0,
        ha_assets: 0,
        api: { level: 0, total: 0, errors: 0 },
        server_id: '<server>',
        now: '<time>',
        disabled: true,
        config: { max_memory: 0, max_storage: 0 },
        streams: 0,
        consumers: 0,
        messages: 0,
        bytes: 0,
        total: 0,
      }),
      http('/healthz?js-enabled-only=true', { status: 'ok' }),
      http('/healthz', { status: 'ok' }),
      http('/varz', part({ jetstream: {} })),
    ],
  },
  {
    name: 'jsz and info of accounts through the system account',
    config: LIMITED,
    steps: [
      as('a'),
      connect('b', { user: 'sys', pass: 'p' }),
      stream('S', { subjects: ['s'], max_bytes: 10_000 }),
      ask(
        '$SYS.REQ.SERVER.PING.JSZ',
        { account: 'A' },
        part({
          data: {
            account_details: [
              {
                name: 'A',
                id: 'A',
                memory: 0,
                storage: 0,
                reserved_memory: 1048576,
                reserved_storage: 10485760,
                accounts: 0,
                ha_assets: 0,
                api: { level: 0, total: 1, errors: 0 },
              },
            ],
          },
        }),
        { client: 'b' },
      ),
      ask(
        '$SYS.REQ.ACCOUNT.A.JSZ',
        { streams: true },
        part({
          data: {
            name: 'A',
            id: 'A',
            memory: 0,
            storage: 0,
            reserved_memory: 1048576,
            reserved_storage: 10485760,
            accounts: 0,
            ha_assets: 0,
            api: { level: 0, total: 1, errors: 0 },
            stream_detail: [
              {
                name: 'S',
                created: '<time>',
                cluster: { leader: 'case' },
                state: {
                  messages: 0,
                  bytes: 0,
                  first_seq: 0,
                  first_ts: '0001-01-01T00:00:00Z',
                  last_seq: 0,
                  last_ts: '0001-01-01T00:00:00Z',
                  consumer_count: 0,
                },
              },
            ],
          },
        }),
        { client: 'b' },
      ),
      ask('$SYS.REQ.SERVER.PING.HEALTHZ', '', part({ data: { status: 'ok', status_code: 200 } }), { client: 'b' }),
    ],
  },
  {
    name: 'what the server says of JetStream in INFO',
    config: MONITORED,
    steps: [
      api('INFO', '', part({ domain: ABSENT, api: { level: 5 } })),
      ask('$SYS.REQ.USER.INFO', '', part({ data: { account: '<account>' } })),
    ],
  },
];
