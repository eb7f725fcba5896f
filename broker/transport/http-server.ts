import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { BrokerError } from '../base/broker-error.ts';
import type { LogLevel } from '../base/log.ts';
import { HTTP_HEAD_BYTES_MAX, HTTP_HEAD_MS_MAX, HTTP_LINGER_MS, HTTP_REQUEST_MS_MAX } from '../limits.ts';
import type { TlsOptions } from '../options/tls.ts';
import { looksLikeHttp, PLAIN_HTTP_ANSWER, PLAIN_HTTP_PROBLEM } from './plain-http.ts';
import { listenOn } from './listen.ts';
import { listenError } from './tcp.ts';
import { beginTls } from './tls-handshake.ts';
import { loadTls, type TlsTerms } from './tls-terms.ts';

export interface HttpRequest {
  readonly method: string;
  /** Path and query as they came. */
  readonly target: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface HttpListenOptions {
  readonly host: string;
  /** -1: any free one. */
  readonly port: number;
  /** Certificates of clients are never asked for here. */
  readonly tls?: TlsOptions | undefined;
  readonly log?: ((level: LogLevel, text: string) => void) | undefined;
  /** Bodies of requests are not read. What it throws is answered with 500. */
  handle(request: HttpRequest): HttpAnswer | Promise<HttpAnswer>;
}

export interface HttpListener {
  readonly port: number;
  /** New connections get these certificates. Throws a `BrokerError` and changes nothing when they cannot be read. */
  replaceTls(options: TlsOptions): void;
  /** Ends connections too. Resolves when the port is free. */
  close(): Promise<void>;
}

/** Answers HTTP on an address. Rejects with a `BrokerError` that has nats-server's words. */
export async function listenHttp(options: HttpListenOptions): Promise<HttpListener> {
  const { host, tls, log } = options;
  const port = options.port === -1 ? 0 : options.port;
  let terms: TlsTerms | undefined = tls && termsOf(tls);
  const http = httpServer(options);
  const sockets = new Set<Socket>();
  const listener = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    if (terms === undefined) http.emit('connection', socket);
    else secure(socket, terms, http, log);
  });
  try {
    await listenOn(listener, host, port);
  } catch (error) {
    const failure = (_address: string, words: string): string =>
      `Can't start monitoring: can't listen to the monitor port: ${words}`;
    throw listenError(host, port, error as NodeJS.ErrnoException, failure);
  }
  listener.on('error', () => {});
  return {
    port: (listener.address() as AddressInfo).port,
    replaceTls(changed) {
      if (terms === undefined) throw new BrokerError('invalid-state', 'the monitor has no TLS');
      terms = termsOf(changed);
    },
    close: () =>
      new Promise((resolve) => {
        listener.close(() => resolve());
        http.close();
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function termsOf(tls: TlsOptions): TlsTerms {
  return loadTls({ ...tls, verify: false, verifyAndMap: false });
}

/** Never listens itself: it is given connections. */
function httpServer({ handle, log }: HttpListenOptions): Server {
  // An import of it would load much more than a server: names that few use, which cost a start 40 ms.
  const server = process.getBuiltinModule('node:http').createServer({
    maxHeaderSize: HTTP_HEAD_BYTES_MAX,
    headersTimeout: HTTP_HEAD_MS_MAX,
    requestTimeout: HTTP_REQUEST_MS_MAX,
    keepAliveTimeout: HTTP_HEAD_MS_MAX,
    connectionsCheckingInterval: 1000,
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    void answer(request, response, handle, log);
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => refuse(error, socket));
  return server;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  handle: HttpListenOptions['handle'],
  log: HttpListenOptions['log'],
): Promise<void> {
  // A body is of no interest; whoever sends one is told not to go on.
  if (request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined) {
    response.shouldKeepAlive = false;
    request.resume();
  }
  let found: HttpAnswer;
  try {
    found = await handle({ method: request.method ?? '', target: request.url ?? '/' });
  } catch (error) {
    log?.('error', `monitoring: ${error instanceof Error ? error.message : String(error)}`);
    found = {
      status: 500,
      headers: { 'Content-Type': 'text/plain; charset=utf-8' },
      body: 'Internal Server Error\n',
    };
  }
  const body = Buffer.from(found.body, 'utf8');
  // Go says nothing of what goes without saying.
  if (response.shouldKeepAlive) response.removeHeader('Connection');
  response.writeHead(found.status, { ...found.headers, 'Content-Length': body.length });
  response.end(request.method === 'HEAD' ? undefined : body);
}

const PROBLEMS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_INVALID_VERSION: '505 HTTP Version Not Supported: unsupported protocol version',
};

function refuse(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET' || error.code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    socket.destroy();
    return;
  }
  const status = PROBLEMS[error.code ?? ''] ?? '400 Bad Request';
  sayLast(
    socket,
    `HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n${status}`,
  );
}

/** Ends a connection after a last word. What still comes in is thrown away for a moment, so that no reset eats that word. */
function sayLast(socket: Socket, text: string): void {
  socket.end(text, 'latin1');
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), HTTP_LINGER_MS);
  socket.once('close', () => clearTimeout(timer));
}

function secure(socket: Socket, terms: TlsTerms, http: Server, log: HttpListenOptions['log']): void {
  const peer = `${socket.remoteAddress}:${socket.remotePort}`;
  const failed = (text: string): void => log?.('error', `monitoring: TLS handshake error from ${peer}: ${text}`);
  const timer = setTimeout(() => socket.destroy(), HTTP_HEAD_MS_MAX);
  socket.on('error', () => {});
  socket.once('close', () => clearTimeout(timer));
  socket.once('data', (first: Buffer) => {
    clearTimeout(timer);
    if (looksLikeHttp(first)) {
      failed(PLAIN_HTTP_PROBLEM);
      sayLast(socket, PLAIN_HTTP_ANSWER);
      return;
    }
    const limits = { timeoutMs: HTTP_HEAD_MS_MAX, pins: false };
    socket.pause();
    const secured = beginTls(socket, terms, limits, first, {
      onSecure: () => void http.emit('connection', secured),
      onFailure: ({ text }) => failed(text),
    });
    secured.on('error', () => secured.destroy());
  });
}
