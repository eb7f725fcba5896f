import { isPublicKey } from '../nkey.ts';
import type {
  AccountClaims,
  ActivationClaims,
  AuthorizationRequestClaims,
  AuthorizationResponseClaims,
  PermissionsClaims,
  StandardClaims,
  UserClaims,
} from './claims.ts';
import { quoteText } from './encoding.ts';
import { validateActivation, validateExports, validateImports } from './validate-exports.ts';
import { checkInfo } from './validate-info.ts';
import { checkSubject, hasWildcards } from './validate-subjects.ts';
import { isTimeZone, parseTimeOfDay } from './time-zone.ts';
import { parseNetwork } from './networks.ts';
import { Issues, type ValidationIssue } from './issues.ts';

const PERCENT_MAX = 100;

/** What is wrong with the claims at a time (seconds since the epoch). */
export function validateUser(claims: UserClaims, now: number): readonly ValidationIssue[] {
  const issues = new Issues();
  const { nats } = claims;
  checkTimes(claims, now, issues);
  checkPermissions(nats, issues);
  for (const network of nats.src) {
    if (parseNetwork(network) === undefined) issues.error(`invalid cidr ${quoteText(network)} in user src limits`);
  }
  for (const { start, end } of nats.times) {
    checkTimeOfDay('start', start, issues);
    checkTimeOfDay('end', end, issues);
  }
  if (nats.times_location !== '' && !isTimeZone(nats.times_location)) {
    issues.error(`could not parse iana time zone by name: unknown time zone ${nats.times_location}`);
  }
  if (nats.issuer_account !== '' && !isPublicKey(nats.issuer_account, 'account')) {
    issues.error('account_id is not an account public key');
  }
  return issues.list;
}

/** What is wrong with the claims at a time (seconds since the epoch). */
export function validateAccount(claims: AccountClaims, now: number): readonly ValidationIssue[] {
  const issues = new Issues();
  const { nats } = claims;
  checkTimes(claims, now, issues);
  validateImports(nats.imports, claims.sub, issues);
  validateExports(nats.exports, issues);
  if (nats.limits.tiered_limits.has('')) {
    issues.error('Tiered JetStream Limits can not contain a blank "" tier name');
  }
  checkPermissions(nats.default_permissions, issues);
  checkMappings(claims, issues);
  checkAuthorization(claims, issues);
  checkTrace(claims, issues);
  checkCounts(claims, issues);
  for (const [key, scope] of nats.signing_keys) {
    if (isPublicKey(key, 'account')) continue;
    issues.error(
      scope === undefined
        ? `${quoteText(key)} is not a valid account signing key`
        : `${key} is not an account public key`,
    );
  }
  checkInfo(nats, issues);
  if (!['', 'system', 'owner'].includes(nats.cluster_traffic)) {
    issues.error(`unknown cluster traffic option: ${quoteText(nats.cluster_traffic)}`);
  }
  if (isPublicKey(claims.iss, 'account') && !limitsAreEmpty(claims)) {
    issues.warning("self-signed account JWTs shouldn't contain operator limits");
  }
  return issues.list;
}

/** What is wrong with the claims at a time (seconds since the epoch). */
export function validateActivationToken(claims: ActivationClaims, now: number): readonly ValidationIssue[] {
  const issues = new Issues();
  checkTimes(claims, now, issues);
  validateActivation(claims, issues);
  return issues.list;
}

/** What is wrong with the claims at a time (seconds since the epoch). */
export function validateAuthorizationRequest(
  claims: AuthorizationRequestClaims,
  now: number,
): readonly ValidationIssue[] {
  const issues = new Issues();
  const key = claims.nats.user_nkey;
  if (key === '') issues.error('User nkey is required');
  else if (!isPublicKey(key, 'user')) issues.error(`User nkey ${quoteText(key)} is not a valid user public key`);
  checkTimes(claims, now, issues);
  return issues.list;
}

/** What is wrong with the claims at a time (seconds since the epoch). */
export function validateAuthorizationResponse(
  claims: AuthorizationResponseClaims,
  now: number,
): readonly ValidationIssue[] {
  const issues = new Issues();
  const { nats } = claims;
  if (!isPublicKey(claims.sub, 'user')) issues.error('Subject must be a user public key');
  if (!isPublicKey(claims.aud, 'server')) issues.error('Audience must be a server public key');
  if (nats.error === '' && nats.jwt === '') issues.error('Error or Jwt is required');
  if (nats.error !== '' && nats.jwt !== '') issues.error('Only Error or Jwt can be set');
  if (nats.issuer_account !== '' && !isPublicKey(nats.issuer_account, 'account')) {
    issues.error('issuer_account is not an account public key');
  }
  checkTimes(claims, now, issues);
  return issues.list;
}

function checkTimes(claims: StandardClaims, now: number, issues: Issues): void {
  if (claims.exp > 0 && now > claims.exp) issues.time('claim is expired');
  if (claims.nbf > 0 && claims.nbf > now) issues.time('claim is not yet valid');
}

