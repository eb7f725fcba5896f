/** Ports of this machine: who sits on one, and which is free. */

import { connect, createServer } from 'node:net';

/** Name that the app gives its broker unless the configuration has another. */
const ownServerName = 'natscope';
/** How long whoever listens on a taken port has to say who it is. */
const greetingMs = 500;
/** Ports tried one after the other before any free one is taken. */
const neighboursMax = 20;

/** The next port above `taken` that can be listened on, so that it is easy to remember; else any free one. */
export async function findFreePort(host: string, taken: number): Promise<number> {
  for (let port = taken + 1; port <= Math.min(65_535, taken + neighboursMax); port++) {
    if ((await tryPort(host, port)) !== null) return port;
  }
  return (await tryPort(host, 0)) ?? -1;
}

/** Whether a port can be listened on now. */
export async function isFree(host: string, port: number): Promise<boolean> {
  return (await tryPort(host, port)) !== null;
}

/** The port listened on for a moment, null when that is not possible. */
function tryPort(host: string, port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : null));
    });
  });
}

/** Name and version of the NATS server on a port, null when nobody there greets with INFO in time. */
export function identifyNatsServer(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    let greeting = '';
    const finish = () => {
      socket.destroy();
      clearTimeout(timer);
      resolve(describeInfo(greeting));
    };
    const timer = setTimeout(finish, greetingMs);
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      greeting += chunk;
      if (greeting.includes('\n') || greeting.length > 65_536) finish();
    });
    socket.on('error', finish);
    socket.on('end', finish);
  });
}

function describeInfo(greeting: string): string | null {
  const match = /^INFO (\{.*\})\s/.exec(greeting);
  if (match?.[1] === undefined) return null;
  try {
    const info = JSON.parse(match[1]) as { version?: unknown; server_name?: unknown };
    const name = info.server_name === ownServerName ? 'another Natscope' : 'nats-server';
    return typeof info.version === 'string' ? `${name} ${info.version}` : name;
  } catch {
    return null;
  }
}
