import type { Arena } from '../base/arena.ts';
import type { Sink } from '../account/sink.ts';
import type { Accounts } from '../account/accounts.ts';
import type { Authentication, Refusal } from '../auth/authentication.ts';
import type { Delivery } from '../delivery/delivery.ts';
import type { MatchCaches } from '../delivery/match-caches.ts';
import type { MessageStack } from '../delivery/message-stack.ts';
import type { Tracing } from '../delivery/tracing.ts';
import type { LogLevel } from '../base/log.ts';
import type { CloseReason } from '../wire/protocol.ts';
import type { BrokerEvent } from './state.ts';
import type { Parser } from '../wire/parser.ts';
import type { Client } from './client.ts';
import type { OutboundMemory } from './outbound.ts';

/** Options with every default filled in. */
export interface ConnectionLimits {
  readonly payloadBytesMax: number;
  readonly controlLineBytesMax: number;
  readonly pendingBytesMax: number;
  /** 0: no limit, here and below. */
  readonly subscriptionsMax: number;
  readonly subscriptionTokensMax: number;
  readonly pingIntervalMs: number;
  readonly webSocketPingIntervalMs: number;
  readonly pingsOutstandingMax: number;
  readonly writeDeadlineMs: number;
  readonly authTimeoutMs: number;
  readonly noFastProducerStall: boolean;
  readonly headerSupport: boolean;
  readonly maxTracedMessageLength: number;
}

/** What the first INFO says that depends on how the connection begins. */
export interface Hello {
  readonly tlsRequired: boolean;
  /** Whether it says where the client is; that of a proxy is none of the client's business. */
  readonly withAddress: boolean;
}

/** Counters of all connections together. */
export interface Counters {
  inMessages: number;
  inBytes: number;
  /** Of connections that are gone; the open ones count for themselves. */
  outMessagesClosed: number;
  outBytesClosed: number;
  droppedMessagesClosed: number;
  subscriptions: number;
  slowConsumers: number;
  staleConnections: number;
  stalledPublishers: number;
}

/** What a connection gets from its broker. */
export interface ConnectionContext {
  readonly limits: ConnectionLimits;
  readonly arena: Arena;
  /** Where reads end up. In front of it is room for what an earlier read left. */
  readonly readStart: number;
  /** Where a message is put that came in many reads. */
  readonly staging: number;
  readonly parser: Parser;
  readonly delivery: Delivery;
  readonly caches: MatchCaches;
  /** Messages that the broker puts together. */
  readonly messages: MessageStack;
  readonly tracing: Tracing;
  readonly outboundMemory: OutboundMemory;
  readonly authentication: Authentication;
  /** For connections of the owner. */
  readonly ownAuthentication: Authentication;
  readonly accounts: Accounts;
  readonly counters: Counters;
  /** As INFO gives it. */
  readonly serverName: string;
  readonly debug: boolean;
  readonly trace: boolean;
  /**
   * INFO for this client; `connected` adds what only a connected client is told, `lameDuck` sends it away, `hello` is
   * known of its beginning.
   */
  infoLine(client: Client, connected: boolean, lameDuck?: boolean, hello?: Hello): string;
  log(level: LogLevel, text: string): void;
  emit(event: BrokerEvent): void;
  /** A publisher has just sent so many bytes to a consumer that is congested. */
  holdFor(consumer: Sink, publisher: Client, bytes: number): void;
  /** The turn is over: what was gathered is written. */
  endTurn(): void;
  /** It has come into its account, by what it showed or because it needed to show nothing. */
  onAdmitted(client: Client): void;
  /** It was turned away, or has to go, because of who it is; it is not closed yet. */
  onRefused(client: Client, refusal: Refusal): void;
  /** It is about to be closed, with everything it had. `at`: milliseconds since the epoch. */
  onClosing(client: Client, at: number, reason: CloseReason): void;
  /** The connection counts as closed. Its socket may live on for a moment. */
  onClosed(client: Client, reason: CloseReason): void;
  /** Its socket is gone. */
  onReleased(client: Client): void;
}
