import type { Time } from '../../store/message-log.ts';
import type { AckReply } from './consumer-host.ts';

/** Digits that can follow the prefix: five numbers of at most 20 digits, and the dots between them. */
const NUMBERS_BYTES_MAX = 5 * 20 + 4;
const DOT = 46;
const ZERO = 48;
const INT_MAX = 2 ** 31;

/**
 * Writes the ack subjects of a consumer: `$JS.ACK.<stream>.<consumer>.<deliveries>.<stream sequence>.<consumer
 * sequence>.<nanoseconds>.<pending>`, as bytes, since every delivered message needs another one.
 */
export class AckReplyWriter implements AckReply {
  readonly bytes: Uint8Array;
  readonly start = 0;
  end = 0;
  readonly #prefixEnd: number;

  constructor(stream: string, consumer: string) {
    const prefix = Buffer.from(`$JS.ACK.${stream}.${consumer}.`, 'latin1');
    this.#prefixEnd = prefix.length;
    this.bytes = new Uint8Array(prefix.length + NUMBERS_BYTES_MAX);
    this.bytes.set(prefix);
  }

  /** Returns its length. */
  write(deliveries: number, sequence: number, consumerSequence: number, time: Readonly<Time>, pending: number): number {
    const { bytes } = this;
    let at = decimal(bytes, this.#prefixEnd, deliveries);
    bytes[at++] = DOT;
    at = decimal(bytes, at, sequence);
    bytes[at++] = DOT;
    at = decimal(bytes, at, consumerSequence);
    bytes[at++] = DOT;
    at = decimal(bytes, at, time.seconds);
    let nanos = time.nanos | 0;
    for (let i = at + 8; i >= at; i--) {
      const rest = (nanos / 10) | 0;
      bytes[i] = ZERO + (nanos - rest * 10);
      nanos = rest;
    }
    at += 9;
    bytes[at++] = DOT;
    this.end = decimal(bytes, at, pending);
    return this.end;
  }
}

function decimal(bytes: Uint8Array, at: number, value: number): number {
  if (value >= INT_MAX) return longDecimal(bytes, at, value);
  let rest = value | 0;
  let digits = 1;
  for (let power = 10; digits < 10 && rest >= power; power *= 10) digits++;
  const end = at + digits;
  for (let i = end - 1; i >= at; i--) {
    const tenth = (rest / 10) | 0;
    bytes[i] = ZERO + (rest - tenth * 10);
    rest = tenth;
  }
  return end;
}

/** Numbers that are no small integers to the engine go in two parts that are. */
function longDecimal(bytes: Uint8Array, at: number, value: number): number {
  const high = Math.floor(value / 1e9);
  const from = decimal(bytes, at, high);
  let low = (value - high * 1e9) | 0;
  for (let i = from + 8; i >= from; i--) {
    const tenth = (low / 10) | 0;
    bytes[i] = ZERO + (low - tenth * 10);
    low = tenth;
  }
  return from + 9;
}
