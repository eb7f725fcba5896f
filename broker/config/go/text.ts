import { latin1ToText, quoteLatin1, textToLatin1 } from '../../base/latin1.ts';
import type { MapValue, Token, Value } from '../grammar/token.ts';

/** How Go's `fmt` writes values, since messages of nats-server show them so. */

/** `%q` */
export function quote(text: string): string {
  return latin1ToText(quoteLatin1(textToLatin1(text))).replaceAll(UNPRINTABLE, (char) => {
    const code = (char.codePointAt(0) as number).toString(16);
    return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`;
  });
}

/** Beyond ASCII: everything that is no letter, mark, number, punctuation or symbol. */
const UNPRINTABLE = /[^\p{ASCII}\p{L}\p{M}\p{N}\p{P}\p{S}]/gu;

/** `%q` of a list. */
export function quoteAll(texts: readonly string[]): string {
  return `[${texts.map(quote).join(' ')}]`;
}

/** `%T` */
export function typeOf(value: Value): string {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'bigint') return 'int64';
  if (typeof value === 'number') return 'float64';
  if (typeof value === 'boolean') return 'bool';
  if (value instanceof Date) return 'time.Time';
  return isArray(value) ? '[]interface {}' : 'map[string]interface {}';
}

/** `%v`. Of maps and arrays Go prints addresses in memory here, which nobody needs. */
export function shown(value: Value): string {
  if (typeof value === 'number') return shownFloat(value);
  if (value instanceof Date) return value.toISOString().replace('T', ' ').replace('.000Z', ' +0000 UTC');
  if (typeof value !== 'object') return String(value);
  if (isArray(value)) return value.length === 0 ? '[]' : '[…]';
  return value.size === 0 ? 'map[]' : 'map[…]';
}

/** `%v` of a float: with an exponent from 1e21 on, and below 1e-4. */
export function shownFloat(value: number): string {
  const plain = String(value);
  if (Math.abs(value) >= 1e-4 || value === 0) return plain;
  const [digits = '', exponent = ''] = value.toExponential().split('e-');
  return `${digits}e-${exponent.padStart(2, '0')}`;
}

export function isArray(value: readonly Token[] | MapValue): value is readonly Token[] {
  return Array.isArray(value);
}
