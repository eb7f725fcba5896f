import { readSaid } from '../support/bridge-window.ts';
import { plain } from './explorer-page.ts';
import { expect, test } from './fixtures.ts';

test('pause holds the view while the recording goes on, and says how many came', async ({
  bridge,
  client,
  explorer,
  page,
}) => {
  for (let index = 0; index < 50; index++) client.publish('feed.items', `before ${index}`);
  await client.flush();
  await expect(explorer.messages.last()).toContainText('before 49');
  await page.getByRole('button', { name: 'Pause' }).click();
  for (let index = 0; index < 120; index++) client.publish('feed.items', `held ${index}`);
  await client.flush();
  const resume = page.getByRole('button', { name: /Resume/ });
  // The server may have spoken of itself meanwhile, which is recorded as well.
  await expect(resume).toContainText(/12\d/);
  await expect(explorer.messages.last()).toContainText('before 49');
  expect(await readSaid(bridge, 'local')).toBe(170);
  await resume.click();
  await expect(explorer.messages.last()).toContainText('held 119');
});

test('scrolling up stops to follow and counts what was missed; End follows again', async ({
  client,
  explorer,
  page,
}) => {
  for (let index = 0; index < 300; index++) client.publish('feed.items', `old ${index}`);
  await client.flush();
  await expect(explorer.messages.last()).toContainText('old 299');
  const follow = explorer.toolbar.getByRole('button', { name: /Follow|^\+/ });
  await explorer.messages.last().hover();
  await page.mouse.wheel(0, -2000);
  await expect(follow).toContainText('+0');
  const top = await explorer.messages.first().textContent();
  for (let index = 0; index < 25; index++) client.publish('feed.items', `new ${index}`);
  await client.flush();
  await expect(follow).toContainText('+25');
  expect(await explorer.messages.first().textContent(), 'the rows stay where they are').toBe(top);
  await explorer.list.locator('[data-pane-focus]').focus();
  await page.keyboard.press('End');
  await expect(explorer.messages.last()).toContainText('new 24');
});

test('Space pauses and resumes', async ({ client, explorer, page }) => {
  client.publish('feed.items', 'one');
  await expect(explorer.messages).toHaveCount(1);
  await explorer.messages.last().click();
  await page.keyboard.press('Space');
  await expect(page.getByRole('button', { name: /Resume/ })).toBeVisible();
  await page.keyboard.press('Space');
  await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible();
});

test('clearing says what is lost, and begins to count anew', async ({ bridge, client, explorer, page }) => {
  client.publish('feed.items', 'one');
  await client.flush();
  await expect(explorer.treeRow('feed')).toBeVisible();
  await page.getByRole('button', { name: 'Clear', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Clear capture' });
  await expect
    .poll(async () => plain(await dialog.textContent()), { message: 'what is lost is counted before it is' })
    .toContain(`Messages ${(await explorer.counters()).kept}`);
  await dialog.getByRole('button', { name: 'Clear' }).click();
  await expect.poll(() => readSaid(bridge, 'local')).toBe(0);
  client.publish('feed.items', 'two');
  await expect.poll(async () => plain(await explorer.treeRow('feed').locator('.c-count').textContent())).toBe('1');
});
