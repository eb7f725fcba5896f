import { Bag } from './bag.ts';
import { WildcardTrie } from './trie.ts';
import { hasWildcards } from './validity.ts';

/**
 * Who is interested in which subjects. Literal subjects lie in one map, since that is what most subscriptions are and a
 * trie of them would cost a node per token; patterns lie in a trie.
 */
export class Interest<T> {
  readonly #literals = new Map<string, Bag<T>>();
  /** How many different literal subjects stand behind each `a.b.` of theirs. */
  readonly #literalsBehind = new Map<string, number>();
  readonly #trie = new WildcardTrie<T>();
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
    let bag = this.#literals.get(subject);
    if (bag === undefined) {
      bag = new Bag();
      this.#literals.set(subject, bag);
      const prefix = prefixOf(subject);
      this.#literalsBehind.set(prefix, (this.#literalsBehind.get(prefix) ?? 0) + 1);
    }
    bag.add(value);
    return false;
  }

  /** Returns whether it has wildcards. */
  delete(subject: string, value: T): boolean {
    if (hasWildcards(subject)) {
      if (this.#trie.delete(subject, value)) this.#count--;
      this.generation++;
      return true;
    }
    const bag = this.#literals.get(subject);
    if (bag?.delete(value)) this.#count--;
    if (bag?.size === 0) {
      this.#literals.delete(subject);
      const prefix = prefixOf(subject);
      const left = (this.#literalsBehind.get(prefix) ?? 1) - 1;
      if (left === 0) this.#literalsBehind.delete(prefix);
      else this.#literalsBehind.set(prefix, left);
    }
    return false;
  }

  /** Appends whom a message on this subject concerns. Nobody, when a token is empty. */
  match(subject: string, out: T[]): void {
    const tokens = subject.split('.');
    for (const token of tokens) if (token === '') return;
    this.#literals.get(subject)?.appendTo(out);
    this.#trie.match(tokens, out);
  }

  /** The first whom a message on this subject concerns and who passes the test. */
  find(subject: string, test: (value: T) => boolean): T | undefined {
    const found: T[] = [];
    this.match(subject, found);
    return found.find(test);
  }

  /**
   * Whether all subjects that differ from this one in their last token only (and there not by being empty) have the
   * same answer.
   */
  isUniformBeside(subject: string): boolean {
    const prefix = prefixOf(subject);
    if (prefix === '' || this.#literalsBehind.has(prefix)) return false;
    return this.#trie.isUniformBehind(prefix.slice(0, -1).split('.'));
  }
}

/** All but the last token, with the dot; '' when there is one token only. */
function prefixOf(subject: string): string {
  return subject.slice(0, subject.lastIndexOf('.') + 1);
}
