/** What the lexer finds, in the order in which it stands in the text. */
export type ItemKind =
  | 'error'
  | 'end'
  | 'key'
  | 'text'
  | 'boolean'
  | 'integer'
  | 'float'
  | 'datetime'
  | 'array-start'
  | 'array-end'
  | 'map-start'
  | 'map-end'
  | 'comment'
  | 'variable'
  | 'include';

export interface Item {
  readonly kind: ItemKind;
  /** Bytes as latin1; of an error, its message. */
  readonly value: string;
  /** From 1. */
  readonly line: number;
  /** As nats-server counts: from 0 in the first line and from 1 in the others, in bytes. */
  readonly column: number;
  /** Where it begins in the text. */
  readonly offset: number;
}

/** Takes a rune or some and says what comes next; undefined: nothing, an error or the end has been said. */
export type State = (cursor: Cursor) => State | undefined;

/** What `next` gives at the end of the text; a NUL in the text is taken for it, as nats-server does. */
export const END = 0;

/**
 * Walks over the text rune by rune and keeps account of lines as nats-server's lexer does, whose columns are part of every
 * message. A line begins with the line feed in front of it, and a line feed that was only looked at counts as seen.
 */
export class Cursor {
  /** Bytes as latin1. */
  readonly input: string;
  start = 0;
  pos = 0;
  line = 1;
  /** What a string goes on with after an escape. */
  afterEscape: State | undefined;
  #width = 0;
  #lineStart = 0;
  #itemLineStart = 0;
  #origin = 0;
  #parts: string[] = [];
  readonly #stack: State[] = [];
  #item: Item | undefined;

  constructor(input: string) {
    this.input = input;
  }

  /** The item that was said last; asking takes it. */
  take(): Item | undefined {
    const item = this.#item;
    this.#item = undefined;
    return item;
  }

  push(state: State): void {
    this.#stack.push(state);
  }

  /** What was begun and goes on now. */
  pop(): State | undefined {
    return this.#stack.pop() ?? this.fail('BUG in lexer: no states to pop.');
  }

  next(): number {
    if (this.pos >= this.input.length) {
      this.#width = 0;
      return END;
    }
    const code = this.input.charCodeAt(this.pos);
    if (code === 10) {
      this.line++;
      this.#lineStart = this.pos;
    }
    if (code < 128) {
      this.#width = 1;
      this.pos++;
      return code;
    }
    const { rune, width } = decodeRune(this.input, this.pos);
    this.#width = width;
    this.pos += width;
    return rune;
  }

  /** Takes the last `next` back. */
  back(): void {
    this.pos -= this.#width;
    if (this.input.charCodeAt(this.pos) === 10) this.line--;
  }

  /**
   * Goes over what fits `pattern` from here on, which is sticky and takes no line feed: many runes at once, where a state
   * would take one after the other.
   */
  run(pattern: RegExp): void {
    pattern.lastIndex = this.pos;
    if (pattern.test(this.input)) this.pos = pattern.lastIndex;
  }

  peek(): number {
    // A line feed that is looked at counts as seen, and only that and what is beyond ASCII needs more than a look.
    const code = this.input.charCodeAt(this.pos);
    if (code < 128 && code !== 10) {
      this.#width = 1;
      return code;
    }
    const rune = this.next();
    this.back();
    return rune;
  }

  /** Leaves out what was read since the last item. */
  ignore(): void {
    this.start = this.pos;
    this.#origin = this.pos;
    this.#itemLineStart = this.#lineStart;
  }

  /** Text since the last item. */
  pending(): string {
    return this.input.slice(this.start, this.pos);
  }

  emit(kind: ItemKind): void {
    const value = this.#parts.join('') + this.pending();
    const column = this.pos - this.#itemLineStart - value.length;
    this.#item = { kind, value, line: this.line, column, offset: this.#origin };
    this.start = this.pos;
    this.#origin = this.pos;
    this.#itemLineStart = this.#lineStart;
  }

  /** Says a string with what its escapes stand for. */
  emitText(): void {
    this.emit('text');
    this.#parts = [];
  }

  get hasEscapes(): boolean {
    return this.#parts.length > 0;
  }

  /** Keeps what stands in front of an escape, of which `escapeBytes` have been read. */
  keep(escapeBytes: number): void {
    this.#parts.push(this.input.slice(this.start, this.pos - escapeBytes));
    this.start = this.pos;
  }

  /** Puts what an escape stands for into the string, which then goes on. */
  replace(value: string): State | undefined {
    this.#parts.push(value);
    this.start = this.pos;
    return this.afterEscape;
  }

  /** Ends everything with an error. */
  fail(message: string): undefined {
    const column = this.pos - this.#lineStart;
    this.#item = {
      kind: 'error',
      value: message,
      line: this.line,
      column,
      offset: Math.max(0, this.pos - this.#width),
    };
    return undefined;
  }

  /** The end, said where it may come; undefined as the next state. */
  end(): undefined {
    if (this.pos > this.start) return this.fail('Unexpected EOF.');
    this.emit('end');
    return undefined;
  }
}

/** Blanks, of which many stand at the beginning of a line. */
export const BLANKS = /[ \t]+/y;

/** A rune as messages show it, as bytes. */
export function shownRune(rune: number): string {
  if (rune === 10) return '\\n';
  return rune < 128 ? String.fromCharCode(rune) : Buffer.from(String.fromCodePoint(rune)).toString('latin1');
}

export function isSpace(rune: number): boolean {
  if (rune === 32 || (rune >= 9 && rune <= 13)) return true;
  return rune >= 128 && (rune === 0x85 || (rune !== 0xfeff && /\s/u.test(String.fromCodePoint(rune))));
}

export function isDigit(rune: number): boolean {
  if (rune < 128) return rune >= 48 && rune <= 57;
  return /\p{Nd}/u.test(String.fromCodePoint(rune));
}

export function isBlank(rune: number): boolean {
  return rune === 9 || rune === 32;
}

export function isLineEnd(rune: number): boolean {
  return rune === 10 || rune === 13;
}

const REPLACEMENT = { rune: 0xfffd, width: 1 } as const;

/** A rune of UTF-8; a byte that begins none counts for itself. */
function decodeRune(bytes: string, at: number): { rune: number; width: number } {
  const lead = bytes.charCodeAt(at);
  const width = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4) return REPLACEMENT;
  let rune = lead & (0xff >> (width + 1));
  for (let i = 1; i < width; i++) {
    const byte = bytes.charCodeAt(at + i);
    if ((byte & 0xc0) !== 0x80) return REPLACEMENT;
    rune = (rune << 6) | (byte & 0x3f);
  }
  const shortest = width === 2 ? 0x80 : width === 3 ? 0x800 : 0x10000;
  if (rune < shortest || rune > 0x10ffff || (rune >= 0xd800 && rune <= 0xdfff)) return REPLACEMENT;
  return { rune, width };
}
