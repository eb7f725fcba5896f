/**
 * The binary digits of π behind its point, in words of 32 bits: what Blowfish begins with. Made when they are first
 * needed, in a few milliseconds, by the Chudnovsky series.
 */
export function piFraction(words: number): Int32Array {
  // Some bits more, for what rounding takes.
  const extra = 64n;
  const bits = BigInt(words) * 32n + extra;
  const { q, t } = sum(0n, bits / BITS_PER_TERM + 2n);
  const pi = (q * 426880n * squareRoot(10005n << (2n * bits))) / t;
  const digits = ((pi - (3n << bits)) >> extra).toString(16).padStart(words * 8, '0');
  return Int32Array.from({ length: words }, (_, at) => Number.parseInt(digits.slice(at * 8, at * 8 + 8), 16));
}

const BITS_PER_TERM = 47n;
const CUBE_OVER_24 = 640320n ** 3n / 24n;

/** Terms `from` to below `to` as fractions over common products: halves are summed first, so that factors stay small. */
function sum(from: bigint, to: bigint): { p: bigint; q: bigint; t: bigint } {
  if (to - from === 1n) {
    const p = from === 0n ? 1n : (6n * from - 5n) * (2n * from - 1n) * (6n * from - 1n);
    const q = from === 0n ? 1n : from ** 3n * CUBE_OVER_24;
    const t = p * (13591409n + 545140134n * from);
    return { p, q, t: from % 2n === 0n ? t : -t };
  }
  const middle = (from + to) / 2n;
  const left = sum(from, middle);
  const right = sum(middle, to);
  return { p: left.p * right.p, q: left.q * right.q, t: right.q * left.t + left.p * right.t };
}

/** The whole part, by Newton's iteration from above. */
function squareRoot(square: bigint): bigint {
  let root = 1n << BigInt(Math.ceil(square.toString(16).length * 2));
  for (;;) {
    const next = (root + square / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}
