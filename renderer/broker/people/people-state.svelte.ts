/** Who is on the broker, pulled about once a second for the rows that are drawn, while somebody looks. */

import { bridge } from '../../bridge.ts';
import type { BrokerClientDetail, BrokerPeople, PeopleSort } from '../../../electron/bridge/contract.ts';
import { toasts } from '../../ui/toasts.svelte.ts';

const pullMs = 1000;
/** What is sorted by something that changes is not sorted anew under somebody's eyes every second. */
const sortedPullMs = 3000;
const rowsFirst = 64;

const nobody: BrokerPeople = { rows: [], first: 0, total: 0, accounts: 0, connections: 0 };

export class PeopleState {
  people = $state.raw<BrokerPeople>(nobody);
  /** Null while the broker does not run, or nothing was answered yet. */
  known = $state(false);
  filter = $state('');
  sort = $state<PeopleSort>('since');
  /** The connection whose details are shown. */
  chosen = $state<number | null>(null);
  detail = $state.raw<BrokerClientDetail | null>(null);
  /** The chosen connection went away while it was looked at. */
  gone = $state(false);
  /** Accounts that were closed; all others are open. */
  #closed = $state.raw<ReadonlySet<string>>(new Set());
  #accounts: string[] = [];
  #range = { first: 0, count: rowsFirst };
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking = false;
  #again = false;
  #running = false;

  /** Rows that are drawn now. */
  want(first: number, count: number): void {
    this.#range = { first, count: Math.max(rowsFirst, count) };
    const { people } = this;
    const end = Math.min(people.total, first + count);
    if (first < people.first || end > people.first + people.rows.length) this.pull();
  }

  setFilter(text: string): void {
    this.filter = text;
    this.pull();
  }

  setSort(sort: PeopleSort): void {
    this.sort = sort;
    this.pull();
  }

  toggle(account: string): void {
    const closed = new Set(this.#closed);
    if (!closed.delete(account)) closed.add(account);
    this.#closed = closed;
    this.pull();
  }

  choose(clientId: number | null): void {
    this.chosen = clientId;
    this.detail = null;
    this.gone = false;
    if (clientId !== null) this.pull();
  }

  async kick(clientId: number): Promise<void> {
    try {
      const { kicked } = await bridge.request('broker.kick', { clientId });
      toasts.show({ tone: 'ok', text: kicked ? 'Connection closed' : 'It was gone already' });
    } catch (error) {
      toasts.error('The connection was not closed', error);
    }
    this.pull();
  }

  /** Looks until the function returned is called. */
  start(): () => void {
    this.#running = true;
    this.pull();
    return () => {
      this.#running = false;
      clearTimeout(this.#timer);
    };
  }

  /** Now, or as soon as the answer that is under way is here. */
  pull(): void {
    if (!this.#running) return;
    if (this.#asking) {
      this.#again = true;
      return;
    }
    clearTimeout(this.#timer);
    void this.#ask();
  }

  async #ask(): Promise<void> {
    this.#asking = true;
    const { filter, sort, chosen } = this;
    try {
      if (!document.hidden) {
        const open = this.#closed.size === 0 ? null : this.#accounts.filter((name) => !this.#closed.has(name));
        const people = await bridge.request('broker.people', { open, filter, sort, ...this.#range });
        const detail = chosen === null ? null : await bridge.request('broker.person', { clientId: chosen });
        this.known = people !== null;
        this.people = people ?? nobody;
        this.#learn();
        if (chosen !== null && chosen === this.chosen) {
          // What was known of somebody who left stays to be read.
          this.gone = detail === null;
          if (detail !== null) this.detail = detail;
        }
      }
    } catch {
      // The bridge is down, which the frame around says; it is tried again.
      this.known = false;
    }
    this.#asking = false;
    if (!this.#running) return;
    if (this.#again) {
      this.#again = false;
      this.pull();
      return;
    }
    const live = sort !== 'since' && sort !== 'name';
    this.#timer = setTimeout(() => void this.#ask(), live ? sortedPullMs : pullMs);
  }

  /** Names of the accounts that were seen: which are open is told by name. */
  #learn(): void {
    for (const row of this.people.rows) {
      if (row.kind === 'account' && !this.#accounts.includes(row.account)) this.#accounts.push(row.account);
    }
  }
}
