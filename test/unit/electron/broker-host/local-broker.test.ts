import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '@nats-io/transport-node';
import type { ConnectionOptions, NatsConnection } from '@nats-io/transport-node';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Requests } from '../../../../electron/bridge/contract.ts';
import type { CallContext } from '../../../../electron/bridge/router.ts';
import { openLocalBroker } from '../../../../electron/broker-host/local-broker.ts';
import type { LocalBroker } from '../../../../electron/broker-host/local-broker.ts';
import { threadFiles } from '../../../../electron/places.ts';

// Threads are started here, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

let folder: string;
let endings: (() => unknown)[];
let lines: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'natscope-broker-'));
  endings = [];
  lines = [];
});
afterEach(async () => {
  for (const end of endings.toReversed()) await end();
  rmSync(folder, { recursive: true });
});

const ownFile = () => join(folder, 'nats-server.conf');
const signal = new AbortController().signal;
const context: CallContext = { signal, session: { id: 1, signal } };

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function open(text: string, options: { portFlag?: number } = {}): Promise<LocalBroker> {
  writeFileSync(ownFile(), text);
  const broker = await openLocalBroker({
    threads: threadFiles,
    version: '0',
    log: (level, line) => void lines.push(`${level} ${line}`),
    ownFile: ownFile(),
    file: null,
    onFile: () => undefined,
    write: (path, content) => writeFile(path, content),
    ...options,
  });
  endings.push(() => broker.dispose());
  const state = await broker.start('offer');
  expect(state.problem).toBeUndefined();
  return broker;
}

async function client(port: number, options: ConnectionOptions = {}): Promise<NatsConnection> {
  const connection = await connect({ servers: `127.0.0.1:${port}`, reconnect: false, ...options });
  endings.push(() => connection.close());
  return connection;
}

type Named = keyof LocalBroker['requests'];
async function ask<N extends Named>(broker: LocalBroker, name: N, params: Requests[N]['params']) {
  type Handler = (params: Requests[N]['params'], context: CallContext) => Promise<Requests[N]['result']>;
  return await (broker.requests[name] as unknown as Handler)(params, context);
}

