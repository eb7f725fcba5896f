/** The only door of the broker. */

import type { Broker, BrokerOptions } from './options.ts';

export { BrokerError, type BrokerErrorCode } from './base/broker-error.ts';
export { DEFAULT_HOST, DEFAULT_PORT, SERVER_VERSION } from './limits.ts';
export type {
  Broker,
  BrokerAddress,
  BrokerEvent,
  BrokerOptions,
  BrokerStats,
  ConnectionState,
  LoggingOptions,
  LogLevel,
  UserOptions,
} from './options.ts';

export declare function createBroker(options?: BrokerOptions): Broker;
