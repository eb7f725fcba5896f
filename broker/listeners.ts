import type { LogLevel } from './base/log.ts';
import { BrokerError } from './base/broker-error.ts';
import * as limits from './limits.ts';
import type { BrokerAddress, BrokerListeners, BrokerOptions } from './options.ts';
import { type OpeningOwner, type OpeningTerms, openConnection } from './transport/opening.ts';
import { RateLimit } from './transport/rate-limit.ts';
import { listenTcp, type TcpListener } from './transport/tcp.ts';
import { loadTls, type TlsTerms } from './transport/tls-terms.ts';
import type { Transport, TransportReader } from './transport/transport.ts';
import { type WebSocketTerms, webSocketTerms } from './transport/websocket/terms.ts';
import type { ServerInfo } from './wire/info.ts';

/** How a connection came in. */
export interface Arrival {
  /** By the listener of whoever owns the broker. */
  readonly own: boolean;
  /** Opens the connection where there is more to it than INFO in clear. */
  readonly opening: ((owner: OpeningOwner) => void) | undefined;
}

/** What the listeners need of their broker. */
export interface ListenersHost {
  /** Where every connection's bytes are read to. */
  readonly readBuffer: Uint8Array;
  log(level: LogLevel, text: string): void;
  /** Returns who reads the connection. */
  accept(transport: Transport, arrival: Arrival): TransportReader;
}

/** What a reload may change: files read, options checked. */
interface Terms {
  readonly options: BrokerOptions;
  readonly tls: TlsTerms | undefined;
  readonly opening: OpeningTerms | undefined;
  readonly webSocket: WebSocketTerms | undefined;
}

const PLAIN: Arrival = { own: false, opening: undefined };
const OWN: Arrival = { own: true, opening: undefined };

/** Where clients come in: TCP with or without TLS, WebSocket, and the listener of whoever owns the broker. */
export class Listeners {
  readonly #host: ListenersHost;
  #terms: Terms;
  #client: TcpListener | undefined;
  #own: TcpListener | undefined;
  #webSocket: TcpListener | undefined;
  #rejectionTimer: NodeJS.Timeout | undefined;
  #closed = false;

  /** Throws a `BrokerError` when the options make no sense or files cannot be read. */
  constructor(host: ListenersHost, options: BrokerOptions) {
    this.#host = host;
    this.#terms = termsOf(options);
  }

