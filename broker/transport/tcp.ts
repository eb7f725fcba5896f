import { createServer, Socket } from 'node:net';
import { BrokerError, type BrokerErrorCode } from '../base/broker-error.ts';
import { listenOn } from './listen.ts';
import { systemWords } from './system-words.ts';
import { TcpTransport } from './tcp-transport.ts';
import type { TransportReader } from './transport.ts';

export interface TcpListenOptions {
  host: string;
  /** -1: any free one. */
  port: number;
  /** Where every connection's bytes are read to: a view of the arena. */
  readBuffer: Uint8Array;
  /** Called for each connection that was accepted; returns who reads it. */
  accept(transport: TcpTransport): TransportReader;
  /** nats-server's words before the system's when the address cannot be had. */
  failure?: (address: string, words: string) => string;
}

export interface TcpListener {
  readonly host: string;
  readonly port: number;
  /** Stops listening; connections stay. Resolves when the port is free. */
  close(): Promise<void>;
}

/** Listens on an address. Rejects with a `BrokerError` that has nats-server's words. */
export async function listenTcp(options: TcpListenOptions): Promise<TcpListener> {
  const { host, readBuffer, accept } = options;
  const port = options.port === -1 ? 0 : options.port;
  // Accepted sockets are not read by Node's own reader: their handle goes to a socket that reads into our buffer.
  const server = createServer({ pauseOnConnect: true, noDelay: true, keepAlive: false }, (accepted) => {
    const handle = takeHandle(accepted);
    if (handle !== undefined) adopt(handle, readBuffer, accept);
  });
  try {
    await listenOn(server, host, port);
  } catch (error) {
    throw listenError(host, port, error as NodeJS.ErrnoException, options.failure);
  }
  // Running out of file descriptors while accepting is the system's matter; connections that stand go on.
  server.on('error', () => {});
  const address = server.address() as { address: string; port: number };
  return {
    host: address.address,
    port: address.port,
    close: () =>
      new Promise((closed) => {
        server.close();
        // The server's own 'close' waits for sockets that it has lost sight of; its port is free by the next turn.
        setImmediate(() => setImmediate(closed));
      }),
  };
}

/** The handle below an accepted socket. There is no documented way to give a server's sockets a buffer of one's own. */
function takeHandle(accepted: Socket): object | undefined {
  const holder = accepted as unknown as { _handle: object | null };
  const handle = holder._handle;
  holder._handle = null;
  return handle ?? undefined;
}

function adopt(handle: object, readBuffer: Uint8Array, accept: TcpListenOptions['accept']): void {
  const socket = new Socket({
    handle,
    onread: {
      buffer: readBuffer,
      callback: (bytes: number) => {
        transport.reader.onRead(bytes);
        return true;
      },
    },
  } as unknown as ConstructorParameters<typeof Socket>[0]);
  const transport = new TcpTransport(socket, readBuffer);
  transport.readBy(accept);
}

const CODES: Readonly<Record<string, BrokerErrorCode>> = {
  EADDRINUSE: 'address-in-use',
  EADDRNOTAVAIL: 'address-not-available',
  EACCES: 'permission-denied',
};

/** Why an address cannot be listened on. `failure` puts nats-server's words around the system's. */
export function listenError(
  host: string,
  port: number,
  error: NodeJS.ErrnoException,
  failure = (address: string, words: string) => `Error listening on port: ${address}, "${words}"`,
): BrokerError {
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const code = CODES[error.code ?? ''] ?? 'listen-failed';
  const words = code === 'listen-failed' ? error.message : `bind: ${systemWords(error)}`;
  return new BrokerError(code, failure(address, `listen tcp ${address}: ${words}`));
}
