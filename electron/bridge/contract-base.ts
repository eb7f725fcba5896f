/** What every part of the contract is written with. */

export type ConnectionId = string;

/** The connection to the broker in this process. It is always there and cannot be removed. */
export const LOCAL_CONNECTION: ConnectionId = 'local';

/** How an error crosses the bridge. Branch on `code`; `message` is for people and says what to do. */
export interface BridgeErrorShape {
  code: string;
  message: string;
  details?: Record<string, string | number | boolean | null>;
}

/** One scalar of a value: `key` is empty for a payload that is a bare value. */
export interface ChangedField {
  key: string;
  text: string;
  changed: boolean;
}

export interface HeaderField {
  name: string;
  value: string;
}

/** Params that name the connection they are for. */
export type On<T> = T & { connection: ConnectionId };
export type None = Record<string, never>;

/** Which JetStream: that of a connection, and of an account where the connection is in several (absent: the first). */
export interface JetStreamOf {
  connection: ConnectionId;
  account?: string;
}

/** Params that name the JetStream they are for. */
export type InJetStream<T> = JetStreamOf & T;
