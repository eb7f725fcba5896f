import type { Server } from 'node:net';

/** Connections that may wait to be accepted. */
const BACKLOG = 1024;

/** No IPv6 on this machine. */
const NO_IPV6 = ['EAFNOSUPPORT', 'EADDRNOTAVAIL', 'EINVAL'];

/**
 * Listens as Go does: 0.0.0.0 is every address of the machine, those of IPv6 too, so that `localhost` is reached whichever of
 * its addresses a client tries first. Port 0 is any free one. Rejects with the system's error.
 */
export async function listenOn(server: Server, host: string, port: number): Promise<void> {
  if (host === '0.0.0.0') {
    try {
      return await listen(server, '::', port);
    } catch (error) {
      if (!NO_IPV6.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }
  return listen(server, host, port);
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog: BACKLOG }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
