/**
 * Key-value and object stores of the app against real nats-servers, old and new: what it writes stands there as the
 * clients of NATS write it, and what they write is read.
 */

import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, inject, test } from 'vitest';
import type { BucketList, BucketPull, BucketSettings, DownloadEvent } from '../../electron/bridge/contract.ts';
import type { CallContext } from '../../electron/bridge/router.ts';
import { defaultSettings } from '../../electron/buckets/bucket-config.ts';
import { createBuckets } from '../../electron/buckets/buckets.ts';
import type { Buckets } from '../../electron/buckets/buckets.ts';
import { createConnector } from '../../electron/connections/connector.ts';
import { createJetStreamApi } from '../../electron/jetstream-api/client.ts';
import type { JetStreamApi } from '../../electron/jetstream-api/client.ts';
import { deadline } from '../support/deadline.ts';
import { compareVersions } from '../support/real-servers.ts';
import type { RealServer } from '../support/real-servers.ts';
import { startServer } from '../support/server-process.ts';

const servers: RealServer[] = inject('realServers');
const scratch = await mkdtemp(join(tmpdir(), 'natscope-buckets-'));
afterAll(() => rm(scratch, { recursive: true, force: true }));

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

interface Bench {
  api: JetStreamApi;
  buckets: Buckets;
  context: CallContext;
  connection: string;
  setReadOnly(readOnly: boolean): void;
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
const bytes = (content: string): Uint8Array => new TextEncoder().encode(content);
let folders = 0;

async function startBench(server: RealServer): Promise<Bench> {
  const real = await startServer([server.path], ['-js', '-sd', join(scratch, String(++folders))]);
  ends.push(() => real.stop());
  const profile = {
    id: 'p',
    name: 'p',
    colour: 'grey' as const,
    servers: [`127.0.0.1:${real.port}`],
    readOnly: false,
    authentication: { method: 'none' as const },
    tls: {},
    subscribe: [],
    exclude: [],
  };
  const standing = Promise.withResolvers<void>();
  const connector = createConnector({
    profile,
    onState: ({ phase }) => phase === 'connected' && standing.resolve(),
    onFailure: () => {},
    log: () => {},
  });
  connector.open();
  await deadline(standing.promise, 10_000, () => 'no connection');
  const api = createJetStreamApi(connector.link);
  const buckets = createBuckets(api);
  const ending = new AbortController();
  ends.push(async () => {
    ending.abort();
    buckets.dispose();
    api.dispose();
    await connector.close();
  });
  return {
    api,
    buckets,
    context: { signal: ending.signal, session: { id: 1, signal: ending.signal } },
    connection: 'p',
    setReadOnly: (readOnly) => connector.setProfile({ ...profile, readOnly }),
  };
}

async function makeBucket(bench: Bench, kind: 'kv' | 'object', change: Partial<BucketSettings> = {}): Promise<string> {
  const settings = { ...defaultSettings('b'), ...change };
  const params = { connection: 'p', kind, bucket: null, settings };
  await bench.buckets.requests['buckets.apply'](params, bench.context);
  return settings.name;
}

/** Pulls until it looks right. */
async function pulled(bench: Bench, view: number, good: (pull: BucketPull) => boolean): Promise<BucketPull> {
  let last: BucketPull | undefined;
  const until = Date.now() + 10_000;
  while (Date.now() < until) {
    last = await bench.buckets.requests['buckets.pull'](
      { connection: 'p', view, first: 0, count: 1000 },
      bench.context,
    );
    if (good(last)) return last;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  throw new Error(`never as expected: ${JSON.stringify(last)}`);
}

/** `key revision operation value` of each row. */
function lines({ rows }: BucketPull): string[] {
  return rows.map((row) => {
    if (row.type === 'branch') return row.prefix;
    const { kv } = row;
    return kv === null ? row.name : `${row.name} ${kv.revision} ${kv.operation} ${text(kv.preview)}`.trimEnd();
  });
}

async function consumers(bench: Bench, stream: string): Promise<number> {
  const info = await bench.api.request<{ state: { consumer_count: number } }>(`STREAM.INFO.${stream}`, null);
  return info.state.consumer_count;
}

describe.skipIf(servers.length === 0).each(servers)('buckets on nats-server $version', (server) => {
  const atLeast = (version: string): boolean => compareVersions(server.version, version) >= 0;

  test('a bucket is made, listed, changed and taken away', async () => {
    const bench = await startBench(server);
    const { requests, streams } = bench.buckets;
    await makeBucket(bench, 'kv', { history: 5, ttl: 3_600_000, maxBytes: 1_000_000, description: 'limits' });
    const info = await bench.api.request<{ config: Record<string, unknown> }>('STREAM.INFO.KV_b', null);
    expect(info.config).toMatchObject({
      subjects: ['$KV.b.>'],
      max_msgs_per_subject: 5,
      max_age: 3_600_000_000_000,
      discard: 'new',
      deny_delete: true,
      allow_rollup_hdrs: true,
      allow_direct: true,
      duplicate_window: 120_000_000_000,
    });
    await requests['kv.put'](
      { connection: 'p', bucket: 'b', key: 'a', value: bytes('1'), expected: 0, ttlSeconds: 0 },
      bench.context,
    );
    let list: BucketList | undefined;
    for await (list of streams['buckets.watch']({ connection: 'p', kind: 'kv' }, bench.context)) break;
    expect(list).toMatchObject({ known: true, problem: null, buckets: [{ name: 'b', names: 1, messages: 1 }] });
    expect(list?.level === 0).toBe(!atLeast('2.11'));

    const settings = { ...list!.buckets[0]!.settings, history: 10 };
    const params = { connection: 'p', kind: 'kv' as const, bucket: 'b', settings };
    const plan = await requests['buckets.plan'](params, bench.context);
    expect(JSON.parse(plan.before ?? '')).toMatchObject({ max_msgs_per_subject: 5 });
    expect(JSON.parse(plan.after)).toEqual({ ...JSON.parse(plan.before ?? ''), max_msgs_per_subject: 10 });
    expect((await requests['buckets.apply'](params, bench.context)).settings.history).toBe(10);

    await requests['buckets.remove']({ connection: 'p', kind: 'kv', bucket: 'b' }, bench.context);
    await expect(
      requests['buckets.open']({ connection: 'p', kind: 'kv', bucket: 'b' }, bench.context),
    ).rejects.toMatchObject({ code: 'jetstream-refused', errCode: 10059 });
  });

  test('keys are shown and follow what happens, without a consumer', async () => {
    const bench = await startBench(server);
    const { requests } = bench.buckets;
    await makeBucket(bench, 'kv', { history: 3 });
    const put = (key: string, value: string, expected: number | null = null) =>
      requests['kv.put'](
        { connection: 'p', bucket: 'b', key, value: bytes(value), expected, ttlSeconds: 0 },
        bench.context,
      );
    await put('x.a', '1');
    await put('x.b', '2');
    const { view } = await requests['buckets.open']({ connection: 'p', kind: 'kv', bucket: 'b' }, bench.context);
    const isLines =
      (...wanted: string[]) =>
      (pull: BucketPull) =>
        lines(pull).join('|') === wanted.join('|');
    await pulled(bench, view, isLines('x.a 1 put 1', 'x.b 2 put 2'));

    // By another client: nothing tells the view but the subscription.
    const publish = (subject: string, value: string, headers: { name: string; value: string }[] = []) =>
      bench.api.ask(subject, bytes(value), { change: true, headers });
    await publish('$KV.b.x.a', '3');
    await publish('$KV.b.new', '4');
    await publish('$KV.b.x.b', '', [{ name: 'KV-Operation', value: 'DEL' }]);
    const after = await pulled(bench, view, isLines('new 4 put 4', 'x.a 3 put 3', 'x.b 5 delete'));
    expect(after).toMatchObject({ names: 3, hits: 3, seen: 3, watchProblem: null, problem: null });
    expect(after.rows[1]).toMatchObject({ seen: 1, version: 1 });

    // What the stream refuses is published all the same; it must not be shown.
    const refusal = await publish('$KV.b.x.a', 'no', [{ name: 'Nats-Expected-Last-Subject-Sequence', value: '1' }]);
    expect(text(refusal.payload)).toContain('10071');
    const refused = await pulled(bench, view, ({ seen }) => seen === 4);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(lines(await pulled(bench, view, () => true))).toEqual(lines(refused));

    await bench.api.request('STREAM.PURGE.KV_b', { filter: '$KV.b.new' }, { change: true });
    await pulled(bench, view, isLines('x.a 3 put 3', 'x.b 5 delete'));
    await requests['buckets.set']({ connection: 'p', view, filter: '', tree: true }, bench.context);
    await pulled(bench, view, isLines('x.'));
    expect(await consumers(bench, 'KV_b')).toBe(0);
    await requests['buckets.close']({ connection: 'p', view }, bench.context);
  });

  test('compare-and-set: the faster one is not overwritten', async () => {
    const bench = await startBench(server);
    const { requests } = bench.buckets;
    await makeBucket(bench, 'kv', { history: 5 });
    const at = { connection: 'p', bucket: 'b', key: 'k', ttlSeconds: 0 };
    const put = (value: string, expected: number | null) =>
      requests['kv.put']({ ...at, value: bytes(value), expected }, bench.context);
    expect(await put('one', 0)).toEqual({ revision: 1 });
    await expect(put('again', 0)).rejects.toMatchObject({ code: 'conflict', details: { expected: 0, revision: 1 } });
    expect(await put('two', 1)).toEqual({ revision: 2 });
    await expect(put('late', 1)).rejects.toMatchObject({ code: 'conflict', details: { expected: 1, revision: 2 } });
    expect(await put('whatever', null)).toEqual({ revision: 3 });
    await requests['kv.remove']({ ...at, expected: 3, purge: false }, bench.context);
    // A key with a marker has no value: it can be created.
    expect(await put('anew', 0)).toEqual({ revision: 5 });

    const history = await requests['kv.history']({ connection: 'p', bucket: 'b', key: 'k' }, bench.context);
    expect(
      history.map(({ revision, operation, value }) => `${revision} ${operation} ${text(value)}`.trimEnd()),
    ).toEqual(['5 put anew', '4 delete', '3 put whatever', '2 put two', '1 put one']);
    const old = await requests['kv.entry']({ connection: 'p', bucket: 'b', key: 'k', revision: 2 }, bench.context);
    expect(text(old!.value)).toBe('two');
    expect(await requests['kv.entry']({ connection: 'p', bucket: 'b', key: 'other', revision: 2 }, bench.context)).toBe(
      null,
    );
    await requests['kv.remove']({ ...at, expected: null, purge: true }, bench.context);
    const left = await requests['kv.history']({ connection: 'p', bucket: 'b', key: 'k' }, bench.context);
    expect(left.map(({ operation }) => operation)).toEqual(['purge']);

    await put('live', null);
    await requests['kv.put']({ ...at, key: 'gone', value: bytes('x'), expected: 0 }, bench.context);
    await requests['kv.remove']({ ...at, key: 'gone', expected: null, purge: false }, bench.context);
    const events = [];
    for await (const event of bench.buckets.streams['kv.compact.run'](
      { connection: 'p', bucket: 'b', olderThan: 0 },
      bench.context,
    )) {
      events.push(event);
    }
    expect(events.at(-1)).toMatchObject({ type: 'done' });
    expect(await requests['kv.history']({ connection: 'p', bucket: 'b', key: 'gone' }, bench.context)).toEqual([]);
    expect(await requests['kv.history']({ connection: 'p', bucket: 'b', key: 'k' }, bench.context)).not.toEqual([]);
  });

  test('a time to live of a key, or why there is none', async () => {
    const bench = await startBench(server);
    const { requests } = bench.buckets;
    const at = { connection: 'p', bucket: 'b', key: 'k', value: bytes('1'), expected: null };
    if (!atLeast('2.11')) {
      await makeBucket(bench, 'kv');
      await expect(requests['kv.put']({ ...at, ttlSeconds: 1 }, bench.context)).rejects.toMatchObject({
        code: 'unsupported',
      });
      return;
    }
    await makeBucket(bench, 'kv', { markerTtl: 60_000 });
    const { view } = await requests['buckets.open']({ connection: 'p', kind: 'kv', bucket: 'b' }, bench.context);
    await requests['kv.put']({ ...at, ttlSeconds: 1 }, bench.context);
    await pulled(bench, view, (pull) => lines(pull).join() === 'k 1 put 1');
    const entry = await requests['kv.entry']({ connection: 'p', bucket: 'b', key: 'k', revision: null }, bench.context);
    expect(entry?.ttl).toBe('1s');
    await pulled(bench, view, (pull) => lines(pull).join() === 'k 2 expired');
  });

  test('a read-only connection looks and refuses every change', async () => {
    const bench = await startBench(server);
    const { requests } = bench.buckets;
    await makeBucket(bench, 'kv');
    await makeBucket(bench, 'object', { name: 'o' });
    const put = { connection: 'p', bucket: 'b', key: 'k', value: bytes('1'), expected: null, ttlSeconds: 0 };
    await requests['kv.put'](put, bench.context);
    bench.setReadOnly(true);
    const { view } = await requests['buckets.open']({ connection: 'p', kind: 'kv', bucket: 'b' }, bench.context);
    await pulled(bench, view, (pull) => lines(pull).join() === 'k 1 put 1');
    const readOnly = { code: 'read-only' };
    const remove = { connection: 'p', bucket: 'b', key: 'k', expected: null, purge: true, ttlSeconds: 0 };
    const link = { connection: 'p', bucket: 'o', name: 'l', target: { bucket: 'o', name: '' } };
    const changes: (() => unknown)[] = [
      () => requests['kv.put'](put, bench.context),
      () => requests['kv.remove'](remove, bench.context),
      () => requests['buckets.remove']({ connection: 'p', kind: 'kv', bucket: 'b' }, bench.context),
      () => requests['buckets.seal']({ connection: 'p', kind: 'object', bucket: 'o' }, bench.context),
      () => makeBucket(bench, 'kv', { name: 'c' }),
      () => requests['objects.link'](link, bench.context),
      () => upload(bench, 'o', 'x', bytes('x')),
    ];
    for (const change of changes) await expect(Promise.resolve(change())).rejects.toMatchObject(readOnly);
  });

  test('objects: up, down, renamed, linked, deleted, sealed', async () => {
    const bench = await startBench(server);
    const { requests } = bench.buckets;
    await makeBucket(bench, 'object', { name: 'o' });
    const content = new Uint8Array(randomBytes(1_000_003));
    const info = await upload(bench, 'o', 'dir/a file.bin', content, { description: 'noise' });
    const hash = createHash('sha256').update(content).digest('base64').replaceAll('+', '-').replaceAll('/', '_');
    expect(info).toMatchObject({ size: content.length, chunks: 8, digest: `SHA-256=${hash}`, description: 'noise' });
    const token = Buffer.from('dir/a file.bin').toString('base64').replaceAll('+', '-').replaceAll('/', '_');
    const stored = await bench.api.request<{ message: { data: string; hdrs: string } }>('STREAM.MSG.GET.OBJ_o', {
      last_by_subj: `$O.o.M.${token}`,
    });
    expect(Buffer.from(stored.message.hdrs, 'base64').toString()).toContain('Nats-Rollup: sub');
    expect(JSON.parse(Buffer.from(stored.message.data, 'base64').toString())).toMatchObject({
      name: 'dir/a file.bin',
      bucket: 'o',
      mtime: '0001-01-01T00:00:00Z',
      options: { max_chunk_size: 131_072 },
    });
    expect(Buffer.from(await download(bench, 'o', 'dir/a file.bin')).equals(Buffer.from(content))).toBe(true);

    const { view } = await requests['buckets.open']({ connection: 'p', kind: 'object', bucket: 'o' }, bench.context);
    const shows = (...wanted: string[]) =>
      pulled(bench, view, ({ rows }) => {
        const names = rows.map((row) =>
          row.type === 'name' && row.object !== null
            ? `${row.name} ${row.object.size}${row.object.deleted ? ' gone' : ''}`
            : '',
        );
        return names.join('|') === wanted.join('|');
      });
    await shows('dir/a file.bin 1000003');
    await expect(upload(bench, 'o', 'dir/a file.bin', bytes('x'), { fresh: true })).rejects.toMatchObject({
      code: 'exists',
    });
    // Replacing takes the old chunks away.
    await upload(bench, 'o', 'dir/a file.bin', bytes('short'));
    const state = await bench.api.request<{ state: { messages: number } }>('STREAM.INFO.OBJ_o', null);
    expect(state.state.messages).toBe(2);
    await requests['objects.edit'](
      {
        connection: 'p',
        bucket: 'o',
        name: 'dir/a file.bin',
        rename: 'b',
        description: '',
        headers: [{ name: 'A', value: '1' }],
        metadata: [],
      },
      bench.context,
    );
    await shows('b 5');
    expect(await requests['objects.info']({ connection: 'p', bucket: 'o', name: 'b' }, bench.context)).toMatchObject({
      headers: [{ name: 'A', value: '1' }],
      description: '',
    });
    await requests['objects.link'](
      { connection: 'p', bucket: 'o', name: 'l', target: { bucket: 'o', name: 'b' } },
      bench.context,
    );
    expect(text(await download(bench, 'o', 'l'))).toBe('short');
    await upload(bench, 'o', 'empty', new Uint8Array(0));
    expect(await download(bench, 'o', 'empty')).toHaveLength(0);

    // A chunk that is not what was put there.
    await upload(bench, 'o', 'spoilt', bytes('as it was'));
    const spoilt = await requests['objects.info']({ connection: 'p', bucket: 'o', name: 'spoilt' }, bench.context);
    await bench.api.request('STREAM.PURGE.OBJ_o', { filter: `$O.o.C.${spoilt!.nuid}` }, { change: true });
    await expect(download(bench, 'o', 'spoilt')).rejects.toMatchObject({ code: 'digest' });
    await bench.api.ask(`$O.o.C.${spoilt!.nuid}`, bytes('as it waz'), { change: true });
    await expect(download(bench, 'o', 'spoilt')).rejects.toMatchObject({ code: 'digest' });

    await requests['objects.remove']({ connection: 'p', bucket: 'o', name: 'b' }, bench.context);
    await shows('b 0 gone', 'empty 0', 'l 0', 'spoilt 9');
    await expect(download(bench, 'o', 'b')).rejects.toMatchObject({ code: 'not-found' });
    const cancelled = await requests['objects.upload.begin'](
      {
        connection: 'p',
        bucket: 'o',
        name: 'never',
        description: '',
        headers: [],
        metadata: [],
        chunkBytes: 1000,
        fresh: false,
      },
      bench.context,
    );
    await requests['objects.upload.part'](
      { connection: 'p', ...cancelled, bytes: content.subarray(0, 10_500) },
      bench.context,
    );
    await requests['objects.upload.cancel']({ connection: 'p', ...cancelled }, bench.context);
    const chunks = await bench.api.request<{ state: { subjects?: Record<string, number> } }>('STREAM.INFO.OBJ_o', {
      subjects_filter: '$O.o.C.>',
    });
    // Those of the spoilt one.
    expect(Object.values(chunks.state.subjects ?? {})).toEqual([1]);
    await requests['buckets.seal']({ connection: 'p', kind: 'object', bucket: 'o' }, bench.context);
    await expect(upload(bench, 'o', 'late', bytes('x'))).rejects.toMatchObject({ code: 'jetstream-refused' });
    expect(await consumers(bench, 'OBJ_o')).toBe(0);
  });
});

async function upload(
  bench: Bench,
  bucket: string,
  name: string,
  content: Uint8Array,
  { description = '', fresh = false } = {},
) {
  const { requests } = bench.buckets;
  const begin = { connection: 'p', bucket, name, description, headers: [], metadata: [], chunkBytes: 131_072, fresh };
  const { upload: id } = await requests['objects.upload.begin'](begin, bench.context);
  // Parts of no particular size, in one buffer that is used again.
  const shared = new Uint8Array(200_000);
  for (let at = 0; at < content.length; at += shared.length) {
    const part = content.subarray(at, at + shared.length);
    shared.set(part);
    await requests['objects.upload.part'](
      { connection: 'p', upload: id, bytes: shared.subarray(0, part.length) },
      bench.context,
    );
    shared.fill(0xaa);
  }
  return await requests['objects.upload.end']({ connection: 'p', upload: id }, bench.context);
}

async function download(bench: Bench, bucket: string, name: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let last: DownloadEvent | undefined;
  for await (last of bench.buckets.streams['objects.download.run']({ connection: 'p', bucket, name }, bench.context)) {
    if (last.type === 'bytes') parts.push(last.bytes);
  }
  expect(last?.type).toBe('end');
  return Buffer.concat(parts);
}
