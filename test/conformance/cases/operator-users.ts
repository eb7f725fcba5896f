import { newKeyPair } from '../../../broker/auth/nkey.ts';
import { secondsFromNow, TestOperator, type TestUser, tokenV1 } from '../../support/operator-tree.ts';
import { a, b, type Case, cases, connectLine, lazily, logged, modern, plain, type Step } from '../case.ts';
import {
  allowed,
  delivered,
  deniedPublish,
  deniedSubscribe,
  enter,
  sentAway,
  turnedAway,
  turnedAwayWith,
  undelivered,
  violation,
} from './operator-steps.ts';

const operator = new TestOperator();
const stranger = new TestOperator();
const signer = newKeyPair('account');
const strangeSigner = newKeyPair('account');

const one = operator.account('ONE', { signing_keys: [signer.publicKey] });
const two = operator.account('TWO');
const bySigningKey = operator.account('BY_SIGNING_KEY');
const foreign = operator.account('FOREIGN');
const selfSigned = operator.account('SELF');
const swapped = operator.account('SWAPPED');
const over = operator.account('OVER');
const early = operator.account('EARLY');
const unknown = operator.account('UNKNOWN');
const noBearers = operator.account('NO_BEARERS', { limits: { disallow_bearer: true } });
const defaults = operator.account('DEFAULTS', {
  default_permissions: { pub: { deny: ['no'] }, sub: { allow: ['yes', '_INBOX.>'] } },
});
const single = operator.account('SINGLE', { limits: { conn: 1 } });
const nobody = operator.account('NOBODY', { limits: { conn: 0 } });
const small = operator.account('SMALL', { limits: { subs: 2, payload: 4 } });
const revokes = operator.account('REVOKES', { revocations: { '*': 1000 } });
const firstVersion = operator.account('FIRST_VERSION');
const mapped = operator.account('MAPPED', { mappings: { 'in.*': [{ subject: 'out.$1' }] } });

const revoked = one.user('revoked', {}, { iat: 2000 });
const revoking = operator.account('REVOKING', { signing_keys: [one.key], revocations: { [revoked.key]: 2000 } });
const ofRevoking = revoking.user('revoked', {}, { iat: 2000 });

const config = operator.config([
  one,
  two,
  `${bySigningKey.key}: ${bySigningKey.jwt({}, {}, operator.signingKeys)}`,
  `${foreign.key}: ${foreign.jwt({}, {}, stranger.keys)}`,
  `${selfSigned.key}: ${selfSigned.jwt({}, {}, selfSigned.keys)}`,
  `${swapped.key}: ${one.jwt()}`,
  `${over.key}: ${over.jwt({}, { exp: 1000 })}`,
  `${early.key}: ${early.jwt({}, { nbf: secondsFromNow(100_000) })}`,
  noBearers,
  defaults,
  single,
  nobody,
  small,
  revokes,
  `${revoking.key}: ${revoking.jwt({ revocations: { [ofRevoking.key]: 2000 } })}`,
  `${firstVersion.key}: ${tokenV1(
    {
      sub: firstVersion.key,
      type: 'account',
      nats: {
        limits: { subs: -1, conn: -1, leaf: -1, imports: -1, exports: -1, data: -1, payload: -1, wildcards: true },
      },
    },
    operator.keys,
  )}`,
  mapped,
]);

const user = one.user('user');

