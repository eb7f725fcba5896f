import { createHash } from 'node:crypto';
import type { Time } from '../store/message-log.ts';
import { timeText } from './time-text.ts';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Eight characters that stand for a latin1 text, as nats-server makes names of consumers and accounts. */
export function shortHash(text: string): string {
  const digest = createHash('sha256').update(text, 'latin1').digest();
  return Array.from(digest.subarray(0, 8), (byte) => DIGITS[byte % DIGITS.length]).join('');
}

/** What tells a stream from another one of the same name, `Nats-Stream-Identity`. */
export function streamIdentity(created: Readonly<Time>): string {
  return shortHash(timeText(created));
}
