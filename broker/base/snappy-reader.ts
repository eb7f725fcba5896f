import { ByteQueue } from './byte-queue.ts';
import { maskedChecksum } from './snappy.ts';

/** What is no stream of this format, or was spoilt on its way. The message says what is wrong. */
export class SnappyError extends Error {
  override readonly name = 'SnappyError';
}

const COMPRESSED = 0x00;
const PLAIN = 0x01;
const SKIPPABLE_MIN = 0x80;
const IDENTIFIER = 0xff;
const HEAD_BYTES = 4;
const CHECKSUM_BYTES = 4;
/** Of S2; chunks of snappy hold 64 KiB. */
const BLOCK_BYTES_MAX = 4 * 1024 * 1024;
const MAGICS = new Set(['sNaPpY', 'S2sTwO']);

/** Reads a stream in the framed format of snappy or S2 as it comes, and hands on what it holds. */
export class SnappyReader {
  readonly #queue = new ByteQueue();
  readonly #onBlock: (block: Uint8Array) => void;
  #begun = false;

  /** `onBlock` gets bytes that are its own. */
  constructor(onBlock: (block: Uint8Array) => void) {
    this.#onBlock = onBlock;
  }

  /** Throws a `SnappyError`. */
  push(piece: Uint8Array): void {
    const queue = this.#queue;
    queue.push(piece);
    while (queue.length >= HEAD_BYTES) {
      const type = queue.at(0);
      const bytes = queue.at(1) | (queue.at(2) << 8) | (queue.at(3) << 16);
      if (!this.#begun && type !== IDENTIFIER) throw new SnappyError('s2: corrupt input');
      if (queue.length < HEAD_BYTES + bytes) return;
      queue.take(HEAD_BYTES);
      this.#chunk(type, queue.take(bytes));
    }
  }

  /** Throws when the stream ended within a chunk. */
  end(): void {
    if (this.#queue.length > 0) throw new SnappyError('unexpected EOF');
  }

  #chunk(type: number, bytes: Uint8Array): void {
    if (type === IDENTIFIER) {
      if (!MAGICS.has(Buffer.from(bytes).toString('latin1'))) throw new SnappyError('s2: corrupt input');
      this.#begun = true;
      return;
    }
    if (type >= SKIPPABLE_MIN) return;
    if (type !== COMPRESSED && type !== PLAIN) throw new SnappyError('s2: unsupported input');
    if (bytes.length < CHECKSUM_BYTES) throw new SnappyError('s2: corrupt input');
    const body = bytes.subarray(CHECKSUM_BYTES);
    const block = type === PLAIN ? body.slice() : decodeBlock(body);
    const { buffer, byteOffset } = bytes;
    const told = new DataView(buffer, byteOffset, CHECKSUM_BYTES).getUint32(0, true);
    if (told !== maskedChecksum(block)) throw new SnappyError('s2: corrupt input, crc mismatch');
    this.#onBlock(block);
  }
}

/**
 * One block of snappy or S2: its length, then literals and copies from what came before. In S2 a copy with an offset of
 * nothing goes as far back as the one before it.
 */
export function decodeBlock(from: Uint8Array): Uint8Array {
  let at = 0;
  const byte = (): number => {
    if (at >= from.length) throw new SnappyError('s2: corrupt input');
    return from[at++] as number;
  };
  const number = (bytes: number): number => {
    let value = 0;
    for (let i = 0; i < bytes; i++) value += byte() * 2 ** (8 * i);
    return value;
  };
  let length = 0;
  for (let shift = 0; ; shift += 7) {
    const part = byte();
    length += (part & 0x7f) * 2 ** shift;
    if (part < 0x80) break;
    if (shift > 28) throw new SnappyError('s2: corrupt input');
  }
  if (length > BLOCK_BYTES_MAX) throw new SnappyError('s2: corrupt input');
  const out = new Uint8Array(length);
  let size = 0;
  let offset = 0;
  while (at < from.length) {
    const tag = byte();
    let copied: number;
    switch (tag & 3) {
      case 0: {
        const short = tag >> 2;
        const literal = (short < 60 ? short : number(short - 59)) + 1;
        if (at + literal > from.length || size + literal > length) throw new SnappyError('s2: corrupt input');
        out.set(from.subarray(at, at + literal), size);
        at += literal;
        size += literal;
        continue;
      }
      case 1: {
        const wide = ((tag & 0xe0) << 3) | byte();
        copied = (tag >> 2) & 7;
        if (wide !== 0) offset = wide;
        else if (copied >= 5) copied = repeatLength(copied, number);
        copied += 4;
        break;
      }
      case 2:
        copied = (tag >> 2) + 1;
        offset = number(2);
        break;
      default:
        copied = (tag >> 2) + 1;
        offset = number(4);
    }
    if (offset === 0 || offset > size || size + copied > length) throw new SnappyError('s2: corrupt input');
    for (const end = size + copied; size < end; size++) out[size] = out[size - offset] as number;
  }
  if (size !== length) throw new SnappyError('s2: corrupt input');
  return out;
}

/** Lengths of repeated copies that do not fit the tag follow it, less the 4 that every copy has. */
function repeatLength(code: number, number: (bytes: number) => number): number {
  if (code === 5) return number(1) + 4;
  if (code === 6) return number(2) + 256;
  return number(3) + 65_536;
}
