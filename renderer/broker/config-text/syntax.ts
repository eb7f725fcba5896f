/**
 * A configuration text as a tree that knows where everything stands, for edits by position: whatever an edit does not
 * mean to change stays as it was written, comments and blanks included. It reads the grammar of nats-server (braces or
 * none around the whole, `key value`, `key: value`, `key = value`, strings, blocks in round brackets, includes) and
 * decides nothing: what the values mean, and whether they may stand there, is the core's check to say.
 */

export interface Scalar {
  kind: 'scalar';
  from: number;
  to: number;
  /** As it is written, quotes included. */
  raw: string;
  /** What it says: without quotes, escapes resolved. */
  text: string;
  /** How it is written; `word` is everything without quotes. */
  form: 'word' | 'single' | 'double' | 'block' | 'variable';
}

export interface Entry {
  key: string;
  /** Place of the key, quotes included. */
  keyFrom: number;
  keyTo: number;
  quoted: boolean;
  /** `include <file>`: the value is the path. */
  include: boolean;
  value: Node;
}

export interface MapNode {
  kind: 'map';
  from: number;
  to: number;
  entries: Entry[];
  /** The text itself, without braces around it. */
  bare: boolean;
}

export interface ArrayNode {
  kind: 'array';
  from: number;
  to: number;
  items: Node[];
}

export type Node = Scalar | MapNode | ArrayNode;

export interface Syntax {
  text: string;
  root: MapNode;
  /** Where the text cannot be read any further; the tree has what stands before. */
  fault: { at: number; text: string } | null;
}

class Fault extends Error {
  readonly at: number;
  constructor(at: number, text: string) {
    super(text);
    this.at = at;
  }
}

export function parseSyntax(text: string): Syntax {
  const reader = new Reader(text);
  return { text, ...reader.read() };
}

