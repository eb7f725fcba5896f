import { createHash } from 'node:crypto';
import { base32 } from '../key-text.ts';
import { isPublicKey, type NkeyKind, type NkeyPair } from '../nkey.ts';
import type { ClaimsKind, StandardClaims } from './claims.ts';
import { CLAIMS_VERSION } from './claims-version.ts';
import { checkSigner } from './decode.ts';
import { encodeJson } from './encoding.ts';
import { JwtError } from './jwt-error.ts';

/** What a token shall say. Issuer, time of issue and identifier are added. */
export interface ClaimsDraft {
  readonly sub: string;
  readonly name?: string | undefined;
  readonly aud?: string | undefined;
  /** Seconds since the epoch. */
  readonly exp?: number | undefined;
  /** Seconds since the epoch. */
  readonly nbf?: number | undefined;
  /** Seconds since the epoch; absent: now. */
  readonly iat?: number | undefined;
  /** Claims that are `generic` say nothing of their kind. */
  readonly nats: { readonly type: ClaimsKind | 'generic' } & Readonly<Record<string, unknown>>;
}

/** Whose keys tokens of a kind speak of, and the error for others. */
const SUBJECTS: Partial<Record<ClaimsKind | 'generic', readonly [kind: NkeyKind, error: string]>> = {
  operator: ['operator', 'expected subject to be an operator public key'],
  account: ['account', 'expected subject to be account public key'],
  user: ['user', 'expected subject to be user public key'],
  activation: ['account', 'expected subject to be an account'],
};

const HEADER = encodePart({ typ: 'JWT', alg: 'ed25519-nkey' });

/** A signed token. Throws a `JwtError` where subject or signer have the wrong kind of key. */
export function encodeJwt(draft: ClaimsDraft, signer: Pick<NkeyPair, 'publicKey' | 'sign'>): string {
  if (draft.sub === '') throw new JwtError('subject is not set');
  const subject = SUBJECTS[draft.nats.type];
  if (subject !== undefined && !isPublicKey(draft.sub, subject[0])) throw new JwtError(subject[1]);
  checkSigner(draft.nats.type, signer.publicKey);
  const { sub } = draft;
  const nats = draft.nats.type === 'generic' ? { ...draft.nats, type: undefined } : draft.nats;
  const iat = draft.iat ?? Math.floor(Date.now() / 1000);
  const standard: Omit<StandardClaims, 'jti'> = {
    aud: draft.aud ?? '',
    exp: draft.exp ?? 0,
    iat,
    iss: signer.publicKey,
    name: draft.name ?? '',
    nbf: draft.nbf ?? 0,
    sub,
  };
  // The identifier is the hash of the standard claims without it, in the order of their names.
  const { aud, exp, ...rest } = withoutZeros(standard);
  const jti = base32(
    createHash('sha512-256')
      .update(encodeJson({ aud, exp, ...rest }))
      .digest(),
  );
  const body = encodePart({ aud, exp, jti, ...rest, nats: { ...nats, version: CLAIMS_VERSION } });
  const signed = `${HEADER}.${body}`;
  return `${signed}.${signer.sign(Buffer.from(signed)).toString('base64url')}`;
}

function encodePart(value: unknown): string {
  return Buffer.from(encodeJson(value)).toString('base64url');
}

function withoutZeros(claims: Omit<StandardClaims, 'jti'>): Partial<Omit<StandardClaims, 'jti'>> {
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== '' && value !== 0));
}
