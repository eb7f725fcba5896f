import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { listenOn } from '../../../../broker/transport/listen.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

function server(): Server {
  const created = createServer((socket) => socket.destroy());
  servers.push(created);
  return created;
}

const portOf = (listening: Server): number => (listening.address() as AddressInfo).port;

/** Whether an address is answered at. */
async function reached(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

test('0.0.0.0 is every address, 127.0.0.1 is one', async () => {
  const [all, one] = [server(), server()];
  await listenOn(all, '0.0.0.0', 0);
  await listenOn(one, '127.0.0.1', 0);
  expect([await reached('127.0.0.1', portOf(all)), await reached('::1', portOf(all))]).toEqual([true, true]);
  expect([await reached('127.0.0.1', portOf(one)), await reached('::1', portOf(one))]).toEqual([true, false]);
});

test('without IPv6 0.0.0.0 is what it says', async () => {
  const asked: string[] = [];
  const listening = server();
  const real = listening.listen.bind(listening);
  listening.listen = ((options: { host: string; port: number }, done: () => void) => {
    asked.push(options.host);
    if (options.host === '::') {
      queueMicrotask(() => listening.emit('error', Object.assign(new Error('no'), { code: 'EAFNOSUPPORT' })));
      return listening;
    }
    return real(options, done);
  }) as Server['listen'];
  await listenOn(listening, '0.0.0.0', 0);
  expect(asked).toEqual(['::', '0.0.0.0']);
  expect(await reached('127.0.0.1', portOf(listening))).toBe(true);
});

test('a port that one of the addresses has is taken', async () => {
  const [one, all] = [server(), server()];
  await listenOn(one, '127.0.0.1', 0);
  await expect(listenOn(all, '0.0.0.0', portOf(one))).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
