/** The only door of the broker. */

export { BrokerError, type BrokerErrorCode } from './base/broker-error.ts';
export type { LogLevel } from './base/log.ts';
export { createBroker } from './broker.ts';
export { DEFAULT_HOST, DEFAULT_PORT, SERVER_VERSION } from './limits.ts';
export type { MonitoredAccount, MonitoredConnection, MonitorHost } from './monitor/host.ts';
export type { Broker, BrokerAddress, BrokerOptions, BrokerStats } from './options.ts';
