import type { Arena } from '../base/arena.ts';
import { writeLatin1 } from '../base/latin1.ts';
import { Parser, type ParserClient } from '../wire/parser.ts';

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

  /** `seed` is that of the parser whose caches are asked; `scratch` is where it writes anew what is not canonical. */
  constructor(arena: Arena, start: number, bytes: number, scratch: number, seed: number) {
    this.#arena = arena;
    this.#top = start;
    this.#end = start + bytes;
    this.#scratch = scratch;
    this.#seed = seed;
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
