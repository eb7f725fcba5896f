import { ByteQueue } from '../../base/byte-queue.ts';
import { latin1 } from '../stream/message-text.ts';
import { RestoreError } from './restore-error.ts';

const BLOCK_BYTES = 512;
const NAME_BYTES = 100;
const SIZE_START = 124;
const SIZE_END = 136;
const TYPE_AT = 156;
const PREFIX_START = 345;
const PREFIX_END = 500;
const FILE_TYPES = new Set(['0', '\0']);
/** What pax says of the next file, or of all: times to the nanosecond, and names that are too long. */
const NOTE_TYPES = new Set(['x', 'g']);
const PATH_NOTE = /^\d+ path=(.*)$/m;
/** More than any file of a backup has. */
const FILE_BYTES_MAX = 256 * 1024 * 1024;

/** Reads a tar archive as it comes, and hands on its files one by one. */
export class TarReader {
  readonly #queue = new ByteQueue();
  readonly #onFile: (name: string, bytes: Uint8Array) => void;
  /** Of the next file, where a note says so. */
  #longName = '';
  #ended = false;

  /** The bytes are good while the call lasts. */
  constructor(onFile: (name: string, bytes: Uint8Array) => void) {
    this.#onFile = onFile;
  }

  get ended(): boolean {
    return this.#ended;
  }

  push(piece: Uint8Array): void {
    const queue = this.#queue;
    queue.push(piece);
    while (!this.#ended && queue.length >= BLOCK_BYTES) {
      const head = queue.peek(BLOCK_BYTES);
      if (head.every((byte) => byte === 0)) {
        this.#ended = true;
        return;
      }
      const size = Number.parseInt(textOf(head, SIZE_START, SIZE_END).trim() || '0', 8);
      if (!(size >= 0 && size <= FILE_BYTES_MAX)) throw new RestoreError('archive/tar: invalid tar header');
      const type = String.fromCharCode(head[TYPE_AT] as number);
      const isNote = NOTE_TYPES.has(type);
      if (!isNote && !FILE_TYPES.has(type)) throw new RestoreError('unexpected content');
      const prefix = textOf(head, PREFIX_START, PREFIX_END);
      const name = `${prefix === '' ? '' : `${prefix}/`}${textOf(head, 0, NAME_BYTES)}`;
      const padded = Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;
      if (queue.length < BLOCK_BYTES + padded) return;
      queue.take(BLOCK_BYTES);
      const body = queue.take(padded).subarray(0, size);
      if (isNote) {
        this.#longName = PATH_NOTE.exec(latin1(body, 0, body.length))?.[1] ?? '';
        continue;
      }
      const told = this.#longName === '' ? name : this.#longName;
      this.#longName = '';
      this.#onFile(told, body);
    }
  }
}

function textOf(bytes: Uint8Array, start: number, end: number): string {
  const text = latin1(bytes, start, end);
  const zero = text.indexOf('\0');
  return zero === -1 ? text : text.slice(0, zero);
}
