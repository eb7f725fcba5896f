import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { JwtFolder, type JwtFolderOptions } from '../../../../../../broker/auth/operator/resolvers/jwt-folder.ts';
import { TestOperator } from '../../../../../support/operator-tree.ts';
import { ManualClock, MIDNIGHT, settled } from '../doubles.ts';

const SECONDS = MIDNIGHT / 1000;
const operator = new TestOperator();
const [a, b, c] = ['A', 'B', 'C']
  .map((name) => operator.account(name))
  .toSorted((x, y) => (x.key < y.key ? -1 : 1)) as [
  ReturnType<typeof operator.account>,
  ReturnType<typeof operator.account>,
  ReturnType<typeof operator.account>,
];
let path: string;
let clock: ManualClock;
let opened: JwtFolder[] = [];

beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'natscope-jwts-'));
  clock = new ManualClock();
});

afterEach(async () => {
  for (const folder of opened) folder.dispose();
  opened = [];
  await rm(path, { recursive: true, force: true });
});

async function open(options: Partial<JwtFolderOptions> = {}): Promise<JwtFolder> {
  const folder = new JwtFolder({ folder: join(path, 'jwts'), deletion: 'none', evicts: false, clock, ...options });
  opened.push(folder);
  await folder.open();
  return folder;
}

const files = async (): Promise<string[]> => (await readdir(join(path, 'jwts'))).toSorted();
const fileOf = (key: string): string => join(path, 'jwts', `${key}.jwt`);
const hashOf = (...jwts: string[]): string => {
  const sum = Buffer.alloc(32);
  for (const jwt of jwts) {
    const hash = createHash('sha256').update(jwt).digest();
    for (let i = 0; i < 32; i++) sum[i] = (sum[i] as number) ^ (hash[i] as number);
  }
  return sum.toString('hex');
};

