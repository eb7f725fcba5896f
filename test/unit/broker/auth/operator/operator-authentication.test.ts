import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AuthenticationOutcome, ConnectionFacts, Identity } from '../../../../../broker/auth/authentication.ts';
import { newKeyPair } from '../../../../../broker/auth/nkey.ts';
import {
  createOperatorAuthentication,
  type OperatorAuthentication,
} from '../../../../../broker/auth/operator/operator-authentication.ts';
import type { BrokerOptions, OperatorOptions } from '../../../../../broker/options.ts';
import { type ConnectOptions, defaultConnectOptions } from '../../../../../broker/wire/connect.ts';
import { scopeOf, TestAccount, TestOperator, type TestUser } from '../../../../support/operator-tree.ts';
import { factsOf, FakeBroker, MIDNIGHT, until } from './doubles.ts';

const SECONDS = MIDNIGHT / 1000;
const operator = new TestOperator();
let broker: FakeBroker;
let authentication: OperatorAuthentication;

beforeEach(() => {
  broker = new FakeBroker(operator.system.key);
});

afterEach(() => {
  authentication.dispose();
});

/** With a memory resolver that has these accounts, each given by its token or as it is. */
async function start(
  accounts: readonly (TestAccount | readonly [TestAccount, string])[],
  more: Partial<OperatorOptions> = {},
  others: BrokerOptions = {},
): Promise<void> {
  const preload = Object.fromEntries(
    [operator.system, ...accounts].map((given) =>
      given instanceof TestAccount ? [given.key, given.jwt()] : [given[0].key, given[1]],
    ),
  );
  const options: OperatorOptions = { operators: [operator.jwt()], resolver: { type: 'memory' }, preload, ...more };
  authentication = createOperatorAuthentication({ operator: options, ...others }, broker.dependencies);
  await authentication.prepare();
  authentication.start();
}

function connectOf(
  user: TestUser | undefined,
  facts = factsOf(),
  fields: Partial<ConnectOptions> = {},
): ConnectOptions {
  const shown =
    user === undefined ? {} : { jwt: user.jwt, sig: user.keys.sign(Buffer.from(facts.nonce)).toString('base64url') };
  return { ...defaultConnectOptions(), ...shown, ...fields };
}

async function enter(
  user: TestUser | undefined,
  fields: Partial<ConnectOptions> = {},
  overrides: Partial<ConnectionFacts> = {},
): Promise<AuthenticationOutcome> {
  const facts = factsOf(overrides);
  return authentication.authenticate(connectOf(user, facts, fields), facts, new AbortController().signal);
}

async function identityOf(user: TestUser): Promise<Identity> {
  const { identity, refusal } = await enter(user);
  if (identity === undefined) throw new Error(refusal?.debug ?? refusal?.log);
  return identity;
}

/** Why somebody is not let in, in the words that only who debugs reads. */
async function reason(
  user: TestUser | undefined,
  fields: Partial<ConnectOptions> = {},
  overrides: Partial<ConnectionFacts> = {},
): Promise<string | undefined> {
  const { refusal } = await enter(user, fields, overrides);
  if (refusal !== undefined) expect(refusal).toMatchObject({ error: 'Authorization Violation' });
  return refusal === undefined ? undefined : (refusal.debug ?? 'no reason');
}

