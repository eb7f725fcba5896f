import { BrokerError } from '../../base/broker-error.ts';
import { latin1ToText } from '../../base/latin1.ts';
import { SERVER_VERSION } from '../../limits.ts';
import type { BrokerOptions } from '../../options.ts';
import type { OperatorOptions, ResolverOptions } from '../../options/authentication.ts';
import type { OperatorClaims } from '../jwt/claims.ts';
import { decodeAccountClaims, decodeOperatorClaims, decodeUserClaims } from '../jwt/decode.ts';
import { quoteText } from '../jwt/encoding.ts';
import { JwtError } from '../jwt/jwt-error.ts';
import { isPublicKey } from '../nkey.ts';
import { readDecoratedJwt } from './creds.ts';
import { hasNoPermissions } from './scope-template.ts';

/** Whose signatures on account JWTs count. */
export interface TrustedOperators {
  readonly claims: readonly OperatorClaims[];
  /** Public keys that account JWTs may be signed with. */
  readonly keys: ReadonlySet<string>;
  /** Keys of operators that want everything below them signed by signing keys too. */
  readonly strictKeys: ReadonlySet<string>;
}

/** Whether the options ask for operator mode. */
export function isOperatorMode(options: BrokerOptions): boolean {
  const { operator } = options;
  return operator !== undefined && (operator.operators.length > 0 || (operator.trustedKeys ?? []).length > 0);
}

/** The claims of an operator JWT, bare or between the lines of a file. Throws a `JwtError`. */
export function readOperator(text: string): OperatorClaims {
  return decodeOperatorClaims(readDecoratedJwt(text));
}

/**
 * What a single operator says that the options leave open: where accounts are looked up, and which one is the system
 * account. Options without operator come back as they are. Throws a `BrokerError`.
 */
export function withOperatorDefaults(options: BrokerOptions): BrokerOptions {
  const { operator } = options;
  const [first, second] = operator === undefined ? [] : operatorClaims(operator);
  if (operator === undefined || first === undefined || second !== undefined) return options;
  const { account_server_url: url, system_account: system } = first.nats;
  const resolver: ResolverOptions | undefined =
    operator.resolver ?? (URL.canParse(url) ? { type: 'url', url: `${url}/accounts` } : undefined);
  return {
    ...options,
    operator: { ...operator, resolver },
    systemAccount: options.systemAccount ?? (system === '' ? undefined : system),
  };
}

/**
 * Who is trusted, once `withOperatorDefaults` has been asked. Throws a `BrokerError` in nats-server's words where the
 * options do not go together.
 */
export function trustOperators(options: BrokerOptions): TrustedOperators {
  const { operator } = options;
  if (operator === undefined || operator.operators.length === 0) {
    if (operator?.defaultSentinel) throw invalid('default sentinel requires operators and accounts');
    return trust([], operator?.trustedKeys ?? []);
  }
  const claims = operatorClaims(operator);
  checkSentinel(operator);
  checkCompanions(options, operator);
  checkSystemAccount(options, operator, claims);
  for (const one of claims) checkVersion(one);
  const keys = claims.flatMap(({ sub, nats }) => [
    ...(nats.strict_signing_key_usage ? [] : [sub]),
    ...nats.signing_keys,
  ]);
  const trusted = trust(claims, keys);
  for (const account of operator.pinnedAccounts ?? []) {
    if (!isPublicKey(account, 'account')) {
      throw invalid(`pinned account key ${quoteText(account)} is not a valid public account nkey`);
    }
  }
  if (options.authCallout !== undefined) {
    throw invalid('operators do not allow authorization callouts to be configured directly');
  }
  if (options.noAuthUser) throw invalid('no_auth_user not compatible with Trusted Operator');
  checkPreload(operator);
  return trusted;
}

function trust(claims: readonly OperatorClaims[], keys: readonly string[]): TrustedOperators {
  for (const key of keys) {
    if (!isPublicKey(key, 'operator')) {
      throw invalid(`trusted Keys ${quoteText(key)} are required to be a valid public operator nkey`);
    }
  }
  const strict = claims.filter(({ nats }) => nats.strict_signing_key_usage).flatMap(({ nats }) => nats.signing_keys);
  return { claims, keys: new Set(keys), strictKeys: new Set(strict) };
}

