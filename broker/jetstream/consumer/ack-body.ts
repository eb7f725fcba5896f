import type { ConsumerMessage } from './consumer-host.ts';

/** What an ack can say. */
export const AckKind = { ack: 0, nak: 1, progress: 2, next: 3, terminate: 4, unknown: 5 } as const;
export type AckKind = (typeof AckKind)[keyof typeof AckKind];

/** Bytes of `+NXT`, behind which a pull request may stand. */
export const NEXT_BYTES = 4;
const NAK_BYTES = 4;
const TERM_BYTES = 5;

const PLUS = 43;
const MINUS = 45;

/** Of an ack without body, `+ACK` or `+OK`; `-NAK`, `+NXT` and `+TERM` may go on. */
export function ackKind(message: ConsumerMessage): AckKind {
  const length = message.bodyBytes - message.headerBytes;
  if (length <= 0) return AckKind.ack;
  const { bytes } = message;
  const at = message.bodyStart + message.headerBytes;
  const sign = bytes[at];
  if (sign === MINUS) return starts(bytes, at, length, '-NAK') ? AckKind.nak : AckKind.unknown;
  if (sign !== PLUS) return AckKind.unknown;
  if (length === 4 && starts(bytes, at, length, '+ACK')) return AckKind.ack;
  if (length === 3 && starts(bytes, at, length, '+OK')) return AckKind.ack;
  if (starts(bytes, at, length, '+NXT')) return AckKind.next;
  if (length === 4 && starts(bytes, at, length, '+WPI')) return AckKind.progress;
  return starts(bytes, at, length, '+TERM') ? AckKind.terminate : AckKind.unknown;
}

/** Why a message is terminated; '': nothing is said. */
export function terminateReason(message: ConsumerMessage): string {
  return rest(message, TERM_BYTES);
}

/** Nanoseconds until a message is to come again; undefined: at once. A string is what makes no sense. */
export function nakDelay(message: ConsumerMessage): number | string | undefined {
  const text = rest(message, NAK_BYTES);
  if (text === '') return undefined;
  if (!text.startsWith('{')) return parseDuration(text) ?? text;
  try {
    const value = (JSON.parse(text) as { delay?: unknown }).delay ?? 0;
    return typeof value === 'number' && Number.isInteger(value) ? value : text;
  } catch {
    return text;
  }
}

const NANOS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/** A duration as Go writes it: `1.5s`, `1h30m`; undefined: it is none. Nanoseconds. */
function parseDuration(text: string): number | undefined {
  const parts = /^([+-]?)((?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.exec(text);
  if (parts === null) return /^[+-]?0$/.test(text) ? 0 : undefined;
  let nanos = 0;
  for (const [, count, unit] of text.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g)) {
    nanos += Number(count) * (NANOS[unit as string] as number);
  }
  return parts[1] === '-' ? -Math.floor(nanos) : Math.floor(nanos);
}

function rest(message: ConsumerMessage, skipped: number): string {
  const from = message.bodyStart + message.headerBytes + skipped;
  const to = message.bodyStart + message.bodyBytes;
  if (from >= to) return '';
  const { bytes } = message;
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from)
    .toString('utf8')
    .trim();
}

function starts(bytes: Uint8Array, at: number, length: number, word: string): boolean {
  if (length < word.length) return false;
  for (let i = 0; i < word.length; i++) {
    if (bytes[at + i] !== word.charCodeAt(i)) return false;
  }
  return true;
}