describe('applying a configuration', () => {
  it('reloads what can be, and nobody is disconnected', async () => {
    const port = await freePort();
    const text = `server_name: one\nlisten: 127.0.0.1:${port}\nmax_payload: 1KB\n`;
    const broker = await open(text);
    const nats = await client(port);
    expect(() => nats.publish('x', new Uint8Array(2000))).toThrow(/payload/i);
    const { serverId, startedAt } = broker.state.value;
    const next = text.replace('1KB', '1MB');
    const report = await ask(broker, 'broker.config.check', { text: next });
    expect(report).toMatchObject({ problems: [], plan: { reload: ['max_payload'], restart: [] } });
    const applied = await ask(broker, 'broker.config.apply', { text: next });
    expect(applied).toMatchObject({ by: 'reload', config: { text: next, draft: null, applied: { text: next } } });
    expect(readFileSync(ownFile(), 'utf8')).toBe(next);
    expect(broker.state.value).toMatchObject({ phase: 'running', serverId, startedAt });
    expect(nats.isClosed()).toBe(false);
    const other = await client(port);
    other.publish('x', new Uint8Array(2000));
    await Promise.all([nats.flush(), other.flush()]);
    expect(lines.some((line) => line.startsWith('info Reloaded: max_payload'))).toBe(true);
  });

  it('restarts for what only a start can set', async () => {
    const [one, two] = [await freePort(), await freePort()];
    const text = `server_name: one\nlisten: 127.0.0.1:${one}\n`;
    const broker = await open(text);
    const before = broker.state.value.serverId;
    const nats = await client(one);
    const next = text.replace(String(one), String(two));
    const { plan } = await ask(broker, 'broker.config.check', { text: next });
    expect(plan?.restart).toHaveLength(1);
    expect((await ask(broker, 'broker.config.apply', { text: next })).by).toBe('restart');
    expect(broker.state.value).toMatchObject({ phase: 'running', port: two });
    expect(broker.state.value.serverId).not.toBe(before);
    await vi.waitFor(() => expect(nats.isClosed()).toBe(true));
    await client(two);
  });

  it('refuses what has errors, and changes nothing', async () => {
    const port = await freePort();
    const text = `listen: 127.0.0.1:${port}\n`;
    const broker = await open(text);
    await expect(ask(broker, 'broker.config.apply', { text: `${text}no_such: 1\n` })).rejects.toMatchObject({
      code: 'invalid-config',
      message: expect.stringContaining('unknown field "no_such"') as string,
    });
    expect(readFileSync(ownFile(), 'utf8')).toBe(text);
    expect(broker.state.value.phase).toBe('running');
  });

  it('saves while the broker is stopped, and starts with what was saved', async () => {
    const [one, two] = [await freePort(), await freePort()];
    const broker = await open(`listen: 127.0.0.1:${one}\n`);
    await broker.stop();
    const text = `listen: 127.0.0.1:${two}\n`;
    expect((await ask(broker, 'broker.config.apply', { text })).by).toBe('saving');
    expect(broker.state.value.phase).toBe('stopped');
    await ask(broker, 'broker.start', {});
    expect(broker.state.value).toMatchObject({ phase: 'running', port: two });
  });

  it('says which port is taken when it starts anew, and starts on another for once', async () => {
    const [one, taken] = [await freePort(), await freePort()];
    const other = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => other.listen(taken, '127.0.0.1', resolve));
    endings.push(() => new Promise((resolve) => other.close(resolve)));
    const broker = await open(`listen: 127.0.0.1:${one}\n`);
    await ask(broker, 'broker.config.apply', { text: `listen: 127.0.0.1:${taken}\n` });
    const { phase, problem, portOffered = 0 } = broker.state.value;
    expect(phase).toBe('failed');
    expect(problem).toContain(`Port ${taken} is taken by another program.`);
    await ask(broker, 'broker.start', { port: portOffered });
    expect(broker.state.value).toMatchObject({ phase: 'running', port: portOffered });
    // What it was started with is the text, whatever the port: nothing is left to apply.
    const { plan } = await ask(broker, 'broker.config.check', { text: `listen: 127.0.0.1:${taken}\n` });
    expect(plan).toEqual({ reload: [], restart: [] });
  });

  it('tells another listener whose port is taken from its own', async () => {
    const [one, taken] = [await freePort(), await freePort()];
    const other = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => other.listen(taken, '127.0.0.1', resolve));
    endings.push(() => new Promise((resolve) => other.close(resolve)));
    const broker = await open(`listen: 127.0.0.1:${one}\n`);
    const text = `listen: 127.0.0.1:${one}\nwebsocket { listen: "127.0.0.1:${taken}", no_tls: true }\n`;
    await ask(broker, 'broker.config.apply', { text });
    expect(broker.state.value).toMatchObject({ phase: 'failed' });
    expect(broker.state.value.problem).toContain(String(taken));
    expect(broker.state.value.portOffered).toBeUndefined();
  });

  it('lets the port of the command line count at every start', async () => {
    const flag = await freePort();
    const broker = await open('listen: 127.0.0.1:1\n', { portFlag: flag });
    expect(broker.state.value).toMatchObject({ port: flag, portFlag: flag });
    await ask(broker, 'broker.restart', {});
    expect(broker.state.value).toMatchObject({ phase: 'running', port: flag });
  });

  it('uses a file that somebody opened, with what it includes', async () => {
    const [one, two] = [await freePort(), await freePort()];
    const broker = await open(`listen: 127.0.0.1:${one}\n`);
    const mine = join(folder, 'mine.conf');
    writeFileSync(join(folder, 'users.conf'), 'authorization { user: ann, password: pw }\n');
    const text = `# mine\nlisten: 127.0.0.1:${two}\ninclude users.conf\n`;
    writeFileSync(mine, text);
    const opened = await ask(broker, 'broker.config.open', { file: mine });
    expect(opened).toMatchObject({ file: mine, own: false, text, draft: null });
    expect(broker.state.value.port).toBe(one);
    await ask(broker, 'broker.config.apply', { text });
    expect(broker.state.value.port).toBe(two);
    await client(two, { user: 'ann', pass: 'pw' });
    await expect(client(two)).rejects.toThrow();
    expect(readFileSync(mine, 'utf8')).toBe(text);
  });

  it('reads its file again when it is told so over NATS', async () => {
    const port = await freePort();
    const users = 'accounts { $SYS { users: [ { user: sys, password: pw } ] } }\n';
    const text = `listen: 127.0.0.1:${port}\nmax_payload: 1KB\n${users}`;
    const broker = await open(text);
    const sys = await client(port, { user: 'sys', pass: 'pw' });
    const next = text.replace('1KB', '2KB');
    writeFileSync(ownFile(), next);
    await sys.request(`$SYS.REQ.SERVER.${broker.state.value.serverId}.RELOAD`, '', { timeout: 5000 });
    const nats = await client(port);
    await vi.waitFor(() => expect(nats.info?.max_payload).toBe(2048));
    const { plan } = await ask(broker, 'broker.config.check', { text: next });
    expect(plan).toEqual({ reload: [], restart: [] });
  });
});

