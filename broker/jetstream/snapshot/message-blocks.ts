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

/** What is in a block, in order. Throws a `BlockError` for what is none. */
export function* blockMessages(block: Uint8Array): Generator<BlockMessage> {
  if (latin1(block, 0, Math.min(COMPRESSED_MAGIC.length, block.length)) === COMPRESSED_MAGIC) {
    throw new BlockError('the blocks of the backup are compressed: take it again from a server of 2.15 or later');
  }
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
    if (bodyStart + headerBytes > bodyEnd) throw new BlockError('a block of the backup is spoilt');
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
