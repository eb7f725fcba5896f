/**
 * What is subscribed to, and what becomes of the copies.
 *
 * A server sends a message once for every subscription that matches it. The capture keeps it once: of the plain
 * subscriptions that match a subject the one that was made first is its *owner*; what the owner receives is kept, what
 * the others receive of that subject is counted at them (`received`, `rate`) and nowhere else. So the counters of the
 * capture count messages (`received = kept + evicted + dropped + excluded`), the counters of a subscription count what
 * came in through it, and a sum over overlapping subscriptions is larger than `received`.
 *
 * A queue subscription gets only its part, so it never owns: where a plain one matches too, its part are copies; where
 * only queue subscriptions match, all that comes in is kept.
 *
 * An excluded subject is no subscription of its own at the server: what matches it is counted as `excluded` instead of
 * kept, and at the exclusion. Muting a subscription takes it back from the server, muting an exclusion lifts it.
 */

import type { Subscription } from '../bridge/contract.ts';
import type { Link, LinkSubscription, RawMessage } from '../link.ts';
import type { Census } from './census.ts';
import type { Clock } from './clock.ts';
import { ExplorerError } from './errors.ts';
import type { ExplorerLimits } from './limits.ts';
import { RateMeter } from './rate.ts';
import { matches, overlaps, subjectBytes, subjectProblem } from './subject-bytes.ts';

/** Identifiers are kept in 16 bits with every message. */
const ID_MAX = 0xffff;

export interface Route {
  /** Subscription whose copy is kept; 0 when all are. */
  readonly owner: number;
  /** Exclusion that the subject falls under. */
  readonly exclusion: Entry | null;
}

export interface Entry {
  readonly id: number;
  readonly subject: string;
  readonly pattern: Uint8Array;
  readonly queue: string | undefined;
  /** Number of the account that it is limited to; 0: all of the link. */
  readonly account: number;
  readonly exclude: boolean;
  readonly meter: RateMeter;
  muted: boolean;
  received: number;
  error: string | undefined;
  /** Order in which it was made at the server; a subscription that comes back comes last. */
  order: number;
  link: LinkSubscription | null;
}

export type Receive = (entry: Entry, message: RawMessage) => void;

export class Subscriptions {
  readonly #link: Link;
  readonly #clock: Clock;
  readonly #census: () => Census;
  readonly #limits: ExplorerLimits;
  readonly #receive: Receive;
  readonly #entries = new Map<number, Entry>();
  #lastId = 0;
  #orders = 0;
  /** Routes that subjects have; the census keeps the index + 1 with the subject. */
  #routes: Route[] = [];
  /** Every message is kept whoever received it: nothing overlaps and nothing is excluded. */
  #plain = true;

  constructor(link: Link, clock: Clock, census: () => Census, limits: ExplorerLimits, receive: Receive) {
    this.#link = link;
    this.#clock = clock;
    this.#census = census;
    this.#limits = limits;
    this.#receive = receive;
  }

  add(subject: string, queue: string | undefined, exclude: boolean, account = 0): Subscription {
    const problem = subjectProblem(subject, true);
    if (problem !== null) throw new ExplorerError('invalid-subject', problem);
    if (queue !== undefined && /[\s]|^$/.test(queue)) {
      throw new ExplorerError('invalid-subject', 'The name of a queue group is not empty and holds no white space.');
    }
    for (const other of this.#entries.values()) {
      if (other.subject !== subject || other.queue !== queue || other.exclude !== exclude) continue;
      if (other.account !== account) continue;
      throw new ExplorerError(
        'duplicate-subscription',
        `${subject} is ${exclude ? 'excluded' : 'subscribed to'} already.`,
      );
    }
    if (this.#entries.size >= this.#limits.subscriptionsMax || this.#lastId >= ID_MAX) {
      throw new ExplorerError('too-many', 'No more subscriptions fit on this connection; remove some or open it anew.');
    }
    const entry: Entry = {
      id: ++this.#lastId,
      subject,
      pattern: subjectBytes(subject),
      queue,
      account,
      exclude,
      meter: new RateMeter(),
      muted: false,
      received: 0,
      error: undefined,
      order: 0,
      link: null,
    };
    if (!exclude) this.#open(entry);
    this.#entries.set(entry.id, entry);
    this.#reroute();
    return this.#state(entry);
  }

