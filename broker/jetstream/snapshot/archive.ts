import type { Time } from '../../store/message-log.ts';
import type { ByteQueue } from '../../base/byte-queue.ts';

/** The archive that backups of 2.15 hold: entries one behind the other, each with a head of numbers. */

export const MAGIC = 'NATSARC1';
const NAME_BYTES_MAX = 1 << 20;
const VARINT_BYTES_MAX = 10;
const NANOS_PER_SECOND = 1_000_000_000n;

export interface ArchiveHead {
  /** latin1 */
  readonly name: string;
  readonly time: Readonly<Time>;
  /** 0: no message. */
  readonly sequence: number;
  readonly headerBytes: number;
  readonly payloadBytes: number;
}

export class ArchiveError extends Error {
  override readonly name = 'ArchiveError';
}

/** The bytes of a head, which the body follows. */
export function archiveHead({ name, time, sequence, headerBytes, payloadBytes }: ArchiveHead): Uint8Array {
  const out: number[] = [];
  pushNumber(out, BigInt(name.length));
  const nanos = BigInt(time.seconds) * NANOS_PER_SECOND + BigInt(time.nanos);
  pushNumber(out, nanos < 0n ? (-nanos << 1n) - 1n : nanos << 1n);
  pushNumber(out, BigInt(sequence));
  pushNumber(out, BigInt(headerBytes));
  pushNumber(out, BigInt(payloadBytes));
  return Buffer.concat([Uint8Array.from(out), Buffer.from(name, 'latin1')]);
}

function pushNumber(out: number[], value: bigint): void {
  let rest = value;
  for (; rest >= 0x80n; rest >>= 7n) out.push(Number(rest & 0x7fn) | 0x80);
  out.push(Number(rest));
}

/** Takes a head from the queue; undefined: it is not all there yet. Throws an `ArchiveError`. */
export function takeHead(queue: ByteQueue): ArchiveHead | undefined {
  let at = 0;
  const number = (): bigint | undefined => {
    let value = 0n;
    for (let i = 0; i < VARINT_BYTES_MAX; i++) {
      if (at >= queue.length) return undefined;
      const byte = queue.at(at++);
      value |= BigInt(byte & 0x7f) << BigInt(7 * i);
      if (byte < 0x80) return value;
    }
    throw new ArchiveError('archive: invalid archive stream');
  };
  const numbers: bigint[] = [];
  while (numbers.length < 5) {
    const value = number();
    if (value === undefined) return undefined;
    numbers.push(value);
  }
  const [nameBytes = 0n, zigzag = 0n, sequence = 0n, headerBytes = 0n, payloadBytes = 0n] = numbers;
  if (nameBytes > NAME_BYTES_MAX) throw new ArchiveError('archive: invalid archive stream');
  const end = at + Number(nameBytes);
  if (queue.length < end) return undefined;
  const head = queue.take(end);
  const name = Buffer.from(head.subarray(at)).toString('latin1');
  const nanos = (zigzag & 1n) === 1n ? -((zigzag + 1n) >> 1n) : zigzag >> 1n;
  return {
    name,
    time: timeOf(nanos),
    sequence: Number(sequence),
    headerBytes: Number(headerBytes),
    payloadBytes: Number(payloadBytes),
  };
}

/** Nanoseconds since the epoch in two numbers. */
export function timeOf(nanos: bigint): Time {
  const rest = ((nanos % NANOS_PER_SECOND) + NANOS_PER_SECOND) % NANOS_PER_SECOND;
  return { seconds: Number((nanos - rest) / NANOS_PER_SECOND), nanos: Number(rest) };
}
