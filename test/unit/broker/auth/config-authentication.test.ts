import bcryptjs from 'bcryptjs';
import { describe, expect, it } from 'vitest';
import type { AuthenticationOutcome, ConnectionFacts } from '../../../../broker/auth/authentication.ts';
import { ConfigAuthentication } from '../../../../broker/auth/config-authentication.ts';
import { newKeyPair, type NkeyPair } from '../../../../broker/auth/nkey.ts';
import { Passwords } from '../../../../broker/auth/passwords.ts';
import type { LogLevel } from '../../../../broker/base/log.ts';
import type { BrokerOptions } from '../../../../broker/options.ts';
import { type ConnectOptions, defaultConnectOptions } from '../../../../broker/wire/connect.ts';

const facts: ConnectionFacts = { clientId: 1, type: 'STANDARD', ip: '127.0.0.1', port: 1, nonce: 'nonce' };
const ann = { user: 'ann', password: 'a' };
const bob = { user: 'bob', password: 'b' };
const keys = newKeyPair('user');

function authentication(options: BrokerOptions, log: (level: LogLevel, text: string) => void = () => {}) {
  const server = {
    id: newKeyPair('server').publicKey,
    name: 's',
    host: () => '127.0.0.1',
    version: '2',
    tags: [],
    keys,
    curveKeys: keys,
  };
  return new ConfigAuthentication(options, { server, log, passwords: new Passwords() });
}

const shown = (fields: Partial<ConnectOptions>): ConnectOptions => ({ ...defaultConnectOptions(), ...fields });

/** The name it is let in by, or why not. */
async function ask(options: BrokerOptions, fields: Partial<ConnectOptions>, more: Partial<ConnectionFacts> = {}) {
  return told(await authentication(options).authenticate(shown(fields), { ...facts, ...more }));
}

function told(outcome: AuthenticationOutcome | undefined): string {
  if (outcome === undefined) return 'nobody';
  if (outcome.refusal !== undefined) return `refused: ${outcome.refusal.debug ?? outcome.refusal.log ?? ''}`;
  return `${outcome.identity.account}/${outcome.identity.label ?? ''}`;
}

const signed = (pair: NkeyPair, text = 'nonce', encoding: 'base64url' | 'base64' = 'base64url') => ({
  nkey: pair.publicKey,
  sig: pair.sign(Buffer.from(text)).toString(encoding),
});

describe('without authentication', () => {
  it('everybody is let in as who he says he is', async () => {
    const open = authentication({});
    expect([open.required('STANDARD'), open.demanded('STANDARD'), open.usesNonce]).toEqual([false, false, false]);
    expect(await ask({}, {})).toBe('$G/');
    expect(await ask({}, { user: 'x', pass: 'y' })).toBe('$G/user:x');
    expect(await ask({}, { auth_token: 'x' })).toBe('$G/token');
  });
});

describe('one user', () => {
  const options = { user: 'ann', password: 'secret' };

  it('is asked for', () => {
    const one = authentication(options);
    expect([one.required('STANDARD'), one.demanded('STANDARD')]).toEqual([true, true]);
    expect(one.unannounced(facts)).toBeUndefined();
  });

  it.each([
    [{ user: 'ann', pass: 'secret' }, '$G/user:ann'],
    [{ user: 'ann', pass: 'secret ' }, 'refused: authentication error - User "ann"'],
    [{ user: 'Ann', pass: 'secret' }, 'refused: authentication error - User "Ann"'],
    [{}, 'refused: authentication error'],
    [{ auth_token: 'secret' }, 'refused: authentication error - Token "[REDACTED]"'],
    [{ nkey: 'UABC' }, 'refused: authentication error - Nkey "UABC"'],
  ])('%j: %s', async (fields, expected) => {
    expect(await ask(options, fields)).toBe(expected);
  });

  it('has no permissions of those for users in a list', async () => {
    const outcome = await authentication({
      ...options,
      defaultPermissions: { publish: { allow: ['a'] } },
    }).authenticate(shown({ user: 'ann', pass: 'secret' }), facts);
    expect(outcome.identity?.permissions).toBeUndefined();
  });
});

describe('a token', () => {
  it('is compared as it is, or by its hash', async () => {
    expect(await ask({ token: 't0k' }, { auth_token: 't0k' })).toBe('$G/token');
    expect(await ask({ token: 't0k' }, { pass: 't0k' })).toMatch(/^refused/);
    const hash = bcryptjs.hashSync('t0k', 4);
    expect(await ask({ token: hash }, { auth_token: 't0k' })).toBe('$G/token');
    expect(await ask({ token: hash }, { auth_token: hash })).toMatch(/^refused/);
  });
});

