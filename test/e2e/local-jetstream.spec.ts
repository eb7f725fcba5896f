import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { NatsConnection } from '@nats-io/transport-node';
import { defaultSettings } from '../../electron/buckets/bucket-config.ts';
import type { App } from '../support/app.ts';
import { BrokerPage } from './broker-page.ts';
import { BucketsPage } from './buckets-page.ts';
import { expect, test as base } from './fixtures.ts';
import { StreamsPage } from './streams-page.ts';

const test = base.extend<{ broker: BrokerPage; streams: StreamsPage; kv: BucketsPage }>({
  broker: async ({ explorer }, use) => {
    await use(new BrokerPage(explorer.page));
  },
  streams: async ({ explorer }, use) => {
    await use(new StreamsPage(explorer.page));
  },
  kv: async ({ explorer }, use) => {
    await use(new BucketsPage(explorer.page, 'kv'));
  },
});

/** What the configuration of an app is without any. */
const plainText = (app: App): string => `server_name: natscope\nlisten: 127.0.0.1:${app.brokerPort}\n`;

interface Answer {
  seq?: number;
  error?: { err_code: number };
  state?: { messages: number };
}

async function ask(client: NatsConnection, subject: string, body: object | string = ''): Promise<Answer> {
  const reply = await client.request(subject, typeof body === 'string' ? body : JSON.stringify(body));
  return reply.json<Answer>();
}

test('a fresh app keeps streams: made, published to, consumed, with values that change live, over a restart', async ({
  app,
  broker,
  client,
  composer,
  explorer,
  kv,
  page,
  streams,
}) => {
  test.slow();
  await streams.open();
  await expect(streams.middle.getByText('No streams')).toBeVisible();
  await streams.middle.getByRole('button', { name: 'New stream' }).click();
  await streams.field('Stream: Name').fill('ORDERS');
  await streams.field('Stream: Subjects').fill('orders.>');
  await streams.editor.getByRole('button', { name: 'Create', exact: true }).click();
  await expect(streams.stream('ORDERS')).toBeVisible();
  expect((await stat(join(app.home, 'data', 'jetstream'))).mode & 0o777).toBe(0o700);

  await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Explorer' }).click();
  await composer.mode('Publish');
  for (const number of [1, 2, 3]) {
    await composer.subject.fill(`orders.eu.${number}`);
    await composer.write(`{"state":"new","number":${number}}`);
    await composer.send();
    await expect(explorer.message(`orders.eu.${number}`).first()).toBeVisible();
  }

  await streams.open();
  await streams.choose('ORDERS');
  await expect(streams.stored(3)).toContainText('number 3');
  await streams.stored(2).click();
  await expect(streams.message).toContainText('#2');

  await streams.consumers.getByRole('button', { name: 'New consumer' }).click();
  await streams.field('Consumer: Durable name').fill('worker');
  await streams.editor.getByRole('button', { name: 'Create', exact: true }).click();
  await expect(streams.consumer('worker')).toContainText('3');
  await streams.consumers.getByRole('button', { name: 'Fetch', exact: true }).click();
  const fetched = streams.consumers.getByRole('list', { name: 'Fetched messages' }).getByRole('listitem');
  await expect(fetched).toHaveCount(3);
  await fetched.first().getByRole('button', { name: 'Ack', exact: true }).click();
  await expect(fetched.first()).toContainText('acked');

  await kv.open();
  await page.getByRole('button', { name: 'New bucket' }).last().click();
  await kv.dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('config');
  await kv.dialog.getByRole('textbox', { name: 'History', exact: true }).fill('5');
  await kv.dialog.getByRole('button', { name: 'Review' }).click();
  await kv.dialog.getByRole('button', { name: 'Create', exact: true }).click();
  await expect(kv.bucket('config')).toBeVisible();
  await ask(client, '$KV.config.web.theme', '"auto"');
  await kv.select('web.theme');
  await expect(kv.value()).toContainText('"auto"');
  await ask(client, '$KV.config.web.theme', '"dark"');
  await expect(kv.value()).toContainText('"dark"');
  await kv.button('Edit value').click();
  await kv.write('"light"');
  await page.keyboard.press('Control+Enter');
  await expect(kv.row('web.theme')).toContainText('"light"');

  await broker.open();
  await broker.go('JetStream');
  const now = broker.form.getByRole('group', { name: 'JetStream now' });
  await expect(now).toContainText('Streams 2');
  await broker.bar.getByRole('button', { name: 'Restart' }).click();
  await expect(broker.bar).toContainText(/up 0?\d s/, { timeout: 30_000 });
  await expect(now).toContainText(/Streams 2\s+Consumers 1\s+Messages 6/);

  await streams.open();
  // It takes its place above the other with the next look.
  await expect(streams.stream('KV_config')).toBeVisible();
  await streams.choose('ORDERS');
  await expect(streams.stored(1)).toContainText('number 1');
  await expect(streams.consumer('worker')).toContainText('2');
  await kv.open();
  await kv.select('web.theme');
  await expect(kv.value()).toContainText('"light"');
  await expect(kv.history.getByRole('option')).toHaveCount(3);
});

