/**
 * A list of the server that is looked at again and again: in pages, no more often than the budget allows, and only while
 * somebody asks. Between two looks the rates come to be.
 */

import { listPagesMax, lookMsMin, lookPagesPerSecond, lookPatienceMs, lookShare } from './limits.ts';

export interface Page<T> {
  items: T[];
  total: number;
}

export interface Looked<T> {
  items: readonly T[];
  /** Number that grows, a second, by the key of the item. */
  rates: ReadonlyMap<string, number>;
  /** Microseconds since the epoch. */
  at: number;
}

export interface LooksOptions<T> {
  page: (offset: number) => Promise<Page<T>>;
  key: (item: T) => string;
  /** What grows: the last sequence, the number of deliveries. */
  counter: (item: T) => number;
}

export class Looks<T> {
  readonly #options: LooksOptions<T>;
  #last: Looked<T> | null = null;
  #counters = new Map<string, number>();
  #tookAt = 0;
  #notBefore = 0;
  #running: Promise<void> | null = null;
  /** When somebody asked last, for whoever forgets what nobody looks at. */
  askedAt = performance.now();

  constructor(options: LooksOptions<T>) {
    this.#options = options;
  }

  /** What was just changed is looked at with the next question. */
  expire(): void {
    this.#notBefore = 0;
  }

  rateOf(key: string): number {
    return this.#last?.rates.get(key) ?? 0;
  }

  /** What there is, not much older than the budget allows. Rejects when there is nothing and the server does not tell. */
  async get(): Promise<Looked<T>> {
    this.askedAt = performance.now();
    if (this.#running === null && this.askedAt >= this.#notBefore) {
      this.#running = this.#look().finally(() => (this.#running = null));
    }
    if (this.#running !== null) {
      if (this.#last === null) await this.#running;
      // An error of a later look is told: a list that is not true any more must not look alive.
      else await Promise.race([this.#running, pause(lookPatienceMs)]);
    }
    if (this.#last === null) throw new Error('a look that went well left something');
    return this.#last;
  }

  async #look(): Promise<void> {
    const { page, key, counter } = this.#options;
    const startedAt = performance.now();
    const items: T[] = [];
    const seen = new Set<string>();
    let pages = 0;
    for (let total = 1; items.length < total && pages < listPagesMax;) {
      const next = await page(items.length);
      pages++;
      total = next.total;
      for (const item of next.items) {
        // What is made while the pages come shifts what follows.
        if (seen.has(key(item))) continue;
        seen.add(key(item));
        items.push(item);
      }
      if (next.items.length === 0) break;
    }
    const now = performance.now();
    const seconds = (now - this.#tookAt) / 1000;
    const counters = new Map<string, number>();
    const rates = new Map<string, number>();
    for (const item of items) {
      const name = key(item);
      const count = counter(item);
      const before = this.#counters.get(name);
      counters.set(name, count);
      if (before !== undefined && seconds > 0) rates.set(name, Math.max(0, count - before) / seconds);
    }
    this.#counters = counters;
    this.#tookAt = now;
    this.#last = { items, rates, at: Math.floor(performance.timeOrigin * 1000 + now * 1000) };
    const waitMs = Math.max(lookMsMin, (now - startedAt) / lookShare, (pages * 1000) / lookPagesPerSecond);
    // Somewhat less, so that a window that asks once a second finds it due.
    this.#notBefore = now + waitMs - lookMsMin / 10;
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });
}
