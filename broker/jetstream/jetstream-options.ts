import type { Account } from '../account/account.ts';

/** JetStream as the configuration has it; bytes and nanoseconds. */
export interface JetStreamOptions {
  /** '' when there is none. */
  readonly domain: string;
  readonly memoryBytesMax: number;
  readonly storageBytesMax: number;
  /** Unknown fields in requests are refused. */
  readonly strict: boolean;
  readonly limits: JetStreamLimits;
  enabledFor(account: Account): boolean;
}

/** `jetstream { limits {} }`; 0: none. */
export interface JetStreamLimits {
  readonly maxRequestBatch: number;
  readonly maxAckPending: number;
  readonly maxHaAssets: number;
  readonly duplicateWindowNanos: number;
}
