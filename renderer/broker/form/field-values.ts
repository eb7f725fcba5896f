/** What a field shows of a value in the text, and what it writes there. Pure; the components draw it. */

import { addItem, removeValue, setValue, type TextEdit } from '../config-text/edit.ts';
import { nodeAt, scalarAt, type Path } from '../config-text/paths.ts';
import type { Syntax } from '../config-text/syntax.ts';
import { isDuration, readBoolean, readDuration, readSize, writeString } from '../config-text/values.ts';
import type { FieldSpec } from './fields.ts';

export interface Shown {
  text: string;
  unit: string;
  /** The text has something here that no single field can show: a block, a list. */
  opaque: boolean;
}

const nothing: Shown = { text: '', unit: '', opaque: false };

/** A switch that has a block of its own is on by being there. */
export function readSwitch(syntax: Syntax, spec: Extract<FieldSpec, { kind: 'switch' }>): boolean {
  const block = spec.path.length > 1 ? nodeAt(syntax, spec.path.slice(0, -1)) : undefined;
  const own = scalarAt(syntax, spec.path);
  const said = readBoolean(own?.text);
  if (said !== undefined) return said;
  if (isEnabling(spec)) {
    if (block?.kind === 'scalar') return readBoolean(block.text) ?? true;
    return block === undefined ? (spec.on ?? false) : true;
  }
  return spec.on ?? false;
}

export function readField(syntax: Syntax, spec: FieldSpec): Shown {
  const node = nodeAt(syntax, spec.path);
  const unit = 'unit' in spec ? spec.unit : '';
  if (node === undefined) return { ...nothing, unit };
  if (spec.kind === 'list')
    return { text: itemsAt(syntax, spec.path).join(', '), unit: '', opaque: node.kind === 'map' };
  if (node.kind !== 'scalar') return { text: '', unit: '', opaque: true };
  if (spec.kind === 'size' || spec.kind === 'duration') {
    const amount = spec.kind === 'size' ? readSize(node.text) : readDuration(node.text);
    if (amount === null) return { text: node.text, unit: '', opaque: false };
    return { text: amount.number, unit: amount.unit === '' ? 'B' : amount.unit, opaque: false };
  }
  return { text: node.text, unit, opaque: false };
}

/** Texts of a list, or of the one value that stands in its place. */
export function itemsAt(syntax: Syntax, path: Path): string[] {
  const node = nodeAt(syntax, path);
  if (node?.kind === 'scalar') return [node.text];
  if (node?.kind !== 'array') return [];
  return node.items.flatMap((item) => (item.kind === 'scalar' ? [item.text] : []));
}

/** Edits that make a field say what was typed; nothing typed takes the value out. */
export function writeField(syntax: Syntax, spec: FieldSpec, typed: string): TextEdit[] {
  const text = typed.trim();
  const { path } = spec;
  if (spec.kind === 'list') return writeList(syntax, path, splitItems(text), spec.prune);
  if (text === '') return removeValue(syntax, path, spec.prune);
  const raw = rawOf(syntax, spec, text);
  const before = scalarAt(syntax, path);
  return before?.raw === raw ? [] : setValue(syntax, path, raw);
}

function rawOf(syntax: Syntax, spec: FieldSpec, text: string): string {
  const before = scalarAt(syntax, spec.path);
  // A variable of the text or of the environment.
  if (/^\$[A-Za-z_]\w*$/.test(text) && spec.kind !== 'secret') return text;
  switch (spec.kind) {
    case 'number':
      return /^-?\d+$/.test(text) ? text : writeString(text, before);
    case 'address':
      return /^-?\d+$/.test(text) ? text : writeString(text, before);
    case 'size': {
      const amount = readSize(text);
      if (amount === null) return writeString(text, before);
      const unit = amount.unit !== '' ? amount.unit : unitBefore(readSize(before?.text ?? ''), spec.unit);
      const size = amount.number + (unit === 'B' ? '' : unit);
      return before?.form === 'double' || before?.form === 'single' ? writeString(size, before) : size;
    }
    case 'duration': {
      const amount = readDuration(text);
      if (amount === null) return isDuration(text) ? quoted(text) : writeString(text, before);
      const typedUnit = /[a-zµ]$/i.test(text);
      const unit = typedUnit ? amount.unit : unitBefore(readDuration(before?.text ?? ''), spec.unit);
      // A number without a unit counts seconds where it did so before.
      if (before?.form === 'word' && /^-?\d+(\.\d+)?$/.test(before.text) && !typedUnit) return amount.number;
      return quoted(amount.number + unit);
    }
    default:
      return writeString(text, before);
  }
}

function unitBefore(before: { unit: string } | null, otherwise: string): string {
  if (before === null) return otherwise;
  return before.unit === '' ? 'B' : before.unit;
}

function quoted(text: string): string {
  return `"${text}"`;
}

export function writeSwitch(syntax: Syntax, spec: Extract<FieldSpec, { kind: 'switch' }>, on: boolean): TextEdit[] {
  const { path } = spec;
  if (scalarAt(syntax, path) !== undefined) return setValue(syntax, path, String(on));
  const parent = path.slice(0, -1);
  const block = path.length > 1 ? nodeAt(syntax, parent) : undefined;
  if (isEnabling(spec) && block?.kind !== 'map') {
    return block === undefined && on === (spec.on ?? false) ? [] : setValue(syntax, parent, String(on));
  }
  return setValue(syntax, path, String(on));
}

/** The switch of a block that may as well be a switch itself: `jetstream: true`. */
function isEnabling(spec: FieldSpec): boolean {
  const last = spec.path.at(-1);
  return typeof last === 'string' && last.startsWith('enabled');
}

export function splitItems(text: string): string[] {
  return text.split(/[\s,]+/).filter(Boolean);
}

/** Adds and removes items, and leaves those that stay where they are. */
export function writeList(syntax: Syntax, path: Path, items: readonly string[], prune = false): TextEdit[] {
  const before = itemsAt(syntax, path);
  if (before.join('\n') === items.join('\n')) return [];
  if (items.length === 0) return removeValue(syntax, path, prune);
  const node = nodeAt(syntax, path);
  const written = items.map((item) => writeString(item));
  if (node?.kind !== 'array') {
    return setValue(syntax, path, written.length === 1 ? (written[0] ?? '') : `[${written.join(', ')}]`);
  }
  const kept = before.filter((item) => items.includes(item));
  const fresh = items.filter((item) => !before.includes(item));
  const sameOrder = [...kept, ...fresh].join('\n') === items.join('\n');
  if (!sameOrder || (fresh.length > 0 && kept.length < before.length)) {
    return setValue(syntax, path, `[${written.join(', ')}]`);
  }
  if (fresh.length > 1) return setValue(syntax, path, `[${written.join(', ')}]`);
  if (fresh.length === 1) return addItem(syntax, path, writeString(fresh[0] ?? ''));
  const gone = node.items.flatMap((item, index) =>
    item.kind === 'scalar' && !items.includes(item.text) ? [index] : [],
  );
  return gone.length === 1
    ? removeValue(syntax, [...path, gone[0] ?? 0])
    : setValue(syntax, path, `[${written.join(', ')}]`);
}
