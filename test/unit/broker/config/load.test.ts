import { describe, expect, it, test } from 'vitest';
import { loadConfig, parseConfigText } from '../../../../broker/config/load.ts';
import { ConfigError } from '../../../../broker/config/config.ts';
import { load, refusalOf, sources } from './reading.ts';

const USER_KEY = 'UDOUTTJB2Z3FBHZURZO4P4C2NMVRIUHUNHIZIXR2H37JWLMNKXQ2B4YY';
const ACCOUNT_KEY = 'ACXBGQCFDPMMMKAGH5VMNPKQXQEEUBPQOIWLNS2KIJNZ6I4YR4CW7MQ2';

/** The options of the broker without the digest, as plain data. */
function broker(text: string): unknown {
  const { configDigest: _digest, ...rest } = load(text).broker;
  return JSON.parse(JSON.stringify(rest));
}

describe('options of the broker', () => {
  test.each<[string, unknown]>([
    ['listen: "127.0.0.1:4333"', { host: '127.0.0.1', port: 4333 }],
    ['listen: "[::1]:4333"', { host: '::1', port: 4333 }],
    ['listen: 4333', { port: 4333 }],
    ['net: localhost\nport: -1', { host: 'localhost', port: -1 }],
    ['server_name: a\nclient_advertise: "h:1"', { serverName: 'a', clientAdvertise: 'h:1' }],
    [
      'max_payload: 1MB\nmax_control_line: 2kb\nmax_pending: 5MB',
      { maxPayload: 1_048_576, maxControlLine: 2048, maxPending: 5_242_880 },
    ],
    ['max_conn: 5', { maxConnections: 5 }],
    ['max_connections: 0', { maxConnections: -1 }],
    ['max_subs: 7\nmax_sub_tokens: 8', { maxSubscriptions: 7, maxSubscriptionTokens: 8 }],
    [
      'ping_interval: "1m30s"\nping_max: 3\nwrite_deadline: "1500ms"',
      { pingIntervalMs: 90_000, pingMax: 3, writeDeadlineMs: 1500 },
    ],
    [
      'lame_duck_duration: "1m"\nlame_duck_grace_period: "2.5s"',
      { lameDuckDurationMs: 60_000, lameDuckGracePeriodMs: 2500 },
    ],
    ['write_timeout: retry\nno_fast_producer_stall: on', { writeTimeout: 'retry', noFastProducerStall: true }],
    ['debug: true\ntrace_verbose: true', { debug: true, traceVerbose: true, trace: true }],
    ['trace_headers: true\nmax_traced_msg_len: 10', { traceHeaders: true, trace: true, maxTracedMessageLength: 10 }],
    ['no_header_support: true\nno_sublist_cache: true', { noHeaderSupport: true, noSublistCache: true }],
    [
      'max_closed_clients: 3\nconnect_error_reports: 4\nreconnect_error_reports: 5',
      { maxClosedClients: 3, connectErrorReports: 4, reconnectErrorReports: 5 },
    ],
    ['server_tags: [ A, "b ", a ]', { serverTags: ['a', 'b'] }],
    ['server_metadata { a: b }\nfeature_flags { f: true }', { serverMetadata: { a: 'b' }, featureFlags: { f: true } }],
    ['http: "127.0.0.1:8222"\nhttp_base_path: /x', { monitoring: { host: '127.0.0.1', port: 8222, basePath: '/x' } }],
    ['https_port: 8443', { monitoring: { port: 8443, secure: true } }],
    ['http_port: 8222\nhttps: "h:8443"', { monitoring: { host: 'h', port: 8222, conflictingPort: 8443 } }],
    ['monitor_port: 0', {}],
    ['proxy_protocol: true\nallow_non_tls: true', { proxyProtocol: true, allowNonTls: true }],
    ['system: S\nno_sys_acc: false', { systemAccount: 'S', noSystemAccount: false }],
    ['System_Account: S', {}],
  ])('%s', (text, expected) => {
    expect(broker(`${text}\n`)).toEqual(expected);
  });
});

