import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectionState, profileFor } from '../support/bridge-window.ts';
import { bodies, expect, test } from './streams-fixture.ts';
import { StreamsPage } from './streams-page.ts';

test('a stream is backed up, restored under another name, and exported as lines', async ({ page, remote, streams }) => {
  await remote.api('STREAM.CREATE.S', { name: 'S', subjects: ['s.>'], allow_direct: true });
  await remote.publish('s.eu.1', ...bodies(5));
  await remote.api('CONSUMER.DURABLE.CREATE.S.worker', {
    stream_name: 'S',
    config: { durable_name: 'worker', ack_policy: 'explicit' },
  });
  await streams.choose('S');
  await streams.streamAction('Back up');
  await expect(streams.dialog).toContainText('1, with where they stand');
  const [backup] = await Promise.all([
    page.waitForEvent('download'),
    streams.dialog.getByRole('button', { name: 'Back up' }).click(),
  ]);
  expect(backup.suggestedFilename()).toMatch(/^S-.*\.backup\.tar$/);
  const transfers = page.getByRole('list', { name: 'Transfers' });
  await expect(transfers).toContainText('whole');

  await page.getByRole('button', { name: 'Restore a stream from a backup' }).click();
  const file = page.getByLabel('Backup file');
  await file.setInputFiles({ name: 'x.tar', mimeType: 'application/x-tar', buffer: Buffer.from('hello') });
  await expect(streams.dialog.getByRole('alert')).toContainText('no backup of a stream');
  await file.setInputFiles(await backup.path());
  await expect(streams.dialog.getByLabel('What is in it')).toContainText('#1 to #5');
  await streams.dialog.getByRole('button', { name: 'Restore', exact: true }).click();
  await expect(streams.dialog.getByRole('alert')).toContainText('name already in use');
  await streams.dialog.getByRole('textbox', { name: 'Subjects' }).fill('copy.>');
  await streams.dialog.getByRole('textbox', { name: 'Name' }).fill('COPY');
  await streams.dialog.getByRole('textbox', { name: 'Name' }).press('Enter');
  await expect(streams.stream('COPY')).toHaveAttribute('aria-selected', 'true');
  await expect(streams.stored(5)).toContainText('eu.1');
  await expect(streams.consumer('worker')).toBeVisible();

  await page.getByRole('button', { name: 'Export messages' }).click();
  await streams.dialog.getByRole('textbox', { name: 'Text' }).fill('"number":4');
  const [lines] = await Promise.all([
    page.waitForEvent('download'),
    streams.dialog.getByRole('button', { name: 'Export', exact: true }).click(),
  ]);
  const [line, ...others] = (await readFile(await lines.path(), 'utf8')).trimEnd().split('\n');
  expect(others).toEqual([]);
  expect(JSON.parse(line ?? '')).toMatchObject({ stream: 'COPY', sequence: 4, subject: 's.eu.1' });
});

test('the lab listens to a push consumer, and says when a consumer is gone', async ({ page, remote, streams }) => {
  await remote.api('STREAM.CREATE.P', { name: 'P', subjects: ['p.>'], allow_direct: true });
  await remote.publish('p.1', ...bodies(5));
  await remote.api('CONSUMER.DURABLE.CREATE.P.pushed', {
    stream_name: 'P',
    config: { durable_name: 'pushed', deliver_subject: 'to.pushed', ack_policy: 'explicit', max_ack_pending: 4 },
  });
  await streams.choose('P');
  await streams.consumer('pushed').click();
  await expect(streams.consumers).toContainText('nobody else listens, so delivery begins now');
  await expect(streams.consumers).toContainText('up to 4 go out meanwhile');
  await streams.consumers.getByRole('button', { name: 'Listen', exact: true }).click();
  const heard = streams.consumers.getByRole('list', { name: 'Fetched messages' }).getByRole('listitem');
  await expect(heard).toHaveCount(3);
  await streams.consumers.getByRole('button', { name: 'Ack 3' }).click();
  await expect(heard.first()).toContainText('acked');
  await remote.api('CONSUMER.DELETE.P.pushed');
  await expect(page.getByText('pushed is gone')).toBeVisible();
});

test('a user who may not ask is told which permission is missing, where it is missing', async ({
  bridge,
  connectClient,
  connectPage,
  page,
  startNatsServer,
}) => {
  const folder = await mkdtemp(join(tmpdir(), 'natscope-e2e-denied-'));
  const config = join(folder, 'server.conf');
  await writeFile(
    config,
    `jetstream { store_dir: "${folder}" }
     authorization { users: [
       { user: all, password: b }
       { user: none, password: b, permissions: { publish: { deny: ["$JS.API.>"] } } }
       { user: some, password: b, permissions: { publish: { deny: ["$JS.API.DIRECT.>", "$JS.API.CONSUMER.>"] } } }
     ] }`,
  );
  const { port } = await startNatsServer(['-c', config]);
  const client = await connectClient({ servers: `127.0.0.1:${port}`, user: 'all', pass: 'b' });
  const patient = { timeout: 5000 };
  await client.request('$JS.API.STREAM.CREATE.O', '{"name":"O","subjects":["o.*"],"allow_direct":true}', patient);
  await client.request('o.1', 'x', patient);
  const streams = new StreamsPage(page);
  const look = async (user: string): Promise<void> => {
    const authentication = { method: 'user', user, password: 'b' } as const;
    await bridge.request('connections.save', { profile: profileFor(user, port, { authentication }) });
    await bridge.request('connections.open', { connection: user });
    await connectionState(bridge, user, (state) => state.phase === 'connected');
    await connectPage.tab(user).click();
    await streams.open();
  };
  await look('none');
  await expect(page.getByText('JetStream is not allowed on none')).toBeVisible();
  await expect(page.getByRole('alert')).toContainText('may not publish to $JS.API.');
  await look('some');
  await streams.choose('O');
  await expect(streams.messages.getByRole('alert')).toContainText('$JS.API.DIRECT.GET.O');
  await expect(streams.consumers.getByRole('alert')).toContainText('$JS.API.CONSUMER.LIST.O');
  await rm(folder, { recursive: true, force: true });
});
