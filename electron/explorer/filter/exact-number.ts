/** Numbers as they are written. What a double holds exactly is a number; longer ones keep their digits. */

export class ExactNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Numeric = number | ExactNumber;

/** Digits that every double keeps. */
const DIGITS_SAFE = 15;
/** Powers of ten beyond this are compared as doubles: infinite or zero. */
const POWER_MAX = 400;
const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** Null for a text that is no number. */
export function readNumber(text: string): Numeric | null {
  if (text.length <= DIGITS_SAFE) return NUMBER.test(text) ? Number(text) : null;
  return NUMBER.test(text) ? new ExactNumber(text) : null;
}

interface Decimal {
  digits: bigint;
  power: number;
}

function decimalOf(value: Numeric): Decimal | null {
  const match = NUMBER.exec(typeof value === 'number' ? String(value) : value.text);
  if (match === null) return null;
  const [, sign, whole, part = '', exponent = '0'] = match;
  const power = Number(exponent) - part.length;
  if (Math.abs(power) > POWER_MAX) return null;
  const digits = BigInt(`${whole}${part}`);
  return { digits: sign === '-' ? -digits : digits, power };
}

function doubleOf(value: Numeric): number {
  return typeof value === 'number' ? value : Number(value.text);
}

/** Below 0, 0 or above 0 as `a` is less than, equal to or greater than `b`. */
export function compareNumbers(a: Numeric, b: Numeric): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const left = decimalOf(a);
  const right = decimalOf(b);
  if (left === null || right === null) return doubleOf(a) - doubleOf(b) || 0;
  const power = Math.min(left.power, right.power);
  const one = left.digits * 10n ** BigInt(left.power - power);
  const other = right.digits * 10n ** BigInt(right.power - power);
  return one < other ? -1 : one > other ? 1 : 0;
}