describe('authorization', () => {
  test('of one user', () => {
    expect(broker('authorization { user: a, password: b, timeout: 1.5 }')).toEqual({
      user: 'a',
      password: 'b',
      authTimeoutMs: 1500,
    });
    expect(broker('authorization { token: t }')).toEqual({ token: 't', authTimeoutMs: 0 });
    // An empty block is a sign too, that somebody has thought of who may come in.
    expect(broker('authorization {}')).toEqual({ authTimeoutMs: 0 });
  });

  test('of users with permissions', () => {
    const text = `authorization { default_permissions { publish: "d.>" }, users: [
      { user: a, password: b }
      { user: c, password: d, permissions { publish: [ "x", "y.*" ], subscribe { allow: "q w", deny: [ "z" ] }, allow_responses { max: 5, ttl: "1m" } } }
      { nkey: ${USER_KEY}, permissions { subscribe: "s", allow_responses: true }, allowed_connection_types: [ mqtt, STANDARD ] }
      { user: e, permissions {}, proxy_required: true }
    ] }`;
    expect(broker(text)).toEqual({
      authTimeoutMs: 0,
      users: [
        { user: 'a', password: 'b', permissions: { publish: { allow: ['d.>'] } } },
        {
          user: 'c',
          password: 'd',
          permissions: {
            publish: { allow: ['x', 'y.*'] },
            subscribe: { allow: ['q w'], deny: ['z'] },
            allowResponses: { messagesMax: 5, expiresMs: 60_000 },
          },
        },
        {
          nkey: USER_KEY,
          permissions: {
            publish: { allow: [] },
            subscribe: { allow: ['s'] },
            allowResponses: { messagesMax: 1, expiresMs: 120_000 },
          },
          connectionTypes: ['STANDARD', 'MQTT'],
        },
        { user: 'e', permissions: {}, proxyRequired: true },
      ],
    });
  });

  test('permissions that say nothing allow everything', () => {
    const permissions = (text: string): unknown =>
      load(`authorization { users: [ { user: a, permissions { ${text} } } ] }`).broker.users?.[0]?.permissions;
    expect(permissions('publish: []')).toEqual({ publish: {} });
    expect(permissions('publish: { allow: [] }')).toEqual({ publish: {} });
    expect(permissions('publish: {}')).toEqual({ publish: undefined });
    // Who may answer may not publish anything else.
    expect(permissions('publish: { deny: x }, allow_responses: true')).toMatchObject({
      publish: { allow: [], deny: ['x'] },
    });
  });

  test('by a callout', () => {
    const text = `accounts { A {}, B {} }
      authorization { auth_callout { issuer: ${ACCOUNT_KEY}, account: A, users: [ u ], allowed_accounts: [ B ] } }`;
    expect(load(text).broker.authCallout).toEqual({
      issuer: ACCOUNT_KEY,
      account: 'A',
      authUsers: ['u'],
      allowedAccounts: ['B'],
    });
  });
});

