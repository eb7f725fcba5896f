import type { Account } from './account/account.ts';
import { Accounts } from './account/accounts.ts';
import type { Sink } from './account/sink.ts';
import type { Authentication, Refusal } from './auth/authentication.ts';
import { createAuthentication } from './auth/create-authentication.ts';
import { type AuthenticationDependencies, systemClock } from './auth/dependencies.ts';
import { newKeyPair } from './auth/nkey.ts';
import { isOperatorMode, withOperatorDefaults } from './auth/operator/operators.ts';
import { Passwords } from './auth/passwords.ts';
import { Arena, carvedBytes } from './base/arena.ts';
import { BlockAllocator } from './base/block-allocator.ts';
import { BrokerError } from './base/broker-error.ts';
import { textToLatin1 } from './base/latin1.ts';
import { ChunkPool } from './base/chunk-pool.ts';
import { Spinner } from './base/spinner.ts';
import type { LogLevel } from './base/log.ts';
import type { BrokerEvent, ConnectionState } from './connection/state.ts';
import { Client } from './connection/client.ts';
import { ClosedConnections } from './connection/closed-connections.ts';
import type { ConnectionContext, ConnectionLimits, Counters, Hello } from './connection/context.ts';
import { ownAccess } from './connection/own-access.ts';
import { CARRIED_BYTES_MAX } from './connection/inbound.ts';
import { reviewConnections } from './connection/review.ts';
import { CHUNK_BYTES, flushAll, type OutboundMemory, SMALL_CHUNK_BYTES } from './connection/outbound.ts';
import { Delivery, DELIVERY_SCRATCH_BYTES } from './delivery/delivery.ts';
import { InternalBus } from './delivery/bus.ts';
import { StoredDelivery } from './delivery/stored-delivery.ts';
import { SystemClock } from './jetstream/clock.ts';
import type { JetStream } from './jetstream/jetstream.ts';
import { jetStreamMappings, jetStreamOptions, startJetStream } from './jetstream-host.ts';
import { subjectHash } from './wire/subject-hash.ts';
import { MatchCaches } from './delivery/match-caches.ts';
import { MessageStack } from './delivery/message-stack.ts';
import { RequestServices, serverHash } from './delivery/services.ts';
import { Tracing } from './delivery/tracing.ts';
import * as limits from './limits.ts';
import { type Arrival, Listeners } from './listeners.ts';
import type { Broker, BrokerAddress, BrokerListeners, BrokerOptions, BrokerStats, LoggingOptions } from './options.ts';
import { createMonitorHost, type Watched } from './monitor-host.ts';
import { closedConnection, openConnection } from './monitored.ts';
import type { MonitoredConnection, MonitorHost } from './monitor/host.ts';
import { encodeAnswer } from './monitor/encoding.ts';
import { ServerIdentity } from './monitor/server-info.ts';
import { createMonitor, type Monitor } from './monitor/monitor.ts';
import { SYSTEM_EXPORTS, systemImports } from './monitor/system-services.ts';
import { resolveSettings, type Settings } from './settings.ts';
import type { Transport } from './transport/transport.ts';
import { infoLine } from './wire/info.ts';
import { Parser } from './wire/parser.ts';
import { CLOSE_REASONS, ERRORS } from './wire/protocol.ts';

/** Makes a broker that is not started yet. Throws a `BrokerError` when an option is out of its range. */
export function createBroker(options: BrokerOptions = {}): Broker {
  const complete = withOperatorDefaults(options);
  return new Server(complete, resolveSettings(complete));
}

type Phase = 'new' | 'running' | 'lame-duck' | 'stopped';

