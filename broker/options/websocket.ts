import type { TlsOptions } from './tls.ts';

export interface WebSocketOptions {
  readonly host?: string | undefined;
  /** 1 … 65535, or -1 for any free port. */
  readonly port: number;
  readonly advertise?: string | undefined;
  /** Needed unless `noTls`. */
  readonly tls?: TlsOptions | undefined;
  readonly noTls?: boolean | undefined;
  readonly sameOrigin?: boolean | undefined;
  readonly allowedOrigins?: readonly string[] | undefined;
  /** Milliseconds from accept to the end of the upgrade; absent: no limit. */
  readonly handshakeTimeoutMs?: number | undefined;
  readonly compression?: boolean | undefined;
  /** Names of cookies that credentials are taken from. */
  readonly jwtCookie?: string | undefined;
  readonly userCookie?: string | undefined;
  readonly passwordCookie?: string | undefined;
  readonly tokenCookie?: string | undefined;
  /** Extra headers of the answer. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly noAuthUser?: string | undefined;
  /** Instead of those of the broker. */
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly token?: string | undefined;
  readonly authTimeoutMs?: number | undefined;
  readonly pingIntervalMs?: number | undefined;
}
