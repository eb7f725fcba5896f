import type { FlagKey, FlagValue } from './flags.ts';

/** A cluster block as the configuration has it. */
type ClusterBlock = Readonly<Record<string, unknown>>;

/**
 * The cluster block with the flags over it; undefined when there is none, or when `--cluster ''` turned it off. Throws an error in
 * nats-server's words when an address cannot be read, or routes are given without a cluster.
 */
export function mergeCluster(
  loaded: ClusterBlock | undefined,
  flags: ReadonlyMap<FlagKey, FlagValue>,
): ClusterBlock | undefined {
  const address = flags.get('cluster');
  const routes = flags.get('routes');
  if (typeof routes === 'string' && routes !== '' && !address && loaded === undefined) {
    throw new Error('solicited routes require cluster capabilities, e.g. --cluster');
  }
  if (address === '') return undefined;
  const given: Record<string, unknown> = {};
  if (typeof address === 'string') Object.assign(given, listenAddress(address));
  if (typeof routes === 'string') given['routes'] = routes === '' ? [] : routes.split(',').map((route) => route.trim());
  const others = [
    ['cluster_name', 'name'],
    ['cluster_advertise', 'cluster_advertise'],
    ['no_advertise', 'no_advertise'],
    ['connect_retries', 'connect_retries'],
  ] as const;
  for (const [flag, key] of others) if (flags.has(flag)) given[key] = flags.get(flag);
  // A name or a number of attempts alone makes no cluster.
  if (loaded === undefined && typeof address !== 'string') return undefined;
  return { ...loaded, ...given };
}

/** Host, port (-1: any free one) and credentials of `nats://user:password@host:port`. */
function listenAddress(address: string): Record<string, unknown> {
  if (/^[^a-z][^/]*:/i.test(address)) {
    throw new Error(`parse ${JSON.stringify(address)}: first path segment in URL cannot contain colon`);
  }
  const [, authority = ''] = /^[a-z][a-z\d+.-]*:\/\/([^/?#]*)/i.exec(address) ?? [];
  const at = authority.lastIndexOf('@');
  const [, host = '', port] = /^(\[[^\]]*\]|[^:]*)(?::([^:]*))?$/.exec(authority.slice(at + 1)) ?? [];
  if (host === '' && port === undefined) throw new Error('missing port in address');
  if (port === undefined || port === '') throw new Error(`address ${host}: missing port in address`);
  if (!/^(?:-1|\d+)$/.test(port)) {
    throw new Error(
      `parse ${JSON.stringify(redacted(address))}: invalid port ${JSON.stringify(`:${port}`)} after host`,
    );
  }
  const listening = { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
  if (at < 0) return { ...listening, authorization: undefined };
  const [user = '', password] = authority.slice(0, at).split(/:(.*)/s);
  if (password === undefined) throw new Error('expected cluster password to be set');
  return { ...listening, authorization: { user: decodeURIComponent(user), password: decodeURIComponent(password) } };
}

function redacted(address: string): string {
  return address.replace(/:\/\/.*@/s, '://[REDACTED]@');
}
