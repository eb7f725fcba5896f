import { createServer, Socket } from 'node:net';
import { BrokerError, type BrokerErrorCode } from '../base/broker-error.ts';
import type { Transport, TransportReader } from './transport.ts';

export interface TcpListenOptions {
  host: string;
  /** -1: any free one. */
  port: number;
  /** Where every connection's bytes are read to: a view of the arena. */
  readBuffer: Uint8Array;
  /** Called for each connection that was accepted; returns who reads it. */
  accept(transport: Transport): TransportReader;
}

export interface TcpListener {
  readonly host: string;
  readonly port: number;
  /** Stops listening; connections stay. Resolves when the port is free. */
  close(): Promise<void>;
}

/** Listens on an address. Rejects with a `BrokerError` that has nats-server's words. */
export function listenTcp(options: TcpListenOptions): Promise<TcpListener> {
  const { host, readBuffer, accept } = options;
  const port = options.port === -1 ? 0 : options.port;
  return new Promise((resolve, reject) => {
    // Accepted sockets are not read by Node's own reader: their handle goes to a socket that reads into our buffer.
    const server = createServer({ pauseOnConnect: true, noDelay: true, keepAlive: false }, (accepted) => {
      const handle = takeHandle(accepted);
      if (handle !== undefined) adopt(handle, readBuffer, accept);
    });
    const failed = (error: NodeJS.ErrnoException): void => reject(listenError(host, port, error));
    server.once('error', failed);
    server.listen({ host, port, backlog: 1024 }, () => {
      server.off('error', failed);
      // Running out of file descriptors while accepting is the system's matter; connections that stand go on.
      server.on('error', () => {});
      const address = server.address() as { address: string; port: number };
      resolve({
        host: address.address,
        port: address.port,
        close: () =>
          new Promise((closed) => {
            server.close();
            // The server's own 'close' waits for sockets that it has lost sight of; its port is free by the next turn.
            setImmediate(() => setImmediate(closed));
          }),
      });
    });
  });
}

/** The handle below an accepted socket. There is no documented way to give a server's sockets a buffer of one's own. */
function takeHandle(accepted: Socket): object | undefined {
  const holder = accepted as unknown as { _handle: object | null };
  const handle = holder._handle;
  holder._handle = null;
  return handle ?? undefined;
}

function adopt(handle: object, readBuffer: Uint8Array, accept: (transport: Transport) => TransportReader): void {
  const socket = new Socket({
    handle,
    onread: {
      buffer: readBuffer,
      callback: (bytes: number) => {
        reader.onRead(bytes);
        return true;
      },
    },
  } as unknown as ConstructorParameters<typeof Socket>[0]);
  let problem: Error | undefined;
  socket.on('error', (error) => (problem = error));
  socket.on('end', () => reader.onEnd());
  socket.on('close', () => reader.onClose(problem));
  const reader = accept(new TcpTransport(socket));
}

const NOTHING = Buffer.alloc(0);

class TcpTransport implements Transport {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
    const address = socket.remoteAddress ?? '';
    this.remoteAddress = address.startsWith('::ffff:') ? address.slice(7) : address;
    this.remotePort = socket.remotePort ?? 0;
  }

  write(bytes: Uint8Array): boolean {
    this.#socket.write(bytes);
    return this.#socket.writableLength === 0;
  }

  writeAll(pieces: readonly Uint8Array[]): boolean {
    this.#socket.cork();
    for (const piece of pieces) this.#socket.write(piece);
    this.#socket.uncork();
    return this.#socket.writableLength === 0;
  }

  onDrained(callback: () => void): void {
    // An empty write stands in line behind the others. To give each write a callback would cost a tick per write.
    this.#socket.write(NOTHING, () => {
      if (!this.#socket.destroyed) callback();
    });
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

const CODES: Record<string, [BrokerErrorCode, string]> = {
  EADDRINUSE: ['address-in-use', 'bind: address already in use'],
  EADDRNOTAVAIL: ['address-not-available', 'bind: cannot assign requested address'],
  EACCES: ['permission-denied', 'bind: permission denied'],
};

function listenError(host: string, port: number, error: NodeJS.ErrnoException): BrokerError {
  const [code, words] = CODES[error.code ?? ''] ?? ['listen-failed', error.message];
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return new BrokerError(code, `Error listening on port: ${address}, "listen tcp ${address}: ${words}"`);
}
