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

  /** Appends the values of every pattern that matches a message's subject, none of whose tokens is empty. */
  match(subject: string, out: T[]): void {
    matchFrom(this.#root, subject, 0, out);
  }

  /**
   * Whether every last token gives the same values as this subject's, so that one answer serves all subjects that
   * differ in nothing else (inboxes, acks).
   */
  isUniformBeside(subject: string): boolean {
    return uniformFrom(this.#root, subject, 0);
  }

  /** Whether all subjects below a prefix, which ends with a dot, give the same values, however many tokens they have. */
  isUniformBelow(prefix: string): boolean {
    return uniformBelow(this.#root, prefix, 0);
  }

  get isEmpty(): boolean {
    return isEmpty(this.#root);
  }

  values(): IterableIterator<T> {
    return valuesOf(this.#root);
  }
}

function* valuesOf<T>(node: Node<T>): IterableIterator<T> {
  if (node.here !== undefined) yield* node.here.values();
  if (node.rest !== undefined) yield* node.rest.values();
  if (node.star !== undefined) yield* valuesOf(node.star);
  for (const child of node.children?.values() ?? []) yield* valuesOf(child);
}

function newNode<T>(): Node<T> {
  return { children: undefined, star: undefined, rest: undefined, here: undefined, endingChildren: 0 };
}

function isEmpty<T>(node: Node<T>): boolean {
  return node.children === undefined && node.star === undefined && node.rest === undefined && node.here === undefined;
}

/** `start` is where the token begins that this node's children are about. */
function matchFrom<T>(node: Node<T>, subject: string, start: number, out: T[]): void {
  if (start > subject.length) {
    node.here?.appendTo(out);
    return;
  }
  node.rest?.appendTo(out);
  if (node.star === undefined && node.children === undefined) return;
  const end = tokenEnd(subject, start);
  if (node.star) matchFrom(node.star, subject, end + 1, out);
  // `*` and `>` in a message's subject are text, and no child bears their names.
  const child = node.children?.get(subject.slice(start, end));
  if (child) matchFrom(child, subject, end + 1, out);
}

function uniformFrom<T>(node: Node<T>, subject: string, start: number): boolean {
  const end = tokenEnd(subject, start);
  if (end === subject.length) return node.endingChildren === 0;
  if (node.star && !uniformFrom(node.star, subject, end + 1)) return false;
  const child = node.children?.get(subject.slice(start, end));
  return child === undefined || uniformFrom(child, subject, end + 1);
}

function uniformBelow<T>(node: Node<T>, prefix: string, start: number): boolean {
  if (start >= prefix.length) return node.children === undefined && node.star === undefined;
  const end = tokenEnd(prefix, start);
  if (node.star && !uniformBelow(node.star, prefix, end + 1)) return false;
  const child = node.children?.get(prefix.slice(start, end));
  return child === undefined || uniformBelow(child, prefix, end + 1);
}

function tokenEnd(subject: string, start: number): number {
  const dot = subject.indexOf('.', start);
  return dot === -1 ? subject.length : dot;
}
