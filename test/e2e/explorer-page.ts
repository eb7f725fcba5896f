/** The explorer as a person reads it: what stands in tree, list, inspector and status bar, by its roles and names. */

import { expect, type Locator, type Page } from '@playwright/test';

export interface ShownCounters {
  received: number;
  kept: number;
  evicted: number;
  dropped: number;
  excluded: number;
}

export interface ShownRow {
  subject: string;
  text: string;
  bytes: number;
}

export class Explorer {
  readonly page: Page;
  readonly tree: Locator;
  readonly list: Locator;
  readonly inspector: Locator;
  readonly toolbar: Locator;
  readonly status: Locator;
  readonly filter: Locator;

  constructor(page: Page) {
    this.page = page;
    this.tree = page.getByRole('treegrid', { name: 'Subjects' });
    this.list = page.getByRole('grid', { name: 'Messages' });
    this.inspector = page.getByRole('region', { name: 'Inspector' });
    this.toolbar = page.getByRole('toolbar', { name: 'Explorer' });
    this.status = page.locator('footer.status');
    this.filter = page.getByRole('textbox', { name: 'Display filter' });
  }

  /** Resolves when the window shows its connection as connected. */
  async ready(): Promise<void> {
    await expect(this.toolbar).toBeVisible({ timeout: 15_000 });
    await expect(this.status).toContainText('nats://', { timeout: 15_000 });
  }

  /** Row of the tree by its whole subject or prefix. Branches above it have to be open. */
  treeRow(subject: string): Locator {
    return this.tree.getByRole('row').filter({ has: this.page.locator(`.tnode[title="${cssText(subject)}"]`) });
  }

  /** Opens the branches above a subject and selects its row, with the keyboard. */
  async open(subject: string): Promise<void> {
    // The first message of all turns the start page into tree and list.
    await expect(this.list).toBeVisible();
    const tokens = subject.split('.');
    for (let depth = 1; depth <= tokens.length; depth++) {
      const row = this.treeRow(tokens.slice(0, depth).join('.'));
      // While new subjects arrive the row may move away under the pointer.
      await expect(async () => {
        await row.click();
        await expect(row).toHaveAttribute('aria-selected', 'true', { timeout: 1000 });
      }).toPass({ timeout: 10_000 });
      if ((await row.getAttribute('aria-expanded')) === 'false') await this.page.keyboard.press('ArrowRight');
      if (depth < tokens.length) await expect(row).toHaveAttribute('aria-expanded', 'true');
    }
  }

  /** Opens a subject and selects its newest message. */
  async inspect(subject: string): Promise<void> {
    await this.open(subject);
    await this.message(subject).last().click();
    await expect(this.inspector.locator('.insp-head')).toContainText(subject.slice(subject.lastIndexOf('.') + 1));
  }

  /** Rows of the list that are drawn, oldest first. */
  get messages(): Locator {
    return this.list.locator('[role="row"][id^="message-"]');
  }

  message(subject: string): Locator {
    return this.messages.filter({ has: this.page.locator(`[title="${cssText(subject)}"]`) });
  }

  /** What a row of the tree says in one of its columns. */
  async treeCell(subject: string, column: 'value' | 'rate' | 'count'): Promise<string> {
    const cells = { value: '.val', rate: '.c-rate', count: '.c-count' };
    return plain(await this.treeRow(subject).locator(cells[column]).textContent());
  }

  /** Lines of the payload that are drawn, as text without numbers and marks. */
  async payloadLines(): Promise<string[]> {
    // What a comparison strikes out stands beside what took its place.
    const lines = await this.inspector.locator('.payload .ln .tx').evaluateAll((elements) =>
      elements.map((element) => {
        const copy = element.cloneNode(true);
        for (const before of copy.querySelectorAll('.was')) before.remove();
        return copy.textContent;
      }),
    );
    return lines.map(plain);
  }

  /** Bytes that the hex view draws, as they stand there. */
  async hexBytes(): Promise<string> {
    const lines = await this.inspector.locator('.bytes .hx').allTextContents();
    return lines.join(' ').replaceAll(/\s+/g, ' ').trim();
  }

  /** The equation of the status bar. */
  async counters(): Promise<ShownCounters> {
    const text = plain(await this.status.getByRole('group', { name: 'Capture ledger' }).textContent());
    const read = (name: string): number => {
      const digits = new RegExp(`${name}\\s*([\\d ]+)`, 'i').exec(text)?.[1];
      return digits === undefined ? 0 : Number(digits.replaceAll(' ', ''));
    };
    return {
      received: read('received'),
      kept: read('kept'),
      evicted: read('evicted'),
      dropped: read('dropped'),
      excluded: read('excluded'),
    };
  }

  /** Name and value as they stand among the facts of the selected message. */
  async fact(name: string): Promise<string> {
    return plain(await this.inspector.locator(`dt:text-is("${name}") + dd`).textContent());
  }
}

/** Text of the page with the narrow space between digits, and any other run of space, as one plain space. */
export function plain(text: string | null): string {
  return (text ?? '').replaceAll(/[\s\u202F]+/g, ' ').trim();
}

/** Text within a quoted attribute value of a selector. */
function cssText(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
}
