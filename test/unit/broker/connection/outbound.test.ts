import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Requester } from '../../../../broker/account/requester.ts';
import { Arena } from '../../../../broker/base/arena.ts';
import { ChunkPool } from '../../../../broker/base/chunk-pool.ts';
import {
  CHUNK_BYTES,
  flushAll,
  Outbound,
  type OutboundMemory,
  SMALL_CHUNK_BYTES,
} from '../../../../broker/connection/outbound.ts';
import type { Transport } from '../../../../broker/transport/transport.ts';

/** A socket whose kernel takes bytes only when it is told to. */
class StubbornTransport implements Transport {
  readonly remoteAddress = '127.0.0.1';
  readonly remotePort = 1;
  willing = true;
  readonly received: Buffer[] = [];
  #waiting: Uint8Array[] = [];
  #callback: (() => void) | undefined;
  ended = false;

  write(bytes: Uint8Array): boolean {
    return this.writeAll([bytes]);
  }

  writeAll(pieces: readonly Uint8Array[]): boolean {
    expect(this.ended).toBe(false);
    expect(this.#waiting).toEqual([]);
    if (this.willing) {
      for (const piece of pieces) this.received.push(Buffer.from(piece));
      return true;
    }
    this.#waiting = [...pieces];
    return false;
  }

  onDrained(callback: () => void): void {
    this.#callback = callback;
  }

  /** The kernel has taken what it was given; what the bytes are is seen only now, as with a real one. */
  drain(): void {
    for (const piece of this.#waiting) this.received.push(Buffer.from(piece));
    this.#waiting = [];
    const callback = this.#callback;
    this.#callback = undefined;
    callback?.();
  }

  pause(): void {}
  resume(): void {}
  end(): void {
    this.ended = true;
  }
  destroy(): void {}
}

function newMemory(chunks: number): OutboundMemory {
  const arena = new Arena(2 * 1024 * 1024 + chunks * CHUNK_BYTES);
  const small = 4 * SMALL_CHUNK_BYTES;
  return {
    arena,
    smallChunks: new ChunkPool(arena.carve(small), small, SMALL_CHUNK_BYTES),
    chunks: new ChunkPool(arena.carve(chunks * CHUNK_BYTES), chunks * CHUNK_BYTES, CHUNK_BYTES),
    dirty: [],
    beforeWrite: undefined,
  };
}

const owner = { onBehind: () => {}, onProgress: () => {}, onDelivered: () => {}, requester: {} as Requester };

type Step =
  | { type: 'text'; connection: number; bytes: number }
  | { type: 'turn' }
  | { type: 'willing'; connection: number; willing: boolean }
  | { type: 'drain'; connection: number };
const connection = fc.nat(2);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant('text' as const),
      connection,
      bytes: fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 150_000 })),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('turn' as const) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('willing' as const), connection, willing: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('drain' as const), connection }) },
);

describe('outbound', () => {
  it.each([8, 400])('keeps every byte in order, however the kernel takes them, with %d chunks', (chunks) => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const memory = newMemory(chunks);
        const free = memory.chunks.available;
        const transports = [new StubbornTransport(), new StubbornTransport(), new StubbornTransport()];
        const outbounds = transports.map((transport) => new Outbound(memory, transport, owner));
        const sent = ['', '', ''];
        let count = 0;
        for (const s of steps) {
          if (s.type === 'turn') {
            flushAll(memory.dirty);
            continue;
          }
          const transport = transports[s.connection] as StubbornTransport;
          if (s.type === 'text') {
            const text = `${count++}`.padEnd(s.bytes, 'abcdefghij').slice(0, s.bytes);
            (outbounds[s.connection] as Outbound).appendText(text);
            sent[s.connection] += text;
          } else if (s.type === 'willing') transport.willing = s.willing;
          else transport.drain();
        }
        outbounds.forEach((outbound, i) => {
          const transport = transports[i] as StubbornTransport;
          const got = transport.received.reduce((sum, piece) => sum + piece.length, 0);
          expect(outbound.pendingBytes).toBe((sent[i] as string).length - got);
        });
        flushAll(memory.dirty);
        transports.forEach((transport, i) => {
          transport.willing = true;
          transport.drain();
          flushAll(memory.dirty);
          expect(Buffer.concat(transport.received).toString('latin1')).toBe(sent[i]);
          expect((outbounds[i] as Outbound).pendingBytes).toBe(0);
        });
        expect(memory.chunks.available).toBe(free);
        expect(memory.smallChunks.available).toBe(4);
      }),
      { numRuns: 100 },
    );
  });

  it('gives up what waits when it is closed, and its chunks once the socket is gone', () => {
    const memory = newMemory(400);
    const transport = new StubbornTransport();
    const outbound = new Outbound(memory, transport, owner);
    transport.willing = false;
    outbound.appendText('x'.repeat(500_000));
    flushAll(memory.dirty);
    expect(outbound.pendingBytes).toBe(500_000);
    outbound.close();
    expect(outbound.reserve(1)).toBe(false);
    expect(memory.chunks.available).toBeLessThan(400);
    outbound.release();
    expect(memory.chunks.available).toBe(400);
    outbound.appendText('more');
    expect(outbound.pendingBytes).toBe(0);
  });

  it('ends the stream behind what waits', () => {
    const memory = newMemory(400);
    const transport = new StubbornTransport();
    const outbound = new Outbound(memory, transport, owner);
    transport.willing = false;
    outbound.appendText('x'.repeat(200_000));
    outbound.finish();
    expect(transport.ended).toBe(false);
    transport.drain();
    expect(transport.ended).toBe(false);
    transport.willing = true;
    transport.drain();
    expect(transport.ended).toBe(true);
    expect(Buffer.concat(transport.received).length).toBe(200_000);
  });
});
