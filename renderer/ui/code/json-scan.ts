import {
  commaBit,
  fieldDepth,
  fieldEnd,
  fieldKeyEnd,
  fieldKeyStart,
  fieldKind,
  fieldPartner,
  fieldStart,
  JsonLines,
  kinds,
  stride,
  type JsonProblem,
} from './json-lines.ts';

/** What may come next. The names follow RFC 8259. */
type State = 'value' | 'first-key' | 'key' | 'first-value' | 'after-value' | 'done';

const quote = 0x22;
const backslash = 0x5c;

/**
 * Reads a JSON document into lines, a slice of tokens at a time, so that a page with a big one goes on answering:
 *
 *     const scan = new JsonScan(bytes, false);
 *     while (!scan.run(40_000)) await nextTurn();
 *     scan.problem ?? scan.lines();
 *
 * A `partial` document is the beginning of one that is longer: its end in the middle of anything is no problem, and what
 * is open stays open.
 */
export class JsonScan {
  problem: JsonProblem | null = null;
  /** Whether a partial document ended before it was whole. */
  unfinished = false;
  readonly #bytes: Uint8Array;
  readonly #partial: boolean;
  #at = 0;
  #state: State = 'value';
  #cells = new Int32Array(64 * stride);
  #count = 0;
  #keyStart = -1;
  #keyEnd = -1;
  /** Lines that are open, outermost first. */
  #open = new Int32Array(64);
  #depth = 0;
  #ended = false;

  constructor(bytes: Uint8Array, partial: boolean) {
    this.#bytes = bytes;
    this.#partial = partial;
  }

  /** Reads up to so many tokens; true once there is nothing left to do. */
  run(tokens: number): boolean {
    for (let left = tokens; left > 0 && !this.#ended; left--) this.#token();
    return this.#ended;
  }

  /** The lines read so far. */
  lines(): JsonLines {
    return new JsonLines(this.#bytes, this.#cells.subarray(0, this.#count * stride), this.#count);
  }

  #token(): void {
    this.#skipSpace();
    if (this.#at >= this.#bytes.length) return this.#end();
    const byte = this.#bytes[this.#at]!;
    switch (this.#state) {
      case 'value':
        return this.#value(byte);
      case 'first-value':
        return byte === 0x5d ? this.#closeEmpty(kinds.emptyArray) : this.#value(byte);
      case 'first-key':
        return byte === 0x7d ? this.#closeEmpty(kinds.emptyObject) : this.#key(byte);
      case 'key':
        return this.#key(byte);
      case 'after-value':
        return this.#afterValue(byte);
      case 'done':
        return this.#fail(this.#at, 'Nothing may follow the value');
    }
  }

  #skipSpace(): void {
    const bytes = this.#bytes;
    let at = this.#at;
    for (; at < bytes.length; at++) {
      const byte = bytes[at]!;
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
    }
    this.#at = at;
  }

  #end(): void {
    this.#ended = true;
    if (this.#state === 'done') return;
    if (this.#partial) {
      this.unfinished = true;
      return;
    }
    if (this.#count === 0) return this.#fail(this.#bytes.length, 'There is no value');
    const within = this.#depth > 0 ? this.#open[this.#depth - 1]! : -1;
    const what = within >= 0 && this.#cells[within * stride + fieldKind] === kinds.openArray ? ']' : '}';
    this.#fail(this.#bytes.length, `It ends before its closing ${what}`);
  }

  #value(byte: number): void {
    const at = this.#at;
    if (byte === 0x7b || byte === 0x5b) {
      const line = this.#line(byte === 0x7b ? kinds.openObject : kinds.openArray, at, at + 1);
      this.#push(line);
      this.#at = at + 1;
      this.#state = byte === 0x7b ? 'first-key' : 'first-value';
      return;
    }
    let end: number;
    if (byte === quote) end = this.#string(at);
    else if (byte === 0x2d || (byte >= 0x30 && byte <= 0x39)) end = this.#number(at);
    else if (byte === 0x74) end = this.#literal(at, 'true');
    else if (byte === 0x66) end = this.#literal(at, 'false');
    else if (byte === 0x6e) end = this.#literal(at, 'null');
    else return this.#fail(at, 'A value should stand here');
    if (end < 0) return;
    this.#line(byte === quote ? kinds.string : byte > 0x39 ? kinds.literal : kinds.number, at, end);
    this.#at = end;
    this.#state = this.#depth === 0 ? 'done' : 'after-value';
  }

  #key(byte: number): void {
    if (byte !== quote) return this.#fail(this.#at, 'A key in double quotes should stand here');
    const start = this.#at;
    const end = this.#string(start);
    if (end < 0) return;
    this.#at = end;
    this.#skipSpace();
    if (this.#at >= this.#bytes.length) {
      if (!this.#partial) return this.#fail(this.#at, 'A colon should stand here');
      this.#ended = true;
      this.unfinished = true;
      return;
    }
    if (this.#bytes[this.#at] !== 0x3a) return this.#fail(this.#at, 'A colon should stand here');
    this.#at++;
    this.#keyStart = start;
    this.#keyEnd = end;
    this.#state = 'value';
  }

  #afterValue(byte: number): void {
    const within = this.#open[this.#depth - 1]!;
    const object = this.#cells[within * stride + fieldKind] === kinds.openObject;
    if (byte === 0x2c) {
      // The comma belongs to the last line: a value, or what closes one.
      this.#cells[(this.#count - 1) * stride + fieldKind]! |= commaBit;
      this.#at++;
      this.#state = object ? 'key' : 'value';
      return;
    }
    if (byte !== (object ? 0x7d : 0x5d))
      return this.#fail(this.#at, `A comma or ${object ? '}' : ']'} should stand here`);
    const at = this.#at;
    this.#depth--;
    const line = this.#line(object ? kinds.closeObject : kinds.closeArray, at, at + 1);
    this.#cells[line * stride + fieldPartner] = within;
    this.#cells[within * stride + fieldPartner] = line;
    this.#cells[within * stride + fieldEnd] = at + 1;
    this.#at = at + 1;
    this.#state = this.#depth === 0 ? 'done' : 'after-value';
  }

  #closeEmpty(kind: number): void {
    this.#depth--;
    const line = this.#open[this.#depth]!;
    this.#cells[line * stride + fieldKind] = kind;
    this.#cells[line * stride + fieldEnd] = ++this.#at;
    this.#state = this.#depth === 0 ? 'done' : 'after-value';
  }

