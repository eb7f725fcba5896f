import { createCurve } from '@nats-io/nkeys';
import { describe, expect, it } from 'vitest';
import type { AuthenticationOutcome, ConnectionFacts, TlsFacts } from '../../../../broker/auth/authentication.ts';
import { CalloutAuthentication } from '../../../../broker/auth/callout-authentication.ts';
import type { AuthorizationRequestClaims } from '../../../../broker/auth/jwt/claims.ts';
import { decodeAuthorizationRequestClaims } from '../../../../broker/auth/jwt/decode.ts';
import { encodeJwt } from '../../../../broker/auth/jwt/encode.ts';
import { newKeyPair } from '../../../../broker/auth/nkey.ts';
import { UNLIMITED_USER } from '../../../../broker/auth/operator/tree.ts';
import { Passwords } from '../../../../broker/auth/passwords.ts';
import type { AuthCalloutOptions, BrokerOptions } from '../../../../broker/options.ts';
import { type ConnectOptions, defaultConnectOptions } from '../../../../broker/wire/connect.ts';
import { FakeBroker, factsOf, MIDNIGHT, settled } from './operator/doubles.ts';

const issuer = newKeyPair('account');
const keys = newKeyPair('server');
const MIDNIGHT_SECONDS = MIDNIGHT / 1000;

interface Draft {
  readonly [claim: string]: unknown;
  readonly nats?: object;
}

/** A broker with a callout, and a program that answers as it is told. */
class World {
  readonly broker = new FakeBroker();
  readonly authentication: CalloutAuthentication;
  readonly requests: AuthorizationRequestClaims[] = [];
  /** What the program answers; undefined: nothing. */
  answer: ((request: AuthorizationRequestClaims) => string | Uint8Array) | undefined;
  /** The same where the question is sealed. */
  answerRaw: ((payload: Uint8Array) => string | Uint8Array) | undefined;

  constructor(options: BrokerOptions = {}, callout: Partial<AuthCalloutOptions> = {}) {
    for (const name of ['$G', 'AUTH', 'A', 'B']) this.broker.accounts.put({ name });
    const account = this.broker.accounts.get('AUTH') as NonNullable<ReturnType<FakeBroker['accounts']['get']>>;
    const { dependencies } = this.broker;
    const users = [
      { user: 'auth', password: 'p', account: 'AUTH' },
      { user: 'ada', password: 'p', account: 'A' },
      { user: 'ben', password: 'p', account: 'B' },
    ];
    const settings = { issuer: issuer.publicKey, account: 'AUTH', authUsers: ['auth'], ...callout };
    this.authentication = new CalloutAuthentication({ users, ...options }, settings, {
      ...dependencies,
      server: { ...dependencies.server, id: keys.publicKey, keys, tags: ['t'] },
      passwords: new Passwords(),
    });
    this.broker.bus.subscribe(account, '$SYS.REQ.USER.AUTH', ({ payload, reply }) => {
      const answer = this.answerRaw?.(payload) ?? this.#answerTo(payload);
      if (answer !== undefined) this.broker.bus.publish(account, reply, answer);
    });
  }

  #answerTo(payload: Uint8Array): string | Uint8Array | undefined {
    const request = decodeAuthorizationRequestClaims(Buffer.from(payload).toString());
    this.requests.push(request);
    return this.answer?.(request);
  }

  get request(): AuthorizationRequestClaims {
    const request = this.requests.at(-1);
    if (request === undefined) throw new Error('the program was not asked');
    return request;
  }

  ask(fields: Partial<ConnectOptions> = { user: 'bob' }, facts: Partial<ConnectionFacts> = {}) {
    return this.authentication.authenticate({ ...defaultConnectOptions(), ...fields }, factsOf(facts));
  }
}

function user({ nats }: AuthorizationRequestClaims, { nats: more, ...claims }: Draft = {}): string {
  const draft = { sub: nats.user_nkey, aud: 'A', iat: MIDNIGHT_SECONDS, ...claims };
  return encodeJwt({ ...draft, nats: { ...UNLIMITED_USER, pub: {}, sub: {}, ...more, type: 'user' } }, issuer);
}

