import { a, b, cases, plain, type Case } from '../case.ts';

const account = { user: 'ada', pass: 'secret' };
/** Of the password foo, with the least cost there is. */
const BCRYPT = '$2a$04$3IqeLasSKfcinL4qR2IJHupNLkOhjsocYg1JAP3BQd5WwgGFo3Brq';

const violation = (fields: Record<string, unknown>) => [
  a.open(),
  a.send(`CONNECT ${JSON.stringify({ ...plain, ...fields })}\r\n`),
  a.expect("-ERR 'Authorization Violation'\r\n"),
  a.closed(),
];

export const authentication: Case[] = [
  {
    name: 'the right user and password are let in',
    settings: account,
    alsoOn: ['2.9', '2.10'],
    steps: [...a.connect(account), a.send('SUB foo 1\r\nPUB foo 1\r\nx\r\n'), a.expect('MSG foo 1 1\r\nx\r\n')],
  },
  {
    name: 'the right user in verbose gets +OK',
    settings: account,
    steps: [a.open(), a.send('CONNECT {"user":"ada","pass":"secret"}\r\n'), a.expect('+OK\r\n')],
  },
  ...cases(
    [
      {},
      { user: 'ada' },
      { user: 'ada', pass: '' },
      { user: 'ada', pass: 'Secret' },
      { user: 'ada', pass: 'secret ' },
      { user: 'Ada', pass: 'secret' },
      { pass: 'secret' },
      { auth_token: 'secret' },
    ],
    (fields) => ({
      name: `${JSON.stringify(fields)} is turned away from a server with a user`,
      settings: account,
      alsoOn: ['2.9', '2.10'] as const satisfies Case['alsoOn'],
      steps: violation(fields),
    }),
  ),
  {
    name: 'the right token is let in',
    settings: { token: 's3cr3t' },
    alsoOn: ['2.9', '2.10'],
    steps: [...a.connect({ auth_token: 's3cr3t' })],
  },
  ...cases(
    [
      {},
      { auth_token: '' },
      { auth_token: 'S3CR3T' },
      { user: 's3cr3t' },
      { pass: 's3cr3t' },
      { user: 'x', pass: 's3cr3t' },
    ],
    (fields) => ({
      name: `${JSON.stringify(fields)} is turned away from a server with a token`,
      settings: { token: 's3cr3t' },
      steps: violation(fields),
    }),
  ),
  {
    name: 'a password kept as a bcrypt hash is compared by it',
    settings: { user: 'ada', pass: BCRYPT },
    steps: [...a.connect({ user: 'ada', pass: 'foo' })],
  },
  {
    name: 'a bcrypt hash is no password itself',
    settings: { user: 'ada', pass: BCRYPT },
    steps: violation({ user: 'ada', pass: BCRYPT }),
  },
  ...cases(['PUB foo 1\r\nx\r\n', 'SUB foo 1\r\n', 'PING\r\n', 'UNSUB 1\r\n', 'PONG\r\n'], (bytes) => ({
    name: `${JSON.stringify(bytes)} before CONNECT is an authorization violation`,
    settings: account,
    steps: [a.open(), a.send(bytes), a.expect("-ERR 'Authorization Violation'\r\n"), a.closed()],
  })),
  {
    name: 'an unknown verb before CONNECT is an authorization violation',
    settings: account,
    steps: [a.open(), a.send('XYZ\r\n'), a.expect("-ERR 'Authorization Violation'\r\n"), a.closed()],
  },
  {
    name: 'nothing of what follows a refused CONNECT is done',
    settings: account,
    steps: [
      ...b.connect(account),
      b.send('SUB foo 1\r\n'),
      ...b.sync(),
      a.open(),
      a.send('CONNECT {"user":"ada","pass":"wrong"}\r\nPUB foo 1\r\nx\r\n'),
      a.expect("-ERR 'Authorization Violation'\r\n"),
      a.closed(),
      ...b.sync(),
    ],
  },
  {
    name: 'a second CONNECT with the wrong password ends the connection',
    settings: account,
    steps: [
      ...a.connect(account),
      a.send('CONNECT {"verbose":false,"user":"ada","pass":"wrong"}\r\n'),
      a.expect("-ERR 'Authorization Violation'\r\n"),
      a.closed(),
    ],
  },
  {
    name: 'who stays silent is told so after the time-out',
    settings: { ...account, authTimeoutMs: 1000 },
    alone: true,
    alsoOn: ['2.9', '2.10'],
    steps: [a.open(), a.quiet(400), a.expect("-ERR 'Authentication Timeout'\r\n"), a.closed()],
  },
  {
    name: 'the time-out is 2 s without being configured',
    settings: { user: 'ada', pass: 'other' },
    alone: true,
    steps: [a.open(), a.quiet(1200), a.expect("-ERR 'Authentication Timeout'\r\n"), a.closed()],
  },
  {
    name: 'who has connected in time is not timed out',
    settings: { ...account, authTimeoutMs: 1000 },
    alone: true,
    steps: [...a.connect(account), a.quiet(1300), ...a.sync()],
  },
  {
    name: 'without authentication silence is allowed',
    alone: true,
    steps: [a.open(), a.quiet(2500), ...a.sync()],
  },
];
