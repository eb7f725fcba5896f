/** A pipe of bytes to a server, whether a socket or a WebSocket carries it. */

import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { WebSocket } from 'ws';

export interface ChannelListener {
  data(bytes: Uint8Array): void;
  /** Called once, whoever closed. */
  closed(error: NodeJS.ErrnoException | undefined): void;
}

export interface Channel {
  readonly encrypted: boolean;
  /** Address and port of the other side. */
  readonly remote: string;
  /** Bytes written that the kernel has not taken. */
  readonly pendingBytes: number;
  /** Replaces who listens. What came while nobody did is delivered first. */
  listen(listener: ChannelListener): void;
  /** Stops delivery; what comes is kept for the next listener. */
  silence(): void;
  write(bytes: Uint8Array): void;
  /** Closes after what was written. */
  end(): void;
  destroy(): void;
}

/** What both kinds share: bytes and the end are kept until somebody listens. */
class Inlet {
  #listener: ChannelListener | undefined;
  #kept: Uint8Array[] = [];
  #end: { error: Error | undefined } | undefined;

  listen(listener: ChannelListener): void {
    this.#listener = listener;
    const kept = this.#kept;
    this.#kept = [];
    for (const bytes of kept) {
      // A listener may hand over to another one in the middle of what was kept.
      this.data(bytes);
    }
    if (this.#end !== undefined) this.#tellEnd();
  }

  silence(): void {
    this.#listener = undefined;
  }

  data(bytes: Uint8Array): void {
    if (this.#listener === undefined) this.#kept.push(bytes);
    else this.#listener.data(bytes);
  }

  closed(error: Error | undefined): void {
    if (this.#end !== undefined) return;
    this.#end = { error };
    if (this.#listener !== undefined) this.#tellEnd();
  }

  #tellEnd(): void {
    const listener = this.#listener;
    this.#listener = undefined;
    listener?.closed(this.#end?.error);
  }
}

export class SocketChannel implements Channel {
  readonly encrypted: boolean;
  readonly remote: string;
  readonly #socket: Socket;
  readonly #inlet = new Inlet();
  #error: Error | undefined;
  /** Nothing is read before somebody listens: what a server says first may be for whoever takes the socket over. */
  #reading = false;
  readonly #onData = (bytes: Buffer) => this.#inlet.data(bytes);
  readonly #onError = (error: Error) => {
    this.#error = error;
  };
  readonly #onClose = () => this.#inlet.closed(this.#error);

  constructor(socket: Socket | TLSSocket) {
    this.#socket = socket;
    this.encrypted = 'encrypted' in socket;
    this.remote = formatRemote(socket);
    socket.on('error', this.#onError);
    socket.once('close', this.#onClose);
  }

  /** Takes the channel off its socket, so that TLS or a WebSocket can be put on it. */
  release(): Socket {
    if (this.#reading) {
      this.#socket.pause();
      this.#socket.off('data', this.#onData);
    }
    this.#socket.off('close', this.#onClose);
    return this.#socket;
  }

  get pendingBytes(): number {
    return this.#socket.writableLength;
  }

  listen(listener: ChannelListener): void {
    this.#inlet.listen(listener);
    if (this.#reading) return;
    this.#reading = true;
    this.#socket.on('data', this.#onData);
  }

  silence(): void {
    this.#inlet.silence();
  }

  write(bytes: Uint8Array): void {
    if (this.#socket.writable) this.#socket.write(bytes);
  }

  end(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

export class WebSocketChannel implements Channel {
  readonly encrypted: boolean;
  readonly remote: string;
  readonly #webSocket: WebSocket;
  readonly #inlet = new Inlet();

  constructor(webSocket: WebSocket, socket: Socket) {
    this.#webSocket = webSocket;
    this.encrypted = 'encrypted' in socket;
    this.remote = formatRemote(socket);
    let failure: Error | undefined;
    webSocket.on('message', (data) => this.#inlet.data(data as Buffer));
    webSocket.on('error', (error) => {
      failure = error;
    });
    webSocket.once('close', () => this.#inlet.closed(failure));
  }

  get pendingBytes(): number {
    return this.#webSocket.bufferedAmount;
  }

  listen(listener: ChannelListener): void {
    this.#inlet.listen(listener);
  }

  silence(): void {
    this.#inlet.silence();
  }

  write(bytes: Uint8Array): void {
    if (this.#webSocket.readyState === this.#webSocket.OPEN) this.#webSocket.send(bytes, { binary: true });
  }

  end(): void {
    this.#webSocket.close(1000);
  }

  destroy(): void {
    this.#webSocket.terminate();
  }
}

function formatRemote(socket: Socket): string {
  const { remoteAddress = '', remotePort = 0, remoteFamily } = socket;
  return remoteFamily === 'IPv6' ? `[${remoteAddress}]:${remotePort}` : `${remoteAddress}:${remotePort}`;
}
