import type { Subscription } from '../account/subscription.ts';
import { latin1ToText, quoteLatin1 } from '../base/latin1.ts';
import { FAULT_SNIPPET_BYTES, LINGER_MS } from '../limits.ts';
import type { LogLevel } from '../base/log.ts';
import type { ConnectionState } from './state.ts';
import { isValidPublishSubject } from '../subject/validity.ts';
import type { Transport, TransportReader } from '../transport/transport.ts';
import { type ConnectOptions, defaultConnectOptions, redactConnect } from '../wire/connect.ts';
import type { ControlVerb, Parser, ParserClient, ProtocolFault } from '../wire/parser.ts';
import { CLOSE_REASONS, type CloseReason, ERRORS } from '../wire/protocol.ts';
import type { ConnectionContext } from './context.ts';
import { acceptConnect, admitUnannounced } from './handshake.ts';
import { Heartbeat, type HeartbeatOwner } from './heartbeat.ts';
import { Inbound } from './inbound.ts';
import { Outbound, type OutboundOwner } from './outbound.ts';
import { SlowConsumer } from './slow-consumer.ts';
import { type SubscriptionOutcome, Subscriptions } from './subscriptions.ts';
import { operationLine, payloadLine } from './trace.ts';

/** One client connection: what comes in is parsed and acted on here, what goes out is in `outbound`. */
export class Client implements ParserClient, TransportReader, HeartbeatOwner, OutboundOwner {
  // What the parser and the delivery of each message look at.
  closed = false;
  awaitsConnect: boolean;
  readonly controlLineBytesMax: number;
  readonly payloadBytesMax: number;
  headers = false;
  #verbose = true;
  #pedantic = true;
  #noResponders = false;
  #trace: boolean;
  #inMessages = 0;
  #inBytes = 0;
  /** Messages and subscriptions of the present read. */
  #activity = 0;

  readonly clientId: number;
  readonly outbound: Outbound;
  readonly subscriptions: Subscriptions;
  readonly #context: ConnectionContext;
  readonly #transport: Transport;
  readonly #inbound: Inbound;
  readonly #slowConsumer: SlowConsumer;
  readonly #heartbeat: Heartbeat;
  readonly #startedAt = Date.now();
  lastInputAt = performance.now();
  #options: ConnectOptions = defaultConnectOptions();
  #connected = false;
  #firstPongSent = false;
  #user: string | undefined;
  #logPrefix: string;
  #authTimer: NodeJS.Timeout | undefined;
  #stallTimer: NodeJS.Timeout | undefined;
  #lingerTimer: NodeJS.Timeout | undefined;

  constructor(context: ConnectionContext, transport: Transport, clientId: number) {
    const { limits } = context;
    this.#context = context;
    this.#transport = transport;
    this.clientId = clientId;
    this.controlLineBytesMax = limits.controlLineBytesMax;
    this.payloadBytesMax = limits.payloadBytesMax;
    this.awaitsConnect = context.authenticator.required;
    this.#trace = context.trace;
    this.#logPrefix = `${addressText(transport)} - cid:${clientId}`;
    this.#slowConsumer = new SlowConsumer(context, this);
    this.outbound = new Outbound(context.outboundMemory, transport, this);
    this.outbound.traced = this.#trace;
    this.#heartbeat = new Heartbeat(this, limits.pingIntervalMs, limits.pingsOutstandingMax);
    this.#inbound = new Inbound(context, this);
    this.subscriptions = new Subscriptions(
      context.account,
      this.outbound,
      limits,
      (change) => (context.counters.subscriptions += change),
      (subscription) => this.#onExhausted(subscription),
    );
  }

