/** What the thread of a connection tells of it, as plain data. */

import type { ConnectionAccount, ConnectionPhase } from '../bridge/contract.ts';

export interface LinkState {
  phase: ConnectionPhase;
  /** With its port, credentials taken out. */
  server?: string;
  serverName?: string;
  serverVersion?: string;
  /** Of this connection at the server; several where it is in several accounts. */
  clientIds?: number[];
  account?: string;
  /** Address and port of the other side. */
  remote?: string;
  roundTrip?: number;
  attempt?: number;
  /** Microseconds since the epoch, as `since`. */
  nextAttemptAt?: number;
  since?: number;
  rate: number;
  problem?: string;
  maxPayload?: number;
  headers?: boolean;
  jetstream?: boolean;
  accounts?: ConnectionAccount[];
  encrypted?: boolean;
}
