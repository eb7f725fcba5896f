import { createUser } from '@nats-io/nkeys';
import { a, b, c, logged, reload, type Case } from '../case.ts';

const list = (...users: string[]): string => `authorization { users: [\n${users.join('\n')}\n] }`;
const user = (name: string, password: string, more = ''): string =>
  `{ user: ${name}, password: ${password}${more === '' ? '' : `, ${more}`} }`;
const ada = { user: 'ada', pass: 'a' };
const ben = { user: 'ben', pass: 'b' };
const publishDenied = (subject: string): string => `-ERR 'Permissions Violation for Publish to "${subject}"'\r\n`;

const pair = createUser();
const key = pair.getPublicKey();
const seed = new TextDecoder().decode(pair.getSeed());

/** What becomes of those who are in when the configuration is read again. */
export const authReload: Case[] = [
  {
    name: 'a user that is gone is closed without a word, the others stay',
    config: list(user('ada', 'a'), user('ben', 'b')),
    alone: true,
    steps: [
      ...a.connect(ada),
      ...b.connect(ben),
      a.send('SUB foo 1\r\n'),
      ...a.sync(),
      reload(list(user('ada', 'a'))),
      b.closed(),
      a.send('PUB foo 2\r\nhi\r\n'),
      a.expect('MSG foo 1 2\r\nhi\r\n'),
    ],
  },
  {
    name: 'a user with another password is told so and closed',
    config: list(user('ada', 'a'), user('ben', 'b')),
    alone: true,
    steps: [
      ...a.connect(ada),
      ...b.connect(ben),
      reload(list(user('ada', 'a'), user('ben', 'other'))),
      b.expect("-ERR 'Authorization Violation'\r\n"),
      b.closed(),
      ...a.sync(),
      ...c.connect({ user: 'ben', pass: 'other' }),
    ],
  },
  {
    name: 'a user who may not connect so any more is told so and closed',
    config: list(user('ada', 'a')),
    alone: true,
    steps: [
      ...a.connect(ada),
      reload(list(user('ada', 'a', 'allowed_connection_types: [MQTT]'))),
      a.expect("-ERR 'Authorization Violation'\r\n"),
      a.closed(),
    ],
  },
  {
    name: 'subscriptions that are not allowed any more go, with a word for each, and the log tells',
    config: list(user('ada', 'a'), user('ben', 'b')),
    alone: true,
    steps: [
      ...a.connect(ada),
      ...b.connect(ben),
      a.send('SUB foo 1\r\nSUB ok 3\r\n'),
      ...a.sync(),
      reload(list(user('ada', 'a', 'permissions: { publish: ok, subscribe: ok }'), user('ben', 'b'))),
      a.expect('-ERR \'Permissions Violation for Subscription to "foo" (sid "1")\'\r\n'),
      logged(/\[INF\] Removed sub "foo" \(sid "1"\) for User "ada" - not authorized\n/),
      a.send('PUB foo 0\r\n\r\n'),
      a.expect(publishDenied('foo')),
      b.send('PUB foo 0\r\n\r\nPUB ok 2\r\nhi\r\n'),
      a.expect('MSG ok 3 2\r\nhi\r\n'),
    ],
  },
  {
    name: 'a subscription of a group that is not allowed any more is named with it',
    config: list(user('ada', 'a')),
    alone: true,
    steps: [
      ...a.connect(ada),
      a.send('SUB foo q 1\r\n'),
      ...a.sync(),
      reload(list(user('ada', 'a', 'permissions: { subscribe: ok }'))),
      a.expect('-ERR \'Permissions Violation for Subscription to "foo" using queue "q" (sid "1")\'\r\n'),
      logged(/\[INF\] Removed sub "foo" using queue "q" \(sid "1"\) for User "ada" - not authorized\n/),
      ...a.sync(),
    ],
  },
  {
    name: 'what is denied from now on is not delivered to subscriptions that were there',
    config: list(user('ada', 'a'), user('ben', 'b')),
    alone: true,
    steps: [
      ...a.connect(ada),
      ...b.connect(ben),
      a.send('SUB > 1\r\n'),
      ...a.sync(),
      b.send('PUB no 1\r\n1\r\n'),
      a.expect('MSG no 1 1\r\n1\r\n'),
      reload(list(user('ada', 'a', 'permissions: { subscribe: { deny: "no" } }'), user('ben', 'b'))),
      b.send('PUB no 1\r\n2\r\nPUB yes 1\r\n3\r\n'),
      a.expect('MSG yes 1 1\r\n3\r\n'),
    ],
  },
  {
    name: 'what is allowed from now on may be done at once',
    config: list(user('ada', 'a', 'permissions: { publish: ok, subscribe: ok }')),
    alone: true,
    steps: [
      ...a.connect(ada),
      a.send('PUB foo 0\r\n\r\n'),
      a.expect(publishDenied('foo')),
      reload(list(user('ada', 'a'))),
      a.send('SUB foo 1\r\nPUB foo 2\r\nhi\r\n'),
      a.expect('MSG foo 1 2\r\nhi\r\n'),
    ],
  },
  {
    name: 'a user that belongs to another account is closed without a word',
    config: `accounts { A { users: [ ${user('ada', 'a')} ] }, B {} }`,
    alone: true,
    steps: [
      ...a.connect(ada),
      reload(`accounts { A {}, B { users: [ ${user('ada', 'a')} ] } }`),
      a.closed(),
      ...b.connect(ada),
    ],
  },
  {
    name: 'users of an account that is gone are closed without a word',
    config: `accounts { A { users: [ ${user('ada', 'a')} ] }, B { users: [ ${user('ben', 'b')} ] } }`,
    alone: true,
    steps: [
      ...a.connect(ada),
      ...b.connect(ben),
      reload(`accounts { B { users: [ ${user('ben', 'b')} ] } }`),
      a.closed(),
      ...b.sync(),
    ],
  },
  {
    name: 'where users are asked for from now on, who showed one stays, and the others are told and closed',
    config: 'max_connections: 100',
    alone: true,
    steps: [
      ...a.connect(ada),
      ...b.connect(),
      c.open(),
      c.send('PING\r\n'),
      c.expect('PONG\r\n'),
      reload(list(user('ada', 'a'))),
      b.expect("-ERR 'Authorization Violation'\r\n"),
      b.closed(),
      c.expect("-ERR 'Authorization Violation'\r\n"),
      c.closed(),
      ...a.sync(),
    ],
  },
  {
    name: 'who has another token now is told and closed',
    config: 'authorization { token: one }',
    alone: true,
    steps: [
      ...a.connect({ auth_token: 'one' }),
      reload('authorization { token: two }'),
      a.expect("-ERR 'Authorization Violation'\r\n"),
      a.closed(),
      ...b.connect({ auth_token: 'two' }),
    ],
  },
  {
    name: 'the owner of a key stays with it, and goes without a word when it is gone',
    config: list(`{ nkey: ${key} }`, user('ada', 'a')),
    alone: true,
    steps: [
      ...a.connectAs(seed),
      reload(list(`{ nkey: ${key}, permissions: { publish: ok } }`, user('ada', 'a'))),
      a.send('PUB foo 0\r\n\r\n'),
      a.expect(publishDenied('foo')),
      reload(list(user('ada', 'a'))),
      a.closed(),
    ],
  },
  {
    name: 'who shows nothing stays while nothing else has changed for him',
    config: `no_auth_user: ada\n${list(user('ada', 'a'), user('ben', 'b'))}`,
    alone: true,
    steps: [
      ...a.connect(),
      ...b.connect(ben),
      reload(`no_auth_user: ada\n${list(user('ada', 'a', 'permissions: { publish: ok }'), user('cyd', 'c'))}`),
      b.closed(),
      a.send('PUB foo 0\r\n\r\n'),
      a.expect(publishDenied('foo')),
      ...a.sync(),
    ],
  },
  {
    name: 'who shows nothing stays where users of the system account come and go',
    config: `accounts { $SYS { users: [ ${user('ada', 'a')} ] } }`,
    alone: true,
    steps: [
      ...a.connect(ada),
      ...b.connect(),
      reload(`accounts { $SYS { users: [ ${user('ada', 'a')}, ${user('ben', 'b')} ] } }`),
      ...a.sync(),
      ...b.sync(),
      ...c.connect(ben),
    ],
  },
  {
    name: 'a configuration that makes no sense changes nothing',
    config: list(user('ada', 'a')),
    alone: true,
    steps: [
      ...a.connect(ada),
      reload(list(user('ada', 'a'), user('ada', 'a')), /\[ERR\] Failed to reload server configuration: /),
      ...a.sync(),
      ...b.connect(ada),
    ],
  },
];
