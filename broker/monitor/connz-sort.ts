import type { MonitoredConnection } from './host.ts';

export type ConnectionSort = keyof typeof KEYS;

/** What connections are sorted by, greatest first. */
const KEYS = {
  cid: ({ clientId }: MonitoredConnection) => -clientId,
  start: ({ clientId }: MonitoredConnection) => -clientId,
  subs: ({ subscriptionCount }: MonitoredConnection) => subscriptionCount,
  pending: ({ pendingBytes }: MonitoredConnection) => pendingBytes,
  msgs_to: ({ outMessages }: MonitoredConnection) => outMessages,
  msgs_from: ({ inMessages }: MonitoredConnection) => inMessages,
  bytes_to: ({ outBytes }: MonitoredConnection) => outBytes,
  bytes_from: ({ inBytes }: MonitoredConnection) => inBytes,
  last: ({ lastActivityAt }: MonitoredConnection) => lastActivityAt,
  idle: ({ lastActivityAt }: MonitoredConnection) => -lastActivityAt,
  uptime: ({ startedAt, closedAt }: MonitoredConnection, now: number) => startedAt - (closedAt ?? now),
  stop: ({ closedAt }: MonitoredConnection) => closedAt ?? 0,
  reason: ({ reason }: MonitoredConnection) => reason,
  rtt: ({ rttMicros }: MonitoredConnection) => rttMicros ?? 0,
} as const;

export function isSort(text: string): text is ConnectionSort {
  return Object.hasOwn(KEYS, text);
}

/** Reasons are in alphabetical order, uptimes shortest first, as nats-server has them. Equal ones are in order of their ids. */
export function comparison(
  sort: ConnectionSort,
  now: number,
): (a: MonitoredConnection, b: MonitoredConnection) => number {
  const key = KEYS[sort];
  return (a, b) => {
    const left = key(a, now);
    const right = key(b, now);
    if (typeof left === 'string' || typeof right === 'string') {
      return left < right ? -1 : left > right ? 1 : a.clientId - b.clientId;
    }
    return right - left || a.clientId - b.clientId;
  };
}
