import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromSeed } from '@nats-io/nkeys';
import { compare } from 'bcryptjs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readConfiguration } from '../../../../electron/broker-host/configuration.ts';
import { hashPassword, makeKey, makeOperatorTree } from '../../../../electron/broker-host/tools.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'natscope-tools-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const text = new TextEncoder();

it.each([
  ['operator', 'O', 'SO'],
  ['account', 'A', 'SA'],
  ['user', 'U', 'SU'],
  ['server', 'N', 'SN'],
  ['curve', 'X', 'SX'],
] as const)('makes %s keys that others can read', (kind, prefix, seedPrefix) => {
  const pair = makeKey(kind);
  expect(pair.publicKey.startsWith(prefix)).toBe(true);
  expect(pair.seed.startsWith(seedPrefix)).toBe(true);
  expect(fromSeed(text.encode(pair.seed)).getPublicKey()).toBe(pair.publicKey);
});

it('hashes passwords as nats-server reads them', async () => {
  const hash = await hashPassword('päss', 4);
  expect(hash).toMatch(/^\$2a\$04\$/);
  expect(await compare('päss', hash)).toBe(true);
});

it('makes an operator tree: creds files for the owner only, and a configuration that loads', async () => {
  const target = join(folder, 'keys', 'demo');
  const made = await makeOperatorTree({
    operator: 'demo',
    accounts: [
      { name: 'SHOP', users: ['orders', 'bill/ing'] },
      { name: 'PLANT', users: [] },
    ],
    folder: target,
  });
  expect(made.accounts.map(({ name, system }) => [name, system])).toEqual([
    ['SYS', true],
    ['SHOP', false],
    ['PLANT', false],
  ]);
  const files = made.accounts.flatMap(({ users }) => users.map(({ file }) => file));
  for (const file of [...files, made.seedsFile]) {
    expect(file.startsWith(target)).toBe(true);
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
  }
  expect(readFileSync(files[0] ?? '', 'utf8')).toContain('BEGIN NATS USER JWT');
  expect(existsSync(join(target, 'SHOP', 'bill_ing.creds'))).toBe(true);
  const seeds = readFileSync(made.seedsFile, 'utf8');
  expect(seeds).toMatch(new RegExp(`^${made.operator.publicKey} SO\\w+ demo\n`));
  // Nothing of it is a secret, and the broker takes it.
  expect(made.configuration).not.toMatch(/\bS[OAU][A-Z2-7]{56}\b/);
  const { options } = readConfiguration({ file: join(folder, 'x.conf'), text: made.configuration });
  expect(options.operator?.operators).toHaveLength(1);
  expect(options.systemAccount).toBe(made.accounts[0]?.publicKey);
});

it('writes over nothing', async () => {
  const params = { operator: 'demo', accounts: [{ name: 'A', users: ['u'] }], folder };
  await makeOperatorTree(params);
  const before = readFileSync(join(folder, 'A', 'u.creds'), 'utf8');
  await expect(makeOperatorTree(params)).rejects.toMatchObject({
    code: 'not-saved',
    message: expect.stringMatching(/is there already\. Choose another folder\.$/) as string,
  });
  expect(readFileSync(join(folder, 'A', 'u.creds'), 'utf8')).toBe(before);
});

it('keeps users of the same file name apart', async () => {
  const made = await makeOperatorTree({ operator: 'o', accounts: [{ name: 'A', users: ['a b', 'a_b'] }], folder });
  const files = made.accounts.find(({ name }) => name === 'A')?.users.map(({ file }) => file);
  expect(files).toEqual([join(folder, 'A', 'a_b.creds'), join(folder, 'A', 'a_b-2.creds')]);
});
