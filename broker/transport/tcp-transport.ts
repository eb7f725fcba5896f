import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { beginTls, type HandshakeLimits, type HandshakeOutcome } from './tls-handshake.ts';
import type { TlsTerms } from './tls-terms.ts';
import type { TlsFacts, Transport, TransportReader } from './transport.ts';

const NOTHING = Buffer.alloc(0);

/** A TCP connection, in clear or, after `startTls`, through TLS. */
export class TcpTransport implements Transport {
  /** Who reads it. May change while a connection is being opened. */
  reader: TransportReader = NOBODY;
  /** Those of the socket, unless a proxy says otherwise. */
  remoteAddress: string;
  remotePort: number;
  tls: TlsFacts | undefined;
  #socket: Socket;
  readonly #readBuffer: Uint8Array;
  /** What is written is encrypted at once, and so copied, unless something waits before it. */
  #encrypts = false;
  #shakingHands = false;
  /** Callbacks that stand in line behind what was written. */
  #drains = 0;

  constructor(socket: Socket, readBuffer: Uint8Array) {
    this.#socket = socket;
    this.#readBuffer = readBuffer;
    const address = socket.remoteAddress ?? '';
    this.remoteAddress = address.startsWith('::ffff:') ? address.slice(7) : address;
    this.remotePort = socket.remotePort ?? 0;
    this.#watch(socket);
  }

  /** Hands it to whoever takes it, who may have made somebody else its first reader. */
  readBy(accept: (transport: TcpTransport) => TransportReader): void {
    const reader = accept(this);
    if (this.reader === NOBODY) this.reader = reader;
  }

  /**
   * Goes on through TLS. From here on nothing is read as plain text. `early` has come already and is the beginning of
   * the client's handshake. Until the handshake is over nothing may be written, and `end` destroys.
   */
  startTls(terms: TlsTerms, limits: HandshakeLimits, early: Uint8Array, outcome: HandshakeOutcome): void {
    const socket: TLSSocket = beginTls(this.#socket, terms, limits, early, {
      onSecure: (facts) => {
        this.tls = facts;
        this.#shakingHands = false;
        outcome.onSecure(facts);
        socket.on('data', (bytes: Buffer) => this.deliver(bytes));
      },
      onFailure: outcome.onFailure.bind(outcome),
    });
    this.#socket = socket;
    this.#encrypts = true;
    this.#shakingHands = true;
    this.#watch(socket);
  }

  /** What was read: a copy of the beginning of the read region. */
  copyOfRead(bytes: number): Buffer {
    return Buffer.from(this.#readBuffer.subarray(0, bytes));
  }

  /** Gives bytes to the reader as if they had just been read. */
  deliver(bytes: Uint8Array): void {
    const buffer = this.#readBuffer;
    for (let from = 0; from < bytes.length; from += buffer.length) {
      const piece = bytes.length <= buffer.length ? bytes : bytes.subarray(from, from + buffer.length);
      buffer.set(piece);
      this.reader.onRead(piece.length);
    }
  }

  write(bytes: Uint8Array): boolean {
    const socket = this.#socket;
    socket.write(bytes);
    return socket.writableLength === 0 || this.#isCopied(bytes.length);
  }

  writeAll(pieces: readonly Uint8Array[]): boolean {
    const socket = this.#socket;
    socket.cork();
    let bytes = 0;
    for (const piece of pieces) {
      bytes += piece.length;
      socket.write(piece);
    }
    socket.uncork();
    return socket.writableLength === 0 || this.#isCopied(bytes);
  }

  /** Bytes that wait in this process. */
  get writableLength(): number {
    return this.#socket.writableLength;
  }

  onDrained(callback: () => void): void {
    const socket = this.#socket;
    this.#drains++;
    // An empty write stands in line behind the others. To give each write a callback would cost a tick per write.
    socket.write(NOTHING, () => {
      this.#drains--;
      if (!socket.destroyed) callback();
    });
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    if (this.#shakingHands) this.#socket.destroy();
    else this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** TLS says a moment later that it is done with a write, but has no use for its bytes any more when the write returns. */
  #isCopied(bytes: number): boolean {
    return this.#encrypts && this.#drains === 0 && this.#socket.writableLength === bytes;
  }

  #watch(socket: Socket): void {
    let problem: Error | undefined;
    socket.on('error', (error) => {
      problem ??= error;
      // A TLS socket tells of records that are spoilt, and stays open.
      socket.destroy();
    });
    socket.on('end', () => {
      if (socket === this.#socket) this.reader.onEnd();
    });
    socket.on('close', () => {
      if (socket === this.#socket) this.reader.onClose(problem);
    });
  }
}

const NOBODY: TransportReader = { onRead() {}, onEnd() {}, onClose() {} };
