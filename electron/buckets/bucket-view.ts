/**
 * The names of one bucket as a window looks at them, live. Looking leaves nothing at the server:
 *
 *   names     pages of `STREAM.INFO` with a filter of subjects
 *   values    direct gets, of the rows that are drawn
 *   changes   a plain subscription. A publish that the stream refused is seen by it as well, so it is a hint only: the
 *             key is read again, and blinks when what is stored differs
 *   the rest  the state of the stream every two seconds: what it stored and no subscription saw (a mirror, sources,
 *             another account), and keys that went by their age
 */

import type { Bucket, BucketPull, BucketRow, KvFacts, ObjectFacts } from '../bridge/contract.ts';
import { toErrorShape } from '../bridge/frames.ts';
import type { Link, LinkSubscription } from '../link.ts';
import { KeyList } from './key-list.ts';
import type { Known } from './key-list.ts';
import {
  keysMax,
  lastsPerRequest,
  rateSeconds,
  refreshMilliseconds,
  rowsMax,
  stateMilliseconds,
  subjectsPerPage,
  watchedMilliseconds,
} from './limits.ts';
import { decodeObjectName } from './names.ts';
import type { BucketStore } from './store.ts';
import type { Stored } from './stored-messages.ts';
import { kvFacts, objectFacts } from './values.ts';

type Facts = { kv: KvFacts } | { object: ObjectFacts };

/** A list that takes long to read is read at most in this part of the time. */
const reloadShare = 1 / 4;

const latin = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');

export interface ViewOptions {
  store: BucketStore;
  link: Link;
  /** Number of its account at the link. */
  account: number;
  /** Milliseconds of any clock. */
  now?: () => number;
}

export class BucketView {
  readonly #store: BucketStore;
  readonly #link: Link;
  readonly #account: number;
  readonly #now: () => number;
  readonly #ending = new AbortController();
  readonly #list: KeyList<Facts>;
  /** Tokens that were published to and are in no list yet. */
  readonly #fresh = new Set<string>();
  /** Publishes by second, the newest last. */
  readonly #seconds: { second: number; count: number }[] = [];
  #prefix = '';
  #bucket: Bucket | null = null;
  #subscription: LinkSubscription | null = null;
  #watchProblem: string | null = null;
  #problem: unknown = null;
  #loading = true;
  #beyond = 0;
  #seen = 0;
  #seenAtState = 0;
  #unseen = false;
  /** Rows that were asked for last. */
  #range = { first: 0, count: 0 };
  #pulledAt = 0;
  #reading = false;
  #readAgain = false;
  #refreshTimer: ReturnType<typeof setTimeout> | undefined;
  #stateTimer: ReturnType<typeof setTimeout> | undefined;
  #listedAt = 0;
  #listingTook = 0;

  constructor({ store, link, account, now = () => performance.now() }: ViewOptions) {
    this.#store = store;
    // Objects are mostly called like files.
    this.#list = new KeyList(store.kind === 'kv' ? '.' : '/');
    this.#link = link;
    this.#account = account;
    this.#now = now;
    this.#pulledAt = now();
  }

  get ended(): AbortSignal {
    return this.#ending.signal;
  }

