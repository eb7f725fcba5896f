import type { LogLevel } from '../../base/log.ts';
import { HTTP_BACKLOG_BYTES_MAX, HTTP_HEAD_BYTES_MAX, HTTP_LINGER_MS } from '../../limits.ts';
import { HTTP_BEGINNING_BYTES, looksLikeHttp, PLAIN_HTTP_ANSWER, PLAIN_HTTP_PROBLEM } from '../plain-http.ts';
import { listenTcp, type TcpListener } from '../tcp.ts';
import type { TcpTransport } from '../tcp-transport.ts';
import type { Transport, TransportReader } from '../transport.ts';
import { parseHead, type RequestHead } from './request-head.ts';
import type { WebSocketTerms } from './terms.ts';
import { answerToNonsense, answerUpgrade, bodyToSkip, type Upgraded } from './upgrade.ts';
import { WebSocketTransport } from './websocket-transport.ts';

export interface WebSocketListenOptions {
  host: string;
  /** -1: any free one. */
  port: number;
  /** Where every connection's bytes are read to: a view of the arena. */
  readBuffer: Uint8Array;
  /** Those of now; asked for each connection. Whether there is TLS may not change. */
  terms(): WebSocketTerms;
  log(level: LogLevel, text: string): void;
  /** Called for each client whose upgrade was taken; returns who reads it. */
  accept(transport: Transport): TransportReader;
}

/** Listens for WebSocket clients. Rejects with a `BrokerError` that has nats-server's words. */
export async function listenWebSocket(options: WebSocketListenOptions): Promise<TcpListener> {
  const openings = new Set<UpgradeReader>();
  const listener = await listenTcp({
    host: options.host,
    port: options.port,
    readBuffer: options.readBuffer,
    failure: (_address, words) => `Unable to listen for websocket connections: ${words}`,
    accept(tcp) {
      const reader = new UpgradeReader(tcp, options, () => openings.delete(reader));
      openings.add(reader);
      return reader;
    },
  });
  return {
    host: listener.host,
    port: listener.port,
    async close() {
      for (const reader of openings) reader.cut();
      await listener.close();
    },
  };
}

const NOTHING = Buffer.alloc(0);

