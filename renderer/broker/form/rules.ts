/** Permissions as the text has them: a subject, a list, or a block with `allow` and `deny`. */

import { setValue, type TextEdit } from '../config-text/edit.ts';
import { nodeAt, type Path } from '../config-text/paths.ts';
import type { Syntax } from '../config-text/syntax.ts';
import { writeString } from '../config-text/values.ts';
import { itemsAt, writeList } from './field-values.ts';

export interface Rules {
  allow: string[];
  deny: string[];
}

const allowPath = (path: Path): Path => [...path, 'allow'];
const denyPath = (path: Path): Path => [...path, 'deny'];

export function readRules(syntax: Syntax, path: Path): Rules {
  if (nodeAt(syntax, path)?.kind !== 'map') return { allow: itemsAt(syntax, path), deny: [] };
  return { allow: itemsAt(syntax, allowPath(path)), deny: itemsAt(syntax, denyPath(path)) };
}

export function writeRules(syntax: Syntax, path: Path, change: Partial<Rules>): TextEdit[] {
  const node = nodeAt(syntax, path);
  if (node?.kind === 'map') {
    return [
      ...(change.allow === undefined ? [] : writeList(syntax, allowPath(path), change.allow)),
      ...(change.deny === undefined ? [] : writeList(syntax, denyPath(path), change.deny)),
    ];
  }
  const { allow, deny } = { ...readRules(syntax, path), ...change };
  // Without a denial the list itself is shorter.
  if (deny.length === 0) return writeList(syntax, path, allow, true);
  const list = (items: readonly string[]): string => `[${items.map((item) => writeString(item)).join(', ')}]`;
  const parts = [...(allow.length === 0 ? [] : [`allow: ${list(allow)}`]), `deny: ${list(deny)}`];
  return setValue(syntax, path, `{ ${parts.join(', ')} }`);
}

/** `pub orders.>, sub 3`: what stands in a row, where there is little room. */
export function summary(publish: Rules, subscribe: Rules): string {
  const part = (name: string, { allow, deny }: Rules): string => {
    if (allow.length === 0 && deny.length === 0) return '';
    const first = allow[0] ?? `not ${deny[0] ?? ''}`;
    const more = allow.length + deny.length - 1;
    return `${name} ${first}${more > 0 ? ` +${more}` : ''}`;
  };
  const parts = [part('pub', publish), part('sub', subscribe)].filter(Boolean);
  return parts.length === 0 ? 'Everything' : parts.join(', ');
}
