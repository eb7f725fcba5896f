import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';

/** A socket server on a free port of the loopback address that does what a test says with each connection. */
export class FakeServer implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Everything that clients sent, as latin1. */
  received = '';
  connections = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async listen(serve: (socket: Socket, server: FakeServer) => void, tls?: TlsOptions): Promise<FakeServer> {
    const accept = (socket: Socket): void => {
      fake.connections++;
      fake.#sockets.add(socket);
      socket.on('close', () => fake.#sockets.delete(socket));
      socket.on('error', () => {});
      socket.on('data', (bytes: Buffer) => (fake.received += bytes.toString('latin1')));
      serve(socket, fake);
    };
    const server = tls === undefined ? createServer(accept) : createTlsServer(tls, accept);
    const fake = new FakeServer(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return fake;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the fake server does not listen');
    return address.port;
  }

  /** Cuts all connections without a word. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** An INFO line with what every server says. */
export function infoLine(fields: Record<string, unknown> = {}): string {
  const info = {
    server_id: 'FAKE',
    server_name: 'fake',
    version: '2.15.1',
    proto: 1,
    max_payload: 1_048_576,
    headers: true,
  };
  return `INFO ${JSON.stringify({ ...info, ...fields })} \r\n`;
}

/** Speaks just enough NATS: INFO, then `answer` to each line that a client sends. */
export function natsLines(
  fields: Record<string, unknown>,
  answer: (line: string, socket: Socket) => string | undefined,
): (socket: Socket) => void {
  return (socket) => {
    let buffer = '';
    socket.write(infoLine(fields));
    socket.on('data', (bytes: Buffer) => {
      buffer += bytes.toString('latin1');
      for (let end = buffer.indexOf('\n'); end !== -1; end = buffer.indexOf('\n')) {
        const line = buffer.slice(0, end).trimEnd();
        buffer = buffer.slice(end + 1);
        const words = answer(line, socket);
        if (words !== undefined && socket.writable) socket.write(words);
      }
    });
  };
}
