import { checkLinks } from '../../account/links.ts';
import { isPublicKey } from '../../auth/nkey.ts';
import type { AccountLimits, AccountOptions } from '../../options/accounts.ts';
import { isValidPublishSubject } from '../../subject/validity.ts';
import type { Draft } from '../draft.ts';
import { parseDecimal } from '../go/host-port.ts';
import { quote, shown, typeOf } from '../go/text.ts';
import type { MapValue, Token } from '../grammar/token.ts';
import { type Keys, integer, keys, readKeys } from '../fields.ts';
import { arrayOf, asString, Fault, mapOf, type Scope } from '../report.ts';
import { readExports } from './exports.ts';
import { readImports } from './imports.ts';
import { readAccountJetStream } from './jetstream.ts';
import { readMappings } from './mappings.ts';
import { readPermissions } from './permissions.ts';
import { applyDefaults, readUsers, type User } from './users.ts';

type Account = { -readonly [Name in keyof AccountOptions]: AccountOptions[Name] };

/** The account of everybody for whom no other is said. It is there without being defined. */
export const GLOBAL_ACCOUNT = '$G';

/** `accounts`, added to the draft. */
export function readAccounts(draft: Draft, token: Token, scope: Scope): void {
  scope.guard((inner) => {
    const names = arrayOf(inner.open(token));
    const map = mapOf(token.value);
    if (names !== undefined) readNames(draft, names, inner);
    else if (map !== undefined) readMap(draft, map, inner);
    // What accounts have of each other is not looked at while anything is wrong.
    if (inner.report.hasErrors) return;
    for (const message of checkLinks(linked(draft), { events: !draft.broker.noSystemAccount })) {
      inner.report.error(token, message);
    }
  });
}

/** All accounts that others may import from. */
function linked(draft: Draft): AccountOptions[] {
  const { accounts, mappings } = draft;
  return mappings === undefined ? accounts : [{ name: GLOBAL_ACCOUNT }, ...accounts];
}

function readNames(draft: Draft, names: readonly Token[], scope: Scope): void {
  const seen = new Set<string>();
  for (const token of names) {
    const name = asString(scope.open(token));
    if (name === GLOBAL_ACCOUNT) {
      scope.report.error(token, `${quote(name)} is a Reserved Account`);
    } else if (seen.has(name)) scope.report.error(token, `Duplicate Account Entry: ${name}`);
    else {
      seen.add(name);
      draft.accounts.push({ name });
    }
  }
}

/** The fields of one account while they are read. */
interface AccountDraft {
  readonly account: Account;
  users: User[];
  usersToken: Token | undefined;
}

function readMap(draft: Draft, map: MapValue, scope: Scope): void {
  for (const [name, token] of map) {
    const fields = mapOf(scope.open(token));
    if (token.usedVariable) continue;
    if (fields === undefined) {
      scope.report.error(token, 'Expected map entries for accounts');
    } else if (name === GLOBAL_ACCOUNT) {
      scope.report.error(token, `${quote(name)} is a Reserved Account`);
    } else readAccount(draft, name, fields, scope);
  }
}

function readAccount(draft: Draft, name: string, fields: MapValue, scope: Scope): void {
  const account: Account = { name };
  draft.accounts.push(account);
  const found: AccountDraft = { account, users: [], usersToken: undefined };
  readKeys(fields, ACCOUNT_KEYS, found, scope);
  const { users, usersToken } = found;
  if (users.length === 0) return;
  if (draft.broker.user) {
    scope.report.error(usersToken, 'Can not have a single user/pass and accounts');
  } else if (draft.broker.token) {
    scope.report.error(usersToken, 'Can not have a token and accounts');
  } else {
    applyDefaults(users, account.defaultPermissions);
    for (const user of users) user.account = name;
    draft.addUsers(users, (message) => scope.report.error(usersToken, message));
  }
}

