/**
 * The subject tree: every subject that carried a message and every branch above one, with what was counted there.
 * Columns in typed arrays, an index per node. Bytes of a subject lie in `arena` once; a branch is a shorter length at
 * the same place as its first subject:
 *
 *   arena   … orders.eu.de.10482 payments.authorize …
 *             └ offset, length 9 = branch `orders.eu`, token from 7
 *
 * One open-addressed table maps the hash of a whole prefix to its node, so a known subject costs one lookup and one
 * comparison, whatever its depth. Counts go up the path with every message and are never counted again.
 *
 * Addresses of one use (inboxes, JetStream acknowledgements) and subjects beyond the node limit get no node of their
 * own: they are counted at one child of their branch that is flagged `FOLD`, and their bytes stay with the message.
 *
 * Where a link is in several accounts each has a node right below the root, flagged `ACCOUNT`, of no length and of the
 * root's depth: a subject has the same depth with or without accounts.
 */

import type { ExplorerLimits } from './limits.ts';
import { BAR_MICROSECONDS, BARS } from './rate.ts';
import { HASH_START, hashStart } from './subject-bytes.ts';

export const FLAG_PINNED = 1;
export const FLAG_FOLD = 2;
export const FLAG_ACCOUNT = 4;
/** Depths are kept in 8 bits; deeper subjects fold. */
const DEPTH_MAX = 250;
const LENGTH_MAX = 0xffff;
const DOT = 0x2e;
const ACK_DEPTH = 4;
/** Bytes of the columns and of the table entries for one node. */
export const NODE_BYTES = 190;

/** Columns that a paused view keeps a copy of, to show the tree as it was. */
export interface CensusFrame {
  readonly nodes: number;
  readonly count: Float64Array;
  readonly bytes: Float64Array;
  readonly last: Float64Array;
  readonly subjects: Uint32Array;
  readonly lastSequence: Float64Array;
  readonly epoch: Uint32Array;
  readonly bars: Uint32Array;
  readonly kind: Uint8Array;
  readonly childCount: Uint32Array;
  readonly folded: Float64Array;
}

export interface CensusHooks {
  /** A node was made below `parent`. */
  added(node: number, parent: number): void;
  /** Columns were made larger by `bytes`. */
  grown(bytes: number): void;
}

type Column = Float64Array | Uint32Array | Uint16Array | Uint8Array;

export class Census implements CensusFrame {
  nodes = 0;
  parent = new Uint32Array(0);
  offset = new Uint32Array(0);
  length = new Uint16Array(0);
  tokenStart = new Uint16Array(0);
  depth = new Uint8Array(0);
  /** Number of the account that a node is in; 0 where there are none. */
  account = new Uint16Array(0);
  flags = new Uint8Array(0);
  kind = new Uint8Array(0);
  count = new Float64Array(0);
  bytes = new Float64Array(0);
  last = new Float64Array(0);
  subjects = new Uint32Array(0);
  /** Messages at this very node. */
  ownCount = new Float64Array(0);
  /** Capture sequence of the last message at this very node that was kept; 0 for none. */
  lastSequence = new Float64Array(0);
  firstChild = new Uint32Array(0);
  nextSibling = new Uint32Array(0);
  childCount = new Uint32Array(0);
  /** Messages at or below a node on subjects that have none. */
  folded = new Float64Array(0);
  epoch = new Uint32Array(0);
  bars = new Uint32Array(0);
  /** How messages on this subject are taken: see `Routes`. */
  route = new Uint32Array(0);
  arena = new Uint8Array(1024);
  #arenaUsed = 0;
  #hash = new Uint32Array(0);
  #table = new Uint32Array(0);
  #capacity = 0;
  #folds = new Map<number, number>();
  /** Nodes of the accounts, by their numbers. */
  readonly #roots: number[] = [0];
  #bar = 0;
  #barUntil = 0;
  readonly #limits: ExplorerLimits;
  readonly #nodesMax: () => number;
  readonly #hooks: CensusHooks;

  /** @param nodesMax asked whenever a node would be made, because the budget can change */
  constructor(limits: ExplorerLimits, nodesMax: () => number, hooks: CensusHooks) {
    this.#limits = limits;
    this.#nodesMax = nodesMax;
    this.#hooks = hooks;
    this.#make(0, 0, 0, 0, 0, HASH_START, 0);
  }

  /** The node that an account's subjects stand below; made when there is none. 0 is the root itself. */
  root(account: number): number {
    const known = this.#roots[account];
    if (known !== undefined) return known;
    const node = this.#make(0, 0, 0, 0, 0, -1, account);
    this.flags[node] = FLAG_ACCOUNT;
    this.#roots[account] = node;
    return node;
  }

