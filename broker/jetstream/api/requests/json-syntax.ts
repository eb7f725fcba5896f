import { quoteLatin1 } from '../../../base/latin1.ts';

/**
 * Reads JSON out of latin1 text (each character a byte of UTF-8) and complains in the words of nats-server's JSON
 * package (Go 1.27). Numbers and strings stay as they are written; what they become is up to who asked for them.
 */

export type JsonNode = (
  | { readonly kind: 'null' | 'bool' | 'string' | 'number' }
  | { readonly kind: 'array'; readonly items: readonly JsonNode[] }
  | { readonly kind: 'object'; readonly members: readonly (readonly [name: string, value: JsonNode])[] }
) & {
  /** As it is written. */
  readonly raw: string;
};

/** The text is no JSON. */
export class JsonSyntaxError extends Error {
  override readonly name = 'JsonSyntaxError';
  /** Bytes up to and with the fault; undefined: the text ends too soon. */
  readonly offset: number | undefined;

  constructor(message: string, offset?: number) {
    super(message);
    this.offset = offset;
  }
}

/** Deeper than any request, and shallow enough for the stack. Go gives up above 10,000. */
const DEPTH_MAX = 1_000;

/** One value after the other from the same text. */
export class JsonReader {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Whether nothing but blanks is left. */
  get ended(): boolean {
    this.#skipBlanks();
    return this.#at >= this.#text.length;
  }

