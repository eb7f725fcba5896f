import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import * as zlib from 'node:zlib';
import { check, padded } from './record.ts';
import type { FileKey } from './stream-key.ts';

/**
 * Bytes that are compressed or encrypted stand in chunks, one behind the other at multiples of eight:
 *
 *      0  check   int32 over the four fields behind it, under the salt of the file
 *      4  stored  uint32, bytes behind this head
 *      8  plain   uint32, bytes that they stand for
 *     12  flags   uint32: 1 deflated, 2 zstd, 4 encrypted (after compression)
 *     16  offset  float64, where the plain bytes begin
 *
 * So a chunk that is spoilt takes nothing else with it, and what a crash left at the end is recognized.
 */
const HEAD_BYTES = 24;

/** Plain bytes of one chunk at most: what is compressed is unfolded in pieces of this size. */
export const CHUNK_BYTES_MAX = 1024 * 1024;

const DEFLATED = 1;
const ZSTD = 2;
const SEALED = 4;

/** Node 20 has no zstd; then it is deflate, which all can read. */
const zstd = 'zstdCompressSync' in zlib;

export interface ChunkOptions {
  readonly key: FileKey | undefined;
  readonly compress: boolean;
  readonly salt: number;
}

/** One chunk, ready to be written. */
export function encodeChunk(plain: Uint8Array, offset: number, { key, compress, salt }: ChunkOptions): Buffer {
  let flags = 0;
  let stored: Uint8Array = plain;
  if (compress) {
    const packed = zstd
      ? zlib.zstdCompressSync(plain, { params: { [constants.ZSTD_c_compressionLevel]: 1 } })
      : deflateRawSync(plain, { level: 1 });
    if (packed.length < plain.length) {
      stored = packed;
      flags = zstd ? ZSTD : DEFLATED;
    }
  }
  const storedBytes = stored.length + (key?.overheadBytes ?? 0);
  if (key !== undefined) flags |= SEALED;
  const bytes = Buffer.from(new ArrayBuffer(HEAD_BYTES + padded(storedBytes)));
  bytes.writeUInt32LE(storedBytes, 4);
  bytes.writeUInt32LE(plain.length, 8);
  bytes.writeUInt32LE(flags, 12);
  bytes.writeDoubleLE(offset, 16);
  bytes.writeInt32LE(check(new Int32Array(bytes.buffer), 1, HEAD_BYTES / 4, salt), 0);
  if (key === undefined) bytes.set(stored, HEAD_BYTES);
  else key.seal(stored, bytes.subarray(4, HEAD_BYTES), bytes, HEAD_BYTES);
  return bytes;
}

export interface Chunks {
  /** All plain bytes; zeros where a chunk is spoilt. */
  readonly plain: Buffer<ArrayBuffer>;
  /** Where the last chunk that holds ends, in the file. */
  readonly end: number;
  /** Places in the file of what is no chunk or cannot be opened, with a sound one behind it. */
  readonly spoilt: number[];
}

/** Reads all chunks of a file from a position on; `image` gives the memory for so many plain bytes. */
export function decodeChunks(
  file: Buffer,
  start: number,
  { key, salt }: ChunkOptions,
  image: (size: number) => Buffer<ArrayBuffer>,
): Chunks {
  const words = new Int32Array(file.buffer, file.byteOffset, file.length >> 2);
  const places: number[] = [];
  const spoilt: number[] = [];
  let size = 0;
  for (let at = start; at + HEAD_BYTES <= file.length;) {
    const stored = file.readUInt32LE(at + 4);
    const end = at + HEAD_BYTES + padded(stored);
    if (check(words, (at >> 2) + 1, (at + HEAD_BYTES) >> 2, salt) === words[at >> 2] && end <= file.length) {
      places.push(at);
      size = Math.max(size, file.readDoubleLE(at + 16) + file.readUInt32LE(at + 8));
      at = end;
    } else {
      if (spoilt.at(-1) !== at - 8) spoilt.push(at);
      else spoilt[spoilt.length - 1] = at;
      at += 8;
    }
  }
  const plain = image(size);
  let end = start;
  for (const at of places) {
    const offset = file.readDoubleLE(at + 16);
    const stored = file.readUInt32LE(at + 4);
    const part = openChunk(file, at, stored, key);
    if (part === undefined) {
      plain.fill(0, offset, offset + file.readUInt32LE(at + 8));
      spoilt.push(at);
      continue;
    }
    plain.set(part, offset);
    end = at + HEAD_BYTES + padded(stored);
  }
  return { plain, end, spoilt: spoilt.filter((at) => at < end).sort((one, other) => one - other) };
}

function openChunk(file: Buffer, at: number, stored: number, key: FileKey | undefined): Uint8Array | undefined {
  const flags = file.readUInt32LE(at + 12);
  const plainBytes = file.readUInt32LE(at + 8);
  let part: Buffer | undefined = file.subarray(at + HEAD_BYTES, at + HEAD_BYTES + stored);
  try {
    // Where there is a key, nothing counts that was not sealed with it.
    if (key !== undefined)
      part = (flags & SEALED) === 0 ? undefined : key.open(part, file.subarray(at + 4, at + HEAD_BYTES));
    else if ((flags & SEALED) !== 0) return undefined;
    if (part === undefined) return undefined;
    if ((flags & DEFLATED) !== 0) part = inflateRawSync(part, { maxOutputLength: plainBytes });
    else if ((flags & ZSTD) !== 0) part = zlib.zstdDecompressSync(part, { maxOutputLength: plainBytes });
  } catch {
    return undefined;
  }
  return part.length === plainBytes ? part : undefined;
}
