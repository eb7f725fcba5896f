import type { ConnectOptions } from '../wire/connect.ts';
import type { ConnectionFacts } from './authentication.ts';
import { verifySignature } from './nkey.ts';

/**
 * How a connection came: through one of the proxies that the configuration trusts, which signed the nonce, through one
 * that it does not trust, or (as far as can be told) through none.
 */
export function proxyStanding(
  { proxy_sig: signature }: ConnectOptions,
  { nonce }: ConnectionFacts,
  trusted: readonly string[],
): 'none' | 'trusted' | 'untrusted' {
  if (signature === '' || trusted.length === 0) return 'none';
  if (!/^[\w-]*$/.test(signature) || nonce === '') return 'untrusted';
  const bytes = Buffer.from(signature, 'base64url');
  const data = Buffer.from(nonce, 'latin1');
  return trusted.some((key) => verifySignature(key, data, bytes)) ? 'trusted' : 'untrusted';
}