describe('users', () => {
  it('are known by name and password, plain or as a hash', async () => {
    const users = [ann, { user: 'cyd', password: bcryptjs.hashSync('c', 4), account: 'A' }];
    expect(await ask({ users }, { user: 'ann', pass: 'a' })).toBe('$G/user:ann');
    expect(await ask({ users }, { user: 'cyd', pass: 'c' })).toBe('A/user:cyd');
    expect(await ask({ users }, { user: 'cyd', pass: 'a' })).toMatch(/^refused/);
    expect(await ask({ users }, { user: 'dan', pass: 'a' })).toMatch(/^refused/);
    expect(await ask({ users }, {})).toBe('refused: authentication error');
  });

  it('have permissions of their own, of their account, or of all who are in none', async () => {
    const options: BrokerOptions = {
      defaultPermissions: { publish: { allow: ['general'] } },
      accounts: [{ name: 'A', defaultPermissions: { publish: { allow: ['account'] } } }, { name: 'B' }],
      users: [
        ann,
        { ...bob, permissions: { publish: { allow: ['own'] } } },
        { user: 'cyd', password: 'c', account: 'A' },
        { user: 'dan', password: 'd', account: 'B' },
      ],
    };
    const allowed = async (user: string): Promise<unknown> => {
      const outcome = await authentication(options).authenticate(shown({ user, pass: user[0] as string }), facts);
      return outcome.identity?.permissions?.publish?.allow;
    };
    expect(await allowed('ann')).toEqual(['general']);
    expect(await allowed('bob')).toEqual(['own']);
    expect(await allowed('cyd')).toEqual(['account']);
    expect(await allowed('dan')).toBeUndefined();
  });

  it('may be allowed some types of connections only', async () => {
    const users = [{ ...ann, connectionTypes: ['WEBSOCKET' as const] }];
    expect(await ask({ users }, { user: 'ann', pass: 'a' })).toMatch(/^refused/);
    expect(await ask({ users }, { user: 'ann', pass: 'a' }, { type: 'WEBSOCKET' })).toBe('$G/user:ann');
  });
});

describe('who shows nothing', () => {
  const options = { users: [ann, { ...bob, account: 'B' }], noAuthUser: 'bob' };

  it('is the user for such, and INFO does not ask', async () => {
    const open = authentication(options);
    expect([open.required('STANDARD'), open.demanded('STANDARD')]).toEqual([true, false]);
    expect(await ask(options, {})).toBe('B/user:bob');
    expect(told(await open.unannounced(facts))).toBe('B/user:bob');
    const outcome = await open.authenticate(shown({}), facts);
    expect(outcome.refusal === undefined && outcome.shown).toMatchObject({ user: 'bob', pass: 'b' });
  });

  it.each([{ pass: 'x' }, { user: 'bob' }, { auth_token: 'x' }])('but not with %j', async (fields) => {
    expect(await ask(options, fields)).toMatch(/^refused/);
  });

  it('with a key that nobody asked for is the same', async () => {
    expect(await ask(options, { nkey: 'UABC' })).toBe('B/nkey:UABC');
  });

  it('is nobody where that user may not connect so', async () => {
    const elsewhere = { users: [{ ...bob, connectionTypes: ['MQTT' as const] }], noAuthUser: 'bob' };
    expect(await ask(elsewhere, {})).toMatch(/^refused/);
    expect(authentication(elsewhere).unannounced(facts)).toBeUndefined();
  });

  it('is nobody where the password is kept as a hash, as in nats-server', async () => {
    const hashed = { users: [{ user: 'bob', password: bcryptjs.hashSync('b', 4) }], noAuthUser: 'bob' };
    expect(await ask(hashed, {})).toBe('refused: authentication error - User "bob"');
  });

  it('is the owner of a key only after CONNECT', async () => {
    const byKey = { users: [{ nkey: keys.publicKey }], noAuthUser: keys.publicKey };
    expect(await ask(byKey, {})).toBe(`$G/nkey:${keys.publicKey}`);
    expect(authentication(byKey).unannounced(facts)).toBeUndefined();
  });

  it('is somebody made up where nothing but the system account has users', async () => {
    const onlySystem = { users: [{ ...ann, account: '$SYS' }], accounts: [{ name: '$SYS' }] };
    expect(authentication(onlySystem).demanded('STANDARD')).toBe(true);
    expect(await ask(onlySystem, {})).toMatch(/^\$G\/user:nats-/);
    expect(await ask(onlySystem, { user: 'ann', pass: 'a' })).toBe('$SYS/user:ann');
    expect(await ask(onlySystem, { user: 'x' })).toMatch(/^refused/);
    const more = { ...onlySystem, accounts: [{ name: '$SYS' }, { name: 'A' }] };
    expect(await ask(more, {})).toBe('refused: authentication error');
    expect(await ask({ ...onlySystem, authTimeoutMs: 1000 }, {})).toBe('refused: authentication error');
  });
});