describe('accounts', () => {
  test('with everything', () => {
    const text = `accounts {
      $SYS { users: [ { user: s, password: s } ] }
      A {
        nkey: ${ACCOUNT_KEY}
        default_permissions { publish { deny: x } }
        users: [ { user: a, password: a } , { user: b, password: b, permissions { publish: p } } ]
        exports: [
          { service: "s.*", response: stream, threshold: "3s", accounts: [ B ], allow_trace: true }
          { service: "l", latency { sampling: headers, subject: lat } }
          { stream: "t.*", account_token_position: 2 }
          { accounts: [ B ] }
        ]
        mappings { a: b, "c.*": [ { dest: "d.$1", weight: 40%, cluster: x } ] }
        limits { max_conn: 1, max_subs: 2, max_pay: 3, max_leafs: 4 }
        msg_trace { dest: tr, sampling: 10 }
        jetstream { max_mem: 1k, streams: 3, cluster_traffic: owner }
      }
      B {
        imports: [
          { service { account: A, subject: "s.*" }, to: "x.$1", share: true }
          { stream { account: A, subject: "t.B" }, prefix: p, allow_trace: true }
        ]
        jetstream: enabled
        trace_dest: all
      }
    }`;
    const { users, accounts } = load(text).broker;
    expect(users?.map(({ user, account, permissions }) => [user, account, permissions])).toEqual([
      ['s', '$SYS', undefined],
      ['a', 'A', { publish: { deny: ['x'] } }],
      ['b', 'A', { publish: { allow: ['p'] } }],
    ]);
    expect(accounts).toEqual([
      { name: '$SYS' },
      {
        name: 'A',
        nkey: ACCOUNT_KEY,
        defaultPermissions: { publish: { deny: ['x'] } },
        exports: [
          {
            type: 'service',
            subject: 's.*',
            accounts: ['B'],
            responseType: 'stream',
            responseThresholdMs: 3000,
            allowTrace: true,
          },
          { type: 'service', subject: 'l', latency: { subject: 'lat', sampling: 'headers' } },
          { type: 'stream', subject: 't.*', accountTokenPosition: 2 },
        ],
        mappings: [
          { source: 'a', destinations: [{ subject: 'b', weight: 100 }] },
          { source: 'c.*', destinations: [{ subject: 'd.$1', weight: 40, cluster: 'x' }] },
        ],
        limits: { connectionsMax: 1, subscriptionsMax: 2, payloadBytesMax: 3, leafNodesMax: 4 },
        trace: { destination: 'tr', samplingPercent: 10 },
        jetstream: { max_memory: 1000, max_streams: 3, cluster_traffic: 'owner' },
      },
      {
        name: 'B',
        imports: [
          { type: 'service', account: 'A', subject: 's.*', to: 'x.$1', share: true },
          { type: 'stream', account: 'A', subject: 't.B', prefix: 'p', allowTrace: true },
        ],
        jetstream: true,
        trace: { destination: 'all', samplingPercent: 100 },
      },
    ]);
  });

  test('by their names alone, and mappings of everybody else', () => {
    expect(broker('accounts: [ A, "B C" ]\nmaps { a: b }\n')).toEqual({
      accounts: [{ name: 'A' }, { name: 'B C' }],
      mappings: [{ source: 'a', destinations: [{ subject: 'b', weight: 100 }] }],
    });
  });

  test('a stream is imported with a prefix or under another subject, whatever stands first', () => {
    const imported = (fields: string): string =>
      refusalOf(`accounts { A { exports: [ { stream: s } ] }, B { imports: [ { ${fields} } ] } }`).problems[0]
        ?.message ?? '';
    const reason = "Stream import can not have a 'prefix' and a 'to' property";
    expect(imported('stream { account: A, subject: s }, prefix: p, to: t')).toBe(reason);
    expect(imported('to: t, prefix: p, stream { account: A, subject: s }')).toBe(reason);
  });
});

describe('blocks that are kept', () => {
  test('with durations in milliseconds and sizes in bytes', () => {
    const { kept } = load(
      `
      server_name: s
      store_dir: "/data"
      default_js_domain { A: d }
      jetstream { max_mem: 1G, max_file: "2T", domain: hub, sync: "10s", limits { duplicate_window: "1m", batch { max_msgs: 5 } } }
      cluster { name: c, listen: "0.0.0.0:6222", routes: [ "nats://a:b@h:1" ], pool_size: 5, compression { mode: s2_auto, rtt: [ "10ms" ] }, authorization { user: u, password: p, timeout: 2 }, permissions { import: a } }
      gateway { name: c, port: 7222, gateways: [ { name: d, url: "nats://h:1" } ], reject_unknown: true }
      leafnodes { port: 7422, remotes: [ { url: "nats-leaf://h", account: A, credentials: "~/c.creds", deny_imports: x, js_cluster_migrate { leader_migrate_delay: "3s" } } ] }
      mqtt { port: 1883, ack_wait: "5s", max_inflight: 10 }
      ocsp: true
      ocsp_cache { type: local, save_interval: "10m" }
      proxies { trusted: [ { key: ${USER_KEY} } ] }
      accounts: [ A ]
    `,
      {},
      { HOME: '/home/me' },
    ).broker;
    expect(JSON.parse(JSON.stringify(kept))).toEqual({
      jetstream: {
        enabled: true,
        storeDir: '/data',
        maxMemory: 1_000_000_000,
        maxStore: 2 * 2 ** 40,
        domain: 'hub',
        more: {
          default_js_domain: { A: 'd' },
          sync_interval: 10_000,
          limits: { duplicate_window: 60_000, batch: { max_msgs: 5 } },
        },
      },
      cluster: {
        name: 'c',
        host: '0.0.0.0',
        port: 6222,
        routes: ['nats://a:b@h:1'],
        pool_size: 5,
        compression: { mode: 's2_auto', rtt_thresholds: [10] },
        username: 'u',
        password: 'p',
        auth_timeout: 2000,
        permissions: { publish: { allow: ['a'] } },
      },
      gateway: { name: 'c', port: 7222, gateways: [{ name: 'd', urls: ['nats://h:1'] }], reject_unknown: true },
      leafnodes: {
        port: 7422,
        remotes: [
          {
            urls: ['nats-leaf://h'],
            account: 'A',
            credentials: '/home/me/c.creds',
            deny_imports: ['x'],
            jetstream_cluster_migrate: true,
            leader_migrate_delay: 3000,
          },
        ],
      },
      mqtt: { port: 1883, ack_wait: 5000, max_ack_pending: 10 },
      ocsp: { mode: 'auto' },
      ocspCache: { type: 'local', save_interval: 600_000 },
      proxies: [USER_KEY],
    });
  });

  test.each<[string, unknown]>([
    ['jetstream: true', { enabled: true }],
    ['jetstream: disabled', { enabled: false }],
    ['jetstream {}', { enabled: true }],
    ['jetstream { enabled: false, store_dir: d }', { enabled: false, storeDir: 'd' }],
    ['store_dir: d', { enabled: false, storeDir: 'd' }],
    ['jetstream { sync: always }', { enabled: true, more: { sync_always: true } }],
  ])('%s', (text, expected) => {
    expect(load(`${text}\n`).broker.kept?.jetstream).toEqual(expected);
  });
});

