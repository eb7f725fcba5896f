import type { LoadedConfig, ProgramOptions } from '../config/config.ts';
import { DEFAULT_HOST } from '../limits.ts';
import type { BrokerOptions, KeptBlocks, MonitoringOptions, TlsOptions } from '../options.ts';
import { mergeCluster } from './cluster-flags.ts';
import type { FlagKey, FlagValue } from './flags.ts';

/** What flags and configuration ask for together. */
export interface Settings {
  broker: BrokerOptions;
  program: ProgramOptions;
}

export type FlagValues = ReadonlyMap<FlagKey, FlagValue>;

/**
 * Lays flags over what was loaded: a flag that was given counts, also when its value is empty, false or 0. Throws an error
 * that says which flag is wrong and why.
 */
export function mergeFlags(loaded: Pick<LoadedConfig, 'broker' | 'program'> | undefined, flags: FlagValues): Settings {
  const { broker = {}, program = {} } = loaded ?? {};
  const text = (key: FlagKey, otherwise: string | undefined): string | undefined => {
    const value = flags.get(key);
    return typeof value === 'string' ? value || undefined : otherwise;
  };
  const integer = (key: FlagKey, otherwise: number | undefined): number | undefined => {
    const value = flags.get(key);
    return typeof value === 'number' ? value || undefined : otherwise;
  };
  const on = (key: FlagKey, otherwise: boolean): boolean => switched(flags, key) ?? otherwise;
  const serverName = text('server_name', broker.serverName);
  if (serverName?.includes(' ') === true) throw new Error('server name cannot contain spaces');
  const host = text('addr', broker.host);
  const user = text('user', broker.user);
  return {
    broker: {
      ...broker,
      host,
      port: integer('port', broker.port),
      serverName,
      clientAdvertise: text('client_advertise', broker.clientAdvertise),
      user,
      // nats-server ignores a password without a user; so does this, but not in silence.
      password: user === undefined ? undefined : text('pass', broker.password),
      token: text('auth', broker.token),
      tls: mergeTls(broker.tls, flags),
      monitoring: mergeMonitoring(broker.monitoring, host, flags),
      kept: mergeKept(broker.kept, flags),
      ...mergeVerbosity(broker, flags),
      maxTracedMessageLength: Math.max(0, integer('max_traced_msg_len', broker.maxTracedMessageLength) ?? 0),
    },
    program: {
      logFile: text('log', program.logFile),
      logFileBytesMax: integer('log_size_limit', program.logFileBytesMax),
      logFilesMax: program.logFilesMax,
      logTime: on('logtime', program.logTime ?? true),
      logUtc: on('logtime_utc', program.logUtc ?? false),
      syslog: on('syslog', program.syslog ?? false),
      remoteSyslog: text('remote_syslog', program.remoteSyslog),
      pidFile: text('pid', program.pidFile),
      portsFolder: text('ports_file_dir', program.portsFolder),
      profilePort: integer('profile', program.profilePort),
    },
  };
}

function switched(flags: FlagValues, key: FlagKey): boolean | undefined {
  const value = flags.get(key);
  return typeof value === 'boolean' ? value : undefined;
}

/** The longer spellings decide, whatever their order: `-DV` over `-D` and `-V`, `-DVV` over `-DV`, `-VV` over all for the trace. */
function mergeVerbosity(
  broker: BrokerOptions,
  flags: FlagValues,
): { debug: boolean; trace: boolean; traceVerbose: boolean } {
  let debug = switched(flags, 'debug') ?? broker.debug ?? false;
  let trace = switched(flags, 'trace') ?? broker.trace ?? false;
  let traceVerbose = broker.traceVerbose ?? false;
  for (const key of ['DV', 'DVV', 'VV'] as const) {
    const value = switched(flags, key);
    if (value === undefined) continue;
    trace = value;
    if (key !== 'VV') debug = value;
    if (key !== 'DV') traceVerbose = value;
  }
  return { debug, trace, traceVerbose };
}

/** Any TLS flag makes certificate, key and authority those of the flags; `-tls=false` turns off what the configuration has. */
function mergeTls(loaded: TlsOptions | undefined, flags: FlagValues): TlsOptions | undefined {
  const keys = ['tls', 'tlscert', 'tlskey', 'tlscacert', 'tlsverify'] as const;
  if (!keys.some((key) => flags.has(key))) return loaded;
  if (switched(flags, 'tls') === false) return undefined;
  const file = (key: FlagKey): string | undefined => String(flags.get(key) ?? '') || undefined;
  const certFile = file('tlscert');
  const keyFile = file('tlskey');
  if (certFile === undefined) throw new Error('TLS Server certificate must be present and valid');
  if (keyFile === undefined) throw new Error('TLS Server private key must be present and valid');
  const verify = switched(flags, 'tlsverify') ?? false;
  return {
    certFile,
    keyFile,
    caFile: file('tlscacert'),
    verify,
    verifyAndMap: verify && loaded?.verifyAndMap,
    timeoutMs: loaded?.timeoutMs,
    connectionRateLimit: loaded?.connectionRateLimit,
    pinnedCertificates: loaded?.pinnedCertificates,
    handshakeFirst: loaded?.handshakeFirst,
  };
}

/** Plain and secure ports come from their own flag or key each. Both cannot be had, which is said when it comes to them. */
function mergeMonitoring(
  loaded: MonitoringOptions | undefined,
  host: string | undefined,
  flags: FlagValues,
): MonitoringOptions | undefined {
  const { port: loadedPort = 0, secure: loadedSecure = false, conflictingPort = 0 } = loaded ?? {};
  const plain = Number(flags.get('http_port') ?? (loadedSecure ? 0 : loadedPort));
  const secure = Number(flags.get('https_port') ?? (loadedSecure ? loadedPort : conflictingPort));
  if (plain === 0 && secure === 0) return undefined;
  return {
    ...loaded,
    host: loaded?.host || host || DEFAULT_HOST,
    port: plain || secure,
    secure: plain === 0,
    conflictingPort: plain === 0 || secure === 0 ? undefined : secure,
  };
}

/** What Go says of a port that cannot be one. It says so only when it comes to listening. */
export function invalidPort(port: number, before: string): string {
  return `${before}listen tcp: address ${port}: invalid port`;
}

function mergeKept(loaded: KeptBlocks | undefined, flags: FlagValues): KeptBlocks | undefined {
  const cluster = mergeCluster(loaded?.cluster, flags);
  const enabled = switched(flags, 'jetstream');
  const storeDir = flags.get('store_dir');
  let jetstream = loaded?.jetstream;
  if (enabled !== undefined) jetstream = { ...jetstream, enabled };
  if (typeof storeDir === 'string') {
    jetstream = { enabled: false, ...jetstream, storeDir: storeDir || undefined };
  }
  if (loaded === undefined && cluster === undefined && jetstream === undefined) return undefined;
  return { ...loaded, cluster, jetstream };
}
