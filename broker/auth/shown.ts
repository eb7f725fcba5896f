import type { ConnectOptions } from '../wire/connect.ts';
import { verifySignature } from './nkey.ts';

/** What somebody calls himself: the key, the name, or that there is a token. In nats-server's order. */
type Name = Pick<ConnectOptions, 'nkey' | 'user' | 'auth_token'>;

/** As connz and requests to an auth callout have it. */
export function userOf({ nkey, user, auth_token: token }: Name): string {
  return nkey || user || (token === '' ? '' : '[REDACTED]');
}

/** As the log names a connection that is in; undefined where it showed nothing. */
export function labelOf({ nkey, user, auth_token: token }: Name): string | undefined {
  if (nkey !== '') return `nkey:${nkey}`;
  if (user !== '') return `user:${user}`;
  return token === '' ? undefined : 'token';
}

/** The line of the log about somebody who is not let in. */
export function failureText({ nkey, user, auth_token: token }: Name): string {
  if (nkey !== '') return `authentication error - Nkey ${JSON.stringify(nkey)}`;
  if (user !== '') return `authentication error - User ${JSON.stringify(user)}`;
  return token === '' ? 'authentication error' : 'authentication error - Token "[REDACTED]"';
}

/** As the log names somebody in passing. */
export function whoText(shown: Name): string {
  return failureText(shown).split(' - ')[1] ?? 'User "N/A"';
}

/** What is wrong with a signature of the nonce, in nats-server's words; undefined when nothing is. */
export function signatureFault(publicKey: string, nonce: string, signature: string): string | undefined {
  if (signature === '') return 'Signature missing';
  const bytes = readSignature(signature);
  if (bytes === undefined) return 'Signature not valid base64';
  // Where no nonce was given nothing was asked to be signed.
  const verified = nonce !== '' && verifySignature(publicKey, Buffer.from(nonce, 'latin1'), bytes);
  return verified ? undefined : 'Signature not verified';
}

/** Of either alphabet, that of URLs without padding. */
function readSignature(text: string): Buffer | undefined {
  if (/^[\w-]*$/.test(text)) return Buffer.from(text, 'base64url');
  return /^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0 ? Buffer.from(text, 'base64') : undefined;
}
