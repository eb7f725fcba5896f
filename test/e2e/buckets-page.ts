/** The pages of key-value buckets and objects as a person reads them. */

import { expect, type Locator, type Page } from '@playwright/test';

export class BucketsPage {
  readonly page: Page;
  readonly kind: 'kv' | 'object';
  readonly buckets: Locator;
  readonly names: Locator;
  readonly toolbar: Locator;
  readonly detail: Locator;
  readonly history: Locator;
  readonly transfers: Locator;
  readonly dialog: Locator;

  constructor(page: Page, kind: 'kv' | 'object') {
    this.page = page;
    this.kind = kind;
    this.buckets = page.getByRole('listbox', { name: 'Buckets' });
    this.names = page
      .locator('[role="grid"], [role="treegrid"]')
      .and(page.getByLabel(kind === 'kv' ? 'keys' : 'objects', { exact: true }));
    this.toolbar = page.getByRole('toolbar', { name: kind === 'kv' ? 'Keys' : 'Objects' });
    this.detail = page.getByRole('region', { name: kind === 'kv' ? 'Key' : 'Object', exact: true });
    this.history = this.detail.getByRole('listbox', { name: 'History' });
    this.transfers = page.getByRole('list', { name: 'Transfers' });
    this.dialog = page.getByRole('dialog');
  }

  async open(): Promise<void> {
    await this.page
      .getByRole('navigation', { name: 'Views' })
      .getByRole('button', { name: this.kind === 'kv' ? 'Key-value' : 'Objects' })
      .click();
    await expect(this.toolbar).toBeVisible();
  }

  bucket(name: string): Locator {
    return this.buckets.getByRole('option').filter({ has: this.page.getByText(name, { exact: true }) });
  }

  async choose(name: string): Promise<void> {
    await this.bucket(name).click();
    await expect(this.bucket(name)).toHaveAttribute('aria-selected', 'true');
  }

  /** A row by its whole name, or by the prefix of a branch with the sign at its end. */
  row(name: string): Locator {
    return this.names.getByRole('row').filter({ has: this.page.locator(`.tnode[title="${name}"]`) });
  }

  async select(name: string): Promise<void> {
    await this.row(name).click();
    await expect(this.row(name)).toHaveAttribute('aria-selected', 'true');
    await expect(this.detail).toContainText(name);
  }

  /** Texts of the cells of a row: name, value, revision. */
  async cells(name: string): Promise<string[]> {
    return (await this.row(name).getByRole('gridcell').allTextContents()).map((text) => text.trim());
  }

  /** Lines of the value that is shown, or of one of several by its name. */
  value(name = 'Value'): Locator {
    return this.detail.locator(`[aria-label="${name}"]`);
  }

  editor(name = 'Value'): Locator {
    return this.page.getByRole('textbox', { name, exact: true });
  }

  async write(text: string, name = 'Value'): Promise<void> {
    await this.editor(name).click();
    await this.page.keyboard.press('Control+a');
    await this.page.keyboard.insertText(text);
  }

  button(name: string | RegExp): Locator {
    return this.detail.getByRole('button', { name });
  }

  /** Runs a command by the palette. */
  async run(title: string): Promise<void> {
    await this.page.keyboard.press('Control+k');
    await this.page.getByRole('combobox').fill(`>${title}`);
    await this.page.getByRole('option', { name: title }).first().click();
  }
}
