import { join } from 'node:path';
import { decodeSeed, NkeyError } from '../../auth/nkey.ts';
import type { Draft } from '../draft.ts';
import { quote, quoteAll, shown, typeOf } from '../go/text.ts';
import { parseGoUrl } from '../go/url.ts';
import type { Token } from '../grammar/token.ts';
import { boolean, duration, inBlock, type Keys, keys, readDuration, readKeys, text, type Reader } from '../fields.ts';
import { arrayOf, asString, Fault, mapOf, type Scope } from '../report.ts';
import { withTlsFiles } from '../tls/certificates.ts';
import { readTlsBlock, type TlsBlock } from '../tls/tls-block.ts';
import { readAddress, readAddresses } from './addresses.ts';
import { type Compression, readCompression } from './compression.ts';
import { readSubjects } from './permissions.ts';

/** A server that this one joins as a leaf node. Durations are milliseconds; names are nats-server's. */
export interface LeafRemote {
  urls?: readonly string[] | undefined;
  account?: string | undefined;
  credentials?: string | undefined;
  /** A seed. */
  nkey?: string | undefined;
  tls?: TlsBlock | undefined;
  hub?: boolean | undefined;
  no_randomize?: boolean | undefined;
  deny_imports?: readonly string[] | undefined;
  deny_exports?: readonly string[] | undefined;
  websocket_compression?: boolean | undefined;
  websocket_no_masking?: boolean | undefined;
  jetstream_cluster_migrate?: boolean | undefined;
  leader_migrate_delay?: number | undefined;
  isolate_leafnode_interest?: boolean | undefined;
  request_isolation?: boolean | undefined;
  compression?: Compression | undefined;
  first_info_timeout?: number | undefined;
  dial_timeout?: number | undefined;
  disabled?: boolean | undefined;
  proxy?: LeafProxy | undefined;
  ignore_discovered_servers?: boolean | undefined;
}

export interface LeafProxy {
  url?: string | undefined;
  username?: string | undefined;
  password?: string | undefined;
  timeout?: number | undefined;
  tls?: TlsBlock | undefined;
}

interface Into {
  readonly block: LeafRemote;
  readonly draft: Draft;
  proxyToken: Token | undefined;
}

/** Undefined where a wrong type has ended it. Throws a `Fault` when it is no array. */
export function readRemotes(token: Token, scope: Scope, draft: Draft): LeafRemote[] | undefined {
  return scope.guard((inner) => {
    const entries = arrayOf(inner.open(token));
    if (entries === undefined) {
      throw new Fault(token, `Expected remotes field to be an array, got ${typeOf(token.value)}`);
    }
    const names = new Set<string>();
    const remotes: LeafRemote[] = [];
    for (const entry of entries) {
      const map = mapOf(inner.open(entry));
      if (map === undefined) {
        inner.report.error(entry, `Expected remote leafnode entry to be a map/struct, got ${shown(entry.value)}`);
        continue;
      }
      const into: Into = { block: {}, draft, proxyToken: undefined };
      readKeys(map, REMOTE_KEYS, into, inner);
      const fault = proxyFault(into.block);
      if (fault !== undefined) {
        inner.report.error(into.proxyToken, fault);
        continue;
      }
      const name = remoteName(into.block);
      if (names.has(name)) {
        const last = [...map.values()].at(-1) ?? entry;
        inner.report.error(last, `duplicate remote ${name}`);
        continue;
      }
      names.add(name);
      remotes.push(into.block);
    }
    return remotes;
  });
}

/** What a remote is called in messages, without secrets; two of the same name are one. */
export function remoteName({ urls = [], account, credentials, nkey }: LeafRemote): string {
  let who = '';
  if (credentials) who = `, credentials=${quote(credentials)}`;
  else if (nkey) who = ', nkey="[REDACTED]"';
  const shownUrls = urls.map((url) => url.replace(/^([^:/]+:\/\/[^/@:]*):[^/@]*@/, '$1:xxxxx@'));
  return `urls=${quoteAll(shownUrls)}, account=${quote(account || '$G')}${who}`;
}

