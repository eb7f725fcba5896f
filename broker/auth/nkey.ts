import { generateKeyPairSync } from 'node:crypto';

/** First byte of the 35 that a key is made of; it becomes the first letter. */
const PREFIXES = { server: 13 << 3, curve: 23 << 3 } as const;

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** A new public key as NATS writes it: 56 letters and digits, `N…` for a server, `X…` for a key to encrypt to. */
export function newPublicKey(kind: keyof typeof PREFIXES): string {
  const { publicKey } = kind === 'server' ? generateKeyPairSync('ed25519') : generateKeyPairSync('x25519');
  const { x } = publicKey.export({ format: 'jwk' });
  return encodeKey(PREFIXES[kind], Buffer.from(x as string, 'base64url'));
}

function encodeKey(prefix: number, key: Uint8Array): string {
  const raw = new Uint8Array(key.length + 3);
  raw[0] = prefix;
  raw.set(key, 1);
  const check = crc16(raw.subarray(0, key.length + 1));
  raw[key.length + 1] = check & 0xff;
  raw[key.length + 2] = check >> 8;
  return base32(raw);
}

/** CRC-16 with the polynomial 0x1021 and an initial value of 0, as the nkeys format asks for. */
function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000) !== 0 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
  }
  return crc;
}

function base32(bytes: Uint8Array): string {
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
