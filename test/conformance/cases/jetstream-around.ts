import { TestOperator } from '../../support/operator-tree.ts';
import { ABSENT, NUMBER, type JsonPattern } from '../json-pattern.ts';
import { answer, failed, msg, NOTHING, notStored, page, part, statusAnswer, stored } from '../jetstream/answers.ts';
import {
  api,
  ask,
  connect,
  consumer,
  eventually,
  http,
  type JetStreamCase,
  type JetStreamStep,
  publish,
  quiet,
  receive,
  reload,
  restart,
  send,
  stream,
  subscribe,
  unsubscribe,
} from '../jetstream/steps.ts';

const as = (user: string, client = 'a'): JetStreamStep => connect(client, { user, pass: 'p' });

/** Accounts with and without JetStream, and what they have of each other. */
const ACCOUNTS = `
server_name: case
http: "127.0.0.1:-1"
jetstream { store_dir: "$FOLDER/js", max_mem: 100MB, max_file: 1GB, domain: hub }
accounts {
  A: {
    jetstream: enabled
    users: [ { user: a, password: p } ]
    exports: [ { service: "$JS.API.>", response_type: stream }, { service: "$JS.hub.API.>", response_type: stream } ]
  }
  B: { users: [ { user: b, password: p } ], imports: [ { service: { account: A, subject: "$JS.API.>" } } ] }
  C: { jetstream: enabled, users: [ { user: c, password: p } ], imports: [ { service: { account: A, subject: "$JS.API.>" }, to: "A.API.>", share: true } ] }
  D: { users: [ { user: d, password: p } ], imports: [ { service: { account: A, subject: "$JS.hub.API.>" } } ] }
  N: { users: [ { user: n, password: p } ] }
  SYS: { users: [ { user: sys, password: p } ] }
}
system_account: SYS
`;

/** The same, where everything is said that monitoring tells of. */
const MONITORED = `
server_name: case
http: "127.0.0.1:-1"
jetstream {
  store_dir: "$FOLDER/js", max_mem: 100MB, max_file: 1GB, domain: hub, unique_tag: "AZ:", sync: always
  limits {
    max_request_batch: 250, max_ack_pending: 5000, max_ha_assets: 5, duplicate_window: "1m", default_max_consumers: 7
    batch { max_inflight_per_stream: 2, max_inflight_total: 3, max_msgs: 4, timeout: "5s" }
  }
}
accounts {
  A: { jetstream { max_mem: 1MB, max_file: 10MB }, users: [ { user: a, password: p } ] }
  B: { jetstream: enabled, users: [ { user: b, password: p } ] }
  N: { users: [ { user: n, password: p } ] }
  SYS: { users: [ { user: sys, password: p } ] }
}
system_account: SYS
`;

/** A server whose account `A` is as given. */
const withAccount = (jetstream: string, server = 'max_mem: 100MB, max_file: 1GB'): string => `
server_name: case
http: "127.0.0.1:-1"
${server === '' ? '' : `jetstream { store_dir: "$FOLDER/js", ${server} }`}
accounts {
  A: { ${jetstream} users: [ { user: a, password: p } ] }
  SYS: { users: [ { user: sys, password: p } ] }
}
system_account: SYS
`;

/** Requests that nobody answers in an account without streams. */
const UNANSWERED = [
  'NOPE',
  'STREAM.CREATE',
  'CONSUMER.CREATE',
  'CONSUMER.INFO.S',
  'CONSUMER.RESET.S.C',
  'META.LEADER.STEPDOWN',
  'SERVER.REMOVE',
  'ACCOUNT.PURGE.A',
];

const ANY = /^/s;
const LEVEL = { headers: ['Nats-Required-Api-Level: 99'] };
/** What is told of somebody who asks from another account that shares nothing, and of one that shares all. */
const BRIEF = { acc: 'B', svc: 'A', rtt: NUMBER, server: 'case' };
const SHARED = {
  start: '<time>',
  host: '127.0.0.1',
  id: NUMBER,
  acc: 'C',
  svc: 'A',
  user: 'c',
  name: 'c',
  lang: 'case',
  ver: '1',
  rtt: NUMBER,
  server: 'case',
  kind: 'Client',
  client_type: 'nats',
};
const ABANDONED = { type: 'io.nats.jetstream.advisory.v1.stream_batch_abandoned', id: '<id>', timestamp: '<time>' };
const GIVEN_UP = { stream: 'S', domain: 'hub', batch: 'b', reason: 'incomplete' };
const DIRECT = ['Nats-Stream: S', 'Nats-Subject: s', 'Nats-Sequence: 1', 'Nats-Time-Stamp: <time>'];
const STORED_HEADERS = 'NATS/1.0\r\nNats-Trace-Dest: trace disabled\r\nNats-Msg-Id: 1\r\n\r\n';
/** Everything below `$JS.hub.API.` that leads somewhere. */
const MAPPINGS = Object.fromEntries(
  [
    ...['$KV.>', '$OBJ.>'].map((subject) => [subject, subject] as const),
    ['INFO', '$JS.API.INFO'] as const,
    ...['ACCOUNT', 'CONSUMER', 'DIRECT', 'META', 'SERVER', 'STREAM'].map(
      (one) => [`${one}.>`, `$JS.API.${one}.>`] as const,
    ),
  ].map(([below, subject]) => [`$JS.hub.API.${below}`, [{ subject, weight: 100 }]]),
);
const MONITORED_CONFIG = {
  sync_interval: 120_000_000_000,
  sync_always: true,
  domain: 'hub',
  compress_ok: true,
  unique_tag: 'az:',
  strict: true,
};
const MONITORED_LIMITS = {
  max_request_batch: 250,
  max_ack_pending: 5_000,
  max_ha_assets: 5,
  max_duplicate_window: 60_000_000_000,
  max_batch_inflight_per_stream: 2,
  max_batch_inflight_total: 3,
  max_batch_size: 4,
  max_batch_timeout: 5_000_000_000,
  default_max_consumers: 7,
};
const NOT_JETSTREAM = { code: 500, description: 'account "N" not jetstream enabled' };
const NO_ACCOUNT = { code: 500, description: 'account "nobody" not found' };
const TIERS = {
  R1: { limits: { max_memory: 1_000, max_storage: 5_000, max_streams: 2, max_ack_pending: -1 }, streams: 0 },
  R3: { limits: { max_memory: 0, max_storage: 9, max_streams: -1 } },
};