  mute(id: number, muted: boolean): void {
    const entry = this.#get(id);
    if (entry.muted === muted) return;
    if (!entry.exclude) {
      if (muted) this.#close(entry);
      else this.#open(entry);
    }
    entry.muted = muted;
    this.#reroute();
  }

  remove(id: number): void {
    const entry = this.#get(id);
    this.#entries.delete(id);
    this.#close(entry);
    this.#reroute();
  }

  list(): Subscription[] {
    return Array.from(this.#entries.values(), (entry) => this.#state(entry));
  }

  /** Counts start anew; what is subscribed to stays. */
  clear(): void {
    for (const entry of this.#entries.values()) entry.received = 0;
    this.#reroute();
  }

  dispose(): void {
    for (const entry of this.#entries.values()) this.#close(entry);
    this.#entries.clear();
  }

  /** How a subject is taken, or null when every copy of everything is kept. @param node 0 when the tree has none */
  route(node: number, subject: Uint8Array, account = 0): Route | null {
    if (this.#plain) return null;
    if (node === 0) return this.#decide(subject, account);
    const column = this.#census().route;
    const known = column[node]!;
    if (known !== 0) return this.#routes[known - 1]!;
    const route = this.#decide(subject, account);
    let index = this.#routes.findIndex((other) => other.owner === route.owner && other.exclusion === route.exclusion);
    if (index < 0) index = this.#routes.push(route) - 1;
    column[node] = index + 1;
    return route;
  }

  #decide(subject: Uint8Array, account: number): Route {
    let owner: Entry | null = null;
    let exclusion: Entry | null = null;
    for (const entry of this.#entries.values()) {
      if (entry.muted || (entry.account !== 0 && entry.account !== account)) continue;
      if (!matches(entry.pattern, subject)) continue;
      if (entry.exclude) exclusion ??= entry;
      else if (
        entry.queue === undefined &&
        entry.error === undefined &&
        (owner === null || entry.order < owner.order)
      ) {
        owner = entry;
      }
    }
    return { owner: owner?.id ?? 0, exclusion };
  }

  #reroute(): void {
    this.#routes = [];
    this.#census().route.fill(0);
    const active = Array.from(this.#entries.values()).filter((entry) => !entry.muted);
    this.#plain = !active.some(
      (one, index) =>
        one.exclude ||
        active.some((other, place) => place > index && meet(one, other) && overlaps(one.subject, other.subject)),
    );
  }

  #open(entry: Entry): void {
    entry.error = undefined;
    entry.order = ++this.#orders;
    let current: LinkSubscription | null = null;
    current = this.#link.subscribe(
      entry.subject,
      entry.queue,
      (message) => {
        // Messages that were on their way when the subscription was muted or removed.
        if (current !== null && entry.link !== current) return;
        if (entry.error !== undefined) {
          entry.error = undefined;
          this.#reroute();
        }
        this.#receive(entry, message);
      },
      (text) => {
        if (current !== null && entry.link !== current) return;
        entry.error = text;
        this.#reroute();
      },
      entry.account,
    );
    entry.link = current;
  }

  #close(entry: Entry): void {
    entry.link?.unsubscribe();
    entry.link = null;
  }

  #get(id: number): Entry {
    const entry = this.#entries.get(id);
    if (entry === undefined) throw new ExplorerError('unknown-subscription', 'This subscription was removed.');
    return entry;
  }

  #state(entry: Entry): Subscription {
    const { id, subject, queue, muted, exclude, received, error } = entry;
    const rate = entry.meter.rate(this.#clock.now());
    const account = this.#link.accounts[entry.account - 1]?.name;
    return {
      id,
      subject,
      ...(account === undefined ? {} : { account }),
      ...(queue === undefined ? {} : { queue }),
      muted,
      exclude,
      rate,
      received,
      ...(error === undefined ? {} : { error }),
    };
  }
}

function meet(one: Entry, other: Entry): boolean {
  return one.account === 0 || other.account === 0 || one.account === other.account;
}
