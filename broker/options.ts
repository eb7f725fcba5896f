/** What a broker is told and what it tells: the types of its only door. */

import type { LogLevel } from './base/log.ts';
import type { BrokerEvent, ConnectionState } from './connection/state.ts';
import type { MonitorHost } from './monitor/host.ts';
import type { AccountOptions, MappingOptions } from './options/accounts.ts';
import type { AuthCalloutOptions, OperatorOptions, UserOptions } from './options/authentication.ts';
import type { KeptBlocks } from './options/kept.ts';
import type { MonitoringOptions } from './options/monitoring.ts';
import type { PermissionsOptions } from './options/permissions.ts';
import type { TlsOptions } from './options/tls.ts';
import type { WebSocketOptions } from './options/websocket.ts';

export type * from './options/accounts.ts';
export type * from './options/authentication.ts';
export type * from './options/kept.ts';
export type * from './options/monitoring.ts';
export type * from './options/permissions.ts';
export type * from './options/tls.ts';
export type * from './options/websocket.ts';

/** Everything is optional; what is left out is nats-server's default (limits.ts). */
export interface BrokerOptions {
  /** Address to listen on: a name, an IPv4 or an IPv6 address without brackets. */
  host?: string | undefined;
  /** 1 … 65535, or -1 for any free port. */
  port?: number | undefined;
  /** `server_name` of INFO; the server's id when left out. */
  serverName?: string | undefined;
  /** `host` or `host:port` that INFO gives to clients instead of the listening address. */
  clientAdvertise?: string | undefined;
  /** Bytes of header and payload of one message, 0 … 64 MiB. */
  maxPayload?: number | undefined;
  /** Bytes of one protocol line, 64 … 1 MiB. */
  maxControlLine?: number | undefined;
  /** Bytes that may wait for one connection before it is cut. */
  maxPending?: number | undefined;
  /** Client connections; 0: the default of 65,536, less: none at all, as nats-server has it. */
  maxConnections?: number | undefined;
  /** Subscriptions of one connection; 0 or less: no limit. */
  maxSubscriptions?: number | undefined;
  /** Tokens of a subscription's subject; 0 or less: no limit. */
  maxSubscriptionTokens?: number | undefined;
  pingIntervalMs?: number | undefined;
  /** Pings that may go unanswered. */
  pingMax?: number | undefined;
  writeDeadlineMs?: number | undefined;
  authTimeoutMs?: number | undefined;
  lameDuckDurationMs?: number | undefined;
  lameDuckGracePeriodMs?: number | undefined;
  /** Drop messages for a consumer that is far behind instead of slowing down its publishers. */
  noFastProducerStall?: boolean | undefined;
  noHeaderSupport?: boolean | undefined;
  /** One user. Goes with `password`. */
  user?: string | undefined;
  password?: string | undefined;
  token?: string | undefined;
  users?: readonly UserOptions[] | undefined;
  /** For users that have no permissions of their own and are in no account that has. */
  defaultPermissions?: PermissionsOptions | undefined;
  /** A name or nkey of `users` that connections without credentials get. */
  noAuthUser?: string | undefined;
  /** Connections must come through a trusted proxy. */
  proxyRequired?: boolean | undefined;
  authCallout?: AuthCalloutOptions | undefined;
  operator?: OperatorOptions | undefined;
  /** Accounts beside `$G` and `$SYS`, which are always there; these two may be among them to say more of them. */
  accounts?: readonly AccountOptions[] | undefined;
  /** Name (or key, in operator mode) of the system account; absent: `$SYS`. */
  systemAccount?: string | undefined;
  noSystemAccount?: boolean | undefined;
  /** Mappings of `$G`. */
  mappings?: readonly MappingOptions[] | undefined;
  tls?: TlsOptions | undefined;
  /** With `tls`: connections without it are taken too. */
  allowNonTls?: boolean | undefined;
  /** Connections begin with a PROXY protocol header. */
  proxyProtocol?: boolean | undefined;
  webSocket?: WebSocketOptions | undefined;
  monitoring?: MonitoringOptions | undefined;
  serverTags?: readonly string[] | undefined;
  serverMetadata?: Readonly<Record<string, string>> | undefined;
  featureFlags?: Readonly<Record<string, boolean>> | undefined;
  /** Closed connections that are remembered. */
  maxClosedClients?: number | undefined;
  writeTimeout?: 'default' | 'close' | 'retry' | undefined;
  noSublistCache?: boolean | undefined;
  connectErrorReports?: number | undefined;
  reconnectErrorReports?: number | undefined;
  traceHeaders?: boolean | undefined;
  /** Trace lines of the system account too. */
  traceVerbose?: boolean | undefined;
  kept?: KeptBlocks | undefined;
  /** `config_digest` of varz. */
  configDigest?: string | undefined;
  /** Version of Natscope for varz (`natscope`). */
  natscopeVersion?: string | undefined;
  /**
   * Opens one more listener on the loopback address for whoever owns the broker: with this token as the password it comes
   * into the account that it gives as the user. Its connections count nowhere, and look on (`observe`).
   */
  ownToken?: string | undefined;
  /** Reads the configuration again and reloads (`$SYS.REQ.SERVER.<id>.RELOAD`). Rejects with what is wrong. */
  requestReload?: (() => Promise<void>) | undefined;
  /** Microseconds that the loop polls after a read before it sleeps; 0 turns it off. It backs off by itself when idle. */
  spinMicros?: number | undefined;
  /** Gets every log line without time and label; lines of one connection carry its prefix. */
  log?: ((level: LogLevel, text: string) => void) | undefined;
  debug?: boolean | undefined;
  trace?: boolean | undefined;
  /** Bytes of a payload that a trace line shows; 0: all. */
  maxTracedMessageLength?: number | undefined;
}