describe('a folder of JWTs', () => {
  test('keeps one file per key that only its owner reads, and finds them again', async () => {
    const folder = await open();
    const jwt = a.jwt();
    await folder.save(a.key, jwt);
    expect(await files()).toEqual([`${a.key}.jwt`]);
    expect((await stat(fileOf(a.key))).mode & 0o777).toBe(0o600);
    expect((await stat(join(path, 'jwts'))).mode & 0o777).toBe(0o700);
    expect(await readFile(fileOf(a.key), 'utf8')).toBe(jwt);
    const later = await open();
    expect(await later.load(a.key)).toBe(jwt);
    expect(await later.load(b.key)).toBeUndefined();
    expect(later.hash()).toEqual(folder.hash());
    expect(folder.hash().toString('hex')).toBe(hashOf(jwt));
  });

  test('tells of what changed, once', async () => {
    const folder = await open();
    const changed: string[] = [];
    folder.onChanged = async (key) => void changed.push(key);
    const jwt = a.jwt();
    await folder.save(a.key, jwt);
    await folder.save(a.key, jwt);
    await folder.save(a.key, a.jwt({ description: 'x' }));
    expect(changed).toEqual([a.key, a.key]);
  });

  test('refuses keys that are none, in whatever way they reach for files', async () => {
    const folder = await open();
    for (const key of ['', 'x', '../x', `${a.key}/../${b.key}`, a.key.slice(1)]) {
      await expect(folder.load(key), key).rejects.toThrow('invalid public key');
      await expect(folder.save(key, a.jwt()), key).rejects.toThrow('invalid public key');
    }
    await expect(folder.save(a.key, '')).rejects.toThrow('invalid JWT');
    expect(await files()).toEqual([]);
  });

  test('keeps the newer one of two, where it is asked to', async () => {
    const folder = await open();
    const [old, present, next] = [10, 20, 30].map((iat) => a.jwt({}, { iat })) as [string, string, string];
    await folder.saveIfNewer(a.key, present);
    await folder.saveIfNewer(a.key, old);
    expect(await folder.load(a.key)).toBe(present);
    await folder.saveIfNewer(a.key, next);
    expect(await folder.load(a.key)).toBe(next);
    await expect(folder.saveIfNewer(a.key, b.jwt({}, { iat: 40 }))).rejects.toThrow(
      'jwt subject nkey and provided nkey do not match',
    );
    await expect(folder.saveIfNewer(a.key, 'x')).rejects.toThrow('expected 3 chunks');
    await writeFile(fileOf(b.key), 'garbage');
    await folder.saveIfNewer(b.key, b.jwt());
    expect(await folder.load(b.key)).toContain('eyJ');
  });

  test('is full at its limit, or makes room', async () => {
    const full = await open({ entriesMax: 2 });
    for (const one of [a, b]) await full.save(one.key, one.jwt());
    await expect(full.save(c.key, c.jwt())).rejects.toThrow(
      expect.objectContaining({ code: 'full', message: 'jwt store is full' }),
    );
    await full.save(a.key, a.jwt({ description: 'an update has its place' }));
    const lru = await open({ entriesMax: 2, evicts: true });
    // `a` was asked for last, so that `b` goes.
    await lru.load(b.key);
    await lru.load(a.key);
    await lru.save(c.key, c.jwt());
    expect(await files()).toEqual([`${a.key}.jwt`, `${c.key}.jwt`].toSorted());
  });

  test('deletes in the way it was told to', async () => {
    const deleted: string[] = [];
    const none = await open();
    await none.save(a.key, a.jwt());
    await expect(none.delete(a.key)).rejects.toThrow('store is not set up to for delete');
    const renaming = await open({ deletion: 'rename' });
    renaming.onDeleted = (key) => void deleted.push(key);
    await renaming.delete(a.key);
    await renaming.delete(a.key);
    expect(await files()).toEqual([`${a.key}.jwt.deleted`]);
    expect(deleted).toEqual([a.key]);
    expect(renaming.hash().toString('hex')).toBe(hashOf());
    const removing = await open({ deletion: 'remove' });
    await removing.save(b.key, b.jwt());
    await removing.delete(b.key);
    expect(await files()).toEqual([`${a.key}.jwt.deleted`]);
  });

  test('packs what has not run out, in the order of the names', async () => {
    const folder = await open();
    const jwts = [a.jwt(), b.jwt({}, { exp: SECONDS - 1 }), c.jwt()] as const;
    for (const [index, one] of [c, b, a].entries()) await folder.save(one.key, jwts[2 - index] as string);
    expect(await folder.pack()).toEqual([
      [a.key, jwts[0]],
      [c.key, jwts[2]],
    ]);
    expect(folder.hash().toString('hex')).toBe(hashOf(...jwts));
  });

  test('removes files whose JWT has run out', async () => {
    const folder = await open();
    await folder.save(a.key, a.jwt({}, { exp: SECONDS + 30 }));
    await folder.save(b.key, b.jwt());
    clock.advance(59_000);
    await settled();
    expect(await files()).toHaveLength(2);
    clock.advance(1_000);
    await folder.load(b.key);
    expect(await files()).toEqual([`${b.key}.jwt`]);
  });

  test('removes files that nobody asked for, where they have a time to live', async () => {
    const folder = await open({ ttlMs: 10_000 });
    await folder.save(a.key, a.jwt());
    await folder.save(b.key, b.jwt({}, { exp: SECONDS + 1 }));
    clock.advance(6_000);
    await folder.load(a.key);
    clock.advance(6_000);
    await folder.load(c.key);
    expect(await files()).toEqual([`${a.key}.jwt`]);
  });

  test('finds what others wrote when it looks anew', async () => {
    const folder = await open();
    const changed: string[] = [];
    folder.onChanged = async (key) => void changed.push(key);
    await folder.save(a.key, a.jwt());
    await folder.save(c.key, c.jwt());
    changed.length = 0;
    await writeFile(fileOf(b.key), b.jwt());
    await writeFile(fileOf(c.key), c.jwt({ description: 'x' }));
    await folder.reload();
    expect(changed.toSorted()).toEqual([b.key, c.key].toSorted());
  });

  test('is no file, and no folder that cannot be', async () => {
    await writeFile(join(path, 'file'), '');
    await expect(open({ folder: join(path, 'file') })).rejects.toThrow(
      expect.objectContaining({ code: 'not-a-folder', message: `the path [${join(path, 'file')}] is not a directory` }),
    );
    await expect(open({ folder: join(path, 'file', 'below') })).rejects.toThrow('is not a directory');
  });

  test('leaves no timer behind', async () => {
    const folder = await open();
    expect(clock.waiting).toBe(1);
    folder.dispose();
    expect(clock.waiting).toBe(0);
  });
});