  /** The next value. Throws a `JsonSyntaxError`. */
  value(): JsonNode {
    this.#skipBlanks();
    const start = this.#at;
    switch (this.#text[start]) {
      case '{':
        return this.#nested(() => this.#object(start));
      case '[':
        return this.#nested(() => this.#array(start));
      case '"':
        this.#string();
        return { kind: 'string', raw: this.#text.slice(start, this.#at) };
      case 'n':
        return this.#literal('null', 'null');
      case 't':
        return this.#literal('true', 'bool');
      case 'f':
        return this.#literal('false', 'bool');
      case undefined:
        throw tooShort();
      default:
        return this.#number(start);
    }
  }

  /** Complains when something follows. */
  end(): void {
    if (!this.ended) throw this.#unexpected('after top-level value');
  }

  #nested(read: () => JsonNode): JsonNode {
    if (++this.#depth > DEPTH_MAX) throw new JsonSyntaxError('exceeded max depth', this.#at + 1);
    const node = read();
    this.#depth--;
    return node;
  }

  #object(start: number): JsonNode {
    const members: [string, JsonNode][] = [];
    this.#at++;
    this.#skipBlanks();
    if (this.#text[this.#at] === '}') {
      this.#at++;
      return { kind: 'object', members, raw: this.#text.slice(start, this.#at) };
    }
    for (;;) {
      this.#skipBlanks();
      const nameStart = this.#at;
      if (this.#text[nameStart] !== '"') throw this.#unexpected('looking for beginning of object key string');
      this.#string();
      const name = unquoteJson(this.#text.slice(nameStart, this.#at));
      this.#skipBlanks();
      if (this.#text[this.#at] !== ':') throw this.#unexpected('after object key');
      this.#at++;
      members.push([name, this.value()]);
      this.#skipBlanks();
      const next = this.#text[this.#at];
      if (next !== ',' && next !== '}') throw this.#unexpected('after object key:value pair');
      this.#at++;
      if (next === '}') return { kind: 'object', members, raw: this.#text.slice(start, this.#at) };
    }
  }

  #array(start: number): JsonNode {
    const items: JsonNode[] = [];
    this.#at++;
    this.#skipBlanks();
    if (this.#text[this.#at] === ']') {
      this.#at++;
      return { kind: 'array', items, raw: this.#text.slice(start, this.#at) };
    }
    for (;;) {
      items.push(this.value());
      this.#skipBlanks();
      const next = this.#text[this.#at];
      if (next !== ',' && next !== ']') throw this.#unexpected('after array element');
      this.#at++;
      if (next === ']') return { kind: 'array', items, raw: this.#text.slice(start, this.#at) };
    }
  }

  #literal(word: string, kind: 'null' | 'bool'): JsonNode {
    for (const char of word) {
      if (this.#text[this.#at] !== char) throw this.#unexpected(`in literal ${word} (expecting '${char}')`);
      this.#at++;
    }
    return { kind, raw: word };
  }

  #number(start: number): JsonNode {
    if (!/[-0-9]/.test(this.#text[start] as string)) throw this.#unexpected('looking for beginning of value');
    if (this.#text[this.#at] === '-') this.#at++;
    if (this.#text[this.#at] === '0') this.#at++;
    else this.#digits();
    if (this.#text[this.#at] === '.') {
      this.#at++;
      this.#digits();
    }
    if (/[eE]/.test(this.#text[this.#at] ?? '')) {
      this.#at++;
      if (/[-+]/.test(this.#text[this.#at] ?? '')) this.#at++;
      this.#digits();
    }
    return { kind: 'number', raw: this.#text.slice(start, this.#at) };
  }

  #digits(): void {
    const first = this.#at;
    while (isDigit(this.#text.charCodeAt(this.#at))) this.#at++;
    if (this.#at === first) throw this.#unexpected('in numeric literal');
  }

  #string(): void {
    const text = this.#text;
    this.#at++;
    for (;;) {
      const code = text.charCodeAt(this.#at);
      if (Number.isNaN(code)) throw tooShort();
      if (code === QUOTE) break;
      if (code < 32) throw this.#unexpected('in string');
      if (code === BACKSLASH) this.#escape();
      else this.#at++;
    }
    this.#at++;
  }

  #escape(): void {
    const rest = this.#text.slice(this.#at, this.#at + 6);
    if (rest.length < 2) throw tooShort();
    if (/^\\["\\/bfnrt]/.test(rest)) {
      this.#at += 2;
    } else if (/^\\u[0-9a-fA-F]{4}$/.test(rest)) {
      this.#at += 6;
    } else if (/^\\u[0-9a-fA-F]{0,3}$/.test(rest) && rest.length < 6) {
      throw tooShort();
    } else {
      const what = rest[1] === 'u' ? rest : rest.slice(0, 2);
      const shown = /[`\s\x7f-\xff]/.test(what) ? quoteLatin1(what) : `\`${what}\``;
      throw new JsonSyntaxError(`invalid escape sequence ${shown} in string`, this.#at + what.length);
    }
  }

  /** The character at the reader's place does not fit there. */
  #unexpected(where: string): JsonSyntaxError {
    if (this.#at >= this.#text.length) return tooShort();
    const char = runeAt(this.#text, this.#at);
    return new JsonSyntaxError(`invalid character ${quoteRune(char)} ${where}`, this.#at + char.length);
  }

  #skipBlanks(): void {
    while (BLANKS.has(this.#text.charCodeAt(this.#at))) this.#at++;
  }
}

/** What a string of JSON says, in latin1: escapes become UTF-8, bytes that are no UTF-8 become U+FFFD. */
export function unquoteJson(raw: string): string {
  const inner = raw.slice(1, -1);
  // Nearly all strings are plain ASCII.
  if (!/[\\\x80-\xff]/.test(inner)) return inner;
  let out = '';
  for (let at = 0; at < inner.length;) {
    const char = runeAt(inner, at);
    if (char !== '\\') {
      out += char.length === 1 && char > '\x7f' ? REPLACEMENT : char;
      at += char.length;
      continue;
    }
    const letter = inner[at + 1] as string;
    if (letter !== 'u') {
      out += SHORT_ESCAPES[letter] ?? letter;
      at += 2;
      continue;
    }
    const pair = /^\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})/.exec(inner.slice(at, at + 12));
    const units = pair === null ? [inner.slice(at + 2, at + 6)] : [pair[1] as string, pair[2] as string];
    const text = String.fromCharCode(...units.map((unit) => Number.parseInt(unit, 16)));
    // Half of a pair becomes U+FFFD here.
    out += Buffer.from(text, 'utf8').toString('latin1');
    at += units.length * 6;
  }
  return out;
}

const QUOTE = 34;
const BACKSLASH = 92;
const BLANKS = new Set([9, 10, 13, 32]);
const REPLACEMENT = '\xef\xbf\xbd';
const SHORT_ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function tooShort(): JsonSyntaxError {
  return new JsonSyntaxError('unexpected EOF');
}

/** The bytes of the character there; a single one when they are no UTF-8. */
function runeAt(text: string, at: number): string {
  const lead = text.charCodeAt(at);
  const length = lead < 0xc2 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 1;
  if (length === 1 || at + length > text.length) return text.slice(at, at + 1);
  const second = text.charCodeAt(at + 1);
  const lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const highest = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < lowest || second > highest) return text.slice(at, at + 1);
  for (let i = 2; i < length; i++) if ((text.charCodeAt(at + i) & 0xc0) !== 0x80) return text.slice(at, at + 1);
  return text.slice(at, at + length);
}

/** As Go quotes one character: `'x'`, `'\n'`, `'\xe9'`. */
function quoteRune(char: string): string {
  if (char === "'") return "'\\''";
  if (char === '"') return `'"'`;
  if (char === '\xef\xbb\xbf') return "'\\ufeff'";
  return `'${quoteLatin1(char).slice(1, -1)}'`;
}