function response({ nats }: AuthorizationRequestClaims, more: object): string {
  return encodeJwt(
    {
      sub: nats.user_nkey,
      aud: keys.publicKey,
      iat: MIDNIGHT_SECONDS,
      nats: { ...more, type: 'authorization_response' },
    },
    issuer,
  );
}

const welcome =
  (draft: Draft = {}) =>
  (request: AuthorizationRequestClaims): string =>
    response(request, { jwt: user(request, draft) });

function told({ identity, refusal }: AuthenticationOutcome): string {
  return refusal === undefined ? `${identity.account}/${identity.label ?? ''}` : `refused: ${refusal.log ?? ''}`;
}

describe('the question', () => {
  it('is signed by the server, about a key that was never used before, and ends with the time that there is', async () => {
    const world = new World({ authTimeoutMs: 3000 });
    world.answer = welcome();
    await world.ask();
    await world.ask();
    const [first, second] = world.requests;
    expect(first).toMatchObject({
      iss: keys.publicKey,
      sub: issuer.publicKey,
      aud: 'nats-authorization-request',
      exp: MIDNIGHT_SECONDS + 3,
    });
    expect(first?.nats.server_id).toMatchObject({ id: keys.publicKey, name: 'srv', host: '127.0.0.1', tags: ['t'] });
    expect(first?.nats.user_nkey).toMatch(/^U[A-Z2-7]{55}$/);
    expect(second?.nats.user_nkey).not.toBe(first?.nats.user_nkey);
  });

  it('tells what was shown, and the nonce only where it was signed', async () => {
    const world = new World();
    world.answer = welcome();
    await world.ask({ user: 'bob', pass: 'secret', name: 'n', lang: 'l', version: 'v', protocol: 1, jwt: 'dropped' });
    expect(world.request.nats.client_info).toEqual({
      host: '127.0.0.1',
      id: 7,
      user: 'bob',
      name: 'n',
      kind: 'Client',
      type: 'nats',
    });
    expect(world.request.nats.connect_opts).toEqual({
      user: 'bob',
      pass: 'secret',
      name: 'n',
      lang: 'l',
      version: 'v',
      protocol: 1,
    });
    await world.ask({ nkey: 'UABC', sig: 'x' }, { type: 'WEBSOCKET' });
    expect(world.request.nats.client_info).toMatchObject({ user: 'UABC', nonce: 'the nonce', type: 'websocket' });
  });

  it('tells whom the configuration takes somebody for who shows nothing', async () => {
    const world = new World({ noAuthUser: 'ben' });
    world.answer = welcome();
    await world.ask({});
    expect(world.request.nats.connect_opts).toMatchObject({ user: 'ben', pass: 'p' });
    const unannounced = await world.authentication.unannounced(factsOf());
    expect(unannounced && told(unannounced)).toBe('A/user:ben');
  });

  it('shows certificates as they were checked', async () => {
    const world = new World();
    world.answer = welcome();
    const certificate = Buffer.from('a certificate that is long enough to need two lines of base64');
    const tls: TlsFacts = { version: '1.3', cipherSuite: 'TLS_X', verified: true, certificates: [certificate] };
    const pem = /^-----BEGIN CERTIFICATE-----\n[^\n]{64}\n[^\n]+\n-----END CERTIFICATE-----\n$/;
    await world.ask(undefined, { tls });
    expect(world.request.nats.client_tls).toEqual({
      version: '1.3',
      cipher: 'TLS_X',
      verified_chains: [[expect.stringMatching(pem)]],
    });
    await world.ask(undefined, { tls: { ...tls, verified: false } });
    expect(world.request.nats.client_tls).toMatchObject({ certs: [expect.stringMatching(pem)] });
    await world.ask(undefined, { tls: { ...tls, certificates: [] } });
    expect(world.request.nats.client_tls).toEqual({ version: '1.3', cipher: 'TLS_X' });
  });

  it('is sealed for the program where it has a key, and the answer may be sealed', async () => {
    const curve = createCurve();
    const world = new World({}, { xkey: curve.getPublicKey() });
    const { publicKey } = world.broker.dependencies.server.curveKeys;
    const open = (payload: Uint8Array): AuthorizationRequestClaims =>
      decodeAuthorizationRequestClaims(Buffer.from(curve.open(payload, publicKey) ?? []).toString());
    world.answerRaw = (payload) => curve.seal(Buffer.from(welcome()(open(payload))), publicKey);
    expect(told(await world.ask())).toBe('A/user:bob');
    world.answerRaw = (payload) => createCurve().seal(Buffer.from(welcome()(open(payload))), publicKey);
    expect(told(await world.ask())).toMatch(/^refused/);
    expect(world.broker.logged('warn')).toEqual([
      'Error decrypting auth callout response on account "AUTH": nkeys: could not decrypt input',
    ]);
  });
});

