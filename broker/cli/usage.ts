import { FLAGS, type Flag, type FlagKey } from './flags.ts';

type Meaning = readonly [key: FlagKey, value: string, meaning: string];

/** What the flags do, for `--help`. */
const SECTIONS: readonly (readonly [title: string, flags: readonly Meaning[]])[] = [
  [
    'Server',
    [
      ['addr', '<host>', 'address to listen on (0.0.0.0)'],
      ['port', '<port>', 'port for clients; -1 takes any free one (4222)'],
      ['server_name', '<name>', "the server's name (its id)"],
      ['client_advertise', '<host:port>', 'address that is given to clients instead'],
      ['config', '<file>', 'configuration file; flags count over it'],
      ['t', '', 'check the configuration file and exit'],
      ['http_port', '<port>', 'monitoring over HTTP'],
      ['https_port', '<port>', 'monitoring over HTTPS'],
      ['pid', '<file>', 'write the process id to this file'],
      ['ports_file_dir', '<dir>', 'write <program>_<pid>.ports with the open ports to this folder'],
      [
        'signal',
        '<signal>[=<pid>]',
        'signal a running server: stop, quit, term, reopen, reload, ldm; the pid may be a pid file',
      ],
    ],
  ],
  [
    'Log',
    [
      ['debug', '', 'log what the server does'],
      ['trace', '', 'log every protocol line'],
      ['VV', '', 'like -V, with the system account'],
      ['DV', '', '-D and -V'],
      ['DVV', '', '-D and -VV'],
      ['logtime', '', 'begin log lines with the time; -T=false leaves it out (true)'],
      ['logtime_utc', '', 'write that time in UTC'],
      ['log', '<file>', 'log to this file instead of standard error'],
      ['log_size_limit', '<bytes>', 'set the file aside beyond this size and begin a new one'],
      ['syslog', '', 'log to the syslog of this machine'],
      ['remote_syslog', '<url>', 'log to a syslog elsewhere: udp://host:514, tcp://host:514, unix:///path'],
      ['max_traced_msg_len', '<bytes>', 'show this much of a payload in the trace (all)'],
    ],
  ],
  [
    'Authentication',
    [
      ['user', '<user>', 'user name that clients have to give'],
      ['pass', '<password>', 'password that clients have to give, plain or as a bcrypt hash'],
      ['auth', '<token>', 'token that clients have to give'],
    ],
  ],
  [
    'TLS',
    [
      ['tls', '', 'TLS for clients; -tls=false turns off what the configuration has'],
      ['tlscert', '<file>', 'certificate of the server'],
      ['tlskey', '<file>', 'its private key'],
      ['tlsverify', '', 'ask clients for certificates'],
      ['tlscacert', '<file>', 'authority that signed them'],
    ],
  ],
  [
    'Profiling',
    [['profile', '<port>', "processor and memory profiles over HTTP, for Chrome's developer tools and VS Code"]],
  ],
  [
    'JetStream',
    [
      ['jetstream', '', 'streams, key-value buckets and objects'],
      ['store_dir', '<dir>', 'folder that they are kept in (nats, in the folder for temporary files)'],
    ],
  ],
  [
    'Clusters: checked, and without effect in this build (the log says so)',
    [
      ['cluster', '<url>', 'address for other servers of the cluster'],
      ['cluster_name', '<name>', 'name of the cluster'],
      ['cluster_advertise', '<host:port>', 'address that other servers use'],
      ['routes', '<url,url>', 'servers to form a cluster with'],
      ['no_advertise', '', 'do not tell clients of other servers'],
      ['connect_retries', '<n>', 'attempts to reach a server of the cluster'],
    ],
  ],
  [
    'Help',
    [
      ['help', '', 'show this text'],
      ['help_tls', '', 'show what there is to know about TLS'],
      ['version', '', 'show the version'],
    ],
  ],
];

/** The text of `--help`. */
export function usage(program: string): string {
  return [
    '',
    `Usage: ${program} [options]`,
    '',
    'A NATS server: Natscope as a program of its own.',
    '',
    ...SECTIONS.flatMap(([title, flags]) => [`${title}:`, ...flags.map(line), '']),
    'One dash or two, and -x=value or -x value, mean the same.',
    '',
  ].join('\n');
}

function line([key, value, meaning]: Meaning): string {
  const names = ((FLAGS as readonly Flag[]).find((flag) => flag.names[0] === key)?.names ?? [])
    .toSorted((a, b) => a.length - b.length)
    .map((name) => (/^[a-z]{1,2}$|^[A-Z]+$/.test(name) ? `-${name}` : `--${name}`))
    .join(', ');
  return `    ${`${names} ${value}`.padEnd(38)} ${meaning}`.trimEnd();
}
