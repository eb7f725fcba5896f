import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '@nats-io/transport-node';
import type { NatsConnection, Subscription } from '@nats-io/transport-node';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Requests } from '../../../../electron/bridge/contract.ts';
import type { CallContext } from '../../../../electron/bridge/router.ts';
import { checkConfiguration } from '../../../../electron/broker-host/checks.ts';
import { readConfiguration } from '../../../../electron/broker-host/configuration.ts';
import { openLocalBroker } from '../../../../electron/broker-host/local-broker.ts';
import type { LocalBroker } from '../../../../electron/broker-host/local-broker.ts';
import { localJetStream } from '../../../../electron/broker-host/local-jetstream.ts';
import type { LocalJetStream } from '../../../../electron/broker-host/local-jetstream.ts';
import { writeFileAtomic } from '../../../../electron/persistence/atomic-file.ts';
import { threadFiles } from '../../../../electron/places.ts';

// Threads are started here, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 30_000 });

const mib = 2 ** 20;
const gib = 2 ** 30;

let folder: string;
let endings: (() => unknown)[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'natscope-local-jetstream-'));
  endings = [];
});
afterEach(async () => {
  for (const end of endings.toReversed()) await end();
  rmSync(folder, { recursive: true });
});

const ownFile = (): string => join(folder, 'nats-server.conf');
const storeFolder = (): string => join(folder, 'jetstream');

describe('what counts where the configuration says nothing', () => {
  const local: LocalJetStream = {
    folder: '/data/jetstream',
    memoryBytes: 256 * mib,
    storageBytes: 8 * gib,
    memoryBytesMax: 4 * gib,
    storageBytesMax: 100 * gib,
  };
  const read = (text: string) =>
    readConfiguration({ file: '/data/nats-server.conf', text }, local).options.kept?.jetstream;

  it.each([
    ['', { enabled: true, storeDir: '/data/jetstream', maxMemory: 256 * mib, maxStore: 8 * gib }],
    ['jetstream: true', { enabled: true, storeDir: '/data/jetstream', maxMemory: 256 * mib, maxStore: 8 * gib }],
    ['jetstream { max_mem: 1GB }', { enabled: true, storeDir: '/data/jetstream', maxMemory: gib, maxStore: 8 * gib }],
    ['jetstream { store_dir: "/other", domain: x }', { enabled: true, storeDir: '/other', domain: 'x' }],
    // From the folder of the configuration on, as all names of files are in the app.
    ['store_dir: "mine"', { enabled: true, storeDir: '/data/mine', maxMemory: 256 * mib }],
    // Checked as nats-server does, which wants a name for a cluster with JetStream: nobody asked for that here.
    ['cluster { port: 6222 }', { enabled: true }],
    // Which MQTT needs, and has here.
    ['mqtt { port: 1883 }\nserver_name: a', { enabled: true }],
  ])('is filled in: %s', (text, expected) => expect(read(text)).toMatchObject(expected));

  it.each(['jetstream: disabled', 'jetstream: false', 'jetstream { enabled: false, max_mem: 1G }'])(
    'and is off where that says so: %s',
    (text) => expect(read(text)).toMatchObject({ enabled: false }),
  );

  it('is never more than a part of what the machine has', async () => {
    const found = await localJetStream(storeFolder());
    expect(found.memoryBytes).toBeLessThanOrEqual(256 * mib);
    expect(found.memoryBytes).toBeLessThanOrEqual(found.memoryBytesMax / 8);
    expect(found.storageBytes).toBeLessThanOrEqual(8 * gib);
    expect(found.storageBytes).toBeLessThanOrEqual(found.storageBytesMax / 2);
    expect(found.storageBytes % mib).toBe(0);
  });

  it('warns of budgets that the machine cannot keep, and says what a change of them needs', () => {
    const at = (text: string) => ({ file: '/data/nats-server.conf', text });
    const check = (text: string, running = '') => checkConfiguration(at(text), at(running), local);
    expect(check('listen: 4222\njetstream {\n  max_mem: 5GB\n  max_file: 101GB\n}\n').problems).toEqual([
      {
        grade: 'warning',
        line: 3,
        column: 3,
        text: 'max_mem is more than the 4.0 GiB of memory that this machine has',
      },
      { grade: 'warning', line: 4, column: 3, text: 'max_file is more than the 100.0 GiB that the disk has for it' },
    ]);
    expect(check('jetstream { max_file: 9GB }').plan).toEqual({ reload: ['jetstream max_file_store'], restart: [] });
    expect(check('jetstream { max_file: 1GB }').plan?.restart).toHaveLength(1);
    expect(check('jetstream: disabled').plan).toEqual({ reload: ['jetstream'], restart: [] });
    expect(check('jetstream { store_dir: "/other" }').plan?.restart).toHaveLength(1);
    // What was so before is no change when it is written down.
    const written = 'jetstream { max_mem: 256MB, max_file: 8GB, store_dir: "jetstream" }';
    expect(check(written).plan).toEqual({ reload: [], restart: [] });
  });
});

