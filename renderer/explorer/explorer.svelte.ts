/**
 * The explorer's side of one connection: its view in the core, what was pulled last, and what the person asked of it.
 * What is pulled replaces what was there (`$state.raw`): there is no reactive object per row.
 */

import { flushSync, untrack } from 'svelte';
import { bridge, BridgeError } from '../bridge.ts';
import { ROOT_NODE } from '../../electron/bridge/contract.ts';
import type {
  AccountName,
  ConnectionId,
  Counters,
  DisplayFilter,
  FilterMode,
  ListRow,
  NodeId,
  PullResult,
  Requests,
  Subscription,
  TreeRow,
  TreeSort,
  ViewId,
  ViewOptions,
} from '../../electron/bridge/contract.ts';
import { toasts } from '../ui/toasts.svelte.ts';
import { afterFrameMs, windowClock } from './frame-clock.ts';
import { PullLoop } from './pull-loop.ts';
import type { PullOutcome } from './pull-loop.ts';
import { covers } from './rows.ts';
import { selection } from './selection.svelte.ts';

export interface Slice<Row> {
  total: number;
  first: number;
  rows: readonly Row[];
  /** Rows that went before the first kept one. */
  gone: number;
}

export interface Pause {
  /** Sequence that the view is frozen at. */
  at: number;
  /** When it was paused, milliseconds since the epoch. */
  since: number;
  /** Messages received by then. */
  received: number;
}

interface Wanted {
  first: number;
  count: number;
}

type ViewRequest = 'explorer.view.set' | 'explorer.tree.expand' | 'explorer.tree.reveal' | 'explorer.list.index';
type ViewParams<N extends ViewRequest> = Omit<Requests[N]['params'], 'connection' | 'view'>;

const emptySlice = { total: 0, first: 0, rows: [], gone: 0 };
const noCounters: Counters = {
  received: 0,
  kept: 0,
  evicted: 0,
  dropped: 0,
  excluded: 0,
  receivedBytes: 0,
  captureBytes: 0,
  budgetBytes: 0,
  budgetUsedBytes: 0,
  rate: 0,
};
/** A filter is tried when typing rests this long. */
const filterDelayMs = 160;
/** Rows that a pull asks for at least. */
const rowsFirst = 64;
const byteRateMs = 1_000;

export class Explorer {
  readonly connection: ConnectionId;

  tree = $state.raw<Slice<TreeRow>>(emptySlice);
  list = $state.raw<Slice<ListRow>>(emptySlice);
  counters = $state.raw<Counters>(noCounters);
  subscriptions = $state.raw<readonly Subscription[]>([]);
  /** Accounts that the connection is in; empty where there is one that is not named. */
  accounts = $state.raw<readonly AccountName[]>([]);
  filterResult = $state.raw<PullResult['filter']>(null);
  /** Whether anything was pulled yet. */
  ready = $state(false);
  /** Time of the last pull, microseconds: ages are counted from it. */
  pulledAt = $state(0);

  scope = $state.raw<NodeId>(ROOT_NODE);
  /** Subject prefix of the scope, with its trailing dot; empty for all. */
  scopePrefix = $state('');
  /** Account of the scope; undefined for all. */
  scopeAccount = $state<string>();
  sort = $state<TreeSort>('name');
  filterMode = $state<FilterMode>('text');
  filterText = $state('');
  follow = $state(true);
  pause = $state.raw<Pause | null>(null);
  /** A subject that the tree is asked to show; it takes the request. */
  wantedSubject = $state.raw<{ subject: string; account?: string | undefined } | null>(null);
  /** Bytes a second received, over the last second or two. */
  byteRate = $state(0);
  /** Stable position of the end of the list when it stopped to follow. */
  #leftAt = $state(0);

  #view: ViewId | null = null;
  #session = 0;
  #newest = 0;
  #bytesBefore = { at: 0, bytes: 0 };
  /** Before anything is known of the rows, a screenful is asked for. */
  #wantedTree: Wanted = { first: 0, count: rowsFirst };
  #wantedList: Wanted | null = null;
  #filterTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #loop: PullLoop;

  constructor(connection: ConnectionId) {
    this.connection = connection;
    this.#loop = new PullLoop(windowClock, () => this.#pull());
  }

