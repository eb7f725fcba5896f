import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contextProfile, readContexts } from '../../../../electron/connections/contexts.ts';
import { checkProfile } from '../../../../electron/connections/profiles.ts';

let home = '';
const contexts: Record<string, string> = {
  full: JSON.stringify({
    description: 'Production',
    url: 'nats://a:4222, nats://ann:pw@b:4333',
    token: '',
    user: '',
    password: '',
    creds: '~/.nats/prod.creds',
    nkey: '',
    cert: '/c.pem',
    key: '/k.pem',
    ca: '/ca.pem',
    nsc: '',
    jetstream_domain: 'hub',
    jetstream_api_prefix: '',
    jetstream_event_prefix: '',
    inbox_prefix: '_INBOX.me',
    user_jwt: '',
    color_scheme: 'yellow',
    tls_first: true,
  }),
  userpass: JSON.stringify({ url: 'tls://h', user: 'ann', password: 'S3CRET' }),
  token: JSON.stringify({ url: 'ws://h/p', token: 'S3CRET' }),
  nkey: JSON.stringify({ url: 'h', nkey: '/seed.nk' }),
  jwt: JSON.stringify({ url: 'h', user_jwt: 'a.b.c', user_seed: 'S3CRET' }),
  lossy: JSON.stringify({
    url: 'h',
    nsc: 'nsc://op/acc/user',
    socks_proxy: 'socks5://p',
    creds: '/a.creds',
    user: 'ann',
    password: 'op://vault/item',
    jetstream_api_prefix: 'JS.X',
    windows_cert_store: 'user',
    description: 7,
  }),
  nothing: '{}',
  broken: '{"url": ',
  list: '[]',
};

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'natscope-contexts-'));
  const folder = join(home, '.config', 'nats', 'context');
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(contexts)) await writeFile(join(folder, `${name}.json`), text);
  await writeFile(join(folder, 'notes.txt'), 'no context');
  await writeFile(join(home, '.config', 'nats', 'context.txt'), 'userpass\n');
});
afterAll(() => rm(home, { recursive: true, force: true }));

const read = () => readContexts({ home, configHome: undefined });

async function profileOf(name: string) {
  const context = (await read()).find((candidate) => candidate.name === name);
  if (context === undefined) throw new Error(`no context ${name}`);
  return checkProfile({ ...contextProfile(context), id: 'x' });
}

describe('readContexts', () => {
  test('finds all by name, and the chosen one', async () => {
    const found = await read();
    expect(found.map((context) => context.name)).toEqual(Object.keys(contexts).sort());
    expect(found.filter((context) => context.selected).map((context) => context.name)).toEqual(['userpass']);
    const full = found.find((context) => context.name === 'full');
    expect(full).toMatchObject({ description: 'Production', servers: ['nats://a:4222', 'nats://b:4333'], losses: [] });
  });

  test('looks where XDG_CONFIG_HOME says, and a folder that is not there holds none', async () => {
    expect(await readContexts({ home: '/nonexistent', configHome: join(home, '.config') })).toHaveLength(9);
    expect(await readContexts({ home, configHome: join(home, 'other') })).toEqual([]);
    expect(await readContexts({ home: '/nonexistent', configHome: '' })).toEqual([]);
  });

  test('tells what is lost, and of files that cannot be read', async () => {
    const losses = Object.fromEntries((await read()).map((context) => [context.name, context.losses]));
    expect(losses['broken']).toEqual(['everything: the file is no JSON']);
    expect(losses['list']).toEqual(['everything: the file is no context']);
    expect(losses['lossy']).toEqual([
      'description: not a text',
      'nsc account lookup: choose its creds file instead',
      'SOCKS proxy',
      'JetStream API prefix',
      'Windows certificate store',
      'user: creds is used',
      'password: 1Password is not asked',
    ]);
    expect(losses['nothing']).toEqual([]);
  });

  test('has no secret in what a window may see', async () => {
    const shown = (await read()).map(({ fields: _fields, ...context }) => context);
    expect(JSON.stringify(shown)).not.toMatch(/S3CRET|pw@/);
  });
});

describe('contextProfile', () => {
  test('carries everything over', async () => {
    expect(await profileOf('full')).toEqual({
      id: 'x',
      name: 'full',
      colour: 'amber',
      servers: ['nats://a:4222', 'nats://b:4333'],
      readOnly: false,
      authentication: { method: 'creds', file: '~/.nats/prod.creds' },
      tls: { caFile: '/ca.pem', certFile: '/c.pem', keyFile: '/k.pem', first: true },
      inboxPrefix: '_INBOX.me',
      jetstreamDomain: 'hub',
      subscribe: [],
      exclude: [],
    });
  });

  test.each([
    ['userpass', { method: 'user', user: 'ann', password: 'S3CRET' }, 'tls://h'],
    ['token', { method: 'token', token: 'S3CRET' }, 'ws://h/p'],
    ['nkey', { method: 'nkey', seedFile: '/seed.nk' }, 'nats://h'],
    ['jwt', { method: 'jwt', jwt: 'a.b.c', seed: 'S3CRET' }, 'nats://h'],
    ['nothing', { method: 'none' }, 'nats://127.0.0.1:4222'],
  ])('%s', async (name, authentication, server) => {
    expect(await profileOf(name)).toMatchObject({ authentication, servers: [server] });
  });

  test('keeps what was set here when it is imported again', async () => {
    const context = (await read()).find((candidate) => candidate.name === 'userpass');
    if (context === undefined) throw new Error('no context');
    const before = { ...(await profileOf('token')), id: 'old', name: 'mine', readOnly: true, subscribe: ['a.>'] };
    expect(contextProfile(context, before)).toMatchObject({
      id: 'old',
      name: 'mine',
      readOnly: true,
      subscribe: ['a.>'],
      servers: ['tls://h'],
    });
  });

  test('one that cannot be read says so', async () => {
    await expect(profileOf('broken')).rejects.toThrow(/no JSON/);
  });
});
