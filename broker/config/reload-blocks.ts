import type { WebSocketOptions } from '../options/websocket.ts';
import type { ClusterBlock, GatewayBlock } from './blocks/cluster.ts';
import type { Compression } from './blocks/compression.ts';
import { type LeafRemote, remoteName } from './blocks/leafnode-remotes.ts';
import type { LeafNodesBlock } from './blocks/leafnodes.ts';
import type { MqttBlock } from './blocks/mqtt.ts';
import { formatGoDuration } from '../base/duration-text.ts';
import { addressFault } from './go/host-port.ts';
import { differs, type ReloadPlan, shownFields, shownOption } from './reload-values.ts';
import type { TlsBlock } from './tls/tls-block.ts';

const ANY_HOST = '0.0.0.0';

/** Where a listener is, with what it gets when nothing is said; a port of -1 stays whatever it is. */
function place(block: { host?: string | undefined; port?: number | undefined }): { host: string; port: number } {
  const { host = '', port = 0 } = block;
  return { host: host === '' && port !== 0 ? ANY_HOST : host, port };
}

function portDiffers(before: number, after: number): boolean {
  return before !== after && !(after === -1 && before !== 0);
}

export function planCluster(before: ClusterBlock, after: ClusterBlock, plan: ReloadPlan): void {
  const { routes: _before, ...old } = { ...before, ...place(before) };
  const { routes: _after, ...now } = { ...after, ...place(after) };
  if (!differs(old, now)) return;
  if (old.host !== now.host) {
    plan.refuse(`config reload not supported for cluster host: old=${old.host}, new=${now.host}`);
  } else if (portDiffers(old.port, now.port)) {
    plan.refuse(`config reload not supported for cluster port: old=${old.port}, new=${now.port}`);
  } else if (now.advertise && addressFaultOf(now.advertise) !== undefined) {
    plan.refuse(`invalid Cluster.Advertise value of ${now.advertise}, err=${addressFaultOf(now.advertise)}`);
  } else if (differs({ ...old, port: 0 }, { ...now, port: 0 })) plan.change('cluster', 'Reloaded: cluster');
}

/** A missing port is let pass. */
export function addressFaultOf(address: string): string | undefined {
  const fault = addressFault(address);
  return fault?.endsWith('missing port in address') === true ? addressFault(`${address}:0`) : fault;
}

const withoutTls = <T extends { tls?: TlsBlock | undefined }>({ tls: _tls, ...rest }: T): Omit<T, 'tls'> => rest;

export function planGateway(before: GatewayBlock, after: GatewayBlock, plan: ReloadPlan): void {
  const comparable = ({ gateways, ...block }: GatewayBlock): Record<string, unknown> => ({
    ...withoutTls(block),
    ...place(block),
    gateways: gateways?.map(withoutTls).toSorted((a, b) => ((a.name ?? '') < (b.name ?? '') ? -1 : 1)),
  });
  refuseBlock('Gateway', comparable(before), comparable(after), plan);
}

/** `undefined` is no WebSocket listener at all. */
export function planWebSocket(
  before: WebSocketOptions | undefined,
  after: WebSocketOptions | undefined,
  plan: ReloadPlan,
): void {
  const comparable = (options: WebSocketOptions | undefined): Record<string, unknown> =>
    options === undefined
      ? { port: 0 }
      : {
          ...withoutTls(options),
          ...place(options),
          allowedOrigins: options.allowedOrigins?.toSorted(),
          timeouts: options.tls?.verifyAndMap,
          pinned: options.tls?.pinnedCertificates,
        };
  refuseBlock('Websocket', comparable(before), comparable(after), plan);
}

/** Refuses any change; a port that is to be any stays what it is. */
function refuseBlock(
  name: string,
  before: Record<string, unknown>,
  after: Record<string, unknown>,
  plan: ReloadPlan,
): void {
  const now = portDiffers(Number(before['port']), Number(after['port'])) ? after : { ...after, port: before['port'] };
  if (!differs(before, now)) return;
  plan.refuse(
    `config reload not supported for ${name}: old=${shownFields(before, now)}, new=${shownFields(now, before)}`,
  );
}

/** What of MQTT may change while the server runs. */
const MQTT_RELOADABLE = [
  ['ack_wait', formatGoDuration],
  ['max_ack_pending', String],
  ['stream_replicas', String],
  ['consumer_replicas', String],
  ['consumer_memory_storage', (value: number) => String(value !== 0)],
  ['consumer_inactive_threshold', formatGoDuration],
] as const;

export function planMqtt(before: MqttBlock, after: MqttBlock, plan: ReloadPlan): void {
  const names: readonly string[] = MQTT_RELOADABLE.map(([name]) => name);
  const old: Record<string, unknown> = { ...withoutTls(before), ...place(before) };
  const now: Record<string, unknown> = { ...withoutTls(after), ...place(after) };
  if (!portDiffers(Number(old['port']), Number(now['port']))) now['port'] = old['port'];
  if (!differs(old, now)) return;
  // All of them are told, even if only one has changed.
  for (const [name, format] of MQTT_RELOADABLE) {
    plan.change(`mqtt ${name}`, `Reloaded: MQTT ${name} = ${format(Number(now[name] ?? 0))}`);
  }
  const fixed = (block: Record<string, unknown>): Record<string, unknown> =>
    Object.fromEntries(Object.entries(block).filter(([name]) => !names.includes(name)));
  refuseBlock('MQTT', fixed(old), fixed(now), plan);
}

