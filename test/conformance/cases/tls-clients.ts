import { a, b, type Case, cases, connectLine, logged, plain } from '../case.ts';
import { arriving, type SecureOptions } from '../listener-steps.ts';

const own = 'cert_file: "$CERTS/server.pem", key_file: "$CERTS/server.key"';
const withTls = (more = '', beside = ''): string => `tls {\n${own}\nca_file: "$CERTS/ca.pem"\n${more}\n}\n${beside}`;
const here = arriving('a');
const there = arriving('b');
const CONNECT = connectLine(plain);

/** Certificates of clients, TLS before INFO, TLS beside plain text, and the PROXY protocol in front of all of it. */
export const tlsClients: Case[] = [
  {
    name: 'INFO says that a certificate is asked for',
    config: withTls('verify: true'),
    steps: [a.open(), a.info({ tls_required: true, tls_verify: true })],
  },
  ...cases(['TLSv1.2', 'TLSv1.3'] as const, (maxVersion): Case => ({
    name: `${maxVersion}: a certificate of the authority is taken`,
    config: withTls('verify: true'),
    steps: [a.open(), here.secure({ certificate: 'client', maxVersion }), a.send(CONNECT), ...a.sync()],
  })),
  ...cases(
    (['TLSv1.2', 'TLSv1.3'] as const).flatMap((maxVersion) =>
      (
        [
          ['none', { maxVersion }],
          ['one of another authority', { maxVersion, certificate: 'stranger' }],
          ['one for servers', { maxVersion, certificate: 'server' }],
          ['one that is over', { maxVersion, certificate: 'expired' }],
        ] as [string, SecureOptions][]
      ).map(([name, tls]) => ({ name: `${maxVersion}: ${name}`, tls })),
    ),
    ({ name, tls }): Case => ({
      name: `a certificate is needed, ${name} is refused`,
      config: withTls('verify: true'),
      steps: [a.open(), here.unsecured(tls)],
    }),
  ),
  {
    name: 'what a certificate lacks is in the log',
    config: withTls('verify: true', 'server_name: verifies'),
    steps: [
      a.open(),
      here.unsecured({ maxVersion: 'TLSv1.2' }),
      logged(/\[ERR\] .* TLS handshake error: tls: client didn't provide a certificate/),
      b.open(),
      there.unsecured({ certificate: 'stranger', maxVersion: 'TLSv1.2' }),
      logged(
        /\[ERR\] .* TLS handshake error: tls: failed to verify certificate: x509: certificate signed by unknown authority \(CN=stranger SHA-256: [0-9a-f]{64}\)/,
      ),
    ],
  },
  {
    name: 'a certificate is not asked for without need',
    config: withTls(),
    steps: [a.open(), here.secure({ certificate: 'stranger' }), a.send(CONNECT), ...a.sync()],
  },
  {
    name: 'pins: a certificate of another key is refused',
    config: withTls(`verify: true, pinned_certs: ["${'a'.repeat(64)}"]`),
    steps: [a.open(), here.unsecured({ certificate: 'client' }), logged(/TLS handshake error: certificate not pinned/)],
  },
  {
    name: 'pins: who is not asked for a certificate has none that is pinned',
    config: withTls(`pinned_certs: ["${'a'.repeat(64)}"]`),
    steps: [a.open(), here.unsecured({ certificate: 'client' })],
  },
  ...cases(
    [
      ['an address of mail', '"ada@example.org"'],
      ['the whole name', '"CN=ada,O=Example"'],
    ],
    ([name, user]): Case => ({
      name: `who somebody is stands in the certificate: ${name}`,
      config: withTls('verify_and_map: true', `authorization { users: [ { user: ${user} } ] }`),
      steps: [
        a.open(),
        a.info({ tls_required: true, tls_verify: true, auth_required: true }),
        here.secure({ certificate: 'client' }),
        a.send(CONNECT),
        ...a.sync(),
      ],
    }),
  ),
  {
    name: 'who somebody is stands in the certificate: nobody we know',
    config: withTls('verify_and_map: true', 'authorization { users: [ { user: "bob@example.org" } ] }'),
    steps: [
      a.open(),
      here.secure({ certificate: 'client' }),
      a.send(CONNECT),
      a.expect("-ERR 'Authorization Violation'\r\n"),
      a.closed(),
    ],
  },
  {
    name: 'first: INFO comes through TLS',
    config: withTls('handshake_first: true'),
    steps: [here.dial(), here.secure(), a.nextInfo({ tls_required: true }), a.send(CONNECT), ...a.sync()],
  },
  {
    name: 'first: nothing is said in clear',
    config: withTls('handshake_first: true'),
    steps: [here.dial(), a.quiet(150), a.send(CONNECT), a.closed()],
  },
  {
    name: 'first for a while: who begins in time gets INFO through TLS',
    config: withTls('handshake_first: "3s"'),
    steps: [here.dial(), here.secure(), a.nextInfo({ tls_required: true }), a.send(CONNECT), ...a.sync()],
  },
  {
    name: 'first for a while: who waits gets INFO in clear and goes on through TLS',
    config: withTls('handshake_first: "100ms"'),
    steps: [here.dial(), a.nextInfo({ tls_required: true }), here.secure(), a.send(CONNECT), ...a.sync()],
  },
  {
    name: 'first for a while: plain text in that time is no handshake',
    config: withTls('handshake_first: "2s"'),
    steps: [here.dial(), a.send('CONNECT {}\r\n'), a.closed()],
  },
  {
    name: 'first, though plain text is allowed: INFO says both',
    config: withTls('handshake_first: true', 'allow_non_tls: true'),
    steps: [here.dial(), here.secure(), a.nextInfo({ tls_required: true, tls_available: true })],
  },
  {
    name: 'first for a while, then plain text: INFO requires nothing',
    config: withTls('handshake_first: "100ms"', 'allow_non_tls: true'),
    steps: [here.dial(), a.nextInfo({ tls_available: true }, ['tls_required']), a.send(CONNECT), ...a.sync()],
  },
  {
    name: 'both: INFO offers TLS',
    config: withTls('', 'allow_non_tls: true'),
    steps: [a.open(), a.info({ tls_available: true }, ['tls_required'])],
  },
  {
    name: 'both: plain text and TLS reach each other',
    config: withTls('', 'allow_non_tls: true'),
    steps: [
      ...a.connect(),
      b.open(),
      there.secure(),
      b.send(`${CONNECT}SUB mixed 1\r\n`),
      ...b.sync(),
      a.send('PUB mixed 2\r\nhi\r\n'),
      ...a.sync(),
      b.expect('MSG mixed 1 2\r\nhi\r\n'),
    ],
  },
  {
    name: 'both: plain text byte by byte',
    config: withTls('', 'allow_non_tls: true'),
    steps: [a.open(), a.trickle(`${CONNECT}PING\r\n`), a.expect('PONG\r\n')],
  },
  {
    name: 'both: who says nothing may go on in clear later',
    alone: true,
    config: withTls('timeout: 0.2', 'allow_non_tls: true'),
    steps: [a.open(), a.quiet(500), a.send(CONNECT), ...a.sync()],
  },
  {
    name: 'PROXY: INFO does not say where the proxy is',
    config: 'proxy_protocol: true',
    steps: [a.open(), a.info({}, ['client_ip'])],
  },
  {
    name: 'PROXY: a line, then the protocol; the second INFO says where the client is',
    config: 'proxy_protocol: true',
    steps: [
      a.open(),
      a.send(`PROXY TCP4 192.0.2.7 127.0.0.1 5555 4222\r\n${connectLine({ ...plain, protocol: 1 })}PING\r\n`),
      a.expect('PONG\r\n'),
      a.nextInfo({ client_ip: '192.0.2.7' }),
    ],
  },
  {
    name: 'PROXY: a binary header',
    config: 'proxy_protocol: true',
    steps: [
      a.open(),
      a.send('\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\x02\x07\x7f\0\0\x01\x15\xb3\x10\x7e'),
      a.send(connectLine({ ...plain, protocol: 1 }), 'PING\r\n'),
      a.expect('PONG\r\n'),
      a.nextInfo({ client_ip: '192.0.2.7' }),
    ],
  },
  {
    name: 'PROXY: a check of the proxy itself',
    config: 'proxy_protocol: true',
    steps: [
      a.open(),
      a.send(`PROXY UNKNOWN\r\n${connectLine({ ...plain, protocol: 1 })}PING\r\n`),
      a.expect('PONG\r\n'),
      a.nextInfo({ client_ip: '127.0.0.1' }),
    ],
  },
  {
    name: 'PROXY: none at all',
    config: 'proxy_protocol: true',
    steps: [...a.connect()],
  },
  ...cases(
    [
      ['a line that is too short', 'PROXY TCP4 192.0.2.7\r\n', 'invalid PROXY protocol header: invalid v1 format'],
      ['an address that is none', 'PROXY TCP4 a b 1 2\r\n', 'invalid PROXY protocol header: invalid address'],
      ['a family that does not fit', 'PROXY TCP6 1.2.3.4 1.2.3.4 1 2\r\n', 'TCP6 with IPv4 address'],
      ['a line without end', `PROXY ${'x'.repeat(120)}`, 'v1 line too long'],
      ['another version', '\r\n\r\n\0\r\nQUIT\n\x31\x11\0\0', 'invalid PROXY protocol header: invalid version 0x30'],
      [
        'datagrams',
        '\r\n\r\n\0\r\nQUIT\n\x21\x12\0\0',
        'unsupported PROXY protocol feature: only STREAM protocol supported',
      ],
    ],
    ([name, bytes, problem]): Case => ({
      name: `PROXY: ${name}`,
      config: 'proxy_protocol: true',
      steps: [
        a.open(),
        a.send(bytes as string),
        a.closed(),
        logged(new RegExp(`\\[WRN\\] Error reading PROXY protocol header from 127\\.0\\.0\\.1:\\d+: .*${problem}`)),
      ],
    }),
  ),
  {
    name: 'PROXY: the header in clear, then TLS',
    config: withTls('', 'proxy_protocol: true'),
    steps: [
      a.open(),
      a.send('PROXY TCP4 192.0.2.7 127.0.0.1 5555 4222\r\n'),
      here.secure(),
      a.send(connectLine({ ...plain, protocol: 1 }), 'PING\r\n'),
      a.expect('PONG\r\n'),
      a.nextInfo({ client_ip: '192.0.2.7', tls_required: true }),
    ],
  },
  {
    name: 'PROXY: the header, then either',
    config: withTls('', 'proxy_protocol: true\nallow_non_tls: true'),
    steps: [
      a.open(),
      a.send(`PROXY TCP4 192.0.2.7 127.0.0.1 5555 4222\r\n${CONNECT}`),
      ...a.sync(),
      b.open(),
      b.send('PROXY TCP4 192.0.2.8 127.0.0.1 5555 4222\r\n'),
      there.secure(),
      b.send(CONNECT),
      ...b.sync(),
    ],
  },
];
