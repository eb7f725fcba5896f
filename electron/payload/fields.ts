/**
 * What a row shows of a payload: the scalars of a JSON object, the text of a text, the size of what is neither. Made
 * from the first bytes only and for rows that are looked at only.
 */

import type { ChangedField } from '../bridge/contract.ts';
import { skipSpace, stringAt, walkFields } from './json-scan.ts';

/** Bytes of a payload that are looked at for a row. */
export const FIELD_BYTES_MAX = 16 * 1024;
const FIELDS_SCANNED_MAX = 64;
const FIELDS_SHOWN_MAX = 6;
const KEY_LENGTH_MAX = 64;
const TEXT_LENGTH_MAX = 96;
const DEPTH_MAX = 4;
/** Enough to tell text from what is not. */
const SNIFF_BYTES_MAX = 512;

export interface Field {
  key: string;
  text: string;
}

export type PayloadClass = 'empty' | 'json' | 'text' | 'binary';

export interface Summary {
  payload: PayloadClass;
  fields: Field[];
}

function shorten(text: string, length: number): string {
  if (text.length <= length) return text;
  // A pair of surrogates is not cut in two.
  const end = text.charCodeAt(length - 1) >= 0xd800 && text.charCodeAt(length - 1) <= 0xdbff ? length - 1 : length;
  return `${text.slice(0, end)}…`;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Whether bytes read as text: UTF-8 without control characters other than tab and line ends. */
export function looksLikeText(bytes: Uint8Array): boolean {
  const head = bytes.subarray(0, SNIFF_BYTES_MAX);
  let high = false;
  for (const byte of head) {
    if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d && byte !== 0x1b) return false;
    if (byte === 0x7f) return false;
    if (byte >= 0x80) high = true;
  }
  if (!high) return true;
  try {
    // A character that the end of the head cuts off is no fault.
    utf8.decode(head, { stream: bytes.length > head.length });
    return true;
  } catch {
    return false;
  } finally {
    resetDecoder();
  }
}

function resetDecoder(): void {
  try {
    utf8.decode();
  } catch {
    // What was left of a cut character.
  }
}

/** `412 B`, `1.5 KB`, `2 MB`; three digits at most. */
export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const [value, unit] = bytes < 999_500 ? [bytes / 1000, 'KB'] : [bytes / 1_000_000, 'MB'];
  return `${value < 10 ? value.toFixed(1).replace(/\.0$/, '') : Math.round(value)} ${unit}`;
}

/** @param bytes all of the payload, or at least its first `FIELD_BYTES_MAX` @param size length of all of it */
export function summarize(bytes: Uint8Array, size = bytes.length): Summary {
  if (size === 0) return { payload: 'empty', fields: [] };
  const end = Math.min(bytes.length, FIELD_BYTES_MAX);
  const json = jsonFields(bytes, end, size);
  if (json !== null) return { payload: 'json', fields: json };
  if (!looksLikeText(bytes)) return { payload: 'binary', fields: [{ key: '', text: sizeText(size) }] };
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(end, TEXT_LENGTH_MAX * 4)).toString('utf8');
  return { payload: 'text', fields: [{ key: '', text: shorten(head.replace(/\s+/g, ' ').trim(), TEXT_LENGTH_MAX) }] };
}

function jsonFields(bytes: Uint8Array, end: number, size: number): Field[] | null {
  const fields: Field[] = [];
  const outcome = walkFields(bytes, end, DEPTH_MAX, {
    value(key, type, start, after) {
      const text = type === 'string' ? stringAt(bytes, start, after) : rawText(bytes, start, after);
      if (type !== 'object' && type !== 'array')
        fields.push({ key: shorten(key, KEY_LENGTH_MAX), text: shorten(text, TEXT_LENGTH_MAX) });
      else if (key === '') fields.push({ key: '', text: shorten(text.replace(/\s+/g, ' '), TEXT_LENGTH_MAX) });
      return fields.length < FIELDS_SCANNED_MAX;
    },
  });
  if (outcome === 'invalid') return null;
  // Cut by our own limit it is taken for the JSON it began as; cut before, it is none.
  if (outcome === 'cut' && end === size) return null;
  if (outcome === 'cut' && fields.length === 0) {
    const first = bytes[skipSpace(bytes, 0, end)];
    if (first !== 0x7b && first !== 0x5b) return null;
    fields.push({
      key: '',
      text: shorten(rawText(bytes, 0, TEXT_LENGTH_MAX * 2).replace(/\s+/g, ' '), TEXT_LENGTH_MAX),
    });
  }
  return fields;
}

function rawText(bytes: Uint8Array, start: number, end: number): string {
  const last = Math.min(end, start + TEXT_LENGTH_MAX * 4);
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, last - start).toString('utf8');
}

/** Fields with those first that differ from an earlier summary of the same subject; without one, none is changed. */
export function compare(fields: readonly Field[], earlier: readonly Field[] | null): ChangedField[] {
  const before = new Map<string, string>();
  if (earlier !== null) for (const field of earlier) before.set(field.key, field.text);
  const changed: ChangedField[] = [];
  const same: ChangedField[] = [];
  for (const { key, text } of fields) {
    if (earlier !== null && before.get(key) !== text) changed.push({ key, text, changed: true });
    else if (same.length < FIELDS_SHOWN_MAX) same.push({ key, text, changed: false });
    if (changed.length === FIELDS_SHOWN_MAX) break;
  }
  return changed.concat(same).slice(0, FIELDS_SHOWN_MAX);
}
