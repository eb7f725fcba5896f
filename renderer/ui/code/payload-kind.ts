import { codeLimits } from './limits.ts';
import { isUtf8, unfinishedTail } from './visible-text.ts';

export type PayloadKind = 'json' | 'text' | 'binary' | 'empty';

/** Why a payload is shown the way it is. */
export type KindSource = 'Content-Type' | 'looks like it' | 'bytes';

/**
 * Whether it is worth reading as JSON: the header says so, or its first byte that is no white space can begin a value.
 */
export function mayBeJson(bytes: Uint8Array, contentType: string | undefined): boolean {
  if (bytes.length === 0 || bytes.length > codeLimits.jsonBytesMax) return false;
  if (saysJson(contentType)) return true;
  let at = 0;
  while (at < bytes.length && (bytes[at] === 0x20 || (bytes[at]! >= 0x09 && bytes[at]! <= 0x0d))) at++;
  if (at === bytes.length) return false;
  const first = String.fromCharCode(bytes[at]!);
  return '{["tfn-0123456789'.includes(first);
}

/** Whether somebody meant it as JSON, so that what is wrong with it is worth a word. */
export function meantAsJson(bytes: Uint8Array, contentType: string | undefined): boolean {
  if (saysJson(contentType)) return true;
  let at = 0;
  while (at < bytes.length && (bytes[at] === 0x20 || (bytes[at]! >= 0x09 && bytes[at]! <= 0x0d))) at++;
  return bytes[at] === 0x7b || bytes[at] === 0x5b;
}

export function saysJson(contentType: string | undefined): boolean {
  return contentType !== undefined && /^[\w.+-]+\/(?:[\w.-]+\+)?json\b/i.test(contentType.trim());
}

/** A text may hold a bell or a colour code; one that is full of them is none. */
const controlShareMax = 0.05;

/**
 * Text when it is UTF-8 without NUL and with hardly any control characters. The end of a `partial` payload may cut a
 * character.
 */
export function isText(bytes: Uint8Array, partial: boolean): boolean {
  let controls = 0;
  for (const byte of bytes) {
    if (byte === 0) return false;
    // Tab, line breaks, and the escape that colours logs are usual.
    if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d && byte !== 0x1b) controls++;
  }
  if (controls > 0 && controls > Math.max(1, bytes.length * controlShareMax)) return false;
  const tail = partial ? unfinishedTail(bytes) : 0;
  return isUtf8(tail === 0 ? bytes : bytes.subarray(0, bytes.length - tail));
}