/** The audit of a request. */
function audit(
  client: JsonPattern,
  subject: string,
  response: JsonPattern,
  request?: JsonPattern,
): Record<string, JsonPattern> {
  return {
    type: 'io.nats.jetstream.advisory.v1.api_audit',
    id: '<id>',
    timestamp: '<time>',
    server: 'case',
    client,
    subject: `$JS.API.${subject}`,
    ...(request === undefined ? {} : { request }),
    response,
    domain: 'hub',
  };
}

const BATCH = ['Nats-Batch-Id: b', 'Nats-Batch-Sequence: 1'];

/** A message that `trace` is told of: where it came in, and what became of it. */
function followed(subject: string, ...steps: Record<string, JsonPattern>[]): JetStreamStep {
  const came = { type: 'in', ts: '<time>', kind: 0, cid: NUMBER, name: 'a', acc: '<account>', subj: subject };
  const events = [came, ...steps.map(({ type, ...step }) => ({ type: type ?? 'js', ts: '<time>', ...step }))];
  return receive('trace', msg('trace', { server: ANY, request: ANY, events }));
}

const follow = (subject: string, body = 'x', headers: readonly string[] = []): JetStreamStep =>
  send(subject, body, { headers: ['Nats-Trace-Dest: trace', ...headers] });

const operator = new TestOperator();
const tier = (limits: Record<string, unknown>): object => ({
  mem_storage: 0,
  disk_storage: 0,
  streams: -1,
  consumer: -1,
  ...limits,
});
const tiered = operator.account('Tiered', {
  limits: {
    tiered_limits: { R1: tier({ mem_storage: 1_000, disk_storage: 5_000, streams: 2 }), R3: tier({ disk_storage: 9 }) },
  },
});
const whole = operator.account('Whole', {
  limits: { mem_storage: -1, disk_storage: 2_000, streams: 3, consumer: -1, max_bytes_required: true },
});
const without = operator.account('Without');
const large = operator.account('Large', { limits: { mem_storage: 0, disk_storage: 5_000_000_000 } });
const OPERATOR = `
server_name: case
http: "127.0.0.1:-1"
jetstream { store_dir: "$FOLDER/js", max_mem: 100MB, max_file: 1GB }
${operator.config([tiered, whole, without, large], '{ type: full, dir: "$FOLDER/jwt" }')}`;
const enter = (account: typeof tiered, client = 'a'): JetStreamStep =>
  connect(client, { jwt: account.user('u', { bearer_token: true }).jwt });
const push = (account: typeof tiered, limits: object): JetStreamStep =>
  ask(
    `$SYS.REQ.ACCOUNT.${account.key}.CLAIMS.UPDATE`,
    account.jwt({ limits }),
    part({ data: { code: 200, message: 'jwt updated' } }),
    { client: 's' },
  );
const NOT_ENABLED = failed('account_info', 503, 10039, 'JetStream not enabled for account');
const NO_TIER = notStored('S', 400, 10120, 'no JetStream default or applicable tiered limit present');

