/** Small texts of buckets. Pure. */

import type { KvFacts, KvOperation } from '../../electron/bridge/contract.ts';
import { kinds } from '../ui/code/json-lines.ts';
import { scanJson } from '../ui/code/json-scan.ts';
import { escapeInvisible } from '../ui/code/visible-text.ts';
import { isText } from '../ui/code/payload-kind.ts';
import { bytes } from '../ui/numbers.ts';

export const operationWords: Record<KvOperation, string> = {
  put: 'PUT',
  delete: 'DEL',
  purge: 'PURGE',
  expired: 'EXPIRED',
};

const goneWords: Record<Exclude<KvOperation, 'put'>, string> = {
  delete: 'deleted',
  purge: 'purged',
  expired: 'expired',
};

const decoder = new TextDecoder();

/** A value in one line. */
export function valueLine(preview: Uint8Array, length: number): string {
  if (length === 0) return '';
  if (!isText(preview, preview.length < length)) return `${bytes(length)} of binary`;
  const text = escapeInvisible(decoder.decode(preview).replaceAll(/\s+/g, ' ').trim());
  return preview.length < length ? `${text}…` : text;
}

/** What tells one value of a key from another in little room: the scalars of an object, without their names. */
export function scalarLine(value: Uint8Array, length: number): string {
  if (value[0] !== 0x7b || value.length < length) return valueLine(value, length);
  const scan = scanJson(value);
  if (scan.problem !== null) return valueLine(value, length);
  const lines = scan.lines();
  const scalars: string[] = [];
  for (let line = 0; line < lines.count && scalars.length < 12; line++) {
    const kind = lines.kind(line);
    if (kind !== kinds.string && kind !== kinds.number && kind !== kinds.literal) continue;
    const text = decoder.decode(value.subarray(lines.start(line), lines.end(line)));
    scalars.push(escapeInvisible(kind === kinds.string ? text.slice(1, -1) : text));
  }
  return scalars.length === 0 ? valueLine(value, length) : scalars.join(' · ');
}

/** What a row says of a key: its value, or how it went. */
export function factLine({ operation, preview, bytes: length }: KvFacts): string {
  return operation === 'put' ? valueLine(preview, length) : goneWords[operation];
}

const units: [milliseconds: number, unit: string][] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'm'],
  [1000, 's'],
];

/** `30 m`, `15 s`; `–` for none. */
export function period(milliseconds: number): string {
  if (milliseconds === 0) return '–';
  const [size, unit] = units.find(([size]) => milliseconds % size === 0) ?? [1, 'ms'];
  return `${String(milliseconds / size)} ${unit}`;
}

/** The same as one writes it: `30m`; '' for none. */
export function writtenPeriod(milliseconds: number): string {
  return milliseconds === 0 ? '' : period(milliseconds).replace(' ', '');
}

/** Milliseconds of `90s`, `15m`, `2h`, `7d`, `250ms`, `1h30m`; 0 for an empty text; null for what is no time. */
export function readPeriod(text: string): number | null {
  const given = text.trim();
  if (given === '') return 0;
  if (!/^(\d+(\.\d+)?\s*(ms|s|m|h|d)\s*)+$/.test(given)) return null;
  let sum = 0;
  for (const [, number, unit] of given.matchAll(/(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)/g)) {
    const size = unit === 'ms' ? 1 : (units.find(([, name]) => name === unit)?.[0] ?? 1);
    sum += Number(number) * size;
  }
  return Math.round(sum);
}

/** A size as one writes it: `64MiB`; '' for no limit. */
export function writtenSize(size: number): string {
  if (size < 0) return '';
  for (const [factor, unit] of sizeUnits) if (size > 0 && size % factor === 0) return `${String(size / factor)}${unit}`;
  return String(size);
}

const sizeUnits: [factor: number, unit: string][] = [
  [1024 ** 4, 'TiB'],
  [1024 ** 3, 'GiB'],
  [1024 ** 2, 'MiB'],
  [1024, 'KiB'],
];

/** Bytes of `64 MiB`, `64M`, `1000`; -1 for an empty text; null for what is no size. */
export function readSize(text: string): number | null {
  const given = text.trim();
  if (given === '') return -1;
  const [, number, letter] = /^(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?$/i.exec(given) ?? [];
  if (number === undefined) return null;
  const factor = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 }[(letter ?? '').toUpperCase()] ?? 1;
  return Math.round(Number(number) * factor);
}

/** A document of JSON with a member on each line, as bytes. */
export function prettyConfig(text: string | null): Uint8Array | null {
  return text === null ? null : new TextEncoder().encode(JSON.stringify(JSON.parse(text), null, 2));
}
