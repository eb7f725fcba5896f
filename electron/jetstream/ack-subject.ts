/** The subject that a delivered message is acknowledged at; it says where the message stands (ADR-15). */

export interface AckPlace {
  domain: string;
  stream: string;
  consumer: string;
  deliveries: number;
  sequence: number;
  consumerSequence: number;
  /** Microseconds since the epoch. */
  time: number;
  pending: number;
}

const shortTokens = 9;
const longTokensMin = 11;

/**
 * `$JS.ACK.stream.consumer.deliveries.seq.consumer-seq.time.pending`, or with domain and account behind `ACK`. Null for
 * any other subject.
 */
export function readAckSubject(subject: string): AckPlace | null {
  const tokens = subject.split('.');
  if (tokens[0] !== '$JS' || tokens[1] !== 'ACK') return null;
  const long = tokens.length >= longTokensMin;
  if (!long && tokens.length !== shortTokens) return null;
  const at = long ? 4 : 2;
  const [stream = '', consumer = '', ...numbers] = tokens.slice(at, at + 7);
  const [deliveries = NaN, sequence = NaN, consumerSequence = NaN, nanoseconds = NaN, pending = NaN] =
    numbers.map(Number);
  if (![deliveries, sequence, consumerSequence, nanoseconds, pending].every(Number.isFinite)) return null;
  const domain = long && tokens[2] !== '_' ? (tokens[2] ?? '') : '';
  return {
    domain,
    stream,
    consumer,
    deliveries,
    sequence,
    consumerSequence,
    time: Math.floor(nanoseconds / 1000),
    pending,
  };
}
