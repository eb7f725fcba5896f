import { randomBytes } from 'node:crypto';
import type { Subscription } from '../account/subscription.ts';
import type { Authentication, ConnectionFacts, Identity, Refusal } from '../auth/authentication.ts';
import { latin1ToText } from '../base/latin1.ts';
import type { LogLevel } from '../base/log.ts';
import type { Entry } from '../delivery/match-table.ts';
import { mayAskForTrace } from '../delivery/trace-headers.ts';
import type { MessageTrace } from '../delivery/trace.ts';
import { LINGER_MS, NONCE_BYTES } from '../limits.ts';
import type { ConnectionState } from './state.ts';
import type { OpeningOwner } from '../transport/opening.ts';
import type { Transport, TransportReader, WebSocketFacts } from '../transport/transport.ts';
import { type ConnectOptions, defaultConnectOptions, redactConnect } from '../wire/connect.ts';
import type { ControlVerb, Parser, ParserClient, ProtocolFault } from '../wire/parser.ts';
import { CLOSE_REASONS, type CloseReason, ERRORS } from '../wire/protocol.ts';
import { ClientRequester } from './client-info.ts';
import { ClientLog } from './client-log.ts';
import type { ConnectionContext, Hello } from './context.ts';
import { endForFault } from './faults.ts';
import { Handshake } from './handshake.ts';
import { Heartbeat, type HeartbeatOwner } from './heartbeat.ts';
import { Inbound } from './inbound.ts';
import type { Membership } from './membership.ts';
import { ClientOpening } from './opening.ts';
import { Outbound, type OutboundOwner } from './outbound.ts';
import { checkPublishSubject, grantedEntry, hasReservedReply, refusePublish, refuseReply } from './publish-rules.ts';
import { SlowConsumer } from './slow-consumer.ts';
import { Standing } from './standing.ts';
import { type SubscriptionOutcome, Subscriptions } from './subscriptions.ts';
import { operationLine } from './trace.ts';
import { publishTraced, traceOversized } from './traced-publish.ts';

/** One client connection: what comes in is parsed and acted on here, what goes out is in `outbound`. */
export class Client implements ParserClient, TransportReader, HeartbeatOwner, OutboundOwner {
  // What the parser and the delivery of each message look at.
  closed = false;
  suspended = false;
  awaitsConnect: boolean;
  controlLineBytesMax: number;
  payloadBytesMax: number;
  headers = false;
  #verbose = true;
  #pedantic = true;
  #noResponders = false;
  /** Undefined while it is in no account. */
  membership: Membership | undefined;
  readonly #log: ClientLog;
  #inMessages = 0;
  #inBytes = 0;
  /** Messages and subscriptions of the present read. */
  #activity = 0;

  readonly clientId: number;
  /** What a client with a key signs; '' when nobody is asked to. */
  readonly nonce: string;
  readonly outbound: Outbound;
  readonly subscriptions: Subscriptions;
  readonly standing: Standing;
  readonly requester: ClientRequester;
  /** It is the connection of whoever owns the broker, and counts nowhere. */
  readonly own: boolean;
  readonly #handshake: Handshake;
  readonly #context: ConnectionContext;
  readonly #transport: Transport;
  readonly #inbound: Inbound;
  readonly #slowConsumer: SlowConsumer;
  readonly #heartbeat: Heartbeat;
  readonly startedAt = Date.now();
  lastInputAt = performance.now();
  #options: ConnectOptions = defaultConnectOptions();
  #connected = false;
  #firstPongSent = false;
  #stalls = 0;
  /** Time from accept to CONNECT. */
  #connectMicros: number | undefined;
  #acceptedAt = performance.now();
  /** The TLS handshake came before INFO. */
  tlsFirst = false;
  /** What it got before it came into its present account. */
  outMessagesBefore = 0;
  outBytesBefore = 0;
  #authTimer: NodeJS.Timeout | undefined;
  #stallTimer: NodeJS.Timeout | undefined;
  #lingerTimer: NodeJS.Timeout | undefined;

