/** What tabs, status bar and palette say of a connection. */

import type { ConnectionState } from '../../../electron/bridge/contract.ts';
import { ratePerSecond } from '../../ui/numbers.ts';

export type DotState = 'ok' | 'warn' | 'error' | 'idle' | 'paused';

export function dotOf(connection: ConnectionState, paused: boolean): DotState {
  switch (connection.phase) {
    case 'connected':
      return paused ? 'paused' : 'ok';
    case 'connecting':
    case 'reconnecting':
      return 'warn';
    case 'failed':
      return 'error';
    case 'closed':
      return 'idle';
  }
}

/** The rate of a connection that stands, else its state in a word. */
export function rateText(connection: ConnectionState, paused: boolean): string {
  switch (connection.phase) {
    case 'connected':
      return paused ? 'paused' : ratePerSecond(connection.rate);
    case 'failed':
      return 'offline';
    default:
      return connection.phase;
  }
}