/** Puts the parts together, and is what they have in common. */
class Server implements Broker, ConnectionContext, Watched {
  readonly #keys = newKeyPair('server');
  readonly serverId = this.#keys.publicKey;
  readonly serverName: string;
  readonly accounts: Accounts;
  readonly arena: Arena;
  readonly readStart: number;
  readonly staging: number;
  readonly parser: Parser;
  readonly delivery: Delivery;
  readonly caches: MatchCaches;
  readonly messages: MessageStack;
  readonly stored: StoredDelivery;
  readonly tracing: Tracing;
  readonly bus: InternalBus;
  readonly outboundMemory: OutboundMemory;
  authentication: Authentication;
  readonly ownAuthentication: Authentication;
  readonly monitorHost: MonitorHost;
  readonly #seed: number;
  jetStream: JetStream | undefined;
  readonly #identity: ServerIdentity;
  readonly #monitor: Monitor;
  readonly counters: Counters = {
    inMessages: 0,
    inBytes: 0,
    outMessagesClosed: 0,
    outBytesClosed: 0,
    droppedMessagesClosed: 0,
    subscriptions: 0,
    slowConsumers: 0,
    staleConnections: 0,
    stalledPublishers: 0,
  };
  debug: boolean;
  trace: boolean;
  onEvent: ((event: BrokerEvent) => void) | undefined;

  #settings: Settings;
  #options: BrokerOptions;
  readonly #curveKeys = newKeyPair('curve');
  readonly #passwords = new Passwords();
  readonly #spinner: Spinner;
  readonly #clients = new Map<number, Client>();
  readonly #clientOf = new Map<Sink, Client>();
  /** Closed, but their sockets are not gone yet. */
  readonly #leaving = new Set<Client>();
  readonly closed: ClosedConnections<{ state: ConnectionState; record: MonitoredConnection }>;
  /** Its end is told once it is no longer counted in its account. */
  #lastClosed: MonitoredConnection | undefined;
  #phase: Phase = 'new';
  readonly #listeners: Listeners;
  #ownClients = 0;
  #lastClientId = 0;
  #startedAt = Date.now();
  configLoadedAt = Date.now();
  #whenEmpty: (() => void) | undefined;
  #lameDuck: Promise<void> | undefined;
  #prepared: Promise<void> | undefined;
  #wakeLameDuck: (() => void) | undefined;
  #stopping: Promise<void> | undefined;