  /**
   * The node of exactly these bytes, or 0 when there is none.
   * @param hash of the bytes, from `hashStart(account)` on
   */
  find(bytes: Uint8Array, length: number, hash: number, account = 0): number {
    const table = this.#table;
    const mask = table.length - 1;
    const arena = this.arena;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const node = table[slot]!;
      if (node === 0) return 0;
      if (this.#hash[node] !== hash || this.length[node] !== length || this.account[node] !== account) continue;
      const offset = this.offset[node]!;
      let index = 0;
      while (index < length && arena[offset + index] === bytes[index]) index++;
      if (index === length) return node;
    }
  }

  /**
   * The node that messages on a subject are counted at: its own, made if need be, or the `FOLD` child of the deepest
   * branch there is.
   * @param inbox an address of one use
   * @param acknowledgement a JetStream acknowledgement, whose numbers fold
   */
  intern(subject: Uint8Array, inbox: boolean, acknowledgement: boolean, account = 0): number {
    const root = this.root(account);
    if (subject.length > LENGTH_MAX) return this.#fold(root);
    let node = root;
    let hash = hashStart(account);
    let arenaOffset = -1;
    let start = 0;
    for (let at = 0; at <= subject.length; at++) {
      if (at < subject.length && subject[at] !== DOT) {
        hash = Math.imul(hash ^ subject[at]!, 0x01000193);
        continue;
      }
      const found = this.find(subject, at, hash >>> 0, account);
      if (found !== 0) node = found;
      else {
        if (this.#foldsAt(node, subject, start, at, inbox, acknowledgement)) return this.#fold(node);
        if (arenaOffset < 0) arenaOffset = this.#store(subject);
        node = this.#make(node, arenaOffset, at, start, this.depth[node]! + 1, hash >>> 0, account);
      }
      hash = Math.imul(hash ^ DOT, 0x01000193);
      start = at + 1;
    }
    return node;
  }

  /** Counts one message at a node and at every branch above it. */
  add(node: number, size: number, time: number, kind: number): void {
    if (time >= this.#barUntil) {
      this.#bar = Math.floor(time / BAR_MICROSECONDS);
      this.#barUntil = (this.#bar + 1) * BAR_MICROSECONDS;
    }
    const bar = this.#bar;
    const place = bar % BARS;
    const { count, bytes, last, epoch, bars, parent } = this;
    this.kind[node] = kind;
    if (this.ownCount[node]!++ === 0) {
      for (let up = node; ; up = parent[up]!) {
        this.subjects[up]!++;
        if (up === 0) break;
      }
    }
    if (this.get(node, FLAG_FOLD)) for (let up = node; up !== 0; up = parent[up]!) this.folded[up]!++;
    for (let up = node; ; up = parent[up]!) {
      count[up]!++;
      bytes[up]! += size;
      last[up] = time;
      if (epoch[up] !== bar) this.#turn(up, bar);
      bars[up * BARS + place]!++;
      if (up === 0) break;
    }
  }

  /** A copy of what is drawn, for a view that is paused. */
  freeze(): CensusFrame {
    const { nodes } = this;
    return {
      nodes,
      count: this.count.slice(0, nodes),
      bytes: this.bytes.slice(0, nodes),
      last: this.last.slice(0, nodes),
      subjects: this.subjects.slice(0, nodes),
      lastSequence: this.lastSequence.slice(0, nodes),
      epoch: this.epoch.slice(0, nodes),
      bars: this.bars.slice(0, nodes * BARS),
      kind: this.kind.slice(0, nodes),
      childCount: this.childCount.slice(0, nodes),
      folded: this.folded.slice(0, nodes),
    };
  }

  /** Bytes of the whole subject or prefix of a node; a view that is valid until the next message. */
  subjectOf(node: number): Uint8Array {
    const offset = this.offset[node]!;
    return this.arena.subarray(offset, offset + this.length[node]!);
  }

  /** Whether a node is `branch` or below it. */
  within(node: number, branch: number): boolean {
    const depth = this.depth[branch]!;
    let up = node;
    while (this.depth[up]! > depth) up = this.parent[up]!;
    return up === branch;
  }

  get(node: number, flag: number): boolean {
    return (this.flags[node]! & flag) !== 0;
  }

  set(node: number, flag: number, on: boolean): void {
    this.flags[node] = on ? this.flags[node]! | flag : this.flags[node]! & ~flag;
  }

  // ── Making nodes ──────────────────────────────────────────────────────────────────────────────────────────────────

  #foldsAt(parent: number, subject: Uint8Array, start: number, end: number, inbox: boolean, acknowledgement: boolean) {
    if (this.nodes >= this.#nodesMax() || this.depth[parent]! >= DEPTH_MAX) return true;
    if (inbox) {
      const { inboxChildrenMax, inboxClientsMax } = this.#limits;
      const depth = this.depth[parent]!;
      return depth > 0 && this.childCount[parent]! >= (depth === 1 ? inboxClientsMax : inboxChildrenMax);
    }
    if (!acknowledgement || this.depth[parent]! < ACK_DEPTH) return false;
    for (let index = start; index < end; index++) {
      const byte = subject[index]!;
      if (byte < 0x30 || byte > 0x39) return false;
    }
    return true;
  }

  #fold(parent: number): number {
    const known = this.#folds.get(parent);
    if (known !== undefined) return known;
    const length = this.length[parent]!;
    const account = this.account[parent]!;
    const node = this.#make(parent, this.offset[parent]!, length, length, this.depth[parent]! + 1, -1, account);
    this.flags[node] = FLAG_FOLD;
    this.#folds.set(parent, node);
    return node;
  }

