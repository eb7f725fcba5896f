/** Times and durations as nats-server writes them in JSON. */

/** RFC 3339 in UTC with the digits of the fraction that are needed, up to microseconds; `ms` since the Unix epoch. */
export function timestamp(ms: number): string {
  const whole = Math.floor(ms);
  const micros = Math.round((ms - whole) * 1000);
  if (micros === 1000) return timestamp(whole + 1);
  const text = new Date(whole).toISOString();
  const fraction = (text.slice(20, 23) + String(micros).padStart(3, '0')).replace(/0+$/, '');
  return `${text.slice(0, 19)}${fraction === '' ? '' : `.${fraction}`}Z`;
}

/** Whole seconds, as `uptime` and `idle` have them: `5s`, `2h0m5s`, `1d2h3m4s`, `1y0d0h0m0s`. */
export function uptime(ms: number): string {
  const seconds = Math.max(0, Math.trunc(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  const years = Math.floor(days / 365);
  const parts: [number, string][] = [
    [years, 'y'],
    [years > 0 ? days % 365 : days, 'd'],
    [hours % 24, 'h'],
    [minutes % 60, 'm'],
    [seconds % 60, 's'],
  ];
  const first = parts.findIndex(([value]) => value > 0);
  return parts
    .slice(first === -1 ? -1 : first)
    .map(([value, unit]) => `${value}${unit}`)
    .join('');
}

/** A duration as Go prints it: `397µs`, `3.405ms`, `1.5s`, `1m30s`, `0s`. */
export function duration(micros: number): string {
  const nanos = Math.round(micros * 1000);
  if (nanos === 0) return '0s';
  const sign = nanos < 0 ? '-' : '';
  const size = Math.abs(nanos);
  if (size < 1000) return `${sign}${size}ns`;
  if (size < 1_000_000) return `${sign}${size / 1000}µs`;
  if (size < 1_000_000_000) return `${sign}${size / 1_000_000}ms`;
  const minutes = Math.floor(size / 60_000_000_000);
  const seconds = `${(size % 60_000_000_000) / 1_000_000_000}s`;
  if (minutes === 0) return sign + seconds;
  const hours = Math.floor(minutes / 60);
  return `${sign}${hours > 0 ? `${hours}h` : ''}${minutes % 60}m${seconds}`;
}

export const NANOS_PER_MS = 1_000_000;
