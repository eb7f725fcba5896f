/**
 * Changes to a configuration text, each at its place. What they do not touch stays byte for byte: comments, blanks,
 * order, quotes, the way blocks are closed. They are answered as edits, so that an editor can keep its cursor and its
 * history.
 */

import {
  beginsLine,
  indentAt,
  indentUnit,
  isJson,
  lineEndOf,
  lineStart,
  nextLine,
  partsOf,
  rangeOf,
  restOfLine,
} from './layout.ts';
import { entryIn, keyOf, stepInto } from './paths.ts';
import type { Path, Step } from './paths.ts';
import type { ArrayNode, MapNode, Node, Scalar, Syntax } from './syntax.ts';
import { readBoolean, writeKey, writeQuoted } from './values.ts';

export interface TextEdit {
  from: number;
  to: number;
  insert: string;
}

/** The text with the edits, which do not overlap and stand in any order. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let result = text;
  for (const { from, to, insert } of edits.toSorted((a, b) => b.from - a.from || b.to - a.to)) {
    result = result.slice(0, from) + insert + result.slice(to);
  }
  return result;
}

/** Writes of a value for a path. `raw` is the value as it stands in the text: quoted, a block, a list. */
export function setValue(syntax: Syntax, path: Path, raw: string): TextEdit[] {
  let node: Node = syntax.root;
  for (const [depth, step] of path.entries()) {
    const next = stepInto(node, step);
    if (next !== undefined) {
      node = next;
      continue;
    }
    return create(syntax, node, path.slice(depth), raw);
  }
  return [{ from: node.from, to: node.to, insert: raw }];
}

/**
 * Takes a value out with its key, and its line where it has one to itself. Of several entries with the name all go, so
 * that none comes to light that did not count before. With `prune`, blocks that only held this go as well.
 */
export function removeValue(syntax: Syntax, path: Path, prune = false): TextEdit[] {
  const last = path.at(-1);
  if (last === undefined) return [];
  const parent = nodeOf(syntax, path.slice(0, -1));
  if (parent === undefined) return [];
  if (prune && path.length > 1 && typeof path.at(-2) === 'string' && holdsNothingBut(syntax.text, parent, last)) {
    return removeValue(syntax, path.slice(0, -1), true);
  }
  const parts = partsOf(parent);
  return joined(indexesOf(parent, last).flatMap((index) => removePart(syntax.text, parts, index)));
}

