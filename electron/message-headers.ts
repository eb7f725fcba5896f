/** Header blocks: `NATS/1.0[ status[ text]]`, CR LF, `Name: value`, CR LF, …, empty line (ADR-4). */

import type { HeaderField } from './bridge/contract.ts';

const CR = 0x0d;
const LF = 0x0a;
const COLON = 0x3a;
const SPACE = 0x20;
const TAB = 0x09;
const VERSION = 'NATS/1.0';
const FIELDS_MAX = 1000;

export interface HeaderBlock {
  status: number;
  statusText: string;
  fields: HeaderField[];
  /** What is wrong with the block; `fields` then holds what could be read. */
  error?: string;
}

/** Status code of a header block (`NATS/1.0 503`), 0 when it carries none. */
export function statusOf(headers: Uint8Array): number {
  if (headers.length < 12 || headers[8] !== 0x20) return 0;
  let status = 0;
  for (let index = 9; index < 12; index++) {
    const digit = headers[index]! - 0x30;
    if (digit < 0 || digit > 9) return 0;
    status = status * 10 + digit;
  }
  return status;
}

function text(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');
}

/** Reads what can be read. Names keep their case, values lose the blanks around them, bytes that are no UTF-8 become U+FFFD. */
export function parseHeaders(bytes: Uint8Array): HeaderBlock {
  const block: HeaderBlock = { status: 0, statusText: '', fields: [] };
  if (bytes.length === 0) return block;
  const fault = (words: string): void => {
    block.error ??= words;
  };
  let line = 0;
  let ended = false;
  for (let at = 0; at < bytes.length && !ended; line++) {
    let end = at;
    while (end < bytes.length && bytes[end] !== LF) end++;
    const next = end + 1;
    if (end === bytes.length) fault(`Line ${line + 1} does not end.`);
    if (end > at && bytes[end - 1] === CR) end--;
    if (line === 0) readFirst(block, bytes, at, end, fault);
    else if (end === at) ended = true;
    else readField(block, bytes, at, end, line + 1, fault);
    if (ended && next < bytes.length) fault(`${bytes.length - next} bytes follow the blank line.`);
    at = next;
    if (block.fields.length === FIELDS_MAX && !ended) {
      fault(`Only the first ${FIELDS_MAX} headers are shown.`);
      break;
    }
  }
  if (!ended) fault('The block does not end with a blank line.');
  return block;
}

function readFirst(
  block: HeaderBlock,
  bytes: Uint8Array,
  at: number,
  end: number,
  fault: (words: string) => void,
): void {
  const first = text(bytes, at, end);
  if (!first.startsWith(VERSION)) fault(`The block starts with "${first.slice(0, 40)}", not with ${VERSION}.`);
  else {
    block.status = statusOf(bytes);
    block.statusText = block.status === 0 ? '' : first.slice(VERSION.length + 4).trim();
    if (block.status === 0 && end > at + VERSION.length) fault(`"${first.slice(0, 40)}" holds no status code.`);
  }
}

function readField(
  block: HeaderBlock,
  bytes: Uint8Array,
  at: number,
  end: number,
  line: number,
  fault: (words: string) => void,
): void {
  let colon = at;
  while (colon < end && bytes[colon] !== COLON) colon++;
  if (colon === end) return fault(`Line ${line} has no colon.`);
  if (colon === at) return fault(`Line ${line} has no name.`);
  let start = colon + 1;
  let last = end;
  while (start < last && (bytes[start] === SPACE || bytes[start] === TAB)) start++;
  while (last > start && (bytes[last - 1] === SPACE || bytes[last - 1] === TAB)) last--;
  block.fields.push({ name: text(bytes, at, colon), value: text(bytes, start, last) });
}

/** Value of the first header of a name, ignoring the case of ASCII letters; null when there is none. */
export function headerValue(bytes: Uint8Array, name: Uint8Array): string | null {
  let at = bytes.indexOf(LF) + 1;
  while (at > 0 && at < bytes.length) {
    let end = bytes.indexOf(LF, at);
    if (end < 0) end = bytes.length;
    let index = 0;
    while (index < name.length && lower(bytes[at + index]) === lower(name[index])) index++;
    if (index === name.length && bytes[at + index] === COLON) return text(bytes, at + index + 1, end).trim();
    at = end + 1;
  }
  return null;
}

function lower(byte: number | undefined): number {
  return byte === undefined ? -1 : byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
}
