/** The Electron front: the real main.ts and preload script over the double of `electron`, its window in Chromium. */

import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test as base } from '@playwright/test';

interface Front {
  address: string;
  process: ChildProcessWithoutNullStreams;
  /** Resolves with the exit code. */
  ended: Promise<number | null>;
}

const program = join(import.meta.dirname, '../support/electron-front.ts');
const startMsMax = 20_000;

const test = base.extend<{ front: Front }>({
  // Playwright reads what a fixture needs from its first argument; this one needs nothing.
  // eslint-disable-next-line no-empty-pattern
  front: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'natscope-electron-'));
    const child = spawn(process.execPath, [program, `--data=${folder}`, '--broker-port=-1']);
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    let said = '';
    const address = await new Promise<string>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`No window after ${startMsMax} ms:\n${said}`)), startMsMax);
      const take = (text: string) => {
        said += text;
        const found = /Window: (\S+)/.exec(said)?.[1];
        if (found === undefined) return;
        clearTimeout(timer);
        resolve(found);
      };
      child.stdout.setEncoding('utf8').on('data', take);
      child.stderr.setEncoding('utf8').on('data', take);
    });
    await use({ address, process: child, ended });
    child.kill('SIGKILL');
    await ended;
    await rm(folder, { recursive: true, force: true });
  },
});

test('the window shows the local broker over the preload script, and quits clean', async ({ front, page }) => {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(front.address);
  await expect(page.getByText(/nats:\/\/127\.0\.0\.1:\d+/).first()).toBeVisible();
  expect(await page.evaluate('Object.keys(window.natscopeFront)')).toEqual(['connect']);
  expect(complaints).toEqual([]);
  front.process.stdin.write('quit\n');
  expect(await front.ended).toBe(0);
});

test('a link fills the connect form and connects to nothing', async ({ front, page }) => {
  await page.goto(front.address);
  await expect(page.getByText(/nats:\/\/127\.0\.0\.1:\d+/).first()).toBeVisible();
  front.process.stdin.write('link nats://demo.example:4333\n');
  await expect(page.locator('input').and(page.locator(':focus'))).toHaveValue('nats://demo.example:4333');
});