function checkTimeOfDay(which: 'start' | 'end', text: string, issues: Issues): void {
  if (text === '') issues.error(`time ranges ${which} must contain ${which === 'start' ? 'a start' : 'an end'}`);
  else if (parseTimeOfDay(text) === undefined) issues.error(`${which} in time range is invalid ${quoteText(text)}`);
}

function checkPermissions(permissions: PermissionsClaims, issues: Issues): void {
  for (const [permission, queueAllowed] of [
    [permissions.sub, true],
    [permissions.pub, false],
  ] as const) {
    for (const entry of [...permission.allow, ...permission.deny]) checkPermission(entry, queueAllowed, issues);
  }
}

function checkPermission(entry: string, queueAllowed: boolean, issues: Issues): void {
  const [subject = '', queue, more] = entry.split(' ', 3);
  if (more !== undefined) return issues.error(`Permission Subject "${entry}" contains too many spaces`);
  checkSubject(subject, issues);
  if (queue === undefined) return;
  checkSubject(queue, issues);
  if (!queueAllowed) issues.error(`Permission Subject "${entry}" is not allowed to contain queue`);
}

function checkMappings(claims: AccountClaims, issues: Issues): void {
  for (const [source, destinations] of claims.nats.mappings) {
    checkSubject(source, issues);
    const totals = new Map<string, number>();
    for (const { subject, weight, cluster } of destinations) {
      const percent = weight === 0 ? PERCENT_MAX : weight;
      checkSubject(subject, issues);
      if (percent > PERCENT_MAX) {
        issues.error(`Mapping ${quoteText(source)} has a weight ${percent} that exceeds 100`);
      }
      const total = (totals.get(cluster) ?? 0) + percent;
      totals.set(cluster, total);
      if (cluster !== '' && total > PERCENT_MAX) {
        issues.error(
          `Mapping ${quoteText(source)} in cluster ${quoteText(cluster)} exceeds 100% among all of it's weighted to mappings`,
        );
      }
    }
    if ((totals.get('') ?? 0) > PERCENT_MAX) {
      issues.error(`Mapping ${quoteText(source)} exceeds 100% among all of it's weighted to mappings`);
    }
  }
}

function checkAuthorization(claims: AccountClaims, issues: Issues): void {
  const { auth_users: users, allowed_accounts: accounts, xkey } = claims.nats.authorization;
  if (accounts.length > 0 && users.length === 0) {
    issues.error('External authorization cannot have accounts without users specified');
  }
  for (const user of users) {
    if (!isPublicKey(user, 'user')) issues.error(`AuthUser ${quoteText(user)} is not a valid user public key`);
  }
  for (const account of accounts) {
    if (account === '*' && accounts.length > 1) {
      issues.error('AllowedAccounts can only be a list of accounts or "*"');
    } else if (account !== '*' && !isPublicKey(account, 'account')) {
      issues.error(`Account ${quoteText(account)} is not a valid account public key`);
    }
  }
  if (xkey !== '' && !isPublicKey(xkey, 'curve')) issues.error(`XKey ${quoteText(xkey)} is not a valid public xkey`);
}

function checkTrace(claims: AccountClaims, issues: Issues): void {
  const { trace } = claims.nats;
  if (trace === undefined) return;
  const ofSubject = new Issues();
  checkSubject(trace.dest, ofSubject);
  const [first] = ofSubject.list;
  if (first !== undefined) issues.error(`the account Trace.Destination ${first.description}`);
  if (hasWildcards(trace.dest)) {
    issues.error(`the account Trace.Destination subject ${quoteText(trace.dest)} is not a valid publish subject`);
  }
  if (trace.sampling < 0 || trace.sampling > PERCENT_MAX) {
    issues.error(`the account Trace.Sampling value '${trace.sampling}' is not valid, should be in the range [1..100]`);
  }
}

function checkCounts(claims: AccountClaims, issues: Issues): void {
  const { limits, imports, exports } = claims.nats;
  const tooManyImports = 'the account contains more imports than allowed by the operator';
  if (!limitsAreEmpty(claims) && limits.imports >= 0 && imports.length > limits.imports) issues.error(tooManyImports);
  if (limits.imports !== -1 && imports.length > limits.imports) issues.error(tooManyImports);
  if (limits.exports === -1) return;
  if (exports.length > limits.exports) {
    issues.error('the account contains more exports than allowed by the operator');
  }
  if (limits.wildcards) return;
  for (const entry of exports) {
    if (entry !== undefined && hasWildcards(entry.subject)) {
      issues.error('the account contains wildcard exports that are not allowed by the operator');
    }
  }
}

function limitsAreEmpty(claims: AccountClaims): boolean {
  const { tiered_limits, ...limits } = claims.nats.limits;
  return tiered_limits.size === 0 && Object.values(limits).every((value) => value === 0 || value === false);
}