test('a budget is used up, which is said wherever streams are, and raised by a reload', async ({
  app,
  bridge,
  broker,
  connectClient,
  page,
  streams,
}) => {
  const text = `${plainText(app)}\njetstream {\n  max_mem: 1MB\n  max_file: 1MB\n}\n`;
  await bridge.request('broker.config.apply', { text });
  const client = await connectClient({ servers: `127.0.0.1:${app.brokerPort}` });
  expect((await ask(client, '$JS.API.STREAM.CREATE.S', { name: 'S', subjects: ['s'] })).error).toBeUndefined();
  let last: Answer = {};
  for (let tries = 0; tries < 10 && last.error === undefined; tries++)
    last = await ask(client, 's', 'x'.repeat(300_000));
  expect(last.error).toMatchObject({ err_code: 10023 });

  await streams.open();
  await expect(page.getByRole('alert').filter({ hasText: 'JetStream disk is full' })).toContainText('purge a stream');
  await streams.list.page().getByRole('button', { name: 'New stream' }).first().click();
  await streams.field('Stream: Name').fill('BIG');
  await streams.field('Stream: Subjects').fill('big.>');
  await streams.field('Limits: Bytes').fill('10MB');
  await streams.editor.getByRole('button', { name: 'Create', exact: true }).click();
  await expect(streams.editor.getByRole('alert')).toContainText('Insufficient storage resources available');
  await streams.editor.getByRole('button', { name: 'Cancel' }).first().click();

  await page.getByRole('alert').getByRole('button', { name: 'Budget' }).click();
  await expect(broker.form.getByRole('progressbar', { name: 'Disk in use' })).toHaveAttribute('aria-valuenow', '100');
  await broker.field('JetStream: Disk').fill('64');
  await expect(broker.check.getByText('1 change')).toBeVisible();
  await broker.apply('Reload');
  await expect(page.getByText('JetStream disk is full')).toBeHidden();
  // Nobody was disconnected by it.
  expect((await ask(client, 's', 'x'.repeat(300_000))).error).toBeUndefined();
  // Less of it needs a restart, as with nats-server.
  await broker.field('JetStream: Disk').fill('32');
  await expect(broker.check.getByRole('button', { name: 'Restart', exact: true })).toBeEnabled();
});

test('where streams cannot be kept the broker runs without, says why, and takes another folder', async ({
  app,
  broker,
  connectClient,
  page,
  streams,
}) => {
  const file = join(app.home, 'no-folder');
  await writeFile(file, '');
  await broker.open();
  await broker.go('JetStream');
  await broker.field('JetStream: Folder').fill(file);
  await broker.apply('Restart');
  await expect(page.getByRole('alert').filter({ hasText: 'No JetStream' })).toContainText('not a directory');
  const client = await connectClient({ servers: `127.0.0.1:${app.brokerPort}` });
  client.publish('still', 'here');
  await client.flush();
  await streams.open();
  await expect(page.getByText('No JetStream on local')).toBeVisible();
  await page.getByRole('alert').getByRole('button', { name: 'Folder' }).click();
  await broker.field('JetStream: Folder').fill(join(app.home, 'elsewhere'));
  await broker.apply('Restart');
  await expect(page.getByRole('alert')).toHaveCount(0);
  await streams.open();
  await expect(streams.middle.getByText('No streams')).toBeVisible();
});

test('streams and keys of each account are looked at by choosing it once', async ({
  app,
  bridge,
  broker,
  kv,
  page,
  streams,
}) => {
  const account = (name: string): string =>
    `  ${name} { jetstream: enabled, users: [{ user: ${name}, password: p }] }\n`;
  const text = `${plainText(app)}accounts {\n${account('SHOP')}${account('MAIL')}  BARE { users: [{ user: b, password: p }] }\n}\n`;
  await bridge.request('broker.config.apply', { text });
  const connection = 'local';
  for (const name of ['SHOP', 'MAIL']) {
    const config = { name: `OF_${name}`, subjects: [`${name}.>`] };
    await expect(async () => {
      await bridge.request('jetstream.stream.create', { connection, account: name, config });
    }).toPass({ timeout: 10_000 });
    const settings = defaultSettings(`of-${name}`);
    await bridge.request('buckets.apply', { connection, account: name, kind: 'kv', bucket: null, settings });
  }
  await streams.open();
  const chooser = page.getByRole('button', { name: /^Account / });
  await expect(chooser).toHaveText('SHOP');
  await expect(streams.stream('OF_SHOP')).toBeVisible();
  await expect(streams.stream('OF_MAIL')).toHaveCount(0);
  await chooser.click();
  await expect(page.getByRole('menuitem', { name: 'BARE' })).toContainText('no JetStream');
  await page.getByRole('menuitem', { name: 'MAIL' }).click();
  await expect(streams.stream('OF_MAIL')).toBeVisible();
  await expect(streams.stream('OF_SHOP')).toHaveCount(0);

  await kv.open();
  await expect(chooser).toHaveText('MAIL');
  await expect(kv.bucket('of-MAIL')).toBeVisible();
  await expect(kv.bucket('of-SHOP')).toHaveCount(0);
  await chooser.click();
  await page.getByRole('menuitem', { name: 'SHOP' }).click();
  await expect(kv.bucket('of-SHOP')).toBeVisible();
  await page.getByRole('button', { name: 'Key', exact: true }).click();
  await kv.dialog.getByRole('textbox', { name: 'Key', exact: true }).fill('a.b');
  await kv.dialog.getByRole('button', { name: 'Create' }).click();
  await expect(kv.row('a.b')).toBeVisible();
  const entry = { connection, bucket: 'of-SHOP', key: 'a.b', revision: null };
  expect(await bridge.request('kv.entry', { ...entry, account: 'SHOP' })).toMatchObject({ revision: 1 });

  await broker.open();
  await broker.go('JetStream');
  const accounts = broker.form.getByRole('table', { name: 'JetStream by account' });
  await expect(accounts.getByRole('row', { name: /SHOP/ })).toContainText('2');
  await expect(accounts.getByRole('row', { name: /BARE/ })).toHaveCount(0);
});
