/**
 * Messages a second from one connection to another through TCP, TLS, WebSocket and WebSocket over TLS, ours beside the
 * newest nats-server found: `node test/bench/ways-in.ts [--seconds 3] [--size 128]`. Says how fast, and has no goal: what
 * TLS costs is the machine's matter. Peers are processes of their own; see `ways-in-peer.ts`.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Authority } from '../support/certificates.ts';
import { findRealServers, newestCompared } from '../support/real-servers.ts';
import { natscopeServer, nodePath, type ServerProcess, startServer } from '../support/server-process.ts';
import { printTable } from './table.ts';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '3' }, size: { type: 'string', default: '128' } },
});

const ways = ['tcp', 'tls', 'ws', 'wss'] as const;
type Way = (typeof ways)[number];

const folder = mkdtempSync(join(tmpdir(), 'natscope-bench-'));
try {
  const authority = await Authority.create(folder, 'Bench CA');
  if (authority === undefined) throw new Error('this benchmark needs the openssl program');
  const { cert, key } = await authority.issue({ name: 'server', names: 'IP:127.0.0.1' });
  const tls = `tls { cert_file: "${cert}", key_file: "${key}" }`;
  const plainFile = join(folder, 'plain.conf');
  const secureFile = join(folder, 'secure.conf');
  writeFileSync(plainFile, 'websocket { host: 127.0.0.1, port: -1, no_tls: true }');
  writeFileSync(secureFile, `${tls}\nwebsocket { host: 127.0.0.1, port: -1, ${tls} }`);
  const programs: [name: string, command: readonly string[]][] = [['natscope-server', natscopeServer]];
  const real = newestCompared((await findRealServers()).servers);
  if (real !== undefined) programs.push([`nats-server ${real.version}`, [real.path]]);
  const rows: string[][] = [];
  for (const [name, command] of programs) {
    await using plain = await startServer(command, ['-c', plainFile]);
    await using secure = await startServer(command, ['-c', secureFile]);
    const row = [name];
    for (const way of ways) {
      const server = way === 'tcp' || way === 'ws' ? plain : secure;
      row.push(`${Math.round((await rate(way, portOf(server, way), authority.ca)) / 1000)}k`);
    }
    rows.push(row);
  }
  console.log(`messages of ${values.size} bytes a second`);
  printTable(['', ...ways], rows);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function portOf(server: ServerProcess, way: Way): number {
  if (way === 'tcp' || way === 'tls') return server.port;
  return Number(/Listening for websocket clients on \S+:(\d+)/.exec(server.stderr)?.[1]);
}

/** Messages a second that the subscriber got. */
async function rate(way: Way, port: number, ca: string): Promise<number> {
  const peer = (role: string) =>
    spawn(
      nodePath,
      [
        join(import.meta.dirname, 'ways-in-peer.ts'),
        ...['--role', role, '--way', way, '--port', String(port), '--ca', ca],
        ...['--seconds', values.seconds, '--size', values.size],
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
  const subscriber = peer('subscriber');
  subscriber.stdout.setEncoding('utf8');
  await once(subscriber.stdout, 'data');
  const publisher = peer('publisher');
  const [[result]] = await Promise.all([
    once(subscriber.stdout, 'data') as Promise<[string]>,
    once(publisher, 'exit'),
    once(subscriber, 'exit'),
  ]);
  return Number(result);
}
