import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { headers, type MsgHdrs, type NatsConnection } from '@nats-io/transport-node';
import type { Client } from '../../electron/bridge/client.ts';
import type { BucketSettings } from '../../electron/bridge/contract.ts';
import { defaultSettings } from '../../electron/buckets/bucket-config.ts';
import { connectionState, profileFor } from '../support/bridge-window.ts';
import { BucketsPage } from './buckets-page.ts';
import { plain } from './explorer-page.ts';
import { expect, test as base } from './fixtures.ts';

interface System {
  port: number;
  /** A client beside the app. */
  client: NatsConnection;
  make: (name: string, change?: Partial<BucketSettings>) => Promise<void>;
  put: (bucket: string, key: string, value: string) => Promise<number>;
  consumers: (bucket: string) => Promise<number>;
  connection: string;
  bridge: Client;
}

const test = base.extend<{ system: System; kv: BucketsPage }>({
  system: async ({ bridge, connectClient, connectPage, startNatsServer }, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'natscope-kv-'));
    const server = await startNatsServer(['-js', '-sd', folder]);
    const client = await connectClient({ servers: `127.0.0.1:${server.port}` });
    const connection = 'remote';
    await bridge.request('connections.save', { profile: profileFor(connection, server.port) });
    await bridge.request('connections.open', { connection });
    await connectionState(bridge, connection, ({ phase }) => phase === 'connected');
    await connectPage.tab(connection).click();
    await use({
      port: server.port,
      client,
      connection,
      bridge,
      async make(name, change = {}) {
        const settings = { ...defaultSettings(name), ...change };
        await bridge.request('buckets.apply', { connection, kind: 'kv', bucket: null, settings });
      },
      async put(bucket, key, value) {
        const ack = await client.request(`$KV.${bucket}.${key}`, value);
        return ack.json<{ seq: number }>().seq;
      },
      async consumers(bucket) {
        const info = await client.request(`$JS.API.STREAM.INFO.KV_${bucket}`);
        return info.json<{ state: { consumer_count: number } }>().state.consumer_count;
      },
    });
    await rm(folder, { recursive: true, force: true });
  },
  kv: async ({ page, system }, use) => {
    expect(system.port).toBeGreaterThan(0);
    await use(new BucketsPage(page, 'kv'));
  },
});

test('a bucket is made in the form, reviewed, changed, and deleted by its name', async ({ kv, page, system }) => {
  await kv.open();
  await expect(page.getByText('No key-value bucket here yet')).toBeVisible();
  await page.getByRole('button', { name: 'New bucket' }).last().click();
  const field = (name: string) => kv.dialog.getByRole('textbox', { name, exact: true });
  await field('Name').fill('con fig');
  await kv.dialog.getByRole('button', { name: 'Review' }).click();
  await expect(kv.dialog).toContainText('Letters, digits, - and _');
  await field('Name').fill('config');
  await field('History').fill('5');
  await field('TTL').fill('2h');
  await field('Bucket size').fill('64 MiB');
  await kv.dialog.getByRole('button', { name: 'Review' }).click();
  await expect(kv.dialog).toContainText('"max_age": 7200000000000');
  await kv.dialog.getByRole('button', { name: 'Create', exact: true }).click();
  await expect(kv.bucket('config')).toBeVisible();
  await expect(page.getByText('No keys in config')).toBeVisible();

  await kv.run('Edit bucket');
  await field('History').fill('10');
  await kv.dialog.getByRole('button', { name: 'Review' }).click();
  const changed = kv.dialog.locator('.ln.chg');
  await expect(changed).toHaveCount(1);
  await expect(changed).toContainText('"max_msgs_per_subject": 10');
  await expect(changed.locator('.was')).toHaveText('5');
  await kv.dialog.getByRole('button', { name: 'Apply' }).click();
  await expect(kv.dialog).toBeHidden();

  // What the server refuses stands in the dialog, and what was written stays.
  await kv.run('Edit bucket');
  await field('Replicas').fill('3');
  await kv.dialog.getByRole('button', { name: 'Review' }).click();
  await kv.dialog.getByRole('button', { name: 'Apply' }).click();
  await expect(kv.dialog.getByRole('alert')).toContainText('10074');
  await kv.dialog.getByRole('button', { name: 'Back' }).click();
  await expect(field('Replicas')).toHaveValue('3');
  await page.keyboard.press('Escape');

  await system.put('config', 'a', '1');
  await kv.run('Delete bucket');
  await expect(kv.dialog.getByRole('button', { name: 'Delete' })).toHaveAttribute('aria-disabled', 'true');
  await kv.dialog.getByRole('textbox', { name: 'Its name' }).fill('config');
  await kv.dialog.getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByText('No key-value bucket here yet')).toBeVisible();
});

