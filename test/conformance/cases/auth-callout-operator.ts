import { createCurve } from '@nats-io/nkeys';
import { expect } from 'vitest';
import { encodeJwt } from '../../../broker/auth/jwt/encode.ts';
import { UNLIMITED_USER } from '../../../broker/auth/operator/tree.ts';
import { newKeyPair, type NkeyPair } from '../../../broker/auth/nkey.ts';
import { scopeOf, secondsFromNow, TestOperator } from '../../support/operator-tree.ts';
import { a, b, c, cases, type Case, connectLine, logged, plain, type Step } from '../case.ts';
import { deniedPublish, deniedSubscribe, enter } from './operator-steps.ts';

const SUBJECT = '$SYS.REQ.USER.AUTH';

const operator = new TestOperator();
const signer = newKeyPair('account');
const scoped = newKeyPair('account');
const calloutSigner = newKeyPair('account');
const curve = createCurve();

/** Accounts that users may be put into. */
const target = operator.account('TARGET', {
  signing_keys: [signer.publicKey, scopeOf(scoped.publicKey, { pub: { allow: ['scoped.{{name()}}'] } })],
  default_permissions: { pub: { deny: ['default'] }, sub: {} },
});
const other = operator.account('OTHER');

/** The account of the program; it is made in two steps, because it names users of its own. */
const callout = operator.account('CALLOUT');
const program = callout.user('program');
const sentinel = callout.user('sentinel', { bearer_token: true, tags: ['one'] });
const signing = callout.user('signing');
const inBox = operator.account('BOX');
const boxProgram = inBox.user('program');
const boxSentinel = inBox.user('sentinel', { bearer_token: true });
const config = operator.config(
  [
    target,
    other,
    `${callout.key}: ${callout.jwt({
      signing_keys: [calloutSigner.publicKey],
      authorization: { auth_users: [program.key], allowed_accounts: [target.key] },
    })}`,
    `${inBox.key}: ${inBox.jwt({
      authorization: { auth_users: [boxProgram.key], allowed_accounts: ['*'], xkey: curve.getPublicKey() },
    })}`,
  ],
  'MEMORY',
  'authorization { timeout: 2 }',
);

interface Request {
  readonly claims: Record<string, unknown>;
  readonly nats: Record<string, unknown>;
  readonly userKey: string;
  readonly serverId: string;
}

function read(payload: Uint8Array): Request {
  const body = Buffer.from(payload).toString().split('.')[1] ?? '';
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Request['claims'];
  const nats = claims['nats'] as Request['nats'] & { user_nkey: string; server_id: { id: string } };
  return { claims, nats, userKey: nats.user_nkey, serverId: nats.server_id.id };
}

interface Draft {
  name?: string;
  exp?: number;
  nats?: object;
}

function user({ userKey }: Request, by: NkeyPair, { name, exp, nats }: Draft = {}): string {
  return encodeJwt(
    { sub: userKey, name, exp, nats: { ...UNLIMITED_USER, pub: {}, sub: {}, ...nats, type: 'user' } },
    by,
  );
}

function response({ userKey, serverId }: Request, nats: object, by: NkeyPair = callout.keys): string {
  return encodeJwt({ sub: userKey, aud: serverId, nats: { ...nats, type: 'authorization_response' } }, by);
}

const ready: Step[] = [...enter(c, program, { headers: true }), c.send(`SUB ${SUBJECT} 1\r\n`), ...c.sync()];
const answer = (make: (request: Request) => string): Step => c.answer(SUBJECT, (payload) => make(read(payload)));
const showing = (jwt: string, more: object = {}): string => connectLine({ ...plain, jwt, ...more });
const joins = (make: (request: Request) => string, who = a): Step[] => [
  who.open(),
  who.send(showing(sentinel.jwt)),
  answer(make),
  ...who.sync(),
];