// ── The broker of the app ───────────────────────────────────────────────────────────────────────────────────────────

async function open(text: string): Promise<LocalBroker> {
  writeFileSync(ownFile(), text);
  const broker = await openLocalBroker({
    threads: threadFiles,
    version: '0',
    log: () => undefined,
    ownFile: ownFile(),
    storeFolder: storeFolder(),
    file: null,
    onFile: () => undefined,
    write: writeFileAtomic,
  });
  endings.push(() => broker.dispose());
  const state = await broker.start('offer');
  expect(state.phase).toBe('running');
  return broker;
}

const signal = new AbortController().signal;
const context: CallContext = { signal, session: { id: 1, signal } };

async function ask<N extends keyof LocalBroker['requests']>(
  broker: LocalBroker,
  name: N,
  params: Requests[N]['params'],
) {
  type Handler = (params: Requests[N]['params'], context: CallContext) => Promise<Requests[N]['result']>;
  return await (broker.requests[name] as unknown as Handler)(params, context);
}

async function client(broker: LocalBroker, options: { user?: string; pass?: string } = {}): Promise<NatsConnection> {
  const nats = await connect({ servers: `127.0.0.1:${broker.state.value.port}`, reconnect: false, ...options });
  endings.push(() => nats.close());
  return nats;
}

interface Answer {
  error?: { err_code: number; description: string };
  seq?: number;
  state?: { messages: number };
}

async function api(nats: NatsConnection, subject: string, body: unknown = ''): Promise<Answer> {
  const reply = await nats.request(subject, typeof body === 'string' ? body : JSON.stringify(body));
  return reply.json<Answer>();
}

async function texts(subscription: Subscription): Promise<string[]> {
  const all: string[] = [];
  for await (const message of subscription) all.push(message.string());
  return all;
}

const listen = 'server_name: one\nlisten: "127.0.0.1:-1"\n';

