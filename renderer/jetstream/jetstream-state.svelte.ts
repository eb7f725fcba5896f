/** What the page shows of the JetStream of one connection: account, streams, what is selected, what is being done. */

import { bridge, BridgeError } from '../bridge.ts';
import type {
  ConnectionId,
  ConsumerSettings,
  JetStreamAccount,
  JetStreamOf,
  StreamDetail,
  StreamList,
  StreamSettings,
  StreamSort,
} from '../../electron/bridge/contract.ts';
import { toasts } from '../ui/toasts.svelte.ts';
import { AdvisoriesState } from './advisories-state.svelte.ts';
import { ConsumersState } from './consumers/consumers-state.svelte.ts';
import { MessagesState } from './messages/messages-state.svelte.ts';
import { Poller } from './poller.ts';
import { isRefused } from './refusals.ts';

const nothing: StreamList = {
  rows: [],
  first: 0,
  total: 0,
  streams: 0,
  messages: 0,
  bytes: 0,
  consumers: 0,
  at: 0,
  offline: [],
};
const rowsFirst = 64;
/** What is sorted by something that changes is not sorted anew under somebody's eyes every second. */
const sortedLooks = 3;

export type StreamTab = 'messages' | 'subjects' | 'config';
export type Editing =
  | { kind: 'stream'; before: StreamSettings | null; start: StreamSettings }
  | { kind: 'consumer'; stream: string; before: ConsumerSettings | null; start: ConsumerSettings };
export type Asked = 'purge' | 'delete' | 'seal' | null;
/** The dialog about files that is open; those of a restore were dropped on the page. */
export type FileAsked = { kind: 'backup' | 'export' } | { kind: 'restore'; files: readonly File[] } | null;

export class JetStreamState {
  readonly connection: ConnectionId;
  readonly account: string | undefined;
  facts = $state.raw<JetStreamAccount | null>(null);
  list = $state.raw<StreamList>(nothing);
  /** Whether the server answered at all. */
  known = $state(false);
  error = $state.raw<BridgeError | null>(null);
  filter = $state('');
  sort = $state<StreamSort>('name');
  selected = $state<string | null>(null);
  detail = $state.raw<StreamDetail | null>(null);
  /** The selected stream is not there any more. */
  gone = $state(false);
  tab = $state<StreamTab>('messages');
  editing = $state.raw<Editing | null>(null);
  /** The dialog that is open about the selected stream. */
  asked = $state<Asked>(null);
  file = $state.raw<FileAsked>(null);
  messages = $state.raw<MessagesState | null>(null);
  consumers = $state.raw<ConsumersState | null>(null);
  readonly advisories: AdvisoriesState;
  readonly #poller = new Poller(() => this.#ask());
  #range = { first: 0, count: rowsFirst };
  #looks = 0;
  #asksFacts = 0;

  constructor({ connection, account }: JetStreamOf) {
    this.connection = connection;
    this.account = account;
    this.advisories = new AdvisoriesState(() => this.of);
  }

  get of(): JetStreamOf {
    return { connection: this.connection, ...(this.account === undefined ? {} : { account: this.account }) };
  }

  start(): () => void {
    const stops = [this.#poller.start(), this.advisories.start()];
    return () => {
      for (const stop of stops) stop();
    };
  }

  refresh(): void {
    this.#looks = 0;
    this.#poller.now();
    this.consumers?.refresh();
  }

  /** Rows that are drawn now. */
  want(first: number, count: number): void {
    this.#range = { first, count: Math.min(1000, Math.max(rowsFirst, count)) };
    const { list } = this;
    const end = Math.min(list.total, first + count);
    if (first < list.first || end > list.first + list.rows.length) this.#poller.now();
  }

  setFilter(text: string): void {
    this.filter = text;
    this.refresh();
  }

  setSort(sort: StreamSort): void {
    this.sort = sort;
    this.refresh();
  }

  select(stream: string | null): void {
    if (stream === this.selected) return;
    this.selected = stream;
    this.detail = null;
    this.gone = false;
    this.messages?.dispose();
    this.messages = stream === null ? null : new MessagesState(() => this.of, stream);
    this.consumers = stream === null ? null : new ConsumersState(() => this.of, stream);
    this.#poller.now();
  }

  edit(editing: Editing | null): void {
    this.editing = editing;
  }

  /** After something was changed or made. */
  show(detail: StreamDetail): void {
    this.editing = null;
    this.select(detail.config.name);
    this.detail = detail;
    this.refresh();
  }

  /** Runs what changes something, and says how it went. True when it went well. */
  async attempt(done: string, failed: string, work: () => Promise<unknown>, detail?: string): Promise<boolean> {
    try {
      await work();
      toasts.show({ tone: 'ok', text: done, ...(detail === undefined ? {} : { detail }) });
      return true;
    } catch (error) {
      toasts.error(failed, error);
      return false;
    } finally {
      this.refresh();
    }
  }

  async #ask(): Promise<'refused' | undefined> {
    const { of, filter, sort, selected } = this;
    try {
      const settled = sort === 'name' || this.#looks++ % sortedLooks === 0 || this.list.at === 0;
      const facts =
        this.#asksFacts++ % 3 === 0 || this.facts === null ? bridge.request('jetstream.account', of) : this.facts;
      const list = settled ? bridge.request('jetstream.streams', { ...of, filter, sort, ...this.#range }) : this.list;
      const detail = selected === null ? null : bridge.request('jetstream.stream', { ...of, stream: selected });
      const [nowFacts, nowList, nowDetail] = await Promise.all([facts, list, detail]);
      if (of.account !== this.account) return undefined;
      this.facts = nowFacts;
      this.list = nowList;
      this.known = true;
      this.error = null;
      if (this.selected === null && nowList.rows.length > 0 && filter === '') this.select(nowList.rows[0]!.name);
      if (selected !== null && selected === this.selected) {
        this.gone = nowDetail === null;
        if (nowDetail !== null) {
          this.detail = nowDetail;
          this.messages?.learn(nowDetail.row);
        }
      }
    } catch (error) {
      if (error instanceof BridgeError && error.code !== 'cancelled') this.error = error;
      return isRefused(error) ? 'refused' : undefined;
    }
    return undefined;
  }
}

const states = new Map<string, JetStreamState>();

/** The state of the page of a connection and account; it stays while the window does, so that one comes back to where one was. */
export function jetstreamOf(of: JetStreamOf): JetStreamState {
  const place = `${of.connection} ${of.account ?? ''}`;
  let state = states.get(place);
  if (state === undefined) {
    state = new JetStreamState(of);
    states.set(place, state);
  }
  return state;
}
