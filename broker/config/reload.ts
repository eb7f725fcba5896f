import { withOperatorDefaults } from '../auth/operator/operators.ts';
import * as limits from '../limits.ts';
import type { BrokerOptions } from '../options.ts';
import type { AuthCalloutOptions, UserOptions } from '../options/authentication.ts';
import type { JetStreamBlock } from '../options/kept.ts';
import type { ClusterBlock, GatewayBlock } from './blocks/cluster.ts';
import type { LeafNodesBlock } from './blocks/leafnodes.ts';
import type { MqttBlock } from './blocks/mqtt.ts';
import type { ProgramOptions } from './config.ts';
import { formatGoDuration } from '../base/duration-text.ts';
import { quoteAll, shownFloat } from './go/text.ts';
import { addressFaultOf, planCluster, planGateway, planLeafNodes, planMqtt, planWebSocket } from './reload-blocks.ts';
import { differs, type ReloadChange, ReloadPlan, shownBytes, shownOption } from './reload-values.ts';

export type { ReloadChange } from './reload-values.ts';

/** Configuration and flags together. */
export interface Configuration {
  readonly broker: BrokerOptions;
  readonly program: ProgramOptions;
}

/**
 * What a reload from one configuration to another does, and why it cannot be done: then nothing of it is. Texts and their
 * order are nats-server's, which gives the first reason only.
 */
export function planReload(
  before: Configuration,
  after: Configuration,
): { changes: readonly ReloadChange[]; refused: readonly string[] } {
  const plan = new ReloadPlan();
  const [old, now] = [complete(before), complete(after)];
  for (const step of STEPS) step(old, now, plan);
  return plan;
}

/** With what an operator says of the server: that counts as said in the configuration. */
function complete(configuration: Configuration): Configuration {
  return { ...configuration, broker: withOperatorDefaults(configuration.broker) };
}

type Step = (before: Configuration, after: Configuration, plan: ReloadPlan) => void;

type Read<T> = (configuration: Configuration) => T;

/** An option that only a start can set. */
const fixed =
  (name: string, read: Read<unknown>, show: (value: never) => string = shownOption): Step =>
  (before, after, plan) => {
    const [old, now] = [read(before) as never, read(after) as never];
    if (differs(old, now)) {
      plan.refuse(`config reload not supported for ${name}: old=${show(old)}, new=${show(now)}`);
    }
  };

/** An option that takes effect at once, with the line of the log. */
const live =
  <T>(name: string, read: Read<T>, text: (value: T) => string): Step =>
  (before, after, plan) => {
    const now = read(after);
    if (differs(read(before), now)) plan.change(name, text(now));
  };

const value =
  (name: string) =>
  (now: unknown): string =>
    `Reloaded: ${name} = ${shownOption(now)}`;

const seconds = (ms: number): string => shownFloat(ms / 1000);

const usersOf = ({ broker }: Configuration, keys: boolean): UserOptions[] =>
  (broker.users ?? []).filter(({ nkey }) => (nkey !== undefined) === keys);

const jetstreamOf = ({ broker }: Configuration): JetStreamBlock => broker.kept?.jetstream ?? { enabled: false };
const moreOf = (configuration: Configuration): Readonly<Record<string, unknown>> =>
  jetstreamOf(configuration).more ?? {};
const tlsTimeoutOf = ({ broker }: Configuration): number => broker.tls?.timeoutMs || limits.TLS_TIMEOUT_MS_DEFAULT;

/** With TLS a client has a second more than the handshake may take. */
function authTimeoutOf(configuration: Configuration): number {
  const { authTimeoutMs, tls } = configuration.broker;
  return authTimeoutMs || (tls === undefined ? limits.AUTH_TIMEOUT_MS_DEFAULT : tlsTimeoutOf(configuration) + 1000);
}

const hostOf = ({ broker }: Configuration): string => broker.host || limits.DEFAULT_HOST;

const plainPortOf = ({ broker: { monitoring } }: Configuration): number =>
  monitoring === undefined || monitoring.secure === true ? 0 : monitoring.port;

function securePortOf({ broker: { monitoring } }: Configuration): number {
  if (monitoring === undefined) return 0;
  return monitoring.secure === true ? monitoring.port : (monitoring.conflictingPort ?? 0);
}

