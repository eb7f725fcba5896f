import { describe, expect, test } from 'vitest';
import { decodeAccountClaims, decodeUserClaims } from '../../../../../broker/auth/jwt/decode.ts';
import { newKeyPair } from '../../../../../broker/auth/nkey.ts';
import { formatCreds, readCreds, readDecoratedJwt } from '../../../../../broker/auth/operator/creds.ts';
import { readOperator } from '../../../../../broker/auth/operator/operators.ts';
import { createOperatorTree } from '../../../../../broker/auth/operator/tree.ts';

describe('an operator tree', () => {
  test('is signed from the root to the leaves, with creds for every user', () => {
    const tree = createOperatorTree({
      operator: 'clinic',
      accounts: [
        { name: 'LAB', users: ['ada', { name: 'ben', expiresAt: 2_000_000_000, claims: { pub: { allow: ['a'] } } }] },
        { name: 'WARD', users: [], claims: { limits: { conn: 1 } } },
      ],
    });
    expect(tree.accounts.map(({ name }) => name)).toEqual(['SYS', 'LAB', 'WARD']);
    expect(readOperator(tree.operator.jwt)).toMatchObject({
      name: 'clinic',
      iss: tree.operator.publicKey,
      nats: { system_account: tree.systemAccount.publicKey },
    });
    for (const account of tree.accounts) {
      expect(decodeAccountClaims(account.jwt)).toMatchObject({ iss: tree.operator.publicKey, sub: account.publicKey });
      for (const user of account.users) {
        expect(decodeUserClaims(user.jwt)).toMatchObject({
          iss: account.publicKey,
          sub: user.publicKey,
          name: user.name,
        });
        const { jwt, keys } = readCreds(user.creds);
        expect([jwt, keys.publicKey]).toEqual([user.jwt, user.publicKey]);
      }
    }
    const [, lab, ward] = tree.accounts;
    expect(decodeUserClaims(lab?.users[1]?.jwt ?? '')).toMatchObject({
      exp: 2_000_000_000,
      nats: { pub: { allow: ['a'] }, subs: -1 },
    });
    expect(decodeAccountClaims(ward?.jwt ?? '').nats.limits).toMatchObject({ conn: 1, subs: 0 });
    expect(tree.configuration).toContain(
      `operator: ${tree.operator.jwt}\nsystem_account: ${tree.systemAccount.publicKey}\n`,
    );
    expect(tree.configuration).toContain(`resolver: MEMORY\nresolver_preload: {\n  ${tree.systemAccount.publicKey}: `);
    expect(tree.configuration).not.toContain(tree.operator.seed);
  });

  test('takes the system account that is named, and a folder', () => {
    const tree = createOperatorTree({
      operator: 'o',
      accounts: [{ name: 'WATCH', users: ['w'] }],
      systemAccount: 'WATCH',
      resolver: { type: 'full', folder: '/tmp/a "b"' },
    });
    expect(tree.accounts).toHaveLength(1);
    expect(tree.systemAccount).toBe(tree.accounts[0]);
    expect(tree.configuration).toContain('resolver: { type: full, dir: "/tmp/a \\"b\\"" }\n');
  });
});

describe('creds files', () => {
  const tree = createOperatorTree({ operator: 'o', accounts: [{ name: 'A', users: ['u'] }] });
  const account = tree.accounts[1];
  const user = account?.users[0];

  test('look as those of nsc', () => {
    expect(user?.creds.replace(user.jwt, '<jwt>').replace(user.seed, '<seed>')).toBe(`-----BEGIN NATS USER JWT-----
<jwt>
------END NATS USER JWT------

************************* IMPORTANT *************************
NKEY Seed printed below can be used to sign and prove identity.
NKEYs are sensitive and should be treated as secrets.

-----BEGIN USER NKEY SEED-----
<seed>
------END USER NKEY SEED------

*************************************************************
`);
  });

  test('hold what belongs together', () => {
    expect(() => formatCreds(account?.jwt ?? '', user?.seed ?? '')).toThrow(
      '"account" cannot be serialized as a user config',
    );
    expect(() => formatCreds(user?.jwt ?? '', account?.seed ?? '')).toThrow('nkey seed is not an user seed');
    expect(() => formatCreds(user?.jwt ?? '', newKeyPair('user').seed)).toThrow(
      'nkey seed does not match the jwt subject',
    );
    expect(() => readCreds('nothing')).toThrow('no nkey seed found');
    expect(readDecoratedJwt('bare')).toBe('bare');
  });
});
