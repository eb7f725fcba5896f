import { describe, expect, test } from 'vitest';
import type { WebSocketOptions } from '../../../../../broker/options/websocket.ts';
import { parseHead, type RequestHead } from '../../../../../broker/transport/websocket/request-head.ts';
import { webSocketTerms } from '../../../../../broker/transport/websocket/terms.ts';
import { answerUpgrade, type UpgradeOutcome } from '../../../../../broker/transport/websocket/upgrade.ts';
import { upgradeRequest } from '../../../../support/raw-websocket-client.ts';

const now = new Date('2026-01-02T03:04:05Z');
const DATE = 'Date: Fri, 02 Jan 2026 03:04:05 GMT\r\n';

function headOf(text: string): RequestHead {
  const parsed = parseHead(Buffer.from(text, 'latin1'), 65536);
  if (parsed.state !== 'read') throw new Error(JSON.stringify(parsed));
  expect(parsed.head.bytes).toBe(text.length);
  return parsed.head;
}

function decide(text: string, options: Partial<WebSocketOptions> = {}): UpgradeOutcome {
  const terms = webSocketTerms({ port: -1, noTls: true, ...options }, { hasUsers: false, hasOperators: true });
  return answerUpgrade(headOf(text), terms, now);
}

function upgraded(text: string, options: Partial<WebSocketOptions> = {}) {
  const outcome = decide(text, options);
  if (outcome.type !== 'upgrade') throw new Error(outcome.answer);
  return outcome;
}

const refused = (status: string, extra = ''): string =>
  `HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nSec-Websocket-Version: 13\r\n` +
  `X-Content-Type-Options: nosniff\r\n${DATE}Content-Length: ${status.length - 3}\r\n${extra}\r\n${status.slice(4)}\n`;

const ACCEPTED =
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
  'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n';

describe('an upgrade', () => {
  test.each<[string, Record<string, string | undefined>, string?]>([
    ['as it should be', {}],
    ['of any path', {}, 'GET /foo/bar?x=1 HTTP/1.1'],
    ['of a whole address', { Host: 'other' }, 'GET ws://foo/bar HTTP/1.1'],
    [
      'among others',
      { Upgrade: 'h2c, WebSocket', Connection: 'keep-alive, upgrade', 'Sec-WebSocket-Version': '8, 13' },
    ],
    ['of HTTP/1.0', {}, 'GET / HTTP/1.0'],
    ['with a length', { 'Content-Length': '3' }],
    ['with a protocol', { 'Sec-WebSocket-Protocol': 'nats' }],
    ['with an extension that is not on offer', { 'Sec-WebSocket-Extensions': 'permessage-deflate' }],
  ])('%s is taken', (_name, headers, first) => {
    expect(upgraded(upgradeRequest(headers, first)).answer).toBe(`${ACCEPTED}\r\n`);
  });

  test('gets the headers of the options', () => {
    const { answer } = upgraded(upgradeRequest(), {
      headers: { 'X-A': 'b', 'Strict-Transport-Security': 'max-age=3' },
    });
    expect(answer).toBe(`${ACCEPTED}X-A: b\r\nStrict-Transport-Security: max-age=3\r\n\r\n`);
  });

  test.each([
    ['permessage-deflate', true],
    ['foo, Permessage-Deflate; client_max_window_bits', true],
    ['x-webkit-deflate-frame', false],
  ])('may agree on compression: %s', (extension, agreed) => {
    const outcome = upgraded(upgradeRequest({ 'Sec-WebSocket-Extensions': extension }), { compression: true });
    const line =
      'Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover\r\n';
    expect(outcome.answer).toBe(`${ACCEPTED}${agreed ? line : ''}\r\n`);
    expect(outcome.upgraded.compression).toBe(agreed);
  });

  test('may do without masks', () => {
    const outcome = upgraded(upgradeRequest({ 'Nats-No-Masking': 'true' }));
    expect(outcome.answer).toBe(`${ACCEPTED}Nats-No-Masking: true\r\n\r\n`);
    expect(outcome.upgraded.unmasked).toBe(true);
    expect(upgraded(upgradeRequest({ 'Nats-No-Masking': 'yes' })).upgraded.unmasked).toBe(false);
  });

  test('knows browsers', () => {
    const agent = (text: string) => upgraded(upgradeRequest({ 'User-Agent': text })).upgraded;
    expect(agent('curl/8')).toMatchObject({ browser: false, wholeWhenCompressed: false });
    expect(agent('Mozilla/5.0 Chrome/1 Safari/2')).toMatchObject({ browser: true, wholeWhenCompressed: false });
    expect(agent('Mozilla/5.0 Version/1 Safari/2')).toMatchObject({ browser: true, wholeWhenCompressed: true });
  });

  test.each([
    ['1.2.3.4', '1.2.3.4'],
    ['2001:DB8:0:0::1', '2001:DB8:0:0::1'],
    ['1.2.3.4, 5.6.7.8', undefined],
    ['1.2.3.4:80', undefined],
    ['fe80::1%eth0', undefined],
    ['foo', undefined],
  ])('is forwarded for %s', (value, address) => {
    expect(upgraded(upgradeRequest({ 'X-Forwarded-For': value })).upgraded.facts.forwardedFor).toBe(address);
  });

  test('shows the cookies that are asked for', () => {
    const names = { jwtCookie: 'j', userCookie: 'u', passwordCookie: 'p', tokenCookie: 't' };
    const cookies = 'j="a.b=c"; x=1; u=ada; p=a=b; t';
    expect(upgraded(upgradeRequest({ Cookie: cookies }), names).upgraded.facts.cookies).toEqual({
      jwt: 'a.b=c',
      user: 'ada',
      password: 'a=b',
      token: '',
    });
    expect(upgraded(upgradeRequest({ Cookie: cookies })).upgraded.facts.cookies).toEqual({
      jwt: '',
      user: '',
      password: '',
      token: '',
    });
  });

  test('knows the paths of others', () => {
    expect(upgraded(upgradeRequest({}, 'GET /x/leafnode HTTP/1.1')).upgraded.kind).toBe('leafnode');
    expect(decide(upgradeRequest({}, 'GET /mqtt HTTP/1.1'))).toEqual({
      type: 'answer',
      answer: refused('404 Not Found'),
      log: 'mqtt websocket endpoint not enabled',
      closes: false,
    });
  });
});

