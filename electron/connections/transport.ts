/** Carries the client library's bytes over the way that `dial` makes. */

import type { ConnectionOptions } from '@nats-io/nats-core';
import type { Channel } from './channel.ts';
import type { Dialed } from './dial.ts';
import { ConnectFailure } from './failure-catalogue.ts';
import { closeMsMax } from './limits.ts';
import { readableInfo } from './nats-internals.ts';
import type { ClientTransport } from './nats-internals.ts';
import { handshakeFailure } from './tls-upgrade.ts';

/** Version that servers show of this client (connz `lang`, `version`). */
const language = 'natscope';
const languageVersion = '1';

export class DialTransport implements ClientTransport {
  readonly lang = language;
  readonly version = languageVersion;
  closeError?: Error;
  isClosed = false;
  /** How the connection was made; set once it was. */
  dialed: Dialed | undefined;
  readonly #dial: () => Promise<Dialed>;
  #channel: Channel | undefined;
  #received: Uint8Array[] = [];
  #wake: (() => void) | undefined;
  readonly #closed = Promise.withResolvers<void | Error>();

  constructor(dial: () => Promise<Dialed>) {
    this.#dial = dial;
  }

  get pendingBytes(): number {
    return this.#channel?.pendingBytes ?? 0;
  }

  /** Address and port of the other side, once connected. */
  get remote(): string {
    return this.#channel?.remote ?? '';
  }

  async connect(_server: unknown, _options: ConnectionOptions): Promise<void> {
    const dialed = await this.#dial();
    const { channel } = dialed;
    if (this.isClosed) {
      channel.destroy();
      throw new ConnectFailure('cancelled');
    }
    this.dialed = dialed;
    this.#channel = channel;
    this.#received.push(readableInfo(dialed.infoLine, dialed.info.version));
    channel.listen({
      data: (bytes) => {
        this.#received.push(bytes);
        this.#wake?.();
      },
      closed: (error) => this.#finish(error),
    });
  }

  async *[Symbol.asyncIterator](): AsyncIterableIterator<Uint8Array> {
    try {
      for (;;) {
        const batch = this.#received;
        this.#received = [];
        for (const bytes of batch) yield bytes;
        if (this.#received.length > 0) continue;
        if (this.isClosed) return;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        this.#wake = undefined;
      }
    } finally {
      // The reader stops early only when the parser threw: what the server sends is no NATS protocol.
      if (!this.isClosed) {
        this.#channel?.destroy();
        this.#finish(new ConnectFailure('protocol-error'));
      }
    }
  }

  send(frame: Uint8Array): void {
    this.#channel?.write(frame);
  }

  isEncrypted(): boolean {
    return this.#channel?.encrypted ?? false;
  }

  async close(error?: Error): Promise<void> {
    if (this.isClosed) return;
    const channel = this.#channel;
    if (channel === undefined || error !== undefined) {
      channel?.destroy();
      this.#finish(error);
      return;
    }
    channel.end();
    const timer = setTimeout(() => channel.destroy(), closeMsMax);
    await this.#closed.promise;
    clearTimeout(timer);
  }

  disconnect(): void {
    this.#channel?.destroy();
  }

  closed(): Promise<void | Error> {
    return this.#closed.promise;
  }

  discard(): void {
    this.#channel?.destroy();
    this.#finish(undefined);
  }

  #finish(error: Error | undefined): void {
    if (this.isClosed) return;
    this.isClosed = true;
    if (error !== undefined) this.closeError = error instanceof ConnectFailure ? error : closeReason(error);
    this.#wake?.();
    this.#closed.resolve(this.closeError);
  }
}

/** TLS 1.3 servers refuse a client certificate only after the client thinks the handshake is done. */
function closeReason(error: NodeJS.ErrnoException): Error {
  if (error.code?.startsWith('ERR_SSL_') !== true) return error;
  return handshakeFailure(error);
}
