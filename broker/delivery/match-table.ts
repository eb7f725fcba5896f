import type { Arena } from '../base/arena.ts';
import type { Account } from '../account/account.ts';
import type { Relay } from '../account/crossing.ts';
import type { Mapping } from '../account/mappings.ts';
import type { Subscription } from '../account/subscription.ts';

/** A subscription in an entry, with the beginning of its messages ready in the arena: `MSG subject sid ` behind an `H`. */
export interface Target {
  readonly subscription: Subscription;
  /** Where `MSG` begins; the byte before is `H`. 0 in entries that serve many subjects. */
  readonly headStart: number;
  readonly headBytes: number;
  /** Where the sid begins with the space behind it: for heads that are put together message by message. 0: nowhere. */
  readonly sidStart: number;
  readonly sidBytes: number;
}

/** `reserved`: nobody but the server publishes to it, whatever the permissions say. */
export type PublishVerdict = 'allowed' | 'denied' | 'reserved';

/** Some bytes of the arena; 0 where there were none to be had. */
export interface Block {
  readonly block: number;
  readonly blockBytes: number;
}

/** What is known of a subject: everything that is slow to find out, found out once. Its block has key and heads. */
export interface Entry extends Block {
  readonly hash: number;
  /** Address and number of the bytes that it is for. */
  readonly keyStart: number;
  readonly keyBytes: number;
  /** Generation of the interest that it was made from; older than the present one: it is made anew. */
  readonly generation: number;
  readonly targets: readonly Target[];
  readonly groups: readonly (readonly Target[])[];
  /** What takes more than copying bytes to a connection; undefined, as a rule. */
  readonly special: Special | undefined;
  /** Whether clients may publish to it. */
  readonly verdict: PublishVerdict;
  /** What a client's message becomes before it is delivered; undefined, as a rule. */
  readonly detour: Detour | undefined;
  /** Allowed, and without a detour: nothing needs to be asked before it is delivered. */
  readonly plain: boolean;
}

/** A mapping that covers the subject: the message goes on under another one, as an entry of its own. */
export interface Detour {
  readonly mapping: Mapping;
  /** One for each choice of the mapping that always leads to the same subject, in their order; else undefined. */
  readonly ways: readonly (Way | undefined)[];
}

/** Where a detour leads. Its block has the mapped subject, with a space behind it. */
export interface Way extends Block {
  readonly entry: Entry;
  readonly subjectBytes: number;
}

/** What goes on to another account. */
export interface RelayTarget {
  readonly subscription: Subscription;
  readonly relay: Relay;
  /** The subject there; '' where the entry serves many subjects. */
  readonly there: string;
}

/** The rare parts of an entry, behind one check. */
export interface Special {
  /** Where the message is published. */
  readonly account: Account;
  /** Subscriptions of the broker itself. */
  readonly handlers: readonly Subscription[];
  readonly relays: readonly RelayTarget[];
}

const PROBES = 4;
/** Small, since every account and every set of permissions in use has tables of its own. */
const SLOTS_MIN = 1 << 6;
/** Half of them in use at most: 131,072 entries. */
const SLOTS_MAX = 1 << 18;

/** Entries by hash and bytes of their subject; open addressing in a window of four. When it is full, some entry goes. */
export class MatchTable {
  readonly #arena: Arena;
  #slots: (Entry | undefined)[] = new Array<Entry | undefined>(SLOTS_MIN).fill(undefined);
  #mask = SLOTS_MIN - 1;
  #count = 0;
  #victim = 0;

  readonly #release: (entry: Entry) => void;

  /** `release` gets every entry that had to make room for another. */
  constructor(arena: Arena, release: (entry: Entry) => void) {
    this.#arena = arena;
    this.#release = release;
  }

  get count(): number {
    return this.#count;
  }

  find(hash: number, start: number, length: number): Entry | undefined {
    const slots = this.#slots;
    const mask = this.#mask;
    const bytes = this.#arena.bytes;
    for (let probe = 0; probe < PROBES; probe++) {
      const entry = slots[(hash + probe) & mask];
      if (entry === undefined || entry.hash !== hash || entry.keyBytes !== length) continue;
      const key = entry.keyStart;
      let i = 0;
      while (i < length && bytes[key + i] === bytes[start + i]) i++;
      if (i === length) return entry;
    }
    return undefined;
  }

  /** The same for a subject as a latin1 string, up to `length`. */
  findText(hash: number, text: string, length: number): Entry | undefined {
    const bytes = this.#arena.bytes;
    for (let probe = 0; probe < PROBES; probe++) {
      const entry = this.#slots[(hash + probe) & this.#mask];
      if (entry === undefined || entry.hash !== hash || entry.keyBytes !== length) continue;
      let i = 0;
      while (i < length && bytes[entry.keyStart + i] === text.charCodeAt(i)) i++;
      if (i === length) return entry;
    }
    return undefined;
  }

  insert(entry: Entry): void {
    if (this.#count * 2 >= this.#slots.length && this.#slots.length < SLOTS_MAX) this.#grow();
    this.#place(entry);
  }

  delete(entry: Entry): boolean {
    for (let probe = 0; probe < PROBES; probe++) {
      const slot = (entry.hash + probe) & this.#mask;
      if (this.#slots[slot] !== entry) continue;
      this.#slots[slot] = undefined;
      this.#count--;
      return true;
    }
    return false;
  }

  *entries(): IterableIterator<Entry> {
    for (const entry of this.#slots) if (entry !== undefined) yield entry;
  }

  /** Empties it and gives every entry to `release`. */
  releaseAll(): void {
    for (const entry of this.#slots) if (entry !== undefined) this.#release(entry);
    this.clear();
  }

  clear(): void {
    this.#slots.fill(undefined);
    this.#count = 0;
  }

  #place(entry: Entry): void {
    for (let probe = 0; probe < PROBES; probe++) {
      const slot = (entry.hash + probe) & this.#mask;
      if (this.#slots[slot] !== undefined) continue;
      this.#slots[slot] = entry;
      this.#count++;
      return;
    }
    const slot = (entry.hash + (this.#victim++ & (PROBES - 1))) & this.#mask;
    this.#release(this.#slots[slot] as Entry);
    this.#slots[slot] = entry;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Array<Entry | undefined>(old.length * 2).fill(undefined);
    this.#mask = this.#slots.length - 1;
    this.#count = 0;
    for (const entry of old) if (entry !== undefined) this.#place(entry);
  }
}
