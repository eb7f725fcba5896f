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
const DOORKEEPER_SLOTS = 1 << 14;

const NO_TARGETS: readonly Target[] = [];
const NO_GROUPS: readonly (readonly Target[])[] = [];

/** What a cache shares with those of other accounts. */
export interface MatchMemory {
  readonly arena: Arena;
  readonly blocks: BlockAllocator;
  /** Called when the blocks are used up: every cache that has some must forget them. */
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
  readonly #subjects: MatchTable;
  readonly #prefixes: MatchTable;
  /** Hashes of subjects seen of late. */
  readonly #doorkeeper = new Int32Array(DOORKEEPER_SLOTS);
  /** Entries out of use whose blocks may still be read in this turn of the loop. */
  #released: Entry[] = [];

  constructor(account: Account, memory: MatchMemory, parser: Parser) {
    this.#account = account;
    this.#memory = memory;
    this.#parser = parser;
    const release = (entry: Entry): void => this.#release(entry);
    this.#subjects = new MatchTable(memory.arena, release);
    this.#prefixes = new MatchTable(memory.arena, release);
    account.listener = this;
  }

  get account(): Account {
    return this.#account;
  }

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

  onLiteralChanged(subject: string): void {
    this.#remove(this.#subjects, subject, subject.length);
    const prefixEnd = subject.lastIndexOf('.') + 1;
    if (prefixEnd > 0) this.#remove(this.#prefixes, subject, prefixEnd);
  }

  /** Gives back the memory of entries that nobody uses any more. Called between two turns of the loop. */
  settle(): void {
    if (this.#released.length === 0) return;
    for (const entry of this.#released) this.#memory.blocks.free(entry.block, entry.blockBytes);
    this.#released = [];
  }

  /** Forgets everything, without giving memory back block by block: whoever calls it forgets the blocks too. */
  forget(): void {
    this.#subjects.clear();
    this.#prefixes.clear();
    this.#released = [];
  }

  #miss(message: Parser, stale: Entry | undefined): Entry {
    const { arena } = this.#memory;
    const { subjectStart, subjectEnd, hash } = message;
    if (stale !== undefined) {
      this.#subjects.delete(stale);
      this.#release(stale);
    } else {
      const slot = hash & (DOORKEEPER_SLOTS - 1);
      const seen = this.#doorkeeper[slot] === hash;
      this.#doorkeeper[slot] = hash;
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
    const entry = this.#make(hash, subjectStart, prefixEnd, subject, false);
    if (entry.block === 0) return undefined;
    this.#prefixes.insert(entry);
    return entry;
  }

  /** With `heads` for one subject; without, for many, or for a single use: the heads are then put together as they are needed. */
  #make(hash: number, keyStart: number, keyEnd: number, subject: string, heads: boolean): Entry {
    const subscriptions: Subscription[] = [];
    this.#account.interest.match(subject, subscriptions);
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
    for (const subscription of subscriptions) {
      const { sid, queue } = subscription;
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
      verdict: verdictOf(subject),
    };
  }

  #remove(table: MatchTable, subject: string, end: number): void {
    if (table.count === 0) return;
    const entry = table.findText(this.#parser.hashOfText(subject, end), subject, end);
    if (entry === undefined) return;
    table.delete(entry);
    this.#release(entry);
  }

  #release(entry: Entry): void {
    if (entry.block !== 0) this.#released.push(entry);
  }
}

function verdictOf(subject: string): PublishVerdict {
  return RESERVED_PREFIXES.some((prefix) => subject.length > prefix.length && subject.startsWith(prefix))
    ? 'denied'
    : 'allowed';
}
