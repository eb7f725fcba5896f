import { connect, type Socket } from 'node:net';
import { type OpeningOwner, type OpeningTerms, openConnection } from '../../../../broker/transport/opening.ts';
import { listenTcp } from '../../../../broker/transport/tcp.ts';
import type { TransportReader } from '../../../../broker/transport/transport.ts';
import type { TcpTransport } from '../../../../broker/transport/tcp-transport.ts';

/** Stands where a client connection stands in the broker: greets, remembers what it is told, and echoes what it reads. */
export class RecordingOwner implements OpeningOwner, TransportReader {
  closed = false;
  received = '';
  opened: 'plain' | 'tls' | 'tls-first' | undefined;
  readonly log_: string[] = [];
  ended = false;
  error: Error | undefined;
  over = false;
  echoes = false;
  readonly transport: TcpTransport;
  readonly #readBuffer: Uint8Array;

  constructor(transport: TcpTransport, readBuffer: Uint8Array) {
    this.transport = transport;
    this.#readBuffer = readBuffer;
  }

  sayHello(tlsRequired: boolean, withAddress: boolean): void {
    const address = withAddress ? ` ${this.transport.remoteAddress}:${this.transport.remotePort}` : '';
    this.transport.write(Buffer.from(`INFO ${tlsRequired ? 'tls' : 'plain'}${address}\r\n`));
  }

  log(level: string, text: string): void {
    this.log_.push(`${level} ${text}`);
  }

  onOpened(tlsFirst: boolean): TransportReader {
    this.opened = this.transport.tls === undefined ? 'plain' : tlsFirst ? 'tls-first' : 'tls';
    return this;
  }

  onTlsFailed(): void {
    this.log('closed', 'TLS failed');
    this.#shut();
  }

  onThrottled(): void {
    this.transport.write(Buffer.from('-ERR throttled\r\n'));
    this.log('closed', 'throttled');
    this.#shut();
  }

  onProxyRefused(problem: string): void {
    this.log('closed', problem);
    this.#shut();
  }

  onRead(bytes: number): void {
    const read = Buffer.from(this.#readBuffer.subarray(0, bytes));
    this.received += read.toString('latin1');
    if (this.echoes) this.transport.write(read);
  }

  onEnd(): void {
    this.ended = true;
    this.transport.end();
  }

  onClose(error: Error | undefined): void {
    this.over = true;
    this.error = error;
  }

  #shut(): void {
    this.closed = true;
    this.transport.end();
  }
}

export interface Listening extends AsyncDisposable {
  port: number;
  owners: RecordingOwner[];
  readBuffer: Uint8Array;
  /** Connects; what comes in clear is in `text`. */
  dial(): PlainClient;
}

/** A listener whose connections are opened by `terms`. */
export async function listening(terms: () => OpeningTerms, readBytes = 64 * 1024): Promise<Listening> {
  const owners: RecordingOwner[] = [];
  const readBuffer = new Uint8Array(readBytes);
  const listener = await listenTcp({
    host: '127.0.0.1',
    port: -1,
    readBuffer,
    accept: (transport) => {
      const owner = new RecordingOwner(transport, readBuffer);
      owners.push(owner);
      openConnection(transport, terms(), owner);
      return owner;
    },
  });
  const dialled: PlainClient[] = [];
  return {
    port: listener.port,
    owners,
    readBuffer,
    dial() {
      const client = new PlainClient(listener.port);
      dialled.push(client);
      return client;
    },
    async [Symbol.asyncDispose]() {
      for (const { socket } of dialled) socket.destroy();
      for (const { transport } of owners) transport.destroy();
      await listener.close();
    },
  };
}

/** A TCP client that keeps what it hears. */
export class PlainClient {
  readonly socket: Socket;
  text = '';
  closed = false;

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1' });
    this.socket.on('data', this.#hear);
    this.socket.on('error', () => {});
    this.socket.on('close', () => (this.closed = true));
  }

  readonly #hear = (bytes: Buffer): void => {
    this.text += bytes.toString('latin1');
  };

  /** Hands the socket over, so that somebody else can go on with it. */
  release(): Socket {
    this.socket.off('data', this.#hear);
    this.socket.pause();
    return this.socket;
  }
}
