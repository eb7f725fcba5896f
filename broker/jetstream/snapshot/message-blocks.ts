import { createHash } from 'node:crypto';
import { HighwayHash } from '../../base/highway-hash.ts';
import { SnappyReader } from '../../base/snappy-reader.ts';
import type { Time } from '../../store/message-log.ts';
import { latin1 } from '../stream/message-text.ts';
import { timeOf } from './archive.ts';

/** Blocks of messages as nats-server keeps them on disk, which backups of 2.14 and before hold. */

const HEAD_BYTES = 22;
const HASH_BYTES = 8;
const HEADER_SIZE_BYTES = 4;
/** Of the length of a record: the message has headers. */
const WITH_HEADERS = 0x80000000;
/** Of the sequence: the message was erased. */
const ERASED = 1n << 63n;
/** Of the sequence: the record says that this message is gone. */
const TOMBSTONE = 1n << 62n;
const COMPRESSED_MAGIC = 'cmp';
/** The one way of compression that there is, S2. */
const COMPRESSED_BY = 1;
/** What the checksum covers of the head: sequence and time. */
const HASHED_START = 4;
const HASHED_END = 20;

export class BlockError extends Error {
  override readonly name = 'BlockError';
}

export interface BlockMessage {
  readonly sequence: number;
  readonly time: Readonly<Time>;
  /** It is gone: the record is a mark, or what is left of a message that was erased. */
  readonly kind: 'message' | 'erased' | 'tombstone';
  readonly subject: string;
  readonly headers: string;
  readonly payload: Uint8Array;
}

/**
 * What is in a block, in order. `stream` and `number` tell which block it is, as its checksums do. Throws a `BlockError` for
 * what is none.
 */
export function* blockMessages(stored: Uint8Array, stream: string, number: number): Generator<BlockMessage> {
  const block = unpacked(stored);
  const hash = new HighwayHash(createHash('sha256').update(`${stream}-${number}`, 'latin1').digest());
  const view = new DataView(block.buffer, block.byteOffset, block.length);
  for (let at = 0; at < block.length;) {
    if (at + HEAD_BYTES + HASH_BYTES > block.length) throw new BlockError('a block of the backup is cut off');
    const word = view.getUint32(at, true);
    const withHeaders = word >= WITH_HEADERS;
    const length = withHeaders ? word - WITH_HEADERS : word;
    const end = at + length;
    if (length < HEAD_BYTES + HASH_BYTES || end > block.length) throw new BlockError('a block of the backup is spoilt');
    const marked = view.getBigUint64(at + 4, true);
    const subjectStart = at + HEAD_BYTES;
    const subjectEnd = subjectStart + view.getUint16(at + 20, true);
    let bodyStart = subjectEnd;
    let headerBytes = 0;
    if (withHeaders) {
      headerBytes = view.getUint32(subjectEnd, true);
      bodyStart += HEADER_SIZE_BYTES;
    }
    const bodyEnd = end - HASH_BYTES;
    if (
      bodyStart + headerBytes > bodyEnd ||
      checksum(hash, block, at, subjectEnd, withHeaders, bodyEnd) !== view.getBigUint64(bodyEnd, true)
    ) {
      throw new BlockError(`message ${marked & ~(ERASED | TOMBSTONE)} of the backup is spoilt`);
    }
    yield {
      sequence: Number(marked & ~(ERASED | TOMBSTONE)),
      time: timeOf(view.getBigInt64(at + 12, true)),
      kind: (marked & TOMBSTONE) !== 0n ? 'tombstone' : (marked & ERASED) !== 0n ? 'erased' : 'message',
      subject: latin1(block, subjectStart, subjectEnd),
      headers: latin1(block, bodyStart, bodyStart + headerBytes),
      payload: block.subarray(bodyStart + headerBytes, bodyEnd),
    };
    at = end;
  }
}

/** Some servers compress their blocks, but for the checksum at the end. */
function unpacked(block: Uint8Array): Uint8Array {
  const isCompressed = latin1(block, 0, Math.min(COMPRESSED_MAGIC.length, block.length)) === COMPRESSED_MAGIC;
  // A record without compression may begin like this, too.
  if (!isCompressed || block[COMPRESSED_MAGIC.length] !== COMPRESSED_BY) return block;
  let start = COMPRESSED_MAGIC.length + 1;
  while ((block[start] ?? 0) >= 0x80) start++;
  const end = block.length - HASH_BYTES;
  const pieces: Uint8Array[] = [];
  const reader = new SnappyReader((piece) => pieces.push(piece));
  reader.push(block.slice(start + 1, end));
  reader.end();
  return Buffer.concat([...pieces, block.subarray(end)]);
}

function checksum(
  hash: HighwayHash,
  block: Uint8Array,
  at: number,
  subjectEnd: number,
  withHeaders: boolean,
  bodyEnd: number,
): bigint {
  const head = block.subarray(at + HASHED_START, at + HASHED_END);
  const subject = block.subarray(at + HEAD_BYTES, subjectEnd);
  const body = block.subarray(subjectEnd + (withHeaders ? HEADER_SIZE_BYTES : 0), bodyEnd);
  return hash.of(Buffer.concat([head, subject, body]));
}