describe('listeners', () => {
  test('WebSocket', () => {
    const text = `websocket {
      listen: "0.0.0.0:8080", no_tls: true, compression: true, same_origin: true, origin: "http://a", handshake_timeout: 3
      authorization { user: a, pass: b, token: c, timeout: 2 }, jwt_cookie: j, user_cookie: u, pass_cookie: p, token_cookie: t
      no_auth_user: n, headers { X: y }, ping_interval: "5s", advertise: "h:1"
    }`;
    expect(load(text).broker.webSocket).toEqual({
      host: '0.0.0.0',
      port: 8080,
      noTls: true,
      compression: true,
      sameOrigin: true,
      allowedOrigins: ['http://a'],
      handshakeTimeoutMs: 3000,
      user: 'a',
      password: 'b',
      token: 'c',
      authTimeoutMs: 2000,
      jwtCookie: 'j',
      userCookie: 'u',
      passwordCookie: 'p',
      tokenCookie: 't',
      noAuthUser: 'n',
      headers: { X: 'y' },
      pingIntervalMs: 5000,
      advertise: 'h:1',
    });
    // Without a port there is none.
    expect(load('websocket { no_tls: true }').broker.webSocket).toBeUndefined();
  });

  test('TLS', () => {
    const hash = 'AB'.repeat(32);
    const text = `tls { verify_and_map: true, insecure: true, timeout: "1.5s", min_version: "1.3", first: auto, connection_rate_limit: 5
      cipher_suites: [ TLS_AES_128_GCM_SHA256 ], curve_preferences: [ X25519 ], pinned_certs: [ "${hash}" ], ocsp_peer: true }`;
    const { tls, kept } = load(text).broker;
    expect(tls).toEqual({
      verify: true,
      verifyAndMap: true,
      insecure: true,
      timeoutMs: 1500,
      versionMin: '1.3',
      handshakeFirst: { fallbackMs: 50 },
      connectionRateLimit: 5,
      cipherSuites: ['TLS_AES_128_GCM_SHA256'],
      curvePreferences: ['X25519'],
      pinnedCertificates: [hash.toLowerCase()],
    });
    expect(kept).toEqual({ ocspPeer: { verify: true } });
  });
});

