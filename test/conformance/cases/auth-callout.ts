import { createAccount, createCurve, createUser, type KeyPair } from '@nats-io/nkeys';
import { expect } from 'vitest';
import { signJwt } from '../../support/jwt.ts';
import { a, b, c, cases, connectLine, logged, plain, type Case, type ConnectFields, type Step } from '../case.ts';

const SUBJECT = '$SYS.REQ.USER.AUTH';
const issuer = createAccount();
const stranger = createAccount();
const curve = createCurve();
const now = (): number => Math.floor(Date.now() / 1000);
const newUserKey = (): string => createUser().getPublicKey();

function configuration(more: string): string {
  return `server_name: S
server_tags: [one, two]
accounts {
  AUTH { users: [ { user: auth, password: p } ] }
  A { users: [ { user: ada, password: p } ] }
  B { users: [ { user: ben, password: p } ] }
}
authorization {
  timeout: 2
  auth_callout { issuer: ${issuer.getPublicKey()}, account: AUTH, auth_users: [ auth ] ${more} }
}`;
}

const clear = configuration('');
const boxed = configuration(`, xkey: ${curve.getPublicKey()}`);
const unnamed = `no_auth_user: ada\n${clear}`;
const partly = configuration(', allowed_accounts: [ A ]');

interface Request {
  jwt: Record<string, unknown>;
  userKey: string;
  serverId: string;
  serverCurve: string;
}

function read(payload: Uint8Array): Request {
  const jwt = JSON.parse(
    Buffer.from(Buffer.from(payload).toString().split('.')[1] ?? '', 'base64url').toString(),
  ) as Record<string, unknown>;
  const nats = jwt['nats'] as { user_nkey: string; server_id: { id: string; xkey?: string } };
  return { jwt, userKey: nats.user_nkey, serverId: nats.server_id.id, serverCurve: nats.server_id.xkey ?? '' };
}

type Fields = Record<string, unknown>;

const unlimited = { subs: -1, data: -1, payload: -1 };

function user({ userKey }: Request, claims: Fields = {}, nats: Fields = {}, signer: KeyPair = issuer): string {
  const body = { type: 'user', version: 2, ...unlimited, pub: {}, sub: {}, ...nats };
  const { sub = userKey, ...more } = { aud: 'A', ...claims } as Fields;
  return signJwt(signer, String(sub), more, body);
}

function response(request: Request, nats: Fields, claims: Fields = {}, signer: KeyPair = issuer): string {
  const { sub = request.userKey, ...more } = { aud: request.serverId, ...claims } as Fields;
  return signJwt(signer, String(sub), more, { type: 'authorization_response', version: 2, ...nats });
}

/** The program, ready to be asked. */
const program: Step[] = [
  ...c.connect({ user: 'auth', pass: 'p', headers: true }),
  c.send(`SUB ${SUBJECT} 1\r\n`),
  ...c.sync(),
];

/** The program answers the next request. */
const answer = (make: (request: Request) => string): Step => c.answer(SUBJECT, (payload) => make(read(payload)));
const welcome = (request: Request): string => response(request, { jwt: user(request) });

type Client = typeof a;

/** Somebody comes in of whom the program says where he belongs. */
const joins = (who: Client, make = welcome, fields: ConnectFields = { user: 'bob', pass: 'x' }): Step[] => [
  who.open(),
  who.send(connectLine({ ...plain, ...fields })),
  answer(make),
  ...who.sync(),
];

/** Somebody does not come in, because of what the program answers. */
const refused = (make: (request: Request) => string, fields: ConnectFields = { user: 'bob', pass: 'x' }): Step[] => [
  a.open(),
  a.send(connectLine({ ...plain, ...fields })),
  answer(make),
  a.expect("-ERR 'Authorization Violation'\r\n"),
  a.closed(),
];

const denied = (subject: string): string => `-ERR 'Permissions Violation for Publish to "${subject}"'\r\n`;