const ACCOUNT_KEYS: Keys<AccountDraft> = keys<AccountDraft>({
  nkey: ({ account }, token) => {
    const { value } = token;
    if (typeof value !== 'string' || !isPublicKey(value, 'account')) {
      const given = typeof value === 'string' ? quote(value) : shown(value);
      throw new Fault(token, `Not a valid public nkey for an account: ${given}`);
    }
    account.nkey = value;
  },
  imports: ({ account }, token, scope) => {
    account.imports = [...(account.imports ?? []), ...(readImports(token, scope) ?? [])];
  },
  exports: ({ account }, token, scope) => {
    account.exports = [...(account.exports ?? []), ...(readExports(token, scope) ?? [])];
  },
  jetstream: ({ account }, token, scope) => {
    account.jetstream = readAccountJetStream(token, scope);
  },
  users: (into, token, scope) => {
    into.usersToken = token;
    into.users = readUsers(token, scope, false) ?? [];
  },
  default_permissions: ({ account }, token, scope) => {
    account.defaultPermissions = readPermissions(token, scope);
  },
  'mappings|maps': ({ account }, token, scope) => {
    account.mappings = [...(account.mappings ?? []), ...readMappings(token, scope)];
  },
  limits: ({ account }, token, scope) => {
    account.limits = readLimits(token, scope);
  },
  'msg_trace|trace_dest': ({ account }, token, scope, key) => {
    const { destination, samplingPercent } = readTrace(token, key);
    if (destination !== '') account.trace = { destination, samplingPercent: samplingPercent || 100 };
    else if (samplingPercent > 0) {
      scope.report.warn(token, 'Trace destination sampling ignored since no destination was set');
    }
  },
});

function readLimits(token: Token, scope: Scope): AccountLimits {
  const limits: { -readonly [Name in keyof AccountLimits]: AccountLimits[Name] } = {};
  const map = mapOf(token.value);
  if (map === undefined) {
    throw new Fault(token, `Expected account limits to be a map/struct, got ${shown(token.value)}`);
  }
  scope.guard((inner) => {
    const unknown = (key: string, field: Token): void =>
      inner.unknown(key, field, `Unknown field ${quote(key)} parsing account limits`);
    readKeys(map, LIMIT_KEYS, limits, inner, { unknown });
  });
  return limits;
}

const LIMIT_KEYS = keys<{ -readonly [Name in keyof AccountLimits]: AccountLimits[Name] }>({
  'max_connections|max_conn': integer('connectionsMax'),
  'max_subscriptions|max_subs': integer('subscriptionsMax'),
  'max_payload|max_pay': integer('payloadBytesMax'),
  'max_leafnodes|max_leafs': integer('leafNodesMax'),
});

interface Trace {
  destination: string;
  /** 0: not said. */
  samplingPercent: number;
}

function readTrace(token: Token, key: string): Trace {
  const trace: Trace = { destination: '', samplingPercent: 0 };
  if (typeof token.value === 'string') {
    readTraceDestination(trace, token, key);
    return trace;
  }
  const map = mapOf(token.value);
  if (map === undefined) {
    const what = `Expected account message trace ${quote(key)} to be a string or a map/struct`;
    throw new Fault(token, `${what}, got ${typeOf(token.value)}`);
  }
  for (const [name, field] of map) {
    if (name.toLowerCase() === 'dest') readTraceDestination(trace, field, name);
    else if (name.toLowerCase() === 'sampling') trace.samplingPercent = readTraceSampling(field, name);
    else if (!field.usedVariable) {
      throw new Fault(field, `Unknown field ${quote(name)} parsing account message trace map/struct ${quote(key)}`);
    }
  }
  return trace;
}

function readTraceDestination(trace: Trace, token: Token, key: string): void {
  const { value } = token;
  if (typeof value !== 'string') throw new Fault(token, `Field ${quote(key)} should be a string, got ${typeOf(value)}`);
  if (!isValidPublishSubject(value)) throw new Fault(token, `Trace destination ${quote(value)} is not valid`);
  trace.destination = value;
}

function readTraceSampling(token: Token, key: string): number {
  const { value } = token;
  let percent: number | undefined;
  if (typeof value === 'bigint') percent = Number(value);
  else if (typeof value !== 'string') {
    const what = `Trace destination sampling field ${quote(key)} should be an integer or a percentage`;
    throw new Fault(token, `${what}, got ${typeOf(value)}`);
  } else {
    percent = parseDecimal(value.endsWith('%') ? value.slice(0, -1) : value);
    if (percent === undefined) throw new Fault(token, `Invalid trace destination sampling value ${quote(value)}`);
  }
  if (percent <= 0 || percent > 100) {
    throw new Fault(
      token,
      `Ttrace destination sampling value ${typeof value === 'bigint' ? value : percent} is invalid, needs to be [1..100]`,
    );
  }
  return percent;
}