describe('keys', () => {
  const users = [{ nkey: keys.publicKey, account: 'K' }, ann];

  it('sign the nonce', async () => {
    expect(authentication({ users }).usesNonce).toBe(true);
    expect(await ask({ users }, signed(keys))).toBe(`K/nkey:${keys.publicKey}`);
    expect(await ask({ users }, signed(keys, 'nonce', 'base64'))).toBe(`K/nkey:${keys.publicKey}`);
    expect(await ask({ users }, { user: 'ann', pass: 'a' })).toBe('$G/user:ann');
  });

  it('outweigh a name that is shown too', async () => {
    expect(await ask({ users }, { ...signed(keys), user: 'ann', pass: 'x' })).toBe(`K/nkey:${keys.publicKey}`);
    expect(await ask({ users }, { ...signed(newKeyPair('user')), user: 'ann', pass: 'a' })).toMatch(/^refused/);
  });

  it.each([
    ['of another nonce', signed(keys, 'other'), 'Signature not verified'],
    ['of another key', { ...signed(newKeyPair('user')), nkey: keys.publicKey }, 'Signature not verified'],
    ['that is missing', { nkey: keys.publicKey }, 'Signature missing'],
    ['that is no base64', { nkey: keys.publicKey, sig: '#' }, 'Signature not valid base64'],
    ['that is cut', { nkey: keys.publicKey, sig: signed(keys).sig.slice(0, -4) }, 'Signature not verified'],
  ])('do not come in with a signature %s', async (_what, fields, expected) => {
    expect(await ask({ users }, fields)).toBe(`refused: ${expected}`);
  });

  it('do not come in where no nonce was given', async () => {
    expect(await ask({ users }, signed(keys, ''), { nonce: '' })).toBe('refused: Signature not verified');
  });
});

describe('proxies', () => {
  const proxy = newKeyPair('user');
  const users = [{ ...ann, proxyRequired: true }, bob];
  const through = (pair: NkeyPair) => ({ proxy_sig: pair.sign(Buffer.from('nonce')).toString('base64url') });
  const options: BrokerOptions = { users, kept: { proxies: [proxy.publicKey] } };

  it('that are trusted bring in those who have to come so', async () => {
    expect(authentication(options).usesNonce).toBe(true);
    expect(await ask(options, { user: 'ann', pass: 'a', ...through(proxy) })).toBe('$G/user:ann');
    expect(await ask(options, { user: 'bob', pass: 'b' })).toBe('$G/user:bob');
    expect(await ask(options, { user: 'ann', pass: 'a' })).toBe('refused: proxy connection required');
  });

  it('that are not trusted bring in nobody', async () => {
    expect(await ask(options, { user: 'bob', pass: 'b', ...through(keys) })).toBe('refused: proxy is not trusted');
    const outcome = await authentication(options).authenticate(shown({ proxy_sig: '?' }), facts);
    expect(outcome.refusal?.reason).toBe('Proxy Not Trusted');
  });

  it('count for nothing where none is trusted', async () => {
    expect(await ask({ users: [bob] }, { user: 'bob', pass: 'b', ...through(keys) })).toBe('$G/user:bob');
  });

  it('may be asked of the single user and of tokens', async () => {
    const single: BrokerOptions = { token: 't', proxyRequired: true, kept: { proxies: [proxy.publicKey] } };
    expect(await ask(single, { auth_token: 't' })).toBe('refused: proxy connection required');
    expect(await ask(single, { auth_token: 't', ...through(proxy) })).toBe('$G/token');
  });
});

describe('WebSocket', () => {
  const webSocket = { port: -1, user: 'wes', password: 'w', authTimeoutMs: 7000 };
  const type = 'WEBSOCKET' as const;

  it('may have a user of its own', async () => {
    const options = { webSocket };
    expect(authentication(options).required(type)).toBe(true);
    expect(authentication(options).required('STANDARD')).toBe(false);
    expect(authentication(options).timeoutMs(type)).toBe(7000);
    expect(authentication(options).timeoutMs('STANDARD')).toBe(2000);
    expect(await ask(options, { user: 'wes', pass: 'w' }, { type })).toBe('$G/user:wes');
    expect(await ask(options, { user: 'wes', pass: 'x' }, { type })).toMatch(/^refused/);
  });

  it('with it does not know the user and token of the other listener', async () => {
    const options = { webSocket, token: 't' };
    expect(await ask(options, { auth_token: 't' }, { type })).toMatch(/^refused/);
    expect(await ask(options, { auth_token: 't' })).toBe('$G/token');
  });

  it('may have somebody for those who show nothing, and INFO asks all the same', async () => {
    const options = { users: [ann, bob], webSocket: { port: -1, noAuthUser: 'ann' } };
    expect(await ask(options, {}, { type })).toBe('$G/user:ann');
    expect(await ask(options, {})).toMatch(/^refused/);
    expect(authentication(options).demanded(type)).toBe(true);
    expect(told(await authentication(options).unannounced({ ...facts, type }))).toBe('$G/user:ann');
  });
});