const admitted: Case[] = [
  {
    name: 'who is let in is in the account that the program says',
    config: clear,
    steps: [
      ...program,
      ...joins(a),
      ...joins(b),
      b.send('SUB foo 1\r\n'),
      ...b.sync(),
      a.send('PUB foo 2\r\nhi\r\n'),
      b.expect('MSG foo 1 2\r\nhi\r\n'),
    ],
  },
  {
    name: 'another account is another subject space, the global one too',
    config: clear,
    steps: [
      ...program,
      ...joins(a, (request) => response(request, { jwt: user(request, { aud: 'B' }) })),
      ...joins(b, (request) => response(request, { jwt: user(request, { aud: '$G' }) })),
      b.send('SUB foo 1\r\n'),
      ...b.sync(),
      a.send('PUB foo 2\r\nhi\r\n'),
      ...a.sync(),
      ...b.sync(),
    ],
  },
  ...cases<ConnectFields>(
    [{}, { user: 'ada', pass: 'p' }, { user: 'ada', pass: 'wrong' }, { auth_token: 't' }, { nkey: 'UABC', sig: 'x' }],
    (fields) => ({
      name: `the program is asked about who shows ${JSON.stringify(fields)}`,
      config: clear,
      steps: [...program, ...joins(a, welcome, fields)],
    }),
  ),
  {
    name: 'what is shown with CONNECT and of the server stands in the question',
    config: clear,
    steps: [
      ...program,
      ...joins(
        a,
        (request) => {
          expect(request.jwt).toMatchObject({ aud: 'nats-authorization-request', sub: issuer.getPublicKey() });
          expect(request.jwt['iss']).toBe(request.serverId);
          expect(Number(request.jwt['exp'])).toBeGreaterThanOrEqual(now());
          expect(Number(request.jwt['exp'])).toBeLessThanOrEqual(now() + 3);
          expect(request.jwt['nats']).toEqual({
            server_id: {
              name: 'S',
              host: '127.0.0.1',
              id: request.serverId,
              version: expect.stringMatching(/^2\.15/) as string,
              tags: ['one', 'two'],
            },
            user_nkey: expect.stringMatching(/^U[A-Z2-7]{55}$/) as string,
            client_info: {
              host: '127.0.0.1',
              id: expect.any(Number) as number,
              user: 'bob',
              name: 'me',
              kind: 'Client',
              type: 'nats',
            },
            connect_opts: { user: 'bob', pass: 'x', name: 'me', lang: 'case', version: '1', protocol: 0 },
            type: 'authorization_request',
            version: 2,
          });
          return welcome(request);
        },
        { user: 'bob', pass: 'x', name: 'me' },
      ),
    ],
  },
  {
    name: 'a token stands in the question, and is not what he is called there',
    config: clear,
    steps: [
      ...program,
      ...joins(
        a,
        (request) => {
          expect(request.jwt['nats']).toMatchObject({
            client_info: { user: '[REDACTED]' },
            connect_opts: { auth_token: 'tok', sig: 'zz' },
          });
          return welcome(request);
        },
        { auth_token: 'tok', sig: 'zz', jwt: 'dropped' },
      ),
    ],
  },
  {
    name: 'the program gives permissions',
    config: clear,
    steps: [
      ...program,
      ...joins(a, (request) =>
        response(request, { jwt: user(request, {}, { pub: { allow: ['x'] }, sub: { deny: ['s.>'] } }) }),
      ),
      a.send('PUB x 0\r\n\r\nPUB y 0\r\n\r\nSUB s.1 1\r\n'),
      a.expect(`${denied('y')}-ERR 'Permissions Violation for Subscription to "s.1"'\r\n`),
      ...a.sync(),
    ],
  },
  {
    name: 'the program may call him by another name',
    config: clear,
    steps: [
      ...program,
      ...joins(a, (request) =>
        response(request, { jwt: user(request, { name: 'Robert' }, { pub: { deny: ['renamed'] } }) }),
      ),
      a.send('PUB renamed 0\r\n\r\n'),
      a.expect(denied('renamed')),
      logged(/"A\/user:Robert" - Publish Violation - Subject "renamed"\n/),
    ],
  },
  {
    name: 'he has to go when his user JWT ends',
    config: clear,
    alone: true,
    steps: [
      ...program,
      ...joins(a, (request) => response(request, { jwt: user(request, { exp: now() + 2 }) })),
      a.expect("-ERR 'User Authentication Expired'\r\n"),
      a.closed(),
    ],
  },
  {
    name: 'what comes behind CONNECT waits until the program has answered',
    config: clear,
    steps: [
      ...program,
      a.open(),
      a.send(`${connectLine({ ...plain, user: 'bob' })}SUB foo 1\r\nPUB foo 2\r\nhi\r\n`, 'PUB foo 3\r\nyou\r\n'),
      a.quiet(80),
      answer(welcome),
      a.expect('MSG foo 1 2\r\nhi\r\nMSG foo 1 3\r\nyou\r\n'),
    ],
  },
  {
    name: 'many may be asked about at once, and be answered in any order',
    config: clear,
    steps: [
      ...program,
      a.open(),
      b.open(),
      a.send(connectLine({ ...plain, user: 'bob' })),
      b.send(connectLine({ ...plain, user: 'eve' })),
      answer((request) =>
        (request.jwt['nats'] as { connect_opts: { user: string } }).connect_opts.user === 'bob'
          ? welcome(request)
          : response(request, { error: 'no' }),
      ),
      answer((request) =>
        (request.jwt['nats'] as { connect_opts: { user: string } }).connect_opts.user === 'bob'
          ? welcome(request)
          : response(request, { error: 'no' }),
      ),
      ...a.sync(),
      b.expect("-ERR 'Authorization Violation'\r\n"),
      b.closed(),
    ],
  },
];

