/** What the main thread and the broker's thread say to each other. */

import type { BrokerErrorCode, BrokerStats, LogLevel } from '../../broker/index.ts';

export interface ThreadOptions {
  host: string;
  /** 1 … 65535, or -1 for any free port. */
  port: number;
  serverName: string;
  spinning: boolean;
}

export type ToThread =
  | { type: 'stop' }
  | { type: 'client'; id: number; clientId: number }
  /** The app's own connection only looks on. */
  | { type: 'observe'; clientId: number }
  /** Whether the loop may poll for a moment after a read instead of sleeping at once. */
  | { type: 'spinning'; on: boolean };

export type FromThread =
  | { type: 'started'; port: number; stats: BrokerStats }
  /** It could not start. The thread ends by itself after this. */
  | { type: 'refused'; code: BrokerErrorCode | 'internal'; text: string }
  | { type: 'stats'; stats: BrokerStats }
  | { type: 'client'; id: number; pendingBytes: number | null }
  | { type: 'log'; level: LogLevel; text: string };
