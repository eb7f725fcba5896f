import { type JsonPattern, partMismatch, wholeMismatch } from '../json-pattern.ts';
import type { Message } from './client.ts';
import { type Answer, Draft, type MessagePattern } from './steps.ts';

/** What placeholders stand for: text, or what a pattern takes for it. */
const PATTERNS: Readonly<Record<string, string>> = {
  time: '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?Z',
  ns: '\\d{19}',
  id: '[0-9A-Za-z]{22}',
  name: '[0-9A-Za-z]{8}',
  four: '[0-9A-Za-z]{4}',
  number: '\\d+',
  folder: '/[^"]*natscope-conformance-\\w+',
  server: 'N[A-Z2-7]{55}',
};

export type Names = ReadonlyMap<string, string>;

/** Puts in what placeholders stand for that the case knows. */
export function filled(text: string, names: Names): string {
  return text.replace(/<(\w+)>/g, (whole, name: string) => names.get(name) ?? whole);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** The whole text matches, with placeholders in it. */
function textMatches(expected: string, actual: string, names: Names): boolean {
  const text = filled(expected, names);
  if (!text.includes('<')) return text === actual;
  const source = text
    .split(/(<\w+>)/)
    .map((piece) => PATTERNS[piece.slice(1, -1)] ?? escaped(piece))
    .join('');
  return new RegExp(`^${source}$`, 's').test(actual);
}

/** A pattern for JSON in which texts with placeholders have become regular expressions. */
function compiled(pattern: JsonPattern, names: Names): JsonPattern {
  if (typeof pattern === 'string') {
    const text = filled(pattern, names);
    if (!/<\w+>/.test(text)) return text;
    const source = text
      .split(/(<\w+>)/)
      .map((piece) => PATTERNS[piece.slice(1, -1)] ?? escaped(JSON.stringify(piece).slice(1, -1)))
      .join('');
    return new RegExp(`^"${source}"$`);
  }
  if (typeof pattern !== 'object' || pattern === null || pattern instanceof RegExp) return pattern;
  if (Array.isArray(pattern)) return pattern.map((item: JsonPattern) => compiled(item, names));
  return Object.fromEntries(
    Object.entries(pattern).map(([key, value]) => [filled(key, names), compiled(value, names)]),
  );
}

/** JSON of the server is UTF-8; `text` has a character for each byte. Header and data of a stored message are decoded. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'latin1').toString(), (key, value: unknown) =>
      (key === 'hdrs' || key === 'data') && typeof value === 'string' ? decoded(value) : value,
    );
  } catch {
    return undefined;
  }
}

function decoded(text: string): string {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes.toString() : text;
}

/** What is wrong with a message; undefined when it is as expected. */
export function messageMismatch(expected: MessagePattern, actual: Message, names: Names): string | undefined {
  const wrong = (what: string): string => `${what}: expected ${shown(expected)}\nreceived ${shown(actual)}`;
  if (!textMatches(expected.subject, actual.subject, names)) return wrong('the subject');
  if (!textMatches(expected.reply, actual.reply, names)) return wrong('the reply subject');
  if (expected.status !== actual.status) return wrong('the status');
  if (expected.headers.length !== actual.headers.length) return wrong('the headers');
  for (const [index, line] of expected.headers.entries()) {
    if (!textMatches(line, actual.headers[index] ?? '', names)) return wrong(`header ${index + 1}`);
  }
  if (typeof expected.payload === 'string') {
    return textMatches(expected.payload, actual.payload, names) ? undefined : wrong('the payload');
  }
  const value = parsed(actual.payload);
  if (value === undefined) return wrong('the payload is not JSON');
  const fault = wholeMismatch(value, compiled(expected.payload.json, names));
  return fault === undefined ? undefined : `${fault}\nin ${shown(actual)}`;
}

/** What is wrong with the answer to a request; `actual` is undefined when none came. */
export function answerMismatch(expected: Answer, actual: Message | undefined, names: Names): string | undefined {
  if (expected instanceof Draft) return 'the answer is not written down yet';
  if ('nothing' in expected) return actual === undefined ? undefined : `expected nothing\nreceived ${shown(actual)}`;
  if (actual === undefined) return 'no answer';
  if ('message' in expected) return messageMismatch(expected.message, actual, names);
  const value = actual.status === '' && actual.headers.length === 0 ? parsed(actual.payload) : undefined;
  if (value === undefined) return `not an answer in JSON: ${shown(actual)}`;
  const fault =
    'json' in expected
      ? wholeMismatch(value, compiled(expected.json, names))
      : partMismatch(value, compiled(expected.part, names));
  return fault === undefined ? undefined : `${fault}\nin ${shown(actual)}`;
}

export function shown(message: MessagePattern | Message): string {
  return JSON.stringify(message).slice(0, 3000);
}
