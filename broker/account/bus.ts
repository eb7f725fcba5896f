import type { Account } from './account.ts';
import type { Sink } from './sink.ts';

/**
 * How the broker itself takes part in its subject spaces: system subjects, events, resolvers, callouts. Subjects are
 * latin1 strings, as everywhere inside.
 */
export interface Bus {
  /** Delivers within this call. Returns how many got it. `headers` become a `NATS/1.0` block. */
  publish(account: Account, subject: string, payload: Uint8Array | string, options?: BusPublishOptions): number;
  /** `handler` is called within the delivery: it must be short, must not throw, and may publish. Returns the way to end it. */
  subscribe(account: Account, subject: string, handler: BusHandler): () => void;
  /** Resolves with the first answer; rejects with a `BusError`. */
  request(
    account: Account,
    subject: string,
    payload: Uint8Array | string,
    options: { readonly timeoutMs: number; readonly headers?: BusHeaders | undefined },
  ): Promise<BusMessage>;
  /** Whether anybody would get a message. */
  hasInterest(account: Account, subject: string): boolean;
}

export type BusHeaders = readonly (readonly [name: string, value: string])[];

export interface BusPublishOptions {
  readonly reply?: string | undefined;
  readonly headers?: BusHeaders | undefined;
}

export interface BusMessage {
  readonly account: Account;
  readonly subject: string;
  /** '' when there is none. */
  readonly reply: string;
  /** The block as it came, with its first line; empty when there is none. A copy. */
  readonly headers: Uint8Array;
  /** A copy. */
  readonly payload: Uint8Array;
  /** The connection that sent it (before any import); undefined when the broker itself did. */
  readonly source: Sink | undefined;
}

export type BusHandler = (message: BusMessage) => void;

export class BusError extends Error {
  override readonly name = 'BusError';
  readonly code: 'timeout' | 'no-responders' | 'stopped';

  constructor(code: 'timeout' | 'no-responders' | 'stopped', message: string) {
    super(message);
    this.code = code;
  }
}
