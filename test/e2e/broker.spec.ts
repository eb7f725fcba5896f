import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { credsAuthenticator } from '@nats-io/transport-node';
import { compare } from 'bcryptjs';
import { fromSeed } from '@nats-io/nkeys';
import { freePort } from '../support/free-port.ts';
import { BrokerPage } from './broker-page.ts';
import { expect, test as base } from './fixtures.ts';

const test = base.extend<{ broker: BrokerPage }>({
  broker: async ({ explorer }, use) => {
    const broker = new BrokerPage(explorer.page);
    await broker.open();
    await use(broker);
  },
});

const configFile = (home: string): string => join(home, 'data', 'nats-server.conf');

test('form and text are two views of one text, and what was written by hand stays', async ({ broker }) => {
  const text = `# ours
server_name: plant   # on the roof
listen: 127.0.0.1:4222

jetstream {
    # a fast disk
    max_mem: 256M
}
`;
  await broker.write(text);
  await broker.go('Limits');
  await broker.field('Limits: Payload').fill('2');
  expect(await broker.lines()).toBe(text.replace('127.0.0.1:4222\n', '127.0.0.1:4222\nmax_payload: 2MB\n'));
  await broker.go('JetStream');
  await broker.field('JetStream: Memory').fill('1G');
  expect(await broker.lines()).toContain('    # a fast disk\n    max_mem: 1G\n');
  await broker.field('JetStream: Memory').fill('');
  await broker.field('JetStream: Memory').blur();
  expect(await broker.lines()).toContain('    # a fast disk\n}\n');
  // And the other way round.
  await expect(broker.form.getByRole('switch', { name: 'JetStream: Enabled' })).toBeChecked();
  await broker.write('server_name: "typed"\nmax_payload: 4MB\njetstream: disabled\n');
  await expect(broker.field('Limits: Payload')).toHaveValue('4');
  await expect(broker.field('Listen: Name')).toHaveValue('typed');
  await expect(broker.form.getByRole('switch', { name: 'JetStream: Enabled' })).not.toBeChecked();
  // Steps back in the editor are steps back of the form, too.
  await broker.editor.click();
  await broker.page.keyboard.press('Control+z');
  await expect(broker.field('Limits: Payload')).toHaveValue('2');
});

test('a mistake is said with its line, at its field, and on the section', async ({ broker }) => {
  await broker.write('listen: 127.0.0.1:4222\nwrite_deadline: "soon"\nno_such_thing: 1\n');
  await expect(broker.check.getByText('2 errors')).toBeVisible();
  const problem = broker.check.getByRole('button', { name: /write_deadline/ });
  await expect(problem).toContainText('2');
  await expect(broker.check.getByRole('button', { name: /no_such_thing/ })).toContainText('unknown field');
  await expect(broker.nav.getByRole('button', { name: /^Limits/ })).toContainText('2');
  await expect(broker.text.locator('.cm-line.line-error')).toHaveCount(2);
  await broker.go('Limits');
  await expect(broker.field('Limits: Write deadline')).toHaveAttribute('aria-invalid', 'true');
  await expect(broker.form.getByRole('alert')).toContainText('invalid duration');
  const apply = broker.check.getByRole('button', { name: 'Reload', exact: true });
  await expect(apply).toHaveAttribute('aria-disabled', 'true');
  await problem.click();
  await expect(broker.editor).toBeFocused();
  await broker.page.keyboard.type('# ');
  expect(await broker.lines()).toContain('# write_deadline');
  await expect(broker.check.getByText('1 error', { exact: true })).toBeVisible();
  // While the text breaks off nobody can write into the form.
  await broker.write('tls {\n  verify: true\n');
  await expect(broker.field('Limits: Payload')).toBeDisabled();
  await expect(broker.check.getByRole('list', { name: 'Problems' })).toContainText(/EOF/);
  await broker.check.getByRole('button', { name: 'Discard' }).click();
  await expect(broker.field('Limits: Payload')).toBeEnabled();
  await expect(broker.check.getByRole('status')).toContainText('Good');
});

test('what can be is reloaded while clients stay', async ({ app, broker, client }) => {
  await client.flush();
  await expect(broker.bar).toContainText(/Clients 1/);
  await broker.go('Limits');
  await broker.field('Limits: Payload').fill('64KB');
  await expect(broker.check).toContainText('Reload 1 change');
  await expect(broker.check).not.toContainText('Restart');
  await expect(broker.nav.getByRole('button', { name: /^Limits/ })).toContainText('1');
  await broker.text.getByRole('radio', { name: 'Diff' }).click();
  await expect(broker.text.locator('.ln.add')).toContainText('max_payload: 64KB');
  await broker.apply('Reload');
  expect(await readFile(configFile(app.home), 'utf8')).toContain('max_payload: 64KB');
  expect(client.isClosed()).toBe(false);
  await client.flush();
  await expect(broker.check.getByRole('button', { name: 'Discard' })).toBeDisabled();
  await expect(broker.text.getByText('No changes')).toBeVisible();
  await broker.go('Log');
  await expect(broker.page.getByRole('region', { name: 'Log' })).toContainText('Reloaded: max_payload');
});

