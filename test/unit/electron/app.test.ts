import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connect } from '@nats-io/transport-node';
import { createApp } from '../../../electron/app.ts';
import type { App, AppOptions } from '../../../electron/app.ts';
import { createClient } from '../../../electron/bridge/client.ts';
import type { BrokerState } from '../../../electron/bridge/contract.ts';
import { bridgePair } from '../../support/bridge-pair.ts';

// Threads are started here, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 20_000, hookTimeout: 20_000 });

let folder: string;
const apps: App[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'natscope-app-'));
});

afterEach(async () => {
  for (const app of apps.splice(0)) await app.dispose();
  rmSync(folder, { recursive: true });
});

async function open(options: Partial<AppOptions> = {}) {
  const app = await createApp({ front: 'browser', dataFolder: folder, brokerPort: -1, ...options });
  apps.push(app);
  const [window, core] = bridgePair();
  app.attachWindow(core);
  return { app, client: createClient(window), window };
}

async function settled(app: App): Promise<BrokerState> {
  await vi.waitFor(() => expect(app.broker.state.value.phase).toMatch(/running|failed/), 10_000);
  return app.broker.state.value;
}

describe('the core', () => {
  it('hosts a broker that NATS clients use, and shows what they send without being asked', async () => {
    const { app, client } = await open();
    const { port } = await settled(app);
    for await (const states of client.stream('connections.watch', {})) {
      if (states.find(({ id }) => id === 'local')?.phase === 'connected') break;
    }
    const nats = await connect({ servers: `127.0.0.1:${port}` });
    nats.publish('orders.new', 'hello');
    await nats.flush();
    const { view } = await client.request('explorer.view.open', {
      connection: 'local',
      scope: 0,
      filter: null,
      sort: 'name',
      pausedAt: null,
    });
    await vi.waitFor(async () => {
      const pulled = await client.request('explorer.pull', {
        connection: 'local',
        view,
        tree: null,
        list: { first: 0, count: 10, tail: true },
      });
      expect(pulled.list?.rows.map((row) => row.subject)).toContain('orders.new');
    }, 5000);
    await nats.close();
  });

  it('runs the sample traffic and ends it', async () => {
    const { app, client } = await open();
    const { clients } = await settled(app);
    await expect(client.request('sample.set', { running: true })).resolves.toEqual({ running: true });
    await vi.waitFor(() => expect(app.broker.state.value.inMessages).toBeGreaterThan(20), 5000);
    await client.request('sample.set', { running: false });
    await vi.waitFor(() => expect(app.broker.state.value.clients).toBeLessThanOrEqual(clients + 1), 5000);
  });

  it('uses another port when the wanted one is taken, and says so', async () => {
    const other = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const { app } = await open({ brokerPort: port });
    const state = await settled(app);
    expect(state).toMatchObject({ phase: 'running', portWanted: port });
    expect(state.port).not.toBe(port);
    expect(state.problem).toBe(`Port ${port} is taken by another program. Port ${state.port} is used instead.`);
    other.close();
  });

  it('keeps settings between starts', async () => {
    const first = await open();
    await first.client.request('settings.set', { theme: 'light', panes: { 'explorer.tree': 300 } });
    await first.client.request('settings.set', { panes: { 'explorer.list': 200 } });
    await first.app.dispose();
    const second = await open();
    await expect(second.client.request('settings.get', {})).resolves.toMatchObject({
      theme: 'light',
      panes: { 'explorer.tree': 300, 'explorer.list': 200 },
    });
  });

  it('says when its folder cannot be used', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    await expect(createApp({ front: 'browser', dataFolder: file, brokerPort: -1 })).rejects.toThrow(
      /^The data folder .* cannot be used: .*--data\.$/,
    );
  });

  it('says what it cannot do', async () => {
    const { client, app } = await open();
    await expect(client.request('dialog.file', { title: 'x' })).rejects.toMatchObject({ code: 'unsupported' });
    await settled(app);
    await client.request('broker.stop', {});
    await expect(client.request('sample.set', { running: true })).rejects.toMatchObject({ code: 'broker-stopped' });
    await expect(client.request('broker.pending', {})).resolves.toBeNull();
  });

  it('leaves nothing behind that keeps its process alive', async () => {
    // A process of its own: here the test runner has handles, too.
    const script = `
      import { createApp } from ${JSON.stringify(new URL('../../../electron/app.ts', import.meta.url).href)};
      const app = await createApp({ front: 'browser', dataFolder: process.argv[2], brokerPort: -1 });
      const { port1, port2 } = new MessageChannel();
      app.attachWindow({
        send() {},
        start: (listener) => port1.once('close', listener.closed),
        close: () => port1.close(),
      });
      for await (const { phase } of app.broker.state.watch(new AbortController().signal)) {
        if (phase === 'running') break;
      }
      await app.broker.stop();
      await app.broker.start({ port: -1, whenTaken: 'offer' });
      await app.dispose();
      console.log(JSON.stringify(process.getActiveResourcesInfo().filter((name) => !/Pipe|TTY|FSReq/.test(name))));
    `;
    const file = join(folder, 'start-and-stop.mjs');
    writeFileSync(file, script);
    const child = spawn(process.execPath, [file, folder]);
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect({ said: said.trim(), code }).toEqual({ said: '[]', code: 0 });
  }, 15_000);
});
