import { describe, expect, test } from 'vitest';
import type { ClaimsKind } from '../../../../../broker/auth/jwt/claims.ts';
import {
  decodeAccountClaims,
  decodeActivationClaims,
  decodeAuthorizationRequestClaims,
  decodeAuthorizationResponseClaims,
  decodeJwt,
  decodeOperatorClaims,
  decodeUserClaims,
} from '../../../../../broker/auth/jwt/decode.ts';
import { encodeJwt } from '../../../../../broker/auth/jwt/encode.ts';
import { newKeyPair, type NkeyPair } from '../../../../../broker/auth/nkey.ts';

const operator = newKeyPair('operator');
const account = newKeyPair('account');
const user = newKeyPair('user');
const server = newKeyPair('server');

const part = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** A token of any content, signed rightly for its version. */
function token(
  body: unknown,
  signer: NkeyPair = account,
  header: unknown = { typ: 'JWT', alg: 'ed25519-nkey' },
): string {
  const [head, claims] = [part(header), part(body)];
  return `${head}.${claims}.${signer.sign(Buffer.from(`${head}.${claims}`)).toString('base64url')}`;
}

function tokenV1(body: unknown, signer: NkeyPair): string {
  const claims = part(body);
  return `${part({ typ: 'jwt', alg: 'ed25519' })}.${claims}.${signer.sign(Buffer.from(claims)).toString('base64url')}`;
}

const userBody = { iss: account.publicKey, sub: user.publicKey, nats: { type: 'user', version: 2 } };

function fault(text: string, decode: (token: string) => unknown = decodeJwt): string {
  try {
    decode(text);
  } catch (error) {
    return (error as Error).message;
  }
  return 'none';
}