test('what only a start can set restarts, which is said beforehand', async ({ app, broker, connectClient }) => {
  const client = await connectClient({ servers: `127.0.0.1:${app.brokerPort}`, maxReconnectAttempts: -1 });
  await client.flush();
  await expect(broker.bar).toContainText(/Clients 1/);
  await broker.field('Listen: Name').fill('renamed');
  await expect(broker.check).toContainText('Restart 1 change, 1 client reconnects');
  await broker.apply('Restart');
  await expect(broker.bar).toContainText('renamed');
  await expect(broker.bar).toContainText(/Clients 1/);
  await client.flush();
  expect(client.info?.server_name).toBe('renamed');
});

test('an open broker without authentication is warned of before and after', async ({ app, broker }) => {
  test.skip(process.platform !== 'linux', 'other systems ask before a program may listen on the network');
  await broker.write(
    `listen: 127.0.0.1:${app.brokerPort}\nwebsocket {\n  listen: "0.0.0.0:${await freePort()}"\n  no_tls: true\n}\n`,
  );
  await expect(broker.check.getByText('1 warning')).toBeVisible();
  await expect(broker.check).toContainText('open to the network');
  await broker.apply('Restart');
  const notice = broker.page.getByText('Open to the network', { exact: true });
  await expect(notice).toBeVisible();
  await broker.go('Authentication');
  await broker.field('Authentication: Token').fill('let-me-in');
  await broker.apply('Reload');
  await expect(notice).toBeHidden();
});

test('a configuration of the person is opened, used in place, and saved only when it is applied', async ({
  app,
  broker,
  connectClient,
}) => {
  const port = await freePort();
  const mine = join(app.home, 'mine.conf');
  const text = `# not Natscope's\nport: ${port}   # fixed\ninclude "users.conf"\n`;
  await writeFile(mine, text);
  await writeFile(join(app.home, 'users.conf'), 'authorization { user: ann, password: pw }\n');
  await broker.text.getByRole('button', { name: 'Open a configuration file' }).click();
  const dialog = broker.page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Path of the file' }).fill(join(app.home, 'missing.conf'));
  await dialog.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(broker.page.getByRole('alert').filter({ hasText: 'does not exist' })).toBeVisible();
  await broker.page.getByRole('button', { name: 'Close' }).click();
  await broker.text.getByRole('button', { name: 'Open a configuration file' }).click();
  await dialog.getByRole('textbox', { name: 'Path of the file' }).fill(mine);
  await dialog.getByRole('textbox', { name: 'Path of the file' }).press('Enter');
  await expect(broker.text).toContainText('mine.conf');
  await expect(broker.form).toContainText('users.conf');
  await broker.go('Limits');
  await broker.field('Limits: Payload').fill('2');
  expect(await readFile(mine, 'utf8')).toBe(text);
  await broker.apply('Restart');
  expect(await readFile(mine, 'utf8')).toBe(text.replace('# fixed\n', '# fixed\nmax_payload: 2MB\n'));
  // The port of the command line counts, as in every start of this test's app.
  await connectClient({ servers: `127.0.0.1:${app.brokerPort}`, user: 'ann', pass: 'pw' });
  await broker.go('Users');
  await expect(broker.row('e2e')).toContainText('ann');
  // The explorer sees it all the same.
  await expect(broker.page.locator('footer.status')).toContainText(`nats://127.0.0.1:${app.brokerPort}`);
  await broker.text.page().reload();
  await broker.open();
  await expect(broker.text).toContainText('mine.conf');
});

test('what another program wrote into the file is not written over', async ({ app, broker }) => {
  await broker.field('Listen: Name').fill('mine');
  await expect(broker.check).toContainText('Restart');
  await writeFile(configFile(app.home), 'server_name: theirs\n');
  await broker.check.getByRole('button', { name: 'Restart', exact: true }).click();
  await expect(broker.page.getByRole('alert').filter({ hasText: 'changed by another program' })).toBeVisible();
  expect(await readFile(configFile(app.home), 'utf8')).toBe('server_name: theirs\n');
  expect(await broker.lines()).toContain('mine');
});

test('a draft outlives the window', async ({ broker }) => {
  await broker.field('Listen: Name').fill('draft-1');
  await expect(broker.check).toContainText('Restart 1 change');
  await broker.page.reload();
  await broker.open();
  await expect(broker.field('Listen: Name')).toHaveValue('draft-1');
  await broker.check.getByRole('button', { name: 'Discard' }).click();
  await expect(broker.field('Listen: Name')).toHaveValue('natscope');
});

