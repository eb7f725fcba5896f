/** The composer as a person uses it. */

import type { Locator, Page } from '@playwright/test';

export class Composer {
  readonly page: Page;
  readonly region: Locator;
  readonly subject: Locator;
  readonly payload: Locator;
  readonly results: Locator;

  constructor(page: Page) {
    this.page = page;
    this.region = page.getByRole('region', { name: 'Composer' });
    this.subject = this.region.getByRole('textbox', { name: 'Subject' });
    this.payload = this.region.getByRole('textbox', { name: 'Payload' });
    this.results = page.getByRole('region', { name: 'Results' });
  }

  async mode(name: 'Publish' | 'Request' | 'Respond'): Promise<void> {
    await this.page.getByRole('radiogroup', { name: 'Mode' }).getByRole('radio', { name }).click();
  }

  async format(name: 'JSON' | 'Text' | 'Hex' | 'Base64' | 'File'): Promise<void> {
    await this.region.getByRole('radiogroup', { name: 'Format' }).getByRole('radio', { name, exact: true }).click();
  }

  async write(text: string): Promise<void> {
    await this.payload.click();
    await this.page.keyboard.press('Control+a');
    // A key of its own, because nothing is inserted for an empty text.
    if (text === '') await this.page.keyboard.press('Delete');
    else await this.page.keyboard.insertText(text);
  }

  /** Replaces the headers, and the reply subject when one is given. */
  async headers(fields: readonly (readonly [name: string, value: string])[], reply?: string): Promise<void> {
    await this.region.getByRole('button', { name: /^Headers/ }).click();
    const names = this.page.getByRole('textbox', { name: 'Header name' });
    const values = this.page.getByRole('textbox', { name: 'Header value' });
    for (const [index, [name, value]] of fields.entries()) {
      if ((await names.count()) <= index) await this.page.getByRole('button', { name: 'Header', exact: true }).click();
      await names.nth(index).fill(name);
      await values.nth(index).fill(value);
    }
    if (reply !== undefined) await this.page.getByRole('textbox', { name: 'Reply to' }).fill(reply);
    await this.page.keyboard.press('Escape');
  }

  async send(): Promise<void> {
    await this.region.getByRole('button', { name: /^(Publish|Request|Respond)$/ }).click();
  }
}
