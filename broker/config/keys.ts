import { readAccounts } from './blocks/accounts.ts';
import { readAuthorization } from './blocks/authorization.ts';
import { readCluster, readGateway } from './blocks/cluster.ts';
import { readJetStream, readStoreDir } from './blocks/jetstream.ts';
import { readLeafNodes } from './blocks/leafnodes.ts';
import { readMappings } from './blocks/mappings.ts';
import { readMqtt } from './blocks/mqtt.ts';
import {
  readOperators,
  readPinnedAccounts,
  readPreload,
  readResolver,
  readResolverTls,
  readTrustedKeys,
} from './blocks/operator.ts';
import { readProxies } from './blocks/proxies.ts';
import { readWebSocket } from './blocks/websocket.ts';
import type { Draft } from './draft.ts';
import {
  boolean,
  duration,
  durationOf,
  integer,
  type Keys,
  keys,
  listen,
  readListen,
  type Reader,
  readKeys,
  text,
  writeTimeout,
} from './fields.ts';
import { formatGoDuration } from '../base/duration-text.ts';
import { quote, typeOf } from './go/text.ts';
import type { MapValue, Token } from './grammar/token.ts';
import { arrayOf, asBoolean, asInteger, asString, Fault, mapOf, missingBlock, mistyped, type Scope } from './report.ts';
import { withTlsFiles } from './tls/certificates.ts';
import { readOcspCache } from './tls/ocsp-peer.ts';
import { readTlsBlock } from './tls/tls-block.ts';

/** Reads everything into the draft, each key in a scope of its own. */
export function readTopLevel(map: MapValue, draft: Draft, scope: Scope): void {
  // The system account comes first; other things depend on it. Upper case is not known here.
  scope.attempt(() => {
    const token = map.get('system_account') ?? map.get('system');
    if (token === undefined) return;
    if (typeof token.value !== 'string') throw new Fault(token, 'system account name must be a string');
    draft.broker.systemAccount = token.value;
  });
  for (const entry of map) scope.guard((inner) => readKeys(new Map([entry]), TOP_LEVEL_KEYS, draft, inner));
  const { authCallout } = draft.broker;
  const names = new Set(draft.accounts.map(({ name }) => name));
  if (draft.mappings !== undefined) names.add('$G');
  for (const account of authCallout?.allowedAccounts ?? []) {
    if (names.has(account)) continue;
    scope.report.error(undefined, `auth_callout allowed account ${quote(account)} not found in configured accounts`);
  }
}

const broker =
  (read: Reader<Draft['broker']>): Reader<Draft> =>
  (draft, token, scope, key) =>
    read(draft.broker, token, scope, key);

const program =
  (read: Reader<Draft['program']>): Reader<Draft> =>
  (draft, token, scope, key) =>
    read(draft.program, token, scope, key);

const monitoring =
  (read: Reader<Draft['monitoring']>): Reader<Draft> =>
  (draft, token, scope, key) =>
    read(draft.monitoring, token, scope, key);

const INT32_MAX = 2 ** 31 - 1;

/** What nats-server keeps in 32 bits. */
const small = (name: 'maxControlLine' | 'maxPayload'): Reader<Draft> =>
  broker((into, token, _scope, key) => {
    const value = asInteger(token.value);
    if (value > INT32_MAX) throw new Fault(token, `${key} value is too big`);
    into[name] = value;
  });

/** Tracing of a special kind turns on tracing. */
const tracing = (name: 'traceVerbose' | 'traceHeaders'): Reader<Draft> =>
  broker((into, { value }) => {
    into[name] = asBoolean(value);
    into.trace = into[name];
  });

/** A duration that must be written as one. */
const strictDuration = (
  name: 'lameDuckDurationMs' | 'lameDuckGracePeriodMs',
  field: string,
  fault: (ms: number) => string | undefined,
): Reader<Draft> =>
  broker((into, token) => {
    const ms = durationOf(asString(token.value), token, `error parsing ${field}: `);
    const reason = fault(ms);
    if (reason !== undefined) throw new Fault(token, reason);
    into[name] = ms;
  });

const LAME_DUCK_MS_MIN = 30_000;
const SUBSCRIPTION_TOKENS_MAX = 255;

