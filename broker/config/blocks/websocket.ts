import type { WebSocketOptions } from '../../options/websocket.ts';
import type { Draft } from '../draft.ts';
import { typeOf } from '../go/text.ts';
import type { Token } from '../grammar/token.ts';
import {
  boolean,
  duration,
  durationOf,
  inBlock,
  integer,
  type Keys,
  keys,
  listen,
  readKeys,
  readStrings,
  text,
} from '../fields.ts';
import { Fault, mapOf, missingBlock, type Scope } from '../report.ts';
import { withTlsFiles } from '../tls/certificates.ts';
import { readTlsBlock } from '../tls/tls-block.ts';
import { readSimpleAuthorization } from './authorization.ts';

type Block = { -readonly [Name in keyof WebSocketOptions]?: WebSocketOptions[Name] | undefined };

interface Into {
  readonly block: Block;
  readonly draft: Draft;
}

/** `websocket`; without a port there is none. Throws a `Fault` when it is no map. */
export function readWebSocket(draft: Draft, token: Token, scope: Scope): void {
  const block: Block = { ...draft.broker.webSocket };
  scope.guard((inner) => {
    const map = mapOf(inner.open(token));
    if (map === undefined) throw new Fault(token, `Expected websocket to be a map, got ${typeOf(token.value)}`);
    readKeys(map, WEBSOCKET_KEYS, { block, draft }, inner);
  });
  const { port = 0 } = block;
  if (port !== 0) draft.broker.webSocket = { ...block, port };
}

const WEBSOCKET_KEYS: Keys<Into> = keys<Into>({
  listen: inBlock(listen),
  port: inBlock(integer('port')),
  'host|net': inBlock(text('host')),
  advertise: inBlock(text('advertise')),
  no_tls: inBlock(boolean('noTls')),
  tls: ({ block, draft }, token, scope) => {
    const tls = withTlsFiles(readTlsBlock(token, scope.report), token, draft.sources);
    block.tls = tls;
  },
  same_origin: inBlock(boolean('sameOrigin')),
  'allowed_origins|allowed_origin|allow_origins|allow_origin|origins|origin': ({ block }, token, scope) => {
    block.allowedOrigins = readStrings('allowed origins', token, scope);
  },
  handshake_timeout: ({ block }, token) => {
    const { value } = token;
    if (typeof value === 'bigint') block.handshakeTimeoutMs = Number(value) * 1000;
    else if (typeof value === 'string') block.handshakeTimeoutMs = durationOf(value, token);
    else throw new Fault(token, `error parsing handshake timeout: unsupported type ${typeOf(value)}`);
  },
  'compress|compression': inBlock(boolean('compression')),
  'authorization|authentication': ({ block }, token, scope) => {
    const { user, password, token: secret, timeoutMs } = readSimpleAuthorization(token, scope) ?? missingBlock();
    Object.assign(block, { user, password, token: secret, authTimeoutMs: timeoutMs });
  },
  jwt_cookie: inBlock(text('jwtCookie')),
  user_cookie: inBlock(text('userCookie')),
  pass_cookie: inBlock(text('passwordCookie')),
  token_cookie: inBlock(text('tokenCookie')),
  no_auth_user: inBlock(text('noAuthUser')),
  headers: ({ block }, token, scope) => {
    const map = mapOf(token.value);
    if (map === undefined) {
      throw new Fault(token, `error parsing headers: unsupported type ${typeOf(token.value)}`);
    }
    const headers: [string, string][] = [];
    for (const [key, field] of map) {
      const value = scope.open(field);
      if (typeof value === 'string') headers.push([key, value]);
      else scope.report.error(field, `error parsing header key ${key}: unsupported type ${typeOf(value)}`);
    }
    block.headers = Object.fromEntries(headers);
  },
  ping_interval: inBlock(duration('pingIntervalMs', 'ping_interval')),
});
