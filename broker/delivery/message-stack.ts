import type { Arena } from '../base/arena.ts';
import { writeLatin1 } from '../base/latin1.ts';
import { Parser, type ParserClient } from '../wire/parser.ts';

/** Bytes behind a message that the parser and copies in words may touch. */
const SLACK_BYTES = 64;

/** One line of a header block; latin1. */
export interface HeaderLine {
  readonly name: string;
  readonly value: string;
}

/**
 * Messages that the broker itself puts together, laid in the arena as a client's would lie there, so that they are
 * delivered by the same code. Composing one may happen while another is being delivered: they lie one behind the other.
 */
export class MessageStack {
  readonly #arena: Arena;
  readonly #end: number;
  readonly #seed: number;
  readonly #scratch: number;
  #top: number;
  #depth = 0;
  readonly #parsers: Parser[] = [];

  /** `seed` is that of the parser whose caches are asked; `scratch` is where it writes anew what is not canonical. */
  constructor(arena: Arena, start: number, bytes: number, scratch: number, seed: number) {
    this.#arena = arena;
    this.#top = start;
    this.#end = start + bytes;
    this.#scratch = scratch;
    this.#seed = seed;
  }

  /**
   * Lays down a message as it goes on to another account: under another subject, with another reply, and with headers
   * set anew (`name: value`, whatever there was under that name). Calls back with it like `with`.
   */
  withChanged<T>(
    original: Parser,
    subject: string,
    reply: string,
    headers: readonly HeaderLine[],
    use: (message: Parser) => T,
  ): T | undefined {
    const { bytes } = this.#arena;
    const start = this.#top;
    const { payloadStart: from, payloadBytes } = original;
    // Two bytes or less are no header block, whatever they were called.
    const minimum = headers.length === 0 ? 0 : 3;
    const headerBytes = original.headerBytes < minimum ? 0 : original.headerBytes;
    const bodyBytes = payloadBytes - headerBytes;
    const block = headers.length === 0 ? undefined : this.#headerBlock(from, headerBytes, headers);
    const newHeaderBytes = block?.length ?? headerBytes;
    const size = newHeaderBytes + bodyBytes;
    const sizes = `${original.headerBytes < 0 && block === undefined ? '' : `${newHeaderBytes} `}${size}\r\n`;
    const replyWord = reply === '' ? '' : `${reply} `;
    const total = subject.length + 1 + replyWord.length + sizes.length + size + 2;
    if (start + total + SLACK_BYTES > this.#end) return undefined;
    const depth = this.#depth++;
    this.#top = start + ((total + SLACK_BYTES + 63) & ~63);
    const message = (this.#parsers[depth] ??= new Parser(bytes, this.#scratch, this.#seed));
    message.subjectStart = start;
    message.subjectEnd = writeLatin1(bytes, start, subject);
    bytes[message.subjectEnd] = SPACE;
    message.hash = message.hashOf(start, message.subjectEnd);
    message.restStart = message.subjectEnd + 1;
    message.replyStart = reply === '' ? 0 : message.restStart;
    const afterReply = writeLatin1(bytes, message.restStart, replyWord);
    message.replyEnd = reply === '' ? 0 : afterReply - 1;
    message.payloadStart = writeLatin1(bytes, afterReply, sizes);
    message.payloadBytes = size;
    message.headerBytes = original.headerBytes < 0 && block === undefined ? -1 : newHeaderBytes;
    if (block === undefined) bytes.copyWithin(message.payloadStart, from, from + headerBytes);
    else writeLatin1(bytes, message.payloadStart, block);
    const bodyStart = message.payloadStart + newHeaderBytes;
    bytes.copyWithin(bodyStart, from + headerBytes, from + payloadBytes);
    message.restEnd = writeLatin1(bytes, bodyStart + bodyBytes, '\r\n');
    try {
      return use(message);
    } finally {
      this.#top = start;
      this.#depth = depth;
    }
  }

  /** Lets a message have another subject while `use` runs. Returns undefined without calling when that does not fit. */
  withSubject<T>(message: Parser, subject: string, use: () => T): T | undefined {
    const start = this.#top;
    if (start + subject.length + SLACK_BYTES > this.#end) return undefined;
    const { subjectStart, subjectEnd, hash } = message;
    message.subjectStart = start;
    message.subjectEnd = writeLatin1(this.#arena.bytes, start, subject);
    this.#arena.bytes[message.subjectEnd] = SPACE;
    message.hash = message.hashOf(start, message.subjectEnd);
    this.#top = (message.subjectEnd + SLACK_BYTES + 63) & ~63;
    try {
      return use();
    } finally {
      this.#top = start;
      message.subjectStart = subjectStart;
      message.subjectEnd = subjectEnd;
      message.hash = hash;
    }
  }

  #headerBlock(start: number, headerBytes: number, lines: readonly HeaderLine[]): string {
    let block = headerBytes > 0 ? this.#arena.latin1(start, start + headerBytes - 2) : EMPTY_BLOCK;
    for (const { name, value } of lines) block = `${withoutHeader(block, name)}${name}: ${value}\r\n`;
    return `${block}\r\n`;
  }

  /**
   * Lays a message down and calls back with it; then its place is free again. Returns undefined without calling when it
   * does not fit.
   */
  with<T>(
    subject: string,
    reply: string,
    headers: Uint8Array | undefined,
    payload: Uint8Array,
    use: (message: Parser) => T,
  ): T | undefined {
    const headerBytes = headers?.length ?? 0;
    const size = headerBytes + payload.length;
    const head = `${headerBytes > 0 ? 'HPUB' : 'PUB'} ${subject} ${reply === '' ? '' : `${reply} `}${headerBytes > 0 ? `${headerBytes} ` : ''}${size}\r\n`;
    const start = this.#top;
    const total = head.length + size + 2;
    if (start + total + SLACK_BYTES > this.#end) return undefined;
    const { bytes } = this.#arena;
    let at = writeLatin1(bytes, start, head);
    if (headers !== undefined) bytes.set(headers, at);
    at += headerBytes;
    bytes.set(payload, at);
    writeLatin1(bytes, at + payload.length, '\r\n');
    const depth = this.#depth++;
    this.#top = start + ((total + SLACK_BYTES + 63) & ~63);
    const parser = (this.#parsers[depth] ??= new Parser(bytes, this.#scratch, this.#seed));
    let result: T | undefined;
    try {
      parser.parse(
        start,
        start + total,
        receiver((message) => (result = use(message))),
      );
    } finally {
      this.#top = start;
      this.#depth = depth;
    }
    return result;
  }
}

const SPACE = 32;
const EMPTY_BLOCK = 'NATS/1.0\r\n';

/** The block (without the empty line at its end) with every line of that name left out. */
function withoutHeader(block: string, name: string): string {
  let left = block;
  for (;;) {
    const start = left.indexOf(`\r\n${name}:`) + 2;
    if (start === 1) return left;
    const end = left.indexOf('\r\n', start);
    if (end === -1) return left;
    left = left.slice(0, start) + left.slice(end + 2);
    if (left.length <= EMPTY_BLOCK.length + 2) return EMPTY_BLOCK;
  }
}

/** Takes any message, and nothing else. */
function receiver(onPublish: (message: Parser) => void): ParserClient {
  return {
    closed: false,
    suspended: false,
    awaitsConnect: false,
    controlLineBytesMax: Number.MAX_SAFE_INTEGER,
    payloadBytesMax: Number.MAX_SAFE_INTEGER,
    headers: true,
    onPublish,
    onControl: () => {},
    onFault: (fault) => {
      throw new Error(`a message of the broker is malformed: ${fault}`);
    },
    onUnannounced: () => true,
  };
}
