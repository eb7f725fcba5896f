import { a, b, type Case, cases } from '../case.ts';
import { ABSENT, NUMBER, SECONDS, SERVER_ID, TEXT, TIME, type JsonPattern } from '../json-pattern.ts';
import { http } from '../monitoring-steps.ts';
import { as, MONITORED, OPEN } from './monitoring-config.ts';

const FLAGS = {
  js_ack_fc_v2: false,
  js_api_reply_v2: false,
  js_raft_delete_range: true,
  js_snapshot_sources: false,
};
const NONE = { clients: 0, routes: 0, gateways: 0, leafs: 0 };

/** All of varz, with nothing configured, and no connection yet. */
const PLAIN_VARZ: Record<string, JsonPattern> = {
  server_id: SERVER_ID,
  server_name: SERVER_ID,
  version: '2.15.1',
  proto: 1,
  go: TEXT,
  host: '127.0.0.1',
  port: NUMBER,
  max_connections: 65536,
  ping_interval: 120_000_000_000,
  ping_max: 2,
  http_host: '127.0.0.1',
  http_port: -1,
  http_base_path: '',
  https_port: 0,
  auth_timeout: 2,
  max_control_line: 4096,
  max_payload: 1_048_576,
  max_pending: 67_108_864,
  cluster: {},
  gateway: {},
  leaf: {},
  mqtt: {},
  websocket: {},
  jetstream: {},
  tls_timeout: 2,
  write_deadline: 10_000_000_000,
  start: TIME,
  now: TIME,
  uptime: SECONDS,
  mem: NUMBER,
  cores: NUMBER,
  gomaxprocs: NUMBER,
  cpu: NUMBER,
  connections: 0,
  total_connections: 0,
  routes: 0,
  remotes: 0,
  leafnodes: 0,
  in_msgs: 0,
  in_bytes: 0,
  in_client_msgs: 0,
  in_client_bytes: 0,
  out_msgs: 0,
  out_bytes: 0,
  out_client_msgs: 0,
  out_client_bytes: 0,
  slow_consumers: 0,
  stale_connections: 0,
  stalled_clients: 0,
  subscriptions: NUMBER,
  http_req_stats: { '/varz': 1 },
  config_load_time: TIME,
  config_digest: /^"sha256:[0-9a-f]{64}"$/,
  feature_flags: FLAGS,
  system_account: '$SYS',
  slow_consumer_stats: NONE,
  stale_connection_stats: NONE,
  disk_io_wait_stats: { waiters: 0, waits: 0, wait_time: 0, max_wait_time: 0 },
};

/** Inserts keys behind another one, where nats-server has them. */
function withKeys(behind: string, added: Record<string, JsonPattern>): Record<string, JsonPattern> {
  return Object.fromEntries(
    Object.entries(PLAIN_VARZ).flatMap((entry) => (entry[0] === behind ? [entry, ...Object.entries(added)] : [entry])),
  );
}

