import type { ApiError } from '../api-error.ts';
import { goJson, sortedMap } from '../encode/go-json.ts';
import { apiError } from '../errors.ts';
import { replaceHeader } from './header-block.ts';
import { readPublishHeaders, type PublishHeaders } from './publish-headers.ts';

/** Counters (ADR-49): each message of a subject adds to what the one before came to, and is stored as the sum. */

/** What streams that feed this one have brought, by stream and subject. */
type Sources = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface CounterTotal {
  readonly value: bigint;
  readonly sources: Sources;
}

/** What is stored instead of the message that came. All latin1. */
export interface Counted {
  readonly total: CounterTotal;
  readonly headers: string;
  readonly payload: string;
}

export const ZERO: CounterTotal = { value: 0n, sources: {} };

/** A whole number as Go reads it in base 10. Undefined: it is none. */
export function parseIncrement(text: string): bigint | undefined {
  const match = /^([+-]?)(\d+)$/.exec(text);
  if (match === null) return undefined;
  const value = BigInt(match[2] ?? '0');
  return match[1] === '-' ? -value : value;
}

/** Whether a message that counts asks for something that goes with no counter. */
export function asksTooMuch(headers: PublishHeaders): boolean {
  return Boolean(
    headers.rollup ||
    headers.expectedStream ||
    headers.expectedLastMessageId ||
    headers.expectedLastSubjectSequenceSubject ||
    headers.expectedLastSequence ||
    headers.expectedLastSubjectSequence,
  );
}

/** What the last message of a subject says it came to. */
export function totalOf(block: string, payload: string): CounterTotal | ApiError {
  const value = valueOf(payload);
  if (value === undefined) return apiError('messageCounterBroken');
  const told = readPublishHeaders(block).counterSources ?? '';
  const sources = told === '' ? {} : sourcesOf(told);
  return sources === undefined ? apiError('messageCounterBroken') : { value, sources };
}

/** Adds a message. One that comes of another stream says what that one came to, and what is new of that is added. */
export function count(
  before: CounterTotal,
  increment: bigint,
  subject: string,
  block: string,
  payload: string,
): Counted | ApiError {
  let added = increment;
  let headers = block;
  let { sources } = before;
  const origin = readPublishHeaders(block).streamSource ?? '';
  if (origin !== '') {
    const there = valueOf(payload);
    if (there === undefined) return apiError('messageCounterBroken');
    const [stream = '', , , , sourceSubject = subject] = origin.split(' ');
    const last = parseIncrement(sources[stream]?.[sourceSubject] ?? '') ?? 0n;
    sources = { ...sources, [stream]: { ...sources[stream], [sourceSubject]: String(there) } };
    added = there - last;
    headers = replaceHeader(headers, 'Nats-Incr', String(added));
  }
  const value = before.value + added;
  if (Object.keys(sources).length > 0) headers = replaceHeader(headers, 'Nats-Counter-Sources', sourcesJson(sources));
  return { total: { value, sources }, headers, payload: `{"val":"${value}"}` };
}

/** Undefined for what is no counter; a value that is no number counts as nothing. */
function valueOf(payload: string): bigint | undefined {
  const parsed = json(payload);
  if (parsed === null) return 0n;
  if (typeof parsed !== 'object' || Array.isArray(parsed)) return undefined;
  const { val } = parsed as { val?: unknown };
  if (val === undefined || val === null) return 0n;
  return typeof val === 'string' ? (parseIncrement(val) ?? 0n) : undefined;
}

function sourcesOf(text: string): Sources | undefined {
  const parsed = json(text);
  if (parsed === null) return {};
  if (typeof parsed !== 'object' || Array.isArray(parsed)) return undefined;
  for (const subjects of Object.values(parsed)) {
    if (typeof subjects !== 'object' || subjects === null || Array.isArray(subjects)) return undefined;
    if (Object.values(subjects).some((value) => typeof value !== 'string')) return undefined;
  }
  return parsed as Sources;
}

function sourcesJson(sources: Sources): string {
  return goJson(sortedMap(Object.fromEntries(Object.entries(sources).map(([key, value]) => [key, sortedMap(value)]))));
}

/** Undefined for what is no JSON. */
function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
