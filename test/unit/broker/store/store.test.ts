import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { folderName, nameOfFolder } from '../../../../broker/store/folder-name.ts';
import { openStore } from '../../../../broker/store/store.ts';
import { StoreError } from '../../../../broker/store/message-log.ts';
import { FaultyDisk } from '../../../support/faulty-disk.ts';
import { append, readText, weakHash } from './log-check.ts';
import type { StreamPlace } from '../../../../broker/store/message-log.ts';
import type { StoreOptions } from '../../../../broker/store/store.ts';

const time = { seconds: 1_700_000_000, nanos: 5 };
const file = { storage: 'file', compression: 'none' } as const;

const stores: (() => void)[] = [];
const closeAll = (): void => {
  for (const close of stores.splice(0)) close();
};
afterEach(closeAll);

function open(disk: FaultyDisk, more: Partial<StoreOptions> = {}) {
  const store = openStore({ folder: '/data', disk, hash: weakHash, ...more });
  stores.push(() => {
    try {
      store.close();
    } catch {
      // Its disk was killed under it.
    }
  });
  return store;
}

function codeOf(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    if (error instanceof StoreError) return error.code;
    throw error;
  }
  return undefined;
}

test('streams, documents and journals are there after a kill', () => {
  const disk = new FaultyDisk();
  const place = open(disk).openStream('ACME', 'ORDERS', file);
  place.writeDocument('stream.json', '{"name":"ORDERS ü"}');
  append(place.log, 'orders.1', Buffer.from('one'), 0, time);
  place.log.commit();
  const journal = place.openJournal('worker');
  const record = Buffer.from('..first..');
  journal.append(record, 2, 7);
  journal.append(record, 0, 9);
  expect(journal.dirty).toBe(true);
  journal.commit();
  journal.append(record, 0, 2);
  disk.kill();

  const store = open(disk);
  expect(store.accounts()).toEqual(['ACME']);
  expect(store.streams('ACME')).toEqual(['ORDERS']);
  const again = store.openStream('ACME', 'ORDERS', file);
  expect(again.documents()).toEqual(['stream.json']);
  expect(again.readDocument('stream.json')).toBe('{"name":"ORDERS ü"}');
  expect(again.readDocument('other.json')).toBeUndefined();
  expect(readText(again.log, 1)).toMatchObject({ subject: 'orders.1', body: 'one' });
  expect(again.journals()).toEqual(['worker']);
  const records = again.openJournal('worker').load();
  expect(records.map((bytes) => Buffer.from(bytes).toString())).toEqual(['first', '..first..']);
});

test('a stream that is destroyed leaves nothing, and its name is free', () => {
  const disk = new FaultyDisk();
  const store = open(disk);
  const place = store.openStream('A', 's', file);
  append(place.log, 'x', Buffer.from('1'), 0, time);
  place.log.commit();
  place.openJournal('c').replace(Buffer.from('snapshot'));
  place.destroy();
  expect(disk.openFiles).toBe(0);
  expect(disk.paths).toEqual(['/data/natscope/format.json']);
  expect(store.accounts()).toEqual([]);
  const anew = store.openStream('A', 's', file);
  expect(anew.log.state.messages).toBe(0);
  expect(() => store.openStream('A', 's', file)).toThrow('is open');
  expect(() => store.deleteStream('A', 's')).toThrow('is open');
  anew.close();
  store.deleteStream('A', 's');
  expect(store.streams('A')).toEqual([]);
});

test('names that differ in case, are reserved, strange or long keep apart and come back', () => {
  const disk = new FaultyDisk();
  const store = open(disk);
  const names = [
    'orders',
    'Orders',
    'ORDERS',
    'con',
    'NUL',
    'com1',
    '',
    'a b',
    '日本',
    'x~1',
    '%',
    '$G',
    'l'.repeat(255),
    'L'.repeat(255),
  ];
  for (const name of names) {
    const place = store.openStream(name, name, file);
    place.writeDocument(name, name);
    place.openJournal(name).replace(Buffer.from(name));
    place.close();
  }
  expect(store.accounts()).toEqual([...names].sort());
  for (const name of names) {
    expect(store.streams(name)).toEqual([name]);
    const place = store.openStream(name, name, file);
    expect(place.documents()).toEqual([name]);
    expect(place.readDocument(name)).toBe(name);
    expect(place.journals()).toEqual([name]);
    place.removeDocument(name);
    expect(place.documents()).toEqual([]);
  }
  const folders = names.map((name) => folderName(name));
  expect(new Set(folders.map((name) => name.toLowerCase())).size).toBe(names.length);
  expect(folders.slice(0, 4)).toEqual(['orders', 'orders~1', 'orders~f3', '%63on']);
  for (const folder of folders) expect(folder).toMatch(/^[a-z0-9_%~-]{1,200}$/);
  expect(nameOfFolder('orders~ff3')).toBeUndefined();
});

