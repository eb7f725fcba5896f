import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { defaultDataFolder } from '../../../../electron/data-folder.ts';
import { parseFrontArguments } from '../../../../electron/platform/arguments.ts';
import { findDeepLink, parseDeepLink } from '../../../../electron/platform/deep-links.ts';
import { menuTemplate } from '../../../../electron/platform/menu.ts';
import { systemVault } from '../../../../electron/platform/vault.ts';
import { readWindowState, writeWindowState } from '../../../../electron/platform/window-state.ts';

describe('a deep link', () => {
  it.each(['nats://127.0.0.1:4222', 'nats://user:pass@host', 'tls://demo.example', 'wss://demo.example/nats'])(
    '%s is an address',
    (link) => expect(parseDeepLink(link)).toBe(link),
  );

  it.each([
    'file:///etc/passwd',
    'javascript:alert(1)',
    'nats://',
    'nats:',
    'nats://a b',
    'nats://a\nb',
    `nats://${'a'.repeat(3000)}`,
    '--flag',
    '',
  ])('%j is none', (link) => expect(parseDeepLink(link)).toBeNull());

  it('is found among the arguments of a start', () => {
    expect(findDeepLink(['nats://program', '.', '--data', '/tmp', 'nats://host'])).toBe('nats://host');
    expect(findDeepLink(['electron', '.', '--allow-file'])).toBeNull();
  });
});

describe('the place of the window', () => {
  let folder: string;
  const screens = [{ x: 0, y: 0, width: 1920, height: 1080 }];
  const initial = { bounds: { width: 1280, height: 800 }, maximized: false };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'natscope-window-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is kept', () => {
    const file = join(folder, 'below/window.json');
    const state = { bounds: { x: 10, y: 20, width: 1300, height: 810 }, maximized: true };
    writeWindowState(file, state);
    expect(readWindowState(file, screens)).toEqual(state);
  });

  it('is given up when its screen is gone', () => {
    const file = join(folder, 'window.json');
    writeWindowState(file, { bounds: { x: 3000, y: 20, width: 1300, height: 810 }, maximized: false });
    expect(readWindowState(file, screens)).toEqual({ bounds: { width: 1300, height: 810 }, maximized: false });
  });

  it.each(['', '{', 'null', '[]', '{"bounds":{"width":"x","height":1}}', '{"bounds":{}}'])(
    'is the first one when the file holds %j',
    (content) => {
      const file = join(folder, 'window.json');
      writeFileSync(file, content);
      expect(readWindowState(file, screens)).toEqual(initial);
    },
  );

  it('that cannot be written is no error', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => writeWindowState(join(folder, 'file/window.json'), initial)).not.toThrow();
  });
});

it('a key store that only seems to be one is not used', () => {
  const storage = {
    isEncryptionAvailable: () => true,
    getSelectedStorageBackend: () => 'basic_text' as const,
    encryptString: (text: string) => Buffer.from(text),
    decryptString: (bytes: Buffer) => bytes.toString(),
  } as unknown as Electron.SafeStorage;
  expect(systemVault(storage, 'linux').available()).toBe(false);
  expect(systemVault(storage, 'darwin').available()).toBe(true);
  expect(systemVault(storage, 'linux').decrypt(systemVault(storage, 'linux').encrypt('s3cret'))).toBe('s3cret');
});

it('the command line is read between the flags of Chromium', () => {
  expect(
    parseFrontArguments(['electron', '.', '--no-sandbox', '--data=/tmp/x', '--broker-port=-1', 'nats://h']),
  ).toEqual({
    dataFolder: '/tmp/x',
    brokerPort: -1,
  });
  expect(parseFrontArguments(['electron', '.', '--broker-port=70000', '--data'])).toEqual({});
});

it('the data folder is the same for both fronts', () => {
  expect(defaultDataFolder('linux', {}, '/home/me')).toBe('/home/me/.config/Natscope');
  expect(defaultDataFolder('linux', { XDG_CONFIG_HOME: '/x' }, '/home/me')).toBe('/x/Natscope');
  expect(defaultDataFolder('darwin', {}, '/Users/me')).toBe('/Users/me/Library/Application Support/Natscope');
});

it.each(['linux', 'darwin', 'win32'] as const)('the menu on %s sends commands that the window knows', (platform) => {
  const send = vi.fn();
  const click = (items: Electron.MenuItemConstructorOptions[]) => {
    for (const item of items) {
      (item.click as (() => void) | undefined)?.();
      if (Array.isArray(item.submenu)) click(item.submenu);
    }
  };
  click(menuTemplate({ platform, send }));
  expect(
    send.mock.calls
      .flat()
      .map(({ command }: { command: string }) => command)
      .sort(),
  ).toEqual(['connections.new', 'palette.open', 'settings.open']);
});
