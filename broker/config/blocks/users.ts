import { isPublicKey } from '../../auth/nkey.ts';
import type { UserOptions } from '../../options/authentication.ts';
import type { ConnectionType, PermissionsOptions } from '../../options/permissions.ts';
import { quoteAll, shown } from '../go/text.ts';
import type { Token } from '../grammar/token.ts';
import { boolean, type Keys, keys, readKeys, readStrings, text } from '../fields.ts';
import { arrayOf, Fault, mapOf, type Scope } from '../report.ts';
import { readPermissions } from './permissions.ts';

type Writable<T> = { -readonly [Name in keyof T]: T[Name] };

export type User = Writable<UserOptions>;

/**
 * `users` of an authorization or account; undefined where a wrong type has ended it. Throws a `Fault`, which says its place
 * unless not `placed`.
 */
export function readUsers(token: Token, scope: Scope, placed = true): User[] | undefined {
  return scope.guard((inner) => {
    const entries = arrayOf(inner.open(token));
    if (entries === undefined) {
      throw new Fault(token, `Expected users field to be an array, got ${shown(token.value)}`, placed);
    }
    const users: User[] = [];
    for (const entry of entries) {
      const map = mapOf(inner.open(entry));
      if (map === undefined) {
        inner.report.error(entry, `Expected user entry to be a map/struct, got ${shown(entry.value)}`);
        continue;
      }
      const user: User = {};
      readKeys(map, USER_KEYS, user, inner);
      checkUser(user, [...map.values()].at(-1) ?? entry);
      users.push(user);
    }
    return users;
  });
}

/** Messages are about the last field of the entry. */
function checkUser(user: User, last: Token): void {
  if (!user.nkey && !user.user) throw new Fault(last, 'User entry requires a user');
  if (!user.nkey) {
    delete user.nkey;
    return;
  }
  if (!isPublicKey(user.nkey, 'user')) throw new Fault(last, 'Not a valid public nkey for a user');
  if (user.user || user.password) throw new Fault(last, 'Nkey users do not take usernames or passwords');
  delete user.user;
  delete user.password;
}

const USER_KEYS: Keys<User> = keys<User>({
  nkey: text('nkey'),
  'user|username': text('user'),
  'pass|password': text('password'),
  'permission|permissions|authorization': (into, token, scope) => {
    into.permissions = readPermissions(token, scope);
  },
  'allowed_connection_types|connection_types|clients': (into, token, scope) => {
    into.connectionTypes = readConnectionTypes(token, scope);
  },
  proxy_required: boolean('proxyRequired'),
});

const CONNECTION_TYPES: readonly ConnectionType[] = [
  'STANDARD',
  'WEBSOCKET',
  'LEAFNODE',
  'LEAFNODE_WS',
  'MQTT',
  'MQTT_WS',
  'IN_PROCESS',
];

function readConnectionTypes(token: Token, scope: Scope): ConnectionType[] | undefined {
  const names = readStrings('allowed connection types', token, scope)?.map((name) => name.toUpperCase());
  if (names === undefined) return undefined;
  const known = CONNECTION_TYPES.filter((type) => names.includes(type));
  const unknown = names.filter((name) => !(CONNECTION_TYPES as readonly string[]).includes(name));
  if (unknown.length > 0) scope.report.error(token, `invalid connection types ${quoteAll(unknown)}`);
  return known;
}

/** Users without permissions of their own get these. */
export function applyDefaults(users: readonly User[], permissions: PermissionsOptions | undefined): void {
  for (const user of users) user.permissions ??= permissions;
}