describe('reading tokens', () => {
  test('fills in what is left out, as Go does', () => {
    const claims = decodeUserClaims(token(userBody));
    expect(claims).toEqual({
      aud: '',
      exp: 0,
      jti: '',
      iat: 0,
      iss: account.publicKey,
      name: '',
      nbf: 0,
      sub: user.publicKey,
      nats: {
        type: 'user',
        version: 2,
        tags: [],
        pub: { allow: [], deny: [] },
        sub: { allow: [], deny: [] },
        resp: undefined,
        subs: 0,
        data: 0,
        payload: 0,
        src: [],
        times: [],
        times_location: '',
        bearer_token: false,
        proxy_required: false,
        allowed_connection_types: [],
        issuer_account: '',
      },
    });
  });

  test('reads names in any case and passes over null and unknown fields', () => {
    const nats = { Type: 'user', VERSION: 2, Subs: 4, pub: null, more: { deep: [] } };
    expect(decodeUserClaims(token({ ...userBody, nats, NAME: 'Bo' }))).toMatchObject({
      name: 'Bo',
      nats: { subs: 4, pub: { allow: [] } },
    });
  });

  test.each<[ClaimsKind, NkeyPair, string, (text: string) => unknown]>([
    ['operator', operator, operator.publicKey, decodeOperatorClaims],
    ['account', operator, account.publicKey, decodeAccountClaims],
    ['user', account, user.publicKey, decodeUserClaims],
    ['activation', account, account.publicKey, decodeActivationClaims],
    ['authorization_request', server, user.publicKey, decodeAuthorizationRequestClaims],
    ['authorization_response', account, user.publicKey, decodeAuthorizationResponseClaims],
  ])('reads what it wrote: %s', (type, signer, sub, decode) => {
    const text = encodeJwt({ sub, name: 'n', exp: 99, nats: { type } }, signer);
    expect(decode(text)).toMatchObject({ sub, name: 'n', exp: 99, iss: signer.publicKey, nats: { type, version: 2 } });
    const others = [decodeOperatorClaims, decodeAccountClaims, decodeUserClaims, decodeActivationClaims];
    for (const other of others) if (other !== decode) expect(fault(text, other)).toMatch(/^not \w+ claim$/);
  });

  test('reads a user of the first version: limits left out are none, the body alone is signed', () => {
    const body = {
      iss: account.publicKey,
      sub: user.publicKey,
      type: 'user',
      tags: ['t'],
      issuer_account: 'A',
      nats: { src: '10.0.0.0/8, 10.0.0.0/8 ,::1/128' },
    };
    const claims = decodeUserClaims(tokenV1(body, account));
    expect(claims.nats).toMatchObject({
      version: 1,
      tags: ['t'],
      issuer_account: 'A',
      subs: -1,
      data: -1,
      payload: -1,
      src: ['10.0.0.0/8', '::1/128'],
    });
    expect(fault(token(body, account))).toBe('claim failed V1 signature verification');
  });

  test('reads an account of the first version', () => {
    const nats = {
      limits: { subs: 1, conn: 2, mem_storage: 3 },
      signing_keys: ['AA'],
      revocations: { U: 4 },
      mappings: { a: [] },
    };
    const claims = decodeAccountClaims(tokenV1({ iss: operator.publicKey, type: 'account', nats }, operator));
    expect(claims.nats.limits).toMatchObject({ subs: 1, conn: 2, mem_storage: 0 });
    expect([...claims.nats.signing_keys]).toEqual([['AA', undefined]]);
    expect([...claims.nats.revocations]).toEqual([['U', 4]]);
    expect(claims.nats.mappings.size).toBe(0);
  });

  test('reads an account with everything in it', () => {
    const nats = {
      type: 'account',
      version: 2,
      imports: [{ name: 'i', subject: 'a', account: 'A', local_subject: 'b', type: 'stream' }, null],
      exports: [
        {
          subject: 'q',
          type: 'service',
          service_latency: { sampling: 'headers', results: 'lat' },
          response_threshold: 5,
        },
        { subject: 's', type: 'stream', revocations: { '*': 3 }, token_req: true },
      ],
      limits: { subs: -1, streams: 9, tiered_limits: { R1: { mem_storage: 5 }, R3: { disk_storage: 6 } } },
      signing_keys: ['A1', { kind: 'user_scope', key: 'A2', role: 'r', template: { pub: { allow: ['p'] } } }, 7],
      mappings: {
        __proto__x: [],
        'a.*': [
          { subject: 'b.$1', weight: 30 },
          { subject: 'c', cluster: 'K' },
        ],
      },
      authorization: { auth_users: ['U'], allowed_accounts: ['*'], xkey: 'X' },
      trace: { dest: 't', sampling: 7 },
      default_permissions: { resp: { max: 2, ttl: 3 } },
    };
    const claims = decodeAccountClaims(token({ iss: operator.publicKey, sub: account.publicKey, nats }, operator));
    expect(claims.nats.imports[0]).toMatchObject({ subject: 'a', local_subject: 'b', type: 'stream', share: false });
    expect(claims.nats.imports[1]).toBeUndefined();
    expect(claims.nats.exports[0]?.service_latency).toEqual({ sampling: 0, results: 'lat' });
    expect([...(claims.nats.exports[1]?.revocations ?? [])]).toEqual([['*', 3]]);
    // Tiers put what stands beside them out of force.
    expect(claims.nats.limits.streams).toBe(0);
    expect(claims.nats.limits.tiered_limits.get('R3')).toMatchObject({ disk_storage: 6, mem_storage: 0 });
    expect([...claims.nats.signing_keys.keys()]).toEqual(['A1', 'A2']);
    expect(claims.nats.signing_keys.get('A2')?.template).toMatchObject({ subs: -1, pub: { allow: ['p'] } });
    expect(claims.nats.mappings.get('a.*')).toEqual([
      { subject: 'b.$1', weight: 30, cluster: '' },
      { subject: 'c', weight: 0, cluster: 'K' },
    ]);
    expect(claims.nats.authorization).toEqual({ auth_users: ['U'], allowed_accounts: ['*'], xkey: 'X' });
    expect(claims.nats.trace).toEqual({ dest: 't', sampling: 7 });
    expect(claims.nats.default_permissions.resp).toEqual({ max: 2, ttl: 3 });
  });

  test('keeps names that are no property names here', () => {
    const body = `{"iss":"${operator.publicKey}","nats":{"type":"account","version":2,"revocations":{"__proto__":5}}}`;
    const claims = decodeAccountClaims(token(body, operator));
    expect([...claims.nats.revocations]).toEqual([['__proto__', 5]]);
  });

  test('reads other kinds as they are; of those the body alone is signed', () => {
    const body = { iss: user.publicKey, sub: 'x', nats: { type: 'mine', colour: 'red' } };
    expect(decodeJwt(tokenV1(body, user))).toMatchObject({ sub: 'x', nats: { type: 'generic', colour: 'red' } });
  });
});

