import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import { posix } from 'node:path';
import type { WebSocketFacts } from '../transport.ts';
import { EXTENSION, EXTENSION_ANSWER } from './compression.ts';
import { originProblem } from './origin.ts';
import { firstValue, hasValue, type RequestHead } from './request-head.ts';
import type { CookieNames, WebSocketTerms } from './terms.ts';

/** What a request comes to. */
export type UpgradeOutcome =
  | { readonly type: 'upgrade'; readonly answer: string; readonly upgraded: Upgraded }
  /** `log` is why, for the log; absent where nats-server says nothing. `closes`: the connection ends with it. */
  | { readonly type: 'answer'; readonly answer: string; readonly log?: string; readonly closes: boolean };

export interface Upgraded {
  readonly kind: 'client' | 'leafnode';
  readonly facts: WebSocketFacts;
  readonly compression: boolean;
  /** The client does not mask its frames. */
  readonly unmasked: boolean;
  /** Whether frames are kept small. */
  readonly browser: boolean;
  /** Of Apple, whose browser cannot do with a compressed message in several frames. */
  readonly wholeWhenCompressed: boolean;
}

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const LEAFNODE_PATH = '/leafnode';
const MQTT_PATH = '/mqtt';

/** Decides on a request in nats-server's order: RFC 6455, section 4.2.1. */
export function answerUpgrade(head: RequestHead, terms: WebSocketTerms, now: Date): UpgradeOutcome {
  const secure = terms.tls !== undefined;
  const refuse = (status: string, log: string): UpgradeOutcome => refusal(head, status, now, log);
  const aside = answerAside(head, now);
  if (aside !== undefined) return aside;
  if (head.path.endsWith(MQTT_PATH)) return refuse('404 Not Found', 'mqtt websocket endpoint not enabled');
  if (head.method !== 'GET') return refuse('405 Method Not Allowed', 'request method must be GET');
  const bad = (log: string): UpgradeOutcome => refuse('400 Bad Request', log);
  if (head.host === '') return bad("'Host' missing in request");
  if (!hasValue(head, 'upgrade', 'websocket')) return bad("invalid value for header 'Upgrade'");
  if (!hasValue(head, 'connection', 'upgrade')) return bad("invalid value for header 'Connection'");
  const key = firstValue(head, 'sec-websocket-key');
  if (key === '') return bad('key missing');
  if (!isKey(key)) return bad('invalid websocket key');
  if (!hasValue(head, 'sec-websocket-version', '13')) return bad('invalid version');
  const origin = firstValue(head, 'origin') || firstValue(head, 'sec-websocket-origin');
  const problem = originProblem(origin, terms, head.host, secure);
  if (problem !== undefined) return refuse('403 Forbidden', `origin not allowed: ${problem}`);
  const compression = terms.compression && offersCompression(head);
  const unmasked = firstValue(head, 'nats-no-masking') === 'true';
  const agent = firstValue(head, 'user-agent');
  const browser = agent.startsWith('Mozilla/');
  return {
    type: 'upgrade',
    answer:
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      `Sec-WebSocket-Accept: ${createHash('sha1').update(`${key}${GUID}`).digest('base64')}\r\n` +
      (compression ? `Sec-WebSocket-Extensions: ${EXTENSION_ANSWER}\r\n` : '') +
      (unmasked ? 'Nats-No-Masking: true\r\n' : '') +
      `${terms.headers}\r\n`,
    upgraded: {
      kind: head.path.endsWith(LEAFNODE_PATH) ? 'leafnode' : 'client',
      facts: { forwardedFor: forwardedFor(head), cookies: cookiesOf(head, terms.cookies) },
      compression,
      unmasked,
      browser,
      wholeWhenCompressed: browser && agent.includes('Version/') && agent.includes('Safari/'),
    },
  };
}

/** Answer to a request that could not even be read. */
export function answerToNonsense(status: string, body = status): string {
  return `HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n${body}`;
}

/** Bytes of a request's body that are passed over; undefined when the connection has to end instead. */
export function bodyToSkip(head: RequestHead): number | undefined {
  if (head.headers.has('transfer-encoding')) return undefined;
  const length = Number(firstValue(head, 'content-length') || 0);
  return length <= BODY_BYTES_SKIPPED_MAX ? length : undefined;
}

