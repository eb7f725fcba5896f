import { decodeJwt } from '../jwt/decode.ts';
import { JwtError } from '../jwt/jwt-error.ts';
import { keyPairFromSeed, type NkeyPair } from '../nkey.ts';

/** A line with at least three dashes on either side, a word, and such a line again. */
const BLOCK = /\s*-{3,}.*-{3,}\r?\n([\w\-.=]+)\r?\n-{3,}.*-{3,}(?:\r?\n|$)/g;

/** The token of a file that nsc wrote, or the text itself where there are no such lines. */
export function readDecoratedJwt(text: string): string {
  return blocks(text)[0] ?? text;
}

/** What a creds file holds. Throws a `JwtError` when it holds no token and seed; an `NkeyError` when the seed is none. */
export function readCreds(text: string): { readonly jwt: string; readonly keys: NkeyPair } {
  const [jwt, seed] = blocks(text);
  if (jwt === undefined || seed === undefined) throw new JwtError('no nkey seed found');
  return { jwt, keys: keyPairFromSeed(seed) };
}

/** The text of a creds file for a user. Throws a `JwtError` when token and seed do not belong together. */
export function formatCreds(jwt: string, seed: string): string {
  const claims = decodeJwt(jwt);
  if (claims.nats.type !== 'user') throw new JwtError(`"${claims.nats.type}" cannot be serialized as a user config`);
  const keys = keyPairFromSeed(seed);
  if (keys.kind !== 'user') throw new JwtError('nkey seed is not an user seed');
  if (keys.publicKey !== claims.sub) throw new JwtError('nkey seed does not match the jwt subject');
  return [
    '-----BEGIN NATS USER JWT-----',
    jwt,
    '------END NATS USER JWT------',
    '',
    '************************* IMPORTANT *************************',
    'NKEY Seed printed below can be used to sign and prove identity.',
    'NKEYs are sensitive and should be treated as secrets.',
    '',
    '-----BEGIN USER NKEY SEED-----',
    keys.seed,
    '------END USER NKEY SEED------',
    '',
    '*************************************************************',
    '',
  ].join('\n');
}

function blocks(text: string): string[] {
  return [...text.matchAll(BLOCK)].map(([, body]) => body as string);
}
