import { allBytes, deepJson, mebibyte, positionRecord } from '../support/application-messages.ts';
import { rawPublish } from '../support/raw-publish.ts';
import { plain } from './explorer-page.ts';
import { expect, test } from './fixtures.ts';

test('a message is compared with the one before on its subject', async ({ client, explorer, page }) => {
  client.publish('orders.1', '{"state":"authorized","total":"84.20","note":"gone"}');
  client.publish('orders.2', '{"state":"elsewhere"}');
  client.publish('orders.1', '{"state":"paid","total":"84.20","paid_at":"12:00"}');
  await client.flush();
  await explorer.inspect('orders.1');
  await page.getByRole('radio', { name: 'Diff' }).click();
  const changed = explorer.inspector.locator('.ln.chg');
  await expect(changed).toHaveCount(1);
  await expect(changed).toContainText('"paid"');
  await expect(changed.locator('.was')).toContainText('"authorized"');
  await expect(explorer.inspector.locator('.ln.add')).toContainText('"paid_at"');
  await expect(explorer.inspector.locator('.ln.del')).toContainText('"note"');
});

test('[ and ] walk along a subject, and the history lists it', async ({ client, explorer, page }) => {
  for (let index = 1; index <= 5; index++) {
    client.publish('meter.reading', `reading ${index}`);
    client.publish('meter.other', `other ${index}`);
  }
  await client.flush();
  await explorer.treeRow('meter').click();
  await explorer.message('meter.reading').last().click();
  await expect.poll(() => explorer.payloadLines()).toEqual(['reading 5']);
  await page.keyboard.press('[');
  await expect.poll(() => explorer.payloadLines()).toEqual(['reading 4']);
  await page.keyboard.press('[');
  await expect.poll(() => explorer.payloadLines()).toEqual(['reading 3']);
  await page.keyboard.press(']');
  await expect.poll(() => explorer.payloadLines()).toEqual(['reading 4']);

  await page.getByRole('tab', { name: /History/ }).click();
  const history = page.getByRole('listbox', { name: 'History' });
  await expect(history.getByRole('option')).toHaveCount(5);
  await history.getByRole('option').last().click();
  await page.getByRole('tab', { name: 'Message' }).click();
  await expect.poll(() => explorer.payloadLines()).toEqual(['reading 1']);
});

test('bytes stay bytes', async ({ app, explorer }) => {
  const record = positionRecord(17, 53.5, 9.9, 'v-101');
  await rawPublish(app.brokerPort, [
    { subject: Buffer.from('raw.all'), payload: allBytes },
    { subject: Buffer.from('raw.record'), payload: record },
  ]);
  await explorer.inspect('raw.all');
  await expect(explorer.inspector).toContainText('Binary');
  await expect.poll(() => explorer.hexBytes()).toMatch(/^00 01 02 03 04 05 06 07 08/);
  expect(await explorer.fact('Size')).toBe('256 B');

  await explorer.inspect('raw.record');
  const expected = Buffer.from(record)
    .toString('hex')
    .replaceAll(/(..)(?=.)/g, '$1 ');
  await expect.poll(() => explorer.hexBytes()).toBe(expected);
});

test('a mebibyte is shown in part, loaded whole on demand, and freezes nothing', async ({ client, explorer, page }) => {
  const text = `{"items":[${Array.from({ length: 40_000 }, (_, index) => `{"index":${index}}`).join(',')}]}`;
  const payload = text + ' '.repeat(mebibyte - text.length);
  client.publish('big.document', payload);
  await client.flush();
  await explorer.inspect('big.document');
  await expect(explorer.inspector.locator('.payload .ln').first()).toBeVisible();
  expect(await explorer.fact('Size')).toBe('1 MB');
  const loadAll = page.getByRole('button', { name: 'Load all' });
  if (await loadAll.isVisible()) await loadAll.click();
  await expect.poll(() => explorer.payloadLines()).toContain('"items": [');
  await explorer.inspector.getByRole('listbox', { name: 'Payload' }).focus();
  await page.keyboard.press('End');
  await expect.poll(async () => (await explorer.payloadLines()).at(-1)).toBe('}');
});

test('JSON that ends too early is shown as it came, with the place of the mistake', async ({ client, explorer }) => {
  client.publish('broken.json', '{"order": 12, "state": "pa');
  client.publish('broken.lying', '{"a":1}}');
  client.publish('broken.twice', '{"a":1,"a":2}');
  await client.flush();
  await explorer.inspect('broken.json');
  await expect(explorer.inspector).toContainText(/no closing quote.*line 1, column 24/);
  expect((await explorer.payloadLines()).join('')).toContain('"pa');
  await explorer.inspect('broken.twice');
  await expect.poll(async () => plain((await explorer.payloadLines()).join(' '))).toContain('"a": 1, "a": 2');
});

test('JSON of any depth is shown', async ({ client, explorer }) => {
  client.publish('deep.json', deepJson(20_000));
  client.publish('deep.after', 'still here');
  await client.flush();
  await explorer.inspect('deep.json');
  await expect(explorer.inspector.locator('.payload .ln').first()).toBeVisible();
  await explorer.inspect('deep.after');
  await expect.poll(() => explorer.payloadLines()).toEqual(['still here']);
});
