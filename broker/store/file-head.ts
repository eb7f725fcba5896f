import { randomFillSync } from 'node:crypto';
import { check } from './record.ts';

/**
 * What each file of records begins with, in 64 bytes:
 *
 *      0  "NATSCOPE"
 *      8  version  uint32
 *     12  flags    uint32, of `FLAG`
 *     16  number   float64, of the file
 *     24  through  float64: files up to this number have become part of this one
 *     32  salt     16 random bytes: of the checks (the first four) and of the key
 *     60  check    int32 over all before it
 */
export const FILE_HEAD_BYTES = 64;

export const FILE_VERSION = 1;

const MAGIC = 'NATSCOPE';
const CHECK_WORD = 15;

export const FLAG = {
  /** The records stand in chunks (see chunks.ts), not as they are. */
  chunked: 1,
  /** The chunks are encrypted. */
  sealed: 2,
  /** It was written at once from other segments: compressed, where the stream is. */
  packed: 4,
} as const;

export interface FileHead {
  readonly flags: number;
  readonly number: number;
  readonly through: number;
  readonly salt: Buffer;
}

export function newFileHead(number: number, flags: number, through = number): FileHead {
  return { flags, number, through, salt: randomFillSync(Buffer.alloc(16)) };
}

/** What the checks of a file's records begin with. */
export function checkSalt(head: FileHead): number {
  return head.salt.readInt32LE(0);
}

export function encodeFileHead(head: FileHead): Buffer {
  const bytes = Buffer.from(new ArrayBuffer(FILE_HEAD_BYTES));
  bytes.write(MAGIC, 0, 'latin1');
  bytes.writeUInt32LE(FILE_VERSION, 8);
  bytes.writeUInt32LE(head.flags, 12);
  bytes.writeDoubleLE(head.number, 16);
  bytes.writeDoubleLE(head.through, 24);
  head.salt.copy(bytes, 32);
  bytes.writeInt32LE(check(new Int32Array(bytes.buffer), 0, CHECK_WORD, 0), 4 * CHECK_WORD);
  return bytes;
}

/** `undefined`: it is none, or spoilt; a number: of another version of the format. */
export function decodeFileHead(bytes: Buffer): FileHead | number | undefined {
  if (bytes.length < FILE_HEAD_BYTES || bytes.toString('latin1', 0, 8) !== MAGIC) return undefined;
  const words = new Int32Array(new Uint8Array(bytes.subarray(0, FILE_HEAD_BYTES)).buffer);
  if (check(words, 0, CHECK_WORD, 0) !== words[CHECK_WORD]) return undefined;
  const version = bytes.readUInt32LE(8);
  if (version !== FILE_VERSION) return version;
  return {
    flags: bytes.readUInt32LE(12),
    number: bytes.readDoubleLE(16),
    through: bytes.readDoubleLE(24),
    salt: Buffer.from(bytes.subarray(32, 48)),
  };
}
