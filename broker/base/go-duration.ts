/** A time as Go prints it: `10s`, `1m30s`, `250ms`. */
export function goDuration(ms: number): string {
  if (ms < 1000) return ms === 0 ? '0s' : `${ms}ms`;
  const hours = Math.floor(ms / 3_600_000);
  const minutes = Math.floor((ms % 3_600_000) / 60_000);
  const seconds = (ms % 60_000) / 1000;
  return `${hours > 0 ? `${hours}h` : ''}${hours > 0 || minutes > 0 ? `${minutes}m` : ''}${seconds}s`;
}

/** The same of nanoseconds: `1.5µs` in latin1, `-2m0s`. */
export function goDurationOfNanos(nanos: number): string {
  if (nanos === 0) return '0s';
  let rest = BigInt(Math.round(Math.abs(nanos)));
  const sign = nanos < 0 ? '-' : '';
  for (const [unit, size] of [
    ['ns', 1n],
    ['\xc2\xb5s', 1_000n],
    ['ms', 1_000_000n],
  ] as const) {
    if (rest < size * 1000n && rest < 1_000_000_000n) return `${sign}${fraction(rest, size)}${unit}`;
  }
  const hours = rest / 3_600_000_000_000n;
  rest %= 3_600_000_000_000n;
  const minutes = rest / 60_000_000_000n;
  rest %= 60_000_000_000n;
  const long = hours > 0n ? `${hours}h${minutes}m` : minutes > 0n ? `${minutes}m` : '';
  return `${sign}${long}${fraction(rest, 1_000_000_000n)}s`;
}

function fraction(value: bigint, unit: bigint): string {
  const digits = String(value % unit).padStart(String(unit).length - 1, '0');
  const shown = unit === 1n ? '' : digits.replace(/0+$/, '');
  return `${value / unit}${shown === '' ? '' : `.${shown}`}`;
}
