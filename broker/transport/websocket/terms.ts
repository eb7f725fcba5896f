import { BrokerError } from '../../base/broker-error.ts';
import {
  PAYLOAD_BYTES_MAX_DEFAULT,
  WEBSOCKET_MESSAGE_BYTES_MAX,
  WEBSOCKET_MESSAGE_PAYLOADS_MAX,
} from '../../limits.ts';
import type { WebSocketOptions } from '../../options/websocket.ts';
import { loadTls, type TlsTerms } from '../tls-terms.ts';
import { parseOrigin, type Origin } from './origin.ts';

/** What the WebSocket listener goes by: options checked, files read. Made anew by a reload. */
export interface WebSocketTerms {
  readonly tls: TlsTerms | undefined;
  readonly sameOrigin: boolean;
  readonly allowedOrigins: readonly Origin[];
  readonly compression: boolean;
  readonly cookies: CookieNames;
  /** Lines of the answer, each with its end. */
  readonly headers: string;
  /** From accept to the end of the upgrade; 0: no limit. */
  readonly handshakeTimeoutMs: number;
  /** Of a compressed message, before and after. */
  readonly messageBytesMax: number;
}

export interface CookieNames {
  readonly jwt: string | undefined;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly token: string | undefined;
}

/** What else the options of a broker say that WebSocket must fit to. */
export interface WebSocketSurroundings {
  readonly maxPayload?: number | undefined;
  /** There are users, by name or by key. */
  readonly hasUsers: boolean;
  readonly hasOperators: boolean;
}

/** Throws a `BrokerError` with nats-server's words for options that make no sense, or files that cannot be read. */
export function webSocketTerms(options: WebSocketOptions, around: WebSocketSurroundings): WebSocketTerms {
  if (options.tls === undefined && options.noTls !== true) throw invalid('websocket requires TLS configuration');
  const allowedOrigins = (options.allowedOrigins ?? []).map(allowedOrigin);
  if (around.hasUsers && options.user) {
    throw invalid('websocket authentication username not compatible with presence of users/nkeys');
  }
  if (around.hasUsers && options.token) {
    throw invalid('websocket authentication token not compatible with presence of users/nkeys');
  }
  if (options.jwtCookie && !around.hasOperators) {
    throw invalid(
      `trusted operators or trusted keys configuration is required for JWT authentication via cookie "${options.jwtCookie}"`,
    );
  }
  return {
    tls: options.tls && loadTls(options.tls),
    sameOrigin: options.sameOrigin ?? false,
    allowedOrigins,
    compression: options.compression ?? false,
    cookies: {
      jwt: options.jwtCookie || undefined,
      user: options.userCookie || undefined,
      password: options.passwordCookie || undefined,
      token: options.tokenCookie || undefined,
    },
    headers: headerLines(options.headers ?? {}),
    handshakeTimeoutMs: options.handshakeTimeoutMs ?? 0,
    messageBytesMax: Math.min(
      WEBSOCKET_MESSAGE_BYTES_MAX,
      WEBSOCKET_MESSAGE_PAYLOADS_MAX * (around.maxPayload || PAYLOAD_BYTES_MAX_DEFAULT),
    ),
  };
}

function allowedOrigin(text: string): Origin {
  const parsed = parseOrigin(text);
  if (parsed.problem !== undefined) throw invalid(`unable to parse allowed origin: ${parsed.problem}`);
  const { origin } = parsed;
  if (origin.scheme !== 'http' && origin.scheme !== 'https') {
    throw invalid(
      `unable to parse allowed origin "${text}": allowed origins must be absolute URLs with http or https scheme`,
    );
  }
  if (origin.host === '') throw invalid(`unable to parse allowed origin "${text}": host is required`);
  return origin;
}

const KEPT_HEADERS = ['host', 'content-length', 'connection', 'upgrade', 'nats-no-masking'];

function headerLines(headers: Readonly<Record<string, string>>): string {
  return Object.entries(headers)
    .map(([name, value]) => {
      const lower = name.toLowerCase();
      if (KEPT_HEADERS.includes(lower)) throw invalid(`websocket: invalid header "${name}" not allowed`);
      if (lower.startsWith('sec-websocket-')) {
        throw invalid(`websocket: invalid header "${name}", "Sec-WebSocket-" prefix not allowed`);
      }
      // nats-server would send them as they are, and with them whatever they smuggle into the answer.
      if (!/^[!#$%&'*+\-.^_`|~\w]+$/.test(name) || /[\r\n\0]/.test(value)) {
        throw invalid(`websocket: invalid header "${name}", a name or value that HTTP does not allow`);
      }
      return `${name}: ${value}\r\n`;
    })
    .join('');
}

function invalid(text: string): BrokerError {
  return new BrokerError('invalid-option', text);
}
