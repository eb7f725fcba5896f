import { readSaid } from '../support/bridge-window.ts';
import { expect, test } from './fixtures.ts';
import { plain } from './explorer-page.ts';
import type { Explorer } from './explorer-page.ts';

test.beforeEach(async ({ bridge, client, explorer }) => {
  for (let index = 0; index < 40; index++) {
    const state = index % 4 === 0 ? 'paid' : 'created';
    client.publish(`orders.eu.${index % 5}`, JSON.stringify({ number: index, state, total: index * 10 }));
  }
  client.publish('notes.plain', 'the quick brown fox');
  await client.flush();
  await explorer.ready();
  await expect.poll(() => readSaid(bridge, 'local')).toBe(41);
});

async function language(explorer: Explorer, name: 'Text' | '.*' | 'Expr'): Promise<void> {
  await explorer.page
    .getByRole('radiogroup', { name: 'Filter language' })
    .getByRole('radio', { name, exact: true })
    .click();
}

async function hits(explorer: Explorer): Promise<string> {
  return plain(await explorer.toolbar.locator('.field .hits').first().textContent());
}

test('text finds what payloads and subjects hold', async ({ explorer }) => {
  await explorer.filter.fill('brown');
  await expect.poll(() => hits(explorer)).toBe('1 of 41');
  await expect(explorer.messages).toHaveCount(1);
  await expect(explorer.messages.first()).toContainText('fox');
  await explorer.filter.fill('orders.*.3');
  await expect.poll(() => hits(explorer)).toBe('8 of 41');
});

test('a regular expression is matched, and its error is told', async ({ explorer }) => {
  await language(explorer, '.*');
  await explorer.filter.fill('"number":(7|8|9),');
  await expect.poll(() => hits(explorer)).toBe('3 of 41');
  await explorer.filter.fill('"number":(7');
  await expect(explorer.toolbar.getByRole('alert')).toBeVisible();
  await expect(explorer.filter).toHaveAttribute('aria-invalid', 'true');
});

test('an expression compares fields, sizes and subjects, and says where it is wrong', async ({ explorer }) => {
  await language(explorer, 'Expr');
  await explorer.filter.fill('state == "paid" and total > 200');
  await expect.poll(() => hits(explorer)).toBe('4 of 41');
  await expect(explorer.messages.first()).toContainText('paid');
  await explorer.filter.fill('state == ');
  await expect(explorer.toolbar.getByRole('alert')).toBeVisible();
  await expect(explorer.toolbar).toContainText(/col \d+/);
});

test('a filter goes on with what arrives, and leaves when it is cleared', async ({ client, explorer, page }) => {
  await explorer.filter.fill('needle');
  await expect.poll(() => hits(explorer)).toBe('0 of 41');
  client.publish('late.arrival', 'a needle in the hay');
  client.publish('late.arrival', 'hay');
  await client.flush();
  await expect.poll(() => hits(explorer)).toBe('1 of 43');
  await explorer.filter.press('Escape');
  await expect(explorer.messages).not.toHaveCount(1);
  await expect(explorer.filter).toHaveValue('');
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('a search that explodes does not freeze the window', async ({ client, explorer }) => {
  client.publish('evil', `${'a'.repeat(5000)}!`);
  await client.flush();
  await expect(explorer.treeRow('evil')).toBeVisible();
  await language(explorer, '.*');
  await explorer.filter.fill('(a+)+$');
  // Whatever the answer is, the window answers to other things meanwhile.
  await explorer.treeRow('orders').click();
  await expect(explorer.treeRow('orders')).toHaveAttribute('aria-selected', 'true');
  await explorer.filter.fill('');
  client.publish('orders.eu.0', 'afterwards');
  await expect(explorer.messages.last()).toContainText('afterwards');
});
