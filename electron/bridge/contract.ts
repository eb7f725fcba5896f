/**
 * The bridge between a window and the app core: every request and every stream there is, as types.
 *
 * A request is `name: { params; result }`. A stream is `name: { params; item }`. The router (core side) and the client
 * (window side) are derived from these two interfaces; nothing crosses the bridge that is not named here.
 *
 * Everything here is plain data that MessagePack carries unharmed: strings, finite numbers, booleans, null, arrays,
 * objects and `Uint8Array`. Times are microseconds since the Unix epoch (a safe integer until the year 2255) unless the
 * name says otherwise; sizes are bytes; rates are per second.
 */

import type { AppRequests, AppStreams } from './app-contract.ts';
import type { BackupRequests, BackupStreams } from './backups-contract.ts';
import type { BrokerRequests, BrokerStreams } from './broker-contract.ts';
import type { BucketRequests, BucketStreams } from './buckets-contract.ts';
import type { ConnectionsRequests, ConnectionsStreams } from './connections-contract.ts';
import type { ConsumerRequests, ConsumerStreams } from './consumers-contract.ts';
import type { ExchangeRequests, ExchangeStreams } from './exchange-contract.ts';
import type { ExplorerRequests } from './explorer-contract.ts';
import type { StreamRequests, StreamStreams } from './streams-contract.ts';

export * from './app-contract.ts';
export * from './backups-contract.ts';
export * from './broker-contract.ts';
export * from './buckets-contract.ts';
export * from './connections-contract.ts';
export * from './consumers-contract.ts';
export * from './contract-base.ts';
export * from './exchange-contract.ts';
export * from './explorer-contract.ts';
export * from './streams-contract.ts';

/** Requests that the core's main thread answers. */
export interface CoreRequests extends AppRequests, BrokerRequests, ConnectionsRequests {}
/** Requests that the thread of the connection answers. */
export interface ConnectionRequests extends ExplorerRequests, ExchangeRequests {}
/** Requests about JetStream that the thread of the connection answers. */
export interface JetStreamRequests extends StreamRequests, ConsumerRequests, BackupRequests {}
export interface Requests extends CoreRequests, ConnectionRequests, JetStreamRequests, BucketRequests {}

/** Streams that the core's main thread feeds. Each sends its state at once, then whenever it changes. */
export interface CoreStreams extends AppStreams, BrokerStreams, ConnectionsStreams {}
/** Streams that the thread of the connection feeds. */
export type ConnectionStreams = ExchangeStreams;
export interface JetStreamStreams extends StreamStreams, ConsumerStreams, BackupStreams {}
export interface Streams extends CoreStreams, ConnectionStreams, JetStreamStreams, BucketStreams {}

export type RequestName = keyof Requests;
export type StreamName = keyof Streams;
