import { describe, expect, test } from 'vitest';
import type { UserClaims, UserPermissionLimits } from '../../../../../broker/auth/jwt/claims.ts';
import { decodeUserClaims } from '../../../../../broker/auth/jwt/decode.ts';
import { encodeJwt } from '../../../../../broker/auth/jwt/encode.ts';
import { newKeyPair } from '../../../../../broker/auth/nkey.ts';
import { fillTemplate, hasNoPermissions } from '../../../../../broker/auth/operator/scope-template.ts';

const account = newKeyPair('account');
const user = newKeyPair('user');

function claimsOf(nats: object = {}, name = 'ada'): UserClaims {
  return decodeUserClaims(encodeJwt({ sub: user.publicKey, name, nats: { ...nats, type: 'user' } }, account));
}

const ada = claimsOf({ issuer_account: account.publicKey, tags: ['dept:lab', 'dept:ward', 'team:red', 'plain'] });
const its = { name: 'clinic', tags: ['region:eu'] };

function template(permissions: object): UserPermissionLimits {
  return claimsOf(permissions).nats;
}

function filled(allow: readonly string[], by = ada): readonly string[] {
  return fillTemplate(template({ pub: { allow } }), by, its).pub.allow;
}

describe('templates of scoped keys', () => {
  test.each([
    [['plain.*'], ['plain.*']],
    [['u.{{name()}}.>'], ['u.ada.>']],
    [['u.{{ NAME() }}.>'], ['u.ada.>']],
    [['u.{{subject()}}'], [`u.${user.publicKey}`]],
    [['u.{{account-name()}}.{{account-subject()}}'], [`u.clinic.${account.publicKey}`]],
    [['d.{{tag(dept)}}'], ['d.lab', 'd.ward']],
    [['d.{{Tag(DEPT)}}'], ['d.lab', 'd.ward']],
    // Each place counts, as in nats-server, also where it is the same again.
    [['{{tag(dept)}}.{{tag(dept)}}'], ['lab.lab', 'lab.lab', 'ward.ward', 'ward.ward']],
    [
      ['{{tag(team)}}.{{tag(dept)}}', 'x'],
      ['red.lab', 'red.ward', 'x'],
    ],
    [['r.{{account-tag(region)}}'], ['r.eu']],
    [['d.{{tag(nothing)}}', 'x.{{name()}}'], ['x.ada']],
    [['{{name()}}-{{name()}}'], ['ada-ada']],
  ])('%j: %j', (allow, expected) => {
    expect(filled(allow)).toEqual(expected);
  });

  test('leave out what becomes no subject, and close what would then be open', () => {
    const { pub, sub } = fillTemplate(
      template({ pub: { allow: ['a.{{name()}}'] }, sub: { allow: ['{{tag(none)}}'], deny: ['>'] } }),
      claimsOf({}, 'a b'),
      its,
    );
    expect(pub).toEqual({ allow: [], deny: ['>'] });
    expect(sub).toEqual({ allow: [], deny: ['>'] });
  });

  test('are refused where something to deny cannot be filled in', () => {
    const deny =
      (entry: string, by = ada): (() => unknown) =>
      () =>
        fillTemplate(template({ sub: { deny: [entry] } }), by, its);
    expect(deny('d.{{tag(none)}}')).toThrow('generated invalid subject "d.{{tag(none)}}": "none" is not defined');
    expect(deny('d.{{name()}}', claimsOf({}, ''))).toThrow('generated invalid subject');
    expect(deny('{{nothing()}}')).toThrow('template operation in "{{nothing()}}": "nothing()" is not defined');
  });

  test('make 4,096 subjects of a list at most', () => {
    const many = (count: number): UserClaims => claimsOf({ tags: Array.from({ length: count }, (_, i) => `t:${i}`) });
    expect(filled(['{{tag(t)}}.a'], many(4096))).toHaveLength(4096);
    expect(filled(['{{tag(t)}}.{{tag(t)}} x', 'y'], many(1))).toEqual(['y']);
    const squared = { sub: { allow: ['{{tag(t)}}.{{tag(u)}}'] } };
    const tags = Array.from({ length: 65 }, (_, i) => [`t:${i}`, `u:${i}`]).flat();
    expect(() => fillTemplate(template(squared), claimsOf({ tags }), its)).toThrow(
      'template expansion exceeds limit: 4096',
    );
    const lists = { sub: { allow: ['a.{{tag(t)}}', 'b.{{tag(t)}}'] } };
    expect(() => fillTemplate(template(lists), many(2049), its)).toThrow('template expansion exceeds limit: 4096');
  });

  test('a name cannot bring a template of its own along', () => {
    expect(filled(['a.{{name()}}'], claimsOf({ tags: ['dept:x'] }, '{{tag(dept)}}'))).toEqual(['a.{{tag(dept)}}']);
  });
});

test('a scoped user says nothing of permissions and limits', () => {
  expect(hasNoPermissions(claimsOf().nats)).toBe(true);
  const said = [
    { subs: -1 },
    { data: 1 },
    { payload: 1 },
    { pub: { allow: ['a'] } },
    { sub: { deny: ['a'] } },
    { resp: { max: 1, ttl: 1 } },
    { src: ['::/0'] },
    { times: [{}] },
    { times_location: 'UTC' },
    { bearer_token: true },
    { proxy_required: true },
    { allowed_connection_types: ['STANDARD'] },
  ];
  for (const nats of said) expect(hasNoPermissions(claimsOf(nats).nats), JSON.stringify(nats)).toBe(false);
});