  /** Says hello and begins to watch the connection. */
  open(): void {
    const { limits } = this.#context;
    this.debug('Client connection created');
    this.outbound.appendText(this.#context.infoLine(this, false));
    if (this.awaitsConnect) {
      this.#authTimer = setTimeout(() => this.#onAuthTimeout(), limits.authTimeoutMs);
    }
    this.#heartbeat.start();
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
      startedAt: this.#startedAt,
      lastActivityAt:
        this.#startedAt + Math.max(0, Math.round(this.lastInputAt - performance.now() + Date.now() - this.#startedAt)),
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
      ...(this.#user === undefined ? {} : { user: this.#user }),
    };
  }

  setTrace(trace: boolean): void {
    this.#trace = trace;
    this.outbound.traced = trace;
  }

  // ── What comes in ─────────────────────────────────────────────────────────────────────────────────────────────────

  onRead(bytes: number): void {
    if (this.closed) return;
    const { delivery, counters } = this.#context;
    const messagesBefore = this.#inMessages;
    const bytesBefore = this.#inBytes;
    this.#activity = 0;
    this.#inbound.take(bytes);
    const messages = this.#inMessages - messagesBefore;
    if (messages > 0 || this.#activity > 0) this.lastInputAt = performance.now();
    counters.inMessages += messages;
    counters.inBytes += this.#inBytes - bytesBefore;
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
    if (this.#trace) this.#tracePublish(parser);
    const { cache, delivery } = this.#context;
    if (this.#pedantic) this.#checkPublishSubject(parser);
    const entry = cache.lookup(parser);
    if (entry.verdict === 'denied') return this.#refusePublish(parser);
    if (parser.replyEnd !== 0 && this.#hasReservedReply(parser)) return this.#refuseReply(parser);
    if (this.#verbose) this.say('+OK');
    if (delivery.deliver(entry, parser, this.outbound) === 0 && parser.replyEnd !== 0 && this.#noResponders) {
      delivery.tellNoResponders(cache, parser, this.outbound);
    }
  }

  onControl(verb: ControlVerb, parser: Parser): void {
    const { arena } = this.#context;
    const argument = arena.latin1(parser.argumentStart, parser.argumentEnd);
    switch (verb) {
      case 'PING':
        this.#traceIn(verb);
        return this.#onPing();
      case 'PONG':
        this.#traceIn(verb);
        return this.#heartbeat.onPong();
      case 'SUB':
        this.#traceIn(verb, argument);
        return this.#onSubscribe(argument);
      case 'UNSUB':
        this.#traceIn(verb, argument);
        return this.#onUnsubscribe(argument);
      case 'CONNECT':
        if (this.#trace) this.#traceIn(verb, redactConnect(argument));
        return acceptConnect(this.#context, this, argument);
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
    switch (fault) {
      case 'unknown-operation': {
        this.sendError(ERRORS.unknownOperation);
        const { arena } = this.#context;
        const snippet = arena.latin1(parser.faultAt, Math.min(parser.faultAt + FAULT_SNIPPET_BYTES, parser.faultEnd));
        this.log('error', `Client parser ERROR, proto='${latin1ToText(quoteLatin1(snippet))}...'`);
        return this.finish(CLOSE_REASONS.protocolViolation);
      }
      case 'malformed-arguments':
      case 'headers-not-supported':
        this.log(
          'error',
          fault === 'headers-not-supported' ? 'message headers not supported' : 'processPub Parse Error',
        );
        return this.shut(CLOSE_REASONS.protocolViolation);
      case 'control-line-exceeded':
        this.sendError(ERRORS.controlLineExceeded);
        this.log('error', ERRORS.controlLineExceeded);
        return this.finish(CLOSE_REASONS.controlLineExceeded);
      case 'payload-exceeded':
        this.log('error', `maximum payload exceeded: ${parser.payloadBytes} vs ${this.payloadBytesMax}`);
        this.sendError(ERRORS.payloadViolation);
        return this.finish(CLOSE_REASONS.payloadExceeded);
    }
  }

  onUnannounced(): boolean {
    return admitUnannounced(this.#context, this);
  }

  onEnd(): void {
    this.shut(CLOSE_REASONS.clientClosed);
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
    if (this.#trace && line !== '+OK') this.#traceLine(operationLine('->>', line));
    this.outbound.appendText(line === '+OK' ? OK_LINE : `${line}\r\n`);
  }

  sendInfo(): void {
    this.outbound.appendText(this.#context.infoLine(this, true));
  }

  /** INFO that tells of the lame duck, to clients that can take it at any time. */
  sendLameDuckInfo(): void {
    this.outbound.appendText(this.#context.infoLine(this, false));
  }

  /** `text` is latin1. */
  sendError(text: string): void {
    if (this.#trace) this.#traceLine(operationLine('->>', '-ERR', text));
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

  onDelivered(head: string, payloadStart: number, payloadEnd: number): void {
    const { arena, limits } = this.#context;
    this.#traceLine(latin1ToText(`->> [${head}]`));
    const payload = arena.latin1(payloadStart, payloadEnd);
    this.#traceLine(payloadLine('->>', payload, limits.maxTracedMessageLength));
  }

  // ── How it ends ───────────────────────────────────────────────────────────────────────────────────────────────────

  /** Ends it after the last word that was sent. What still comes in is thrown away for a moment, so that no reset eats that word. */
  finish(reason: CloseReason): void {
    if (this.closed) return;
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
    this.unstall();
    this.#heartbeat.stop();
    this.#slowConsumer.release();
    this.#inbound.release();
    const { state } = this;
    this.subscriptions.clear();
    this.debug(`Client connection closed: ${reason}`);
    this.#context.onClosed(this, { ...state, closedAt: Date.now(), reason });
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

  /** CONNECT was taken, or is not needed. */
  admit(user: string | undefined): void {
    clearTimeout(this.#authTimer);
    this.awaitsConnect = false;
    this.#user = user;
    if (!this.#connected) this.#nameInLog(user);
    this.#connected = true;
    this.#heartbeat.startFirst(Math.random());
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
    if (removed) this.#traceLine(operationLine('<->', 'DELSUB', removed.sid));
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
    this.#traceLine(operationLine('<->', 'DELSUB', subscription.sid));
  }

  #checkPublishSubject(parser: Parser): void {
    const { arena } = this.#context;
    if (!isValidPublishSubject(arena.latin1(parser.subjectStart, parser.subjectEnd))) {
      this.sendError(ERRORS.invalidPublishSubject);
    }
  }

  #refusePublish(parser: Parser): void {
    const subject = quoteLatin1(this.#context.arena.latin1(parser.subjectStart, parser.subjectEnd));
    this.sendError(`Permissions Violation for Publish to ${subject}`);
    this.log('error', latin1ToText(`Publish Violation - Subject ${subject}`));
  }

  /** Replies that only the server may ask for. The first two letters rule out nearly all others. */
  #hasReservedReply(parser: Parser): boolean {
    const { arena } = this.#context;
    const { bytes } = arena;
    const first = bytes[parser.replyStart];
    if (first !== 0x5f && first !== 0x24) return false;
    const second = bytes[parser.replyStart + 1];
    if (second !== 0x52 && second !== 0x47 && second !== 0x4a) return false;
    const reply = arena.latin1(parser.replyStart, parser.replyEnd);
    return RESERVED_REPLIES.some((prefix) => reply.startsWith(prefix));
  }

  #refuseReply(parser: Parser): void {
    const reply = quoteLatin1(this.#context.arena.latin1(parser.replyStart, parser.replyEnd));
    this.sendError(`Permissions Violation for Publish with Reply of ${reply}`);
    this.log('error', latin1ToText(`Publish Violation - Reply ${reply}`));
  }

  // ── Log and trace ─────────────────────────────────────────────────────────────────────────────────────────────────

  log(level: LogLevel, text: string): void {
    this.#context.log(level, `${this.#logPrefix} - ${text}`);
  }

  debug(text: string): void {
    if (this.#context.debug) this.log('debug', text);
  }

  #nameInLog(user: string | undefined): void {
    const { version, lang, name } = this.#options;
    const client = [version === '' ? '' : `v${version}`, lang, name].filter((part) => part !== '').join(':');
    if (client !== '') this.#logPrefix += ` - ${JSON.stringify(client)}`;
    if (user !== undefined) this.#logPrefix += ` - ${JSON.stringify(`${this.#context.account.name}/${user}`)}`;
  }

  #traceIn(verb: string, argument?: string): void {
    if (this.#trace) this.#traceLine(operationLine('<<-', verb, argument));
  }

  #tracePublish(parser: Parser): void {
    const { arena, limits } = this.#context;
    const line = arena.latin1(parser.subjectStart, parser.payloadStart - 2);
    this.#traceIn(parser.headerBytes < 0 ? 'PUB' : 'HPUB', line);
    const payload = arena.latin1(parser.payloadStart, parser.payloadStart + parser.payloadBytes);
    this.#traceLine(payloadLine('<<-', payload, limits.maxTracedMessageLength));
  }

  #traceLine(line: string | undefined): void {
    if (this.#trace && line !== undefined) this.log('trace', line);
  }
}

const OK_LINE = '+OK\r\n';

const RESERVED_REPLIES = ['_R_.', '$JS.ACK.', '_GR_.'];

function addressText({ remoteAddress, remotePort }: Transport): string {
  return `${remoteAddress.includes(':') ? `[${remoteAddress}]` : remoteAddress}:${remotePort}`;
}

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
