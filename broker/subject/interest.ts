import { Bag } from './bag.ts';
import { WildcardTrie } from './trie.ts';
import { hasWildcards } from './validity.ts';

/** Buckets that literal subjects are counted in by all but their last token: few for a small account, more as it grows. */
const PREFIX_BUCKETS_MIN = 1 << 8;
const PREFIX_BUCKETS_MAX = 1 << 16;

/**
 * Who is interested in which subjects. Literal subjects lie in one map, since that is what most subscriptions are and a
 * trie of them would cost a node per token; patterns lie in a trie.
 */
export class Interest<T extends object> {
  /** A value stands alone while it is the only one of its subject. */
  readonly #literals = new Map<string, T | Bag<T>>();
  /**
   * How many literal subjects begin with each `a.b.`, by hash: a bucket that two share says too much, never too little.
   */
  #literalsBehind = new Uint32Array(PREFIX_BUCKETS_MIN);
  readonly #trie = new WildcardTrie<T>();
  /** Literal subjects that are acks, which nobody subscribes to as a rule. */
  #ackLiterals = 0;
  #count = 0;
  /** Grows whenever a pattern comes or goes, which may change the answer for any subject. */
  generation = 0;

  get count(): number {
    return this.#count;
  }

  /** `subject` must be valid. Returns whether it has wildcards. */
  add(subject: string, value: T): boolean {
    this.#count++;
    if (hasWildcards(subject)) {
      this.#trie.add(subject, value);
      this.generation++;
      return true;
    }
    const present = this.#literals.get(subject);
    if (present === undefined) {
      if (subject.startsWith(ACK_PREFIX)) this.#ackLiterals++;
      this.#literals.set(subject, value);
      const hash = prefixHash(subject);
      if (hash !== -1) (this.#literalsBehind[this.#bucket(hash)] as number)++;
      if (this.#literals.size > this.#literalsBehind.length) this.#spread();
    } else if (present instanceof Bag) {
      present.add(value);
    } else {
      const bag = new Bag<T>();
      bag.add(present);
      bag.add(value);
      this.#literals.set(subject, bag);
    }
    return false;
  }

  /** Returns whether it has wildcards. */
  delete(subject: string, value: T): boolean {
    if (hasWildcards(subject)) {
      if (this.#trie.delete(subject, value)) this.#count--;
      this.generation++;
      return true;
    }
    const present = this.#literals.get(subject);
    if (present instanceof Bag) {
      if (!present.delete(value)) return false;
      this.#count--;
      if (present.size > 0) return false;
    } else if (present === value) {
      this.#count--;
    } else {
      return false;
    }
    this.#literals.delete(subject);
    if (subject.startsWith(ACK_PREFIX)) this.#ackLiterals--;
    const hash = prefixHash(subject);
    if (hash !== -1) (this.#literalsBehind[this.#bucket(hash)] as number)--;
    return false;
  }

  /** Everybody who is interested in anything; nobody may come or go meanwhile. */
  *values(): IterableIterator<T> {
    for (const value of this.#literals.values()) {
      if (value instanceof Bag) yield* value.values();
      else yield value;
    }
    yield* this.#trie.values();
  }

  /** Whether somebody wants just this subject, by its name. */
  hasLiteral(subject: string): boolean {
    return this.#literals.has(subject);
  }

  /** Whether a message on this subject concerns anybody. */
  has(subject: string): boolean {
    if (this.#literals.has(subject)) return true;
    const found: T[] = [];
    this.match(subject, found);
    return found.length > 0;
  }

  /** Appends whom a message on this subject concerns. Nobody, when a token is empty. */
  match(subject: string, out: T[]): void {
    if (hasEmptyToken(subject)) return;
    const literal = this.#literals.get(subject);
    if (literal instanceof Bag) literal.appendTo(out);
    else if (literal !== undefined) out.push(literal);
    this.#trie.match(subject, out);
  }

  /**
   * Whether all subjects that differ from this one in their last token only (and there not by being empty) have the
   * same answer. False may also mean that it is not known.
   */
  isUniformBeside(subject: string): boolean {
    if (hasEmptyToken(subject)) return false;
    const hash = prefixHash(subject);
    if (hash === -1 || this.#literalsBehind[this.#bucket(hash)] !== 0) return false;
    return this.#trie.isUniformBeside(subject);
  }

  /** The same of all acks of one consumer: subjects below `$JS.ACK.<stream>.<consumer>.`, of any length. */
  isUniformBelowAck(prefix: string): boolean {
    return this.#ackLiterals === 0 && !prefix.includes('..') && this.#trie.isUniformBelow(prefix);
  }

  #bucket(hash: number): number {
    return hash & (this.#literalsBehind.length - 1);
  }

  /** Counts anew in eight times as many buckets. */
  #spread(): void {
    const length = Math.min(PREFIX_BUCKETS_MAX, this.#literalsBehind.length * 8);
    if (length === this.#literalsBehind.length) return;
    this.#literalsBehind = new Uint32Array(length);
    for (const subject of this.#literals.keys()) {
      const hash = prefixHash(subject);
      if (hash !== -1) (this.#literalsBehind[this.#bucket(hash)] as number)++;
    }
  }
}

/** What all ack subjects begin with. */
export const ACK_PREFIX = '$JS.ACK.';

/** Hash of all but the last token, not negative; -1 when there is one token only. */
function prefixHash(subject: string): number {
  const end = subject.lastIndexOf('.');
  if (end === -1) return -1;
  let hash = 0;
  for (let i = 0; i < end; i++) hash = Math.imul(hash ^ subject.charCodeAt(i), 0x01000193);
  return (hash ^ (hash >>> 15)) & 0x7fffffff;
}

function hasEmptyToken(subject: string): boolean {
  return subject === '' || subject.startsWith('.') || subject.endsWith('.') || subject.includes('..');
}
