import { isSampledTraceParent } from '../account/latency.ts';
import { latin1ToText } from '../base/latin1.ts';

export const TRACE_DESTINATION_HEADER = 'Nats-Trace-Dest';
/** Instead of a destination: nobody may follow the message. No subject, so that it is refused wherever it is not known. */
export const TRACE_DISABLED = 'trace disabled';
/** Set by servers before 2.11; it means that somebody else follows the message. */
export const TRACE_ORIGIN_HEADER = 'Nats-Trace-Origin-Account';

const TRACE_ONLY_HEADER = 'Nats-Trace-Only';
const FIRST_LINE = 'NATS/1.0\r\n';
const LF = 10;
const TRACE_PARENT = 'traceparent';
/** The end of a line and what may stand behind it; of one length. */
const BEGINNINGS = ['\nNats-Trace-', '\ntraceparent', '\nTRACEPARENT'];
const LAST = 11;
/** By byte: how far it is from the end of a beginning at least; 0 where one ends with it. */
const SHIFTS = new Uint8Array(256).fill(LAST + 1);
for (const beginning of BEGINNINGS) {
  for (let i = 0; i <= LAST; i++) {
    const byte = beginning.charCodeAt(i);
    SHIFTS[byte] = Math.min(SHIFTS[byte] as number, LAST - i);
  }
}

/** Headers of a message that asks to be followed. */
export interface TraceHeaders {
  /** Of all headers by their names as they are written, in Go's order of keys. */
  readonly values: Readonly<Record<string, readonly string[]>>;
  /** Undefined where the account says where traces go, since only `traceparent` asks for one. latin1. */
  readonly destination: string | undefined;
  readonly only: boolean;
}

/**
 * Whether a header may ask for the message to be followed. Looks at the byte where one of the two beginnings would end, and
 * goes on by as many bytes as this one rules out: all of them, mostly.
 */
export function mayAskForTrace(bytes: Uint8Array, start: number, length: number): boolean {
  const end = start + length;
  for (let at = start + FIRST_LINE.length - 1 + LAST; at < end;) {
    const shift = SHIFTS[bytes[at] as number] as number;
    at += shift;
    if (shift !== 0) continue;
    const line = at - LAST + 1;
    if (
      bytes[line - 1] === LF &&
      (startsWith(bytes, line, TRACE_DESTINATION_HEADER) || startsWithAnyCase(bytes, line, TRACE_PARENT))
    ) {
      return true;
    }
    at++;
  }
  return false;
}

/** The headers of a message that asks to be followed; undefined when none does. `block` is latin1. */
export function readTraceHeaders(block: string): TraceHeaders | undefined {
  if (!block.startsWith(FIRST_LINE)) return undefined;
  const lines: [name: string, value: string][] = [];
  let destination: string | undefined;
  let sampled = false;
  for (let at = FIRST_LINE.length; at < block.length;) {
    const colon = block.indexOf(':', at);
    const end = colon === -1 ? -1 : block.indexOf('\r\n', colon);
    if (end === -1) break;
    const name = block.slice(at, colon);
    const value = block.slice(colon + 1, end).replace(/^[ \t]+|[ \t]+$/g, '');
    at = end + 2;
    if (name === '' || value === '') continue;
    if (name.toLowerCase() === TRACE_PARENT) sampled ||= isSampledTraceParent(value);
    else if (name === TRACE_DESTINATION_HEADER && destination === undefined) {
      if (value === TRACE_DISABLED) return undefined;
      destination = value;
    }
    lines.push([name, value]);
  }
  if (destination === undefined && !sampled) return undefined;
  const only = lines.find(([name]) => name === TRACE_ONLY_HEADER)?.[1] ?? '';
  return {
    values: grouped(lines),
    destination,
    only: destination !== undefined && /^(1|true|on)$/i.test(only),
  };
}

function grouped(lines: readonly (readonly [string, string])[]): Record<string, string[]> {
  const values = new Map<string, string[]>();
  for (const [name, value] of lines) {
    const key = latin1ToText(name);
    const present = values.get(key);
    if (present === undefined) values.set(key, [latin1ToText(value)]);
    else present.push(latin1ToText(value));
  }
  return Object.fromEntries([...values].toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

function startsWith(bytes: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
}

function startsWithAnyCase(bytes: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (((bytes[at + i] as number) | 0x20) !== text.charCodeAt(i)) return false;
  return true;
}
