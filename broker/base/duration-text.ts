/** Times as Go writes and reads them: `2m`, `1h30m`, `1.5s`, `-100ms`. */

const NANOSECONDS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};
const LONGEST = 2n ** 63n;

/** A text that is no time. `message` is what Go says. */
export class DurationError extends Error {
  override readonly name = 'DurationError';
}

/** Milliseconds, to the nanosecond. Throws a `DurationError`. */
export function parseGoDuration(text: string): number {
  const invalid = (): DurationError => new DurationError(`time: invalid duration ${quoted(text)}`);
  const sign = /^[-+]/.exec(text)?.[0] ?? '';
  let rest = text.slice(sign.length);
  if (rest === '0') return 0;
  if (rest === '') throw invalid();
  let total = 0n;
  while (rest !== '') {
    const [, whole = '', point = '', fraction = '', unit = ''] = /^(\d*)(\.?)(\d*)([^\d.]*)/.exec(rest) ?? [];
    if (whole === '' && fraction === '') throw invalid();
    const integer = BigInt(whole || '0');
    if (integer > LONGEST) throw invalid();
    if (unit === '') throw new DurationError(`time: missing unit in duration ${quoted(text)}`);
    const factor = Object.hasOwn(NANOSECONDS, unit) ? NANOSECONDS[unit] : undefined;
    if (factor === undefined) {
      throw new DurationError(`time: unknown unit ${quoted(unit)} in duration ${quoted(text)}`);
    }
    total += integer * factor;
    if (fraction !== '') total += (BigInt(fraction) * factor) / 10n ** BigInt(fraction.length);
    if (total > LONGEST) throw invalid();
    rest = rest.slice(whole.length + point.length + fraction.length + unit.length);
  }
  if (sign !== '-' && total === LONGEST) throw invalid();
  return Number(sign === '-' ? -total : total) / 1e6;
}

/** Milliseconds as Go prints them. */
export function formatGoDuration(ms: number): string {
  const nanoseconds = BigInt(Math.round(Math.abs(ms) * 1e6));
  if (nanoseconds === 0n) return '0s';
  const sign = ms < 0 ? '-' : '';
  if (nanoseconds < 1000n) return `${sign}${nanoseconds}ns`;
  if (nanoseconds < 1_000_000n) return `${sign}${decimal(nanoseconds, 3)}µs`;
  if (nanoseconds < 1_000_000_000n) return `${sign}${decimal(nanoseconds, 6)}ms`;
  const minutes = nanoseconds / 60_000_000_000n;
  const seconds = `${decimal(nanoseconds % 60_000_000_000n, 9)}s`;
  if (minutes === 0n) return `${sign}${seconds}`;
  const hours = minutes / 60n;
  return `${sign}${hours === 0n ? '' : `${hours}h`}${minutes % 60n}m${seconds}`;
}

/** `value` with the point `digits` from the right, without zeros at the end. */
function decimal(value: bigint, digits: number): string {
  const scale = 10n ** BigInt(digits);
  const fraction = String(value % scale)
    .padStart(digits, '0')
    .replace(/0+$/, '');
  return `${value / scale}${fraction === '' ? '' : `.${fraction}`}`;
}

/** The quotes of Go's time package: bytes that are no plain ASCII are written as such. */
function quoted(text: string): string {
  let out = '"';
  for (const byte of Buffer.from(text)) {
    const char = String.fromCharCode(byte);
    if (byte >= 128 || byte < 32) out += `\\x${byte.toString(16).padStart(2, '0')}`;
    else out += char === '"' || char === '\\' ? `\\${char}` : char;
  }
  return `${out}"`;
}
