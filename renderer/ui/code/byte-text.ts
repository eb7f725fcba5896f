/** Bytes written as text, hex and Base64, both ways. */

export type Parsed = { bytes: Uint8Array<ArrayBuffer> } | { problem: TextProblem };

export interface TextProblem {
  /** From 1. */
  line: number;
  column: number;
  text: string;
}

/** `7b 22 69 64`: digits in pairs; spaces, commas, colons, line breaks and `0x` between them are passed over. */
export function parseHex(text: string): Parsed {
  const bytes = new Uint8Array(text.length >>> 1);
  let length = 0;
  let high = -1;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const digit = hexDigit(code);
    if (digit >= 0) {
      const prefix = digit === 0 && high < 0 && (text[at + 1] === 'x' || text[at + 1] === 'X');
      if (prefix) at++;
      else if (high < 0) high = digit;
      else {
        bytes[length++] = high * 16 + digit;
        high = -1;
      }
      continue;
    }
    if (!/[\s,:]/.test(text[at]!)) return problemAt(text, at, `${show(text, at)} is no hex digit`);
    if (high >= 0) return problemAt(text, at, 'The second digit of a byte is missing');
  }
  if (high >= 0) return problemAt(text, text.length, 'The second digit of a byte is missing');
  return { bytes: bytes.slice(0, length) };
}

/** Sixteen bytes a line in two groups, as a hex view shows them. */
export function printHex(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at++) {
    if (at > 0) text += at % 16 === 0 ? '\n' : at % 8 === 0 ? '  ' : ' ';
    text += bytes[at]!.toString(16).padStart(2, '0');
  }
  return text;
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const values = new Map([...alphabet].map((character, value) => [character, value]));
// RFC 4648 section 5: the letters for addresses.
values.set('-', 62).set('_', 63);

/** Base64 of RFC 4648, both alphabets, padded or not; white space is passed over. */
export function parseBase64(text: string): Parsed {
  const bytes = new Uint8Array(Math.ceil((text.length * 3) / 4));
  let length = 0;
  let digits = 0;
  let bits = 0;
  let padding = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (/\s/.test(character)) continue;
    if (character === '=') {
      padding++;
      if (digits % 4 < 2 || padding > 4 - (digits % 4)) return problemAt(text, at, 'There is no place for this =');
      continue;
    }
    const value = values.get(character);
    if (value === undefined) return problemAt(text, at, `${show(text, at)} is no Base64 character`);
    if (padding > 0) return problemAt(text, at, 'Nothing may follow the =');
    bits = ((bits << 6) | value) & 0xff_ffff;
    digits++;
    if (digits % 4 === 0) {
      bytes[length++] = bits >>> 16;
      bytes[length++] = (bits >>> 8) & 255;
      bytes[length++] = bits & 255;
    }
  }
  const rest = digits % 4;
  if (rest === 1) return problemAt(text, text.length, 'The last character stands alone');
  if (padding > 0 && rest + padding !== 4) return problemAt(text, text.length, 'A = is missing');
  if (rest === 2) bytes[length++] = (bits >>> 4) & 255;
  if (rest === 3) {
    bytes[length++] = (bits >>> 10) & 255;
    bytes[length++] = (bits >>> 2) & 255;
  }
  return { bytes: bytes.slice(0, length) };
}

export function printBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at;
    const bits = (bytes[at]! << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    text += alphabet[bits >>> 18]! + alphabet[(bits >>> 12) & 63]!;
    text += left > 1 ? alphabet[(bits >>> 6) & 63]! : '=';
    text += left > 2 ? alphabet[bits & 63]! : '=';
  }
  return text;
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  if (code >= 0x41 && code <= 0x46) return code - 0x37;
  if (code >= 0x61 && code <= 0x66) return code - 0x57;
  return -1;
}

function problemAt(text: string, at: number, problem: string): { problem: TextProblem } {
  const before = text.slice(0, at);
  const begins = before.lastIndexOf('\n') + 1;
  return { problem: { line: before.split('\n').length, column: at - begins + 1, text: problem } };
}

function show(text: string, at: number): string {
  const code = text.codePointAt(at)!;
  return code < 0x20 || code === 0x7f ? `Character ${code}` : `“${String.fromCodePoint(code)}”`;
}
