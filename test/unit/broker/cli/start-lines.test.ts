import { describe, expect, test } from 'vitest';
import {
  goTime,
  hasPlainPasswords,
  logConfiguration,
  logFeatureFlags,
  logListeners,
} from '../../../../broker/cli/start-lines.ts';
import type { Broker, BrokerListeners, BrokerOptions } from '../../../../broker/options.ts';

/** What a function that logs has logged. */
function logged(write: (to: (level: string, text: string) => void) => void): string[] {
  const lines: string[] = [];
  write((level, text) => lines.push(`${level} ${text}`));
  return lines;
}

describe('plain passwords', () => {
  const hash = '$2a$10$abcdefghijklmnopqrstuv';
  test.each<[BrokerOptions, boolean]>([
    [{}, false],
    [{ user: 'u', password: 'p' }, true],
    [{ user: 'u', password: hash }, false],
    [{ token: 't' }, false],
    [{ users: [{ user: 'u', password: 'p' }] }, true],
    [{ users: [{ user: 'u', password: hash }] }, false],
    [{ users: [{ user: 'u' }] }, true],
    [{ users: [{ nkey: 'UA' }] }, false],
    [{ users: [{ user: 'CN=u' }], tls: { verifyAndMap: true } }, false],
    [{ users: [{ user: 'CN=u', password: 'p' }], tls: { verifyAndMap: true } }, true],
    [{ users: [{ user: 'CN=u', connectionTypes: ['WEBSOCKET'] }], tls: { verifyAndMap: true } }, true],
    [
      {
        users: [{ user: 'CN=u', connectionTypes: ['WEBSOCKET'] }],
        webSocket: { port: 1, tls: { verifyAndMap: true } },
      },
      false,
    ],
  ])('%j: %s', (options, plain) => {
    expect(hasPlainPasswords(options)).toBe(plain);
  });
});

test('feature flags are told apart', () => {
  const flags = { js_raft_delete_range: false, zeta: true, js_ack_fc_v2: true, alpha: false };
  expect(logged((to) => logFeatureFlags(to, flags))).toEqual([
    'info   Feature flags:',
    'info     Configured:    js_ack_fc_v2 (opt-in), js_raft_delete_range (disabled)',
    'info     Unsupported:   alpha, zeta',
  ]);
  expect(logged((to) => logFeatureFlags(to, { alpha: true }))).toContain('info     Configured:    none');
  expect(logged((to) => logFeatureFlags(to, {}))).toEqual([]);
});

describe('the configuration', () => {
  const lines = (options: BrokerOptions, file?: string): string[] =>
    logged((to) => logConfiguration(to, options, file));

  test('is named with its digest', () => {
    expect(lines({ configDigest: 'sha256:12' }, 'a.conf')).toEqual([
      'info Using configuration file: a.conf (sha256:12)',
    ]);
  });

  test('names the operators', () => {
    const jwt = (claims: object): string => `x.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.y`;
    const operators = [
      jwt({ name: 'O', aud: 'S', iat: 1_600_000_000 }),
      jwt({ name: 'P', iat: 0, exp: 1_700_000_000 }),
    ];
    expect(lines({ operator: { operators }, systemAccount: 'A' })).toEqual([
      'info Trusted Operators',
      'info   System  : "S"',
      'info   Operator: "O"',
      `info   Issued  : ${goTime(1_600_000_000)}`,
      'info   Expires : Never',
      'info   System  : ""',
      'info   Operator: "P"',
      `info   Issued  : ${goTime(0)}`,
      `info   Expires : ${goTime(1_700_000_000)}`,
    ]);
  });

  test('warns of an operator without a system account, and shows nothing of what is no JWT', () => {
    expect(lines({ operator: { operators: ['secret'] } })).toEqual([
      'info Trusted Operators',
      'info   System  : ""',
      'info   Operator: ""',
      `info   Issued  : ${goTime(0)}`,
      'info   Expires : Never',
      'warn Trusted Operators should utilize a System Account',
    ]);
  });

  test('warns of big payloads, from the first byte above 8 MiB', () => {
    expect(lines({ maxPayload: 8 * 1024 * 1024 })).toEqual([]);
    expect(lines({ maxPayload: 8 * 1024 * 1024 + 1 })).toEqual([
      'warn Maximum payloads over 8.00 MB are generally discouraged and could lead to poor performance',
    ]);
  });

  test('says once of each part that is only kept', () => {
    const parts = lines({
      kept: { jetstream: { enabled: true }, cluster: {}, gateway: {}, leafnodes: {}, mqtt: {}, ocsp: {} },
    });
    // All of them but JetStream.
    expect(parts).toHaveLength(5);
    expect(parts.every((line) => /^warn .* not available in this build: /.test(line))).toBe(true);
    expect(lines({ kept: { jetstream: { enabled: true, storeDir: '/x' } } })).toEqual([]);
  });
});

describe('the listeners', () => {
  const address = { host: '127.0.0.1', port: 4222 };
  const lines = (listeners: BrokerListeners, options: BrokerOptions = {}): string[] =>
    logged((to) => logListeners(to, { address, listeners } as Broker, options));

  test('come in order, clients last', () => {
    const host = '::1';
    expect(
      lines({ webSocket: { host, port: 1, secure: false }, monitoring: { host, port: 2, secure: false } }),
    ).toEqual([
      'info Starting http monitor on [::1]:2',
      'info Listening for websocket clients on ws://[::1]:1',
      'warn Websocket not configured with TLS. DO NOT USE IN PRODUCTION!',
      'info Listening for client connections on 127.0.0.1:4222',
    ]);
  });

  test('say what is secure', () => {
    const host = 'h';
    expect(lines({ webSocket: { host, port: 1, secure: true }, monitoring: { host, port: 2, secure: true } })).toEqual([
      'info Starting https monitor on h:2',
      'info Listening for websocket clients on wss://h:1',
      'info Listening for client connections on 127.0.0.1:4222',
    ]);
  });

  test.each<[BrokerOptions, string[]]>([
    [{ tls: {} }, ['info TLS required for client connections']],
    [{ tls: {}, allowNonTls: true }, ['info TLS available for client connections']],
    [
      { tls: { handshakeFirst: true }, allowNonTls: true },
      [
        'info TLS required for client connections',
        'warn Clients that are not using "TLS Handshake First" option will fail to connect',
      ],
    ],
    [{ tls: { handshakeFirst: { fallbackMs: 50 } } }, ['info TLS required for client connections']],
    [
      { tls: {}, proxyProtocol: true },
      ['info PROXY protocol enabled for client connections', 'info TLS required for client connections'],
    ],
  ])('%j', (options, expected) => {
    expect(lines({}, options).slice(1)).toEqual(expected);
  });
});

test('times look as Go prints them', () => {
  expect(goTime(1_600_000_000)).toMatch(/^2020-09-1\d \d\d:\d\d:40 [+-]\d{4} \S+$/);
});
