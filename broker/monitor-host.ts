import { monitoredJetStream } from './jetstream-monitored.ts';
import type { JetStream } from './jetstream/jetstream.ts';
import type { Account } from './account/account.ts';
import type { Accounts } from './account/accounts.ts';
import type { Sink } from './account/sink.ts';
import type { LogLevel } from './base/log.ts';
import type { Client } from './connection/client.ts';
import type { ClosedConnections } from './connection/closed-connections.ts';
import type { ConnectionLimits } from './connection/context.ts';
import type { ConnectionState } from './connection/state.ts';
import type { MatchCaches } from './delivery/match-caches.ts';
import { monitoredAccount, openConnection } from './monitored.ts';
import type { MonitoredAccount, MonitoredConnection, MonitorHost, ServerCounters } from './monitor/host.ts';
import type { BrokerAddress, BrokerListeners, BrokerOptions, BrokerStats } from './options.ts';

/** What the broker shows of itself to the monitor's host. */
export interface Watched {
  readonly serverId: string;
  readonly serverName: string;
  readonly options: BrokerOptions;
  readonly limits: ConnectionLimits;
  readonly connectionsMax: number;
  readonly configLoadedAt: number;
  readonly accounts: Accounts;
  /** Undefined when it is off. */
  readonly jetStream: JetStream | undefined;
  readonly caches: MatchCaches;
  readonly listeners: BrokerListeners;
  readonly advertised: BrokerAddress;
  readonly authRequired: boolean;
  readonly authTimeoutMs: number;
  readonly closed: ClosedConnections<{ state: ConnectionState; record: MonitoredConnection }>;
  /** Open connections but for the owner's, oldest first. */
  clients(): Iterable<Client>;
  clientOf(sink: Sink): Client | undefined;
  clientById(clientId: number): Client | undefined;
  certificateEnd(listener: 'client' | 'webSocket'): number | undefined;
  stats(): BrokerStats;
  kick(clientId: number): boolean;
  endTurn(): void;
  log(level: LogLevel, text: string): void;
}

/** The broker as its monitor sees it. */
export function createMonitorHost(watched: Watched): MonitorHost {
  const account = (one: Account): MonitoredAccount =>
    monitoredAccount(one, () => membersOf(watched.clients(), one), watched.caches);
  /** With many accounts, one look at the connections is enough for all of them. */
  const accounts = (): MonitoredAccount[] => {
    let grouped: Map<Account | undefined, Client[]> | undefined;
    const members = (one: Account): Client[] => {
      grouped ??= Map.groupBy(watched.clients(), ({ membership }) => membership?.account);
      return grouped.get(one) ?? [];
    };
    return watched.accounts.list().map((one) => monitoredAccount(one, () => members(one), watched.caches));
  };
  return {
    serverId: watched.serverId,
    serverName: watched.serverName,
    get startedAt() {
      return watched.stats().startedAt;
    },
    get configLoadedAt() {
      return watched.configLoadedAt;
    },
    get options() {
      return watched.options;
    },
    get limits() {
      return watched.limits;
    },
    get connectionsMax() {
      return watched.connectionsMax;
    },
    get clientAddress() {
      return watched.advertised;
    },
    get authRequired() {
      return watched.authRequired;
    },
    get authTimeoutMs() {
      return watched.authTimeoutMs;
    },
    get listeners() {
      return watched.listeners;
    },
    certificateEnd: (listener) => watched.certificateEnd(listener),
    get counters() {
      return countersOf(watched.stats());
    },
    get jetStream() {
      return watched.jetStream === undefined ? undefined : monitoredJetStream(watched.jetStream);
    },
    get systemAccount() {
      return watched.accounts.system;
    },
    accounts,
    account: (name) => {
      const found = watched.accounts.get(name);
      return found === undefined ? undefined : account(found);
    },
    *connections() {
      for (const client of watched.clients()) yield openConnection(client);
    },
    connection: (clientId) => {
      const client = watched.clientById(clientId);
      return client === undefined ? undefined : openConnection(client);
    },
    connectionOf: (sink) => {
      const client = watched.clientOf(sink);
      return client === undefined ? undefined : openConnection(client);
    },
    closedConnections: () => watched.closed.list().map(({ record }) => record),
    measureRoundTrip: (clientId) => {
      const client = watched.clientById(clientId);
      if (client?.rttMicros === undefined) client?.measureRoundTrip();
      watched.endTurn();
    },
    kick: (clientId) => watched.kick(clientId),
    sendLameDuck: (clientId) => {
      const client = watched.clientById(clientId);
      if (client === undefined) return 'unknown';
      if (!client.takesInfo) return 'unable';
      client.sendLameDuckInfo(true);
      watched.endTurn();
      return 'sent';
    },
    log: (level, text) => watched.log(level, text),
  };
}

function* membersOf(clients: Iterable<Client>, account: Account): IterableIterator<Client> {
  for (const client of clients) if (client.membership?.account === account) yield client;
}

function countersOf(stats: BrokerStats): ServerCounters {
  return {
    connections: stats.connections,
    totalConnections: stats.totalConnections,
    inMessages: stats.inMessages,
    inBytes: stats.inBytes,
    outMessages: stats.outMessages,
    outBytes: stats.outBytes,
    slowConsumers: stats.slowConsumers,
    staleConnections: stats.staleConnections,
    stalls: stats.stalledPublishers,
    pinnedAccountFails: 0,
  };
}