const admitted: Case[] = [
  {
    name: 'the program may put somebody into its own account',
    config,
    steps: [
      ...ready,
      ...joins((request) => response(request, { jwt: user(request, callout.keys) })),
      ...enter(b, program),
      b.send('SUB foo 1\r\n'),
      ...b.sync(),
      a.send('PUB foo 2\r\nhi\r\n'),
      b.expect('MSG foo 1 2\r\nhi\r\n'),
      ...deniedPublish(a, SUBJECT),
    ],
  },
  {
    name: 'the program may put somebody into an account that it may, with its key',
    config,
    steps: [
      ...ready,
      ...joins((request) => response(request, { jwt: user(request, target.keys) })),
      ...enter(b, target.user('b')),
      b.send('SUB foo 1\r\n'),
      ...b.sync(),
      a.send('PUB foo 2\r\nhi\r\n'),
      b.expect('MSG foo 1 2\r\nhi\r\n'),
      ...deniedPublish(a, 'default'),
    ],
  },
  {
    name: 'a signing key of that account will do, and permissions of the user count',
    config,
    steps: [
      ...ready,
      ...joins((request) =>
        response(request, {
          jwt: user(request, signer, { nats: { issuer_account: target.key, sub: { allow: ['yes'] } } }),
        }),
      ),
      ...deniedSubscribe(a, 'no'),
      a.send('SUB yes 1\r\nPUB default 0\r\n\r\n'),
      ...a.sync(),
    ],
  },
  {
    name: 'a scoped signing key gives its permissions',
    config,
    steps: [
      ...ready,
      ...joins((request) =>
        response(request, {
          jwt: encodeJwt(
            { sub: request.userKey, name: 'bob', nats: { issuer_account: target.key, type: 'user' } },
            scoped,
          ),
        }),
      ),
      a.send('PUB scoped.bob 0\r\n\r\n'),
      ...a.sync(),
      ...deniedPublish(a, 'scoped.eve'),
    ],
  },
  {
    name: 'a signing key of its account may sign the answer',
    config,
    steps: [...ready, ...joins((request) => response(request, { jwt: user(request, callout.keys) }, calloutSigner))],
  },
  {
    name: 'the question tells of the user JWT that was shown',
    config,
    steps: [
      ...ready,
      ...joins((request) => {
        expect(request.claims['sub']).toBe(callout.key);
        expect(request.nats['client_info']).toMatchObject({
          user: sentinel.key,
          name_tag: 'sentinel',
          tags: ['one'],
          kind: 'Client',
          type: 'nats',
        });
        expect(request.nats['connect_opts']).toMatchObject({ jwt: sentinel.jwt });
        return response(request, { jwt: user(request, callout.keys) });
      }),
    ],
  },
  {
    name: 'the question tells the nonce that was signed',
    config,
    steps: [
      ...ready,
      a.open(),
      a.sign(signing.seed, { jwt: signing.jwt }),
      answer((request) => {
        expect(request.nats['client_info']).toMatchObject({ nonce: expect.stringMatching(/./) as string });
        expect(request.nats['connect_opts']).toMatchObject({ sig: expect.stringMatching(/./) as string });
        return response(request, { jwt: user(request, callout.keys) });
      }),
      ...a.sync(),
    ],
  },
  {
    name: 'he has to go when the user JWT ends that the program made',
    config,
    alone: true,
    steps: [
      ...ready,
      ...joins((request) => response(request, { jwt: user(request, target.keys, { exp: secondsFromNow(2) }) })),
      a.expect("-ERR 'User Authentication Expired'\r\n"),
      a.closed(),
    ],
  },
  {
    name: 'the log calls him what the program calls him',
    config,
    steps: [
      ...ready,
      ...joins((request) =>
        response(request, { jwt: user(request, target.keys, { name: 'Robert', nats: { pub: { deny: ['named'] } } }) }),
      ),
      ...deniedPublish(a, 'named'),
      logged(/\/TARGET\/user:Robert" - Publish Violation - Subject "named"\n/),
    ],
  },
  {
    name: 'about users of other accounts the program is not asked',
    config,
    steps: [...ready, ...enter(a, target.user('a')), ...c.sync()],
  },
];

const answers: readonly [what: string, make: (request: Request) => string, log: RegExp][] = [
  [
    'a user of an account that the program may not use',
    (r) => response(r, { jwt: user(r, other.keys) }),
    new RegExp(
      `\\[WRN\\] Account "${other.key}" not permitted as valid account option for auth callout for account "${callout.key}"\n`,
    ),
  ],
  [
    'a user signed by nobody that is known',
    (r) => response(r, { jwt: user(r, newKeyPair('account'), { nats: { issuer_account: target.key } }) }),
    /\[WRN\] User JWT issuer "A[A-Z2-7]+" is not known\n/,
  ],
  [
    'an answer signed by another account',
    (r) => response(r, { jwt: user(r, target.keys) }, target.keys),
    /\[WRN\] Auth callout signing key is unknown\n/,
  ],
  [
    'an answer that says it is of another account',
    (r) => response(r, { jwt: user(r, target.keys), issuer_account: target.key }),
    new RegExp(`\\[WRN\\] Auth callout response issuer account "${target.key}" is not the callout account\n`),
  ],
  ['an error', (r) => response(r, { error: 'not you' }), /\[WRN\] Auth callout service returned an error: not you\n/],
  ['garbage', () => 'x', /\[WRN\] Expected 3 chunks\n/],
  [
    'a scoped user with permissions of his own',
    (r) => response(r, { jwt: user(r, scoped, { nats: { issuer_account: target.key, pub: { allow: ['x'] } } }) }),
    /\[WRN\] User JWT is not valid: scoped users require no permissions or limits set\n/,
  ],
];

const unwelcome: Case[] = cases(answers, ([what, make, log]) => ({
  name: `nobody is let in with ${what}`,
  config,
  steps: [
    ...ready,
    a.open(),
    a.send(showing(sentinel.jwt)),
    answer(make),
    a.expect("-ERR 'Authorization Violation'\r\n"),
    a.closed(),
    logged(log),
  ],
}));

const inBoxes: Case[] = [
  {
    name: 'question and answer may come in boxes, with the key of the account',
    config,
    steps: [
      ...enter(c, boxProgram, { headers: true }),
      c.send(`SUB ${SUBJECT} 1\r\n`),
      ...c.sync(),
      a.open(),
      a.send(showing(boxSentinel.jwt)),
      c.answer(SUBJECT, (payload, headers) => {
        const serverCurve = /Nats-Server-Xkey: (X[A-Z2-7]{55})\r\n/.exec(headers)?.[1] ?? '';
        const request = read(curve.open(payload, serverCurve) ?? new Uint8Array());
        return curve.seal(Buffer.from(response(request, { jwt: user(request, other.keys) }, inBox.keys)), serverCurve);
      }),
      ...a.sync(),
    ],
  },
];

/** A program decides who comes in, under an operator (ADR-26). */
export const authCalloutOperator: Case[] = [...admitted, ...unwelcome, ...inBoxes];
