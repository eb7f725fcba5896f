import type { Bus } from '../account/bus.ts';
import type { BrokerAddress, MonitoringOptions, TlsOptions } from '../options.ts';
import * as limits from '../limits.ts';
import { AccountEvents } from './account-events.ts';
import { ConnectionEvents } from './connection-events.ts';
import type { MonitorContext } from './context.ts';
import { EventIds } from './event-id.ts';
import type { MonitoredAccount, MonitoredConnection, MonitorHost } from './host.ts';
import { type HttpAnswer, HttpEndpoints } from './http-endpoints.ts';
import { Resources } from './resources.ts';
import { ServerEvents } from './server-events.ts';
import { ServerIdentity } from './server-info.ts';
import { SystemRequests } from './system-requests.ts';

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
  /**
   * A connection is gone, and no longer counted in its account; those that never came into one were in `$G`. `closedAt`
   * and `reason` are set.
   */
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

/** Opens a port and answers what comes there. Rejects with a `BrokerError`. */
export type ListenHttp = (options: {
  readonly host: string;
  /** -1: any free one. */
  readonly port: number;
  readonly tls?: TlsOptions | undefined;
  handle(request: { readonly target: string }): HttpAnswer;
}) => Promise<HttpListener>;

export interface HttpListener {
  readonly port: number;
  /** Ends connections too. Resolves when the port is free. */
  close(): Promise<void>;
}

/** `now` is in milliseconds since the epoch. */
export function createMonitor(host: MonitorHost, bus: Bus, listenHttp: ListenHttp, now = () => Date.now()): Monitor {
  return new BrokerMonitor(host, bus, listenHttp, now);
}

class BrokerMonitor implements Monitor {
  readonly #host: MonitorHost;
  readonly #listenHttp: ListenHttp;
  readonly #http: HttpEndpoints;
  readonly #requests: SystemRequests;
  readonly #accountEvents: AccountEvents;
  readonly #connectionEvents: ConnectionEvents;
  readonly #serverEvents: ServerEvents;
  #listener: HttpListener | undefined;
  #address: (BrokerAddress & { secure: boolean }) | undefined;

  constructor(host: MonitorHost, bus: Bus, listenHttp: ListenHttp, now: () => number) {
    this.#host = host;
    this.#listenHttp = listenHttp;
    const resources = new Resources();
    this.#http = new HttpEndpoints(host, resources, now, host.options.monitoring?.basePath ?? '');
    const ids = new EventIds();
    const context: MonitorContext = {
      host,
      bus,
      resources,
      identity: new ServerIdentity(host, now),
      httpRequests: this.#http.requests,
      now,
      newEventId: () => ids.next(),
    };
    this.#accountEvents = new AccountEvents(context);
    this.#connectionEvents = new ConnectionEvents(context);
    this.#serverEvents = new ServerEvents(context);
    this.#requests = new SystemRequests(context, this.#accountEvents, () => this.#serverEvents.tellStatistics());
  }

  async start(): Promise<void> {
    const { monitoring } = this.#host.options;
    if (monitoring !== undefined) await this.#listen(monitoring);
    this.#requests.follow();
    this.#serverEvents.start();
  }

  async stop(): Promise<void> {
    this.#serverEvents.stop();
    this.#accountEvents.stop();
    this.#requests.stop();
    await this.#listener?.close();
    this.#address = undefined;
  }

  get address(): (BrokerAddress & { secure: boolean }) | undefined {
    return this.#address;
  }

  onConnect(connection: MonitoredConnection): void {
    this.#accountEvents.onChanged(connection.account);
    this.#connectionEvents.onConnect(connection);
  }

  onDisconnect(connection: MonitoredConnection): void {
    this.#accountEvents.onChanged(connection.account);
    this.#connectionEvents.onDisconnect(connection);
  }

  onAuthenticationError(connection: MonitoredConnection, reason: string, account?: string): void {
    this.#connectionEvents.onAuthenticationError(connection, reason, account);
  }

  onAccount({ account }: MonitoredAccount): void {
    this.#requests.enter(account);
  }

  onAccountRemoved(name: string): void {
    this.#accountEvents.forget(name);
    this.#requests.follow();
  }

  onReload(): void {
    this.#requests.follow();
  }

  onLameDuck(): void {
    this.#serverEvents.onLameDuck();
  }

  onShutdown(): void {
    this.#serverEvents.onShutdown();
  }

  async #listen({ host, port, secure = false }: MonitoringOptions): Promise<void> {
    const { options } = this.#host;
    const address = host || options.host || limits.DEFAULT_HOST;
    this.#listener = await this.#listenHttp({
      host: address,
      port,
      tls: secure ? options.tls : undefined,
      handle: ({ target }) => this.#http.answer(target),
    });
    this.#address = { host: address, port: this.#listener.port, secure };
  }
}
