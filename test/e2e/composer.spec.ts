import type { Msg, NatsConnection } from '@nats-io/transport-node';
import { expect, test } from './fixtures.ts';

/** What a client receives on a subject, from the moment this resolves. */
async function receive(client: NatsConnection, subject: string): Promise<Msg[]> {
  const received: Msg[] = [];
  client.subscribe(subject, { callback: (error, message) => void (error === null && received.push(message)) });
  await client.flush();
  return received;
}

test('a published message arrives byte for byte, with its headers and reply', async ({
  client,
  composer,
  explorer,
}) => {
  const received = await receive(client, 'orders.>');
  await composer.subject.fill('orders.eu.1');
  await composer.write('{ "state": "shipped", "id": 9007199254740993 }');
  await composer.headers(
    [
      ['X-Tag', 'one'],
      ['X-Region', 'münchen'],
    ],
    'answers.1',
  );
  await composer.send();
  await expect.poll(() => received.length).toBe(1);
  const [message] = received;
  expect(message?.string()).toBe('{ "state": "shipped", "id": 9007199254740993 }');
  expect(message?.reply).toBe('answers.1');
  expect(message?.headers?.get('X-Tag')).toBe('one');
  expect(message?.headers?.get('X-Region')).toBe('münchen');
  await explorer.open('orders.eu.1');
  await expect(explorer.messages).toHaveCount(1);
  await expect(composer.results).toContainText('orders.eu.1');
});

test('hex and base64 are sent as the bytes they stand for', async ({ client, composer }) => {
  const received = await receive(client, 'raw');
  await composer.subject.fill('raw');
  await composer.format('Hex');
  await composer.write('00 ff 0a 80');
  await composer.send();
  await expect.poll(() => received.length).toBe(1);
  expect([...(received[0]?.data ?? [])]).toEqual([0x00, 0xff, 0x0a, 0x80]);
  await composer.format('Base64');
  await composer.write('/wBC');
  await composer.send();
  await expect.poll(() => received.length).toBe(2);
  expect([...(received[1]?.data ?? [])]).toEqual([0xff, 0x00, 0x42]);
  await composer.format('Text');
  await composer.write('');
  await composer.send();
  await expect.poll(() => received.length).toBe(3);
  expect(received[2]?.data.length).toBe(0);
});

test('a file is sent as it is', async ({ client, composer, page }) => {
  const received = await receive(client, 'files');
  const buffer = Buffer.from(Uint8Array.from({ length: 70_000 }, (_, index) => index % 251));
  await composer.subject.fill('files');
  await composer.format('File');
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'blob.bin', mimeType: 'application/octet-stream', buffer });
  await expect(composer.region).toContainText('blob.bin');
  await composer.send();
  await expect.poll(() => received.length).toBe(1);
  expect(Buffer.compare(Buffer.from(received[0]?.data ?? []), buffer)).toBe(0);
});

test('many at an interval, with templates, and stopped half way', async ({ client, composer, explorer, page }) => {
  const received = await receive(client, 'ticks.>');
  await composer.subject.fill('ticks.{{count}}');
  await composer.format('Text');
  await page.getByRole('button', { name: 'Templates' }).click();
  await page.getByRole('menuitem', { name: 'Replace templates' }).click();
  await composer.write('tick {{count}} of many');
  await composer.region.getByRole('button', { name: /^×/ }).click();
  await page.getByRole('textbox', { name: 'Count' }).fill('5');
  await page.getByRole('textbox', { name: 'Interval' }).fill('10');
  await page.keyboard.press('Escape');
  await composer.send();
  await expect.poll(() => received.length).toBe(5);
  expect(received.map((message) => message.subject)).toEqual(['ticks.1', 'ticks.2', 'ticks.3', 'ticks.4', 'ticks.5']);
  expect(received[4]?.string()).toBe('tick 5 of many');
  // The first messages of all turn the start page into tree and list, around the composer.
  await expect(explorer.list).toBeVisible();

  await composer.region.getByRole('button', { name: /^×/ }).click();
  await page.getByRole('textbox', { name: 'Count' }).fill('100000');
  await page.keyboard.press('Escape');
  await composer.send();
  await composer.region.getByRole('button', { name: 'Stop' }).click();
  await expect(composer.region.getByRole('button', { name: 'Publish', exact: true })).toBeVisible();
  const stoppedAt = received.length;
  await page.waitForTimeout(200);
  expect(received.length - stoppedAt).toBeLessThanOrEqual(1);
});

test('what cannot be sent is told before it is sent', async ({ composer }) => {
  const publish = composer.region.getByRole('button', { name: 'Publish', exact: true });
  for (const subject of ['', 'has space', 'two..dots', 'wild.*', 'all.>', '.start']) {
    await composer.subject.fill(subject);
    await expect(publish, subject).toBeDisabled();
  }
  await composer.subject.fill('fine');
  await composer.format('Hex');
  await composer.write('0g');
  await expect(publish).toBeDisabled();
  await composer.write('0f');
  await expect(publish).toBeEnabled();
});

test('a payload over the limit of the server is refused with the limit', async ({ composer, page }) => {
  await composer.subject.fill('too.large');
  await composer.format('File');
  const buffer = Buffer.alloc(1024 * 1024 + 1);
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'big.bin', mimeType: 'application/octet-stream', buffer });
  await expect(composer.region.getByRole('button', { name: 'Publish', exact: true })).toBeDisabled();
  await expect(composer.region).toContainText('1 MB');
});

test('the subject follows the selection until it is typed', async ({ client, composer, explorer }) => {
  client.publish('orders.eu.1', 'a');
  client.publish('orders.eu.2', 'b');
  await client.flush();
  await explorer.open('orders.eu.1');
  await expect(composer.subject).toHaveValue('orders.eu.1');
  await explorer.treeRow('orders.eu.2').click();
  await expect(composer.subject).toHaveValue('orders.eu.2');
  await composer.subject.fill('typed.by.hand');
  await explorer.treeRow('orders.eu.1').click();
  await expect(composer.subject).toHaveValue('typed.by.hand');
  await composer.region.getByRole('button', { name: 'Follow selection' }).click();
  await expect(composer.subject).toHaveValue('orders.eu.1');
});