test('users and accounts are made in the form, and let in at once', async ({ app, broker, connectClient }) => {
  await broker.go('Accounts');
  await broker.form.getByRole('button', { name: 'Account', exact: true }).click();
  await broker.field('Name of account APP').fill('SHOP');
  await broker.field('Name of account APP').press('Enter');
  const shop = broker.form.getByRole('region', { name: 'Account SHOP' });
  await shop.getByRole('button', { name: 'User', exact: true }).click();
  await shop.getByRole('textbox', { name: 'User 1', exact: true }).fill('orders');
  await shop.getByRole('textbox', { name: 'Password of orders', exact: true }).fill('pw-1');
  await shop.getByRole('button', { name: 'Permissions of orders' }).click();
  const publish = shop.getByRole('textbox', { name: 'orders: Publish allowed' });
  await publish.fill('orders.>, audit');
  await publish.blur();
  await shop.getByRole('button', { name: 'Hash the password' }).click();
  await expect.poll(() => broker.lines()).toContain('$2a$11$');
  expect(await broker.lines()).not.toContain('pw-1');
  expect(await broker.lines()).toMatch(/publish: \["?orders\.>"?, audit\]/);
  await broker.apply('Reload');
  const client = await connectClient({
    servers: `127.0.0.1:${app.brokerPort}`,
    user: 'orders',
    pass: 'pw-1',
    name: 'desk',
  });
  client.subscribe('orders.>', { queue: 'desks' });
  const problems: string[] = [];
  void (async () => {
    for await (const status of client.status()) if (status.type === 'error') problems.push(status.error.message);
  })();
  client.publish('orders.new', 'x');
  client.publish('secret', 'x');
  await client.flush();
  await expect.poll(() => problems.join()).toMatch(/Permissions Violation for Publish to "secret"/);

  await broker.go('Users');
  await expect(broker.people.getByRole('row', { name: /SHOP/ })).toContainText('1 connection');
  await broker.row('desk').click();
  await expect(broker.person).toContainText('orders.>');
  await expect(broker.person).toContainText('desks');
  await expect(broker.person).toContainText('audit');
  // Somebody who is kicked comes back; that is said.
  await broker.person.getByRole('button', { name: 'Kick' }).click();
  const dialog = broker.page.getByRole('dialog');
  await expect(dialog).toContainText('1 subscriptions');
  await dialog.getByRole('button', { name: 'Kick' }).click();
  await expect(broker.person).toContainText('gone');
  await expect(broker.row('desk')).toBeVisible({ timeout: 10_000 });
});

test('the explorer sees every account, and publishes where the selection is', async ({
  app,
  broker,
  connectClient,
  explorer,
}) => {
  await broker.write(`listen: 127.0.0.1:${app.brokerPort}
accounts {
  SHOP { users: [ { user: shop, password: s } ], exports: [ { stream: "orders.>" } ] }
  PLANT { users: [ { user: plant, password: p } ], imports: [ { stream: { account: SHOP, subject: "orders.>" }, prefix: shop } ] }
}
`);
  await broker.apply('Restart');
  await broker.page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Explorer' }).click();
  const shop = await connectClient({ servers: `127.0.0.1:${app.brokerPort}`, user: 'shop', pass: 's' });
  const plant = await connectClient({ servers: `127.0.0.1:${app.brokerPort}`, user: 'plant', pass: 'p' });
  shop.publish('orders.new', '{"n":1}');
  plant.publish('sensors.a', '{"t":2}');
  await Promise.all([shop.flush(), plant.flush()]);
  const account = (name: string) =>
    explorer.tree.getByRole('row').filter({ has: broker.page.locator(`.tnode[title="Account ${name}"]`) });
  for (const name of ['$G', 'SHOP', 'PLANT', '$SYS']) await expect(account(name)).toBeVisible();
  await expect(account('SHOP')).toHaveAttribute('aria-expanded', 'true');
  await expect(account('$SYS')).toHaveAttribute('aria-expanded', 'false');
  await expect(explorer.tree.getByRole('row').last()).toContainText('$SYS');
  // What one account exports stands in both.
  await expect(explorer.message('orders.new in SHOP')).toBeVisible();
  await expect(explorer.message('shop.orders.new in PLANT')).toBeVisible();

  await account('PLANT').click();
  await expect(explorer.messages).toHaveCount(2);
  const received: string[] = [];
  plant.subscribe('hello.>', { callback: (_, message) => void received.push(`PLANT ${message.subject}`) });
  shop.subscribe('hello.>', { callback: (_, message) => void received.push(`SHOP ${message.subject}`) });
  await Promise.all([shop.flush(), plant.flush()]);
  const where = broker.page.getByRole('button', { name: /^Account / });
  await expect(where).toHaveText('PLANT');
  await broker.page.getByRole('textbox', { name: 'Subject', exact: true }).fill('hello.there');
  await broker.page.getByRole('region', { name: 'Dock' }).getByRole('button', { name: 'Publish', exact: true }).click();
  await expect.poll(() => received).toEqual(['PLANT hello.there']);
  await where.click();
  await broker.page.getByRole('menuitem', { name: 'SHOP' }).click();
  await broker.page.getByRole('region', { name: 'Dock' }).getByRole('button', { name: 'Publish', exact: true }).click();
  await expect.poll(() => received).toEqual(['PLANT hello.there', 'SHOP hello.there']);
});

