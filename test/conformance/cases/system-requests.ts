import { a, b, type Case, cases } from '../case.ts';
import { ABSENT, type JsonPattern, NUMBER, SERVER_ID, TEXT, TIME } from '../json-pattern.ts';
import { event, request } from '../monitoring-steps.ts';
import { as, MONITORED } from './monitoring-config.ts';

/** Who answers, every key in its place. */
export const SERVER: JsonPattern = {
  name: 'watched',
  host: '127.0.0.1',
  id: SERVER_ID,
  ver: '2.15.1',
  tags: ['zone:one', 'second'],
  metadata: { region: 'north' },
  feature_flags: {
    js_ack_fc_v2: false,
    js_api_reply_v2: false,
    js_raft_delete_range: true,
    js_snapshot_sources: false,
  },
  jetstream: false,
  flags: 0,
  seq: NUMBER,
  time: TIME,
};

const COUNT: JsonPattern = { msgs: NUMBER, bytes: NUMBER };

const STATSZ: { whole: JsonPattern } = {
  whole: {
    server: SERVER,
    statsz: {
      start: TIME,
      mem: NUMBER,
      cores: NUMBER,
      cpu: NUMBER,
      connections: NUMBER,
      total_connections: NUMBER,
      active_accounts: NUMBER,
      subscriptions: NUMBER,
      sent: COUNT,
      sent_to_clients: COUNT,
      received: COUNT,
      received_from_clients: COUNT,
      slow_consumers: 0,
      active_servers: 1,
      gomaxprocs: NUMBER,
    },
  },
};

