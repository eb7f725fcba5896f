import type { Account, InterestListener } from '../account/account.ts';
import type { Subscription } from '../account/subscription.ts';
import type { Arena } from '../base/arena.ts';
import type { BlockAllocator } from '../base/block-allocator.ts';
import { writeLatin1 } from '../base/latin1.ts';
import type { Parser } from '../wire/parser.ts';
import { type Entry, MatchTable, type PublishVerdict, type Target } from './match-table.ts';

/** Subjects that clients may not publish to: nats-server keeps them for gateways and for its own consensus. */
const RESERVED_PREFIXES = ['$GR.', '_GR_.', '$NRG.'];

const DOT = 46;
export const DOORKEEPER_SLOTS = 1 << 14;

const NO_TARGETS: readonly Target[] = [];
const NO_GROUPS: readonly (readonly Target[])[] = [];

/** What a set of permissions says of publishing. */
export interface PublishRules {
  /** The same for rules that say the same. */
  readonly key: string;
  mayPublish(subject: string): boolean;
  /** Whether all subjects that differ from this one in their last token only have the same answer. False: not known. */
  isPublishUniformBeside(subject: string): boolean;
}

/** What a cache shares with all others. */
export interface MatchMemory {
  readonly arena: Arena;
  readonly blocks: BlockAllocator;
  /** Hashes of subjects seen of late; a power of two. */
  readonly doorkeeper: Int32Array;
  /** Entries out of use whose blocks may still be read in this turn of the loop. */
  readonly released: Entry[];
  /** Called when the blocks are used up: all caches forget theirs, unless a delivery is still reading them. */
  onFull(): void;
}

/**
 * Subject → whom it goes to. Two tables: one by whole subject, one by all but the last token, for subjects that come
 * once and never again (inboxes, acks) and whose last token no literal subscription tells apart. A subject gets an entry
 * of its own only when it is seen a second time, so that a flood of subjects pushes nothing out.
 *
 * A literal subscription that comes or goes removes its own entries; a pattern makes all entries old, and each is made
 * anew when it is next used.
 */
export class MatchCache implements InterestListener {
  readonly #account: Account;
  readonly #memory: MatchMemory;
  readonly #parser: Parser;
  readonly #rules: PublishRules | undefined;
  readonly #subjects: MatchTable;
  readonly #prefixes: MatchTable;

  /** `rules`: of everybody who publishes through it; none for those who may publish anything. */
  constructor(account: Account, memory: MatchMemory, parser: Parser, rules?: PublishRules) {
    this.#account = account;
    this.#rules = rules;
    this.#memory = memory;
    this.#parser = parser;
    const release = (entry: Entry): void => this.#release(entry);
    this.#subjects = new MatchTable(memory.arena, release);
    this.#prefixes = new MatchTable(memory.arena, release);
    account.listen(this);
  }

  /** The account tells it nothing any more, and it must not be asked again. */
  dispose(): void {
    this.#account.unlisten(this);
    this.#subjects.releaseAll();
    this.#prefixes.releaseAll();
  }

  get account(): Account {
    return this.#account;
  }

  /** Look-ups that found nothing. */
  misses = 0;

