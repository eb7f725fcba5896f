import type { ConnectOptions } from '../../wire/connect.ts';
import type { ConnectionFacts, Identity } from '../authentication.ts';
import type { UserClaims } from '../jwt/claims.ts';
import { decodeUserClaims } from '../jwt/decode.ts';
import { quoteText } from '../jwt/encoding.ts';
import { isBlocking } from '../jwt/issues.ts';
import { JwtError } from '../jwt/jwt-error.ts';
import { validateUser } from '../jwt/validation.ts';
import { signatureFault } from '../shown.ts';
import type { KnownAccount } from './account-book.ts';
import { permissionsOf } from './account-options.ts';
import { fillTemplate, hasNoPermissions } from './scope-template.ts';
import { admitsSource, admitsTime, connectionTypes } from './user-limits.ts';

/** Why a user is not let in: words for the log of this connection. */
export interface Complaint {
  readonly text: string;
  readonly level: 'debug' | 'error';
}

/** A user with what counts for him: the template of his key where that is a scoped one. */
export interface AdmittedUser {
  readonly claims: UserClaims;
  readonly jwt: string;
  readonly identity: Identity;
}

export type UserCheck = { readonly user: AdmittedUser } | { readonly complaint: Complaint };

/** The user JWT that a connection shows, or the one for those that show none. */
export function shownUser(
  connect: ConnectOptions,
  defaultSentinel: string | undefined,
): { readonly jwt: string; readonly claims: UserClaims } | Complaint {
  const shown = readUser(connect.jwt);
  if (shown !== undefined) return { jwt: connect.jwt, claims: shown };
  if (!defaultSentinel) return complaint('Authentication requires a user JWT');
  try {
    return { jwt: defaultSentinel, claims: decodeUserClaims(defaultSentinel) };
  } catch (error) {
    if (!(error instanceof JwtError)) throw error;
    return complaint(`User JWT not valid: ${error.message}`);
  }
}

/** What can be said against a user before his account is known. */
export function checkShown(claims: UserClaims, nowMs: number): Complaint | undefined {
  const issues = validateUser(claims, Math.floor(nowMs / 1000));
  if (!isBlocking(issues, true)) return undefined;
  return complaint(`User JWT no longer valid: ${issues.map(({ description }) => description).join(', ')}`);
}

/** The key of the account that a user is of. */
export function accountOf(claims: UserClaims): string {
  return claims.nats.issuer_account === '' ? claims.iss : claims.nats.issuer_account;
}

/**
 * A user in his account. `proof` is what he shows for being himself; without one he is looked at again who has shown it
 * before.
 */
export function checkUser(
  shown: { readonly jwt: string; readonly claims: UserClaims },
  account: KnownAccount,
  facts: ConnectionFacts,
  nowMs: number,
  proof: { readonly signature: string } | undefined,
): UserCheck {
  const scoped = withTemplate(shown.claims, account);
  if ('text' in scoped) return { complaint: scoped };
  const { nats } = scoped;
  if (account.expired) return fail('Account JWT has expired');
  if (nats.bearer_token && account.claims?.nats.limits.disallow_bearer === true) {
    return fail('Account does not allow bearer tokens');
  }
  const types = connectionTypes(nats.allowed_connection_types);
  const unknown = types.unknown.map(quoteText).join(' ');
  if (unknown !== '' && types.known.length === 0) return fail(`invalid connection types [${unknown}]`);
  if (types.known.length > 0 && !types.known.includes(facts.type)) return fail('Connection type not allowed');
  if (!nats.bearer_token && proof !== undefined) {
    const text = signatureFault(scoped.sub, facts.nonce, proof.signature);
    if (text !== undefined) return fail(text);
  }
  if (isRevoked(account, scoped)) return fail('User authentication revoked');
  if (!admitsSource(nats, facts.ip)) return { complaint: { text: `Bad src Ip ${facts.ip}`, level: 'error' } };
  const { allowed, leftMs } = admitsTime(nats, nowMs);
  if (!allowed) return { complaint: { text: 'Outside connect times', level: 'error' } };
  const ends = [scoped.exp === 0 ? Infinity : scoped.exp * 1000, leftMs === undefined ? Infinity : nowMs + leftMs];
  const end = Math.min(...ends);
  const identity: Identity = {
    account: account.name,
    user: scoped.sub,
    label: `jwt:${scoped.sub}`,
    permissions:
      permissionsOf(nats) ??
      (account.claims === undefined ? undefined : permissionsOf(account.claims.nats.default_permissions)),
    expiresAt: end === Infinity ? undefined : end,
    subscriptionsMax: nats.subs,
    payloadBytesMax: nats.payload,
    jwt: shown.jwt,
    issuerKey: scoped.iss,
    nameTag: scoped.name,
    tags: nats.tags,
    allowedTypes: types.known.length === 0 ? undefined : types.known,
  };
  return { user: { claims: scoped, jwt: shown.jwt, identity } };
}

/** Whether the account does not know the user any more: he, or everybody, was revoked after his JWT was issued. */
export function isRevoked(account: KnownAccount, { sub, iat }: UserClaims): boolean {
  const revocations = account.claims?.nats.revocations;
  return [sub, '*'].some((key) => (revocations?.get(key) ?? -Infinity) >= iat);
}

/** The claims of the user, with the permissions of his key's template where it has one. */
function withTemplate(claims: UserClaims, account: KnownAccount): UserClaims | Complaint {
  if (!account.signingKeys.has(claims.iss)) return complaint('User JWT issuer is not known');
  const scope = account.signingKeys.get(claims.iss);
  if (scope === undefined) return claims;
  if (!hasNoPermissions(claims.nats)) {
    return complaint('User JWT is not valid: scoped users require no permissions or limits set');
  }
  try {
    const name = account.claims?.name ?? '';
    const tags = account.claims?.nats.tags ?? [];
    return { ...claims, nats: { ...claims.nats, ...fillTemplate(scope.template, claims, { name, tags }) } };
  } catch (error) {
    if (!(error instanceof JwtError)) throw error;
    return complaint('User JWT generated invalid permissions');
  }
}

function readUser(jwt: string): UserClaims | undefined {
  if (jwt === '') return undefined;
  try {
    return decodeUserClaims(jwt);
  } catch (error) {
    if (error instanceof JwtError) return undefined;
    throw error;
  }
}

function complaint(text: string): Complaint {
  return { text, level: 'debug' };
}

function fail(text: string): UserCheck {
  return { complaint: complaint(text) };
}