describe('who is let in', () => {
  const account = operator.account('A', { tags: ['x'] });
  const signer = newKeyPair('account');
  const keyed = operator.account('KEYED', { signing_keys: [signer.publicKey] });

  test('a user of an account that the operator signed', async () => {
    await start([account]);
    const user = account.user('ada', { tags: ['t'], pub: { allow: ['a'] }, subs: 5, payload: 9 });
    expect(await identityOf(user)).toEqual({
      account: account.key,
      user: user.key,
      label: `jwt:${user.key}`,
      permissions: { publish: { allow: ['a'], deny: undefined }, subscribe: undefined },
      expiresAt: undefined,
      subscriptionsMax: 5,
      payloadBytesMax: 9,
      jwt: user.jwt,
      issuerKey: account.key,
      nameTag: 'ada',
      tags: ['t'],
      allowedTypes: undefined,
    });
    expect(broker.accounts.get(account.key)?.options).toMatchObject({ displayName: 'A', jwt: expect.any(String) });
    expect(broker.logged('debug').at(-1)).toBe(
      `127.0.0.1:4711 - cid:7 - Authenticated JWT: Client "${user.key}" (claim-name: "ada", claim-tags: ["t"]) ` +
        `signed with "${account.key}" by Account "${account.key}" (claim-name: "A", claim-tags: ["x"]) ` +
        `signed with "${operator.key}" has mappings false`,
    );
    expect(authentication.required('STANDARD')).toBe(true);
    expect(authentication.unannounced(factsOf(), new AbortController().signal)).toBeUndefined();
  });

  test('a user of a signing key, of an account of a signing key', async () => {
    await start([[keyed, keyed.jwt({}, {}, operator.signingKeys)]]);
    const user = keyed.user('ben', {}, {}, signer);
    expect(await identityOf(user)).toMatchObject({ account: keyed.key, issuerKey: signer.publicKey });
  });

  test('at once, once the account is known', async () => {
    await start([account]);
    const user = account.user('ada');
    await identityOf(user);
    const outcome = authentication.authenticate(connectOf(user), factsOf(), new AbortController().signal);
    expect(outcome).not.toBeInstanceOf(Promise);
  });

  test('with a signature in either alphabet', async () => {
    await start([account]);
    const user = account.user('ada');
    const sig = user.keys.sign(Buffer.from('the nonce')).toString('base64');
    expect(await reason(user, { sig })).toBeUndefined();
  });

  test.each<[string, string | undefined, Partial<ConnectOptions>]>([
    ['without signature', 'Signature missing', { sig: '' }],
    ['with one that is no base64', 'Signature not valid base64', { sig: '%%%' }],
    [
      'with that of another',
      'Signature not verified',
      { sig: newKeyPair('user').sign(Buffer.from('the nonce')).toString('base64url') },
    ],
    ['with a short one', 'Signature not verified', { sig: 'AAAA' }],
    ['without JWT', 'Authentication requires a user JWT', { jwt: '' }],
    ['with something else', 'Authentication requires a user JWT', { jwt: 'x.y.z' }],
    ['with the JWT of an account', 'Authentication requires a user JWT', { jwt: account.jwt() }],
  ])('not %s', async (_what, expected, fields) => {
    await start([account]);
    expect(await reason(account.user('ada'), fields)).toBe(expected);
  });

  test('not where no nonce was given', async () => {
    await start([account]);
    expect(await reason(account.user('ada'), {}, { nonce: '' })).toBe('Signature not verified');
  });

  test('a bearer without signature, unless the account does not want bearers', async () => {
    const strict = operator.account('STRICT', { limits: { disallow_bearer: true } });
    await start([account, strict]);
    expect(await reason(account.user('b', { bearer_token: true }), { sig: '' })).toBeUndefined();
    expect(await reason(strict.user('b', { bearer_token: true }), { sig: '' })).toBe(
      'Account does not allow bearer tokens',
    );
  });

  test('not by a key that signs for nobody, or for somebody else', async () => {
    await start([account, keyed]);
    expect(await reason(account.user('ada', { issuer_account: account.key }, {}, signer))).toBe(
      'User JWT issuer is not known',
    );
    const unknown = operator.account('UNKNOWN');
    expect(await reason(unknown.user('ada'))).toBe('Account JWT lookup error: account missing');
    expect(broker.logged('warn')).toEqual(['Account fetch failed: account missing']);
  });

  test('not of an account that nobody trusted signed, or that says wrong things', async () => {
    const other = new TestOperator();
    const [foreign, self, broken, swapped] = ['F', 'S', 'B', 'W'].map((name) => operator.account(name)) as [
      TestAccount,
      TestAccount,
      TestAccount,
      TestAccount,
    ];
    await start([
      [foreign, foreign.jwt({}, {}, other.keys)],
      [self, self.jwt({}, {}, self.keys)],
      [broken, broken.jwt({ mappings: { 'a.': [] } })],
      [swapped, foreign.jwt()],
    ]);
    for (const one of [foreign, self, broken, swapped]) {
      expect(await reason(one.user('u'))).toBe('Account JWT lookup error: account validation failed');
    }
  });

  test('not before its time, nor behind it', async () => {
    await start([account]);
    expect(await reason(account.user('u', {}, { exp: SECONDS - 1 }))).toBe(
      'User JWT no longer valid: claim is expired',
    );
    expect(await reason(account.user('u', {}, { nbf: SECONDS + 1 }))).toBe(
      'User JWT no longer valid: claim is not yet valid',
    );
    expect(await reason(account.user('u', {}, { exp: SECONDS + 1, nbf: SECONDS }))).toBeUndefined();
    expect(await reason(account.user('u', { src: ['nonsense'] }))).toBe(
      'User JWT no longer valid: invalid cidr "nonsense" in user src limits',
    );
  });

  test('until its JWT ends or its time of day is over, whatever comes first', async () => {
    await start([account]);
    const evening = { times: [{ start: '23:00:00', end: '06:00:00' }], times_location: 'UTC' };
    const ends = async (nats: Record<string, unknown>, exp?: number): Promise<number | undefined> =>
      (await identityOf(account.user('u', nats, exp === undefined ? {} : { exp }))).expiresAt;
    expect(await ends({}, SECONDS + 100)).toBe((SECONDS + 100) * 1000);
    expect(await ends(evening)).toBe((SECONDS + 6 * 3600) * 1000);
    expect(await ends(evening, SECONDS + 100)).toBe((SECONDS + 100) * 1000);
    expect(await ends(evening, SECONDS + 90_000)).toBe((SECONDS + 6 * 3600) * 1000);
    expect(await reason(account.user('u', { ...evening, times: [{ start: '01:00:00', end: '02:00:00' }] }))).toBe(
      'no reason',
    );
    expect(broker.logged('error')).toEqual(['127.0.0.1:4711 - cid:7 - Outside connect times']);
  });

  test('from addresses and by connections that it is meant for', async () => {
    await start([account]);
    const local = account.user('u', { src: ['127.0.0.0/8'] });
    expect(await reason(local)).toBeUndefined();
    expect(await reason(local, {}, { ip: '10.0.0.1' })).toBe('no reason');
    expect(broker.logged('error')).toEqual(['10.0.0.1:4711 - cid:7 - Bad src Ip 10.0.0.1']);
    const web = account.user('u', { allowed_connection_types: ['websocket', 'PIGEON'] });
    expect(await reason(web)).toBe('Connection type not allowed');
    expect(await enter(web, {}, { type: 'WEBSOCKET' })).toMatchObject({ identity: { allowedTypes: ['WEBSOCKET'] } });
    expect(await reason(account.user('u', { allowed_connection_types: ['PIGEON'] }))).toBe(
      'invalid connection types ["PIGEON"]',
    );
  });

  test('not who was revoked after his JWT was issued, or everybody was', async () => {
    const user = account.user('u', {}, { iat: 500 });
    const revoking = (revocations: Record<string, number>): readonly [TestAccount, string] => {
      const one = operator.account('R', { revocations, signing_keys: [account.key] });
      return [one, one.jwt()];
    };
    const tried = async (revocations: Record<string, number>): Promise<string | undefined> => {
      const [one, jwt] = revoking(revocations);
      await start([[one, jwt]]);
      return reason(one.user('u', {}, { iat: 500 }));
    };
    expect(await tried({ '*': 500 })).toBe('User authentication revoked');
    expect(await tried({ '*': 499 })).toBeUndefined();
    expect(await tried({ [user.key]: 500 })).toBeUndefined();
    const [one] = revoking({});
    const revoked = one.user('u', {}, { iat: 500 });
    await start([[one, one.jwt({ revocations: { [revoked.key]: 500 } })]]);
    expect(await reason(revoked)).toBe('User authentication revoked');
  });

  test('with the permissions of the account where it has none of its own', async () => {
    const defaults = operator.account('D', { default_permissions: { pub: { deny: ['x'] }, sub: {} } });
    await start([defaults]);
    expect((await identityOf(defaults.user('u'))).permissions).toMatchObject({ publish: { deny: ['x'] } });
    expect((await identityOf(defaults.user('u', { sub: { allow: ['y'] } }))).permissions).toEqual({
      publish: undefined,
      subscribe: { allow: ['y'], deny: undefined },
    });
  });

  test('only of pinned accounts, where there are some; the system account is always', async () => {
    const other = operator.account('OTHER');
    await start([account, other], { pinnedAccounts: [account.key] });
    expect(await reason(account.user('u'))).toBeUndefined();
    expect(await reason(other.user('u'))).toBe(`Account ${other.key} not listed as operator pinned account`);
    expect(await reason(operator.system.user('s'))).toBeUndefined();
  });

  test('as the sentinel, where nothing is shown', async () => {
    const sentinel = account.user('guest', { bearer_token: true });
    await start([account], { defaultSentinel: sentinel.jwt });
    expect(await enter(undefined)).toMatchObject({ identity: { user: sentinel.key }, shown: { jwt: sentinel.jwt } });
    expect(await enter(undefined, { jwt: 'something', user: 'x' })).toMatchObject({ identity: { user: sentinel.key } });
    const user = account.user('ada');
    expect(await enter(user)).toMatchObject({ identity: { user: user.key } });
  });

  test('through a proxy, where the user has to', async () => {
    const proxy = newKeyPair('user');
    const user = account.user('u', { proxy_required: true });
    await start([account], {}, { kept: { proxies: [proxy.publicKey] } });
    const signature = (by: typeof proxy): string => by.sign(Buffer.from('the nonce')).toString('base64url');
    expect(await enter(user)).toMatchObject({
      refusal: { reason: 'Proxy Required', debug: 'proxy connection required' },
    });
    expect(await reason(user, { proxy_sig: signature(proxy) })).toBeUndefined();
    const refusal = { reason: 'Proxy Not Trusted', debug: 'proxy is not trusted' };
    expect(await enter(account.user('v'), { proxy_sig: signature(user.keys) })).toMatchObject({ refusal });
  });

  test('is told to the log as nats-server names it, without secrets', async () => {
    await start([account]);
    const user = account.user('ada');
    expect(await enter(user, { sig: '' })).toMatchObject({ refusal: { log: 'authentication error' } });
    expect(await enter(undefined, { auth_token: 'sesame' })).toMatchObject({
      refusal: { log: 'authentication error - Token "[REDACTED]"' },
    });
    expect(broker.lines.join('\n')).not.toMatch(/eyJ|sesame/);
  });
});