describe('tokens that are none', () => {
  const good = token(userBody);

  test.each([
    ['', 'expected 3 chunks'],
    ['a.b', 'expected 3 chunks'],
    ['a.b.c.d', 'expected 3 chunks'],
    ['a.b.c', 'illegal base64 data at input byte 0'],
    ['ab%d.b.c', 'illegal base64 data at input byte 2'],
    [`${part('no')}.b.c`, "invalid character 'o' in literal null (expecting 'u')"],
    [`${part('{"typ":"JWT"')}.b.c`, 'unexpected end of JSON input'],
    [`${part('7')}.b.c`, 'json: cannot unmarshal number into Go struct field Claims of type struct'],
    [`${part({ typ: 'JWS', alg: 'ed25519-nkey' })}.b.c`, 'not supported type "JWS"'],
    [`${part({ typ: 'JWT', alg: 'none' })}.b.c`, 'unexpected "none" algorithm'],
    [`${part({ typ: 'JWT', alg: 'ed25519-nkey-2' })}.b.c`, 'unexpected "ed25519-nkey-2" algorithm'],
    [`${good.slice(0, -4)}====`, 'illegal base64 data at input byte 82'],
    [good.slice(0, -4), 'claim failed V2 signature verification'],
    ['x'.repeat(1024 * 1024 + 1), 'token size 1048577 exceeds maximum of 1048576 bytes: token too large'],
    ['ß'.repeat(600_000), 'token size 1200000 exceeds maximum of 1048576 bytes: token too large'],
  ])('%.40j: %s', (text, message) => {
    expect(fault(text)).toBe(message);
  });

  test('refuses claims that were changed, and those of another signer', () => {
    const [head, , tail] = good.split('.');
    expect(fault(`${head}.${part({ ...userBody, name: 'x' })}.${tail}`)).toBe('claim failed V2 signature verification');
    expect(fault(token(userBody, newKeyPair('account')))).toBe('claim failed V2 signature verification');
    expect(fault(token({ ...userBody, iss: 'nobody' }))).toBe('claim failed V2 signature verification');
    expect(fault(token({ ...userBody, iss: user.publicKey }, user))).toBe(
      'unable to validate expected prefixes - [account]',
    );
    const body = { ...userBody, iss: user.publicKey, nats: { type: 'account', version: 2 } };
    expect(fault(token(body, user))).toBe('unable to validate expected prefixes - [account operator]');
  });

  test.each([
    [{ type: 'user', version: 3 }, 'JWT was generated by a newer version '],
    [{ type: 'user' }, 'library supports version 2 or less - received 0'],
    [{ type: 'cluster', version: 2 }, 'ClusterClaims are not supported'],
    [{ type: 'server', version: 2 }, 'ServerClaims are not supported'],
    [{ type: 'user', version: 2, subs: 'x' }, /^json: cannot unmarshal string into .*subs of type int64$/],
    [{ type: 'user', version: 2, subs: 1.5 }, /^json: cannot unmarshal number 1.5 into .*subs of type int64$/],
    [{ type: 'user', version: 2, pub: [] }, /^json: cannot unmarshal array into .*pub of type struct$/],
    [{ type: 'user', version: 2, pub: { allow: 'a' } }, /^json: cannot unmarshal string into .*allow of type slice$/],
    [{ type: 'user', version: 2, src: [1] }, /^json: cannot unmarshal array into .*src of type string$/],
    [{ type: 'user', version: 2, times: [1] }, /^json: cannot unmarshal number into .*times of type struct$/],
    [{ type: 'account', version: 2, exports: [{ type: 'queue' }] }, 'unknown export type "queue"'],
    [{ type: 'account', version: 2, signing_keys: [{ kind: 'x' }] }, 'unknown signing key scope "x"'],
    [{ type: 'account', version: 2, mappings: { a: [{ weight: 256 }] } }, /number 256 .*weight of type uint8$/],
    [{ type: 'account', version: 2, revocations: { a: 'x' } }, /string into .*revocations of type int64$/],
    ['text', /^json: cannot unmarshal string into .*nats of type struct$/],
  ])('claims %j', (nats, message) => {
    const text = fault(token({ ...userBody, nats }));
    if (typeof message === 'string') expect(text).toBe(message);
    else expect(text).toMatch(message);
  });
});