/** Options and what varz says of them. */
const TOLD: { name: string; config: string; part: Record<string, JsonPattern> }[] = [
  { name: 'a name', config: 'server_name: watched', part: { server_name: 'watched' } },
  {
    name: 'limits',
    config: 'max_payload: 1000, max_pending: 2000, max_connections: 7, max_control_line: 512, max_subscriptions: 9',
    part: { max_payload: 1000, max_pending: 2000, max_connections: 7, max_control_line: 512, max_subscriptions: 9 },
  },
  { name: 'no connections at all', config: 'max_connections: 0', part: { max_connections: -1 } },
  {
    name: 'timers',
    config: 'ping_interval: "3s", ping_max: 5, write_deadline: "4s"',
    part: { ping_interval: 3_000_000_000, ping_max: 5, write_deadline: 4_000_000_000, write_timeout: ABSENT },
  },
  { name: 'what a write deadline does', config: 'write_timeout: retry', part: { write_timeout: 'retry' } },
  {
    name: 'a user',
    config: 'authorization { user: u, password: p, timeout: 1.5 }',
    part: { auth_required: true, auth_timeout: 1.5 },
  },
  { name: 'a token', config: 'authorization { token: t }', part: { auth_required: true } },
  {
    name: 'a user for those who say nothing',
    config: 'authorization { users [ { user: u, password: p } ] }\nno_auth_user: u',
    part: { auth_required: true },
  },
  { name: 'tags, in small letters', config: 'server_tags: ["A", "b:C"]', part: { tags: ['a', 'b:c'] } },
  { name: 'a single tag', config: 'server_tags: one', part: { tags: ['one'] } },
  {
    name: 'metadata, in order',
    config: 'server_metadata { z: last, a: first }',
    part: { metadata: { a: 'first', z: 'last' } },
  },
  {
    name: 'a feature flag',
    config: 'feature_flags { js_ack_fc_v2: true }',
    part: { feature_flags: { ...FLAGS, js_ack_fc_v2: true } },
  },
  {
    name: 'another system account',
    config: 'accounts { SYS {} }\nsystem_account: SYS',
    part: { system_account: 'SYS' },
  },
  { name: 'no system account', config: 'no_system_account: true', part: { system_account: ABSENT, subscriptions: 0 } },
  {
    name: 'WebSocket',
    config:
      'websocket { port: -1, host: "127.0.0.1", no_tls: true, compression: true, same_origin: true, allowed_origins: ["http://x.y"], handshake_timeout: "3s", advertise: "ws.example:80" }',
    part: {
      websocket: {
        host: '127.0.0.1',
        port: NUMBER,
        advertise: 'ws.example:80',
        handshake_timeout: 3_000_000_000,
        auth_timeout: ABSENT,
        no_tls: true,
        same_origin: true,
        allowed_origins: ['http://x.y'],
        compression: true,
      },
    },
  },
];

const LINKS = [
  'varz',
  'jsz',
  'connz',
  'accountz',
  'accstatz',
  'subsz',
  'routez',
  'leafz',
  'gatewayz',
  'raftz',
  'healthz',
  'debug/vars',
];

