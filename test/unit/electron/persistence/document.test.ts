import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDocument, PersistenceError } from '../../../../electron/persistence/document.ts';
import type { DocumentOptions } from '../../../../electron/persistence/document.ts';

interface Shape {
  name: string;
  count: number;
}

let folder = '';
let path = '';
let log: string[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'natscope-document-'));
  path = join(folder, 'thing.json');
  log = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function options(fields: Partial<DocumentOptions<Shape>> = {}): DocumentOptions<Shape> {
  return {
    path,
    schema: v.object({ name: v.string(), count: v.number() }),
    migrations: [],
    initial: () => ({ name: 'new', count: 0 }),
    log: (level, text) => log.push(`${level} ${text}`),
    ...fields,
  };
}

const write = (version: number, data: unknown) => writeFile(path, JSON.stringify({ version, data }));

describe('openDocument', () => {
  test('begins with the initial value and writes nothing by itself', async () => {
    const document = await openDocument(options());
    expect(document.value).toEqual({ name: 'new', count: 0 });
    expect(await readdir(folder)).toEqual([]);
  });

  test('keeps what is saved, for the owner only, and leaves no temporary file', async () => {
    const document = await openDocument(options());
    await document.save({ name: 'a', count: 1 });
    expect((await openDocument(options())).value).toEqual({ name: 'a', count: 1 });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['thing.json']);
  });

  test('of many saves at once the last is on the disk when any of them is done', async () => {
    const document = await openDocument(options());
    await Promise.all(Array.from({ length: 50 }, (_, count) => document.save({ name: 'n', count })));
    expect((await openDocument(options())).value.count).toBe(49);
  });

  test.each([
    ['no JSON', '{"version": 1, "da'],
    ['nothing', ''],
    ['bytes', '\0\0\0\0'],
    ['another shape', '{"version":1,"data":{"name":7}}'],
    ['no version', '{"data":{"name":"a","count":1}}'],
    ['a newer version', '{"version":9,"data":{"name":"a","count":1}}'],
  ])('sets aside a file that holds %s, as it is, and says so', async (_name, content) => {
    await writeFile(path, content);
    const document = await openDocument(options());
    expect(document.value).toEqual({ name: 'new', count: 0 });
    expect(await readdir(folder)).toEqual(['thing.json.unreadable']);
    expect(await readFile(`${path}.unreadable`, 'utf8')).toBe(content);
    expect(log).toEqual([expect.stringMatching(/^error .*thing\.json.*kept as .*unreadable/)]);
    await writeFile(path, content);
    await openDocument(options());
    expect((await readdir(folder)).sort()).toEqual(['thing.json.unreadable', 'thing.json.unreadable-2']);
  });

  test('a folder in the place of the file is told, and saving to it is refused with what to do', async () => {
    const document = await openDocument(options({ path: folder }));
    expect(log[0]).toMatch(/cannot be read \(EISDIR\)/);
    await expect(document.save({ name: 'a', count: 1 })).rejects.toBeInstanceOf(PersistenceError);
    await expect(document.save({ name: 'a', count: 1 })).rejects.toThrow(/could not be written .* try again/);
  });
});

describe('migrations', () => {
  const migrations = [
    { to: 2, migrate: (data: unknown) => ({ ...(data as object), count: Number((data as { count: string }).count) }) },
    { to: 3, migrate: (data: unknown) => ({ ...(data as object), name: (data as { title: string }).title }) },
  ];

  test('are made in order, after a copy, and written back', async () => {
    await write(1, { title: 't', count: '7' });
    const document = await openDocument(options({ migrations }));
    expect(document.value).toEqual({ name: 't', count: 7 });
    expect(JSON.parse(await readFile(`${path}.version-1`, 'utf8'))).toEqual({
      version: 1,
      data: { title: 't', count: '7' },
    });
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ version: 3, data: { name: 't', count: 7 } });
    expect(log).toEqual([expect.stringMatching(/^info .*version 1 to 3/)]);
  });

  test('begin where the file is, and do nothing to a file of today', async () => {
    await write(2, { title: 't', count: 7 });
    expect((await openDocument(options({ migrations }))).value).toEqual({ name: 't', count: 7 });
    log = [];
    expect((await openDocument(options({ migrations }))).value).toEqual({ name: 't', count: 7 });
    expect(log).toEqual([]);
  });

  test('one that fails sets the file aside', async () => {
    await write(1, null);
    const failing = { to: 2, migrate: () => JSON.parse('{') as unknown };
    expect((await openDocument(options({ migrations: [failing] }))).value).toEqual({ name: 'new', count: 0 });
    expect((await readdir(folder)).sort()).toEqual(['thing.json.unreadable', 'thing.json.version-1']);
  });

  test('a gap in their numbers is our mistake', async () => {
    await expect(openDocument(options({ migrations: [{ to: 3, migrate: (data) => data }] }))).rejects.toThrow(
      /must lead/,
    );
  });
});