describe('the local broker', () => {
  it('keeps streams in its own folder, for the owner only, over a restart', async () => {
    const broker = await open(listen);
    const nats = await client(broker);
    expect((await api(nats, '$JS.API.STREAM.CREATE.S', { name: 'S', subjects: ['s.>'] })).error).toBeUndefined();
    expect(await api(nats, 's.1', 'one')).toMatchObject({ seq: 1 });
    if (process.platform !== 'win32') expect(statSync(storeFolder()).mode & 0o777).toBe(0o700);
    await ask(broker, 'broker.restart', {});
    const again = await client(broker);
    expect((await api(again, '$JS.API.STREAM.INFO.S')).state).toMatchObject({ messages: 1 });
    const { running, defaults } = await ask(broker, 'broker.jetstream', {});
    expect(running).toMatchObject({
      folder: storeFolder(),
      streams: 1,
      messages: 1,
      accounts: [{ name: '$G', streams: 1, messages: 1 }],
      storage: { max: defaults?.storageBytes },
      memory: { used: 0, max: defaults?.memoryBytes },
    });
    expect(running?.storage.used).toBeGreaterThan(0);
    await vi.waitFor(() => expect(broker.state.value.jetstream?.storage.used).toBe(running?.storage.used), 5000);
    expect(broker.access.value.accounts).toContainEqual({ name: '$G', system: false, jetstream: true });
  });

  it('takes a greater budget by a reload, and no JetStream, and JetStream again', async () => {
    const small = `${listen}jetstream { max_mem: 1M, max_file: 1M }\n`;
    const broker = await open(small);
    const nats = await client(broker);
    expect((await api(nats, '$JS.API.STREAM.CREATE.S', { name: 'S', subjects: ['s'] })).error).toBeUndefined();
    const full = async (): Promise<boolean> => {
      const { error } = await api(nats, 's', 'x'.repeat(300_000));
      if (error !== undefined) expect(error).toMatchObject({ err_code: 10023 });
      return error !== undefined;
    };
    for (let tries = 0; tries < 10 && !(await full()); tries++);
    expect(await full()).toBe(true);
    await vi.waitFor(() => {
      const { used = 0, max = 1 } = broker.state.value.jetstream?.storage ?? {};
      expect(used / max).toBeGreaterThan(0.7);
    }, 5000);
    const apply = async (text: string) => (await ask(broker, 'broker.config.apply', { text })).by;
    expect(await apply(small.replace('max_file: 1M', 'max_file: 100M'))).toBe('reload');
    expect(await full()).toBe(false);
    expect(await apply(`${listen}jetstream: disabled\n`)).toBe('reload');
    expect((await ask(broker, 'broker.jetstream', {})).running).toBeNull();
    expect(broker.state.value.jetstreamProblem).toBeUndefined();
    expect(await apply(small.replace('max_file: 1M', 'max_file: 100M'))).toBe('reload');
    expect((await api(nats, '$JS.API.STREAM.INFO.S')).state?.messages).toBeGreaterThan(2);
  });

  it('runs without streams where they cannot be kept, says so, and has them again once they can', async () => {
    writeFileSync(storeFolder(), 'no folder');
    const broker = await open(listen);
    expect(broker.state.value.jetstreamProblem).toBe(
      'Storage directory is not a directory. Mend that or choose another folder, then restart the broker.',
    );
    expect((await ask(broker, 'broker.jetstream', {})).running).toBeNull();
    const nats = await client(broker);
    nats.publish('still', 'here');
    await nats.flush();
    // What has nothing to do with it can be changed all the same.
    const more = `${listen}max_payload: 2MB\n`;
    expect((await ask(broker, 'broker.config.apply', { text: more })).by).toBe('reload');
    expect(broker.state.value.jetstreamProblem).toBeDefined();
    rmSync(storeFolder());
    await ask(broker, 'broker.restart', {});
    expect(broker.state.value.jetstreamProblem).toBeUndefined();
    expect((await ask(broker, 'broker.jetstream', {})).running).not.toBeNull();
  });

  it('delivers to the app itself what it asks for, though it is nobody for all else that it sees', async () => {
    const broker = await open(listen);
    const { server, token } = broker.access.value;
    const own = await connect({ servers: server ?? '', user: '$G', pass: token, reconnect: false });
    endings.push(() => own.close());
    own.subscribe('>');
    const api = async (subject: string, body: object) =>
      (await own.request(`$JS.API.${subject}`, JSON.stringify(body), { timeout: 5000 })).json<Answer>();
    await api('STREAM.CREATE.S', { name: 'S', subjects: ['s'] });
    for (const payload of ['one', 'two']) await own.request('s', payload);
    const consumer = (name: string, more: object) =>
      api(`CONSUMER.CREATE.S.${name}`, {
        stream_name: 'S',
        config: { durable_name: name, name, ack_policy: 'explicit', ...more },
      });
    await consumer('pulled', {});
    const inbox = own.subscribe('inbox.of.the.app', { max: 2 });
    const pull = JSON.stringify({ batch: 2, expires: 5e9 });
    own.publish('$JS.API.CONSUMER.MSG.NEXT.S.pulled', pull, { reply: 'inbox.of.the.app' });
    expect(await texts(inbox)).toEqual(['one', 'two']);
    // Its look at everything is nobody to deliver to.
    await consumer('pushed', { deliver_subject: 'to.nobody', ack_policy: 'none' });
    const info = await own.request('$JS.API.CONSUMER.INFO.S.pushed');
    expect(info.json<{ push_bound?: boolean; num_pending: number }>()).toMatchObject({ num_pending: 2 });
    expect(await texts(own.subscribe('to.nobody', { max: 2 }))).toEqual(['one', 'two']);
  });

  it.skipIf(process.platform === 'win32')('puts the rights of its folder right', async () => {
    mkdirSync(storeFolder());
    chmodSync(storeFolder(), 0o755);
    await open(listen);
    await sleep(0);
    expect(statSync(storeFolder()).mode & 0o777).toBe(0o700);
  });
});