describe('operators', () => {
  test.each<[string, unknown]>([
    ['resolver: MEM', { type: 'memory' }],
    ['resolver: URL("http://h/x")', { type: 'url', url: 'http://h/x/' }],
    [
      'resolver { type: full, dir: d, allow_delete: true, hard_delete: true, limit: 5, interval: "1s", timeout: "2s" }',
      {
        type: 'full',
        folder: 'd',
        deleteAllowed: true,
        hardDelete: true,
        entriesMax: 5,
        syncIntervalMs: 1000,
        timeoutMs: 2000,
      },
    ],
    ['resolver { type: CACHE, dir: d, ttl: "1h" }', { type: 'cache', folder: 'd', ttlMs: 3_600_000 }],
  ])('%s', (text, expected) => {
    expect(load(`${text}\n`).broker.operator).toEqual({ operators: [], resolver: expected });
  });

  test('folders that cannot be written to are refused, where somebody looks', () => {
    const text = 'resolver { type: full, dir: d }\n';
    const looking = { ...sources(), isUnusableFolder: () => true };
    expect(() => parseConfigText(text, { sources: looking })).toThrow('dir needs to point to an accessible directory');
    expect(() => parseConfigText(text, { sources: sources() })).not.toThrow();
  });
});

describe('the program', () => {
  test('log and files', () => {
    const text = `logtime: false, logtime_utc: true
      log_file: l, log_size_limit: 1k, log_max_num: 2, syslog: true, remote_syslog: r
      pid_file: p, ports_file_dir: d, prof_port: 5, prof_block_rate: 6`;
    expect(load(text).program).toEqual({
      logTime: false,
      logUtc: true,
      logFile: 'l',
      logFileBytesMax: 1000,
      logFilesMax: 2,
      syslog: true,
      remoteSyslog: 'r',
      pidFile: 'p',
      portsFolder: 'd',
      profilePort: 5,
      profileBlockRate: 6,
    });
  });
});

describe('warnings', () => {
  it('stand beside the options, with the line that nats-server prints', () => {
    const { warnings, broker: options } = load(
      '\nping_interval: 90\nauthorization { user: a, pass: b, timeout: 1m }\n',
    );
    expect(options.pingIntervalMs).toBe(90_000);
    expect(warnings.map(({ line, column, text }) => [line, column, text])).toEqual([
      [2, 1, 'server.conf:2:1: invalid use of field "ping_interval": ping_interval should be converted to a duration'],
      [
        3,
        35,
        `server.conf:3:35: invalid use of field "timeout": timeout of 1000000 (1000000.000000 seconds) is high, consider keeping it under 60 seconds. possibly caused by unquoted duration; use '1m' instead of 1m, for example`,
      ],
    ]);
  });

  it('come with the errors, in front of them', () => {
    const { message, warnings, problems } = refusalOf('foo: 1\nping_interval: 5\n');
    expect(message).toBe(
      'server.conf:2:1: invalid use of field "ping_interval": ping_interval should be converted to a duration\nserver.conf:1:0: unknown field "foo"\n',
    );
    expect([warnings.length, problems.length]).toEqual([1, 1]);
  });

  it('tell of a file that says nothing', () => {
    expect(load('# nothing\n').warnings).toMatchObject([{ message: 'server.conf: config has no values or is empty' }]);
  });
});

describe('secrets', () => {
  const secret = 's3cr3t';
  test.each([
    `authorization { password: $${secret} }`,
    `authorization { users: [ { user: a, pass: ${'9'.repeat(30)} } ] }`,
    `cluster { routes: [ "nats://a:${secret}@h:port" ] }`,
    `leafnodes { remotes: [ { url: "nats://h", nkey: "SUAN${'A'.repeat(54)}" } ] }`,
    `accounts { A { nkey: SAAN${'A'.repeat(54)} } }`,
    `operator: [ "none/eyJhbGciOiJlZDI1NTE5.${secret}.x" ]`,
  ])('%s keeps it', (text) => {
    const { message, problems } = refusalOf(text);
    for (const shown of [message, ...problems.flatMap((one) => [one.message, one.text ?? ''])]) {
      expect(shown).not.toMatch(/s3cr3t|9{30}|S[AU]AN/);
    }
    expect(message).toContain('[REDACTED]');
  });

  test('names of variables are shown all the same', () => {
    expect(refusalOf('authorization { password: $NATS_PASSWORD }').message).toContain("'NATS_PASSWORD'");
  });
});

describe('a file', () => {
  test('that cannot be read', () => {
    expect(() => loadConfig('none.conf', sources())).toThrow(ConfigError);
    expect(() => loadConfig('none.conf', sources())).toThrow('open none.conf: no such file or directory');
  });

  test('of this machine', () => {
    expect(() => loadConfig(import.meta.dirname)).toThrow('is a directory');
  });
});
