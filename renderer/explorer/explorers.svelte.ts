/** One explorer for each connection that was looked at, kept while the connection exists. */

import type { ConnectionId } from '../../electron/bridge/contract.ts';
import { connections } from '../state/connections.svelte.ts';
import { Explorer } from './explorer.svelte.ts';
import { selection } from './selection.svelte.ts';

interface Kept {
  explorer: Explorer;
  free: () => void;
  /** Whether the core has named the connection: one that was just saved is shown before it is listed. */
  listed: boolean;
}

const kept = new Map<ConnectionId, Kept>();

export function explorerOf(connection: ConnectionId): Explorer {
  const known = kept.get(connection);
  if (known !== undefined) return known.explorer;
  // A root of its own: state that a `$derived` creates would be taken for its own and not be followed by it.
  let explorer: Explorer | undefined;
  const free = $effect.root(() => {
    explorer = new Explorer(connection);
  });
  if (explorer === undefined) throw new Error('An effect root runs at once.');
  kept.set(connection, { explorer, free, listed: false });
  return explorer;
}

/** Lets go of what belongs to connections that were removed. */
export function forgetRemoved(): void {
  for (const [id, entry] of kept) {
    const listed = connections.byId(id) !== undefined;
    entry.listed ||= listed;
    if (listed || !entry.listed || connections.list.length === 0) continue;
    entry.explorer.dispose();
    entry.free();
    kept.delete(id);
    selection.forget(id);
  }
}
