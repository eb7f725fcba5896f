import { expect, test } from './fixtures.ts';

test('dark and light follow the system, and the settings override it', async ({ explorer, page }) => {
  await explorer.ready();
  const theme = () => page.evaluate('document.documentElement.dataset.theme');
  expect(await theme()).toBe('dark');
  await page.emulateMedia({ colorScheme: 'light' });
  await expect.poll(theme).toBe('light');
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByRole('radiogroup', { name: 'Theme' }).getByRole('radio', { name: 'Dark' }).click();
  await expect.poll(theme).toBe('dark');
  await page.reload();
  await expect.poll(theme).toBe('dark');
});

for (const colorScheme of ['dark', 'light'] as const) {
  test.describe(`text in ${colorScheme}`, () => {
    test.use({ colorScheme });

    test('has the contrast that reading needs', async ({ client, explorer, page }) => {
      client.publish('orders.1', '{"state":"created","total":84.2}');
      client.publish('orders.1', '{"state":"paid","total":84.2}');
      await client.flush();
      await explorer.inspect('orders.1');
      await expect(explorer.inspector.locator('.ln.chg')).toBeVisible();
      // A changed cell is washed with a colour for a moment.
      await page.waitForTimeout(1500);
      const poor = (await page.evaluate(poorContrast)) as string[];
      expect(poor).toEqual([]);
    });
  });
}

/** Every piece of text that is drawn, with less than 4.5 : 1 between it and what is behind it. Disabled text is exempt. */
const poorContrast = `(() => {
  const parse = (text) => {
    const numbers = text.match(/[\\d.]+/g)?.map(Number) ?? [0, 0, 0, 0];
    const scale = text.startsWith('color(srgb') ? 255 : 1;
    return [...numbers.slice(0, 3).map((value) => value * scale), numbers[3] ?? 1];
  };
  const over = (top, below) => top.slice(0, 3).map((value, at) => value * top[3] + below[at] * (1 - top[3]));
  const behind = (element) => {
    if (element === null) return [255, 255, 255];
    const colour = parse(getComputedStyle(element).backgroundColor);
    return colour[3] === 1 ? colour.slice(0, 3) : over(colour, behind(element.parentElement));
  };
  const luminance = (colour) => {
    const [r, g, b] = colour.map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const found = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    if (element.closest(':disabled, [aria-disabled="true"], [data-disabled]')) continue;
    const background = behind(element);
    const text = over(parse(getComputedStyle(element).color), background);
    const [high, low] = [luminance(text), luminance(background)].sort((a, b) => b - a);
    const ratio = (high + 0.05) / (low + 0.05);
    if (ratio < 4.5) found.add(element.className + ' "' + node.data.trim().slice(0, 20) + '" ' + ratio.toFixed(2));
  }
  return [...found];
})()`;
