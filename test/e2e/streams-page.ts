/** The page of streams and consumers as a person finds its parts. */

import type { Locator, Page } from '@playwright/test';

export class StreamsPage {
  readonly page: Page;
  readonly list: Locator;
  readonly middle: Locator;
  readonly messages: Locator;
  readonly message: Locator;
  readonly consumers: Locator;
  readonly editor: Locator;
  readonly dialog: Locator;

  constructor(page: Page) {
    this.page = page;
    this.list = page.getByRole('grid', { name: 'Streams' });
    this.middle = page.getByRole('region', { name: 'Stream', exact: true });
    this.messages = page.getByRole('grid', { name: 'Messages' });
    this.message = page.getByRole('region', { name: 'Message', exact: true });
    this.consumers = page.getByRole('region', { name: 'Consumers' });
    this.editor = page.locator('section.editor');
    this.dialog = page.getByRole('dialog');
  }

  async open(): Promise<void> {
    await this.page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Streams' }).click();
  }

  stream(name: string): Locator {
    return this.list.locator(`[id="stream-${name}"]`);
  }

  /** Chooses a stream and waits until it is shown. */
  async choose(name: string): Promise<void> {
    await this.stream(name).click();
    await this.middle.locator('.head .med').getByText(name, { exact: true }).waitFor();
  }

  stored(sequence: number): Locator {
    return this.messages.locator(`[id="stored-${sequence}"]`);
  }

  consumer(name: string): Locator {
    return this.consumers.locator(`[id="consumer-${name}"]`);
  }

  field(name: string): Locator {
    return this.page.getByRole('textbox', { name, exact: true });
  }

  async streamAction(name: string): Promise<void> {
    await this.middle.getByRole('button', { name: 'Stream actions' }).click();
    await this.page.getByRole('menuitem', { name }).click();
  }

  async consumerAction(name: string): Promise<void> {
    await this.consumers.getByRole('button', { name: 'Consumer actions' }).click();
    await this.page.getByRole('menuitem', { name }).click();
  }
}