describe('scoped signing keys', () => {
  const signer = newKeyPair('account');
  const scope = {
    pub: { allow: ['u.{{name()}}.>'] },
    sub: { deny: ['x'] },
    subs: 3,
    allowed_connection_types: ['STANDARD'],
  };
  const account = operator.account('SCOPED', { signing_keys: [scopeOf(signer.publicKey, scope)] });

  test('give their users what the template says', async () => {
    await start([account]);
    expect(await identityOf(account.scopedUser('ada', signer))).toMatchObject({
      permissions: { publish: { allow: ['u.ada.>'] }, subscribe: { deny: ['x'] } },
      subscriptionsMax: 3,
      payloadBytesMax: -1,
      allowedTypes: ['STANDARD'],
    });
    expect(await reason(account.scopedUser('ada', signer), {}, { type: 'WEBSOCKET' })).toBe(
      'Connection type not allowed',
    );
  });

  test('want users that say nothing themselves', async () => {
    await start([account]);
    expect(await reason(account.user('ada', {}, {}, signer))).toBe(
      'User JWT is not valid: scoped users require no permissions or limits set',
    );
  });

  test('refuse whose name makes no subject to deny', async () => {
    const denying = operator.account('D', {
      signing_keys: [scopeOf(signer.publicKey, { sub: { deny: ['{{tag(t)}}'] } })],
    });
    await start([denying]);
    expect(await reason(denying.scopedUser('ada', signer))).toBe('User JWT generated invalid permissions');
  });

  test('may make bearers, and sentinels of them', async () => {
    const bearers = operator.account('B', { signing_keys: [scopeOf(signer.publicKey, { bearer_token: true })] });
    const guest = bearers.scopedUser('guest', signer);
    await start([bearers], { defaultSentinel: guest.jwt });
    expect(await enter(undefined)).toMatchObject({ identity: { user: guest.key } });
  });
});

