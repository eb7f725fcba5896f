/** What the main thread and the thread of a connection say to each other. */

import type { MessagePort } from 'node:worker_threads';
import type { ConnectionAccount, LogEntry, Profile } from '../bridge/contract.ts';
import type { LinkState } from './link-state.ts';

export interface ThreadOptions {
  /** With its secrets. */
  profile: Profile;
  /** Shared by the captures of all connections. */
  budget: SharedArrayBuffer;
}

/** What lets the app into every account of its own broker. */
export interface LocalAccess {
  /** Goes with the name of an account; new with every start of the broker. */
  token: string;
  /** The first one is that of clients which name none. Empty: one connection, without credentials. */
  accounts: readonly ConnectionAccount[];
}

export type ToThread =
  | { type: 'open' }
  | { type: 'close' }
  /** Takes effect at the next attempt; `reconnect` makes one now when the connection is open. */
  | { type: 'profile'; profile: Profile; reconnect: boolean }
  /** The accounts of the local broker; for its connection only. */
  | { type: 'access'; access: LocalAccess }
  /** A window's channel. The port is transferred with the message. */
  | { type: 'attach'; port: MessagePort }
  /** The thread ends by itself after this. */
  | { type: 'stop' };

export type FromThread =
  | { type: 'state'; state: LinkState }
  /** An attempt failed at this server. */
  | { type: 'failure'; server: string }
  | { type: 'log'; level: LogEntry['level']; text: string };
