import type { Account } from './account/account.ts';
import type { Subscription } from './account/subscription.ts';
import { textToLatin1 } from './base/latin1.ts';
import type { Client } from './connection/client.ts';
import type { MatchCaches } from './delivery/match-caches.ts';
import type { MonitoredAccount, MonitoredConnection, MonitoredSubscription } from './monitor/host.ts';

/** What the monitor is shown of connections and accounts. */

/** A connection as it is at the moment of asking. */
export function openConnection(client: Client): MonitoredConnection {
  const { subscriptions } = client;
  return connectionRecord(client, () => subscriptionsOf(client.clientId, subscriptions.list()), subscriptions.count);
}

/** A connection at its end; nothing of it is held on to. */
export function closedConnection(
  client: Client,
  had: readonly Subscription[],
  closedAt: number,
  reason: string,
): MonitoredConnection {
  const kept = subscriptionsOf(client.clientId, had);
  return { ...connectionRecord(client, () => kept, kept.length), pendingBytes: 0, closedAt, reason };
}

function connectionRecord(
  client: Client,
  subscriptions: () => Iterable<MonitoredSubscription>,
  subscriptionCount: number,
): MonitoredConnection {
  const { state, options, identity, membership, outbound } = client;
  const account = membership?.account.name ?? client.standing.lastAccount;
  // Of who came in by a key of the configuration the account stands for the issuer, as nats-server has it.
  const byKey = identity !== undefined && options.nkey !== '' && identity.user === options.nkey;
  return {
    clientId: client.clientId,
    kind: 'Client',
    type: client.type === 'WEBSOCKET' ? 'websocket' : 'nats',
    ip: state.ip,
    port: state.port,
    startedAt: client.startedAt,
    lastActivityAt: state.lastActivityAt,
    rttMicros: client.rttMicros ?? client.connectMicros,
    pendingBytes: outbound.pendingBytes,
    inMessages: state.inMessages,
    inBytes: state.inBytes,
    outMessages: outbound.outMessages,
    outBytes: outbound.outBytes,
    stalls: client.stalls,
    name: textToLatin1(options.name),
    language: textToLatin1(options.lang),
    version: textToLatin1(options.version),
    tls: client.facts.tls,
    tlsFirst: client.tlsFirst,
    user: identity?.user ?? client.claimedUser,
    account,
    jwt: identity?.jwt ?? options.jwt,
    issuerKey: identity?.issuerKey ?? (byKey ? account : ''),
    nameTag: identity?.nameTag ?? '',
    tags: identity?.tags ?? [],
    permissions: identity?.permissions ?? membership?.account.options.defaultPermissions,
    expiresAt: identity?.expiresAt,
    subscriptionCount,
    subscriptions,
    closedAt: undefined,
    reason: '',
  };
}

function subscriptionsOf(clientId: number, subscriptions: Iterable<Subscription>): MonitoredSubscription[] {
  return Array.from(subscriptions, ({ subject, queue, sid, delivered, max }) => ({
    subject,
    queue,
    sid,
    delivered,
    max,
    clientId,
  }));
}

/** An account as it is at the moment of asking; `members` are the connections in it. What takes a look at all of them is asked for by itself. */
export function monitoredAccount(
  account: Account,
  members: () => Iterable<Client>,
  caches: MatchCaches,
): MonitoredAccount {
  const sent = (left: number, more: (client: Client) => number): number => {
    let sum = left;
    for (const client of members()) sum += more(client);
    return sum;
  };
  return {
    account,
    name: account.name,
    options: account.options,
    updatedAt: account.updatedAt,
    expired: account.options.expired ?? false,
    incomplete: account.incomplete,
    connections: account.connections,
    subscriptionCount: account.interest.count,
    *subscriptions() {
      for (const client of members()) yield* subscriptionsOf(client.clientId, client.subscriptions.list());
      yield* subscriptionsOf(0, account.internal);
    },
    inMessages: account.inMessages,
    inBytes: account.inBytes,
    get outMessages() {
      return sent(
        account.outMessagesLeft,
        ({ outbound, standing }) => outbound.outMessages - standing.outMessagesBefore,
      );
    },
    get outBytes() {
      return sent(account.outBytesLeft, ({ outbound, standing }) => outbound.outBytes - standing.outBytesBefore);
    },
    slowConsumers: account.slowConsumers,
    get interest() {
      const statistics = caches.statistics(account);
      return {
        ...statistics,
        inserts: account.inserts,
        removes: account.inserts - account.interest.count,
        matches: account.inMessages,
        cacheHits: Math.max(0, account.inMessages - statistics.misses),
      };
    },
  };
}
