import { mkdtempSync, readFileSync, rmSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MessagePort } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createClient } from '../../../electron/bridge/client.ts';
import type { Client } from '../../../electron/bridge/client.ts';
import { messagePortTransport } from '../../../electron/bridge/transports.ts';
import { createElectronDouble } from '../../support/electron-double.ts';
import type { DoubleOptions, ElectronDouble } from '../../support/electron-double.ts';

// The real main.ts and preload script; only the module `electron` is a double.
// Threads are started here, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 20_000, hookTimeout: 20_000 });

const argv = process.argv;
let folder: string;
let double: ElectronDouble | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'natscope-main-'));
});

afterEach(async () => {
  process.argv = argv;
  vi.unstubAllGlobals();
  if (double !== undefined && double.control.exits.length === 0) await quit(double);
  double = undefined;
  rmSync(folder, { recursive: true });
});

async function quit({ electron, control }: ElectronDouble): Promise<void> {
  electron.app.quit();
  await vi.waitFor(() => expect(control.exits).toEqual([0]), 10_000);
}

async function start(options: DoubleOptions = {}, ...args: string[]): Promise<ElectronDouble> {
  vi.resetModules();
  const made = createElectronDouble(options);
  double = made;
  vi.doMock('electron', () => made.electron);
  process.argv = ['electron', '.', `--data=${folder}`, '--broker-port=-1', ...args];
  await import('../../../electron/main.ts');
  await made.control.becomeReady();
  if (options.firstInstance !== false) await vi.waitFor(() => expect(made.control.windows).toHaveLength(1), 5000);
  return made;
}

/** Runs the real preload script in the window and takes the port it gives to the page. */
async function openPage({ control }: ElectronDouble): Promise<Client> {
  const given: { data: unknown; origin: string; ports: MessagePort[] }[] = [];
  vi.stubGlobal('location', { origin: 'app://natscope' });
  vi.stubGlobal('window', {
    postMessage: (data: unknown, origin: string, ports: MessagePort[]) => given.push({ data, origin, ports }),
  });
  await import('../../../electron/bridge/preload.ts');
  (control.exposed.get('natscopeFront') as { connect(): void }).connect();
  const [message] = given;
  expect(message).toMatchObject({ data: 'natscope-port', origin: 'app://natscope' });
  const port = message?.ports[0];
  if (port === undefined) throw new Error('no port was given');
  return createClient(messagePortTransport(port));
}

