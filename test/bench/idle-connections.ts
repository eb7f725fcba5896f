/**
 * Memory of natscope-server with many clients that do nothing: `node test/bench/idle-connections.ts [--connections 1000]`.
 * Each has one subscription of its own. Exit code 1 when the resident set is over the goal.
 */

import { connect, type Socket } from 'node:net';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { once } from 'node:events';
import { natscopeServer, nodePath, repository, startServer, type ServerProcess } from '../support/server-process.ts';
import { printTable } from './table.ts';

const residentMegabytesMax = 90;
const connectionsPerBatch = 100;

const { values } = parseArgs({
  options: {
    connections: { type: 'string', default: '1000' },
    /** Another server to measure, e.g. a nats-server. */
    server: { type: 'string' },
  },
});
const connections = Number(values.connections);
if (!Number.isInteger(connections) || connections < 1) throw new Error('--connections is a whole number from 1');

/** As people get it, where it was built: run from the sources, Node itself needs some 15 MB more to read them. */
const bundle = join(repository, 'dist', 'broker', 'cli.js');
const command =
  values.server !== undefined ? [values.server] : existsSync(bundle) ? [nodePath, bundle] : natscopeServer;
const server = await startServer(command);
const sockets: Socket[] = [];
try {
  const before = residentMegabytes(server);
  for (let made = 0; made < connections; made += connectionsPerBatch) {
    const batch = Math.min(connectionsPerBatch, connections - made);
    sockets.push(...(await Promise.all(Array.from({ length: batch }, (_, index) => idleClient(server, made + index)))));
  }
  // What the handshakes left behind is collected by then, or it is not garbage.
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  const after = residentMegabytes(server);
  printTable(
    ['connections', 'RSS before', 'RSS after', 'per connection', 'goal'],
    [
      [
        String(sockets.length),
        `${before.toFixed(1)} MB`,
        `${after.toFixed(1)} MB`,
        `${(((after - before) * 1000) / connections).toFixed(1)} kB`,
        `≤ ${residentMegabytesMax} MB`,
      ],
    ],
  );
  if (after > residentMegabytesMax) process.exitCode = 1;
} finally {
  for (const socket of sockets) socket.destroy();
  await server.stop();
}

/** Resolves once the server has answered a PING, so that its subscription stands. */
async function idleClient(target: ServerProcess, index: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port: target.port });
  await once(socket, 'connect');
  const answered = new Promise<void>((resolve, reject) => {
    let received = '';
    const onData = (bytes: Buffer): void => {
      received += bytes.toString('latin1');
      if (!received.includes('PONG\r\n')) return;
      socket.off('data', onData);
      // The server asks now and then whether somebody is there.
      socket.on('data', (more) => {
        if (more.includes('PING\r\n')) socket.write('PONG\r\n');
      });
      resolve();
    };
    socket.on('data', onData);
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`the server closed connection ${index}: ${received}`)));
  });
  socket.write(`CONNECT {"verbose":false,"name":"idle-${index}"}\r\nSUB idle.${index}.> 1\r\nPING\r\n`);
  await answered;
  return socket;
}

/** Resident set of a process in MB of 1,000,000 bytes, as Linux gives it. */
function residentMegabytes(target: ServerProcess): number {
  const status = readFileSync(`/proc/${target.pid}/status`, 'utf8');
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kibibytes === undefined) throw new Error('the process has no resident set: it is gone');
  return (Number(kibibytes) * 1024) / 1e6;
}
