import { isSubsetOfTokens } from './subset.ts';
import {
  isMappingCall,
  isPlaceholder,
  looksLikeCall,
  parseToken,
  type TokenFunction,
  TransformError,
} from './transform-functions.ts';

export { TransformError } from './transform-functions.ts';

/** A token of the destination with the tokens of the source that it takes, as positions from 0. */
interface Piece {
  readonly token: string;
  readonly call: TokenFunction;
  readonly positions: readonly number[];
}

/**
 * Makes subjects of other subjects: `orders.*` → `new.orders.$1`. Used by account mappings, imports, and streams.
 *
 * Lengths count characters of the strings given, so these must be latin1 (a byte each) where bytes count.
 */
export class SubjectTransform {
  readonly source: string;
  readonly destination: string;
  /** Whether the same subject may become another one the next time. */
  readonly random: boolean;
  readonly #sourceTokens: readonly string[];
  readonly #pieces: readonly Piece[];
  /** The destination when no token of it depends on the subject. */
  readonly #constant: string | undefined;
  /** What is put in front in the place of so many characters, where nothing else is done: `a.>` to `b.>`. */
  readonly #prefix: string | undefined;
  readonly #dropped: number;

  /**
   * Throws a `TransformError`. An empty `source` is `>`. With `strict` (imports) it can be undone: nothing but wildcards
   * are moved, and all of them are used.
   */
  constructor(source: string, destination: string, strict = false) {
    const from = analyse(source === '' ? '>' : source);
    const to = analyse(destination);
    if (from === undefined || to === undefined || to.stars.length > 0 || from.rest !== to.rest) {
      throw new TransformError('invalid-subject');
    }
    this.source = source === '' ? '>' : source;
    this.destination = destination;
    this.#sourceTokens = from.tokens;
    const wild = from.stars.length > 0 || from.rest;
    this.#pieces = to.tokens.map((token) => pieceOf(token, from.stars, wild, strict));
    if (strict && wild) {
      const used = this.#pieces.reduce((sum, { positions }) => sum + positions.length, 0);
      if (used < from.stars.length) throw new TransformError('wildcards-unused', destination);
    }
    this.random = this.#pieces.some(({ call }) => call.type === 'random');
    const plain = this.#pieces.every(({ call }) => call.type === 'text');
    this.#prefix = to.rest && from.stars.length === 0 && plain ? destination.slice(0, -1) : undefined;
    this.#dropped = this.source.length - 1;
    this.#constant = !to.rest && plain ? destination : undefined;
  }

