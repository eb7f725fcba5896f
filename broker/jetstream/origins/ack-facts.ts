import type { Time } from '../../store/message-log.ts';

/** What the ack subject of a delivered message says of it. */
export interface AckFacts {
  readonly consumer: string;
  readonly deliveries: number;
  readonly streamSequence: number;
  readonly consumerSequence: number;
  readonly time: Readonly<Time>;
  /** Messages of the stream that the consumer is still to deliver, this one included. */
  readonly pending: number;
}

const TOKENS = 9;
/** Newer ones have domain and account in front of the stream, and may have more behind. */
const TOKENS_NEW_MIN = 11;
const NANOS_DIGITS = 9;

/** Undefined for what is no ack subject. */
export function parseAckSubject(subject: string): AckFacts | undefined {
  if (!subject.startsWith('$JS.ACK.')) return undefined;
  const tokens = subject.split('.');
  const at = tokens.length === TOKENS ? 2 : tokens.length >= TOKENS_NEW_MIN ? 4 : -1;
  if (at === -1) return undefined;
  const nanos = tokens[at + 5] ?? '';
  return {
    consumer: tokens[at + 1] ?? '',
    deliveries: Number(tokens[at + 2]),
    streamSequence: Number(tokens[at + 3]),
    consumerSequence: Number(tokens[at + 4]),
    time: { seconds: Number(nanos.slice(0, -NANOS_DIGITS)), nanos: Number(nanos.slice(-NANOS_DIGITS)) },
    pending: Number(tokens[at + 6]),
  };
}
