import type { BrokerAddress } from '../options.ts';
import type { MonitoredAccount, MonitoredConnection } from './host.ts';

/**
 * Shows a broker to the outside: over HTTP, by requests in the system account, and by events there. The broker calls it
 * from its loop; nothing here throws, and what is published is delivered within the call.
 */
export interface Monitor {
  /** Answers `$SYS` requests, begins the periodic events, and listens for HTTP where the options say so. Rejects with a `BrokerError`. */
  start(): Promise<void>;
  /** Ends everything. Before it, `onShutdown` tells those who listen. */
  stop(): Promise<void>;
  /** Where HTTP listens; undefined where it does not. */
  readonly address: (BrokerAddress & { secure: boolean }) | undefined;
  /** A connection has come into its account: its CONNECT was taken, or it needed none. */
  onConnect(connection: MonitoredConnection): void;
  /** A connection that was in an account is gone, and no longer counted there. `closedAt` and `reason` are set. */
  onDisconnect(connection: MonitoredConnection): void;
  /** Somebody was refused. `account` is the one whose callout or claims refused him, where that is known. */
  onAuthenticationError(connection: MonitoredConnection, reason: string, account?: string): void;
  /** An account has come up or was changed: its connections may ask for what concerns them. Those at the start are found. */
  onAccount(account: MonitoredAccount): void;
  onAccountRemoved(name: string): void;
  /** Options were taken over: the system account may be another. */
  onReload(): void;
  onLameDuck(): void;
  /** Tells that the server ends. To be called while the connections of the system account are still open. */
  onShutdown(): void;
}