const BODY_BYTES_SKIPPED_MAX = 256 * 1024;

/** What Go's HTTP server answers by itself. */
function answerAside(head: RequestHead, now: Date): UpgradeOutcome | undefined {
  const expectation = firstValue(head, 'expect').toLowerCase();
  if (expectation !== '' && expectation !== '100-continue') {
    return plain(head, '417 Expectation Failed', [`Date: ${now.toUTCString()}`, 'Content-Length: 0'], '', true);
  }
  if (head.method === 'OPTIONS' && head.path === '*') {
    return plain(head, '200 OK', ['Content-Length: 0', `Date: ${now.toUTCString()}`], '');
  }
  if (head.method === 'CONNECT') return text(head, '404 Not Found', '404 page not found\n', now, [], true);
  if (head.path === '*') return text(head, '400 Bad Request', '400 Bad Request\n', now, [], true);
  const clean = cleanPath(head.path);
  if (clean === head.path) return undefined;
  const question = head.target.indexOf('?');
  const location = question === -1 ? clean : clean + head.target.slice(question);
  const link = location
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&#34;');
  const body = head.method === 'GET' ? `<a href="${link}">Moved Permanently</a>.\n\n` : '';
  const lines = [
    ...(body === '' ? [] : ['Content-Type: text/html; charset=utf-8']),
    `Location: ${location}`,
    `Date: ${now.toUTCString()}`,
    `Content-Length: ${body.length}`,
  ];
  return plain(head, '301 Moved Permanently', lines, body);
}

function cleanPath(path: string): string {
  if (path === '') return '/';
  const clean = posix.normalize(path);
  return clean.startsWith('/') ? clean : `/${clean}`;
}

function refusal(head: RequestHead, status: string, now: Date, log: string): UpgradeOutcome {
  const body = `${status.slice(4)}\n`;
  return { ...text(head, status, body, now, ['Sec-Websocket-Version: 13']), log };
}

function text(
  head: RequestHead,
  status: string,
  body: string,
  now: Date,
  lines: readonly string[],
  closes = false,
): UpgradeOutcome & { type: 'answer' } {
  return plain(
    head,
    status,
    [
      'Content-Type: text/plain; charset=utf-8',
      ...lines,
      'X-Content-Type-Options: nosniff',
      `Date: ${now.toUTCString()}`,
      `Content-Length: ${body.length}`,
    ],
    body,
    closes,
  );
}

function plain(
  head: RequestHead,
  status: string,
  lines: readonly string[],
  body: string,
  ends = false,
): UpgradeOutcome & { type: 'answer' } {
  const old = head.minorVersion === 0;
  const closes = ends || old || hasValue(head, 'connection', 'close') || bodyToSkip(head) === undefined;
  const all = [`HTTP/1.${old ? 0 : 1} ${status}`, ...lines, ...(closes && !old ? ['Connection: close'] : []), '', ''];
  return { type: 'answer', answer: all.join('\r\n') + (head.method === 'HEAD' ? '' : body), closes };
}

/** Sixteen bytes in base64. */
function isKey(key: string): boolean {
  return /^[A-Za-z0-9+/]{22}==$/.test(key);
}

function offersCompression(head: RequestHead): boolean {
  return (head.headers.get('sec-websocket-extensions') ?? []).some((line) =>
    line
      .split(',')
      .flatMap((extension) => extension.split(';'))
      .some((part) => part.trim().toLowerCase() === EXTENSION),
  );
}

function forwardedFor(head: RequestHead): string | undefined {
  const address = firstValue(head, 'x-forwarded-for');
  return isIP(address) !== 0 && !address.includes('%') ? address : undefined;
}

function cookiesOf(head: RequestHead, names: CookieNames): WebSocketFacts['cookies'] {
  const values = new Map<string, string>();
  for (const line of head.headers.get('cookie') ?? []) {
    for (const part of line.split(';')) {
      const equals = part.indexOf('=');
      if (equals === -1) continue;
      const value = part.slice(equals + 1).trim();
      values.set(part.slice(0, equals).trim(), value.replace(/^"([^]*)"$/, '$1'));
    }
  }
  const value = (name: string | undefined): string => (name === undefined ? '' : (values.get(name) ?? ''));
  return {
    jwt: value(names.jwt),
    user: value(names.user),
    password: value(names.password),
    token: value(names.token),
  };
}