const anonymous: Case[] = [
  {
    name: 'about who shows nothing it is asked as about the user for such',
    config: unnamed,
    steps: [
      ...program,
      ...joins(
        a,
        (request) => {
          expect(request.jwt['nats']).toMatchObject({ connect_opts: { user: 'ada', pass: 'p' } });
          return welcome(request);
        },
        {},
      ),
    ],
  },
  {
    name: 'about who begins without CONNECT it is asked too, and what he sent waits',
    config: unnamed,
    steps: [
      ...program,
      a.open(),
      a.send('SUB foo 1\r\nPUB foo 2\r\nhi\r\n', 'PUB foo 3\r\nyou\r\n'),
      a.quiet(80),
      answer(welcome),
      a.expect('+OK\r\n+OK\r\nMSG foo 1 2\r\nhi\r\n+OK\r\nMSG foo 1 3\r\nyou\r\n'),
    ],
  },
  {
    name: 'who begins without CONNECT may be refused',
    config: unnamed,
    steps: [
      ...program,
      a.open(),
      a.send('SUB foo 1\r\nPUB foo 2\r\nhi\r\n'),
      answer((request) => response(request, { error: 'no' })),
      a.expect("-ERR 'Authorization Violation'\r\n"),
      a.closed(),
    ],
  },
];

const itself: Case[] = [
  {
    name: 'about itself the program is not asked, and it may not ask itself',
    config: clear,
    steps: [
      ...program,
      c.send(`PUB ${SUBJECT} 0\r\n\r\n`),
      c.expect(denied(SUBJECT)),
      b.open(),
      b.send(connectLine({ ...plain, user: 'auth', pass: 'wrong' })),
      b.expect("-ERR 'Authorization Violation'\r\n"),
      b.closed(),
      ...c.sync(),
    ],
  },
  {
    name: 'nobody that it puts into its own account may ask it',
    config: clear,
    steps: [
      ...program,
      ...joins(a, (request) => response(request, { jwt: user(request, { aud: 'AUTH' }) })),
      a.send(`PUB ${SUBJECT} 0\r\n\r\nPUB foo 0\r\n\r\n`),
      a.expect(denied(SUBJECT)),
      ...a.sync(),
      ...c.sync(),
    ],
  },
  {
    name: 'users of accounts that it is not in charge of are let in without it',
    config: partly,
    steps: [
      ...program,
      ...b.connect({ user: 'ben', pass: 'p' }),
      ...joins(a, welcome, { user: 'ada', pass: 'p' }),
      ...c.sync(),
    ],
  },
];

