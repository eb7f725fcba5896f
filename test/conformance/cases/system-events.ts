import { a, b, type Case, signal } from '../case.ts';
import { ABSENT, EVENT_ID, type JsonPattern, NUMBER, TEXT, TIME } from '../json-pattern.ts';
import { event } from '../monitoring-steps.ts';
import { as, MONITORED } from './monitoring-config.ts';
import { statistics } from './system-accounts.ts';
import { SERVER } from './system-requests.ts';

const NONE = { msgs: 0, bytes: 0 };

/** Listens in the system account from now on. */
function listen(...subjects: string[]): ReturnType<typeof a.connect> {
  return [
    ...a.connect(as('sys')),
    a.send(subjects.map((subject, index) => `SUB ${subject} ${index + 1}\r\n`).join('')),
    ...a.sync(),
  ];
}

function typed(type: string, fields: Record<string, JsonPattern>): { whole: JsonPattern } {
  return {
    whole: { type: `io.nats.server.advisory.v1.${type}`, id: EVENT_ID, timestamp: TIME, server: SERVER, ...fields },
  };
}

function connections(name: string, fields: Record<string, JsonPattern>): { whole: JsonPattern } {
  return typed('account_connections', statistics(name, fields));
}

/** A connection of `as('a')` when it came. */
const CLIENT: JsonPattern = {
  start: TIME,
  host: '127.0.0.1',
  id: NUMBER,
  acc: 'A',
  user: 'a',
  name: 'a-app',
  lang: 'case',
  ver: '1.2.3',
  name_tag: 'A',
  kind: 'Client',
  client_type: 'nats',
};

/** The same when it had gone. */
const GONE: JsonPattern = {
  start: TIME,
  host: '127.0.0.1',
  id: NUMBER,
  acc: 'A',
  user: 'a',
  name: 'a-app',
  lang: 'case',
  ver: '1.2.3',
  rtt: NUMBER,
  stop: TIME,
  name_tag: 'A',
  kind: 'Client',
  client_type: 'nats',
};

