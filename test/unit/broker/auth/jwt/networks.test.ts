import { describe, expect, test } from 'vitest';
import { contains, type Network, parseAddress, parseNetwork } from '../../../../../broker/auth/jwt/networks.ts';

describe('networks', () => {
  test.each([
    ['10.0.0.0/8', '10.1.2.3', true],
    ['10.0.0.0/8', '11.1.2.3', false],
    ['192.168.1.128/25', '192.168.1.127', false],
    ['192.168.1.128/25', '192.168.1.200', true],
    ['1.2.3.4/32', '1.2.3.4', true],
    ['1.2.3.4/32', '1.2.3.5', false],
    ['0.0.0.0/0', '255.1.1.1', true],
    ['0.0.0.0/0', '::1', false],
    ['10.0.0.0/8', '::ffff:10.1.1.1', true],
    ['::1/128', '::1', true],
    ['fd00::/8', 'fd12:3456::1', true],
    ['fd00::/8', 'fe80::1', false],
    ['2001:db8::/33', '2001:db8:7fff::', true],
    ['2001:db8::/33', '2001:db8:8000::', false],
    ['::/0', '127.0.0.1', false],
    ['10.0.0.0/8', 'nonsense', false],
    ['10.0.0.0/8', '', false],
  ])('%s has %s: %s', (network, host, expected) => {
    expect(contains(parseNetwork(network) as Network, host)).toBe(expected);
  });

  test.each([
    '10.0.0.0',
    '10.0.0.0/33',
    '10.0.0/8',
    '10.0.0.256/8',
    '10.0.0.01/8',
    '10.0.0.0/',
    '10.0.0.0/-1',
    '/8',
    ':::/8',
    '1::2::3/8',
    '12345::/8',
    '1:2:3:4:5:6:7:8:9/8',
    '1:2:3:4:5:6:7/8',
    '::1/129',
    'host/8',
    '',
  ])('%j is none', (text) => {
    expect(parseNetwork(text)).toBeUndefined();
  });

  test.each([
    ['::', '00000000000000000000000000000000'],
    ['1::', '00010000000000000000000000000000'],
    ['::ffff:1.2.3.4', '00000000000000000000ffff01020304'],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
    ['1:2:3:4:5:6:1.2.3.4', '00010002000300040005000601020304'],
    ['1.2.3.4', '01020304'],
  ])('%s is %s', (text, hex) => {
    expect(Buffer.from(parseAddress(text) ?? []).toString('hex')).toBe(hex);
  });
});
