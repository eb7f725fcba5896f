import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AckPolicy,
  type Consumer,
  DeliverPolicy,
  type JetStreamClient,
  type JetStreamManager,
  type JsMsg,
  jetstream,
  jetstreamManager,
  ReplayPolicy,
  RetentionPolicy,
  StorageType,
} from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { Objm } from '@nats-io/obj';
import { connect, headers, nanos, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { deadline } from '../support/deadline.ts';
import { newestCompared } from '../support/real-servers.ts';
import { natscopeServer, type ServerProcess, startServer } from '../support/server-process.ts';

const real = newestCompared(inject('realServers'));
const targets: [string, readonly string[]][] = [['natscope-server', natscopeServer]];
// The scenarios themselves are right when they hold on the real server.
if (real !== undefined) targets.push([`nats-server ${real.version}`, [real.path]]);

/** The first so many of what comes. */
async function take<T>(source: AsyncIterable<T>, count: number): Promise<T[]> {
  const taken: T[] = [];
  const collect = async (): Promise<T[]> => {
    for await (const one of source) {
      taken.push(one);
      if (taken.length === count) break;
    }
    return taken;
  };
  return deadline(collect(), 10_000, () => `${taken.length} of ${count}`);
}

const seqs = (messages: readonly JsMsg[]): number[] => messages.map(({ seq }) => seq);

describe.each(targets)('streams, buckets and objects by nats.js on %s', (_name, command) => {
  let scratch: string;
  let server: ServerProcess;
  let connection: NatsConnection;
  let js: JetStreamClient;
  let manager: JetStreamManager;
  const streams: string[] = [];

  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'natscope-js-'));
    server = await startServer(command, ['-js', '-sd', scratch]);
    connection = await connect({ servers: `127.0.0.1:${server.port}`, timeout: 10_000 });
    js = jetstream(connection, { timeout: 10_000 });
    manager = await jetstreamManager(connection, { timeout: 10_000 });
  });
  afterEach(async () => {
    for (const name of streams.splice(0)) await manager.streams.delete(name);
  });
  afterAll(async () => {
    await connection.close();
    await server.stop();
    await rm(scratch, { recursive: true, force: true });
  });

  const stream = async (name: string, config: object = {}): Promise<void> => {
    await manager.streams.add({ name, subjects: [`${name}.>`], ...config });
    streams.push(name);
  };
  const filled = async (name: string, count: number, config: object = {}): Promise<void> => {
    await stream(name, config);
    await Promise.all(
      Array.from({ length: count }, (_, i) => js.publish(`${name}.${i % 2 === 0 ? 'a' : 'b'}`, `${i}`)),
    );
  };
  const consumer = async (name: string, config: object = {}): Promise<Consumer> => {
    await manager.consumers.add(name, { durable_name: 'c', ack_policy: AckPolicy.Explicit, ...config });
    return js.consumers.get(name, 'c');
  };

  test('streams are made, changed, listed, found, purged and deleted', async () => {
    await filled('one', 5);
    const info = await manager.streams.update('one', { max_msgs: 3, description: 'three' });
    expect(info.config).toMatchObject({ name: 'one', max_msgs: 3, description: 'three', storage: 'file' });
    expect(info.state).toMatchObject({ messages: 3, first_seq: 3, last_seq: 5 });
    expect(await manager.streams.find('one.x')).toBe('one');
    expect(await manager.streams.names().next()).toEqual(['one']);
    expect(await manager.streams.purge('one', { filter: 'one.a' })).toMatchObject({ success: true, purged: 2 });
    expect((await manager.streams.getMessage('one', { seq: 4 }))?.string()).toBe('3');
    expect(await manager.streams.deleteMessage('one', 4)).toBe(true);
    await expect(manager.streams.info('none')).rejects.toThrow('stream not found');
    await expect(manager.streams.add({ name: 'two', subjects: ['one.a'] })).rejects.toThrow('overlap');
    expect(await manager.getAccountInfo()).toMatchObject({ streams: 1, consumers: 0 });
  });

  test('publishing: duplicates, expectations, sizes, times to live', async () => {
    await stream('pub', { max_msg_size: 100, allow_msg_ttl: true, allow_direct: true });
    expect(await js.publish('pub.a', 'x', { msgID: 'id' })).toMatchObject({ stream: 'pub', seq: 1, duplicate: false });
    expect(await js.publish('pub.a', 'x', { msgID: 'id' })).toMatchObject({ seq: 1, duplicate: true });
    expect(await js.publish('pub.a', 'y', { expect: { lastSequence: 1 } })).toMatchObject({ seq: 2 });
    await expect(js.publish('pub.a', 'z', { expect: { lastMsgID: 'other' } })).rejects.toThrow('wrong last msg ID');
    await expect(js.publish('pub.a', 'z', { expect: { lastSequence: 9 } })).rejects.toThrow('wrong last sequence: 2');
    await expect(js.publish('pub.a', 'x'.repeat(101))).rejects.toThrow('message size exceeds maximum allowed');
    await js.publish('pub.b', 'short', { ttl: '1h' });
    expect((await manager.direct.getMessage('pub', { last_by_subj: 'pub.b' }))?.header.get('Nats-TTL')).toBe('1h');
  });

  test('fetch, next and consume', async () => {
    await filled('pull', 20);
    const pulling = await consumer('pull');
    const fetched = await take(await pulling.fetch({ max_messages: 5, expires: 5_000 }), 5);
    for (const message of fetched) message.ack();
    expect(seqs(fetched)).toEqual([1, 2, 3, 4, 5]);
    const next = await pulling.next({ expires: 5_000 });
    expect(next?.info).toMatchObject({
      stream: 'pull',
      consumer: 'c',
      streamSequence: 6,
      redelivered: false,
      pending: 14,
    });
    expect(await next?.ackAck()).toBe(true);
    const consumed = await pulling.consume({ max_messages: 4, expires: 5_000 });
    const rest: JsMsg[] = [];
    for await (const message of consumed) {
      rest.push(message);
      await message.ackAck();
      if (rest.length === 14) break;
    }
    expect(seqs(rest)).toEqual(Array.from({ length: 14 }, (_, i) => i + 7));
    const info = await pulling.info();
    expect(info).toMatchObject({ num_ack_pending: 0, num_pending: 0, ack_floor: { consumer_seq: 20, stream_seq: 20 } });
    expect(await pulling.next({ expires: 1_000 })).toBeNull();
  });

  test('refused, delayed, terminated and slow messages', async () => {
    await filled('acks', 4);
    const pulling = await consumer('acks', { ack_wait: nanos(2_000), max_deliver: 3 });
    const [refused, delayed, ended] = await take(await pulling.fetch({ max_messages: 3, expires: 5_000 }), 3);
    refused?.nak();
    delayed?.nak(500);
    ended?.term('no good');
    const again = await take(await pulling.fetch({ max_messages: 3, expires: 8_000 }), 3);
    expect(
      again.map(({ seq, info }) => [seq, info.deliveryCount]).toSorted(([one = 0], [other = 0]) => one - other),
    ).toEqual([
      [1, 2],
      [2, 2],
      [4, 1],
    ]);
    again[0]?.working();
    const late = await take(await pulling.fetch({ max_messages: 3, expires: 8_000 }), 3);
    expect(late.every((message) => message.redelivered)).toBe(true);
    for (const message of late) await message.ackAck();
    expect(await pulling.info()).toMatchObject({ num_ack_pending: 0, num_redelivered: 0 });
  });

  test('ordered and push consumers', async () => {
    await filled('ordered', 10);
    const ordered = await js.consumers.get('ordered', { filter_subjects: 'ordered.b' });
    expect(seqs(await take(await ordered.consume(), 5))).toEqual([2, 4, 6, 8, 10]);
    const last = await js.consumers.get('ordered', { deliver_policy: DeliverPolicy.LastPerSubject });
    expect(seqs(await take(await last.consume(), 2))).toEqual([9, 10]);
    await manager.consumers.add('ordered', {
      durable_name: 'p',
      deliver_subject: 'deliver',
      ack_policy: AckPolicy.None,
      replay_policy: ReplayPolicy.Instant,
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: 7,
      idle_heartbeat: nanos(5_000),
      flow_control: true,
    });
    const pushed = await js.consumers.getPushConsumer('ordered', 'p');
    expect(seqs(await take(await pushed.consume(), 4))).toEqual([7, 8, 9, 10]);
  });

  test('a work queue that several work on', async () => {
    await filled('work', 30, { retention: RetentionPolicy.Workqueue, storage: StorageType.Memory });
    await consumer('work');
    let done = 0;
    const all = Promise.withResolvers<void>();
    const workers = await Promise.all(
      [1, 2, 3].map(async () => {
        const worker = await js.consumers.get('work', 'c');
        const callback = (message: JsMsg): void => {
          void message.ackAck().then(() => (++done === 30 ? all.resolve() : undefined));
        };
        return worker.consume({ max_messages: 5, callback });
      }),
    );
    await deadline(all.promise, 15_000, () => `${done} of 30`);
    await Promise.all(workers.map((worker) => worker.close()));
    expect((await manager.streams.info('work')).state.messages).toBe(0);
  });

  test('consumers are paused, reset, and pinned to a client', async () => {
    await filled('groups', 3);
    const pulling = await consumer('groups', {
      priority_groups: ['g'],
      priority_policy: 'pinned_client',
      priority_timeout: nanos(30_000),
    });
    const [first] = await take(await pulling.fetch({ group: 'g', max_messages: 1, expires: 5_000 }), 1);
    expect(first?.headers?.get('Nats-Pin-Id')).not.toBe('');
    expect(await manager.consumers.info('groups', 'c')).toMatchObject({
      priority_groups: [{ group: 'g', pinned_client_id: first?.headers?.get('Nats-Pin-Id') }],
    });
    await manager.consumers.unpin('groups', 'c', 'g');
    expect(await manager.consumers.info('groups', 'c')).not.toHaveProperty('priority_groups.0.pinned_client_id');
    const pause = await manager.consumers.pause('groups', 'c', new Date(Date.now() + 60_000));
    expect(pause.paused).toBe(true);
    expect((await manager.consumers.resume('groups', 'c')).paused).toBe(false);
    expect((await manager.consumers.info('groups', 'c')).paused ?? false).toBe(false);
  });

  test('direct gets, in batches too, and headers', async () => {
    await filled('direct', 10, { allow_direct: true });
    const h = headers();
    h.set('Colour', 'green');
    await js.publish('direct.c', 'with header', { headers: h });
    const message = await manager.direct.getMessage('direct', { last_by_subj: 'direct.c' });
    expect([message?.seq, message?.header.get('Colour'), message?.string()]).toEqual([11, 'green', 'with header']);
    const batch = await manager.direct.getBatch('direct', { seq: 3, batch: 4 });
    expect((await take(batch, 4)).map(({ seq }) => seq)).toEqual([3, 4, 5, 6]);
    const lasts = await manager.direct.getLastMessagesFor('direct', { multi_last: ['direct.a', 'direct.b'] });
    expect((await take(lasts, 2)).map(({ seq }) => seq)).toEqual([9, 10]);
    await expect(manager.direct.getMessage('direct', { seq: 99 })).resolves.toBeNull();
  });

  test('keys of a bucket', async () => {
    const bucket = await new Kvm(connection).create('bucket', { history: 5 });
    expect(await bucket.put('a', '1')).toBe(1);
    expect(await bucket.update('a', '2', 1)).toBe(2);
    await expect(bucket.update('a', '3', 1)).rejects.toThrow('wrong last sequence: 2');
    await expect(bucket.create('a', '3')).rejects.toThrow();
    await bucket.put('b.c', 'nested');
    await bucket.delete('b.c');
    expect(await bucket.create('b.c', 'again')).toBe(5);
    expect((await bucket.get('a'))?.string()).toBe('2');
    expect((await bucket.get('a', { revision: 1 }))?.string()).toBe('1');
    expect((await take(await bucket.history({ key: 'b.c' }), 3)).map(({ operation }) => operation)).toEqual([
      'PUT',
      'DEL',
      'PUT',
    ]);
    expect((await take(await bucket.keys(), 2)).toSorted()).toEqual(['a', 'b.c']);
    const watch = (await bucket.watch({ key: 'a' }))[Symbol.asyncIterator]();
    expect((await watch.next()).value).toMatchObject({ operation: 'PUT', revision: 2 });
    await bucket.purge('a');
    expect((await watch.next()).value).toMatchObject({ operation: 'PURGE', length: 0 });
    expect(await bucket.status()).toMatchObject({ bucket: 'bucket', values: 4, history: 5 });
    expect(await bucket.destroy()).toBe(true);
  });

  test('objects', async () => {
    const store = await new Objm(connection).create('store', { description: 'files' });
    const content = Buffer.alloc(300_000, 'natscope ');
    const meta = { name: 'file', description: 'large', options: { max_chunk_size: 32_768 } };
    const info = await store.putBlob(meta, content);
    expect(info).toMatchObject({ name: 'file', size: 300_000, chunks: 10 });
    expect(Buffer.from((await store.getBlob('file')) ?? []).equals(content)).toBe(true);
    await store.putBlob({ name: 'empty' }, new Uint8Array());
    await store.link('link', info);
    expect((await store.list()).map(({ name }) => name).toSorted()).toEqual(['empty', 'file', 'link']);
    await store.update('file', { name: 'renamed' });
    expect(await store.delete('empty')).toMatchObject({ success: true });
    expect(await store.getBlob('none')).toBeNull();
    expect((await store.seal()).sealed).toBe(true);
    await expect(store.putBlob({ name: 'late' }, content)).rejects.toThrow();
    expect(await store.destroy()).toBe(true);
  });

  test('what was stored is there after the server was killed', async () => {
    const folder = await mkdtemp(join(scratch, 'killed-'));
    const first = await startServer(command, ['-js', '-sd', folder]);
    const before = await connect({ servers: `127.0.0.1:${first.port}`, timeout: 10_000 });
    await (await jetstreamManager(before)).streams.add({ name: 'kept', subjects: ['kept'] });
    for (let i = 1; i <= 5; i++) await jetstream(before).publish('kept', `${i}`);
    first.signal('SIGKILL');
    await first.exit();
    await before.close();
    const second = await startServer(command, ['-js', '-sd', folder]);
    const after = await connect({ servers: `127.0.0.1:${second.port}`, timeout: 10_000 });
    const kept = await (await jetstreamManager(after)).streams.info('kept');
    expect(kept.state).toMatchObject({ messages: 5, last_seq: 5 });
    await after.close();
    await second.stop();
  });
});
