import { headers } from '@nats-io/transport-node';
import { plain } from './explorer-page.ts';
import { expect, test } from './fixtures.ts';

test('what a client publishes stands in tree, list and inspector exactly as it was sent', async ({
  client,
  explorer,
}) => {
  const fields = headers();
  fields.set('X-Region', 'eu-central-1');
  fields.append('X-Tag', 'one');
  fields.append('X-Tag', 'two');
  client.publish('orders.eu.10482', '{"id":9007199254740993,"state":"paid"}', {
    headers: fields,
    reply: 'answers.here',
  });
  client.publish('orders.eu.10483', 'plain words');
  client.publish('orders.us.20001', '');
  await client.flush();

  await expect(explorer.treeRow('orders')).toBeVisible();
  expect(await explorer.treeCell('orders', 'value')).toBe('3 subjects');
  expect(await explorer.treeCell('orders', 'count')).toBe('3');
  await explorer.open('orders.eu.10482');
  expect(await explorer.treeCell('orders.eu', 'value')).toBe('2 subjects');
  // A number above 2^53 is not rounded anywhere on its way.
  await expect(explorer.treeRow('orders.eu.10482').locator('.val')).toContainText('9007199254740993');

  await expect(explorer.messages).toHaveCount(1);
  await explorer.message('orders.eu.10482').click();
  await expect(explorer.inspector).toContainText('orders.eu.10482');
  expect(await explorer.payloadLines()).toEqual(['{', '"id": 9007199254740993,', '"state": "paid"', '}']);
  expect(await explorer.fact('Reply')).toBe('answers.here');
  const shown = await explorer.inspector.getByRole('group', { name: 'Headers' }).locator('> div').allTextContents();
  expect(shown.map(plain)).toEqual(['X-Region eu-central-1', 'X-Tag one', 'X-Tag two']);

  await explorer.inspect('orders.eu.10483');
  await expect.poll(() => explorer.payloadLines()).toEqual(['plain words']);
  expect(await explorer.hexBytes()).toBe('70 6c 61 69 6e 20 77 6f 72 64 73');
});

test('counts, rates and last values move while a real application runs', async ({ app, explorer, page }) => {
  const { startApplication } = await import('../support/application.ts');
  await using application = await startApplication({ port: app.brokerPort });
  await expect(explorer.treeRow('fleet')).toBeVisible();
  await expect(explorer.treeRow('pricing')).toBeVisible();
  await explorer.open('fleet.north.v-101.position');
  const first = await explorer.treeCell('fleet.north.v-101.position', 'value');
  await expect.poll(() => explorer.treeCell('fleet.north.v-101.position', 'value')).not.toBe(first);
  await expect
    .poll(async () => Number((await explorer.treeCell('fleet', 'rate')).replaceAll(' ', '')))
    .toBeGreaterThan(10);
  // Requests and replies are told apart from what is merely published.
  await expect(explorer.list.getByRole('img', { name: 'publish' }).first()).toBeVisible();
  await explorer.treeRow('pricing').click();
  await expect(explorer.list.getByRole('img', { name: 'request' }).first()).toBeVisible();
  await application.stop();
  const counters = await explorer.counters();
  expect(counters.received).toBeGreaterThanOrEqual(application.published);
  expect(counters.kept + counters.evicted + counters.dropped + counters.excluded).toBe(counters.received);
  await page.screenshot();
});

test('the list follows the scope that the tree selects, and the tail', async ({ client, explorer }) => {
  for (let index = 0; index < 200; index++) {
    client.publish(`a.${index % 4}`, String(index));
    client.publish('b.only', String(index));
  }
  await client.flush();
  await explorer.treeRow('b').click();
  await expect(explorer.messages.last()).toContainText('199');
  await expect(explorer.message('a.1')).toHaveCount(0);
  client.publish('b.only', 'newest');
  await expect(explorer.messages.last()).toContainText('newest');
});

test('the empty explorer says where to connect and what to do', async ({ app, explorer, page }) => {
  await expect(page.getByText(`nats://127.0.0.1:${app.brokerPort}`).first()).toBeVisible();
  await page.getByRole('button', { name: /sample traffic/i }).click();
  await expect(explorer.treeRow('orders')).toBeVisible();
  await expect(explorer.treeRow('sensors')).toBeVisible();
});
