/** Backups, restores and exports against real servers and ours. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExportProgress } from '../../../../electron/bridge/contract.ts';
import { serversUnderTest, startJetStream } from '../../../support/jetstream-server.ts';
import type { JetStreamFixture } from '../../../support/jetstream-server.ts';

interface Backup {
  description: string;
  data: Buffer;
  bytes: number;
  read: number;
}

async function backupOf(js: JetStreamFixture, stream: string): Promise<Backup> {
  const made: Backup = { description: '', data: Buffer.alloc(0), bytes: 0, read: 0 };
  const parts: Uint8Array[] = [];
  let ended = false;
  for await (const event of js.stream('jetstream.backup', { stream, consumers: true })) {
    if (event.type === 'begin') ({ description: made.description, bytes: made.bytes } = event);
    else if (event.type === 'end') ended = true;
    else {
      parts.push(event.bytes);
      made.read = event.read;
    }
  }
  expect(ended).toBe(true);
  made.data = Buffer.concat(parts);
  return made;
}

const changes = { name: 'COPY', subjects: ['copy.>'], replicas: 0 };

async function restore(js: JetStreamFixture, { description, data }: Backup, given = changes) {
  const { restore: id } = await js.call('jetstream.restore.begin', { description, changes: given });
  const parts: Promise<unknown>[] = [];
  for (let at = 0; at < data.length; at += 300_000) {
    parts.push(
      js.call('jetstream.restore.part', { restore: id, bytes: new Uint8Array(data.subarray(at, at + 300_000)) }),
    );
  }
  await Promise.all(parts);
  return js.call('jetstream.restore.end', { restore: id });
}

const linesOf = (items: readonly ExportProgress[]): Record<string, unknown>[] =>
  Buffer.concat(items.map(({ bytes }) => bytes))
    .toString('utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe.for(await serversUnderTest())('$name', ({ command, version }) => {
  let js: JetStreamFixture;
  /** Older ones restore a stream under its own name only. */
  const renames = !/^2\.(9|10)\./.test(version);

  beforeAll(async () => {
    js = await startJetStream(command);
    await js.api('STREAM.CREATE.BIG', { name: 'BIG', subjects: ['big.>'], allow_direct: true });
    for (let index = 1; index <= 40; index++) {
      // What does not compress, so that there are many parts.
      const noise = Array.from({ length: 25_000 }, () => String.fromCharCode(33 + Math.floor(Math.random() * 90)));
      await js.publish(`big.${index % 3}`, noise.join(''));
    }
    await js.api('STREAM.MSG.DELETE.BIG', { seq: 7 });
    await js.api('CONSUMER.DURABLE.CREATE.BIG.worker', {
      stream_name: 'BIG',
      config: { durable_name: 'worker', ack_policy: 'explicit' },
    });
  });
  afterAll(() => js.stop());

  it('backs up a stream and restores it, under another name where the server does that', async () => {
    const made = await backupOf(js, 'BIG');
    expect(made.bytes).toBeGreaterThan(975_000);
    expect(made.read).toBeGreaterThanOrEqual(975_000);
    const { config, state } = JSON.parse(made.description) as { config: object; state: object };
    expect(config).toMatchObject({ name: 'BIG', subjects: ['big.>'] });
    expect(state).toMatchObject({ messages: 39, last_seq: 40 });
    if (!renames) {
      await expect(restore(js, made)).rejects.toThrow(/names do not match/);
      await js.call('jetstream.stream.delete', { stream: 'BIG' });
    }
    const name = renames ? 'COPY' : 'BIG';
    const copy = await restore(js, made, { ...changes, name });
    expect(copy).toMatchObject({ config: { name, subjects: ['copy.>'] }, row: { messages: 39 } });
    const { rows } = await js.call('jetstream.messages', { stream: name, first: 6, count: 3 });
    expect(rows.map(({ sequence, subject }) => [sequence, subject])).toEqual([
      [6, 'big.0'],
      [8, 'big.2'],
    ]);
    const consumers = await js.call('jetstream.consumers', {
      stream: name,
      filter: '',
      sort: 'name',
      first: 0,
      count: 10,
    });
    expect(consumers.rows.map(({ name }) => name)).toEqual(['worker']);
    if (renames) await js.call('jetstream.stream.delete', { stream: name });
  });

  it('refuses what is no backup, a stream that is there, and bytes that are not those of a backup', async () => {
    const made = await backupOf(js, 'BIG');
    await expect(restore(js, { ...made, description: '{"config":{}}' })).rejects.toThrow(/no backup of a stream/);
    await expect(restore(js, made, { ...changes, name: 'BIG' })).rejects.toMatchObject({ code: 'jetstream-refused' });
    const broken = Buffer.from(made.data);
    broken.fill(0x55, 200_000, 200_900);
    await expect(restore(js, { ...made, data: broken })).rejects.toMatchObject({ code: 'jetstream-refused' });
    expect(await js.call('jetstream.stream', { stream: 'COPY' })).toBeNull();
  });

  it('backs up over a read-only connection, and restores nothing there', async () => {
    js.setReadOnly(true);
    const made = await backupOf(js, 'BIG');
    await expect(restore(js, made)).rejects.toMatchObject({ code: 'read-only' });
    js.setReadOnly(false);
  });

  it('says which stream there is none of', async () => {
    await expect(backupOf(js, 'NONE')).rejects.toMatchObject({ code: 'jetstream-refused' });
  });

  it('exports messages as lines, by subject, content and range', async () => {
    await js.api('STREAM.CREATE.E', { name: 'E', subjects: ['e.>'], allow_direct: true });
    await js.publish('e.text', 'häh', '{"a":1}');
    js.client.publish('e.bytes', new Uint8Array([0xff, 0x00]));
    await js.publish('e.last', 'end');
    const all = { stream: 'E', subject: '', content: '', from: 0, to: 0 };
    const lines = linesOf(await collect(js.stream('jetstream.export', all)));
    expect(lines).toMatchObject([
      { stream: 'E', sequence: 1, subject: 'e.text', data: 'häh' },
      { sequence: 2, data: '{"a":1}' },
      { sequence: 3, subject: 'e.bytes', data_base64: '/wA=' },
      { sequence: 4, subject: 'e.last', data: 'end' },
    ]);
    expect(lines[0]!['time']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    const part = linesOf(await collect(js.stream('jetstream.export', { ...all, subject: 'e.text', from: 2 })));
    expect(part.map(({ sequence }) => sequence)).toEqual([2]);
    const range = await collect(js.stream('jetstream.export', { ...all, to: 3, content: 'A' }));
    expect(linesOf(range).map(({ sequence }) => sequence)).toEqual([2]);
    expect(range.at(-1)).toMatchObject({ at: 3, last: 3, messages: 1 });
  });
});
