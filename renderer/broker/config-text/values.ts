/** Values as they are written: quotes where they are needed, sizes and durations taken apart. */

import type { Scalar } from './syntax.ts';

/** Words that mean something else than themselves when they stand without quotes. */
const keywords = /^(true|false|on|off|yes|no)$/i;
/** Without quotes these stay what they are: no number, no sign of the grammar. */
const plainWord = /^[A-Za-z_/*>.][\w./:*>@~-]*$/;
const address = /^(\d{1,3}(\.\d{1,3}){3})(:\d+)?$/;

/** A text as a string value. Kept without quotes where the grammar allows it, and in the quotes it had before. */
export function writeString(text: string, before?: Scalar, json = false): string {
  const breaks = /[\n\r]/.test(text);
  if (before?.form === 'single' && !text.includes("'") && !breaks) return `'${text}'`;
  if (before?.form === 'double' || json) return writeQuoted(text);
  const plain = (plainWord.test(text) && !keywords.test(text) && !text.startsWith('//')) || address.test(text);
  return plain ? text : writeQuoted(text);
}

/** In double quotes. */
export function writeQuoted(text: string): string {
  const escaped = text.replace(
    /[\\"\n\r\t]/g,
    (sign) => ({ '\n': '\\n', '\r': '\\r', '\t': '\\t' })[sign] ?? `\\${sign}`,
  );
  return `"${escaped}"`;
}

/** A key or the name of an account. */
export function writeKey(text: string, json = false): string {
  return !json && /^[^\s"'{}[\]()#=:,;/$][^\s"'=:,;]*$/.test(text) && text.toLowerCase() !== 'include'
    ? text
    : `"${text.replaceAll('"', '')}"`;
}

export function readBoolean(text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  if (/^(true|on|yes|enabled?)$/i.test(text)) return true;
  return /^(false|off|no|disabled?)$/i.test(text) ? false : undefined;
}

export interface Amount {
  number: string;
  /** As it is written; '' for none. */
  unit: string;
}

/** A size as it is written: `256M`, `64KB`, `1048576`. Null for anything else. */
export function readSize(text: string): Amount | null {
  const match = /^(-?\d+)\s*([kmgtpe](?:ib?|b)?|b)?$/i.exec(text.trim());
  return match === null ? null : { number: match[1] ?? '', unit: match[2] ?? '' };
}

/** A duration of one unit: `10s`, `500ms`, `2m`. A bare number counts seconds. Null for anything else. */
export function readDuration(text: string): Amount | null {
  const match = /^(-?\d+(?:\.\d+)?)\s*(ns|us|µs|ms|s|m|h)?$/.exec(text.trim());
  return match === null ? null : { number: match[1] ?? '', unit: match[2] ?? 's' };
}

/** Whether a text is a Go duration, `1h30m` included. */
export function isDuration(text: string): boolean {
  return /^-?(\d+(\.\d*)?(ns|us|µs|ms|s|m|h))+$/.test(text) || text === '0';
}