/** What each request to a server is answered with. */
const ANSWERS: Record<string, JsonPattern> = {
  VARZ: /^\{"server_id":"N.*"server_name":"watched",.*"system_account":"SYS"/,
  SUBSZ: {
    server_id: SERVER_ID,
    now: TIME,
    num_subscriptions: NUMBER,
    num_cache: NUMBER,
    num_inserts: NUMBER,
    num_removes: NUMBER,
    num_matches: NUMBER,
    cache_hit_rate: NUMBER,
    max_fanout: NUMBER,
    avg_fanout: NUMBER,
    total: 0,
    offset: 0,
    limit: 1024,
  },
  CONNZ: {
    server_id: SERVER_ID,
    now: TIME,
    num_connections: NUMBER,
    total: NUMBER,
    offset: 0,
    limit: 1024,
    connections: /^\[\{"cid":/,
  },
  ROUTEZ: { server_id: SERVER_ID, server_name: 'watched', now: TIME, num_routes: 0, routes: [] },
  GATEWAYZ: { server_id: SERVER_ID, now: TIME, outbound_gateways: {}, inbound_gateways: {} },
  LEAFZ: { server_id: SERVER_ID, now: TIME, leafnodes: 0, leafs: [] },
  ACCOUNTZ: { server_id: SERVER_ID, now: TIME, system_account: 'SYS', accounts: /"A"/ },
  JSZ: /^\{"memory":0,"storage":0,.*"disabled":true,/,
  HEALTHZ: { status: 'ok', status_code: 200 },
  PROFILEZ: { profile: null, error: 'Profile name not specified' },
  EXPVARZ: { memstats: /^\{"Alloc":\d+/, cmdline: /^\[/ },
  IPQUEUESZ: { 'System recvQ': { pending: 0, in_progress: 1 } },
  RAFTZ: {},
};

function error(code: number, description: string): { whole: JsonPattern } {
  return { whole: { server: SERVER, error: { code, description } } };
}

/** An error where there would be data. */
function noData(description: string): { whole: JsonPattern } {
  return { whole: { server: SERVER, data: null, error: { code: 500, description } } };
}

/** Requests that cannot be read: the texts are those of Go. */
const MALFORMED: [name: string, payload: string, description: string][] = [
  ['CONNZ', 'x', "invalid character 'x' looking for beginning of value"],
  ['CONNZ', '{', 'unexpected end of JSON input'],
  ['CONNZ', '{"a":1,}', `invalid character '}' looking for beginning of object key string`],
  ['CONNZ', '{"a" 1}', "invalid character '1' after object key"],
  ['CONNZ', '{"a":1 "b":2}', `invalid character '"' after object key:value pair`],
  ['CONNZ', '{"a":[1 2]}', "invalid character '2' after array element"],
  ['CONNZ', '{"a":tru}', "invalid character '}' in literal true (expecting 'e')"],
  ['CONNZ', '{"limit":1} x', "invalid character 'x' after top-level value"],
  ['CONNZ', '[]', 'json: cannot unmarshal array into Go value of type server.ConnzEventOptions'],
  ['CONNZ', '5', 'json: cannot unmarshal number into Go value of type server.ConnzEventOptions'],
  ['CONNZ', '"x"', 'json: cannot unmarshal string into Go value of type server.ConnzEventOptions'],
  ['CONNZ', 'true', 'json: cannot unmarshal bool into Go value of type server.ConnzEventOptions'],
  ['CONNZ', '{"limit":"x"}', 'json: cannot unmarshal string into Go struct field ConnzEventOptions.limit of type int'],
  [
    'CONNZ',
    '{"limit":1.5}',
    'json: cannot unmarshal number 1.5 into Go struct field ConnzEventOptions.limit of type int',
  ],
  [
    'CONNZ',
    '{"limit":1e2}',
    'json: cannot unmarshal number 1e2 into Go struct field ConnzEventOptions.limit of type int',
  ],
  [
    'CONNZ',
    '{"limit":99999999999999999999}',
    'json: cannot unmarshal number 99999999999999999999 into Go struct field ConnzEventOptions.limit of type int',
  ],
  ['CONNZ', '{"cid":-1}', 'json: cannot unmarshal number -1 into Go struct field ConnzEventOptions.cid of type uint64'],
  ['CONNZ', '{"auth":1}', 'json: cannot unmarshal number into Go struct field ConnzEventOptions.auth of type bool'],
  [
    'CONNZ',
    '{"state":"closed"}',
    'json: cannot unmarshal string into Go struct field ConnzEventOptions.state of type server.ConnState',
  ],
  [
    'CONNZ',
    '{"sort":5}',
    'json: cannot unmarshal number into Go struct field ConnzEventOptions.sort of type server.SortOpt',
  ],
  [
    'CONNZ',
    '{"user":5,"acc":6}',
    'json: cannot unmarshal number into Go struct field ConnzEventOptions.user of type string',
  ],
  [
    'VARZ',
    '{"server_name":5}',
    'json: cannot unmarshal number into Go struct field VarzEventOptions.server_name of type string',
  ],
  [
    'STATSZ',
    '{"tags":1}',
    'json: cannot unmarshal number into Go struct field StatszEventOptions.tags of type []string',
  ],
  ['STATSZ', '{"tags":[1]}', 'json: cannot unmarshal number into StatszEventOptions.tags.0 of type string'],
  ['SUBSZ', '{"offset":true}', 'json: cannot unmarshal bool into Go struct field SubszEventOptions.offset of type int'],
  [
    'ROUTEZ',
    '{"subscriptions":5}',
    'json: cannot unmarshal number into Go struct field RoutezEventOptions.subscriptions of type bool',
  ],
  [
    'GATEWAYZ',
    '{"accounts":{}}',
    'json: cannot unmarshal object into Go struct field GatewayzEventOptions.accounts of type bool',
  ],
  [
    'LEAFZ',
    '{"subscriptions":[]}',
    'json: cannot unmarshal array into Go struct field LeafzEventOptions.subscriptions of type bool',
  ],
  [
    'ACCOUNTZ',
    '{"account":5}',
    'json: cannot unmarshal number into Go struct field AccountzEventOptions.account of type string',
  ],
  ['JSZ', '{"accounts":5}', 'json: cannot unmarshal number into Go struct field JszEventOptions.accounts of type bool'],
  [
    'HEALTHZ',
    '{"js-enabled":1}',
    'json: cannot unmarshal number into Go struct field HealthzEventOptions.js-enabled of type bool',
  ],
  [
    'PROFILEZ',
    '{"duration":"1s"}',
    'json: cannot unmarshal string into Go struct field ProfilezEventOptions.duration of type time.Duration',
  ],
  [
    'IPQUEUESZ',
    '{"all":5}',
    'json: cannot unmarshal number into Go struct field IpqueueszEventOptions.all of type bool',
  ],
  ['RAFTZ', '{"group":5}', 'json: cannot unmarshal number into Go struct field RaftzEventOptions.group of type string'],
  [
    'EXPVARZ',
    '{"host":5}',
    'json: cannot unmarshal number into Go struct field ExpvarzEventOptions.host of type string',
  ],
];

/** Filters, and whether the server is meant. */
const FILTERS: [payload: string, meant: boolean][] = [
  ['{"server_name":"watch"}', true],
  ['{"server_name":"watch","exact_match":true}', false],
  ['{"server_name":"watched","exact_match":true}', true],
  ['{"SERVER_NAME":"watched"}', true],
  ['{"server_name":"another"}', false],
  ['{"host":"127"}', true],
  ['{"host":"127","exact_match":true}', false],
  ['{"host":"10."}', false],
  ['{"cluster":"c"}', false],
  ['{"domain":"d"}', false],
  ['{"tags":["zone:one"]}', true],
  ['{"tags":["ZONE:One","second"]}', true],
  ['{"tags":["second","third"]}', false],
  ['{"tags":[]}', true],
  ['{"server_name":"","host":null,"unknown":[1]}', true],
];

const ENCODINGS: [accepted: string, encoding: string][] = [
  ['gzip', 'gzip'],
  ['GZIP, deflate', 'gzip'],
  ['identity', 'identity'],
  ['zstd', 'identity'],
];

const sys = (): ReturnType<typeof a.connect> => a.connect(as('sys'));

/** What may be asked in the system account of a server. */
export const systemRequests: Case[] = [
  ...cases(Object.entries(ANSWERS), ([name, data]) => ({
    name: `${name} of all servers and of one`,
    config: MONITORED,
    steps: [
      ...sys(),
      request('a', `$SYS.REQ.SERVER.PING.${name}`, '', { whole: { server: SERVER, data } }),
      request('a', `$SYS.REQ.SERVER.<id>.${name}`, '{}', { whole: { server: SERVER, data } }),
    ],
  })),
  {
    name: 'STATSZ and a plain PING',
    config: MONITORED,
    steps: [
      ...sys(),
      request('a', '$SYS.REQ.SERVER.PING', '', STATSZ),
      request('a', '$SYS.REQ.SERVER.PING.STATSZ', '', STATSZ),
      request('a', '$SYS.REQ.SERVER.<id>.STATSZ', '{"server_name":"watched"}', STATSZ),
    ],
  },
  {
    name: 'IDZ says little, whatever it is asked',
    config: MONITORED,
    steps: [
      ...sys(),
      ...['', 'x', '{"server_name":"another"}'].map((payload) =>
        request('a', '$SYS.REQ.SERVER.PING.IDZ', payload, {
          whole: { name: 'watched', host: '127.0.0.1', id: SERVER_ID },
        }),
      ),
      request('a', '$SYS.REQ.SERVER.<id>.IDZ', '', { part: { id: SERVER_ID } }),
    ],
  },
  {
    name: 'VARZ over $SYS has all that HTTP has',
    config: MONITORED,
    steps: [
      ...sys(),
      request('a', '$SYS.REQ.SERVER.PING.VARZ', '', {
        part: {
          data: {
            version: '2.15.1',
            max_payload: 1_048_576,
            tags: ['zone:one', 'second'],
            http_req_stats: /^\{/,
            tls_timeout: 2,
            cluster: {},
            disk_io_wait_stats: { waits: 0 },
          },
        },
      }),
    ],
  },
  {
    name: 'answers are on one line, and escape what means something in HTML',
    config: MONITORED,
    steps: [
      ...sys(),
      request('a', '$SYS.REQ.ACCOUNT.A.INFO', '', {
        text: /^\{"server":\{"name":"watched",[^\n]*"st\.\\u003e"[^\n]*\}$/,
      }),
    ],
  },
  {
    name: 'every answer has a number, one higher than the one before',
    config: MONITORED,
    alone: true,
    steps: [
      ...sys(),
      request('a', '$SYS.REQ.SERVER.PING.HEALTHZ', '', { part: { server: { seq: NUMBER } } }),
      ...['PING', 'PING.VARZ'].map((name) =>
        request('a', `$SYS.REQ.SERVER.${name}`, '', { part: { server: { seq: NUMBER, time: TIME } } }),
      ),
    ],
  },
  {
    name: 'nobody answers for a server that is not there, nor to a request that is none',
    config: MONITORED,
    steps: [
      ...sys(),
      ...['$SYS.REQ.SERVER.NOBODY.VARZ', '$SYS.REQ.SERVER.<id>.STACKSZ', '$SYS.REQ.SERVER.PING.NOTHING'].map(
        (subject) => request('a', subject, '', { text: '' }, { answerHeaders: /^NATS\/1\.0 503\r\n/ }),
      ),
    ],
  },
  ...cases(MALFORMED, ([name, payload, description]) => ({
    name: `${name} ${payload} is refused`,
    config: MONITORED,
    steps: [...sys(), request('a', `$SYS.REQ.SERVER.PING.${name}`, payload, error(400, description))],
  })),
  ...cases(FILTERS, ([payload, meant]) => ({
    name: `${payload} ${meant ? 'means' : 'does not mean'} this server`,
    config: MONITORED,
    steps: [
      ...sys(),
      ...['VARZ', 'STATSZ', 'HEALTHZ'].map((name) =>
        request(
          'a',
          `$SYS.REQ.SERVER.PING.${name}`,
          payload,
          meant ? { part: { server: { name: 'watched' }, error: ABSENT } } : { silent: true },
        ),
      ),
    ],
  })),
  ...cases(ENCODINGS, ([accepted, encoding]) => ({
    name: `Accept-Encoding: ${accepted} gets ${encoding}`,
    config: MONITORED,
    steps: [
      ...sys(),
      request(
        'a',
        '$SYS.REQ.SERVER.PING.VARZ',
        '',
        { part: { server: SERVER, data: { server_name: 'watched' } } },
        {
          headers: `Accept-Encoding: ${accepted}\r\n`,
          answerHeaders: new RegExp(`^NATS/1\\.0\r\nContent-Encoding: ${encoding}\r\n\r\n$`),
        },
      ),
    ],
  })),
  ...cases(['snappy', 's2', 'gzip, s2'], (accepted) => ({
    name: `Accept-Encoding: ${accepted} gets a stream of snappy, smaller than the text`,
    config: MONITORED,
    steps: [
      ...sys(),
      request(
        'a',
        '$SYS.REQ.SERVER.PING.VARZ',
        '',
        { text: /^\xff\x06\x00\x00sNaPpY\x00[^]{100,1900}$/ },
        {
          headers: `Accept-Encoding: ${accepted}\r\n`,
          answerHeaders: /^NATS\/1\.0\r\nContent-Encoding: snappy\r\n\r\n$/,
        },
      ),
    ],
  })),
  {
    name: 'errors and STATSZ are never packed, other headers ask for nothing',
    config: MONITORED,
    steps: [
      ...sys(),
      request(
        'a',
        '$SYS.REQ.SERVER.PING.VARZ',
        'x',
        { part: { error: { code: 400 } } },
        { headers: 'Accept-Encoding: gzip\r\n', answerHeaders: /^$/ },
      ),
      request(
        'a',
        '$SYS.REQ.SERVER.PING.STATSZ',
        '',
        { part: { statsz: { active_servers: 1 } } },
        { headers: 'Accept-Encoding: gzip\r\n', answerHeaders: /^$/ },
      ),
      request(
        'a',
        '$SYS.REQ.SERVER.PING.HEALTHZ',
        '',
        { part: { data: { status: 'ok' } } },
        { headers: 'Other: gzip\r\n', answerHeaders: /^$/ },
      ),
    ],
  },
  {
    name: 'CONNZ takes every option of HTTP by its name',
    config: MONITORED,
    alone: true,
    steps: [
      ...sys(),
      ...b.connect(as('limited')),
      b.send('SUB a.one 1\r\n'),
      ...b.sync(),
      request('a', '$SYS.REQ.SERVER.PING.CONNZ', '{"sort":"subs","limit":1,"auth":true,"subscriptions":true}', {
        part: {
          data: {
            num_connections: 1,
            total: 2,
            limit: 1,
            connections: [{ authorized_user: TEXT, subscriptions_list: /^\[/ }],
          },
        },
      }),
      request('a', '$SYS.REQ.SERVER.PING.CONNZ', '{"acc":"A","subscriptions_detail":true,"auth":true}', {
        part: {
          data: {
            total: 1,
            connections: [
              {
                authorized_user: 'limited',
                account: 'A',
                subscriptions_list: ABSENT,
                subscriptions_list_detail: [{ subject: 'a.one' }],
              },
            ],
          },
        },
      }),
      request('a', '$SYS.REQ.SERVER.PING.CONNZ', '{"cid":<cid:b>}', {
        part: { data: { connections: [{ name: 'limited-app' }] } },
      }),
      request('a', '$SYS.REQ.SERVER.PING.CONNZ', '{"user":"nobody"}', {
        part: { data: { num_connections: 0, connections: [] } },
      }),
      request('a', '$SYS.REQ.SERVER.PING.CONNZ', '{"state":1}', {
        part: { data: { num_connections: 0, connections: [] } },
      }),
      request('a', '$SYS.REQ.SERVER.PING.CONNZ', '{"state":7}', { part: { data: { total: 0, connections: [] } } }),
      request('a', '$SYS.REQ.SERVER.PING.CONNZ', 'null', { part: { data: { total: 2 } } }),
    ],
  },
  {
    name: 'CONNZ filters by what connections subscribe to',
    config: MONITORED,
    alone: true,
    steps: [
      ...sys(),
      ...b.connect(as('a')),
      b.send('SUB one.* 1\r\n'),
      ...b.sync(),
      ...[
        ['one.two', 1],
        ['one.>', 1],
        ['*.two', 1],
        ['two.one', 0],
        ['>', 1],
      ].map(([subject, count]) =>
        request('a', '$SYS.REQ.SERVER.PING.CONNZ', `{"acc":"A","filter_subject":"${subject}"}`, {
          part: { data: { num_connections: Number(count), total: 1 } },
        }),
      ),
      request(
        'a',
        '$SYS.REQ.SERVER.PING.CONNZ',
        '{"filter_subject":"one.two"}',
        noData('filter by subject only valid with account filtering'),
      ),
    ],
  },
  {
    name: 'what is read and cannot be answered',
    config: MONITORED,
    steps: [
      ...sys(),
      request('a', '$SYS.REQ.SERVER.PING.CONNZ', '{"sort":"foo"}', noData('invalid sorting option: foo')),
      request(
        'a',
        '$SYS.REQ.SERVER.PING.CONNZ',
        '{"sort":"stop"}',
        noData('sort by stop only valid on closed connections'),
      ),
      request(
        'a',
        '$SYS.REQ.SERVER.PING.SUBSZ',
        '{"test":"a.*"}',
        noData('invalid test subject, must be valid publish subject: a.*'),
      ),
      request('a', '$SYS.REQ.SERVER.PING.ACCOUNTZ', '{"account":"nobody"}', noData('Account nobody does not exist')),
    ],
  },
  {
    name: 'SUBSZ and ACCOUNTZ take their options',
    config: MONITORED,
    steps: [
      ...sys(),
      request('a', '$SYS.REQ.SERVER.PING.SUBSZ', '{"subscriptions":true,"test":"$SYS.REQ.USER.INFO"}', {
        part: { data: { total: 4 } },
      }),
      request(
        'a',
        '$SYS.REQ.SERVER.PING.SUBSZ',
        '{"subscriptions":true,"account":"A","test":"$SYS.REQ.USER.INFO","limit":5}',
        {
          part: { data: { total: 1, limit: 5, subscriptions_list: [{ account: 'A' }] } },
        },
      ),
      request('a', '$SYS.REQ.SERVER.PING.ACCOUNTZ', '{"account":"A"}', {
        part: { data: { accounts: ABSENT, account_detail: { account_name: 'A' } } },
      }),
    ],
  },
  {
    name: 'HEALTHZ has its status with the answer',
    config: MONITORED,
    steps: [
      ...sys(),
      request('a', '$SYS.REQ.SERVER.PING.HEALTHZ', '{"stream":"S"}', {
        part: {
          data: { status: 'error', status_code: 400, error: '"account" must not be empty when checking stream health' },
          error: ABSENT,
        },
      }),
      request('a', '$SYS.REQ.SERVER.PING.HEALTHZ', '{"consumer":"C","details":true}', {
        part: {
          data: {
            status: 'error',
            status_code: 400,
            error: ABSENT,
            errors: [{ type: 'BAD_REQUEST', error: '"stream" must not be empty when checking consumer health' }],
          },
        },
      }),
      request('a', '$SYS.REQ.SERVER.PING.HEALTHZ', '{"js-enabled-only":true,"details":true}', {
        part: { data: { status: 'ok', status_code: 200 } },
      }),
    ],
  },
  {
    name: 'PROFILEZ says what is wrong',
    config: MONITORED,
    steps: [
      ...sys(),
      request('a', '$SYS.REQ.SERVER.PING.PROFILEZ', '{"name":"nothing"}', {
        part: { data: { profile: null, error: 'Profile "nothing" not found' } },
      }),
      request('a', '$SYS.REQ.SERVER.PING.PROFILEZ', '{"name":"cpu"}', {
        part: { data: { profile: null, error: 'Duration 0s should be between 0s and 15s' } },
      }),
      request('a', '$SYS.REQ.SERVER.PING.PROFILEZ', '{"name":"cpu","duration":20500000000}', {
        part: { data: { error: 'Duration 20.5s should be between 0s and 15s' } },
      }),
    ],
  },
  {
    name: 'IPQUEUESZ names all queues where they are wanted',
    config: MONITORED,
    steps: [
      ...sys(),
      request('a', '$SYS.REQ.SERVER.PING.IPQUEUESZ', '{"all":true}', {
        part: {
          data: {
            SendQ: { pending: 0 },
            'System recvQ': { pending: 0, in_progress: 1 },
            'System recvQ Pings': { pending: 0 },
            'System sendQ': { pending: 0 },
            'delayed API responses': { pending: 0 },
          },
        },
      }),
      request('a', '$SYS.REQ.SERVER.PING.IPQUEUESZ', '{"all":true,"filter":"Pings"}', {
        part: { data: { 'System recvQ Pings': { pending: 0 }, SendQ: ABSENT } },
      }),
    ],
  },
  {
    name: 'RELOAD reads the configuration again',
    config: MONITORED,
    alone: true,
    steps: [
      ...sys(),
      request('a', '$SYS.REQ.SERVER.<id>.RELOAD', '', { whole: { server: SERVER } }),
      request('a', '$SYS.REQ.SERVER.<id>.RELOAD', '{"server_name":"another"}', { silent: true }),
      request(
        'a',
        '$SYS.REQ.SERVER.<id>.RELOAD',
        'x',
        error(400, "invalid character 'x' looking for beginning of value"),
      ),
      request('a', '$SYS.REQ.SERVER.PING.HEALTHZ', '', { part: { data: { status: 'ok' } } }),
    ],
  },
  {
    name: 'KICK closes a connection',
    config: MONITORED,
    alone: true,
    steps: [
      ...sys(),
      ...b.connect(as('a')),
      request('a', '$SYS.REQ.SERVER.<id>.KICK', '{"cid":<cid:b>}', { whole: { server: SERVER } }),
      b.closed(),
      request('a', '$SYS.REQ.SERVER.<id>.KICK', '{"cid":<cid:b>}', error(500, 'no such client or leafnode id')),
      request('a', '$SYS.REQ.SERVER.PING.CONNZ', '{"state":1}', {
        part: { data: { connections: [{ reason: 'Kicked' }] } },
      }),
    ],
  },
  {
    name: 'KICK and LDM that cannot be read are not answered',
    config: MONITORED,
    steps: [
      ...sys(),
      ...['KICK', 'LDM'].flatMap((name) => [
        request('a', `$SYS.REQ.SERVER.<id>.${name}`, '', { silent: true }),
        request('a', `$SYS.REQ.SERVER.<id>.${name}`, '{"cid":"x"}', { silent: true }),
        request('a', `$SYS.REQ.SERVER.<id>.${name}`, '{"cid":1,"server_name":"another"}', { silent: true }),
      ]),
      request('a', '$SYS.REQ.SERVER.<id>.KICK', '{}', error(500, 'no such client or leafnode id')),
      request('a', '$SYS.REQ.SERVER.<id>.LDM', '{}', error(500, 'no such client id')),
    ],
  },
  {
    name: 'LDM tells one connection to go',
    config: MONITORED,
    alone: true,
    steps: [
      ...sys(),
      ...b.connect({ ...as('a'), protocol: 1 }),
      b.info({}, ['auth_required']),
      b.nextInfo({ connect_info: true, auth_required: true }),
      request('a', '$SYS.REQ.SERVER.<id>.LDM', '{"cid":<cid:b>}', { whole: { server: SERVER } }),
      b.nextInfo({ ldm: true, auth_required: true }, ['connect_info']),
      ...b.sync(),
    ],
  },
  {
    name: 'LDM of a connection that takes no INFO at any time',
    config: MONITORED,
    alone: true,
    steps: [
      ...sys(),
      ...b.connect(as('a')),
      request(
        'a',
        '$SYS.REQ.SERVER.<id>.LDM',
        '{"cid":<cid:b>}',
        error(500, 'client does not support Lame Duck Mode or is not ready to receive the notification'),
      ),
      ...b.sync(),
    ],
  },
  {
    name: 'a PING without a reply has the statistics told to all who listen',
    config: MONITORED,
    alone: true,
    steps: [
      ...sys(),
      a.quiet(1000),
      a.send('SUB $SYS.SERVER.*.STATSZ 1\r\nPUB $SYS.REQ.SERVER.PING 0\r\n\r\n'),
      event('a', '$SYS.SERVER.<id>.STATSZ', STATSZ),
    ],
  },
  {
    name: 'a request without a reply has no effect',
    config: MONITORED,
    steps: [
      ...sys(),
      a.send(
        'PUB $SYS.REQ.SERVER.PING.VARZ 0\r\n\r\nPUB $SYS.REQ.SERVER.PING.CONNZ 1\r\nx\r\nPUB $SYS.REQ.ACCOUNT.A.INFO 0\r\n\r\n',
      ),
      ...a.sync(),
      a.quiet(),
    ],
  },
];