/** Accounts and their limits, domains, monitoring, the system account, and messages that are followed. */
export const jetStreamAround: JetStreamCase[] = [
  {
    name: 'what is wrong with requests, where there is no JetStream',
    config: ACCOUNTS,
    steps: [
      as('n'),
      api('INFO', 'x', failed('account_info', 503, 10039, 'JetStream not enabled for account')),
      api(
        'STREAM.NAMES',
        '{',
        page(
          'stream_names',
          0,
          { error: { code: 503, err_code: 10039, description: 'JetStream not enabled for account' }, streams: null },
          0,
        ),
      ),
      api(
        'STREAM.LIST',
        '{',
        page(
          'stream_list',
          0,
          { error: { code: 503, err_code: 10039, description: 'JetStream not enabled for account' }, streams: [] },
          0,
        ),
      ),
      api('STREAM.CREATE.S', '{', failed('stream_create', 503, 10039, 'JetStream not enabled for account')),
      api('STREAM.UPDATE.S', '{', failed('stream_update', 503, 10039, 'JetStream not enabled for account')),
      api(
        'STREAM.INFO.S',
        '{',
        page(
          'stream_info',
          0,
          { error: { code: 503, err_code: 10039, description: 'JetStream not enabled for account' } },
          0,
        ),
      ),
      api('STREAM.DELETE.S', 'x', failed('stream_delete', 503, 10039, 'JetStream not enabled for account')),
      api(
        'STREAM.PURGE.S',
        '{',
        answer('stream_purge', {
          error: { code: 503, err_code: 10039, description: 'JetStream not enabled for account' },
          purged: 0,
        }),
      ),
      api('STREAM.MSG.GET.S', '{', failed('stream_msg_get', 503, 10039, 'JetStream not enabled for account')),
      api('STREAM.MSG.DELETE.S', '{', failed('stream_msg_delete', 503, 10039, 'JetStream not enabled for account')),
      api('STREAM.SNAPSHOT.S', '', failed('stream_snapshot', 503, 10039, 'JetStream not enabled for account')),
      api(
        'STREAM.RESTORE.S',
        '',
        answer('stream_restore', {
          error: { code: 503, err_code: 10039, description: 'JetStream not enabled for account' },
          deliver_subject: '',
        }),
      ),
      api(
        'STREAM.LEADER.STEPDOWN.S',
        '',
        failed('stream_leader_stepdown', 503, 10010, 'JetStream clustering support required'),
      ),
      api(
        'STREAM.PEER.REMOVE.S',
        '{',
        failed('stream_remove_peer', 503, 10010, 'JetStream clustering support required'),
      ),
      api('CONSUMER.CREATE.S', '{}', failed('consumer_create', 503, 10039, 'JetStream not enabled for account')),
      api('CONSUMER.CREATE.S', '{', failed('consumer_create', 400, 10025, 'invalid JSON: unexpected EOF')),
      api('CONSUMER.CREATE.S.C', '{', failed('consumer_create', 400, 10025, 'invalid JSON: unexpected EOF')),
      api('CONSUMER.DURABLE.CREATE.S.C', '{', failed('consumer_create', 400, 10025, 'invalid JSON: unexpected EOF')),
      api(
        'CONSUMER.NAMES.S',
        '{',
        page(
          'consumer_names',
          0,
          { error: { code: 503, err_code: 10039, description: 'JetStream not enabled for account' }, consumers: [] },
          0,
        ),
      ),
      api(
        'CONSUMER.LIST.S',
        '{',
        page(
          'consumer_list',
          0,
          { error: { code: 503, err_code: 10039, description: 'JetStream not enabled for account' }, consumers: [] },
          0,
        ),
      ),
      api('CONSUMER.INFO.S.C', '', failed('consumer_info', 503, 10039, 'JetStream not enabled for account')),
      api('CONSUMER.INFO.S.C', 'x', failed('consumer_info', 400, 10038, 'expected an empty request payload')),
      api('CONSUMER.DELETE.S.C', 'x', failed('consumer_delete', 503, 10039, 'JetStream not enabled for account')),
      api(
        'CONSUMER.PAUSE.S.C',
        '{',
        answer('consumer_pause', {
          error: { code: 400, err_code: 10025, description: 'invalid JSON: unexpected EOF' },
          paused: false,
          pause_until: '0001-01-01T00:00:00Z',
        }),
      ),
      api(
        'CONSUMER.UNPIN.S.C',
        '{',
        failed('consumer_unpin', 400, 10025, 'invalid JSON: unexpected end of JSON input'),
      ),
      api(
        'CONSUMER.UNPIN.S.C',
        '{"group":"a b"}',
        failed(
          'consumer_unpin',
          400,
          10162,
          'Valid priority group name must match A-Z, a-z, 0-9, -_/=)+ and may not exceed 16 characters',
        ),
      ),
      api(
        'CONSUMER.UNPIN.S.C',
        '{"group":"g"}',
        failed('consumer_unpin', 503, 10039, 'JetStream not enabled for account'),
      ),
      api(
        'CONSUMER.LEADER.STEPDOWN.S.C',
        '',
        failed('consumer_leader_stepdown', 503, 10010, 'JetStream clustering support required'),
      ),
      ...UNANSWERED.map((subject) => api(subject, '', NOTHING)),
      api('CONSUMER.MSG.NEXT.S.C', '', statusAnswer('503', ['Nats-Subject: $JS.API.CONSUMER.MSG.NEXT.S.C'])),
      api('DIRECT.GET.S', '', statusAnswer('503', ['Nats-Subject: $JS.API.DIRECT.GET.S'])),
    ],
  },
  {
    name: 'the level that a request needs, where there is no JetStream',
    config: ACCOUNTS,
    steps: [
      as('n'),
      api('STREAM.CREATE.S', '{', failed('stream_create', 412, 10185, 'JetStream minimum api level required'), LEVEL),
      api('CONSUMER.CREATE.S.C', '{', failed('consumer_create', 400, 10025, 'invalid JSON: unexpected EOF'), LEVEL),
      api(
        'CONSUMER.PAUSE.S.C',
        '{',
        answer('consumer_pause', {
          error: { code: 400, err_code: 10025, description: 'invalid JSON: unexpected EOF' },
          paused: false,
          pause_until: '0001-01-01T00:00:00Z',
        }),
        LEVEL,
      ),
      api('CONSUMER.INFO.S.C', '{', failed('consumer_info', 400, 10038, 'expected an empty request payload'), LEVEL),
      api(
        'CONSUMER.UNPIN.S.C',
        '{',
        failed('consumer_unpin', 412, 10185, 'JetStream minimum api level required'),
        LEVEL,
      ),
      api(
        'STREAM.LEADER.STEPDOWN.S',
        '{',
        failed('stream_leader_stepdown', 503, 10010, 'JetStream clustering support required'),
        LEVEL,
      ),
      api('STREAM.MSG.GET.S', '{', failed('stream_msg_get', 412, 10185, 'JetStream minimum api level required'), LEVEL),
      api('INFO', '{', failed('account_info', 412, 10185, 'JetStream minimum api level required'), LEVEL),
    ],
  },
  {
    name: 'the level that a request needs, and what is wrong with it',
    steps: [
      api('STREAM.CREATE.S', '{', failed('stream_create', 412, 10185, 'JetStream minimum api level required'), LEVEL),
      api('CONSUMER.CREATE.S.C', '{', failed('consumer_create', 400, 10025, 'invalid JSON: unexpected EOF'), LEVEL),
      api(
        'CONSUMER.PAUSE.S.C',
        '{',
        answer('consumer_pause', {
          error: { code: 400, err_code: 10025, description: 'invalid JSON: unexpected EOF' },
          paused: false,
          pause_until: '0001-01-01T00:00:00Z',
        }),
        LEVEL,
      ),
      api('CONSUMER.INFO.S.C', '{', failed('consumer_info', 400, 10038, 'expected an empty request payload'), LEVEL),
      api(
        'CONSUMER.UNPIN.S.C',
        '{',
        failed('consumer_unpin', 412, 10185, 'JetStream minimum api level required'),
        LEVEL,
      ),
      api(
        'STREAM.LEADER.STEPDOWN.S',
        '{',
        failed('stream_leader_stepdown', 503, 10010, 'JetStream clustering support required'),
        LEVEL,
      ),
      api('STREAM.MSG.GET.S', '{', failed('stream_msg_get', 412, 10185, 'JetStream minimum api level required'), LEVEL),
      api('INFO', '{', failed('account_info', 412, 10185, 'JetStream minimum api level required'), LEVEL),
      stream('S'),
      consumer('S', 'C'),
      api(
        'CONSUMER.RESET.S.C',
        '',
        answer('consumer_reset', {
          error: { code: 412, err_code: 10185, description: 'JetStream minimum api level required' },
          reset_seq: 0,
        }),
        LEVEL,
      ),
      api(
        'CONSUMER.RESET.S.C',
        '{',
        answer('consumer_reset', {
          error: { code: 400, err_code: 10025, description: 'invalid JSON: unexpected end of JSON input' },
          reset_seq: 0,
        }),
      ),
      api('INFO', 'x', part({ streams: 1, api: { total: 10, errors: 8 } })),
    ],
  },
  {
    name: 'the system account has an API that is not for streams',
    config: ACCOUNTS,
    steps: [
      as('sys'),
      subscribe('events', '$JS.EVENT.ADVISORY.API'),
      api('INFO', '', NOT_ENABLED),
      receive('events', msg('$JS.EVENT.ADVISORY.API', audit({}, 'INFO', ANY))),
      api('STREAM.CREATE.S', { name: 'S' }, failed('system', 503, 10039, 'JetStream not enabled for account')),
      receive('events', msg('$JS.EVENT.ADVISORY.API', audit(null, 'STREAM.CREATE.S', ANY, '{"name":"S"}'))),
      unsubscribe('events'),
      api('NOPE', '', failed('system', 503, 10039, 'JetStream not enabled for account')),
      api('DIRECT.GET.S', '', failed('system', 503, 10039, 'JetStream not enabled for account')),
      ask('$JS.hub.API.INFO', '', NOT_ENABLED),
      ask('$JS.hub.API.NOPE', '', failed('system', 503, 10039, 'JetStream not enabled for account')),
      ...['META.LEADER.STEPDOWN', 'META.RESCUE', 'SERVER.REMOVE', 'SERVER.EVACUATE', 'ACCOUNT.STREAM.MOVE.A.S'].map(
        (subject) => api(subject, '', NOTHING),
      ),
      api('INFO', '', NOTHING, { headers: ['X: y'] }),
      api('ACCOUNT.PURGE.A', '', NOTHING, { headers: ['X: y'] }),
    ],
  },
  {
    name: 'all that an account has stored is purged from the system account',
    config: ACCOUNTS,
    steps: [
      as('a'),
      as('sys', 's'),
      stream('S', { subjects: ['s'] }),
      stream('M', { subjects: ['m'], storage: 'memory' }),
      consumer('S', 'C'),
      publish('s', '1', { stream: 'S', domain: 'hub', seq: 1 }),
      subscribe('events', '$JS.EVENT.ADVISORY.STREAM.DELETED.S'),
      api('ACCOUNT.PURGE.A', '', answer('account_purge', { initiated: true }), { client: 's' }),
      receive(
        'events',
        msg('$JS.EVENT.ADVISORY.STREAM.DELETED.S', {
          type: 'io.nats.jetstream.advisory.v1.stream_action',
          id: '<id>',
          timestamp: '<time>',
          stream: 'S',
          action: 'delete',
          domain: 'hub',
        }),
      ),
      api('INFO', '', part({ streams: 0, consumers: 0, storage: 0 })),
      api('ACCOUNT.PURGE.nobody', '', answer('account_purge', { initiated: true }), { client: 's' }),
      api(
        'ACCOUNT.PURGE.a\\b',
        '',
        failed('account_purge', 500, 10051, 'account name can not contain path separators'),
        { client: 's' },
      ),
      stream('S', { subjects: ['s'] }),
      publish('s', '1', { stream: 'S', domain: 'hub', seq: 1 }),
    ],
  },
  {
    name: 'the API of another account, and who is said to have asked',
    config: ACCOUNTS,
    steps: [
      as('a'),
      as('b', 'b'),
      as('c', 'c'),
      as('d', 'd'),
      subscribe('events', '$JS.EVENT.ADVISORY.API'),
      api('STREAM.CREATE.S', { name: 'S', subjects: ['s'], allow_direct: true }, part({ did_create: true }), {
        client: 'b',
      }),
      receive('events', msg('$JS.EVENT.ADVISORY.API', audit(BRIEF, 'STREAM.CREATE.S', ANY, ANY))),
      publish('s', '1', { stream: 'S', domain: 'hub', seq: 1 }),
      api('INFO', '', part({ domain: 'hub', streams: 1 }), { client: 'b' }),
      receive('events', msg('$JS.EVENT.ADVISORY.API', audit(BRIEF, 'INFO', ANY))),
      ask('A.API.INFO', '', part({ streams: 1 }), { client: 'c' }),
      receive('events', msg('$JS.EVENT.ADVISORY.API', audit(SHARED, 'INFO', ANY))),
      api('INFO', '', part({ streams: 0 }), { client: 'c' }),
      ask('$JS.hub.API.STREAM.NAMES', '', part({ error: { err_code: 10039 }, streams: null }), { client: 'd' }),
      ask('$JS.hub.API.INFO', '', statusAnswer('503', ['Nats-Subject: $JS.hub.API.INFO']), { client: 'b' }),
      api('INFO', '', NOT_ENABLED, { client: 'd' }),
      api('CONSUMER.MSG.NEXT.S.NO', '', statusAnswer('503', ['Nats-Subject: $JS.API.CONSUMER.MSG.NEXT.S.NO']), {
        client: 'b',
      }),
      api(
        'DIRECT.GET.S',
        { seq: 1 },
        { message: { ...msg('s', '1'), subject: '<inbox>', headers: DIRECT } },
        { client: 'b' },
      ),
      quiet('events'),
      http('/accountz?acc=B', part({ account_detail: { jetstream_enabled: false, mappings: ABSENT } })),
      http('/accountz?acc=N', part({ account_detail: { jetstream_enabled: false, mappings: MAPPINGS } })),
      http('/accountz?acc=A', part({ account_detail: { jetstream_enabled: true, mappings: MAPPINGS } })),
    ],
  },
  {
    name: 'whoever asked from another account and is gone waits no more',
    config: ACCOUNTS,
    steps: [
      as('a'),
      as('b', 'b'),
      stream('S', { subjects: ['s'] }),
      consumer('S', 'C'),
      api('CONSUMER.MSG.NEXT.S.C', { batch: 1, expires: 5_000_000_000 }, NOTHING, { client: 'b' }),
      eventually('CONSUMER.INFO.S.C', '', part({ num_waiting: 0 })),
      publish('s', '1', { stream: 'S', domain: 'hub', seq: 1 }),
      api('CONSUMER.INFO.S.C', '', part({ num_waiting: 0, num_pending: 1, num_ack_pending: 0 })),
    ],
  },
  {
    name: 'a batch that is given up is told to the system account, too',
    config: ACCOUNTS,
    steps: [
      as('a'),
      as('sys', 's'),
      stream('S', { subjects: ['s'], allow_atomic: true }),
      subscribe('events', '$JS.EVENT.ADVISORY.>'),
      { do: 'subscribe', client: 's', as: 'system', subject: '$JS.EVENT.ADVISORY.>', queue: '' },
      send('s', '1', { headers: BATCH }),
      send('s', '3', { headers: ['Nats-Batch-Id: b', 'Nats-Batch-Sequence: 3'] }),
      receive('events', msg('$JS.EVENT.ADVISORY.STREAM.BATCH_ABANDONED.S', { ...ABANDONED, ...GIVEN_UP })),
      receive(
        'system',
        msg('$JS.EVENT.ADVISORY.STREAM.BATCH_ABANDONED.S', { ...ABANDONED, account: 'A', ...GIVEN_UP }),
      ),
    ],
  },
  {
    name: 'a reload changes what an account may have',
    config: withAccount('jetstream { max_file: 1MB },'),
    steps: [
      as('a'),
      stream('S', { subjects: ['s'] }),
      publish('s', 'x'.repeat(40), stored('S', 1)),
      reload(withAccount('jetstream { max_file: 2MB, max_streams: 1 },')),
      api('INFO', '', part({ limits: { max_storage: 2097152, max_streams: 1, max_memory: -1 } })),
      api('STREAM.CREATE.T', { name: 'T' }, failed('stream_create', 400, 10027, 'maximum number of streams reached')),
      reload(withAccount('jetstream { max_file: 100 },')),
      publish('s', 'x'.repeat(40), notStored('S', 400, 10002, 'resource limits exceeded for account')),
      http('/jsz?acc=A', part({ account_details: [{ reserved_storage: 100, storage: 71 }] })),
      reload(withAccount('jetstream { max_file: 5GB },')),
      api('INFO', '', part({ limits: { max_storage: 100 } })),
      reload(withAccount('jetstream: enabled,')),
      publish('s', 'x'.repeat(40), stored('S', 2)),
      api('INFO', '', part({ limits: { max_storage: -1 }, streams: 1, storage: 142 })),
    ],
  },
  {
    name: 'a reload takes JetStream from an account, and gives it back',
    config: withAccount('jetstream: enabled,'),
    steps: [
      as('a'),
      stream('S', { subjects: ['s'] }),
      publish('s', '1', stored('S', 1)),
      reload(withAccount('')),
      api('INFO', '', NOT_ENABLED),
      publish('s', '1', statusAnswer('503', ['Nats-Subject: s'])),
      http('/jsz?accounts=1', part({ accounts: 0, total: 0, account_details: ABSENT })),
      reload(withAccount('jetstream: enabled,')),
      publish('s', '2', stored('S', 2)),
      api('STREAM.INFO.S', '', part({ state: { messages: 2 } })),
    ],
  },
  {
    name: 'a reload turns JetStream off and on',
    config: withAccount('jetstream: enabled,'),
    steps: [
      as('a'),
      stream('S', { subjects: ['s'] }),
      stream('M', { subjects: ['m'], storage: 'memory' }),
      publish('s', '1', stored('S', 1)),
      reload(withAccount('jetstream: enabled,', '')),
      publish('s', '1', statusAnswer('503', ['Nats-Subject: s'])),
      http('/jsz', part({ disabled: true, streams: 0 })),
      http('/varz', part({ jetstream: { config: ABSENT } })),
      http('/healthz', { status: 'ok' }),
      reload(withAccount('jetstream: enabled,')),
      publish('s', '2', stored('S', 2)),
      publish('m', '2', statusAnswer('503', ['Nats-Subject: m'])),
      http('/jsz', part({ disabled: ABSENT, streams: 1, messages: 2 })),
    ],
  },
  {
    name: 'a reload changes what the server has',
    config: withAccount('jetstream: enabled,'),
    steps: [
      as('a'),
      stream('S'),
      reload(
        withAccount(
          'jetstream: enabled,',
          'max_mem: 100MB, max_file: 2GB, limits { max_ack_pending: 5, default_max_consumers: 1 }',
        ),
      ),
      http(
        '/jsz',
        part({ config: { max_storage: 2147483648 }, limits: { max_ack_pending: 5, default_max_consumers: 1 } }),
      ),
      api(
        'CONSUMER.CREATE.S.C',
        { stream_name: 'S', config: { name: 'C', ack_policy: 'explicit' } },
        part({ config: { max_ack_pending: 5 } }),
      ),
      api(
        'CONSUMER.CREATE.S.D',
        { stream_name: 'S', config: { name: 'D', ack_policy: 'explicit' } },
        failed('consumer_create', 400, 10026, 'maximum consumers limit reached'),
      ),
    ],
  },
  {
    name: 'jsz by its options',
    config: MONITORED,
    steps: [
      as('a'),
      as('b', 'b'),
      as('sys', 's'),
      stream('S', { subjects: ['s'], metadata: { x: 'y' } }),
      stream('R', { mirror: { name: 'S' } }),
      consumer('S', 'C'),
      api('STREAM.CREATE.S', { name: 'S', subjects: ['s'] }, part({ did_create: true }), { client: 'b' }),
      http('/jsz', part({ config: MONITORED_CONFIG, limits: MONITORED_LIMITS })),
      http('/varz', part({ jetstream: { config: MONITORED_CONFIG, limits: MONITORED_LIMITS } })),
      http('/jsz?accounts=1&limit=1', part({ account_details: [{ name: 'A', reserved_memory: 1048576 }], total: 2 })),
      http('/jsz?accounts=1&limit=1&offset=1', part({ account_details: [{ name: 'B' }], total: 2 })),
      http('/jsz?accounts=1&offset=5', part({ account_details: ABSENT, total: 2 })),
      http('/jsz?accounts=1&offset=-1&limit=1', part({ account_details: [{ name: 'A' }] })),
      http('/jsz?config=1', part({ account_details: ABSENT })),
      http('/jsz?acc=B&streams=1', part({ account_details: [{ stream_detail: [{ name: 'S', config: ABSENT }] }] })),
      http(
        '/jsz?acc=B&streams=1&config=1',
        part({ account_details: [{ stream_detail: [{ config: { metadata: { '_nats.req.level': '0' } } }] }] }),
      ),
      http('/jsz?acc=nobody&streams=1', part({ account_details: ABSENT })),
      http('/jsz?acc=nobody&accounts=1&limit=1', part({ account_details: [{ name: 'A' }] })),
      http('/jsz?raft=1', part({ streams: 3, streams_leader: 3, consumers: 1, consumers_leader: 1 })),
      http('/jsz?leader-only=1', part({ streams: 3, streams_leader: ABSENT })),
      http(
        '/jsz?acc=B&stream-leader-only=1&streams=1',
        part({ account_details: [{ stream_detail: [{ name: 'S' }] }] }),
      ),
      ask('$SYS.REQ.ACCOUNT.N.JSZ', '', part({ data: null, error: NOT_JETSTREAM }), { client: 's' }),
      ask('$SYS.REQ.ACCOUNT.nobody.JSZ', '', part({ data: null, error: NO_ACCOUNT }), { client: 's' }),
      ask('$SYS.REQ.SERVER.PING.JSZ', { domain: 'hub' }, part({ server: { domain: 'hub', flags: 7 } }), {
        client: 's',
      }),
      ask('$SYS.REQ.SERVER.PING.JSZ', { domain: 'other' }, NOTHING, { client: 's' }),
      ask('$SYS.REQ.SERVER.PING.JSZ', { leader_only: true }, part({ data: { streams: 3 } }), { client: 's' }),
      ask(
        '$SYS.REQ.SERVER.PING',
        '',
        part({
          statsz: { jetstream: { config: { store_dir: ABSENT, max_memory: 104857600 }, stats: { accounts: 2 } } },
        }),
        { client: 's' },
      ),
    ],
  },
  {
    name: 'health by its options',
    config: MONITORED,
    steps: [
      as('a'),
      as('sys', 's'),
      http('/healthz?account=A', { status: 'unavailable', error: 'JetStream account "A" not found' }, 404),
      stream('S', { subjects: ['s'] }),
      stream('M', { subjects: ['m'], storage: 'memory' }),
      consumer('S', 'C'),
      http('/healthz?account=A', { status: 'ok' }),
      http('/healthz?account=A&details=true', { status: 'ok' }),
      http(
        '/healthz?account=A&stream=M',
        { status: 'unavailable', error: 'JetStream stream "M" not found on account "A"' },
        404,
      ),
      http(
        '/healthz?account=A&stream=X&details=true',
        {
          status: 'error',
          errors: [
            { type: 'STREAM', account: 'A', stream: 'X', error: 'JetStream stream "X" not found on account "A"' },
          ],
        },
        404,
      ),
      http(
        '/healthz?account=A&stream=S&consumer=X&details=true',
        {
          status: 'error',
          errors: [
            {
              type: 'CONSUMER',
              account: 'A',
              stream: 'S',
              consumer: 'X',
              error: 'JetStream consumer "X" not found for stream "S" on account "A"',
            },
          ],
        },
        404,
      ),
      http(
        '/healthz?account=X&details=true',
        { status: 'error', errors: [{ type: 'ACCOUNT', account: 'X', error: 'JetStream account "X" not found' }] },
        404,
      ),
      http(
        '/healthz?stream=S&details=true',
        {
          status: 'error',
          errors: [{ type: 'BAD_REQUEST', error: '"account" must not be empty when checking stream health' }],
        },
        400,
      ),
      http(
        '/healthz?account=A&consumer=C',
        { status: 'error', error: '"stream" must not be empty when checking consumer health' },
        400,
      ),
      http('/healthz?account=X&js-enabled-only=true', { status: 'ok' }),
      http('/healthz?account=X&js-enabled=true', { status: 'ok' }),
      http('/healthz?account=X&js-server-only=true', { status: 'ok' }),
      http(
        '/healthz?account=X&js-meta-only=true',
        { status: 'unavailable', error: 'JetStream account "X" not found' },
        404,
      ),
      ask(
        '$SYS.REQ.SERVER.PING.HEALTHZ',
        { account: 'X' },
        part({ data: { status: 'unavailable', status_code: 404, error: 'JetStream account "X" not found' } }),
        { client: 's' },
      ),
      ask(
        '$SYS.REQ.SERVER.PING.HEALTHZ',
        { account: 'A', stream: 'X', details: true },
        part({
          data: {
            status: 'error',
            status_code: 404,
            errors: [
              { type: 'STREAM', account: 'A', stream: 'X', error: 'JetStream stream "X" not found on account "A"' },
            ],
          },
        }),
        { client: 's' },
      ),
      ask(
        '$SYS.REQ.SERVER.PING.HEALTHZ',
        { account: 'X', 'js-server-only': true },
        part({ data: { status: 'ok', status_code: 200 } }),
        { client: 's' },
      ),
    ],
  },
  {
    name: 'messages that are followed into streams',
    steps: [
      subscribe('trace', 'trace'),
      stream('S', {
        subjects: ['s.>'],
        subject_transform: { src: 's.t.>', dest: 's.u.>' },
        max_msg_size: 200,
        max_msgs: 2,
        discard: 'new',
      }),
      stream('I', { subjects: ['i'], retention: 'interest' }),
      follow('s.x'),
      followed('s.x', { stream: 'S', subject: 's.x' }),
      follow('s.t.x', 'x', ['Nats-Msg-Id: 1']),
      followed('s.t.x', { stream: 'S', subject: 's.u.x' }),
      follow('s.x', 'x', ['Nats-Msg-Id: 1']),
      followed('s.x', { stream: 'S', error: 'msgid is duplicate' }),
      follow('s.x'),
      followed('s.x', { stream: 'S', subject: 's.x', error: 'maximum messages exceeded' }),
      follow('s.x', 'x'.repeat(201)),
      followed('s.x', { stream: 'S', error: 'maximum payload exceeded' }),
      follow('s.x', 'x', ['Nats-Expected-Last-Sequence: 9']),
      followed('s.x', { stream: 'S', error: 'last sequence mismatch: 9 vs 2' }),
      follow('s.x', 'x', ['Nats-Expected-Last-Subject-Sequence: 9']),
      followed('s.x', { stream: 'S', error: 'last sequence by subject mismatch: 9 vs 1' }),
      follow('s.x', 'x', ['Nats-Expected-Last-Msg-Id: X']),
      followed('s.x', { stream: 'S', error: 'last msgid mismatch: "X" vs "1"' }),
      follow('s.x', 'x', ['Nats-Expected-Stream: X']),
      followed('s.x', { stream: 'S', error: 'expected stream does not match' }),
      follow('s.x', 'x', ['Nats-TTL: 5']),
      followed('s.x', { stream: 'S', error: 'message TTL disabled' }),
      follow('s.x', 'x', ['Nats-Rollup: all']),
      followed('s.x', { stream: 'S', error: 'rollup not permitted' }),
      follow('s.x', '', ['Nats-Incr: 1']),
      followed('s.x', { stream: 'S', error: 'message counters is disabled (10168)' }),
      follow('s.x', 'x', BATCH),
      followed('s.x', { stream: 'S', error: 'atomic publish is disabled (10174)' }),
      follow('i'),
      followed('i', { stream: 'I', subject: 'i', nointerest: true }),
      api('STREAM.MSG.GET.S', { seq: 2 }, part({ message: { hdrs: STORED_HEADERS } })),
    ],
  },
  {
    name: 'messages that are followed only are not stored',
    steps: [
      subscribe('trace', 'trace'),
      stream('S', { subjects: ['s.>'], max_msgs: 1, discard: 'new' }),
      publish('s.x', '1', stored('S', 1)),
      ask('s.x', 'x', NOTHING, { headers: ['Nats-Trace-Dest: trace', 'Nats-Trace-Only: true'] }),
      followed('s.x', { stream: 'S', subject: 's.x' }),
      ask('s.x', 'x', notStored('S', 400, 10060, 'expected stream does not match'), {
        headers: ['Nats-Trace-Dest: trace', 'Nats-Trace-Only: true', 'Nats-Expected-Stream: X'],
      }),
      followed('s.x', { stream: 'S', error: 'expected stream does not match' }),
      api('STREAM.INFO.S', '', part({ state: { messages: 1, last_seq: 1 } })),
    ],
  },
  {
    name: 'requests to the API that are followed',
    steps: [
      subscribe('trace', 'trace'),
      stream('S', { subjects: ['s'], allow_direct: true }),
      follow('$JS.API.INFO', ''),
      followed('$JS.API.INFO', { type: 'si', acc: 'SYS', from: '$JS.API.INFO', to: '$JS.API.INFO' }),
      follow('$JS.API.NOPE', ''),
      followed('$JS.API.NOPE', { type: 'si', acc: 'SYS', from: '$JS.API.NOPE', to: '$JS.API.NOPE' }),
      follow('$JS.API.DIRECT.GET.S', ''),
      followed('$JS.API.DIRECT.GET.S'),
      follow('$JS.API.CONSUMER.MSG.NEXT.S.C', ''),
      followed('$JS.API.CONSUMER.MSG.NEXT.S.C'),
      api('INFO', '', statusAnswer('503', ['Nats-Subject: $JS.API.INFO']), {
        headers: ['Nats-Trace-Dest: trace', 'Nats-Trace-Only: true'],
      }),
      followed('$JS.API.INFO', { type: 'si', acc: 'SYS', from: '$JS.API.INFO', to: '$JS.API.INFO' }),
    ],
  },
  {
    name: 'limits of accounts from their tokens',
    config: OPERATOR,
    steps: [
      enter(tiered),
      enter(whole, 'w'),
      enter(without, 'n'),
      enter(large, 'l'),
      api('INFO', '', part({ limits: { max_storage: 0, max_streams: 0 }, tiers: TIERS })),
      api(
        'INFO',
        '',
        part({
          limits: { max_storage: 2_000, max_memory: -1, max_streams: 3, max_bytes_required: true },
          tiers: ABSENT,
        }),
        { client: 'w' },
      ),
      api('INFO', '', NOT_ENABLED, { client: 'n' }),
      api('INFO', '', statusAnswer('503', ['Nats-Subject: $JS.API.INFO']), { client: 'l' }),
      api('STREAM.CREATE.S', { name: 'S', subjects: ['s'] }, part({ did_create: true })),
      api(
        'STREAM.CREATE.S3',
        { name: 'S3', num_replicas: 3, max_bytes: 5 },
        failed('stream_create', 500, 10074, 'replicas > 1 not supported in non-clustered mode'),
      ),
      api(
        'STREAM.CREATE.S5',
        { name: 'S5', num_replicas: 5 },
        failed('stream_create', 400, 10120, 'no JetStream default or applicable tiered limit present'),
      ),
      api(
        'STREAM.CREATE.M',
        { name: 'M', storage: 'memory', max_bytes: 1_001 },
        failed('stream_create', 500, 10028, 'insufficient memory resources available'),
      ),
      publish('s', 'x'.repeat(4_900), stored('S', 1)),
      publish('s', 'x'.repeat(100), notStored('S', 400, 10002, 'resource limits exceeded for account')),
      api(
        'INFO',
        '',
        part({ streams: 1, storage: 4931, tiers: { R1: { streams: 1, storage: 4931 }, R3: { streams: 0 } } }),
      ),
      api(
        'STREAM.CREATE.S',
        { name: 'S' },
        failed('stream_create', 400, 10113, 'account requires a stream config to have max bytes set'),
        { client: 'w' },
      ),
      http(
        `/jsz?acc=${tiered.key}`,
        part({ account_details: [{ name: 'Tiered', id: tiered.key, reserved_storage: 0 }] }),
      ),
      http(`/jsz?acc=${whole.key}`, part({ account_details: [{ name: 'Whole', reserved_storage: 2_000 }] })),
    ],
  },
  {
    name: 'tokens that change what accounts may have',
    config: OPERATOR,
    steps: [
      connect('s', { jwt: operator.system.user('s', { bearer_token: true }).jwt }),
      enter(whole),
      enter(without, 'n'),
      api('STREAM.CREATE.S', { name: 'S', subjects: ['s'], max_bytes: 1_000 }, part({ did_create: true })),
      publish('s', '1', stored('S', 1)),
      push(whole, { mem_storage: -1, disk_storage: 3_000, streams: 9, consumer: -1 }),
      api('INFO', '', part({ limits: { max_storage: 3_000, max_streams: 9, max_bytes_required: false } })),
      push(whole, { disk_storage: 5_000_000_000, streams: 7, consumer: -1 }),
      api('INFO', '', part({ limits: { max_storage: 3_000, max_streams: 9 } })),
      push(whole, {}),
      api('INFO', '', NOT_ENABLED),
      publish('s', '2', statusAnswer('503', ['Nats-Subject: s'])),
      push(whole, { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 }),
      publish('s', '2', stored('S', 2)),
      push(without, { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 }),
      api('STREAM.CREATE.S', { name: 'S', subjects: ['s'] }, part({ did_create: true }), { client: 'n' }),
      push(without, { tiered_limits: { R3: tier({ disk_storage: 600 }) } }),
      publish('s', '1', NO_TIER, [], 'n'),
    ],
  },
  {
    name: 'accounts that nobody is in have their streams after a restart',
    config: OPERATOR,
    steps: [
      enter(tiered),
      stream('S', { subjects: ['s'] }),
      publish('s', '1', stored('S', 1)),
      restart(),
      http('/jsz', part({ streams: 1, messages: 1 })),
      http('/healthz', { status: 'ok' }),
    ],
  },
];
