import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { connect } from '@nats-io/transport-node';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createBrokerHost } from '../../../../electron/broker-host/host.ts';
import type { BrokerHost } from '../../../../electron/broker-host/host.ts';
import { threadFiles } from '../../../../electron/places.ts';

// Threads are started here, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 20_000, hookTimeout: 20_000 });

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end();
});

function open(threadFile: URL = threadFiles.broker): { host: BrokerHost; lines: string[] } {
  const lines: string[] = [];
  const log = (level: string, text: string) => void lines.push(`${level} ${text}`);
  const host = createBrokerHost({ threadFile, log, version: '0', stopMsMax: 300 });
  endings.push(() => host.dispose());
  return { host, lines };
}

/** As the default, on a port of the test's. */
function config(port: number, more = ''): { file: string; text: string } {
  return { file: '/nowhere/nats-server.conf', text: `server_name: natscope\nlisten: "127.0.0.1:${port}"\n${more}` };
}

/** Somebody else on a port. What it says first is up to the test. */
async function occupy(greeting = ''): Promise<number> {
  const server: Server = createServer((socket) => {
    socket.on('error', () => undefined);
    if (greeting === '') socket.destroy();
    else socket.end(greeting);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endings.push(() => new Promise((resolve) => server.close(resolve)));
  return (server.address() as AddressInfo).port;
}

/** A thread of our own instead of the broker's. */
function threadOf(source: string): URL {
  const folder = mkdtempSync(join(tmpdir(), 'natscope-thread-'));
  endings.push(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'thread.mjs');
  writeFileSync(file, `import { parentPort } from 'node:worker_threads';\n${source}`);
  return pathToFileURL(file);
}

const facts = `{ host: '127.0.0.1', port: 1234, ownPort: 1235 }`;
const stats = `{ serverId: 'S', serverName: 'n', startedAt: 1000, connections: 0, subscriptions: 0, inMessages: 0,
  outMessages: 0, slowConsumers: 0, memoryBytes: 0 }`;

describe('the broker host', () => {
  it('starts, tells what goes on, and stops', async () => {
    const { host, lines } = open();
    const running = await host.start({ config: config(-1), whenTaken: 'offer' });
    expect(running).toMatchObject({ phase: 'running', host: '127.0.0.1', serverName: 'natscope', clients: 0 });
    expect(running.startedAt).toBeGreaterThan(1_700_000_000_000_000);
    const nats = await connect({ servers: `127.0.0.1:${running.port}` });
    nats.subscribe('a.>');
    nats.publish('a.b', 'x');
    await nats.flush();
    await vi.waitFor(
      () => expect(host.state.value).toMatchObject({ clients: 1, subscriptions: 1, inMessages: 1, outMessages: 1 }),
      5000,
    );
    const clientId = nats.info?.client_id ?? 0;
    await expect(host.ask('pending', { clientId })).resolves.toBe(0);
    await expect(host.ask('pending', { clientId: 9999 })).resolves.toBeNull();
    await nats.close();
    await expect(host.stop()).resolves.toMatchObject({ phase: 'stopped', port: 0, clients: 0 });
    await expect(host.ask('pending', { clientId: 1 })).rejects.toMatchObject({ code: 'broker-stopped' });
    await expect(connect({ servers: `127.0.0.1:${running.port}`, reconnect: false })).rejects.toThrow();
    expect(lines.some((line) => line.startsWith('info '))).toBe(true);
  });

  it('starts again, also on another port', async () => {
    const { host } = open();
    const first = await host.start({ config: config(-1), whenTaken: 'offer' });
    await host.stop();
    const second = await host.start({ config: config(first.port), whenTaken: 'offer' });
    expect(second).toMatchObject({ phase: 'running', port: first.port });
    expect(second.serverId).not.toBe(first.serverId);
    const third = await host.start({ config: config(-1), whenTaken: 'offer' });
    expect(third.phase).toBe('running');
    expect(third.port).not.toBe(first.port);
  });

  it('offers a free port when the wanted one is taken', async () => {
    const port = await occupy();
    const { host } = open();
    const state = await host.start({ config: config(port), whenTaken: 'offer' });
    expect(state).toMatchObject({ phase: 'failed', port: 0, portWanted: port });
    expect(state.problem).toBe(`Port ${port} is taken by another program. Port ${state.portOffered} is free.`);
    const accepted = await host.start({ config: config(state.portOffered ?? 0), whenTaken: 'offer' });
    expect(accepted).toMatchObject({ phase: 'running', port: state.portOffered });
    expect(accepted.problem).toBeUndefined();
  });

  it('uses the next free port when it may', async () => {
    const port = await occupy();
    const { host } = open();
    const state = await host.start({ config: config(port), whenTaken: 'use-another' });
    expect(state).toMatchObject({ phase: 'running', portWanted: port });
    expect(state.port).toBeGreaterThan(0);
    expect(state.port).not.toBe(port);
    expect(state.problem).toContain(`Port ${state.port} is used instead.`);
  });

  it.each([
    ['INFO {"server_id":"X","version":"2.10.27"} \r\n', 'nats-server 2.10.27 is there already'],
    [
      'INFO {"server_id":"X","version":"2.15.1","server_name":"natscope"} \r\n',
      'another Natscope 2.15.1 is there already',
    ],
    ['INFO {broken\r\n', 'taken by another program'],
    ['220 mail.example ESMTP\r\n', 'taken by another program'],
  ])('says who is on the port that greets with %j', async (greeting, text) => {
    const port = await occupy(greeting);
    const { host } = open();
    expect((await host.start({ config: config(port), whenTaken: 'offer' })).problem).toContain(text);
  });

  it('reports a broker that crashes, and starts another', async () => {
    const thread = threadOf(`
      parentPort.postMessage({ type: 'started', facts: ${facts}, accounts: [], stats: ${stats} });
      setTimeout(() => { throw new Error('out of luck'); }, 50);`);
    const { host, lines } = open(thread);
    await expect(host.start({ config: config(1234), whenTaken: 'offer' })).resolves.toMatchObject({ phase: 'running' });
    const asked = host.ask('pending', { clientId: 1 });
    asked.catch(() => undefined);
    await vi.waitFor(() => expect(host.state.value.phase).toBe('failed'), 5000);
    expect(host.state.value.problem).toBe('The broker ended unexpectedly: out of luck. Start it again.');
    expect(lines).toContain('error The broker ended unexpectedly: out of luck. Start it again.');
    await expect(asked).rejects.toMatchObject({ code: 'thread-ended' });
    await expect(host.start({ config: config(1234), whenTaken: 'offer' })).resolves.toMatchObject({ phase: 'running' });
  });

  it('says when the thread cannot even be loaded', async () => {
    const { host } = open(threadOf(`throw new Error('no such library');`));
    await expect(host.start({ config: config(-1), whenTaken: 'offer' })).resolves.toMatchObject({
      phase: 'failed',
      problem: 'The broker could not start: no such library.',
    });
  });

  it('ends a broker that does not stop', async () => {
    const thread = threadOf(`
      parentPort.on('message', () => {});
      parentPort.postMessage({ type: 'started', facts: ${facts}, accounts: [], stats: ${stats} });`);
    const { host, lines } = open(thread);
    await host.start({ config: config(1234), whenTaken: 'offer' });
    await host.stop();
    expect(lines).toContain('warn The broker did not stop within 300 ms and was ended.');
  });
});
