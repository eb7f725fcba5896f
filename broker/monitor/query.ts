import { latin1ToText, quoteLatin1, textToLatin1 } from '../base/latin1.ts';

/** A query that makes no sense. `message` is the body of the answer with status 400. */
export class QueryError extends Error {
  override readonly name = 'QueryError';
}

/** The query of an URL as Go reads it: a pair with a semicolon or a broken escape is left out, of several the first counts. */
export class Query {
  readonly #values = new Map<string, string>();

  /** `text` is what stands behind the `?`. */
  constructor(text: string) {
    for (const pair of text.split('&')) {
      if (pair === '' || pair.includes(';')) continue;
      const equals = pair.indexOf('=');
      const key = unescape(equals < 0 ? pair : pair.slice(0, equals));
      const value = unescape(equals < 0 ? '' : pair.slice(equals + 1));
      if (key !== undefined && value !== undefined && !this.#values.has(key)) this.#values.set(key, value);
    }
  }

  /** '' when it is not there. */
  text(name: string): string {
    return this.#values.get(name) ?? '';
  }

  /** Throws a `QueryError`, as the others do. */
  boolean(name: string): boolean {
    const value = this.text(name);
    if (value === '' || FALSE.has(value)) return false;
    if (TRUE.has(value)) return true;
    throw invalid('boolean', name, 'ParseBool', value, 'invalid syntax');
  }

  integer(name: string): number {
    const value = this.text(name);
    if (value === '') return 0;
    if (!/^[+-]?\d+$/.test(value)) throw invalid('int', name, 'Atoi', value, 'invalid syntax');
    const number = BigInt(value.replace('+', ''));
    if (number > INT64_MAX || number < -INT64_MAX - 1n) throw invalid('int', name, 'Atoi', value, 'value out of range');
    return Number(number);
  }

  unsigned(name: string): number {
    const value = this.text(name);
    if (value === '') return 0;
    if (!/^\d+$/.test(value)) throw invalid('uint64', name, 'ParseUint', value, 'invalid syntax');
    if (BigInt(value) > UINT64_MAX) throw invalid('uint64', name, 'ParseUint', value, 'value out of range');
    return Number(value);
  }

  /** `subs` is a boolean or `detail`. */
  subscriptions(): 'none' | 'list' | 'detail' {
    if (this.text('subs').toLowerCase() === 'detail') return 'detail';
    return this.boolean('subs') ? 'list' : 'none';
  }
}

const TRUE = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);
const FALSE = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False']);
const INT64_MAX = 2n ** 63n - 1n;
const UINT64_MAX = 2n ** 64n - 1n;

function invalid(kind: string, name: string, parser: string, value: string, why: string): QueryError {
  const quoted = latin1ToText(quoteLatin1(textToLatin1(value)));
  return new QueryError(`Error decoding ${kind} for '${name}': strconv.${parser}: parsing ${quoted}: ${why}`);
}

/** Undefined when an escape is broken. */
function unescape(text: string): string | undefined {
  if (/%(?![0-9a-fA-F]{2})/.test(text)) return undefined;
  const bytes = text
    .replaceAll('+', ' ')
    .replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return latin1ToText(bytes);
}