describe('a strict operator', () => {
  test('takes accounts and users of signing keys only', async () => {
    const strict = new TestOperator({ strict_signing_key_usage: true });
    const signer = newKeyPair('account');
    const account = strict.account('A', { signing_keys: [signer.publicKey] });
    const plain = strict.account('PLAIN');
    const system = strict.system.jwt({}, {}, strict.signingKeys);
    broker = new FakeBroker(strict.system.key);
    await start([], {
      operators: [strict.jwt()],
      preload: {
        [strict.system.key]: system,
        [account.key]: account.jwt({}, {}, strict.signingKeys),
        [plain.key]: plain.jwt(),
      },
    });
    expect(await reason(account.user('u', {}, {}, signer))).toBeUndefined();
    expect(await reason(account.user('u'))).toBe('User JWT issuer is not known');
    expect(await reason(plain.user('u'))).toBe('Account JWT lookup error: account validation failed');
  });
});

describe('accounts whose time is over', () => {
  test('send everybody away, and let nobody in', async () => {
    const account = operator.account('A');
    await start([[account, account.jwt({}, { exp: SECONDS + 60 })]]);
    const user = account.user('u');
    const identity = await identityOf(user);
    broker.clock.advance(59_000);
    expect(broker.reviewed).toEqual([]);
    broker.clock.advance(1_000);
    expect(broker.reviewed).toEqual([account.key]);
    expect(authentication.review(identity, connectOf(user), factsOf())).toEqual({
      refusal: {
        error: 'Account Authentication Expired',
        reason: 'Authentication Expired',
        log: '',
        debug: 'Account Authentication Expired',
      },
    });
    broker.clock.advance(2_000);
    expect(await reason(user)).toBe('Account JWT lookup error: account expired');
  });

  test('come in anew where the resolver has them anew', async () => {
    const account = operator.account('A');
    broker.pages.set('http://r/', { status: 200, statusText: 'OK', body: '' });
    broker.pages.set(`http://r/${operator.system.key}`, { status: 200, statusText: 'OK', body: operator.system.jwt() });
    const serve = (exp: number): void =>
      void broker.pages.set(`http://r/${account.key}`, {
        status: 200,
        statusText: 'OK',
        body: account.jwt({}, { exp }),
      });
    serve(SECONDS + 60);
    await start([], { resolver: { type: 'url', url: 'http://r' }, preload: {} });
    const user = account.user('u');
    await identityOf(user);
    broker.clock.advance(120_000);
    serve(SECONDS + 600);
    expect(await reason(user)).toBeUndefined();
  });
});

