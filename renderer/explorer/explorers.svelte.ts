/** One explorer for each connection that was looked at, kept while the connection exists. */

import type { ConnectionId } from '../../electron/bridge/contract.ts';
import { connections } from '../state/connections.svelte.ts';
import { Explorer } from './explorer.svelte.ts';
import { selection } from './selection.svelte.ts';

const kept = new Map<ConnectionId, Explorer>();

export function explorerOf(connection: ConnectionId): Explorer {
  let explorer = kept.get(connection);
  if (explorer === undefined) {
    explorer = new Explorer(connection);
    kept.set(connection, explorer);
  }
  return explorer;
}

/** The explorer of the connection that the window shows. */
export function currentExplorer(): Explorer {
  return explorerOf(connections.currentId);
}

/** Lets go of what belongs to connections that were removed. */
export function forgetRemoved(): void {
  for (const [id, explorer] of kept) {
    if (connections.byId(id) !== undefined || connections.list.length === 0) continue;
    explorer.dispose();
    kept.delete(id);
    selection.forget(id);
  }
}