function operatorClaims(operator: OperatorOptions): OperatorClaims[] {
  return operator.operators.map((text) => {
    try {
      return readOperator(text);
    } catch (error) {
      if (error instanceof JwtError) throw invalid(`error parsing operator JWT: ${error.message}`);
      throw error;
    }
  });
}

function checkSentinel({ defaultSentinel }: OperatorOptions): void {
  if (!defaultSentinel) return;
  let claims;
  try {
    claims = decodeUserClaims(defaultSentinel);
  } catch (error) {
    if (error instanceof JwtError) throw invalid('default sentinel JWT not valid');
    throw error;
  }
  // A scoped user may be a bearer by its template, which is known only with the account.
  const scoped = claims.nats.issuer_account !== '' && hasNoPermissions(claims.nats);
  if (!claims.nats.bearer_token && !scoped) throw invalid('default sentinel must be a bearer token');
}

function checkCompanions(options: BrokerOptions, operator: OperatorOptions): void {
  if (operator.resolver === undefined) throw invalid('operators require an account resolver to be configured');
  if ((options.accounts ?? []).length > 0) {
    throw invalid('operators do not allow Accounts to be configured directly');
  }
  if ((options.users ?? []).length > 0) throw invalid('operators do not allow users to be configured directly');
  if ((operator.trustedKeys ?? []).length > 0) {
    throw invalid("conflicting options for 'TrustedKeys' and 'TrustedOperators'");
  }
}

function checkSystemAccount(
  options: BrokerOptions,
  { resolver }: OperatorOptions,
  claims: readonly OperatorClaims[],
): void {
  const named = claims.map(({ nats }) => nats.system_account).filter((account) => account !== '');
  if (options.systemAccount !== undefined) {
    if (named.length === 0 || named.includes(options.systemAccount)) return;
    throw invalid('system_account in config and operator JWT must be identical');
  }
  if (claims[0]?.nats.system_account === '' && (resolver?.type === 'full' || resolver?.type === 'cache')) {
    throw invalid(
      'using nats based account resolver - the system account needs to be specified in configuration or the operator jwt',
    );
  }
}

function checkVersion({ sub, nats: { assert_server_version: wanted } }: OperatorClaims): void {
  if (wanted === '') return;
  const expects = `operator ${sub} expects version ${wanted} got error instead:`;
  const parts = wanted.split('.');
  if (parts.length !== 3) {
    throw invalid(`${expects} asserted server version must be of the form <major>.<minor>.<update>`);
  }
  const bad = parts.find((part) => !/^[+-]?\d+$/.test(part));
  if (bad !== undefined) throw invalid(`${expects} asserted server version cant parse ${bad} to int`);
  const numbers = parts.map(Number);
  if (numbers.some((number) => number < 0)) {
    throw invalid(`${expects} asserted server version can'b contain negative values: ${wanted}`);
  }
  const ours = SERVER_VERSION.split('.').map((part) => Number.parseInt(part, 10));
  for (const [index, name] of ['major', 'minor', 'update'].entries()) {
    const [theirs, have] = [numbers[index] as number, ours[index] as number];
    if (have > theirs) return;
    if (theirs > have) {
      throw invalid(`operator ${sub} expected ${name} version ${theirs} > server ${name} version ${have}`);
    }
  }
}

function checkPreload({ preload, resolver }: OperatorOptions): void {
  const entries = Object.entries(preload ?? {});
  if (entries.length > 0 && resolver?.type === 'url') {
    throw invalid('resolver preloads only available for writeable resolver types MEM/DIR/CACHE_DIR');
  }
  for (const [key, jwt] of entries) {
    try {
      decodeAccountClaims(jwt);
    } catch (error) {
      if (!(error instanceof JwtError)) throw error;
      throw invalid(`preload account error for ${quoteText(latin1ToText(key))}: ${error.message}`);
    }
  }
}

function invalid(message: string): BrokerError {
  return new BrokerError('invalid-option', message);
}
