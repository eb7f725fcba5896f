/** Subjects as bytes: hashes, patterns, and the text that stands for them on the screen. */

const DOT = 0x2e;
const STAR = 0x2a;
const MORE = 0x3e;
const BACKSLASH = 0x5c;

export const HASH_START = 0x811c9dc5;

/** Where the hashes of an account's subjects start: the same subject in two accounts is two subjects. */
export function hashStart(account: number): number {
  return account === 0 ? HASH_START : Math.imul(HASH_START ^ account, 0x01000193);
}

/** FNV-1a, 32 bits. It is built up byte by byte, so the hash of every prefix comes on the way. */
export function hashBytes(bytes: Uint8Array, end: number, start: number = HASH_START): number {
  let hash = start;
  for (let index = 0; index < end; index++) hash = Math.imul(hash ^ bytes[index]!, 0x01000193);
  return hash >>> 0;
}

/** Whether a subject matches a pattern with `*` for one token and `>` for one or more at the end. */
export function matches(pattern: Uint8Array, subject: Uint8Array): boolean {
  let at = 0;
  let from = 0;
  while (at < pattern.length) {
    const tokenEnds = at + 1 === pattern.length || pattern[at + 1] === DOT;
    const tokenStarts = at === 0 || pattern[at - 1] === DOT;
    if (tokenStarts && tokenEnds && pattern[at] === MORE && at + 1 === pattern.length) return from < subject.length;
    if (tokenStarts && tokenEnds && pattern[at] === STAR) {
      if (from >= subject.length || subject[from] === DOT) return false;
      while (from < subject.length && subject[from] !== DOT) from++;
      at++;
      continue;
    }
    if (from >= subject.length || subject[from] !== pattern[at]) return false;
    at++;
    from++;
  }
  return from === subject.length;
}

/** Whether any subject can match both patterns. */
export function overlaps(one: string, other: string): boolean {
  const a = one.split('.');
  const b = other.split('.');
  for (let index = 0; ; index++) {
    const left = a[index];
    const right = b[index];
    if (left === undefined || right === undefined) return left === right;
    if (left === '>' || right === '>') return true;
    if (left !== right && left !== '*' && right !== '*') return false;
  }
}

/** Why a string cannot be subscribed to or, without `wildcards`, published to; null when it can. */
export function subjectProblem(subject: string, wildcards: boolean): string | null {
  if (subject === '') return 'A subject cannot be empty.';
  if (/[\s\0]/.test(subject)) return `The subject "${subject}" holds white space; take it out.`;
  const tokens = subject.split('.');
  if (tokens.includes('')) return `The subject "${subject}" has an empty token; take out the extra dot.`;
  if (!wildcards && tokens.some((token) => token === '*' || token === '>')) {
    return `The subject "${subject}" holds a wildcard; only subscriptions can.`;
  }
  if (tokens.slice(0, -1).includes('>')) return `In "${subject}" the wildcard > is not last; only there it can be.`;
  return null;
}

/** Whether a text reads as a pattern: subject characters only, with a token that is a wildcard. */
export function looksLikePattern(text: string): boolean {
  return subjectProblem(text, true) === null && text.split('.').some((token) => token === '*' || token === '>');
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Text of subject bytes. What is no UTF-8 or is a control character is shown as `\xHH`, a byte each. */
export function subjectText(bytes: Uint8Array, start = 0, end = bytes.length): string {
  let plain = true;
  for (let index = start; index < end; index++) {
    const byte = bytes[index]!;
    if (byte < 0x21 || byte > 0x7e) plain = false;
  }
  if (plain) return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
  let text = '';
  for (let at = start; at < end;) {
    const length = sequenceLength(bytes, at, end);
    if (length === 0) {
      text += `\\x${bytes[at]!.toString(16).padStart(2, '0').toUpperCase()}`;
      at++;
    } else {
      text += length === 1 ? String.fromCharCode(bytes[at]!) : utf8.decode(bytes.subarray(at, at + length));
      at += length;
    }
  }
  return text;
}

/** Length of the character at `at` when it is well-formed UTF-8 and no control character, else 0. */
function sequenceLength(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at]!;
  if (first < 0x80) return first > 0x20 && first !== 0x7f ? 1 : 0;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || at + length > end) return 0;
  try {
    const character = utf8.decode(bytes.subarray(at, at + length));
    return character.length > 0 && character.charCodeAt(0) > 0x9f ? length : 0;
  } catch {
    return 0;
  }
}

/** Bytes of a text made by `subjectText`. */
export function subjectBytes(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'utf8');
  if (!/\\x[0-9A-F]{2}/.test(text)) return bytes;
  const out = new Uint8Array(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length;) {
    const digits = bytes[at] === BACKSLASH ? /^\\x([0-9A-F]{2})/.exec(bytes.toString('latin1', at, at + 4)) : null;
    out[length++] = digits === null ? bytes[at]! : Number.parseInt(digits[1]!, 16);
    at += digits === null ? 1 : 4;
  }
  return out.slice(0, length);
}
