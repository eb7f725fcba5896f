/** What is told of connections to whoever owns the broker. */

/** One client connection, open or closed. Times are milliseconds since the Unix epoch. */
export interface ConnectionState {
  clientId: number;
  ip: string;
  port: number;
  startedAt: number;
  lastActivityAt: number;
  /** Round trip of the last ping in microseconds; absent while none was answered. */
  rttMicros?: number;
  pendingBytes: number;
  inMessages: number;
  outMessages: number;
  inBytes: number;
  outBytes: number;
  subscriptions: number;
  name?: string;
  language?: string;
  version?: string;
  user?: string;
  /** Name of the account; absent while it is in none. */
  account?: string;
  /** Set once it is closed. */
  closedAt?: number;
  /** nats-server's word for why it was closed, `reason` of connz. */
  reason?: string;
}

/** Something that an owner may want to show: `connect` once CONNECT was taken, `close`, a slow consumer. */
export type BrokerEvent =
  | { type: 'connect'; clientId: number }
  | { type: 'close'; clientId: number; reason: string }
  | { type: 'slow-consumer'; clientId: number; pendingBytes: number };
