import { createServer, type Socket } from 'node:net';
import { once } from 'node:events';

/** A TCP port of 127.0.0.1 that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = await listen();
  const { port } = server;
  await server.close();
  return port;
}

export interface Listener {
  port: number;
  close(): Promise<void>;
}

/** Takes a port (0: any) and says `greeting`, if any, to whoever connects: a program that is no nats-server. */
export async function listen(port = 0, greeting?: string): Promise<Listener> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    if (greeting !== undefined) socket.write(greeting);
    socket.resume();
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return {
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
