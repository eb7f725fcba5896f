import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { browserSession, connectionState, openBridge, readCounters, readSaid } from '../support/bridge-window.ts';
import { nodePath, repository } from '../support/server-process.ts';
import { expect, test } from './fixtures.ts';

const publisher = join(repository, 'test', 'bench', 'publisher.ts');

/** Publishes from a process of its own; resolves to how many messages it sent. */
async function publish(port: number, options: Record<string, number | string>): Promise<number> {
  const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = spawn(nodePath, [publisher, '--port', String(port), ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  await new Promise((resolve) => child.on('close', resolve));
  return (JSON.parse(output) as { sent: number }).sent;
}

test('received = kept + evicted + dropped + excluded, and what was sent, under load', async ({ app, explorer }) => {
  const bridge = await openBridge(app, await browserSession(app));
  // The smallest budget there is, so that the oldest messages have to go while the test runs.
  await bridge.request('settings.set', { captureBytesMax: 16 * 1024 * 1024 });
  await bridge.request('subscriptions.add', { connection: 'local', subject: 'noise.>', exclude: true });
  await connectionState(bridge, 'local', (state) => state.phase === 'connected');
  const before = await readSaid(bridge, 'local');
  const [load, noise] = await Promise.all([
    publish(app.brokerPort, { rate: 25_000, seconds: 5, subjects: 3000, size: 160 }),
    publish(app.brokerPort, { rate: 2_000, seconds: 4, subjects: 50, size: 64, prefix: 'noise' }),
  ]);
  const sent = load + noise;
  await expect.poll(async () => (await readSaid(bridge, 'local')) - before).toBe(sent);
  // The server speaks of itself too, now and then; both are asked until they tell of the same moment.
  await expect
    .poll(async () => (await explorer.counters()).received - (await readCounters(bridge, 'local')).received)
    .toBe(0);
  const shown = await explorer.counters();
  expect(shown.kept + shown.evicted + shown.dropped + shown.excluded).toBe(shown.received);
  expect(shown.evicted, 'the budget made old messages go').toBeGreaterThan(0);
  expect(shown.excluded).toBe(noise);

  const told = await readCounters(bridge, 'local');
  expect(told.budgetUsedBytes).toBeLessThanOrEqual(told.budgetBytes);
  expect(told.received).toBeGreaterThanOrEqual(shown.received);
  bridge.close();
});

test('a view that nobody looks at goes on recording', async ({ app, bridge, client, explorer, page }) => {
  await explorer.ready();
  await page.goto('about:blank');
  for (let index = 0; index < 1000; index++) client.publish('hidden.count', String(index));
  await client.flush();
  await expect.poll(() => readSaid(bridge, 'local')).toBe(1000);
  await page.goto(app.origin);
  await explorer.ready();
  await expect.poll(async () => (await explorer.counters()).kept).toBeGreaterThanOrEqual(1000);
  await expect(explorer.treeRow('hidden').locator('.c-count')).toHaveText(/^1\s?000$/);
});