describe('the Electron front', () => {
  it('opens one window without any right of Node, and serves it from app://', async () => {
    const { control } = await start();
    const [window] = control.windows;
    expect(window?.url).toBe('app://natscope/');
    expect(window?.options.webPreferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
    });
    expect(window?.options.titleBarStyle).toBe('hidden');
    expect(window?.options.titleBarOverlay).toMatchObject({ height: 38 });
    expect(control.schemes).toEqual([{ scheme: 'app', privileges: expect.objectContaining({ secure: true }) }]);
    expect([...control.exposed.keys()]).toEqual([]);
  });

  it('gives the page a port to the core, over the real preload script', async () => {
    const started = await start();
    const client = await openPage(started);
    expect([...started.control.exposed.keys()]).toEqual(['natscopeFront']);
    await expect(client.request('app.info', {})).resolves.toMatchObject({ front: 'electron', dataFolder: folder });
    for await (const state of client.stream('broker.watch', {})) {
      if (state.phase === 'running') break;
      expect(state.phase).toBe('starting');
    }
    client.close();
  });

  it.each([
    ['a frame inside the page', { url: 'app://natscope/', parent: {} }],
    ['another origin', { url: 'https://evil.example/', parent: null }],
    ['an origin that begins like ours', { url: 'app://natscope.evil.example/', parent: null }],
    ['a frame that is gone', null],
  ])('gives nothing to %s', async (_, frame) => {
    const started = await start();
    started.control.senderFrame = frame;
    const client = await openPage(started);
    await client.closed;
    await expect(client.request('app.info', {})).rejects.toMatchObject({ code: 'closed' });
  });

  it('denies permissions, navigation, windows and requests to elsewhere', async () => {
    const { control } = await start();
    const contents = control.windows[0]?.webContents;
    for (const permission of ['media', 'geolocation', 'notifications', 'clipboard-read', 'openExternal', 'usb']) {
      expect(control.permissions.request(permission)).toBe(false);
      expect(control.permissions.check(permission)).toBe(false);
    }
    expect(control.permissions.request('clipboard-sanitized-write')).toBe(true);
    expect(contents?.navigate('https://evil.example/')).toBe(false);
    expect(contents?.navigate('file:///etc/passwd')).toBe(false);
    expect(contents?.navigate('app://natscope/')).toBe(true);
    expect(contents?.windowOpen?.({ url: 'https://evil.example/' })).toEqual({ action: 'deny' });
    expect(contents?.windowOpen?.({ url: 'https://docs.nats.io/nats-concepts' })).toEqual({ action: 'deny' });
    expect(control.openedOutside).toEqual(['https://docs.nats.io/nats-concepts']);
    expect(control.allowsRequest('https://evil.example/x.js')).toBe(false);
    expect(control.allowsRequest('app://natscope/assets/main.js')).toBe(true);
    expect(control.allowsRequest('app://natscope.evil.example/main.js')).toBe(false);
  });

  it('answers app:// with a strict policy and with nothing outside the window', async () => {
    const { control } = await start();
    for (const address of [
      'app://natscope/nothing.js',
      'app://natscope/..%2f..%2fpackage.json',
      'app://natscope/%2e%2e/%2e%2e/package.json',
      'app://other/',
    ]) {
      const answer = await control.fetch(address);
      expect(answer.status).toBe(404);
      expect(answer.headers.get('Content-Security-Policy')).toContain("default-src 'none'");
    }
    expect((await control.fetch('app://natscope/', { method: 'POST' })).status).toBe(405);
  });

  it('brings a link to the connect form, from the start, a second start and the system', async () => {
    const started = await start({}, 'nats://first.example:4222');
    const client = await openPage(started);
    const commands = client.stream('commands.watch', {})[Symbol.asyncIterator]();
    const next = async () => (await commands.next()).value as unknown;
    expect(await next()).toEqual({ command: 'connections.new', argument: 'nats://first.example:4222' });
    started.control.emitApp('second-instance', ['electron', '.', '--flag', 'tls://second.example']);
    expect(await next()).toEqual({ command: 'connections.new', argument: 'tls://second.example' });
    expect(started.control.windows[0]?.focused).toBe(true);
    expect(started.control.emitApp('open-url', 'nats://third.example')).toBe(true);
    expect(await next()).toEqual({ command: 'connections.new', argument: 'nats://third.example' });
    started.control.emitApp('open-url', 'file:///etc/passwd');
    started.control.emitApp('open-url', 'nats://fourth.example');
    expect(await next()).toMatchObject({ argument: 'nats://fourth.example' });
    client.close();
  });

  it('leaves the first instance alone when it is the second', async () => {
    const { control } = await start({ firstInstance: false });
    expect(control.windows).toHaveLength(0);
    expect(control.exits).toEqual([0]);
  });

  it('keeps the place of the window', async () => {
    const { control } = await start();
    const window = control.windows[0];
    if (window === undefined) throw new Error('no window');
    window.bounds = { x: 40, y: 30, width: 1400, height: 900 };
    window.close();
    expect(JSON.parse(readFileSync(join(folder, 'window.json'), 'utf8'))).toEqual({
      bounds: { x: 40, y: 30, width: 1400, height: 900 },
      maximized: false,
    });
  });

  it('follows the theme of the settings, and shows the broker in the tray', async () => {
    const started = await start();
    const client = await openPage(started);
    await client.request('settings.set', { theme: 'light' });
    await vi.waitFor(() => expect(started.control.themeSource).toBe('light'));
    expect(started.control.windows[0]?.overlay).toMatchObject({ color: '#f0f1f3', height: 38 });
    await vi.waitFor(() => expect(started.control.tray?.tip).toMatch(/^Natscope: nats:\/\/127\.0\.0\.1:\d+$/), 5000);
    client.close();
  });

  it('ends with its last window, its core first', async () => {
    const { control } = await start();
    control.windows[0]?.close();
    await vi.waitFor(() => expect(control.exits).toEqual([0]), 10_000);
    expect(control.tray?.destroyed).toBe(true);
    expect(existsSync(folder)).toBe(true);
  });

  it('lets a person choose a file', async () => {
    const started = await start({ chooseFile: () => '/home/me/app.creds' });
    const client = await openPage(started);
    await expect(client.request('dialog.file', { title: 'Credentials' })).resolves.toEqual({
      path: '/home/me/app.creds',
    });
    client.close();
  });
});
