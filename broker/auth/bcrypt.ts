import { randomBytes, timingSafeEqual } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { BCRYPT_SLICE_MS } from '../limits.ts';
import { piFraction } from './pi-bits.ts';

/**
 * Passwords kept as bcrypt hashes. A check takes a quarter of a second at the usual cost of 11, and messages must not
 * wait for that: it is done in slices of some milliseconds, and the loop turns between them. (bcryptjs, which does the
 * same, has slices of 100 ms.)
 */

/** What nats-server takes for a bcrypt hash. */
export function isBcrypt(text: string): boolean {
  return /^\$2[abxy]\$\d{2}\$/.test(text);
}

/** Whether the hash is of that password. False also for a hash that is cut or has no valid cost, and when `signal` aborts. */
export async function bcryptMatches(password: string, hash: string, signal?: AbortSignal): Promise<boolean> {
  const parts = /^\$2[abxy]\$(\d\d)\$([./A-Za-z0-9]{22})([./A-Za-z0-9]{31})$/.exec(hash);
  if (parts === null) return false;
  const cost = Number(parts[1]);
  if (cost < COST_MIN || cost > COST_MAX) return false;
  const digest = await bcrypt(password, cost, decode(parts[2] as string, SALT_BYTES), signal);
  if (digest === undefined) return false;
  return timingSafeEqual(Buffer.from(encode(digest)), Buffer.from(parts[3] as string));
}

/** `$2a$…` of a password, with a salt of its own. `cost` is the binary logarithm of the rounds, 4 … 31. */
export async function bcryptHash(password: string, cost: number): Promise<string> {
  if (!Number.isInteger(cost) || cost < COST_MIN || cost > COST_MAX) {
    throw new RangeError(`the cost of a bcrypt hash is a whole number from ${COST_MIN} to ${COST_MAX}, not ${cost}`);
  }
  if (Buffer.byteLength(password) > PASSWORD_BYTES_MAX) {
    throw new RangeError(`bcrypt takes passwords of up to ${PASSWORD_BYTES_MAX} bytes`);
  }
  const salt = randomBytes(SALT_BYTES);
  const digest = (await bcrypt(password, cost, salt)) as Uint8Array;
  return `$2a$${String(cost).padStart(2, '0')}$${encode(salt)}${encode(digest)}`;
}

const COST_MIN = 4;
const COST_MAX = 31;
const SALT_BYTES = 16;
/** What the key schedule has room for; the rest of a longer password counts for nothing. */
const PASSWORD_BYTES_MAX = 72;
/** The last byte of the last block is cut off: an old mistake that everybody keeps. */
const DIGEST_BYTES = 23;
const ROUND_KEYS = 18;
const BOX_WORDS = 1024;

/** `OrpheanBeholderScryDoubt`, enciphered 64 times. */
const TEXT = Int32Array.of(0x4f727068, 0x65616e42, 0x65686f6c, 0x64657253, 0x63727944, 0x6f756274);

let initial: Int32Array | undefined;

/** Undefined when `signal` aborted it. */
async function bcrypt(
  password: string,
  cost: number,
  salt: Uint8Array,
  signal?: AbortSignal,
): Promise<Uint8Array | undefined> {
  initial ??= piFraction(ROUND_KEYS + BOX_WORDS);
  const keys = initial.slice(0, ROUND_KEYS);
  const boxes = initial.slice(ROUND_KEYS);
  const passwordWords = cyclicWords(Buffer.concat([Buffer.from(password), Buffer.of(0)]));
  const saltWords = cyclicWords(salt);
  expand(keys, boxes, passwordWords, saltWords);
  let sliceEnd = performance.now() + BCRYPT_SLICE_MS;
  for (let round = 2 ** cost; round > 0; round--) {
    expand(keys, boxes, passwordWords, NO_SALT);
    expand(keys, boxes, saltWords, NO_SALT);
    if (performance.now() < sliceEnd) continue;
    await nextTurn();
    if (signal?.aborted === true) return undefined;
    sliceEnd = performance.now() + BCRYPT_SLICE_MS;
  }
  const text = TEXT.slice();
  for (let at = 0; at < text.length; at += 2) {
    for (let times = 0; times < 64; times++) encipher(keys, boxes, text, at);
  }
  const digest = Buffer.alloc(text.length * 4);
  text.forEach((word, at) => digest.writeInt32BE(word, at * 4));
  return digest.subarray(0, DIGEST_BYTES);
}

/** As many words as there are round keys, from bytes that begin anew when they are used up. */
function cyclicWords(bytes: Uint8Array): Int32Array {
  return Int32Array.from({ length: ROUND_KEYS }, (_, at) => {
    let word = 0;
    for (let i = 0; i < 4; i++) word = (word << 8) | (bytes[(at * 4 + i) % bytes.length] as number);
    return word;
  });
}

const NO_SALT = new Int32Array(ROUND_KEYS);

/** Mixes the words into the keys, and keys and boxes through the cipher; the salt goes in four words at a time. */
function expand(keys: Int32Array, boxes: Int32Array, words: Int32Array, salt: Int32Array): void {
  for (let at = 0; at < ROUND_KEYS; at++) (keys[at] as number) ^= words[at] as number;
  const block = new Int32Array(2);
  let saltAt = 0;
  for (const target of [keys, boxes]) {
    for (let at = 0; at < target.length; at += 2) {
      (block[0] as number) ^= salt[saltAt] as number;
      (block[1] as number) ^= salt[saltAt + 1] as number;
      saltAt = (saltAt + 2) & 3;
      encipher(keys, boxes, block, 0);
      target[at] = block[0] as number;
      target[at + 1] = block[1] as number;
    }
  }
}

/** Blowfish on two words. */
function encipher(keys: Int32Array, boxes: Int32Array, block: Int32Array, at: number): void {
  let left = (block[at] as number) ^ (keys[0] as number);
  let right = block[at + 1] as number;
  for (let round = 1; round <= 16; round += 2) {
    right ^=
      ((((boxes[left >>> 24] as number) + (boxes[0x100 | ((left >>> 16) & 0xff)] as number)) ^
        (boxes[0x200 | ((left >>> 8) & 0xff)] as number)) +
        (boxes[0x300 | (left & 0xff)] as number)) ^
      (keys[round] as number);
    left ^=
      ((((boxes[right >>> 24] as number) + (boxes[0x100 | ((right >>> 16) & 0xff)] as number)) ^
        (boxes[0x200 | ((right >>> 8) & 0xff)] as number)) +
        (boxes[0x300 | (right & 0xff)] as number)) ^
      (keys[round + 1] as number);
  }
  block[at] = right ^ (keys[17] as number);
  block[at + 1] = left;
}

const LETTERS = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const STANDARD = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Base64 with an alphabet of its own. */
function encode(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('base64').replaceAll('=', '');
  return Array.from(text, (letter) => LETTERS[STANDARD.indexOf(letter)]).join('');
}

function decode(text: string, bytes: number): Uint8Array {
  const standard = Array.from(text, (letter) => STANDARD[LETTERS.indexOf(letter)]).join('');
  return Buffer.from(standard, 'base64').subarray(0, bytes);
}