describe('a request that is no upgrade', () => {
  test.each<[string, Record<string, string | undefined>, string, string]>([
    ['no host', { Host: '' }, '400 Bad Request', "'Host' missing in request"],
    ['no Upgrade', { Upgrade: undefined }, '400 Bad Request', "invalid value for header 'Upgrade'"],
    ['another Upgrade', { Upgrade: 'h2c' }, '400 Bad Request', "invalid value for header 'Upgrade'"],
    ['no Connection', { Connection: undefined }, '400 Bad Request', "invalid value for header 'Connection'"],
    ['no key', { 'Sec-WebSocket-Key': undefined }, '400 Bad Request', 'key missing'],
    ['a short key', { 'Sec-WebSocket-Key': 'AAAA' }, '400 Bad Request', 'invalid websocket key'],
    ['a key that is none', { 'Sec-WebSocket-Key': '!!!!' }, '400 Bad Request', 'invalid websocket key'],
    ['no version', { 'Sec-WebSocket-Version': undefined }, '400 Bad Request', 'invalid version'],
    ['another version', { 'Sec-WebSocket-Version': '8' }, '400 Bad Request', 'invalid version'],
  ])('%s', (_name, headers, status, log) => {
    const outcome = decide(upgradeRequest(headers));
    expect(outcome).toEqual({ type: 'answer', answer: refused(status), log, closes: false });
  });

  test.each(['POST', 'get'])('%s is no method for it', (method) => {
    const outcome = decide(upgradeRequest({}, `${method} / HTTP/1.1`));
    expect(outcome).toMatchObject({
      answer: refused('405 Method Not Allowed'),
      log: 'request method must be GET',
      closes: false,
    });
  });

  test('HEAD gets no body', () => {
    const { answer } = decide(upgradeRequest({}, 'HEAD / HTTP/1.1')) as { answer: string };
    expect(answer.endsWith('Content-Length: 19\r\n\r\n')).toBe(true);
  });

  test('closes when it is told to, or cannot tell where the next one begins', () => {
    expect(decide(upgradeRequest({ Connection: 'close' }))).toMatchObject({
      answer: refused('400 Bad Request', 'Connection: close\r\n'),
      closes: true,
    });
    expect(decide(upgradeRequest({ Connection: undefined, 'Transfer-Encoding': 'chunked' }))).toMatchObject({
      closes: true,
    });
    expect(decide(upgradeRequest({ Host: undefined }, 'GET / HTTP/1.0'))).toMatchObject({
      answer: refused('400 Bad Request').replace('HTTP/1.1', 'HTTP/1.0'),
      closes: true,
    });
  });

  test('gets what every server of Go says', () => {
    expect(decide(upgradeRequest({}, 'GET //a/../b?x=<1> HTTP/1.1'))).toMatchObject({
      answer:
        'HTTP/1.1 301 Moved Permanently\r\nContent-Type: text/html; charset=utf-8\r\nLocation: /b?x=<1>\r\n' +
        `${DATE}Content-Length: 49\r\n\r\n<a href="/b?x=&lt;1&gt;">Moved Permanently</a>.\n\n`,
      closes: false,
    });
    expect(decide(upgradeRequest({}, 'OPTIONS * HTTP/1.1'))).toMatchObject({
      answer: `HTTP/1.1 200 OK\r\nContent-Length: 0\r\n${DATE}\r\n`,
    });
    expect(decide(upgradeRequest({}, 'CONNECT localhost:80 HTTP/1.1'))).toMatchObject({ closes: true });
    expect(decide(upgradeRequest({ Expect: 'foo' }))).toMatchObject({ closes: true });
  });
});