describe('claims that change', () => {
  const account = operator.account('A');
  const update = (jwt: string): Promise<unknown> =>
    broker.askJson(`$SYS.REQ.ACCOUNT.${account.key}.CLAIMS.UPDATE`, jwt);
  const review = (identity: Identity, user: TestUser) => authentication.review(identity, connectOf(user), factsOf());

  test('count at once for those who are in', async () => {
    await start([account]);
    const user = account.user('u');
    const identity = await identityOf(user);
    expect(await update(account.jwt({ default_permissions: { pub: { deny: ['x'] } }, limits: { conn: 5 } }))).toEqual({
      server: { name: 'srv', seq: 1 },
      data: { account: account.key, code: 200, message: 'jwt updated' },
    });
    expect(broker.reviewed).toEqual([account.key]);
    expect(broker.accounts.get(account.key)?.options.limits?.connectionsMax).toBe(5);
    expect(review(identity, user)).toMatchObject({ identity: { permissions: { publish: { deny: ['x'] } } } });
  });

  test('send away who was revoked, bearers where they are not wanted, and users of keys that are gone', async () => {
    const signer = newKeyPair('account');
    const keys = { signing_keys: [signer.publicKey] };
    await start([[account, account.jwt(keys)]]);
    const [plain, bearer, keyed] = [
      account.user('u'),
      account.user('b', { bearer_token: true }),
      account.user('k', {}, {}, signer),
    ];
    const identities = [await identityOf(plain), await identityOf(bearer), await identityOf(keyed)] as const;
    await update(account.jwt({ ...keys, revocations: { [plain.key]: 2 ** 40 }, limits: { disallow_bearer: true } }));
    expect(review(identities[0], plain)).toEqual({
      refusal: {
        error: 'User Authentication Revoked',
        reason: 'Credentials Revoked',
        log: '',
        debug: 'User Authentication Revoked',
      },
    });
    expect(review(identities[1], bearer)).toMatchObject({
      refusal: { error: 'Authorization Violation', debug: 'Bearer User JWT not allowed' },
    });
    expect(review(identities[2], keyed)).toMatchObject({ identity: { user: keyed.key } });
    await update(account.jwt());
    expect(review(identities[2], keyed)).toEqual({
      refusal: { error: '', reason: 'Authentication Failure', debug: 'User JWT issuer is not known' },
    });
  });

  test('send away users of a scope that is another one now', async () => {
    const signer = newKeyPair('account');
    const scoped = (template: Record<string, unknown>): string =>
      account.jwt({ signing_keys: [scopeOf(signer.publicKey, template)] });
    await start([[account, scoped({ subs: 3 })]]);
    const user = account.scopedUser('u', signer);
    const identity = await identityOf(user);
    await update(account.jwt({ signing_keys: [scopeOf(signer.publicKey, { subs: 3 })], tags: ['new'] }));
    expect(review(identity, user)).toMatchObject({ identity: { user: user.key } });
    await update(scoped({ subs: 4 }));
    expect(review(identity, user)).toMatchObject({ refusal: { error: '' } });
  });

  test('are refused for good reasons, and then nothing changes', async () => {
    await start([account]);
    await identityOf(account.user('u'));
    const before = broker.accounts.get(account.key)?.options;
    const other = operator.account('OTHER');
    const failed = async (jwt: string): Promise<unknown> =>
      ((await update(jwt)) as { error: { description: string } }).error.description;
    expect(await failed('')).toBe('jwt update error - request body is empty');
    expect(await failed('x')).toBe('jwt update resulted in error - expected 3 chunks');
    expect(await failed(other.jwt())).toBe('jwt update resulted in error - subject does not match jwt content');
    expect(await failed(account.jwt({}, {}, account.keys))).toBe(
      'jwt update resulted in error - account validation failed',
    );
    expect(broker.accounts.get(account.key)?.options).toBe(before);
    expect(broker.reviewed).toEqual([]);
    expect(broker.logged('error')).toHaveLength(4);
    expect(broker.lines.join('\n')).not.toContain('eyJ');
    expect(await broker.askJson(`$SYS.ACCOUNT.${other.key}.CLAIMS.UPDATE`, other.jwt())).toMatchObject({
      data: { account: other.key, code: 200, message: 'jwt update skipped' },
    });
  });

  test('that are the same change nothing', async () => {
    const jwt = account.jwt();
    await start([[account, jwt]]);
    await identityOf(account.user('u'));
    expect(await update(jwt)).toMatchObject({ data: { message: 'jwt updated' } });
    expect(broker.reviewed).toEqual([]);
    expect(broker.logged('debug')).toContain(`Requested account update for [${account.key}], same claims detected`);
  });
});

