/**
 * Reading JSON where it lies, as bytes. Nothing here makes an object of a payload, follows its nesting with the stack,
 * or throws: positions go in and come out, and -1 says that the text ends or breaks off. Numbers stay the digits they
 * are, so none loses its last places.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const COLON = 0x3a;
const COMMA = 0x2c;

export type JsonType = 'string' | 'number' | 'boolean' | 'null' | 'object' | 'array';

export function skipSpace(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end) {
    const byte = bytes[at]!;
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
    at++;
  }
  return at;
}

/** Position after a string that starts at `at`; -1 when it does not end. */
export function skipString(bytes: Uint8Array, at: number, end: number): number {
  for (let index = at + 1; index < end; index++) {
    const byte = bytes[index]!;
    if (byte === QUOTE) return index + 1;
    if (byte === BACKSLASH) index++;
    else if (byte < 0x20) return -1;
  }
  return -1;
}

/** What starts at `at`, by its first byte; null when no value can. */
export function typeAt(bytes: Uint8Array, at: number, end: number): JsonType | null {
  if (at >= end) return null;
  const byte = bytes[at]!;
  if (byte === QUOTE) return 'string';
  if (byte === OPEN) return 'object';
  if (byte === OPEN_LIST) return 'array';
  if (byte === 0x2d || (byte >= 0x30 && byte <= 0x39)) return 'number';
  if (byte === 0x74 || byte === 0x66) return 'boolean';
  return byte === 0x6e ? 'null' : null;
}

function skipWord(bytes: Uint8Array, at: number, end: number, word: string): number {
  for (let index = 0; index < word.length; index++) {
    if (at + index >= end || bytes[at + index] !== word.charCodeAt(index)) return -1;
  }
  return at + word.length;
}

function digits(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && bytes[at]! >= 0x30 && bytes[at]! <= 0x39) at++;
  return at;
}

function skipNumber(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  if (bytes[at] === 0x2d) at++;
  const whole = digits(bytes, at, end);
  if (whole === at) return -1;
  at = whole;
  if (at < end && bytes[at] === 0x2e) {
    const part = digits(bytes, at + 1, end);
    if (part === at + 1) return -1;
    at = part;
  }
  if (at < end && (bytes[at] === 0x65 || bytes[at] === 0x45)) {
    at++;
    if (at < end && (bytes[at] === 0x2b || bytes[at] === 0x2d)) at++;
    const power = digits(bytes, at, end);
    if (power === at) return -1;
    at = power;
  }
  return at;
}

/** Position after the value that starts at `at`, -1 when it is none or does not end. Nesting is counted, not followed. */
export function skipValue(bytes: Uint8Array, at: number, end: number): number {
  switch (typeAt(bytes, at, end)) {
    case 'string':
      return skipString(bytes, at, end);
    case 'number':
      return skipNumber(bytes, at, end);
    case 'boolean':
      return skipWord(bytes, at, end, bytes[at] === 0x74 ? 'true' : 'false');
    case 'null':
      return skipWord(bytes, at, end, 'null');
    case null:
      return -1;
    default:
      break;
  }
  let depth = 0;
  for (let index = at; index < end;) {
    const byte = bytes[index]!;
    if (byte === QUOTE) {
      index = skipString(bytes, index, end);
      if (index < 0) return -1;
      continue;
    }
    if (byte === OPEN || byte === OPEN_LIST) depth++;
    else if ((byte === CLOSE || byte === CLOSE_LIST) && --depth === 0) return index + 1;
    index++;
  }
  return -1;
}

/** One step of a path: a member's name, or the index of an element. */
export type PathStep = { key: Uint8Array; text: string } | { index: number };

/** Where the value at the end of a path starts, -1 when there is none. Of members with one name the first counts. */
export function findPath(bytes: Uint8Array, start: number, end: number, path: readonly PathStep[]): number {
  let at = skipSpace(bytes, start, end);
  for (const step of path) {
    at = 'key' in step ? findMember(bytes, at, end, step.key, step.text) : findElement(bytes, at, end, step.index);
    if (at < 0) return -1;
  }
  return at < end ? at : -1;
}

function findMember(bytes: Uint8Array, start: number, end: number, key: Uint8Array, text: string): number {
  if (bytes[start] !== OPEN) return -1;
  let at = skipSpace(bytes, start + 1, end);
  while (at < end && bytes[at] === QUOTE) {
    const after = skipString(bytes, at, end);
    if (after < 0) return -1;
    const found = sameKey(bytes, at + 1, after - 1, key, text);
    at = skipSpace(bytes, after, end);
    if (bytes[at] !== COLON) return -1;
    at = skipSpace(bytes, at + 1, end);
    if (found) return at;
    at = skipValue(bytes, at, end);
    if (at < 0) return -1;
    at = skipSpace(bytes, at, end);
    if (bytes[at] !== COMMA) return -1;
    at = skipSpace(bytes, at + 1, end);
  }
  return -1;
}

