import { describe, expect, test } from 'vitest';
import {
  formatServer,
  parseServer,
  serverForDisplay,
  ServerUrlError,
} from '../../../../electron/connections/server-url.ts';

describe('parseServer', () => {
  test.each([
    ['demo.nats.io', 'nats', 'demo.nats.io', 4222, ''],
    ['nats://demo.nats.io:4333', 'nats', 'demo.nats.io', 4333, ''],
    ['TLS://Host', 'tls', 'Host', 4222, ''],
    ['ws://h', 'ws', 'h', 80, ''],
    ['wss://h/nats?x=1', 'wss', 'h', 443, '/nats?x=1'],
    ['wss://h:8443/', 'wss', 'h', 8443, ''],
    ['::1', 'nats', '::1', 4222, ''],
    ['[::1]:4333', 'nats', '::1', 4333, ''],
    ['nats://[fe80::1%25eth0]', 'nats', 'fe80::1%eth0', 4222, ''],
    ['  127.0.0.1:1 ', 'nats', '127.0.0.1', 1, ''],
  ])('%s', (text, scheme, host, port, path) => {
    expect(parseServer(text)).toMatchObject({ scheme, host, port, path });
  });

  test.each([
    ['nats://ann:p%40ss@h:1', { user: 'ann', password: 'p@ss' }],
    ['nats://ann:a:b@h', { user: 'ann', password: 'a:b' }],
    ['nats://t0ken@h', { token: 't0ken' }],
    ['nats://a@b:c@h', { user: 'a@b', password: 'c' }],
  ])('takes credentials out of %s', (text, credentials) => {
    const address = parseServer(text);
    expect(address.credentials).toEqual(credentials);
    expect(formatServer(address)).toMatch(/^nats:\/\/h(:1)?$/);
  });

  test.each([
    ['', /empty/],
    ['nats://', /no host/],
    ['http://h', /"http:\/\/" is no NATS address/],
    ['nats://h:0', /no port/],
    ['nats://h:65536', /no port/],
    ['nats://h:4x', /no port/],
    ['nats://h/path', /Only WebSocket/],
    ['nats://[zz]', /no IPv6/],
    ['nats://a b', /no host name/],
    ['nats://ann:%zz@h', /no escape/],
  ])('refuses %s and says why', (text, words) => {
    expect(() => parseServer(text)).toThrow(words);
  });

  test('never repeats what stands before "@"', () => {
    for (const text of [
      'nats://ann:secret@h:99999',
      'nats://ann:secret@',
      'nats://ann:secret@a b',
      'x://ann:secret@h',
    ]) {
      expect(() => parseServer(text)).toThrow(ServerUrlError);
      expect(() => parseServer(text)).not.toThrow(/secret/);
      expect(serverForDisplay(text)).not.toContain('secret');
    }
  });

  test('writes IPv6 in brackets and the port when asked', () => {
    expect(formatServer(parseServer('::1'))).toBe('nats://[::1]');
    expect(serverForDisplay('tls://u:p@::1')).toBe('tls://[::1]:4222');
  });
});
