import { writeLatin1 } from '../base/latin1.ts';
import type { Time } from '../store/message-log.ts';

/** Bytes of the longest text of a time. */
export const TIME_BYTES_MAX = 40;

let lastSeconds = -1;
let lastText = '';

/** RFC 3339 in UTC with as many digits of the fraction as are needed. `seconds` of the year 1 are what `time.Time{}` has in Go. */
export function timeText({ seconds, nanos }: Readonly<Time>): string {
  const whole = secondsText(seconds);
  if (nanos === 0) return `${whole}Z`;
  return `${whole}.${String(nanos).padStart(9, '0').replace(/0+$/, '')}Z`;
}

/** Writes the same text; returns the address behind it. */
export function writeTime(bytes: Uint8Array, start: number, { seconds, nanos }: Readonly<Time>): number {
  let at = writeLatin1(bytes, start, secondsText(seconds));
  if (nanos !== 0) {
    bytes[at++] = 46;
    let digits = nanos;
    let places = 9;
    for (; digits % 10 === 0; places--) digits /= 10;
    for (let i = at + places - 1; i >= at; i--) {
      bytes[i] = 48 + (digits % 10);
      digits = Math.floor(digits / 10);
    }
    at += places;
  }
  bytes[at++] = 90;
  return at;
}

function secondsText(seconds: number): string {
  // Messages that are read one after the other are mostly of the same second.
  if (seconds !== lastSeconds) {
    lastSeconds = seconds;
    lastText = new Date(seconds * 1000).toISOString().slice(0, 19).replace(/^\+00/, '');
  }
  return lastText;
}

/** Seconds of `0001-01-01T00:00:00Z`. */
export const ZERO_TIME_SECONDS = -62_135_596_800;

/** Undefined for what is no time. Digits beyond nanoseconds are dropped. */
export function parseTime(text: string): Time | undefined {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:\d\d)$/.exec(text);
  if (match === null) return undefined;
  const ms = Date.parse(`${match[1] ?? ''}${match[3] ?? ''}`);
  if (Number.isNaN(ms)) return undefined;
  return { seconds: ms / 1000, nanos: Number((match[2] ?? '').slice(0, 9).padEnd(9, '0')) };
}
