import type { Account } from '../account/account.ts';
import type { Parser } from '../wire/parser.ts';
import { DOORKEEPER_SLOTS, MatchCache, type MatchMemory, type PublishRules } from './match-cache.ts';

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
      onFull: () => this.#onFull(),
    };
    this.#parser = parser;
  }

  /** For whoever may publish anything. */
  of(account: Account): MatchCache {
    let cache = this.#open.get(account);
    if (cache === undefined) this.#open.set(account, (cache = this.#make(account)));
    return cache;
  }

  /** For a connection with permissions, which says `give` when it goes. */
  take(account: Account, rules: PublishRules | undefined): MatchCache {
    if (rules === undefined) return this.of(account);
    let slots = this.#restricted.get(account);
    if (slots === undefined) this.#restricted.set(account, (slots = new Map()));
    let slot = slots.get(rules.key);
    if (slot === undefined) slots.set(rules.key, (slot = { cache: this.#make(account, rules), users: 0 }));
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
    const cache = this.#open.get(account);
    if (cache === undefined) return;
    this.#open.delete(account);
    this.#drop(cache);
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

  #make(account: Account, rules?: PublishRules): MatchCache {
    const cache = new MatchCache(account, this.#memory, this.#parser, rules);
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
    this.#memory.blocks.reset();
  }
}