/** The server as a whole, and how paths and methods are taken. */
export const monitoring: Case[] = [
  {
    name: 'varz of a plain server, every key in its place',
    config: OPEN,
    alone: true,
    steps: [
      http(
        '/varz',
        { whole: PLAIN_VARZ },
        { headers: { 'content-type': 'application/json', 'access-control-allow-origin': '*' } },
      ),
    ],
  },
  {
    name: 'varz is indented by two blanks',
    config: OPEN,
    steps: [
      http('/varz', {
        text: /^\{\n {2}"server_id": "N[A-Z2-7]{55}",\n {2}"server_name"[^]*\n {2}"cluster": \{\},\n[^]*\n\}$/,
      }),
    ],
  },
  {
    name: 'varz names tags and metadata behind the digest, and that users are asked for behind the port',
    config: MONITORED,
    steps: [
      http('/varz', {
        part: {
          auth_required: true,
          tags: ['zone:one', 'second'],
          metadata: { region: 'north' },
          system_account: 'SYS',
        },
      }),
      http('/varz', {
        text: /"port": \d+,\n {2}"auth_required": true,\n {2}"max_connections"[^]*"config_digest": "[^"]*",\n {2}"tags": \[\n {4}"zone:one",\n {4}"second"\n {2}\],\n {2}"metadata": \{[^}]*\},\n {2}"feature_flags"/,
      }),
    ],
  },
  {
    name: 'varz has max_subscriptions behind max_connections where there is one',
    config: `${OPEN}\nmax_subscriptions: 9`,
    alone: true,
    steps: [http('/varz', { whole: withKeys('max_connections', { max_subscriptions: 9 }) })],
  },
  {
    name: 'varz counts what connections send and get',
    config: OPEN,
    alone: true,
    steps: [
      ...a.connect(),
      ...b.connect(),
      a.send('SUB foo 1\r\nSUB foo 2\r\n'),
      ...a.sync(),
      b.send('PUB foo 5\r\nhello\r\nPUB bar 3\r\nabc\r\n'),
      ...b.sync(),
      a.expect(/^(MSG foo [12] 5\r\nhello\r\n){2}/),
      http('/varz', {
        part: {
          connections: 2,
          total_connections: 2,
          in_msgs: 2,
          in_bytes: 8,
          in_client_msgs: 2,
          in_client_bytes: 8,
          out_msgs: 2,
          out_bytes: 10,
          out_client_msgs: 2,
          out_client_bytes: 10,
        },
      }),
      a.leave(),
      http('/varz', { part: { connections: 1, total_connections: 2, out_msgs: 2 } }),
    ],
  },
  {
    name: 'varz counts bytes of headers with those of payloads',
    config: OPEN,
    alone: true,
    steps: [
      ...a.connect({ headers: true }),
      a.send('SUB foo 1\r\nHPUB foo 12 17\r\nNATS/1.0\r\n\r\nhello\r\n'),
      a.expect('HMSG foo 1 12 17\r\nNATS/1.0\r\n\r\nhello\r\n'),
      ...a.sync(),
      http('/varz', { part: { in_bytes: 17, out_bytes: 17 } }),
    ],
  },
  {
    name: 'varz counts HTTP requests by endpoint; some are not counted',
    config: OPEN,
    alone: true,
    steps: [
      ...[
        '/',
        '/connz',
        '/connz?limit=x',
        '/connz?sort=x',
        '/subsz',
        '/subscriptionsz',
        '/routez?subs=x',
        '/routez',
        '/jsz?limit=x',
        '/healthz',
        '/healthz?details=x',
        '/accountz?acc=nobody',
        '/accstatz',
        '/gatewayz',
        '/leafz',
        '/ipqueuesz',
        '/raftz',
        '/stacksz',
        '/debug/vars',
        '/nothing',
      ].map((target) =>
        http(
          target,
          { text: /^/ },
          { status: /=x|nobody/.test(target) ? 400 : /raftz|nothing/.test(target) ? 404 : 200 },
        ),
      ),
      http('/varz', {
        part: {
          http_req_stats: {
            '/': 1,
            '/accountz': 1,
            '/accstatz': 1,
            '/connz': 2,
            '/gatewayz': 1,
            '/healthz': 2,
            '/jsz': 1,
            '/leafz': 1,
            '/routez': 1,
            '/stacksz': ABSENT,
            '/subsz': 2,
            '/varz': 1,
          },
        },
      }),
    ],
  },
  ...cases(TOLD, ({ name, config, part }) => ({
    name: `varz tells of ${name}`,
    config: `${OPEN}\n${config}`,
    steps: [http('/varz', { part })],
  })),
  {
    name: 'the root page has a link to every endpoint',
    config: OPEN,
    steps: LINKS.map((link) =>
      http(
        '/',
        { text: new RegExp(`<a href="?\\./${link}[ ">]`) },
        { headers: { 'content-type': 'text/html; charset=utf-8' } },
      ),
    ),
  },
  {
    name: 'nothing is found under other paths',
    config: OPEN,
    steps: ['/nothing', '/varz/', '/varz/x', '/VARZ', '/debug'].map((target) =>
      http(
        target,
        { text: '404 page not found\n' },
        { status: 404, headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' } },
      ),
    ),
  },
  {
    name: 'untidy paths are sent to the tidy one',
    config: OPEN,
    steps: [
      http(
        '//varz',
        { text: '<a href="/varz">Moved Permanently</a>.\n\n' },
        { status: 301, headers: { location: '/varz' } },
      ),
      http(
        '/a/../connz?limit=2&x=%20',
        { text: '<a href="/connz?limit=2&amp;x=%20">Moved Permanently</a>.\n\n' },
        { status: 301, headers: { location: '/connz?limit=2&x=%20' } },
      ),
    ],
  },
  {
    name: 'any method is served',
    config: OPEN,
    steps: [
      ...['POST', 'PUT', 'DELETE', 'OPTIONS'].map((method) =>
        http('/healthz', { text: '{"status":"ok"}' }, { method }),
      ),
      http('/healthz', { text: '' }, { method: 'HEAD' }),
    ],
  },
  {
    name: 'a base path stands in front of every path, and in the links',
    config: `${OPEN}\nhttp_base_path: "/nats/mon"`,
    steps: [
      http('/nats/mon/varz', { part: { http_base_path: '/nats/mon', http_req_stats: { '/varz': NUMBER } } }),
      http('/nats/mon', { text: /\.\/nats\/mon\/varz/ }),
      http('/nats/mon/', { text: '404 page not found\n' }, { status: 404 }),
      http('/varz', { text: '404 page not found\n' }, { status: 404 }),
      http('/', { text: '404 page not found\n' }, { status: 404 }),
    ],
  },
  {
    name: 'of several values of an option the first counts, and broken pairs are left out',
    config: OPEN,
    steps: [
      http('/connz?limit=3&limit=4', { part: { limit: 3 } }),
      http('/connz?limit=%zz', { part: { limit: 1024 } }),
      http('/connz?offset=2;limit=7', { part: { limit: 1024, offset: 0 } }),
      http('/connz?li%6dit=9', { part: { limit: 9 } }),
    ],
  },
  {
    name: 'the runtime is told of by cmdline and memstats',
    config: OPEN,
    steps: [
      http(
        '/debug/vars',
        {
          part: {
            cmdline: /^\[".*"\]$/,
            memstats: { Alloc: NUMBER, Sys: NUMBER, HeapAlloc: NUMBER, NumGC: NUMBER, PauseNs: /^\[/, BySize: /^\[/ },
          },
        },
        { headers: { 'content-type': 'application/json; charset=utf-8' } },
      ),
      http('/stacksz', { text: /running/ }, { headers: { 'content-type': 'application/json' } }),
    ],
  },
  {
    name: 'users of varz are connections of others, too',
    config: MONITORED,
    alone: true,
    steps: [...a.connect(as('a')), ...b.connect(), http('/varz', { part: { connections: 2 } })],
  },
  {
    name: 'slow consumers are counted by kind and account, and remembered with the reason',
    config: OPEN,
    settings: { maxPendingBytes: 2_000_000 },
    alone: true,
    steps: [
      ...a.connect(),
      ...b.connect({ name: 'slow' }),
      b.send('SUB foo 1\r\n'),
      ...b.sync(),
      b.cutWhile('a', `PUB foo 100000\r\n${'x'.repeat(100_000)}\r\n`, 30_000_000),
      http('/varz', {
        part: {
          slow_consumers: 1,
          slow_consumer_stats: { clients: 1, routes: 0, gateways: 0, leafs: 0 },
          stale_connections: 0,
        },
      }),
      http('/accstatz', { part: { account_statz: [{ acc: '$G', slow_consumers: 1 }] } }),
      http('/connz?state=closed', {
        part: { connections: [{ name: 'slow', reason: /^"Slow Consumer \(/, subscriptions: 1 }] },
      }),
    ],
  },
  {
    name: 'stale connections are counted by kind, and remembered with the reason',
    config: OPEN,
    settings: { pingIntervalMs: 200, pingsOutMax: 1 },
    alone: true,
    pingsCount: true,
    steps: [
      ...a.connect(),
      a.expect('PING\r\n'),
      a.expect("-ERR 'Stale Connection'\r\n"),
      a.closed(),
      http('/varz', {
        part: { stale_connections: 1, stale_connection_stats: { clients: 1, routes: 0, gateways: 0, leafs: 0 } },
      }),
      http('/connz?state=closed', { part: { connections: [{ reason: 'Stale Connection' }] } }),
    ],
  },
];
