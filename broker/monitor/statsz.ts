import type { MonitorHost } from './host.ts';
import type { ResourceUsage } from './resources.ts';
import { unlessEmpty } from './go-json.ts';
import { jetStreamFields } from './jsz.ts';
import { timestamp } from './time-text.ts';
import { byKind, subscriptionCount, THREADS } from './varz.ts';

/** The counters of the server, as it tells them from time to time. */
export function statsz(host: MonitorHost, usage: ResourceUsage): object {
  const { counters, jetStream } = host;
  const sent = { msgs: counters.outMessages, bytes: counters.outBytes };
  const received = { msgs: counters.inMessages, bytes: counters.inBytes };
  return {
    start: timestamp(host.startedAt),
    mem: usage.memoryBytes,
    cores: usage.cores,
    cpu: usage.cpuPercent,
    connections: counters.connections,
    total_connections: counters.totalConnections,
    active_accounts: [...host.accounts()].filter(({ connections }) => connections > 0).length,
    subscriptions: subscriptionCount(host),
    sent,
    sent_to_clients: sent,
    received,
    received_from_clients: received,
    slow_consumers: counters.slowConsumers,
    slow_consumer_stats: counters.slowConsumers === 0 ? undefined : byKind(counters.slowConsumers),
    stale_connections: unlessEmpty(counters.staleConnections),
    stale_connection_stats: counters.staleConnections === 0 ? undefined : byKind(counters.staleConnections),
    stalled_clients: unlessEmpty(counters.stalls),
    active_servers: 1,
    // Where it lies on the server is nobody's business here.
    jetstream: jetStream && jetStreamFields({ ...jetStream, folder: '' }),
    gomaxprocs: THREADS,
  };
}