/** Neighbours on one line share the comma between them: what is taken out twice is taken out once. */
function joined(edits: TextEdit[]): TextEdit[] {
  const merged: TextEdit[] = [];
  for (const edit of edits.toSorted((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last !== undefined && edit.from < last.to) last.to = Math.max(last.to, edit.to);
    else merged.push({ ...edit });
  }
  return merged;
}

/** Adds to the end of a list, which is made when there is none. */
export function addItem(syntax: Syntax, path: Path, raw: string): TextEdit[] {
  const node = nodeOf(syntax, path);
  if (node?.kind === 'array') return insertInto(syntax, node, raw, false);
  return setValue(syntax, node === undefined ? [...path, 0] : path, node === undefined ? raw : `[${raw}]`);
}

/** Lets a block include a file. The block is made when there is none. */
export function addInclude(syntax: Syntax, path: Path, file: string): TextEdit[] {
  const part = `include ${writeQuoted(file)}`;
  const node = nodeOf(syntax, path);
  if (node?.kind === 'map') return insertInto(syntax, node, part, false);
  if (node?.kind !== 'scalar') return setValue(syntax, path, blockText(syntax.text, [part]));
  return [{ from: node.from, to: node.to, insert: unfolded(syntax.text, node, part) }];
}

/** Takes the files out that a block includes. */
export function removeIncludes(syntax: Syntax, path: Path): TextEdit[] {
  const node = nodeOf(syntax, path);
  if (node?.kind !== 'map') return [];
  const parts = partsOf(node);
  return joined(node.entries.flatMap(({ include }, index) => (include ? removePart(syntax.text, parts, index) : [])));
}

/** Another name for an entry. */
export function renameEntry(syntax: Syntax, path: Path, name: string): TextEdit[] {
  const last = path.at(-1);
  const parent = nodeOf(syntax, path.slice(0, -1));
  if (last === undefined || typeof last === 'number' || parent?.kind !== 'map') return [];
  return parent.entries
    .filter((entry) => entry === entryIn(parent, last))
    .map((entry) => ({ from: entry.keyFrom, to: entry.keyTo, insert: writeKey(name, entry.quoted) }));
}

// ── Writing what is not there yet ───────────────────────────────────────────────────────────────────────────────────

function create(syntax: Syntax, node: Node, steps: Path, raw: string): TextEdit[] {
  const { text } = syntax;
  const [step] = steps;
  if (step === undefined) return [];
  if (node.kind === 'scalar') return unfold(text, node, steps, raw);
  if (node.kind === 'array') {
    if (typeof step === 'number') return insertInto(syntax, node, valueText(text, steps.slice(1), raw, ''), false);
    return namesToBlocks(text, node, steps, raw);
  }
  if (typeof step === 'number') return [];
  const json = isJson(node.entries.length > 0 ? node : syntax.root, text);
  const block = steps.length > 1 || /^[{[]/.test(raw);
  return insertInto(syntax, node, entryText(text, steps, raw, json), block);
}

/** `jetstream: true` becomes a block when one of its options is set. */
function unfold(text: string, scalar: Scalar, steps: Path, raw: string): TextEdit[] {
  return [{ from: scalar.from, to: scalar.to, insert: unfolded(text, scalar, entryText(text, steps, raw, false)) }];
}

function unfolded(text: string, scalar: Scalar, part: string): string {
  const kept = readBoolean(scalar.text) === false ? ['enabled: false'] : [];
  return blockText(text, [...kept, part], indentAt(text, scalar.from));
}

/** `accounts: [A, B]` becomes `accounts: {A: {}, B: {…}}`. */
function namesToBlocks(text: string, array: ArrayNode, steps: Path, raw: string): TextEdit[] {
  const [step] = steps;
  const wanted = step === undefined || typeof step === 'number' ? '' : keyOf(step);
  const edits: TextEdit[] = [
    { from: array.from, to: array.from + 1, insert: '{' },
    { from: array.to - 1, to: array.to, insert: '}' },
  ];
  let found = false;
  for (const item of array.items) {
    if (item.kind !== 'scalar') return [];
    const here = item.text === wanted;
    found ||= here;
    const value = here ? valueText(text, steps.slice(1), raw, indentAt(text, item.from)) : '{}';
    edits.push({ from: item.to, to: item.to, insert: `: ${value}` });
  }
  if (!found) {
    const added = entryText(text, steps, raw, false);
    const last = edits.at(-1);
    if (array.items.length > 0 && last !== undefined) last.insert += `, ${added}`;
    else edits.push({ from: array.from + 1, to: array.from + 1, insert: added });
  }
  return edits;
}

/** An entry, with the blocks around it that are missing. Lines after the first are indented as if it stood at the margin. */
function entryText(text: string, steps: Path, raw: string, json: boolean): string {
  const [step, ...deeper] = steps;
  if (step === undefined || typeof step === 'number') return raw;
  const key = writeKey(keyOf(step), json);
  const value = valueText(text, deeper, raw, '');
  return !json && value.startsWith('{') ? `${key} ${value}` : `${key}: ${value}`;
}

function valueText(text: string, steps: Path, raw: string, indent: string): string {
  const [step] = steps;
  if (step === undefined) return raw;
  if (typeof step === 'number') return listText(text, [valueText(text, steps.slice(1), raw, '')], indent);
  return blockText(text, [entryText(text, steps, raw, false)], indent);
}

export function blockText(text: string, lines: readonly string[], indent = ''): string {
  return wrapped(text, '{', lines, '}', indent);
}

export function listText(text: string, lines: readonly string[], indent = ''): string {
  return wrapped(text, '[', lines, ']', indent);
}

function wrapped(text: string, open: string, lines: readonly string[], close: string, indent: string): string {
  const end = lineEndOf(text);
  const inner = indent + indentUnit(text);
  return [open, ...lines.map((line) => inner + indented(line, inner, end)), indent + close].join(end);
}

/** Lines after the first moved in. */
function indented(block: string, indent: string, end: string): string {
  return block.split(/\r?\n/).join(end + indent);
}

/** Writes an entry or an item where the next one belongs. */
function insertInto(syntax: Syntax, node: MapNode | ArrayNode, part: string, block: boolean): TextEdit[] {
  const { text } = syntax;
  const end = lineEndOf(text);
  const parts = partsOf(node);
  const top = node === syntax.root && syntax.root.bare;
  if (top && (block || parts.length === 0)) return [appendToText(text, part, end)];
  const last = top ? lastOneLiner(syntax.root) : parts.at(-1);
  if (last === undefined) return top ? [appendToText(text, part, end)] : [fillEmpty(text, node, part, end)];

  const rest = restOfLine(text, last.to);
  const commas = needsComma(node, text);
  if (rest.end !== null) {
    const indent = beginsLine(text, last.from)
      ? indentAt(text, last.from)
      : indentAt(text, node.from) + indentUnit(text);
    const edits = [{ from: rest.end, to: rest.end, insert: end + indent + indented(part, indent, end) }];
    if (commas && rest.separatorEnd === null) edits.push({ from: last.to, to: last.to, insert: ',' });
    return edits;
  }
  const at = rest.separatorEnd ?? last.to;
  const tail = rest.separatorEnd === null ? '' : ',';
  return [{ from: at, to: at, insert: (rest.separatorEnd === null ? ', ' : ' ') + part + tail }];
}

/** The last entry of the text that is no block: values stay together. */
function lastOneLiner(root: MapNode): { from: number; to: number } | undefined {
  const entry = root.entries.findLast(({ value, include }) => value.kind === 'scalar' && !include);
  return entry === undefined ? undefined : rangeOf(entry);
}

/** Whether the entries of this block have commas between them, which JSON needs and others may use. */
function needsComma(node: MapNode | ArrayNode, text: string): boolean {
  const parts = partsOf(node);
  const before = parts.at(-2);
  const last = parts.at(-1);
  if (last === undefined) return false;
  if (before === undefined) return node.kind === 'map' && isJson(node, text);
  return text.slice(before.to, last.from).trimStart().startsWith(',');
}

function appendToText(text: string, part: string, end: string): TextEdit {
  if (text.trim() === '') return { from: 0, to: text.length, insert: part + end };
  const gap = text.endsWith('\n') ? end : end + end;
  return { from: text.length, to: text.length, insert: gap + part + end };
}

function fillEmpty(text: string, node: MapNode | ArrayNode, part: string, end: string): TextEdit {
  const close = node.to - 1;
  const outer = indentAt(text, text.slice(node.from, close).includes('\n') ? close : node.from);
  const indent = outer + indentUnit(text);
  const line = indent + indented(part, indent, end) + end;
  if (text.slice(node.from, close).includes('\n')) {
    const from = lineStart(text, close);
    return beginsLine(text, close)
      ? { from, to: from, insert: line }
      : { from: close, to: close, insert: end + line + outer };
  }
  return { from: node.from + 1, to: close, insert: end + line + outer };
}

// ── Taking out ──────────────────────────────────────────────────────────────────────────────────────────────────────

function indexesOf(node: Node, step: Step): number[] {
  if (node.kind === 'array') return typeof step === 'number' && step < node.items.length ? [step] : [];
  if (node.kind !== 'map' || typeof step === 'number') return [];
  const same = (key: string): boolean =>
    typeof step === 'string' ? step.split('|').includes(key.toLowerCase()) : key === step.name;
  return node.entries.flatMap((entry, index) => (!entry.include && same(entry.key) ? [index] : []));
}

function holdsNothingBut(text: string, node: Node, step: Step): boolean {
  const parts = partsOf(node);
  const going = indexesOf(node, step);
  if (going.length !== parts.length || node.kind === 'scalar') return false;
  // A comment in there is somebody's; the block stays around it.
  let left = text.slice(node.from + 1, node.to - 1);
  for (const { from, to } of parts.toReversed()) {
    left = left.slice(0, from - node.from - 1) + left.slice(to - node.from - 1);
  }
  return left.replace(/[\s,;]/g, '') === '';
}

function removePart(text: string, parts: readonly { from: number; to: number }[], index: number): TextEdit[] {
  const part = parts[index];
  if (part === undefined) return [];
  const rest = restOfLine(text, part.to);
  const begins = beginsLine(text, part.from);
  const edits: TextEdit[] = [];
  const previous = parts[index - 1];
  if (begins && rest.end !== null) {
    // A comment behind it is kept, on the line that was its.
    if (rest.comment) edits.push({ from: part.from, to: skipBlanks(text, rest.separatorEnd ?? part.to), insert: '' });
    else edits.push({ from: lineStart(text, part.from), to: nextLine(text, rest.end), insert: '' });
    // The last of a list in JSON leaves no comma behind.
    if (index === parts.length - 1 && previous !== undefined && rest.separatorEnd === null) {
      const comma = /^\s*,/.exec(text.slice(previous.to));
      if (comma !== null && isJsonAround(text, part)) {
        edits.push({ from: previous.to, to: previous.to + comma[0].length, insert: '' });
      }
    }
    return edits;
  }
  if (rest.separatorEnd !== null) return [{ from: part.from, to: skipBlanks(text, rest.separatorEnd), insert: '' }];
  if (previous !== undefined) return [{ from: previous.to, to: part.to, insert: '' }];
  return [{ from: part.from, to: skipBlanks(text, part.to), insert: '' }];
}

function isJsonAround(text: string, part: { from: number }): boolean {
  return text[part.from] === '"' || text[part.from] === '{';
}

function skipBlanks(text: string, at: number): number {
  return at + (/^[ \t]*/.exec(text.slice(at))?.[0].length ?? 0);
}

function nodeOf(syntax: Syntax, path: Path): Node | undefined {
  let node: Node | undefined = syntax.root;
  for (const step of path) node = node === undefined ? undefined : stepInto(node, step);
  return node;
}