  /** Entries by whole subject and by prefix. */
  get counts(): { subjects: number; prefixes: number } {
    return { subjects: this.#subjects.count, prefixes: this.#prefixes.count };
  }

  /** The entry for the message that the parser stands at. It is good until the next turn of the loop. */
  lookup(message: Parser): Entry {
    const entry = this.#subjects.find(message.hash, message.subjectStart, message.subjectEnd - message.subjectStart);
    if (entry !== undefined && entry.generation === this.#account.interest.generation) return entry;
    return this.#miss(message, entry);
  }

  /** How many targets each remembered subject has. */
  *fanouts(): IterableIterator<number> {
    for (const table of [this.#subjects, this.#prefixes]) {
      for (const { targets, groups } of table.entries()) yield targets.length + groups.length;
    }
  }

  onLiteralChanged(subject: string): void {
    this.#remove(this.#subjects, subject, subject.length);
    const prefixEnd = subject.lastIndexOf('.') + 1;
    if (prefixEnd > 0) this.#remove(this.#prefixes, subject, prefixEnd);
  }

  /** Forgets everything, without giving memory back block by block: whoever calls it forgets the blocks too. */
  forget(): void {
    this.#subjects.clear();
    this.#prefixes.clear();
  }

  #miss(message: Parser, stale: Entry | undefined): Entry {
    this.misses++;
    const { arena } = this.#memory;
    const { subjectStart, subjectEnd, hash } = message;
    if (stale !== undefined) {
      this.#subjects.delete(stale);
      this.#release(stale);
    } else {
      const { doorkeeper } = this.#memory;
      const slot = hash & (doorkeeper.length - 1);
      const seen = doorkeeper[slot] === hash;
      doorkeeper[slot] = hash;
      if (!seen) {
        const entry = this.#beside(message);
        if (entry !== undefined) return entry;
        // A subject that comes for the first time is not kept: its memory goes at the end of this turn.
        const passing = this.#make(hash, subjectStart, subjectStart, arena.latin1(subjectStart, subjectEnd), false);
        this.#release(passing);
        return passing;
      }
    }
    const entry = this.#make(hash, subjectStart, subjectEnd, arena.latin1(subjectStart, subjectEnd), true);
    if (entry.block !== 0) this.#subjects.insert(entry);
    return entry;
  }

  /** The entry of all subjects that differ in the last token only, if their answer is the same. */
  #beside(message: Parser): Entry | undefined {
    const { arena } = this.#memory;
    const { bytes } = arena;
    const { subjectStart, subjectEnd } = message;
    let prefixEnd = subjectEnd;
    while (prefixEnd > subjectStart && bytes[prefixEnd - 1] !== DOT) prefixEnd--;
    if (prefixEnd === subjectStart || prefixEnd === subjectEnd) return undefined;
    const hash = this.#parser.hashOf(subjectStart, prefixEnd);
    const found = this.#prefixes.find(hash, subjectStart, prefixEnd - subjectStart);
    if (found !== undefined && found.generation === this.#account.interest.generation) return found;
    if (found !== undefined) {
      this.#prefixes.delete(found);
      this.#release(found);
    }
    const subject = arena.latin1(subjectStart, subjectEnd);
    if (!this.#account.interest.isUniformBeside(subject)) return undefined;
    if (this.#rules !== undefined && !this.#rules.isPublishUniformBeside(subject)) return undefined;
    if (this.#match(subject).some(({ denies }) => denies !== undefined)) return undefined;
    const entry = this.#make(hash, subjectStart, prefixEnd, subject, false);
    if (entry.block === 0) return undefined;
    this.#prefixes.insert(entry);
    return entry;
  }

  /** With `heads` for one subject; without, for many, or for a single use: the heads are then put together as they are needed. */
  #make(hash: number, keyStart: number, keyEnd: number, subject: string, heads: boolean): Entry {
    const verdict = this.#verdictOf(subject);
    // Nobody gets what may not be published; a verdict that answers may lift is looked up elsewhere then.
    const subscriptions = verdict === 'allowed' ? this.#match(subject) : [];
    const keyBytes = keyEnd - keyStart;
    let blockBytes = keyBytes;
    for (const { sid } of subscriptions) {
      blockBytes += heads ? 1 + 4 + subject.length + 1 + sid.length + 1 : sid.length + 1;
    }
    // Copies in words may read, and building heads may spoil, a few bytes behind the last head.
    blockBytes += 8;
    const { blocks, arena } = this.#memory;
    let block = blocks.allocate(blockBytes);
    if (block === 0) {
      this.#memory.onFull();
      block = blocks.allocate(blockBytes);
    }
    const { bytes } = arena;
    let at = block;
    if (block !== 0) {
      bytes.copyWithin(at, keyStart, keyEnd);
      at += keyBytes;
    }
    const targets: Target[] = [];
    let groups: Map<string, Target[]> | undefined;
    let handlers: Subscription[] | undefined;
    for (const subscription of subscriptions) {
      const { sid, queue } = subscription;
      if (subscription.handler !== undefined) {
        (handlers ??= []).push(subscription);
        continue;
      }
      if (subscription.denies?.(subject) === true) continue;
      let headStart = 0;
      let sidStart = 0;
      if (block !== 0) {
        if (heads) {
          headStart = at + 1;
          at = writeLatin1(bytes, at, `HMSG ${subject} `);
        }
        sidStart = at;
        at = writeLatin1(bytes, at, `${sid} `);
      }
      const target: Target = {
        subscription,
        headStart,
        headBytes: headStart === 0 ? 0 : at - headStart,
        sidStart,
        sidBytes: sid.length + 1,
      };
      if (queue === undefined) {
        targets.push(target);
      } else {
        groups ??= new Map();
        const group = groups.get(queue);
        if (group) group.push(target);
        else groups.set(queue, [target]);
      }
    }
    return {
      hash,
      keyStart: block,
      keyBytes,
      block,
      blockBytes,
      generation: this.#account.interest.generation,
      targets: targets.length === 0 ? NO_TARGETS : targets,
      groups: groups === undefined ? NO_GROUPS : [...groups.values()],
      special: handlers === undefined ? undefined : { account: this.#account, handlers },
      verdict,
    };
  }

  #match(subject: string): Subscription[] {
    const subscriptions: Subscription[] = [];
    this.#account.interest.match(subject, subscriptions);
    return subscriptions;
  }

  #verdictOf(subject: string): PublishVerdict {
    if (RESERVED_PREFIXES.some((prefix) => subject.length > prefix.length && subject.startsWith(prefix))) {
      return 'reserved';
    }
    return this.#rules === undefined || this.#rules.mayPublish(subject) ? 'allowed' : 'denied';
  }

  #remove(table: MatchTable, subject: string, end: number): void {
    if (table.count === 0) return;
    const entry = table.findText(this.#parser.hashOfText(subject, end), subject, end);
    if (entry === undefined) return;
    table.delete(entry);
    this.#release(entry);
  }

  #release(entry: Entry): void {
    if (entry.block !== 0) this.#memory.released.push(entry);
  }
}