const isBlank = (sign: string): boolean => sign === ' ' || sign === '\t';
const isBreak = (sign: string): boolean => sign === '\n' || sign === '\r';
const isSpace = (sign: string): boolean => isBlank(sign) || isBreak(sign) || sign === '\v' || sign === '\f';
const isSeparator = (sign: string): boolean => sign === ':' || sign === '=';
/** What ends a word. */
const endsWord = (sign: string): boolean =>
  sign === '' || isSpace(sign) || sign === ',' || sign === ';' || sign === ']' || sign === '}';

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): Omit<Syntax, 'text'> {
    const root: MapNode = { kind: 'map', from: 0, to: this.#text.length, entries: [], bare: true };
    try {
      this.#skip();
      if (this.#peek() === '{') {
        root.bare = false;
        root.from = this.#at++;
        this.#entries(root, '}');
        root.to = this.#at;
        this.#skip();
        if (this.#peek() !== '') throw new Fault(this.#at, 'Something follows the end of the configuration');
      } else this.#entries(root, '');
      return { root, fault: null };
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      return { root, fault: { at: error.at, text: error.message } };
    }
  }

  #peek(): string {
    return this.#text[this.#at] ?? '';
  }

  /** Blanks, line breaks, comments, and what may stand between two entries. */
  #skip(between = ''): void {
    for (;;) {
      const sign = this.#peek();
      if (isSpace(sign) || (sign !== '' && between.includes(sign))) this.#at++;
      else if (sign === '#' || (sign === '/' && this.#text[this.#at + 1] === '/')) this.#toLineEnd();
      else return;
    }
  }

  #toLineEnd(): void {
    while (this.#peek() !== '' && !isBreak(this.#peek())) this.#at++;
  }

  /** @param end the brace that ends the map, or '' for the end of the text */
  #entries(map: MapNode, end: '}' | ''): void {
    for (;;) {
      this.#skip(',;');
      if (this.#peek() === end) {
        if (end !== '') this.#at++;
        return;
      }
      if (this.#peek() === '') throw new Fault(map.from, 'This block is not closed');
      map.entries.push(this.#entry());
    }
  }

  #entry(): Entry {
    const keyFrom = this.#at;
    const quote = this.#peek();
    const quoted = quote === '"' || quote === "'";
    let key: string;
    if (quoted) {
      const close = this.#text.indexOf(quote, keyFrom + 1);
      if (close < 0) throw new Fault(keyFrom, 'This key is not closed');
      key = this.#text.slice(keyFrom + 1, close);
      this.#at = close + 1;
    } else {
      while (this.#peek() !== '' && !isSpace(this.#peek()) && !isSeparator(this.#peek())) this.#at++;
      key = this.#text.slice(keyFrom, this.#at);
      if (key === '' || key === '}' || key === ']') throw new Fault(keyFrom, 'A key should stand here');
    }
    const keyTo = this.#at;
    const include = !quoted && key.toLowerCase() === 'include' && isBlank(this.#peek());
    if (!include) {
      while (isSpace(this.#peek())) this.#at++;
      if (isSeparator(this.#peek())) this.#at++;
    }
    while (isSpace(this.#peek())) this.#at++;
    return { key, keyFrom, keyTo, quoted, include, value: this.#value() };
  }

  #value(): Node {
    const from = this.#at;
    switch (this.#peek()) {
      case '':
        throw new Fault(from, 'A value is missing');
      case '{': {
        const map: MapNode = { kind: 'map', from, to: from, entries: [], bare: false };
        this.#at++;
        this.#entries(map, '}');
        map.to = this.#at;
        return map;
      }
      case '[':
        return this.#array();
      case "'":
      case '"':
        return this.#quoted(this.#peek());
      case '(':
        return this.#block();
      default:
        return this.#word();
    }
  }

  #array(): ArrayNode {
    const array: ArrayNode = { kind: 'array', from: this.#at, to: this.#at, items: [] };
    this.#at++;
    for (;;) {
      this.#skip(',');
      if (this.#peek() === ']') {
        this.#at++;
        array.to = this.#at;
        return array;
      }
      if (this.#peek() === '') throw new Fault(array.from, 'This list is not closed');
      array.items.push(this.#value());
    }
  }

  #quoted(quote: string): Scalar {
    const from = this.#at;
    const text = this.#text;
    let at = from + 1;
    while (at < text.length && text[at] !== quote) at += quote === '"' && text[at] === '\\' ? 2 : 1;
    if (at >= text.length) throw new Fault(from, 'This string is not closed');
    this.#at = at + 1;
    const inside = text.slice(from + 1, at);
    const said = quote === '"' ? unescape(inside) : inside;
    const form = quote === '"' ? 'double' : 'single';
    return { kind: 'scalar', from, to: this.#at, raw: text.slice(from, this.#at), text: said, form };
  }

  /** From a round bracket to one that has a line to itself. */
  #block(): Scalar {
    const from = this.#at;
    const close = /\n\)(?=\n|$)/g;
    close.lastIndex = from;
    const found = close.exec(this.#text);
    if (found === null) throw new Fault(from, 'This block of text is not closed');
    const to = found.index + 2;
    this.#at = to;
    const raw = this.#text.slice(from, to);
    return { kind: 'scalar', from, to, raw, text: raw.slice(1, -1), form: 'block' };
  }

  #word(): Scalar {
    const from = this.#at;
    while (!endsWord(this.#peek())) this.#at++;
    if (this.#at === from) throw new Fault(from, 'A value is missing');
    const raw = this.#text.slice(from, this.#at);
    const variable = raw.startsWith('$') && !/^\$2[aby]?\$/.test(raw);
    return { kind: 'scalar', from, to: this.#at, raw, text: raw, form: variable ? 'variable' : 'word' };
  }
}

function unescape(text: string): string {
  return text.replace(/\\(x[0-9a-fA-F]{2}|.)/gs, (whole, sign: string) => {
    if (sign.length === 3) return String.fromCharCode(Number.parseInt(sign.slice(1), 16));
    return { t: '\t', n: '\n', r: '\r', '"': '"', '\\': '\\' }[sign] ?? whole;
  });
}

/** Line and column, both from 1, of a place in the text. */
export function placeOf(text: string, at: number): { line: number; column: number } {
  const before = text.slice(0, at);
  const start = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: at - start + 1 };
}

/** The offset of a line and column, both from 1; the end of the line or of the text when there is no such place. */
export function offsetOf(text: string, line: number, column: number): number {
  let start = 0;
  for (let number = 1; number < line; number++) {
    const next = text.indexOf('\n', start);
    if (next < 0) return text.length;
    start = next + 1;
  }
  const end = text.indexOf('\n', start);
  return Math.min(end < 0 ? text.length : end, start + Math.max(0, column - 1));
}
