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
  /** Number of the account it came in, from 1, in the order of `Link.accounts`; 0 where the link has none to name. */
  account: number;
}

/** One of the accounts that a link is in. */
export interface LinkAccount {
  readonly name: string;
  /** Where the server speaks of itself. */
  readonly system: boolean;
  /** The server has it no more. It keeps its number, and what was received in it. */
  readonly gone: boolean;
}

export interface LinkSubscription {
  unsubscribe(): void;
}

/** Something the server said that concerns whoever waits for an answer. */
export type LinkTrouble =
  /** Nobody answers what was asked with this inbox; the server tells one subscription only, maybe not the asker's. */
  | { type: 'no-responders'; inbox: string }
  /** In the server's words, e.g. that a subject may not be published to. */
  | { type: 'refused'; text: string };

export interface PublishOptions {
  reply?: string;
  headers?: readonly HeaderField[];
  /**
   * It asks JetStream for what is there and changes nothing, so it goes out on a read-only connection, too; a subject
   * that is no such question is refused there all the same.
   */
  look?: boolean;
  /** Number of the account; 0, or left out: the first one. */
  account?: number;
}

export interface Link {
  readonly connected: boolean;
  /** Nothing may be changed over it; `publish` refuses what would. */
  readonly readOnly: boolean;
  /** Limit that the server gave, bytes of headers and payload together; 1 MiB while nothing is known. */
  readonly maxPayload: number;
  /** Whether the server carries headers. */
  readonly headers: boolean;
  /** What subjects of the JetStream API begin with, no dot at the end: `$JS.API`, or that of the profile's domain. */
  readonly jetstreamPrefix: string;
  /** Throws `LinkError` when not connected, when read-only, or when the message is over `maxPayload`. */
  publish(subject: string, payload: Uint8Array, options?: PublishOptions): void;
  /** Resolves once the server has answered a PING that was sent after everything published before. */
  flush(): Promise<void>;
  /**
   * `onError` is called with the server's words when it refuses the subscription, now or later.
   * @param account number of the account; 0, or left out: all that there are, and will be
   */
  subscribe(
    subject: string,
    queue: string | undefined,
    onMessage: (message: RawMessage) => void,
    onError: (text: string) => void,
    account?: number,
  ): LinkSubscription;
  /** A subject under the connection's inbox prefix that nobody else uses. */
  createInbox(): string;
  /** The function returned ends it. */
  onTrouble(listener: (trouble: LinkTrouble) => void): () => void;
  /** Bytes written by us that the kernel has not taken yet. */
  readonly pendingBytes: number;
  /** Empty for a link into one account whose name does not matter, as to a remote server. It only grows. */
  readonly accounts: readonly LinkAccount[];
  /** Called when `accounts` changed. The function returned ends it. */
  onAccounts(listener: () => void): () => void;
}

export type LinkErrorCode =
  'not-connected' | 'read-only' | 'too-large' | 'invalid-subject' | 'invalid-header' | 'no-headers' | 'no-account';

export class LinkError extends Error {
  override readonly name = 'LinkError';
  readonly code: LinkErrorCode;

  constructor(code: LinkErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
