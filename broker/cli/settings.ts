import type { BrokerOptions } from '../index.ts';
import type { FlagKey, FlagValue } from './flags.ts';

/** What the flags ask for: the broker's options, and what the program does around it. */
export interface Settings {
  broker: BrokerOptions;
  logFile: string | undefined;
  /** 0 means no limit. */
  logFileBytesMax: number;
  logTime: boolean;
  logUtc: boolean;
  pidFile: string | undefined;
  portsFolder: string | undefined;
  /** What the log warns of at the start. */
  warnings: string[];
}

/** Throws an error that says which flag is wrong and why. */
export function settingsFrom(values: ReadonlyMap<FlagKey, FlagValue>): Settings {
  // An empty text is the same as a flag that was not given.
  const text = (key: FlagKey): string | undefined => {
    const value = values.get(key);
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const integer = (key: FlagKey): number => Number(values.get(key) ?? 0);
  const on = (...keys: FlagKey[]): boolean => keys.some((key) => values.get(key) === true);
  const serverName = text('server_name');
  if (serverName?.includes(' ') === true) throw new Error('server name cannot contain spaces');
  const user = text('user');
  const password = text('pass');
  return {
    broker: {
      host: text('addr'),
      port: integer('port') === 0 ? undefined : integer('port'),
      serverName,
      clientAdvertise: text('client_advertise'),
      user,
      // nats-server ignores a password without a user; so does this, but not in silence.
      password: user === undefined ? undefined : password,
      token: text('auth'),
      debug: on('debug', 'DV', 'DVV'),
      trace: on('trace', 'VV', 'DV', 'DVV'),
      maxTracedMessageLength: Math.max(0, integer('max_traced_msg_len')),
    },
    logFile: text('log'),
    logFileBytesMax: Math.max(0, integer('log_size_limit')),
    logTime: values.get('logtime') !== false,
    logUtc: on('logtime_utc'),
    pidFile: text('pid'),
    portsFolder: text('ports_file_dir'),
    warnings: passwordWarnings(user, password),
  };
}

function passwordWarnings(user: string | undefined, password: string | undefined): string[] {
  if (password === undefined) return [];
  const warnings: string[] = [];
  if (!/^\$2[abxy]\$\d{2}\$/.test(password)) warnings.push('Plaintext passwords detected, use nkeys or bcrypt');
  if (user === undefined) warnings.push('--pass without --user has no effect: anyone may connect');
  return warnings;
}
