/**
 * Placeholders in what is published: `{{count}}`, `{{uuid}}`, `{{time}}` (ISO 8601), `{{unix}}` (seconds), `{{random N M}}`
 * (a whole number from N to M), and in answers `{{subject}}`, `{{body}}`, `{{header Name}}`. Everything around them stays
 * as it is, byte by byte.
 */

import { randomInt, randomUUID } from 'node:crypto';
import { ExplorerError } from './errors.ts';

/** What is put in. Texts are bytes, a character each (latin1), so that a body that is no UTF-8 comes through. */
export interface TemplateValues {
  /** From 1. */
  count: number;
  /** Microseconds since the epoch. */
  now: number;
  subject?: string;
  body?: string;
  header?: (name: string) => string;
}

type Part = string | ((values: TemplateValues) => string);

const PLACEHOLDER = /\{\{\s*([A-Za-z]+)((?:\s+[^\s{}]+)*)\s*\}\}/g;
/** `crypto.randomInt` takes ranges below 2^48. */
const RANDOM_MAX = 2 ** 47;

function latin1(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

function compilePart(name: string, words: string[], answering: boolean): Part | null {
  switch (name.toLowerCase()) {
    case 'count':
      return (values) => String(values.count);
    case 'uuid':
      return () => randomUUID();
    case 'time':
      return (values) => new Date(values.now / 1000).toISOString();
    case 'unix':
      return (values) => String(Math.floor(values.now / 1_000_000));
    case 'random':
      return compileRandom(words);
    case 'subject':
      return answering ? (values) => values.subject ?? '' : null;
    case 'body':
      return answering ? (values) => values.body ?? '' : null;
    case 'header':
      return answering && words[0] !== undefined ? (values) => values.header?.(words[0]!) ?? '' : null;
    default:
      return null;
  }
}

function compileRandom(words: string[]): Part {
  const [low, high] = words.map(Number);
  if (words.length !== 2 || !isBound(low) || !isBound(high) || low > high) {
    throw new ExplorerError('invalid-template', 'Write {{random N M}} with two whole numbers, the smaller one first.');
  }
  return () => String(randomInt(low, high + 1));
}

function isBound(value: number | undefined): value is number {
  return Number.isInteger(value) && Math.abs(value!) < RANDOM_MAX;
}

export interface Template {
  /** Nothing is to be replaced: every rendering is the same. */
  readonly constant: boolean;
  /** The bytes, a character each. */
  render(values: TemplateValues): string;
}

/**
 * @param source bytes, a character each (latin1)
 * @param answering whether `subject`, `body` and `header` are known
 */
function compile(source: string, answering: boolean): Template {
  const parts: Part[] = [];
  let at = 0;
  for (const match of source.matchAll(PLACEHOLDER)) {
    const [whole, name, words] = match;
    const part = compilePart(name!, words!.trim().split(/\s+/).filter(Boolean), answering);
    if (part === null) {
      const known = answering
        ? 'count, uuid, time, unix, random N M, subject, body, header Name'
        : 'count, uuid, time, unix, random N M';
      throw new ExplorerError('invalid-template', `${whole} is not known; there are ${known}.`);
    }
    parts.push(source.slice(at, match.index), part);
    at = match.index + whole.length;
  }
  parts.push(source.slice(at));
  return {
    constant: parts.length === 1,
    render: (values) => parts.map((part) => (typeof part === 'string' ? part : part(values))).join(''),
  };
}

export interface TextTemplate {
  readonly constant: boolean;
  render(values: TemplateValues): string;
}

export function compileText(text: string, answering: boolean): TextTemplate {
  const template = compile(latin1(text), answering);
  return {
    constant: template.constant,
    render: (values) => (template.constant ? text : Buffer.from(template.render(values), 'latin1').toString('utf8')),
  };
}

export interface BytesTemplate {
  readonly constant: boolean;
  render(values: TemplateValues): Uint8Array;
}

export function compileBytes(bytes: Uint8Array, answering: boolean): BytesTemplate {
  const template = compile(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1'), answering);
  return {
    constant: template.constant,
    render: (values) => (template.constant ? bytes : Buffer.from(template.render(values), 'latin1')),
  };
}
