import type { Client } from './client.ts';

/**
 * Looks at connections again whose account (by its name; without one, all) is told to be another one now. Where it takes
 * fewer than are there, those who came last go. `clients` are in the order in which they came.
 */
export function reviewConnections(clients: Iterable<Client>, account: string | undefined): void {
  let counted = 0;
  for (const client of [...clients]) {
    const its = client.membership?.account;
    if (account !== undefined && its?.name !== account) continue;
    const connectionsMax = (account === undefined ? undefined : its?.options.limits?.connectionsMax) ?? -1;
    if (connectionsMax >= 0 && !client.own && ++counted > connectionsMax) client.standing.exceed();
    else void client.standing.review();
  }
}
