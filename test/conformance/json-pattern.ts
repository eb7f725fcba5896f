/**
 * What JSON is expected. A regular expression is held against the JSON text of the value it stands for, so that it tells
 * numbers from strings and can speak of a whole list or object.
 */
export type JsonPattern =
  string | number | boolean | null | RegExp | readonly JsonPattern[] | { readonly [key: string]: JsonPattern };

/** A key that must not be there; only where a part is compared. */
export const ABSENT = /^(?!)absent/;

export const NUMBER = /^\d+(\.\d+)?$/;
export const TEXT = /^"[^"]+"$/;
export const TIME = /^"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"$/;
/** `5s`, `1m2s` */
export const SECONDS = /^"(\d+[ydhms])+"$/;
/** A duration as Go prints it. */
export const DURATION = /^"(\d+(\.\d+)?(ns|µs|ms|s|m|h))+"$/;
export const SERVER_ID = /^"N[A-Z2-7]{55}"$/;
export const EVENT_ID = /^"[0-9A-Za-z]{22}"$/;

/** What is wrong with a value, with the way to it; undefined when it is as expected. Keys come in the order of the pattern. */
export function wholeMismatch(value: unknown, pattern: JsonPattern, path = ''): string | undefined {
  if (!isObject(pattern) || !isObject(value)) return mismatch(value, pattern, path, wholeMismatch);
  // git_commit is there only in builds that know their commit; natscope is what we add.
  const keys = Object.keys(value).filter((key) => key !== 'git_commit' && key !== 'natscope');
  const expected = Object.keys(pattern);
  if (keys.join() !== expected.join())
    return `${path || 'the answer'} has the keys\n${keys.join()}\ninstead of\n${expected.join()}`;
  return firstOf(keys, (key) => wholeMismatch(value[key], pattern[key] as JsonPattern, `${path}.${key}`));
}

/** The same where keys that the pattern does not name may be there, too. */
export function partMismatch(value: unknown, pattern: JsonPattern, path = ''): string | undefined {
  if (!isObject(pattern) || !isObject(value)) return mismatch(value, pattern, path, partMismatch);
  return firstOf(Object.keys(pattern), (key) => {
    if (pattern[key] === ABSENT) return key in value ? `${path}.${key} is there` : undefined;
    return partMismatch(value[key], pattern[key] as JsonPattern, `${path}.${key}`);
  });
}

type Compare = (value: unknown, pattern: JsonPattern, path: string) => string | undefined;

function mismatch(value: unknown, pattern: JsonPattern, path: string, compare: Compare): string | undefined {
  const text = JSON.stringify(value) ?? 'nothing';
  const wrong = `${path || 'the answer'} is ${text.slice(0, 2000)}, not ${String(shown(pattern)).slice(0, 500)}`;
  if (pattern instanceof RegExp) return pattern.test(text) ? undefined : wrong;
  if (!Array.isArray(pattern)) return isObject(pattern) || value !== pattern ? wrong : undefined;
  if (!Array.isArray(value) || value.length !== pattern.length) return wrong;
  return firstOf(pattern, (item, index) => compare(value[index], item as JsonPattern, `${path}.${index}`));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof RegExp);
}

function shown(pattern: JsonPattern): unknown {
  return pattern instanceof RegExp ? pattern : JSON.stringify(pattern);
}

function firstOf<T>(items: readonly T[], find: (item: T, index: number) => string | undefined): string | undefined {
  for (const [index, item] of items.entries()) {
    const found = find(item, index);
    if (found !== undefined) return found;
  }
  return undefined;
}
