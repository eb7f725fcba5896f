/**
 * The only file that knows what @nats-io/nats-core looks like inside; its test fails when that changes. The library does
 * the protocol (parsing, subscriptions, pings); sockets, TLS and waiting between attempts are ours, because the library's
 * own transports hide which step failed, how many bytes are pending, and whose certificate it was.
 */

import type { ConnectionOptions, Msg, MsgHdrs, NatsConnection } from '@nats-io/nats-core';
import { NatsConnectionImpl, setTransportFactory } from '@nats-io/nats-core/internal';
import type { Transport } from '@nats-io/nats-core/internal';
import type { HeaderField } from '../bridge/contract.ts';
import type { RawMessage } from '../link.ts';
import type { ConnectFields } from './credentials.ts';

export type { Transport as ClientTransport } from '@nats-io/nats-core/internal';

/** A message of the library, with the fields that hold the bytes as they came. */
interface MessageInside {
  _msg: { subject: Uint8Array; reply: Uint8Array | undefined; hdr: number };
  /** Header block and payload, a view of the buffer that the socket was read into. */
  _rdata: Uint8Array | undefined;
}

const none = new Uint8Array(0);

/** The bytes of a message, none of them copied or decoded. */
/** @param account number that the message is to carry */
export function rawMessage(message: Msg, account = 0): RawMessage {
  const { _msg, _rdata: data = none } = message as unknown as MessageInside;
  const headerBytes = _msg.hdr > 0 ? _msg.hdr : 0;
  return {
    subject: _msg.subject,
    reply: _msg.reply ?? none,
    headers: headerBytes > 0 ? data.subarray(0, headerBytes) : none,
    payload: headerBytes > 0 ? data.subarray(headerBytes) : data,
    account,
  };
}

const encoder = new TextEncoder();

/** A header block with names and values exactly as given; the library would refuse some that are legal on the wire. */
export function headerBlock(fields: readonly HeaderField[]): Uint8Array {
  return encoder.encode(`NATS/1.0\r\n${fields.map(({ name, value }) => `${name}: ${value}\r\n`).join('')}\r\n`);
}

/** The library asks its header object for nothing but its bytes. */
export function asHeaders(block: Uint8Array): MsgHdrs {
  return { encode: () => block } as unknown as MsgHdrs;
}

/**
 * INFO as the library can read it. It gives up on a server whose version is not three numbers, as some that are no
 * nats-server have; such a version counts as none here.
 */
export function readableInfo(line: Uint8Array, version: string | undefined): Uint8Array {
  if (version !== undefined && /^\d+\.\d+\.\d+/.test(version)) return line;
  const bytes = Buffer.from(line);
  const end = bytes.indexOf(10) + 1;
  const fields = JSON.parse(bytes.toString('utf8', 'INFO'.length, end)) as object;
  const first = Buffer.from(`INFO ${JSON.stringify({ ...fields, version: '0.0.0' })}\r\n`);
  return Buffer.concat([first, bytes.subarray(end)]);
}

export interface ClientOptions {
  /** Makes the way to the server. It is asked once: the library is not let to reconnect by itself. */
  transport: Transport;
  authenticate(nonce: string | undefined): ConnectFields;
  name: string;
  inboxPrefix: string;
  timeoutMs: number;
}

/** How the one factory of the library finds the transport of the connection that asks. */
const transports = new Map<string, Transport>();
let lastClient = 0;

/**
 * The library takes its transport from a global factory, without saying for which connection. So the one made here is a
 * shell that finds its inside when it is told the connection's options.
 */
class TransportShell implements Transport {
  closeError?: Error;
  #inside: Transport | undefined;
  #discarded = false;
  readonly #closed = Promise.withResolvers<void | Error>();

  get isClosed(): boolean {
    return this.#inside?.isClosed ?? this.#discarded;
  }
  get lang(): string {
    return this.#inside?.lang ?? '';
  }
  get version(): string {
    return this.#inside?.version ?? '';
  }
  async connect(server: Parameters<Transport['connect']>[0], options: ConnectionOptions): Promise<void> {
    const key = (options as { natscopeClient?: string }).natscopeClient ?? '';
    const inside = transports.get(key);
    if (inside === undefined || this.#discarded) throw new Error('no transport for this connection');
    transports.delete(key);
    this.#inside = inside;
    void this.#follow(inside);
    await inside.connect(server, options);
  }
  async #follow(inside: Transport): Promise<void> {
    const reason = await inside.closed();
    if (inside.closeError !== undefined) this.closeError = inside.closeError;
    this.#closed.resolve(reason);
  }
  [Symbol.asyncIterator](): AsyncIterableIterator<Uint8Array> {
    if (this.#inside === undefined) throw new Error('read before connect');
    return this.#inside[Symbol.asyncIterator]();
  }
  isEncrypted(): boolean {
    return this.#inside?.isEncrypted() ?? false;
  }
  send(frame: Uint8Array): void {
    this.#inside?.send(frame);
  }
  async close(error?: Error): Promise<void> {
    await this.#inside?.close(error);
  }
  disconnect(): void {
    this.#inside?.disconnect();
  }
  closed(): Promise<void | Error> {
    return this.#closed.promise;
  }
  discard(): void {
    this.#discarded = true;
    this.#inside?.discard();
  }
}

/** Connects once, to what the transport leads to. Rejects with what the transport or the library threw. */
export async function connectClient(options: ClientOptions): Promise<NatsConnection> {
  setTransportFactory({ factory: () => new TransportShell() });
  const key = String(++lastClient);
  transports.set(key, options.transport);
  const settings: ConnectionOptions & { natscopeClient: string } = {
    // Nobody dials this address: the transport knows where to go.
    servers: ['127.0.0.1'],
    natscopeClient: key,
    authenticator: (nonce?: string) => options.authenticate(nonce) as never,
    name: options.name,
    inboxPrefix: options.inboxPrefix,
    timeout: options.timeoutMs,
    reconnect: false,
    ignoreClusterUpdates: true,
    noAsyncTraces: true,
    // Pings are sent by the connector, which measures with them. The library's own would be doubles.
    pingInterval: 0x7fff_ffff,
  };
  try {
    return await NatsConnectionImpl.connect(settings);
  } finally {
    transports.delete(key);
  }
}
