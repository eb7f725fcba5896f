import { isPublicKey } from '../../auth/nkey.ts';
import type { Draft } from '../draft.ts';
import { quote, shown, typeOf } from '../go/text.ts';
import type { Token } from '../grammar/token.ts';
import {
  boolean,
  duration,
  inBlock,
  integer,
  type Keys,
  keys,
  listen,
  readAuthTimeout,
  readKeys,
  text,
  writeTimeout,
  type WriteTimeout,
} from '../fields.ts';
import { arrayOf, asMap, asString, Fault, mapOf, missingBlock, type Scope } from '../report.ts';
import { withTlsFiles } from '../tls/certificates.ts';
import { readTlsBlock, type TlsBlock } from '../tls/tls-block.ts';
import { type Compression, readCompression } from './compression.ts';
import { type LeafRemote, readRemotes } from './leafnode-remotes.ts';

/** `leafnodes`, as it is kept. Durations are milliseconds; names are nats-server's. */
export interface LeafNodesBlock {
  host?: string | undefined;
  port?: number | undefined;
  username?: string | undefined;
  password?: string | undefined;
  nkey?: string | undefined;
  account?: string | undefined;
  auth_timeout?: number | undefined;
  proxy_required?: boolean | undefined;
  users?: readonly LeafUser[] | undefined;
  remotes?: readonly LeafRemote[] | undefined;
  reconnect?: number | undefined;
  dial_timeout?: number | undefined;
  tls?: TlsBlock | undefined;
  advertise?: string | undefined;
  no_advertise?: boolean | undefined;
  min_version?: string | undefined;
  compression?: Compression | undefined;
  isolate_leafnode_interest?: boolean | undefined;
  write_deadline?: number | undefined;
  write_timeout?: WriteTimeout | undefined;
}

export interface LeafUser {
  username?: string | undefined;
  password?: string | undefined;
  account?: string | undefined;
  proxy_required?: boolean | undefined;
}

interface Into {
  readonly block: LeafNodesBlock;
  readonly draft: Draft;
}

/** Throws a `Fault` when it is no map. */
export function readLeafNodes(draft: Draft, token: Token, scope: Scope): void {
  const block: LeafNodesBlock = { ...draft.kept.leafnodes };
  scope.guard((inner) => {
    const map = mapOf(inner.open(token));
    if (map === undefined) {
      throw new Fault(token, `Expected map to define a leafnode, got ${typeOf(token.value)}`);
    }
    readKeys(map, LEAF_KEYS, { block, draft }, inner);
  });
  draft.kept.leafnodes = { ...block };
}

const LEAF_KEYS: Keys<Into> = keys<Into>({
  listen: inBlock(listen),
  port: inBlock(integer('port')),
  'host|net': inBlock(text('host')),
  authorization: ({ block }, token, scope) => {
    const { timeout, ...authorization } = readAuthorization(token, scope) ?? missingBlock();
    Object.assign(block, { ...CLEARED, ...authorization, auth_timeout: timeout });
    const reason = leafAuthorizationFault(block);
    if (reason !== undefined) throw new Fault(token, reason);
  },
  remotes: ({ block, draft }, token, scope) => {
    block.remotes = readRemotes(token, scope, draft);
  },
  'reconnect|reconnect_delay|reconnect_interval': inBlock(duration('reconnect', 'reconnect')),
  dial_timeout: inBlock(duration('dial_timeout', 'dial_timeout')),
  tls: ({ block, draft }, token, scope) => {
    const tls = withTlsFiles(readTlsBlock(token, scope.report), token, draft.sources);
    block.tls = tls;
  },
  'leafnode_advertise|advertise': inBlock(text('advertise')),
  no_advertise: inBlock(boolean('no_advertise')),
  'min_version|minimum_version': ({ block }, token) => {
    const version = asString(token.value);
    const reason = leafVersionFault(version);
    if (reason !== undefined) throw new Fault(token, reason);
    block.min_version = version;
  },
  compression: ({ block }, token, scope, key) => {
    block.compression = readCompression(token, scope.report, key, 's2_auto');
  },
  'isolate_leafnode_interest|isolate': inBlock(boolean('isolate_leafnode_interest')),
  write_deadline: inBlock(duration('write_deadline', 'write_deadline')),
  write_timeout: inBlock(writeTimeout('write_timeout')),
});