/** Fields of leaf nodes that stay as they are, by nats-server's names, in its order. */
const LEAF_FIXED: readonly (readonly [string, (block: LeafNodesBlock) => unknown])[] = [
  ['Host', (block) => place(block).host],
  ['Port', (block) => place(block).port],
  ['Username', ({ username }) => username ?? ''],
  ['Password', ({ password }) => password ?? ''],
  ['ProxyRequired', ({ proxy_required }) => proxy_required ?? false],
  ['Nkey', ({ nkey }) => nkey ?? ''],
  ['Account', ({ account }) => account ?? ''],
  ['AuthTimeout', ({ auth_timeout }) => (auth_timeout ?? 0) / 1000],
  ['TLSTimeout', ({ tls }) => (tls?.timeoutMs ?? 0) / 1000],
  ['TLSMap', ({ tls }) => tls?.verifyAndMap ?? false],
  ['TLSPinnedCerts', ({ tls }) => tls?.pinnedCertificates ?? []],
  ['Advertise', ({ advertise }) => advertise ?? ''],
  ['NoAdvertise', ({ no_advertise }) => no_advertise ?? false],
  ['ReconnectInterval', ({ reconnect }) => formatGoDuration(reconnect || 1000)],
  ['WriteDeadline', ({ write_deadline }) => formatGoDuration(write_deadline ?? 0)],
  ['WriteTimeout', ({ write_timeout }) => (write_timeout === 'default' ? '' : (write_timeout ?? ''))],
  ['MinVersion', ({ min_version }) => min_version ?? ''],
  ['IsolateLeafnodeInterest', ({ isolate_leafnode_interest }) => isolate_leafnode_interest ?? false],
  ['DialTimeout', ({ dial_timeout }) => formatGoDuration(dial_timeout ?? 0)],
];

export function planLeafNodes(before: LeafNodesBlock, after: LeafNodesBlock, plan: ReloadPlan): void {
  const refuse = (field: string, old: string, now: string): void =>
    plan.refuse(`config reload not supported for LeafNode: field "${field}": old=${old}, new=${now}`);
  if (differs(usersOf(before), usersOf(after))) {
    refuse('Users', `${before.users?.length ?? 0} users`, `${after.users?.length ?? 0} users`);
  }
  for (const [name, read] of LEAF_FIXED) {
    const [old, now] = [read(before), read(after)];
    if (!differs(old, now) || (name === 'Port' && !portDiffers(Number(old), Number(now)))) continue;
    const secret = name === 'Password';
    refuse(name, secret ? '[REDACTED]' : shownOption(old), secret ? '[REDACTED]' : shownOption(now));
  }
  const [first, firstNow] = [before.tls?.handshakeFirst ?? false, after.tls?.handshakeFirst ?? false];
  if (differs(first, firstNow)) {
    const fallback = typeof firstNow === 'object' ? firstNow.fallbackMs : 0;
    plan.change('leafnodes', `Reloaded: LeafNode TLS HandshakeFirst value is: ${firstNow !== false}`);
    plan.change('leafnodes', `Reloaded: LeafNode TLS HandshakeFirstFallback value is: ${formatGoDuration(fallback)}`);
  }
  if (differs(compressionOf(before), compressionOf(after))) {
    plan.change('leafnodes', `Reloaded: LeafNode Compression value is: ${shownCompression(after.compression)}`);
  }
  planRemotes(before.remotes ?? [], after.remotes ?? [], plan);
}

function planRemotes(before: readonly LeafRemote[], after: readonly LeafRemote[], plan: ReloadPlan): void {
  const byName = new Map(after.map((remote) => [remoteName(remote), remote]));
  for (const remote of before) {
    const name = remoteName(remote);
    const now = byName.get(name);
    if (now === undefined) {
      plan.change('leafnodes', `Reloaded: LeafNode Remote ${name} removed`);
      continue;
    }
    if (differs(compressionOf(remote), compressionOf(now))) {
      const value = shownCompression(now.compression);
      plan.change('leafnodes', `Reloaded: LeafNode Remote ${name} Compression value is: ${value}`);
    }
    if ((remote.disabled ?? false) !== (now.disabled ?? false)) {
      plan.change('leafnodes', `Reloaded: LeafNode Remote ${name} Disabled value is: ${now.disabled ?? false}`);
    }
    const refuse = (reason: string): void =>
      plan.refuse(`config reload not supported for LeafNode: remote ${name}: ${reason}`);
    const fixed = ({ compression: _c, disabled: _d, tls: _t, proxy: _p, ...rest }: LeafRemote): unknown => rest;
    const proxyOf = ({ proxy = {} }: LeafRemote): unknown => ({ ...proxy, tls: undefined });
    if (differs(fixed(remote), fixed(now))) refuse('it has changed');
    if (differs(proxyOf(remote), proxyOf(now))) {
      refuse('field "Proxy": only the proxy TLS configuration can be changed');
    }
  }
}

function usersOf({ users = [] }: LeafNodesBlock): unknown {
  return users
    .map(({ username, password, account }) => ({ username, password, account }))
    .toSorted((a, b) => ((a.username ?? '') < (b.username ?? '') ? -1 : 1));
}

function compressionOf({ compression }: { compression?: Compression | undefined }): Compression {
  return { mode: compression?.mode || 's2_auto', rtt_thresholds: compression?.rtt_thresholds ?? [] };
}

function shownCompression(compression: Compression | undefined): string {
  const { mode, rtt_thresholds: thresholds = [] } = compressionOf({ compression });
  return `{${mode} [${thresholds.map(formatGoDuration).join(' ')}]}`;
}