describe('origins', () => {
  const problem = (headers: Record<string, string>, options: Partial<WebSocketOptions>): string | undefined => {
    const outcome = decide(upgradeRequest({ Host: 'localhost:4222', ...headers }), options);
    if (outcome.type === 'upgrade') return undefined;
    expect(outcome.answer).toBe(refused('403 Forbidden'));
    return outcome.log?.replace('origin not allowed: ', '');
  };

  test.each([
    ['http://localhost:4222', undefined],
    ['http://LOCALHOST:4222', undefined],
    ['HTTP://localhost:4222/a/b?x', undefined],
    ['http://u:p@localhost:4222', undefined],
    ['http://localhost', 'not same origin'],
    ['https://localhost:4222', 'not same origin'],
    ['http://other:4222', 'not same origin'],
    ['null', 'parse "null": invalid URI for request'],
    ['foo', 'parse "foo": invalid URI for request'],
    ['http://a:b', 'parse "http://a:b": invalid port ":b" after host'],
    ['http://%zz', 'parse "http://%zz": invalid URL escape "%zz"'],
    ['http://[::1', 'parse "http://[::1": missing \']\' in host'],
  ])('the same: %s', (Origin, expected) => {
    expect(problem({ Origin }, { sameOrigin: true })).toBe(expected);
    expect(problem({ 'Sec-WebSocket-Origin': Origin }, { sameOrigin: true })).toBe(expected);
    expect(problem({ Origin }, {})).toBeUndefined();
  });

  const allowedOrigins = ['http://a.com', 'https://b.com:99', 'HTTP://C.com:80', 'http://[::1]:8080'];
  test.each([
    ['http://a.com', true],
    ['http://a.com:80', true],
    ['http://A.COM', true],
    ['http://c.com', true],
    ['https://b.com:99', true],
    ['http://[::1]:8080', true],
    ['https://a.com', false],
    ['https://b.com', false],
    ['http://d.com', false],
    ['http://a.com.evil', false],
    ['http://a.com@evil', false],
  ])('allowed: %s', (Origin, allowed) => {
    expect(problem({ Origin }, { allowedOrigins })).toBe(allowed ? undefined : 'not in the allowed list');
  });

  test('nobody says where he comes from', () => {
    expect(problem({}, { sameOrigin: true, allowedOrigins })).toBeUndefined();
  });

  test('both have to be right where both are asked for', () => {
    const both = { sameOrigin: true, allowedOrigins: ['http://localhost:4222', 'http://a.com'] };
    expect(problem({ Origin: 'http://localhost:4222' }, both)).toBeUndefined();
    expect(problem({ Origin: 'http://a.com' }, both)).toBe('not same origin');
  });
});