describe('the answer', () => {
  it('puts somebody into an account, with what he may do and until when', async () => {
    const world = new World();
    world.answer = welcome({
      exp: MIDNIGHT_SECONDS + 60,
      nats: { pub: { allow: ['x'] }, resp: { max: 2, ttl: 5_000_000_000 }, tags: ['tag'] },
    });
    const { identity } = await world.ask();
    expect(identity).toMatchObject({
      account: 'A',
      user: 'bob',
      label: 'user:bob',
      permissions: { publish: { allow: ['x'] }, allowResponses: { messagesMax: 2, expiresMs: 5000 } },
      expiresAt: MIDNIGHT + 60_000,
      tags: ['tag'],
    });
    expect(identity?.jwt).toBeUndefined();
  });

  it('with a name calls him so, whatever he showed', async () => {
    const world = new World();
    world.answer = welcome({ name: 'Robert' });
    const outcome = await world.ask({ nkey: 'UABC', sig: 'x', auth_token: 't', user: 'bob' });
    expect(told(outcome)).toBe('A/user:Robert');
    expect(outcome.refusal === undefined && outcome.shown).toMatchObject({ user: 'Robert', nkey: '', auth_token: '' });
  });

  it('without permissions gives those of the account, and none of the program itself may be asked', async () => {
    const world = new World();
    world.broker.accounts.put({ name: 'A', defaultPermissions: { publish: { deny: ['no'] } } });
    world.answer = welcome();
    expect((await world.ask()).identity?.permissions).toEqual({ publish: { deny: ['no'] } });
    world.answer = welcome({ aud: 'AUTH', nats: { pub: { allow: ['x'], deny: ['y'] } } });
    expect((await world.ask()).identity?.permissions?.publish).toEqual({
      allow: ['x'],
      deny: ['y', '$SYS.REQ.USER.AUTH'],
    });
  });

  it('may restrict types of connections and times of the day', async () => {
    const world = new World();
    world.answer = welcome({ nats: { allowed_connection_types: ['websocket', 'pigeon'] } });
    expect(told(await world.ask())).toMatch(/^refused/);
    expect(told(await world.ask(undefined, { type: 'WEBSOCKET' }))).toBe('A/user:bob');
    world.answer = welcome({
      exp: MIDNIGHT_SECONDS + 90_000,
      nats: { times: [{ start: '23:00:00', end: '01:00:00' }], times_location: 'UTC' },
    });
    expect((await world.ask()).identity?.expiresAt).toBe(MIDNIGHT + 3_600_000);
    world.answer = welcome({ nats: { times: [{ start: '10:00:00', end: '11:00:00' }], times_location: 'UTC' } });
    expect(told(await world.ask())).toMatch(/^refused/);
    expect(world.broker.logged('warn')).toEqual([
      'Authorized user on account "AUTH" not allowed to use connection type',
      'Authorized user on account "AUTH" outside of valid connect times',
    ]);
  });

  it('may want a proxy', async () => {
    const world = new World();
    world.answer = welcome({ nats: { proxy_required: true } });
    expect((await world.ask()).refusal).toMatchObject({ reason: 'Proxy Required' });
  });

  it('that is anything at all lets nobody in and harms nothing', async () => {
    const world = new World();
    const right = welcome();
    let seed = 7;
    const random = (below: number): number => (seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff) % below;
    for (let round = 0; round < 300; round++) {
      world.answer = (request) => {
        const token = Buffer.from(right(request));
        if (round % 3 === 0) return Uint8Array.from({ length: random(200) }, () => random(256));
        if (round % 3 === 1) return token.subarray(0, random(token.length));
        const at = random(token.length - 1);
        token[at] = token[at] === 65 ? 66 + random(50) : 65;
        return token;
      };
      const outcome = await world.ask();
      expect(told(outcome), `round ${round}`).toMatch(/^refused/);
    }
    expect(world.broker.bus.subscriptions).toEqual(['$SYS.REQ.USER.AUTH']);
    expect(world.broker.clock.waiting).toBe(0);
  });

  it('that never comes is waited for as long as there is time, and no longer', async () => {
    const world = new World({ authTimeoutMs: 500 });
    const asked = world.ask({ user: 'bob' });
    await settled();
    world.broker.clock.advance(499);
    await settled();
    expect(world.broker.bus.subscriptions).toHaveLength(2);
    world.broker.clock.advance(1);
    const outcome = await asked;
    expect(outcome.refusal).toEqual({
      error: 'Authorization Violation',
      reason: 'Authentication Failure',
      log: 'authentication error - User "bob"',
      debug: 'Authorization callout response not received in time on account "AUTH"',
      told: {
        account: 'AUTH',
        reason: 'Authorization callout response not received in time on account "AUTH"',
      },
    });
    expect(world.broker.bus.subscriptions).toEqual(['$SYS.REQ.USER.AUTH']);
  });
});