describe('accounts that import from each other', () => {
  const stream = (from: TestAccount) => ({ imports: [{ account: from.key, subject: 'a', type: 'stream' }] });

  test('come together, in circles too', async () => {
    const exporter = operator.account('E');
    const importer = operator.account('I', stream(exporter));
    await start([[exporter, exporter.jwt(stream(importer))], importer]);
    await Promise.all([identityOf(importer.user('u')), identityOf(exporter.user('u'))]);
    expect(broker.accounts.list().map(({ name }) => name)).toEqual(
      expect.arrayContaining([exporter.key, importer.key]),
    );
    expect(authentication.account(importer.key)).toMatchObject({ incomplete: false });
    expect(broker.logged('error')).toEqual([]);
  });

  test('are incomplete where one cannot be had, until it comes', async () => {
    const exporter = operator.account('E');
    const importer = operator.account('I', stream(exporter));
    await start([importer]);
    await identityOf(importer.user('u'));
    expect(authentication.account(importer.key)).toMatchObject({ incomplete: true });
    expect(broker.logged('error')).toEqual([
      `Can't locate account [${exporter.key}] for import of [a] stream (err=account missing)`,
    ]);
    expect(await reason(exporter.user('u'))).toBe('Account JWT lookup error: account missing');
  });

  test('hold activation tokens against issuer, importer, subject, time and revocations', async () => {
    const signer = newKeyPair('account');
    const exporter = operator.account('E', { signing_keys: [signer.publicKey] });
    const importer = operator.account('I');
    await start([exporter, importer]);
    await identityOf(exporter.user('u'));
    const check = (token: string | undefined, revocations: Record<string, number> = {}, subject = 'a.b') =>
      authentication.checkActivation({
        exporter: exporter.key,
        importer: importer.key,
        import: { type: 'stream', account: exporter.key, subject, token },
        revocations,
      });
    const token = (more: Parameters<TestAccount['activation']>[3] = {}, by = exporter.keys): string =>
      exporter.activation(importer.key, 'stream', 'a.>', { iat: 500, ...more }, by);
    expect(check(token())).toEqual({ valid: true });
    expect(check(token({ exp: SECONDS + 5 }))).toEqual({ valid: true, expiresAt: (SECONDS + 5) * 1000 });
    expect(check(token({}, signer))).toEqual({ valid: true });
    expect(check(token(), { '*': 499, [importer.key]: 499 })).toEqual({ valid: true });
    const refused = [
      check(undefined),
      check('x'),
      check(token({ exp: SECONDS })),
      check(token({ nbf: SECONDS + 1 })),
      check(token({}, newKeyPair('account'))),
      check(token(), { '*': 500 }),
      check(token(), { [importer.key]: 500 }),
      check(token(), {}, 'b'),
      check(exporter.activation(exporter.key, 'stream', 'a.>')),
      check(exporter.activation(importer.key, 'service', 'a.>')),
      check(importer.activation(importer.key, 'stream', 'a.>')),
    ];
    expect(refused).toEqual(refused.map(() => ({ valid: false })));
  });
});