/** What is wrong with the proxy of a remote, in nats-server's words; undefined: nothing. */
export function proxyFault({ proxy, urls = [], tls }: LeafRemote): string | undefined {
  if (proxy === undefined) return undefined;
  if (!proxy.url) {
    const alone = [proxy.username, proxy.password, proxy.timeout, proxy.tls].some(Boolean);
    return alone ? 'proxy URL must be specified when other proxy options are set' : undefined;
  }
  const url = parseGoUrl(proxy.url);
  if (typeof url === 'string') return `invalid proxy URL: ${url}`;
  if (url.scheme !== 'http' && url.scheme !== 'https') {
    return `proxy URL scheme must be http or https, got: ${url.scheme}`;
  }
  if (url.host === '') return 'proxy URL must specify a host';
  if (proxy.tls !== undefined && url.scheme !== 'https') {
    return `proxy TLS configuration requires an https proxy URL, got: ${url.scheme}`;
  }
  if ((proxy.timeout ?? 0) < 0) return 'proxy timeout must be >= 0';
  if ((proxy.tls?.timeoutMs ?? 0) < 0) return 'proxy TLS timeout must be >= 0';
  if (!proxy.username !== !proxy.password) {
    return 'proxy username and password must both be specified or both be empty';
  }
  const secure = urls.find((address) => address.startsWith('wss:'));
  if (secure === undefined || tls !== undefined) return undefined;
  return `proxy is configured but remote URL ${secure} requires TLS and no TLS configuration is provided. When using proxy with TLS endpoints, ensure TLS is properly configured for the leafnode remote`;
}

const CREDENTIALS_AND_NKEY = 'Remote leafnode can not have both creds and nkey defined';

const subjects =
  (name: 'deny_imports' | 'deny_exports'): Reader<Into> =>
  ({ block }, token, scope) => {
    block[name] = scope.guard((inner) => readSubjects(token, inner, false));
  };

const REMOTE_KEYS: Keys<Into> = keys<Into>({
  'no_randomize|dont_randomize': inBlock(boolean('no_randomize')),
  'url|urls': ({ block }, token, scope) => {
    const { value } = token;
    const entries = arrayOf(value);
    if (typeof value === 'string') {
      block.urls = [...(block.urls ?? []), readAddress(value, token, 'leafnode')];
    } else if (entries === undefined) {
      throw new Fault(token, `Expected remote leafnode url to be an array or string, got ${shown(value)}`);
    } else block.urls = readAddresses(entries, 'leafnode', scope) ?? block.urls;
  },
  'account|local': inBlock(text('account')),
  'creds|credentials': ({ block, draft }, token) => {
    const path = expandPath(asString(token.value), draft.sources.environment, token);
    if (block.nkey) throw new Fault(token, CREDENTIALS_AND_NKEY);
    block.credentials = path;
  },
  'nkey|seed': ({ block }, token) => {
    const seed = asString(token.value);
    // The real one shows the text, which may be a seed all the same.
    if (!isUserSeed(seed)) throw new Fault(token, 'Remote leafnode nkey is not a valid seed: "[REDACTED]"');
    if (block.credentials) throw new Fault(token, CREDENTIALS_AND_NKEY);
    block.nkey = seed;
  },
  tls: ({ block, draft }, token, scope) => {
    const tls = withTlsFiles(readTlsBlock(token, scope.report), token, draft.sources);
    block.tls = tls;
  },
  hub: inBlock(boolean('hub')),
  'deny_imports|deny_import': subjects('deny_imports'),
  'deny_exports|deny_export': subjects('deny_exports'),
  'ws_compress|ws_compression|websocket_compress|websocket_compression': inBlock(boolean('websocket_compression')),
  'ws_no_masking|websocket_no_masking': inBlock(boolean('websocket_no_masking')),
  'jetstream_cluster_migrate|js_cluster_migrate': ({ block }, token, scope) => {
    const { value } = token;
    const map = mapOf(value);
    if (typeof value !== 'boolean' && map === undefined) {
      throw new Fault(token, `Expected boolean or map for jetstream_cluster_migrate, got ${typeOf(value)}`, false);
    }
    block.jetstream_cluster_migrate = map !== undefined || value === true;
    const delay = map?.get('leader_migrate_delay');
    if (delay !== undefined) block.leader_migrate_delay = readDuration('leader_migrate_delay', delay, scope);
  },
  'isolate_leafnode_interest|isolate': inBlock(boolean('isolate_leafnode_interest')),
  request_isolation: inBlock(boolean('request_isolation')),
  compression: ({ block }, token, scope, key) => {
    block.compression = readCompression(token, scope.report, key, 's2_auto');
  },
  first_info_timeout: ({ block }, token, scope, key) => duration('first_info_timeout', key)(block, token, scope, key),
  dial_timeout: ({ block }, token, scope, key) => duration('dial_timeout', key)(block, token, scope, key),
  disabled: inBlock(boolean('disabled')),
  proxy: (into, token, scope) => {
    const map = mapOf(token.value);
    if (map === undefined) throw new Fault(token, `Expected proxy to be a map, got ${typeOf(token.value)}`);
    into.proxyToken = token;
    const proxy: LeafProxy = { ...into.block.proxy };
    into.block.proxy = proxy;
    readKeys(map, PROXY_KEYS, { block: proxy, draft: into.draft }, scope);
  },
  ignore_discovered_servers: inBlock(boolean('ignore_discovered_servers')),
});

