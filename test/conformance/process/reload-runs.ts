import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { ServerProcess } from '../../support/server-process.ts';
import { admits, greeted, infoOf, lines, until, type RunCase, type RunContext } from './context.ts';

const LISTEN = 'listen: "127.0.0.1:-1"\n';

/** Starts with a configuration, puts another one in its place and lets the server read it. */
async function reloaded(
  context: RunContext,
  before: string,
  after: string,
  words: string[] = [],
): Promise<ServerProcess> {
  const path = await context.configure(before);
  const server = await context.spawn('-c', path, ...words).ready();
  await reload(context, server, after);
  return server;
}

/** Waits until the log has said how it went. */
async function reload(context: RunContext, server: ServerProcess, config: string): Promise<void> {
  await context.configure(config);
  const told = (): number => server.stderr.match(OUTCOME)?.length ?? 0;
  const before = told();
  server.signal('SIGHUP');
  await until('the reload', async () => told() > before);
}

const OUTCOME = /Reloaded server configuration|Failed to reload server configuration/g;
const DONE = /^\[INF\] Reloaded server configuration \(sha256:[0-9a-f]{64}\)$/;

/** A change that is taken, with lines that say so. */
const takes = (
  name: string,
  [before, after]: [before: string, after: string],
  expected: string[],
  check?: (server: ServerProcess, context: RunContext) => Promise<void> | void,
  words: string[] = [],
): RunCase => ({
  name: `reload: ${name}`,
  async run(context) {
    const server = await reloaded(context, LISTEN + before, LISTEN + after, words);
    const log = lines(server.stderr);
    for (const line of expected) expect(log).toContain(line);
    expect(log.at(-1)).toMatch(DONE);
    await check?.(server, context);
  },
});

/** A change that is refused as a whole: nothing of the new configuration counts. */
const refuses = (
  name: string,
  before: string,
  after: string,
  expected: RegExp | string,
  words: string[] = [],
): RunCase => ({
  name: `reload: ${name} is refused`,
  async run(context) {
    const server = await reloaded(context, `debug: false\n${before}`, `debug: true\n${after}`, words);
    const text = server.stderr.slice(server.stderr.indexOf('[ERR]')).replaceAll(context.folder, '$FOLDER');
    const masked = text.replaceAll(String(server.port), 'PORT');
    if (typeof expected === 'string') expect(masked).toBe(`[ERR] Failed to reload server configuration: ${expected}\n`);
    else expect(masked).toMatch(expected);
    using client = await greeted(server, {});
    expect(client.ended).toBe(false);
    expect(server.stderr).not.toContain('[DBG]');
  },
});

