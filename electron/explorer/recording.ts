/** What one connection received: capture, subject tree, last values and counters, and the way of a message into them. */

import type { ChangedField, Counters, NodeId } from '../bridge/contract.ts';
import type { LinkAccount, RawMessage } from '../link.ts';
import { Apart } from './apart.ts';
import { Branches } from './branches.ts';
import type { BudgetShare } from './budget.ts';
import { Capture } from './capture.ts';
import { Census, FLAG_FOLD, NODE_BYTES } from './census.ts';
import type { Clock } from './clock.ts';
import { statusOf } from '../message-headers.ts';
import { Kinds, serviceErrorOf } from './kinds.ts';
import { LastValues } from './last-values.ts';
import type { ExplorerLimits } from './limits.ts';
import { RateMeter } from './rate.ts';
import { hashBytes, hashStart } from './subject-bytes.ts';
import type { Entry, Route } from './subscriptions.ts';

const EMPTY = new Uint8Array(0);

export interface RecordingHooks {
  /** How a subject is taken; null when nothing overlaps and nothing is excluded. */
  route(node: number, subject: Uint8Array, account: number): Route | null;
  added(node: number, parent: number): void;
  /** Accounts of the link, now. */
  accounts(): readonly LinkAccount[];
}

export class Recording {
  readonly share: BudgetShare;
  readonly clock: Clock;
  readonly limits: ExplorerLimits;
  readonly capture: Capture;
  census!: Census;
  branches!: Branches;
  values!: LastValues;
  received = 0;
  receivedBytes = 0;
  /** Fields of list rows that were drawn lately. */
  readonly rowFields = new Map<number, ChangedField[]>();
  excluded = 0;
  /** Messages of the system account. */
  readonly apart: Apart;
  /** Accounts of the system, by their numbers. */
  #systems: boolean[] = [];
  /** Id of the root's first child to be; ids of a tree that was cleared are never given again. */
  #nodeBase = 0;
  #censusBytes = 0;
  #time = 0;
  #meter = new RateMeter();
  readonly #kinds = new Kinds();
  readonly #hooks: RecordingHooks;

  constructor(share: BudgetShare, clock: Clock, limits: ExplorerLimits, hooks: RecordingHooks) {
    this.share = share;
    this.clock = clock;
    this.limits = limits;
    this.#hooks = hooks;
    this.apart = new Apart((bytes) => share.force(bytes));
    this.capture = new Capture(share, limits, { evicting: (from, to) => this.values.keep(from, to) });
    this.#plant();
  }

  /** Takes one message in. The bytes are copied before this returns. */
  take(entry: Entry, message: RawMessage): void {
    const { subject, reply, headers, payload, account } = message;
    const { census } = this;
    const now = this.clock.now();
    if (now > this.#time) this.#time = now;
    const time = this.#time;
    const size = headers.length + payload.length;
    entry.received++;
    entry.meter.add(time);
    const start = hashStart(account);
    const hash = hashBytes(subject, subject.length, start);
    let node = census.find(subject, subject.length, hash, account);
    const route = this.#hooks.route(node, subject, account);
    if (route !== null && route.owner !== 0 && route.owner !== entry.id) return;
    this.received++;
    this.receivedBytes += size;
    this.#meter.add(time);
    if (route !== null && route.exclusion !== null) {
      this.excluded++;
      route.exclusion.received++;
      route.exclusion.meter.add(time);
      return;
    }
    const kinds = this.#kinds;
    const status = headers.length === 0 ? 0 : statusOf(headers) || serviceErrorOf(headers);
    const inbox = kinds.isInbox(subject, hash);
    const replyHash = reply.length === 0 ? 0 : hashBytes(reply, reply.length, start);
    const kind = kinds.kindOf(inbox, subject, reply, replyHash, headers, status);
    if (node === 0) node = census.intern(subject, inbox, kinds.isAcknowledgement(subject), account);
    const folded = census.get(node, FLAG_FOLD);
    census.add(node, size, time, kind);
    const sequence = this.capture.append(
      time,
      node,
      folded ? subject : EMPTY,
      reply,
      headers,
      payload,
      kind,
      status,
      entry.id,
      folded ? 0 : census.lastSequence[node]!,
    );
    if (sequence === 0) return;
    census.lastSequence[node] = sequence;
    if (account !== 0 && this.#systems[account] === true) this.apart.push(sequence);
  }

  /** Whether a node is of the system account. */
  isSystem(node: number): boolean {
    return this.#systems[this.census.account[node]!] === true;
  }

  /** The account of a node; undefined where the link names none. */
  accountOf(node: number): LinkAccount | undefined {
    return this.#hooks.accounts()[this.census.account[node]! - 1];
  }

  get accounts(): readonly LinkAccount[] {
    return this.#hooks.accounts();
  }

  /** Every account has its node, also one that is silent. */
  rootAccounts(): void {
    for (const [index, { system }] of this.#hooks.accounts().entries()) {
      this.census.root(index + 1);
      this.#systems[index + 1] = system;
    }
  }

  counters(): Counters {
    const { capture, share } = this;
    return {
      received: this.received,
      kept: capture.kept,
      evicted: capture.evicted,
      dropped: capture.dropped,
      excluded: this.excluded,
      receivedBytes: this.receivedBytes,
      captureBytes: share.ownBytes,
      budgetBytes: share.limitBytes,
      budgetUsedBytes: share.usedBytes,
      rate: this.#meter.rate(this.clock.now()),
    };
  }

  /** Forgets messages, tree and counts. */
  clear(): void {
    this.capture.clear();
    this.apart.clear();
    this.values.clear();
    this.rowFields.clear();
    this.share.give(this.#censusBytes);
    this.#censusBytes = 0;
    this.#nodeBase += this.census.nodes;
    this.received = 0;
    this.receivedBytes = 0;
    this.excluded = 0;
    this.#meter = new RateMeter();
    this.#plant();
  }

  /** Id of a node for the window. */
  idOf(node: number): NodeId {
    return node === 0 ? 0 : node + this.#nodeBase;
  }

  /** Index of a node that the window names; -1 when there is none of that id, any more or yet. */
  nodeOf(id: NodeId): number {
    if (id === 0) return 0;
    const node = id - this.#nodeBase;
    return Number.isInteger(node) && node > 0 && node < this.census.nodes ? node : -1;
  }

  #plant(): void {
    const { limits, share } = this;
    this.census = new Census(
      limits,
      () => Math.min(limits.nodesMax, Math.floor((share.limitBytes * limits.nodesPerBudgetPart) / NODE_BYTES)),
      {
        added: (node, parent) => this.#hooks.added(node, parent),
        grown: (bytes) => {
          this.#censusBytes += bytes;
          share.force(bytes);
        },
      },
    );
    this.branches = new Branches(this.census);
    this.values = new LastValues(this.capture, this.census, share, limits);
    this.rootAccounts();
  }
}
