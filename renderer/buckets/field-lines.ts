/** Names and values, one pair on each line: `Content-Type: text/plain`. Pure. */

import type { HeaderField } from '../../electron/bridge/contract.ts';

export function writtenFields(fields: readonly HeaderField[]): string {
  return fields.map(({ name, value }) => `${name}: ${value}`).join('\n');
}

/** The pairs, or what is wrong with them. */
export function readFields(text: string): HeaderField[] | string {
  const fields: HeaderField[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const colon = line.indexOf(':');
    if (colon <= 0) return `"${line.trim()}" has no colon between name and value`;
    fields.push({ name: line.slice(0, colon).trim(), value: line.slice(colon + 1).trim() });
  }
  return fields;
}
