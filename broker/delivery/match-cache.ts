import type { Account, InterestListener } from '../account/account.ts';
import { applyChoice, type Mapping } from '../account/mappings.ts';
import type { Subscription } from '../account/subscription.ts';
import type { Arena } from '../base/arena.ts';
import type { BlockAllocator } from '../base/block-allocator.ts';
import { writeLatin1 } from '../base/latin1.ts';
import { ACK_PREFIX } from '../subject/interest.ts';
import type { Parser } from '../wire/parser.ts';
import {
  type Block,
  type Entry,
  MatchTable,
  type PublishVerdict,
  type RelayTarget,
  type Target,
  type Way,
} from './match-table.ts';

/** Subjects that clients may not publish to: nats-server keeps them for gateways and for its own consensus. */
const RESERVED_PREFIXES = ['$GR.', '_GR_.', '$NRG.'];

const DOT = 46;
const DOLLAR = 36;
export const DOORKEEPER_SLOTS = 1 << 14;

const NO_TARGETS: readonly Target[] = [];
const NO_GROUPS: readonly (readonly Target[])[] = [];
const NO_SUBSCRIPTIONS: readonly Subscription[] = [];
const NO_RELAYS: readonly RelayTarget[] = [];

/** Whether nobody but the server publishes to it, whatever the permissions say. */
export function isReservedSubject(subject: string): boolean {
  return RESERVED_PREFIXES.some((prefix) => subject.length > prefix.length && subject.startsWith(prefix));
}

/** What a set of permissions says of publishing. */
export interface PublishRules {
  /** The same for rules that say the same. */
  readonly key: string;
  mayPublish(subject: string): boolean;
  /** Whether all subjects that differ from this one in their last token only have the same answer. False: not known. */
  isPublishUniformBeside(subject: string): boolean;
}

/** Whose messages a cache is for. */
export interface CacheScope {
  /** Of everybody who publishes through it; undefined for those who may publish anything. */
  readonly rules?: PublishRules | undefined;
  /** Clients' subjects are mapped, those of the broker are not. */
  readonly mapped: boolean;
  /** Whether accounts that import the stream get it. What came in by a service import does not go out again. */
  readonly exported: boolean;
}

/** What a cache shares with all others. */
export interface MatchMemory {
  readonly arena: Arena;
  readonly blocks: BlockAllocator;
  /** Hashes of subjects seen of late; a power of two. */
  readonly doorkeeper: Int32Array;
  /** Blocks out of use that may still be read in this turn of the loop. */
  readonly released: Block[];
  /** How often all blocks were forgotten. */
  resets: number;
  /** Called when the blocks are used up: all caches forget theirs, unless a delivery is still reading them. */
  onFull(): void;
}

/**
 * How an entry is made. `own`: for one subject, with the heads of its messages. `passing`: for one subject and a single
 * use. `prefix`: for all subjects that differ in the last token only. The latter two have their heads put together as they
 * are needed, but for those of imports that change the subject.
 */
type EntryKind = 'own' | 'passing' | 'prefix';

/** What an entry is found by. */
interface Key {
  readonly hash: number;
  readonly start: number;
  readonly end: number;
}

