/** The only door of the broker. */

export { bcryptHash } from './auth/bcrypt.ts';
export { newKeyPair } from './auth/nkey.ts';
export { createOperatorTree } from './auth/operator/tree.ts';
export { BrokerError, type BrokerErrorCode } from './base/broker-error.ts';
export type { LogLevel } from './base/log.ts';
export { createBroker } from './broker.ts';
export { checkOptions, monitoringFault } from './config/check.ts';
export { ConfigError, type LoadedConfig } from './config/config.ts';
export { parseConfigText, systemSources } from './config/load.ts';
export { planReload } from './config/reload.ts';
export { SERVER_VERSION } from './limits.ts';
export type { MonitoredStreams } from './monitor/jsz.ts';
export type { MonitoredAccount, MonitoredConnection, MonitorHost } from './monitor/host.ts';
export type { Broker, BrokerAddress, BrokerOptions, BrokerStats } from './options.ts';
