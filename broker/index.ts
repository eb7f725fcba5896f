/** The only door of the broker. */

export { bcryptHash } from './auth/bcrypt.ts';
export { type NkeyKind, type NkeyPair, newKeyPair } from './auth/nkey.ts';
export { createOperatorTree, type OperatorTree, type OperatorTreeDraft } from './auth/operator/tree.ts';
export { BrokerError, type BrokerErrorCode } from './base/broker-error.ts';
export type { LogLevel } from './base/log.ts';
export { createBroker } from './broker.ts';
export { checkOptions, monitoringFault } from './config/check.ts';
export { ConfigError, type ConfigProblem, type LoadedConfig, type ProgramOptions } from './config/config.ts';
export { loadConfig, parseConfigText, systemSources } from './config/load.ts';
export { planReload, type ReloadChange } from './config/reload.ts';
export { DEFAULT_HOST, DEFAULT_PORT, SERVER_VERSION } from './limits.ts';
export type { MonitoredAccount, MonitoredConnection, MonitorHost } from './monitor/host.ts';
export type { Broker, BrokerAddress, BrokerListeners, BrokerOptions, BrokerStats } from './options.ts';