describe('the app itself', () => {
  it('comes into every account, whatever the configuration asks of others', async () => {
    const port = await freePort();
    const broker = await open(
      `listen: 127.0.0.1:${port}\naccounts { SHOP { users: [ { user: a, password: b } ] }, PLANT { users: [ { user: c, password: d } ] } }\n`,
    );
    const { server, token, accounts } = broker.access.value;
    expect(accounts.map(({ name }) => name)).toEqual(['$G', ...accounts.map(({ name }) => name).slice(1)]);
    expect(accounts.filter(({ system }) => system).map(({ name }) => name)).toEqual(['$SYS']);
    const own = async (user: string) => {
      const connection = await connect({ servers: server ?? '', user, pass: token, reconnect: false });
      endings.push(() => connection.close());
      return connection;
    };
    const [shop, plant] = [await own('SHOP'), await own('PLANT')];
    const seen: string[] = [];
    shop.subscribe('>', { callback: (_, { subject }) => void seen.push(`SHOP ${subject}`) });
    plant.subscribe('>', { callback: (_, { subject }) => void seen.push(`PLANT ${subject}`) });
    await Promise.all([shop.flush(), plant.flush()]);
    const orders = await client(port, { user: 'a', pass: 'b' });
    orders.publish('orders.new');
    await vi.waitFor(() => expect(seen).toEqual(['SHOP orders.new']));
    // It is nobody whom the broker counts.
    expect(
      (await ask(broker, 'broker.people', { open: null, filter: '', sort: 'since', first: 0, count: 50 }))?.connections,
    ).toBe(1);
    expect(lines.join('\n')).not.toContain(token);
  });

  it('is told of accounts that a reload brings', async () => {
    const port = await freePort();
    const text = `listen: 127.0.0.1:${port}\n`;
    const broker = await open(text);
    const before = broker.access.value;
    await ask(broker, 'broker.config.apply', {
      text: `${text}accounts { NEW { users: [ { user: a, password: b } ] } }\n`,
    });
    await vi.waitFor(() => expect(broker.access.value.accounts.map(({ name }) => name)).toContain('NEW'));
    expect(broker.access.value).toMatchObject({ server: before.server, token: before.token });
  });
});

describe('people', () => {
  it('are shown, looked into and kicked', async () => {
    const port = await freePort();
    const broker = await open(`listen: 127.0.0.1:${port}\n`);
    const nats = await client(port, { name: 'worker' });
    nats.subscribe('jobs', { queue: 'workers' });
    await nats.flush();
    const look = () => ask(broker, 'broker.people', { open: null, filter: '', sort: 'since', first: 0, count: 50 });
    const person = (await look())?.rows.find((row) => row.kind === 'client');
    expect(person).toMatchObject({ name: 'worker', account: '$G', language: 'nats.js', subscriptions: 1 });
    const clientId = person?.kind === 'client' ? person.clientId : 0;
    expect(await ask(broker, 'broker.person', { clientId })).toMatchObject({
      permissions: null,
      subscriptions: [{ subject: 'jobs', queue: 'workers' }],
    });
    expect(await ask(broker, 'broker.kick', { clientId })).toEqual({ kicked: true });
    await vi.waitFor(() => expect(nats.isClosed()).toBe(true));
    expect(await ask(broker, 'broker.kick', { clientId })).toEqual({ kicked: false });
    await broker.stop();
    expect(await look()).toBeNull();
    await expect(ask(broker, 'broker.kick', { clientId })).rejects.toMatchObject({ code: 'broker-stopped' });
  });
});