test('with one account the tree is as calm as without any', async ({ broker, client, explorer }) => {
  await broker.page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Explorer' }).click();
  client.publish('orders.new', '1');
  await client.flush();
  await expect(explorer.treeRow('orders')).toHaveAttribute('aria-level', '1');
  await expect(explorer.tree.locator('.tnode[title="Account $G"]')).toHaveCount(0);
  await expect(broker.page.getByRole('button', { name: /^Account / })).toHaveCount(0);
});

test('keys and hashes are made, shown once and kept nowhere', async ({ app, broker }) => {
  await broker.go('Tools');
  await broker.tools.getByRole('button', { name: 'Create' }).first().click();
  const key = broker.tools.getByLabel('Public key', { exact: true });
  const seed = broker.tools.getByLabel('Seed', { exact: true });
  await expect(key).toHaveText(/^U[A-Z2-7]{55}$/);
  const [publicKey, secret] = [await key.textContent(), (await seed.textContent()) ?? ''];
  expect(fromSeed(new TextEncoder().encode(secret)).getPublicKey()).toBe(publicKey);
  await broker.tools.getByRole('textbox', { name: 'Password to hash' }).fill('pa$$word');
  await broker.tools.getByRole('textbox', { name: 'Cost' }).fill('5');
  await broker.tools.getByRole('button', { name: 'Hash', exact: true }).click();
  const hash = broker.tools.getByLabel('Hash', { exact: true });
  await expect(hash).toHaveText(/^\$2a\$05\$/);
  expect(await compare('pa$$word', (await hash.textContent()) ?? '')).toBe(true);
  await broker.tools.getByRole('button', { name: 'Add as user' }).click();
  expect(await broker.lines()).toContain(`{ nkey: ${publicKey} }`);
  await broker.go('Tools');
  await expect(seed).toHaveCount(0);
  await broker.go('Log');
  await expect(broker.page.getByText(secret)).toHaveCount(0);
  expect(app.output).not.toContain(secret);
});

test('an operator with accounts and users is made and applied in one click', async ({ app, broker, connectClient }) => {
  await broker.go('Tools');
  const folder = join(app.home, 'keys');
  await broker.tools.getByRole('textbox', { name: 'Folder for the creds files' }).fill(folder);
  await broker.tools.getByRole('button', { name: 'Create' }).last().click();
  await expect(broker.tools).toContainText(join(folder, 'SHOP', 'orders.creds'));
  const creds = await readFile(join(folder, 'SHOP', 'orders.creds'));
  await expect(broker.page.getByText('BEGIN USER NKEY SEED')).toHaveCount(0);
  await broker.tools.getByRole('button', { name: 'Apply to the broker' }).click();
  await expect(broker.page.getByRole('status').filter({ hasText: 'Restarted' })).toBeVisible({ timeout: 15_000 });
  const client = await connectClient({
    servers: `127.0.0.1:${app.brokerPort}`,
    authenticator: credsAuthenticator(creds),
    name: 'with-creds',
  });
  client.publish('orders.new', '1');
  await client.flush();
  await broker.go('Users');
  await expect(broker.row('with-creds')).toBeVisible();
  await expect(broker.people.getByRole('row', { name: /SHOP/ })).toContainText('1 connection');
  // Twice is refused: nothing is written over.
  await broker.go('Tools');
  await broker.tools.getByRole('textbox', { name: 'Folder for the creds files' }).fill(folder);
  await broker.tools.getByRole('button', { name: 'Create' }).last().click();
  await expect(broker.page.getByRole('alert').filter({ hasText: 'is there already' })).toBeVisible();
});

test('a broker that is stopped is started from the page', async ({ broker }) => {
  await broker.bar.getByRole('button', { name: 'Stop' }).click();
  await expect(broker.bar).toContainText('stopped');
  await broker.field('Listen: Name').fill('later');
  await broker.apply('Save');
  await broker.go('Users');
  await expect(broker.page.getByText('The broker does not run')).toBeVisible();
  await broker.bar.getByRole('button', { name: 'Start', exact: true }).click();
  await expect(broker.bar).toContainText('later');
});
