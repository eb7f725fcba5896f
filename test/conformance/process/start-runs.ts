import { expect } from 'vitest';
import { createJwtWorld } from '../../support/jwt.ts';
import { issueCertificates } from './certificates.ts';
import { greeted, maskedLines, type RunCase, type RunContext } from './context.ts';

/** The lines that every start has before and after the others. */
const HEAD = ['[INF] Starting nats-server', '[INF]   Version:  VERSION', '[INF]   Git:      [GIT]'];
const NAME = ['[INF]   Name:     harbour', '[INF]   ID:       ID'];
const CONFIG = '[INF] Using configuration file: FOLDER/server.conf (DIGEST)';
const CLIENTS = '[INF] Listening for client connections on 127.0.0.1:PORT';
const READY = '[INF] Server is ready';

/** A start with a configuration and flags logs exactly these lines between its name and the end. */
const starts = (
  name: string,
  config: string,
  expected: string[],
  words: string[] = [],
  certificates = false,
): RunCase => ({
  name,
  async run({ folder, spawn, configure }) {
    if (certificates) await issueCertificates(folder);
    const path = await configure(`listen: "127.0.0.1:-1"\nserver_name: harbour\n${config}`);
    const server = await spawn('-c', path, ...words).ready();
    expect(maskedLines(server.stderr, folder)).toEqual([...HEAD, ...NAME, ...expected, READY]);
    expect(server.stdout).toBe('');
  },
});

const TLS = 'cert_file: "$FOLDER/server.pem", key_file: "$FOLDER/server.key"';

