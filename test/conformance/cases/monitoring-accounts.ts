import { a, b, type Case, cases } from '../case.ts';
import { ABSENT, type JsonPattern, NUMBER, SERVER_ID, TIME } from '../json-pattern.ts';
import { http } from '../monitoring-steps.ts';
import { as, MONITORED, OPEN } from './monitoring-config.ts';

const STATISTICS: JsonPattern = {
  num_subscriptions: NUMBER,
  num_cache: NUMBER,
  num_inserts: NUMBER,
  num_removes: NUMBER,
  num_matches: NUMBER,
  cache_hit_rate: NUMBER,
  max_fanout: NUMBER,
  avg_fanout: NUMBER,
};

function subsz(fields: Record<string, JsonPattern> = {}): { whole: JsonPattern } {
  return {
    whole: { server_id: SERVER_ID, now: TIME, ...(STATISTICS as object), total: 0, offset: 0, limit: 1024, ...fields },
  };
}

const NOTHING = { msgs: 0, bytes: 0 };
const ELSEWHERE = { gateways: NOTHING, routes: NOTHING, leafs: NOTHING };

function account(name: string, fields: Record<string, JsonPattern> = {}): JsonPattern {
  return {
    acc: name,
    name,
    conns: 0,
    leafnodes: 0,
    total_conns: 0,
    num_subscriptions: NUMBER,
    sent: { ...NOTHING, ...ELSEWHERE },
    received: { ...NOTHING, ...ELSEWHERE },
    slow_consumers: 0,
    ...fields,
  };
}

const REFUSED: [target: string, text: string][] = [
  ['/subsz?subs=x', `Error decoding boolean for 'subs': strconv.ParseBool: parsing "x": invalid syntax`],
  ['/subsz?subs=detail', `Error decoding boolean for 'subs': strconv.ParseBool: parsing "detail": invalid syntax`],
  ['/subsz?offset=x', `Error decoding int for 'offset': strconv.Atoi: parsing "x": invalid syntax`],
  ['/subsz?limit=x', `Error decoding int for 'limit': strconv.Atoi: parsing "x": invalid syntax`],
  ['/subsz?test=a.*', 'invalid test subject, must be valid publish subject: a.*'],
  ['/subsz?test=a..b', 'invalid test subject, must be valid publish subject: a..b'],
  ['/accstatz?unused=x', `Error decoding boolean for 'unused': strconv.ParseBool: parsing "x": invalid syntax`],
  ['/accountz?acc=nobody', 'Account nobody does not exist'],
  ['/routez?subs=x', `Error decoding boolean for 'subs': strconv.ParseBool: parsing "x": invalid syntax`],
  ['/gatewayz?subs=x', `Error decoding boolean for 'subs': strconv.ParseBool: parsing "x": invalid syntax`],
  ['/gatewayz?accs=x', `Error decoding boolean for 'accs': strconv.ParseBool: parsing "x": invalid syntax`],
  ['/leafz?subs=x', `Error decoding boolean for 'subs': strconv.ParseBool: parsing "x": invalid syntax`],
  ['/leafz?subs=detail', `Error decoding boolean for 'subs': strconv.ParseBool: parsing "detail": invalid syntax`],
  ['/jsz?accounts=x', `Error decoding boolean for 'accounts': strconv.ParseBool: parsing "x": invalid syntax`],
  ['/jsz?streams=x', `Error decoding boolean for 'streams': strconv.ParseBool: parsing "x": invalid syntax`],
  ['/jsz?offset=x', `Error decoding int for 'offset': strconv.Atoi: parsing "x": invalid syntax`],
  ['/jsz?leader-only=x', `Error decoding boolean for 'leader-only': strconv.ParseBool: parsing "x": invalid syntax`],
  [
    '/healthz?js-enabled-only=x',
    `Error decoding boolean for 'js-enabled-only': strconv.ParseBool: parsing "x": invalid syntax`,
  ],
  [
    '/healthz?js-server-only=x',
    `Error decoding boolean for 'js-server-only': strconv.ParseBool: parsing "x": invalid syntax`,
  ],
  ['/healthz?details=x', `Error decoding boolean for 'details': strconv.ParseBool: parsing "x": invalid syntax`],
  ['/ipqueuesz?all=x', `Error decoding boolean for 'all': strconv.ParseBool: parsing "x": invalid syntax`],
];

