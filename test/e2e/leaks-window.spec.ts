import type { CDPSession, Page } from '@playwright/test';
import { profileFor } from '../support/bridge-window.ts';
import { startApplication } from '../support/application.ts';
import { expect, test } from './fixtures.ts';

interface Held {
  nodes: number;
  listeners: number;
  heap: number;
  documents: number;
}

/** What the page holds after everything that can go has gone. */
async function held(page: Page, cdp: CDPSession): Promise<Held> {
  await page.waitForTimeout(300);
  for (let round = 0; round < 2; round++) await cdp.send('HeapProfiler.collectGarbage');
  const { metrics } = await cdp.send('Performance.getMetrics');
  const named = Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
  return {
    nodes: named['Nodes'] ?? 0,
    listeners: named['JSEventListeners'] ?? 0,
    heap: named['JSHeapUsedSize'] ?? 0,
    documents: named['Documents'] ?? 0,
  };
}

const rounds = 30;
const warmUpRounds = 4;
/** Rows differ a little from one moment to the next; a leak of one node a round would be 30. */
const nodesSlack = 25;
/** A live list draws other messages, with more or fewer values in a row, at every look. */
const rowsNodesSlack = 800;
const listenersSlack = 15;
/** Code that is compiled better after some rounds is kept; a view that stays behind would be several times this. */
const heapBytesSlack = 4_000_000;

test('walking through views, panes and the palette leaves nothing in the page', async ({ client, explorer, page }) => {
  for (let index = 0; index < 200; index++) client.publish(`orders.${index % 20}`, JSON.stringify({ index }));
  await client.flush();
  await explorer.inspect('orders.3');
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable');
  const walk = async (): Promise<void> => {
    for (const view of ['Connections', 'Settings', 'About', 'Explorer']) {
      await page.getByRole('navigation').getByRole('button', { name: view, exact: true }).click();
    }
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill('orders');
    await page.keyboard.press('Escape');
    await page.getByRole('tab', { name: 'Log' }).click();
    await page.getByRole('tab', { name: 'Composer' }).click();
    await page.keyboard.press('Control+Alt+b');
    await page.keyboard.press('Control+Alt+b');
    await expect(explorer.inspector).toBeVisible();
  };
  for (let round = 0; round < warmUpRounds; round++) await walk();
  const before = await held(page, cdp);
  for (let round = 0; round < rounds; round++) await walk();
  const after = await held(page, cdp);
  expect(after.documents).toBeLessThanOrEqual(before.documents);
  expect(after.nodes - before.nodes).toBeLessThan(nodesSlack);
  expect(after.listeners - before.listeners).toBeLessThan(listenersSlack);
  expect(after.heap - before.heap).toBeLessThan(heapBytesSlack);
});

test('switching between two live connections leaves nothing in the page', async ({
  app,
  bridge,
  connectPage,
  explorer,
  page,
  startNatsServer,
}) => {
  const server = await startNatsServer();
  await bridge.request('connections.save', { profile: profileFor('remote', server.port, { subscribe: ['>'] }) });
  await bridge.request('connections.open', { connection: 'remote' });
  const applications = [
    await startApplication({ port: server.port, rate: 100 }),
    await startApplication({ port: app.brokerPort, rate: 100 }),
  ];
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable');
  const visit = async (): Promise<void> => {
    for (const name of ['remote', 'local']) {
      await connectPage.tab(name).click();
      await explorer.treeRow('fleet').click();
      await expect(explorer.messages.last()).toBeVisible();
    }
  };
  // Every subject has been seen by then, and both lists are full.
  for (let round = 0; round < warmUpRounds * 2; round++) await visit();
  const before = await held(page, cdp);
  for (let round = 0; round < rounds; round++) await visit();
  const after = await held(page, cdp);
  expect(after.nodes - before.nodes).toBeLessThan(rowsNodesSlack);
  expect(after.listeners - before.listeners).toBeLessThan(listenersSlack);
  expect(after.heap - before.heap).toBeLessThan(heapBytesSlack);
  for (const application of applications) await application.stop();
});