  /** Rejects when there is no such bucket. */
  async start(): Promise<void> {
    this.#bucket = await this.#store.state();
    this.#prefix = await this.#store.prefix();
    if (this.#ending.signal.aborted) return;
    // Before the names are listed, so that what is published meanwhile is not missed.
    this.#subscription = this.#link.subscribe(
      `${this.#prefix}>`,
      undefined,
      (message) => this.#published(latin(message.subject).slice(this.#prefix.length)),
      (text) => (this.#watchProblem = text),
      this.#account,
    );
    void this.#reload();
    this.#stateLater();
  }

  set(filter: string, tree: boolean): void {
    this.#list.filter = filter;
    this.#list.tree = tree;
  }

  branch(prefix: string, open: boolean): void {
    this.#list.setOpen(prefix, open);
  }

  reveal(name: string): number {
    if (this.#list.tree) this.#list.reveal(name);
    return this.#list.indexOf(name);
  }

  /** A change of one's own, so that it is seen at once. */
  touch(name: string): void {
    const known = this.#list.get(name);
    if (known !== undefined) known.stale = true;
    this.#refreshSoon(0);
  }

  pull(first: number, count: number): BucketPull {
    this.#pulledAt = this.#now();
    const list = this.#list;
    const total = list.total;
    const from = Math.max(0, Math.min(first, total));
    const to = Math.min(total, from + Math.min(count, rowsMax));
    this.#range = { first: from, count: to - from };
    const rows: BucketRow[] = [];
    let open = this.#fresh.size > 0;
    for (let index = from; index < to; index++) {
      const row = list.row(index)!;
      if (row.kind === 'branch') {
        const { depth, prefix, names } = row;
        rows.push({ type: 'branch', depth, prefix, open: row.open, names });
        continue;
      }
      open ||= row.entry.facts === null || row.entry.stale;
      rows.push(drawRow(row.depth, row.entry));
    }
    // A key that changes all the time is not read at each of its changes.
    if (open)
      this.#refreshSoon(
        rows.some((row) => row.type === 'name' && row.kv === null && row.object === null) ? 0 : refreshMilliseconds,
      );
    return {
      total,
      first: from,
      rows,
      names: list.size,
      hits: list.hits,
      loading: this.#loading,
      beyond: this.#beyond,
      seen: this.#seen,
      rate: this.#rate(),
      watchProblem: this.#watchProblem,
      unseen: this.#unseen,
      problem: this.#problem === null ? null : toErrorShape(this.#problem),
      bucket: this.#bucket,
    };
  }

  close(): void {
    this.#ending.abort();
    this.#subscription?.unsubscribe();
    clearTimeout(this.#refreshTimer);
    clearTimeout(this.#stateTimer);
  }

  /** Tokens of all names, for work on the whole bucket. */
  tokens(): string[] {
    return Array.from(this.#list.values(), ({ token }) => token);
  }

  // ── Changes ───────────────────────────────────────────────────────────────────────────────────────────────────────

  #published(token: string): void {
    this.#seen++;
    const second = Math.floor(this.#now() / 1000);
    const last = this.#seconds.at(-1);
    if (last?.second === second) last.count++;
    else this.#seconds.push({ second, count: 1 });
    while (this.#seconds[0] !== undefined && this.#seconds[0].second < second - rateSeconds) this.#seconds.shift();
    const known = this.#list.get(this.#nameOf(token));
    if (known === undefined) this.#fresh.add(token);
    else {
      known.seen++;
      known.stale = true;
    }
    this.#refreshSoon(refreshMilliseconds);
  }

  #rate(): number {
    const second = Math.floor(this.#now() / 1000);
    let sum = 0;
    for (const one of this.#seconds) if (one.second >= second - rateSeconds && one.second < second) sum += one.count;
    return sum / rateSeconds;
  }

  #nameOf(token: string): string {
    return this.#store.kind === 'kv' ? token : decodeObjectName(token);
  }

  get #watched(): boolean {
    return this.#now() - this.#pulledAt < watchedMilliseconds;
  }

  // ── Reading ───────────────────────────────────────────────────────────────────────────────────────────────────────

  #refreshSoon(milliseconds: number): void {
    if (this.#ending.signal.aborted) return;
    if (this.#reading) {
      this.#readAgain = true;
      return;
    }
    if (milliseconds > 0) {
      this.#refreshTimer ??= setTimeout(() => this.#refreshNow(), milliseconds);
      return;
    }
    this.#refreshNow();
  }

  #refreshNow(): void {
    clearTimeout(this.#refreshTimer);
    this.#refreshTimer = undefined;
    if (this.#reading || !this.#watched) return;
    void this.#read();
  }

  /** Reads the rows that are drawn, and names that are new, until nothing of them is open. */
  async #read(): Promise<void> {
    this.#reading = true;
    this.#readAgain = false;
    try {
      const fresh = [...this.#fresh].slice(0, lastsPerRequest * 4);
      for (const token of fresh) this.#fresh.delete(token);
      const drawn: Known<Facts>[] = [];
      const { first, count } = this.#range;
      for (let index = first; index < first + count; index++) {
        const row = this.#list.row(index);
        if (row?.kind === 'name' && (row.entry.facts === null || row.entry.stale)) drawn.push(row.entry);
      }
      // Cleared before it is read: what is published from here on makes it stale again.
      for (const entry of drawn) entry.stale = false;
      const missing = new Set([...fresh, ...drawn.map(({ token }) => token)]);
      if (missing.size === 0) return;
      const stored = await this.#store.stored();
      const subjects = Array.from(missing, (token) => this.#prefix + token);
      await stored.lasts(
        subjects,
        (message) => {
          missing.delete(message.subject.slice(this.#prefix.length));
          this.#take(message);
        },
        this.#ending.signal,
      );
      for (const token of missing) this.#list.remove(this.#nameOf(token));
      this.#problem = null;
    } catch (error) {
      if (this.#ending.signal.aborted) return;
      this.#problem = error;
      this.#readAgain = false;
    } finally {
      this.#reading = false;
    }
    if (this.#readAgain || this.#fresh.size > 0) this.#refreshSoon(refreshMilliseconds);
  }

  #take(message: Stored): void {
    const token = message.subject.slice(this.#prefix.length);
    const isNew = this.#list.get(this.#nameOf(token)) === undefined;
    if (isNew && this.#list.size >= keysMax) {
      this.#beyond++;
      return;
    }
    const entry = this.#list.add(this.#nameOf(token), token);
    if (isNew) entry.seen = 1;
    const before = entry.facts === null ? 0 : sequenceOf(entry.facts);
    entry.facts = this.#store.kind === 'kv' ? { kv: kvFacts(message) } : { object: objectFacts(message) };
    if ((before !== 0 && before !== message.sequence) || isNew) entry.version++;
  }

  // ── The list and the state ────────────────────────────────────────────────────────────────────────────────────────

  async #reload(): Promise<void> {
    const started = this.#now();
    const filter = `${this.#prefix}>`;
    const found = new Set<string>();
    let total = 0;
    try {
      for (let offset = 0; ; offset += subjectsPerPage) {
        const info = await this.#store.info({ subjects_filter: filter, offset });
        if (this.#ending.signal.aborted) return;
        const subjects = Object.keys(info.state.subjects ?? {});
        total = info.total ?? subjects.length;
        for (const subject of subjects) {
          if (found.size >= keysMax) break;
          const token = subject.slice(this.#prefix.length);
          const name = this.#nameOf(token);
          found.add(name);
          this.#list.add(name, token);
          this.#fresh.delete(token);
        }
        // A server answers with fewer than there are only at the end.
        if (subjects.length === 0 || offset + subjects.length >= total || found.size >= keysMax) break;
      }
      for (const { name } of [...this.#list.values()]) if (!found.has(name)) this.#list.remove(name);
      this.#beyond = Math.max(0, total - found.size);
      this.#problem = null;
    } catch (error) {
      if (this.#ending.signal.aborted) return;
      this.#problem = error;
    } finally {
      this.#loading = false;
      this.#listedAt = this.#now();
      this.#listingTook = this.#listedAt - started;
    }
    this.#refreshSoon(0);
  }

  #stateLater(): void {
    this.#stateTimer = setTimeout(() => void this.#checkState(), stateMilliseconds);
  }

  async #checkState(): Promise<void> {
    if (this.#watched && this.#link.connected) {
      const seen = this.#seen;
      try {
        const before = this.#bucket;
        const now = await this.#store.state();
        if (this.#ending.signal.aborted) return;
        this.#bucket = now;
        if (before !== null) this.#compare(before, now, seen - this.#seenAtState);
        if (!this.#reading) this.#problem = null;
      } catch (error) {
        if (this.#ending.signal.aborted) return;
        this.#problem = error;
      }
      this.#seenAtState = seen;
    }
    this.#stateLater();
  }

  #compare(before: Bucket, now: Bucket, seen: number): void {
    const stored = now.lastSequence - before.lastSequence;
    const missed = this.#store.kind === 'kv' ? stored > seen : stored > 0 && seen === 0;
    // A publish may be stored a moment before its copy is seen here; what is missed for good is so twice.
    this.#unseen = missed && seen === 0 && stored > 0;
    if (missed) for (const entry of this.#list.values()) entry.stale = true;
    const differs = now.names !== null && now.names !== this.#list.size + this.#beyond;
    const due = this.#now() - this.#listedAt > this.#listingTook / reloadShare;
    if ((differs || missed || (now.names === null && now.messages < before.messages)) && due) void this.#reload();
    else if (missed) this.#refreshSoon(0);
  }
}

function sequenceOf(facts: Facts): number {
  return 'kv' in facts ? facts.kv.revision : facts.object.sequence;
}

function drawRow(depth: number, entry: Known<Facts>): BucketRow {
  const { name, seen, version, facts } = entry;
  return {
    type: 'name',
    depth,
    name,
    seen,
    version,
    kv: facts !== null && 'kv' in facts ? facts.kv : null,
    object: facts !== null && 'object' in facts ? facts.object : null,
  };
}