  constructor(options: BrokerOptions, settings: Settings) {
    this.#options = options;
    this.#settings = settings;
    this.closed = new ClosedConnections(options.maxClosedClients || limits.CLOSED_CONNECTIONS_MAX);
    this.serverName = options.serverName || this.serverId;
    this.debug = options.debug ?? false;
    this.trace = options.trace ?? false;
    this.accounts = new Accounts(options, {
      systemExports: SYSTEM_EXPORTS,
      systemImports,
      systemMappings: (account, system) => jetStreamMappings(this.#options, account, system),
      activation: (claim) => this.authentication.checkActivation?.(claim) ?? { valid: false },
      onProblem: ({ account, message }, severe) =>
        severe ? this.log('error', message) : this.log('debug', `Account ${account}: ${message}`),
    });
    this.#spinner = new Spinner(settings.spinMicros);

    const headroomBytes = settings.controlLineBytesCapacity + CARRIED_BYTES_MAX + 4 * limits.KIB;
    const messageBytes = settings.controlLineBytesCapacity + settings.payloadBytesCapacity + 4 * limits.KIB;
    const stackBytes = limits.INTERNAL_MESSAGES_MAX * messageBytes;
    const regions = [
      headroomBytes + limits.READ_BYTES + 64,
      messageBytes,
      messageBytes,
      stackBytes,
      DELIVERY_SCRATCH_BYTES,
      limits.TEMPLATE_BYTES,
      limits.SMALL_CHUNK_REGION_BYTES,
      limits.CHUNK_REGION_BYTES,
    ] as const;
    this.arena = new Arena(regions.reduce((sum, bytes) => sum + carvedBytes(bytes), 0));
    const [read, staging, scratch, stack, words, templates, small, big] = regions.map((bytes) =>
      this.arena.carve(bytes),
    ) as [number, number, number, number, number, number, number, number];
    this.readStart = read + headroomBytes;
    this.staging = staging;
    const seed = (Math.random() * 2 ** 32) | 0;
    this.#seed = seed;
    this.parser = new Parser(this.arena.bytes, scratch, seed);
    const blocks = new BlockAllocator(templates, limits.TEMPLATE_BYTES);
    this.caches = new MatchCaches({ arena: this.arena, blocks }, this.parser);
    this.delivery = new Delivery(this.arena, this.caches, words, seed);
    this.messages = new MessageStack(this.arena, stack, stackBytes, scratch, seed);
    this.bus = new InternalBus(this.messages, this.caches, this.delivery, () => this.endTurn());
    this.tracing = new Tracing({
      arena: this.arena,
      delivery: this.delivery,
      bus: this.bus,
      accounts: this.accounts,
      serverInfo: () => this.#identity.next(),
      encode: (json, accepted) => encodeAnswer(json, `\r\nAccept-Encoding: ${accepted}\r\n`),
    });
    this.stored = new StoredDelivery(this.arena, this.caches, this.messages, this.delivery);
    const services = new RequestServices({
      arena: this.arena,
      caches: this.caches,
      delivery: this.delivery,
      messages: this.messages,
      stored: this.stored,
      tracing: this.tracing,
      bus: this.bus,
      accounts: this.accounts,
      serverName: this.serverName,
      serverHash: serverHash(this.serverName),
      log: (level, text) => this.log(level, text),
    });
    this.accounts.passage.services = services;
    this.bus.apart = (run) => services.apart(run);
    this.outboundMemory = {
      arena: this.arena,
      smallChunks: new ChunkPool(small, limits.SMALL_CHUNK_REGION_BYTES, SMALL_CHUNK_BYTES),
      chunks: new ChunkPool(big, limits.CHUNK_REGION_BYTES, CHUNK_BYTES),
      dirty: [],
      beforeWrite: undefined,
    };
    this.#listeners = new Listeners(
      {
        readBuffer: this.arena.buffer.subarray(this.readStart, this.readStart + limits.READ_BYTES),
        log: (level, text) => this.log(level, text),
        accept: (transport, arrival) => this.#accept(transport, arrival),
      },
      options,
    );
    this.authentication = this.#authenticate(options);
    this.ownAuthentication = ownAccess(this.accounts, options.ownToken ?? '');
    this.monitorHost = createMonitorHost(this);
    this.#identity = new ServerIdentity(this.monitorHost, () => Date.now());
    this.#monitor = createMonitor(this.monitorHost, this.bus, { identity: this.#identity });
    this.accounts.onChanged = (account, change) => {
      if (change === 'removed') {
        this.#monitor.onAccountRemoved(account.name);
        this.jetStream?.remove(account.name);
      } else this.#configureJetStream(account);
    };
  }

  /** As they are now: a reload changes them. */
  get limits(): ConnectionLimits {
    return this.#settings.connection;
  }

  // ── Broker ────────────────────────────────────────────────────────────────────────────────────────────────────────

  prepare(): Promise<void> {
    this.#prepared ??= this.authentication.prepare?.() ?? Promise.resolve();
    return this.#prepared;
  }

