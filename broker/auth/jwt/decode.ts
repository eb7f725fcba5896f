import { JWT_BYTES_MAX } from '../../limits.ts';
import { publicKeyKind, verifySignature, type NkeyKind } from '../nkey.ts';
import type {
  AccountClaims,
  ActivationClaims,
  AuthorizationRequestClaims,
  AuthorizationResponseClaims,
  Claims,
  GenericClaims,
  OperatorClaims,
  UserClaims,
} from './claims.ts';
import { decodeBase64Url } from './encoding.ts';
import { describeJsonFault } from './json-fault.ts';
import { JwtError } from './jwt-error.ts';
import { mismatch, ObjectReader } from './object-reader.ts';
import { readClaims, readGenericClaims } from './read-claims.ts';

/** Who may sign claims of a kind, in the order in which nats-server names them. */
export const SIGNERS: Readonly<Record<Exclude<Claims['nats']['type'], 'generic'>, readonly NkeyKind[]>> = {
  operator: ['operator'],
  account: ['account', 'operator'],
  user: ['account'],
  activation: ['account', 'operator'],
  authorization_request: ['server'],
  authorization_response: ['account'],
};

/**
 * Reads a token and checks its signature against the issuer that it names; whether that issuer is to be trusted, and
 * whether the claims hold now, is the caller's to ask. Throws a `JwtError`.
 */
export function decodeJwt(token: string): Claims {
  const { head, body, tail } = split(token);
  checkHeader(parse(head));
  const { claims, version } = readClaims(parse(body));
  const signature = decodeBase64Url(tail);
  // The first version signed the body alone; so do kinds that nats-server knows nothing of.
  const signed = version <= 1 ? body : `${head}.${body}`;
  if (!verifySignature(claims.iss, Buffer.from(signed), signature)) {
    throw new JwtError(`claim failed V${version <= 1 ? 1 : 2} signature verification`);
  }
  checkSigner(claims.nats.type, claims.iss);
  return claims;
}

/**
 * Reads a token of any kind without asking of what kind it is. Other than with `decodeJwt`, its header says what is
 * signed. Throws a `JwtError`.
 */
export function decodeGenericJwt(token: string): GenericClaims {
  const { head, body, tail } = split(token);
  const first = checkHeader(parse(head)) === 'ed25519';
  const claims = readGenericClaims(parse(body));
  const signed = first ? body : `${head}.${body}`;
  if (!verifySignature(claims.iss, Buffer.from(signed), decodeBase64Url(tail))) {
    throw new JwtError(`claim failed V${first ? 1 : 2} signature verification`);
  }
  return claims;
}

/** Throws a `JwtError` when keys of the signer's kind do not sign claims of that kind. */
export function checkSigner(type: Claims['nats']['type'], publicKey: string): void {
  if (type === 'generic') return;
  const kind = publicKeyKind(publicKey);
  const expected = SIGNERS[type];
  if (kind !== undefined && expected.includes(kind)) return;
  throw new JwtError(`unable to validate expected prefixes - [${expected.join(' ')}]`);
}

export function decodeOperatorClaims(token: string): OperatorClaims {
  const claims = decodeJwt(token);
  if (claims.nats.type !== 'operator') throw new JwtError('not operator claim');
  return claims as OperatorClaims;
}

export function decodeAccountClaims(token: string): AccountClaims {
  const claims = decodeJwt(token);
  if (claims.nats.type !== 'account') throw new JwtError('not account claim');
  return claims as AccountClaims;
}

export function decodeUserClaims(token: string): UserClaims {
  const claims = decodeJwt(token);
  if (claims.nats.type !== 'user') throw new JwtError('not user claim');
  return claims as UserClaims;
}

export function decodeActivationClaims(token: string): ActivationClaims {
  const claims = decodeJwt(token);
  if (claims.nats.type !== 'activation') throw new JwtError('not activation claim');
  return claims as ActivationClaims;
}

export function decodeAuthorizationRequestClaims(token: string): AuthorizationRequestClaims {
  const claims = decodeJwt(token);
  if (claims.nats.type !== 'authorization_request') throw new JwtError('not an authorization request claim');
  return claims as AuthorizationRequestClaims;
}

export function decodeAuthorizationResponseClaims(token: string): AuthorizationResponseClaims {
  const claims = decodeJwt(token);
  // The words are those of the request in nats-server too.
  if (claims.nats.type !== 'authorization_response') throw new JwtError('not an authorization request claim');
  return claims as AuthorizationResponseClaims;
}

function split(token: string): { head: string; body: string; tail: string } {
  // More characters are more bytes; only short texts need to be measured.
  const length = token.length > JWT_BYTES_MAX ? token.length : Buffer.byteLength(token);
  if (length > JWT_BYTES_MAX) {
    throw new JwtError(`token size ${length} exceeds maximum of ${JWT_BYTES_MAX} bytes: token too large`);
  }
  const [head, body, tail, more] = token.split('.', 4);
  if (head === undefined || body === undefined || tail === undefined || more !== undefined) {
    throw new JwtError('expected 3 chunks');
  }
  return { head, body, tail };
}

/** The algorithm. */
function checkHeader(value: unknown): string {
  const header = new ObjectReader(value, 'Header');
  const type = header.string('typ');
  if (type.toUpperCase() !== 'JWT') throw new JwtError(`not supported type ${JSON.stringify(shown(type))}`);
  const algorithm = header.string('alg');
  const known = ['ed25519', 'ed25519-nkey'].find((name) => name === algorithm.toLowerCase());
  if (known === undefined) throw new JwtError(`unexpected ${JSON.stringify(shown(algorithm))} algorithm`);
  return known;
}

/** Long enough for any name of an algorithm: a token of a megabyte makes no error of a megabyte. */
function shown(text: string): string {
  return text.length > 64 ? `${text.slice(0, 64)}…` : text;
}

function parse(part: string): unknown {
  const text = decodeBase64Url(part).toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new JwtError(describeJsonFault(text));
  }
  if (value !== null && (typeof value !== 'object' || Array.isArray(value))) throw mismatch(value, 'Claims', 'struct');
  return value;
}