  constructor(context: ConnectionContext, transport: Transport, clientId: number, own = false) {
    const { limits } = context;
    this.#context = context;
    this.#transport = transport;
    this.clientId = clientId;
    this.requester = new ClientRequester(this, context.serverName);
    this.own = own;
    this.controlLineBytesMax = limits.controlLineBytesMax;
    this.payloadBytesMax = limits.payloadBytesMax;
    this.#log = new ClientLog(context, transport, clientId, context.trace);
    this.#slowConsumer = new SlowConsumer(context, this);
    this.outbound = new Outbound(context.outboundMemory, transport, this);
    const pingIntervalMs = this.type === 'WEBSOCKET' ? limits.webSocketPingIntervalMs : limits.pingIntervalMs;
    this.#heartbeat = new Heartbeat(this, pingIntervalMs, limits.pingsOutstandingMax);
    this.outbound.observer = own;
    this.#inbound = new Inbound(context, this);
    this.subscriptions = new Subscriptions(
      this.outbound,
      (change) => this.#onSubscriptionsCount(change),
      (subscription) => this.#onExhausted(subscription),
    );
    this.#handshake = new Handshake(context, this);
    this.standing = new Standing(context, this);
    this.awaitsConnect = this.awaitsCredentials;
    this.nonce = this.authentication.usesNonce ? randomBytes(NONCE_BYTES).toString('base64url') : '';
    if (!this.awaitsConnect) this.standing.join(undefined, context.accounts.global.name);
  }

