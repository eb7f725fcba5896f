import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { decodeJwt } from '../../../../../broker/auth/jwt/decode.ts';
import { encodeJwt } from '../../../../../broker/auth/jwt/encode.ts';
import { base32 } from '../../../../../broker/auth/key-text.ts';
import { newKeyPair } from '../../../../../broker/auth/nkey.ts';

const operator = newKeyPair('operator');
const account = newKeyPair('account');
const user = newKeyPair('user');

describe('writing tokens', () => {
  test('names a token by the hash of its standard claims as Go writes them', () => {
    const text = encodeJwt({ sub: user.publicKey, name: 'a<b>&c', iat: 1700000000, nats: { type: 'user' } }, account);
    const hashed = `{"iat":1700000000,"iss":"${account.publicKey}","name":"a\\u003cb\\u003e\\u0026c","sub":"${user.publicKey}"}`;
    expect(decodeJwt(text)).toMatchObject({
      jti: base32(createHash('sha512-256').update(hashed).digest()),
      name: 'a<b>&c',
    });
  });

  test('leaves out what is not said, and writes version 2', () => {
    const [head, body] = encodeJwt({ sub: account.publicKey, nats: { type: 'account' } }, operator).split('.');
    expect(Buffer.from(head as string, 'base64url').toString()).toBe('{"typ":"JWT","alg":"ed25519-nkey"}');
    const claims = JSON.parse(Buffer.from(body as string, 'base64url').toString()) as object;
    expect(Object.keys(claims)).toEqual(['jti', 'iat', 'iss', 'sub', 'nats']);
    expect(claims).toMatchObject({ nats: { type: 'account', version: 2 } });
  });

  test.each([
    [{ sub: '', nats: { type: 'user' } }, 'subject is not set'],
    [{ sub: 'x', nats: { type: 'operator' } }, 'expected subject to be an operator public key'],
    [{ sub: user.publicKey, nats: { type: 'account' } }, 'expected subject to be account public key'],
    [{ sub: account.publicKey, nats: { type: 'user' } }, 'expected subject to be user public key'],
    [{ sub: user.publicKey, nats: { type: 'activation' } }, 'expected subject to be an account'],
    [{ sub: user.publicKey, nats: { type: 'user' } }, 'unable to validate expected prefixes - [account]'],
  ] as const)('%j: %s', (draft, message) => {
    expect(() => encodeJwt(draft, operator)).toThrow(message);
  });
});