describe('the head of a request', () => {
  const wrong = (text: string, bytesMax = 65536): string => {
    const parsed = parseHead(Buffer.from(text, 'latin1'), bytesMax);
    return parsed.state === 'wrong' ? parsed.status : parsed.state;
  };
  const get = (lines: string): string => `GET / HTTP/1.1\r\nHost: a\r\n${lines}\r\n`;

  test.each([
    ['hello\r\n\r\n', '400 Bad Request'],
    ['hello world foo\r\n\r\n', '400 Bad Request'],
    ['\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n', '400 Bad Request'],
    ['GET foo HTTP/1.1\r\nHost: a\r\n\r\n', '400 Bad Request'],
    ['GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n', '400 Bad Request'],
    ['GET / HTTX/1.1\r\nHost: a\r\n\r\n', '400 Bad Request'],
    ['GET / HTTP/2.0\r\nHost: a\r\n\r\n', '505 HTTP Version Not Supported: unsupported protocol version'],
    ['GET / HTTP/1.1\r\n\r\n', '400 Bad Request: missing required Host header'],
    ['GET / HTTP/1.1\r\nHost: a b\r\n\r\n', '400 Bad Request: malformed Host header'],
    [get('Host: b\r\n'), '400 Bad Request'],
    [get('foo bar\r\n'), '400 Bad Request'],
    [get(': b\r\n'), '400 Bad Request'],
    [get('X: a\x01b\r\n'), '400 Bad Request'],
    [get('fo o: bar\r\n'), '400 Bad Request: invalid header name'],
    [get('X : b\r\n'), '400 Bad Request: invalid header name'],
    [get('Transfer-Encoding: foo\r\n'), '501 Not Implemented'],
    [get('Content-Length: x\r\n'), '400 Bad Request'],
    [get('Content-Length: 1\r\nContent-Length: 2\r\n'), '400 Bad Request'],
    ['GET / HTTP/1.1\r\nHost: a\r\n', 'incomplete'],
  ])('%j', (text, status) => {
    expect(wrong(text)).toBe(status);
  });

  test('has a greatest length, whole or not', () => {
    expect(wrong(get(`X: ${'x'.repeat(100)}\r\n`), 100)).toBe('431 Request Header Fields Too Large');
    expect(wrong(`GET /${'x'.repeat(100)}`, 100)).toBe('431 Request Header Fields Too Large');
  });

  test('may have bare line feeds and lines that go on', () => {
    const head = headOf('GET /a HTTP/1.1\nHost: a\nX: one\n two\nX:three\n\n');
    expect(head.headers.get('x')).toEqual(['one two', 'three']);
  });
});

describe('options', () => {
  const problem = (options: Partial<WebSocketOptions>, around = {}): string => {
    try {
      webSocketTerms({ port: -1, noTls: true, ...options }, { hasUsers: false, hasOperators: false, ...around });
    } catch (error) {
      return (error as Error).message;
    }
    return '';
  };

  test.each<[string, Partial<WebSocketOptions>]>([
    ['websocket requires TLS configuration', { noTls: false }],
    ['unable to parse allowed origin: parse "foo": invalid URI for request', { allowedOrigins: ['foo'] }],
    [
      'unable to parse allowed origin "ftp://foo": allowed origins must be absolute URLs with http or https scheme',
      { allowedOrigins: ['ftp://foo'] },
    ],
    ['unable to parse allowed origin "http://": host is required', { allowedOrigins: ['http://'] }],
    [
      'unable to parse allowed origin: parse "http://a:b": invalid port ":b" after host',
      { allowedOrigins: ['http://a:b'] },
    ],
    ['websocket: invalid header "Host" not allowed', { headers: { Host: 'x' } }],
    [
      'websocket: invalid header "Sec-WebSocket-Foo", "Sec-WebSocket-" prefix not allowed',
      { headers: { 'Sec-WebSocket-Foo': 'x' } },
    ],
    [
      'trusted operators or trusted keys configuration is required for JWT authentication via cookie "x"',
      { jwtCookie: 'x' },
    ],
    [
      'error parsing X509 certificate/key pair: open a: no such file or directory',
      { tls: { certFile: 'a', keyFile: 'b' } },
    ],
  ])('%s', (words, options) => {
    expect(problem(options)).toBe(words);
  });

  test('must fit to the users', () => {
    expect(problem({ user: 'a' }, { hasUsers: true })).toContain('websocket authentication username not compatible');
    expect(problem({ token: 'a' }, { hasUsers: true })).toContain('websocket authentication token not compatible');
    expect(problem({ user: 'a', token: 'b' })).toBe('');
  });

  test('smuggle nothing into the answer', () => {
    expect(problem({ headers: { 'X-A': 'b\r\nX-C: d' } })).toContain('websocket: invalid header "X-A"');
    expect(problem({ headers: { 'X-A: b\r\nX-C': 'd' } })).toContain('websocket: invalid header');
  });
});