function findElement(bytes: Uint8Array, start: number, end: number, index: number): number {
  if (bytes[start] !== OPEN_LIST) return -1;
  let at = skipSpace(bytes, start + 1, end);
  for (let place = 0; at < end && bytes[at] !== CLOSE_LIST; place++) {
    if (place === index) return at;
    at = skipValue(bytes, at, end);
    if (at < 0) return -1;
    at = skipSpace(bytes, at, end);
    if (bytes[at] !== COMMA) return -1;
    at = skipSpace(bytes, at + 1, end);
  }
  return -1;
}

function sameKey(bytes: Uint8Array, start: number, end: number, key: Uint8Array, text: string): boolean {
  let escaped = false;
  for (let index = start; index < end; index++) if (bytes[index] === BACKSLASH) escaped = true;
  if (escaped) return stringAt(bytes, start - 1, end + 1) === text;
  if (end - start !== key.length) return false;
  for (let index = 0; index < key.length; index++) if (bytes[start + index] !== key[index]) return false;
  return true;
}

/** Text of the string whose quotes are at `start` and before `end`; bytes that are no UTF-8 become U+FFFD. */
export function stringAt(bytes: Uint8Array, start: number, end: number): string {
  const raw = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');
  if (!raw.includes('\\')) return raw.slice(1, -1);
  try {
    return JSON.parse(raw) as string;
  } catch {
    return raw.slice(1, -1);
  }
}

/** Whether a value that cannot be read would be one if the bytes went on. */
function breaksOff(bytes: Uint8Array, at: number, end: number, kind: JsonType): boolean {
  if (kind === 'string' || kind === 'object' || kind === 'array') return true;
  if (kind === 'number') {
    for (let index = at; index < end; index++)
      if (!'+-.0123456789Ee'.includes(String.fromCharCode(bytes[index]!))) return false;
    return true;
  }
  const word = kind === 'null' ? 'null' : bytes[at] === 0x74 ? 'true' : 'false';
  for (let index = at; index < end; index++) if (bytes[index] !== word.charCodeAt(index - at)) return false;
  return true;
}

export interface JsonVisitor {
  /** A scalar or, at `depthMax`, an object or array. `start` … `end` are its bytes. False stops the walk. */
  value(key: string, type: JsonType, start: number, end: number): boolean;
}

/** How far a walk came: through to the end, stopped by the visitor, cut by the end of the bytes, or not JSON. */
export type WalkEnd = 'whole' | 'stopped' | 'cut' | 'invalid';

/**
 * Visits the members of an object and of the objects in it, keys joined by dots, down to `depthMax` levels. A value that
 * is no object is visited once with an empty key.
 */
export function walkFields(bytes: Uint8Array, end: number, depthMax: number, visitor: JsonVisitor): WalkEnd {
  const start = skipSpace(bytes, 0, end);
  const type = typeAt(bytes, start, end);
  if (type === null) return start === end ? 'cut' : 'invalid';
  if (type !== 'object') {
    const after = skipValue(bytes, start, end);
    if (after < 0) return type === 'string' || type === 'array' ? 'cut' : 'invalid';
    if (!visitor.value('', type, start, after)) return 'stopped';
    return skipSpace(bytes, after, end) === end ? 'whole' : 'invalid';
  }
  const prefixes: string[] = [];
  let prefix = '';
  let at = skipSpace(bytes, start + 1, end);
  let first = true;
  for (;;) {
    if (at >= end) return 'cut';
    if (bytes[at] === CLOSE) {
      at = skipSpace(bytes, at + 1, end);
      const outer = prefixes.pop();
      if (outer === undefined) return at === end ? 'whole' : 'invalid';
      prefix = outer;
      continue;
    }
    if (!first) {
      if (bytes[at] !== COMMA) return 'invalid';
      at = skipSpace(bytes, at + 1, end);
      if (at >= end) return 'cut';
    }
    first = false;
    if (bytes[at] !== QUOTE) return 'invalid';
    const after = skipString(bytes, at, end);
    if (after < 0) return 'cut';
    const key = prefix + stringAt(bytes, at, after);
    at = skipSpace(bytes, after, end);
    if (at >= end) return 'cut';
    if (bytes[at] !== COLON) return 'invalid';
    at = skipSpace(bytes, at + 1, end);
    const kind = typeAt(bytes, at, end);
    if (kind === null) return at >= end ? 'cut' : 'invalid';
    if (kind === 'object' && prefixes.length + 1 < depthMax) {
      prefixes.push(prefix);
      prefix = `${key}.`;
      at = skipSpace(bytes, at + 1, end);
      first = true;
      continue;
    }
    const close = skipValue(bytes, at, end);
    // A number that the end of the bytes follows may have had more digits.
    if (close < 0 || (close === end && kind === 'number')) return breaksOff(bytes, at, end, kind) ? 'cut' : 'invalid';
    if (!visitor.value(key, kind, at, close)) return 'stopped';
    at = skipSpace(bytes, close, end);
  }
}