const identity: Case[] = [
  {
    name: 'INFO has a nonce and asks for authentication',
    steps: [a.open(), a.info({ auth_required: true, nonce: /^[\w-]{15}$/ })],
  },
  { name: 'a user of an account comes in with JWT and signature', steps: enter(a, user) },
  {
    name: 'the signature may be in the other base64',
    steps: [a.open(), a.sign(user.seed, { jwt: user.jwt }, 'base64'), ...a.sync()],
  },
  {
    name: 'accounts are subject spaces of their own',
    steps: [...enter(a, user), ...enter(b, two.user('other')), ...undelivered(a, 'foo', b)],
  },
  {
    name: 'users of an account are in the same one',
    steps: [...enter(a, user), ...enter(b, one.user('other')), ...delivered(a, 'foo', b)],
  },
  { name: 'a signing key of the account signs users', steps: enter(a, one.user('keyed', {}, {}, signer)) },
  { name: 'a signing key of the operator signs accounts', steps: enter(a, bySigningKey.user('user')) },
  { name: 'account and user of the first version come in', steps: enter(a, firstVersionUser()) },
  {
    name: 'a connection is named by account and user',
    steps: [...enter(a, user, { ...modern, protocol: 1 }), a.nextInfo({ connect_info: true, remote_account: one.key })],
  },
  ...cases<[string, Step[]]>(
    [
      ['the signature of another key', turnedAway(a, user, {}, newKeyPair('user').seed)],
      ['no signature', turnedAwayWith(a, { jwt: user.jwt })],
      ['a signature that is no base64', turnedAwayWith(a, { jwt: user.jwt, sig: '%%' })],
      ['a signature that is too short', turnedAwayWith(a, { jwt: user.jwt, sig: 'AAAA' })],
      ['nothing', turnedAwayWith(a, {})],
      ['user and password', turnedAwayWith(a, { user: 'u', pass: 'p' })],
      ['a token', turnedAwayWith(a, { auth_token: 't' })],
      ['an nkey alone', [a.open(), a.sign(user.seed, { nkey: user.key }), ...violation(a)]],
      ['garbage for a JWT', [a.open(), a.sign(user.seed, { jwt: 'garbage' }), ...violation(a)]],
      ['the JWT of an account', [a.open(), a.sign(one.keys.seed, { jwt: one.jwt() }), ...violation(a)]],
      ['a JWT that was changed', [a.open(), a.sign(user.seed, { jwt: tampered(user.jwt) }), ...violation(a)]],
      ['a JWT of an account that there is not', turnedAway(a, unknown.user('user'))],
      ['a JWT of a key that is none of the account', turnedAway(a, one.user('user', {}, {}, strangeSigner))],
      [
        'a JWT of a signing key that does not name its account',
        turnedAway(a, one.user('user', { issuer_account: '' }, {}, signer)),
      ],
      ['a JWT of an account that a stranger signed', turnedAway(a, foreign.user('user'))],
      ['a JWT of an account that signed itself', turnedAway(a, selfSigned.user('user'))],
      ['a JWT of an account whose JWT is of another one', turnedAway(a, swapped.user('user'))],
      ['a JWT of an account whose time is over', turnedAway(a, over.user('user'))],
      ['a JWT of an account whose time has not come', turnedAway(a, early.user('user'))],
      ['a JWT whose time is over', turnedAway(a, one.user('user', {}, { exp: 1000 }))],
      ['a JWT whose time has not come', turnedAway(a, one.user('user', {}, { nbf: secondsFromNow(100_000) }))],
      ['PING before CONNECT', [a.open(), a.send('PING\r\n'), ...violation(a)]],
    ],
    ([what, steps]) => ({ name: `nobody comes in with ${what}`, steps }),
  ),
  {
    name: 'the log says why an account cannot be had',
    steps: [...turnedAway(a, unknown.user('logged')), logged(/\[WRN\] Account fetch failed: account missing/)],
  },
  {
    name: 'the log says which preloaded accounts do not count',
    steps: [
      logged(new RegExp(`\\[WRN\\] Account \\[${over.key}\\] has validation issues:`)),
      logged(/\[WRN\] {3}- claim is expired/),
      logged(/\[WRN\] {3}- claim is not yet valid/),
    ],
  },
];

const bearer = one.user('bearer', { bearer_token: true });

