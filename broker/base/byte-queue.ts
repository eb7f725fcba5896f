/** Bytes that come in pieces and are taken in others. */
export class ByteQueue {
  #bytes = new Uint8Array(0);
  #start = 0;
  #end = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  push(piece: Uint8Array): void {
    if (this.#end + piece.length > this.#bytes.length) this.#makeRoom(piece.length);
    this.#bytes.set(piece, this.#end);
    this.#end += piece.length;
  }

  /** The byte at that place, which must be there. */
  at(index: number): number {
    return this.#bytes[this.#start + index] as number;
  }

  /** A view of the first bytes, which must be there; good until the next push. */
  peek(length: number): Uint8Array {
    return this.#bytes.subarray(this.#start, this.#start + length);
  }

  /** The same, and they are gone. */
  take(length: number): Uint8Array {
    const taken = this.peek(length);
    this.#start += length;
    return taken;
  }

  #makeRoom(wanted: number): void {
    const { length } = this;
    const needed = length + wanted;
    const bytes = needed * 2 > this.#bytes.length ? new Uint8Array(needed * 2) : this.#bytes;
    bytes.set(this.#bytes.subarray(this.#start, this.#end));
    this.#bytes = bytes;
    this.#start = 0;
    this.#end = length;
  }
}
