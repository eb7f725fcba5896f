import { readdir } from 'node:fs/promises';
import { expect } from 'vitest';
import type { ServerProcess } from '../../support/server-process.ts';
import { issueCertificates } from './certificates.ts';
import { admits, infoOf, maskedLines, until, type RunCase } from './context.ts';

/** A configuration, flags over it, and what comes of both. */
const together = (
  name: string,
  config: string,
  words: string[],
  check: (server: ServerProcess, folder: string) => Promise<void> | void,
  certificates = false,
): RunCase => ({
  name,
  async run({ folder, spawn, configure }) {
    if (certificates) await issueCertificates(folder);
    const path = await configure(config);
    const server = await spawn('-c', path, ...words.map((word) => word.replaceAll('$FOLDER', folder))).ready();
    await check(server, folder);
  },
});

const LISTEN = 'listen: "127.0.0.1:-1"\n';
const TLS = 'tls { cert_file: "$FOLDER/server.pem", key_file: "$FOLDER/server.key" }\n';
const OTHER_TLS = ['--tlscert', '$FOLDER/other.pem', '--tlskey', '$FOLDER/other.key'];

/** INFO has these fields; undefined: not at all. */
const informs =
  (expected: Record<string, unknown>, host?: string) =>
  async (server: ServerProcess): Promise<void> => {
    const info = await infoOf(server, host);
    expect(Object.fromEntries(Object.keys(expected).map((key) => [key, info[key]]))).toEqual(expected);
  };

/** Connections are told of in the log, or not. */
const level =
  (debug: boolean, trace: boolean) =>
  async (server: ServerProcess): Promise<void> => {
    // What the first one is logged with comes before the second one is let in.
    for (let time = 0; time < 2; time++) expect(await admits(server, {})).toBe(true);
    if (debug) await server.logged(/\[DBG\] .* - Client connection created/);
    if (trace) await server.logged(/\[TRC\] .*<<- \[PING\]/);
    expect([server.stderr.includes('[DBG]'), server.stderr.includes('[TRC]')]).toEqual([debug, trace]);
  };

const lets =
  (...expected: [fields: object, admitted: boolean][]) =>
  async (server: ServerProcess): Promise<void> => {
    for (const [fields, admitted] of expected)
      expect([fields, await admits(server, fields)]).toEqual([fields, admitted]);
  };

