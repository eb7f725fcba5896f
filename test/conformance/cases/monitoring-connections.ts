import { a, b, c, type Case, cases, d } from '../case.ts';
import { ABSENT, DURATION, type JsonPattern, NUMBER, SECONDS, SERVER_ID, TIME } from '../json-pattern.ts';
import { http } from '../monitoring-steps.ts';
import { as, MONITORED, OPEN } from './monitoring-config.ts';

/** A connection as connz shows it, in its order. */
function connection(fields: Record<string, JsonPattern> = {}, behind: Record<string, JsonPattern> = {}): JsonPattern {
  return {
    cid: NUMBER,
    kind: 'Client',
    type: 'nats',
    ip: '127.0.0.1',
    port: NUMBER,
    start: TIME,
    last_activity: TIME,
    rtt: DURATION,
    uptime: SECONDS,
    idle: SECONDS,
    pending_bytes: 0,
    in_msgs: 0,
    out_msgs: 0,
    in_bytes: 0,
    out_bytes: 0,
    subscriptions: 0,
    ...fields,
    ...behind,
  };
}

function page(
  connections: JsonPattern,
  count: number,
  { total = count, offset = 0, limit = 1024 } = {},
): { whole: JsonPattern } {
  return { whole: { server_id: SERVER_ID, now: TIME, num_connections: count, total, offset, limit, connections } };
}

const CLIENT = { lang: 'case', version: '1' };

/** What a query cannot say, with the answer to it. */
const REFUSED: [query: string, text: string][] = [
  ['auth=x', `Error decoding boolean for 'auth': strconv.ParseBool: parsing "x": invalid syntax`],
  ['subs=yes', `Error decoding boolean for 'subs': strconv.ParseBool: parsing "yes": invalid syntax`],
  ['offset=x', `Error decoding int for 'offset': strconv.Atoi: parsing "x": invalid syntax`],
  ['limit=1.5', `Error decoding int for 'limit': strconv.Atoi: parsing "1.5": invalid syntax`],
  [
    'limit=99999999999999999999',
    `Error decoding int for 'limit': strconv.Atoi: parsing "99999999999999999999": value out of range`,
  ],
  ['limit=%22%0a', `Error decoding int for 'limit': strconv.Atoi: parsing "\\"\\n": invalid syntax`],
  ['cid=-1', `Error decoding uint64 for 'cid': strconv.ParseUint: parsing "-1": invalid syntax`],
  [
    'cid=99999999999999999999',
    `Error decoding uint64 for 'cid': strconv.ParseUint: parsing "99999999999999999999": value out of range`,
  ],
  ['state=foo', 'Error decoding state for foo'],
  ['sort=foo', 'invalid sorting option: foo'],
  ['sort=stop', 'sort by stop only valid on closed connections'],
  ['sort=reason&state=all', 'sort by reason only valid on closed connections'],
];

/** Three connections that differ in everything they can be sorted by: a is older, c sends most, b gets most. */
const DIFFERENT = [
  ...a.connect({ name: 'first' }),
  ...b.connect({ name: 'second' }),
  ...c.connect({ name: 'third' }),
  a.send('SUB x.1 1\r\nSUB x.2 2\r\nSUB x.3 3\r\n'),
  ...a.sync(),
  b.send('SUB many 1\r\n'),
  ...b.sync(),
  c.send('PUB many 4\r\nabcd\r\nPUB many 4\r\nabcd\r\n'),
  ...c.sync(),
  b.expect('MSG many 1 4\r\nabcd\r\nMSG many 1 4\r\nabcd\r\n'),
  a.send('PUB x.1 1\r\na\r\n'),
  a.expect('MSG x.1 1 1\r\na\r\n'),
  ...a.sync(),
];

const SORTED: [sort: string, first: string][] = [
  ['cid', 'first'],
  ['start', 'first'],
  ['subs', 'first'],
  ['msgs_to', 'second'],
  ['bytes_to', 'second'],
  ['msgs_from', 'third'],
  ['bytes_from', 'third'],
  ['last', 'first'],
  ['idle', 'second'],
  ['uptime', 'third'],
];

