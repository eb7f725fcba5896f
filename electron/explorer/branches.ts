/** Children of the branches of the census in order of name, kept sorted as children are added. */

import type { Census } from './census.ts';
import { FLAG_FOLD } from './census.ts';

interface Branch {
  /** Children in order; `length` of them. */
  sorted: Uint32Array;
  length: number;
}

export class Branches {
  readonly #census: Census;
  readonly #branches = new Map<number, Branch>();

  constructor(census: Census) {
    this.#census = census;
  }

  /** Children of a node in order of name. A view that is valid until the node gets another child. */
  childrenOf(node: number): Uint32Array {
    const census = this.#census;
    const count = census.childCount[node]!;
    let branch = this.#branches.get(node);
    if (branch === undefined) {
      branch = { sorted: new Uint32Array(0), length: 0 };
      this.#branches.set(node, branch);
    }
    if (branch.length < count) this.#merge(node, branch, count);
    return branch.sorted.subarray(0, count);
  }

  /** New children stand at the head of the list of siblings. */
  #merge(node: number, branch: Branch, count: number): void {
    const census = this.#census;
    const fresh: number[] = [];
    let child = census.firstChild[node]!;
    for (let left = count - branch.length; left > 0; left--) {
      fresh.push(child);
      child = census.nextSibling[child]!;
    }
    fresh.sort((a, b) => this.#compare(a, b));
    if (branch.sorted.length < count) {
      const larger = new Uint32Array(Math.max(16, count, branch.sorted.length * 2));
      larger.set(branch.sorted.subarray(0, branch.length));
      branch.sorted = larger;
    }
    const { sorted } = branch;
    let from = branch.length - 1;
    let take = fresh.length - 1;
    for (let to = count - 1; take >= 0; to--) {
      if (from >= 0 && this.#compare(sorted[from]!, fresh[take]!) > 0) sorted[to] = sorted[from--]!;
      else sorted[to] = fresh[take--]!;
    }
    branch.length = count;
  }

  /**
   * Numbers by value, all else byte by byte; what the system speaks (`$JS`, `_INBOX`) after the subjects of
   * applications, and what has no name last.
   */
  #compare(a: number, b: number): number {
    const census = this.#census;
    const folds = Number(census.get(a, FLAG_FOLD)) - Number(census.get(b, FLAG_FOLD));
    if (folds !== 0) return folds;
    const { arena } = census;
    let left = census.offset[a]! + census.tokenStart[a]!;
    let right = census.offset[b]! + census.tokenStart[b]!;
    const leftEnd = census.offset[a]! + census.length[a]!;
    const rightEnd = census.offset[b]! + census.length[b]!;
    if (census.depth[a] === 1) {
      const system = Number(isSystem(arena[left])) - Number(isSystem(arena[right]));
      if (system !== 0) return system;
    }
    while (left < leftEnd && right < rightEnd) {
      if (isDigit(arena[left]!) && isDigit(arena[right]!)) {
        while (left < leftEnd - 1 && arena[left] === 0x30 && isDigit(arena[left + 1]!)) left++;
        while (right < rightEnd - 1 && arena[right] === 0x30 && isDigit(arena[right + 1]!)) right++;
        let length = 0;
        while (left + length < leftEnd && isDigit(arena[left + length]!)) length++;
        let other = 0;
        while (right + other < rightEnd && isDigit(arena[right + other]!)) other++;
        if (length !== other) return length - other;
        for (; length > 0; length--, left++, right++) {
          if (arena[left] !== arena[right]) return arena[left]! - arena[right]!;
        }
        continue;
      }
      if (arena[left] !== arena[right]) return arena[left]! - arena[right]!;
      left++;
      right++;
    }
    return leftEnd - left - (rightEnd - right) || a - b;
  }
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function isSystem(byte: number | undefined): boolean {
  return byte === 0x24 || byte === 0x5f;
}