test('what is not ours is refused, and a nats-server beside it stays as it is', () => {
  const disk = new FaultyDisk();
  disk.put('/data/jetstream/$G/streams/S/meta.inf', Buffer.from('theirs'));
  open(disk).openStream('$G', 'S', file).close();
  expect(disk.contents('/data/jetstream/$G/streams/S/meta.inf').toString()).toBe('theirs');

  const foreign = new FaultyDisk();
  foreign.put('/data/natscope/photo.jpg', Buffer.from('x'));
  expect(codeOf(() => open(foreign))).toBe('foreign');
  foreign.put('/data/natscope/format.json', Buffer.from('{"format":"something"}'));
  expect(codeOf(() => open(foreign))).toBe('foreign');
  foreign.put('/data/natscope/format.json', Buffer.from('{"format":"natscope store","version":2}'));
  expect(codeOf(() => open(foreign))).toBe('version');
});

test('what lies on the disk is encrypted, and needs its key', () => {
  for (const cipher of ['chacha', 'aes'] as const) {
    const disk = new FaultyDisk();
    const reopen = (encryption?: StoreOptions['encryption']): StreamPlace => {
      closeAll();
      return open(disk, { encryption, segmentBytes: 4096 }).openStream('A', 'S', file);
    };
    const place = open(disk, { encryption: { cipher, key: 'first' }, segmentBytes: 4096 }).openStream('A', 'S', file);
    place.writeDocument('stream.json', 'TOP SECRET');
    for (let i = 0; i < 100; i++) append(place.log, 'TOP.SECRET', Buffer.from(`TOP SECRET ${i}`), 0, time);
    place.log.commit();
    while (place.log.tidy(50));
    const journal = place.openJournal('c');
    journal.replace(Buffer.from('TOP SECRET'));
    journal.append(Buffer.from('TOP SECRET'), 0, 10);
    journal.commit();
    place.close();
    expect(disk.paths.some((path) => path.endsWith('.index'))).toBe(true);
    for (const path of disk.paths) expect(disk.contents(path).includes('SECRET')).toBe(false);

    expect(codeOf(() => reopen())).toBe('key');
    expect(codeOf(() => reopen({ cipher, key: 'wrong' }))).toBe('key');
    reopen({ cipher, key: 'second', previousKey: 'first' });
    expect(codeOf(() => reopen({ cipher, key: 'first' }))).toBe('key');
    const again = reopen({ cipher, key: 'second' });
    expect(again.readDocument('stream.json')).toBe('TOP SECRET');
    expect(readText(again.log, 77)).toMatchObject({ body: 'TOP SECRET 76' });
    expect(again.openJournal('c').load().map(String)).toHaveLength(2);
  }
});

test('a stream from before encryption was configured is encrypted from then on', () => {
  const disk = new FaultyDisk();
  const place = open(disk, { segmentBytes: 4096 }).openStream('A', 'S', file);
  for (let i = 0; i < 100; i++) append(place.log, 'TOP.SECRET', Buffer.from(`TOP SECRET ${i}`), 0, time);
  closeAll();
  const encryption = { cipher: 'aes', key: 'k' } as const;
  const again = open(disk, { encryption, segmentBytes: 4096 }).openStream('A', 'S', file);
  for (let i = 0; i < 100; i++) append(again.log, 'TOP.SECRET', Buffer.from(`TOP SECRET ${i}`), 0, time);
  again.log.commit();
  while (again.log.tidy(50));
  for (const path of disk.paths) expect([path, disk.contents(path).includes('SECRET')]).toEqual([path, false]);
  expect(readText(again.log, 1)).toMatchObject({ body: 'TOP SECRET 0' });
});

