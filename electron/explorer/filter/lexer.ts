/** Words and signs of the expression language. */

import { FilterError } from './filter.ts';

export type TokenType = 'number' | 'string' | 'regex' | 'name' | 'sign' | 'end';

export interface Token {
  type: TokenType;
  /** The text as written; of a string what it stands for. */
  text: string;
  /** From 1. */
  column: number;
}

const SPACE = /\s*/y;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const NAME = /[\p{L}_$][\p{L}\p{N}_$-]*/uy;
const REGEX = /\/(?:[^/\\]|\\.)+\/[a-z]*/y;
const SIGN = /=~|==|!=|<=|>=|&&|\|\||[<>~()[\].!,]/y;
const ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '\r', '"': '"', "'": "'", '\\': '\\', '/': '/' };

function match(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
}

export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    at += match(SPACE, text, at)!.length;
    const column = at + 1;
    if (at === text.length) {
      tokens.push({ type: 'end', text: '', column });
      return tokens;
    }
    const first = text[at]!;
    const before = tokens[tokens.length - 1];
    if (first === '"' || first === "'") {
      const { value, end } = readString(text, at);
      tokens.push({ type: 'string', text: value, column });
      at = end;
      continue;
    }
    const regex = first === '/' && before?.text === '=~' ? match(REGEX, text, at) : null;
    const number = match(NUMBER, text, at);
    const name = match(NAME, text, at);
    const sign = match(SIGN, text, at);
    const found = regex ?? number ?? name ?? sign;
    if (found === null) {
      const hint =
        first === '='
          ? ' Equal is ==.'
          : first === '/'
            ? ' A regular expression stands after =~, between two slashes.'
            : '';
      throw new FilterError(`"${first}" has no meaning here.${hint}`, column);
    }
    const type = regex !== null ? 'regex' : number !== null ? 'number' : name !== null ? 'name' : 'sign';
    tokens.push({ type, text: found, column });
    at += found.length;
  }
}

function readString(text: string, start: number): { value: string; end: number } {
  const quote = text[start];
  let value = '';
  for (let at = start + 1; at < text.length; at++) {
    const character = text[at]!;
    if (character === quote) return { value, end: at + 1 };
    if (character !== '\\') {
      value += character;
      continue;
    }
    const escape = text[++at];
    const code = escape === 'u' ? /^[0-9a-fA-F]{4}/.exec(text.slice(at + 1)) : null;
    if (code !== null) {
      value += String.fromCharCode(Number.parseInt(code[0], 16));
      at += 4;
    } else if (escape !== undefined && ESCAPES[escape] !== undefined) value += ESCAPES[escape];
    else throw new FilterError(`\\${escape ?? ''} is no escape; \\\\ stands for a backslash.`, at);
  }
  throw new FilterError(`This text has no closing ${quote}.`, start + 1);
}
