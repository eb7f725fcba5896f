/** The core of the views against real servers: what it reads, what it changes, and that looking leaves nothing behind. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FindProgress, LabMessage, StoredRow } from '../../../../electron/bridge/contract.ts';
import { serversUnderTest, startJetStream } from '../../../support/jetstream-server.ts';
import type { JetStreamFixture } from '../../../support/jetstream-server.ts';

const servers = await serversUnderTest();
/** Our own, and the newest of the others. */
const current = servers.slice(-2);

const list = { filter: '', first: 0, count: 100 };

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const rowsOf = (items: readonly FindProgress[]): StoredRow[] => items.flatMap(({ rows }) => rows);

describe.for(servers)('$name', ({ command, version }) => {
  let js: JetStreamFixture;
  const minor = Number(version.split('.')[1]);

  beforeAll(async () => {
    js = await startJetStream(command);
    await js.api('STREAM.CREATE.ORDERS', { name: 'ORDERS', subjects: ['orders.>'], allow_direct: true });
    await js.api('STREAM.CREATE.PLAIN', { name: 'PLAIN', subjects: ['plain.*'], allow_direct: false });
    for (let index = 1; index <= 20; index++) {
      await js.publish(`orders.${index % 2 === 0 ? 'eu' : 'us'}.${index}`, `{"state":"new","number":${index}}`);
      await js.publish(`plain.${index}`, `plain ${index}`);
    }
    await js.api('STREAM.MSG.DELETE.ORDERS', { seq: 5 });
    await js.api('STREAM.MSG.DELETE.ORDERS', { seq: 6 });
    await js.api('STREAM.MSG.DELETE.PLAIN', { seq: 9 });
  });
  afterAll(() => js.stop());

  it('lists streams with what they hold', async () => {
    const { rows, streams, messages } = await js.call('jetstream.streams', { ...list, sort: 'name' });
    expect(rows.map(({ name }) => name)).toEqual(['ORDERS', 'PLAIN']);
    expect(rows[0]).toMatchObject({
      messages: 18,
      firstSequence: 1,
      lastSequence: 20,
      deleted: 2,
      subjects: ['orders.>'],
    });
    expect({ streams, messages }).toEqual({ streams: 2, messages: 37 });
    const filtered = await js.call('jetstream.streams', { ...list, filter: 'pla', sort: 'name' });
    expect(filtered.rows.map(({ name }) => name)).toEqual(['PLAIN']);
    expect(filtered.streams).toBe(2);
  });

  it('tells the account, and its level where the server has one', async () => {
    const account = await js.call('jetstream.account', {});
    expect(account.tiers[0]).toMatchObject({ name: '', streams: { used: 2, max: -1 } });
    expect(account.api.level > 0).toBe(minor >= 11);
  });

  it.each([
    ['ORDERS', 'direct get', [3, 4, 7, 8]],
    ['PLAIN', 'STREAM.MSG.GET', [3, 4, 5, 6, 7, 8]],
  ])('reads a range of %s by %s', async (stream, by, sequences) => {
    const answer = await js.call('jetstream.messages', { stream, first: 3, count: 6 });
    expect(answer.by).toBe(by);
    expect(answer.rows.map(({ sequence }) => sequence)).toEqual(sequences);
    const again = await js.call('jetstream.messages', { stream, first: 3, count: 5 });
    expect(again.rows.map(({ sequence }) => sequence)).toEqual(sequences.filter((sequence) => sequence < 8));
    expect(await js.call('jetstream.messages', { stream, first: 20, count: 100 })).toMatchObject({
      rows: [{ sequence: 20 }],
    });
  });

  it('shows fields of a payload in rows, all of it in the detail', async () => {
    const { rows } = await js.call('jetstream.messages', { stream: 'ORDERS', first: 2, count: 1 });
    expect(rows[0]).toMatchObject({
      subject: 'orders.eu.2',
      fields: [
        { key: 'state', text: 'new' },
        { key: 'number', text: '2' },
      ],
    });
    const message = await js.call('jetstream.message', { stream: 'ORDERS', sequence: 2 });
    expect(Buffer.from(message!.payload).toString()).toBe('{"state":"new","number":2}');
    expect(message).toMatchObject({ headers: [], headerBytes: 0, by: 'direct get', stream: 'ORDERS' });
    expect(await js.call('jetstream.message', { stream: 'ORDERS', sequence: 5 })).toBeNull();
    expect(await js.call('jetstream.message', { stream: 'PLAIN', sequence: 9 })).toBeNull();
  });

  it('knows the gaps', async () => {
    expect(await js.call('jetstream.gaps', { stream: 'ORDERS' })).toEqual({
      firstSequence: 1,
      lastSequence: 20,
      deleted: 2,
      runs: [5, 6],
    });
  });

  it('finds by subject and by content, in order, up to a limit', async () => {
    const by = { stream: 'ORDERS', subject: '', content: '', from: 1, limit: 1000 };
    const eu = await collect(js.stream('jetstream.find', { ...by, subject: 'orders.eu.*' }));
    expect(rowsOf(eu).map(({ sequence }) => sequence)).toEqual([2, 4, 8, 10, 12, 14, 16, 18, 20]);
    expect(eu.at(-1)).toMatchObject({ end: 'all', found: 9, scanned: 9 });
    const text = await collect(js.stream('jetstream.find', { ...by, content: '"NUMBER":1' }));
    expect(rowsOf(text).map(({ sequence }) => sequence)).toEqual([1, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
    const first = await collect(js.stream('jetstream.find', { ...by, stream: 'PLAIN', from: 8, limit: 2 }));
    expect(rowsOf(first).map(({ sequence }) => sequence)).toEqual([8, 10]);
    expect(first.at(-1)).toMatchObject({ end: 'limit', at: 10 });
  });

  it('seeks a time and the last of a subject', async () => {
    const message = await js.call('jetstream.message', { stream: 'ORDERS', sequence: 7 });
    const { time } = message!;
    expect(await js.call('jetstream.seek', { stream: 'ORDERS', time: time - 1 })).toEqual({ sequence: 7 });
    expect(await js.call('jetstream.seek', { stream: 'ORDERS', time: time + 3_600_000_000 })).toBeNull();
    expect(await js.call('jetstream.seek', { stream: 'ORDERS', time: 1 })).toEqual({ sequence: 1 });
    expect(await js.call('jetstream.seek', { stream: 'ORDERS', subject: 'orders.us.3' })).toEqual({ sequence: 3 });
    expect(await js.call('jetstream.seek', { stream: 'ORDERS', subject: 'orders.none' })).toBeNull();
  });

  it('counts subjects', async () => {
    const by = { ...list, stream: 'ORDERS', filter: 'eu', sort: 'name' as const };
    const { rows, total, subjects } = await js.call('jetstream.subjects', by);
    expect({ total, subjects }).toEqual({ total: 9, subjects: 18 });
    expect(rows[0]).toEqual({ subject: 'orders.eu.10', messages: 1 });
  });

  it('says what a purge would take before it takes it', async () => {
    const purge = { stream: 'ORDERS', filter: '', keep: 0, before: 0 };
    expect(await js.call('jetstream.stream.loss', purge)).toMatchObject({ messages: 18, subjects: 18, atMost: false });
    const eu = await js.call('jetstream.stream.loss', { ...purge, filter: 'orders.eu.*', keep: 2 });
    expect(eu).toMatchObject({ messages: 7, bytes: null });
    const before = await js.call('jetstream.stream.loss', { ...purge, before: 9 });
    // Only a server with batches tells how many are behind a sequence.
    expect(before).toMatchObject(minor >= 11 ? { messages: 6, atMost: false } : { atMost: true });
  });

  it('leaves no consumer behind by looking', async () => {
    const { state } = await js.api<{ state: { consumer_count: number } }>('STREAM.INFO.ORDERS');
    expect(state.consumer_count).toBe(0);
    const { consumers } = await js.api<{ consumers: unknown[] | null }>('CONSUMER.LIST.PLAIN', {});
    expect(consumers ?? []).toEqual([]);
  });

  it('refuses every change on a read-only connection, and looks all the same', async () => {
    js.setReadOnly(true);
    const purge = { stream: 'ORDERS', filter: '', keep: 0, before: 0 };
    const refused = { code: 'read-only' };
    await expect(js.call('jetstream.stream.purge', purge)).rejects.toMatchObject(refused);
    await expect(js.call('jetstream.stream.delete', { stream: 'ORDERS' })).rejects.toMatchObject(refused);
    await expect(js.call('jetstream.stream.create', { config: { name: 'X' } })).rejects.toMatchObject(refused);
    const one = { stream: 'ORDERS', sequence: 1 };
    await expect(js.call('jetstream.message.delete', { ...one, secure: false })).rejects.toMatchObject(refused);
    const config = { durable_name: 'c' };
    await expect(js.call('jetstream.consumer.create', { stream: 'ORDERS', config })).rejects.toMatchObject(refused);
    await expect(js.call('jetstream.redrive', { ...one, subject: '', remove: false })).rejects.toMatchObject(refused);
    expect((await js.call('jetstream.streams', { ...list, sort: 'name' })).rows).toHaveLength(2);
    expect((await js.call('jetstream.messages', { stream: 'ORDERS', first: 1, count: 2 })).rows).toHaveLength(2);
    js.setReadOnly(false);
  });
});

describe.for(current)('changes, $name', ({ command, name }) => {
  let js: JetStreamFixture;
  beforeAll(async () => {
    js = await startJetStream(command);
  });
  afterAll(() => js.stop());

  it('makes, changes and deletes a stream, in the words of the server where it refuses', async () => {
    const made = await js.call('jetstream.stream.create', { config: { name: 'S', subjects: ['s.*'], max_msgs: 10 } });
    expect(made.config).toMatchObject({ name: 'S', max_msgs: 10, num_replicas: 1, retention: 'limits' });
    const config = { ...made.config, max_msgs: 20, metadata: { ...made.config.metadata, owner: 'me' } };
    const changed = await js.call('jetstream.stream.update', { config });
    expect(changed.config).toMatchObject({ max_msgs: 20, metadata: { owner: 'me' } });
    await expect(
      js.call('jetstream.stream.update', { config: { ...config, retention: 'workqueue' } }),
    ).rejects.toMatchObject({ code: 'jetstream-refused', details: { errCode: expect.any(Number) as number } });
    await js.call('jetstream.stream.delete', { stream: 'S' });
    expect(await js.call('jetstream.stream', { stream: 'S' })).toBeNull();
  });

  it('deletes messages, purges, and sees it at once', async () => {
    await js.call('jetstream.stream.create', { config: { name: 'D', subjects: ['d.*'], allow_direct: true } });
    await js.publish('d.1', 'a', 'b', 'c', 'd');
    expect((await js.call('jetstream.messages', { stream: 'D', first: 1, count: 4 })).rows).toHaveLength(4);
    await js.call('jetstream.message.delete', { stream: 'D', sequence: 2, secure: true });
    await js.call('jetstream.message.delete', { stream: 'D', sequence: 3, secure: false });
    const left = await js.call('jetstream.messages', { stream: 'D', first: 1, count: 4 });
    expect(left.rows.map(({ sequence }) => sequence)).toEqual([1, 4]);
    const purge = { stream: 'D', filter: '', keep: 1, before: 0 };
    expect(await js.call('jetstream.stream.purge', purge)).toEqual({ purged: 1 });
    expect((await js.call('jetstream.streams', { ...list, sort: 'name' })).rows[0]).toMatchObject({ messages: 1 });
  });

  it('goes on reading when direct gets are forbidden meanwhile', async () => {
    await js.call('jetstream.stream.create', { config: { name: 'W', subjects: ['w.*'], allow_direct: true } });
    await js.publish('w.1', 'a');
    expect((await js.call('jetstream.messages', { stream: 'W', first: 1, count: 1 })).by).toBe('direct get');
    await js.api('STREAM.UPDATE.W', { name: 'W', subjects: ['w.*'], allow_direct: false });
    expect(await js.call('jetstream.message', { stream: 'W', sequence: 1 })).toMatchObject({ by: 'STREAM.MSG.GET' });
  });

  it('makes, changes, pauses, resets and deletes a consumer', async () => {
    await js.call('jetstream.stream.create', { config: { name: 'C', subjects: ['c.*'] } });
    await js.publish('c.1', 'a', 'b', 'c');
    const stream = 'C';
    const config = { durable_name: 'worker', ack_policy: 'explicit' as const, ack_wait: 30e9, filter_subject: 'c.*' };
    const made = await js.call('jetstream.consumer.create', { stream, config });
    expect(made.row).toMatchObject({ name: 'worker', durable: true, pending: 3, filters: ['c.*'] });
    const update = { ...made.config, max_deliver: 5 };
    expect((await js.call('jetstream.consumer.update', { stream, config: update })).config.max_deliver).toBe(5);
    await expect(
      js.call('jetstream.consumer.create', { stream, config: { ...config, ack_wait: 10e9 } }),
    ).rejects.toMatchObject({ code: 'jetstream-refused' });
    const until = (Date.now() + 60_000) * 1000;
    expect(await js.call('jetstream.consumer.pause', { stream, consumer: 'worker', until })).toMatchObject({
      paused: true,
    });
    expect((await js.call('jetstream.consumers', { ...list, stream, sort: 'name' })).rows[0]).toMatchObject({
      paused: true,
    });
    await js.call('jetstream.consumer.pause', { stream, consumer: 'worker', until: null });
    expect(await js.call('jetstream.consumer.reset', { stream, consumer: 'worker', sequence: 2 })).toEqual({
      sequence: 2,
    });
    expect((await js.call('jetstream.consumer', { stream, consumer: 'worker' }))?.row.pending).toBe(2);
    await js.call('jetstream.consumer.delete', { stream, consumer: 'worker' });
    expect(await js.call('jetstream.consumer', { stream, consumer: 'worker' })).toBeNull();
  });

  it('fetches in the lab, answers each way, and knows what is pending', async () => {
    await js.call('jetstream.stream.create', { config: { name: 'L', subjects: ['l.*'] } });
    await js.publish('l.1', 'a', 'b', 'c', 'd', 'e');
    const where = { stream: 'L', consumer: 'lab' };
    await js.call('jetstream.consumer.create', {
      stream: 'L',
      config: { durable_name: 'lab', ack_policy: 'explicit', ack_wait: 30e9, max_deliver: 2 },
    });
    const pull = { ...where, batch: 4, expiresMs: 1000, group: '' };
    const fetch = async (batch = 4): Promise<LabMessage[]> => {
      const events = await collect(js.stream('jetstream.lab.fetch', { ...pull, batch }));
      return events.flatMap((event) => (event.type === 'message' ? [event.message] : []));
    };
    const before = await js.call('jetstream.deliveries', { ...where, limit: 100 });
    expect(before).toMatchObject({ rows: [], pending: 0 });
    const messages = await fetch();
    expect(messages.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
    expect(messages[0]).toMatchObject({ subject: 'l.1', deliveries: 1, pending: 4 });
    expect(messages[0]!.ackBy - messages[0]!.receivedAt).toBe(30_000_000);
    const all = await js.call('jetstream.deliveries', { ...where, limit: 100 });
    expect(all.by).toBe('count');
    expect(all.rows.map(({ state }) => state)).toEqual(['pending', 'pending', 'pending', 'pending']);
    const answer = (id: number, how: 'ack' | 'nak' | 'term' | 'next' | 'progress', delayMs = 0) =>
      js.call('jetstream.lab.answer', { id, answer: how, delayMs, reason: how === 'term' ? 'broken' : '' });
    expect(await answer(messages[1]!.id, 'ack')).toEqual({ confirmed: true, next: null });
    await answer(messages[2]!.id, 'progress');
    const some = await js.call('jetstream.deliveries', { ...where, limit: 100 });
    expect(some.rows.map(({ sequence, state }) => [sequence, state])).toEqual([
      [1, 'pending'],
      [2, 'acked'],
      [3, 'pending'],
      [4, 'pending'],
    ]);
    await answer(messages[0]!.id, 'term');
    await answer(messages[2]!.id, 'nak');
    const { next } = await answer(messages[3]!.id, 'next');
    expect([3, 5]).toContain(next?.sequence);
    await expect(answer(messages[0]!.id, 'ack')).rejects.toMatchObject({ code: 'jetstream-refused' });
    const empty = await collect(js.stream('jetstream.lab.fetch', { ...pull, expiresMs: 200 }));
    expect(empty.at(-1)).toMatchObject({ type: 'end', status: 408 });
  });

  it('listens in the lab to what is pushed, and answers it', async () => {
    await js.call('jetstream.stream.create', { config: { name: 'P', subjects: ['p.*'] } });
    await js.publish('p.1', 'a', 'b', 'c', 'd');
    const where = { stream: 'P', consumer: 'pushed' };
    await js.call('jetstream.consumer.create', {
      stream: 'P',
      config: {
        durable_name: 'pushed',
        deliver_subject: 'to.me',
        deliver_group: 'q',
        ack_policy: 'explicit',
        ack_wait: 2e9,
        max_ack_pending: 3,
        idle_heartbeat: 1e9,
        flow_control: true,
      },
    });
    const listen = { ...where, batch: 2, expiresMs: 3000, group: '' };
    js.setReadOnly(true);
    await expect(collect(js.stream('jetstream.lab.fetch', listen))).rejects.toMatchObject({ code: 'read-only' });
    js.setReadOnly(false);
    await js.call('jetstream.deliveries', { ...where, limit: 100 });
    const first = await collect(js.stream('jetstream.lab.fetch', listen));
    expect(first).toMatchObject([
      { type: 'message', message: { sequence: 1, subject: 'p.1' } },
      { type: 'message', message: { sequence: 2 } },
      { type: 'end', count: 2 },
    ]);
    if (first[0]?.type !== 'message') throw new Error('nothing was pushed');
    const { id } = first[0].message;
    await js.call('jetstream.lab.answer', { id, answer: 'ack', delayMs: 0, reason: '' });
    // What was not answered comes again to whoever listens then.
    const again: number[] = [];
    await expect
      .poll(
        async () => {
          for (const event of await collect(js.stream('jetstream.lab.fetch', { ...listen, expiresMs: 1000 }))) {
            if (event.type === 'message' && event.message.deliveries > 1) again.push(event.message.sequence);
          }
          return again;
        },
        { timeout: 8000 },
      )
      .toContain(2);
    const { rows } = await js.call('jetstream.deliveries', { ...where, limit: 100 });
    expect(rows.find(({ sequence }) => sequence === 2)?.deliveries).toBeGreaterThan(1);
  });

  it('does not take what a mirror still has for something that is pending', async () => {
    await js.call('jetstream.stream.create', { config: { name: 'O', subjects: ['o.*'], allow_direct: true } });
    const mirror = { name: 'M', mirror: { name: 'O' }, allow_direct: true, mirror_direct: true };
    await js.call('jetstream.stream.create', { config: mirror });
    await js.publish('o.1', 'a', 'b', 'c');
    const where = { stream: 'O', consumer: 'c' };
    await js.call('jetstream.consumer.create', { stream: 'O', config: { durable_name: 'c', ack_policy: 'explicit' } });
    await expect.poll(async () => (await js.call('jetstream.stream', { stream: 'M' }))?.row.messages).toBe(3);
    await js.api('STREAM.MSG.DELETE.O', { seq: 2 });
    await collect(js.stream('jetstream.lab.fetch', { ...where, batch: 2, expiresMs: 1000, group: '' }));
    // Origin and mirror of nats-server answer in turn, so it is asked until both have; of ours the origin does.
    const answering = name === 'natscope-server' ? ['O'] : ['M', 'O'];
    const answered = new Set<string>();
    for (let attempt = 0; attempt < 200 && answered.size < answering.length; attempt++) {
      answered.add((await js.call('jetstream.message', { stream: 'O', sequence: 1 }))?.stream ?? '');
      const { rows, by } = await js.call('jetstream.deliveries', { ...where, limit: 100 });
      expect(rows.map(({ sequence, state }) => [sequence, state])).toEqual([
        [1, 'pending'],
        [3, 'pending'],
      ]);
      expect(by).toBe('count');
    }
    expect([...answered].toSorted()).toEqual(answering);
  });

  it('collects advisories and redrives what was given up', async () => {
    const stop = new AbortController();
    const seen: string[] = [];
    const watching = (async () => {
      for await (const { list: advisories } of js.stream('jetstream.advisories', {}, stop.signal)) {
        seen.splice(
          0,
          Infinity,
          ...advisories.map(({ kind, sequence, reason }) => `${kind} ${sequence} ${reason}`.trim()),
        );
        if (seen.some((text) => text.startsWith('terminated'))) return;
      }
    })();
    await js.call('jetstream.stream.create', { config: { name: 'R', subjects: ['r.>'] } });
    await js.publish('r.new', 'sick');
    await js.call('jetstream.consumer.create', { stream: 'R', config: { durable_name: 'x', ack_policy: 'explicit' } });
    const pull = { stream: 'R', consumer: 'x', batch: 1, expiresMs: 1000, group: '' };
    const [event] = await collect(js.stream('jetstream.lab.fetch', pull));
    if (event?.type !== 'message') throw new Error('nothing was fetched');
    await js.call('jetstream.lab.answer', { id: event.message.id, answer: 'term', delayMs: 0, reason: 'poison' });
    await watching;
    stop.abort();
    expect(seen).toContain('created 0');
    expect(seen).toContain('terminated 1 poison');
    const redrive = { stream: 'R', sequence: 1, subject: 'r.again', remove: true };
    expect(await js.call('jetstream.redrive', redrive)).toEqual({ stream: 'R', sequence: 2, removed: true });
    expect(await js.call('jetstream.message', { stream: 'R', sequence: 1 })).toBeNull();
    expect((await js.call('jetstream.message', { stream: 'R', sequence: 2 }))?.subject).toBe('r.again');
    await expect(js.call('jetstream.redrive', { ...redrive, sequence: 1 })).rejects.toThrow(/not there any more/);
    await expect(
      js.call('jetstream.redrive', { ...redrive, sequence: 2, subject: 'nobody.listens' }),
    ).rejects.toMatchObject({ code: 'jetstream-unavailable' });
  });
});