export const precedenceRuns: RunCase[] = [
  together(
    '--addr counts over listen, and the port stays',
    LISTEN,
    ['--addr', '127.0.0.2'],
    informs({ host: '127.0.0.2' }, '127.0.0.2'),
  ),
  together('-p counts over port', 'host: 127.0.0.1\nport: 1\n', ['-p', '-1'], informs({ host: '127.0.0.1' })),
  together('-p counts over listen', 'listen: "127.0.0.1:1"\n', ['-p', '-1'], informs({ host: '127.0.0.1' })),
  together(
    '-n counts over server_name',
    `${LISTEN}server_name: harbour\n`,
    ['-n', 'quay'],
    informs({ server_name: 'quay' }),
  ),
  together('an empty -n makes the name the id', `${LISTEN}server_name: harbour\n`, ['-n', ''], async (server) => {
    const info = await infoOf(server);
    expect(info['server_name']).toBe(info['server_id']);
  }),
  together(
    '--client_advertise counts over client_advertise',
    `${LISTEN}client_advertise: "a:1"\n`,
    ['--client_advertise', 'b:2'],
    informs({ host: 'b', port: 2 }),
  ),
  together('no flag speaks of max_payload', `${LISTEN}max_payload: 1234\n`, ['-D'], informs({ max_payload: 1234 })),
  together('debug and trace of the configuration', `${LISTEN}debug: true\ntrace: true\n`, [], level(true, true)),
  together('-D=false counts over debug', `${LISTEN}debug: true\n`, ['-D=false'], level(false, false)),
  together('-V=false counts over trace', `${LISTEN}trace: true\ndebug: true\n`, ['-V=false'], level(true, false)),
  together('-DV counts over debug: false', `${LISTEN}debug: false\n`, ['-DV'], level(true, true)),
  together('-DV=false counts over both', `${LISTEN}debug: true\ntrace: true\n`, ['-DV=false'], level(false, false)),
  together('-DV=false counts over -D', LISTEN, ['-DV=false', '-D'], level(false, false)),
  together('-VV traces', LISTEN, ['-VV'], level(false, true)),
  together('-DVV logs and traces', LISTEN, ['-DVV'], level(true, true)),
  together('-T=false counts over logtime', `${LISTEN}logtime: true\n`, ['-T=false'], (server) => {
    expect(server.stderr).toMatch(/^\[\d+\] \[INF\] Starting/);
  }),
  together('-T counts over logtime: false', `${LISTEN}logtime: false\n`, ['-T'], (server) => {
    expect(server.stderr).toMatch(/^\[\d+\] \d{4}\/\d\d\/\d\d \S+ \[INF\] Starting/);
  }),
  together('logtime: false alone', `${LISTEN}logtime: false\n`, ['-D'], (server) => {
    expect(server.stderr).toMatch(/^\[\d+\] \[INF\] Starting/);
  }),
  together(
    '--user and --pass count over one user',
    `${LISTEN}authorization { user: ada, password: right }\n`,
    ['--user', 'bob', '--pass', 'flag'],
    lets([{ user: 'bob', pass: 'flag' }, true], [{ user: 'ada', pass: 'right' }, false]),
  ),
  together(
    '--pass alone changes the password',
    `${LISTEN}authorization { user: ada, password: right }\n`,
    ['--pass', 'flag'],
    lets([{ user: 'ada', pass: 'flag' }, true], [{ user: 'ada', pass: 'right' }, false]),
  ),
  together(
    'an empty --user lets everybody in',
    `${LISTEN}authorization { user: ada, password: right }\n`,
    ['--user='],
    lets([{}, true]),
  ),
  together(
    'users of the configuration count over --user',
    `${LISTEN}authorization { users: [ {user: ada, password: right} ] }\n`,
    ['--user', 'bob', '--pass', 'flag'],
    lets([{ user: 'ada', pass: 'right' }, true], [{ user: 'bob', pass: 'other' }, false]),
  ),
  together(
    '--auth counts over a token',
    `${LISTEN}authorization { token: right }\n`,
    ['--auth', 'flag'],
    lets([{ auth_token: 'flag' }, true], [{ auth_token: 'right' }, false]),
  ),
  together('-m 0 closes what http opens', `${LISTEN}http: "127.0.0.1:-1"\n`, ['-m', '0'], (server) => {
    expect(server.stderr).not.toContain('monitor');
  }),
  together('-m takes the host of http', `${LISTEN}http: "127.0.0.2:1"\n`, ['-m', '-1'], (server) => {
    expect(server.stderr).toMatch(/Starting http monitor on 127\.0\.0\.2:\d+\n/);
  }),
  together('http_port takes the host of -a', 'port: -1\nhttp_port: -1\n', ['-a', '127.0.0.1'], (server) => {
    expect(server.stderr).toMatch(/Starting http monitor on 127\.0\.0\.1:\d+\n/);
  }),
  together('-tls=false turns off tls', `${LISTEN}${TLS}`, ['-tls=false'], informs({ tls_required: undefined }), true),
  together('tls stays without a flag', `${LISTEN}${TLS}`, ['-D'], informs({ tls_required: true }), true),
  together('--tlscert and --tlskey are enough for TLS', LISTEN, OTHER_TLS, informs({ tls_required: true }), true),
  together(
    '--tlsverify asks for certificates',
    LISTEN,
    ['--tlsverify', ...OTHER_TLS, '--tlscacert', '$FOLDER/ca.pem'],
    informs({ tls_required: true, tls_verify: true }),
    true,
  ),
  together(
    'TLS flags take the place of the block',
    `${LISTEN}tls { cert_file: "$FOLDER/server.pem", key_file: "$FOLDER/server.key", ca_file: "$FOLDER/ca.pem", verify: true }\n`,
    OTHER_TLS,
    informs({ tls_required: true, tls_verify: undefined }),
    true,
  ),
  together('-l counts over log_file', `${LISTEN}log_file: "$FOLDER/none/x.log"\n`, ['-l', ''], (server, folder) => {
    expect(maskedLines(server.stderr, folder)).toContain('[INF] Server is ready');
  }),
  together(
    '-P and --ports_file_dir count over the configuration',
    `${LISTEN}pid_file: "$FOLDER/none/x.pid"\nports_file_dir: "$FOLDER/none"\n`,
    ['-P', '$FOLDER/y.pid', '--ports_file_dir', '$FOLDER'],
    async (server, folder) => {
      await until('both files', async () => {
        const names = await readdir(folder);
        return names.includes('y.pid') && names.includes(`nats-server_${server.pid}.ports`);
      });
      expect(server.stderr).not.toMatch(/\[(?:ERR|FTL)\]/);
    },
  ),
  together(
    'a cluster is closed by an empty --cluster',
    `${LISTEN}cluster { name: C, listen: "127.0.0.1:-1" }\n`,
    ['--cluster', ''],
    (server) => {
      expect(server.stderr).not.toMatch(/route|\[WRN\]/);
    },
  ),
];