describe('the program is not asked', () => {
  it('about itself, whether its password is right or not', async () => {
    const world = new World();
    world.answer = welcome();
    expect(told(await world.ask({ user: 'auth', pass: 'p' }))).toBe('AUTH/user:auth');
    expect(told(await world.ask({ user: 'auth', pass: 'x' }))).toMatch(/^refused/);
    expect(world.requests).toEqual([]);
  });

  it('about users of accounts that it is not in charge of, once they have shown who they are', async () => {
    const world = new World({}, { allowedAccounts: ['A'] });
    world.answer = (request) => response(request, { error: 'no' });
    expect(told(await world.ask({ user: 'ben', pass: 'p' }))).toBe('B/user:ben');
    expect(world.requests).toEqual([]);
    expect(told(await world.ask({ user: 'ada', pass: 'p' }))).toMatch(/^refused/);
    expect(told(await world.ask({ user: 'ben', pass: 'x' }))).toMatch(/^refused/);
    expect(world.requests).toHaveLength(2);
  });
});

describe('what cannot work', () => {
  it('is told at the start', () => {
    const world = new World({}, { account: 'NONE', authUsers: ['auth', 'nobody'] });
    expect(world.broker.logged('error')).toEqual([
      'Authorization callout account "NONE" not valid',
      'Authorization callout user "nobody" not valid: <nil>',
    ]);
  });

  it('lets nobody in but the program', async () => {
    const world = new World({}, { account: 'NONE' });
    expect(told(await world.ask())).toMatch(/^refused/);
    expect(world.broker.logged('warn')).toEqual(['No valid account "NONE" for auth callout request: account missing']);
  });
});

describe('after a reload', () => {
  it('whoever the program named is closed without a word, and comes again', async () => {
    const world = new World();
    world.answer = welcome({ name: 'Robert' });
    const outcome = await world.ask();
    if (outcome.refusal !== undefined || outcome.shown === undefined) throw new Error('the program let nobody in');
    const review = await world.authentication.review(outcome.identity, outcome.shown, factsOf());
    expect(review.refusal).toMatchObject({ error: '', reason: 'Client Closed' });
  });
});
