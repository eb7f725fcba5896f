/**
 * Two changes of one value put together: what somebody else stored, and what one was about to store, both made from the
 * same value. JSON is merged member by member, without building values: numbers stay the digits that were written.
 */

import type { JsonLines } from '../ui/code/json-lines.ts';
import { kinds } from '../ui/code/json-lines.ts';
import { scanJson } from '../ui/code/json-scan.ts';

export interface Merge {
  text: string;
  /** Changes of one's own that stand in it. */
  mine: number;
  /** Places where both changed the same to something else; one's own stands there. */
  clashes: number;
}

type Node = { members: [key: string, node: Node][] } | { text: string };

/** Null when one of the three is no JSON object: then there is nothing to put together. */
export function mergeJson(base: Uint8Array, mine: Uint8Array, theirs: Uint8Array): Merge | null {
  const nodes = [base, mine, theirs].map(readObject);
  const [from, own, other] = nodes;
  if (!from || !own || !other) return null;
  const count = { mine: 0, clashes: 0 };
  const merged = merge(from, own, other, count);
  return merged === null ? null : { text: print(merged, 0), ...count };
}

function readObject(bytes: Uint8Array): Node | null {
  const scan = scanJson(bytes);
  if (scan.problem !== null) return null;
  const lines = scan.lines();
  const kind = lines.count === 0 ? 0 : lines.kind(0);
  if (kind !== kinds.openObject && kind !== kinds.emptyObject) return null;
  return nodeAt(lines, 0);
}

const decoder = new TextDecoder();
const source = (lines: JsonLines, start: number, end: number): string =>
  decoder.decode(lines.bytes.subarray(start, end));

function nodeAt(lines: JsonLines, line: number): Node {
  if (lines.kind(line) === kinds.emptyObject) return { members: [] };
  if (lines.kind(line) !== kinds.openObject) return { text: compactText(lines, line) };
  const members: [string, Node][] = [];
  for (let at = line + 1; at < lines.partner(line); at = lines.after(at)) {
    members.push([source(lines, lines.keyStart(at), lines.keyEnd(at)), nodeAt(lines, at)]);
  }
  return { members };
}

/** A value that is taken as a whole. Blanks between its parts do not tell two of them apart. */
function compactText(lines: JsonLines, line: number): string {
  if (lines.kind(line) === kinds.openArray) {
    const parts: string[] = [];
    for (let at = line + 1; at < lines.partner(line); at = lines.after(at)) parts.push(oneLine(nodeAt(lines, at)));
    return `[${parts.join(', ')}]`;
  }
  return source(lines, lines.start(line), lines.end(line));
}

function oneLine(node: Node): string {
  if ('text' in node) return node.text;
  return `{${node.members.map(([key, value]) => `${key}: ${oneLine(value)}`).join(', ')}}`;
}

const same = (a: Node | undefined, b: Node | undefined): boolean =>
  a === undefined || b === undefined ? a === b : oneLine(a) === oneLine(b);

/** Null for a member that is gone. */
function merge(
  base: Node | undefined,
  mine: Node | undefined,
  theirs: Node | undefined,
  count: { mine: number; clashes: number },
): Node | null {
  if (same(mine, theirs) || same(base, mine)) return theirs ?? null;
  if (same(base, theirs)) {
    count.mine++;
    return mine ?? null;
  }
  if (mine && theirs && base && 'members' in mine && 'members' in theirs && 'members' in base) {
    const find = (node: { members: [string, Node][] }, key: string) => node.members.find(([name]) => name === key)?.[1];
    const keys = new Set([...theirs.members, ...mine.members].map(([key]) => key));
    const members: [string, Node][] = [];
    for (const key of keys) {
      const value = merge(find(base, key), find(mine, key), find(theirs, key), count);
      if (value !== null) members.push([key, value]);
    }
    return { members };
  }
  count.mine++;
  count.clashes++;
  return mine ?? null;
}

function print(node: Node, depth: number): string {
  if ('text' in node) return node.text;
  if (node.members.length === 0) return '{}';
  const indent = '  '.repeat(depth + 1);
  const lines = node.members.map(([key, value]) => `${indent}${key}: ${print(value, depth + 1)}`);
  return `{\n${lines.join(',\n')}\n${'  '.repeat(depth)}}`;
}
