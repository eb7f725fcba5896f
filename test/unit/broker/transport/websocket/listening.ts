import type { WebSocketOptions } from '../../../../../broker/options/websocket.ts';
import type { Transport, TransportReader } from '../../../../../broker/transport/transport.ts';
import { listenWebSocket } from '../../../../../broker/transport/websocket/listener.ts';
import { type WebSocketSurroundings, webSocketTerms } from '../../../../../broker/transport/websocket/terms.ts';
import { PlainClient } from '../recording-owner.ts';

/** Reads a WebSocket connection: remembers what it is told, and ends when the other side does. */
export class RecordingReader implements TransportReader {
  received = '';
  readonly reads: number[] = [];
  ended = false;
  broken: string | undefined;
  over = false;
  error: Error | undefined;
  echoes = false;
  readonly transport: Transport;
  readonly #readBuffer: Uint8Array;

  constructor(transport: Transport, readBuffer: Uint8Array) {
    this.transport = transport;
    this.#readBuffer = readBuffer;
  }

  onRead(bytes: number): void {
    const read = Buffer.from(this.#readBuffer.subarray(0, bytes));
    this.reads.push(bytes);
    this.received += read.toString('latin1');
    // Whoever reads may use the region for himself behind what he was given.
    this.#readBuffer.fill(0x21, bytes);
    if (this.echoes) this.transport.write(read);
  }

  onEnd(): void {
    this.ended = true;
    this.transport.end();
  }

  onBroken(text: string): void {
    this.broken = text;
    this.transport.announceEnd?.('Read Error');
    this.transport.end();
  }

  onClose(error: Error | undefined): void {
    this.over = true;
    this.error = error;
  }
}

export interface ListeningOptions extends Partial<WebSocketOptions> {
  around?: Partial<WebSocketSurroundings>;
  readBytes?: number;
}

/** A WebSocket listener on a free port. */
export async function listening({ around, readBytes = 64 * 1024, ...options }: ListeningOptions = {}) {
  const readers: RecordingReader[] = [];
  const log: string[] = [];
  const readBuffer = new Uint8Array(readBytes);
  let terms = webSocketTerms(
    { port: -1, noTls: options.tls === undefined, ...options },
    { hasUsers: false, hasOperators: true, ...around },
  );
  const listener = await listenWebSocket({
    host: '127.0.0.1',
    port: options.port ?? -1,
    readBuffer,
    terms: () => terms,
    log: (level, text) => log.push(`${level} ${text.replaceAll(/127\.0\.0\.1:\d+/g, 'PEER')}`),
    accept(transport) {
      const reader = new RecordingReader(transport, readBuffer);
      readers.push(reader);
      transport.write(Buffer.from('INFO\r\n'));
      return reader;
    },
  });
  const dialled: PlainClient[] = [];
  return {
    port: listener.port,
    url: `${options.tls === undefined ? 'ws' : 'wss'}://127.0.0.1:${listener.port}`,
    readers,
    log,
    replace(changed: Partial<WebSocketOptions>) {
      terms = webSocketTerms(
        { port: -1, noTls: options.tls === undefined, ...options, ...changed },
        { hasUsers: false, hasOperators: true, ...around },
      );
    },
    close: () => listener.close(),
    say(text: string): PlainClient {
      const client = new PlainClient(listener.port);
      dialled.push(client);
      client.socket.write(text, 'latin1');
      return client;
    },
    async [Symbol.asyncDispose]() {
      for (const { socket } of dialled) socket.destroy();
      for (const { transport } of readers) transport.destroy();
      await listener.close();
    },
  };
}