test('values follow what others do, and nothing is left at the server by looking', async ({ kv, system }) => {
  await system.make('config', { history: 5 });
  await system.put('config', 'checkout.limits', '{"max":80}');
  await system.put('config', 'checkout.tax.de', '0.19');
  await kv.open();
  await kv.select('checkout.limits');
  await expect(kv.value()).toContainText('"max": 80');
  expect(await kv.cells('checkout.tax.de')).toEqual(['checkout.tax.de', '0.19', '2', expect.any(String)]);

  await system.put('config', 'checkout.limits', '{"max":120}');
  await expect(kv.value()).toContainText('"max": 120');
  await expect(kv.row('checkout.limits')).toContainText('{"max":120}');
  await expect(kv.toolbar).toContainText(/\d\.\d\/s/);
  await system.put('config', 'web.theme', '"auto"');
  await expect(kv.row('web.theme')).toContainText('"auto"');
  await system.client.request('$KV.config.web.theme', '', {
    headers: headersOf({ 'KV-Operation': 'DEL' }),
    timeout: 2000,
  });
  await expect(kv.row('web.theme')).toContainText('deleted');
  expect(await system.consumers('config')).toBe(0);
});

test('histories are compared, and an earlier value comes back', async ({ kv, system }) => {
  await system.make('config', { history: 5 });
  for (const max of [60, 80, 100]) await system.put('config', 'limits', `{"max":${max},"unit":"EUR"}`);
  await kv.open();
  await kv.select('limits');
  await expect(kv.history.getByRole('option')).toHaveCount(3);
  await expect(kv.history.getByRole('option').first()).toContainText('current');
  const difference = kv.value('Difference');
  await expect(difference).toContainText('"max": 100');
  await kv.history.getByRole('option').nth(2).click();
  await expect(difference.locator('.was')).toHaveText('60');
  await kv.history
    .getByRole('option')
    .nth(1)
    .click({ modifiers: ['Shift'] });
  await expect(difference).toContainText('"max": 80');
  await kv.history.getByRole('option').nth(2).getByRole('button', { name: 'Revert' }).click();
  await expect(kv.history.getByRole('option')).toHaveCount(4);
  await expect(kv.value()).toContainText('"max": 60');
});

test('whoever was faster is not overwritten: both values, merged, and what was written stays', async ({
  kv,
  page,
  system,
}) => {
  await system.make('config', { history: 5 });
  await system.put('config', 'limits', '{"total":"2500.00","items":80}');
  await kv.open();
  await kv.select('limits');
  await kv.button('Edit value').click();
  await kv.write('{"total":"2500.00","items":120}');
  const theirs = await system.put('config', 'limits', '{"total":"5000.00","items":80}');
  await expect(kv.detail.getByText('Changed meanwhile')).toBeVisible();

  // Elsewhere and back: it is still there.
  await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Explorer' }).click();
  await kv.open();
  await expect(kv.editor()).toContainText('120');
  await kv.editor().click();
  await page.keyboard.press('Control+Enter');
  await expect(kv.detail.getByRole('alert')).toContainText(`expected 1, is ${theirs}`);
  await expect(kv.value('Current value')).toContainText('"5000.00"');
  await expect(kv.value('Your value')).toContainText('120');
  await expect(kv.editor('Result')).toContainText('"items": 120');
  await expect(kv.editor('Result')).toContainText('"total": "5000.00"');
  await kv.button(`Put at ${theirs}`).click();
  await expect(kv.detail.getByRole('alert')).toBeHidden();
  await expect(kv.value()).toContainText('"items": 120');
  await expect(kv.value()).toContainText('"total": "5000.00"');

  // The other choices: theirs, or one's own whatever is there.
  for (const choice of ['Discard mine', 'Overwrite']) {
    await kv.button('Edit value').click();
    await kv.write('mine');
    await system.put('config', 'limits', 'theirs');
    await page.keyboard.press('Control+Enter');
    await expect(kv.detail.getByRole('alert')).toContainText('Revision conflict');
    await kv.button(choice).click();
    await expect(kv.value()).toContainText(choice === 'Overwrite' ? 'mine' : 'theirs');
  }
});

