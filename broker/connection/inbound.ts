import type { Arena } from '../base/arena.ts';
import { KIB, READ_BYTES } from '../limits.ts';
import type { Parser, ParserClient } from '../wire/parser.ts';

/** Beyond this, an incomplete message is gathered in a buffer of its own instead of being carried from read to read. */
export const CARRIED_BYTES_MAX = 16 * KIB;
const TAIL_BYTES_MIN = 512;
const GATHER_BYTES_MIN = 64 * KIB;

interface Memory {
  readonly arena: Arena;
  readonly readStart: number;
  readonly staging: number;
  readonly parser: Parser;
}

/**
 * The incoming bytes of one connection. What a read leaves incomplete is kept here and put directly before the next
 * read, so that the parser always sees whole commands.
 */
export class Inbound {
  readonly #memory: Memory;
  readonly #client: ParserClient;
  #tail: Buffer | undefined;
  #tailBytes = 0;
  /** A message that comes in many reads: grows with what has come, up to what its line announced. */
  #gather: Buffer | undefined;
  #gathered = 0;
  #needed = 0;

  constructor(memory: Memory, client: ParserClient) {
    this.#memory = memory;
    this.#client = client;
  }

  /** Parses a read of so many bytes. */
  take(bytes: number): void {
    const { readStart, parser } = this.#memory;
    this.#take(readStart, readStart + bytes, parser);
  }

  #take(readStart: number, end: number, parser: Parser): void {
    const { arena } = this.#memory;
    let start = readStart;
    if (this.#gather !== undefined) {
      start = this.#fill(start, end);
      if (this.#gather !== undefined || this.#client.closed) return;
    } else if (this.#tailBytes > 0) {
      start -= this.#tailBytes;
      (this.#tail as Buffer).copy(arena.bytes, start, 0, this.#tailBytes);
      this.#tailBytes = 0;
    }
    const stop = parser.parse(start, end, this.#client);
    if (stop < end) this.#keep(stop, end, parser.bytesNeeded);
  }

  /** Keeps a read for later, while the connection is suspended. */
  hold(bytes: number): void {
    const { arena, readStart } = this.#memory;
    const held = Buffer.allocUnsafeSlow(this.#tailBytes + bytes);
    this.#tail?.copy(held, 0, 0, this.#tailBytes);
    arena.buffer.copy(held, this.#tailBytes, readStart, readStart + bytes);
    this.#tail = held;
    this.#tailBytes = held.length;
  }

  /** Parses what was kept while the connection was suspended. Called between two reads. */
  resume(): void {
    const { arena, readStart, parser } = this.#memory;
    const held = this.#tail;
    let from = 0;
    const bytes = this.#tailBytes;
    this.#tail = undefined;
    this.#tailBytes = 0;
    while (held !== undefined && from < bytes && !this.#client.closed) {
      const length = Math.min(bytes - from, READ_BYTES);
      if (this.#client.suspended) {
        // Suspended again half way: the rest waits behind what is kept now.
        const kept = (this.#tail as Buffer | undefined)?.subarray(0, this.#tailBytes) ?? Buffer.alloc(0);
        this.#tail = Buffer.concat([kept, held.subarray(from, bytes)]);
        this.#tailBytes = this.#tail.length;
        return;
      }
      held.copy(arena.bytes, readStart, from, from + length);
      from += length;
      this.#take(readStart, readStart + length, parser);
    }
  }

  /** Gives up memory that a quiet connection does not need. */
  relax(): void {
    if (this.#tailBytes === 0) this.#tail = undefined;
  }

  release(): void {
    this.#tail = undefined;
    this.#tailBytes = 0;
    this.#gather = undefined;
  }

  #keep(start: number, end: number, needed: number): void {
    const { arena } = this.#memory;
    const bytes = end - start;
    if (needed > CARRIED_BYTES_MAX) {
      this.#gather = Buffer.allocUnsafeSlow(Math.min(needed, Math.max(GATHER_BYTES_MIN, bytes)));
      this.#needed = needed;
      this.#gathered = 0;
      this.#append(start, end);
      return;
    }
    if (this.#tail === undefined || this.#tail.length < bytes) {
      this.#tail = Buffer.allocUnsafeSlow(Math.max(TAIL_BYTES_MIN, 1 << (32 - Math.clz32(bytes - 1))));
    }
    arena.buffer.copy(this.#tail, 0, start, end);
    this.#tailBytes = bytes;
  }

  /** Takes what belongs to the message that is being gathered; returns where the rest begins. */
  #fill(start: number, end: number): number {
    const { arena, staging, parser } = this.#memory;
    const take = Math.min(this.#needed - this.#gathered, end - start);
    this.#append(start, start + take);
    if (this.#gathered < this.#needed) return end;
    (this.#gather as Buffer).copy(arena.bytes, staging, 0, this.#needed);
    this.#gather = undefined;
    parser.parse(staging, staging + this.#needed, this.#client);
    return start + take;
  }

  #append(start: number, end: number): void {
    let gather = this.#gather as Buffer;
    const length = this.#gathered + end - start;
    if (gather.length < length) {
      const larger = Buffer.allocUnsafeSlow(Math.min(this.#needed, Math.max(gather.length * 2, length)));
      gather.copy(larger, 0, 0, this.#gathered);
      this.#gather = gather = larger;
    }
    this.#memory.arena.buffer.copy(gather, this.#gathered, start, end);
    this.#gathered = length;
  }
}
