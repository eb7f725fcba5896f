/** Consumers of one stream: the list, the chosen one with what it has delivered, and the lab. */

import { bridge, BridgeError } from '../../bridge.ts';
import type {
  ConsumerDetail,
  ConsumerList,
  ConsumerSort,
  Deliveries,
  JetStreamOf,
  LabAnswer,
  LabMessage,
} from '../../../electron/bridge/contract.ts';
import { toasts } from '../../ui/toasts.svelte.ts';
import { Poller } from '../poller.ts';
import { isRefused } from '../refusals.ts';

const nobody: ConsumerList = { rows: [], first: 0, total: 0, consumers: 0, at: 0 };
const rowsFirst = 64;
const deliveriesMax = 256;
/** Looks that a sparkline shows: a minute of them. */
const ratesMax = 60;

export interface LabRow {
  message: LabMessage;
  /** How it was answered; null while it was not. */
  answered: LabAnswer | null;
  busy: boolean;
}

export class ConsumersState {
  readonly stream: string;
  list = $state.raw<ConsumerList>(nobody);
  known = $state(false);
  error = $state.raw<BridgeError | null>(null);
  filter = $state('');
  sort = $state<ConsumerSort>('name');
  selected = $state<string | null>(null);
  detail = $state.raw<ConsumerDetail | null>(null);
  /** The consumer that was looked at last and is not there any more. */
  gone = $state<string | null>(null);
  /** How fast the chosen one was delivered to, a look each, oldest first. */
  rates = $state.raw<readonly number[]>([]);
  deliveries = $state.raw<Deliveries | null>(null);
  lab = $state.raw<readonly LabRow[]>([]);
  fetching = $state(false);
  /** Why the last fetch ended. */
  ended = $state('');
  readonly #of: () => JetStreamOf;
  readonly #poller = new Poller(() => this.#ask());
  #range = { first: 0, count: rowsFirst };
  #fetch: AbortController | null = null;

  constructor(of: () => JetStreamOf, stream: string) {
    this.#of = of;
    this.stream = stream;
  }

  start(): () => void {
    return this.#poller.start();
  }

  refresh(): void {
    this.#poller.now();
  }

  setSort(sort: ConsumerSort): void {
    this.sort = sort;
    this.refresh();
  }

  setFilter(text: string): void {
    this.filter = text;
    this.refresh();
  }

  want(first: number, count: number): void {
    this.#range = { first, count: Math.min(1000, Math.max(rowsFirst, count)) };
    if (first < this.list.first || first + count > this.list.first + this.list.rows.length) this.#poller.now();
  }

  select(consumer: string | null): void {
    if (consumer === this.selected) return;
    this.selected = consumer;
    this.rates = [];
    this.gone = null;
    this.detail = null;
    this.deliveries = null;
    this.lab = [];
    this.ended = '';
    this.#fetch?.abort();
    this.#poller.now();
  }

  async #ask(): Promise<'refused' | undefined> {
    const of = this.#of();
    const { stream, filter, sort, selected } = this;
    try {
      const chosen = selected === null ? null : { ...of, stream, consumer: selected };
      const [list, detail, deliveries] = await Promise.all([
        bridge.request('jetstream.consumers', { ...of, stream, filter, sort, ...this.#range }),
        chosen === null ? null : bridge.request('jetstream.consumer', chosen),
        chosen === null
          ? null
          : bridge.request('jetstream.deliveries', { ...chosen, limit: deliveriesMax }).catch(() => null),
      ]);
      this.list = list;
      this.known = true;
      this.error = null;
      const [first] = list.rows;
      // After one that went nothing takes its place by itself.
      if (this.selected === null && this.gone === null && first !== undefined && filter === '') this.select(first.name);
      if (selected !== null && selected === this.selected) {
        if (detail === null) {
          this.select(null);
          this.gone = selected;
        } else {
          this.detail = detail;
          this.deliveries = deliveries;
          this.rates = [...this.rates.slice(1 - ratesMax), detail.row.rate];
        }
      }
    } catch (error) {
      if (error instanceof BridgeError) this.error = error;
      return isRefused(error) ? 'refused' : undefined;
    }
    return undefined;
  }

  async fetch(batch: number, expiresMs: number, group: string): Promise<void> {
    const consumer = this.selected;
    if (consumer === null) return;
    this.#fetch?.abort();
    const fetching = new AbortController();
    this.#fetch = fetching;
    this.fetching = true;
    this.ended = '';
    // What was answered makes room; what was not stays to be answered.
    this.lab = this.lab.filter(({ answered }) => answered === null);
    const params = { ...this.#of(), stream: this.stream, consumer, batch, expiresMs, group };
    try {
      for await (const event of bridge.stream('jetstream.lab.fetch', params, { signal: fetching.signal })) {
        if (event.type === 'message') this.#add(event.message);
        else
          this.ended = event.text === '' ? '' : event.count === 0 && event.status === 408 ? 'No messages' : event.text;
      }
    } catch (error) {
      if (!fetching.signal.aborted) toasts.error('Nothing was fetched', error);
    }
    if (this.#fetch === fetching) this.fetching = false;
    this.#poller.now();
  }

  #add(message: LabMessage): void {
    // Delivered anew: the older delivery cannot be answered any more.
    const others = this.lab.filter((row) => row.message.sequence !== message.sequence);
    this.lab = [...others, { message, answered: null, busy: false }];
  }

  #change(id: number, change: Partial<LabRow>): void {
    this.lab = this.lab.map((row) => (row.message.id === id ? { ...row, ...change } : row));
  }

  async answer(id: number, answer: LabAnswer, delayMs = 0, reason = ''): Promise<void> {
    this.#change(id, { busy: true });
    try {
      const { next } = await bridge.request('jetstream.lab.answer', { ...this.#of(), id, answer, delayMs, reason });
      this.#change(id, { busy: false, ...(answer === 'progress' ? {} : { answered: answer }) });
      if (answer === 'progress') this.#prolong(id);
      if (next !== null) this.#add(next);
      else if (answer === 'next') this.ended = 'No next message';
    } catch (error) {
      this.#change(id, { busy: false });
      toasts.error('The message was not answered', error);
    }
    this.#poller.now();
  }

  #prolong(id: number): void {
    const row = this.lab.find(({ message }) => message.id === id);
    if (row === undefined || row.message.ackBy === 0) return;
    const now = Date.now() * 1000;
    const ackBy = now + (row.message.ackBy - row.message.receivedAt);
    this.#change(id, { message: { ...row.message, ackBy, receivedAt: now } });
  }

  async answerAll(answer: 'ack' | 'nak'): Promise<void> {
    const open = this.lab.filter(({ answered, busy }) => answered === null && !busy);
    await Promise.all(open.map(({ message }) => this.answer(message.id, answer)));
  }
}
