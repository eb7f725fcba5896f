import { bytesOf, hostileMessages, markup, mebibyte } from '../support/application-messages.ts';
import { readSaid } from '../support/bridge-window.ts';
import { rawPublish } from '../support/raw-publish.ts';
import { expect, test } from './fixtures.ts';

test('markup in subject, payload and headers is text, and nothing of it runs', async ({ app, explorer, page }) => {
  await rawPublish(app.brokerPort, hostileMessages);
  await explorer.inspect(markup.subject);
  await expect(explorer.inspector).toContainText(markup.payload);
  await expect(explorer.inspector).toContainText(markup.header);
  for (const tab of ['History', 'Message']) await page.getByRole('tab', { name: new RegExp(tab) }).click();
  expect(await page.evaluate('window.natscopeOwned')).toBeUndefined();
  await expect(page.locator('img[src="x"], svg[onload], script:not([src])')).toHaveCount(0);
});

test('every hostile message is kept, drawn and walked through', async ({ app, bridge, explorer, page }) => {
  await rawPublish(app.brokerPort, hostileMessages);
  await expect.poll(() => readSaid(bridge, 'local')).toBe(hostileMessages.length);
  await explorer.treeRow('legacy').click();
  await explorer.messages.first().click();
  for (let index = 1; index < hostileMessages.length; index++) {
    await expect(explorer.inspector.locator('.kv')).toBeVisible();
    await page.keyboard.press('ArrowDown');
  }
  const { received, kept } = await explorer.counters();
  expect(kept).toBe(received);
});

test('a subject that is no UTF-8 shows its bytes', async ({ app, explorer }) => {
  await rawPublish(app.brokerPort, hostileMessages);
  await explorer.treeRow('legacy').click();
  await explorer.page.keyboard.press('ArrowRight');
  await expect(explorer.tree).toContainText(/caf\\xE9/);
  // What turns the text around or cannot be seen is spelled out.
  await explorer.inspect('legacy.bidi');
  await expect(explorer.inspector).toContainText('invoice\\u202Efdp.exe');
});

test('ten thousand subjects and a flood of large payloads leave the window usable', async ({
  app,
  bridge,
  client,
  explorer,
}) => {
  for (let index = 0; index < 10_000; index++) client.publish(`wide.${index}`, '1');
  await client.flush();
  await rawPublish(
    app.brokerPort,
    Array.from({ length: 40 }, () => ({ subject: bytesOf('flood'), payload: new Uint8Array(mebibyte).fill(0x20) })),
  );
  await expect.poll(() => readSaid(bridge, 'local')).toBe(10_040);
  await explorer.treeRow('wide').click();
  await expect.poll(() => explorer.treeCell('wide', 'value')).toBe('10 000 subjects');
  await explorer.page.keyboard.press('ArrowRight');
  await expect(explorer.treeRow('wide.0')).toBeVisible();
  await explorer.page.keyboard.press('End');
  await expect(explorer.tree.locator('[aria-selected="true"]')).toBeVisible();
});
