import { FLAGS, type Flag, type FlagKey } from './flags.ts';

/** What a flag does, for `--help`. */
const MEANINGS: Record<FlagKey, readonly [value: string, meaning: string]> = {
  addr: ['<host>', 'address to listen on (0.0.0.0)'],
  port: ['<port>', 'port for clients; -1 takes any free one (4222)'],
  server_name: ['<name>', "the server's name (its id)"],
  client_advertise: ['<host:port>', 'address that other servers give to clients'],
  pid: ['<file>', 'write the process id to this file'],
  ports_file_dir: ['<dir>', 'write <program>_<pid>.ports with the open ports to this folder'],
  debug: ['', 'log what the server does'],
  trace: ['', 'log every protocol line'],
  VV: ['', 'like -V, with the system account'],
  DV: ['', '-D and -V'],
  DVV: ['', '-D and -VV'],
  logtime: ['', 'begin log lines with the time; -T=false leaves it out (true)'],
  logtime_utc: ['', 'write that time in UTC'],
  log: ['<file>', 'log to this file instead of standard error'],
  log_size_limit: ['<bytes>', 'start a new log file beyond this size'],
  max_traced_msg_len: ['<bytes>', 'show this much of a payload in the trace (all)'],
  user: ['<user>', 'user name that clients have to give'],
  pass: ['<password>', 'password that clients have to give'],
  auth: ['<token>', 'token that clients have to give'],
  signal: [
    '<signal>[=<pid>]',
    'signal a running server: stop, quit, term, reopen, reload, ldm; the pid may be a pid file',
  ],
  help: ['', 'show this text'],
  help_tls: ['', 'show what there is to know about TLS'],
  version: ['', 'show the version'],
  config: ['<file>', 'configuration file'],
  t: ['', 'check the configuration file and exit'],
  http_port: ['<port>', 'monitoring over HTTP'],
  https_port: ['<port>', 'monitoring over HTTPS'],
  syslog: ['', 'log to syslog'],
  remote_syslog: ['<address>', 'log to syslog elsewhere'],
  jetstream: ['', 'streams'],
  store_dir: ['<dir>', 'where streams are kept'],
  tls: ['', 'TLS for clients'],
  tlscert: ['<file>', 'certificate'],
  tlskey: ['<file>', 'private key'],
  tlsverify: ['', 'ask clients for certificates'],
  tlscacert: ['<file>', 'certificate authority of the clients'],
  routes: ['<url,url>', 'servers to form a cluster with'],
  cluster: ['<url>', 'address for other servers of the cluster'],
  cluster_name: ['<name>', 'name of the cluster'],
  cluster_advertise: ['<host:port>', 'address that other servers use'],
  no_advertise: ['', 'do not tell clients of other servers'],
  connect_retries: ['<n>', 'attempts to reach a server of the cluster'],
  profile: ['<port>', 'profiling over HTTP'],
};

/** The text of `--help`. */
export function usage(program: string): string {
  const available = (FLAGS as readonly Flag[]).filter((flag) => flag.missing === undefined && flag.names[0] !== 't');
  const later = (FLAGS as readonly Flag[]).filter((flag) => flag.missing !== undefined || flag.names[0] === 't');
  return [
    '',
    `Usage: ${program} [options]`,
    '',
    'A NATS server: Natscope as a program of its own.',
    '',
    ...available.map(line),
    '',
    'Known, but not available yet (the server says so and ends):',
    '',
    ...later.map(line),
    '',
    'One dash or two, and -x=value or -x value, mean the same.',
    '',
  ].join('\n');
}

function line(flag: Flag): string {
  const [value, meaning] = MEANINGS[flag.names[0] as FlagKey];
  const names = flag.names
    .toSorted((a, b) => a.length - b.length)
    .map((name) => (/^[a-z]{1,2}$|^[A-Z]+$/.test(name) ? `-${name}` : `--${name}`))
    .join(', ');
  return `    ${`${names} ${value}`.padEnd(38)} ${meaning}`.trimEnd();
}
