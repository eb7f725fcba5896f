import {
  BLANKS,
  Cursor,
  END,
  isBlank,
  isDigit,
  isLineEnd,
  isSpace,
  type Item,
  shownRune,
  type State,
} from './cursor.ts';
import { block, comment, doubleQuoted, include, negative, number, singleQuoted, unquoted } from './scalars.ts';

const DOUBLE_QUOTE = 34;
const HASH = 35;
const SINGLE_QUOTE = 39;
const PARENTHESIS = 40;
const COMMA = 44;
const MINUS = 45;
const DOT = 46;
const SLASH = 47;
const COLON = 58;
const SEMICOLON = 59;
const EQUALS = 61;
const BRACKET = 91;
const BRACKET_END = 93;
const BRACE = 123;
const BRACE_END = 125;

/**
 * Cuts nats-server's configuration language into items. It follows the states of the real lexer one by one, because what
 * that takes and what it refuses, with which words and at which place, comes from them.
 */
export class Lexer {
  readonly #cursor: Cursor;
  #state: State | undefined = top;

  /** `input` holds a byte per character. */
  constructor(input: string) {
    this.#cursor = new Cursor(input);
  }

  next(): Item {
    for (;;) {
      const item = this.#cursor.take();
      if (item !== undefined) return item;
      // Behind the end there is only the end.
      if (this.#state === undefined) this.#cursor.emit('end');
      else this.#state = this.#state(this.#cursor);
    }
  }
}

/** What a key is made of, as far as that needs no closer look. */
const PLAIN_KEY = /[\w.*>$-]+/y;

/** Leaves out what was read and goes on. */
function skip(cursor: Cursor, state: State): State {
  cursor.ignore();
  return state;
}

/** The same behind white space: with the blanks that follow, which `state` would leave out one by one. */
function skipBlanks(cursor: Cursor, state: State): State {
  cursor.run(BLANKS);
  return skip(cursor, state);
}

/** `state` goes on behind the comment. */
function commentThen(cursor: Cursor, state: State): State {
  cursor.push(state);
  return comment;
}

/** Whether a comment begins with this rune; a second slash is taken, anything else is not. */
function beginsComment(cursor: Cursor, rune: number): boolean {
  if (rune === HASH) return true;
  if (rune !== SLASH) return false;
  if (cursor.next() === SLASH) return true;
  cursor.back();
  return false;
}

const isSeparator = (rune: number): boolean => rune === COLON || rune === EQUALS;

const top: State = (cursor) => {
  const rune = cursor.next();
  if (isSpace(rune)) return skipBlanks(cursor, top);
  if (rune === BRACE) {
    cursor.push(top);
    return skip(cursor, wholeMap);
  }
  if (beginsComment(cursor, rune)) return commentThen(cursor, top);
  if (rune === END || rune === SLASH) return cursor.end();
  cursor.back();
  cursor.push(topValueEnd);
  return keyStart;
};

const topValueEnd: State = (cursor) => {
  const rune = cursor.next();
  if (beginsComment(cursor, rune)) return commentThen(cursor, top);
  if (isBlank(rune) || rune === SLASH) return topValueEnd;
  if (isLineEnd(rune) || rune === END || rune === SEMICOLON || rune === COMMA || rune === BRACE_END) {
    return skip(cursor, top);
  }
  return cursor.fail(
    `Expected a top-level value to end with a new line, comment or EOF, but got '${shownRune(rune)}' instead.`,
  );
};

/** Inside of braces around everything. */
const wholeMap: State = (cursor) => {
  const rune = cursor.next();
  if (isSpace(rune)) return skipBlanks(cursor, wholeMap);
  if (rune === BRACE) {
    cursor.push(wholeMapEnd);
    return skip(cursor, wholeMap);
  }
  if (rune === BRACE_END) {
    cursor.ignore();
    return cursor.pop();
  }
  if (beginsComment(cursor, rune)) return commentThen(cursor, wholeMap);
  if (rune === END || rune === SLASH) return cursor.end();
  cursor.back();
  cursor.push(wholeMapValueEnd);
  return keyStart;
};

const wholeMapValueEnd: State = (cursor) => {
  const rune = cursor.next();
  if (beginsComment(cursor, rune)) return commentThen(cursor, wholeMapValueEnd);
  if (isBlank(rune) || rune === SLASH) return wholeMapValueEnd;
  if (isLineEnd(rune) || rune === SEMICOLON || rune === COMMA) return skip(cursor, wholeMap);
  if (rune === BRACE_END) {
    cursor.back();
    return wholeMapEnd;
  }
  return cursor.fail(
    `Expected a block-level value to end with a new line, comment or EOF, but got '${shownRune(rune)}' instead.`,
  );
};

const wholeMapEnd: State = (cursor) => {
  const rune = cursor.next();
  if (beginsComment(cursor, rune)) return commentThen(cursor, wholeMap);
  if (isLineEnd(rune) || isBlank(rune) || rune === SLASH) return wholeMapEnd;
  if (rune === SEMICOLON || rune === COMMA) return skip(cursor, wholeMap);
  if (rune === BRACE_END) {
    cursor.ignore();
    return cursor.pop();
  }
  return cursor.fail(`Expected a block-level to end with a '}', but got '${shownRune(rune)}' instead.`);
};

const keyStart: State = (cursor) => {
  const rune = cursor.peek();
  if (isSeparator(rune)) return cursor.fail(`Unexpected key separator '${shownRune(rune)}'`);
  if (isSpace(rune) || rune === DOUBLE_QUOTE || rune === SINGLE_QUOTE) {
    cursor.next();
    return skip(
      cursor,
      rune === DOUBLE_QUOTE ? keyInDoubleQuotes : rune === SINGLE_QUOTE ? keyInSingleQuotes : keyStart,
    );
  }
  cursor.ignore();
  cursor.next();
  return key;
};

const key: State = (cursor) => {
  cursor.run(PLAIN_KEY);
  const rune = cursor.peek();
  if (isSpace(rune)) {
    if (cursor.pending().toLowerCase() === 'include') return skip(cursor, include);
    cursor.emit('key');
    return keyEnd;
  }
  if (isSeparator(rune) || rune === END) {
    cursor.emit('key');
    return keyEnd;
  }
  cursor.next();
  return key;
};

/** The rest of a key in quotes; `behind` goes on after the closing one. */
function quotedKey(quote: number, behind: () => State, atEnd: (cursor: Cursor) => undefined): State {
  const state: State = (cursor) => {
    const rune = cursor.peek();
    if (rune === END) return atEnd(cursor);
    if (rune === quote) cursor.emit('key');
    cursor.next();
    return rune === quote ? skip(cursor, behind()) : state;
  };
  return state;
}

const keyEnd: State = (cursor) => {
  const rune = cursor.next();
  if (isSpace(rune)) return skipBlanks(cursor, keyEnd);
  if (isSeparator(rune)) return skip(cursor, value);
  if (rune === END) {
    cursor.emit('end');
    return undefined;
  }
  cursor.back();
  return value;
};

const keyInDoubleQuotes = quotedKey(
  DOUBLE_QUOTE,
  () => keyEnd,
  (cursor) => cursor.end(),
);
const keyInSingleQuotes = quotedKey(
  SINGLE_QUOTE,
  () => keyEnd,
  (cursor) => cursor.end(),
);

/** Any value; what was pushed goes on behind it. */
const value: State = (cursor) => {
  const rune = cursor.next();
  if (isBlank(rune)) return skipBlanks(cursor, value);
  switch (rune) {
    case BRACKET:
      cursor.ignore();
      cursor.emit('array-start');
      return arrayValue;
    case BRACE:
      cursor.ignore();
      cursor.emit('map-start');
      return mapKeyStart;
    case SINGLE_QUOTE:
      return skip(cursor, singleQuoted);
    case DOUBLE_QUOTE:
      cursor.afterEscape = doubleQuoted;
      return skip(cursor, doubleQuoted);
    case MINUS:
      return negative;
    case PARENTHESIS:
      return skip(cursor, block);
    case DOT:
      return cursor.fail('Floats must start with a digit');
  }
  if (isDigit(rune)) return number;
  if (isLineEnd(rune)) return cursor.fail('Expected value but found new line');
  cursor.back();
  cursor.afterEscape = unquoted;
  return unquoted;
};

const arrayValue: State = (cursor) => {
  const rune = cursor.next();
  if (isSpace(rune)) return skipBlanks(cursor, arrayValue);
  if (beginsComment(cursor, rune)) return commentThen(cursor, arrayValue);
  if (rune === COMMA || rune === SLASH) return cursor.fail("Unexpected array value terminator ','.");
  if (rune === BRACKET_END) return arrayEnd(cursor);
  cursor.back();
  cursor.push(arrayValueEnd);
  return value;
};

const arrayValueEnd: State = (cursor) => {
  const rune = cursor.next();
  if (isBlank(rune)) return skipBlanks(cursor, arrayValueEnd);
  if (beginsComment(cursor, rune)) return commentThen(cursor, arrayValueEnd);
  if (rune === COMMA || rune === SLASH || isLineEnd(rune)) return skip(cursor, arrayValue);
  if (rune === BRACKET_END) return arrayEnd(cursor);
  return cursor.fail(
    `Expected an array value terminator "," or an array terminator "]", but got '${shownRune(rune)}' instead.`,
  );
};

function arrayEnd(cursor: Cursor): State | undefined {
  cursor.ignore();
  cursor.emit('array-end');
  return cursor.pop();
}

const mapKeyStart: State = (cursor) => {
  const rune = cursor.peek();
  if (isSeparator(rune)) return cursor.fail(`Unexpected key separator '${shownRune(rune)}'.`);
  if (rune === BRACKET_END) return cursor.fail(`Unexpected array end '${shownRune(rune)}' processing map.`);
  if (rune === END) return cursor.fail('Unexpected EOF processing map.');
  if (isSpace(rune) || rune === BRACE_END || rune === SINGLE_QUOTE || rune === DOUBLE_QUOTE) {
    cursor.next();
    if (rune === BRACE_END) return skip(cursor, mapEnd);
    if (rune === SINGLE_QUOTE) return skip(cursor, mapKeyInSingleQuotes);
    return skip(cursor, rune === DOUBLE_QUOTE ? mapKeyInDoubleQuotes : mapKeyStart);
  }
  if (rune === HASH || rune === SLASH) {
    cursor.next();
    if (beginsComment(cursor, rune)) return commentThen(cursor, mapKeyStart);
  }
  cursor.ignore();
  cursor.next();
  return mapKey;
};

const mapKey: State = (cursor) => {
  cursor.run(PLAIN_KEY);
  const rune = cursor.peek();
  if (rune === END) return cursor.fail('Unexpected EOF processing map key.');
  if (isSpace(rune)) {
    if (cursor.pending().toLowerCase() === 'include') {
      cursor.ignore();
      cursor.push(mapValueEnd);
      return include;
    }
    cursor.emit('key');
    return mapKeyEnd;
  }
  if (isSeparator(rune)) {
    cursor.emit('key');
    return mapKeyEnd;
  }
  cursor.next();
  return mapKey;
};

const mapKeyEnd: State = (cursor) => {
  const rune = cursor.next();
  if (isSpace(rune)) return skipBlanks(cursor, mapKeyEnd);
  if (isSeparator(rune)) return skip(cursor, mapValue);
  cursor.back();
  return mapValue;
};

const mapKeyInSingleQuotes = quotedKey(
  SINGLE_QUOTE,
  () => mapKeyEnd,
  (cursor) => cursor.fail('Unexpected EOF processing quoted map key.'),
);
const mapKeyInDoubleQuotes = quotedKey(
  DOUBLE_QUOTE,
  () => mapKeyEnd,
  (cursor) => cursor.fail('Unexpected EOF processing double quoted map key.'),
);

const mapValue: State = (cursor) => {
  const rune = cursor.next();
  if (isSpace(rune)) return skipBlanks(cursor, mapValue);
  if (rune === COMMA) return cursor.fail('Unexpected map value terminator ",".');
  if (rune === BRACE_END) return skip(cursor, mapEnd);
  cursor.back();
  cursor.push(mapValueEnd);
  return value;
};

const mapValueEnd: State = (cursor) => {
  const rune = cursor.next();
  if (isBlank(rune)) return skipBlanks(cursor, mapValueEnd);
  if (beginsComment(cursor, rune)) return commentThen(cursor, mapValueEnd);
  if (rune === SEMICOLON || rune === COMMA || rune === SLASH || isLineEnd(rune)) return skip(cursor, mapKeyStart);
  if (rune === BRACE_END) return skip(cursor, mapEnd);
  return cursor.fail(
    `Expected a map value terminator "," or a map terminator "}", but got '${shownRune(rune)}' instead.`,
  );
};

const mapEnd: State = (cursor) => {
  cursor.ignore();
  cursor.emit('map-end');
  return cursor.pop();
};
