import type { ActivationCheck } from '../../account/exports.ts';
import type { AuthenticationClock } from '../dependencies.ts';
import type { ActivationClaims } from '../jwt/claims.ts';
import { decodeActivationClaims } from '../jwt/decode.ts';
import { isBlocking } from '../jwt/issues.ts';
import { JwtError } from '../jwt/jwt-error.ts';
import { validateActivationToken } from '../jwt/validation.ts';
import { textToLatin1 } from '../../base/latin1.ts';
import { isContained } from '../jwt/validate-subjects.ts';
import type { AccountBook } from './account-book.ts';

/**
 * Whether the token of an import lets it in: issued by the exporter or a signing key of it, to the importer, for that
 * subject, not over and not revoked.
 */
export function createActivationCheck(
  book: Pick<AccountBook, 'signs'>,
  clock: Pick<AuthenticationClock, 'now'>,
): ActivationCheck {
  return ({ exporter, importer, import: wanted, revocations }) => {
    const claims = wanted.token === undefined ? undefined : readToken(wanted.token);
    if (claims === undefined || claims.sub !== importer || claims.nats.kind !== wanted.type) return REFUSED;
    if (!isContained(wanted.subject, textToLatin1(claims.nats.subject))) return REFUSED;
    const { issuer_account: issuerAccount } = claims.nats;
    const byOwner = issuerAccount === '' && claims.iss === exporter;
    if (!byOwner && !(issuerAccount === exporter && book.signs(exporter, claims.iss))) return REFUSED;
    const now = Math.floor(clock.now() / 1000);
    if (isBlocking(validateActivationToken(claims, now), true)) return REFUSED;
    if (claims.exp !== 0 && claims.exp <= now) return REFUSED;
    const revokedAt = Math.max(revocationOf(revocations, claims.sub), revocationOf(revocations, '*'));
    if (revokedAt >= claims.iat) return REFUSED;
    return claims.exp === 0 ? { valid: true } : { valid: true, expiresAt: claims.exp * 1000 };
  };
}

const REFUSED = { valid: false } as const;

function revocationOf(revocations: Readonly<Record<string, number>>, key: string): number {
  return Object.hasOwn(revocations, key) ? (revocations[key] as number) : -Infinity;
}

function readToken(token: string): ActivationClaims | undefined {
  try {
    return decodeActivationClaims(token);
  } catch (error) {
    if (error instanceof JwtError) return undefined;
    throw error;
  }
}
