import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createUser } from '@nats-io/nkeys';
import { startApplication } from '../support/application.ts';
import { freePort, listen } from '../support/free-port.ts';
import { expect, test } from './fixtures.ts';

const userFlags = ['--user', 'ann', '--pass', 's3cret'];

test('a nats-server with user and password is connected to, and shows a real application', async ({
  connectPage,
  explorer,
  page,
  startNatsServer,
}) => {
  const server = await startNatsServer(userFlags);
  const application = await startApplication({ port: server.port, user: 'ann', pass: 's3cret' });
  await connectPage.startNew();
  await connectPage.write({
    name: 'haulier',
    server: `nats://127.0.0.1:${server.port}`,
    method: 'User',
    secrets: { User: 'ann', Password: 's3cret' },
  });
  await connectPage.connect();
  await expect(connectPage.tab('haulier')).toHaveAttribute('aria-selected', 'true');
  await expect(explorer.status).toContainText(`127.0.0.1:${server.port}`);

  // Nothing is watched on another system until somebody says so; what it may cost stands beside it.
  const start = page.getByRole('region', { name: 'Start' });
  await expect(start).toContainText('Everything');
  expect((await explorer.counters()).received).toBe(0);
  await start.getByRole('button', { name: 'Subscribe' }).click();
  await expect(explorer.treeRow('fleet')).toBeVisible();
  await explorer.open('pricing.quote');
  await expect(explorer.messages.last()).toBeVisible();
  await expect(explorer.status).not.toContainText('s3cret');
  await application.stop();
});

test('bad credentials are explained at the step where they were refused, and mended', async ({
  connectPage,
  explorer,
  page,
  startNatsServer,
}) => {
  const server = await startNatsServer(userFlags);
  await connectPage.startNew();
  await connectPage.write({
    name: 'locked',
    server: `127.0.0.1:${server.port}`,
    method: 'User',
    secrets: { User: 'ann', Password: 'wrong' },
  });
  await connectPage.connect();
  await expect(connectPage.step('CONNECT')).toHaveClass(/err/);
  await expect(connectPage.step('CONNECT')).toContainText('credentials refused');
  await expect(connectPage.step('TCP')).toHaveClass(/ok/);
  await expect(connectPage.step('INFO')).toHaveClass(/ok/);
  await expect(connectPage.diagnosis.getByRole('listbox', { name: 'Wire' }).or(connectPage.diagnosis)).toContainText(
    'Authorization Violation',
  );
  await expect(page.locator('body')).not.toContainText('wrong');

  await connectPage.form.getByLabel('Password', { exact: true }).fill('s3cret');
  await connectPage.connect();
  await expect(explorer.status).toContainText(`127.0.0.1:${server.port}`);
});

test('missing credentials are told apart from wrong ones', async ({ connectPage, startNatsServer }) => {
  const server = await startNatsServer(userFlags);
  await connectPage.startNew();
  await connectPage.write({ name: 'locked', server: `127.0.0.1:${server.port}` });
  await connectPage.connect();
  await expect(connectPage.step('CONNECT')).toContainText('server wants credentials');
});

test('a port where nothing listens is explained at TCP', async ({ connectPage }) => {
  await connectPage.startNew();
  await connectPage.write({ name: 'nobody', server: `127.0.0.1:${await freePort()}` });
  await connectPage.connect();
  await expect(connectPage.step('TCP')).toHaveClass(/err/);
  await expect(connectPage.step('TCP')).toContainText('nothing listens on this port');
  await expect(connectPage.diagnosis).toContainText('Check that a NATS server runs there');
});

test('a name that does not exist is explained at DNS', async ({ connectPage }) => {
  await connectPage.startNew();
  await connectPage.write({ name: 'nowhere', server: 'nats://no-such-host.invalid:4222' });
  await connectPage.connect();
  await expect(connectPage.step('DNS')).toHaveClass(/err/, { timeout: 15_000 });
});

test('a program that is no nats-server is explained at INFO', async ({ connectPage }) => {
  const other = await listen(0, 'SSH-2.0-OpenSSH_9.9\r\n');
  await connectPage.startNew();
  await connectPage.write({ name: 'ssh', server: `127.0.0.1:${other.port}` });
  await connectPage.connect();
  await expect(connectPage.step('INFO')).toHaveClass(/err/);
  await expect(connectPage.step('INFO')).toContainText('not a NATS server');
  await other.close();
});

test('fields that cannot be are marked before anything is tried', async ({ connectPage }) => {
  await connectPage.startNew();
  await connectPage.write({ name: 'odd', server: 'ftp://host', method: 'User', secrets: { User: '' } });
  await connectPage.connect();
  await expect(connectPage.form.getByRole('alert').first()).toBeVisible();
  await expect(connectPage.form.getByRole('textbox', { name: 'Server 1' })).toHaveAttribute('aria-invalid', 'true');
  await expect(connectPage.form.getByLabel('User', { exact: true }).first()).toBeVisible();
});

