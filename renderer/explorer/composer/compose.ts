/** From what was typed to what is sent. Pure: every check of the composer is here. */

import type { HeaderField } from '../../../electron/bridge/contract.ts';
import { hasWildcards, isValidSubject } from '../../../broker/subject/index.ts';
import { parseBase64, parseHex, printBase64, printHex, type TextProblem } from '../../ui/code/byte-text.ts';
import { printJson } from '../../ui/code/json-print.ts';
import { scanJson } from '../../ui/code/json-scan.ts';
import { decodeLenient } from '../../ui/code/visible-text.ts';

export type BodyFormat = 'json' | 'text' | 'hex' | 'base64' | 'file';
export type ComposerMode = 'publish' | 'request' | 'respond';

export const composerLimits = {
  countMax: 1_000_000,
  intervalMsMax: 3_600_000,
  timeoutMsMax: 600_000,
  delayMsMax: 60_000,
  repliesMax: 100_000,
  /** Larger files are over the limit of every server. */
  fileBytesMax: 64 * 1024 * 1024,
  sentEntriesMax: 200,
  /** Replies shown of one request; what comes after is counted. */
  repliesShownMax: 1_000,
} as const;

/** Names that are replaced where templates are on. The responder knows more. */
export const templateNames = ['count', 'uuid', 'time', 'unix', 'random 1 100'] as const;
export const responderTemplateNames = ['subject', 'body', ...templateNames] as const;

const templatePattern = /\{\{[^{}]*\}\}/g;

/** Templates as signs that are valid anywhere: a digit and blanks of the same length, so that columns stay right. */
export function withoutTemplates(text: string): string {
  return text.replace(templatePattern, (template) => '1'.padEnd(template.length));
}

/** Why something cannot be published to; null when it can. */
export function subjectProblem(subject: string, mode: ComposerMode, templates: boolean): string | null {
  const checked = templates ? subject.replace(templatePattern, 'x') : subject;
  if (checked === '') return 'Subject is missing';
  if (/\s/.test(checked)) return 'A subject has no spaces';
  if (checked.startsWith('.') || checked.endsWith('.') || checked.includes('..')) return 'A token is empty';
  if (!isValidSubject(checked)) return '> stands last only';
  if (mode !== 'respond' && hasWildcards(checked)) return 'Wildcards are for subscriptions';
  return null;
}

/** Why a reply subject cannot be used; an empty one is none. */
export function replyProblem(reply: string): string | null {
  return reply === '' ? null : subjectProblem(reply, 'publish', false);
}

/** Why a header cannot be sent. Names are what RFC 7230 calls a token; a line break would end the header. */
export function headerProblem({ name, value }: HeaderField): string | null {
  if (name === '') return value === '' ? null : 'Name is missing';
  if (!/^[!#$%&'*+\-.^_`|~\w]+$/.test(name)) return 'Letters, digits and - only';
  if (/[\r\n]/.test(value)) return 'No line breaks';
  return null;
}

/** Headers that are sent: rows without a name are rows not yet filled in. */
export function sentHeaders(headers: readonly HeaderField[]): HeaderField[] {
  return headers.filter(({ name }) => name !== '').map(({ name, value }) => ({ name, value: value.trim() }));
}

export interface ChosenFile {
  name: string;
  bytes: Uint8Array;
}

export type Body = { bytes: Uint8Array } | { problem: TextProblem };

const encoder = new TextEncoder();

export function bodyOf(format: BodyFormat, text: string, file: ChosenFile | null, templates: boolean): Body {
  switch (format) {
    case 'json':
      return jsonBody(text, templates);
    case 'text':
      return { bytes: encoder.encode(text) };
    case 'hex':
      return parseHex(text);
    case 'base64':
      return parseBase64(text);
    case 'file':
      return file ? { bytes: file.bytes } : { problem: { line: 0, column: 0, text: 'No file chosen' } };
  }
}

function jsonBody(text: string, templates: boolean): Body {
  const bytes = encoder.encode(text);
  if (text.trim() === '') return { bytes };
  const checked = templates ? withoutTemplates(text) : text;
  const { problem } = scanJson(encoder.encode(checked));
  if (!problem) return { bytes };
  // Columns of the scan count bytes; people count characters.
  const line = checked.split('\n')[problem.line - 1] ?? '';
  const column = decodeLenient(encoder.encode(line), 0, problem.column - 1).length + 1;
  return { problem: { line: problem.line, column, text: problem.text } };
}

/** The text laid out anew; null when it is no JSON, or when templates stand where JSON has values. */
export function formatJson(text: string): string | null {
  const scan = scanJson(encoder.encode(text));
  return scan.problem ? null : printJson(scan.lines());
}

/** The same payload in another format, where it has one. */
export function convertBody(text: string, from: BodyFormat, to: BodyFormat, file: ChosenFile | null): string {
  if (to === 'file' || from === to) return text;
  const body = from === 'json' || from === 'text' ? { bytes: encoder.encode(text) } : bodyOf(from, text, file, false);
  if (!('bytes' in body)) return text;
  if (to === 'hex') return printHex(body.bytes);
  if (to === 'base64') return printBase64(body.bytes);
  return new TextDecoder().decode(body.bytes);
}

/** A whole number between two limits; null when it is none. */
export function wholeNumber(text: string, min: number, max: number): number | null {
  const digits = text.replace(/[\s\u202f]/g, '');
  if (!/^\d{1,15}$/.test(digits)) return null;
  const value = Number(digits);
  return value >= min && value <= max ? value : null;
}
