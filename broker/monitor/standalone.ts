import type { MonitorHost } from './host.ts';
import { timestamp } from './time-text.ts';

/** What a server answers that stands alone: no routes, no gateways, no leaf nodes. */

export function routez(host: MonitorHost, now: number): object {
  return {
    server_id: host.serverId,
    server_name: host.serverName,
    now: timestamp(now),
    num_routes: 0,
    routes: [],
  };
}

export function gatewayz(host: MonitorHost, now: number): object {
  return { server_id: host.serverId, now: timestamp(now), outbound_gateways: {}, inbound_gateways: {} };
}

export function leafz(host: MonitorHost, now: number): object {
  return { server_id: host.serverId, now: timestamp(now), leafnodes: 0, leafs: [] };
}

/** nats-server's words where streams are asked for that cannot be. */
export const NOT_LEADER = 'filtered response: not leader';

/** Queues between the threads of nats-server. Here what comes in is dealt with at once, so that nothing ever waits in them. */
const QUEUES = ['SendQ', 'System recvQ', 'System recvQ Pings', 'System sendQ', 'delayed API responses'];

/**
 * Queues by name: those that hold something, or all. `filter` is a part of the name. `working` is the queue whose message
 * is dealt with now: the question itself, where it came over `$SYS`.
 */
export function ipqueuesz(all: boolean, filter: string, working = ''): object {
  const names = QUEUES.filter((name) => (all || name === working) && name.includes(filter));
  return Object.fromEntries(names.map((name) => [name, { pending: 0, in_progress: name === working ? 1 : undefined }]));
}

/** Raft groups, over `$SYS`; over HTTP nats-server answers with a 404 and this text. */
export const RAFT_GROUPS = {};
export const NO_RAFT = 'No Raft nodes registered';
