import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '../../electron/bridge/client.ts';
import { defaultSettings } from '../../electron/buckets/bucket-config.ts';
import type { NatsConnection } from '@nats-io/transport-node';
import { connectionState, profileFor } from '../support/bridge-window.ts';
import { BucketsPage } from './buckets-page.ts';
import { expect, test as base } from './fixtures.ts';

interface System {
  folder: string;
  client: NatsConnection;
  bridge: Client;
  connection: string;
}

const connection = 'remote';

const test = base.extend<{ system: System; objects: BucketsPage }>({
  system: async ({ bridge, connectClient, connectPage, startNatsServer }, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'natscope-objects-'));
    const server = await startNatsServer(['-js', '-sd', folder]);
    const client = await connectClient({ servers: `127.0.0.1:${server.port}` });
    await bridge.request('connections.save', { profile: profileFor(connection, server.port) });
    await bridge.request('connections.open', { connection });
    await connectionState(bridge, connection, ({ phase }) => phase === 'connected');
    const settings = defaultSettings('assets');
    await bridge.request('buckets.apply', { connection, kind: 'object', bucket: null, settings });
    await connectPage.tab(connection).click();
    await use({ folder, client, bridge, connection });
    await rm(folder, { recursive: true, force: true });
  },
  objects: async ({ page, system }, use) => {
    expect(system.connection).toBe(connection);
    await use(new BucketsPage(page, 'object'));
  },
});

test('a file goes up in chunks and comes back the same', async ({ objects, page, system }) => {
  const content = randomBytes(3_000_001);
  const file = join(system.folder, 'picture.png');
  await writeFile(file, content);
  await objects.open();
  await expect(page.getByText('No objects in assets')).toBeVisible();
  await page.getByLabel('File to upload').setInputFiles(file);
  await expect(objects.dialog.getByRole('textbox', { name: 'Headers' })).toHaveValue('Content-Type: image/png');
  await objects.dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('shop/picture.png');
  await objects.dialog.getByRole('textbox', { name: 'Description' }).fill('on the front page');
  await objects.dialog.getByRole('button', { name: 'Upload' }).click();
  await expect(objects.row('shop/picture.png')).toContainText('on the front page');
  expect((await objects.cells('shop/picture.png')).slice(0, 4)).toEqual([
    'shop/picture.png',
    'on the front page',
    '23',
    '2.9 MB',
  ]);
  await objects.select('shop/picture.png');
  const digest = createHash('sha256').update(content).digest('base64').replaceAll('+', '-').replaceAll('/', '_');
  await expect(objects.detail).toContainText(`SHA-256=${digest}`);
  await expect(objects.detail).toContainText('image/png');

  // As any client would read it.
  const token = Buffer.from('shop/picture.png').toString('base64');
  const meta = await system.client.request(`$JS.API.DIRECT.GET.OBJ_assets.$O.assets.M.${token}`);
  expect(meta.json()).toMatchObject({ size: 3_000_001, chunks: 23, digest: `SHA-256=${digest}` });

  const [download] = await Promise.all([page.waitForEvent('download'), objects.button('Download').click()]);
  expect(download.suggestedFilename()).toBe('picture.png');
  expect((await readFile(await download.path())).equals(content)).toBe(true);
  await expect(objects.transfers.getByRole('listitem').first()).toContainText('whole');

  // The same name again is asked about.
  await writeFile(file, 'short');
  await page.getByLabel('File to upload').setInputFiles(file);
  await objects.dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('shop/picture.png');
  await objects.dialog.getByRole('button', { name: 'Upload' }).click();
  await expect(objects.dialog.getByRole('alert')).toContainText('already');
  await objects.dialog.getByRole('button', { name: 'Replace' }).click();
  await expect(objects.row('shop/picture.png')).toContainText('5 B');
});

test('what is spoilt at the server is not saved', async ({ objects, page, system }) => {
  const file = join(system.folder, 'a.txt');
  await writeFile(file, 'as it was');
  await objects.open();
  await expect(objects.bucket('assets')).toBeVisible();
  await page.getByLabel('File to upload').setInputFiles(file);
  await objects.dialog.getByRole('button', { name: 'Upload' }).click();
  await objects.select('a.txt');
  const info = await system.bridge.request('objects.info', { connection, bucket: 'assets', name: 'a.txt' });
  await system.client.request(
    '$JS.API.STREAM.PURGE.OBJ_assets',
    JSON.stringify({ filter: `$O.assets.C.${info?.nuid}` }),
  );
  await system.client.request(`$O.assets.C.${info?.nuid}`, 'as it waz');
  await objects.button('Download').click();
  await expect(objects.transfers.getByRole('alert')).toContainText('its digest differs');
});

test('an object is renamed, linked to, deleted; the store is sealed', async ({ objects, page, system }) => {
  const file = join(system.folder, 'a.txt');
  await writeFile(file, 'content');
  await objects.open();
  await page.getByLabel('File to upload').setInputFiles(file);
  await objects.dialog.getByRole('button', { name: 'Upload' }).click();
  await objects.select('a.txt');
  await objects.button('Edit object').click();
  await objects.dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('b.txt');
  await objects.dialog.getByRole('textbox', { name: 'Metadata' }).fill('owner: team-a');
  await objects.dialog.getByRole('button', { name: 'Save' }).click();
  await expect(objects.row('b.txt')).toBeVisible();
  await expect(objects.row('a.txt')).toHaveCount(0);
  await expect(objects.detail).toContainText('team-a');

  await objects.run('New link');
  await objects.dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('latest');
  await objects.dialog.getByRole('textbox', { name: 'To object' }).fill('b.txt');
  await objects.dialog.getByRole('button', { name: 'Create' }).click();
  await expect(objects.row('latest')).toContainText('assets / b.txt');

  await objects.select('b.txt');
  await objects.button('Delete object').click();
  await expect(objects.dialog).toContainText('7 B');
  await objects.dialog.getByRole('button', { name: 'Delete' }).click();
  await expect(objects.row('b.txt')).toContainText('deleted');

  await objects.run('Seal object store');
  await objects.dialog.getByRole('textbox', { name: 'Its name' }).fill('assets');
  await objects.dialog.getByRole('button', { name: 'Seal' }).click();
  await expect(objects.toolbar.getByRole('button', { name: 'Upload' })).toHaveAttribute(
    'title',
    'The bucket is sealed',
  );
});

test('an upload is cancelled, and nothing of it stays', async ({ objects, page, system }) => {
  const file = join(system.folder, 'large.bin');
  await writeFile(file, Buffer.alloc(60 * 1024 * 1024, 7));
  await objects.open();
  await page.getByLabel('File to upload').setInputFiles(file);
  await objects.dialog.getByRole('button', { name: 'Upload' }).click();
  await objects.transfers.getByRole('button', { name: 'Cancel' }).click();
  await expect(objects.transfers).toContainText('cancelled');
  await expect(async () => {
    const info = await system.client.request('$JS.API.STREAM.INFO.OBJ_assets');
    expect(info.json<{ state: { messages: number } }>().state.messages).toBe(0);
  }).toPass({ timeout: 10_000 });
});
