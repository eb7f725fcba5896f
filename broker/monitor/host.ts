import type { Account } from '../account/account.ts';
import type { Sink } from '../account/sink.ts';
import type { TlsFacts } from '../auth/authentication.ts';
import type { LogLevel } from '../base/log.ts';
import type { ConnectionLimits } from '../connection/context.ts';
import type { MonitoredJetStream } from './jsz.ts';
import type { AccountOptions, BrokerAddress, BrokerListeners, BrokerOptions, PermissionsOptions } from '../options.ts';

/**
 * What the monitor needs of its broker. Text that clients gave (names, subjects, queue groups) is latin1, as everywhere
 * inside: the monitor turns it into what people read. Times are milliseconds since the Unix epoch and may have a
 * fraction. Everything is asked for anew with each request; nothing is kept.
 */
export interface MonitorHost {
  readonly serverId: string;
  readonly serverName: string;
  readonly startedAt: number;
  /** When the options were last taken over: by the start or by a reload. */
  readonly configLoadedAt: number;
  /** As they are now. */
  readonly options: BrokerOptions;
  /** `options` with every default filled in. */
  readonly limits: ConnectionLimits;
  /** Client connections; less than 0: none at all. */
  readonly connectionsMax: number;
  /** What INFO says to a client of the plain listener: the advertised address where there is one. */
  readonly clientAddress: BrokerAddress;
  readonly authRequired: boolean;
  /** What a client of the plain listener has for showing who it is. */
  readonly authTimeoutMs: number;
  readonly listeners: BrokerListeners;
  /** When the certificate of the client listener (or of the WebSocket listener) ends; undefined without TLS. */
  certificateEnd(listener: 'client' | 'webSocket'): number | undefined;
  readonly counters: ServerCounters;
  /** Undefined when it is off. */
  readonly jetStream: MonitoredJetStream | undefined;
  /** The system account; undefined when there is none. */
  readonly systemAccount: Account | undefined;
  accounts(): Iterable<MonitoredAccount>;
  account(name: string): MonitoredAccount | undefined;
  /** Open connections of clients, oldest first, those included that have not said CONNECT yet. */
  connections(): Iterable<MonitoredConnection>;
  connection(clientId: number): MonitoredConnection | undefined;
  /** The connection that a message came from; undefined for what the broker itself sent. */
  connectionOf(sink: Sink): MonitoredConnection | undefined;
  /** Those that are remembered, oldest first. */
  closedConnections(): Iterable<MonitoredConnection>;
  /** Sends a PING to a connection whose round trip is not known yet, so that the next look finds it. */
  measureRoundTrip(clientId: number): void;
  /** Closes it (`Kicked`); false when there is none. */
  kick(clientId: number): boolean;
  /**
   * Tells it alone, by an INFO with `ldm`, to go elsewhere. `unable`: its protocol knows no INFO at any time, or its first
   * PONG is not sent yet.
   */
  sendLameDuck(clientId: number): 'sent' | 'unable' | 'unknown';
  log(level: LogLevel, text: string): void;
}

/** A connection as it is, or as it was when it was closed. Fields that CONNECT left out are empty. */
export interface MonitoredConnection {
  readonly clientId: number;
  readonly kind: 'Client';
  readonly type: 'nats' | 'websocket' | 'mqtt' | 'mqtt_ws';
  /** Of its other end; '' when unknown. */
  readonly ip: string;
  readonly port: number;
  readonly startedAt: number;
  readonly lastActivityAt: number;
  /** Round trip of the last answered PING; until then the time from accept to CONNECT; undefined without either. */
  readonly rttMicros: number | undefined;
  /** Bytes that wait for it. */
  readonly pendingBytes: number;
  readonly inMessages: number;
  readonly inBytes: number;
  readonly outMessages: number;
  readonly outBytes: number;
  /** How often it was held back for a slow consumer. */
  readonly stalls: number;
  readonly name: string;
  readonly language: string;
  readonly version: string;
  /** Undefined without TLS. */
  readonly tls: TlsFacts | undefined;
  /** The handshake came before INFO. */
  readonly tlsFirst: boolean;
  /**
   * Who it is, or who it said it is where it was refused: nkey, user name, public key of its user JWT, or `[REDACTED]`
   * for a token; '' for nobody in particular.
   */
  readonly user: string;
  /** `name` of its account; `$G` while it has not come into one. */
  readonly account: string;
  /** The user JWT; '' when there is none. Bearer tokens are left out by the monitor. */
  readonly jwt: string;
  /** Public key that issued the JWT; '' when there is none. */
  readonly issuerKey: string;
  /** `name` of the user JWT. */
  readonly nameTag: string;
  readonly tags: readonly string[];
  readonly permissions: PermissionsOptions | undefined;
  /** When its credentials end; undefined: never. */
  readonly expiresAt: number | undefined;
  /** As many as `subscriptions()` gives. */
  readonly subscriptionCount: number;
  /** In any order. Of a closed connection, those it had at its end. */
  subscriptions(): Iterable<MonitoredSubscription>;
  /** Undefined while it is open. */
  readonly closedAt: number | undefined;
  /** Why it was closed, in nats-server's words; '' while it is open. */
  readonly reason: string;
}

/** A subscription. The broker's own ones have the client id 0. */
export interface MonitoredSubscription {
  readonly subject: string;
  readonly queue: string | undefined;
  readonly sid: string;
  /** Messages it got. */
  readonly delivered: number;
  /** Messages after which it ends; 0: never. */
  readonly max: number;
  readonly clientId: number;
}

export interface MonitoredAccount {
  readonly account: Account;
  readonly name: string;
  /** Everything it was made from: exports, imports, mappings, its JWT. Absent fields where nothing was said. */
  readonly options: AccountOptions;
  /** When it was made or last changed. */
  readonly updatedAt: number;
  /** Its JWT has run out. */
  readonly expired: boolean;
  /** Something it needs, such as an account it imports from, is missing. */
  readonly incomplete: boolean;
  /** Client connections in it. */
  readonly connections: number;
  /** Subscriptions in it: of its connections, and of the broker itself. */
  readonly subscriptionCount: number;
  subscriptions(): Iterable<MonitoredSubscription>;
  /** What its connections sent and got, since the start. */
  readonly inMessages: number;
  readonly inBytes: number;
  readonly outMessages: number;
  readonly outBytes: number;
  readonly slowConsumers: number;
  readonly interest: InterestStatistics;
}

/** How the subjects of an account are looked up. What is not counted is 0. */
export interface InterestStatistics {
  /** Subjects whose targets are remembered. */
  readonly cacheEntries: number;
  /** Subscriptions that came and went. */
  readonly inserts: number;
  readonly removes: number;
  /** Look-ups of a subject, and how many of them found it remembered. */
  readonly matches: number;
  readonly cacheHits: number;
  /** Targets of the remembered subjects: of the one with the most, and of all together. */
  readonly fanoutMax: number;
  readonly fanoutTotal: number;
}

/** Counted since the start, but for `connections`. */
export interface ServerCounters {
  readonly connections: number;
  readonly totalConnections: number;
  readonly inMessages: number;
  readonly inBytes: number;
  readonly outMessages: number;
  readonly outBytes: number;
  readonly slowConsumers: number;
  readonly staleConnections: number;
  /** How often a connection was held back for a slow consumer. */
  readonly stalls: number;
  /** Connections refused because their account is not among the pinned ones. */
  readonly pinnedAccountFails: number;
}
