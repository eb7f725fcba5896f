import type { Requester } from '../account/requester.ts';
import type { Sink } from '../account/sink.ts';
import type { Arena } from '../base/arena.ts';
import type { ChunkPool } from '../base/chunk-pool.ts';
import type { Transport } from '../transport/transport.ts';

/** Chunks are taken in two sizes: the small one serves a connection that gets a few messages in a turn. */
export const SMALL_CHUNK_BYTES = 4 * 1024;
export const CHUNK_BYTES = 64 * 1024;
/** Bytes at the end of a chunk that copies in words may spoil. */
const CHUNK_SLACK_BYTES = 16;

/** Pieces that go to the kernel in one write. */
const PIECES_PER_WRITE = 16;
/** Chunks that wait for one connection in the arena; what is more waits in memory that the system gets back. */
const ARENA_BACKLOG_CHUNKS = 160;
/** Chunks that stay free for connections that are not behind. */
const RESERVED_CHUNKS = 256;

/** What all connections share. */
export interface OutboundMemory {
  readonly arena: Arena;
  readonly smallChunks: ChunkPool;
  readonly chunks: ChunkPool;
  /** Connections that were written to in this turn. */
  readonly dirty: Outbound[];
  /** Makes safe what the bytes may speak of, before they go out amid a turn. */
  beforeWrite: (() => void) | undefined;
}

/** Who is told what becomes of the bytes: the slow-consumer policy. */
export interface OutboundOwner {
  /** More waits than before, because the kernel did not take it. */
  onBehind(outbound: Outbound): void;
  /** The kernel took something of what waits. */
  onProgress(outbound: Outbound): void;
  /** A message was delivered to a connection that is watched. */
  onDelivered(head: string, reply: string, payloadStart: number, payloadEnd: number): void;
  /** Who the connection is, as other accounts are told. */
  readonly requester: Requester;
}

interface Piece {
  readonly view: Uint8Array;
  /** 0: not in the arena. */
  readonly chunk: number;
}

/**
 * Bytes on their way to one socket. They are gathered in a chunk of the arena and written when it is full or the turn
 * ends. What the kernel does not take waits here in order: `pendingBytes`.
 */
export class Outbound implements Sink {
  position = 0;
  limit = 0;
  /** No byte is taken any more. */
  closed = false;
  congested = false;
  dropping = false;
  headers = false;
  echo = true;
  observer = false;
  watched = false;
  outMessages = 0;
  outBytes = 0;
  droppedMessages = 0;
  #chunkStart = 0;
  #small = false;
  readonly #memory: OutboundMemory;
  readonly #transport: Transport;
  readonly #owner: OutboundOwner;
  #inFlight: Piece[] = [];
  #inFlightBytes = 0;
  #backlog: Piece[] = [];
  #backlogBytes = 0;
  #dirty = false;
  #finishing = false;
  /** When the write that the kernel has not finished was begun, in ms of `performance.now()`. */
  blockedSince = 0;

  constructor(memory: OutboundMemory, transport: Transport, owner: OutboundOwner) {
    this.#memory = memory;
    this.#transport = transport;
    this.#owner = owner;
  }

  get requester(): Requester {
    return this.#owner.requester;
  }

  /** Whether a write is under way that the kernel has not finished. */
  get blocked(): boolean {
    return this.#inFlight.length > 0;
  }

  /** Bytes that the kernel has not taken. */
  get pendingBytes(): number {
    return this.#inFlightBytes + this.#backlogBytes + (this.position - this.#chunkStart);
  }

  /** Pieces that wait, for the log. */
  get pendingPieces(): number {
    return this.#inFlight.length + this.#backlog.length + (this.position > this.#chunkStart ? 1 : 0);
  }