export const reloadRuns: RunCase[] = [
  takes('an unchanged configuration is taken', ['', ''], []),
  takes('debug', ['', 'debug: true\n'], ['[INF] Reloaded: debug = true'], async (server) => {
    using client = await greeted(server, {});
    await server.logged(/\[DBG\] .* - Client connection created/);
    expect(client.ended).toBe(false);
  }),
  {
    name: 'reload: trace, also on connections that are open',
    async run(context) {
      const server = await context.spawn('-c', await context.configure(LISTEN)).ready();
      using client = await greeted(server, {});
      await reload(context, server, `${LISTEN}trace: true\n`);
      expect(lines(server.stderr)).toContain('[INF] Reloaded: trace = true');
      client.send('PING\r\n');
      await server.logged(/<<- \[PING\]\n/);
    },
  },
  takes(
    '-D counts over debug: false again',
    ['', 'debug: false\n'],
    [],
    (server) => {
      expect(server.stderr).not.toContain('Reloaded: debug');
    },
    ['-D'],
  ),
  takes(
    '-D=false counts over debug: true again',
    ['', 'debug: true\n'],
    [],
    async (server) => {
      await infoOf(server);
      expect(server.stderr).not.toMatch(/Reloaded: debug|\[DBG\]/);
    },
    ['-D=false'],
  ),
  takes('max_payload', ['', 'max_payload: 100\n'], ['[INF] Reloaded: max_payload = 100'], async (server) => {
    expect(await infoOf(server)).toMatchObject({ max_payload: 100 });
  }),
  takes(
    'ping_interval, whose warning hinders nothing',
    ['', 'ping_interval: 10\n'],
    ['[INF] Reloaded: ping_interval = 10s'],
  ),
  takes(
    'several things at once',
    ['', 'ping_max: 5\nwrite_deadline: "3s"\nmax_control_line: 2048\n'],
    ['[INF] Reloaded: ping_max = 5', '[INF] Reloaded: write_deadline = 3s', '[INF] Reloaded: max_control_line = 2048'],
  ),
  takes('a port that -p decides', ['', ''], [], undefined, ['-p', '-1']),
  {
    name: 'reload: a port of the configuration that -p hides',
    async run(context) {
      const server = await reloaded(context, 'listen: "127.0.0.1:1"\n', 'listen: "127.0.0.1:2"\n', ['-p', '-1']);
      expect(lines(server.stderr).at(-1)).toMatch(DONE);
    },
  },
  takes(
    'a password',
    ['authorization { user: ada, password: old }\n', 'authorization { user: ada, password: new }\n'],
    ['[INF] Reloaded: authorization password'],
    async (server) => {
      expect([
        await admits(server, { user: 'ada', pass: 'new' }),
        await admits(server, { user: 'ada', pass: 'old' }),
      ]).toEqual([true, false]);
      expect(server.stderr).not.toMatch(/old|new\b/);
    },
  ),
  takes(
    'credentials that --user and --pass decide',
    ['', 'authorization { user: bob, password: config }\n'],
    [],
    async (server) => {
      expect([
        await admits(server, { user: 'ada', pass: 'flag' }),
        await admits(server, { user: 'bob', pass: 'config' }),
      ]).toEqual([true, false]);
    },
    ['--user', 'ada', '--pass', 'flag'],
  ),
  {
    name: 'reload: a user that is gone is sent away',
    async run(context) {
      const user = (name: string): string => `{user: ${name}, password: secret}`;
      const path = await context.configure(`${LISTEN}authorization { users: [ ${user('ada')}, ${user('bob')} ] }\n`);
      const server = await context.spawn('-c', path).ready();
      using ada = await greeted(server, { user: 'ada', pass: 'secret' });
      using bob = await greeted(server, { user: 'bob', pass: 'secret' });
      await reload(context, server, `${LISTEN}authorization { users: [ ${user('ada')} ] }\n`);
      await until('the end of the connection', async () => bob.ended);
      ada.send('PING\r\n');
      await ada.expectMatch(/^(?:INFO [^\n]*\n)*PONG\r\n/);
      expect(server.stderr).not.toContain('secret');
    },
  },
  {
    name: 'reload: a subscription that is not allowed any more ends',
    async run(context) {
      const users = (denied: string): string =>
        `${LISTEN}authorization { users: [ {user: ada, password: secret, permissions { subscribe { deny: "${denied}" } } } ] }\n`;
      const server = await context.spawn('-c', await context.configure(users('other'))).ready();
      using client = await greeted(server, { user: 'ada', pass: 'secret' });
      client.send('SUB foo 1\r\nPING\r\n');
      await client.expectText('PONG\r\n');
      await reload(context, server, users('foo'));
      await client.expectMatch(
        /^(?:INFO [^\n]*\n)*-ERR 'Permissions Violation for Subscription to "foo" \(sid "1"\)'\r\n/,
      );
      client.send('PUB foo 0\r\n\r\nPING\r\n');
      await client.expectMatch(/^(?:INFO [^\n]*\n)*PONG\r\n/);
    },
  },
  takes('pid_file', ['', 'pid_file: "$FOLDER/new.pid"\n'], [], async (server, { folder }) => {
    expect(lines(server.stderr)).toContain(`[INF] Reloaded: pid_file = ${folder}/new.pid`);
    expect(await readFile(join(folder, 'new.pid'), 'utf8')).toBe(String(server.pid));
  }),
  takes(
    'a pid file that cannot be written is an error, and the rest is taken',
    ['', 'pid_file: "$FOLDER/none/x.pid"\nping_max: 5\n'],
    ['[INF] Reloaded: ping_max = 5'],
    (server) => {
      expect(server.stderr).toMatch(
        /\[ERR\] Failed to write pidfile: open \S+\/none\/x\.pid: no such file or directory\n/,
      );
    },
  ),
  {
    name: 'reload: ports_file_dir',
    async run(context) {
      const { folder } = context;
      for (const name of ['a', 'b']) await mkdir(join(folder, name));
      const config = (name: string): string => `${LISTEN}ports_file_dir: "$FOLDER/${name}"\n`;
      const path = await context.configure(config('a'));
      const server = await context.spawn('-c', path).ready();
      const file = `nats-server_${server.pid}.ports`;
      await until('the first file', async () => (await readdir(join(folder, 'a'))).includes(file));
      await reload(context, server, config('b'));
      expect(lines(server.stderr)).toContain(`[INF] Reloaded: ports_file_dir = ${folder}/b`);
      await until('the second file', async () => (await readdir(join(folder, 'b'))).includes(file));
      expect(await readdir(join(folder, 'a'))).toEqual([]);
      server.signal('SIGTERM');
      await server.exit();
      expect(await readdir(join(folder, 'b'))).toEqual([]);
    },
  },
  {
    name: 'reload: logtime',
    async run(context) {
      const server = await reloaded(context, LISTEN, `${LISTEN}logtime: false\n`);
      expect(server.stderr).toMatch(/\d\.\d{6} \[INF\] Reloaded: logtime = false\n/);
      expect(server.stderr).toMatch(/\n\[\d+\] \[INF\] Reloaded server configuration [^\n]*\n$/);
    },
  },
  {
    name: 'reload: log_file takes what comes after it',
    async run(context) {
      const path = join(context.folder, 'new.log');
      const server = await context.spawn('-c', await context.configure(LISTEN)).ready();
      await context.configure(`${LISTEN}log_file: "${path}"\n`);
      server.signal('SIGHUP');
      const text = (): Promise<string> => readFile(path, 'utf8').catch(() => '');
      await until('the new log', async () => (await text()).includes('Reloaded server configuration'));
      expect(lines(await text())[0]).toMatch(DONE);
      await until('the old log', async () => lines(server.stderr).includes(`[INF] Reloaded: log_file = ${path}`));
      server.signal('SIGTERM');
      await server.exit();
      expect(await text()).toContain('Server Exiting..');
      expect(server.stderr).not.toContain('Server Exiting..');
    },
  },
  {
    name: 'reload: back and forth',
    async run(context) {
      const server = await reloaded(context, LISTEN, `${LISTEN}max_payload: 100\n`);
      await reload(context, server, LISTEN);
      expect(await infoOf(server)).toMatchObject({ max_payload: 1_048_576 });
      await reload(context, server, `${LISTEN}foo: 1\n`);
      await reload(context, server, `${LISTEN}max_payload: 200\n`);
      expect(await infoOf(server)).toMatchObject({ max_payload: 200 });
    },
  },
  {
    name: 'reload: by --signal',
    async run(context) {
      const server = await context.spawn('-c', await context.configure(LISTEN)).ready();
      expect(await context.spawn('--signal', `reload=${server.pid}`).exit()).toEqual({ code: 0, signal: null });
      await server.logged(/Trapped "hangup" signal\n(?:.*\n)*.*Reloaded server configuration/);
    },
  },
  {
    name: 'reload: a file that is gone',
    async run(context) {
      const path = await context.configure(LISTEN);
      const server = await context.spawn('-c', path).ready();
      await rm(path);
      server.signal('SIGHUP');
      await server.logged(/\[ERR\] Failed to reload server configuration: open \S+: no such file or directory\n/);
    },
  },
  refuses(
    'another host',
    LISTEN,
    'listen: "127.0.0.2:-1"\n',
    'config reload not supported for Host: old=127.0.0.1, new=127.0.0.2',
  ),
  refuses(
    'another port',
    LISTEN,
    'listen: "127.0.0.1:4999"\n',
    'config reload not supported for Port: old=PORT, new=4999',
  ),
  refuses(
    'monitoring',
    LISTEN,
    `${LISTEN}http: "127.0.0.1:-1"\n`,
    'config reload not supported for HTTPPort: old=0, new=-1',
  ),
  refuses(
    'another name',
    `${LISTEN}server_name: a\n`,
    `${LISTEN}server_name: b\n`,
    'config reload not supported for ServerName: old=a, new=b',
  ),
  refuses(
    'another max_pending',
    LISTEN,
    `${LISTEN}max_pending: 1MB\n`,
    'config reload not supported for MaxPending: old=67108864, new=1048576',
  ),
  refuses(
    'another limit of the log',
    LISTEN,
    `${LISTEN}logfile_size_limit: 1000\n`,
    'config reload not supported for LogSizeLimit: old=0, new=1000',
  ),
  refuses(
    'another number of logs',
    LISTEN,
    `${LISTEN}logfile_max_num: 3\n`,
    'config reload not supported for LogMaxFiles: old=0, new=3',
  ),
  refuses(
    'a port for profiles',
    LISTEN,
    `${LISTEN}prof_port: -1\n`,
    'config reload not supported for ProfPort: old=0, new=-1',
  ),
  refuses('an unknown key', LISTEN, `${LISTEN}foo: 1\n`, '$FOLDER/server.conf:3:1: unknown field "foo"'),
  refuses(
    'a file that is none',
    LISTEN,
    `${LISTEN}bar {\n`,
    /Failed to reload server configuration: Parse error on line 4: 'Unexpected EOF processing map\.'\n$/,
  ),
  refuses(
    'what contradicts itself',
    LISTEN,
    `${LISTEN}no_auth_user: nobody\n`,
    'no_auth_user: "nobody" present, but users/nkeys are not defined',
  ),
];
