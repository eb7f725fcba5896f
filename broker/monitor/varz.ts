import * as limits from '../limits.ts';
import type { BrokerOptions, WebSocketOptions } from '../options.ts';
import { sortedKeys, unlessEmpty } from './go-json.ts';
import type { MonitorHost } from './host.ts';
import { jetStreamFields } from './jsz.ts';
import { decodedClaims } from './jwt-payload.ts';
import type { ResourceUsage } from './resources.ts';
import { NANOS_PER_MS, timestamp, uptime } from './time-text.ts';

/** The server itself: what it was told, and its counters. `requests` counts HTTP requests by endpoint. */
export function varz(
  host: MonitorHost,
  usage: ResourceUsage,
  requests: ReadonlyMap<string, number>,
  now: number,
): object {
  const { counters, options, limits: connection } = host;
  const { monitoring, tls } = options;
  const operators = options.operator?.operators ?? [];
  return {
    server_id: host.serverId,
    server_name: host.serverName,
    version: limits.SERVER_VERSION,
    natscope: unlessEmpty(options.natscopeVersion),
    proto: limits.PROTOCOL_VERSION,
    go: RUNTIME,
    host: host.clientAddress.host,
    port: host.clientAddress.port,
    auth_required: unlessEmpty(host.authRequired),
    tls_required: unlessEmpty(tls !== undefined && options.allowNonTls !== true),
    tls_verify: unlessEmpty(tls?.verify === true || tls?.verifyAndMap === true),
    max_connections: host.connectionsMax,
    max_subscriptions: unlessEmpty(connection.subscriptionsMax),
    ping_interval: connection.pingIntervalMs * NANOS_PER_MS,
    ping_max: connection.pingsOutstandingMax,
    http_host: monitoring?.host ?? (options.host || limits.DEFAULT_HOST),
    http_port: monitoring === undefined || monitoring.secure === true ? 0 : monitoring.port,
    http_base_path: monitoring?.basePath ?? '',
    https_port: monitoring?.secure === true ? monitoring.port : 0,
    auth_timeout: host.authTimeoutMs / 1000,
    max_control_line: connection.controlLineBytesMax,
    max_payload: connection.payloadBytesMax,
    max_pending: connection.pendingBytesMax,
    cluster: {},
    gateway: {},
    leaf: {},
    mqtt: {},
    websocket: options.webSocket === undefined ? {} : webSocket(host, options.webSocket),
    jetstream: host.jetStream === undefined ? {} : jetStreamFields(host.jetStream),
    tls_timeout: (tls?.timeoutMs ?? limits.TLS_TIMEOUT_MS_DEFAULT) / 1000,
    write_deadline: connection.writeDeadlineMs * NANOS_PER_MS,
    write_timeout: options.writeTimeout === 'default' ? undefined : options.writeTimeout,
    start: timestamp(host.startedAt),
    now: timestamp(now),
    uptime: uptime(now - host.startedAt),
    mem: usage.memoryBytes,
    cores: usage.cores,
    gomaxprocs: THREADS,
    cpu: usage.cpuPercent,
    connections: counters.connections,
    total_connections: counters.totalConnections,
    routes: 0,
    remotes: 0,
    leafnodes: 0,
    in_msgs: counters.inMessages,
    in_bytes: counters.inBytes,
    in_client_msgs: counters.inMessages,
    in_client_bytes: counters.inBytes,
    out_msgs: counters.outMessages,
    out_bytes: counters.outBytes,
    out_client_msgs: counters.outMessages,
    out_client_bytes: counters.outBytes,
    slow_consumers: counters.slowConsumers,
    stale_connections: counters.staleConnections,
    stalled_clients: counters.stalls,
    subscriptions: subscriptionCount(host),
    http_req_stats: sortedKeys(Object.fromEntries(requests)),
    config_load_time: timestamp(host.configLoadedAt),
    config_digest: options.configDigest ?? '',
    tags: unlessEmpty(serverTags(options)),
    metadata: options.serverMetadata && sortedKeys(options.serverMetadata),
    feature_flags: featureFlags(options),
    trusted_operators_jwt: unlessEmpty(operators),
    trusted_operators_claim: unlessEmpty(operators.map(decodedClaims)),
    system_account: host.systemAccount?.name,
    pinned_account_fails: unlessEmpty(counters.pinnedAccountFails),
    slow_consumer_stats: byKind(counters.slowConsumers),
    stale_connection_stats: byKind(counters.staleConnections),
    disk_io_wait_stats: { waiters: 0, waits: 0, wait_time: 0, max_wait_time: 0 },
    proxies: options.kept?.proxies && { trusted: unlessEmpty(options.kept.proxies.map((key) => ({ key }))) },
    tls_cert_not_after: certificateEnd(host, 'client'),
  };
}

/** Of all accounts together, those of the server itself included. */
export function subscriptionCount(host: MonitorHost): number {
  let sum = 0;
  for (const account of host.accounts()) sum += account.subscriptionCount;
  return sum;
}

/** What stands where nats-server names its Go version. */
const RUNTIME = `node${process.versions.node}`;

/** Threads that run the server at the same time, which is what GOMAXPROCS says. */
export const THREADS = 1;

function webSocket(host: MonitorHost, options: WebSocketOptions): object {
  const { tls } = options;
  return {
    host: options.host || limits.DEFAULT_HOST,
    port: host.listeners.webSocket?.port ?? options.port,
    advertise: unlessEmpty(options.advertise),
    no_auth_user: unlessEmpty(options.noAuthUser),
    jwt_cookie: unlessEmpty(options.jwtCookie),
    handshake_timeout: unlessEmpty((options.handshakeTimeoutMs ?? 0) * NANOS_PER_MS),
    auth_timeout: unlessEmpty((options.authTimeoutMs ?? 0) / 1000),
    no_tls: unlessEmpty(options.noTls),
    tls_map: unlessEmpty(tls?.verifyAndMap),
    tls_pinned_certs: unlessEmpty(tls?.pinnedCertificates),
    same_origin: unlessEmpty(options.sameOrigin),
    allowed_origins: unlessEmpty(options.allowedOrigins),
    compression: unlessEmpty(options.compression),
    tls_cert_not_after: certificateEnd(host, 'webSocket'),
  };
}

function certificateEnd(host: MonitorHost, listener: 'client' | 'webSocket'): string | undefined {
  const end = host.certificateEnd(listener);
  return end === undefined ? undefined : timestamp(end);
}

/** Of connections of each kind, how many were slow or stale. There are clients only. */
export function byKind(clients: number): object {
  return { clients, routes: 0, gateways: 0, leafs: 0 };
}

/** As nats-server keeps tags: small letters, each once. */
export function serverTags({ serverTags = [] }: BrokerOptions): string[] {
  return [...new Set(serverTags.map((tag) => tag.trim().toLowerCase()))].filter((tag) => tag !== '');
}

/** Those that nats-server 2.15 knows with what they are unless somebody says otherwise, and what was said. */
export function featureFlags({ featureFlags: told = {} }: BrokerOptions): Record<string, boolean> {
  return sortedKeys({ ...FEATURE_FLAGS, ...told });
}

const FEATURE_FLAGS = {
  js_ack_fc_v2: false,
  js_api_reply_v2: false,
  js_raft_delete_range: true,
  js_snapshot_sources: false,
};
