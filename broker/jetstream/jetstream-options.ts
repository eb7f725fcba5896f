import type { Account } from '../account/account.ts';
import type { QueueLimits } from './api/api-queue.ts';

/** JetStream as the configuration has it; bytes and nanoseconds. */
export interface JetStreamOptions {
  /** Folder that streams are kept below. */
  readonly folder: string;
  /** '' when there is none. */
  readonly domain: string;
  /** The configuration says how much memory and storage there is. */
  readonly limited: boolean;
  readonly memoryBytesMax: number;
  readonly storageBytesMax: number;
  /** The part of what streams hold that counts on top of `storageBytesMax`, as that was taken of what is free; 0: none. */
  readonly storageShare: number;
  /** Unknown fields in requests are refused. */
  readonly strict: boolean;
  /** What is written is synced before it is acknowledged; else every so many milliseconds. */
  readonly syncAlways: boolean;
  readonly syncIntervalMs: number;
  /** Streams are encrypted with it. */
  readonly key: string | undefined;
  /** What they were encrypted with before. */
  readonly previousKey: string | undefined;
  readonly cipher: 'chacha' | 'aes';
  /** The key is to come from the machine's TPM, which this server cannot ask. */
  readonly keyInTpm?: boolean;
  readonly limits: JetStreamLimits;
  /** How many requests to the API may wait. */
  readonly queues: QueueLimits;
  /** Of the servers with it, one only is to have a replica; told and nothing else. */
  readonly uniqueTag: string;
  enabledFor(account: Account): boolean;
}

/** `jetstream { limits {} }`; 0: none. */
export interface JetStreamLimits {
  readonly maxRequestBatch: number;
  readonly maxAckPending: number;
  readonly maxHaAssets: number;
  readonly duplicateWindowNanos: number;
  /** Of a stream, where neither it nor its account says another number. */
  readonly defaultMaxConsumers: number;
  readonly batch: BatchLimits;
}

/** `batch {}` in that block; 0: as many as without it. */
export interface BatchLimits {
  /** Batches that are open at a time, of a stream and of all. */
  readonly perStream: number;
  readonly total: number;
  /** Of an atomic batch. */
  readonly messages: number;
  /** A batch to which nothing comes for so long is given up. */
  readonly idleMs: number;
}
