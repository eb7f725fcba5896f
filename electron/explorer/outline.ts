/**
 * The tree as one view has it: which branches are open, in which order their children stand, and so which rows there
 * are. The rows are flattened once and kept until a branch opens or closes or an open one gets a child.
 */

import type { TreeSort } from '../bridge/contract.ts';
import type { LinkAccount } from '../link.ts';
import type { Branches } from './branches.ts';
import { FLAG_ACCOUNT } from './census.ts';
import type { Census, CensusFrame } from './census.ts';
import { BARS, rateOf } from './rate.ts';

/** Rows whose versions are remembered: more than a window draws at once. */
const VERSIONS_MAX = 4096;

/** So many accounts are open from the start: more are first of all a list of accounts. */
const OPEN_ACCOUNTS_MAX = 12;

export class Outline {
  readonly #census: Census;
  readonly #branches: Branches;
  readonly #resortMicroseconds: number;
  readonly #open = new Set<number>();
  readonly #accounts: () => readonly LinkAccount[];
  /** Accounts beside the system's have rows of their own. */
  #many = false;
  /** Accounts, by number, that were opened of themselves once; after that it is the person's to say. */
  readonly #greeted: Set<number>;
  /** Accounts that were open before the tree began anew. */
  readonly #reopen: Set<number>;
  #sort: TreeSort = 'name';
  #rows = new Uint32Array(64);
  #length = 0;
  /** What the person did is seen at once, new children with the next sorting. */
  #changed = true;
  #grown = false;
  #sortedAt = 0;
  /** Versions of values as they were drawn last, so that what a pause holds does not blink. */
  readonly #versions = new Map<number, number>();
  /** Nodes that the view shows: all, or those there were when it was paused. */
  #frame: CensusFrame | null = null;

  /**
   * @param accounts of the link, now
   * @param before of the tree that was cleared: accounts stay open or closed
   */
  constructor(
    census: Census,
    branches: Branches,
    resortMicroseconds: number,
    accounts: () => readonly LinkAccount[] = () => [],
    before?: Outline,
  ) {
    this.#census = census;
    this.#branches = branches;
    this.#resortMicroseconds = resortMicroseconds;
    this.#accounts = accounts;
    this.#greeted = new Set(before === undefined ? [] : before.#greeted);
    this.#reopen = new Set(before?.openAccounts());
    this.accountsChanged();
  }

