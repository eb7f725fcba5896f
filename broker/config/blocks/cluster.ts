import type { PermissionsOptions } from '../../options/permissions.ts';
import type { Draft } from '../draft.ts';
import { shown, typeOf } from '../go/text.ts';
import type { Token } from '../grammar/token.ts';
import {
  boolean,
  duration,
  inBlock,
  integer,
  type Keys,
  keys,
  listen,
  readDuration,
  type Reader,
  readKeys,
  readStrings,
  text,
  writeTimeout,
  type WriteTimeout,
} from '../fields.ts';
import { asArray, asString, Fault, mapOf, missingBlock, type Scope } from '../report.ts';
import { withTlsFiles } from '../tls/certificates.ts';
import { readTlsBlock, type TlsBlock } from '../tls/tls-block.ts';
import { readAddress, readAddresses } from './addresses.ts';
import { type Authorization, readAuthorization } from './authorization.ts';
import { type Compression, readCompression } from './compression.ts';
import { readPermissions, subjectsFault } from './permissions.ts';

/** What cluster and gateway have in common. Durations are milliseconds; names are nats-server's. */
interface ServerLink {
  name?: string | undefined;
  host?: string | undefined;
  port?: number | undefined;
  username?: string | undefined;
  password?: string | undefined;
  auth_timeout?: number | undefined;
  tls?: TlsBlock | undefined;
  advertise?: string | undefined;
  connect_retries?: number | undefined;
  connect_backoff?: boolean | undefined;
  write_deadline?: number | undefined;
  write_timeout?: WriteTimeout | undefined;
}

/** `cluster`, as it is kept. */
export interface ClusterBlock extends ServerLink {
  routes?: readonly string[] | undefined;
  no_advertise?: boolean | undefined;
  /** What may come in is `publish`, what may go out `subscribe`. */
  permissions?: PermissionsOptions | undefined;
  pool_size?: number | undefined;
  accounts?: readonly string[] | undefined;
  compression?: Compression | undefined;
  ping_interval?: number | undefined;
  ping_max?: number | undefined;
}

/** `gateway`, as it is kept. */
export interface GatewayBlock extends ServerLink {
  gateways?: readonly RemoteGateway[] | undefined;
  reject_unknown?: boolean | undefined;
}

export interface RemoteGateway {
  name?: string | undefined;
  urls?: readonly string[] | undefined;
  tls?: TlsBlock | undefined;
}

/** A block with the draft beside it, whose files are looked at. */
interface Into<Block> {
  readonly block: Block;
  readonly draft: Draft;
}

const PING_INTERVAL_MS_MAX = 30_000;

/** What stands for no cluster at all between servers. */
export const RESERVED_NAME = '_';
export const RESERVED = 'cluster name is reserved';

/** Throws a `Fault` when it is no map. */
export function readCluster(draft: Draft, token: Token, scope: Scope): void {
  const block: ClusterBlock = { ...draft.kept.cluster };
  readLink(token, scope, 'Expected map to define cluster', CLUSTER_KEYS, { block, draft });
  draft.kept.cluster = { ...block };
}

/** Throws a `Fault` when it is no map. */
export function readGateway(draft: Draft, token: Token, scope: Scope): void {
  const block: GatewayBlock = { ...draft.kept.gateway };
  readLink(token, scope, 'Expected gateway to be a map', GATEWAY_KEYS, { block, draft });
  draft.kept.gateway = { ...block };
}

function readLink<Block>(
  token: Token,
  scope: Scope,
  expected: string,
  known: Keys<Into<Block>>,
  into: Into<Block>,
): void {
  scope.guard((inner) => {
    const map = mapOf(inner.open(token));
    if (map === undefined) throw new Fault(token, `${expected}, got ${typeOf(token.value)}`);
    readKeys(map, known, into, inner);
  });
}

/** A `tls` block of a listener that other servers connect to, with its files looked at. */
export function readServerTls(token: Token, scope: Scope, draft: Draft): TlsBlock {
  const tls = withTlsFiles(readTlsBlock(token, scope.report, true), token, draft.sources);
  return tls;
}

/** Keys of both; `what` is how messages call it. */
function linkKeys(what: 'Cluster' | 'Gateway'): Record<string, Reader<Into<ServerLink>>> {
  return {
    name: ({ block }, token) => {
      const name = asString(token.value);
      if (name.includes(' ')) throw new Fault(token, `${what.toLowerCase()} name cannot contain spaces`);
      if (name === RESERVED_NAME) throw new Fault(token, RESERVED);
      block.name = name;
    },
    listen: inBlock(listen),
    port: inBlock(integer('port')),
    'host|net': inBlock(text('host')),
    tls: ({ block, draft }, token, scope) => {
      block.tls = readServerTls(token, scope, draft);
    },
    connect_retries: inBlock(integer('connect_retries')),
    connect_backoff: inBlock(boolean('connect_backoff')),
    write_deadline: inBlock(duration('write_deadline', 'write_deadline')),
    write_timeout: inBlock(writeTimeout('write_timeout')),
  };
}

