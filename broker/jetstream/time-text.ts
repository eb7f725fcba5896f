import type { Time } from '../store/message-log.ts';

let lastSeconds = -1;
let lastText = '';

/** RFC 3339 in UTC with as many digits of the fraction as are needed. `seconds` of the year 1 are what `time.Time{}` has in Go. */
export function timeText({ seconds, nanos }: Readonly<Time>): string {
  // Messages that are read one after the other are mostly of the same second.
  if (seconds !== lastSeconds) {
    lastSeconds = seconds;
    lastText = new Date(seconds * 1000).toISOString().slice(0, 19).replace(/^\+00/, '');
  }
  if (nanos === 0) return `${lastText}Z`;
  return `${lastText}.${String(nanos).padStart(9, '0').replace(/0+$/, '')}Z`;
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
