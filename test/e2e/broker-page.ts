/** The page of the local broker as a person reads it. */

import { expect, type Locator, type Page } from '@playwright/test';

export class BrokerPage {
  readonly page: Page;
  readonly nav: Locator;
  readonly bar: Locator;
  readonly form: Locator;
  readonly text: Locator;
  readonly editor: Locator;
  readonly check: Locator;
  readonly people: Locator;
  readonly person: Locator;
  readonly tools: Locator;

  constructor(page: Page) {
    this.page = page;
    this.nav = page.getByRole('navigation', { name: 'Broker', exact: true });
    this.bar = page.getByRole('toolbar', { name: 'Local broker' });
    this.form = page.getByRole('region', { name: 'Configuration form' });
    this.text = page.getByRole('region', { name: 'Configuration text' });
    this.editor = this.text.getByRole('textbox', { name: 'Configuration', exact: true });
    this.check = page.getByRole('region', { name: 'Check', exact: true });
    this.people = page.getByRole('treegrid', { name: 'Users and accounts' });
    this.person = page.getByRole('region', { name: 'Connection', exact: true });
    this.tools = page.getByRole('region', { name: 'Tools', exact: true });
  }

  /** By the rail; resolves when the text is there and was checked. */
  async open(): Promise<void> {
    await this.page
      .getByRole('navigation', { name: 'Views' })
      .getByRole('button', { name: /^Local broker/ })
      .click();
    await expect(this.nav).toBeVisible();
    await expect(this.check.getByRole('status')).not.toHaveText('Checking');
  }

  async go(section: string): Promise<void> {
    await this.nav.getByRole('button', { name: new RegExp(`^${section}\\b`) }).click();
  }

  field(name: string): Locator {
    return this.form.getByRole('textbox', { name, exact: true });
  }

  /** The whole text as the editor has it. */
  async lines(): Promise<string> {
    return (await this.editor.locator('.cm-line').allTextContents()).join('\n');
  }

  /** Replaces the whole text by typing. */
  async write(text: string): Promise<void> {
    await this.editor.click();
    await this.page.keyboard.press('Control+a');
    await this.page.keyboard.insertText(text);
  }

  /** Clicks the button that applies, which says how. */
  async apply(how: 'Reload' | 'Restart' | 'Save' | 'Start'): Promise<void> {
    const button = this.check.getByRole('button', { name: how, exact: true });
    await expect(button).toBeEnabled();
    await button.click();
    const said = { Reload: 'Reloaded', Restart: 'Restarted', Save: 'Saved', Start: 'Restarted' }[how];
    await expect(this.page.getByRole('status').filter({ hasText: said })).toBeVisible({ timeout: 15_000 });
  }

  row(text: string): Locator {
    return this.people.getByRole('row').filter({ hasText: text });
  }
}
