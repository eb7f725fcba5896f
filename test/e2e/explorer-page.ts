import type { Page } from '@playwright/test';
export class Explorer {
  readonly page: Page;
  constructor(page: Page) {
    this.page = page;
  }
  async ready(): Promise<void> {}
}
