/**
 * The one memory of a broker: read buffer, templates and output chunks lie in one ArrayBuffer, so that every copy of the
 * hot path is a plain loop or a `copyWithin`, without views. It is a WebAssembly memory that never grows, because
 * growing would detach the buffer under the sockets; pages that nobody touches cost nothing.
 */
const WASM_PAGE_BYTES = 65536;

/** The part of WebAssembly that is used; its types come with browsers only. */
declare const WebAssembly: {
  readonly Memory: new (limits: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
};

/** Bytes at the end of the arena that copies in whole words may read beyond the last region. */
const END_SLACK_BYTES = 64;

export class Arena {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The same bytes for copies of eight at a time at any address. */
  readonly words: DataView;
  /** The same bytes for what Node's Buffer can do. */
  readonly buffer: Buffer<ArrayBuffer>;
  #next = 64;

  constructor(size: number) {
    const pages = Math.ceil((size + 64 + END_SLACK_BYTES) / WASM_PAGE_BYTES);
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    this.bytes = new Uint8Array(memory.buffer);
    this.words = new DataView(memory.buffer);
    this.buffer = Buffer.from(memory.buffer);
  }

  /** The bytes as a string with a character for each. */
  latin1(start: number, end: number): string {
    return this.buffer.toString('latin1', start, end);
  }

  /** Takes a region for good; returns where it begins. Regions never begin at 0, so 0 can mean none. */
  carve(size: number): number {
    const start = this.#next;
    const next = (start + size + 63) & ~63;
    if (next + END_SLACK_BYTES > this.bytes.length) throw new Error(`arena of ${this.bytes.length} bytes is full`);
    this.#next = next;
    return start;
  }
}

/** Bytes that `carve(size)` uses up. */
export function carvedBytes(size: number): number {
  return (size + 127) & ~63;
}
