import { describe, expect, test } from 'vitest';
import { decodeJwt } from '../../broker/auth/jwt/decode.ts';
import { JwtError } from '../../broker/auth/jwt/jwt-error.ts';
import { readClaims } from '../../broker/auth/jwt/read-claims.ts';
import { type Decode, faultOf } from './jwt-harness.ts';

const RUNS = 1500;

test('tokens of any kind are read, or refused without harm and without telling them', () => {
  expect(faultOf(decodeJwt, RUNS)).toBeUndefined();
});

/** Readers with one mistake each. Whoever does not find them looks at nothing. */
const canaries: Record<string, Decode> = {
  'believes what is not signed': (token) => {
    try {
      return decodeJwt(token);
    } catch (error) {
      if (!(error instanceof JwtError && error.message.includes('signature verification'))) throw error;
      return readClaims(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())).claims;
    }
  },
  'tells the token in its errors': (token) => {
    try {
      return decodeJwt(token);
    } catch (error) {
      throw error instanceof JwtError ? new JwtError(`${error.message}: ${token.slice(0, 100)}`) : error;
    }
  },
  'falls over claims of a wrong type': (token) => {
    try {
      return decodeJwt(token);
    } catch (error) {
      if (error instanceof JwtError && error.message.includes('cannot unmarshal'))
        throw new TypeError('oops', { cause: error });
      throw error;
    }
  },
  'copies names into an object that has a prototype': (token) => {
    const claims = decodeJwt(token);
    const copy: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(claims.nats)) copy[name] = value;
    if (claims.nats.type !== 'account') return claims;
    const revocations: Record<string, number> = {};
    for (const [key, time] of claims.nats.revocations) revocations[key] = time;
    return { ...claims, nats: { ...claims.nats, revocations: new Map(Object.entries(revocations)) } };
  },
  'refuses what is long': (token) => {
    if (token.length > 200) throw new JwtError('too long');
    return decodeJwt(token);
  },
};

describe('a reader is found out that', () => {
  test.each(Object.entries(canaries))('%s', (_what, decode) => {
    expect(faultOf(decode, RUNS, 1)).toBeTypeOf('string');
  });
});
