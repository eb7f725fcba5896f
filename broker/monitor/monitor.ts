import type { Bus } from '../account/bus.ts';
import * as limits from '../limits.ts';
import type { BrokerAddress, MonitoringOptions } from '../options.ts';
import type { HttpListener, listenHttp } from '../transport/http-server.ts';
import { AccountEvents } from './account-events.ts';
import { ConnectionEvents } from './connection-events.ts';
import type { MonitorContext } from './context.ts';
import { EventIds } from './event-id.ts';
import type { MonitoredConnection, MonitorHost } from './host.ts';
import { HttpEndpoints } from './http-endpoints.ts';
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
  /** Somebody was refused. `told`: the account that asked who he is, and why it has him refused. */
  onAuthenticationError(
    connection: MonitoredConnection,
    reason: string,
    told?: { account: string; reason: string },
  ): void;
  onAccountRemoved(name: string): void;
  /** Options were taken over: the system account may be another. */
  onReload(): void;
  onLameDuck(): void;
  /** Tells that the server ends. To be called while the connections of the system account are still open. */
  onShutdown(): void;
}

export interface MonitorOptions {
  /** Shared with whoever else speaks for the server, so that every number is used once. */
  readonly identity?: ServerIdentity | undefined;
  /** Milliseconds since the epoch. */
  readonly now?: (() => number) | undefined;
  readonly listenHttp?: typeof listenHttp | undefined;
}

export function createMonitor(host: MonitorHost, bus: Bus, options: MonitorOptions = {}): Monitor {
  return new BrokerMonitor(host, bus, options);
}

class BrokerMonitor implements Monitor {
  readonly #host: MonitorHost;
  readonly #listenHttp: typeof listenHttp | undefined;
  readonly #http: HttpEndpoints;
  readonly #requests: SystemRequests;
  readonly #accountEvents: AccountEvents;
  readonly #connectionEvents: ConnectionEvents;
  readonly #serverEvents: ServerEvents;
  #listener: HttpListener | undefined;
  #address: (BrokerAddress & { secure: boolean }) | undefined;

  constructor(host: MonitorHost, bus: Bus, { identity, listenHttp, now = () => Date.now() }: MonitorOptions) {
    this.#host = host;
    this.#listenHttp = listenHttp;
    const resources = new Resources();
    this.#http = new HttpEndpoints(host, resources, now, host.options.monitoring?.basePath ?? '');
    const ids = new EventIds();
    const context: MonitorContext = {
      host,
      bus,
      resources,
      identity: identity ?? new ServerIdentity(host, now),
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
    if (monitoring !== undefined && monitoring.port !== 0) await this.#listen(monitoring);
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

  onAuthenticationError(
    connection: MonitoredConnection,
    reason: string,
    told = { account: connection.account, reason },
  ): void {
    this.#connectionEvents.onAuthenticationError(connection, reason, told);
  }

  onAccountRemoved(name: string): void {
    this.#accountEvents.forget(name);
  }

  onReload(): void {
    this.#requests.follow();
    const { options } = this.#host;
    if (options.monitoring?.secure === true && options.tls !== undefined) this.#listener?.replaceTls(options.tls);
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
    // Node's HTTP is read only where somebody wants it.
    const listen = this.#listenHttp ?? (await import('../transport/http-server.ts')).listenHttp;
    this.#listener = await listen({
      host: address,
      port,
      tls: secure ? options.tls : undefined,
      log: (level, text) => this.#host.log(level, text),
      handle: ({ target }) => this.#http.answer(target),
    });
    this.#address = { host: address, port: this.#listener.port, secure };
  }
}
