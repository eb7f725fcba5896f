import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { ServerProcess } from '../../support/server-process.ts';
import { greeted, lines, until, type RunCase } from './context.ts';

const LISTEN = 'listen: "127.0.0.1:-1"\n';

const text = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');

async function ready(path: string): Promise<void> {
  await until('the log file', async () => (await text(path)).includes('Server is ready'));
}

/** Makes the log longer by some lines, and waits until the last one is there. */
async function fill(server: ServerProcess, path: string, times: number): Promise<void> {
  for (let time = 0; time < times; time++) {
    const before = (await text(path)).length;
    server.signal('SIGUSR1');
    await until('another line', async () => (await text(path)).length !== before);
  }
}

async function ended(server: ServerProcess): Promise<void> {
  server.signal('SIGTERM');
  expect(await server.exit()).toEqual({ code: 0, signal: null });
}

const ASIDE = /^server\.log\.\d{4}(?:\.\d\d){5}\.\d{9}$/;

export const logRuns: RunCase[] = [
  {
    name: 'log_file takes the whole log',
    async run({ folder, spawn, configure }) {
      const path = join(folder, 'server.log');
      const server = spawn('-c', await configure(`${LISTEN}log_file: "${path}"\n`));
      await ready(path);
      expect(lines(await text(path))[0]).toBe('[INF] Starting nats-server');
      await ended(server);
      expect(server.stderr).toBe('');
      expect(lines(await text(path)).at(-1)).toBe('[INF] Server Exiting..');
    },
  },
  {
    name: 'a log file is gone on with',
    async run({ folder, spawn }) {
      const path = join(folder, 'server.log');
      await writeFile(path, 'before\n');
      const server = spawn('-a', '127.0.0.1', '-p', '-1', '-l', path);
      await ready(path);
      expect(await text(path)).toMatch(/^before\n\[/);
      await ended(server);
    },
  },
  {
    name: 'a log file that is too big at the start is set aside at once',
    async run({ folder, spawn }) {
      const path = join(folder, 'server.log');
      await writeFile(path, 'old\n'.repeat(1000));
      const server = spawn('-a', '127.0.0.1', '-p', '-1', '-l', path, '--log_size_limit', '3000');
      await ready(path);
      const aside = (await readdir(folder)).find((name) => ASIDE.test(name)) ?? '';
      expect(await text(join(folder, aside))).toMatch(/^(?:old\n){1000}\[\d+\] .* \[INF\] Rotating logfile\.\.\.\n$/);
      await ended(server);
    },
  },
  {
    name: 'a new log begins by naming the old one',
    async run({ folder, spawn, configure }) {
      const path = join(folder, 'server.log');
      const config = await configure(`${LISTEN}log_file: "${path}"\nlogfile_size_limit: 2000\n`);
      const server = spawn('-c', config);
      await ready(path);
      await until('the second file', async () => {
        await fill(server, path, 1);
        return (await readdir(folder)).some((name) => ASIDE.test(name));
      });
      await ended(server);
      const aside = (await readdir(folder)).filter((name) => ASIDE.test(name));
      expect(aside).toHaveLength(1);
      expect(lines(await text(path))[0]?.trim()).toBe(
        `[INF] Rotated log, backup saved as ${JSON.stringify(join(folder, String(aside[0])))}`,
      );
      expect((await stat(join(folder, String(aside[0])))).size).toBeGreaterThan(2000);
    },
  },
  {
    name: 'logfile_max_num keeps the newest files',
    async run({ folder, spawn, configure }) {
      const path = join(folder, 'server.log');
      await mkdir(join(folder, 'logs'));
      const config = await configure(`${LISTEN}log_file: "${path}"\nlogfile_size_limit: 300\nlogfile_max_num: 3\n`);
      await writeFile(join(folder, 'server.log.2020.01.01.00.00.00.000000001'), '');
      await writeFile(join(folder, 'server.log.bak'), '');
      const server = spawn('-c', config);
      await until('two files aside', async () => {
        return (await readdir(folder)).filter((name) => ASIDE.test(name)).length === 2;
      });
      // A signal that comes earlier ends a process that has not begun to listen to signals.
      await until('the start', async () => {
        const logs = (await readdir(folder)).filter((name) => name === 'server.log' || ASIDE.test(name));
        const texts = await Promise.all(logs.map((name) => text(join(folder, name)).catch(() => '')));
        return texts.some((log) => log.includes('Server is ready'));
      });
      await ended(server);
      const names = await readdir(folder);
      expect(names).toContain('server.log.bak');
      expect(names).not.toContain('server.log.2020.01.01.00.00.00.000000001');
      expect(names.filter((name) => ASIDE.test(name))).toHaveLength(2);
    },
  },
  {
    name: 'a log that was moved away goes on in a new file after SIGUSR1',
    async run({ folder, spawn }) {
      const path = join(folder, 'server.log');
      const server = spawn('-a', '127.0.0.1', '-p', '-1', '-l', path);
      await ready(path);
      await rename(path, `${path}.1`);
      server.signal('SIGUSR1');
      await until('the new log', async () => (await text(path)).includes('File log re-opened'));
      expect(lines(await text(path))).toEqual(['[INF] File log re-opened']);
      expect(lines(await text(`${path}.1`)).at(-1)).toBe('[INF] Trapped "user defined signal 1" signal');
      await ended(server);
    },
  },
  {
    name: 'the limit of a log outlives SIGUSR1',
    async run({ folder, spawn }) {
      const path = join(folder, 'server.log');
      const server = spawn('-a', '127.0.0.1', '-p', '-1', '-l', path, '--log_size_limit', '3000');
      await ready(path);
      await until('the second file', async () => {
        await fill(server, path, 1);
        return (await readdir(folder)).some((name) => ASIDE.test(name));
      });
      await ended(server);
    },
  },
  {
    name: 'max_traced_msg_len of the configuration cuts payloads',
    async run({ spawn, configure }) {
      const config = await configure(`${LISTEN}trace: true\nmax_traced_msg_len: 3\n`);
      const server = await spawn('-c', config).ready();
      using client = await greeted(server, {});
      client.send('PUB foo 5\r\nhello\r\n');
      await server.logged(/<<- MSG_PAYLOAD: \["hel\.\.\."\]\n/);
    },
  },
  {
    name: '-r sends the log in datagrams',
    async run({ spawn }) {
      const syslog = createSocket('udp4');
      const told: string[] = [];
      syslog.on('message', (message) => told.push(message.toString()));
      syslog.bind(0, '127.0.0.1');
      await once(syslog, 'listening');
      const server = spawn(
        '-a',
        '127.0.0.1',
        '-p',
        '-1',
        '-D',
        '-n',
        'harbour',
        '-r',
        `udp://127.0.0.1:${syslog.address().port}`,
      );
      await until('the start', async () => told.some((line) => line.includes('Server is ready')));
      await ended(server);
      syslog.close();
      expect(server.stderr).toBe('');
      expect(syslogLines(told.join(''))).toEqual(expect.arrayContaining([...SYSLOG, '<7> nats-server:   Go build: X']));
    },
  },
  {
    name: 'remote_syslog sends the log over a connection',
    async run({ spawn, configure }) {
      let told = '';
      const syslog = createServer((socket) =>
        socket.setEncoding('utf8').on('data', (piece: string) => (told += piece)),
      );
      syslog.listen(0, '127.0.0.1');
      await once(syslog, 'listening');
      const { port } = syslog.address() as AddressInfo;
      const server = spawn(
        ...['-c', await configure(`${LISTEN}server_name: harbour\nremote_syslog: "tcp://127.0.0.1:${port}"\n`)],
      );
      await until('the start', async () => told.includes('Server is ready'));
      await ended(server);
      syslog.close();
      expect(server.stderr).toBe('');
      expect(syslogLines(told)).toEqual(expect.arrayContaining(SYSLOG));
    },
  },
];

const SYSLOG = [
  '<5> nats-server: Starting nats-server',
  '<5> nats-server:   Name:     harbour',
  '<5> nats-server: Server is ready',
];

/** Priority, tag and text of lines whose time, host and process id look as they should. */
function syslogLines(told: string): string[] {
  return told
    .trimEnd()
    .split('\n')
    .map((line) => {
      const parts = /^(<\d+>)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d) \S+ (\S+)\[\d+\]: (.*)$/.exec(line);
      return parts === null ? line : `${parts[1]} ${parts[2]}: ${parts[3]?.replace(/(Go build: ).*/, '$1X')}`;
    });
}
