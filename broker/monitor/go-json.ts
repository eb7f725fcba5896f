/**
 * JSON as nats-server writes it. Objects keep the order of their keys, and a key whose value is undefined is left out,
 * which is how `omitempty` is written here: `unlessEmpty(value)`.
 */

/** On one line, as answers to `$SYS` requests and events are. */
export function compactJson(value: unknown): string {
  return escapeHtml(JSON.stringify(value));
}

/** As HTTP endpoints answer. */
export function indentedJson(value: unknown, spaces = 2): string {
  return escapeHtml(JSON.stringify(value, null, spaces));
}

/** Undefined for what Go calls empty: '', 0, false, and lists without an element. */
export function unlessEmpty<T>(value: T): T | undefined {
  if (value === '' || value === 0 || value === false) return undefined;
  return Array.isArray(value) && value.length === 0 ? undefined : value;
}

/** A number that is beyond those of JavaScript, as JSON has it. */
export function rawJson(text: string): unknown {
  return (JSON as unknown as { rawJSON(json: string): unknown }).rawJSON(text);
}

/** Go writes the keys of a map in order. */
export function sortedKeys<T>(map: Readonly<Record<string, T>>): Record<string, T> {
  const keys = Object.keys(map).toSorted((a, b) => (a < b ? -1 : 1));
  return Object.fromEntries(keys.map((key) => [key, map[key] as T]));
}

/** The characters that mean something in HTML or JavaScript are escaped. */
function escapeHtml(json: string): string {
  return json.replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
