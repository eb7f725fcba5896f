/** The Electron front in Electron itself, wherever its binary is. */

import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, expect, test } from '@playwright/test';
import { freePort } from '../support/free-port.ts';
import { repository } from '../support/server-process.ts';

/** Path of the binary that the `electron` package fetched; undefined when it has not. */
function electronBinary(): string | undefined {
  const folder = join(repository, 'node_modules', 'electron');
  const note = join(folder, 'path.txt');
  if (!existsSync(note)) return undefined;
  const binary = join(folder, 'dist', readFileSync(note, 'utf8').trim());
  return existsSync(binary) ? binary : undefined;
}

const executablePath = electronBinary();
const canShow = process.platform !== 'linux' || Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']);
const missing =
  executablePath === undefined ? 'the Electron binary is not here' : canShow ? undefined : 'there is no display';
if (missing !== undefined) console.log(`electron: ${missing}; the window in Electron itself was not tested.`);

test('the window opens sandboxed, shows the local broker, and closes clean', async () => {
  test.skip(missing !== undefined, missing ?? '');
  const folder = await mkdtemp(join(tmpdir(), 'natscope-electron-'));
  const port = await freePort();
  const app = await _electron.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      join(repository, 'dist', 'electron', 'main.js'),
      `--data=${folder}`,
      `--broker-port=${port}`,
    ],
  });
  const page = await app.firstWindow();
  await expect(page.getByText(`nats://127.0.0.1:${port}`).first()).toBeVisible();
  expect(page.url()).toMatch(/^app:/);
  expect(await page.evaluate('typeof require + typeof process')).toBe('undefinedundefined');
  await app.close();
  await rm(folder, { recursive: true, force: true });
});
