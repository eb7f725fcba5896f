import type { OpeningOwner } from '../transport/opening.ts';
import type { TransportReader } from '../transport/transport.ts';
import { CLOSE_REASONS, ERRORS } from '../wire/protocol.ts';
import type { Client } from './client.ts';
import type { ConnectionContext } from './context.ts';

/** A client connection while it is not clear yet how it goes on: through TLS, in clear, or not at all. */
export class ClientOpening implements OpeningOwner {
  readonly #context: ConnectionContext;
  readonly #client: Client;

  constructor(context: ConnectionContext, client: Client) {
    this.#context = context;
    this.#client = client;
  }

  get closed(): boolean {
    return this.#client.closed;
  }

  sayHello(tlsRequired: boolean, withAddress: boolean): void {
    this.#client.greet({ tlsRequired, withAddress });
    // What follows may be the handshake, which nothing in clear may come after.
    this.#context.endTurn();
  }

  log(level: 'debug' | 'warn' | 'error', text: string): void {
    if (level === 'debug') this.#client.debug(text);
    else this.#client.log(level, text);
  }

  onOpened(tlsFirst: boolean): TransportReader {
    this.#client.tlsFirst = tlsFirst;
    this.#client.begin();
    return this.#client;
  }

  onTlsFailed(): void {
    this.#client.cut(CLOSE_REASONS.tlsHandshakeFailure);
  }

  onThrottled(): void {
    this.#client.sendError(ERRORS.throttled);
    this.#client.finish(CLOSE_REASONS.connectionsExceeded);
    this.#context.endTurn();
  }

  onProxyRefused(problem: string): void {
    const { ip, port } = this.#client.facts;
    const from = `${ip.includes(':') ? `[${ip}]` : ip}:${port}`;
    this.#context.log('warn', `Error reading PROXY protocol header from ${from}: ${problem}`);
    this.#client.finish(CLOSE_REASONS.protocolViolation);
  }

  onRead(): void {}

  onEnd(): void {
    this.#client.onEnd();
  }

  onClose(error: Error | undefined): void {
    this.#client.onClose(error);
  }
}
