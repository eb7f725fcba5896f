/** The configuration format of nats-server, for the eye: keys, strings, numbers, words that mean something, comments. */

import { StreamLanguage } from '@codemirror/language';
import type { Token } from './tokens.ts';

interface Part {
  length: number;
  type: Token['type'];
}

const comment = /^(#|\/\/).*/;
const blank = /^[ \t]+/;
const quoted = /^("(\\.|[^"\\])*"?|'[^']*'?)/;
const bracket = /^[{}[\](),;]/;
const separator = /^[:=]/;
/** A word up to what ends it; in a key also up to its separator. */
const keyWord = /^[^\s:={}[\],;]+/;
const valueWord = /^[^\s,;\]}]+/;
/** An address that stands alone on its line, in a list, is no key. */
const address = /^[a-z][\w+.-]*:\/\//i;
const amount = /^-?\d+(\.\d+)?([kmgtpe](ib?|b)?|ns|us|ms|s|m|h|b)?$/i;
const literal = /^(true|false|on|off|yes|no|\$[A-Za-z_]\w*)$/i;

/**
 * The parts of one line. Lines stand for themselves: whether a word is a key is told by its place, at the start of the
 * line or of what stands in braces.
 */
function partsOf(line: string): Part[] {
  const parts: Part[] = [];
  let rest = line;
  let expectKey = true;
  /** What is open on this line, innermost last. */
  const open: string[] = [];
  const take = (length: number, type: Token['type']): void => {
    parts.push({ length, type });
    rest = rest.slice(length);
  };
  while (rest !== '') {
    const space = blank.exec(rest)?.[0].length;
    if (space !== undefined) take(space, '');
    else if (comment.test(rest)) take(rest.length, 'cm');
    else if (bracket.test(rest)) {
      const sign = rest[0] ?? '';
      if (sign === '[' || sign === '{') open.push(sign);
      if (sign === ']' || sign === '}') open.pop();
      expectKey = sign !== '[' && sign !== '(' && open.at(-1) !== '[';
      take(1, 'p');
    } else if (separator.test(rest)) {
      expectKey = false;
      take(1, 'p');
    } else {
      const string = quoted.exec(rest)?.[0].length;
      const word = string ?? (expectKey && !address.test(rest) ? keyWord : valueWord).exec(rest)?.[0].length ?? 1;
      const text = rest.slice(0, word);
      const after = rest.slice(word);
      // A word that is alone on its line is the item of a list.
      const isKey = expectKey && /^[ \t]*[^\s,;\]}]/.test(after) && !/^[ \t]*(#|\/\/)/.test(after);
      if (isKey) take(word, 'k');
      else if (string !== undefined) take(word, 's');
      else take(word, amount.test(text) ? 'n' : literal.test(text) ? 'b' : '');
      expectKey = false;
    }
  }
  return parts;
}

/** One line in its colours. */
export function configTokens(line: string): Token[] {
  let at = 0;
  return partsOf(line).map(({ length, type }) => {
    const text = line.slice(at, at + length);
    at += length;
    return { text, type };
  });
}

const names: Record<Token['type'], string | null> = {
  '': null,
  k: 'propertyName',
  s: 'string',
  n: 'number',
  b: 'bool',
  p: 'punctuation',
  cm: 'comment',
};

interface LineState {
  parts: Part[];
  next: number;
}

export const configLanguage = StreamLanguage.define<LineState>({
  name: 'nats-server',
  startState: () => ({ parts: [], next: 0 }),
  copyState: ({ parts, next }) => ({ parts, next }),
  token(stream, state) {
    if (stream.sol()) {
      state.parts = partsOf(stream.string);
      state.next = 0;
    }
    const part = state.parts[state.next++];
    if (part === undefined) {
      stream.skipToEnd();
      return null;
    }
    stream.pos += part.length;
    return names[part.type];
  },
  languageData: { commentTokens: { line: '#' }, closeBrackets: { brackets: ['{', '[', '"', "'"] } },
});
