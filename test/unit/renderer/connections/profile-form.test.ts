import { describe, expect, test } from 'vitest';
import { SECRET_KEPT, type Profile } from '../../../../electron/bridge/contract.ts';
import { contextCommand } from '../../../../renderer/connections/context-command.ts';
import { reportOf } from '../../../../renderer/connections/diagnosis-text.ts';
import {
  emptyForm,
  faultsOf,
  formOf,
  profileOf,
  splitSubjects,
  withPatch,
} from '../../../../renderer/connections/profile-form.ts';

const plain: Profile = {
  id: 'x',
  name: 'edge',
  colour: 'amber',
  servers: ['tls://edge2.acme.io:4222', 'tls://edge3.acme.io:4222'],
  readOnly: true,
  authentication: { method: 'none' },
  tls: {},
  subscribe: ['orders.>', 'payments.*'],
  exclude: ['$JS.ACK.>'],
};

describe('a profile and its form', () => {
  test.each<Profile>([
    plain,
    { ...plain, authentication: { method: 'user', user: 'app', password: SECRET_KEPT } },
    { ...plain, authentication: { method: 'token', token: 't' } },
    { ...plain, authentication: { method: 'nkey', seedFile: '~/u.nk' } },
    { ...plain, authentication: { method: 'nkey', seed: SECRET_KEPT } },
    { ...plain, authentication: { method: 'creds', file: '~/.nats/plant2.creds' } },
    { ...plain, authentication: { method: 'jwt', jwt: SECRET_KEPT, seed: SECRET_KEPT } },
    {
      ...plain,
      tls: { caFile: '/ca', certFile: '/c', keyFile: '/k', serverName: 'n', first: true, skipNameCheck: true },
    },
    { ...plain, inboxPrefix: '_ME', jetstreamDomain: 'plant2', subscribe: [], exclude: [] },
  ])('come back unharmed: $authentication', (profile) => {
    expect(profileOf(formOf(profile), 'x')).toEqual(profile);
  });

  test('empty rows and blanks are left out', () => {
    const form = { ...emptyForm('blue'), name: ' a ', servers: ['', ' h '], inboxPrefix: ' ', subscribe: ' a, b  c ' };
    expect(profileOf(form, '')).toMatchObject({ id: '', name: 'a', servers: ['h'], subscribe: ['a', 'b', 'c'] });
    expect(profileOf(form, '')).not.toHaveProperty('inboxPrefix');
    expect(splitSubjects(' , ')).toEqual([]);
  });

  test('what was typed for one method is still there after looking at another', () => {
    const form = {
      ...formOf({ ...plain, authentication: { method: 'user', user: 'u', password: 'p' } }),
      method: 'none' as const,
    };
    expect(profileOf(form, '').authentication).toEqual({ method: 'none' });
    expect(profileOf({ ...form, method: 'user' }, '').authentication).toEqual({
      method: 'user',
      user: 'u',
      password: 'p',
    });
  });

  test('a remedy changes the fields that it names', () => {
    const form = formOf(plain);
    expect(withPatch(form, { tls: { serverName: 'plant2' } })).toEqual({ ...form, serverName: 'plant2' });
    expect(withPatch(form, { servers: ['nats://h'] })).toEqual({ ...form, servers: ['nats://h'] });
    expect(withPatch(form, { authenticationMethod: 'token' })).toEqual({ ...form, method: 'token' });
  });

  test('faults stand at their fields, also behind an empty row', () => {
    const form = { ...formOf(plain), servers: ['', 'bad', 'good'], method: 'jwt' as const };
    const details = {
      'servers.0': 's',
      'authentication.seed': 'seed',
      'tls.keyFile': 'k',
      'subscribe.1': 'sub',
      name: 'n',
    };
    expect(faultsOf(details, form)).toEqual({
      'servers.1': 's',
      jwtSeed: 'seed',
      keyFile: 'k',
      subscribe: 'sub',
      name: 'n',
    });
    expect(faultsOf({ servers: 'none' }, form)).toEqual({ 'servers.0': 'none' });
  });
});

test('the command for the nats tool quotes and tells no secret', () => {
  const profile: Profile = {
    ...plain,
    name: 'my edge',
    authentication: { method: 'user', user: "o'hara", password: 'hush' },
  };
  expect(contextCommand(profile)).toBe(
    `nats context save my-edge --server tls://edge2.acme.io:4222,tls://edge3.acme.io:4222 --user 'o'\\''hara'`,
  );
});

test('a report names the steps, the failure and the lines of the wire', () => {
  const report = reportOf({
    server: 'tls://edge2.acme.io:4222',
    steps: [
      { step: 'dns', state: 'ok', text: '10.4.2.18', milliseconds: 3.14 },
      { step: 'tls', state: 'failed', text: 'name does not match', facts: [{ label: 'Valid for', value: 'plant2' }] },
    ],
    failed: { step: 'tls', code: 'tls-name-mismatch', text: 'name does not match' },
    remedies: [{ label: 'Server name', value: 'plant2', patch: {} }],
    wire: [{ direction: 'in', text: 'INFO {}' }],
  });
  expect(report).toContain('DNS          ok       10.4.2.18 (3.1 ms)');
  expect(report).toContain('Valid for: plant2');
  expect(report).toContain('Failed at TLS: name does not match [tls-name-mismatch]');
  expect(report).toContain('Try: Server name plant2');
  expect(report.endsWith('< INFO {}')).toBe(true);
});