/** Connections, open and closed, under every option. */
export const monitoringConnections: Case[] = [
  {
    name: 'connz without a connection',
    config: OPEN,
    alone: true,
    steps: [
      http('/connz', page([], 0), {
        headers: { 'content-type': 'application/json', 'access-control-allow-origin': '*' },
      }),
    ],
  },
  {
    name: 'connz shows a connection, every key in its place',
    config: OPEN,
    alone: true,
    steps: [
      ...a.connect(),
      http('/connz', page([connection({}, CLIENT)], 1)),
      ...b.connect({ name: 'app', lang: '', version: '' }),
      http('/connz?limit=1&offset=1', page([connection({}, { name: 'app' })], 1, { total: 2, offset: 1, limit: 1 })),
    ],
  },
  {
    name: 'connz shows a connection that has said nothing yet',
    config: OPEN,
    alone: true,
    steps: [a.open(), http('/connz', page([connection({ rtt: '0s' })], 1))],
  },
  {
    name: 'connz counts messages, bytes and subscriptions of each connection',
    config: OPEN,
    alone: true,
    steps: [
      ...a.connect(),
      ...b.connect(),
      a.send('SUB foo 1\r\nSUB bar 2\r\n'),
      ...a.sync(),
      b.send('PUB foo 5\r\nhello\r\nPUB nobody 2\r\nhi\r\n'),
      ...b.sync(),
      a.expect('MSG foo 1 5\r\nhello\r\n'),
      http(
        '/connz',
        page(
          [
            connection({ out_msgs: 1, out_bytes: 5, subscriptions: 2 }, CLIENT),
            connection({ in_msgs: 2, in_bytes: 7 }, CLIENT),
          ],
          2,
        ),
      ),
    ],
  },
  {
    name: 'connz?subs lists subjects',
    config: OPEN,
    alone: true,
    steps: [
      ...a.connect(),
      a.send('SUB one.* 1\r\n'),
      ...a.sync(),
      http('/connz?subs=1', page([connection({ subscriptions: 1 }, { ...CLIENT, subscriptions_list: ['one.*'] })], 1)),
      http('/connz?subs=true', { part: { connections: [{ subscriptions_list: ['one.*'] }] } }),
      http('/connz?subs=0', { part: { connections: [{ subscriptions_list: ABSENT }] } }),
    ],
  },
  {
    name: 'connz?subs=detail tells of each subscription',
    config: OPEN,
    alone: true,
    steps: [
      ...a.connect(),
      a.send('SUB jobs workers 9\r\nUNSUB 9 5\r\nPUB jobs 0\r\n\r\n'),
      a.expect('MSG jobs 9 0\r\n\r\n'),
      ...a.sync(),
      http(
        '/connz?subs=detail',
        page(
          [
            connection(
              { in_msgs: 1, out_msgs: 1, subscriptions: 1 },
              {
                ...CLIENT,
                subscriptions_list_detail: [
                  { subject: 'jobs', qgroup: 'workers', sid: '9', msgs: 1, max: 5, cid: NUMBER },
                ],
              },
            ),
          ],
          1,
        ),
      ),
      http('/connz?subs=DETAIL', {
        part: { connections: [{ subscriptions_list_detail: [{ subject: 'jobs' }], subscriptions_list: ABSENT }] },
      }),
    ],
  },
  {
    name: 'connz?auth tells who somebody is',
    config: MONITORED,
    alone: true,
    steps: [
      ...a.connect(as('a')),
      ...b.connect(),
      http('/connz?auth=1&subs=1', {
        whole: {
          server_id: SERVER_ID,
          now: TIME,
          num_connections: 2,
          total: 2,
          offset: 0,
          limit: 1024,
          connections: [
            connection(
              {},
              { name: 'a-app', lang: 'case', version: '1.2.3', authorized_user: 'a', account: 'A', name_tag: 'A' },
            ),
            connection({}, { ...CLIENT, authorized_user: 'b', account: 'B', name_tag: 'B' }),
          ],
        },
      }),
      http('/connz', { part: { connections: [{ authorized_user: ABSENT, account: ABSENT, name_tag: ABSENT }, {}] } }),
    ],
  },
  {
    name: 'connz?auth names $G by its tag only',
    config: OPEN,
    alone: true,
    steps: [...a.connect(), http('/connz?auth=true', page([connection({}, { ...CLIENT, name_tag: '$G' })], 1))],
  },
  {
    name: 'connz?auth covers a token',
    config: `${OPEN}\nauthorization { token: secret }`,
    alone: true,
    steps: [
      ...a.connect({ auth_token: 'secret' }),
      http('/connz?auth=1', { part: { connections: [{ authorized_user: '[REDACTED]' }] } }),
    ],
  },
  ...cases(REFUSED, ([query, text]) => ({
    name: `connz?${query} is refused`,
    config: OPEN,
    steps: [
      http(`/connz?${query}`, { text }, { status: 400, headers: { 'content-type': 'text/plain; charset=utf-8' } }),
    ],
  })),
  {
    name: 'connz?sort',
    config: OPEN,
    alone: true,
    steps: [
      ...DIFFERENT,
      ...SORTED.map(([sort, first]) =>
        http(`/connz?sort=${sort}&limit=1`, { part: { num_connections: 1, total: 3, connections: [{ name: first }] } }),
      ),
    ],
  },
  {
    name: 'connz?offset and limit beyond what there is',
    config: OPEN,
    alone: true,
    steps: [
      ...a.connect(),
      http('/connz?offset=5', page([], 0, { total: 1, offset: 5 })),
      http('/connz?offset=-5', page([connection({}, CLIENT)], 1)),
      http('/connz?limit=-1', page([connection({}, CLIENT)], 1)),
      http('/connz?limit=0', { part: { limit: 1024 } }),
    ],
  },
  {
    name: 'connz?cid finds one connection',
    config: OPEN,
    alone: true,
    steps: [
      ...a.connect({ name: 'one' }),
      ...b.connect({ name: 'other' }),
      http('/connz?cid=<cid:b>', {
        part: { num_connections: 1, total: 2, limit: 1, connections: [{ name: 'other' }] },
      }),
      http('/connz?cid=99999', { part: { num_connections: 0, total: 2, limit: 1, connections: [] } }),
      http('/connz?cid=<cid:b>&state=closed', { part: { num_connections: 0, total: 0, connections: [] } }),
      http('/connz?cid=<cid:b>&state=any', {
        part: { num_connections: 1, total: 2, connections: [{ name: 'other' }] },
      }),
    ],
  },
  {
    name: 'connz?state=closed remembers who has left, and why',
    config: OPEN,
    alone: true,
    steps: [
      ...a.connect({ name: 'gone' }),
      a.send('SUB foo 1\r\nPUB foo 2\r\nhi\r\n'),
      a.expect('MSG foo 1 2\r\nhi\r\n'),
      ...a.sync(),
      a.leave(),
      http('/connz?state=closed', {
        whole: {
          server_id: SERVER_ID,
          now: TIME,
          num_connections: 1,
          total: 1,
          offset: 0,
          limit: 1024,
          connections: [
            {
              cid: NUMBER,
              kind: 'Client',
              type: 'nats',
              ip: '127.0.0.1',
              port: NUMBER,
              start: TIME,
              last_activity: TIME,
              stop: TIME,
              reason: 'Client Closed',
              rtt: DURATION,
              uptime: SECONDS,
              idle: SECONDS,
              pending_bytes: 0,
              in_msgs: 1,
              out_msgs: 1,
              in_bytes: 2,
              out_bytes: 2,
              subscriptions: 1,
              name: 'gone',
              ...CLIENT,
            },
          ],
        },
      }),
      http('/connz?state=closed&subs=1', { part: { connections: [{ subscriptions_list: ['foo'] }] } }),
      http('/connz?state=closed&subs=detail', {
        part: {
          connections: [
            {
              subscriptions_list_detail: [
                { account: '$G', account_tag: '$G', subject: 'foo', sid: '1', msgs: 1, cid: NUMBER },
              ],
            },
          ],
        },
      }),
      http('/connz?state=CLOSED&auth=1', {
        part: { connections: [{ authorized_user: ABSENT, account: ABSENT, name_tag: ABSENT }] },
      }),
      http('/connz', page([], 0)),
      http('/connz?cid=<cid:a>&state=closed', { part: { connections: [{ name: 'gone' }] } }),
      http('/connz?cid=<cid:a>&state=all', { part: { connections: [{ name: 'gone' }] } }),
    ],
  },
  {
    name: 'connz?state=all shows open and closed ones together',
    config: OPEN,
    alone: true,
    steps: [
      ...a.connect({ name: 'gone' }),
      ...b.connect({ name: 'here' }),
      a.leave(),
      http('/connz?state=all', {
        part: { num_connections: 2, total: 2, connections: [{ name: 'gone' }, { name: 'here' }] },
      }),
      http('/connz?state=any&limit=1&offset=1', {
        part: { num_connections: 1, total: 2, connections: [{ name: 'here' }] },
      }),
      http('/connz?state=open', { part: { num_connections: 1, total: 1, connections: [{ name: 'here' }] } }),
    ],
  },
  {
    name: 'closed connections are sorted by stop and reason, too',
    config: OPEN,
    alone: true,
    steps: [
      ...a.connect({ name: 'one' }),
      ...b.connect({ name: 'two' }),
      ...c.connect({ name: 'three' }),
      b.send('FOO\r\n'),
      b.expect("-ERR 'Unknown Protocol Operation'\r\n"),
      b.closed(),
      a.leave(),
      c.leave(),
      http('/connz?state=closed&sort=stop', {
        part: { connections: [{ name: 'three' }, { name: 'one' }, { name: 'two', reason: 'Protocol Violation' }] },
      }),
      http('/connz?state=closed&sort=reason&offset=2', { part: { connections: [{ name: 'two' }] } }),
    ],
  },
  {
    name: 'connz remembers why a client was refused, and who it said it was',
    config: MONITORED,
    alone: true,
    steps: [
      a.open(),
      a.send('CONNECT {"user":"a","pass":"wrong","verbose":false,"name":"intruder"}\r\n'),
      a.expect("-ERR 'Authorization Violation'\r\n"),
      a.closed(),
      http('/connz?state=closed&auth=1', {
        part: {
          num_connections: 1,
          connections: [{ reason: 'Authentication Failure', name: 'intruder', authorized_user: 'a', account: ABSENT }],
        },
      }),
    ],
  },
  {
    name: 'connz remembers as many closed connections as it is told to',
    config: `${OPEN}\nmax_closed_clients: 2`,
    alone: true,
    steps: [
      ...a.connect({ name: 'one' }),
      a.leave(),
      ...b.connect({ name: 'two' }),
      b.leave(),
      ...c.connect({ name: 'three' }),
      c.leave(),
      http('/connz?state=closed', { part: { total: 2, connections: [{ name: 'two' }, { name: 'three' }] } }),
    ],
  },
  {
    name: 'connz?acc and user show those of an account, or of a name',
    config: MONITORED,
    alone: true,
    steps: [
      ...a.connect(as('a')),
      ...b.connect(as('limited')),
      ...c.connect(as('b')),
      ...d.connect(as('b')),
      http('/connz?acc=A', {
        part: { num_connections: 2, total: 2, connections: [{ name: 'a-app' }, { name: 'limited-app' }] },
      }),
      http('/connz?acc=B', { part: { num_connections: 2, total: 2 } }),
      http('/connz?acc=SYS', { part: { num_connections: 0, total: 0, connections: [] } }),
      http('/connz?acc=nobody', {
        whole: { server_id: '', now: TIME, num_connections: 0, total: 0, offset: 0, limit: 1024, connections: null },
      }),
      http('/connz?user=limited', { part: { num_connections: 1, total: 4, connections: [{ name: 'limited-app' }] } }),
      http('/connz?user=nobody', { part: { num_connections: 0, total: 4, connections: [] } }),
      http('/connz?acc=B&user=a', { part: { num_connections: 0, total: 2 } }),
      http('/connz?mqtt_client=x', { part: { num_connections: 0, total: 4, connections: [] } }),
      b.leave(),
      c.leave(),
      http('/connz?acc=A&state=closed', {
        part: { num_connections: 1, total: 1, connections: [{ name: 'limited-app' }] },
      }),
      http('/connz?user=b&state=all', { part: { num_connections: 2, total: 4 } }),
      http('/connz?user=b&state=all&acc=B&auth=1', {
        part: {
          total: 2,
          connections: [
            { authorized_user: 'b', account: 'B', stop: TIME, name_tag: 'B' },
            { account: 'B', stop: ABSENT },
          ],
        },
      }),
    ],
  },
  {
    name: 'connz has names in any alphabet, and escapes what means something in HTML',
    config: OPEN,
    alone: true,
    steps: [
      a.open(),
      a.send(`CONNECT {"verbose":false,"name":"${Buffer.from('Grüße <&> 日本').toString('latin1')}"}\r\nPING\r\n`),
      a.expect('PONG\r\n'),
      http('/connz', { part: { connections: [{ name: 'Grüße <&> 日本' }] } }),
      http('/connz', { text: /"name": "Grüße \\u003c\\u0026\\u003e 日本"/ }),
    ],
  },
];
