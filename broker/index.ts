/** The only door of the broker. */

export { createBroker } from './broker.ts';
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