  /** End of the string that opens at `start`; -1 when it is none. */
  #string(start: number): number {
    const bytes = this.#bytes;
    for (let at = start + 1; at < bytes.length; at++) {
      const byte = bytes[at]!;
      if (byte === quote) return at + 1;
      if (byte < 0x20) return this.#refuse(at, 'A control character in a string must be escaped');
      if (byte === backslash) {
        at++;
        if (at >= bytes.length) break;
        const escaped = bytes[at]!;
        if (escaped === 0x75) {
          for (let digit = 1; digit <= 4; digit++) {
            if (at + digit >= bytes.length) break;
            if (!isHex(bytes[at + digit]!)) return this.#refuse(at + digit, 'Four hex digits must follow \\u');
          }
          at += 4;
        } else if (!isEscape(escaped)) return this.#refuse(at, 'This character cannot be escaped');
      }
    }
    if (this.#partial) return bytes.length;
    return this.#refuse(start, 'This string has no closing quote');
  }

  #number(start: number): number {
    const bytes = this.#bytes;
    let at = start;
    if (bytes[at] === 0x2d) at++;
    const first = at;
    at = this.#digits(at);
    if (at === first) return this.#short(at, 'A digit should stand here');
    if (bytes[first] === 0x30 && at > first + 1) return this.#refuse(first, 'A number cannot begin with 0');
    if (bytes[at] === 0x2e) {
      const fraction = ++at;
      at = this.#digits(at);
      if (at === fraction) return this.#short(at, 'A digit should follow the point');
    }
    if (bytes[at] === 0x65 || bytes[at] === 0x45) {
      at++;
      if (bytes[at] === 0x2b || bytes[at] === 0x2d) at++;
      const exponent = at;
      at = this.#digits(at);
      if (at === exponent) return this.#short(at, 'A digit should stand in the exponent');
    }
    return at;
  }

  #digits(from: number): number {
    let at = from;
    while (at < this.#bytes.length && this.#bytes[at]! >= 0x30 && this.#bytes[at]! <= 0x39) at++;
    return at;
  }

  #literal(start: number, word: string): number {
    for (let i = 0; i < word.length; i++) {
      if (start + i >= this.#bytes.length) return this.#short(start + i, `${word} should stand here`);
      if (this.#bytes[start + i] !== word.charCodeAt(i)) return this.#refuse(start, 'A value should stand here');
    }
    return start + word.length;
  }

  /** A token that stops at the end of a partial document is taken as far as it goes. */
  #short(at: number, text: string): number {
    return this.#partial && at >= this.#bytes.length ? at : this.#refuse(at, text);
  }

  #refuse(at: number, text: string): -1 {
    this.#fail(at, text);
    return -1;
  }

  #fail(offset: number, text: string): void {
    this.#ended = true;
    let line = 1;
    let begins = 0;
    for (let at = 0; at < offset; at++) {
      if (this.#bytes[at] === 0x0a) {
        line++;
        begins = at + 1;
      }
    }
    this.problem = { offset, line, column: offset - begins + 1, text };
  }

  #push(line: number): void {
    if (this.#depth === this.#open.length) {
      const more = new Int32Array(this.#open.length * 2);
      more.set(this.#open);
      this.#open = more;
    }
    this.#open[this.#depth++] = line;
    // Until its end is found an opening line reaches to the end of what there is.
    this.#cells[line * stride + fieldEnd] = this.#bytes.length;
  }

  #line(kind: number, start: number, end: number): number {
    if ((this.#count + 1) * stride > this.#cells.length) {
      const more = new Int32Array(this.#cells.length * 2);
      more.set(this.#cells);
      this.#cells = more;
    }
    const at = this.#count * stride;
    this.#cells[at + fieldDepth] = this.#depth;
    this.#cells[at + fieldKind] = kind;
    this.#cells[at + fieldKeyStart] = this.#keyStart;
    this.#cells[at + fieldKeyEnd] = this.#keyEnd;
    this.#cells[at + fieldStart] = start;
    this.#cells[at + fieldEnd] = end;
    this.#cells[at + fieldPartner] = -1;
    this.#keyStart = -1;
    this.#keyEnd = -1;
    return this.#count++;
  }
}

/** Reads a whole document at once. For short ones and for tests. */
export function scanJson(bytes: Uint8Array, partial = false): JsonScan {
  const scan = new JsonScan(bytes, partial);
  scan.run(Number.POSITIVE_INFINITY);
  return scan;
}

function isHex(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
}

function isEscape(byte: number): boolean {
  // " \ / b f n r t
  return [0x22, 0x5c, 0x2f, 0x62, 0x66, 0x6e, 0x72, 0x74].includes(byte);
}
