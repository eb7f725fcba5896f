import type { ConsumerState } from './consumer-state.ts';
import { RestoreError } from './restore-error.ts';

const MAGIC = 22;
const HEAD_BYTES = 2;
const NANOS_PER_SECOND = 1_000_000_000;

/** How far a consumer is, as nats-server keeps it in `o.dat`. Throws a `RestoreError` for what is none. */
export function decodeStoredState(bytes: Uint8Array): ConsumerState {
  const [magic, version] = bytes;
  if (magic !== MAGIC || (version !== 1 && version !== 2)) throw new RestoreError('corrupt state');
  let at = HEAD_BYTES;
  const number = (): number => {
    let value = 0;
    for (let power = 1; ; power *= 128) {
      const byte = bytes[at++];
      if (byte === undefined || power > Number.MAX_SAFE_INTEGER) throw new RestoreError('corrupt state');
      value += (byte & 0x7f) * power;
      if (byte < 0x80) return value;
    }
  };
  const signed = (): number => {
    const value = number();
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  };
  const floor = { consumer_seq: number(), stream_seq: number() };
  const delivered = { consumer_seq: number(), stream_seq: number() };
  if (version === 1) {
    if (floor.consumer_seq > 1) delivered.consumer_seq += floor.consumer_seq - 1;
    if (floor.stream_seq > 1) delivered.stream_seq += floor.stream_seq - 1;
  }
  const pending: Record<string, { Sequence: number; Timestamp: number }> = {};
  const waiting = number();
  const base = waiting > 0 ? signed() : 0;
  for (let i = 0; i < waiting; i++) {
    const sequence = number() + floor.stream_seq;
    const consumer = version === 2 ? number() + floor.consumer_seq : 0;
    const offset = signed();
    const seconds = version === 2 ? base - offset : base + offset;
    pending[String(sequence)] = { Sequence: consumer, Timestamp: seconds * NANOS_PER_SECOND };
  }
  const redelivered: Record<string, number> = {};
  for (let left = number(); left > 0; left--) {
    const sequence = number() + floor.stream_seq;
    redelivered[String(sequence)] = number();
  }
  return { delivered, ack_floor: floor, pending, redelivered };
}
