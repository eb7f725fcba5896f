/**
 * Says in Go's words what is wrong with a text that is no JSON. A second, slow reading: it is asked only after
 * `JSON.parse` has failed, which keeps its own words to itself.
 */
export function describeJsonFault(text: string): string {
  const reader = new FaultReader(text);
  try {
    reader.document();
  } catch (fault) {
    if (fault instanceof Fault) return fault.message;
    throw fault;
  }
  return 'unexpected end of JSON input';
}

class Fault extends Error {}

/** Deeper than any claim. Go gives up at 10,000, which would be more than our stack holds. */
const DEPTH_MAX = 1_000;

class FaultReader {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): void {
    this.#value();
    this.#space();
    if (this.#at < this.#text.length) this.#fail('after top-level value');
  }

  #value(): void {
    this.#space();
    const char = this.#peek();
    if (char === '{') return this.#object();
    if (char === '[') return this.#array();
    if (char === '"') return this.#string();
    if (char === 't') return this.#literal('true');
    if (char === 'f') return this.#literal('false');
    if (char === 'n') return this.#literal('null');
    if (char === '-' || (char >= '0' && char <= '9')) return this.#number();
    this.#fail('looking for beginning of value');
  }

  #object(): void {
    this.#enter();
    this.#space();
    if (this.#peek() === '}') return this.#leave();
    for (;;) {
      this.#space();
      if (this.#peek() !== '"') this.#fail('looking for beginning of object key string');
      this.#string();
      this.#space();
      if (this.#peek() !== ':') this.#fail('after object key');
      this.#at++;
      this.#value();
      this.#space();
      if (this.#peek() === '}') return this.#leave();
      if (this.#peek() !== ',') this.#fail('after object key:value pair');
      this.#at++;
    }
  }

  #array(): void {
    this.#enter();
    this.#space();
    if (this.#peek() === ']') return this.#leave();
    for (;;) {
      this.#value();
      this.#space();
      if (this.#peek() === ']') return this.#leave();
      if (this.#peek() !== ',') this.#fail('after array element');
      this.#at++;
    }
  }

  #string(): void {
    this.#at++;
    for (;;) {
      const char = this.#peek();
      if (char === '"') break;
      if (char < ' ') this.#fail('in string literal');
      this.#at++;
      if (char === '\\') this.#escape();
    }
    this.#at++;
  }

  #escape(): void {
    const char = this.#peek();
    if (!'"\\/bfnrtu'.includes(char)) this.#fail('in string escape code');
    this.#at++;
    for (let digits = 0; char === 'u' && digits < 4; digits++) {
      if (!/[0-9a-fA-F]/.test(this.#peek())) this.#fail('in \\u hexadecimal character escape');
      this.#at++;
    }
  }

  #number(): void {
    if (this.#peek() === '-') {
      this.#at++;
      if (!isDigit(this.#peek())) this.#fail('in numeric literal');
    }
    if (this.#peek() === '0') this.#at++;
    else this.#digits();
    if (this.#text[this.#at] === '.') {
      this.#at++;
      if (!isDigit(this.#peek())) this.#fail('after decimal point in numeric literal');
      this.#digits();
    }
    if (this.#text[this.#at] === 'e' || this.#text[this.#at] === 'E') {
      this.#at++;
      if (this.#peek() === '+' || this.#peek() === '-') this.#at++;
      if (!isDigit(this.#peek())) this.#fail('in exponent of numeric literal');
      this.#digits();
    }
  }

  #digits(): void {
    while (this.#at < this.#text.length && isDigit(this.#text[this.#at] as string)) this.#at++;
  }

  #literal(word: string): void {
    this.#at++;
    for (const expected of word.slice(1)) {
      if (this.#peek() !== expected) this.#fail(`in literal ${word} (expecting ${quoteChar(expected)})`);
      this.#at++;
    }
  }

  #enter(): void {
    this.#at++;
    if (++this.#depth > DEPTH_MAX) throw new Fault('exceeded max depth');
  }

  #leave(): void {
    this.#at++;
    this.#depth--;
  }

  #space(): void {
    while (this.#at < this.#text.length && ' \t\r\n'.includes(this.#text[this.#at] as string)) this.#at++;
  }

  #peek(): string {
    const char = this.#text[this.#at];
    if (char === undefined) throw new Fault('unexpected end of JSON input');
    return char;
  }

  #fail(where: string): never {
    throw new Fault(`invalid character ${quoteChar(this.#peek())} ${where}`);
  }
}

function isDigit(char: string): boolean {
  return char >= '0' && char <= '9';
}

/** Go looks at bytes: of a longer character only the first one is shown. */
function quoteChar(char: string): string {
  if (char === "'") return `'\\''`;
  if (char === '"') return `'"'`;
  if (char === '\\') return `'\\\\'`;
  const named = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\b': '\\b', '\f': '\\f', '\v': '\\v', '\x07': '\\a' }[char];
  if (named !== undefined) return `'${named}'`;
  const byte = Buffer.from(char)[0] as number;
  if (byte < 32 || byte === 127) return `'\\x${byte.toString(16).padStart(2, '0')}'`;
  return `'${String.fromCharCode(byte)}'`;
}