test('a token lets in', async ({ connectPage, explorer, startNatsServer }) => {
  const server = await startNatsServer(['--auth', 'open-sesame']);
  await connectPage.startNew();
  await connectPage.write({
    name: 'token',
    server: `127.0.0.1:${server.port}`,
    method: 'Token',
    secrets: { Token: 'open-sesame' },
  });
  await connectPage.connect();
  await expect(explorer.status).toContainText(`127.0.0.1:${server.port}`);
});

test('an nkey lets in', async ({ app, connectPage, explorer, natsServerCommand, startNatsServer }) => {
  test.skip(natsServerCommand.length > 1, 'there is no nats-server here; ours has no nkeys yet');
  const user = createUser();
  const config = join(app.home, 'nkey.conf');
  await writeFile(config, `authorization { users = [ { nkey: ${user.getPublicKey()} } ] }\n`);
  const server = await startNatsServer(['-c', config]);
  await connectPage.startNew();
  await connectPage.write({
    name: 'nkey',
    server: `127.0.0.1:${server.port}`,
    method: 'NKey',
    secrets: { 'or seed': new TextDecoder().decode(user.getSeed()) },
    subscribe: 'orders.>',
  });
  await connectPage.connect();
  await expect(explorer.status).toContainText(`127.0.0.1:${server.port}`);
});

test('several connections are open at once, each with its own traffic', async ({
  client,
  connectClient,
  connectPage,
  explorer,
  startNatsServer,
}) => {
  const servers = [await startNatsServer(), await startNatsServer()];
  for (const [index, server] of servers.entries()) {
    await connectPage.startNew();
    await connectPage.write({ name: `system-${index}`, server: `127.0.0.1:${server.port}`, subscribe: '>' });
    await connectPage.connect();
    await expect(explorer.status).toContainText(`127.0.0.1:${server.port}`);
    const there = await connectClient({ servers: `127.0.0.1:${server.port}` });
    // Connected comes before subscribed: the flush of another connection tells nothing of ours.
    await expect
      .poll(async () => {
        there.publish(`from.${index}`, 'hello');
        await there.flush();
        return (await explorer.counters()).received;
      })
      .toBeGreaterThan(0);
  }
  client.publish('from.local', 'hello');
  await connectPage.tab('system-0').click();
  await explorer.treeRow('from').click();
  await expect(explorer.message('from.0').first()).toBeVisible();
  await expect(explorer.message('from.1')).toHaveCount(0);
  await connectPage.tab('local').click();
  await expect(explorer.treeRow('from')).toBeVisible();
  await explorer.treeRow('from').click();
  await expect(explorer.message('from.local')).toHaveCount(1);
});

test('a profile is kept over a restart of the page, its password is not shown', async ({
  connectPage,
  page,
  startNatsServer,
}) => {
  const server = await startNatsServer(userFlags);
  await connectPage.startNew();
  await connectPage.write({
    name: 'kept',
    server: `127.0.0.1:${server.port}`,
    method: 'User',
    secrets: { User: 'ann', Password: 's3cret' },
  });
  await connectPage.form.getByRole('button', { name: 'Save' }).click();
  await expect(connectPage.list.getByRole('option', { name: /kept/ })).toBeVisible();
  await page.reload();
  await page.getByRole('button', { name: 'Connections' }).click();
  await connectPage.list.getByRole('option', { name: /kept/ }).click();
  await expect(connectPage.form.getByLabel('Password', { exact: true })).not.toHaveValue('s3cret');
  await connectPage.connect();
  await expect(page.locator('footer.status')).toContainText(`127.0.0.1:${server.port}`);
});

test.describe('contexts of the nats tool', () => {
  test.use({
    appOptions: {
      contexts: {
        depot: { description: 'the depot', url: 'nats://127.0.0.1:1', user: 'ann', password: 's3cret' },
        other: { description: '', url: 'nats://127.0.0.1:2,nats://127.0.0.1:3' },
      },
    },
  });

  test('are found and imported', async ({ connectPage, page }) => {
    await page.getByRole('button', { name: /Import nats contexts/ }).click();
    await expect(connectPage.list).toContainText('nats contexts');
    await connectPage.list.getByRole('option', { name: /depot/ }).click();
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await expect(connectPage.form.getByRole('textbox', { name: 'Name', exact: true })).toHaveValue('depot');
    await expect(connectPage.form.getByRole('textbox', { name: 'Server 1' })).toHaveValue('nats://127.0.0.1:1');
    await expect(connectPage.form.getByLabel('User', { exact: true }).last()).toHaveValue('ann');
    await page.getByRole('button', { name: /^Import 1/ }).click();
    await expect(connectPage.form.getByRole('textbox', { name: 'Server 2' })).toHaveValue('nats://127.0.0.1:3');
  });
});
