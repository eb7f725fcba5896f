/** The step INFO: the first line that a NATS server sends. */

import type { Channel } from './channel.ts';
import { codeOfServerError, ConnectFailure } from './failure-catalogue.ts';
import { infoBytesMax, infoMsMax } from './limits.ts';
import type { ServerAddress } from './server-url.ts';
import { handshakeFailure } from './tls-upgrade.ts';
import { within } from './within.ts';

/** The fields of INFO that are used here. A hostile server may send anything, so each was checked for its type. */
export interface ServerInfo {
  server_id?: string;
  server_name?: string;
  version?: string;
  cluster?: string;
  nonce?: string;
  domain?: string;
  max_payload?: number;
  client_id?: number;
  headers?: boolean;
  jetstream?: boolean;
  auth_required?: boolean;
  tls_required?: boolean;
  tls_available?: boolean;
  tls_verify?: boolean;
  ldm?: boolean;
  remote_account?: string;
  connect_urls?: string[];
  ws_connect_urls?: string[];
}

const types: Record<keyof ServerInfo, 'string' | 'number' | 'boolean' | 'list'> = {
  server_id: 'string',
  server_name: 'string',
  version: 'string',
  cluster: 'string',
  nonce: 'string',
  domain: 'string',
  max_payload: 'number',
  client_id: 'number',
  headers: 'boolean',
  jetstream: 'boolean',
  auth_required: 'boolean',
  tls_required: 'boolean',
  tls_available: 'boolean',
  tls_verify: 'boolean',
  ldm: 'boolean',
  remote_account: 'string',
  connect_urls: 'list',
  ws_connect_urls: 'list',
};

/** Takes the fields of an INFO that have the type they should have; undefined when it is no JSON object. */
export function parseInfo(json: string): ServerInfo | undefined {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return undefined;
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? infoFields(value) : undefined;
}

/** The fields that have the type they should have. */
export function infoFields(value: object): ServerInfo {
  const fields = value as Record<string, unknown>;
  const info: Record<string, unknown> = {};
  for (const [name, type] of Object.entries(types)) {
    const field = fields[name];
    const fits =
      type === 'list' ? Array.isArray(field) && field.every((part) => typeof part === 'string') : typeof field === type;
    if (fits) info[name] = field;
  }
  return info;
}

const newline = 10;

/** Resolves with INFO and its line; whatever came behind it stays in the channel for the next listener. */
export function readInfo(
  channel: Channel,
  signal: AbortSignal,
  address: ServerAddress,
  waitMs: number = infoMsMax,
): Promise<{ info: ServerInfo; line: Uint8Array }> {
  return within(waitMs, signal, 'info-timeout', (resolve, reject) => {
    let received = Buffer.alloc(0);
    channel.listen({
      data(bytes) {
        received = Buffer.concat([received, bytes]);
        const strange = strangerAnswer(received, address);
        if (strange !== undefined) {
          reject(strange);
          return;
        }
        const end = received.indexOf(newline);
        if (end === -1) {
          if (received.length > infoBytesMax) reject(new ConnectFailure('info-too-long', { facts: sample(received) }));
          return;
        }
        const line = received.subarray(0, end + 1);
        const text = line.toString('utf8').trimEnd();
        if (text.toUpperCase().startsWith('-ERR')) {
          reject(new ConnectFailure(codeOfServerError(text), { detail: text }));
          return;
        }
        const info = parseInfo(text.slice('INFO'.length));
        if (info === undefined) {
          reject(new ConnectFailure('info-malformed', { facts: sample(received) }));
          return;
        }
        channel.silence();
        // INFO and what follows came together: the follower is put back in front of what is still to come.
        resolve({ info, line: received });
      },
      closed(error) {
        const detail = error?.code ?? '';
        // TLS 1.3 refuses a client certificate after the handshake seemed done.
        const refused = error !== undefined && detail.startsWith('ERR_SSL_');
        reject(refused ? handshakeFailure(error) : new ConnectFailure('closed-before-info', { detail }));
      },
    });
    return () => channel.destroy();
  });
}

/** What speaks when its first bytes are no INFO and no -ERR; undefined while they may still be. */
function strangerAnswer(received: Buffer, address: ServerAddress): ConnectFailure | undefined {
  const start = received.subarray(0, 5).toString('latin1').toUpperCase();
  const expected = ['INFO ', 'INFO\t', '-ERR '];
  if (expected.some((word) => word.startsWith(start) || start.startsWith(word))) return undefined;
  if (start.startsWith('HTTP/'.slice(0, start.length))) {
    if (start.length < 5) return undefined;
    return new ConnectFailure(address.port === 8222 ? 'monitoring-port' : 'http-server', { facts: sample(received) });
  }
  // A TLS alert: the server took the client's silence, or its words, for a broken TLS hello.
  if (received[0] === 0x15 && received[1] === 0x03) return new ConnectFailure('tls-first-wanted');
  return new ConnectFailure('not-nats', { facts: sample(received) });
}

/** The beginning of what came, bytes that are no printable ASCII shown as `\xHH`. */
function sample(received: Buffer): { label: string; value: string; bad: boolean }[] {
  const shown = received
    .subarray(0, 80)
    .toString('latin1')
    .replace(/\r?\n[\s\S]*$/, '')
    .replace(/[^\x20-\x7e]/g, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return [{ label: 'First bytes', value: shown, bad: true }];
}