const NO_STREAMS: JsonPattern = {
  memory: 0,
  storage: 0,
  reserved_memory: 0,
  reserved_storage: 0,
  accounts: 0,
  ha_assets: 0,
  api: { level: 0, total: 0, errors: 0 },
  server_id: SERVER_ID,
  now: TIME,
  disabled: true,
  config: { max_memory: 0, max_storage: 0 },
  streams: 0,
  consumers: 0,
  messages: 0,
  bytes: 0,
  total: 0,
};

/** Subscriptions and accounts, and what there is nothing of on a server that stands alone without JetStream. */
export const monitoringAccounts: Case[] = [
  { name: 'subsz tells of look-ups', config: OPEN, steps: [http('/subsz', subsz()), http('/subscriptionsz', subsz())] },
  {
    name: 'subsz?subs lists subscriptions, every key in its place',
    config: MONITORED,
    alone: true,
    steps: [
      ...a.connect(as('a')),
      a.send('SUB jobs workers 9\r\nUNSUB 9 5\r\nPUB jobs 0\r\n\r\n'),
      a.expect('MSG jobs 9 0\r\n\r\n'),
      ...a.sync(),
      http(
        '/subsz?subs=1&acc=A&test=jobs',
        subsz({
          total: 1,
          subscriptions_list: [
            {
              account: 'A',
              account_tag: 'A',
              subject: 'jobs',
              qgroup: 'workers',
              sid: '9',
              msgs: 1,
              max: 5,
              cid: NUMBER,
            },
          ],
        }),
      ),
    ],
  },
  {
    name: 'subsz?test finds the subscriptions that a message would reach, in any account',
    config: MONITORED,
    alone: true,
    steps: [
      ...a.connect(as('a')),
      ...b.connect(as('b')),
      a.send('SUB one.* 1\r\nSUB one.two 2\r\nSUB other 3\r\n'),
      ...a.sync(),
      b.send('SUB one.> 4\r\n'),
      ...b.sync(),
      http('/subsz?subs=1&test=one.two', { part: { total: 3 } }),
      http('/subsz?subs=1&test=one.two&acc=A', { part: { total: 2 } }),
      http('/subsz?subs=1&test=one.two&acc=nobody', {
        part: { total: 0, num_subscriptions: 0, subscriptions_list: ABSENT },
      }),
      http('/subsz?subs=1&test=one.two&limit=1&offset=1', {
        part: { total: 3, limit: 1, offset: 1, subscriptions_list: /^\[\{[^}]*\}\]$/ },
      }),
      http('/subsz?subs=1&test=one.two&offset=9', { part: { total: 3, offset: 9, subscriptions_list: ABSENT } }),
      http('/subsz?test=one.two', { part: { total: 0, subscriptions_list: ABSENT } }),
      http('/subsz?acc=A', { part: { num_inserts: NUMBER, max_fanout: NUMBER } }),
    ],
  },
  {
    name: 'every account may ask the system account for what concerns it, which are subscriptions of its own',
    config: MONITORED,
    steps: [
      '$SYS.REQ.USER.INFO',
      '$SYS.REQ.SERVER.PING.CONNZ',
      '$SYS.REQ.ACCOUNT.PING.CONNZ',
      '$SYS.REQ.ACCOUNT.PING.STATZ',
    ].map((subject) =>
      http(`/subsz?subs=1&acc=A&test=${subject}`, {
        part: { total: 1, subscriptions_list: [{ account: 'A', subject }] },
      }),
    ),
  },
  ...cases(REFUSED, ([target, text]) => ({
    name: `${target} is refused`,
    config: OPEN,
    steps: [http(target, { text }, { status: 400, headers: { 'content-type': 'text/plain; charset=utf-8' } })],
  })),
  {
    name: 'accountz names accounts',
    config: MONITORED,
    steps: [
      http('/accountz', {
        whole: { server_id: SERVER_ID, now: TIME, system_account: 'SYS', accounts: /^\[("A"|"B"|"SYS"|"\$G"|,)+\]$/ },
      }),
      ...['A', 'B', 'SYS', '$G'].map((name) =>
        http('/accountz', { part: { accounts: new RegExp(`"${name.replace('$', '\\$')}"`) } }),
      ),
    ],
  },
  {
    name: 'accountz of a plain server',
    config: OPEN,
    steps: [http('/accountz', { part: { system_account: '$SYS', accounts: /^\["\$(G|SYS)","\$(G|SYS)"\]$/ } })],
  },
  {
    name: 'accountz without a system account',
    config: `${OPEN}\nno_system_account: true`,
    steps: [
      http('/accountz', { whole: { server_id: SERVER_ID, now: TIME, accounts: ['$G'] } }),
      http('/accountz?acc=$G', { part: { account_detail: { imports: ABSENT, subscriptions: 0 } } }),
    ],
  },
  {
    name: 'accountz?acc tells of an account, every key in its place',
    config: MONITORED,
    steps: [
      http('/accountz?acc=A', {
        whole: {
          server_id: SERVER_ID,
          now: TIME,
          system_account: 'SYS',
          account_detail: {
            account_name: 'A',
            update_time: TIME,
            expired: false,
            complete: true,
            jetstream_enabled: false,
            leafnode_connections: 0,
            client_connections: NUMBER,
            subscriptions: NUMBER,
            mappings: {
              foo: [{ subject: 'bar', weight: 100 }],
              'm.*': [
                { subject: 'n.$1', weight: 40 },
                { subject: 'o.$1', weight: 100 },
              ],
            },
            exports: [
              {
                subject: 'svc.*',
                type: 'service',
                response_type: 'Singleton',
                service_latency: { sampling: 50, results: 'lat.svc' },
                approved_accounts: ['B'],
              },
              { subject: 'st.>', type: 'stream' },
            ],
            imports: /^\[/,
            name_tag: 'A',
            sublist_stats: STATISTICS,
          },
        },
      }),
    ],
  },
  {
    name: 'accountz?acc tells of imports: streams first, then services, those of the system among them',
    config: MONITORED,
    steps: [
      http('/accountz?acc=B', {
        part: {
          account_detail: {
            mappings: ABSENT,
            exports: ABSENT,
            imports:
              /^\[\{"subject":"st\.x","account":"A","local_subject":"imp\.st\.x","type":"stream","invalid":false,"share":false,"tracking":false\},/,
          },
        },
      }),
      ...[
        '{"subject":"svc.one","account":"A","to":"local.svc","local_subject":"local.svc","type":"service","invalid":false,"share":false,"tracking":false,"latency":{"sampling":50,"results":"lat.svc"}}',
        '{"subject":"$SYS.REQ.ACCOUNT.B.CONNZ","account":"SYS","to":"$SYS.REQ.ACCOUNT.PING.CONNZ","local_subject":"$SYS.REQ.ACCOUNT.PING.CONNZ","type":"service","invalid":false,"share":false,"tracking":false}',
        '{"subject":"$SYS.REQ.ACCOUNT.B.CONNZ","account":"SYS","to":"$SYS.REQ.SERVER.PING.CONNZ","local_subject":"$SYS.REQ.SERVER.PING.CONNZ","type":"service","invalid":false,"share":false,"tracking":false}',
        '{"subject":"$SYS.REQ.ACCOUNT.B.STATZ","account":"SYS","to":"$SYS.REQ.ACCOUNT.PING.STATZ","local_subject":"$SYS.REQ.ACCOUNT.PING.STATZ","type":"service","invalid":false,"share":false,"tracking":false}',
        '{"subject":"$SYS.REQ.USER.B.INFO","account":"SYS","to":"$SYS.REQ.USER.INFO","local_subject":"$SYS.REQ.USER.INFO","type":"service","invalid":false,"share":true,"tracking":false}',
      ].map((entry) =>
        http('/accountz?acc=B', {
          part: { account_detail: { imports: new RegExp(entry.replace(/[.$[\]{}]/g, '\\$&')) } },
        }),
      ),
    ],
  },
  {
    name: 'accountz?acc of the system account',
    config: MONITORED,
    steps: [
      http('/accountz?acc=SYS', {
        part: {
          account_detail: {
            account_name: 'SYS',
            is_system: true,
            imports: [{ subject: '$SYS.REQ.USER.SYS.INFO', account: 'SYS', to: '$SYS.REQ.USER.INFO', share: true }],
            exports: /"subject":"\$SYS\.REQ\.ACCOUNT\.\*\.CONNZ","type":"service","response_type":"Streamed"/,
          },
        },
      }),
      http('/accountz?acc=SYS', {
        part: {
          account_detail: {
            exports: /"subject":"\$SYS\.REQ\.USER\.\*\.INFO","type":"service","response_type":"Singleton"/,
          },
        },
      }),
      http('/accountz?acc=SYS', { part: { account_detail: { exports: /\$SYS\.DEBUG\.SUBSCRIBERS/ } } }),
      http('/accountz?acc=$G', { part: { account_detail: { account_name: '$G', is_system: ABSENT, name_tag: '$G' } } }),
    ],
  },
  {
    name: 'accountz?acc counts connections and subscriptions',
    config: MONITORED,
    alone: true,
    steps: [
      http('/accountz?acc=A', { part: { account_detail: { client_connections: 0, subscriptions: 4 } } }),
      ...a.connect(as('a')),
      a.send('SUB foo 1\r\n'),
      ...a.sync(),
      http('/accountz?acc=A', { part: { account_detail: { client_connections: 1, subscriptions: 5 } } }),
    ],
  },
  {
    name: 'mappings whose weights leave something over keep the rest where it is',
    config: `${OPEN}\nmappings { "x.*": [ { dest: "y.$1", weight: 30% } ], z: [ { dest: z1, weight: 70% }, { dest: z, weight: 10% } ] }`,
    steps: [
      http('/accountz?acc=$G', {
        part: {
          account_detail: {
            mappings: {
              'x.*': [
                { subject: 'y.$1', weight: 30 },
                { subject: 'x.$1', weight: 100 },
              ],
              z: [
                { subject: 'z', weight: 10 },
                { subject: 'z1', weight: 80 },
              ],
            },
          },
        },
      }),
    ],
  },
  {
    name: 'exports say how they answer and who may have them',
    config: `${OPEN}
      accounts {
        A { exports [
          { service: s.stream, response: stream }, { service: s.chunked, response: chunked }, { service: s.headers, latency: { sampling: headers, subject: lat } },
          { stream: t.some, accounts: [B] }
        ] }
        B {}
      }`,
    steps: [
      /"subject":"s\.stream","type":"service","response_type":"Streamed"\}/,
      /"subject":"s\.chunked","type":"service","response_type":"Chunked"\}/,
      /"subject":"s\.headers","type":"service","response_type":"Singleton","service_latency":\{"sampling":"headers","results":"lat"\}\}/,
      /"subject":"t\.some","type":"stream","approved_accounts":\["B"\]\}/,
    ].map((exports) => http('/accountz?acc=A', { part: { account_detail: { exports } } })),
  },
  {
    name: 'accstatz tells of accounts that have connections',
    config: MONITORED,
    alone: true,
    steps: [
      http('/accstatz', { whole: { server_id: SERVER_ID, now: TIME, account_statz: [] } }),
      ...a.connect(as('a')),
      ...b.connect(as('a')),
      a.send('SUB foo.bar 1\r\n'),
      ...a.sync(),
      b.send('PUB foo.bar 5\r\nhello\r\n'),
      ...b.sync(),
      a.expect('MSG foo.bar 1 5\r\nhello\r\n'),
      http('/accstatz', {
        whole: {
          server_id: SERVER_ID,
          now: TIME,
          account_statz: [
            account('A', {
              conns: 2,
              total_conns: 2,
              num_subscriptions: 5,
              sent: { msgs: 1, bytes: 5, ...ELSEWHERE },
              received: { msgs: 1, bytes: 5, ...ELSEWHERE },
            }),
          ],
        },
      }),
      a.leave(),
      b.leave(),
      http('/accstatz', { part: { account_statz: [] } }),
    ],
  },
  {
    name: 'accstatz?unused tells of all accounts',
    config: MONITORED,
    alone: true,
    steps: ['A', 'B', 'SYS', '$G'].map((name) =>
      http('/accstatz?unused=1', {
        part: { account_statz: new RegExp(`"acc":"${name.replace('$', '\\$')}","name":`) },
      }),
    ),
  },
  {
    name: 'accstatz counts a message that crosses to another account where it was sent',
    differs: 'an account counts as sent what its own connections got',
    config: MONITORED,
    alone: true,
    steps: [
      ...a.connect(as('a')),
      ...b.connect(as('b')),
      b.send('SUB imp.st.x 1\r\n'),
      ...b.sync(),
      a.send('PUB st.x 3\r\nabc\r\n'),
      ...a.sync(),
      b.expect('MSG imp.st.x 1 3\r\nabc\r\n'),
      http('/accstatz', {
        part: { account_statz: /"acc":"A"[^[]*?"sent":\{"msgs":1,"bytes":3,[^[]*?"received":\{"msgs":1,"bytes":3,/ },
      }),
      http('/accstatz', {
        part: { account_statz: /"acc":"B"[^[]*?"sent":\{"msgs":0,"bytes":0,[^[]*?"received":\{"msgs":0,"bytes":0,/ },
      }),
    ],
  },
  {
    name: 'routez, gatewayz and leafz of a server that stands alone',
    config: MONITORED,
    steps: [
      ...['', '?subs=1', '?subs=detail'].map((query) =>
        http(`/routez${query}`, {
          whole: { server_id: SERVER_ID, server_name: 'watched', now: TIME, num_routes: 0, routes: [] },
        }),
      ),
      ...['', '?accs=1', '?gw_name=x', '?acc_name=A', '?subs=detail'].map((query) =>
        http(`/gatewayz${query}`, {
          whole: { server_id: SERVER_ID, now: TIME, outbound_gateways: {}, inbound_gateways: {} },
        }),
      ),
      ...['', '?subs=1', '?acc=A'].map((query) =>
        http(`/leafz${query}`, { whole: { server_id: SERVER_ID, now: TIME, leafnodes: 0, leafs: [] } }),
      ),
    ],
  },
  {
    name: 'jsz without JetStream',
    config: MONITORED,
    steps: [
      '',
      '?accounts=1',
      '?acc=A',
      '?acc=nobody',
      '?streams=1&consumers=1&config=1&raft=1&limit=5&offset=2',
      '?direct-consumers=1&stream-leader-only=1',
    ].map((query) => http(`/jsz${query}`, { whole: NO_STREAMS })),
  },
  {
    name: 'healthz is well, on one line',
    config: OPEN,
    steps: [
      '',
      '?js-enabled=1',
      '?js-enabled-only=true',
      '?js-server-only=true',
      '?js-meta-only=1',
      '?account=A',
      '?account=A&stream=S',
      '?account=A&stream=S&consumer=C',
      '?details=1',
      '?details=1&account=A',
    ].map((query) =>
      http(
        `/healthz${query}`,
        { text: '{"status":"ok"}' },
        { headers: { 'content-type': 'application/json', 'access-control-allow-origin': '*' } },
      ),
    ),
  },
  {
    name: 'healthz says what is missing in a question',
    config: OPEN,
    steps: [
      http(
        '/healthz?stream=S',
        { text: '{"status":"error","error":"\\"account\\" must not be empty when checking stream health"}' },
        { status: 400 },
      ),
      http(
        '/healthz?account=A&consumer=C',
        { text: '{"status":"error","error":"\\"stream\\" must not be empty when checking consumer health"}' },
        { status: 400 },
      ),
      http(
        '/healthz?stream=S&details=1',
        {
          text: '{"status":"error","errors":[{"type":"BAD_REQUEST","error":"\\"account\\" must not be empty when checking stream health"}]}',
        },
        { status: 400, headers: { 'content-type': 'application/json' } },
      ),
    ],
  },
  {
    name: 'ipqueuesz and raftz',
    config: MONITORED,
    steps: [
      http('/ipqueuesz', { text: '{}' }),
      http('/ipqueuesz?queues=recv', { text: '{}' }),
      http('/ipqueuesz?all=1&queues=Pings', { text: '{\n   "System recvQ Pings": {\n      "pending": 0\n   }\n}' }),
      ...['', '?acc=A', '?group=G'].map((query) =>
        http(
          `/raftz${query}`,
          { text: 'No Raft nodes registered' },
          { status: 404, headers: { 'content-type': 'text/plain; charset=utf-8' } },
        ),
      ),
    ],
  },
];