const planPort: Step = (before, after, plan) => {
  const [old, now] = [before, after].map(({ broker }) => broker.port || limits.DEFAULT_PORT);
  // Any port is the one that it is.
  if (now !== -1 && old !== now) plan.refuse(`config reload not supported for Port: old=${old}, new=${now}`);
};

const planAdvertise: Step = (before, after, plan) => {
  const now = after.broker.clientAdvertise ?? '';
  if (now === (before.broker.clientAdvertise ?? '')) return;
  const fault = now === '' ? undefined : addressFaultOf(now);
  if (fault === undefined) plan.change('client_advertise', `Reload: client_advertise = ${now}`);
  else plan.refuse(`invalid ClientAdvertise value of ${now}, err=${fault}`);
};

/** Those in accounts are never the same to nats-server. */
const planNkeys: Step = (before, after, plan) => {
  const [old, now] = [usersOf(before, true), usersOf(after, true)];
  const inAccounts = [...old, ...now].some(({ account }) => account !== undefined);
  const sorted = (users: UserOptions[]): UserOptions[] =>
    users.toSorted((a, b) => ((a.nkey ?? '') < (b.nkey ?? '') ? -1 : 1));
  if (inAccounts || differs(sorted(old), sorted(now))) {
    plan.change('nkeys', 'Reloaded: authorization nkey users');
  }
};

/** He may go when his user goes too; else he stays. */
const planNoAuthUser: Step = (before, after, plan) => {
  const [old = '', now = ''] = [before.broker.noAuthUser, after.broker.noAuthUser];
  if (old === now) return;
  if (now !== '' || old === '' || usersOf(after, false).some(({ user }) => user === old)) {
    plan.refuse(`config reload not supported for NoAuthUser: old=${old}, new=${now}`);
  }
};

const planSystemAccount: Step = (before, after, plan) => {
  const named = ({ broker }: Configuration): string =>
    broker.systemAccount || (broker.accounts?.some(({ name }) => name === '$SYS') === true ? '$SYS' : '');
  const [old, now] = [named(before), after.broker.systemAccount ?? ''];
  if (old === now || (old === '$SYS' && now === '')) return;
  plan.refuse(`config reload not supported for SystemAccount: old=${old}, new=${now}`);
};

/** Limits may be raised; whether there are any stays as it is while JetStream runs. */
const planJetStreamLimit =
  (name: 'maxMemory' | 'maxStore'): Step =>
  (before, after, plan) => {
    const [old, now] = [jetstreamOf(before)[name] ?? -1, jetstreamOf(after)[name] ?? -1];
    if (old === now || !jetstreamOf(before).enabled) return;
    if (old === -1) {
      plan.refuse('config reload not supported for jetstream dynamic max memory and store');
    } else if (now === -1) {
      if (!jetstreamOf(after).enabled) return;
      plan.refuse('config reload not supported for jetstream max memory and max store');
    } else if (now < old) {
      plan.refuse('config reload not supported for decreasing jetstream max memory and store');
    } else {
      const key = name === 'maxMemory' ? 'max_mem_store' : 'max_file_store';
      plan.change(`jetstream ${key}`, `Reloaded: JetStream ${key} = ${shownBytes(now)}`);
    }
  };

const planStoreFolder: Step = (before, after, plan) => {
  const [old = '', now = ''] = [jetstreamOf(before).storeDir, jetstreamOf(after).storeDir];
  if (old === now || !jetstreamOf(before).enabled) return;
  if (now !== '') plan.refuse('config reload not supported for jetstream storage directory');
  else if (jetstreamOf(after).enabled) plan.refuse('config reload not supported for jetstream storage dir');
};

const planResolver: Step = (before, after, plan) => {
  const [old, now] = [before, after].map(({ broker }) => broker.operator?.resolver);
  if ((old === undefined) !== (now === undefined)) {
    plan.refuse('config reload does not support moving to or from an account resolver');
  } else if (differs(old, now)) plan.change('accounts', 'Reloaded: accounts');
};

const planProxies: Step = (before, after, plan) => {
  const [old = [], now = []] = [before.broker.kept?.proxies, after.broker.kept?.proxies];
  const removed = old.filter((key) => !now.includes(key));
  const added = now.filter((key) => !old.includes(key));
  const tell = (keys: readonly string[], what: string): void => {
    if (keys.length > 0) plan.change('proxies', `Reloaded: proxies trusted keys ${quoteAll(keys)} were ${what}`);
  };
  tell(removed, 'removed');
  tell(added, 'added');
};

