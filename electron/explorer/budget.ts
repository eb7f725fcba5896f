/**
 * One byte budget over all captures of all threads. It lies in shared memory: the main thread creates it and hands
 * `buffer` to every connection's thread, which attaches to it and writes down what it holds in a slot of its own.
 *
 *   Int64:  limit | owner 0, bytes 0 | owner 1, bytes 1 | …
 *
 * A capture that needs room when the budget is full gives up its own oldest slabs if it holds more than its fair share
 * (limit ÷ captures). One that holds less may go over the limit by `OVERSHOOT_PART`, because the others notice that
 * they hold too much at their next message or trim period and give way. So a busy connection cannot starve a new one,
 * and an idle one does not keep what the busy one could use until it wants it.
 */

const SLOTS = 256;
const WORDS = 1 + SLOTS * 2;
const OVERSHOOT_PART = 8;

export const BUDGET_BYTES_MIN = 16 * 1024 * 1024;

export interface Budget {
  /** To be passed to the threads, which call `attachBudget` with it. */
  readonly buffer: SharedArrayBuffer;
  limitBytes: number;
  readonly usedBytes: number;
  /** Gives back what the captures of a thread held that ended without disposing of them. */
  reclaim(threadId: number): void;
}

/** What one capture holds of the budget. */
export interface BudgetShare {
  readonly limitBytes: number;
  /** Held by all captures. */
  readonly usedBytes: number;
  /** Held by this one. */
  readonly ownBytes: number;
  /** Whether this capture has to give way: the budget is exceeded and it holds more than its fair share. */
  readonly over: boolean;
  /** Takes `bytes` if there is room; false when the caller has to evict first. */
  take(bytes: number): boolean;
  /** Whether there will be room for `bytes` once the caller has given up `evictable`. */
  fits(bytes: number, evictable: number): boolean;
  /** Takes `bytes` whether or not there is room; for what cannot be evicted. The caller trims afterwards. */
  force(bytes: number): void;
  give(bytes: number): void;
  /** Gives back everything and the slot. */
  detach(): void;
}

function sum(words: BigInt64Array): number {
  let used = 0n;
  for (let slot = 0; slot < SLOTS; slot++) used += Atomics.load(words, 2 + slot * 2);
  return Number(used);
}

/** @param bytes limit; it can be changed later by setting `limitBytes`. */
export function createBudget(bytes: number): Budget {
  const buffer = new SharedArrayBuffer(WORDS * 8);
  const words = new BigInt64Array(buffer);
  words[0] = BigInt(Math.floor(bytes));
  return {
    buffer,
    get limitBytes() {
      return Number(Atomics.load(words, 0));
    },
    set limitBytes(value: number) {
      Atomics.store(words, 0, BigInt(Math.floor(value)));
    },
    get usedBytes() {
      return sum(words);
    },
    reclaim(threadId) {
      const owner = BigInt(threadId) + 1n;
      for (let slot = 0; slot < SLOTS; slot++) {
        if (Atomics.load(words, 1 + slot * 2) !== owner) continue;
        Atomics.store(words, 2 + slot * 2, 0n);
        Atomics.store(words, 1 + slot * 2, 0n);
      }
    },
  };
}

/**
 * @param threadId of the thread that attaches (`threadId` of node:worker_threads; 0 is the main thread), so that
 *   `reclaim` finds what it held.
 */
export function attachBudget(buffer: SharedArrayBuffer, threadId: number): BudgetShare {
  const words = new BigInt64Array(buffer);
  const owner = BigInt(threadId) + 1n;
  let slot = 0;
  while (slot < SLOTS && Atomics.compareExchange(words, 1 + slot * 2, 0n, owner) !== 0n) slot++;
  if (slot === SLOTS) throw new Error(`more than ${SLOTS} captures share one budget`);
  const at = 2 + slot * 2;
  let own = 0;
  let attached = true;

  function add(bytes: number): void {
    own += bytes;
    Atomics.store(words, at, BigInt(own));
  }
  function fairShare(limit: number): number {
    let captures = 0;
    for (let index = 0; index < SLOTS; index++) if (Atomics.load(words, 1 + index * 2) !== 0n) captures++;
    return limit / Math.max(1, captures);
  }
  function fits(bytes: number, evictable: number): boolean {
    const limit = Number(Atomics.load(words, 0));
    const others = sum(words) - own;
    const held = own - evictable + bytes;
    if (others + held <= limit) return true;
    return others > 0 && held <= fairShare(limit) && others + held <= limit + limit / OVERSHOOT_PART;
  }

  return {
    get limitBytes() {
      return Number(Atomics.load(words, 0));
    },
    get usedBytes() {
      return sum(words);
    },
    get ownBytes() {
      return own;
    },
    get over() {
      const limit = Number(Atomics.load(words, 0));
      return sum(words) > limit && own > fairShare(limit);
    },
    take(bytes) {
      if (!fits(bytes, 0)) return false;
      add(bytes);
      return true;
    },
    fits,
    force: add,
    give(bytes) {
      add(-bytes);
    },
    detach() {
      if (!attached) return;
      attached = false;
      add(-own);
      Atomics.store(words, 1 + slot * 2, 0n);
    },
  };
}
