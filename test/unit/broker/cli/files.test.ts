import type { NetworkInterfaceInfo } from 'node:os';
import { expect, test } from 'vitest';
import { clientUrls, hostAndPort } from '../../../../broker/cli/files.ts';

const interfaces = {
  lo: [{ address: '127.0.0.1' }, { address: '::1' }],
  eth0: [{ address: '192.0.2.7' }],
} as unknown as NodeJS.Dict<NetworkInterfaceInfo[]>;

test.each([
  ['127.0.0.1', ['nats://127.0.0.1:4222']],
  ['::1', ['nats://[::1]:4222']],
  ['localhost', ['nats://localhost:4222']],
  ['0.0.0.0', ['nats://127.0.0.1:4222', 'nats://[::1]:4222', 'nats://192.0.2.7:4222']],
  ['::', ['nats://127.0.0.1:4222', 'nats://[::1]:4222', 'nats://192.0.2.7:4222']],
])('clients reach %s as %j', (host, urls) => {
  expect(clientUrls({ host, port: 4222 }, interfaces)).toEqual(urls);
});

test('only IPv6 is put into brackets', () => {
  expect([hostAndPort('::', 1), hostAndPort('h', 1)]).toEqual(['[::]:1', 'h:1']);
});