const limits: Case[] = [
  {
    name: 'a bearer needs no signature',
    steps: [a.open(), a.send(connectLine({ ...plain, jwt: bearer.jwt })), ...a.sync()],
  },
  { name: 'an account may take no bearers', steps: turnedAway(a, noBearers.user('bearer', { bearer_token: true })) },
  { name: 'an account that takes no bearers takes others', steps: enter(a, noBearers.user('user')) },
  {
    name: 'a user may come from his network',
    steps: enter(a, one.user('near', { src: ['10.0.0.0/8', '127.0.0.0/8'] })),
  },
  {
    name: 'a user may not come from elsewhere',
    steps: [
      ...turnedAway(a, one.user('far', { src: ['10.0.0.0/8', '::1/128'] })),
      logged(/\[ERR\] .* - Bad src Ip 127\.0\.0\.1/),
    ],
  },
  { name: 'a user may come at his time of day', steps: [lazily(() => enter(a, timed(-3600, 3600)))] },
  { name: 'a range of time may go over midnight', steps: [lazily(() => enter(a, timed(-3600, -7200)))] },
  {
    name: 'one of several ranges of time is enough',
    steps: [lazily(() => enter(a, timed(3600, 7200, timeRange(-60, 60))))],
  },
  {
    name: 'a user may not come at another time',
    steps: [lazily(() => turnedAway(a, timed(3600, 7200))), logged(/\[ERR\] .* - Outside connect times/)],
  },
  {
    name: 'a user has to go when his time of day is over',
    steps: [lazily(() => [...enter(a, timed(-3600, 2)), ...sentAway(a, 'User Authentication Expired')])],
  },
  {
    name: 'a user has to go when his JWT ends',
    steps: [
      lazily(() => [
        ...enter(a, one.user('short', {}, { exp: secondsFromNow(2) })),
        ...sentAway(a, 'User Authentication Expired'),
      ]),
    ],
  },
  {
    name: 'a user may be for kinds of connections, in any case',
    steps: enter(a, one.user('std', { allowed_connection_types: ['websocket', 'Standard'] })),
  },
  {
    name: 'a user may be for other kinds of connections only',
    steps: turnedAway(a, one.user('ws', { allowed_connection_types: ['WEBSOCKET', 'MQTT'] })),
  },
  {
    name: 'a kind of connection that nobody knows is passed over',
    steps: enter(a, one.user('std', { allowed_connection_types: ['PIGEON', 'STANDARD'] })),
  },
  {
    name: 'kinds of connections that nobody knows are none',
    steps: turnedAway(a, one.user('odd', { allowed_connection_types: ['PIGEON'] })),
  },
  {
    name: 'a user who has to come through a proxy does not come without',
    steps: turnedAway(a, one.user('proxied', { proxy_required: true })),
  },
  {
    name: 'a user has permissions',
    steps: [
      ...enter(
        a,
        one.user('limited', { pub: { allow: ['ok.>'], deny: ['ok.no'] }, sub: { allow: ['ok.*', 'q work'] } }),
      ),
      ...allowed(a, { publish: 'ok.yes', subscribe: 'ok.x' }),
      ...deniedPublish(a, 'ok.no'),
      ...deniedPublish(a, 'other'),
      ...deniedSubscribe(a, 'other.>'),
      a.send('SUB q work 3\r\n'),
      ...a.sync(),
      ...deniedSubscribe(a, 'q'),
    ],
  },
  {
    name: 'a user may answer what he was asked, and say nothing else',
    steps: [
      ...enter(a, one.user('service', { resp: { max: 1, ttl: 60_000_000_000 } })),
      ...enter(b, user),
      a.send('SUB ask 1\r\n'),
      ...a.sync(),
      b.send('SUB re 1\r\nPUB ask re 1\r\nq\r\n'),
      ...b.sync(),
      a.expect('MSG ask 1 re 1\r\nq\r\n'),
      a.send('PUB re 1\r\na\r\n'),
      ...a.sync(),
      b.expect('MSG re 1 1\r\na\r\n'),
      ...deniedPublish(a, 're'),
    ],
  },
  {
    name: 'who has no permissions has those of his account',
    steps: [
      ...enter(a, defaults.user('user')),
      ...deniedPublish(a, 'no'),
      ...allowed(a, { publish: 'other', subscribe: 'yes' }),
      ...deniedSubscribe(a, 'no'),
    ],
  },
  {
    name: 'who has permissions of one kind has none of his account',
    steps: [
      ...enter(a, defaults.user('user', { sub: { deny: ['x'] } })),
      ...allowed(a, { publish: 'no', subscribe: 'no' }),
      ...deniedSubscribe(a, 'x'),
    ],
  },
  {
    name: 'a user has a limit of subscriptions',
    steps: [
      ...enter(a, one.user('few', { subs: 1 })),
      a.send('SUB a 1\r\n'),
      ...a.sync(),
      a.send('SUB b 2\r\n'),
      a.expect("-ERR 'maximum subscriptions exceeded'\r\n"),
    ],
  },
  {
    name: 'who may have no subscriptions has to go at once',
    steps: [
      a.open(),
      ...[one.user('none', { subs: 0 })].map((none) => a.sign(none.seed, { jwt: none.jwt })),
      ...sentAway(a, 'maximum subscriptions exceeded'),
    ],
  },
  {
    name: 'a user has a limit of payload',
    steps: [
      ...enter(a, one.user('tiny', { payload: 3 })),
      a.send('PUB a 3\r\nabc\r\n'),
      ...a.sync(),
      a.send('PUB a 4\r\nabcd\r\n'),
      a.expect("-ERR 'Maximum Payload Violation'\r\n"),
      a.closed(),
    ],
  },
  {
    name: 'an account has limits of subscriptions and payload, whatever its users have',
    steps: [
      ...enter(a, small.user('user')),
      a.send('SUB a 1\r\nSUB b 2\r\n'),
      ...a.sync(),
      a.send('SUB c 3\r\n'),
      a.expect("-ERR 'maximum subscriptions exceeded'\r\n"),
      a.send('PUB a 5\r\nabcde\r\n'),
      a.expect("-ERR 'Maximum Payload Violation'\r\n"),
      a.closed(),
    ],
  },
  {
    name: 'an account has a limit of connections',
    steps: [
      ...enter(a, single.user('first')),
      b.open(),
      lazily(() => {
        const second = single.user('second');
        return [
          b.sign(second.seed, { jwt: second.jwt }),
          ...sentAway(b, 'maximum account active connections exceeded'),
        ];
      }),
    ],
  },
  {
    name: 'an account may take nobody at all',
    steps: [
      a.open(),
      lazily(() => {
        const nobodys = nobody.user('user');
        return [
          a.sign(nobodys.seed, { jwt: nobodys.jwt }),
          ...sentAway(a, 'maximum account active connections exceeded'),
        ];
      }),
    ],
  },
  {
    name: 'whose JWT is older than the revocation of all does not come in',
    steps: turnedAway(a, revokes.user('old', {}, { iat: 1000 })),
  },
  {
    name: 'whose JWT is newer than the revocation of all comes in',
    steps: enter(a, revokes.user('new', {}, { iat: 1001 })),
  },
  { name: 'who was revoked does not come in', steps: turnedAway(a, ofRevoking) },
  { name: 'who was not revoked comes in beside him', steps: enter(a, revoking.user('other', {}, { iat: 2000 })) },
  {
    name: 'an account maps subjects',
    steps: [
      ...enter(a, mapped.user('user')),
      a.send('SUB out.* 1\r\nPUB in.x 1\r\n1\r\n'),
      a.expect('MSG out.x 1 1\r\n1\r\n'),
    ],
  },
];