  /** What the subject becomes. It must fit the source. `below`: a whole number from 0, less than the given one. */
  apply(subject: string, below: (count: number) => number = randomBelow): string {
    if (this.#constant !== undefined) return this.#constant;
    if (this.#prefix !== undefined) return this.#prefix + subject.slice(this.#dropped);
    const tokens = subject.split('.');
    const out: string[] = [];
    for (const piece of this.#pieces) {
      if (piece.token === '>') {
        out.push(...tokens.slice(this.#sourceTokens.length - 1));
        break;
      }
      out.push(applyPiece(piece, tokens, below));
    }
    return out.join('.');
  }

  /** The same, or undefined for a subject that does not fit or cannot be published to. */
  match(subject: string): string | undefined {
    if (this.source === '>' && this.destination === '>') return subject;
    const tokens = subject.split('.');
    if (tokens.some((token) => token === '' || token === '*' || token === '>')) return undefined;
    return isSubsetOfTokens(tokens, this.#sourceTokens) ? this.apply(subject) : undefined;
  }

  /** Leads back; undefined where that cannot be (only wildcards moved, and all of them used, can be undone). */
  inverse(): SubjectTransform | undefined {
    const placeholders: string[] = [];
    const source = this.#pieces
      .map(({ token }) => {
        if (!isPlaceholder(token)) return token;
        placeholders.push(token);
        return '*';
      })
      .join('.');
    const destination = this.#sourceTokens.map((token) => (token === '*' ? (placeholders.shift() ?? '') : token));
    try {
      return new SubjectTransform(source, destination.join('.'), true);
    } catch {
      return undefined;
    }
  }
}

/** Whether a mapping of an account may have this destination; throws a `TransformError` where it may not. */
export function checkMappingDestination(source: string, destination: string): void {
  if (destination === '') return;
  let rest = false;
  for (const token of destination.split('.')) {
    if (token === '' || rest) throw new TransformError('invalid-transform', token);
    if (looksLikeCall(token)) {
      if (!isMappingCall(token)) throw new TransformError('unknown-function', token);
    } else if (token === '>') {
      rest = true;
    } else if (/[\t\n\f\r ]/.test(token)) {
      throw new TransformError('invalid-transform');
    }
  }
  void new SubjectTransform(source, destination);
}

/** `foo.*.*` as a destination that leaves the subject as it is: `foo.$1.$2`. */
export function numberWildcards(subject: string): string {
  let index = 0;
  return subject
    .split('.')
    .map((token) => (token === '*' ? `$${++index}` : token))
    .join('.');
}

/** The subjects that a destination makes: `foo.$2.$1` → `foo.*.*`. */
export function wildcardsForPlaceholders(destination: string): string {
  return destination
    .split('.')
    .map((token) => (isPlaceholder(token) ? '*' : token))
    .join('.');
}

function analyse(subject: string): { tokens: string[]; stars: number[]; rest: boolean } | undefined {
  const tokens = subject.split('.');
  const restAt = tokens.indexOf('>');
  if (tokens.includes('') || (restAt !== -1 && restAt !== tokens.length - 1)) return undefined;
  const stars = [...tokens.keys()].filter((index) => tokens[index] === '*');
  return { tokens, stars, rest: restAt !== -1 };
}

function pieceOf(token: string, stars: readonly number[], wild: boolean, strict: boolean): Piece {
  const call = parseToken(token);
  if (!wild) {
    // Nothing of a subject that is always the same can be moved.
    if (call.type === 'text' || call.type === 'random') return { token, call, positions: [] };
    if (call.type === 'partition') return { token, call: { ...call, indexes: [] }, positions: [] };
    throw new TransformError('index-out-of-range', token);
  }
  if (strict && call.type !== 'text' && call.type !== 'wildcard') throw new TransformError('not-for-imports', token);
  if (call.type === 'text' || call.type === 'random') return { token, call, positions: [] };
  const positions = call.indexes.map((index) => {
    if (index > stars.length) throw new TransformError('index-out-of-range', `${token}: [${index}]`);
    // An index of 0 or less is the first token of the subject there.
    return stars[index - 1] ?? 0;
  });
  return { token, call, positions };
}

function applyPiece(
  { token, call, positions }: Piece,
  tokens: readonly string[],
  below: (n: number) => number,
): string {
  if (call.type === 'text') return token;
  if (call.type === 'random') return call.count === 0 ? '0' : String(below(Math.abs(call.count)));
  if (call.type === 'partition') {
    const key = positions.length === 0 ? tokens.join('.') : positions.map((at) => tokens[at] ?? '').join('');
    return String(call.count === 0 ? 0 : fnv1a(key) % (call.count >>> 0));
  }
  const value = tokens[positions[0] as number] ?? '';
  if (call.type === 'wildcard') return value;
  if (call.type === 'split') return split(value, call.delimiter);
  const { count } = call;
  if (count <= 0 || count >= value.length) return value;
  switch (call.type) {
    case 'splitfromleft':
      return `${value.slice(0, count)}.${value.slice(count)}`;
    case 'splitfromright':
      return `${value.slice(0, -count)}.${value.slice(-count)}`;
    case 'slicefromleft':
      return slices(value, 0, count).join('.');
    case 'slicefromright':
      return slices(value, value.length % count, count).join('.');
    case 'left':
      return value.slice(0, count);
    case 'right':
      return value.slice(-count);
  }
}

/** `first` characters, when that is not 0, and then as many as there are, `size` at a time. */
function slices(value: string, first: number, size: number): string[] {
  const out = first === 0 ? [] : [value.slice(0, first)];
  for (let at = first; at < value.length; at += size) out.push(value.slice(at, at + size));
  return out;
}

/** Empty parts are left out, and their dots; only that two delimiters in front leave a dot there, as in nats-server. */
function split(value: string, delimiter: string): string {
  // Nothing between two characters is a delimiter too; bytes of one UTF-8 character stay together.
  const parts = delimiter === '' ? (value.match(/[^\x80-\xbf][\x80-\xbf]*/g) ?? []) : value.split(delimiter);
  let out = '';
  parts.forEach((part, index) => {
    out += part;
    const next = parts[index + 1];
    if (next !== undefined && next !== '' && !(index === 0 && part === '')) out += '.';
  });
  return out;
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

function randomBelow(count: number): number {
  return Math.floor(Math.random() * count);
}