const TOP_LEVEL_KEYS: Keys<Draft> = keys<Draft>({
  listen: broker(listen),
  client_advertise: broker(text('clientAdvertise')),
  port: broker(integer('port')),
  server_name: broker((into, token) => {
    const name = asString(token.value);
    if (name.includes(' ')) throw new Fault(token, 'server name cannot contain spaces');
    into.serverName = name;
  }),
  'host|net': broker(text('host')),
  debug: broker(boolean('debug')),
  trace: broker(boolean('trace')),
  trace_verbose: tracing('traceVerbose'),
  trace_headers: tracing('traceHeaders'),
  logtime: program(boolean('logTime')),
  logtime_utc: program(boolean('logUtc')),
  'mappings|maps': (draft, token, scope) => {
    draft.mappings = [...(draft.mappings ?? []), ...readMappings(token, scope)];
  },
  'disable_sublist_cache|no_sublist_cache': broker(boolean('noSublistCache')),
  accounts: readAccounts,
  default_sentinel: (draft, { value }) => {
    draft.operator.defaultSentinel = asString(value);
  },
  authorization: readServerAuthorization,
  http: monitoring((into, token) => {
    const { host, port } = readListen(token);
    into.host = host === '' ? undefined : host;
    into.port = port;
  }),
  https: monitoring((into, token) => {
    const { host, port } = readListen(token);
    into.host = host === '' ? undefined : host;
    into.securePort = port;
  }),
  'http_port|monitor_port': monitoring(integer('port')),
  https_port: monitoring(integer('securePort')),
  http_base_path: monitoring(text('basePath')),
  cluster: readCluster,
  gateway: readGateway,
  'leaf|leafnodes': readLeafNodes,
  'store_dir|storedir': readStoreDir,
  jetstream: readJetStream,
  'logfile|log_file': program(text('logFile')),
  'logfile_size_limit|log_size_limit': program(integer('logFileBytesMax')),
  'logfile_max_num|log_max_num': program(integer('logFilesMax')),
  syslog: program(boolean('syslog')),
  remote_syslog: program(text('remoteSyslog')),
  'pidfile|pid_file': program(text('pidFile')),
  ports_file_dir: program(text('portsFolder')),
  prof_port: program(integer('profilePort')),
  prof_block_rate: program(integer('profileBlockRate')),
  max_control_line: small('maxControlLine'),
  max_payload: small('maxPayload'),
  max_pending: broker(integer('maxPending')),
  proxy_protocol: broker(boolean('proxyProtocol')),
  // None at all, when that is what is said.
  'max_connections|max_conn': broker((into, { value }) => {
    into.maxConnections = asInteger(value) || -1;
  }),
  max_traced_msg_len: broker(integer('maxTracedMessageLength')),
  'max_subscriptions|max_subs': broker(integer('maxSubscriptions')),
  'max_sub_tokens|max_subscription_tokens': broker((into, token, _scope, key) => {
    const value = asInteger(token.value);
    if (value > SUBSCRIPTION_TOKENS_MAX) throw new Fault(token, `${key} value is too big`);
    if (value <= 0) throw new Fault(token, `${key} value can not be negative`);
    into.maxSubscriptionTokens = value;
  }),
  ping_interval: broker(duration('pingIntervalMs', 'ping_interval')),
  ping_max: broker(integer('pingMax')),
  tls: (draft, token, scope) => {
    const block = withTlsFiles(readTlsBlock(token, scope.report), token, draft.sources);
    const { checkKnownUrls: _never, ocspPeer, ...tls } = block;
    draft.broker.tls = tls;
    if (ocspPeer !== undefined) draft.kept.ocspPeer = ocspPeer;
  },
  ocsp: readOcsp,
  allow_non_tls: broker(boolean('allowNonTls')),
  write_deadline: broker(duration('writeDeadlineMs', 'write_deadline')),
  write_timeout: broker(writeTimeout('writeTimeout')),
  lame_duck_duration: strictDuration('lameDuckDurationMs', 'lame_duck_duration', (ms) =>
    ms < LAME_DUCK_MS_MIN ? `invalid lame_duck_duration of ${formatGoDuration(ms)}, minimum is 30 seconds` : undefined,
  ),
  lame_duck_grace_period: strictDuration('lameDuckGracePeriodMs', 'lame_duck_grace_period', (ms) =>
    ms < 0 ? 'invalid lame_duck_grace_period, needs to be positive' : undefined,
  ),
  'operator|operators|roots|root|root_operators|root_operator': readOperators,
  'resolver|account_resolver|accounts_resolver': readResolver,
  resolver_tls: readResolverTls,
  resolver_preload: readPreload,
  resolver_pinned_accounts: readPinnedAccounts,
  no_auth_user: broker(text('noAuthUser')),
  // Read before everything else.
  'system_account|system': () => {},
  'no_system_account|no_system|no_sys_acc': broker(boolean('noSystemAccount')),
  no_header_support: broker(boolean('noHeaderSupport')),
  'trusted|trusted_keys': readTrustedKeys,
  connect_error_reports: broker(integer('connectErrorReports')),
  reconnect_error_reports: broker(integer('reconnectErrorReports')),
  'websocket|ws': readWebSocket,
  mqtt: readMqtt,
  server_tags: broker((into, token) => {
    into.serverTags = withTags(into.serverTags, token);
  }),
  server_metadata: broker((into, token, scope) => {
    const map = mapOf(token.value);
    if (map === undefined) throw new Fault(token, `error parsing metadata: unsupported type ${typeOf(token.value)}`);
    const entries = [...map].map(([key, entry]) => [key, asString(scope.open(entry))] as const);
    into.serverMetadata = { ...into.serverMetadata, ...Object.fromEntries(entries) };
  }),
  feature_flags: broker((into, token, scope) => {
    const map = mapOf(token.value);
    if (map === undefined) {
      throw new Fault(token, `error parsing feature flags: unsupported type ${typeOf(token.value)}`);
    }
    const entries = [...map].map(([key, entry]) => {
      const value = scope.open(entry);
      if (typeof value === 'boolean') return [key, value] as const;
      throw new Fault(entry, `error parsing feature flag ${quote(key)}: expected bool, got ${typeOf(value)}`);
    });
    into.featureFlags = { ...into.featureFlags, ...Object.fromEntries(entries) };
  }),
  default_js_domain: (draft, token) => {
    const map = mapOf(token.value);
    if (map === undefined) {
      throw new Fault(token, `error default_js_domain config: unsupported type ${typeOf(token.value)}`);
    }
    draft.jetstream.more['default_js_domain'] = Object.fromEntries(
      [...map].map(([account, domain]) => [account, asString(domain.value)]),
    );
  },
  ocsp_cache: (draft, token, scope) => {
    draft.kept.ocspCache = readOcspCache(token, scope);
  },
  no_fast_producer_stall: broker(boolean('noFastProducerStall')),
  max_closed_clients: broker(integer('maxClosedClients')),
  proxies: (draft, token, scope) => {
    draft.kept.proxies = readProxies(token, scope);
  },
});