/** On a server with all the accounts of this file. */
export const operatorUsers: Case[] = [...identity, ...limits].map((one) => ({ ...one, config }));

function firstVersionUser(): TestUser {
  const made = firstVersion.user('old');
  const jwt = tokenV1({ sub: made.key, type: 'user', nats: { pub: {}, sub: {} } }, firstVersion.keys);
  return Object.assign(Object.create(made) as TestUser, { keys: made.keys, jwt });
}

function tampered(jwt: string): string {
  const [head, body = '', tail] = jwt.split('.');
  const claims = Buffer.from(body, 'base64url').toString().replace('"user"', '"root"');
  return `${head}.${Buffer.from(claims).toString('base64url')}.${tail}`;
}

/** A range around now in the time zone of Berlin. */
function timeRange(fromSeconds: number, toSeconds: number): { start: string; end: string } {
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Berlin', timeStyle: 'medium' });
  const at = (seconds: number): string => clock.format(Date.now() + seconds * 1000);
  return { start: at(fromSeconds), end: at(toSeconds) };
}

function timed(fromSeconds: number, toSeconds: number, ...more: { start: string; end: string }[]): TestUser {
  const times = [timeRange(fromSeconds, toSeconds), ...more];
  return one.user('timed', { times, times_location: 'Europe/Berlin' });
}
