import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { RawClient } from '../../support/raw-client.ts';
import { greeted, infoOf, lines, until, type RunCase, type RunContext } from './context.ts';

const TIME = String.raw`\d{4}/\d\d/\d\d \d\d:\d\d:\d\d\.\d{6}`;

export const runs: RunCase[] = [
  {
    name: 'the start-up lines come in their order',
    async run({ start }) {
      const server = await start('-n', 'harbour');
      expect(lines(server.stderr)).toEqual([
        '[INF] Starting nats-server',
        expect.stringMatching(/^\[INF\] {3}Version: {2}2\.15\.\d+$/),
        expect.stringMatching(/^\[INF\] {3}Git: {6}\[.*\]$/),
        '[INF]   Name:     harbour',
        expect.stringMatching(/^\[INF\] {3}ID: {7}N[A-Z2-7]{55}$/),
        `[INF] Listening for client connections on 127.0.0.1:${server.port}`,
        '[INF] Server is ready',
      ]);
      expect(server.stdout).toBe('');
    },
  },
  {
    name: 'the name is the id where none is given',
    async run({ start }) {
      const server = await start();
      expect(server.stderr).toMatch(/Name: {5}(N[A-Z2-7]{55})\n[^\n]*ID: {7}\1\n/);
    },
  },
  {
    name: 'a log line begins with pid, date, time and label',
    async run({ start }) {
      const server = await start();
      for (const line of server.stderr.trimEnd().split('\n')) {
        expect(line).toMatch(new RegExp(`^\\[${server.pid}\\] ${TIME} \\[INF\\] `));
      }
    },
  },
  {
    name: '-T=false leaves the time out',
    async run({ start }) {
      const server = await start('-T=false');
      expect(server.stderr).toMatch(new RegExp(`^\\[${server.pid}\\] \\[INF\\] Starting`));
    },
  },
  {
    name: '--logtime_utc shows the time of UTC',
    async run({ spawn }) {
      const server = spawn('-a', '127.0.0.1', '-p', '-1', '--logtime_utc');
      await server.ready();
      const [, date = '', time = ''] = /^\[\d+\] (\S+) (\S+)\./.exec(server.stderr) ?? [];
      const logged = Date.parse(`${date.replaceAll('/', '-')}T${time}Z`);
      expect(Math.abs(Date.now() - logged)).toBeLessThan(30_000);
    },
  },
  {
    name: 'a plain password is warned of',
    async run({ start }) {
      const server = await start('--user', 'ada', '--pass', 'secret');
      expect(lines(server.stderr)).toContain('[WRN] Plaintext passwords detected, use nkeys or bcrypt');
    },
  },
  {
    name: 'a token is not warned of, and neither is shown in the log',
    async run({ start }) {
      const server = await start('--auth', 's3cr3t', '-DV');
      expect(server.stderr).not.toMatch(/\[WRN\]|s3cr3t/);
    },
  },
  {
    name: 'flags in every spelling start it',
    async run({ spawn }) {
      const server = spawn(
        '--addr=127.0.0.1',
        '-port',
        '-1',
        '--name',
        'harbour',
        '-D=false',
        '--T=true',
        '-js=false',
        '-m',
        '0',
      );
      await server.ready();
      expect(server.stderr).toContain('Name:     harbour');
    },
  },
  {
    name: 'the last of a flag given twice counts',
    async run({ spawn }) {
      const server = spawn('-a', '192.0.2.99', '--net', '127.0.0.1', '-p', '1', '--port=-1');
      await server.ready();
    },
  },
  {
    name: 'IPv6 is written in brackets',
    async run({ spawn }) {
      const server = spawn('-a', '::1', '-p', '-1');
      await server.ready();
      expect(server.stderr).toMatch(/Listening for client connections on \[::1\]:\d+\n/);
      using client = await greeted(server, {}, '::1');
      expect(client.ended).toBe(false);
    },
  },
  {
    name: 'without an address it listens on all of them',
    async run({ spawn }) {
      const server = spawn('-p', '-1');
      await server.ready();
      expect(server.stderr).toMatch(/Listening for client connections on 0\.0\.0\.0:\d+\n/);
      // Those of IPv6 are among them.
      for (const host of ['127.0.0.1', '::1']) {
        expect(await infoOf(server, host)).toMatchObject({ host: '0.0.0.0', client_ip: host });
      }
    },
  },
  {
    name: 'a port in use ends the second server',
    async run({ start, spawn }) {
      const { port } = await start();
      const second = spawn('-a', '127.0.0.1', '-p', String(port));
      expect(await second.exit()).toEqual({ code: 1, signal: null });
      expect(lines(second.stderr).at(-1)).toBe(
        `[FTL] Error listening on port: 127.0.0.1:${port}, "listen tcp 127.0.0.1:${port}: bind: address already in use"`,
      );
    },
  },
  {
    name: 'the port is free again after SIGKILL',
    async run({ start, spawn }) {
      const server = await start();
      using client = await greeted(server, {});
      const { port } = server;
      await server.stop();
      const next = spawn('-a', '127.0.0.1', '-p', String(port));
      await next.ready();
      expect(client.ended).toBe(true);
    },
  },
  ...(['SIGINT', 'SIGTERM'] as const).map((name) => ({
    name: `${name} ends it with 0`,
    async run({ start }: RunContext) {
      const server = await start();
      server.signal(name);
      expect(await server.exit()).toEqual({ code: 0, signal: null });
      expect(lines(server.stderr).slice(-3)).toEqual([
        `[INF] Trapped "${name === 'SIGINT' ? 'interrupt' : 'terminated'}" signal`,
        '[INF] Initiating Shutdown...',
        '[INF] Server Exiting..',
      ]);
    },
  })),
  {
    name: 'SIGINT ends it while clients are connected',
    async run({ start }) {
      const server = await start();
      using client = await greeted(server, {});
      server.signal('SIGINT');
      expect(await server.exit()).toEqual({ code: 0, signal: null });
      await client.expectClosed();
    },
  },
  {
    name: 'SIGUSR2 without clients ends it with 0',
    async run({ start }) {
      const server = await start();
      server.signal('SIGUSR2');
      expect(await server.exit()).toEqual({ code: 0, signal: null });
      expect(lines(server.stderr).slice(-4)).toEqual([
        '[INF] Trapped "user defined signal 2" signal',
        '[INF] Entering lame duck mode, stop accepting new clients',
        '[INF] Initiating Shutdown...',
        '[INF] Server Exiting..',
      ]);
    },
  },
  {
    name: 'SIGUSR2 with a client keeps it, and SIGINT ends it',
    async run({ start }) {
      const server = await start();
      using client = await greeted(server, { protocol: 1 });
      server.signal('SIGUSR2');
      await server.logged(/Entering lame duck mode, stop accepting new clients/);
      await client.expectMatch(/^INFO [^\n]*"ldm":true[^\n]*\n/);
      server.signal('SIGTERM');
      await server.logged(/Trapped "terminated" signal/);
      server.signal('SIGINT');
      expect(await server.exit()).toEqual({ code: 0, signal: null });
    },
  },
  {
    name: 'SIGHUP says that there is nothing to reload',
    async run({ start }) {
      const server = await start();
      server.signal('SIGHUP');
      await server.logged(
        /\[ERR\] Failed to reload server configuration: can only reload config when a file is provided using -c or --config\n/,
      );
      using client = await greeted(server, {});
      expect(client.ended).toBe(false);
    },
  },
  {
    name: 'SIGUSR1 without a log file is ignored',
    async run({ start }) {
      const server = await start();
      server.signal('SIGUSR1');
      await server.logged(/\[INF\] File log re-open ignored, not a file logger\n/);
    },
  },
  {
    name: 'the log goes to the file of -l, and SIGUSR1 opens it again',
    async run({ folder, spawn }) {
      const path = join(folder, 'server.log');
      const server = spawn('-a', '127.0.0.1', '-p', '-1', '-l', path);
      const text = (): Promise<string> => readFile(path, 'utf8').catch(() => '');
      await until('the log file', async () => (await text()).includes('Server is ready'));
      expect(server.stderr).toBe('');
      expect((await stat(path)).mode & 0o777).toBe(0o640);
      await writeFile(path, '');
      server.signal('SIGUSR1');
      await until('the new log', async () =>
        /Trapped "user defined signal 1" signal\n.*File log re-opened\n/.test(await text()),
      );
      server.signal('SIGTERM');
      await server.exit();
      expect(await text()).toContain('Server Exiting..');
    },
  },
  {
    name: 'a log over its limit is set aside under the time',
    async run({ folder, spawn }) {
      const path = join(folder, 'server.log');
      const server = spawn('-a', '127.0.0.1', '-p', '-1', '-l', path, '--log_size_limit', '300');
      await until('the second log file', async () => (await readdir(folder)).length >= 2);
      server.signal('SIGTERM');
      await server.exit();
      const names = await readdir(folder);
      expect(names).toContain('server.log');
      for (const name of names) expect(name).toMatch(/^server\.log(?:\.\d{4}(?:\.\d\d){5}\.\d{9})?$/);
    },
  },
  {
    name: 'the pid file holds the number alone and stays',
    async run({ folder, start }) {
      const path = join(folder, 'server.pid');
      const server = await start('-P', path);
      expect(await readFile(path, 'utf8')).toBe(String(server.pid));
      expect((await stat(path)).mode & 0o777).toBe(0o600);
      server.signal('SIGTERM');
      await server.exit();
      expect(await readFile(path, 'utf8')).toBe(String(server.pid));
    },
  },
  {
    name: 'the ports file names the port and goes away',
    async run({ folder, start }) {
      const server = await start('--ports_file_dir', folder);
      const path = join(folder, `nats-server_${server.pid}.ports`);
      await until('the ports file', async () => (await readdir(folder)).includes(`nats-server_${server.pid}.ports`));
      await until('its content', async () => (await readFile(path, 'utf8')) !== '');
      expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ nats: [`nats://127.0.0.1:${server.port}`] });
      server.signal('SIGTERM');
      await server.exit();
      expect(await readdir(folder)).toEqual([]);
    },
  },
  {
    name: 'the ports file names every address of the machine, IPv4 first',
    async run({ folder, spawn }) {
      const server = spawn('-p', '-1', '--ports_file_dir', folder);
      await server.ready();
      const path = join(folder, `nats-server_${server.pid}.ports`);
      await until('the ports file', async () => (await readFile(path, 'utf8').catch(() => '')) !== '');
      const { nats } = JSON.parse(await readFile(path, 'utf8')) as { nats: string[] };
      expect(nats[0]).toBe(`nats://127.0.0.1:${server.port}`);
      expect(nats.every((url) => url.endsWith(`:${server.port}`))).toBe(true);
    },
  },
  {
    name: 'a ports folder that is not there is an error, not an end',
    async run({ folder, start }) {
      const server = await start('--ports_file_dir', join(folder, 'none'));
      await server.logged(
        /\[ERR\] Error writing ports file \(\S+\.ports\): open \S+\.ports: no such file or directory\n/,
      );
      server.signal('SIGTERM');
      expect(await server.exit()).toEqual({ code: 0, signal: null });
    },
  },
  {
    name: '--signal reaches it by pid and by pid file',
    async run({ folder, start, spawn }) {
      const path = join(folder, 'server.pid');
      const server = await start('-P', path);
      expect(await spawn('--signal', `reopen=${server.pid}`).exit()).toEqual({ code: 0, signal: null });
      await server.logged(/File log re-open ignored/);
      expect(await spawn('-sl', `quit=${path}`).exit()).toEqual({ code: 0, signal: null });
      expect(await server.exit()).toEqual({ code: 0, signal: null });
    },
  },
  {
    name: '-D tells of connections',
    async run({ start }) {
      const server = await start('-D');
      const client = await greeted(server, { lang: 'case', version: '1', name: 'me' });
      await server.logged(/\[DBG\] 127\.0\.0\.1:\d+ - cid:\d+ - Client connection created\n/);
      await client.leave();
      await server.logged(
        /\[DBG\] 127\.0\.0\.1:\d+ - cid:\d+ - "v1:case:me" .*- Client connection closed: Client Closed\n/,
      );
    },
  },
  {
    name: '-V shows the lines of the protocol',
    async run({ start }) {
      const server = await start('-V');
      using client = await greeted(server, { lang: 'case', version: '1', name: 'me' });
      client.send('SUB foo 1\r\nPUB foo bar 5\r\nhello\r\nUNSUB 1\r\nPING\r\n');
      await client.expectText('MSG foo 1 bar 5\r\nhello\r\nPONG\r\n');
      await server.logged(/<-> \[DELSUB 1\]\n[^\n]*<<- \[PING\]\n[^\n]*->> \[PONG\]\n/);
      const trace = lines(server.stderr)
        .filter((line) => line.startsWith('[TRC]'))
        .map((line) => line.slice(line.search(/<<-|->>|<->/)));
      const start_ = trace.indexOf('<<- [SUB foo 1]');
      expect(trace.slice(start_, start_ + 9)).toEqual([
        '<<- [SUB foo 1]',
        '<<- [PUB foo bar 5]',
        '<<- MSG_PAYLOAD: ["hello"]',
        '->> [MSG foo 1 bar 5]',
        '->> MSG_PAYLOAD: ["hello"]',
        '<<- [UNSUB 1]',
        '<-> [DELSUB 1]',
        '<<- [PING]',
        '->> [PONG]',
      ]);
    },
  },
  {
    name: 'the trace keeps the password to itself',
    async run({ start }) {
      const server = await start('-DV', '--user', 'ada', '--pass', 'hunter2');
      using client = await greeted(server, { user: 'ada', pass: 'hunter2' });
      await server.logged(/<<- \[CONNECT \{[^\n]*"pass":"\[REDACTED\]"/);
      expect(server.stderr).not.toContain('hunter2');
      expect(client.ended).toBe(false);
    },
  },
  {
    name: '--max_traced_msg_len cuts payloads in the trace',
    async run({ start }) {
      const server = await start('-V', '--max_traced_msg_len', '3');
      using client = await greeted(server, {});
      client.send('PUB foo 5\r\nhello\r\n');
      await server.logged(/<<- MSG_PAYLOAD: \["hel\.\.\."\]\n/);
    },
  },
  ...(
    [
      ['PUB foo -1\r\n', /\[ERR\] \S+ - cid:\d+ - .*processPub /],
      ['PUB foo 99999999\r\n', /\[ERR\] \S+ - cid:\d+ - .*maximum payload exceeded: 99999999 vs 1048576\n/],
      ['FOO\r\n', /\[ERR\] \S+ - cid:\d+ - .*Client parser ERROR, .*proto='"FOO/],
      ['HPUB a 12 12\r\nNATS/1.0\r\n\r\n\r\n', /\[ERR\] \S+ - cid:\d+ - .*message headers not supported\n/],
      ["-ERR 'boo'\r\n", /\[ERR\] \S+ - cid:\d+ - .*Client Error 'boo'\n/],
    ] as const
  ).map(([bytes, pattern]) => ({
    name: `${JSON.stringify(bytes)} is logged as an error`,
    async run({ start }: RunContext) {
      const server = await start();
      using client = await greeted(server, {});
      client.send(bytes);
      await server.logged(pattern);
    },
  })),
  {
    name: 'a wrong password is logged with the user',
    async run({ start }) {
      const server = await start('--user', 'ada', '--pass', 'right');
      using client = await RawClient.open(server.port);
      await client.expectMatch(/^INFO [^\n]*\n/);
      client.send('CONNECT {"user":"eve","pass":"wrong"}\r\n');
      await server.logged(/\[ERR\] \S+ - cid:\d+ - .*authentication error - User "eve"\n/);
      expect(server.stderr).not.toContain('wrong');
    },
  },
  {
    name: 'a folder that exists is no obstacle to a pid file in it',
    async run({ folder, start }) {
      await mkdir(join(folder, 'run'));
      const server = await start('--pid', join(folder, 'run', 'x.pid'));
      expect(await readFile(join(folder, 'run', 'x.pid'), 'utf8')).toBe(String(server.pid));
    },
  },
];