/** Keys of a `tls` block that mean something to who connects to a proxy. */
const PROXY_TLS_KEYS = new Set([
  ...['cert_file', 'key_file', 'ca_file', 'insecure', 'cipher_suites', 'allow_insecure_cipher_suites'],
  ...['curve_preferences', 'min_version', 'timeout', 'cert_store', 'cert_match_by', 'cert_match'],
  ...['cert_match_skip_invalid', 'ca_certs_match', 'certs', 'certificates'],
]);

interface IntoProxy {
  readonly block: LeafProxy;
  readonly draft: Draft;
}

const PROXY_KEYS: Keys<IntoProxy> = keys<IntoProxy>({
  url: inBlock(text('url')),
  username: inBlock(text('username')),
  password: inBlock(text('password')),
  timeout: inBlock(duration('timeout', 'proxy timeout')),
  tls: ({ block, draft }, token, scope) => {
    const others = [...(mapOf(token.value) ?? [])].filter(([key]) => !PROXY_TLS_KEYS.has(key.toLowerCase()));
    for (const [key, field] of others) {
      scope.open(field);
      scope.report.error(field, `${quote(key)} is not supported for proxy TLS`);
    }
    if (others.length === 0) {
      block.tls = withTlsFiles(readTlsBlock(token, scope.report), token, draft.sources);
    }
  },
});

function isUserSeed(seed: string): boolean {
  try {
    return decodeSeed(seed).kind === 'user';
  } catch (error) {
    if (error instanceof NkeyError) return false;
    throw error;
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Fills in `$NAME` and `${NAME}`, and the home folder for `~`. */
function expandPath(path: string, environment: Environment, token: Token): string {
  const variable = (name: string): string => (Object.hasOwn(environment, name) ? (environment[name] ?? '') : '');
  const expanded = path.replaceAll(/\$\{(\w*)\}|\$(\w+)/g, (_all, braced?: string, plain?: string) =>
    variable(braced ?? plain ?? ''),
  );
  if (!expanded.startsWith('~')) return expanded;
  const home = variable('HOME') || variable('USERPROFILE');
  if (home === '') throw new Fault(token, 'failed to get home dir, require $HOME');
  return join(home, expanded.slice(1));
}
