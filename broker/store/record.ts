/**
 * A record of the log: 32 bytes of head, the subject, the body. Subject and body are padded with zeros to eight bytes, so
 * that every record and every body begins at a multiple of eight. All numbers are little-endian.
 *
 *      0  check     int32   over everything behind it, under the salt of its file
 *      4  bodyBytes uint32  header block and payload
 *      8  sequence  float64
 *     16  seconds   the lower 32 bits of the time in seconds
 *     20  nanos     uint32
 *     24  parts     20 bits of subjectBytes, 4 bits of kind, 8 bits of the upper seconds (signed)
 *     28  header    uint32  bytes of the header block
 *
 * How long a record is follows from its parts, which the check covers.
 */
export const HEAD_BYTES = 32;

/** What a record says. 0 is none, so that zeros are never a record. */
export const KIND = {
  /**
   * The first of a segment: the last sequence and its time when it was begun. What lies above it in earlier segments was
   * given up.
   */
  start: 1,
  message: 2,
  /** Messages from `sequence` to the float64 in the body (none: that one only) are gone. */
  remove: 3,
  /** The last sequence is this one, though there is no such message. */
  skip: 4,
  /** A message whose bytes were overwritten. */
  erased: 5,
} as const;

const SUBJECT_MASK = 0xfffff;

/** Bytes of a subject that a record can hold. */
export const SUBJECT_BYTES_HIGHEST = SUBJECT_MASK;

/** The same memory in the shapes that records are written and read with. */
export class Image {
  readonly bytes: Buffer<ArrayBuffer>;
  readonly words: Int32Array<ArrayBuffer>;
  readonly doubles: Float64Array<ArrayBuffer>;

  /** `size` is a multiple of eight. */
  constructor(size: number) {
    const memory = new ArrayBuffer(size);
    this.bytes = Buffer.from(memory);
    this.words = new Int32Array(memory);
    this.doubles = new Float64Array(memory);
  }
}

export const NO_IMAGE = new Image(0);

/** Rounds up to a multiple of eight. */
export function padded(size: number): number {
  return size < 0x7fff_fff8 ? (size + 7) & ~7 : Math.ceil(size / 8) * 8;
}

export function recordBytes(subjectBytes: number, bodyBytes: number): number {
  return HEAD_BYTES + padded(subjectBytes) + padded(bodyBytes);
}

/** Writes a record without subject; `last` becomes its body. Returns where it ends. */
export function writeNote(
  image: Image,
  at: number,
  kind: number,
  sequence: number,
  last: number | undefined,
  time: { readonly seconds: number; readonly nanos: number },
  salt: number,
): number {
  const { words, doubles } = image;
  const word = at >> 2;
  const bodyBytes = last === undefined ? 0 : 8;
  const end = at + HEAD_BYTES + bodyBytes;
  words[word + 1] = bodyBytes;
  doubles[(at >> 3) + 1] = sequence;
  words[word + 4] = time.seconds | 0;
  words[word + 5] = time.nanos;
  words[word + 6] = (kind << 20) | (Math.floor(time.seconds / 0x1_0000_0000) << 24);
  words[word + 7] = 0;
  if (last !== undefined) doubles[(at + HEAD_BYTES) >> 3] = last;
  words[word] = check(words, word + 1, end >> 2, salt);
  return end;
}

export function kindAt(words: Int32Array, at: number): number {
  return ((words[(at >> 2) + 6] as number) >>> 20) & 15;
}

export function subjectBytesAt(words: Int32Array, at: number): number {
  return (words[(at >> 2) + 6] as number) & SUBJECT_MASK;
}

export function timeAt(words: Int32Array, at: number, into: { seconds: number; nanos: number }): void {
  const word = at >> 2;
  into.seconds = ((words[word + 4] as number) >>> 0) + ((words[word + 6] as number) >> 24) * 0x1_0000_0000;
  into.nanos = (words[word + 5] as number) >>> 0;
}

/** Length of the record at a position that is a multiple of eight; 0 when no whole record can be there. */
export function lengthAt(words: Int32Array, at: number, end: number): number {
  if (at + HEAD_BYTES > end) return 0;
  const word = at >> 2;
  const kind = kindAt(words, at);
  if (kind < KIND.start || kind > KIND.erased) return 0;
  const bodyBytes = (words[word + 1] as number) >>> 0;
  const length = recordBytes(subjectBytesAt(words, at), bodyBytes);
  return at + length > end || (words[word + 7] as number) >>> 0 > bodyBytes ? 0 : length;
}

/** Whether there is a whole record whose check holds; its length, or 0. */
export function soundAt(words: Int32Array, at: number, end: number, salt: number): number {
  const length = lengthAt(words, at, end);
  if (length === 0) return 0;
  return check(words, (at >> 2) + 1, (at + length) >> 2, salt) === words[at >> 2] ? length : 0;
}

const PRIME_A = 0x9e3779b1 | 0;
const PRIME_B = 0x85ebca77 | 0;
const PRIME_C = 0xc2b2ae3d | 0;

/**
 * A hash of words in 32 bits: four lanes that each take every fourth word, by exclusive or, rotation and multiplication
 * (each of which can be undone, so that a change of one word never goes unseen), mixed at the end. It is quick because the
 * lanes do not wait for each other.
 */
export function check(words: Int32Array, start: number, end: number, salt: number): number {
  let a = salt ^ PRIME_A;
  let b = salt ^ PRIME_B;
  let c = salt ^ PRIME_C;
  let d = salt;
  let i = start;
  for (const whole = end - 3; i < whole; i += 4) {
    a ^= words[i] as number;
    b ^= words[i + 1] as number;
    c ^= words[i + 2] as number;
    d ^= words[i + 3] as number;
    a = Math.imul((a << 13) | (a >>> 19), PRIME_A);
    b = Math.imul((b << 13) | (b >>> 19), PRIME_A);
    c = Math.imul((c << 13) | (c >>> 19), PRIME_A);
    d = Math.imul((d << 13) | (d >>> 19), PRIME_A);
  }
  for (; i < end; i++) {
    d ^= words[i] as number;
    d = Math.imul((d << 13) | (d >>> 19), PRIME_B);
  }
  let hash = (end - start) ^ ((a << 1) | (a >>> 31));
  hash = Math.imul(hash, PRIME_C) + ((b << 7) | (b >>> 25));
  hash = Math.imul(hash ^ (hash >>> 15), PRIME_A) + ((c << 12) | (c >>> 20));
  hash = Math.imul(hash ^ (hash >>> 15), PRIME_B) + ((d << 18) | (d >>> 14));
  hash = Math.imul(hash ^ (hash >>> 15), PRIME_A);
  hash = Math.imul(hash ^ (hash >>> 13), PRIME_C);
  return hash ^ (hash >>> 16);
}