describe('certificates', () => {
  const options: BrokerOptions = { users: [{ user: 'ann' }, bob], tls: { verifyAndMap: true } };

  it('are needed where they say who somebody is', async () => {
    expect(await ask(options, { user: 'bob', pass: 'b' })).toBe(
      'refused: User required in cert, no TLS connection state',
    );
    const tls = { version: '1.3', cipherSuite: 'TLS_AES_128_GCM_SHA256', verified: true, certificates: [] };
    expect(await ask(options, {}, { tls })).toBe('refused: User required in cert, no peer certificates found');
    const spoiled = { ...tls, certificates: [Buffer.from('no certificate')] };
    expect(await ask(options, {}, { tls: spoiled })).toMatch(/^refused: User required in cert, which cannot be read/);
  });

  it('are needed of who has no password, also on a listener that maps none', async () => {
    const both = { ...options, webSocket: { port: -1 } };
    expect(await ask(both, { user: 'ann' }, { type: 'WEBSOCKET' })).toBe(
      'refused: User "ann" requires a client certificate',
    );
    expect(await ask(both, { user: 'bob', pass: 'b' }, { type: 'WEBSOCKET' })).toBe('$G/user:bob');
  });
});

describe('after a reload', () => {
  const before = { user: 'ann', account: '$G', label: 'user:ann' };
  const review = async (options: BrokerOptions, fields: Partial<ConnectOptions>, identity = before) =>
    authentication(options).review(identity, shown(fields), facts);
  const ofAnn = { user: 'ann', pass: 'a' };

  it('who is still there stays, with what counts now', async () => {
    const users = [{ ...ann, permissions: { publish: { allow: ['x'] } } }];
    expect((await review({ users }, ofAnn)).identity?.permissions).toEqual({ publish: { allow: ['x'] } });
  });

  it('who is gone, or belongs elsewhere, goes without a word', async () => {
    const silent = { error: '', reason: 'Client Closed' };
    expect((await review({ users: [bob] }, ofAnn)).refusal).toMatchObject(silent);
    expect((await review({ users: [{ ...ann, account: 'A' }] }, ofAnn)).refusal).toMatchObject(silent);
    expect((await review({ users: [{ nkey: keys.publicKey }] }, { nkey: 'U' })).refusal).toMatchObject(silent);
  });

  it('whose password is another goes with the words for that', async () => {
    const refused = { error: 'Authorization Violation', reason: 'Authentication Failure' };
    expect((await review({ users: [{ ...ann, password: 'z' }] }, ofAnn)).refusal).toMatchObject(refused);
    expect((await review({ user: 'ann', password: 'z' }, ofAnn)).refusal).toMatchObject(refused);
    expect((await review({ users: [ann] }, {}, { ...before, label: '' })).refusal).toMatchObject(refused);
  });

  it('who did not have to show anything stays where he still need not', async () => {
    expect((await review({}, {})).identity?.account).toBe('$G');
    expect((await review({}, ofAnn)).identity?.label).toBe('user:ann');
  });

  it('the made-up user of a server is the same', () => {
    const options = { users: [{ ...ann, account: '$SYS' }], accounts: [{ name: '$SYS' }] };
    const one = authentication(options);
    const first = one.find(shown({}), facts);
    const again = one.find(shown({}), facts);
    expect(first).toEqual(again);
  });
});

describe('time-outs', () => {
  it('are longer with TLS, unless they are given', () => {
    expect(authentication({ user: 'a' }).timeoutMs('STANDARD')).toBe(2000);
    expect(authentication({ user: 'a', tls: {} }).timeoutMs('STANDARD')).toBe(3000);
    expect(authentication({ user: 'a', tls: { timeoutMs: 500 } }).timeoutMs('STANDARD')).toBe(1500);
    expect(authentication({ user: 'a', tls: {}, authTimeoutMs: 10 }).timeoutMs('STANDARD')).toBe(10);
  });
});
