import { isPublicKey } from '../../auth/nkey.ts';
import type { AuthCalloutOptions } from '../../options/authentication.ts';
import type { PermissionsOptions } from '../../options/permissions.ts';
import { quote, shown } from '../go/text.ts';
import type { Token } from '../grammar/token.ts';
import { boolean, type Keys, keys, readAuthTimeout, readKeys, text } from '../fields.ts';
import { arrayOf, asMap, asString, Fault, mapOf, type Scope } from '../report.ts';
import { readPermissions } from './permissions.ts';
import { applyDefaults, readUsers, type User } from './users.ts';

/** An `authorization` block, of the server as of a cluster or gateway. */
export interface Authorization {
  user?: string | undefined;
  password?: string | undefined;
  token?: string | undefined;
  timeoutMs?: number | undefined;
  proxyRequired?: boolean | undefined;
  /** Undefined when there is no list, which is not the same as an empty one. */
  users?: User[] | undefined;
  defaultPermissions?: PermissionsOptions | undefined;
  callout?: AuthCalloutOptions | undefined;
}

/** Undefined where a wrong type has ended it. Throws a `Fault`. */
export function readAuthorization(token: Token, scope: Scope): Authorization | undefined {
  return scope.guard((inner) => {
    const authorization: Authorization = {};
    // A fault of the time-out ends the block, others do not.
    readKeys(asMap(inner.open(token)), AUTHORIZATION_KEYS, authorization, inner, { stopAtFault: true });
    applyDefaults(authorization.users ?? [], authorization.defaultPermissions);
    return authorization;
  });
}

const AUTHORIZATION_KEYS: Keys<Authorization> = keys<Authorization>({
  'user|username': text('user'),
  'pass|password': text('password'),
  token: text('token'),
  timeout: (into, token, scope, key) => {
    into.timeoutMs = readAuthTimeout(key, token, scope, 'authorization');
  },
  users: (into, token, scope) => {
    into.users = scope.attempt(() => readUsers(token, scope));
  },
  'default_permission|default_permissions|permissions': (into, token, scope) => {
    into.defaultPermissions = scope.attempt(() => readPermissions(token, scope));
  },
  'auth_callout|auth_hook': (into, token, scope) => {
    into.callout = scope.attempt(() => readCallout(token, scope));
  },
  proxy_required: boolean('proxyRequired'),
});

type Callout = { -readonly [Name in keyof AuthCalloutOptions]: AuthCalloutOptions[Name] };

function readCallout(token: Token, scope: Scope): AuthCalloutOptions | undefined {
  return scope.guard((inner) => {
    const map = mapOf(inner.open(token));
    if (map === undefined) {
      throw new Fault(token, `Expected authorization callout to be a map/struct, got ${shown(token.value)}`);
    }
    const callout: Callout = { issuer: '', authUsers: [] };
    const unknown = (key: string, field: Token): void =>
      inner.unknown(key, field, `Unknown field ${quote(key)} parsing authorization callout`);
    readKeys(map, CALLOUT_KEYS, callout, inner, { unknown, stopAtFault: true });
    const last = [...map.values()].at(-1) ?? token;
    if (callout.issuer === '') throw new Fault(last, 'Authorization callouts require an issuer to be specified');
    if (callout.authUsers.length === 0) {
      throw new Fault(last, 'Authorization callouts require authorized users to be specified');
    }
    return callout;
  });
}

const CALLOUT_KEYS: Keys<Callout> = keys<Callout>({
  issuer: (into, token) => {
    into.issuer = asString(token.value);
    if (!isPublicKey(into.issuer, 'account')) {
      throw new Fault(token, `Expected callout user to be a valid public account nkey, got ${quote(into.issuer)}`);
    }
  },
  'account|acc': text('account'),
  'auth_users|users': (into, token, scope) => {
    into.authUsers = [...into.authUsers, ...strings(token, scope, 'auth_users')];
  },
  'xkey|key': (into, token) => {
    into.xkey = asString(token.value);
    if (!isPublicKey(into.xkey, 'curve')) {
      throw new Fault(token, `Expected callout xkey to be a valid public xkey, got ${quote(into.xkey)}`);
    }
  },
  allowed_accounts: (into, token, scope) => {
    into.allowedAccounts = [...(into.allowedAccounts ?? []), ...strings(token, scope, 'allowed accounts')];
  },
});

function strings(token: Token, scope: Scope, field: string): string[] {
  const entries = arrayOf(token.value);
  // nats-server gives the type of what its parser made here, not that of the value.
  if (entries === undefined) throw new Fault(token, `Expected ${field} field to be an array, got *conf.token`);
  return entries.map((entry) => asString(scope.open(entry)));
}

/** What `websocket` and `mqtt` take instead of the server's authorization. */
export interface SimpleAuthorization {
  user?: string | undefined;
  password?: string | undefined;
  token?: string | undefined;
  timeoutMs?: number | undefined;
}

/** Undefined where a wrong type has ended it. */
export function readSimpleAuthorization(token: Token, scope: Scope): SimpleAuthorization | undefined {
  return scope.guard((inner) => {
    const authorization: SimpleAuthorization = {};
    readKeys(asMap(inner.open(token)), SIMPLE_KEYS, authorization, inner);
    return authorization;
  });
}

const SIMPLE_KEYS: Keys<SimpleAuthorization> = keys<SimpleAuthorization>({
  'user|username': text('user'),
  'pass|password': text('password'),
  token: text('token'),
  timeout: (into, { value }) => {
    // Anything but a number is a second, as nats-server has it.
    into.timeoutMs = typeof value === 'bigint' || typeof value === 'number' ? Number(value) * 1000 : 1000;
  },
});
