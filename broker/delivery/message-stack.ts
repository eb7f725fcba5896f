import type { Arena } from '../base/arena.ts';
import { writeDecimal } from '../base/decimal.ts';
import { writeLatin1 } from '../base/latin1.ts';
import type { MessagePlace } from '../store/message-log.ts';
import { Parser } from '../wire/parser.ts';

/** Bytes behind a message that the parser and copies in words may touch. */
const SLACK_BYTES = 64;

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
  /** Where each of what lies there begins. */
  readonly #starts: number[] = [];

  /** `seed` is that of the parser whose caches are asked; `scratch` is where it writes anew what is not canonical. */
  constructor(arena: Arena, start: number, bytes: number, scratch: number, seed: number) {
    this.#arena = arena;
    this.#top = start;
    this.#end = start + bytes;
    this.#scratch = scratch;
    this.#seed = seed;
  }

  /**
   * Lays down a message as it goes on: under another subject, with another reply, and with another header block, which is
   * its own when `block` is undefined. It lies there until `release`. Undefined when it does not fit.
   */
  layChanged(original: Parser, subject: string, reply: string, block: string | undefined): Parser | undefined {
    const { bytes } = this.#arena;
    const start = this.#top;
    const { payloadStart: from, payloadBytes } = original;
    // Two bytes or less are no header block, whatever they were called.
    const ownBytes = original.headerBytes > 2 || block === undefined ? Math.max(0, original.headerBytes) : 0;
    const bodyBytes = payloadBytes - ownBytes;
    const headerBytes = block?.length ?? ownBytes;
    const size = headerBytes + bodyBytes;
    const total = subject.length + reply.length + size + LINE_BYTES_MAX;
    if (start + total + SLACK_BYTES > this.#end) return undefined;
    const message = this.#take(total);
    message.headerBytes = block !== undefined || original.headerBytes >= 0 ? headerBytes : -1;
    let at = this.#layLine(message, start, subject, reply, size);
    if (block !== undefined) at = writeLatin1(bytes, at, block);
    const rest = block === undefined ? from : from + ownBytes;
    const restBytes = from + payloadBytes - rest;
    bytes.copyWithin(at, rest, rest + restBytes);
    this.#layEnd(message, at + restBytes);
    return message;
  }

  /** Gives a message another subject, which lies there until `release`. False when it does not fit. */
  rename(message: Parser, subject: string): boolean {
    const start = this.#top;
    if (start + subject.length + SLACK_BYTES > this.#end) return false;
    this.#take(subject.length);
    message.subjectStart = start;
    message.subjectEnd = writeLatin1(this.#arena.bytes, start, subject);
    this.#arena.bytes[message.subjectEnd] = SPACE;
    message.hash = message.hashOf(start, message.subjectEnd);
    return true;
  }

  /** The place of what was laid down last is free again. */
  release(): void {
    this.#top = this.#starts[--this.#depth] as number;
  }

  #take(bytes: number): Parser {
    const depth = this.#depth++;
    this.#starts[depth] = this.#top;
    this.#top += (bytes + SLACK_BYTES + 63) & ~63;
    return (this.#parsers[depth] ??= new Parser(this.#arena.bytes, this.#scratch, this.#seed));
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
    const start = this.#top;
    const total = subject.length + reply.length + size + LINE_BYTES_MAX;
    if (start + total + SLACK_BYTES > this.#end) return undefined;
    const { bytes } = this.#arena;
    const message = this.#take(total);
    message.headerBytes = headerBytes > 0 ? headerBytes : -1;
    let at = this.#layLine(message, start, subject, reply, size);
    if (headers !== undefined) bytes.set(headers, at);
    at += headerBytes;
    bytes.set(payload, at);
    this.#layEnd(message, at + payload.length);
    try {
      return use(message);
    } finally {
      this.release();
    }
  }

  /**
   * The same where subject and payload are bytes of any memory already: what is sent for every message that comes in, such
   * as acknowledgements. There is no reply and no header.
   */
  withBytes<T>(
    subject: Uint8Array,
    subjectStart: number,
    subjectEnd: number,
    payload: Uint8Array,
    payloadBytes: number,
    use: (message: Parser) => T,
  ): T | undefined {
    const start = this.#top;
    const subjectBytes = subjectEnd - subjectStart;
    const total = subjectBytes + payloadBytes + LINE_BYTES_MAX;
    if (start + total + SLACK_BYTES > this.#end) return undefined;
    const { bytes } = this.#arena;
    const message = this.#take(total);
    message.headerBytes = -1;
    const at = this.#layBytes(message, start, subject, subjectStart, subjectEnd, payloadBytes);
    for (let i = 0; i < payloadBytes; i++) bytes[at + i] = payload[i] as number;
    this.#layEnd(message, at + payloadBytes);
    try {
      return use(message);
    } finally {
      this.release();
    }
  }

  /** The same with a header block, and with the payload of a message that lies somewhere. */
  withBlock<T>(
    subject: Uint8Array,
    subjectStart: number,
    subjectEnd: number,
    block: Uint8Array,
    blockBytes: number,
    stored: MessagePlace,
    use: (message: Parser) => T,
  ): T | undefined {
    const start = this.#top;
    const payloadBytes = stored.bodyBytes - stored.headerBytes;
    const size = blockBytes + payloadBytes;
    const total = subjectEnd - subjectStart + size + LINE_BYTES_MAX;
    if (start + total + SLACK_BYTES > this.#end) return undefined;
    const { bytes } = this.#arena;
    const message = this.#take(total);
    message.headerBytes = blockBytes;
    let at = this.#layBytes(message, start, subject, subjectStart, subjectEnd, size);
    for (let i = 0; i < blockBytes; i++) bytes[at + i] = block[i] as number;
    at += blockBytes;
    const from = stored.bodyStart + stored.headerBytes;
    if (payloadBytes > LOOP_BYTES_MAX) bytes.set(stored.bytes.subarray(from, from + payloadBytes), at);
    else for (let i = 0; i < payloadBytes; i++) bytes[at + i] = stored.bytes[from + i] as number;
    this.#layEnd(message, at + payloadBytes);
    try {
      return use(message);
    } finally {
      this.release();
    }
  }

  /** The line of a message without a reply whose subject is bytes; how long its headers are, the message says. */
  #layBytes(
    message: Parser,
    start: number,
    subject: Uint8Array,
    subjectStart: number,
    subjectEnd: number,
    size: number,
  ): number {
    const { bytes } = this.#arena;
    const subjectBytes = subjectEnd - subjectStart;
    for (let i = 0; i < subjectBytes; i++) bytes[start + i] = subject[subjectStart + i] as number;
    let at = start + subjectBytes;
    message.subjectStart = start;
    message.subjectEnd = at;
    message.hash = message.hashOf(start, at);
    message.replyStart = 0;
    message.replyEnd = 0;
    bytes[at++] = SPACE;
    message.restStart = at;
    return this.#laySizes(message, at, size);
  }

  /** Lays down everything before the headers, which are as long as the message says; returns where that ends. */
  #layLine(message: Parser, start: number, subject: string, reply: string, size: number): number {
    const { bytes } = this.#arena;
    let at = writeLatin1(bytes, start, subject);
    message.subjectStart = start;
    message.subjectEnd = at;
    message.hash = message.hashOf(start, at);
    bytes[at++] = SPACE;
    message.restStart = at;
    if (reply === '') {
      message.replyStart = 0;
      message.replyEnd = 0;
    } else {
      message.replyStart = at;
      at = writeLatin1(bytes, at, reply);
      message.replyEnd = at;
      bytes[at++] = SPACE;
    }
    return this.#laySizes(message, at, size);
  }

  /** Sizes and the end of the line; returns where the headers begin. */
  #laySizes(message: Parser, start: number, size: number): number {
    const { bytes } = this.#arena;
    let at = start;
    if (message.headerBytes >= 0) {
      at = writeDecimal(bytes, at, message.headerBytes);
      bytes[at++] = SPACE;
    }
    at = writeDecimal(bytes, at, size);
    bytes[at++] = CR;
    bytes[at++] = LF;
    message.payloadStart = at;
    message.payloadBytes = size;
    return at;
  }

  #layEnd(message: Parser, at: number): void {
    const { bytes } = this.#arena;
    bytes[at] = CR;
    bytes[at + 1] = LF;
    message.restEnd = at + 2;
  }
}

const SPACE = 32;
const CR = 13;
const LF = 10;
/** Below it a loop beats the call into `set`. */
const LOOP_BYTES_MAX = 48;
/** Of a line beside subject and reply: blanks, sizes and line ends. */
const LINE_BYTES_MAX = 40;
const EMPTY_BLOCK = 'NATS/1.0\r\n';

/** A header block with that header set anew, whatever there was under its name; '' for a message without one. latin1. */
export function withHeader(block: string, name: string, value: string): string {
  const lines = block.length > 2 ? withoutHeader(block.slice(0, -2), name) : EMPTY_BLOCK;
  return `${lines}${name}: ${value}\r\n\r\n`;
}

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