test('keys are created, deleted, purged; a key that exists is not created again', async ({ kv, page, system }) => {
  await system.make('config', { history: 5, markerTtl: 60_000 });
  await kv.open();
  await kv.choose('config');
  const create = async (key: string, value: string): Promise<void> => {
    await kv.run('New key');
    await kv.dialog.getByRole('textbox', { name: 'Key', exact: true }).fill(key);
    await kv.write(value);
    await kv.dialog.getByRole('button', { name: 'Create' }).click();
  };
  await create('a.b', 'one');
  await expect(kv.row('a.b')).toContainText('one');
  await create('a.b', 'two');
  await expect(kv.dialog.getByRole('alert')).toContainText('has a value already');
  await kv.dialog.getByRole('textbox', { name: 'Key', exact: true }).fill('not a key');
  await kv.dialog.getByRole('button', { name: 'Create' }).click();
  await expect(kv.dialog.getByRole('alert')).toContainText('letters, digits');
  await page.keyboard.press('Escape');

  await kv.select('a.b');
  await kv.button('Delete key').click();
  await kv.dialog.getByRole('button', { name: 'Delete' }).click();
  await expect(kv.row('a.b')).toContainText('deleted');
  await expect(kv.history.getByRole('option')).toHaveCount(2);
  await kv.run('Purge deleted keys');
  await kv.dialog.getByRole('button', { name: 'Purge' }).click();
  await expect(kv.row('a.b')).toHaveCount(0);
});

test('ten thousand keys: filtered, as a tree, walked with the keyboard', async ({ kv, page, system }) => {
  await system.make('inventory');
  for (let at = 0; at < 10_000; at++) system.client.publish(`$KV.inventory.shelf-${at % 100}.item-${at}`, String(at));
  await system.client.flush();
  await kv.open();
  await expect(kv.toolbar).toContainText(plain('10 000 keys'));
  await kv.names.locator('[data-pane-focus]').press('End');
  await expect(kv.row('shelf-99.item-9999')).toHaveAttribute('aria-selected', 'true');
  await expect(kv.value()).toContainText('9999');

  await page.getByRole('searchbox', { name: 'Filter keys' }).fill('shelf-7.>');
  await expect(kv.toolbar).toContainText('100 of');
  await kv.toolbar.getByRole('button', { name: 'Tree' }).click();
  await expect(kv.row('shelf-7.')).toBeVisible();
  await page.getByRole('searchbox', { name: 'Filter keys' }).fill('');
  await expect(kv.row('shelf-0.')).toContainText('100 keys');
  await kv.row('shelf-0.').click();
  await kv.names.locator('[data-pane-focus]').press('ArrowRight');
  await expect(kv.row('shelf-0.item-0')).toBeVisible();
  await kv.names.locator('[data-pane-focus]').press('ArrowDown');
  await expect(kv.detail).toContainText('item-0');
});

test('a read-only connection shows everything and changes nothing', async ({ bridge, kv, system }) => {
  await system.make('config');
  await system.put('config', 'a', '1');
  await bridge.request('connections.save', {
    profile: profileFor(system.connection, system.port, { readOnly: true }),
  });
  await kv.open();
  await kv.select('a');
  await expect(kv.value()).toContainText('1');
  for (const name of ['Edit value', 'Delete key']) {
    await expect(kv.button(name)).toHaveAttribute('aria-disabled', 'true');
    await expect(kv.button(name)).toHaveAttribute('title', 'The connection is read-only');
  }
  await expect(kv.toolbar.getByRole('button', { name: 'Key' })).toHaveAttribute('aria-disabled', 'true');
});

test('a server without JetStream says so', async ({ bridge, connectPage, kv, page, startNatsServer }) => {
  const server = await startNatsServer();
  await bridge.request('connections.save', { profile: profileFor('plain', server.port) });
  await bridge.request('connections.open', { connection: 'plain' });
  await connectionState(bridge, 'plain', ({ phase }) => phase === 'connected');
  await connectPage.tab('plain').click();
  await kv.open();
  await expect(page.getByText(/Nobody answers for JetStream/).first()).toBeVisible();
});

function headersOf(fields: Record<string, string>): MsgHdrs {
  const made = headers();
  for (const [name, value] of Object.entries(fields)) made.set(name, value);
  return made;
}
