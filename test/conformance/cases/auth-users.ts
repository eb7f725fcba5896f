import { a, b, c, cases, connectLine, logged, plain, type Case, type ConnectFields, type Step } from '../case.ts';

/** Of the password foo, with the least cost there is. */
const BCRYPT = '$2a$04$3IqeLasSKfcinL4qR2IJHupNLkOhjsocYg1JAP3BQd5WwgGFo3Brq';

const denied = '-ERR \'Permissions Violation for Publish to "no"\'\r\n';
const publishNo = 'PUB no 0\r\n\r\n';

/** Said by a client that is not let in. */
function violation(fields: ConnectFields, who = a): Step[] {
  return [
    who.open(),
    who.send(connectLine({ ...plain, ...fields })),
    who.expect("-ERR 'Authorization Violation'\r\n"),
    who.closed(),
  ];
}

const users = `authorization {
  users: [
    { user: ada, password: ada1 }
    { user: ben, password: "${BCRYPT}", permissions: { publish: ok } }
    { user: empty, password: "" }
    { user: "Grüße", password: "tschüß" }
    { user: socket, password: s, allowed_connection_types: ["WEBSOCKET", "MQTT"] }
    { user: standard, password: s, allowed_connection_types: [standard] }
  ]
}`;

const listed: Case[] = [
  {
    name: 'INFO asks for authentication where there are users, and has no nonce',
    config: users,
    steps: [a.open(), a.info({ auth_required: true }, ['nonce'])],
  },
  ...cases<ConnectFields>(
    [
      { user: 'ada', pass: 'ada1' },
      { user: 'ben', pass: 'foo' },
      { user: 'empty' },
      { user: 'empty', pass: '' },
      { user: 'Grüße', pass: 'tschüß' },
      { user: 'standard', pass: 's' },
      { user: 'ada', pass: 'ada1', auth_token: 'x' },
      { user: 'ada', pass: 'ada1', nkey: 'UABC', sig: 'x' },
      { user: 'ada', pass: 'ada1', jwt: 'x' },
    ],
    (fields) => ({
      name: `one of several users comes in with ${JSON.stringify(fields)}`,
      config: users,
      steps: [a.open(), a.send(Buffer.from(connectLine({ ...plain, ...fields })).toString('latin1')), ...a.sync()],
    }),
  ),
  ...cases<ConnectFields>(
    [
      {},
      { user: 'ada' },
      { user: 'ada', pass: 'ADA1' },
      { user: 'ada', pass: 'ada11' },
      { user: 'nobody', pass: 'ada1' },
      { user: 'ben', pass: 'bar' },
      { user: 'ben', pass: BCRYPT },
      { user: 'ben' },
      { user: 'empty', pass: 'x' },
      { user: 'socket', pass: 's' },
      { pass: 'ada1' },
      { auth_token: 'ada1' },
      { jwt: 'x' },
    ],
    (fields) => ({
      name: `none of several users comes in with ${JSON.stringify(fields)}`,
      config: users,
      steps: violation(fields),
    }),
  ),
  {
    name: 'a user with a bcrypt hash who comes again is let in again, and kept out with another password',
    config: users,
    steps: [
      ...a.connect({ user: 'ben', pass: 'foo' }),
      ...b.connect({ user: 'ben', pass: 'foo' }),
      ...violation({ user: 'ben', pass: 'fo' }, c),
    ],
  },
  {
    name: 'what comes right behind a CONNECT whose password has to be hashed is done',
    config: users,
    steps: [
      a.open(),
      a.send(
        `${connectLine({ ...plain, user: 'ben', pass: 'foo' })}SUB ok 1\r\nPUB ok 2\r\nhi\r\n${publishNo}PING\r\n`,
      ),
      a.expect(`MSG ok 1 2\r\nhi\r\n${denied}PONG\r\n`),
    ],
  },
  {
    name: 'what comes right behind a CONNECT with the wrong password is not done',
    config: users,
    steps: [
      ...b.connect({ user: 'ada', pass: 'ada1' }),
      b.send('SUB ok 1\r\n'),
      ...b.sync(),
      a.open(),
      a.send(`${connectLine({ ...plain, user: 'ben', pass: 'bar' })}PUB ok 2\r\nhi\r\nPING\r\n`),
      a.expect("-ERR 'Authorization Violation'\r\n"),
      a.closed(),
      ...b.sync(),
    ],
  },
  {
    name: 'another CONNECT makes it another user, without the subscriptions of the first',
    config: users,
    steps: [
      ...a.connect({ user: 'ada', pass: 'ada1' }),
      a.send('SUB ok 1\r\n'),
      a.send(connectLine({ ...plain, user: 'ben', pass: 'foo' })),
      a.send(`${publishNo}PUB ok 0\r\n\r\n`),
      a.expect(denied),
      ...a.sync(),
    ],
  },
  {
    name: 'another CONNECT without user and password keeps those that were shown',
    config: users,
    steps: [
      ...a.connect({ user: 'ben', pass: 'foo' }),
      a.send(connectLine(plain)),
      a.send(publishNo),
      a.expect(denied),
      ...a.sync(),
    ],
  },
  {
    name: 'another CONNECT with empty user and password is an authorization violation',
    config: users,
    steps: [
      ...a.connect({ user: 'ada', pass: 'ada1' }),
      a.send(connectLine({ ...plain, user: '', pass: '' })),
      a.expect("-ERR 'Authorization Violation'\r\n"),
      a.closed(),
    ],
  },
  {
    name: 'the log names the user who is not let in',
    config: users,
    steps: [
      ...violation({ user: 'mallory"x', pass: 'y' }),
      logged(/\[ERR\] 127\.0\.0\.1:\d+ - cid:\d+ - authentication error - User "mallory\\"x"\n/),
    ],
  },
  {
    name: 'the log does not show the token that is not taken',
    config: users,
    steps: [
      ...violation({ auth_token: 'mysecret' }),
      logged(/\[ERR\] 127\.0\.0\.1:\d+ - cid:\d+ - authentication error - Token "\[REDACTED\]"\n/),
    ],
  },
  {
    name: 'the log says nothing of who shows nothing',
    config: users,
    steps: [...violation({}), logged(/\[ERR\] 127\.0\.0\.1:\d+ - cid:\d+ - authentication error\n/)],
  },
  {
    name: 'the log names account and user of who is in',
    config: users,
    steps: [
      ...a.connect({ user: 'ben', pass: 'foo', name: 'label' }),
      a.send(publishNo),
      a.expect(denied),
      logged(/ - "v1:case:label" - "\$G\/user:ben" - Publish Violation - Subject "no"\n/),
    ],
  },
];

const token: Case[] = [
  {
    name: 'a token kept as a bcrypt hash is compared by it',
    config: `authorization { token: "${BCRYPT}" }`,
    steps: [
      ...a.connect({ auth_token: 'foo' }),
      ...violation({ auth_token: BCRYPT }, b),
      ...violation({ pass: 'foo' }, c),
    ],
  },
  {
    name: 'who shows a token is called so by the log',
    config: 'authorization { token: tok }',
    steps: [
      ...a.connect({ auth_token: 'tok' }),
      a.send('SUB a b c d\r\n'),
      a.closed(),
      logged(/ - "\$G\/token" - processSub Parse Error/),
    ],
  },
];

const anonymous = `no_auth_user: ben
authorization {
  users: [ { user: ada, password: ada1 }, { user: ben, password: ben1, permissions: { publish: ok } } ]
}`;

const noAuthUser: Case[] = [
  {
    name: 'INFO asks for nothing where there is a user for those who show nothing',
    config: anonymous,
    steps: [a.open(), a.info({}, ['auth_required', 'nonce'])],
  },
  {
    name: 'who shows nothing is that user',
    config: anonymous,
    steps: [...a.connect(), a.send(publishNo), a.expect(denied), ...a.sync()],
  },
  {
    name: 'who begins without CONNECT is that user',
    config: anonymous,
    steps: [
      a.open(),
      a.send(`${publishNo}SUB ok 1\r\nPUB ok 2\r\nhi\r\n`),
      a.expect(/^-ERR [^\n]*\n\+OK\r\n/),
      a.expect('+OK\r\n'),
      a.expect('MSG ok 1 2\r\nhi\r\n'),
    ],
  },
  {
    name: 'who shows that user without the password is not let in',
    config: anonymous,
    steps: violation({ user: 'ben' }),
  },
  {
    name: 'who shows another user is that one',
    config: anonymous,
    steps: [...a.connect({ user: 'ada', pass: 'ada1' }), a.send(publishNo), ...a.sync()],
  },
  ...cases<ConnectFields>([{ pass: 'x' }, { auth_token: 'x' }, { user: 'x' }], (fields) => ({
    name: `who shows ${JSON.stringify(fields)} is not taken for one who shows nothing`,
    config: anonymous,
    steps: violation(fields),
  })),
  {
    name: 'who was taken for one who shows nothing stays that user, whatever token comes later',
    config: anonymous,
    steps: [...a.connect(), a.send(connectLine({ ...plain, auth_token: 'x' })), ...a.sync()],
  },
  {
    name: 'who was taken for one who shows nothing may become another user',
    config: anonymous,
    steps: [
      ...a.connect(),
      a.send(connectLine({ ...plain, user: 'ada', pass: 'ada1' })),
      a.send(publishNo),
      ...a.sync(),
    ],
  },
  {
    name: 'nobody who shows nothing is let in where the password of that user is a hash',
    config: `no_auth_user: ben\nauthorization { users: [ { user: ben, password: "${BCRYPT}" } ] }`,
    steps: [
      ...violation({}),
      ...b.connect({ user: 'ben', pass: 'foo' }),
      c.open(),
      c.send('PING\r\n'),
      c.expect("-ERR 'Authorization Violation'\r\n"),
      c.closed(),
    ],
  },
  {
    name: 'nobody who shows nothing is let in where that user may not connect so',
    config:
      'no_auth_user: ben\nauthorization { users: [ { user: ben, password: b, allowed_connection_types: [MQTT] } ] }',
    steps: [...violation({}), b.open(), b.send('PING\r\n'), b.expect("-ERR 'Authorization Violation'\r\n"), b.closed()],
  },
  {
    name: 'who stays silent is timed out also where nothing need be shown',
    config: 'no_auth_user: ben\nauthorization { timeout: 1, users: [ { user: ben, password: b } ] }',
    alone: true,
    steps: [a.open(), a.quiet(400), a.expect("-ERR 'Authentication Timeout'\r\n"), a.closed()],
  },
];

const systemOnly = 'accounts { $SYS { users: [ { user: sys, password: s } ] } }';

const accounts = `accounts {
  A { users: [ { user: ada, password: a }, { user: alf, password: a } ] }
  B { users: [ { user: ben, password: b } ] }
}
authorization { users: [ { user: gil, password: g } ] }`;

const inAccounts: Case[] = [
  {
    name: 'users of one account hear each other, those of another nothing',
    config: accounts,
    steps: [
      ...a.connect({ user: 'ada', pass: 'a' }),
      ...b.connect({ user: 'ben', pass: 'b' }),
      ...c.connect({ user: 'alf', pass: 'a' }),
      a.send('SUB foo 1\r\n'),
      b.send('SUB foo 1\r\nSUB > 2\r\n'),
      ...a.sync(),
      ...b.sync(),
      c.send('PUB foo 2\r\nhi\r\n'),
      ...c.sync(),
      a.expect('MSG foo 1 2\r\nhi\r\n'),
      ...b.sync(),
    ],
  },
  {
    name: 'users in no account are in one of their own',
    config: accounts,
    steps: [
      ...a.connect({ user: 'ada', pass: 'a' }),
      ...b.connect({ user: 'gil', pass: 'g' }),
      a.send('SUB foo 1\r\n'),
      ...a.sync(),
      b.send('SUB foo 1\r\nPUB foo 2\r\nhi\r\n'),
      b.expect('MSG foo 1 2\r\nhi\r\n'),
      ...a.sync(),
    ],
  },
  {
    name: 'the second INFO tells the account',
    config: accounts,
    steps: [
      a.open(),
      a.send(connectLine({ ...plain, protocol: 1, user: 'ben', pass: 'b' })),
      ...a.sync(),
      a.nextInfo({ connect_info: true, remote_account: 'B' }, ['acc_is_sys']),
    ],
  },
  {
    name: 'the second INFO tells that the account is that of the system',
    config: systemOnly,
    steps: [
      a.open(),
      a.send(connectLine({ ...plain, protocol: 1, user: 'sys', pass: 's' })),
      ...a.sync(),
      a.nextInfo({ connect_info: true, remote_account: '$SYS', acc_is_sys: true }),
    ],
  },
  {
    name: 'another CONNECT moves it into another account',
    config: accounts,
    steps: [
      ...a.connect({ user: 'ada', pass: 'a' }),
      ...b.connect({ user: 'ben', pass: 'b' }),
      b.send('SUB foo 1\r\n'),
      ...b.sync(),
      a.send(connectLine({ ...plain, user: 'ben', pass: 'b' })),
      a.send('PUB foo 2\r\nhi\r\n'),
      ...a.sync(),
      b.expect('MSG foo 1 2\r\nhi\r\n'),
    ],
  },
  {
    name: 'a CONNECT that names an account is an authorization violation',
    config: accounts,
    steps: violation({ user: 'ada', pass: 'a', account: 'A' }),
  },
  {
    name: 'where only the system account has users, everybody else is let in, though INFO asks',
    config: systemOnly,
    steps: [
      a.open(),
      a.info({ auth_required: true }),
      ...b.connect(),
      b.send('SUB foo 1\r\nPUB foo 2\r\nhi\r\n'),
      b.expect('MSG foo 1 2\r\nhi\r\n'),
    ],
  },
  {
    name: 'where only the system account has users, who shows a wrong user is not let in',
    config: systemOnly,
    steps: [
      ...violation({ user: 'sys', pass: 'x' }),
      ...violation({ user: 'x' }, b),
      ...violation({ auth_token: 'x' }, c),
    ],
  },
  {
    name: 'where another account has none, the users of the system account lock everybody else out',
    config: 'accounts { A {}, $SYS { users: [ { user: sys, password: s } ] } }',
    steps: violation({}),
  },
  {
    name: 'an authorization block locks everybody else out',
    config: `${systemOnly}\nauthorization { timeout: 3 }`,
    steps: violation({}),
  },
  {
    name: 'accounts without users ask for nothing',
    config: 'accounts { A {}, B {} }',
    steps: [a.open(), a.info({}, ['auth_required']), ...b.connect({ user: 'x', pass: 'y' })],
  },
  {
    name: 'an empty list of users asks for nothing',
    config: 'authorization { users: [] }',
    steps: [a.open(), a.info({}, ['auth_required']), ...b.connect()],
  },
];

/** Users of a configuration: passwords, hashes, tokens, who shows nothing, accounts. */
export const authUsers: Case[] = [...listed, ...token, ...noAuthUser, ...inAccounts];
