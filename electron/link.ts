/**
 * What the thread of a connection gives to its features (capture, publish, request, respond): one NATS connection whose
 * messages arrive as bytes. The link outlives the sockets below it: while it reconnects, and after it was closed and
 * opened anew, subscriptions stay and are made again.
 */

import type { HeaderField } from './bridge/contract.ts';

/**
 * A message as it came from the socket. The byte arrays may be views of a buffer that is used again: whoever keeps one
 * copies it before returning from the callback.
 */
export interface RawMessage {
  subject: Uint8Array;
  /** Empty when there is none. */
  reply: Uint8Array;
  /** The header block from `NATS/1.0` to its blank line; empty when there is none. */
  headers: Uint8Array;
  payload: Uint8Array;
}

export interface LinkSubscription {
  unsubscribe(): void;
}

export interface PublishOptions {
  reply?: string;
  headers?: readonly HeaderField[];
}

export interface Link {
  readonly connected: boolean;
  /** Limit that the server gave, bytes of headers and payload together; 1 MiB while nothing is known. */
  readonly maxPayload: number;
  /** Whether the server carries headers. */
  readonly headers: boolean;
  /** Throws `LinkError` when not connected, when read-only, or when the message is over `maxPayload`. */
  publish(subject: string, payload: Uint8Array, options?: PublishOptions): void;
  /** Resolves once the server has answered a PING that was sent after everything published before. */
  flush(): Promise<void>;
  /** `onError` is called with the server's words when it refuses the subscription, now or later. */
  subscribe(
    subject: string,
    queue: string | undefined,
    onMessage: (message: RawMessage) => void,
    onError: (text: string) => void,
  ): LinkSubscription;
  /** A subject under the connection's inbox prefix that nobody else uses. */
  createInbox(): string;
  /** Bytes written by us that the kernel has not taken yet. */
  readonly pendingBytes: number;
}

export type LinkErrorCode =
  'not-connected' | 'read-only' | 'too-large' | 'invalid-subject' | 'invalid-header' | 'no-headers';

export class LinkError extends Error {
  override readonly name = 'LinkError';
  readonly code: LinkErrorCode;

  constructor(code: LinkErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
