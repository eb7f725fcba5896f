import { a, b, c, type Case, cases } from '../case.ts';
import { ABSENT, EVENT_ID, type JsonPattern, NUMBER, SERVER_ID, TIME } from '../json-pattern.ts';
import { request } from '../monitoring-steps.ts';
import { as, MONITORED, OPEN } from './monitoring-config.ts';
import { SERVER } from './system-requests.ts';

const NOTHING = { msgs: 0, bytes: 0 };
const ELSEWHERE = { gateways: NOTHING, routes: NOTHING, leafs: NOTHING };

export function statistics(name: string, fields: Record<string, JsonPattern> = {}): Record<string, JsonPattern> {
  return {
    acc: name,
    name,
    conns: 1,
    leafnodes: 0,
    total_conns: 1,
    num_subscriptions: NUMBER,
    sent: { ...NOTHING, ...ELSEWHERE },
    received: { ...NOTHING, ...ELSEWHERE },
    slow_consumers: 0,
    ...fields,
  };
}

function data(pattern: JsonPattern): { whole: JsonPattern } {
  return { whole: { server: SERVER, data: pattern } };
}

function noData(description: string): { whole: JsonPattern } {
  return { whole: { server: SERVER, data: null, error: { code: 500, description } } };
}

const NO_RESPONDERS = { answerHeaders: /^NATS\/1\.0 503\r\n/ };

