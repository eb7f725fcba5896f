import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSecrets } from '../../../../electron/persistence/secrets.ts';
import type { SystemVault } from '../../../../electron/persistence/secrets.ts';

let folder = '';
let log: string[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'natscope-secrets-'));
  log = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = (vault?: SystemVault) =>
  openSecrets({
    folder,
    log: (level, text) => log.push(`${level} ${text}`),
    ...(vault === undefined ? {} : { vault }),
  });
const path = (name: string): string => join(folder, name);

/** Reverses its text, so that a test sees whether it was asked. */
const vault = (available = true): SystemVault => ({
  available: () => available,
  encrypt: (text) => Buffer.from(text).toReversed(),
  decrypt: (bytes) => Buffer.from(bytes.toReversed()).toString(),
});

describe('kind file', () => {
  test('gives back what was set, also after a start, and has it nowhere in the clear', async () => {
    const secrets = await open();
    await secrets.set('a/password', 'S3CRET ü');
    expect(secrets.get('a/password')).toBe('S3CRET ü');
    expect(secrets.get('b/password')).toBeUndefined();
    expect(secrets.get('__proto__')).toBeUndefined();
    const again = await open();
    expect(again.get('a/password')).toBe('S3CRET ü');
    await again.delete('a/password');
    expect(again.get('a/password')).toBeUndefined();
    const text = await readFile(path('secrets.json'), 'utf8');
    expect(text).not.toContain('S3CRET');
    expect(text).not.toContain('a/password');
    expect(log).toEqual([]);
  });

  test('the same secret is never stored as the same bytes', async () => {
    const secrets = await open();
    await secrets.set('a', 'same');
    const first = await readFile(path('secrets.json'), 'utf8');
    await secrets.set('a', 'same');
    expect(await readFile(path('secrets.json'), 'utf8')).not.toBe(first);
  });

  test.skipIf(process.platform === 'win32')('both files are for the owner only, and are made so again', async () => {
    await (await open()).set('a', 'x');
    for (const name of ['secrets.json', 'secrets.key']) expect((await stat(path(name))).mode & 0o777).toBe(0o600);
    await chmod(path('secrets.key'), 0o644);
    await open();
    expect((await stat(path('secrets.key'))).mode & 0o777).toBe(0o600);
    expect(log).toEqual([expect.stringMatching(/^warn .*could be read by other users/)]);
  });

  test('entries that were swapped or changed in the file are not given', async () => {
    const secrets = await open();
    await secrets.set('a', 'for a');
    await secrets.set('b', 'for b');
    const file = JSON.parse(await readFile(path('secrets.json'), 'utf8')) as {
      data: { entries: Record<string, { value: string }> };
    };
    const { a, b } = file.data.entries;
    if (a === undefined || b === undefined) throw new Error('nothing was stored');
    file.data.entries = { a: b, b: a, c: { ...a, value: 'AAAA' } };
    await writeFile(path('secrets.json'), JSON.stringify(file));
    const again = await open();
    expect(['a', 'b', 'c'].map((id) => again.get(id))).toEqual([undefined, undefined, undefined]);
    expect(log).toHaveLength(3);
    expect(log.join()).not.toContain('for a');
  });

  test('a damaged key is set aside; what it encrypted has to be entered again', async () => {
    await (await open()).set('a', 'x');
    await writeFile(path('secrets.key'), 'short');
    const again = await open();
    expect(again.get('a')).toBeUndefined();
    expect(await readFile(path('secrets.key.unreadable'), 'utf8')).toBe('short');
    await again.set('a', 'y');
    expect((await open()).get('a')).toBe('y');
  });
});

describe('kind system', () => {
  test('uses the vault and makes no key file', async () => {
    const secrets = await open(vault());
    expect(secrets.kind).toBe('system');
    await secrets.set('a', 'abc');
    expect(await readFile(path('secrets.json'), 'utf8')).toContain(Buffer.from('cba').toString('base64'));
    expect((await open(vault())).get('a')).toBe('abc');
    await expect(stat(path('secrets.key'))).rejects.toThrow('ENOENT');
  });

  test('what the system encrypted stays for it when the other front looks', async () => {
    await (await open(vault())).set('a', 'abc');
    const browser = await open();
    expect(browser.kind).toBe('file');
    expect(browser.get('a')).toBeUndefined();
    expect(log).toEqual([expect.stringMatching(/^warn .*key store/)]);
    await browser.set('b', 'x');
    const electron = await open(vault());
    expect(electron.get('a')).toBe('abc');
  });

  test('a system without a key store falls back to the file', async () => {
    expect((await open(vault(false))).kind).toBe('file');
  });
});
