import type { AccountBook } from '../account-book.ts';

/** Where the JWTs of accounts come from. */
export interface AccountResolver {
  /**
   * Gets ready: opens its folder, tries its address. Rejects with a `BrokerError` when it cannot be had.
   */
  open(): Promise<void>;
  /** Listens for claims on the bus, for as long as it is not disposed, and tells the book of them. */
  serve(book: AccountBook): void;
  /** The JWT of an account. Throws, or rejects with, an `AccountError`. */
  fetch(account: string): string | Promise<string>;
  /** Keeps a JWT of the configuration. Rejects with an `Error` that says why it cannot. */
  store(account: string, jwt: string): Promise<void>;
  /** Ends timers and subscriptions. */
  dispose(): void;
}