/** What may be asked about an account by the system account. */
const ABOUT_ACCOUNTS: Case[] = [
  {
    name: 'SUBSZ of an account always lists its subscriptions',
    config: MONITORED,
    alone: true,
    steps: [
      ...a.connect(as('sys')),
      request('a', '$SYS.REQ.ACCOUNT.A.SUBSZ', '{"test":"$SYS.REQ.USER.INFO"}', {
        part: { data: { total: 1, subscriptions_list: [{ account: 'A', subject: '$SYS.REQ.USER.INFO' }] } },
      }),
      request('a', '$SYS.REQ.ACCOUNT.A.SUBSZ', '{"account":"B","subscriptions":false}', {
        part: { data: { num_subscriptions: 4, total: 4 } },
      }),
      request('a', '$SYS.REQ.ACCOUNT.nobody.SUBSZ', '', {
        part: { data: { num_subscriptions: 0, total: 0, subscriptions_list: ABSENT } },
      }),
    ],
  },
  {
    name: 'CONNZ of an account',
    config: MONITORED,
    alone: true,
    steps: [
      ...a.connect(as('sys')),
      ...b.connect(as('a')),
      request('a', '$SYS.REQ.ACCOUNT.A.CONNZ', '', {
        part: { data: { server_id: SERVER_ID, num_connections: 1, total: 1, connections: [{ name: 'a-app' }] } },
      }),
      request('a', '$SYS.REQ.ACCOUNT.A.CONNZ', '{"acc":"SYS","auth":true}', {
        part: { data: { connections: [{ authorized_user: 'a', account: 'A' }] } },
      }),
      request('a', '$SYS.REQ.ACCOUNT.B.CONNZ', '', { part: { data: { total: 0, connections: [] } } }),
      request('a', '$SYS.REQ.ACCOUNT.nobody.CONNZ', '', {
        whole: {
          server: SERVER,
          data: { server_id: '', now: TIME, num_connections: 0, total: 0, offset: 0, limit: 1024, connections: null },
        },
      }),
      request('a', '$SYS.REQ.ACCOUNT.A.CONNZ', '{"limit":"x"}', {
        part: {
          error: {
            code: 400,
            description: 'json: cannot unmarshal string into Go struct field ConnzEventOptions.limit of type int',
          },
          data: ABSENT,
        },
      }),
    ],
  },
  {
    name: 'LEAFZ and JSZ of an account',
    config: MONITORED,
    steps: [
      ...a.connect(as('sys')),
      request('a', '$SYS.REQ.ACCOUNT.A.LEAFZ', '', data({ server_id: SERVER_ID, now: TIME, leafnodes: 0, leafs: [] })),
      request('a', '$SYS.REQ.ACCOUNT.A.JSZ', '', noData('jetstream not enabled')),
      request('a', '$SYS.REQ.ACCOUNT.nobody.JSZ', '', noData('jetstream not enabled')),
    ],
  },
  {
    name: 'INFO of an account is what accountz tells of it',
    config: MONITORED,
    steps: [
      ...a.connect(as('sys')),
      request('a', '$SYS.REQ.ACCOUNT.A.INFO', '', {
        part: {
          data: {
            account_name: 'A',
            complete: true,
            exports: /svc/,
            imports: /^\[/,
            name_tag: 'A',
            mappings: { foo: [{ subject: 'bar', weight: 100 }] },
          },
        },
      }),
      request('a', '$SYS.REQ.ACCOUNT.nobody.INFO', '', noData('Account nobody does not exist')),
      request('a', '$SYS.REQ.ACCOUNT.A.INFO', '{"tags":5}', {
        part: {
          error: {
            code: 400,
            description: 'json: cannot unmarshal number into Go struct field AccInfoEventOptions.tags of type []string',
          },
        },
      }),
    ],
  },
  {
    name: 'STATZ of an account is left to others where there is nobody in it',
    config: MONITORED,
    alone: true,
    steps: [
      ...a.connect(as('sys')),
      ...b.connect(as('b')),
      request(
        'a',
        '$SYS.REQ.ACCOUNT.B.STATZ',
        '',
        data({ server_id: SERVER_ID, now: TIME, account_statz: [statistics('B')] }),
      ),
      request('a', '$SYS.REQ.ACCOUNT.A.STATZ', '', { silent: true }),
      request('a', '$SYS.REQ.ACCOUNT.nobody.STATZ', '', { silent: true }),
      request('a', '$SYS.REQ.ACCOUNT.A.STATZ', '{"include_unused":true}', {
        part: { data: { account_statz: [{ acc: 'A', conns: 0 }] } },
      }),
    ],
  },
  {
    name: 'STATZ of all accounts, or of some',
    config: MONITORED,
    alone: true,
    steps: [
      ...a.connect(as('sys')),
      request('a', '$SYS.REQ.ACCOUNT.PING.STATZ', '', {
        part: { data: { account_statz: [{ acc: 'SYS', conns: 1 }] } },
      }),
      request('a', '$SYS.REQ.ACCOUNT.PING.STATZ', '{"accounts":["SYS","A"]}', {
        part: { data: { account_statz: [{ acc: 'SYS' }] } },
      }),
      request('a', '$SYS.REQ.ACCOUNT.PING.STATZ', '{"accounts":["A"]}', { silent: true }),
      request('a', '$SYS.REQ.ACCOUNT.PING.STATZ', '{"accounts":["A","B"],"include_unused":true}', {
        part: { data: { account_statz: [{ acc: 'A' }, { acc: 'B' }] } },
      }),
      request('a', '$SYS.REQ.ACCOUNT.PING.STATZ', '{"accounts":["nobody"],"include_unused":true}', {
        part: { data: { account_statz: [] } },
      }),
      request('a', '$SYS.REQ.ACCOUNT.PING.STATZ', '{"accounts":[5]}', {
        part: {
          error: {
            code: 400,
            description: 'json: cannot unmarshal number into AccountStatzEventOptions.accounts.0 of type string',
          },
        },
      }),
    ],
  },
  {
    name: 'CONNS of an account is an event of its own kind',
    config: MONITORED,
    alone: true,
    steps: [
      ...a.connect(as('sys')),
      ...b.connect(as('b')),
      request('a', '$SYS.REQ.ACCOUNT.B.CONNS', '', {
        whole: {
          type: 'io.nats.server.advisory.v1.account_connections',
          id: EVENT_ID,
          timestamp: TIME,
          server: SERVER,
          ...statistics('B'),
        },
      }),
      request('a', '$SYS.REQ.ACCOUNT.B.CONNS', '{"acc":"B"}', { part: { acc: 'B' } }),
      request('a', '$SYS.REQ.ACCOUNT.B.CONNS', '{"acc":"A"}', { silent: true }),
      request('a', '$SYS.REQ.ACCOUNT.A.CONNS', '', { silent: true }),
      request('a', '$SYS.REQ.ACCOUNT.nobody.CONNS', '', { silent: true }),
      request('a', '$SYS.REQ.ACCOUNT.B.CONNS', 'x', { silent: true }),
    ],
  },
  {
    name: 'NSUBS counts the subscriptions of an account to a subject',
    config: MONITORED,
    alone: true,
    steps: [
      ...a.connect(as('sys')),
      ...b.connect(as('a')),
      b.send('SUB one.* 1\r\nSUB one.two workers 2\r\nSUB one.> 3\r\nSUB two 4\r\n'),
      ...b.sync(),
      ...(
        [
          ['one.two', '3'],
          ['one.three', '2'],
          ['one.>', '3'],
          ['one.*', '2'],
          ['>', '8'],
          ['three', '0'],
        ] as const
      ).map(([subject, count]) =>
        request('a', '$SYS.REQ.ACCOUNT.NSUBS', `{"acc":"A","subject":"${subject}"}`, {
          text: subject === '>' ? /^4$/ : count,
        }),
      ),
      request(
        'a',
        '$SYS.REQ.ACCOUNT.NSUBS',
        `{"acc":"A","subject":"one.two","queue":"${Buffer.from('workers').toString('base64')}"}`,
        { text: '1' },
      ),
      request(
        'a',
        '$SYS.REQ.ACCOUNT.NSUBS',
        `{"acc":"A","subject":"one.two","queue":"${Buffer.from('others').toString('base64')}"}`,
        { text: '0' },
      ),
      request('a', '$SYS.REQ.ACCOUNT.NSUBS', '{"acc":"B","subject":"one.two"}', { silent: true }),
      request('a', '$SYS.REQ.ACCOUNT.NSUBS', '', { silent: true }),
      request('a', '$SYS.REQ.ACCOUNT.NSUBS', 'x', { silent: true }),
    ],
  },
  {
    name: 'DEBUG.SUBSCRIBERS counts subscriptions of clients in the system account',
    config: MONITORED,
    alone: true,
    steps: [
      ...a.connect(as('sys')),
      a.send('SUB one.* 1\r\nSUB one.two workers 2\r\n'),
      ...a.sync(),
      request('a', '$SYS.DEBUG.SUBSCRIBERS', 'one.two', { text: '2' }),
      request('a', '$SYS.DEBUG.SUBSCRIBERS', ' one.two workers ', { text: '1' }),
      request('a', '$SYS.DEBUG.SUBSCRIBERS', 'one.two others', { text: '0' }),
      request('a', '$SYS.DEBUG.SUBSCRIBERS', 'one.>', { text: '2' }),
      request('a', '$SYS.DEBUG.SUBSCRIBERS', '$SYS.REQ.SERVER.PING', { text: '0' }),
      request('a', '$SYS.DEBUG.SUBSCRIBERS', '', { text: '0' }),
    ],
  },
];

const SUBJECTS_OF_THE_SYSTEM = [
  '$SYS.REQ.SERVER.PING',
  '$SYS.REQ.SERVER.PING.VARZ',
  '$SYS.REQ.SERVER.<id>.CONNZ',
  '$SYS.REQ.SERVER.<id>.KICK',
  '$SYS.REQ.ACCOUNT.A.CONNZ',
  '$SYS.REQ.ACCOUNT.A.INFO',
  '$SYS.REQ.USER.A.INFO',
  '$SYS.DEBUG.SUBSCRIBERS',
];

/** What an account may ask about itself, and who somebody is. */
const ABOUT_ONESELF: Case[] = [
  {
    name: 'an ordinary account may ask for its own connections and statistics',
    config: MONITORED,
    alone: true,
    steps: [
      ...a.connect(as('a')),
      ...b.connect(as('b')),
      ...['$SYS.REQ.SERVER.PING.CONNZ', '$SYS.REQ.ACCOUNT.PING.CONNZ'].flatMap((subject) => [
        request('a', subject, '', {
          part: {
            server: SERVER,
            data: { server_id: SERVER_ID, num_connections: 1, total: 1, connections: [{ name: 'a-app' }] },
          },
        }),
        request('a', subject, '{"acc":"B","auth":true}', {
          part: { data: { connections: [{ name: 'a-app', account: 'A', authorized_user: 'a' }] } },
        }),
        request('a', subject, '{"state":"x"}', {
          part: {
            error: {
              code: 400,
              description:
                'json: cannot unmarshal string into Go struct field ConnzEventOptions.state of type server.ConnState',
            },
          },
        }),
        request('a', subject, '{"server_name":"another"}', { silent: true }),
      ]),
      request('a', '$SYS.REQ.ACCOUNT.PING.STATZ', '', {
        part: { server: SERVER, data: { account_statz: [{ acc: 'A', conns: 1 }] } },
      }),
      request('a', '$SYS.REQ.ACCOUNT.PING.STATZ', '{"accounts":["B"]}', {
        part: { data: { account_statz: [{ acc: 'A' }] } },
      }),
    ],
  },
  {
    name: 'an account of a server without users may ask, too',
    config: OPEN,
    alone: true,
    steps: [
      ...a.connect({ headers: true, no_responders: true, name: 'anybody' }),
      request('a', '$SYS.REQ.SERVER.PING.CONNZ', '', { part: { data: { connections: [{ name: 'anybody' }] } } }),
      request('a', '$SYS.REQ.ACCOUNT.PING.STATZ', '', {
        part: { data: { account_statz: [{ acc: '$G', name: '$G', conns: 1 }] } },
      }),
      request('a', '$SYS.REQ.USER.INFO', '', { part: { data: { user: '', account: '$G', account_name: '$G' } } }),
    ],
  },
  {
    name: 'nothing is answered where there is no system account',
    config: `${OPEN}\nno_system_account: true`,
    steps: [
      ...a.connect({ headers: true, no_responders: true }),
      ...['$SYS.REQ.USER.INFO', '$SYS.REQ.SERVER.PING.CONNZ', '$SYS.REQ.SERVER.PING'].map((subject) =>
        request('a', subject, '', { text: '' }, NO_RESPONDERS),
      ),
    ],
  },
  ...cases(SUBJECTS_OF_THE_SYSTEM, (subject) => ({
    name: `${subject} is for the system account alone`,
    config: MONITORED,
    steps: [...a.connect(as('a')), request('a', subject, '', { text: '' }, NO_RESPONDERS)],
  })),
  {
    name: 'USER.INFO tells who somebody is, in every account',
    config: MONITORED,
    steps: [
      ...a.connect(as('a')),
      ...b.connect(as('sys')),
      ...c.connect({ headers: true, no_responders: true }),
      request('a', '$SYS.REQ.USER.INFO', '', data({ user: 'a', account: 'A', account_name: 'A' })),
      request('b', '$SYS.REQ.USER.INFO', '', data({ user: 'sys', account: 'SYS', account_name: 'SYS' })),
      request('c', '$SYS.REQ.USER.INFO', '', data({ user: 'b', account: 'B', account_name: 'B' })),
      request('a', '$SYS.REQ.USER.INFO', 'anything', data({ user: 'a', account: 'A', account_name: 'A' })),
    ],
  },
  {
    name: 'USER.INFO tells what somebody may do',
    config: MONITORED,
    steps: [
      ...a.connect(as('limited')),
      request(
        'a',
        '$SYS.REQ.USER.INFO',
        '',
        data({
          user: 'limited',
          account: 'A',
          account_name: 'A',
          permissions: {
            publish: { allow: /^\[("a\.>"|"\$SYS\.>"|,)+\]$/, deny: ['a.no'] },
            subscribe: { allow: /^\[("a\.>"|"_INBOX\.>"|"b\.\* q1"|,)+\]$/ },
            responses: { max: 3, ttl: 60_000_000_000 },
          },
        }),
      ),
    ],
  },
  {
    name: 'USER.INFO of one who may publish anything and subscribe to little',
    config: `authorization { users [ { user: u, password: u, permissions { subscribe: { allow: ["_INBOX.>"], deny: "x" } } } ] }`,
    steps: [
      ...a.connect({ ...as('u') }),
      request('a', '$SYS.REQ.USER.INFO', '', {
        part: {
          data: {
            user: 'u',
            account: '$G',
            permissions: { publish: {}, subscribe: { allow: ['_INBOX.>'], deny: ['x'] }, responses: ABSENT },
          },
        },
      }),
    ],
  },
  {
    name: 'USER.INFO asked by its full name tells of nobody',
    config: MONITORED,
    steps: [...a.connect(as('sys')), request('a', '$SYS.REQ.USER.A.INFO', '', data({ user: '', account: '' }))],
  },
];

/** Requests about accounts. */
export const systemAccounts: Case[] = [...ABOUT_ACCOUNTS, ...ABOUT_ONESELF];