  reserve(bytes: number): boolean {
    if (this.closed) return false;
    while (this.position + bytes > this.limit || this.limit === 0) {
      if (this.limit === 0) {
        if (!this.#borrow(bytes)) return false;
      } else if (this.#small) {
        this.#promote();
      } else {
        this.#dispatch();
        if (this.closed) return false;
      }
    }
    return true;
  }

  append(start: number, end: number): void {
    const { bytes } = this.#memory.arena;
    let from = start;
    while (from < end) {
      if (this.position === this.limit && !this.reserve(1)) return;
      const length = Math.min(end - from, this.limit - this.position);
      bytes.copyWithin(this.position, from, from + length);
      this.position += length;
      from += length;
    }
  }

  appendBytes(source: Uint8Array): void {
    const { bytes } = this.#memory.arena;
    let from = 0;
    while (from < source.length) {
      if (this.position >= this.limit && !this.reserve(1)) return;
      const length = Math.min(source.length - from, this.limit - this.position);
      bytes.set(source.subarray(from, from + length), this.position);
      this.position += length;
      from += length;
    }
  }

  /** Appends a line of our own. */
  appendText(latin1: string): void {
    const { buffer } = this.#memory.arena;
    let from = 0;
    while (from < latin1.length) {
      if (this.position >= this.limit && !this.reserve(1)) return;
      const length = Math.min(latin1.length - from, this.limit - this.position);
      buffer.write(
        from === 0 && length === latin1.length ? latin1 : latin1.slice(from, from + length),
        this.position,
        'latin1',
      );
      this.position += length;
      from += length;
    }
  }

  onDelivered(head: string, reply: string, payloadStart: number, payloadEnd: number): void {
    this.#owner.onDelivered(head, reply, payloadStart, payloadEnd);
  }

  /** Writes what was gathered. Called at the end of a turn. */
  flush(): void {
    this.#dirty = false;
    if (this.limit === 0) return;
    // While the kernel is behind, the chunk is filled up before it gets in line.
    if (this.blocked && !this.#scarce) {
      if (this.#small) this.#promote();
      this.#owner.onBehind(this);
    } else {
      this.#dispatch();
    }
  }

  /** No more bytes; what waits is given up. Chunks that the kernel may still read stay until `release`. */
  close(): void {
    this.closed = true;
    this.#giveCurrent();
    for (const piece of this.#backlog) this.#give(piece);
    this.#backlog = [];
    this.#backlogBytes = 0;
  }

  /** Writes what is there, then ends the stream. Nothing is taken any more. */
  finish(): void {
    if (this.closed) return;
    if (this.limit !== 0) this.#dispatch();
    this.closed = true;
    if (this.blocked) this.#finishing = true;
    else this.#transport.end();
  }

  /** The socket is gone: everything goes back. */
  release(): void {
    this.close();
    for (const piece of this.#inFlight) this.#give(piece);
    this.#inFlight = [];
    this.#inFlightBytes = 0;
  }

  #borrow(bytes: number): boolean {
    const { smallChunks, chunks, dirty } = this.#memory;
    let chunk = 0;
    if (bytes + CHUNK_SLACK_BYTES <= SMALL_CHUNK_BYTES && !this.blocked) chunk = smallChunks.take();
    this.#small = chunk !== 0;
    if (chunk === 0) chunk = chunks.take();
    if (chunk === 0) {
      // Everything is in use: connections that were written to in this turn give back what the kernel takes.
      flushAll(dirty);
      chunk = chunks.take();
      if (chunk === 0) return false;
    }
    this.#chunkStart = chunk;
    this.position = chunk;
    this.limit = chunk + (this.#small ? SMALL_CHUNK_BYTES : CHUNK_BYTES) - CHUNK_SLACK_BYTES;
    if (!this.#dirty) {
      this.#dirty = true;
      dirty.push(this);
    }
    return true;
  }

  /** Goes on in a big chunk with what is in the small one. */
  #promote(): void {
    const { arena, smallChunks, chunks } = this.#memory;
    const chunk = chunks.take();
    if (chunk === 0) return this.#dispatch();
    const start = this.#chunkStart;
    const length = this.position - start;
    arena.bytes.copyWithin(chunk, start, start + length);
    smallChunks.give(start);
    this.#small = false;
    this.#chunkStart = chunk;
    this.position = chunk + length;
    this.limit = chunk + CHUNK_BYTES - CHUNK_SLACK_BYTES;
  }

  /** Hands the current chunk to the kernel, or puts it in line. */
  #dispatch(): void {
    const length = this.position - this.#chunkStart;
    if (length === 0) return this.#giveCurrent();
    this.#memory.beforeWrite?.();
    if (this.blocked) {
      this.#backlogBytes += length;
      this.#backlog.push(this.#detach(this.#backlog.length >= ARENA_BACKLOG_CHUNKS || this.#scarce));
      this.#owner.onBehind(this);
      return;
    }
    // When chunks are scarce, none may get stuck below a socket.
    const copy = this.#scarce;
    const view = this.#memory.arena.buffer.subarray(this.#chunkStart, this.position);
    const piece = copy ? this.#detach(true) : { view, chunk: this.#chunkStart };
    if (this.#transport.write(piece.view)) {
      this.#giveCurrent();
      return;
    }
    if (!copy) this.#forgetCurrent();
    this.#block([piece], length);
    this.#owner.onBehind(this);
  }

  /** The current chunk as a piece, or a copy of it in memory that the system gets back. */
  #detach(copy: boolean): Piece {
    const view = this.#memory.arena.buffer.subarray(this.#chunkStart, this.position);
    const piece = copy ? { view: new Uint8Array(view), chunk: 0 } : { view, chunk: this.#chunkStart };
    if (copy) this.#giveCurrent();
    else this.#forgetCurrent();
    return piece;
  }

  get #scarce(): boolean {
    const { smallChunks, chunks } = this.#memory;
    return (this.#small ? smallChunks : chunks).available < RESERVED_CHUNKS;
  }

  #block(pieces: Piece[], bytes: number): void {
    this.#inFlight = pieces;
    this.#inFlightBytes = bytes;
    this.blockedSince = performance.now();
    this.#transport.onDrained(this.#drained);
  }

  readonly #drained = (): void => {
    for (const piece of this.#inFlight) this.#give(piece);
    this.#inFlight = [];
    this.#inFlightBytes = 0;
    while (this.#backlog.length > 0) {
      const pieces = this.#backlog.splice(0, PIECES_PER_WRITE);
      let bytes = 0;
      for (const { view } of pieces) bytes += view.length;
      this.#backlogBytes -= bytes;
      if (!this.#transport.writeAll(pieces.map(({ view }) => view))) {
        this.#block(pieces, bytes);
        this.#owner.onProgress(this);
        return;
      }
      for (const piece of pieces) this.#give(piece);
    }
    if (this.limit !== 0) this.#dispatch();
    if (this.#finishing && !this.blocked) this.#transport.end();
    this.#owner.onProgress(this);
  };

  #give({ chunk }: Piece): void {
    if (chunk === 0) return;
    const { smallChunks, chunks } = this.#memory;
    if (smallChunks.owns(chunk)) smallChunks.give(chunk);
    else chunks.give(chunk);
  }

  #giveCurrent(): void {
    if (this.limit === 0) return;
    if (this.#small) this.#memory.smallChunks.give(this.#chunkStart);
    else this.#memory.chunks.give(this.#chunkStart);
    this.#forgetCurrent();
  }

  #forgetCurrent(): void {
    this.#chunkStart = 0;
    this.position = 0;
    this.limit = 0;
    this.#small = false;
  }
}

/** Writes for everyone who was written to, and empties the list. */
export function flushAll(dirty: Outbound[]): void {
  for (let i = 0; i < dirty.length; i++) (dirty[i] as Outbound).flush();
  dirty.length = 0;
}