/** Lines of JetStream with their times, hashes and the name of the folder masked, without the banner that one of them has. */
function streamLines(log: string, folder: string): string[] {
  const all = maskedLines(log, folder).map((line) =>
    line.replace(/(Took |in )[\d.]+[mµn]?s/, '$1TIME').replace(/(Store Directory: "FOLDER\/store\/)\w+"/, '$1…"'),
  );
  return all.filter((line) => !/^\[INF\] (?:[ |]|$)/.test(line) || /^\[INF\] {3}[A-Z]/.test(line));
}

const STREAMS = [
  '[INF] ---------------- JETSTREAM ----------------',
  '[INF]   Strict:          true',
  '[INF]   Max Memory:      64.00 MB',
  '[INF]   Max Storage:     1.00 GB',
  '[INF]   Store Directory: "FOLDER/store/…"',
  '[INF]   Domain:          hub',
  '[INF]   Encryption:      AES-GCM',
  '[INF]   API Level:       5',
  '[INF] -------------------------------------------',
];

const withStreams: RunCase = {
  name: 'JetStream says where streams are, what they may take, and which came back',
  async run({ folder, spawn, configure }) {
    const path = await configure(`
      listen: "127.0.0.1:-1"
      server_name: harbour
      jetstream { store_dir: "$FOLDER/store", max_mem: 64MB, max_file: 1GB, domain: hub, key: secret, cipher: aes }`);
    const head = [
      ...HEAD,
      NAME[0],
      '[INF]   Node:     ksy535g4',
      NAME[1],
      CONFIG,
      '[INF] Starting JetStream',
      ...STREAMS,
    ];
    const first = await spawn('-c', path).ready();
    expect(streamLines(first.stderr, folder)).toEqual([...head, '[INF] Took TIME to start JetStream', CLIENTS, READY]);
    expect(first.stderr).not.toContain('secret');
    {
      using client = await greeted(first, {});
      const ask = async (subject: string, body: string): Promise<void> => {
        client.send(`SUB in 1\r\nPUB ${subject} in ${body.length}\r\n${body}\r\n`);
        await client.expectMatch(/^MSG in 1 \d+\r\n[^\n]*\n/);
        client.send('UNSUB 1\r\n');
      };
      await ask('$JS.API.STREAM.CREATE.S', '{"name":"S","subjects":["s"]}');
      await ask('s', 'one');
      await ask('s', 'two');
      const consumer = '{"stream_name":"S","config":{"durable_name":"C","ack_policy":"explicit"}}';
      await ask('$JS.API.CONSUMER.DURABLE.CREATE.S.C', consumer);
    }
    first.signal('SIGTERM');
    await first.exit();
    expect(streamLines(first.stderr, folder).slice(-5)).toEqual([
      '[INF] Trapped "terminated" signal',
      '[INF] Initiating Shutdown...',
      '[INF] Initiating JetStream Shutdown...',
      '[INF] JetStream Shutdown',
      '[INF] Server Exiting..',
    ]);
    const second = await spawn('-c', path).ready();
    expect(streamLines(second.stderr, folder)).toEqual([
      ...head,
      "[INF]   Starting restore for stream '$G > S'",
      "[INF]   Restored 2 messages for stream '$G > S' in TIME",
      "[INF]   Recovering 1 consumers for stream - '$G > S'",
      '[INF] Took TIME to start JetStream',
      CLIENTS,
      READY,
    ]);
  },
};

export const startRuns: RunCase[] = [
  withStreams,
  starts('a configuration is named with its digest', '', [CONFIG, CLIENTS]),
  starts(
    'everything that a start can say comes in its order',
    `http: "127.0.0.1:-1"
     max_payload: 9MB
     feature_flags { js_ack_fc_v2: true, zeta: true }
     authorization { users: [ {user: ada, password: secret} ] }
     websocket { listen: "127.0.0.1:-1", no_tls: true }`,
    [
      '[INF]   Feature flags:',
      '[INF]     Configured:    js_ack_fc_v2 (opt-in)',
      '[INF]     Unsupported:   zeta',
      '[WRN] Plaintext passwords detected, use nkeys or bcrypt',
      CONFIG,
      '[WRN] Maximum payloads over 8.00 MB are generally discouraged and could lead to poor performance',
      '[INF] Starting http monitor on 127.0.0.1:PORT',
      '[INF] Listening for websocket clients on ws://127.0.0.1:PORT',
      '[WRN] Websocket not configured with TLS. DO NOT USE IN PRODUCTION!',
      CLIENTS,
    ],
  ),
  starts(
    'flags have their lines too',
    '',
    [CONFIG, '[INF] Starting http monitor on 127.0.0.1:PORT', CLIENTS],
    ['-m', '-1'],
  ),
  {
    name: 'the port of profiles is named',
    async run({ start }) {
      const server = await start('--profile', '-1');
      await server.logged(/\[INF\] profiling port: \d+\n/);
    },
  },
  starts(
    'TLS is said to be required',
    `tls { ${TLS} }`,
    [CONFIG, CLIENTS, '[INF] TLS required for client connections'],
    [],
    true,
  ),
  starts(
    'TLS is said to be there where it is not required',
    `tls { ${TLS} }\nallow_non_tls: true`,
    [CONFIG, CLIENTS, '[INF] TLS available for client connections'],
    [],
    true,
  ),
  starts(
    'clients that wait for INFO are warned of',
    `tls { ${TLS}, handshake_first: true }\nallow_non_tls: true`,
    [
      CONFIG,
      CLIENTS,
      '[INF] TLS required for client connections',
      '[WRN] Clients that are not using "TLS Handshake First" option will fail to connect',
    ],
    [],
    true,
  ),
  starts(
    'a handshake that may come first is nothing to warn of',
    `tls { ${TLS}, handshake_first: auto }`,
    [CONFIG, CLIENTS, '[INF] TLS required for client connections'],
    [],
    true,
  ),
  starts(
    'monitoring and WebSocket over TLS are named so',
    `tls { ${TLS} }\nhttps: "127.0.0.1:-1"\nwebsocket { listen: "127.0.0.1:-1", tls { ${TLS} } }`,
    [
      CONFIG,
      '[INF] Starting https monitor on 127.0.0.1:PORT',
      '[INF] Listening for websocket clients on wss://127.0.0.1:PORT',
      CLIENTS,
      '[INF] TLS required for client connections',
    ],
    [],
    true,
  ),
  starts('the PROXY protocol is named', 'proxy_protocol: true', [
    CONFIG,
    CLIENTS,
    '[INF] PROXY protocol enabled for client connections',
  ]),
  ...(
    [
      ['a plain password of one user', 'authorization { user: ada, password: secret }', true],
      ['a plain password of an account', 'accounts { A { users: [ {user: ada, password: secret} ] } }', true],
      [
        'a hash',
        'authorization { user: ada, password: "$2a$04$PIq3jzbZoZCRRXgNGXRTxOVKnQ9LlVYlFKsQKtJGcjqLAXXgVKdW6" }',
        false,
      ],
      ['a token', 'authorization { token: secret }', false],
      ['a user without a password', 'authorization { users: [ {user: ada} ] }', true],
      ['a key', 'authorization { users: [ {nkey: UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4} ] }', false],
    ] as const
  ).map(([what, config, warns]) =>
    starts(`${what} is ${warns ? 'warned of' : 'nothing to warn of'}`, config, [
      ...(warns ? ['[WRN] Plaintext passwords detected, use nkeys or bcrypt'] : []),
      CONFIG,
      CLIENTS,
    ]),
  ),
  {
    name: 'operators are named',
    async run({ folder, spawn, configure }) {
      const path = await configure(`listen: "127.0.0.1:-1"\nserver_name: harbour\n${createJwtWorld().config}`);
      const server = await spawn('-c', path).ready();
      const masked = maskedLines(server.stderr, folder).map((line) =>
        line.replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4} \S+$/, 'TIME'),
      );
      expect(masked).toEqual([
        ...HEAD,
        ...NAME,
        CONFIG,
        '[INF] Trusted Operators',
        '[INF]   System  : ""',
        '[INF]   Operator: "op"',
        '[INF]   Issued  : TIME',
        '[INF]   Expires : Never',
        '[WRN] Trusted Operators should utilize a System Account',
        CLIENTS,
        READY,
      ]);
    },
  },
  {
    name: 'warnings of a configuration come before the log, and the server starts',
    async run({ spawn, configure }) {
      const path = await configure('listen: "127.0.0.1:-1"\nping_interval: 10\nwrite_deadline: 3\n');
      const server = await spawn('-c', path).ready();
      const warning = (line: number, key: string): string =>
        `${path}:${line}:1: invalid use of field "${key}": ${key} should be converted to a duration\n`;
      const [before = ''] = server.stderr.split(/^\[/m);
      expect(before.split('\n').toSorted()).toEqual(
        (warning(2, 'ping_interval') + warning(3, 'write_deadline')).split('\n').toSorted(),
      );
    },
  },
  {
    name: 'an empty configuration is warned of, and the server starts',
    async run({ start, configure }: RunContext) {
      const path = await configure('');
      const server = await start('-c', path);
      expect(server.stderr).toMatch(new RegExp(`^${path}: config has no values or is empty\\n\\[`));
    },
  },
  {
    name: 'variables come from the environment',
    async run({ spawn, configure }) {
      const path = await configure('listen: "127.0.0.1:-1"\nserver_name: $HOME\n');
      const server = await spawn('-c', path).ready();
      expect(server.stderr).toContain(`Name:     ${process.env['HOME']}\n`);
    },
  },
  {
    name: 'files that are included are read from where they are',
    async run({ spawn, configure }) {
      await configure('server_name: harbour\n', 'name.conf');
      const path = await configure('listen: "127.0.0.1:-1"\ninclude name.conf\n');
      const server = await spawn('-c', path).ready();
      expect(server.stderr).toContain('Name:     harbour\n');
    },
  },
];