export interface BrokerAddress {
  host: string;
  /** The real port, also when any free port was asked for. */
  port: number;
}

/** Where the other listeners are; absent while there is none. */
export interface BrokerListeners {
  webSocket?: BrokerAddress & { secure: boolean };
  monitoring?: BrokerAddress & { secure: boolean };
  /** For `ownToken`. */
  own?: BrokerAddress;
}

export interface BrokerStats {
  serverId: string;
  serverName: string;
  /** Milliseconds since the Unix epoch. */
  startedAt: number;
  /** Client connections now. */
  connections: number;
  /** Client connections since the start. */
  totalConnections: number;
  subscriptions: number;
  inMessages: number;
  outMessages: number;
  inBytes: number;
  outBytes: number;
  /** Connections cut for being slow, and messages dropped for them under `noFastProducerStall`. */
  slowConsumers: number;
  staleConnections: number;
  stalledPublishers: number;
  droppedMessages: number;
  /** Bytes that wait for clients now. */
  pendingBytes: number;
  /** Bytes of the process's memory, as far as one thread can tell. */
  memoryBytes: number;
  /** Bytes that all streams hold and may hold; undefined without JetStream. */
  jetStream: { memory: BudgetStats; storage: BudgetStats } | undefined;
}

export interface BudgetStats {
  used: number;
  max: number;
}

export interface LoggingOptions {
  debug: boolean;
  trace: boolean;
}

/** A NATS server. */
export interface Broker {
  /**
   * Finds out whether it can start, as far as that is to be found out before anything is said to the log: `start` does so
   * too. Rejects with a `BrokerError`.
   */
  prepare(): Promise<void>;
  /** Listens. Rejects with a `BrokerError`; after that, or after `stop`, it cannot be started again. */
  start(): Promise<void>;
  /** Closes every connection and the listener; resolves when no socket and no timer is left. */
  stop(): Promise<void>;
  /**
   * Stops accepting, tells clients, and closes them gradually after the grace period. Resolves when the last one is gone
   * and the broker has stopped. Called again it gives the same promise; `stop` cuts it short.
   */
  lameDuck(): Promise<void>;
  /** Throws a `BrokerError` while not listening. */
  readonly address: BrokerAddress;
  readonly listeners: BrokerListeners;
  readonly serverId: string;
  readonly serverName: string;
  stats(): BrokerStats;
  /** An open connection; undefined when there is none with this id. */
  client(clientId: number): ConnectionState | undefined;
  /** Open connections, oldest first. */
  connections(): ConnectionState[];
  /** The last closed connections, oldest first. */
  closedConnections(): ConnectionState[];
  /** Closes a connection from our side (`Kicked`); false when there is none with this id. */
  kick(clientId: number): boolean;
  /** Names of the accounts there are now, `$G` first. */
  accountNames(): string[];
  /** Everything that monitoring knows: accounts, connections with their subscriptions and permissions, counters. */
  readonly monitorHost: MonitorHost;
  /**
   * Makes a connection an observer: its plain subscriptions get everything, but a request that nobody else gets is
   * answered with no responders (503) all the same. Its queue subscriptions count as ever. False when there is no
   * connection with this id. nats-server has no such thing.
   */
  observe(clientId: number): boolean;
  setLogging(logging: LoggingOptions): void;
  /**
   * Takes new options over while connections stay, as a reload of nats-server does. Options that only a start can set
   * are taken as they are (`config/reload.ts` refuses them before). Throws a `BrokerError` and changes nothing when they
   * make no sense.
   */
  reload(options: BrokerOptions): Promise<void>;
  /** Microseconds as in `spinMicros`; 0 turns spinning off, e.g. on battery. */
  setSpin(micros: number): void;
  /** One listener, called from the broker's loop: keep it short. */
  onEvent: ((event: BrokerEvent) => void) | undefined;
}
