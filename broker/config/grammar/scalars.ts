import { type Cursor, END, isBlank, isDigit, isLineEnd, shownRune, type State } from './cursor.ts';

/** What the states below take without looking closer. */
const PLAIN_IN_SINGLE_QUOTES = /[^'\0\n]+/y;
const PLAIN_IN_DOUBLE_QUOTES = /[^"\\\0\n]+/y;
const PLAIN_UNQUOTED = /[^\\'\0\n\r\t ;,\]}]+/y;
const PLAIN_COMMENT = /[^\0\n\r]+/y;
const PLAIN_BLOCK = /[^)\0\n]+/y;

const LINE_FEED = 10;
const DOUBLE_QUOTE = 34;
const SINGLE_QUOTE = 39;
const PARENTHESIS_END = 41;
const COMMA = 44;
const MINUS = 45;
const DOT = 46;
const COLON = 58;
const SEMICOLON = 59;
const BACKSLASH = 92;
const BRACKET_END = 93;
const BRACE_END = 125;

/** Behind the quote, up to the next one; nothing stands for something else in it. */
export const singleQuoted: State = (cursor) => {
  cursor.run(PLAIN_IN_SINGLE_QUOTES);
  const rune = cursor.next();
  if (rune === END) return cursor.end();
  if (rune !== SINGLE_QUOTE) return singleQuoted;
  cursor.back();
  cursor.emit('text');
  return behindQuote(cursor);
};

export const doubleQuoted: State = (cursor) => {
  cursor.run(PLAIN_IN_DOUBLE_QUOTES);
  const rune = cursor.next();
  if (rune === END) return cursor.end();
  if (rune === BACKSLASH) return escapeIn(cursor);
  if (rune !== DOUBLE_QUOTE) return doubleQuoted;
  cursor.back();
  cursor.emitText();
  return behindQuote(cursor);
};

/** A value without quotes. Only here is it known whether it is a boolean, a variable, or a string. */
export const unquoted: State = (cursor) => {
  cursor.run(PLAIN_UNQUOTED);
  const rune = cursor.next();
  if (rune === BACKSLASH) return escapeIn(cursor);
  if (rune === SINGLE_QUOTE) {
    cursor.back();
    cursor.emitText();
    return behindQuote(cursor);
  }
  if (!endsUnquoted(rune)) return unquoted;
  cursor.back();
  if (cursor.hasEscapes) cursor.emitText();
  else if (/^(?:true|false|on|off|yes|no)$/i.test(cursor.pending())) cursor.emit('boolean');
  else if (cursor.input[cursor.start] === '$') {
    cursor.start++;
    cursor.emit('variable');
  } else cursor.emitText();
  return cursor.pop();
};

function endsUnquoted(rune: number): boolean {
  return (
    isLineEnd(rune) ||
    isBlank(rune) ||
    rune === END ||
    rune === SEMICOLON ||
    rune === COMMA ||
    rune === BRACKET_END ||
    rune === BRACE_END
  );
}

function behindQuote(cursor: Cursor): State | undefined {
  cursor.next();
  cursor.ignore();
  return cursor.pop();
}

/** Behind `(`: everything up to a `)` that is alone on its line. */
export const block: State = (cursor) => {
  cursor.run(PLAIN_BLOCK);
  const rune = cursor.next();
  if (rune === END) return cursor.fail('Unexpected EOF processing block.');
  if (rune !== PARENTHESIS_END) return block;
  cursor.back();
  cursor.back();
  if (cursor.next() !== LINE_FEED) {
    cursor.next();
    return block;
  }
  cursor.next();
  const behind = cursor.next();
  cursor.back();
  if (behind !== LINE_FEED && behind !== END) return block;
  cursor.back();
  cursor.emit('text');
  return behindQuote(cursor);
};

const ESCAPES = new Map([
  ['t', '\t'],
  ['n', '\n'],
  ['r', '\r'],
  ['"', '"'],
  ['\\', '\\'],
]);

function escapeIn(cursor: Cursor): State {
  cursor.keep(1);
  return escape;
}

const escape: State = (cursor) => {
  const shown = shownRune(cursor.next());
  if (shown === 'x') return hexadecimal(cursor);
  const value = ESCAPES.get(shown);
  if (value !== undefined) return cursor.replace(value);
  return cursor.fail(
    `Invalid escape character '${shown}'. Only the following escape characters are allowed: \\xXX, \\t, \\n, \\r, \\", \\\\.`,
  );
};

function hexadecimal(cursor: Cursor): State | undefined {
  for (let i = 0; i < 2; i++) {
    if (isLineEnd(cursor.next())) {
      return cursor.fail("Expected two hexadecimal digits after '\\x', but hit end of line");
    }
  }
  const digits = cursor.input.slice(cursor.pos - 2, cursor.pos);
  if (!/^[\da-fA-F]{2}$/.test(digits)) {
    return cursor.fail(`Expected two hexadecimal digits after '\\x', but got '${digits}'`);
  }
  return cursor.replace(String.fromCharCode(Number.parseInt(digits, 16)));
}

/** What begins with a digit: an integer, a float, a date, an address, or a string after all. */
export const number: State = (cursor) => {
  const rune = cursor.next();
  if (rune === MINUS) {
    if (cursor.pos - cursor.start !== 5) return cursor.fail('All ISO8601 dates must be in full Zulu form.');
    return dateBehindYear;
  }
  if (isDigit(rune)) return number;
  if (rune === DOT) return fraction;
  if (isUnit(rune)) return withUnit;
  if (!endsNumber(rune)) return asText(cursor);
  return done(cursor, 'integer');
};

/** Behind the minus; nothing but a number may come. */
export const negative: State = (cursor) => {
  const rune = cursor.next();
  if (isDigit(rune)) return negativeDigits;
  if (rune === DOT) return cursor.fail("Floats must start with a digit, not '.'.");
  return cursor.fail(`Expected a digit but got '${shownRune(rune)}'.`);
};

const negativeDigits: State = (cursor) => {
  const rune = cursor.next();
  if (isDigit(rune)) return negativeDigits;
  if (rune === DOT) return fraction;
  if (isUnit(rune)) return withUnit;
  return done(cursor, 'integer');
};

/** Behind `1k`, where `b` or `i` may follow. */
const withUnit: State = (cursor) => {
  const rune = cursor.next();
  if (/^[bBiI]$/.test(shownRune(rune))) return withUnit;
  if (!endsNumber(rune)) {
    cursor.back();
    return asText(cursor);
  }
  return done(cursor, 'integer');
};

const fraction: State = (cursor) => {
  const rune = cursor.next();
  if (isDigit(rune)) return fractionDigits;
  return cursor.fail(`Floats must have a digit after the '.', but got '${shownRune(rune)}' instead.`);
};

const fractionDigits: State = (cursor) => {
  const rune = cursor.next();
  if (isDigit(rune)) return fractionDigits;
  if (rune === DOT) return address;
  return done(cursor, 'float');
};

/** Behind the second dot of `127.0.0.1:4222`. */
const address: State = (cursor) => {
  const rune = cursor.next();
  if (isDigit(rune) || rune === DOT || rune === COLON || rune === MINUS) return address;
  return done(cursor, 'text');
};

const dateBehindYear: State = (cursor) => {
  for (const wanted of '00-00T00:00:00Z') {
    const rune = cursor.next();
    if (wanted === '0') {
      if (!isDigit(rune)) {
        return cursor.fail(`Expected digit in ISO8601 datetime, but found '${shownRune(rune)}' instead.`);
      }
    } else if (wanted !== shownRune(rune)) {
      return cursor.fail(`Expected '${wanted}' in ISO8601 datetime, but found '${shownRune(rune)}' instead.`);
    }
  }
  cursor.emit('datetime');
  return cursor.pop();
};

function done(cursor: Cursor, kind: 'integer' | 'float' | 'text'): State | undefined {
  cursor.back();
  cursor.emit(kind);
  return cursor.pop();
}

function asText(cursor: Cursor): State {
  cursor.afterEscape = unquoted;
  return unquoted;
}

function isUnit(rune: number): boolean {
  return rune < 128 && /^[kmgtpe]$/i.test(String.fromCharCode(rune));
}

function endsNumber(rune: number): boolean {
  return isLineEnd(rune) || isBlank(rune) || rune === END || rune === BRACE_END || rune === SEMICOLON || rune === COMMA;
}

/** Behind `#` or `//`, up to the end of the line. */
export const comment: State = (cursor) => {
  cursor.ignore();
  cursor.emit('comment');
  return commentText;
};

const commentText: State = (cursor) => {
  cursor.run(PLAIN_COMMENT);
  const rune = cursor.peek();
  if (isLineEnd(rune) || rune === END) {
    cursor.emit('comment');
    return cursor.pop();
  }
  cursor.next();
  return commentText;
};

/** Behind the word `include`. */
export const include: State = (cursor) => {
  const rune = cursor.next();
  if (isBlank(rune)) {
    cursor.ignore();
    return include;
  }
  const quote = String.fromCodePoint(rune);
  if (rune === SINGLE_QUOTE || rune === DOUBLE_QUOTE) {
    cursor.ignore();
    return rune === SINGLE_QUOTE ? includeInSingleQuotes : includeInDoubleQuotes;
  }
  const wrong =
    isDigit(rune) || rune === MINUS ? 'start of a number' : isLineEnd(rune) ? 'new line' : NOT_INCLUDED.get(quote);
  if (wrong !== undefined) return cursor.fail(`Expected include value but found ${wrong}`);
  cursor.back();
  return includeUnquoted;
};

const NOT_INCLUDED = new Map([
  ['[', 'start of an array'],
  ['{', 'start of a map'],
  ['(', 'start of a block'],
  ['\\', 'escape sequence'],
]);

const includeUnquoted: State = (cursor) => {
  const rune = cursor.next();
  const ends = isLineEnd(rune) || isBlank(rune) || rune === END || rune === SEMICOLON || rune === BRACE_END;
  if (!ends && rune !== SINGLE_QUOTE) return includeUnquoted;
  cursor.back();
  cursor.emit('include');
  return ends ? cursor.pop() : behindQuote(cursor);
};

function includeQuoted(end: number, name: string): State {
  const state: State = (cursor) => {
    const rune = cursor.next();
    if (rune === END) return cursor.fail(`Unexpected EOF in ${name} include`);
    if (rune !== end) return state;
    cursor.back();
    cursor.emit('include');
    return behindQuote(cursor);
  };
  return state;
}

const includeInSingleQuotes = includeQuoted(SINGLE_QUOTE, 'quoted');
const includeInDoubleQuotes = includeQuoted(DOUBLE_QUOTE, 'double quoted');
