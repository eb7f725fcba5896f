import { describe, expect, test } from 'vitest';
import { SECRET_KEPT } from '../../../../electron/bridge/contract.ts';
import type { Profile } from '../../../../electron/bridge/contract.ts';
import {
  checkProfile,
  localProfile,
  ProfileError,
  secretsOf,
  withMarks,
  withoutSecrets,
  withSecrets,
} from '../../../../electron/connections/profiles.ts';

const base: Profile = {
  id: 'a1',
  name: 'edge',
  colour: 'red',
  servers: ['tls://edge:4222'],
  readOnly: true,
  authentication: { method: 'none' },
  tls: {},
  subscribe: [],
  exclude: [],
};

function faults(fields: Partial<Profile> | Record<string, unknown>): Record<string, string> {
  try {
    checkProfile({ ...base, ...fields });
    return {};
  } catch (error) {
    if (!(error instanceof ProfileError)) throw error;
    return error.details;
  }
}

describe('checkProfile', () => {
  test('the local profile and a plain one pass as they are', () => {
    expect(checkProfile(localProfile())).toEqual(localProfile());
    expect(checkProfile(base)).toEqual(base);
  });

  test('tidies what was typed', () => {
    const typed = {
      ...base,
      name: ' ',
      servers: [' edge2 ', '', 'edge2'],
      tls: { caFile: '', serverName: ' x ', first: false },
      inboxPrefix: '_INBOX.me.',
      jetstreamDomain: '',
      subscribe: [' a.> ', 'a.>', ''],
    };
    expect(checkProfile(typed)).toEqual({
      ...base,
      name: 'edge2',
      servers: ['nats://edge2'],
      tls: { serverName: 'x' },
      inboxPrefix: '_INBOX.me',
      subscribe: ['a.>'],
    });
  });

  test('moves credentials of an address to where they belong', () => {
    const checked = checkProfile({ ...base, servers: ['nats://ann:pw@h'] });
    expect(checked.servers).toEqual(['nats://h']);
    expect(checked.authentication).toEqual({ method: 'user', user: 'ann', password: 'pw' });
    expect(checkProfile({ ...base, servers: ['nats://tok@h'] }).authentication).toEqual({
      method: 'token',
      token: 'tok',
    });
    const contrary = faults({ servers: ['nats://ann:pw@h'], authentication: { method: 'creds', file: 'x' } });
    expect(contrary['servers.0']).toMatch(/other credentials/);
    expect(JSON.stringify(contrary)).not.toContain('pw');
  });

  test.each<[string, Record<string, unknown>, RegExp]>([
    ['servers', { servers: [] }, /Give the address/],
    ['servers.1', { servers: ['h', 'http://x'] }, /no NATS address/],
    ['authentication.user', { authentication: { method: 'user', user: '', password: 'x' } }, /name of the user/],
    ['authentication.token', { authentication: { method: 'token', token: '' } }, /token/],
    ['authentication.seed', { authentication: { method: 'nkey' } }, /seed/],
    ['authentication.file', { authentication: { method: 'creds', file: '' } }, /creds file/],
    ['authentication.jwt', { authentication: { method: 'jwt', jwt: '' } }, /JWT/],
    ['tls.keyFile', { tls: { certFile: 'c' } }, /key/],
    ['tls.certFile', { tls: { keyFile: 'k' } }, /certificate/],
    ['tls.serverName', { tls: { serverName: 'https://x' } }, /host name/],
    ['subscribe.0', { subscribe: ['a..b'] }, /token/],
    ['subscribe.0', { subscribe: ['a b'] }, /spaces/],
    ['exclude.0', { exclude: ['>.a'] }, /end of a subject/],
    ['inboxPrefix', { inboxPrefix: 'a.*' }, /wildcards/],
    ['jetstreamDomain', { jetstreamDomain: 'a.b' }, /one word/],
    ['id', { id: '../x' }, /id has/],
    ['colour', { colour: 'pink' }, /./],
    ['authentication', { authentication: null }, /./],
  ])('%s: %j', (field, fields, words) => {
    expect(faults(fields)[field]).toMatch(words);
  });

  test('tells of all fields at once', () => {
    expect(Object.keys(faults({ servers: [], subscribe: ['a..b'], tls: { certFile: 'c' } }))).toEqual([
      'servers',
      'tls.keyFile',
      'subscribe.0',
    ]);
  });
});

describe('secrets of a profile', () => {
  const withAll: Profile[] = [
    { ...base, authentication: { method: 'user', user: 'ann', password: 'S3CRET' } },
    { ...base, authentication: { method: 'token', token: 'S3CRET' } },
    { ...base, authentication: { method: 'nkey', seed: 'S3CRET' } },
    { ...base, authentication: { method: 'jwt', jwt: 'S3CRET', seed: 'S3CRET' } },
  ];

  test('leave the profile for the disk and for the window, and come back for connecting', () => {
    for (const profile of withAll) {
      const stored = secretsOf(profile);
      expect(stored.size).toBeGreaterThan(0);
      const bare = withoutSecrets(profile);
      expect(JSON.stringify(bare)).not.toContain('S3CRET');
      const shown = withMarks(bare, (id) => stored.has(id));
      expect(JSON.stringify(shown)).not.toContain('S3CRET');
      expect(JSON.stringify(shown)).toContain(SECRET_KEPT);
      expect(secretsOf(shown).size).toBe(0);
      expect(withSecrets(shown, (id) => stored.get(id))).toEqual(profile);
      expect(withSecrets(bare, (id) => stored.get(id))).toEqual(profile);
    }
  });

  test('a mark without anything stored becomes nothing', () => {
    const shown: Profile = { ...base, authentication: { method: 'user', user: 'ann', password: SECRET_KEPT } };
    expect(withSecrets(shown, () => undefined).authentication).toEqual({ method: 'user', user: 'ann', password: '' });
    expect(withMarks(shown, () => false).authentication).toEqual({ method: 'user', user: 'ann', password: '' });
  });
});