  async start(): Promise<void> {
    if (this.#phase !== 'new') throw new BrokerError('invalid-state', 'a broker can be started once');
    this.#phase = 'running';
    this.#startedAt = Date.now();
    const { host, port } = this.#settings;
    try {
      await this.prepare();
      this.authentication.start?.();
      this.#startJetStream();
      await this.#findStreamOwners();
      await this.#monitor.start();
      await this.#listeners.start(host, port);
    } catch (error) {
      this.#phase = 'stopped';
      this.jetStream?.stop();
      await this.#monitor.stop();
      throw error;
    }
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  lameDuck(): Promise<void> {
    if (this.#phase === 'new') return Promise.reject(new BrokerError('invalid-state', 'the broker is not running'));
    this.#lameDuck ??= this.#goLame();
    return this.#lameDuck;
  }

  get address(): BrokerAddress {
    return { host: this.#settings.host, port: this.#listeners.port };
  }

  get listeners(): BrokerListeners {
    const { address: monitoring } = this.#monitor;
    return {
      ...this.#listeners.addresses,
      ...(monitoring === undefined ? {} : { monitoring }),
    };
  }

  async reload(given: BrokerOptions): Promise<void> {
    if (this.#phase !== 'running') throw new BrokerError('invalid-state', 'the broker is not running');
    const options = withOperatorDefaults(given);
    const settings = resolveSettings(options);
    const { payloadBytesCapacity, controlLineBytesCapacity } = this.#settings;
    if (settings.connection.payloadBytesMax > payloadBytesCapacity) {
      throw new BrokerError('invalid-option', `max_payload above ${payloadBytesCapacity} needs a restart`);
    }
    if (settings.connection.controlLineBytesMax > controlLineBytesCapacity) {
      throw new BrokerError('invalid-option', `max_control_line above ${controlLineBytesCapacity} needs a restart`);
    }
    const takeOverListeners = this.#listeners.prepare(options);
    const before = this.authentication;
    const authentication = this.#authenticate(options);
    await authentication.prepare?.();
    before.dispose();
    this.#settings = { ...settings, payloadBytesCapacity, controlLineBytesCapacity };
    this.#options = options;
    takeOverListeners();
    this.configLoadedAt = Date.now();
    this.authentication = authentication;
    const jetStream = jetStreamOptions(options);
    if (jetStream === undefined) this.#stopJetStream();
    else this.jetStream?.reconfigure(jetStream);
    // Accounts of operators are not in the options: the authentication knows which of them are still there.
    this.accounts.apply(
      options,
      (name) => isOperatorMode(options) && this.accounts.get(name)?.options.jwt !== undefined,
    );
    authentication.start?.();
    if (jetStream !== undefined && this.jetStream === undefined) this.#restartJetStream();
    this.#monitor.onReload();
    this.setLogging({ debug: options.debug ?? false, trace: options.trace ?? false });
    await Promise.all(Array.from(this.#clients.values(), (client) => client.standing.review()));
    this.endTurn();
  }

  stats(): BrokerStats {
    const { counters } = this;
    let outMessages = counters.outMessagesClosed;
    let outBytes = counters.outBytesClosed;
    let droppedMessages = counters.droppedMessagesClosed;
    let pendingBytes = 0;
    for (const { outbound } of this.#clients.values()) {
      outMessages += outbound.outMessages;
      outBytes += outbound.outBytes;
      droppedMessages += outbound.droppedMessages;
      pendingBytes += outbound.pendingBytes;
    }
    return {
      serverId: this.serverId,
      serverName: this.serverName,
      startedAt: this.#startedAt,
      connections: this.#clients.size - this.#ownClients,
      totalConnections: this.#lastClientId,
      subscriptions: counters.subscriptions,
      inMessages: counters.inMessages,
      outMessages,
      inBytes: counters.inBytes,
      outBytes,
      slowConsumers: counters.slowConsumers,
      staleConnections: counters.staleConnections,
      stalledPublishers: counters.stalledPublishers,
      droppedMessages,
      pendingBytes,
      memoryBytes: process.memoryUsage.rss(),
      jetStream: this.jetStream && budgetsOf(this.jetStream),
    };
  }

  client(clientId: number): ConnectionState | undefined {
    return this.#clients.get(clientId)?.state;
  }

  connections(): ConnectionState[] {
    return Array.from(this.#clients.values(), (client) => client.state);
  }

  closedConnections(): ConnectionState[] {
    return this.closed.list().map(({ state }) => state);
  }

  kick(clientId: number): boolean {
    const client = this.#clients.get(clientId);
    client?.finish(CLOSE_REASONS.kicked);
    return client !== undefined;
  }

  accountNames(): string[] {
    return this.accounts.list().map(({ name }) => name);
  }

  observe(clientId: number): boolean {
    const client = this.#clients.get(clientId);
    if (client !== undefined) client.outbound.observer = true;
    return client !== undefined;
  }

  setLogging({ debug, trace }: LoggingOptions): void {
    this.debug = debug;
    this.trace = trace;
    for (const client of this.#clients.values()) client.setTrace(trace);
  }

  setSpin(micros: number): void {
    this.#spinner.micros = micros;
  }

  // ── What the monitor asks for ─────────────────────────────────────────────────────────────────────────────────────

  get options(): BrokerOptions {
    return this.#options;
  }

  get connectionsMax(): number {
    return this.#settings.connectionsMax;
  }

  get authRequired(): boolean {
    return this.authentication.required('STANDARD');
  }

  get authTimeoutMs(): number {
    return this.authentication.timeoutMs('STANDARD');
  }

  *clients(): IterableIterator<Client> {
    for (const client of this.#clients.values()) if (!client.own) yield client;
  }

  clientOf(sink: Sink): Client | undefined {
    return this.#clientOf.get(sink);
  }

  clientById(clientId: number): Client | undefined {
    return this.#clients.get(clientId);
  }

  certificateEnd(listener: 'client' | 'webSocket'): number | undefined {
    return this.#listeners.certificateEnd(listener);
  }

  // ── What connections ask for ──────────────────────────────────────────────────────────────────────────────────────

  infoLine(client: Client, connected: boolean, lameDuck = this.#phase === 'lame-duck', hello?: Hello): string {
    const viaWebSocket = client.type === 'WEBSOCKET';
    const { host, port } = viaWebSocket ? this.#listeners.webSocketAddress : this.advertised;
    const line = infoLine({
      server_id: this.serverId,
      server_name: this.serverName,
      version: limits.SERVER_VERSION,
      proto: limits.PROTOCOL_VERSION,
      go: RUNTIME,
      host,
      port,
      headers: this.limits.headerSupport,
      // Who is in is told what counts for everybody, not what was asked of him, and needs to sign no more.
      ...(client.authentication[client.connected ? 'required' : 'demanded'](client.type)
        ? { auth_required: true }
        : {}),
      ...(client.own ? {} : this.#listeners.tlsInfo(viaWebSocket, hello?.tlsRequired)),
      max_payload: this.limits.payloadBytesMax,
      ...(this.jetStream === undefined ? {} : { jetstream: true }),
      client_id: client.clientId,
      ...(hello?.withAddress === false ? {} : { client_ip: client.remoteAddress }),
      ...(client.nonce === '' || client.connected ? {} : { nonce: client.nonce }),
      ...(this.jetStream?.options.domain ? { domain: this.jetStream.options.domain } : {}),
      ...(lameDuck ? { ldm: true } : {}),
      ...(connected ? { connect_info: true, remote_account: client.membership?.account.name ?? '' } : {}),
      ...(connected && client.membership?.account === this.accounts.system ? { acc_is_sys: true } : {}),
      api_lvl: limits.API_LEVEL,
      xkey: this.#curveKeys.publicKey,
    });
    return textToLatin1(line);
  }

  log(level: LogLevel, text: string): void {
    if (level !== 'debug' || this.debug) this.#options.log?.(level, text);
  }

  emit(event: BrokerEvent): void {
    this.onEvent?.(event);
  }

  holdFor(consumer: Sink, publisher: Client, bytes: number): void {
    this.#clientOf.get(consumer)?.hold(publisher, bytes);
  }

  endTurn(): void {
    this.jetStream?.settle();
    flushAll(this.outboundMemory.dirty);
    this.caches.settle();
    this.#spinner.touch();
  }

  onAdmitted(client: Client): void {
    if (!client.own) this.#monitor.onConnect(openConnection(client));
  }

  onRefused(client: Client, { reason, told }: Refusal): void {
    if (!client.own) this.#monitor.onAuthenticationError(openConnection(client), reason, told);
  }

  onClosing(client: Client, at: number, reason: string): void {
    if (client.own) return;
    const record = closedConnection(client, client.subscriptions.list(), at, reason);
    this.closed.add({ state: { ...client.state, closedAt: at, reason }, record });
    this.#lastClosed = record;
  }

  onClosed(client: Client, reason: string): void {
    const { counters } = this;
    const { outbound, clientId } = client;
    if (!this.#clients.delete(clientId)) return;
    if (client.own) this.#ownClients--;
    this.#clientOf.delete(outbound);
    this.#leaving.add(client);
    counters.outMessagesClosed += outbound.outMessages;
    counters.outBytesClosed += outbound.outBytes;
    counters.droppedMessagesClosed += outbound.droppedMessages;
    this.emit({ type: 'close', clientId, reason });
    if (!client.own && this.#lastClosed?.clientId === clientId) this.#monitor.onDisconnect(this.#lastClosed);
    if (this.#clients.size === 0) this.#wakeLameDuck?.();
  }

  onReleased(client: Client): void {
    this.#leaving.delete(client);
    this.caches.settle();
    if (this.#leaving.size === 0 && this.#clients.size === 0) this.#whenEmpty?.();
  }

  #authenticate(options: BrokerOptions): Authentication {
    return createAuthentication(options, this.#authenticationDependencies(options));
  }

  #authenticationDependencies(options: BrokerOptions): AuthenticationDependencies {
    return {
      accounts: this.accounts,
      bus: this.bus,
      server: {
        id: this.serverId,
        name: this.serverName,
        host: () => this.advertised.host,
        version: limits.SERVER_VERSION,
        tags: options.serverTags ?? [],
        keys: this.#keys,
        curveKeys: this.#curveKeys,
      },
      clock: systemClock,
      passwords: this.#passwords,
      log: (level, text) => this.log(level, text),
      serverInfo: () => this.#identity.next(),
      reviewConnections: (account) => reviewConnections(this.#clients.values(), account),
    };
  }

  #startJetStream(): void {
    const options = jetStreamOptions(this.#options);
    if (options === undefined) return;
    const { arena, caches, delivery, messages, bus, accounts } = this;
    this.jetStream = startJetStream(options, {
      arena,
      caches,
      delivery,
      messages,
      stored: this.stored,
      bus,
      tracing: this.tracing,
      accounts,
      clock: new SystemClock(),
      hash: subjectHash(this.#seed),
      serverName: this.serverName,
      serverId: this.serverId,
      payloadBytesMax: () => this.limits.payloadBytesMax,
      endTurn: () => this.endTurn(),
      log: (level, text) => this.log(level, text),
      clientOf: (sink) => this.#clientOf.get(sink),
    });
    this.outboundMemory.beforeWrite = () => this.jetStream?.commit();
  }

  /** A reload turned it off: streams stay on disk. */
  #stopJetStream(): void {
    if (this.jetStream === undefined) return;
    this.log('info', 'Initiating JetStream Shutdown...');
    this.jetStream.stop();
    this.jetStream = undefined;
    this.outboundMemory.beforeWrite = undefined;
    this.log('info', 'JetStream Shutdown');
  }

  /** A reload turned it on. What goes wrong is told by the log, as the rest of the reload stands. */
  #restartJetStream(): void {
    this.log('info', 'Restarting JetStream');
    try {
      this.#startJetStream();
    } catch (error) {
      if (!(error instanceof BrokerError)) throw error;
      this.log('warn', error.message);
    }
  }

  /** What it may have has changed, maybe to more than there is: then it goes on as it was. */
  #configureJetStream(account: Account): void {
    const refusal = this.jetStream?.configure(account);
    if (refusal === undefined) return;
    this.log('error', `Error configuring jetstream for account [${account.name}]: ${refusal}`);
  }

  /** Accounts with streams are there from the start, whoever else knows them. */
  async #findStreamOwners(): Promise<void> {
    const { authentication, jetStream } = this;
    await Promise.all((jetStream?.missingAccounts ?? []).map(async (name) => authentication.bring?.(name)));
  }

  // ── Inside ────────────────────────────────────────────────────────────────────────────────────────────────────────

  #accept(transport: Transport, { own, opening }: Arrival): Client {
    const client = new Client(this, transport, ++this.#lastClientId, own);
    const { connectionsMax } = this.#settings;
    const full = !own && (connectionsMax < 0 || this.#clients.size - this.#ownClients >= connectionsMax);
    if (own) this.#ownClients++;
    this.#clients.set(client.clientId, client);
    this.#clientOf.set(client.outbound, client);
    client.open(opening);
    if (full) {
      // INFO goes by itself, as what it says is true whatever comes behind it.
      this.endTurn();
      client.sendError(ERRORS.connectionsExceeded);
      client.log('error', ERRORS.connectionsExceeded);
      client.finish(CLOSE_REASONS.connectionsExceeded);
    } else if (this.#phase !== 'running') {
      client.cut(CLOSE_REASONS.serverShutdown);
    }
    this.endTurn();
    return client;
  }

  /** Address that INFO gives. */
  get advertised(): BrokerAddress {
    const listening = this.address;
    const advertise = this.#options.clientAdvertise;
    if (!advertise) return listening;
    const match = /^(?:\[(.*)\]|([^:]*))(?::(\d+))?$/.exec(advertise);
    return { host: match?.[1] ?? match?.[2] ?? advertise, port: match?.[3] ? Number(match[3]) : listening.port };
  }

  async #stop(): Promise<void> {
    const wasRunning = this.#listeners.listening;
    if (wasRunning) this.log('info', 'Initiating Shutdown...');
    this.#phase = 'stopped';
    this.#wakeLameDuck?.();
    if (wasRunning) this.#monitor.onShutdown();
    this.bus.stop();
    this.authentication.dispose();
    if (this.jetStream !== undefined) {
      this.log('info', 'Initiating JetStream Shutdown...');
      this.jetStream.stop();
      this.log('info', 'JetStream Shutdown');
    }
    await Promise.all([this.#listeners.close(), this.#monitor.stop()]);
    for (const client of this.#clients.values()) client.finish(CLOSE_REASONS.serverShutdown);
    this.endTurn();
    if (this.#leaving.size > 0) await new Promise<void>((resolve) => (this.#whenEmpty = resolve));
    this.accounts.dispose();
    this.#spinner.micros = 0;
    if (wasRunning) this.log('info', 'Server Exiting..');
  }

  /** Closes clients one by one, over the duration that is left after the grace period. */
  async #goLame(): Promise<void> {
    if (this.#phase !== 'running') return this.stop();
    this.log('info', 'Entering lame duck mode, stop accepting new clients');
    this.#phase = 'lame-duck';
    await this.#listeners.close();
    this.#monitor.onLameDuck();
    const { lameDuckDurationMs, lameDuckGracePeriodMs } = this.#settings;
    for (const client of this.#clients.values()) if (client.takesInfo) client.sendLameDuckInfo();
    this.endTurn();
    if (this.#clients.size > 0 && (await this.#lameDuckPause(lameDuckGracePeriodMs))) {
      this.log('info', 'Closing existing clients');
      const left = lameDuckDurationMs - lameDuckGracePeriodMs;
      const gapMs = Math.min(limits.LAME_DUCK_CLOSE_GAP_MS_MAX, (left > 0 ? left : 1000) / this.#clients.size);
      for (const client of [...this.#clients.values()]) {
        if (client.closed) continue;
        client.finish(CLOSE_REASONS.serverShutdown);
        if (this.#clients.size === 0) break;
        // Not at even intervals, so that clients of several servers do not come back in step.
        if (!(await this.#lameDuckPause(gapMs * (0.5 + Math.random() / 2)))) break;
      }
    }
    await this.stop();
  }

  /** False when the pause was cut short by a stop, or because no client is left. */
  #lameDuckPause(ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const done = (whole: boolean): void => {
        clearTimeout(timer);
        this.#wakeLameDuck = undefined;
        resolve(whole);
      };
      const timer = setTimeout(() => done(true), ms);
      this.#wakeLameDuck = () => done(false);
    });
  }
}

function budgetsOf({ use }: JetStream): BrokerStats['jetStream'] {
  return {
    memory: { used: use.held('memory'), max: use.max.memory },
    storage: { used: use.held('file'), max: use.max.file },
  };
}

/** What stands where nats-server names its Go version. */
const RUNTIME = `node${process.versions.node}`;
