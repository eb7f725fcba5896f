import { Bag } from './bag.ts';

interface Node<T> {
  /** Children by token; made when the first one comes, since most nodes have none. */
  children: Map<string, Node<T>> | undefined;
  star: Node<T> | undefined;
  /** Values whose pattern ends in `>` behind this node. */
  rest: Bag<T> | undefined;
  /** Values whose pattern ends here. */
  here: Bag<T> | undefined;
  /** Children by token that have values of their own. */
  endingChildren: number;
}

/** Values by patterns with wildcards, matched token by token. */
export class WildcardTrie<T> {
  readonly #root: Node<T> = newNode();

  /** `pattern` must be valid. */
  add(pattern: string, value: T): void {
    let node = this.#root;
    let parent: Node<T> | undefined;
    let literal = false;
    for (const token of pattern.split('.')) {
      if (token === '>') {
        (node.rest ??= new Bag()).add(value);
        return;
      }
      parent = node;
      literal = token !== '*';
      if (literal) {
        const children = (parent.children ??= new Map<string, Node<T>>());
        let child = children.get(token);
        if (child === undefined) children.set(token, (child = newNode()));
        node = child;
      } else {
        node = parent.star ??= newNode();
      }
    }
    if (node.here === undefined) {
      node.here = new Bag();
      if (literal && parent) parent.endingChildren++;
    }
    node.here.add(value);
  }

  /** False when it was not there. */
  delete(pattern: string, value: T): boolean {
    return this.#delete(this.#root, pattern.split('.'), 0, value);
  }

  #delete(node: Node<T>, tokens: string[], depth: number, value: T): boolean {
    const token = tokens[depth];
    if (token === undefined) {
      const found = node.here?.delete(value) ?? false;
      if (node.here?.size === 0) node.here = undefined;
      return found;
    }
    if (token === '>') {
      const found = node.rest?.delete(value) ?? false;
      if (node.rest?.size === 0) node.rest = undefined;
      return found;
    }
    const child = token === '*' ? node.star : node.children?.get(token);
    if (child === undefined) return false;
    const had = child.here !== undefined;
    const found = this.#delete(child, tokens, depth + 1, value);
    if (token !== '*' && had && child.here === undefined) node.endingChildren--;
    if (isEmpty(child)) {
      if (token === '*') node.star = undefined;
      else {
        node.children?.delete(token);
        if (node.children?.size === 0) node.children = undefined;
      }
    }
    return found;
  }

  /** Appends the values of every pattern that matches; the tokens are those of a message's subject, none empty. */
  match(tokens: readonly string[], out: T[]): void {
    matchFrom(this.#root, tokens, 0, out);
  }

  /**
   * Whether every last token behind these tokens gives the same values, so that one answer serves all subjects that
   * differ in nothing else (inboxes, acks).
   */
  isUniformBehind(tokens: readonly string[]): boolean {
    return uniformFrom(this.#root, tokens, 0);
  }

  get isEmpty(): boolean {
    return isEmpty(this.#root);
  }
}

function newNode<T>(): Node<T> {
  return { children: undefined, star: undefined, rest: undefined, here: undefined, endingChildren: 0 };
}

function isEmpty<T>(node: Node<T>): boolean {
  return node.children === undefined && node.star === undefined && node.rest === undefined && node.here === undefined;
}

function matchFrom<T>(node: Node<T>, tokens: readonly string[], depth: number, out: T[]): void {
  const token = tokens[depth];
  if (token === undefined) {
    node.here?.appendTo(out);
    return;
  }
  node.rest?.appendTo(out);
  if (node.star) matchFrom(node.star, tokens, depth + 1, out);
  // `*` and `>` in a message's subject are text, and no child bears their names.
  const child = node.children?.get(token);
  if (child) matchFrom(child, tokens, depth + 1, out);
}

function uniformFrom<T>(node: Node<T>, tokens: readonly string[], depth: number): boolean {
  const token = tokens[depth];
  if (token === undefined) return node.endingChildren === 0;
  if (node.star && !uniformFrom(node.star, tokens, depth + 1)) return false;
  const child = node.children?.get(token);
  return child === undefined || uniformFrom(child, tokens, depth + 1);
}