  /** @param hash of the whole prefix; -1 for a node that no subject leads to */
  #make(
    parent: number,
    offset: number,
    length: number,
    tokenStart: number,
    depth: number,
    hash: number,
    account: number,
  ): number {
    if (this.nodes === this.#capacity) this.#grow();
    const node = this.nodes++;
    this.parent[node] = parent;
    this.offset[node] = offset;
    this.length[node] = length;
    this.tokenStart[node] = tokenStart;
    this.depth[node] = depth;
    this.account[node] = account;
    if (node === 0) return 0;
    this.nextSibling[node] = this.firstChild[parent]!;
    this.firstChild[parent] = node;
    this.childCount[parent]!++;
    if (hash >= 0) {
      this.#hash[node] = hash;
      this.#enter(node);
    }
    this.#hooks.added(node, parent);
    return node;
  }

  #enter(node: number): void {
    const mask = this.#table.length - 1;
    let slot = this.#hash[node]! & mask;
    while (this.#table[slot] !== 0) slot = (slot + 1) & mask;
    this.#table[slot] = node;
  }

  #store(subject: Uint8Array): number {
    const offset = this.#arenaUsed;
    if (offset + subject.length > this.arena.length) {
      const larger = new Uint8Array(Math.max(this.arena.length * 2, offset + subject.length));
      larger.set(this.arena);
      this.#hooks.grown(larger.length - this.arena.length);
      this.arena = larger;
    }
    this.arena.set(subject, offset);
    this.#arenaUsed += subject.length;
    return offset;
  }

  #turn(node: number, bar: number): void {
    const base = node * BARS;
    const gap = Math.min(BARS, bar - this.epoch[node]!);
    for (let index = 0; index < gap; index++) this.bars[base + ((bar - index) % BARS)] = 0;
    this.epoch[node] = bar;
  }

  #grow(): void {
    const capacity = Math.max(256, this.#capacity * 2);
    const wider = <C extends Column>(column: C, width = 1): C => {
      const larger = new (column.constructor as new (length: number) => C)(capacity * width);
      larger.set(column);
      return larger;
    };
    this.parent = wider(this.parent);
    this.offset = wider(this.offset);
    this.length = wider(this.length);
    this.tokenStart = wider(this.tokenStart);
    this.depth = wider(this.depth);
    this.account = wider(this.account);
    this.flags = wider(this.flags);
    this.kind = wider(this.kind);
    this.count = wider(this.count);
    this.bytes = wider(this.bytes);
    this.last = wider(this.last);
    this.subjects = wider(this.subjects);
    this.ownCount = wider(this.ownCount);
    this.lastSequence = wider(this.lastSequence);
    this.firstChild = wider(this.firstChild);
    this.nextSibling = wider(this.nextSibling);
    this.childCount = wider(this.childCount);
    this.folded = wider(this.folded);
    this.epoch = wider(this.epoch);
    this.bars = wider(this.bars, BARS);
    this.route = wider(this.route);
    this.#hash = wider(this.#hash);
    this.#table = new Uint32Array(capacity * 4);
    for (let node = 1; node < this.nodes; node++) if (!this.get(node, FLAG_FOLD | FLAG_ACCOUNT)) this.#enter(node);
    this.#hooks.grown((capacity - this.#capacity) * NODE_BYTES);
    this.#capacity = capacity;
  }
}