describe('the start', () => {
  test('needs the system account, where it can only be in the configuration', async () => {
    await expect(start([], { preload: {} })).rejects.toThrow(
      expect.objectContaining({
        code: 'invalid-option',
        message: 'error resolving system account: account missing',
      }),
    );
  });

  test('warns of preloaded accounts that do not count', async () => {
    const account = operator.account('A');
    await start([[account, account.jwt({}, { exp: SECONDS - 5 })]]);
    expect(broker.logged('warn')).toEqual([`Account [${account.key}] has validation issues:`, '  - claim is expired']);
  });

  test('takes over who is there from before a reload, as the resolver has them now', async () => {
    const [kept, changed, gone] = ['K', 'C', 'G'].map((name) => operator.account(name)) as [
      TestAccount,
      TestAccount,
      TestAccount,
    ];
    await start([kept, changed, gone]);
    const user = kept.user('u');
    const identity = await identityOf(user);
    for (const one of [changed, gone]) await identityOf(one.user('u'));
    authentication.dispose();
    expect(broker.bus.subscriptions).toEqual([]);
    expect(broker.clock.waiting).toBe(0);
    await start([kept, [changed, changed.jwt({ limits: { conn: 2 } })]]);
    expect(authentication.review(identity, connectOf(user), factsOf())).toMatchObject({ identity: { user: user.key } });
    expect(broker.accounts.get(changed.key)?.options.limits?.connectionsMax).toBe(2);
    expect(broker.accounts.get(gone.key)).toBeUndefined();
    expect(broker.logged('info')).toContain(`Reloaded: deleting account [removed]: "${gone.key}"`);
  });

  test('nobody is waited for who is gone', async () => {
    broker.pages.set('http://r/', { status: 200, statusText: 'OK', body: '' });
    broker.pages.set(`http://r/${operator.system.key}`, { status: 200, statusText: 'OK', body: operator.system.jwt() });
    const account = operator.account('A');
    broker.pages.set(`http://r/${account.key}`, 'hangs');
    await start([], { resolver: { type: 'url', url: 'http://r' }, preload: {} });
    const leaving = new AbortController();
    const outcome = authentication.authenticate(connectOf(account.user('u')), factsOf(), leaving.signal);
    await until(() => broker.fetched.includes(`http://r/${account.key}`));
    leaving.abort();
    expect(await outcome).toMatchObject({ refusal: { debug: 'Account JWT lookup error: the connection is gone' } });
  });
});
