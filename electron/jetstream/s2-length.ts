/**
 * How many bytes a stream in S2's framing is made of, told from the heads of its frames as they pass: nothing is
 * decompressed. A frame is a byte of kind, three of length, and behind them, for data, a checksum of four; compressed data
 * then begin with their length as a varint, plain ones are as long as they are.
 */

const compressed = 0x00;
const plain = 0x01;
const checksumBytes = 4;
const headBytes = 4;
const varintBytesMax = 5;

export class S2Length {
  /** Bytes before compression, of all frames whose heads were seen. */
  length = 0;
  /** Bytes of the frame that are still to pass by. */
  #skip = 0;
  #head: number[] = [];

  push(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      if (this.#skip > 0) {
        const passing = Math.min(this.#skip, bytes.length - at);
        this.#skip -= passing;
        at += passing;
        continue;
      }
      this.#head.push(bytes[at++]!);
      this.#readHead();
    }
  }

  #readHead(): void {
    const head = this.#head;
    if (head.length < headBytes) return;
    const frameBytes = head[1]! + head[2]! * 0x100 + head[3]! * 0x10000;
    const kind = head[0]!;
    if (kind === compressed) {
      const lengthAt = headBytes + checksumBytes;
      const last = head.at(-1)!;
      const seen = head.length - lengthAt;
      // The head goes on until the byte of the varint that has its highest bit clear.
      if (head.length - headBytes < frameBytes && (seen < 1 || (last >= 0x80 && seen < varintBytesMax))) return;
      let length = 0;
      for (const [place, byte] of head.slice(lengthAt).entries()) length += (byte & 0x7f) * 2 ** (7 * place);
      this.length += length;
    } else if (kind === plain) this.length += Math.max(0, frameBytes - checksumBytes);
    this.#skip = Math.max(0, frameBytes - (head.length - headBytes));
    this.#head = [];
  }
}
