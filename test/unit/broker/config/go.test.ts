import { describe, expect, test } from 'vitest';
import { formatGoDuration, parseGoDuration } from '../../../../broker/base/duration-text.ts';
import { hostAndPort } from '../../../../broker/config/go/host-port.ts';
import { quote, shown } from '../../../../broker/config/go/text.ts';
import { formatGoUrl, parseGoUrl } from '../../../../broker/config/go/url.ts';

describe('durations', () => {
  test.each<[string, number]>([
    ['0', 0],
    ['1s', 1000],
    ['1h30m', 5_400_000],
    ['-1.5s', -1500],
    ['+.5m', 30_000],
    ['1.s', 1000],
    ['100us', 0.1],
    ['1µs1μs', 0.002],
    ['2540400h10m10.000000000s', 9_145_440_610_000],
  ])('%s', (text, ms) => {
    expect(parseGoDuration(text)).toBe(ms);
  });

  test.each([
    ['', 'time: invalid duration ""'],
    ['5', 'time: missing unit in duration "5"'],
    ['5x', 'time: unknown unit "x" in duration "5x"'],
    ['.s', 'time: invalid duration ".s"'],
    ['abc', 'time: invalid duration "abc"'],
    ['1d', 'time: unknown unit "d" in duration "1d"'],
    ['99999999999h', 'time: invalid duration "99999999999h"'],
    ['1"\\ü', String.raw`time: unknown unit "\"\\\xc3\xbc" in duration "1\"\\\xc3\xbc"`],
    ['1toString', 'time: unknown unit "toString" in duration "1toString"'],
  ])('%s is none', (text, reason) => {
    expect(() => parseGoDuration(text)).toThrow(reason);
  });

  test.each<[number, string]>([
    [0, '0s'],
    [1, '1ms'],
    [1500, '1.5s'],
    [120_000, '2m0s'],
    [3_600_000, '1h0m0s'],
    [5_430_500, '1h30m30.5s'],
    [0.0015, '1.5µs'],
    [0.000001, '1ns'],
    [-1500, '-1.5s'],
  ])('%d is shown as %s', (ms, text) => {
    expect(formatGoDuration(ms)).toBe(text);
  });
});

test.each<[string, unknown]>([
  ['h:1', { host: 'h', port: 1 }],
  [':4222', { host: '', port: 4222 }],
  ['[::1]:4222', { host: '::1', port: 4222 }],
  ['h:-1', { host: 'h', port: -1 }],
  ['h', 'could not parse address string "h"'],
  ['::1:4222', 'could not parse address string "::1:4222"'],
  ['[::1', 'could not parse address string "[::1"'],
  ['h:x', 'could not parse port "x"'],
  ['h:', 'could not parse port ""'],
])('host and port of %s', (text, expected) => {
  expect(hostAndPort(text)).toEqual(expected);
});

describe('addresses', () => {
  test.each([
    ['nats://a:b@host:4222', 'nats://a:b@host:4222'],
    ['nats-route://user:p%20w@host:6222', 'nats-route://user:p%20w@host:6222'],
    ['http://u:p@ss@host/', 'http://u:p%40ss@host/'],
    ['nats://user:pa$s!@h', 'nats://user:pa$s%21@h'],
    ['nats://[::1]:4222', 'nats://[::1]:4222'],
    ['ws://h:80/leafnode?x=1', 'ws://h:80/leafnode?x=1'],
    ['host:4222', 'host:4222'],
    ['/path', '/path'],
  ])('%s is %s', (address, again) => {
    const url = parseGoUrl(address);
    expect(typeof url === 'string' ? url : formatGoUrl(url)).toBe(again);
  });

  test.each([
    [':x', 'missing protocol scheme'],
    ['127.0.0.1:4222', 'first path segment in URL cannot contain colon'],
    ['nats://host:port', 'invalid port ":port" after host'],
    ['nats://[::1', "missing ']' in host"],
    ['nats://ho st:1', 'invalid character " " in host name'],
    ['nats://us er@host', 'net/url: invalid userinfo'],
    ['nats://%zz@host', 'invalid URL escape "%zz"'],
    ['nats://h%41', 'invalid URL escape "%41"'],
    ['http://x/%zz', 'invalid URL escape "%zz"'],
    ['a\tb', 'net/url: invalid control character in URL'],
  ])('%s is none', (address, reason) => {
    expect(parseGoUrl(address)).toBe(`parse ${JSON.stringify(address)}: ${reason}`);
  });
});

test('texts and values as Go shows them', () => {
  expect(quote('a"\\\n\u0085ü\u2028🚢')).toBe(String.raw`"a\"\\\n\u0085ü\u2028🚢"`);
  expect([shown(1.5), shown(0.00001), shown(1e21), shown(5n), shown(true), shown([]), shown(new Map())]).toEqual([
    '1.5',
    '1e-05',
    '1e+21',
    '5',
    'true',
    '[]',
    'map[]',
  ]);
});
