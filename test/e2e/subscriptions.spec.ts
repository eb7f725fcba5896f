import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readSaid } from '../support/bridge-window.ts';
import { expect, test } from './fixtures.ts';

test('subscriptions are added, muted and removed while live', async ({ client, explorer, page }) => {
  client.publish('a.one', '1');
  await client.flush();
  await expect(explorer.treeRow('a')).toBeVisible();
  const popover = page.locator('.pop');
  const chip = (subject: string) => explorer.toolbar.locator('.chip').filter({ hasText: subject });

  await chip('>').getByRole('button').first().click();
  await page.getByRole('menuitem', { name: /Unsubscribe/ }).click();
  await expect(chip('>')).toHaveCount(0);
  client.publish('a.one', 'unseen');
  await client.flush();

  await explorer.toolbar.getByRole('button', { name: 'Subscribe' }).click();
  await popover.getByRole('textbox', { name: 'Subject' }).fill('b.*');
  await popover.getByRole('button', { name: 'Add' }).click();
  await expect(chip('b.*')).toBeVisible();
  await expect
    .poll(async () => {
      client.publish('a.two', 'unseen');
      client.publish('b.one', 'seen');
      await client.flush();
      return explorer.treeRow('b').count();
    })
    .toBe(1);
  expect(await explorer.treeCell('a', 'count')).toBe('1');

  await chip('b.*').getByRole('button').first().click();
  await page.getByRole('menuitem', { name: 'Mute' }).click();
  await expect(chip('b.*')).toContainText('muted');
});

test('what is excluded is counted and not kept', async ({ bridge, client, explorer, page }) => {
  client.publish('keep.it', '1');
  await client.flush();
  await expect(explorer.treeRow('keep')).toBeVisible();
  await explorer.toolbar.getByRole('button', { name: 'Subscribe' }).click();
  const dialog = page.locator('.pop');
  await dialog.getByRole('textbox', { name: 'Subject' }).fill('noise.>');
  await dialog.getByRole('radio', { name: 'Exclude' }).click();
  await dialog.getByRole('button', { name: 'Add' }).click();
  for (let index = 0; index < 20; index++) client.publish('noise.loud', String(index));
  client.publish('keep.it', '2');
  await client.flush();
  await expect.poll(() => readSaid(bridge, 'local')).toBe(22);
  await expect.poll(async () => (await explorer.counters()).excluded).toBe(20);
  const { received, kept } = await explorer.counters();
  expect(kept).toBe(received - 20);
  await expect(explorer.treeRow('noise')).toHaveCount(0);
});

test('a subject that cannot be subscribed to is told in the form', async ({ client, explorer, page }) => {
  client.publish('any', '');
  await client.flush();
  await explorer.toolbar.getByRole('button', { name: 'Subscribe' }).click();
  const dialog = page.locator('.pop');
  await dialog.getByRole('textbox', { name: 'Subject' }).fill('two words');
  await dialog.getByRole('button', { name: 'Add' }).click();
  await expect(dialog.getByRole('alert')).toBeVisible();
});

test('a subscription that the server refuses says so, and the others go on', async ({
  app,
  bridge,
  connectPage,
  explorer,
  natsServerCommand,
  startNatsServer,
  connectClient,
}) => {
  test.skip(natsServerCommand.length > 1, 'there is no nats-server here; ours has no permissions yet');
  const config = join(app.home, 'permissions.conf');
  const permissions = '{ subscribe: { allow: ["open.>", "_INBOX.>"] }, publish: ">" }';
  await writeFile(
    config,
    `authorization { users = [ { user: ann, password: pw, permissions: ${permissions} }, { user: all, password: pw } ] }\n`,
  );
  const server = await startNatsServer(['-c', config]);
  await bridge.request('connections.save', {
    profile: {
      id: 'limited',
      name: 'limited',
      colour: 'green',
      servers: [`nats://127.0.0.1:${server.port}`],
      readOnly: false,
      authentication: { method: 'user', user: 'ann', password: 'pw' },
      tls: {},
      subscribe: ['open.>', 'secret.>'],
      exclude: [],
    },
  });
  await bridge.request('connections.open', { connection: 'limited' });
  await connectPage.tab('limited').click();
  const refused = explorer.toolbar.locator('.chip').filter({ hasText: 'secret.>' });
  await expect(refused).toContainText('refused');
  await expect(refused).toHaveAttribute('title', /permission/i);
  const there = await connectClient({ servers: `127.0.0.1:${server.port}`, user: 'all', pass: 'pw' });
  there.publish('open.door', 'hello');
  there.publish('secret.door', 'hello');
  await there.flush();
  await expect(explorer.treeRow('open')).toBeVisible();
  expect((await explorer.counters()).received).toBe(1);
});