function readServerAuthorization(draft: Draft, token: Token, scope: Scope): void {
  const authorization = readAuthorization(token, scope) ?? missingBlock();
  const { user, password, token: secret, timeoutMs, proxyRequired, users, callout } = authorization;
  // A time-out of 0 is the default, and a sign that there was such a block.
  const authTimeoutMs = timeoutMs ?? 0;
  Object.assign(draft.broker, { user, password, token: secret, authTimeoutMs, proxyRequired, authCallout: callout });
  if ((user || password) && secret) throw new Fault(token, 'Cannot have a user/pass and token');
  if (users === undefined && draft.users.length === 0) return;
  if (user) throw new Fault(token, 'Can not have a single user/pass and a users array');
  if (secret) throw new Fault(token, 'Can not have a token and a users array');
  draft.addUsers(users ?? [], (message) => {
    throw new Fault(token, message);
  });
}

/** Tags in lower case without blanks around them, each once. */
function withTags(before: readonly string[] = [], token: Token): string[] {
  const { value } = token;
  const tags = new Set(before);
  const entries = arrayOf(value);
  const add = (tag: string): void => {
    const trimmed = tag.trim().toLowerCase();
    if (trimmed !== '') tags.add(trimmed);
  };
  if (typeof value === 'string') add(value);
  else if (entries === undefined) throw new Fault(token, `error parsing tags: unsupported type ${typeOf(value)}`);
  else {
    for (const entry of entries) {
      if (typeof entry.value !== 'string') {
        throw new Fault(token, 'error parsing tags: unsupported type *conf.token where string is expected');
      }
      add(entry.value);
    }
  }
  return [...tags];
}

function readOcsp(draft: Draft, token: Token, scope: Scope): void {
  const { value } = token;
  const map = mapOf(value);
  if (typeof value === 'boolean') draft.kept.ocsp = { mode: value ? 'auto' : 'never' };
  else if (map === undefined) {
    throw new Fault(token, `error parsing ocsp config: unsupported type ${typeOf(value)}`);
  } else {
    const ocsp: Record<string, unknown> = { mode: 'auto' };
    for (const [key, field] of map) {
      // The place that a wrong type is reported at stays that of the block. nats-server can take no list of addresses: the
      // type that it wants is none that its parser makes.
      if (key === 'mode') {
        const mode = asString(field.value).toLowerCase();
        if (/^(?:always|must|never|auto)$/.test(mode)) ocsp['mode'] = mode;
        else scope.report.error(field, 'error parsing ocsp config: unsupported ocsp mode string');
      } else if (key === 'url') ocsp['urls'] = [asString(field.value)];
      else if (key === 'urls') mistyped(field.value, '[]string');
      else throw new Fault(field, 'error parsing ocsp config: unsupported field string');
    }
    draft.kept.ocsp = ocsp;
  }
}
