/** Ways into a configuration: from the text down to one value, and from a place in the text up to its name. */

import type { ArrayNode, Entry, MapNode, Node, Scalar, Syntax } from './syntax.ts';

/**
 * One step down: a keyword with its other names behind bars (`max_file|max_file_store`; the first one is written), a name
 * that somebody gave (an account, a subject), or the index of a list.
 */
export type Step = string | { name: string } | number;
export type Path = readonly Step[];

function answers(entry: Entry, step: string | { name: string }): boolean {
  if (entry.include) return false;
  if (typeof step !== 'string') return entry.key === step.name;
  return step.split('|').includes(entry.key.toLowerCase());
}

/** The entry that counts: of several with one name the last. */
export function entryIn(map: MapNode, step: string | { name: string }): Entry | undefined {
  return map.entries.findLast((entry) => answers(entry, step));
}

export function stepInto(node: Node, step: Step): Node | undefined {
  if (typeof step === 'number') return node.kind === 'array' ? node.items[step] : undefined;
  return node.kind === 'map' ? entryIn(node, step)?.value : undefined;
}

export function nodeAt(syntax: Syntax, path: Path): Node | undefined {
  let node: Node | undefined = syntax.root;
  for (const step of path) {
    node = stepInto(node, step);
    if (node === undefined) return undefined;
  }
  return node;
}

/** From the key of a value to its end; of an item of a list the item. */
export function rangeAt(syntax: Syntax, path: Path): { from: number; to: number; node: Node } | undefined {
  const last = path.at(-1);
  const parent = nodeAt(syntax, path.slice(0, -1));
  if (last === undefined || parent === undefined) return undefined;
  if (typeof last === 'number') {
    const node = stepInto(parent, last);
    return node === undefined ? undefined : { from: node.from, to: node.to, node };
  }
  const entry = parent.kind === 'map' ? entryIn(parent, last) : undefined;
  return entry === undefined ? undefined : { from: entry.keyFrom, to: entry.value.to, node: entry.value };
}

export function scalarAt(syntax: Syntax, path: Path): Scalar | undefined {
  const node = nodeAt(syntax, path);
  return node?.kind === 'scalar' ? node : undefined;
}

/** Text of a scalar; undefined where there is none, or something else. */
export function textAt(syntax: Syntax, path: Path): string | undefined {
  return scalarAt(syntax, path)?.text;
}

export function mapAt(syntax: Syntax, path: Path): MapNode | undefined {
  const node = nodeAt(syntax, path);
  return node?.kind === 'map' ? node : undefined;
}

export function arrayAt(syntax: Syntax, path: Path): ArrayNode | undefined {
  const node = nodeAt(syntax, path);
  return node?.kind === 'array' ? node : undefined;
}

/** The name to write for a step. */
export function keyOf(step: string | { name: string }): string {
  return typeof step === 'string' ? (step.split('|', 1)[0] ?? step) : step.name;
}

/** `leafnodes.remotes[0].credentials`: the innermost entry that holds this place; '' where there is none. */
export function nameOfPlace(syntax: Syntax, at: number): string {
  let name = '';
  let node: Node = syntax.root;
  descend: for (;;) {
    if (node.kind === 'map') {
      for (const entry of node.entries) {
        if (at < entry.keyFrom || at > entry.value.to) continue;
        name += name === '' ? entry.key : `.${entry.key}`;
        node = entry.value;
        continue descend;
      }
    } else if (node.kind === 'array') {
      for (const [index, item] of node.items.entries()) {
        if (at < item.from || at > item.to) continue;
        name += `[${index}]`;
        node = item;
        continue descend;
      }
    }
    return name;
  }
}

/** Files that the text includes, anywhere, in order. */
export function includesOf(syntax: Syntax): string[] {
  const found: string[] = [];
  const look = (node: Node): void => {
    if (node.kind === 'array') node.items.forEach(look);
    if (node.kind !== 'map') return;
    for (const entry of node.entries) {
      if (entry.include && entry.value.kind === 'scalar') found.push(entry.value.text);
      else look(entry.value);
    }
  };
  look(syntax.root);
  return found;
}