/** What the program answers, and what the log says of it. */
const answers: readonly [what: string, make: (request: Request) => string, log: RegExp][] = [
  ['an error', (r) => response(r, { error: 'not you' }), /\[WRN\] Auth callout service returned an error: not you\n/],
  ['nothing', () => '', /\[WRN\] Auth callout violation: "no reason supplied" on account "AUTH"\n/],
  ['garbage', () => 'garbage', /\[WRN\] Expected 3 chunks\n/],
  ['a JWT that is no answer', (r) => user(r), /\[WRN\] Not an authorization request claim\n/],
  [
    'an error and a user',
    (r) => response(r, { error: 'e', jwt: user(r) }),
    /\[WRN\] Authorization response had validation errors: Only Error or Jwt can be set\n/,
  ],
  [
    'neither error nor user',
    (r) => response(r, {}),
    /\[WRN\] Authorization response had validation errors: Error or Jwt is required\n/,
  ],
  [
    'an answer about another user',
    (r) => response(r, { jwt: user(r) }, { sub: newUserKey() }),
    /\[WRN\] Auth callout violation: auth callout response is not for expected user\n/,
  ],
  [
    'an answer for nobody',
    (r) => response(r, { jwt: user(r) }, { aud: 'N' }),
    /\[WRN\] Authorization response had validation errors: Audience must be a server public key\n/,
  ],
  [
    'an answer that has run out',
    (r) => response(r, { jwt: user(r) }, { exp: 1000 }),
    /\[WRN\] Authorization response had validation errors: claim is expired\n/,
  ],
  [
    'an answer signed by somebody else',
    (r) => response(r, { jwt: user(r) }, {}, stranger),
    /\[WRN\] Auth callout signing key is unknown\n/,
  ],
  [
    'a user signed by somebody else',
    (r) => response(r, { jwt: user(r, {}, {}, stranger) }),
    /\[WRN\] Wrong issuer for auth callout response on account "AUTH", expected "A[A-Z2-7]+" got "A[A-Z2-7]+"\n/,
  ],
  [
    'a user of another account than that of the signer',
    (r) => response(r, { jwt: user(r, {}, { issuer_account: issuer.getPublicKey() }) }),
    /\[WRN\] Error non operator mode account "AUTH": attempted to use issuer_account\n/,
  ],
  [
    'another user',
    (r) => response(r, { jwt: user(r, { sub: newUserKey() }) }),
    /\[WRN\] Expected authorized user of "U[A-Z2-7]+" but got "U[A-Z2-7]+" on account "AUTH"\n/,
  ],
  [
    'an account that there is not',
    (r) => response(r, { jwt: user(r, { aud: 'NONE' }) }),
    /\[WRN\] No valid account "NONE" for auth callout response on account "AUTH": account missing\n/,
  ],
  [
    'a user that has run out',
    (r) => response(r, { jwt: user(r, { exp: 1000 }) }),
    /\[WRN\] Error validating user JWT: claim is expired\n/,
  ],
  [
    'a user with a subject that is none',
    (r) => response(r, { jwt: user(r, {}, { pub: { allow: ['a..b'] } }) }),
    /\[WRN\] Error validating user JWT: subject "a\.\.b" cannot contain consecutive `\.`\n/,
  ],
  [
    'a user of a type of connection that there is not',
    (r) => response(r, { jwt: user(r, {}, { allowed_connection_types: ['PIGEON'] }) }),
    /\[WRN\] Authorized user on account "AUTH" using invalid connection type\n/,
  ],
  [
    'a user at the wrong time of the day',
    (r) => response(r, { jwt: user(r, {}, { times: [elsewhen()] }) }),
    /\[WRN\] Authorized user on account "AUTH" outside of valid connect times\n/,
  ],
];

/** A second of the day that is some hours away, in any time zone that has whole hours. */
function elsewhen(): { start: string; end: string } {
  const hour = (new Date().getHours() + 5) % 24;
  const text = String(hour).padStart(2, '0');
  return { start: `${text}:00:00`, end: `${text}:00:01` };
}