  /** Listens. Rejects with a `BrokerError`. */
  async start(host: string, port: number): Promise<void> {
    const { readBuffer } = this.#host;
    const { ownToken, webSocket } = this.#terms.options;
    try {
      if (webSocket !== undefined) {
        // Read only where somebody wants it.
        const { listenWebSocket } = await import('./transport/websocket/listener.ts');
        this.#webSocket = await listenWebSocket({
          host: webSocketHost(this.#terms.options),
          port: webSocket.port,
          readBuffer,
          terms: () => this.#terms.webSocket as WebSocketTerms,
          log: (level, text) => this.#host.log(level, text),
          accept: (transport) => this.#host.accept(transport, PLAIN),
        });
      }
      this.#client = await listenTcp({
        host,
        port,
        readBuffer,
        accept: (transport) => {
          const { opening } = this.#terms;
          if (opening === undefined) return this.#host.accept(transport, PLAIN);
          const arrival = { own: false, opening: (owner: OpeningOwner) => openConnection(transport, opening, owner) };
          return this.#host.accept(transport, arrival);
        },
      });
      if (ownToken) {
        const accept = (transport: Transport): TransportReader => this.#host.accept(transport, OWN);
        this.#own = await listenTcp({ host: '127.0.0.1', port: -1, readBuffer, accept });
      }
    } catch (error) {
      await this.close();
      throw error;
    }
    this.#watchRejections();
  }

  /** Stops listening; connections stay, those that are no WebSocket yet excepted. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#rejectionTimer);
    await Promise.all([this.#client?.close(), this.#own?.close(), this.#webSocket?.close()]);
  }

  /** Reads what new options name. Throws a `BrokerError`, or returns what takes them over for new connections. */
  prepare(options: BrokerOptions): () => void {
    const terms = termsOf(options, this.#terms.opening?.rateLimit);
    const listens = this.#webSocket !== undefined;
    if (listens !== (terms.webSocket !== undefined) || (listens && !sameScheme(this.#terms, terms))) {
      throw new BrokerError('invalid-option', 'the WebSocket listener can be set at the start only');
    }
    return () => {
      this.#terms = terms;
      this.#watchRejections();
    };
  }

  get listening(): boolean {
    return this.#client !== undefined;
  }

  /** Port of the client listener. Throws a `BrokerError` while there is none. */
  get port(): number {
    if (this.#client === undefined) throw new BrokerError('invalid-state', 'the broker is not listening');
    return this.#client.port;
  }

  get addresses(): BrokerListeners {
    const own = this.#own;
    const webSocket = this.#webSocket;
    return {
      ...(own === undefined ? {} : { own: { host: own.host, port: own.port } }),
      ...(webSocket === undefined ? {} : { webSocket: { ...this.webSocketAddress, secure: this.#isSecure } }),
    };
  }

  /** Address that INFO gives to WebSocket clients. */
  get webSocketAddress(): BrokerAddress {
    return { host: webSocketHost(this.#terms.options), port: this.#webSocket?.port ?? 0 };
  }

  /** What INFO says of TLS. `required` is what the connection was told when it began. */
  tlsInfo(
    viaWebSocket: boolean,
    required?: boolean,
  ): Pick<ServerInfo, 'tls_required' | 'tls_verify' | 'tls_available'> {
    const { tls, options } = this.#terms;
    const optional = tls !== undefined && options.allowNonTls === true;
    const needed = viaWebSocket ? this.#isSecure : (required ?? (tls !== undefined && !optional));
    const available = viaWebSocket ? this.#isSecure : optional;
    return {
      ...(needed ? { tls_required: true } : {}),
      ...(tls?.verify ? { tls_verify: true } : {}),
      ...(available ? { tls_available: true } : {}),
    };
  }

  /** When the certificate ends, in milliseconds since the epoch. */
  certificateEnd(listener: 'client' | 'webSocket'): number | undefined {
    return (listener === 'client' ? this.#terms.tls : this.#terms.webSocket?.tls)?.expiresAt;
  }

  get #isSecure(): boolean {
    return this.#terms.webSocket?.tls !== undefined;
  }

  /** Once a second, as long as handshakes are limited at all. */
  #watchRejections(): void {
    clearInterval(this.#rejectionTimer);
    const limit = this.#terms.opening?.rateLimit;
    if (limit === undefined || this.#closed) return;
    this.#rejectionTimer = setInterval(() => {
      const refused = limit.takeRefused();
      if (refused > 0) this.#host.log('warn', `Rejected ${refused} connections due to TLS rate limiting`);
    }, 1000);
  }
}

/** `before` goes on counting: a reload begins no new second. */
function termsOf(options: BrokerOptions, before?: RateLimit): Terms {
  const { tls: tlsOptions, webSocket, users = [], operator } = options;
  const tls = tlsOptions && loadTls(tlsOptions);
  const perSecond = tlsOptions?.connectionRateLimit ?? 0;
  const rateLimit = perSecond <= 0 ? undefined : before?.perSecond === perSecond ? before : new RateLimit(perSecond);
  const proxyProtocol = options.proxyProtocol ?? false;
  const opening =
    tls === undefined && !proxyProtocol
      ? undefined
      : { tls, allowNonTls: options.allowNonTls ?? false, proxyProtocol, rateLimit };
  const around = {
    maxPayload: options.maxPayload,
    hasUsers: users.length > 0,
    hasOperators: (operator?.operators.length ?? 0) + (operator?.trustedKeys?.length ?? 0) > 0,
  };
  return { options, tls, opening, webSocket: webSocket && webSocketTerms(webSocket, around) };
}

function sameScheme(before: Terms, after: Terms): boolean {
  return (before.webSocket?.tls === undefined) === (after.webSocket?.tls === undefined);
}

function webSocketHost({ webSocket }: BrokerOptions): string {
  return webSocket?.host || limits.DEFAULT_HOST;
}