const NO_KEY: Key = { hash: 0, start: 0, end: 0 };

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
  readonly #interest: Account['interest'];
  readonly #memory: MatchMemory;
  readonly #parser: Parser;
  readonly #scope: CacheScope;
  readonly #subjects: MatchTable;
  readonly #prefixes: MatchTable;
  /** Some entry leads elsewhere. */
  #hasDetours = false;

  constructor(account: Account, memory: MatchMemory, parser: Parser, scope: CacheScope) {
    this.#account = account;
    this.#interest = account.interest;
    this.#scope = scope;
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
    if (entry !== undefined && entry.generation === this.#interest.generation) return entry;
    return this.#miss(message, entry);
  }

  /** Where a message goes that its entry sends on a detour. From then on it has the mapped subject. */
  follow({ detour }: Entry, message: Parser): Entry {
    if (detour === undefined) throw new Error('there is no detour');
    const { mapping, ways } = detour;
    const { choices } = mapping;
    const drawn = choices.length === 1 && choices[0]?.below === 100 ? 0 : randomBelow(100);
    let index = 0;
    while (index < choices.length && drawn >= (choices[index]?.below ?? 0)) index++;
    let way = ways[index];
    if (way === undefined) {
      const subject = this.#memory.arena.latin1(message.subjectStart, message.subjectEnd);
      way = this.#whole(() => this.#way(mapping, index, subject, 'passing'));
      this.#releaseWay(way);
    }
    message.subjectStart = way.block;
    message.subjectEnd = way.block + way.subjectBytes;
    return way.entry;
  }

  /** How many targets each remembered subject has. */
  *fanouts(): IterableIterator<number> {
    for (const table of [this.#subjects, this.#prefixes]) {
      for (const { targets, groups } of table.entries()) yield targets.length + groups.length;
    }
  }

  onLiteralChanged(subject: string): void {
    this.#remove(this.#subjects, subject, subject.length);
    // Acks are remembered by a shorter prefix than others; nobody listens to one of them as a rule.
    if (subject.startsWith(ACK_PREFIX)) this.#account.forgetMatches();
    const prefixEnd = subject.lastIndexOf('.') + 1;
    if (prefixEnd > 0) this.#remove(this.#prefixes, subject, prefixEnd);
    if (this.#hasDetours && this.#account.mappings.mayLeadTo(subject)) {
      this.#hasDetours = false;
      this.#account.forgetMatches();
    }
  }

  /** Forgets everything, without giving memory back block by block: whoever calls it forgets the blocks too. */
  forget(): void {
    this.#subjects.clear();
    this.#prefixes.clear();
    this.#hasDetours = false;
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
        const key = { hash, start: subjectStart, end: subjectStart };
        const passing = this.#make(key, arena.latin1(subjectStart, subjectEnd), 'passing');
        this.#release(passing);
        return passing;
      }
    }
    const key = { hash, start: subjectStart, end: subjectEnd };
    const entry = this.#make(key, arena.latin1(subjectStart, subjectEnd), 'own');
    if (entry.block !== 0) this.#subjects.insert(entry);
    else this.#release(entry);
    return entry;
  }

  /** The entry of all subjects that differ in the last token only, if their answer is the same. */
  #beside(message: Parser): Entry | undefined {
    const { arena } = this.#memory;
    const { bytes } = arena;
    const { subjectStart, subjectEnd } = message;
    const ackEnd = this.#ackPrefixEnd(subjectStart, subjectEnd);
    let prefixEnd = ackEnd === 0 ? subjectEnd : ackEnd;
    while (prefixEnd > subjectStart && bytes[prefixEnd - 1] !== DOT) prefixEnd--;
    if (prefixEnd === subjectStart || prefixEnd === subjectEnd) return undefined;
    const hash = this.#parser.hashOf(subjectStart, prefixEnd);
    const found = this.#prefixes.find(hash, subjectStart, prefixEnd - subjectStart);
    if (found !== undefined && found.generation === this.#interest.generation) return found;
    if (found !== undefined) {
      this.#prefixes.delete(found);
      this.#release(found);
    }
    const subject = arena.latin1(subjectStart, subjectEnd);
    const uniform =
      ackEnd === 0 ? this.#isUniformBeside(subject) : this.#isUniformBelow(subject, prefixEnd - subjectStart);
    if (!uniform) return undefined;
    const entry = this.#make({ hash, start: subjectStart, end: prefixEnd }, subject, 'prefix');
    if (entry.block === 0) return undefined;
    this.#prefixes.insert(entry);
    return entry;
  }

  /** Where `$JS.ACK.<stream>.<consumer>.` ends: acks of a consumer differ in all that comes behind. 0: it is no ack. */
  #ackPrefixEnd(start: number, end: number): number {
    const { bytes } = this.#memory.arena;
    if (end - start < ACK_PREFIX.length || bytes[start] !== DOLLAR) return 0;
    for (let i = 0; i < ACK_PREFIX.length; i++) if (bytes[start + i] !== ACK_PREFIX.charCodeAt(i)) return 0;
    // Who may not publish everything is looked at subject by subject.
    if (this.#scope.rules !== undefined) return 0;
    let dots = 0;
    for (let at = start + ACK_PREFIX.length; at < end - 1; at++) if (bytes[at] === DOT && ++dots === 2) return at + 1;
    return 0;
  }

  #isUniformBelow(subject: string, prefixBytes: number): boolean {
    const prefix = subject.slice(0, prefixBytes);
    if (!this.#interest.isUniformBelowAck(prefix) || subject.includes('..') || subject.endsWith('.')) return false;
    if (this.#scope.mapped && this.#account.mappings.concernsBelow(prefix)) return false;
    return this.#match(subject).every((subscription) => deniesOf(subscription) === undefined);
  }

  #isUniformBeside(subject: string): boolean {
    const { rules, mapped } = this.#scope;
    if (!this.#account.interest.isUniformBeside(subject)) return false;
    if (mapped && this.#account.mappings.concernsBeside(subject)) return false;
    if (rules !== undefined && !rules.isPublishUniformBeside(subject)) return false;
    return this.#match(subject).every((subscription) => deniesOf(subscription) === undefined);
  }

  #make(key: Key, subject: string, kind: EntryKind): Entry {
    const { mapped } = this.#scope;
    const mapping = mapped ? this.#account.mappings.find(subject) : undefined;
    if (mapping === undefined) return this.#direct(key, subject, kind);
    return this.#whole(() => this.#detoured(key, subject, kind, mapping));
  }

  /** Makes something of several blocks. When all blocks were forgotten amid that, it is made once more. */
  #whole<T>(make: () => T): T {
    const { resets } = this.#memory;
    const made = make();
    return this.#memory.resets === resets ? made : make();
  }

  /** An entry that leads to others, under the subjects that the mapping makes of this one. */
  #detoured(key: Key, subject: string, kind: EntryKind, mapping: Mapping): Entry {
    const ways = mapping.choices.map(({ transform }, index) =>
      transform.random ? undefined : this.#way(mapping, index, subject, kind),
    );
    if ((mapping.choices.at(-1)?.below ?? 0) < 100) ways.push(this.#wayTo('', kind));
    this.#hasDetours = true;
    const { block, blockBytes, keyBytes } = this.#allocate(key, 0);
    return {
      hash: key.hash,
      keyStart: block,
      keyBytes,
      block,
      blockBytes,
      generation: this.#interest.generation,
      targets: NO_TARGETS,
      groups: NO_GROUPS,
      special: undefined,
      verdict: 'allowed',
      detour: { mapping, ways },
      plain: false,
    };
  }

  #way(mapping: Mapping, index: number, subject: string, kind: EntryKind): Way {
    const choice = mapping.choices[index];
    return this.#wayTo(choice === undefined ? '' : applyChoice(mapping, choice, subject), kind);
  }

  #wayTo(subject: string, kind: EntryKind): Way {
    const blockBytes = subject.length + 1 + 8;
    const block = this.#take(blockBytes);
    if (block !== 0) writeLatin1(this.#memory.arena.bytes, block, `${subject} `);
    // A subject that there is no room for reaches nobody.
    const entry = this.#direct(NO_KEY, block === 0 ? '' : subject, kind);
    return { entry, block, blockBytes, subjectBytes: block === 0 ? 0 : subject.length };
  }

  #direct(key: Key, subject: string, kind: EntryKind): Entry {
    const verdict = this.#verdictOf(subject);
    // Nobody gets what may not be published; a verdict that answers may lift is looked up elsewhere then.
    const subscriptions = verdict === 'allowed' ? this.#match(subject) : NO_SUBSCRIPTIONS;
    let headsBytes = 0;
    for (const subscription of subscriptions) {
      const { sid } = subscription;
      const local = kind === 'prefix' ? subject : localSubject(subscription, subject);
      const head = kind === 'own' || local !== subject;
      headsBytes += head ? 1 + 4 + local.length + 1 + sid.length + 1 : sid.length + 1;
    }
    const { block, blockBytes, keyBytes } = this.#allocate(key, headsBytes);
    const { bytes } = this.#memory.arena;
    let at = block + keyBytes;
    const targets: Target[] = [];
    let groups: Map<string, Target[]> | undefined;
    let handlers: Subscription[] | undefined;
    let relays: RelayTarget[] | undefined;
    for (const subscription of subscriptions) {
      const { sid, queue } = subscription;
      const { relay } = subscription;
      if (relay !== undefined) {
        (relays ??= []).push({ subscription, relay, there: kind === 'prefix' ? '' : relay.subjectThere(subject) });
        continue;
      }
      if (subscription.handler !== undefined) {
        (handlers ??= []).push(subscription);
        continue;
      }
      const local = kind === 'prefix' ? subject : localSubject(subscription, subject);
      if (deniesOf(subscription)?.(queue === undefined ? local : subject) === true) continue;
      let headStart = 0;
      let sidStart = 0;
      if (block !== 0) {
        if (kind === 'own' || local !== subject) {
          headStart = at + 1;
          at = writeLatin1(bytes, at, `HMSG ${local} `);
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
    const special =
      handlers === undefined && relays === undefined
        ? undefined
        : {
            account: this.#account,
            handlers: handlers ?? NO_SUBSCRIPTIONS,
            relays: relays ?? NO_RELAYS,
          };
    return {
      hash: key.hash,
      keyStart: block,
      keyBytes,
      block,
      blockBytes,
      generation: this.#interest.generation,
      targets: targets.length === 0 ? NO_TARGETS : targets,
      groups: groups === undefined ? NO_GROUPS : [...groups.values()],
      special,
      verdict,
      detour: undefined,
      plain: verdict === 'allowed',
    };
  }

  /** A block that begins with the key. Without room it is 0. */
  #allocate(key: Key, more: number): Block & { keyBytes: number } {
    const keyBytes = key.end - key.start;
    // Copies in words may read, and building heads may spoil, a few bytes behind the last head.
    const blockBytes = keyBytes + more + 8;
    const block = this.#take(blockBytes);
    if (block !== 0) this.#memory.arena.bytes.copyWithin(block, key.start, key.end);
    return { block, blockBytes, keyBytes };
  }

  #take(bytes: number): number {
    const { blocks } = this.#memory;
    const block = blocks.allocate(bytes);
    if (block !== 0) return block;
    this.#memory.onFull();
    return blocks.allocate(bytes);
  }

  #match(subject: string): readonly Subscription[] {
    const subscriptions: Subscription[] = [];
    this.#account.interest.match(subject, subscriptions);
    if (this.#scope.exported || this.#account.importedParts === 0) return subscriptions;
    return subscriptions.filter(({ imported }) => imported === undefined);
  }

  #verdictOf(subject: string): PublishVerdict {
    if (isReservedSubject(subject)) return 'reserved';
    const { rules } = this.#scope;
    return rules === undefined || rules.mayPublish(subject) ? 'allowed' : 'denied';
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
    for (const way of entry.detour?.ways ?? []) if (way !== undefined) this.#releaseWay(way);
  }

  #releaseWay(way: Way): void {
    this.#release(way.entry);
    if (way.block !== 0) this.#memory.released.push(way);
  }
}

/** The subject that a subscription gets a message under. */
export function localSubject({ imported }: Subscription, subject: string): string {
  return imported === undefined ? subject : imported.source.stream.localSubject(subject);
}

/** Subjects that a subscription does not get although it covers them. */
export function deniesOf({ imported, denies }: Subscription): ((subject: string) => boolean) | undefined {
  return imported === undefined ? denies : imported.origin.denies;
}

function randomBelow(count: number): number {
  return Math.floor(Math.random() * count);
}
