/** The page that makes and mends connections, as a person uses it. */

import { expect, type Locator, type Page } from '@playwright/test';

export type Method = 'None' | 'User' | 'Token' | 'NKey' | 'Creds' | 'JWT';

export interface Typed {
  name: string;
  server: string;
  method?: Method;
  /** Fields of the method by their labels. */
  secrets?: Readonly<Record<string, string>>;
  subscribe?: string;
}

export class ConnectPage {
  readonly page: Page;
  readonly form: Locator;
  readonly diagnosis: Locator;
  readonly list: Locator;

  constructor(page: Page) {
    this.page = page;
    this.form = page.getByRole('region', { name: 'Connection', exact: true });
    this.diagnosis = page.getByRole('region', { name: 'Diagnosis' });
    this.list = page.getByRole('listbox', { name: 'Connections' });
  }

  /** Opens the page with an empty form. */
  async startNew(): Promise<void> {
    await this.page.getByRole('banner').getByRole('button', { name: 'New connection' }).click();
    await expect(this.form).toBeVisible();
  }

  async write({ name, server, method, secrets = {}, subscribe }: Typed): Promise<void> {
    await this.form.getByRole('textbox', { name: 'Name', exact: true }).fill(name);
    await this.form.getByRole('textbox', { name: 'Server 1' }).fill(server);
    if (method !== undefined) await this.form.getByRole('radio', { name: method, exact: true }).click();
    for (const [label, value] of Object.entries(secrets))
      await this.form.getByLabel(label, { exact: true }).fill(value);
    if (subscribe !== undefined) await this.form.getByRole('textbox', { name: 'Subscribe' }).fill(subscribe);
  }

  async connect(): Promise<void> {
    await this.form.getByRole('button', { name: /^(Connect|Try again|Reconnect)$/ }).click();
  }

  /** A step of the diagnosis: its state is in its class, what was found in its text. */
  step(name: 'DNS' | 'TCP' | 'INFO' | 'TLS' | 'CONNECT' | 'Permissions'): Locator {
    return this.diagnosis.getByRole('listitem').filter({ has: this.page.locator('.nm', { hasText: name }) });
  }

  /** Resolves once the connection that is shown stands. */
  async connected(port: number): Promise<void> {
    await expect(this.page.locator('footer.status')).toContainText(`127.0.0.1:${port}`);
  }

  tab(name: string): Locator {
    return this.page.getByRole('tab', { name: new RegExp(name) });
  }
}