  /** Says hello and begins to watch the connection, unless there is more to its opening. */
  open(opening?: (owner: OpeningOwner) => void): void {
    this.debug('Client connection created');
    if (opening !== undefined) return opening(new ClientOpening(this.#context, this));
    this.greet();
    this.begin();
  }

  /** Says hello. */
  greet(hello?: Hello): void {
    this.outbound.appendText(this.#context.infoLine(this, false, undefined, hello));
  }

  /** From here on it speaks the protocol, and has some time for its CONNECT. */
  begin(): void {
    if (this.awaitsConnect) {
      const timeoutMs = this.authentication.timeoutMs(this.type);
      this.#authTimer = setTimeout(() => this.#onAuthTimeout(), timeoutMs);
    }
    this.#heartbeat.start();
  }

  get type(): ConnectionFacts['type'] {
    return this.#transport.webSocket === undefined ? 'STANDARD' : 'WEBSOCKET';
  }

  /** What its upgrade request said, if it came in through WebSocket. */
  get webSocket(): WebSocketFacts | undefined {
    return this.#transport.webSocket;
  }

  /** What is known of it beside its CONNECT. */
  get facts(): ConnectionFacts {
    return {
      clientId: this.clientId,
      type: this.type,
      ip: this.#transport.remoteAddress,
      port: this.#transport.remotePort,
      nonce: this.nonce,
      tls: this.#transport.tls,
    };
  }

  get identity(): Identity | undefined {
    return this.membership?.identity;
  }

  /** Whether it has to show who it is. */
  get awaitsCredentials(): boolean {
    return this.authentication.required(this.type);
  }

  /** Who says whether it may come in. */
  get authentication(): Authentication {
    return this.own ? this.#context.ownAuthentication : this.#context.authentication;
  }

  get stalls(): number {
    return this.#stalls;
  }

  get connectMicros(): number | undefined {
    return this.#connectMicros;
  }

  /** Who it says it is, whether that is so or not; no secret. */
  get claimedUser(): string {
    const { nkey, user, auth_token } = this.#options;
    return nkey || user || (auth_token === '' ? '' : '[REDACTED]');
  }

  get rttMicros(): number | undefined {
    return this.#heartbeat.rttMicros;
  }

  get remoteAddress(): string {
    return this.#transport.remoteAddress;
  }

  get connected(): boolean {
    return this.#connected;
  }

  get stalled(): boolean {
    return this.#stallTimer !== undefined;
  }

  /** Whether INFO may be sent to it at any time. */
  get takesInfo(): boolean {
    return this.#firstPongSent && this.#options.protocol >= 1;
  }

  get options(): ConnectOptions {
    return this.#options;
  }

  set options(options: ConnectOptions) {
    this.#options = options;
    this.#verbose = options.verbose;
    this.#pedantic = options.pedantic;
    this.#noResponders = options.no_responders;
  }

  get state(): ConnectionState {
    const { outbound } = this;
    const { name, lang, version } = this.#options;
    return {
      clientId: this.clientId,
      ip: this.#transport.remoteAddress,
      port: this.#transport.remotePort,
      startedAt: this.startedAt,
      lastActivityAt:
        this.startedAt + Math.max(0, Math.round(this.lastInputAt - performance.now() + Date.now() - this.startedAt)),
      ...(this.#heartbeat.rttMicros === undefined ? {} : { rttMicros: this.#heartbeat.rttMicros }),
      pendingBytes: outbound.pendingBytes,
      inMessages: this.#inMessages,
      outMessages: outbound.outMessages,
      inBytes: this.#inBytes,
      outBytes: outbound.outBytes,
      subscriptions: this.subscriptions.count,
      ...(name === '' ? {} : { name }),
      ...(lang === '' ? {} : { language: lang }),
      ...(version === '' ? {} : { version }),
      ...(this.membership === undefined ? {} : { account: this.membership.account.name }),
      ...(this.membership?.user === undefined ? {} : { user: this.membership.user }),
    };
  }

  setTrace(trace: boolean): void {
    this.#log.tracing = trace;
    this.watch();
  }

  // ── What comes in ─────────────────────────────────────────────────────────────────────────────────────────────────

  onRead(bytes: number): void {
    if (this.closed) return;
    if (this.suspended) return this.#inbound.hold(bytes);
    this.#turn(bytes, false);
  }

  /** Goes on with what came in while it was suspended. */
  resume(): void {
    this.suspended = false;
    if (this.closed) return;
    this.#turn(0, true);
    if (!this.suspended && !this.stalled) this.#transport.resume();
  }

  /** What comes next waits until `resume`. */
  suspend(): void {
    this.suspended = true;
    this.#transport.pause();
  }

  #turn(bytes: number, resuming: boolean): void {
    const { delivery, counters } = this.#context;
    const messagesBefore = this.#inMessages;
    const bytesBefore = this.#inBytes;
    this.#activity = 0;
    if (resuming) this.#inbound.resume();
    else this.#inbound.take(bytes);
    const messages = this.#inMessages - messagesBefore;
    if (messages > 0 || this.#activity > 0) this.lastInputAt = performance.now();
    counters.inMessages += messages;
    counters.inBytes += this.#inBytes - bytesBefore;
    if (messages > 0 && this.membership !== undefined) {
      this.membership.account.inMessages += messages;
      this.membership.account.inBytes += this.#inBytes - bytesBefore;
    }
    this.#context.endTurn();
    const { congested } = delivery;
    if (congested !== undefined) {
      delivery.congested = undefined;
      if (!this.closed && congested.congested) this.#context.holdFor(congested, this, bytes);
    }
  }

  onPublish(parser: Parser): void {
    this.#inMessages++;
    this.#inBytes += parser.payloadBytes;
    if (this.#log.tracing) this.#log.publish(parser);
    const { arena, delivery } = this.#context;
    if (this.#pedantic) checkPublishSubject(this, arena, parser);
    if (parser.headerBytes > 0 && mayAskForTrace(arena.bytes, parser.payloadStart, parser.headerBytes)) {
      return publishTraced(this, this.#context, parser, (message, trace) =>
        this.#publish(message, (this.membership as Membership).cache.lookup(message), trace),
      );
    }
    const { cache } = this.membership as Membership;
    const entry = cache.lookup(parser);
    if (!entry.plain || this.#verbose || parser.replyEnd !== 0) return this.#publish(parser, entry, undefined);
    delivery.deliver(entry, parser, this.outbound);
  }

  #publish(parser: Parser, found: Entry, trace: MessageTrace | undefined): void {
    const { delivery, arena, caches } = this.#context;
    const { cache } = this.membership as Membership;
    let entry = found;
    if (!entry.plain) {
      if (entry.detour !== undefined) entry = this.#follow(entry, parser, trace);
      if (entry.verdict !== 'allowed') {
        const granted = grantedEntry(this.membership as Membership, caches, arena, entry, parser);
        if (granted === undefined) return refusePublish(this, arena, parser);
        entry = granted;
      }
    }
    if (parser.replyEnd !== 0 && hasReservedReply(arena, parser)) return refuseReply(this, arena, parser);
    if (this.#verbose) this.say('+OK');
    const delivered =
      trace === undefined
        ? delivery.deliver(entry, parser, this.outbound)
        : this.#context.tracing.deliver(cache.account, parser, this.outbound, true);
    if (delivered === 0 && parser.replyEnd !== 0 && this.#noResponders) {
      delivery.tellNoResponders(cache, parser, this.outbound);
    }
  }

  /** A message is not taken: the connection is told, the log, and whoever follows its way. Both texts are latin1. */
  refuseMessage(error: string, log: string): void {
    this.#context.tracing.current?.refuse(error);
    this.sendError(error);
    this.log('error', latin1ToText(log));
  }

  /** The message is mapped to another subject. */
  #follow(entry: Entry, parser: Parser, trace: MessageTrace | undefined): Entry {
    const { arena } = this.#context;
    const { cache } = this.membership as Membership;
    const subject = this.#log.tracing ? arena.latin1(parser.subjectStart, parser.subjectEnd) : '';
    const mapped = cache.follow(entry, parser);
    trace?.addMapping(arena.latin1(parser.subjectStart, parser.subjectEnd));
    if (this.#log.tracing) {
      this.#log.in('MAPPING', `${subject} -> ${arena.latin1(parser.subjectStart, parser.subjectEnd)}`);
    }
    return mapped;
  }

  onControl(verb: ControlVerb, parser: Parser): void {
    const { arena } = this.#context;
    const argument = arena.latin1(parser.argumentStart, parser.argumentEnd);
    switch (verb) {
      case 'PING':
        this.#log.in(verb);
        return this.#onPing();
      case 'PONG':
        this.#log.in(verb);
        return this.#heartbeat.onPong();
      case 'SUB':
        this.#log.in(verb, argument);
        return this.#onSubscribe(argument);
      case 'UNSUB':
        this.#log.in(verb, argument);
        return this.#onUnsubscribe(argument);
      case 'CONNECT':
        if (this.#log.tracing) this.#log.in(verb, redactConnect(argument));
        return this.#handshake.onConnect(argument);
      case '-ERR':
        this.log('error', `Client Error ${latin1ToText(argument)}`);
        return this.shut(CLOSE_REASONS.parseError);
      case 'INFO':
        if (!isJsonObject(argument)) this.shut(CLOSE_REASONS.protocolViolation);
        return;
      case '+OK':
    }
  }

  onFault(fault: ProtocolFault, parser: Parser): void {
    if (fault === 'payload-exceeded') traceOversized(this, this.#context, parser);
    endForFault(this, this.#context.arena, fault, parser);
  }

  onUnannounced(): boolean {
    return this.#handshake.onUnannounced();
  }

  onEnd(): void {
    this.shut(CLOSE_REASONS.clientClosed);
  }

  onBroken(text: string): void {
    if (this.closed) return;
    this.log('error', `read error: ${text}`);
    this.shut(CLOSE_REASONS.readError);
  }

  onClose(error: Error | undefined): void {
    this.#close(error === undefined ? CLOSE_REASONS.clientClosed : closeReasonOf(error));
    clearTimeout(this.#lingerTimer);
    this.outbound.release();
    this.#context.onReleased(this);
  }

  // ── What goes out ─────────────────────────────────────────────────────────────────────────────────────────────────

  /** Sends a line of our own. */
  say(line: string): void {
    if (this.#log.tracing && line !== '+OK') this.#log.line(operationLine('->>', line));
    this.outbound.appendText(line === '+OK' ? OK_LINE : `${line}\r\n`);
  }

  sendInfo(): void {
    this.outbound.appendText(this.#context.infoLine(this, true));
  }

  /** INFO that tells of the lame duck, to clients that can take it at any time. `alone`: only this one is sent away. */
  sendLameDuckInfo(alone = false): void {
    this.outbound.appendText(this.#context.infoLine(this, false, alone || undefined));
  }

  /** Pings it now, outside of the usual times. */
  measureRoundTrip(): void {
    if (!this.closed && this.#connected) this.#heartbeat.pingNow();
  }

  /** `text` is latin1. */
  sendError(text: string): void {
    if (this.#log.tracing) this.#log.line(operationLine('->>', '-ERR', text));
    this.outbound.appendText(`-ERR '${text}'\r\n`);
  }

  sendPing(): void {
    this.debug('Client Ping Timer');
    this.say('PING');
    this.#context.endTurn();
  }

  onBehind(outbound: Outbound): void {
    this.#slowConsumer.onBehind(outbound);
  }

  onProgress(outbound: Outbound): void {
    this.#slowConsumer.onProgress(outbound);
  }

  onDelivered(head: string, reply: string, payloadStart: number, payloadEnd: number): void {
    if (reply !== '') this.membership?.grants?.grant(reply);
    if (this.#log.tracing) this.#log.delivered(head, payloadStart, payloadEnd);
  }

  // ── How it ends ───────────────────────────────────────────────────────────────────────────────────────────────────

  /** Ends it after the last word that was sent. What still comes in is thrown away for a moment, so that no reset eats that word. */
  finish(reason: CloseReason): void {
    if (this.closed) return;
    this.#transport.announceEnd?.(reason);
    this.outbound.finish();
    this.#close(reason);
    this.#lingerTimer = setTimeout(() => this.#transport.destroy(), LINGER_MS);
    this.#transport.resume();
  }

  /** Ends it without a word; what was sent before goes out. */
  shut(reason: CloseReason): void {
    this.finish(reason);
  }

  /** Ends it at once; what waits is given up. */
  cut(reason: CloseReason): void {
    this.outbound.close();
    this.#close(reason);
    this.#transport.destroy();
  }

  onStale(): void {
    this.debug('Stale Client Connection - Closing');
    this.#context.counters.staleConnections++;
    this.sendError(ERRORS.staleConnection);
    this.finish(CLOSE_REASONS.staleConnection);
  }

  onTick(): void {
    this.#inbound.relax();
  }

  #close(reason: CloseReason): void {
    if (this.closed) return;
    this.closed = true;
    clearTimeout(this.#authTimer);
    this.#handshake.abort();
    this.unstall();
    this.#heartbeat.stop();
    this.#slowConsumer.release();
    this.#inbound.release();
    this.#context.onClosing(this, Date.now(), reason);
    this.standing.leave();
    this.debug(`Client connection closed: ${reason}`);
    this.#context.onClosed(this, reason);
  }

  #onAuthTimeout(): void {
    this.debug(ERRORS.authenticationTimeout);
    this.sendError(ERRORS.authenticationTimeout);
    this.finish(CLOSE_REASONS.authenticationTimeout);
  }

  // ── Being held back ───────────────────────────────────────────────────────────────────────────────────────────────

  /** Publishers that wait for this consumer. */
  hold(publisher: Client, bytes: number): void {
    this.#slowConsumer.hold(publisher, bytes);
  }

  stall(ms: number): void {
    this.#stalls++;
    this.#context.counters.stalledPublishers++;
    this.#transport.pause();
    this.#stallTimer = setTimeout(() => this.unstall(), ms);
  }

  unstall(): void {
    if (this.#stallTimer === undefined) return;
    clearTimeout(this.#stallTimer);
    this.#stallTimer = undefined;
    this.#transport.resume();
  }

  // ── Verbs ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * CONNECT was taken, or is not needed. False when its account takes nobody any more: then the connection has been told
   * and is closed.
   */
  admit(identity: Identity): boolean {
    this.stopAuthTimer();
    if (!this.standing.join(identity, identity.account)) return false;
    this.awaitsConnect = false;
    const membership = this.membership as Membership;
    const { name, options } = membership.account;
    const account = options.displayName === undefined ? name : `${name}/${options.displayName}`;
    this.#log.name(this.#options, account, membership.label);
    if (!this.#connected) this.#heartbeat.startFirst(Math.random());
    this.#connected = true;
    this.#context.onAdmitted(this);
    return true;
  }

  /** Nobody is let in as that. */
  refuse(refusal: Refusal): void {
    const { error, reason, log, debug } = refusal;
    if (debug !== undefined) this.debug(debug);
    if (error === '') return this.shut(reason);
    if (log !== '') this.log('error', log ?? 'authentication error');
    this.sendError(error);
    this.#context.onRefused(this, refusal);
    this.finish(reason);
  }

  /** A CONNECT has come: the time that it took is a first measure of the way. */
  noteConnect(): void {
    this.#connectMicros ??= Math.round((performance.now() - this.#acceptedAt) * 1000);
  }

  /** It has begun to show who it is: from here on it is not for us to hurry. */
  stopAuthTimer(): void {
    clearTimeout(this.#authTimer);
  }

  /** Deliveries are told while it is traced, or may answer what it gets. */
  watch(): void {
    this.outbound.watched = this.#log.tracing || this.membership?.grants !== undefined;
  }

  #onSubscriptionsCount(change: number): void {
    if (this.own) return;
    this.#context.counters.subscriptions += change;
    if (this.membership !== undefined) this.membership.account.subscriptions += change;
  }

  #onPing(): void {
    this.say('PONG');
    this.#activity++;
    if (this.#connected && !this.#firstPongSent) {
      this.#firstPongSent = true;
      if (this.#options.protocol >= 1) this.sendInfo();
    }
  }

  #onSubscribe(argument: string): void {
    this.#activity++;
    this.#settle(this.subscriptions.subscribe(argument));
  }

  #onUnsubscribe(argument: string): void {
    this.#activity++;
    const { outcome, removed } = this.subscriptions.unsubscribe(argument);
    this.#settle(outcome);
    if (removed) this.#log.line(operationLine('<->', 'DELSUB', removed.sid));
  }

  #settle(outcome: SubscriptionOutcome): void {
    switch (outcome.type) {
      case 'ok':
        if (this.#verbose) this.say('+OK');
        return;
      case 'malformed':
        this.log('error', 'processSub Parse Error');
        return this.shut(CLOSE_REASONS.protocolViolation);
      case 'refused':
        this.sendError(outcome.error);
        if (outcome.log !== undefined) this.log('error', latin1ToText(outcome.log));
    }
  }

  #onExhausted(subscription: Subscription): void {
    this.debug(`Auto-unsubscribe limit of ${subscription.max} reached for sid '${latin1ToText(subscription.sid)}'`);
    this.#log.line(operationLine('<->', 'DELSUB', subscription.sid));
  }

  // ── Log ───────────────────────────────────────────────────────────────────────────────────────────────────────────

  log(level: LogLevel, text: string): void {
    this.#log.write(level, text);
  }

  debug(text: string): void {
    this.#log.debug(text);
  }
}

const OK_LINE = '+OK\r\n';

function closeReasonOf(error: NodeJS.ErrnoException): CloseReason {
  // A peer that resets has gone away, like one that closes; nats-server calls both the same.
  if (error.code === 'ECONNRESET') return CLOSE_REASONS.clientClosed;
  return error.syscall === 'write' ? CLOSE_REASONS.writeError : CLOSE_REASONS.readError;
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && !Array.isArray(value);
  } catch {
    return false;
  }
}