/** A connection until it is a WebSocket: TLS where there is TLS, then requests over HTTP until one is an upgrade. */
class UpgradeReader implements TransportReader {
  readonly #tcp: TcpTransport;
  readonly #options: WebSocketListenOptions;
  readonly #terms: WebSocketTerms;
  readonly #onOver: () => void;
  readonly #peer: string;
  #bytes: Buffer = NOTHING;
  /** Bytes of a request's body that are thrown away. */
  #skip = 0;
  #awaitsTls: boolean;
  /** The last answer is on its way; what comes is thrown away. */
  #deaf = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(tcp: TcpTransport, options: WebSocketListenOptions, onOver: () => void) {
    this.#tcp = tcp;
    this.#options = options;
    this.#terms = options.terms();
    this.#onOver = onOver;
    const { remoteAddress, remotePort } = tcp;
    this.#peer = `${remoteAddress.includes(':') ? `[${remoteAddress}]` : remoteAddress}:${remotePort}`;
    this.#awaitsTls = this.#terms.tls !== undefined;
    this.#watch();
  }

  onRead(bytes: number): void {
    if (this.#deaf) return;
    const read = this.#tcp.copyOfRead(bytes);
    this.#bytes = this.#bytes.length === 0 ? read : Buffer.concat([this.#bytes, read]);
    if (this.#awaitsTls) this.#beginTls();
    else this.#takeRequests();
  }

  onEnd(): void {
    this.#tcp.end();
  }

  onClose(): void {
    this.#over();
  }

  cut(): void {
    this.#tcp.destroy();
  }

  #watch(): void {
    const { handshakeTimeoutMs } = this.#terms;
    if (handshakeTimeoutMs > 0) this.#timer = setTimeout(() => this.#onTimeout(), handshakeTimeoutMs);
  }

  #over(): void {
    this.#deaf = true;
    clearTimeout(this.#timer);
    this.#onOver();
  }

  #beginTls(): void {
    const { tls, handshakeTimeoutMs } = this.#terms;
    if (tls === undefined || this.#bytes.length < HTTP_BEGINNING_BYTES) return;
    const failed = (text: string): void =>
      this.#options.log('error', `websocket: TLS handshake error from ${this.#peer}: ${text}`);
    if (looksLikeHttp(this.#bytes)) {
      failed(PLAIN_HTTP_PROBLEM);
      this.#sayLast(PLAIN_HTTP_ANSWER);
      return;
    }
    const early = this.#bytes;
    this.#bytes = NOTHING;
    this.#awaitsTls = false;
    // The handshake has a time-out of its own, and the request gets its time after it.
    clearTimeout(this.#timer);
    this.#tcp.startTls(tls, { timeoutMs: handshakeTimeoutMs, pins: false }, early, {
      onSecure: () => this.#watch(),
      onFailure: ({ text }) => failed(text),
    });
  }

  #takeRequests(): void {
    while (this.#bytes.length > 0 && !this.#deaf) {
      if (this.#skip > 0) {
        const skipped = Math.min(this.#skip, this.#bytes.length);
        this.#skip -= skipped;
        this.#bytes = this.#bytes.subarray(skipped);
        continue;
      }
      const parsed = parseHead(this.#bytes, HTTP_HEAD_BYTES_MAX);
      if (parsed.state === 'incomplete') return;
      if (parsed.state === 'wrong') return this.#sayLast(answerToNonsense(parsed.status, parsed.body));
      this.#bytes = this.#bytes.subarray(parsed.head.bytes);
      this.#take(parsed.head);
    }
  }

  #take(head: RequestHead): void {
    const outcome = answerUpgrade(head, this.#terms, new Date());
    if (outcome.type === 'upgrade') return this.#upgrade(outcome.answer, outcome.upgraded);
    if (outcome.log !== undefined) this.#complain(outcome.log);
    if (outcome.closes) return this.#sayLast(outcome.answer);
    this.#tcp.write(Buffer.from(outcome.answer, 'latin1'));
    // Whoever asks on and on and reads no answer gets no more.
    if (this.#tcp.writableLength > HTTP_BACKLOG_BYTES_MAX) return this.#tcp.destroy();
    this.#skip = bodyToSkip(head) ?? 0;
  }

  #upgrade(answer: string, upgraded: Upgraded): void {
    if (this.#bytes.length > 0) {
      this.#complain('client sent data before handshake is complete');
      this.#deaf = true;
      this.#tcp.destroy();
      return;
    }
    this.#over();
    this.#tcp.write(Buffer.from(answer, 'latin1'));
    if (upgraded.kind === 'leafnode') {
      this.#options.log('error', 'Not configured to accept leaf node connections');
      this.#tcp.end();
      return;
    }
    const { accept, readBuffer } = this.#options;
    const transport = new WebSocketTransport(this.#tcp, readBuffer, upgraded, this.#terms.messageBytesMax);
    transport.readBy(accept);
  }

  #complain(text: string): void {
    this.#options.log('error', `${this.#peer} - websocket handshake error: ${text}`);
  }

  #onTimeout(): void {
    if (this.#awaitsTls || this.#bytes.length === 0) this.#tcp.destroy();
    else this.#sayLast(answerToNonsense('400 Bad Request'));
  }

  /** Ends it after a last word. What still comes in is thrown away for a moment, so that no reset eats that word. */
  #sayLast(text: string): void {
    this.#deaf = true;
    this.#tcp.write(Buffer.from(text, 'latin1'));
    this.#tcp.end();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#tcp.destroy(), HTTP_LINGER_MS);
  }
}