test('a disk without room makes no stream', () => {
  const disk = new FaultyDisk();
  const store = open(disk);
  store.openStream('A', 'first', file).close();
  disk.capacity = disk.used;
  const place = store.openStream('A', 'second', file);
  expect(codeOf(() => place.writeDocument('stream.json', '{}'))).toBe('full');
  expect(place.documents()).toEqual([]);
  disk.capacity = Infinity;
  place.writeDocument('stream.json', '{}');
  expect(store.free()).toBe(Infinity);
});

test.each([
  ['never', 'new', 0],
  ['never', 'lasting', 1],
  ['always', 'new', 1],
] as const)('synced %s, a %s document waits for the disk %i times', (sync, kind, times) => {
  const disk = new FaultyDisk();
  const place = open(disk, { sync }).openStream('A', 'S', file);
  const wait = vi.spyOn(disk, 'sync');
  place.writeDocument('consumer.C.json', '{}', kind);
  expect(wait).toHaveBeenCalledTimes(times);
  expect(place.readDocument('consumer.C.json')).toBe('{}');
});

test('memory streams leave nothing on the disk', () => {
  const disk = new FaultyDisk();
  const place = open(disk).openStream('A', 'M', { storage: 'memory', compression: 'none' });
  place.writeDocument('stream.json', '{}');
  append(place.log, 'a', Buffer.from('1'), 0, time);
  place.openJournal('c').append(Buffer.from('x'), 0, 1);
  expect(place.documents()).toEqual(['stream.json']);
  expect(place.journals()).toEqual(['c']);
  expect(disk.paths).toEqual([]);
});

test.runIf(existsSync('/proc'))('a folder that cannot be made is told of', () => {
  for (const folder of ['/proc/nope', '/proc/nope/deeper', '/dev/null/below']) {
    expect(codeOf(() => openStore({ folder, hash: weakHash }))).toBe('input-output');
  }
});

test('it works on the disk of the machine, where what was written is synced now and then', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'natscope-store-'));
  stores.push(() => rmSync(folder, { recursive: true }));
  const warnings: string[] = [];
  const options = {
    folder,
    hash: weakHash,
    segmentBytes: 4096,
    log: (_: string, text: string) => void warnings.push(text),
  };
  const store = openStore({ ...options, syncIntervalMs: 5 });
  stores.unshift(() => store.close());
  const place = store.openStream('A', 'S', { storage: 'file', compression: 's2' });
  place.writeDocument('stream.json', '{}');
  const journal = place.openJournal('c');
  for (let i = 0; i < 200; i++) {
    append(place.log, `a.${i % 9}`, Buffer.from('x'.repeat(100) + i), 0, time);
    journal.append(Buffer.from('x'), 0, 1);
    if (i % 10 !== 9) continue;
    place.log.commit();
    journal.commit();
  }
  journal.replace(Buffer.from('snapshot'));
  while (place.log.tidy(5));
  await new Promise((resolve) => setTimeout(resolve, 100));
  while (place.log.tidy(5));
  await new Promise((resolve) => setTimeout(resolve, 100));
  for (let i = 1; i < 100; i++) place.log.remove(i, i % 2 === 0);
  place.log.commit();
  expect(readText(place.log, 150)).toMatchObject({ body: `${'x'.repeat(100)}149` });
  place.close();
  const again = store.openStream('A', 'S', { storage: 'file', compression: 'none' });
  expect(again.log.state).toMatchObject({ messages: 101, firstSequence: 100, lastSequence: 200 });
  expect(readText(again.log, 150)).toMatchObject({ body: `${'x'.repeat(100)}149` });
  expect(
    again
      .openJournal('c')
      .load()
      .map((bytes) => Buffer.from(bytes).toString()),
  ).toEqual(['snapshot']);
  expect(store.free()).toBeGreaterThan(0);
  again.destroy();
  expect(readdirSync(join(folder, 'natscope'))).not.toContain('gone-1');
  expect(statSync(join(folder, 'natscope', 'format.json')).size).toBeGreaterThan(0);
  expect(warnings).toEqual([]);
});
