import { createHash } from 'node:crypto';
import { CONFIG_DEPTH_MAX, CONFIG_VALUES_MAX } from '../limits.ts';
import { ConfigError } from './config.ts';
import { isArray } from './go/text.ts';
import type { MapValue, Token, Value } from './grammar/token.ts';

/**
 * `sha256:` and the hash of the parsed map as Go writes it in JSON (keys in the order of their bytes, `<>&` escaped, a line
 * feed at the end): files that say the same have the same digest. Throws a `ConfigError` when variables make one too large.
 */
export function configDigest(map: MapValue): string {
  const left = { values: CONFIG_VALUES_MAX };
  // These characters stand in strings only, wherever they are in the whole.
  const text = `${json(map, left, 0)}\n`.replaceAll(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

function json(value: Value, left: { values: number }, depth: number): string {
  if (--left.values < 0) tooMuch(`more than ${CONFIG_VALUES_MAX} values`);
  if (depth > 2 * CONFIG_DEPTH_MAX) tooMuch(`values nested more than ${2 * CONFIG_DEPTH_MAX} deep`);
  if (typeof value === 'string') return JSON.stringify(value);
  // Go keeps the sign of a negative zero.
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (value instanceof Date) return `"${value.toISOString().replace('.000Z', 'Z')}"`;
  if (isArray(value)) return `[${value.map((token) => json(token.value, left, depth + 1)).join(',')}]`;
  const keys = [...value.keys()].sort();
  // Order of UTF-16 is that of bytes, but for what is written with surrogates.
  if (keys.some((key) => /[\ud800-\udfff]/.test(key))) keys.sort((a, b) => Buffer.from(a).compare(Buffer.from(b)));
  const fields = keys.map((key) => `${JSON.stringify(key)}:${json((value.get(key) as Token).value, left, depth + 1)}`);
  return `{${fields.join(',')}}`;
}

function tooMuch(what: string): never {
  const message = `the configuration has ${what}, counting those that variables stand for`;
  throw new ConfigError(message, [{ file: '', line: 0, column: 0, message }]);
}
