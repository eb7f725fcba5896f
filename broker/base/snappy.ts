/**
 * Snappy's framed format (framing_format.txt of google/snappy), which readers of s2 read too: a stream identifier, then
 * chunks of up to 64 KiB, each with a CRC-32C of what it holds.
 */
export function snappyStream(data: Uint8Array): Uint8Array {
  return Buffer.concat([STREAM_IDENTIFIER, snappyChunks(data)]);
}

/** What a stream begins with. */
export const STREAM_IDENTIFIER: Uint8Array = Buffer.from('\xff\x06\x00\x00sNaPpY', 'latin1');

/** Chunks to follow each other behind the identifier. */
export function snappyChunks(data: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let start = 0; start < data.length; start += CHUNK_BYTES) {
    const block = data.subarray(start, start + CHUNK_BYTES);
    const packed = compressBlock(block);
    // Where nothing was gained the bytes go as they are.
    const useful = packed.length < block.length - (block.length >> 3);
    const body = useful ? packed : block;
    const head = Buffer.alloc(8);
    head.writeUInt32LE(((body.length + 4) << 8) | (useful ? COMPRESSED : PLAIN));
    head.writeUInt32LE(maskedChecksum(block), 4);
    parts.push(head, body);
  }
  return Buffer.concat(parts);
}

/** What a chunk holds at most. */
export const CHUNK_BYTES = 65_536;
const COMPRESSED = 0x00;
const PLAIN = 0x01;

/** The raw format: the length, then literals and copies from what came before. */
function compressBlock(data: Uint8Array): Uint8Array {
  const out = new Uint8Array(32 + data.length + Math.ceil(data.length / 6));
  let size = writeLength(out, data.length);
  const table = new Int32Array(TABLE_SIZE).fill(-1);
  let literalStart = 0;
  let at = 0;
  while (at + MATCH_BYTES_MIN <= data.length) {
    const hash = hashAt(data, at);
    const candidate = table[hash] as number;
    table[hash] = at;
    if (candidate < 0 || !matchesAt(data, candidate, at)) {
      at++;
      continue;
    }
    let length = MATCH_BYTES_MIN;
    while (at + length < data.length && data[candidate + length] === data[at + length]) length++;
    size = writeLiteral(out, size, data, literalStart, at);
    size = writeCopy(out, size, at - candidate, length);
    at += length;
    literalStart = at;
  }
  return out.subarray(0, writeLiteral(out, size, data, literalStart, data.length));
}

const MATCH_BYTES_MIN = 4;
const TABLE_BITS = 14;
const TABLE_SIZE = 1 << TABLE_BITS;

function hashAt(data: Uint8Array, at: number): number {
  const word =
    (data[at] as number) |
    ((data[at + 1] as number) << 8) |
    ((data[at + 2] as number) << 16) |
    ((data[at + 3] as number) << 24);
  return Math.imul(word, 0x1e35a7bd) >>> (32 - TABLE_BITS);
}

function matchesAt(data: Uint8Array, one: number, other: number): boolean {
  for (let i = 0; i < MATCH_BYTES_MIN; i++) if (data[one + i] !== data[other + i]) return false;
  return true;
}

function writeLength(out: Uint8Array, length: number): number {
  let size = 0;
  for (; length >= 0x80; length >>>= 7) out[size++] = (length & 0x7f) | 0x80;
  out[size++] = length;
  return size;
}

/** Up to 64 KiB, which is all of a block. */
function writeLiteral(out: Uint8Array, size: number, data: Uint8Array, start: number, end: number): number {
  const last = end - start - 1;
  if (last < 0) return size;
  if (last < 60) {
    out[size++] = last << 2;
  } else if (last < 256) {
    out[size++] = 60 << 2;
    out[size++] = last;
  } else {
    out[size++] = 61 << 2;
    out[size++] = last & 0xff;
    out[size++] = last >> 8;
  }
  out.set(data.subarray(start, end), size);
  return size + end - start;
}

/** Copies of up to 64 bytes, with an offset of two bytes. */
function writeCopy(out: Uint8Array, size: number, offset: number, length: number): number {
  for (; length > 0; length -= 64) {
    out[size++] = ((Math.min(length, 64) - 1) << 2) | 2;
    out[size++] = offset & 0xff;
    out[size++] = offset >> 8;
  }
  return size;
}

/** CRC-32C, turned and shifted, so that checksums of data that holds checksums are no trouble. */
export function maskedChecksum(data: Uint8Array): number {
  let crc = -1;
  for (const byte of data) crc = (CRC_TABLE[(crc ^ byte) & 0xff] as number) ^ (crc >>> 8);
  crc = ~crc >>> 0;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

const CRC_TABLE = Int32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = (value & 1) !== 0 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value;
});
