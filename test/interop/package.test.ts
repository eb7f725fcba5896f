import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { extractAll, listPackage } from '@electron/asar';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { connect } from '@nats-io/transport-node';
import { build, Platform } from 'electron-builder';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle } from '../../build/bundle.ts';
import { installerConfiguration } from '../../build/installers.ts';

/**
 * Packs the app against a folder that stands in for Electron's distribution, which cannot be fetched everywhere: it has
 * the files that packing touches, among them a program that is nothing but Electron's fuses. What is packed is then
 * taken out of the archive, as Node cannot read it, and run.
 */

let folder: string;
let packed: string;
let app: string;
const children: ChildProcess[] = [];

/** States of a fuse: the digits 0 and 1. */
const [off, on] = [0x30, 0x31];
/** Marks the place of the fuses in Electron's program. A wire follows: version, number of fuses, one state each. */
const fuseSentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';

function writeStandIn(target: string): void {
  mkdirSync(join(target, 'locales'), { recursive: true });
  mkdirSync(join(target, 'resources'), { recursive: true });
  const fuses = Buffer.from([1, 9, ...Buffer.from('111111111')]);
  writeFileSync(join(target, 'electron'), Buffer.concat([Buffer.alloc(64), Buffer.from(fuseSentinel), fuses]));
  chmodSync(join(target, 'electron'), 0o755);
  writeFileSync(join(target, 'locales/en-US.pak'), '');
  writeFileSync(join(target, 'version'), '45.4.1');
  for (const name of ['LICENSE', 'LICENSES.chromium.html', 'chrome-sandbox']) writeFileSync(join(target, name), '');
}

beforeAll(async () => {
  await bundle();
  folder = mkdtempSync(join(tmpdir(), 'natscope-package-'));
  const electronFolder = join(folder, 'electron');
  writeStandIn(electronFolder);
  await build({
    targets: Platform.LINUX.createTarget('dir'),
    config: installerConfiguration({ electronFolder, output: join(folder, 'installers') }),
  });
  const unpacked = readdirSync(join(folder, 'installers')).find((name) => name.endsWith('-unpacked'));
  packed = join(folder, 'installers', unpacked ?? 'missing');
  app = join(folder, 'app');
  extractAll(join(packed, 'resources/app.asar'), app);
}, 240_000);

afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

describe('the packed app', () => {
  it('holds what runs, and no package, source or test', () => {
    const files = listPackage(join(packed, 'resources/app.asar'), { isPack: false });
    for (const name of [
      '/package.json',
      '/dist/electron/main.js',
      '/dist/electron/preload.cjs',
      '/dist/electron/broker-thread.js',
      '/dist/electron/connection-thread.js',
      '/dist/renderer/index.html',
      '/dist/icons/icon.png',
    ]) {
      expect(files).toContain(name);
    }
    expect(files.filter((name) => /node_modules|\.ts$|\.map$|^\/(test|electron|renderer|broker)\b/.test(name))).toEqual(
      [],
    );
  });

  it('has its fuses set', async () => {
    const wire = await getCurrentFuseWire(join(packed, 'natscope'));
    expect(wire[FuseV1Options.RunAsNode]).toBe(off);
    expect(wire[FuseV1Options.EnableCookieEncryption]).toBe(on);
    expect(wire[FuseV1Options.EnableNodeOptionsEnvironmentVariable]).toBe(off);
    expect(wire[FuseV1Options.EnableNodeCliInspectArguments]).toBe(off);
    expect(wire[FuseV1Options.EnableEmbeddedAsarIntegrityValidation]).toBe(on);
    expect(wire[FuseV1Options.OnlyLoadAppFromAsar]).toBe(on);
    expect(wire[FuseV1Options.GrantFileProtocolExtraPrivileges]).toBe(off);
  });

  it('passes on the licences of what it contains', () => {
    const notices = readFileSync(join(packed, 'resources/THIRD-PARTY-NOTICES.txt'), 'utf8');
    for (const name of ['@nats-io/nats-core', 'ws ', 'svelte ', '@msgpack/msgpack'])
      expect(notices).toContain(`\n${name}`);
    expect(existsSync(join(packed, 'resources/LICENSE'))).toBe(true);
  });

  it('starts its core from the archive, and NATS clients use it', async () => {
    const data = join(folder, 'data');
    const flags = ['--port', '0', '--broker-port', '-1', '--no-open', '--data', data];
    const child = spawn(process.execPath, [join(app, 'dist/electron/serve.js'), ...flags], { cwd: folder });
    children.push(child);
    const address = await printed(child, /NATS: (nats:\/\/127\.0\.0\.1:\d+)/);
    const client = await connect({ servers: address, reconnect: false });
    const subscription = client.subscribe('hello', { max: 1 });
    client.publish('hello', 'packed');
    for await (const message of subscription) expect(message.string()).toBe('packed');
    await client.close();
    const ended = new Promise((resolve) => child.on('close', resolve));
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  it('brings natscope-server as a program of its own', async () => {
    const run = promisify(execFile);
    const { stdout } = await run(process.execPath, [join(packed, 'resources/broker/cli.js'), '--version']);
    expect(stdout).toMatch(/^nats-server: v2\.15\.1/);
  });
});

/** The first group of a pattern, once the process has printed it. */
function printed(child: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const take = (text: string) => {
      said += text;
      const match = pattern.exec(said);
      if (match?.[1] !== undefined) resolve(match[1]);
    };
    child.stdout?.setEncoding('utf8').on('data', take);
    child.stderr?.setEncoding('utf8').on('data', take);
    child.on('close', (code) => reject(new Error(`It ended with ${code} and said:\n${said}`)));
  });
}