  /** Messages that came since the list stopped to follow. */
  get missed(): number {
    return this.follow ? 0 : Math.max(0, this.list.gone + this.list.total - this.#leftAt);
  }

  /** Messages that were recorded while the view is paused. */
  get held(): number {
    return this.pause === null ? 0 : Math.max(0, this.counters.received - this.pause.received);
  }

  /** Whether accounts have rows of their own: there is more than one beside the system's. */
  get rooted(): boolean {
    return this.accounts.filter(({ system }) => !system).length > 1;
  }

  /** Whether a name tells anything: of the only account there is it does not. */
  tellsAccount(name: string | undefined): name is string {
    if (name === undefined) return false;
    return this.rooted || this.accounts.find((account) => account.name === name)?.system !== false;
  }

  get filter(): DisplayFilter | null {
    return this.filterText === '' ? null : { mode: this.filterMode, text: this.filterText };
  }

  /** The page shows this connection, or does no longer. The recording goes on in the core either way. */
  show(visible: boolean): void {
    if (visible) this.#loop.start();
    else this.#loop.stop();
  }

  /** Keeps the counters up to date while the page shows something else. The function returned ends it. */
  count(): () => void {
    const ask = async (): Promise<void> => {
      if (document.hidden || this.#view === null) return;
      try {
        const where = { connection: this.connection, view: this.#view };
        const { counters } = await bridge.request('explorer.pull', { ...where, tree: null, list: null });
        this.counters = counters;
        this.#takeByteRate(counters.receivedBytes);
      } catch {
        // The next pull of the rows opens the view anew.
      }
    };
    void ask();
    const timer = setInterval(() => void ask(), byteRateMs);
    return () => clearInterval(timer);
  }

  /** Rows of the tree that are drawn now. */
  wantTree(first: number, count: number): void {
    this.#wantedTree = { first, count: Math.max(rowsFirst, count) };
    const tree = untrack(() => this.tree);
    if (!covers(tree, first, count)) this.#loop.request();
  }

  /** Rows of the list that are drawn now; null: the list is not on the screen. */
  wantList(first: number | null, count = 0): void {
    this.#wantedList = first === null ? null : { first, count: Math.max(rowsFirst, count) };
    // While it follows, rows change with every pull anyway. Untracked: an effect that asks for rows is not to run again
    // because they came.
    const list = untrack(() => this.list);
    if (first !== null && !covers(list, first, count)) this.#loop.request();
  }

  setFollow(on: boolean): void {
    if (on === this.follow) return;
    if (!on) this.#leftAt = this.list.gone + this.list.total;
    this.follow = on;
    this.#loop.request();
  }

  async setScope(node: NodeId, prefix: string, account?: string): Promise<void> {
    this.scopeAccount = account;
    if (node === this.scope) return;
    this.scope = node;
    this.scopePrefix = prefix;
    this.follow = true;
    await this.#set({ scope: node });
  }

  async setSort(sort: TreeSort): Promise<void> {
    this.sort = sort;
    await this.#set({ sort });
  }

  setFilter(mode: FilterMode, text: string): void {
    this.filterMode = mode;
    this.filterText = text;
    clearTimeout(this.#filterTimer);
    this.#filterTimer = setTimeout(() => {
      this.follow = true;
      void this.#set({ filter: this.filter });
    }, filterDelayMs);
  }

  async togglePause(): Promise<void> {
    if (this.pause === null) {
      this.pause = { at: this.#newest, since: Date.now(), received: this.counters.received };
      await this.#set({ pausedAt: this.pause.at });
    } else {
      this.pause = null;
      await this.#set({ pausedAt: null });
    }
  }

  async expand(node: NodeId, open: boolean, deep = false): Promise<void> {
    await this.#ask('explorer.tree.expand', { node, open, deep });
  }

  /** Opens the branches above a subject; its row's index, null when it was never seen. */
  async reveal(subject: string, account?: string): Promise<{ index: number; node: NodeId } | null> {
    return (
      (await this.#ask('explorer.tree.reveal', { subject, ...(account === undefined ? {} : { account }) })) ?? null
    );
  }

  /** Index in the list, null when the message is not in it or no longer kept. */
  async indexOf(sequence: number): Promise<number | null> {
    return (await this.#ask('explorer.list.index', { sequence }))?.index ?? null;
  }

  async setPinned(node: NodeId, pinned: boolean): Promise<void> {
    await bridge.request('explorer.tree.pin', { connection: this.connection, node, pinned }).catch(report('Pin'));
    this.#loop.request();
  }

  async clear(): Promise<void> {
    try {
      await bridge.request('explorer.clear', { connection: this.connection });
    } catch (error) {
      toasts.error('The capture was not cleared', error);
      return;
    }
    if (selection.current.connection === this.connection) selection.clear();
    this.follow = true;
    this.scope = ROOT_NODE;
    this.scopePrefix = '';
    this.scopeAccount = undefined;
    this.pause = null;
    await this.#set({ scope: ROOT_NODE, pausedAt: null });
  }

  /** Resolves to the reason when the server or the core refused it, else to null. */
  async subscribe(subject: string, exclude: boolean, account?: string): Promise<string | null> {
    try {
      const where = { connection: this.connection, ...(account === undefined ? {} : { account }) };
      const added = await bridge.request('subscriptions.add', { ...where, subject, exclude });
      this.#loop.request();
      return added.error ?? null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  async mute(id: number, muted: boolean): Promise<void> {
    await bridge.request('subscriptions.mute', { connection: this.connection, id, muted }).catch(report('Mute'));
    this.#loop.request();
  }

  async unsubscribe(id: number): Promise<void> {
    await bridge.request('subscriptions.remove', { connection: this.connection, id }).catch(report('Unsubscribe'));
    this.#loop.request();
  }

  /** The connection was removed. */
  dispose(): void {
    this.#loop.stop();
    clearTimeout(this.#filterTimer);
    const view = this.#view;
    // The thread may be gone already; then so is the view.
    if (view !== null)
      bridge.request('explorer.view.close', { connection: this.connection, view }).catch(() => undefined);
  }

  get #options(): ViewOptions {
    return { scope: this.scope, filter: this.filter, sort: this.sort, pausedAt: this.pause?.at ?? null };
  }

  async #set(options: Partial<ViewOptions>): Promise<void> {
    await this.#ask('explorer.view.set', { options });
  }

  /** A request about the view. Without a view it is not needed: opening one sends all options. */
  async #ask<N extends ViewRequest>(name: N, params: ViewParams<N>): Promise<Requests[N]['result'] | undefined> {
    if (this.#view === null) return undefined;
    try {
      const all = { ...params, connection: this.connection, view: this.#view };
      return await bridge.request<N>(name, all as unknown as Requests[N]['params']);
    } catch {
      // The next pull meets the same trouble and opens the view anew.
      return undefined;
    } finally {
      this.#loop.request();
    }
  }

  async #pull(): Promise<PullOutcome | null> {
    try {
      const { session } = bridge.status.current;
      if (this.#view === null || session !== this.#session) {
        const opened = await bridge.request('explorer.view.open', { connection: this.connection, ...this.#options });
        this.#view = opened.view;
        this.#session = bridge.status.current.session;
      }
      const list = this.#wantedList;
      const result = await bridge.request('explorer.pull', {
        connection: this.connection,
        view: this.#view,
        tree: this.#wantedTree,
        list: list && { ...list, tail: this.follow, ...(this.follow ? {} : { gone: this.list.gone }) },
      });
      const startedAt = performance.now();
      const changed = this.#take(result);
      flushSync();
      const scriptMs = performance.now() - startedAt;
      return { changed, costMs: scriptMs + (await afterFrameMs()) };
    } catch (error) {
      this.#view = null;
      // What the core or the way to it refuses is tried again; a mistake of ours in drawing is not to pass for that.
      if (!(error instanceof BridgeError)) reportError(error);
      return null;
    }
  }

  #take(result: PullResult): boolean {
    const changed =
      result.newest !== this.#newest ||
      result.counters.received !== this.counters.received ||
      result.filter?.scanning === true;
    if (result.tree !== null) this.tree = { ...result.tree, gone: 0 };
    if (result.list !== null) this.list = result.list;
    this.counters = result.counters;
    this.filterResult = result.filter;
    this.subscriptions = result.subscriptions;
    if (!sameAccounts(this.accounts, result.accounts)) this.accounts = result.accounts;
    this.#newest = result.newest;
    this.pulledAt = Date.now() * 1000;
    this.ready = true;
    this.#takeByteRate(result.counters.receivedBytes);
    return changed;
  }

  #takeByteRate(bytes: number): void {
    const now = performance.now();
    const before = this.#bytesBefore;
    if (now - before.at < byteRateMs) return;
    // A longer pause was a hidden page; a smaller number a cleared capture.
    const known = now - before.at < byteRateMs * 4 && bytes >= before.bytes;
    this.byteRate = known ? ((bytes - before.bytes) * 1000) / (now - before.at) : 0;
    this.#bytesBefore = { at: now, bytes };
  }
}

function report(what: string): (error: unknown) => void {
  return (error) => void toasts.error(what, error);
}

/** They hardly ever change; what depends on them is not to run with every pull. */
function sameAccounts(a: readonly AccountName[], b: readonly AccountName[]): boolean {
  return a.length === b.length && a.every(({ name, system }, at) => b[at]?.name === name && b[at].system === system);
}