/** What the system account is told without being asked. */
export const systemEvents: Case[] = [
  {
    name: 'CONNECT tells of a connection',
    config: MONITORED,
    alone: true,
    steps: [
      ...listen('$SYS.ACCOUNT.A.CONNECT'),
      ...b.connect(as('a')),
      event('a', '$SYS.ACCOUNT.A.CONNECT', typed('client_connect', { client: CLIENT })),
    ],
  },
  {
    name: 'DISCONNECT tells what it sent and got, and why it went',
    config: MONITORED,
    alone: true,
    steps: [
      ...listen('$SYS.ACCOUNT.*.DISCONNECT'),
      ...b.connect(as('a')),
      b.send('SUB x 1\r\nPUB x 5\r\nhello\r\nPUB y 2\r\nhi\r\n'),
      b.expect('MSG x 1 5\r\nhello\r\n'),
      ...b.sync(),
      b.leave(),
      event(
        'a',
        '$SYS.ACCOUNT.A.DISCONNECT',
        typed('client_disconnect', {
          client: GONE,
          sent: { msgs: 2, bytes: 7 },
          received: { msgs: 1, bytes: 5 },
          reason: 'Client Closed',
        }),
      ),
    ],
  },
  {
    name: 'DISCONNECT has the reason that connz has',
    config: MONITORED,
    alone: true,
    steps: [
      ...listen('$SYS.ACCOUNT.A.DISCONNECT'),
      ...b.connect(as('a')),
      b.send('FOO\r\n'),
      b.expect("-ERR 'Unknown Protocol Operation'\r\n"),
      b.closed(),
      event('a', '$SYS.ACCOUNT.A.DISCONNECT', { part: { reason: 'Protocol Violation' } }),
    ],
  },
  {
    name: 'who is in by default is told of as that user',
    config: MONITORED,
    alone: true,
    steps: [
      ...listen('$SYS.ACCOUNT.*.CONNECT'),
      b.open(),
      b.send('PING\r\n'),
      b.expect('PONG\r\n'),
      event('a', '$SYS.ACCOUNT.B.CONNECT', {
        part: { client: { acc: 'B', user: 'b', name: ABSENT, lang: ABSENT, ver: ABSENT, rtt: ABSENT, kind: 'Client' } },
      }),
    ],
  },
  {
    name: 'SERVER.CONNS tells the number of connections of an account when it changes, under two names',
    config: MONITORED,
    alone: true,
    steps: [
      ...listen('$SYS.SERVER.ACCOUNT.A.CONNS', '$SYS.ACCOUNT.A.SERVER.CONNS'),
      ...b.connect(as('a')),
      event('a', '$SYS.SERVER.ACCOUNT.A.CONNS', connections('A', { conns: 1, total_conns: 1, num_subscriptions: 4 })),
      event('a', '$SYS.ACCOUNT.A.SERVER.CONNS', connections('A', { conns: 1, total_conns: 1, num_subscriptions: 4 })),
      b.leave(),
      event('a', '$SYS.SERVER.ACCOUNT.A.CONNS', connections('A', { conns: 0, total_conns: 0 })),
      event('a', '$SYS.ACCOUNT.A.SERVER.CONNS', connections('A', { conns: 0, total_conns: 0 })),
    ],
  },
  {
    name: 'the number comes before the connection itself, and both names carry one event',
    config: MONITORED,
    alone: true,
    steps: [
      ...listen('$SYS.ACCOUNT.A.>'),
      ...b.connect(as('a')),
      event('a', '$SYS.ACCOUNT.A.SERVER.CONNS', { part: { acc: 'A', conns: 1 } }),
      event('a', '$SYS.ACCOUNT.A.CONNECT', { part: { client: { acc: 'A' } } }),
      b.leave(),
      event('a', '$SYS.ACCOUNT.A.SERVER.CONNS', { part: { acc: 'A', conns: 0 } }),
      event('a', '$SYS.ACCOUNT.A.DISCONNECT', { part: { reason: 'Client Closed' } }),
    ],
  },
  {
    name: 'nobody is told how many connections $G has, only who comes and goes',
    config: `server_name: watched\naccounts { SYS { users [ { user: sys, password: sys } ] } }\nsystem_account: SYS`,
    alone: true,
    steps: [
      ...listen('$SYS.ACCOUNT.>', '$SYS.SERVER.ACCOUNT.>'),
      ...b.connect({ name: 'anybody' }),
      event('a', '$SYS.ACCOUNT.$G.CONNECT', {
        part: { client: { acc: '$G', name: 'anybody', name_tag: '$G' } },
      }),
      b.leave(),
      event('a', '$SYS.ACCOUNT.$G.DISCONNECT', { part: { client: { acc: '$G' } } }),
      a.quiet(),
    ],
  },
  {
    name: 'CLIENT.AUTH.ERR tells of who was refused, before he is gone',
    config: MONITORED,
    alone: true,
    steps: [
      ...listen('$SYS.SERVER.*.CLIENT.AUTH.ERR', '$SYS.ACCOUNT.*.DISCONNECT'),
      b.open(),
      b.send('CONNECT {"user":"a","pass":"wrong","verbose":false,"lang":"case","name":"intruder"}\r\n'),
      b.expect("-ERR 'Authorization Violation'\r\n"),
      b.closed(),
      event(
        'a',
        '$SYS.SERVER.<id>.CLIENT.AUTH.ERR',
        typed('client_disconnect', {
          client: {
            start: TIME,
            host: '127.0.0.1',
            id: NUMBER,
            acc: '$G',
            user: 'a',
            name: 'intruder',
            lang: 'case',
            rtt: NUMBER,
            stop: TIME,
            name_tag: '$G',
            kind: 'Client',
            client_type: 'nats',
          },
          sent: NONE,
          received: NONE,
          reason: 'Authentication Failure',
        }),
      ),
      event('a', '$SYS.ACCOUNT.$G.DISCONNECT', {
        part: { client: { acc: '$G', user: 'a' }, reason: 'Authentication Failure' },
      }),
    ],
  },
  {
    name: 'who leaves without a word was in $G',
    config: MONITORED,
    alone: true,
    steps: [
      ...listen('$SYS.ACCOUNT.*.DISCONNECT', '$SYS.ACCOUNT.*.CONNECT', '$SYS.SERVER.*.CLIENT.AUTH.ERR'),
      b.open(),
      b.leave(),
      event('a', '$SYS.ACCOUNT.$G.DISCONNECT', {
        part: { client: { acc: '$G', user: ABSENT, rtt: ABSENT }, reason: 'Client Closed' },
      }),
      a.quiet(),
    ],
  },
  {
    name: 'who says nothing for too long is told of',
    config: `${MONITORED}\nauthorization { timeout: 0.3 }`,
    alone: true,
    steps: [
      ...listen('$SYS.ACCOUNT.*.DISCONNECT', '$SYS.SERVER.*.CLIENT.AUTH.ERR'),
      b.open(),
      b.expect("-ERR 'Authentication Timeout'\r\n"),
      b.closed(),
      event('a', '$SYS.ACCOUNT.$G.DISCONNECT', { part: { reason: 'Authentication Timeout' } }),
      a.quiet(),
    ],
  },
  {
    name: 'STATSZ comes by itself to who listens',
    config: MONITORED,
    alone: true,
    steps: [
      ...listen('$SYS.SERVER.*.STATSZ'),
      event('a', '$SYS.SERVER.<id>.STATSZ', {
        part: { server: SERVER, statsz: { connections: 1, active_accounts: 1, active_servers: 1, start: TIME } },
      }),
      event('a', '$SYS.SERVER.<id>.STATSZ', { part: { statsz: { connections: 1, sent: { msgs: NUMBER } } } }),
    ],
  },
  {
    name: 'LAMEDUCK tells that the server is about to go',
    config: MONITORED,
    alone: true,
    steps: [
      ...listen('$SYS.SERVER.*.LAMEDUCK'),
      signal('SIGUSR2'),
      event('a', '$SYS.SERVER.<id>.LAMEDUCK', { whole: SERVER }),
    ],
  },
  {
    name: 'SHUTDOWN tells that it goes',
    config: MONITORED,
    alone: true,
    steps: [
      ...listen('$SYS.SERVER.*.SHUTDOWN'),
      signal('SIGINT'),
      event('a', '$SYS.SERVER.<id>.SHUTDOWN', { whole: SERVER }),
      a.closed(),
    ],
  },
  {
    name: 'events reach listeners of the system account only',
    config: MONITORED,
    alone: true,
    steps: [
      ...a.connect(as('b')),
      a.send('SUB $SYS.> 1\r\nSUB > 2\r\n'),
      ...a.sync(),
      ...b.connect(as('a')),
      b.leave(),
      a.quiet(),
    ],
  },
  {
    name: 'whoever is in the system account may send what looks like an event',
    config: MONITORED,
    alone: true,
    steps: [
      ...listen('$SYS.ACCOUNT.made.up'),
      a.send('PUB $SYS.ACCOUNT.made.up 2\r\nhi\r\n'),
      event('a', '$SYS.ACCOUNT.made.up', { text: 'hi' }),
      ...a.sync(),
    ],
  },
  {
    name: 'an id is never used again',
    config: MONITORED,
    alone: true,
    steps: [
      ...listen('$SYS.ACCOUNT.A.CONNECT', '$SYS.ACCOUNT.A.DISCONNECT'),
      ...b.connect(as('a')),
      event('a', '$SYS.ACCOUNT.A.CONNECT', { part: { id: EVENT_ID, client: { name: TEXT } } }),
      b.leave(),
      event('a', '$SYS.ACCOUNT.A.DISCONNECT', { part: { id: EVENT_ID } }),
    ],
  },
];
