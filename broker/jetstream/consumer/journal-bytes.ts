/** Numbers as the journal of a consumer writes them: whole, up to 2^53, seven bits a byte, low ones first. */

const INT_MAX = 2 ** 31;
/** Bytes that one number takes at most. */
export const NUMBER_BYTES_MAX = 8;

export class ByteWriter {
  bytes: Uint8Array<ArrayBuffer>;
  length = 0;

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
  }

  /** Makes room for that many more bytes. */
  reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.length + count));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  /** From 0 to 2^53 - 1. */
  number(value: number): void {
    this.reserve(NUMBER_BYTES_MAX);
    let rest = value;
    while (rest >= INT_MAX) {
      const above = Math.floor(rest / 128);
      this.bytes[this.length++] = 128 | (rest - above * 128);
      rest = above;
    }
    let small = rest | 0;
    while (small >= 128) {
      this.bytes[this.length++] = 128 | (small & 127);
      small >>>= 7;
    }
    this.bytes[this.length++] = small;
  }

  /** Either sign, up to 2^52. */
  signed(value: number): void {
    this.number(value < 0 ? -2 * value - 1 : 2 * value);
  }
}

/** Reads what `ByteWriter` wrote; throws a `RangeError` where it ends too early. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  byte(): number {
    const value = this.#bytes[this.#at++];
    if (value === undefined) throw new RangeError('record ends too early');
    return value;
  }

  number(): number {
    let value = 0;
    let unit = 1;
    for (let i = 0; i < NUMBER_BYTES_MAX; i++) {
      const byte = this.byte();
      value += (byte & 127) * unit;
      if (byte < 128) return value;
      unit *= 128;
    }
    throw new RangeError('number is too long');
  }

  signed(): number {
    const value = this.number();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}
