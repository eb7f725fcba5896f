import { RestoreError } from './restore-error.ts';

/** What lies beside a block of messages in backups of 2.9: which of its records count. */
export interface BlockIndex {
  /** Messages below it are gone. */
  readonly firstSequence: number;
  /** So are these. */
  readonly gone: ReadonlySet<number>;
}

const MAGIC = 22;
const VERSION = 1;
const HEAD_BYTES = 2;
const CHECKSUM_BYTES = 8;

/** Reads an `.idx` file. Throws a `RestoreError` for what is none. */
export function decodeBlockIndex(bytes: Uint8Array): BlockIndex {
  if (bytes[0] !== MAGIC || bytes[1] !== VERSION) throw new RestoreError('corrupt index of a block');
  let at = HEAD_BYTES;
  const number = (): number => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined || shift > 63n) throw new RestoreError('corrupt index of a block');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return Number(value);
    }
  };
  // How many messages there are, and their bytes.
  number();
  number();
  const firstSequence = number();
  // Time of the first message, last message, and its time.
  number();
  number();
  number();
  const count = number();
  at += CHECKSUM_BYTES;
  const gone = new Set<number>();
  for (let i = 0; i < count; i++) gone.add(firstSequence + number());
  return { firstSequence, gone };
}
