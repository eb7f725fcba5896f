/** The browser front's server: files of the window over HTTP, the bridge over a WebSocket, on loopback only. */

import { createServer, STATUS_CODES } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import type { Transport } from '../bridge/frames.ts';
import { frameBytesMax } from '../bridge/limits.ts';
import { webSocketTransport } from '../bridge/transports.ts';
import { contentSecurityPolicy, createNonce, windowHeaders, withNonce } from '../content-security-policy.ts';
import { readWindowFile } from '../window-files.ts';
import { createAccess } from './access.ts';
import { page } from './page.ts';

export interface FrontServerOptions {
  /** 1 … 65535, or 0 for any free port. */
  port: number;
  /** The built renderer. */
  windowFolder: string;
  attachWindow(transport: Transport): void;
  /** Called with the next one-time address whenever one was used. */
  onNextAddress?: (address: string) => void;
}

export interface FrontServer {
  readonly port: number;
  /** The first one-time address. */
  readonly address: string;
  /** One more one-time address. */
  issueAddress(): string;
  /** Closes every window; no socket and no timer is left. */
  close(): Promise<void>;
}

const host = '127.0.0.1';
/** A window behind a tunnel that went away is noticed after two of these. */
const heartbeatMs = 30_000;
const windowsMax = 32;

/** Rejects with the error of `listen`, e.g. `EADDRINUSE`. */
export async function startFrontServer(options: FrontServerOptions): Promise<FrontServer> {
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 10_000, maxHeaderSize: 16_384 });
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port: options.port, exclusive: true }, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  const access = createAccess(port);
  const issueAddress = () => `http://${host}:${port}/?token=${access.issueToken()}`;
  // A policy cannot name an IPv6 address; over `[::1]` the page's own origin stands for its WebSocket, too.
  const bridges = [`ws://127.0.0.1:${port}`, `ws://localhost:${port}`];

  function answer(
    response: ServerResponse,
    status: number,
    headers: Record<string, string>,
    body?: Uint8Array,
    nonce = createNonce(),
  ): void {
    response.writeHead(status, {
      ...windowHeaders,
      'Content-Security-Policy': contentSecurityPolicy(nonce, bridges),
      'Cache-Control': 'no-store',
      ...headers,
      ...(status === 204 ? {} : { 'Content-Length': String(body?.length ?? 0) }),
    });
    response.end(body);
  }

  function refuse(response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void {
    const nonce = createNonce();
    const html = page(STATUS_CODES[status] ?? String(status), text, status === 401, nonce);
    answer(response, status, { 'Content-Type': 'text/html; charset=utf-8', ...headers }, html, nonce);
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!access.isOwnHost(request.headers.host)) {
      refuse(response, 421, `This server answers to 127.0.0.1:${port} and localhost:${port} only.`);
      return;
    }
    if (request.method !== 'GET') {
      refuse(response, 405, 'Only GET is answered here.', { Allow: 'GET' });
      return;
    }
    // The path is cut off by hand: a URL parser would resolve `..` before it could be refused.
    const [path = '/', query = ''] = (request.url ?? '/').split('?', 2);
    const known = access.hasSession(request.headers.cookie);
    const token = path === '/' ? new URLSearchParams(query).get('token') : null;
    if (token !== null) {
      const cookie = access.redeem(token);
      if (cookie === null && !known) {
        refuse(response, 403, 'This address was used before. Natscope printed another one when it was.');
        return;
      }
      answer(response, 303, { Location: '/', ...(cookie === null ? {} : { 'Set-Cookie': cookie }) });
      if (cookie !== null) options.onNextAddress?.(issueAddress());
      return;
    }
    if (!known) {
      refuse(response, 401, 'Open the address that Natscope printed when it started.');
      return;
    }
    if (path === '/session') {
      answer(response, 204, {});
      return;
    }
    const file = await readWindowFile(options.windowFolder, path);
    if (file === null) {
      if (path === '/') refuse(response, 503, 'The window is not built. Run "npm run build" and reload this page.');
      else refuse(response, 404, 'There is no such file.');
      return;
    }
    const cache = file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache';
    const nonce = createNonce();
    const headers = { 'Content-Type': file.type, 'Cache-Control': cache };
    answer(response, 200, headers, withNonce(file, nonce), nonce);
  }

  server.on('request', (request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else refuse(response, 500, error instanceof Error ? error.message : String(error));
    });
  });
  server.on('clientError', (_error, socket) => refuseSocket(socket, 400));

  const sockets = new WebSocketServer({ noServer: true, maxPayload: frameBytesMax, perMessageDeflate: false });
  const alive = new WeakSet<WebSocket>();
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // Until the WebSocket has it, nobody else listens to what goes wrong with the socket.
    const onError = () => socket.destroy();
    socket.on('error', onError);
    const { host: named, origin, cookie } = request.headers;
    if (!access.isOwnHost(named)) refuseSocket(socket, 421);
    else if (!access.isOwnOrigin(origin, named)) refuseSocket(socket, 403);
    else if (!access.hasSession(cookie)) refuseSocket(socket, 401);
    else if (request.url !== '/bridge') refuseSocket(socket, 404);
    else if (sockets.clients.size >= windowsMax) refuseSocket(socket, 503);
    else {
      socket.off('error', onError);
      sockets.handleUpgrade(request, socket, head, (webSocket) => {
        alive.add(webSocket);
        webSocket.on('pong', () => alive.add(webSocket));
        options.attachWindow(webSocketTransport(webSocket));
      });
    }
  });

  const heartbeat = setInterval(() => {
    for (const webSocket of sockets.clients) {
      if (alive.delete(webSocket)) webSocket.ping();
      else webSocket.terminate();
    }
  }, heartbeatMs);

  return {
    port,
    address: issueAddress(),
    issueAddress,
    async close() {
      clearInterval(heartbeat);
      for (const webSocket of sockets.clients) webSocket.terminate();
      sockets.close();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function refuseSocket(socket: Duplex, status: number): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () =>
    socket.destroy(),
  );
}
