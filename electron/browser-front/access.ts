/**
 * Who may use the browser front. The printed address holds a token that works once and is exchanged for a cookie; the
 * names a browser may know this server by keep pages of other origins out, also those whose name was rebound to
 * 127.0.0.1.
 */

import { createHash, randomBytes } from 'node:crypto';

export interface Access {
  /** A token for one more browser. */
  issueToken(): string;
  /** The value of a `Set-Cookie` header, null when the token is unknown or was used. */
  redeem(token: string): string | null;
  /** Whether a `Cookie` header names a session. */
  hasSession(cookies: string | undefined): boolean;
  /** Whether a `Host` header is one of ours. */
  isOwnHost(host: string | undefined): boolean;
  /** Whether an `Origin` header is the page that this very host served. */
  isOwnOrigin(origin: string | undefined, host: string | undefined): boolean;
}

/** Browsers that were let in are few; the oldest has to ask again beyond this. */
const sessionsMax = 64;
const tokensMax = 16;
const secretBytes = 32;

export function createAccess(port: number): Access {
  const hosts = new Set(['127.0.0.1', 'localhost', '[::1]'].map((name) => `${name}:${port}`));
  if (port === 80) for (const name of ['127.0.0.1', 'localhost', '[::1]']) hosts.add(name);
  // Cookies know no ports: the name keeps two Natscopes on one machine apart.
  const cookieName = `natscope-${port}`;
  // Hashes are kept, so that looking one up tells nothing by its time.
  const tokens = new Set<string>();
  const sessions = new Set<string>();
  const hash = (secret: string) => createHash('sha256').update(secret).digest('base64');

  function keep(secrets: Set<string>, max: number): string {
    const secret = randomBytes(secretBytes).toString('base64url');
    secrets.add(hash(secret));
    for (const oldest of secrets) {
      if (secrets.size <= max) break;
      secrets.delete(oldest);
    }
    return secret;
  }

  const isOwnHost = (host: string | undefined) => host !== undefined && hosts.has(host.toLowerCase());

  return {
    issueToken: () => keep(tokens, tokensMax),
    redeem(token) {
      if (!tokens.delete(hash(token))) return null;
      return `${cookieName}=${keep(sessions, sessionsMax)}; Path=/; HttpOnly; SameSite=Strict`;
    },
    hasSession(cookies) {
      for (const cookie of cookies?.split(';') ?? []) {
        const at = cookie.indexOf('=');
        if (cookie.slice(0, at).trim() === cookieName && sessions.has(hash(cookie.slice(at + 1).trim()))) return true;
      }
      return false;
    },
    isOwnHost,
    isOwnOrigin: (origin, host) => isOwnHost(host) && origin?.toLowerCase() === `http://${host?.toLowerCase()}`,
  };
}
