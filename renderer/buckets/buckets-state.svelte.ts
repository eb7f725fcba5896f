/** Buckets of one connection, account and kind, and the one that is looked at: its names are pulled for the rows that are drawn. */

import { bridge } from '../bridge.ts';
import type {
  Bucket,
  BucketKind,
  BucketList,
  BucketPull,
  BucketRow,
  BridgeErrorShape,
  ConnectionId,
  JetStreamOf,
} from '../../electron/bridge/contract.ts';
import { codeOf, shapeOf } from './errors.ts';

/** Between two pulls while something changes or is on its way, and while nothing does. */
const pullMsBusy = 100;
const pullMsIdle = 400;
const rowsFirst = 64;

const nothing: BucketList = { buckets: [], level: 0, known: false, problem: null };

export class BucketsState {
  readonly connection: ConnectionId;
  readonly where: JetStreamOf;
  readonly kind: BucketKind;
  list = $state.raw<BucketList>(nothing);
  /** Name of the bucket that is looked at. */
  chosen = $state<string | null>(null);
  filter = $state('');
  tree = $state(false);
  pull = $state.raw<BucketPull | null>(null);
  /** Why the bucket could not be opened. */
  problem = $state.raw<BridgeErrorShape | null>(null);
  /** The key or object that is looked at. */
  selected = $state<string | null>(null);
  /** Prefix of the branch that the cursor is on, where it is on one. */
  branch = $state<string | null>(null);
  /** A row that is to be brought into view; another object does so again. */
  revealed = $state.raw<{ index: number } | null>(null);
  #view: number | null = null;
  #range = { first: 0, count: rowsFirst };
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Counts openings, so that answers of an earlier bucket are not taken for those of this one. */
  #turn = 0;
  #asking = false;
  #again = false;
  #shown = false;

  constructor(where: JetStreamOf, kind: BucketKind) {
    this.connection = where.connection;
    this.where = where;
    this.kind = kind;
  }

  /** State of the chosen bucket, as new as it is known. */
  get bucket(): Bucket | null {
    if (this.chosen === null) return null;
    const own = this.pull?.bucket;
    if (own?.name === this.chosen) return own;
    return this.list.buckets.find(({ name }) => name === this.chosen) ?? null;
  }

  row(index: number): BucketRow | undefined {
    return this.pull?.rows[index - this.pull.first];
  }

  /** Follows the core while somebody looks, until the function returned is called. */
  show(): () => void {
    this.#shown = true;
    const stop = bridge.watch(
      'buckets.watch',
      { ...this.where, kind: this.kind },
      (item) => {
        this.list = item;
        if (this.chosen === null && item.buckets[0] !== undefined) this.choose(item.buckets[0].name);
      },
      (error) => (this.list = { ...this.list, known: true, problem: shapeOf(error) }),
    );
    if (this.chosen !== null) void this.#open();
    return () => {
      this.#shown = false;
      stop();
      this.#close();
    };
  }

  choose(name: string | null): void {
    if (name === this.chosen) return;
    this.chosen = name;
    this.selected = null;
    this.branch = null;
    this.filter = '';
    this.pull = null;
    this.problem = null;
    this.#range = { first: 0, count: rowsFirst };
    this.#close();
    if (this.#shown && name !== null) void this.#open();
  }

  setFilter(text: string): void {
    this.filter = text;
    void this.#set();
  }

  setTree(tree: boolean): void {
    this.tree = tree;
    void this.#set();
  }

  want(first: number, count: number): void {
    this.#range = { first, count: Math.max(rowsFirst, count) };
    const { pull } = this;
    if (pull === null || first < pull.first || Math.min(pull.total, first + count) > pull.first + pull.rows.length) {
      this.#now();
    }
  }

  async toggle(prefix: string, open: boolean): Promise<void> {
    const view = this.#view;
    if (view === null) return;
    await bridge.request('buckets.branch', { connection: this.connection, view, prefix, open }).catch(() => undefined);
    this.#now();
  }

  /** Index of a name's row, its branches opened; -1 when the filter hides it. */
  async reveal(name: string): Promise<number> {
    const view = this.#view;
    if (view === null) return -1;
    const found = await bridge.request('buckets.reveal', { connection: this.connection, view, name }).catch(() => null);
    this.#now();
    if (found !== null) this.revealed = found;
    return found?.index ?? -1;
  }

  /** Something was changed from here. */
  refresh(): void {
    this.#now();
  }

  async #open(): Promise<void> {
    const bucket = this.chosen;
    const turn = ++this.#turn;
    if (bucket === null) return;
    try {
      const { view } = await bridge.request('buckets.open', { ...this.where, kind: this.kind, bucket });
      if (turn !== this.#turn || !this.#shown) {
        void bridge.request('buckets.close', { connection: this.connection, view }).catch(() => undefined);
        return;
      }
      this.#view = view;
      this.problem = null;
      await this.#set();
    } catch (error) {
      if (turn !== this.#turn) return;
      this.problem = shapeOf(error);
      // The connection may come back, and a bucket of this name may be made.
      this.#timer = setTimeout(() => void this.#open(), 1000);
    }
  }

  #close(): void {
    this.#turn++;
    clearTimeout(this.#timer);
    const view = this.#view;
    this.#view = null;
    if (view !== null) {
      void bridge.request('buckets.close', { connection: this.connection, view }).catch(() => undefined);
    }
  }

  async #set(): Promise<void> {
    const view = this.#view;
    if (view === null) return;
    const { filter, tree } = this;
    await bridge.request('buckets.set', { connection: this.connection, view, filter, tree }).catch(() => undefined);
    this.#now();
  }

  #now(): void {
    if (this.#view === null) return;
    if (this.#asking) {
      this.#again = true;
      return;
    }
    clearTimeout(this.#timer);
    void this.#ask();
  }

  async #ask(): Promise<void> {
    const view = this.#view;
    const turn = this.#turn;
    if (view === null) return;
    this.#asking = true;
    this.#again = false;
    let wait = pullMsIdle;
    try {
      if (!document.hidden) {
        const pull = await bridge.request('buckets.pull', { connection: this.connection, view, ...this.#range });
        if (turn !== this.#turn) return;
        this.pull = pull;
        const open = pull.rows.some((row) => row.type === 'name' && row.kv === null && row.object === null);
        if (open || pull.loading || pull.rate > 0) wait = pullMsBusy;
      }
    } catch (error) {
      if (turn !== this.#turn) return;
      // The thread began anew, or the bridge: the view went with it.
      this.#view = null;
      if (codeOf(error) !== 'closed') this.problem = shapeOf(error);
      this.#timer = setTimeout(() => void this.#open(), 1000);
      return;
    } finally {
      this.#asking = false;
      if (turn !== this.#turn) this.#now();
    }
    this.#timer = setTimeout(() => this.#now(), this.#again ? 0 : wait);
  }
}

const kept = new Map<string, BucketsState>();

/** What was chosen and filtered is there again when somebody comes back. */
export function bucketsOf(where: JetStreamOf, kind: BucketKind): BucketsState {
  const id = `${kind} ${where.connection} ${where.account ?? ''}`;
  let state = kept.get(id);
  if (state === undefined) {
    // A root of its own: state that a `$derived` creates would be taken for its own and not be followed by it.
    $effect.root(() => {
      state = new BucketsState(where, kind);
    });
    if (state === undefined) throw new Error('An effect root runs at once.');
    kept.set(id, state);
  }
  return state;
}
