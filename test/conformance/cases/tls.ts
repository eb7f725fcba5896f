import { a, b, type Case, cases, connectLine, plain, reload, logged } from '../case.ts';
import { arriving, type SecureOptions } from '../listener-steps.ts';

const own = 'cert_file: "$CERTS/server.pem", key_file: "$CERTS/server.key"';
const withTls = (more = '', beside = ''): string => `tls {\n${own}\n${more}\n}\n${beside}`;
const trusting = 'ca_file: "$CERTS/ca.pem"';
const here = arriving('a');
const there = arriving('b');
const CONNECT = connectLine(plain);

/** INFO in clear, then TLS, then the protocol. */
const secured = (tls: SecureOptions = {}) => [a.open(), here.secure(tls), a.send(CONNECT), ...a.sync()];

/** TLS of the client listener: when it begins, who is let in, what is said to whom is not. */
export const tls: Case[] = [
  {
    name: 'INFO says that TLS is required, and comes in clear',
    config: withTls(),
    steps: [a.open(), a.info({ tls_required: true }, ['tls_available', 'tls_verify'])],
  },
  {
    name: 'INFO has the fields of TLS in their place',
    config: withTls(`${trusting}, verify: true`, 'allow_non_tls: true\nauthorization { user: a, password: b }'),
    steps: [
      a.open(),
      a.infoKeys([
        ...['server_id', 'server_name', 'version', 'proto', 'go', 'host', 'port', 'headers', 'auth_required'],
        ...['tls_verify', 'tls_available', 'max_payload', 'client_id', 'client_ip', 'api_lvl', 'xkey'],
      ]),
    ],
  },
  ...cases(['TLSv1.2', 'TLSv1.3'] as const, (version): Case => ({
    name: `the protocol goes through ${version}`,
    config: withTls(),
    steps: [
      a.open(),
      here.secure({ minVersion: version, maxVersion: version }, { version, subject: 'CN=server' }),
      a.send(`${CONNECT}SUB t 1\r\nPUB t 2\r\nhi\r\n`),
      ...[a.expect('MSG t 1 2\r\nhi\r\n'), ...a.sync()],
    ],
  })),
  ...cases(
    [
      ['TLSv1.2', 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256'],
      ['TLSv1.3', 'TLS_AES_128_GCM_SHA256'],
    ] as const,
    ([maxVersion, cipherSuite]): Case => ({
      name: `the server prefers ${cipherSuite}`,
      config: withTls(),
      steps: [a.open(), here.secure({ maxVersion }, { cipherSuite })],
    }),
  ),
  {
    name: 'a second INFO goes through TLS and says the same',
    config: withTls(),
    steps: [
      a.open(),
      here.secure(),
      a.send(connectLine({ ...plain, protocol: 1 }), 'PING\r\n'),
      a.expect('PONG\r\n'),
      a.nextInfo({ tls_required: true, connect_info: true }),
    ],
  },
  {
    name: 'messages of any size go through',
    config: withTls(),
    steps: [
      ...secured(),
      b.open(),
      there.secure(),
      b.send(CONNECT),
      ...b.sync(),
      b.send('SUB big 1\r\n'),
      ...b.sync(),
      a.send(`PUB big 300000\r\n${'x'.repeat(300_000)}\r\n`),
      b.expect(`MSG big 1 300000\r\n${'x'.repeat(300_000)}\r\n`),
    ],
  },
  ...cases(
    [
      ['CONNECT', 'CONNECT {"verbose":false}\r\nPING\r\n'],
      ['PING', 'PING\r\n'],
      ['HTTP', 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'],
      ['zeros', '\0\0\0\0\0\0\0\0'],
    ],
    ([name, bytes]): Case => ({
      name: `in clear: ${name}, and the connection is closed without a word`,
      config: withTls(),
      steps: [a.open(), a.send(bytes as string), a.closed()],
    }),
  ),
  {
    name: 'plain text in front of the handshake is never taken',
    config: withTls(),
    steps: [
      ...secured(),
      a.send('SUB injected 1\r\n'),
      ...a.sync(),
      b.open(),
      b.send('PUB injected 1\r\nx\r\n'),
      there.unsecured(),
      ...a.sync(),
    ],
  },
  {
    name: 'a handshake that is cut off',
    config: withTls(),
    steps: [a.open(), a.send('\x16\x03\x01\x02\0\x01\0'), a.leave(), b.open()],
  },
  {
    name: 'nothing at all, for as long as the time-out says',
    alone: true,
    config: withTls('timeout: 0.3'),
    steps: [a.open(), a.quiet(100), a.closed(3000)],
  },
  {
    name: 'a handshake that begins and does not go on',
    alone: true,
    config: withTls('timeout: "300ms"'),
    steps: [a.open(), a.send('\x16\x03\x01\x02\0\x01\0\x01\xfc'), a.quiet(100), a.closed(3000)],
  },
  ...cases(
    [
      ['a version below the least', withTls('min_version: "1.3"'), { maxVersion: 'TLSv1.2' }],
      ['TLS 1.1', withTls(), { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' }],
      ['no suite in common', withTls(), { maxVersion: 'TLSv1.2', ciphers: 'AES128-SHA256' }],
      [
        'a suite that is not listed',
        withTls('cipher_suites: ["TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"]'),
        { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' },
      ],
      ['no curve in common', withTls('curve_preferences: ["CurveP384"]'), { ecdhCurve: 'prime256v1' }],
    ] as [string, string, SecureOptions][],
    ([name, config, tlsOptions]): Case => ({
      name: `refused: ${name}`,
      config,
      steps: [a.open(), here.unsecured(tlsOptions)],
    }),
  ),
  ...cases(
    [
      [
        'a suite that is listed',
        withTls('cipher_suites: ["TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"]'),
        { maxVersion: 'TLSv1.2' },
        'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
      ],
      [
        'suites of TLS 1.3 whatever is listed',
        withTls('cipher_suites: ["TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"]'),
        {},
        'TLS_AES_128_GCM_SHA256',
      ],
      ['a curve that is listed', withTls('curve_preferences: ["CurveP384"]'), { ecdhCurve: 'secp384r1' }, 'TLS_'],
      ['TLS 1.3 where it is the least', withTls('min_version: "1.3"'), {}, 'TLS_AES_128_GCM_SHA256'],
    ] as [string, string, SecureOptions, string][],
    ([name, config, tlsOptions, cipherSuite]): Case => ({
      name: `taken: ${name}`,
      config,
      steps: [a.open(), here.secure(tlsOptions, { cipherSuite }), a.send(CONNECT), ...a.sync()],
    }),
  ),
  {
    name: 'a key of RSA',
    config: `tls { cert_file: "$CERTS/rsa.pem", key_file: "$CERTS/rsa.key" }`,
    steps: [
      a.open(),
      here.secure({ maxVersion: 'TLSv1.2' }, { cipherSuite: 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256' }),
      a.send(CONNECT),
      ...a.sync(),
    ],
  },
  ...cases(['second.example', 'localhost', 'elsewhere.example'], (servername): Case => ({
    name: `of several certificates, the one for ${servername}`,
    config: `tls { certs: [ { ${own} }, { cert_file: "$CERTS/second.pem", key_file: "$CERTS/second.key" } ] }`,
    steps: [
      a.open(),
      ...(servername === 'elsewhere.example'
        ? [here.secure({ servername: 'localhost' }, { subject: 'CN=server' })]
        : [here.secure({ servername }, { subject: servername === 'localhost' ? 'CN=server' : 'CN=second' })]),
      a.send(CONNECT),
      ...a.sync(),
    ],
  })),
  {
    name: 'one connection too many is told in clear',
    config: withTls('', 'max_connections: 1'),
    steps: [...secured(), { client: 'b', do: 'over-limit', text: "-ERR 'maximum connections exceeded'\r\n" }],
  },
  {
    name: 'too many handshakes in a second are told in clear',
    alone: true,
    config: withTls('connection_rate_limit: 1'),
    steps: [
      ...secured(),
      b.open(),
      b.expect("-ERR 'Connection throttling is active. Please try again later.'\r\n"),
      b.closed(),
      logged(/\[WRN\] Rejected 1 connections due to TLS rate limiting/),
    ],
  },
  {
    name: 'certificates are taken over by a reload, for new connections',
    alone: true,
    config: `port: -1\nhost: 127.0.0.1\n${withTls()}`,
    steps: [
      ...secured(),
      reload('port: -1\nhost: 127.0.0.1\ntls { cert_file: "$CERTS/rsa.pem", key_file: "$CERTS/rsa.key" }'),
      ...a.sync(),
      b.open(),
      there.secure({}, { subject: 'CN=rsa' }),
      b.send(CONNECT),
      ...b.sync(),
    ],
  },
];
