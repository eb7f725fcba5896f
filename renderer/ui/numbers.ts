/** Numbers as text. Digits are grouped with U+202F, the narrow space that does not break. */

const group = '\u202f';

/** `1 842 019`. */
export function grouped(value: number): string {
  const text = String(Math.round(Math.abs(value)));
  let out = '';
  for (let at = 0; at < text.length; at++) {
    if (at > 0 && (text.length - at) % 3 === 0) out += group;
    out += text[at] ?? '';
  }
  return value < 0 ? `−${out}` : out;
}

const steps: readonly (readonly [limit: number, unit: string])[] = [
  [1e3, 'k'],
  [1e6, 'M'],
  [1e9, 'G'],
  [1e12, 'T'],
];

/** At most six characters for a column: `1 776`, `61.0k`, `118.7k`, `1.36M`. Cut, not rounded up to the next unit. */
export function compact(value: number): string {
  if (value < 10_000) return grouped(value);
  const [limit, unit] = steps.findLast(([limit]) => value >= limit) ?? [1, ''];
  const scaled = value / limit;
  const digits = unit === 'k' ? 1 : scaled < 10 ? 2 : scaled < 100 ? 1 : 0;
  const factor = 10 ** digits;
  return `${(Math.floor(scaled * factor) / factor).toFixed(digits)}${unit}`;
}

/** A rate in a column: `0.1`, `89`, `9 216`, `118.7k`. */
export function rate(value: number): string {
  // From 9.95 on it would be rounded to `10.0`.
  if (value < 9.95) return value.toFixed(1);
  return value < 100_000 ? grouped(value) : compact(value);
}

/** A rate with its unit where there is little room: `0/s`, `3 104/s`, `12.4k/s`. */
export function ratePerSecond(value: number): string {
  return `${value > 0 && value < 9.95 ? value.toFixed(1) : compact(Math.round(value))}/s`;
}

const byteUnits = ['B', 'KB', 'MB', 'GB', 'TB'];

/** Sizes count in 1024: `412 B`, `3.1 MB`, `183 MB`. */
export function bytes(value: number): string {
  let unit = 0;
  let scaled = value;
  while (scaled >= 1024 && unit < byteUnits.length - 1) {
    scaled /= 1024;
    unit++;
  }
  const text = unit === 0 || scaled >= 99.95 ? grouped(scaled) : scaled.toFixed(1).replace(/\.0$/, '');
  return `${text} ${byteUnits[unit] ?? ''}`;
}

/** The number of whole units of the size that `whole` reads best in, without its unit: `183` of `183 / 256 MB`. */
export function bytesInUnitOf(value: number, whole: number): string {
  let divisor = 1;
  while (whole / divisor >= 1024) divisor *= 1024;
  return grouped(value / divisor);
}

/** Time since, from microseconds: `0 s`, `14 m`, `3 h`, `5 d`. */
export function age(microseconds: number): string {
  const seconds = Math.max(0, Math.floor(microseconds / 1e6));
  if (seconds < 60) return `${String(seconds)} s`;
  if (seconds < 3600) return `${String(Math.floor(seconds / 60))} m`;
  if (seconds < 86_400) return `${String(Math.floor(seconds / 3600))} h`;
  return `${String(Math.floor(seconds / 86_400))} d`;
}

/** How long something stands, from milliseconds, in its two largest units: `48 s`, `14 m`, `2 h 14 m`, `3 d 4 h`. */
export function uptime(milliseconds: number): string {
  const minutes = Math.floor(Math.max(0, milliseconds) / 60_000);
  if (minutes < 1) return `${String(Math.floor(Math.max(0, milliseconds) / 1000))} s`;
  if (minutes < 60) return `${String(minutes)} m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${String(hours)} h ${String(minutes % 60)} m`;
  return `${String(Math.floor(hours / 24))} d ${String(hours % 24)} h`;
}

/** A stopwatch, from milliseconds: `0:42`, `1:02:03`. */
export function stopwatch(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (value: number) => String(value).padStart(2, '0');
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${String(h)}:${two(m)}:${two(s)}` : `${String(m)}:${two(s)}`;
}

/** A duration, from milliseconds: `0.21 ms`, `38.6 ms`, `1.2 s`. */
export function milliseconds(value: number): string {
  if (value < 10) return `${value.toFixed(2)} ms`;
  if (value < 100) return `${value.toFixed(1)} ms`;
  return value < 1000 ? `${String(Math.round(value))} ms` : `${(value / 1000).toFixed(1)} s`;
}

let secondOfText = NaN;
let hourText = '';
let restText = '';

export interface ClockText {
  /** `14:` */
  hour: string;
  /** `02:11.412` */
  rest: string;
}

/** Local time of day from microseconds since the epoch. Most calls are for the second of the call before. */
export function clock(microseconds: number): ClockText {
  const second = Math.floor(microseconds / 1e6);
  if (second !== secondOfText) {
    const date = new Date(second * 1000);
    const two = (value: number) => String(value).padStart(2, '0');
    secondOfText = second;
    hourText = `${two(date.getHours())}:`;
    restText = `${two(date.getMinutes())}:${two(date.getSeconds())}.`;
  }
  const thousandth = Math.floor((microseconds - second * 1e6) / 1000);
  return { hour: hourText, rest: restText + String(thousandth).padStart(3, '0') };
}

/** `1 subject`, `806 subjects`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}