  /** Numbers of the accounts that are open. */
  openAccounts(): number[] {
    const numbers = this.#accounts().map((_, index) => index + 1);
    return numbers.filter((number) => this.#open.has(this.#census.root(number)));
  }

  /** Accounts came or went. */
  accountsChanged(): void {
    this.#changed = true;
    this.#many = this.#shownAccounts().filter(({ account }) => !account.system).length > 1;
  }

  /** Whether the account of a node has a row of its own. */
  isRooted(node: number): boolean {
    const account = this.#accounts()[this.#census.account[node]! - 1];
    return account !== undefined && (account.system || this.#many);
  }

  /** Those that are there, or left something behind: `$G`, the others by name, the system's. */
  #shownAccounts(): { account: LinkAccount; number: number; node: number }[] {
    const { count, nodes } = this.frame;
    return this.#accounts()
      .map((account, index) => ({ account, number: index + 1, node: this.#census.root(index + 1) }))
      .filter(({ account, node }) => !account.gone || (node < nodes && count[node]! > 0))
      .toSorted((a, b) => rankOf(a.account) - rankOf(b.account) || (a.account.name < b.account.name ? -1 : 1));
  }

  depthOf(node: number): number {
    if (this.#census.get(node, FLAG_ACCOUNT)) return 0;
    return this.#census.depth[node]! - (this.isRooted(node) ? 0 : 1);
  }

  get frame(): CensusFrame {
    return this.#frame ?? this.#census;
  }

  /** Shows the tree as it is now until it is freed with null. */
  freeze(frame: CensusFrame | null): void {
    this.#frame = frame;
    this.#changed = true;
  }

  get frozen(): boolean {
    return this.#frame !== null;
  }

  /** The version to draw: the one given or, while the view is paused, the one that was drawn before. */
  versionOf(node: number, version: number): number {
    const drawn = this.#frame === null ? undefined : this.#versions.get(node);
    if (drawn !== undefined) return drawn;
    if (this.#versions.size >= VERSIONS_MAX && this.#frame === null) this.#versions.clear();
    this.#versions.set(node, version);
    return version;
  }

  set sort(sort: TreeSort) {
    if (sort !== this.#sort) this.#changed = true;
    this.#sort = sort;
  }

  isOpen(node: number): boolean {
    return this.#open.has(node);
  }

  openNodes(): Iterable<number> {
    return this.#open;
  }

  /** A node got a child. */
  added(parent: number): void {
    if (this.#frame !== null) return;
    if (parent === 0 || this.#open.has(parent) || this.#census.get(parent, FLAG_ACCOUNT)) this.#grown = true;
  }

  set(node: number, open: boolean, deep: boolean): void {
    this.#changed = true;
    const pending = [node];
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      if (at !== 0 && this.#census.childCount[at] !== 0) {
        if (open) this.#open.add(at);
        else this.#open.delete(at);
      }
      if (!deep) break;
      const { firstChild, nextSibling, childCount } = this.#census;
      for (let child = firstChild[at]!; child !== 0; child = nextSibling[child]!) {
        if (childCount[child] !== 0) pending.push(child);
      }
    }
  }

  /** Opens the branches above a node. */
  reveal(node: number): void {
    for (let up = this.#census.parent[node]!; up !== 0; up = this.#census.parent[up]!) {
      if (this.#open.has(up)) continue;
      this.#open.add(up);
      this.#changed = true;
    }
  }

  /**
   * Nodes of all visible rows, top first. Valid until the next call.
   * @param now the time that the view shows
   */
  rows(now: number): Uint32Array {
    const sorted = this.#sort !== 'name' && this.#frame === null;
    const due = sorted && now - this.#sortedAt >= this.#resortMicroseconds;
    if (this.#changed || due || (this.#grown && !sorted)) this.#flatten(now);
    return this.#rows.subarray(0, this.#length);
  }

  #flatten(now: number): void {
    this.#length = 0;
    if (this.#accounts().length === 0) this.#append(0, now);
    else this.#appendAccounts(now);
    this.#changed = false;
    this.#grown = false;
    this.#sortedAt = now;
  }

  /**
   * Where there is one account beside the system's, its subjects stand at the top as if there were none, and the system
   * account below them once it said anything. Where there are more, each has a row: `$G`, the others by name, the
   * system account.
   */
  #appendAccounts(now: number): void {
    const frame = this.frame;
    const shown = this.#shownAccounts();
    const many = this.#many;
    const greeting = shown.length <= OPEN_ACCOUNTS_MAX;
    for (const { account, number, node } of shown) {
      const silent = node >= frame.nodes || frame.childCount[node] === 0;
      if (!account.system && !many) {
        this.#append(node, now);
        continue;
      }
      if (account.system && !many && silent) continue;
      this.#push(node);
      const greet = many && greeting && !account.system && !this.#greeted.has(number);
      if (greet) this.#greeted.add(number);
      if (this.#reopen.delete(number) || greet) this.#open.add(node);
      if (this.#open.has(node)) this.#append(node, now);
    }
  }

  #append(branch: number, now: number): void {
    const nodes = this.frame.nodes;
    for (const child of this.#ordered(branch, now)) {
      if (child >= nodes) continue;
      this.#push(child);
      if (this.#open.has(child)) this.#append(child, now);
    }
  }

  #push(node: number): void {
    if (this.#length === this.#rows.length) {
      const larger = new Uint32Array(this.#length * 2);
      larger.set(this.#rows);
      this.#rows = larger;
    }
    this.#rows[this.#length++] = node;
  }

  #ordered(branch: number, now: number): Uint32Array {
    const children = this.#branches.childrenOf(branch);
    if (this.#sort === 'name' || children.length < 2) return children;
    const frame = this.frame;
    const keys = new Float64Array(children.length);
    for (let index = 0; index < children.length; index++) keys[index] = this.#key(frame, children[index]!, now);
    const order = Uint32Array.from(children, (_, index) => index);
    order.sort((a, b) => keys[b]! - keys[a]! || a - b);
    return order.map((index) => children[index]!);
  }

  #key(frame: CensusFrame, node: number, now: number): number {
    if (node >= frame.nodes) return -1;
    if (this.#sort === 'count') return frame.count[node]!;
    if (this.#sort === 'last') return frame.last[node]!;
    return rateOf(frame.bars, node * BARS, frame.epoch[node]!, frame.last[node]!, now);
  }
}

/** The account of those who name none comes first, the system's last. */
function rankOf(account: LinkAccount): number {
  return account.system ? 2 : account.name === '$G' ? 0 : 1;
}
