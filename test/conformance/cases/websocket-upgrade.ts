import { TestOperator } from '../../support/operator-tree.ts';
import { upgradeRequest } from '../../support/raw-websocket-client.ts';
import { a, b, type Case, cases, connectLine, logged, plain } from '../case.ts';
import { arriving } from '../listener-steps.ts';

const plainListener = 'host: 127.0.0.1, port: -1, no_tls: true';
const webSocket = (more = '', beside = ''): string => `websocket {\n${plainListener}\n${more}\n}\n${beside}`;
const config = webSocket();
const operator = new TestOperator();
const account = operator.account('ONE');
const bearer = account.user('bearer', { bearer_token: true });
const here = arriving('a');
const there = arriving('b');
const DATE = 'Date: [^\\r]+\\r\\n';

function literally(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

/** An answer of the handshake itself. */
function refused(status: string, ends = ''): RegExp {
  const before =
    `HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nSec-Websocket-Version: 13\r\n` +
    'X-Content-Type-Options: nosniff\r\n';
  const behind = `Content-Length: ${status.length - 3}\r\n${ends}\r\n${status.slice(4)}\n`;
  return new RegExp(`^${literally(before)}${DATE}${literally(behind)}`);
}

/** An answer to what is no request. */
const nonsense = (status: string): string =>
  `HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n${status}`;

const ACCEPTED =
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
  'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n';

type Headers = Record<string, string | undefined>;

/** A request whose answer is known byte by byte. */
const ask = (headers: Headers, first?: string) => [here.dial('webSocket'), a.send(upgradeRequest(headers, first))];

/** How a connection becomes a WebSocket, and what is answered where it does not. */
export const webSocketUpgrade: Case[] = [
  ...cases(
    [
      ['as it should be', {}, undefined],
      ['of any path', {}, 'GET /foo/bar?x=1 HTTP/1.1'],
      ['of a whole address', {}, 'GET http://foo/bar HTTP/1.1'],
      ['of HTTP/1.0', {}, 'GET / HTTP/1.0'],
      [
        'among others',
        { Upgrade: 'h2c, WebSocket', Connection: 'keep-alive, upgrade', 'Sec-WebSocket-Version': '8, 13' },
        undefined,
      ],
      ['with a protocol', { 'Sec-WebSocket-Protocol': 'mqtt, nats' }, undefined],
      ['with an extension that is not on offer', { 'Sec-WebSocket-Extensions': 'permessage-deflate' }, undefined],
      ['with a length', { 'Content-Length': '3' }, undefined],
      ['from anywhere', { Origin: 'http://evil.example' }, undefined],
    ] as [string, Headers, string | undefined][],
    ([name, headers, first]): Case => ({
      name: `an upgrade ${name}`,
      config,
      steps: [...ask(headers, first), a.expect(`${ACCEPTED}\r\n`), here.messageInfo()],
    }),
  ),
  {
    name: 'an upgrade with bare line feeds',
    config,
    steps: [
      here.dial('webSocket'),
      a.send(upgradeRequest().replaceAll('\r\n', '\n')),
      a.expect(`${ACCEPTED}\r\n`),
      here.messageInfo(),
    ],
  },
  {
    name: 'an upgrade byte by byte',
    config,
    steps: [here.dial('webSocket'), a.trickle(upgradeRequest()), a.expect(`${ACCEPTED}\r\n`), here.messageInfo()],
  },
  {
    name: 'an upgrade that gets headers of the configuration',
    config: webSocket('headers { "X-Served-By": "this one" }'),
    steps: [...ask({}), a.expect(`${ACCEPTED}X-Served-By: this one\r\n\r\n`), here.messageInfo()],
  },
  {
    name: 'an upgrade without masks',
    config,
    steps: [...ask({ 'Nats-No-Masking': 'true' }), a.expect(`${ACCEPTED}Nats-No-Masking: true\r\n\r\n`)],
  },
  ...cases(
    [
      ['permessage-deflate', true],
      ['foo, permessage-deflate; client_max_window_bits', true],
      ['x-webkit-deflate-frame', false],
    ] as [string, boolean][],
    ([extension, agreed]): Case => ({
      name: `an upgrade that offers ${extension}`,
      config: webSocket('compression: true'),
      steps: [
        ...ask({ 'Sec-WebSocket-Extensions': extension }),
        a.expect(
          `${ACCEPTED}${
            agreed
              ? 'Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover\r\n'
              : ''
          }\r\n`,
        ),
      ],
    }),
  ),
  ...cases(
    [
      ['no Upgrade', { Upgrade: undefined }, "invalid value for header 'Upgrade'"],
      ['another Upgrade', { Upgrade: 'h2c' }, "invalid value for header 'Upgrade'"],
      ['no Connection', { Connection: undefined }, "invalid value for header 'Connection'"],
      ['no key', { 'Sec-WebSocket-Key': undefined }, 'key missing'],
      ['a short key', { 'Sec-WebSocket-Key': 'AAAA' }, 'invalid websocket key'],
      ['a key that is none', { 'Sec-WebSocket-Key': '!!!!' }, 'invalid websocket key'],
      ['no version', { 'Sec-WebSocket-Version': undefined }, 'invalid version'],
      ['another version', { 'Sec-WebSocket-Version': '8' }, 'invalid version'],
      ['an empty host', { Host: '' }, "'Host' missing in request"],
    ] as [string, Headers, string][],
    ([name, headers, log]): Case => ({
      name: `400: ${name}`,
      config,
      steps: [
        ...ask(headers),
        a.expect(refused('400 Bad Request')),
        logged(new RegExp(`\\[ERR\\] 127\\.0\\.0\\.1:\\d+ - websocket handshake error: ${literally(log)}`)),
      ],
    }),
  ),
  ...cases(['POST', 'get'], (method): Case => ({
    name: `405: ${method}`,
    config,
    steps: [...ask({}, `${method} / HTTP/1.1`), a.expect(refused('405 Method Not Allowed'))],
  })),
  {
    name: '404: MQTT, where there is none',
    config,
    steps: [...ask({}, 'GET /mqtt HTTP/1.1'), a.expect(refused('404 Not Found'))],
  },
  {
    name: 'leaf nodes, where there are none, are upgraded and turned away',
    config,
    steps: [
      ...ask({}, 'GET /leafnode HTTP/1.1'),
      a.expect(`${ACCEPTED}\r\n`),
      a.closed(),
      logged(/Not configured to accept leaf node connections/),
    ],
  },
  {
    name: 'after a refusal the next request may be right',
    config,
    steps: [
      ...ask({ Upgrade: undefined }),
      a.expect(refused('400 Bad Request')),
      a.send(upgradeRequest({ 'Content-Length': '5' }, 'PUT / HTTP/1.1'), 'abcde'),
      a.expect(refused('405 Method Not Allowed')),
      a.send(upgradeRequest()),
      a.expect(`${ACCEPTED}\r\n`),
      here.messageInfo(),
    ],
  },
  {
    name: 'two requests at once get two answers',
    config,
    steps: [
      here.dial('webSocket'),
      a.send(upgradeRequest({ Upgrade: undefined }) + upgradeRequest()),
      a.expect(refused('400 Bad Request')),
      a.expect(`${ACCEPTED}\r\n`),
    ],
  },
  {
    name: 'who asks for the end gets it',
    config,
    steps: [...ask({ Connection: 'close' }), a.expect(refused('400 Bad Request', 'Connection: close\r\n')), a.closed()],
  },
  {
    name: 'a frame behind the request is the end without a word',
    config,
    steps: [here.dial('webSocket'), a.send(`${upgradeRequest()}\x81\x80abcd`), a.closed()],
  },
  {
    name: 'a path that is not clean is moved',
    config,
    steps: [
      ...ask({}, 'GET //a/../b?x=1 HTTP/1.1'),
      a.expect(
        new RegExp(
          `^HTTP/1\\.1 301 Moved Permanently\\r\\nContent-Type: text/html; charset=utf-8\\r\\nLocation: /b\\?x=1\\r\\n${DATE}` +
            'Content-Length: 41\\r\\n\\r\\n<a href="/b\\?x=1">Moved Permanently</a>\\.\\n\\n',
        ),
      ),
    ],
  },
  ...cases(
    [
      ['no request', 'hello\r\n\r\n', '400 Bad Request'],
      ['an empty line', '\r\n', '400 Bad Request'],
      ['a path that is none', 'GET foo HTTP/1.1\r\nHost: a\r\n\r\n', '400 Bad Request'],
      ['an escape that is none', 'GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n', '400 Bad Request'],
      ['no host', 'GET / HTTP/1.1\r\n\r\n', '400 Bad Request: missing required Host header'],
      ['a host that is none', 'GET / HTTP/1.1\r\nHost: a b\r\n\r\n', '400 Bad Request: malformed Host header'],
      ['two hosts', 'GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n', '400 Bad Request'],
      ['a header without a colon', 'GET / HTTP/1.1\r\nHost: a\r\nfoo bar\r\n\r\n', '400 Bad Request'],
      ['a header without a name', 'GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n', '400 Bad Request'],
      [
        'a header with a blank in its name',
        'GET / HTTP/1.1\r\nHost: a\r\nfo o: b\r\n\r\n',
        '400 Bad Request: invalid header name',
      ],
      ['a header with a control character', 'GET / HTTP/1.1\r\nHost: a\r\nX: \x01\r\n\r\n', '400 Bad Request'],
      ['a length that is none', 'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n', '400 Bad Request'],
      ['HTTP/2', 'GET / HTTP/2.0\r\nHost: a\r\n\r\n', '505 HTTP Version Not Supported: unsupported protocol version'],
      ['HTTP/3', 'GET / HTTP/3.0\r\nHost: a\r\n\r\n', '505 HTTP Version Not Supported: unsupported protocol version'],
      ['another protocol', 'GET / SPDY/1.1\r\nHost: a\r\n\r\n', '400 Bad Request'],
      [
        'more than it may have',
        `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(1_100_000)}\r\n\r\n`,
        '431 Request Header Fields Too Large',
      ],
    ],
    ([name, bytes, status]): Case => ({
      name: `no request: ${name}`,
      config,
      steps: [here.dial('webSocket'), a.send(bytes as string), a.expect(nonsense(status as string)), a.closed()],
    }),
  ),
  {
    name: 'no request: an encoding that is none',
    config,
    steps: [
      here.dial('webSocket'),
      a.send('GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: foo\r\n\r\n'),
      a.expect(nonsense('501 Not Implemented').replace(/[^\n]*$/, 'Unsupported transfer encoding')),
      a.closed(),
    ],
  },
  ...cases(
    [
      ['http://localhost', true],
      ['http://LOCALHOST:80', true],
      ['HTTP://localhost/a?b', true],
      ['https://localhost', false],
      ['http://localhost:81', false],
      ['http://other', false],
      ['null', false],
    ] as [string, boolean][],
    ([Origin, same]): Case => ({
      name: `same_origin: ${Origin}`,
      config: webSocket('same_origin: true'),
      steps: [...ask({ Origin }), a.expect(same ? `${ACCEPTED}\r\n` : refused('403 Forbidden'))],
    }),
  ),
  ...cases(
    [
      ['http://a.com', true],
      ['http://A.COM:80', true],
      ['https://b.com:99', true],
      ['https://a.com', false],
      ['https://b.com', false],
      ['http://c.com', false],
    ] as [string, boolean][],
    ([Origin, allowed]): Case => ({
      name: `allowed_origins: ${Origin}`,
      config: webSocket('allowed_origins: ["http://a.com", "https://b.com:99"]'),
      steps: [...ask({ Origin }), a.expect(allowed ? `${ACCEPTED}\r\n` : refused('403 Forbidden'))],
    }),
  ),
  {
    name: 'who does not say where he comes from may come from anywhere',
    config: webSocket('same_origin: true\nallowed_origins: ["http://a.com"]'),
    steps: [...ask({}), a.expect(`${ACCEPTED}\r\n`)],
  },
  ...cases(
    [
      ['right', 'who=ada; secret=one', true],
      ['right, in quotes', 'secret="one"; x=y; who="ada"', true],
      ['wrong', 'who=ada; secret=two', false],
      ['missing', 'other=ada', false],
    ] as [string, string, boolean][],
    ([name, Cookie, right]): Case => ({
      name: `cookies for credentials: ${name}`,
      config: webSocket(
        'user_cookie: "who"\npass_cookie: "secret"',
        'authorization { users: [ { user: ada, password: one } ] }',
      ),
      steps: [
        ...here.upgrade({ Cookie }),
        here.messageInfo({ auth_required: true }),
        here.say(`${connectLine(plain)}PING\r\n`),
        here.hear(right ? 'PONG\r\n' : "-ERR 'Authorization Violation'\r\n"),
      ],
    }),
  ),
  {
    name: 'a cookie for a token',
    config: webSocket('token_cookie: "t"', 'authorization { token: "s3cret" }'),
    steps: here.webSocket({ Cookie: 't=s3cret' }),
  },
  {
    name: 'a cookie for a JWT',
    config: operator.config([account], 'MEMORY', webSocket('jwt_cookie: "jwt"')),
    steps: [
      ...here.webSocket({ Cookie: `jwt=${bearer.jwt}` }),
      ...there.upgrade({ Cookie: `jwt=${bearer.jwt.slice(0, -4)}` }),
      there.messageInfo({ auth_required: true }),
      there.say(connectLine(plain)),
      there.hear("-ERR 'Authorization Violation'\r\n"),
    ],
  },
  {
    name: 'CONNECT counts before cookies',
    config: webSocket(
      'user_cookie: "who"\npass_cookie: "secret"',
      'authorization { users: [ { user: ada, password: one }, { user: bob, password: two } ] }',
    ),
    steps: here.webSocket({ Cookie: 'who=ada; secret=two' }, { user: 'bob', pass: 'two' }),
  },
  {
    name: 'credentials of the WebSocket listener hold there and nowhere else',
    config: webSocket('authorization { user: w, password: p }', 'authorization { user: c, password: q }'),
    steps: [
      ...here.webSocket({}, { user: 'w', pass: 'p' }),
      ...there.upgrade(),
      there.messageInfo(),
      there.say(connectLine({ ...plain, user: 'c', pass: 'q' })),
      there.hear("-ERR 'Authorization Violation'\r\n"),
    ],
  },
  {
    name: 'no_auth_user of the WebSocket listener',
    config: webSocket('no_auth_user: guest', 'authorization { users: [ { user: guest, password: g } ] }'),
    steps: [...here.webSocket(), b.open(), b.send(connectLine(plain)), b.expect("-ERR 'Authorization Violation'\r\n")],
  },
  {
    name: 'connection types: some users come through WebSocket only',
    config: webSocket(
      '',
      'authorization { users: [ { user: w, password: p, allowed_connection_types: ["WEBSOCKET"] } ] }',
    ),
    steps: [
      ...here.webSocket({}, { user: 'w', pass: 'p' }),
      b.open(),
      b.send(connectLine({ ...plain, user: 'w', pass: 'p' })),
      b.expect("-ERR 'Authorization Violation'\r\n"),
    ],
  },
  {
    name: 'X-Forwarded-For is in the log, and nowhere else',
    config: webSocket('', 'debug: true'),
    steps: [
      ...here.upgrade({ 'X-Forwarded-For': '192.0.2.99' }),
      here.messageInfo({ client_ip: '127.0.0.1' }),
      logged(/\[DBG\] 192\.0\.2\.99\/127\.0\.0\.1:\d+ - wid:\d+ - Client connection created/),
    ],
  },
  {
    name: 'there is a time for the handshake: nothing, and half a request',
    alone: true,
    config: webSocket('handshake_timeout: "300ms"'),
    steps: [
      here.dial('webSocket'),
      a.closed(3000),
      there.dial('webSocket'),
      b.send('GET / HT'),
      b.expect(nonsense('400 Bad Request')),
      b.closed(),
    ],
  },
  {
    name: 'through TLS: INFO says so',
    config:
      'websocket { host: 127.0.0.1, port: -1, tls { cert_file: "$CERTS/server.pem", key_file: "$CERTS/server.key" } }',
    steps: [
      here.dial('webSocket'),
      here.secure(),
      a.send(upgradeRequest()),
      a.expect(`${ACCEPTED}\r\n`),
      here.messageInfo({ tls_required: true, tls_available: true, port: '<webSocketPort>' }),
      here.say(`${connectLine(plain)}PING\r\n`),
      here.hear('PONG\r\n'),
      b.open(),
      b.info({}, ['tls_required', 'tls_available']),
    ],
  },
  {
    name: 'through TLS: who speaks plain HTTP is told',
    config:
      'websocket { host: 127.0.0.1, port: -1, tls { cert_file: "$CERTS/server.pem", key_file: "$CERTS/server.key" } }',
    steps: [
      ...ask({}),
      a.expect('HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n'),
      a.closed(),
    ],
  },
  ...cases(['client', 'stranger', undefined] as const, (certificate): Case => ({
    name: `through TLS: ${certificate ?? 'no'} certificate`,
    config:
      'websocket { host: 127.0.0.1, port: -1, tls { cert_file: "$CERTS/server.pem", key_file: "$CERTS/server.key"\n' +
      'ca_file: "$CERTS/ca.pem", verify: true } }',
    steps: [
      here.dial('webSocket'),
      ...(certificate === 'client'
        ? [here.secure({ certificate }), a.send(upgradeRequest()), a.expect(`${ACCEPTED}\r\n`), here.messageInfo()]
        : [here.unsecured({ ...(certificate === undefined ? {} : { certificate }), maxVersion: 'TLSv1.2' })]),
    ],
  })),
];
