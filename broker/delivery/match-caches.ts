import type { Account } from '../account/account.ts';
import type { Parser } from '../wire/parser.ts';
import { type CacheScope, DOORKEEPER_SLOTS, MatchCache, type MatchMemory, type PublishRules } from './match-cache.ts';

const CLIENTS: CacheScope = { mapped: true, exported: true };
const BROKER: CacheScope = { mapped: false, exported: true };
const RELAYED: CacheScope = { mapped: false, exported: false };

interface Slot {
  readonly cache: MatchCache;
  users: number;
}

/**
 * The match caches of a broker: one per account, and one more for each set of publish permissions in use there. So what
 * a user may publish costs nothing per message.
 */
export class MatchCaches {
  readonly #memory: MatchMemory;
  readonly #parser: Parser;
  readonly #open = new Map<Account, MatchCache>();
  /** For the broker itself, in accounts that have mappings. */
  readonly #inside = new Map<Account, MatchCache>();
  /** For what came in by a service import, in accounts that others import streams from. */
  readonly #relayed = new Map<Account, MatchCache>();
  readonly #restricted = new Map<Account, Map<string, Slot>>();
  readonly #all = new Set<MatchCache>();
  #forget = false;
  /** Deliveries under way: while there is one, no block may be given to somebody else. */
  reading = 0;

  constructor(memory: Pick<MatchMemory, 'arena' | 'blocks'>, parser: Parser) {
    this.#memory = {
      ...memory,
      doorkeeper: new Int32Array(DOORKEEPER_SLOTS),
      released: [],
      resets: 0,
      onFull: () => this.#onFull(),
    };
    this.#parser = parser;
  }

  /** For clients that may publish anything. */
  of(account: Account): MatchCache {
    return this.#shared(this.#open, account, CLIENTS);
  }

  /** For what the broker publishes, which is not mapped. */
  inside(account: Account): MatchCache {
    return account.mappings.isEmpty ? this.of(account) : this.#shared(this.#inside, account, BROKER);
  }

  /** For what came in by a service import: not mapped, nor exported as a stream. */
  relayed(account: Account): MatchCache {
    return account.importedParts === 0 ? this.inside(account) : this.#shared(this.#relayed, account, RELAYED);
  }

  /** For a connection with permissions, which says `give` when it goes. */
  take(account: Account, rules: PublishRules | undefined): MatchCache {
    if (rules === undefined) return this.of(account);
    let slots = this.#restricted.get(account);
    if (slots === undefined) this.#restricted.set(account, (slots = new Map()));
    let slot = slots.get(rules.key);
    if (slot === undefined)
      slots.set(rules.key, (slot = { cache: this.#make(account, { ...CLIENTS, rules }), users: 0 }));
    slot.users++;
    return slot.cache;
  }

  give(account: Account, rules: PublishRules | undefined): void {
    if (rules === undefined) return;
    const slots = this.#restricted.get(account);
    const slot = slots?.get(rules.key);
    if (slots === undefined || slot === undefined || --slot.users > 0) return;
    slots.delete(rules.key);
    if (slots.size === 0) this.#restricted.delete(account);
    this.#drop(slot.cache);
  }

  /** The account is gone; whoever was in it must have gone before. */
  forgetAccount(account: Account): void {
    for (const shared of [this.#open, this.#inside, this.#relayed]) {
      const cache = shared.get(account);
      if (cache === undefined) continue;
      shared.delete(account);
      this.#drop(cache);
    }
  }

  /** What its caches remember: subjects, look-ups that were in vain, targets of the subject with the most and of all. */
  statistics(account: Account): { cacheEntries: number; misses: number; fanoutMax: number; fanoutTotal: number } {
    const sum = { cacheEntries: 0, misses: 0, fanoutMax: 0, fanoutTotal: 0 };
    for (const cache of this.#all) {
      if (cache.account !== account) continue;
      sum.misses += cache.misses;
      for (const fanout of cache.fanouts()) {
        sum.cacheEntries++;
        sum.fanoutTotal += fanout;
        sum.fanoutMax = Math.max(sum.fanoutMax, fanout);
      }
    }
    return sum;
  }

  /** Gives memory back that nobody reads any more. Called between two turns of the loop. */
  settle(): void {
    if (this.#forget) this.#forgetAll();
    const { released, blocks } = this.#memory;
    if (released.length === 0) return;
    for (const entry of released) blocks.free(entry.block, entry.blockBytes);
    released.length = 0;
  }

  #shared(caches: Map<Account, MatchCache>, account: Account, scope: CacheScope): MatchCache {
    let cache = caches.get(account);
    if (cache === undefined) caches.set(account, (cache = this.#make(account, scope)));
    return cache;
  }

  #make(account: Account, scope: CacheScope): MatchCache {
    const cache = new MatchCache(account, this.#memory, this.#parser, scope);
    this.#all.add(cache);
    return cache;
  }

  #drop(cache: MatchCache): void {
    cache.dispose();
    this.#all.delete(cache);
  }

  #onFull(): void {
    if (this.reading > 0) this.#forget = true;
    else this.#forgetAll();
  }

  #forgetAll(): void {
    this.#forget = false;
    for (const cache of this.#all) cache.forget();
    this.#memory.released.length = 0;
    this.#memory.resets++;
    this.#memory.blocks.reset();
  }
}
