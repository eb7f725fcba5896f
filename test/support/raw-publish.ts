/** Publishes bytes that client libraries refuse to send: over a socket of its own, with nothing checked on the way. */

import { connect } from 'node:net';
import { once } from 'node:events';

export interface RawMessage {
  subject: Uint8Array;
  payload: Uint8Array;
  reply?: Uint8Array;
  headers?: readonly (readonly [name: string, value: string])[];
}

export interface RawCredentials {
  user?: string;
  pass?: string;
  auth_token?: string;
}

/** Sends the messages in order and resolves once the server has read all of them. Rejects with its words if it refuses. */
export async function rawPublish(
  port: number,
  messages: readonly RawMessage[],
  credentials: RawCredentials = {},
): Promise<void> {
  const socket = connect({ host: '127.0.0.1', port });
  try {
    await once(socket, 'connect');
    const answered = new Promise<void>((resolve, reject) => {
      let received = '';
      socket.on('data', (bytes) => {
        received += bytes.toString('latin1');
        if (received.includes('\r\nPONG\r\n')) resolve();
        else if (received.includes('-ERR')) reject(new Error(received.slice(received.indexOf('-ERR')).trim()));
      });
      socket.on('error', reject);
      socket.on('close', () => reject(new Error(`the server closed the connection: ${received}`)));
    });
    const hello = { verbose: false, pedantic: false, headers: true, name: 'raw-publisher', ...credentials };
    socket.write(`CONNECT ${JSON.stringify(hello)}\r\n`);
    for (const message of messages) socket.write(encodeMessage(message));
    socket.write('PING\r\n');
    await answered;
  } finally {
    socket.destroy();
  }
}

function encodeMessage({ subject, reply, headers, payload }: RawMessage): Buffer {
  const target = reply === undefined ? [subject] : [subject, ' ', reply];
  if (headers === undefined) return join(['PUB ', ...target, ` ${payload.length}\r\n`, payload, '\r\n']);
  const block = `NATS/1.0\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
  const size = Buffer.byteLength(block);
  return join(['HPUB ', ...target, ` ${size} ${size + payload.length}\r\n`, block, payload, '\r\n']);
}

function join(parts: readonly (string | Uint8Array)[]): Buffer {
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
}
