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

/** Headers of a message that asks to be followed. */
export interface TraceHeaders {
  /** Of all headers by their names as they are written, in Go's order of keys. */
  readonly values: Readonly<Record<string, readonly string[]>>;
  /** Undefined where the account says where traces go, since only `traceparent` asks for one. latin1. */
  readonly destination: string | undefined;
  readonly only: boolean;
}

/**
 * Whether a header may ask for the message to be followed: a look at the first letters of the lines, which nearly all
 * messages end with.
 */
export function mayAskForTrace(bytes: Uint8Array, start: number, length: number): boolean {
  const end = start + length;
  for (let at = start; at < end; at++) {
    if (bytes[at] !== LF) continue;
    const first = bytes[at + 1] as number;
    if (first === 0x4e) {
      // `N`, and the `T` of `Nats-Trace`
      if (bytes[at + 6] === 0x54 && startsWith(bytes, at + 1, TRACE_DESTINATION_HEADER)) return true;
    } else if ((first | 0x20) === 0x74 && startsWithAnyCase(bytes, at + 1, TRACE_PARENT)) {
      return true;
    }
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
