import { expect, test } from './fixtures.ts';

test('the palette runs actions by name', async ({ client, explorer, page }) => {
  client.publish('orders.1', '1');
  await client.flush();
  await expect(explorer.treeRow('orders')).toBeVisible();
  await page.keyboard.press('Control+k');
  const palette = page.getByRole('dialog', { name: 'Commands' });
  await palette.getByRole('combobox').fill('pause');
  await expect(palette.getByRole('option').first()).toContainText('Pause');
  await page.keyboard.press('Enter');
  await expect(palette).toHaveCount(0);
  await expect(page.getByRole('button', { name: /Resume/ })).toBeVisible();
});

test('# finds subjects and goes there', async ({ client, explorer, page }) => {
  for (let index = 0; index < 300; index++) client.publish(`plant.line-${index % 7}.machine-${index}.state`, 'RUN');
  await client.flush();
  await expect(explorer.treeRow('plant')).toBeVisible();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('#machine-217');
  const found = page.getByRole('dialog').getByRole('option', { name: /machine-217/ });
  await expect(found).toBeVisible();
  await page.keyboard.press('Enter');
  const row = explorer.treeRow('plant.line-0.machine-217.state').or(explorer.treeRow('plant.line-0.machine-217'));
  await expect(row.first()).toBeVisible();
  await expect(explorer.tree.locator('[aria-selected="true"]')).toContainText(/state|machine-217/);
});

test('a letter typed in the tree searches subjects', async ({ client, explorer, page }) => {
  client.publish('orders.1', '1');
  client.publish('payments.1', '1');
  await client.flush();
  await explorer.treeRow('orders').click();
  await page.keyboard.press('p');
  await expect(page.getByRole('combobox')).toHaveValue('#p');
  await page.keyboard.type('ay');
  await expect(
    page
      .getByRole('dialog')
      .getByRole('option', { name: /payments/ })
      .first(),
  ).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('@ switches connections', async ({ bridge, connectPage, page, startNatsServer }) => {
  const server = await startNatsServer();
  const { profileFor } = await import('../support/bridge-window.ts');
  await bridge.request('connections.save', { profile: profileFor('remote', server.port) });
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('@rem');
  await expect(page.getByRole('dialog').getByRole('option', { name: /remote/ })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(connectPage.tab('remote')).toHaveAttribute('aria-selected', 'true');
  await expect(page.locator('footer.status')).toContainText(`127.0.0.1:${server.port}`);
});

test('what cannot be done now says why', async ({ bridge, explorer, page }) => {
  await explorer.ready();
  await bridge.request('broker.stop', {});
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('>sample traffic');
  const entry = page.getByRole('dialog').getByRole('option', { name: /sample traffic/ });
  await expect(entry).toHaveAttribute('aria-disabled', 'true');
  await expect(entry).toContainText('broker not running');
});