function shownCallout(callout: AuthCalloutOptions | undefined): string {
  if (callout === undefined) return '<nil>';
  const { issuer, account = '$G', authUsers, xkey = '', allowedAccounts = [] } = callout;
  return `&{${issuer} ${account} [${authUsers.join(' ')}] ${xkey} [${allowedAccounts.join(' ')}]}`;
}

const kept =
  <Block>(
    name: 'cluster' | 'gateway' | 'leafnodes' | 'mqtt',
    plan: (before: Block, after: Block, plan: ReloadPlan) => void,
  ): Step =>
  (before, after, into) =>
    plan((before.broker.kept?.[name] ?? {}) as Block, (after.broker.kept?.[name] ?? {}) as Block, into);

const flag =
  (name: keyof BrokerOptions): Read<boolean> =>
  ({ broker }) =>
    broker[name] === true;

/** A secret: whether it has changed may be known. */
const HIDDEN = (): string => '[REDACTED]';

const duration = (name: string, field: 'lameDuckDurationMs' | 'lameDuckGracePeriodMs', otherwise: number): Step =>
  fixed(name, ({ broker }) => broker[field] || otherwise, formatGoDuration);

/** In the order of nats-server's own list of options, which is that of its log and of its reasons. */
const STEPS: readonly Step[] = [
  fixed('ServerName', ({ broker }) => broker.serverName ?? ''),
  fixed('Host', hostOf),
  planPort,
  planAdvertise,
  live('trace', flag('trace'), value('trace')),
  live('debug', flag('debug'), value('debug')),
  live('trace_verbose', flag('traceVerbose'), value('trace_verbose')),
  live('trace_headers', flag('traceHeaders'), value('trace_headers')),
  fixed('NoSublistCache', flag('noSublistCache')),
  fixed('NoHeaderSupport', flag('noHeaderSupport')),
  live('logtime', ({ program }) => program.logTime ?? true, value('logtime')),
  live('logtime_utc', ({ program }) => program.logUtc ?? false, value('logtime_utc')),
  live(
    'max_connections',
    ({ broker }) => broker.maxConnections || limits.CONNECTIONS_MAX_DEFAULT,
    value('max_connections'),
  ),
  fixed('MaxSubs', ({ broker }) => broker.maxSubscriptions ?? 0),
  fixed('MaxSubTokens', ({ broker }) => broker.maxSubscriptionTokens ?? 0),
  planNkeys,
  // Users and accounts are looked at anew with every reload.
  (_before, _after, plan) => plan.change('users', 'Reloaded: authorization users'),
  (_before, _after, plan) => plan.change('accounts', 'Reloaded: accounts'),
  planNoAuthUser,
  live(
    'default_sentinel',
    ({ broker }) => broker.operator?.defaultSentinel ?? '',
    () => 'Reloaded: default_sentinel = [REDACTED]',
  ),
  planSystemAccount,
  fixed('NoSystemAccount', flag('noSystemAccount')),
  live(
    'user',
    ({ broker }) => broker.user ?? '',
    () => 'Reloaded: authorization username',
  ),
  live(
    'password',
    ({ broker }) => broker.password ?? '',
    () => 'Reloaded: authorization password',
  ),
  fixed('ProxyRequired', flag('proxyRequired')),
  fixed('ProxyProtocol', flag('proxyProtocol')),
  live(
    'token',
    ({ broker }) => broker.token ?? '',
    () => 'Reloaded: authorization token',
  ),
  fixed('AuthCallout', ({ broker }) => broker.authCallout, shownCallout),
  live(
    'ping_interval',
    ({ broker }) => broker.pingIntervalMs || limits.PING_INTERVAL_MS_DEFAULT,
    (ms) => `Reloaded: ping_interval = ${formatGoDuration(ms)}`,
  ),
  live('ping_max', ({ broker }) => broker.pingMax || limits.PINGS_OUTSTANDING_MAX_DEFAULT, value('ping_max')),
  fixed('HTTPHost', (configuration) => configuration.broker.monitoring?.host || hostOf(configuration)),
  fixed('HTTPPort', plainPortOf),
  fixed('HTTPBasePath', ({ broker }) => broker.monitoring?.basePath ?? ''),
  fixed('HTTPSPort', securePortOf),
  live('timeout', authTimeoutOf, (ms) => `Reloaded: authorization timeout = ${seconds(ms)}`),
  live(
    'max_control_line',
    ({ broker }) => broker.maxControlLine || limits.CONTROL_LINE_BYTES_MAX_DEFAULT,
    value('max_control_line'),
  ),
  live('max_payload', ({ broker }) => broker.maxPayload || limits.PAYLOAD_BYTES_MAX_DEFAULT, value('max_payload')),
  fixed('MaxPending', ({ broker }) => broker.maxPending || limits.PENDING_BYTES_MAX_DEFAULT),
  live(
    'no_fast_producer_stall',
    flag('noFastProducerStall'),
    (on) => `Reloaded: fast producers will ${on ? 'not ' : ''}be stalled`,
  ),
  kept<ClusterBlock>('cluster', planCluster),
  kept<GatewayBlock>('gateway', planGateway),
  kept<LeafNodesBlock>('leafnodes', planLeafNodes),
  live(
    'jetstream',
    (configuration) => jetstreamOf(configuration).enabled,
    () => 'Reloaded: JetStream',
  ),
  fixed('NoJetStreamStrict', (configuration) => moreOf(configuration)['strict'] === false),
  planJetStreamLimit('maxMemory'),
  planJetStreamLimit('maxStore'),
  fixed('JetStreamDomain', (configuration) => jetstreamOf(configuration).domain ?? ''),
  ...(
    [
      ['JetStreamExtHint', 'extension_hint', ''],
      ['JetStreamCipher', 'cipher', ''],
      ['JetStreamUniqueTag', 'unique_tag', ''],
      ['JetStreamMaxCatchup', 'max_outstanding_catchup', 0],
      ['JetStreamRequestQueueLimit', 'request_queue_limit', 10_000],
      ['JetStreamInfoQueueLimit', 'info_queue_limit', 10_000],
      ['JetStreamConcurrentIOs', 'max_concurrent_io', 4096],
      ['StreamMaxBufferedMsgs', 'max_buffered_msgs', 0],
      ['StreamMaxBufferedSize', 'max_buffered_size', 0],
    ] as const
  ).map(([name, key, otherwise]) => fixed(name, (configuration) => moreOf(configuration)[key] ?? otherwise)),
  live(
    'jetstream limits',
    (configuration) => moreOf(configuration)['limits'] ?? {},
    () => 'Reloaded: JetStream limits',
  ),
  fixed('JetStreamKey', (configuration) => moreOf(configuration)['key'] ?? '', HIDDEN),
  fixed('JetStreamOldKey', (configuration) => moreOf(configuration)['prev_key'] ?? '', HIDDEN),
  fixed('JetStreamTpm', (configuration) => moreOf(configuration)['tpm'] ?? {}, HIDDEN),
  planStoreFolder,
  fixed('SyncInterval', (configuration) => moreOf(configuration)['sync_interval'] ?? 120_000, formatGoDuration),
  fixed('SyncAlways', (configuration) => moreOf(configuration)['sync_always'] ?? false),
  fixed('JsAccDefaultDomain', (configuration) => moreOf(configuration)['default_js_domain'] ?? {}),
  (before, after, plan) => planWebSocket(before.broker.webSocket, after.broker.webSocket, plan),
  kept<MqttBlock>('mqtt', planMqtt),
  fixed('ProfPort', ({ program }) => program.profilePort ?? 0),
  live('prof_block_rate', ({ program }) => program.profileBlockRate ?? 0, value('prof_block_rate')),
  live('pid_file', ({ program }) => program.pidFile ?? '', value('pid_file')),
  live('ports_file_dir', ({ program }) => program.portsFolder ?? '', value('ports_file_dir')),
  live('log_file', ({ program }) => program.logFile ?? '', value('log_file')),
  fixed('LogSizeLimit', ({ program }) => program.logFileBytesMax ?? 0),
  fixed('LogMaxFiles', ({ program }) => program.logFilesMax ?? 0),
  live('syslog', ({ program }) => program.syslog ?? false, value('syslog')),
  live('remote_syslog', ({ program }) => program.remoteSyslog ?? '', value('remote_syslog')),
  live(
    'routes',
    ({ broker }) => broker.kept?.cluster?.['routes'] ?? [],
    () => 'Reloaded: cluster routes',
  ),
  live('tls timeout', tlsTimeoutOf, (ms) => `Reloaded: tls timeout = ${seconds(ms)}`),
  fixed('TLSMap', ({ broker }) => broker.tls?.verifyAndMap ?? false),
  live(
    'tls',
    ({ broker }) => tlsContextOf(broker),
    (context) => `Reloaded: tls = ${context === undefined ? 'disabled' : 'enabled'}`,
  ),
  live(
    'pinned_certs',
    ({ broker }) => broker.tls?.pinnedCertificates ?? [],
    (pinned) => `Reloaded: ${pinned.length} pinned_certs`,
  ),
  fixed('TLSRateLimit', ({ broker }) => broker.tls?.connectionRateLimit ?? 0),
  live(
    'handshake_first',
    ({ broker }) => Boolean(broker.tls?.handshakeFirst),
    (on) => `Reloaded: Client TLS handshake first: ${on}`,
  ),
  live(
    'handshake_first',
    fallbackOf,
    (ms) => `Reloaded: Client TLS handshake first fallback delay: ${formatGoDuration(ms)}`,
  ),
  fixed('AllowNonTLS', flag('allowNonTls')),
  live(
    'write_deadline',
    ({ broker }) => broker.writeDeadlineMs || limits.WRITE_DEADLINE_MS_DEFAULT,
    (ms) => `Reloaded: write_deadline = ${formatGoDuration(ms)}`,
  ),
  fixed('WriteTimeout', ({ broker }) => (broker.writeTimeout === 'default' ? '' : (broker.writeTimeout ?? ''))),
  fixed('MaxClosedClients', ({ broker }) => broker.maxClosedClients || limits.CLOSED_CONNECTIONS_MAX),
  duration('LameDuckDuration', 'lameDuckDurationMs', limits.LAME_DUCK_DURATION_MS_DEFAULT),
  duration('LameDuckGracePeriod', 'lameDuckGracePeriodMs', limits.LAME_DUCK_GRACE_PERIOD_MS_DEFAULT),
  live('max_traced_msg_len', ({ broker }) => broker.maxTracedMessageLength ?? 0, value('max_traced_msg_len')),
  fixed('TrustedKeys', ({ broker }) => broker.operator?.trustedKeys ?? []),
  fixed(
    'TrustedOperators',
    ({ broker }) => broker.operator?.operators ?? [],
    (jwts: string[]) => `${jwts.length} operators`,
  ),
  planResolver,
  live(
    'connect_error_reports',
    ({ broker }) => broker.connectErrorReports || limits.CONNECT_ERROR_REPORTS_DEFAULT,
    value('connect_error_reports'),
  ),
  live(
    'reconnect_error_reports',
    ({ broker }) => broker.reconnectErrorReports || limits.RECONNECT_ERROR_REPORTS_DEFAULT,
    value('reconnect_error_reports'),
  ),
  live(
    'tags',
    ({ broker }) => broker.serverTags ?? [],
    () => 'Reloaded: tags',
  ),
  live(
    'metadata',
    ({ broker }) => broker.serverMetadata ?? {},
    () => 'Reloaded: metadata',
  ),
  fixed('FeatureFlags', ({ broker }) => broker.featureFlags ?? {}),
  live(
    'ocsp',
    ({ broker }) => broker.kept?.ocsp,
    () => 'Reloaded: OCSP',
  ),
  planProxies,
  live(
    'ocsp_cache',
    ({ broker }) => broker.kept?.ocspCache,
    () => 'Reloaded OCSP peer cache',
  ),
];

/** What a handshake depends on; undefined: no TLS. Certificates count by what is in their files. */
function tlsContextOf({ tls }: BrokerOptions): object | undefined {
  if (tls === undefined) return undefined;
  const { timeoutMs: _1, pinnedCertificates: _2, connectionRateLimit: _3, handshakeFirst: _4, ...context } = tls;
  const { certFile: _5, keyFile: _6, caFile: _7, certificates: _8, verifyAndMap: _9, ...rest } = context;
  return context.filesDigest === undefined ? context : rest;
}

function fallbackOf({ broker: { tls } }: Configuration): number {
  return typeof tls?.handshakeFirst === 'object' ? tls.handshakeFirst.fallbackMs : 0;
}