/** Who other servers have to be: one user, no more. */
function readLinkAuthorization(block: ServerLink, token: Token, scope: Scope, what: string): Authorization {
  const authorization = readAuthorization(token, scope) ?? missingBlock();
  if (authorization.users !== undefined) {
    throw new Fault(token, `${what} authorization does not allow multiple users`);
  }
  if (authorization.token) throw new Fault(token, `${what} authorization does not support tokens`);
  if (authorization.callout !== undefined) {
    throw new Fault(token, `${what} authorization does not support callouts`);
  }
  block.username = authorization.user;
  block.password = authorization.password;
  block.auth_timeout = authorization.timeoutMs;
  return authorization;
}

const CLUSTER_KEYS: Keys<Into<ClusterBlock>> = keys<Into<ClusterBlock>>({
  ...linkKeys('Cluster'),
  authorization: ({ block }, token, scope, key) => {
    const { defaultPermissions } = readLinkAuthorization(block, token, scope, 'Cluster');
    if (defaultPermissions === undefined) return;
    checkPermissions(defaultPermissions, token);
    scope.report.warnOf(key, token, 'setting "permissions" within cluster authorization block is deprecated');
    block.permissions ??= defaultPermissions;
  },
  routes: ({ block }, token, scope) => {
    block.routes = readAddresses(asArray(token.value), 'route', scope) ?? block.routes;
  },
  'cluster_advertise|advertise': inBlock(text('advertise')),
  no_advertise: inBlock(boolean('no_advertise')),
  permissions: ({ block }, token, scope) => {
    const permissions = readPermissions(token, scope, false) ?? missingBlock();
    if (permissions.allowResponses !== undefined) {
      throw new Fault(token, 'Cluster permissions do not support dynamic responses');
    }
    checkPermissions(permissions, token);
    block.permissions = permissions;
  },
  pool_size: inBlock(integer('pool_size')),
  accounts: ({ block }, token, scope) => {
    block.accounts = readStrings('accounts', token, scope);
  },
  compression: ({ block }, token, scope, key) => {
    block.compression = readCompression(token, scope.report, key, 's2_fast');
  },
  ping_interval: ({ block }, token, scope) => {
    block.ping_interval = readDuration('ping_interval', token, scope);
    if (block.ping_interval > PING_INTERVAL_MS_MAX) {
      scope.report.warn(token, "Cluster 'ping_interval' will reset to 30s which is the max for routes");
    }
  },
  ping_max: inBlock(integer('ping_max')),
});

const GATEWAY_KEYS: Keys<Into<GatewayBlock>> = keys<Into<GatewayBlock>>({
  ...linkKeys('Gateway'),
  authorization: ({ block }, token, scope) => {
    readLinkAuthorization(block, token, scope, 'Gateway');
  },
  advertise: inBlock(text('advertise')),
  gateways: ({ block, draft }, token, scope) => {
    block.gateways = readRemotes(token, scope, draft);
  },
  'reject_unknown|reject_unknown_cluster': inBlock(boolean('reject_unknown')),
});

/** What is wrong with what may cross to other servers, in nats-server's words; undefined: nothing. */
export function clusterPermissionsFault({ publish, subscribe }: PermissionsOptions): string | undefined {
  const lists = [
    ['import allow', publish?.allow],
    ['import deny', publish?.deny],
    ['export allow', subscribe?.allow],
    ['export deny', subscribe?.deny],
  ] as const;
  for (const [name, subjects] of lists) {
    const reason = subjectsFault(subjects ?? [], false);
    if (reason !== undefined) return `cluster ${name}: ${reason}`;
  }
  return undefined;
}

function checkPermissions(permissions: PermissionsOptions, token: Token): void {
  const reason = clusterPermissionsFault(permissions);
  if (reason !== undefined) throw new Fault(token, reason);
}

function readRemotes(token: Token, scope: Scope, draft: Draft): RemoteGateway[] | undefined {
  return scope.guard((inner) => {
    const { value } = token;
    if (typeof value !== 'object' || mapOf(value) !== undefined || value instanceof Date) {
      throw new Fault(token, `Expected gateways field to be an array, got ${typeOf(value)}`, false);
    }
    const remotes: RemoteGateway[] = [];
    for (const entry of asArray(value)) {
      const map = mapOf(inner.open(entry));
      if (map === undefined) {
        inner.report.error(entry, `Expected gateway entry to be a map/struct, got ${shown(entry.value)}`);
        continue;
      }
      const into = { block: {} as RemoteGateway, draft };
      readKeys(map, REMOTE_KEYS, into, inner);
      remotes.push(into.block);
    }
    return remotes;
  });
}

const REMOTE_KEYS: Keys<Into<RemoteGateway>> = keys<Into<RemoteGateway>>({
  name: inBlock(text('name')),
  tls: ({ block, draft }, token, scope) => {
    block.tls = readServerTls(token, scope, draft);
  },
  url: ({ block }, token) => {
    block.urls = [...(block.urls ?? []), readAddress(asString(token.value), token, 'gateway')];
  },
  urls: ({ block }, token, scope) => {
    block.urls = readAddresses(asArray(token.value), 'gateway', scope) ?? block.urls;
  },
});
