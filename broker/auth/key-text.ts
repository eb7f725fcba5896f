/** How keys are written down: base32 without padding of a prefix, the bytes, and a check sum (the nkeys format). */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const VALUES = new Map(Array.from(ALPHABET, (letter, value) => [letter, value]));
const CHECK_BYTES = 2;
/** Remainders of 8 letters that no number of bytes is written with. */
const NO_LENGTH_OF_BYTES = new Set([1, 3, 6]);

/** Prefix and key as text. */
export function encodeKeyText(prefix: readonly number[], key: Uint8Array): string {
  const raw = new Uint8Array(prefix.length + key.length + CHECK_BYTES);
  raw.set(prefix);
  raw.set(key, prefix.length);
  const end = raw.length - CHECK_BYTES;
  const check = crc16(raw.subarray(0, end));
  raw[end] = check & 0xff;
  raw[end + 1] = check >> 8;
  return base32(raw);
}

/** Prefix and key without the check sum; undefined when the text is not base32 or the sum is not right. */
export function decodeKeyText(text: string): Uint8Array | undefined {
  const raw = fromBase32(text);
  if (raw === undefined || raw.length <= CHECK_BYTES) return undefined;
  const end = raw.length - CHECK_BYTES;
  const check = (raw[end] as number) | ((raw[end + 1] as number) << 8);
  return crc16(raw.subarray(0, end)) === check ? raw.subarray(0, end) : undefined;
}

/** CRC-16 with the polynomial 0x1021 and an initial value of 0, as the format asks for. */
function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000) !== 0 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
  }
  return crc;
}

/** Letters and digits without padding. */
export function base32(bytes: Uint8Array): string {
  let out = '';
  let value = 0;
  let bits = 0;
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      out += ALPHABET[(value >> bits) & 31];
    }
    value &= (1 << bits) - 1;
  }
  if (bits > 0) out += ALPHABET[(value << (5 - bits)) & 31];
  return out;
}

/** A last letter that adds no whole byte is refused; bits of it that make none count for nothing, as in Go. */
function fromBase32(text: string): Uint8Array | undefined {
  if (NO_LENGTH_OF_BYTES.has(text.length % 8)) return undefined;
  const bytes = new Uint8Array(Math.floor((text.length * 5) / 8));
  let value = 0;
  let bits = 0;
  let length = 0;
  for (const letter of text) {
    const five = VALUES.get(letter);
    if (five === undefined) return undefined;
    value = (value << 5) | five;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes[length++] = value >> bits;
    value &= (1 << bits) - 1;
  }
  return bytes;
}
