/** RFC 7692: each message is compressed for itself (`no_context_takeover` on both sides). */
export const EXTENSION = 'permessage-deflate';
export const EXTENSION_ANSWER = `${EXTENSION}; server_no_context_takeover; client_no_context_takeover`;

/** What the sender left out of the end of a message, and the end of the stream behind it. */
const TAIL = Buffer.of(0x00, 0x00, 0xff, 0xff, 0x01, 0x00, 0x00, 0xff, 0xff);
/** The end of a flushed block, which is not sent. */
const FLUSH_BYTES = 4;

export function compress(bytes: Uint8Array): Buffer {
  const { constants, deflateRawSync } = zlib();
  const whole = deflateRawSync(bytes, { level: constants.Z_BEST_SPEED, finishFlush: constants.Z_SYNC_FLUSH });
  return whole.subarray(0, whole.length - FLUSH_BYTES);
}

/** Gathers a compressed message and unfolds it once it is whole. */
export class Inflater {
  readonly #bytesMax: number;
  #pieces: Buffer[] = [];
  #bytes = 0;

  /** `bytesMax` holds before and after. */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Takes a piece over. Returns a fault when there are too many. */
  add(piece: Buffer): string | undefined {
    this.#bytes += piece.length;
    if (this.#bytes + TAIL.length > this.#bytesMax) return TOO_LARGE;
    this.#pieces.push(piece);
    return undefined;
  }

  /** The message, or what is wrong with it. */
  finish(): Buffer | string {
    const pieces = [...this.#pieces, TAIL];
    this.#pieces = [];
    this.#bytes = 0;
    try {
      return zlib().inflateRawSync(Buffer.concat(pieces), { maxOutputLength: this.#bytesMax });
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? TOO_LARGE : 'flate: corrupt input';
    }
  }
}

const TOO_LARGE = 'maximum payload exceeded';

/** Loaded with the first compressed message: few brokers see one. */
function zlib() {
  return process.getBuiltinModule('node:zlib');
}
