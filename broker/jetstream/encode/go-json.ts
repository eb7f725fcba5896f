/**
 * JSON as nats-server writes it, in latin1: strings hold a byte of UTF-8 per character, and so does the result. Objects
 * keep the order of their keys (maps come through `sortedMap`), and a key whose value is undefined is left out.
 */
export function goJson(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return stringJson(value);
    case 'number':
      return wholeText(value);
    case 'object':
      if (value === null) return 'null';
      if (Array.isArray(value)) return `[${value.map(goJson).join(',')}]`;
      return objectJson(value);
    default:
      return String(value);
  }
}

/** Go writes the keys of a map in the order of their bytes. */
export function sortedMap<T>(map: Readonly<Record<string, T>>): ReadonlyMap<string, T> {
  return new Map(Object.entries(map).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** Undefined for what Go calls empty: '', 0, false, and lists without an element. */
export function unlessEmpty<T>(value: T): T | undefined {
  if (value === '' || value === 0 || value === false) return undefined;
  return Array.isArray(value) && value.length === 0 ? undefined : value;
}

const INT64_MAX = 2n ** 63n - 1n;
const UINT64_MAX = 2n ** 64n - 1n;

/** A whole number. The greatest of Go's types, which are one less than JavaScript's next number, are written as they are. */
function wholeText(value: number): string {
  if (Number.isSafeInteger(value)) return String(value);
  const whole = BigInt(Math.round(value));
  if (whole === INT64_MAX + 1n) return String(INT64_MAX);
  return String(whole > UINT64_MAX ? UINT64_MAX : whole);
}

function objectJson(object: object): string {
  // Keys of a map may be numbers, which a plain object would put in front.
  const entries = object instanceof Map ? object.entries() : Object.entries(object);
  let out = '';
  for (const [key, value] of entries as Iterable<[string, unknown]>) {
    if (value === undefined) continue;
    out += `${out === '' ? '' : ','}${stringJson(key)}:${goJson(value)}`;
  }
  return `{${out}}`;
}

/** As most strings are: nothing in them is written otherwise. */
const PLAIN = /^[ !#-%'-;=?-[\]-~]*$/;

function stringJson(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  const quoted = JSON.stringify(text).replace(
    /[<>&]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return /[\x80-\xff]/.test(quoted) ? wholeCharacters(quoted) : quoted;
}

/** Bytes that are no UTF-8 become U+FFFD, and the two line ends of JavaScript are escaped. */
function wholeCharacters(text: string): string {
  return text.replace(/[\x80-\xff]+/g, (bytes) =>
    bytes.replace(CHARACTER, (char) => {
      if (char.length === 1) return '\xef\xbf\xbd';
      return char === '\xe2\x80\xa8' ? '\\u2028' : char === '\xe2\x80\xa9' ? '\\u2029' : char;
    }),
  );
}

/** A character of UTF-8, or a byte that is part of none. */
const CHARACTER =
  /[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|\xed[\x80-\x9f][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xf0[\x90-\xbf][\x80-\xbf]{2}|\xf4[\x80-\x8f][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|[\x80-\xff]/g;