/** What an earlier authorization may have set. */
const CLEARED: LeafNodesBlock = {
  username: undefined,
  password: undefined,
  nkey: undefined,
  account: undefined,
  proxy_required: undefined,
  users: undefined,
};

/** A version that leaf nodes must have at least; what is wrong with it, in nats-server's words. */
export function leafVersionFault(version: string): string | undefined {
  const semver =
    /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?(?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?$/;
  const [, major, minor] = (semver.exec(version) ?? []).map(Number);
  if (major === undefined || minor === undefined) {
    return "invalid leafnode's minimum version: invalid semver";
  }
  return major > 2 || (major === 2 && minor >= 8) ? undefined : 'the minimum version should be at least 2.8.0';
}

/** What is wrong with the users of leaf nodes, in nats-server's words; undefined: nothing. */
export function leafAuthorizationFault({ users = [], username, nkey }: LeafNodesBlock): string | undefined {
  if (users.length === 0) return undefined;
  if (username) return 'can not have a single user/pass and a users array';
  if (nkey) return 'can not have a single nkey and a users array';
  const seen = new Set<string>();
  for (const { username: name = '' } of users) {
    if (seen.has(name)) return `duplicate user ${quote(name)} detected in leafnode authorization`;
    seen.add(name);
  }
  return undefined;
}

interface LeafAuthorization {
  username?: string | undefined;
  password?: string | undefined;
  nkey?: string | undefined;
  account?: string | undefined;
  proxy_required?: boolean | undefined;
  users?: readonly LeafUser[] | undefined;
  timeout?: number | undefined;
}

function readAuthorization(token: Token, scope: Scope): LeafAuthorization | undefined {
  return scope.guard((inner) => {
    const authorization: LeafAuthorization = {};
    readKeys(asMap(inner.open(token)), AUTHORIZATION_KEYS, authorization, inner, { stopAtFault: true });
    return authorization;
  });
}

const AUTHORIZATION_KEYS: Keys<LeafAuthorization> = keys<LeafAuthorization>({
  'user|username': text('username'),
  'pass|password': text('password'),
  nkey: (into, token, scope) => {
    into.nkey = asString(token.value);
    if (!isPublicKey(into.nkey, 'user')) {
      scope.report.error(token, 'Not a valid public nkey for leafnode authorization');
    }
  },
  timeout: (into, token, scope, key) => {
    into.timeout = readAuthTimeout(key, token, scope, 'leafnode authorization');
  },
  users: (into, token, scope) => {
    into.users = scope.attempt(() => readUsers(token, scope));
  },
  account: text('account'),
  proxy_required: boolean('proxy_required'),
});

function readUsers(token: Token, scope: Scope): LeafUser[] | undefined {
  return scope.guard((inner) => {
    const entries = arrayOf(inner.open(token));
    if (entries === undefined) {
      throw new Fault(token, `Expected users field to be an array, got ${shown(token.value)}`);
    }
    const users: LeafUser[] = [];
    for (const entry of entries) {
      const map = mapOf(inner.open(entry));
      if (map === undefined) {
        inner.report.error(entry, `Expected user entry to be a map/struct, got ${shown(entry.value)}`);
        continue;
      }
      const user: LeafUser = {};
      readKeys(map, USER_KEYS, user, inner);
      users.push(user);
    }
    return users;
  });
}

const USER_KEYS: Keys<LeafUser> = keys<LeafUser>({
  'user|username': text('username'),
  'pass|password': text('password'),
  account: text('account'),
  proxy_required: boolean('proxy_required'),
});
