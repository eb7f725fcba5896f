import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';

/** The pane that has the focus, and whether one can see that it has. */
async function focused(page: Page): Promise<{ pane: string; visible: boolean }> {
  return (await page.evaluate(`(() => {
    const element = document.activeElement;
    const pane = element?.closest('[data-pane]')?.dataset.pane ?? '';
    let visible = false;
    // The ring may be drawn by the element or by what it stands in.
    for (let node = element; node && node !== document.body && !visible; node = node.parentElement) {
      const style = getComputedStyle(node);
      const shadow = style.boxShadow !== 'none';
      const outline = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
      visible = outline || shadow || node.classList.contains('is-focus-pane');
    }
    return { pane, visible };
  })()`)) as { pane: string; visible: boolean };
}

test('from the start to a published message without a mouse', async ({ client, explorer, page }) => {
  const received: string[] = [];
  client.subscribe('keys.>', { callback: (_error, message) => void received.push(message.string()) });
  await client.flush();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('publish a message');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(page.getByRole('region', { name: 'Composer' }).getByRole('textbox', { name: 'Subject' })).toBeFocused();
  await page.keyboard.type('keys.only');
  for (let steps = 0; steps < 12; steps++) {
    await page.keyboard.press('Tab');
    if ((await page.evaluate('document.activeElement?.getAttribute("aria-label")')) === 'Payload') break;
  }
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText('{"typed":true}');
  await page.keyboard.press('Control+Enter');
  await expect.poll(() => received).toEqual(['{"typed":true}']);

  // From there to the message itself.
  await page.keyboard.press('Control+k');
  await page.keyboard.type('#keys.only');
  await expect(page.getByRole('dialog').getByRole('option').first()).toContainText('keys.only');
  await page.keyboard.press('Enter');
  await expect(explorer.treeRow('keys.only')).toHaveAttribute('aria-selected', 'true');
  for (let panes = 0; panes < 10 && (await focused(page)).pane !== 'list'; panes++) await page.keyboard.press('F6');
  await page.keyboard.press('ArrowUp');
  await expect.poll(() => explorer.payloadLines()).toContain('"typed": true');
});

test('F6 goes through every pane and back, and the focus can be seen in each', async ({ client, explorer, page }) => {
  client.publish('orders.1', '{"a":1}');
  await client.flush();
  await explorer.inspect('orders.1');
  const seen: string[] = [];
  for (let step = 0; step < 9; step++) {
    await page.keyboard.press('F6');
    const { pane, visible } = await focused(page);
    expect(visible, `the focus in ${pane} can be seen`).toBe(true);
    seen.push(pane);
  }
  for (const pane of ['title', 'rail', 'toolbar', 'tree', 'list', 'inspector', 'dock']) expect(seen).toContain(pane);
  const last = await focused(page);
  await page.keyboard.press('F6');
  await page.keyboard.press('Shift+F6');
  expect(await focused(page)).toEqual(last);
});

test('the tree and the list are walked with arrows', async ({ client, explorer, page }) => {
  for (const subject of ['a.b.c', 'a.b.d', 'a.e', 'f']) client.publish(subject, subject);
  await client.flush();
  await expect(explorer.list).toBeVisible();
  await explorer.treeRow('a').click();
  await page.keyboard.press('ArrowRight');
  await expect(explorer.treeRow('a.b')).toBeVisible();
  await page.keyboard.press('ArrowRight');
  await expect(explorer.treeRow('a.b')).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('ArrowRight');
  await expect(explorer.treeRow('a.b.d')).toBeVisible();
  // Below what applications say stands the account in which the server speaks of itself.
  await expect(explorer.tree.getByRole('row').last()).toContainText('$SYS');
  await page.keyboard.press('End');
  await expect(explorer.tree.getByRole('row', { selected: true })).toContainText('$SYS');
  await page.keyboard.press('ArrowUp');
  await expect(explorer.treeRow('f')).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowLeft');
  await expect(explorer.treeRow('a.b')).toHaveCount(0);
  await expect(explorer.messages).toHaveCount(3);
  await explorer.messages.first().click();
  await page.keyboard.press('ArrowDown');
  await expect.poll(() => explorer.payloadLines()).toEqual(['a.b.d']);
  // Rows are reused for other messages; a ring around one of them would be around another one soon.
  expect(await page.evaluate('document.activeElement.matches("[data-pane-focus]")')).toBe(true);
  await page.keyboard.press('/');
  await expect(explorer.filter).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(explorer.filter).not.toBeFocused();
});

test('panes close and open with their keys and keep their sizes', async ({ client, explorer, page }) => {
  client.publish('orders.1', '1');
  await client.flush();
  await explorer.treeRow('orders').click();
  const dock = page.getByRole('region', { name: 'Dock' });
  await page.keyboard.press('Control+`');
  await expect(dock).toBeHidden();
  await page.keyboard.press('Control+`');
  await expect(dock).toBeVisible();
  await page.keyboard.press('Control+Alt+b');
  await expect(explorer.inspector).toBeHidden();
  await page.keyboard.press('Control+Alt+b');
  await expect(explorer.inspector).toBeVisible();

  const splitter = page.getByRole('separator', { name: 'Inspector' });
  const before = (await explorer.inspector.boundingBox())?.width ?? 0;
  await splitter.focus();
  await page.keyboard.press('Shift+ArrowLeft');
  await expect.poll(async () => (await explorer.inspector.boundingBox())?.width).toBeCloseTo(before + 64, 0);
  await page.waitForTimeout(600);
  await page.reload();
  await explorer.ready();
  await expect.poll(async () => (await explorer.inspector.boundingBox())?.width).toBeCloseTo(before + 64, 0);
});
