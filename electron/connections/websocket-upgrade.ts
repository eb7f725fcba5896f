/** WebSocket over a socket that stands already, so that DNS, TCP and TLS are the same steps as everywhere. */

import { isIPv6 } from 'node:net';
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import { WebSocketChannel } from './channel.ts';
import type { DialObserver } from './dial-observer.ts';
import { ConnectFailure } from './failure-catalogue.ts';
import { infoBytesMax, upgradeMsMax } from './limits.ts';
import type { ServerAddress } from './server-url.ts';
import { within } from './within.ts';

/** nats-server's ceiling for `max_payload` is 64 MiB; a frame carries a message and a control line. */
const frameBytesMax = 64 * 1024 * 1024 + infoBytesMax;

export function openWebSocket(
  socket: Socket,
  address: ServerAddress,
  signal: AbortSignal,
  observer: DialObserver,
): Promise<WebSocketChannel> {
  const host = isIPv6(address.host) ? `[${address.host}]` : address.host;
  const path = address.path === '' ? '/' : address.path;
  observer.wire('out', `GET ${path} HTTP/1.1 Upgrade: websocket Host: ${host}:${address.port}`);
  return within<WebSocketChannel>(upgradeMsMax, signal, 'ws-timeout', (resolve, reject) => {
    // The scheme is always ws: where TLS is wanted, the socket has it already.
    const webSocket = new WebSocket(`ws://${host}:${address.port}${path}`, {
      createConnection: () => socket,
      perMessageDeflate: false,
      maxPayload: frameBytesMax,
      followRedirects: false,
    });
    // Made before the upgrade is over, so that INFO in the same segment finds somebody who listens.
    const channel = new WebSocketChannel(webSocket, socket);
    webSocket.once('open', () => {
      observer.wire('in', 'HTTP/1.1 101 Switching Protocols');
      resolve(channel);
    });
    webSocket.on('unexpected-response', (_request, response) => {
      const status = response.statusCode ?? 0;
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        if (body.length < 200) body += part;
      });
      const tell = (): void => {
        observer.wire('in', `HTTP/1.1 ${status} ${response.statusMessage ?? ''}`.trimEnd());
        const wantsTls = address.scheme === 'ws' && /HTTPS server/i.test(body);
        const facts = [{ label: 'Answer', value: `${status} ${response.statusMessage ?? ''}`.trimEnd(), bad: true }];
        reject(new ConnectFailure(wantsTls ? 'ws-tls-wanted' : 'ws-refused', { detail: String(status), facts }));
      };
      response.once('end', tell);
      response.once('close', tell);
    });
    webSocket.on('error', (error: NodeJS.ErrnoException) => {
      const detail = error.code ?? error.message;
      reject(new ConnectFailure(detail.startsWith('HPE_') ? 'ws-not-http' : 'ws-failed', { detail }));
    });
    return () => {
      webSocket.on('error', () => undefined);
      webSocket.terminate();
      socket.destroy();
    };
  });
}
