/**
 * In which account streams and buckets of a connection are looked at, where it is in several, as it is on the local
 * broker. One choice for all views of a connection; until somebody chooses, the first account that has JetStream.
 */

import type { ConnectionId, ConnectionState, JetStreamOf } from '../../electron/bridge/contract.ts';

let chosen = $state.raw<ReadonlyMap<ConnectionId, string>>(new Map());

type Where = Pick<ConnectionState, 'id' | 'accounts'>;

export const streamAccounts = {
  /** Undefined where there is none to choose. */
  of({ id, accounts = [] }: Where): string | undefined {
    const wish = chosen.get(id);
    if (accounts.some(({ name }) => name === wish)) return wish;
    return accounts.find(({ jetstream }) => jetstream)?.name;
  },
  choose(connection: ConnectionId, account: string): void {
    chosen = new Map([...chosen, [connection, account]]);
  },
  /** For a menu; empty where there is nothing to choose. That of the server itself has no streams. */
  choices(connection: Where): { name: string; hint: string }[] {
    const listed = (connection.accounts ?? []).filter(({ system }) => !system);
    if (listed.length < 2) return [];
    const now = streamAccounts.of(connection);
    return listed.map(({ name, jetstream }) => ({
      name,
      hint: name === now ? 'now' : jetstream ? '' : 'no JetStream',
    }));
  },
};

/** What requests about streams and buckets name. */
export function placeOfStreams(connection: ConnectionId, account: string | undefined): JetStreamOf {
  return account === undefined ? { connection } : { connection, account };
}
