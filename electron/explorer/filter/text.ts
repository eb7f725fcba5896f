/**
 * Plain text: messages whose subject, headers or payload hold it, upper and lower case of ASCII letters alike. A text
 * that reads as a NATS pattern (`orders.*.created`, `sensors.>`) is matched against the subject instead.
 */

import type { Probe } from '../probe.ts';
import { looksLikePattern, matches, subjectBytes } from '../subject-bytes.ts';
import type { Filter } from './filter.ts';

export function compileText(text: string): Filter {
  const trimmed = text.trim();
  if (looksLikePattern(trimmed)) {
    const pattern = subjectBytes(trimmed);
    return { timed: false, test: (probe: Probe) => matches(pattern, probe.subject) };
  }
  const needle = Buffer.from(lowerAscii(text), 'utf8');
  // Most messages share few subjects, so each node is asked once. Prefixes never move, subjects never change.
  const verdicts = new Map<number, boolean>();
  function subjectHolds(probe: Probe): boolean {
    if (probe.folded) return holds(probe.subject, needle);
    const known = verdicts.get(probe.node);
    if (known !== undefined) return known;
    const verdict = holds(probe.subject, needle);
    verdicts.set(probe.node, verdict);
    return verdict;
  }
  return {
    timed: false,
    test: (probe) => subjectHolds(probe) || holds(probe.payload, needle) || holds(probe.headers, needle),
  };
}

export function lowerAscii(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

const LOWER = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte));

/** Whether bytes hold others, ignoring the case of ASCII letters. @param needle in lower case */
export function holds(bytes: Uint8Array, needle: Uint8Array): boolean {
  const length = needle.length;
  if (length === 0) return true;
  const first = needle[0]!;
  const last = bytes.length - length;
  for (let at = 0; at <= last; at++) {
    if (LOWER[bytes[at]!] !== first) continue;
    let index = 1;
    while (index < length && LOWER[bytes[at + index]!] === needle[index]) index++;
    if (index === length) return true;
  }
  return false;
}
