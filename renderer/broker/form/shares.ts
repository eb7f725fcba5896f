/** Exports and imports of an account as rows. */

import { renameEntry, type TextEdit } from '../config-text/edit.ts';
import { arrayAt, textAt, type Path } from '../config-text/paths.ts';
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
