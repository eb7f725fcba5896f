import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { freePort, listen } from '../../support/free-port.ts';
import type { ServerProcess } from '../../support/server-process.ts';
import { issueCertificates } from './certificates.ts';
import { lines, until, type RunCase, type RunContext } from './context.ts';

const TLS = 'cert_file: "$FOLDER/server.pem", key_file: "$FOLDER/server.key"';

/** What the ports file says, once it is there. */
async function portsOf(server: ServerProcess, folder: string): Promise<Record<string, string[]>> {
  const path = join(folder, `nats-server_${server.pid}.ports`);
  await until('the ports file', async () => (await readFile(path, 'utf8').catch(() => '')) !== '');
  return JSON.parse(await readFile(path, 'utf8')) as Record<string, string[]>;
}

/** The port that a line of the log names. */
function portIn(server: ServerProcess, before: string): number {
  return Number(new RegExp(`${before}\\S*: ?(\\d+)\\n`).exec(server.stderr)?.[1]);
}

/** A configuration whose port another program has: the last line of the log, with the port masked. */
const taken = (name: string, config: (port: number) => string, expected: string): RunCase => ({
  name,
  async run({ spawn, configure }: RunContext) {
    const other = await listen();
    try {
      const server = spawn('-c', await configure(config(other.port)));
      expect(await server.exit()).toEqual({ code: 1, signal: null });
      expect(lines(server.stderr).at(-1)?.replaceAll(String(other.port), 'PORT')).toBe(expected);
    } finally {
      await other.close();
    }
  },
});

export const portRuns: RunCase[] = [
  {
    name: 'the ports file names monitoring, profiles and WebSocket',
    async run({ folder, spawn, configure }) {
      const config = await configure(
        `listen: "127.0.0.1:-1"
         http: "127.0.0.1:-1"
         websocket { listen: "127.0.0.1:-1", no_tls: true }
         ports_file_dir: "$FOLDER"`,
      );
      const server = await spawn('-c', config, '--profile', '-1').ready();
      expect(await portsOf(server, folder)).toEqual({
        nats: [`nats://127.0.0.1:${server.port}`],
        monitoring: [`http://127.0.0.1:${portIn(server, 'Starting http monitor on ')}`],
        profile: [`http://127.0.0.1:${portIn(server, 'profiling port')}`],
        websocket: [`ws://127.0.0.1:${portIn(server, 'websocket clients on ws://')}`],
      });
    },
  },
  {
    name: 'the ports file names what is secure so',
    async run({ folder, spawn, configure }) {
      await issueCertificates(folder);
      const config = await configure(
        `listen: "127.0.0.1:-1"
         tls { ${TLS} }
         https: "127.0.0.1:-1"
         websocket { listen: "127.0.0.1:-1", tls { ${TLS} } }`,
      );
      const server = await spawn('-c', config, '--ports_file_dir', folder).ready();
      expect(await portsOf(server, folder)).toEqual({
        nats: [`tls://127.0.0.1:${server.port}`],
        monitoring: [`https://127.0.0.1:${portIn(server, 'Starting https monitor on ')}`],
        websocket: [`wss://127.0.0.1:${portIn(server, 'websocket clients on wss://')}`],
      });
    },
  },
  {
    name: 'the ports file has addresses, not names',
    async run({ folder, spawn }) {
      const server = await spawn('-a', 'localhost', '-p', '-1', '--ports_file_dir', folder).ready();
      const { nats = [] } = await portsOf(server, folder);
      expect(nats).toHaveLength(1);
      expect(nats[0]).toMatch(/^nats:\/\/(?:127\.0\.0\.1|\[::1\]):\d+$/);
    },
  },
  {
    name: 'a ports file of its own for every process, and none is left of those that ended',
    async run({ folder, start }) {
      const servers = await Promise.all([1, 2].map(() => start('--ports_file_dir', folder)));
      for (const server of servers) await portsOf(server, folder);
      servers[0]?.signal('SIGINT');
      await servers[0]?.exit();
      expect(await readdir(folder)).toEqual([`nats-server_${servers[1]?.pid}.ports`]);
    },
  },
  {
    name: 'a ports file goes away after a lame duck too',
    async run({ folder, start }) {
      const server = await start('--ports_file_dir', folder);
      await portsOf(server, folder);
      server.signal('SIGUSR2');
      expect(await server.exit()).toEqual({ code: 0, signal: null });
      expect(await readdir(folder)).toEqual([]);
    },
  },
  {
    name: 'a pid file that was there is written over',
    async run({ folder, spawn, configure }) {
      const path = join(folder, 'server.pid');
      await writeFile(path, '12345678901234567890', { mode: 0o644 });
      const server = await spawn(
        '-c',
        await configure('listen: "127.0.0.1:-1"\npid_file: "$FOLDER/server.pid"\n'),
      ).ready();
      expect(await readFile(path, 'utf8')).toBe(String(server.pid));
      expect((await stat(path)).mode & 0o777).toBe(0o644);
    },
  },
  taken(
    'a monitoring port that is taken ends the start',
    (port) => `listen: "127.0.0.1:-1"\nhttp: "127.0.0.1:${port}"\n`,
    "[FTL] Can't start monitoring: can't listen to the monitor port: listen tcp 127.0.0.1:PORT: bind: address already in use",
  ),
  taken(
    'a WebSocket port that is taken ends the start',
    (port) => `listen: "127.0.0.1:-1"\nwebsocket { listen: "127.0.0.1:${port}", no_tls: true }\n`,
    '[FTL] Unable to listen for websocket connections: listen tcp 127.0.0.1:PORT: bind: address already in use',
  ),
  taken(
    'a port for clients that is taken ends the start',
    (port) => `listen: "127.0.0.1:${port}"\nhttp: "127.0.0.1:-1"\n`,
    '[FTL] Error listening on port: 127.0.0.1:PORT, "listen tcp 127.0.0.1:PORT: bind: address already in use"',
  ),
  taken(
    'a port for profiles that is taken ends the start',
    (port) => `listen: "127.0.0.1:-1"\nprof_port: ${port}\n`,
    '[FTL] error starting profiler: listen tcp 127.0.0.1:PORT: bind: address already in use',
  ),
  {
    name: 'every port is free again after SIGKILL',
    async run({ spawn, configure }) {
      const [clients, http, webSocket] = [await freePort(), await freePort(), await freePort()];
      const config = await configure(
        `listen: "127.0.0.1:${clients}"
         http: "127.0.0.1:${http}"
         websocket { listen: "127.0.0.1:${webSocket}", no_tls: true }`,
      );
      const first = await spawn('-c', config).ready();
      await first.stop();
      await spawn('-c', config).ready();
    },
  },
  {
    name: '-m opens monitoring',
    async run({ start }) {
      const server = await start('-m', '-1', '-n', 'harbour');
      const response = await fetch(`http://127.0.0.1:${portIn(server, 'Starting http monitor on ')}/varz`);
      expect(await response.json()).toMatchObject({ server_name: 'harbour', port: server.port });
    },
  },
];
