import type { NetworkInterfaceInfo } from 'node:os';
import { expect, test } from 'vitest';
import { hostAndPort, portsContent, urls } from '../../../../broker/cli/files.ts';

const interfaces = {
  lo: [{ address: '127.0.0.1' }, { address: '::1' }],
  eth0: [{ address: '192.0.2.7' }],
} as unknown as NodeJS.Dict<NetworkInterfaceInfo[]>;

test.each([
  ['127.0.0.1', ['nats://127.0.0.1:4222']],
  ['::1', ['nats://[::1]:4222']],
  ['localhost', ['nats://localhost:4222']],
  ['0.0.0.0', ['nats://127.0.0.1:4222', 'nats://192.0.2.7:4222', 'nats://[::1]:4222']],
  ['::', ['nats://127.0.0.1:4222', 'nats://192.0.2.7:4222', 'nats://[::1]:4222']],
])('clients reach %s as %j', (host, expected) => {
  expect(urls('nats', { host, port: 4222 }, interfaces)).toEqual(expected);
});

test('the ports file has every listener in the order of nats-server, with the scheme it speaks', () => {
  const host = '127.0.0.1';
  const all = portsContent({
    webSocket: { host, port: 1, secure: true },
    nats: { host, port: 2, secure: true },
    profile: { host, port: 3 },
    monitoring: { host, port: 4, secure: true },
  });
  expect(JSON.stringify(all)).toBe(
    '{"nats":["tls://127.0.0.1:2"],"monitoring":["https://127.0.0.1:4"],"profile":["http://127.0.0.1:3"],"websocket":["wss://127.0.0.1:1"]}',
  );
  const plain = portsContent({
    nats: { host, port: 2, secure: false },
    monitoring: { host, port: 4, secure: false },
    webSocket: { host, port: 1, secure: false },
  });
  expect(Object.values(plain).flat()).toEqual(['nats://127.0.0.1:2', 'http://127.0.0.1:4', 'ws://127.0.0.1:1']);
});

test('only IPv6 is put into brackets', () => {
  expect([hostAndPort('::', 1), hostAndPort('h', 1)]).toEqual(['[::]:1', 'h:1']);
});