const unwelcome: Case[] = [
  ...cases(answers, ([what, make, log]) => ({
    name: `nobody is let in with ${what}`,
    config: clear,
    steps: [...program, ...refused(make), logged(log), logged(/ - authentication error - User "bob"\n/)],
  })),
  {
    name: 'nobody is let in whose request is not answered, after the time that he has',
    config: clear,
    alone: true,
    steps: [
      ...program,
      a.open(),
      a.send(connectLine({ ...plain, user: 'bob' })),
      a.quiet(1500),
      a.expect("-ERR 'Authorization Violation'\r\n"),
      a.closed(),
    ],
  },
  {
    name: 'nobody is let in while there is no program',
    config: clear,
    alone: true,
    steps: [
      a.open(),
      a.send(connectLine({ ...plain, user: 'bob' })),
      a.expect("-ERR 'Authorization Violation'\r\n"),
      a.closed(),
    ],
  },
];

const seal = (text: string, { serverCurve }: Request): Uint8Array => curve.seal(Buffer.from(text), serverCurve);

/** The program opens the question, and answers in a box unless it wants to do otherwise. */
function opened(make: (request: Request) => string | Uint8Array): Step {
  return c.answer(SUBJECT, (payload, headers) => {
    const serverCurve = /^NATS\/1\.0\r\nNats-Server-Xkey: (X[A-Z2-7]{55})\r\n\r\n$/.exec(headers)?.[1] ?? '';
    const request = read(curve.open(payload, serverCurve) ?? new Uint8Array());
    expect(request.serverCurve).toBe(serverCurve);
    const made = make(request);
    return typeof made === 'string' ? seal(made, request) : made;
  });
}

const inBoxes: Case[] = [
  {
    name: 'question and answer may come in boxes',
    config: boxed,
    steps: [...program, a.open(), a.send(connectLine({ ...plain, user: 'bob' })), opened(welcome), ...a.sync()],
  },
  {
    name: 'the key of the boxes is that of INFO',
    config: boxed,
    steps: [
      ...program,
      a.open(),
      a.info({ xkey: /^X[A-Z2-7]{55}$/ }),
      a.send(connectLine({ ...plain, user: 'bob' })),
      opened(welcome),
      ...a.sync(),
    ],
  },
  {
    name: 'who is asked in a box may answer in clear',
    config: boxed,
    steps: [
      ...program,
      a.open(),
      a.send(connectLine({ ...plain, user: 'bob' })),
      opened((request) => Buffer.from(welcome(request))),
      ...a.sync(),
    ],
  },
  {
    name: 'a box may be signed by anybody, but the user inside may not',
    config: boxed,
    steps: [
      ...program,
      a.open(),
      a.send(connectLine({ ...plain, user: 'bob' })),
      opened((request) => response(request, { jwt: user(request) }, {}, stranger)),
      ...a.sync(),
      b.open(),
      b.send(connectLine({ ...plain, user: 'bob' })),
      opened((request) => response(request, { jwt: user(request, {}, {}, stranger) })),
      b.expect("-ERR 'Authorization Violation'\r\n"),
      b.closed(),
    ],
  },
  ...cases(
    [
      ['what is no box', () => Buffer.from('garbage')],
      ['a box that is spoiled', () => Buffer.from(`xkv1${'x'.repeat(100)}`)],
      [
        'the box of somebody else',
        (request: Request) => createCurve().seal(Buffer.from(welcome(request)), request.serverCurve),
      ],
    ] as const,
    ([what, make]) => ({
      name: `nobody is let in with ${what}`,
      config: boxed,
      steps: [
        ...program,
        a.open(),
        a.send(connectLine({ ...plain, user: 'bob' })),
        opened(make),
        a.expect("-ERR 'Authorization Violation'\r\n"),
        a.closed(),
        logged(/\[WRN\] Error decrypting auth callout response on account "AUTH": nkeys: /),
      ],
    }),
  ),
];

/** A program decides who comes in (ADR-26). */
export const authCallout: Case[] = [...admitted, ...anonymous, ...itself, ...unwelcome, ...inBoxes];
