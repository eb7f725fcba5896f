/** Exports and imports of an account as rows. */

import { removeValue, renameEntry, setValue, type TextEdit } from '../config-text/edit.ts';
import { arrayAt, mapAt, textAt, type Path } from '../config-text/paths.ts';
import type { Syntax } from '../config-text/syntax.ts';
import { writeString } from '../config-text/values.ts';

export interface Share {
  index: number;
  path: Path;
  type: 'stream' | 'service';
}

/** Items that say what they are; others are left to the text. */
export function sharesAt(syntax: Syntax, path: Path): Share[] {
  return (arrayAt(syntax, path)?.items ?? []).flatMap((item, index): Share[] => {
    if (item.kind !== 'map') return [];
    const keys = item.entries.map(({ key }) => key.toLowerCase());
    const type = keys.includes('service') ? 'service' : keys.includes('stream') ? 'stream' : null;
    return type === null ? [] : [{ index, path: [...path, index], type }];
  });
}

export function newShare(kind: 'exports' | 'imports', account: string): string {
  return kind === 'exports'
    ? '{ stream: "events.>" }'
    : `{ stream: { account: ${writeString(account)}, subject: "events.>" } }`;
}

export function setShareType(syntax: Syntax, { path, type }: Share, next: Share['type']): TextEdit[] {
  return type === next ? [] : renameEntry(syntax, [...path, type], next);
}

/** Subject here of an import: `to` replaces it, `prefix` stands before it. */
export function localName(syntax: Syntax, path: Path): { key: 'to' | 'prefix'; text: string } {
  const prefix = textAt(syntax, [...path, 'prefix']);
  return prefix === undefined
    ? { key: 'to', text: textAt(syntax, [...path, 'to']) ?? '' }
    : { key: 'prefix', text: prefix };
}

export function setLocalName(syntax: Syntax, path: Path, text: string): TextEdit[] {
  const { key } = localName(syntax, path);
  return text === '' ? removeValue(syntax, [...path, key]) : setValue(syntax, [...path, key], writeString(text));
}

/** Whether an entry names its subject in a block of its own, as imports do. */
export function isImport(syntax: Syntax, { path, type }: Share): boolean {
  return mapAt(syntax, [...path, type]) !== undefined;
}
