import { apiError } from './errors.ts';
import { refuse } from './refusal.ts';
import type { StreamConfig } from './stream/stream-config.ts';

/** What an account may have, under the names that it is told by; -1: no limit. */
export interface AccountLimits {
  readonly max_memory: number;
  readonly max_storage: number;
  readonly max_streams: number;
  readonly max_consumers: number;
  readonly max_ack_pending: number;
  readonly memory_max_stream_bytes: number;
  readonly storage_max_stream_bytes: number;
  readonly max_bytes_required: boolean;
}

/** Of an account that may have as much as there is. */
export const NO_LIMITS: AccountLimits = {
  max_memory: -1,
  max_storage: -1,
  max_streams: -1,
  max_consumers: -1,
  max_ack_pending: -1,
  memory_max_stream_bytes: -1,
  storage_max_stream_bytes: -1,
  max_bytes_required: false,
};

/** Told where there are none to tell: limits by tier stand beside. */
export const ZERO_LIMITS: AccountLimits = {
  max_memory: 0,
  max_storage: 0,
  max_streams: 0,
  max_consumers: 0,
  max_ack_pending: 0,
  memory_max_stream_bytes: 0,
  storage_max_stream_bytes: 0,
  max_bytes_required: false,
};

/** What the server has for all, in bytes, and its `jetstream { limits {} }`; nanoseconds, 0: none. */
export interface ServerLimits {
  readonly memoryBytesMax: number;
  readonly storageBytesMax: number;
  /** Sums of `max_bytes` of all accounts' streams. */
  readonly memoryBytesReserved: number;
  readonly storageBytesReserved: number;
  readonly maxAckPending: number;
  readonly maxRequestBatch: number;
  readonly duplicateWindowNanos: number;
  /** Of a stream, where neither it nor the account says another number: 1,000 unless `default_max_consumers` does. */
  readonly defaultMaxConsumers: number;
}

/** The part of a configuration that takes up resources. */
export interface Footprint {
  readonly max_consumers?: number | undefined;
  readonly max_bytes?: number | undefined;
  readonly num_replicas?: number | undefined;
  readonly storage?: StreamConfig['storage'] | undefined;
}

/** Refuses what the account or the server has no room for. `reserved`: bytes that the account's other streams may take. */
export function checkRoom(wanted: Footprint, reserved: number, limits: AccountLimits, server: ServerLimits): void {
  const { max_consumers = 0, max_bytes = 0, num_replicas = 1 } = wanted;
  if (max_consumers > 0 && limits.max_consumers > 0 && max_consumers > limits.max_consumers) {
    refuse(apiError('maximumConsumersLimit'));
  }
  // A stream without a limit needs some room at least.
  const bytes = max_bytes < 0 ? 1 : max_bytes;
  const accountBytes = bytes * Math.max(num_replicas, 1);
  if (wanted.storage === 'memory') {
    const account = limits.max_memory;
    if (account >= 0 && (reserved > account || accountBytes > account - reserved)) {
      refuse(apiError('memoryResourcesExceeded'));
    }
    if (bytes > server.memoryBytesMax - server.memoryBytesReserved) refuse(apiError('memoryResourcesExceeded'));
  } else if (wanted.storage === 'file') {
    const account = limits.max_storage;
    if (account >= 0 && (reserved > account || accountBytes > account - reserved)) {
      refuse(apiError('storageResourcesExceeded'));
    }
    if (bytes > server.storageBytesMax - server.storageBytesReserved) refuse(apiError('storageResourcesExceeded'));
  }
}
