import type { Account } from '../account/account.ts';
import type { Sink } from '../account/sink.ts';
import type { Arena } from '../base/arena.ts';
import type { LogLevel } from '../base/log.ts';
import type { InternalBus } from '../delivery/bus.ts';
import type { Delivery } from '../delivery/delivery.ts';
import type { MatchCaches } from '../delivery/match-caches.ts';
import type { MessageStack } from '../delivery/message-stack.ts';
import type { Tracing } from '../delivery/tracing.ts';
import type { StoredDelivery } from '../delivery/stored-delivery.ts';
import type { SubjectHash } from '../store/message-log.ts';
import type { SystemClock } from './clock.ts';

/** What JetStream has of its broker. */
export interface Surroundings {
  readonly arena: Arena;
  readonly caches: MatchCaches;
  readonly delivery: Delivery;
  readonly messages: MessageStack;
  readonly stored: StoredDelivery;
  readonly bus: InternalBus;
  /** Messages whose way is followed. */
  readonly tracing: Tracing;
  readonly accounts: AccountList;
  readonly clock: SystemClock;
  readonly hash: SubjectHash;
  readonly serverName: string;
  readonly serverId: string;
  readonly payloadBytesMax: () => number;
  /** Ends a turn: `settle`, and then sockets are written to. */
  readonly endTurn: () => void;
  readonly log: (level: LogLevel, text: string) => void;
  /** The connection behind a sink, as events name it. */
  readonly clientOf: (sink: Sink) => object | undefined;
}

export interface AccountList {
  readonly system: Account | undefined;
  get(name: string): Account | undefined;
  list(): readonly Account[];
}
