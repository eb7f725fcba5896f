import { JwtError } from '../../auth/jwt/jwt-error.ts';
import { decodeAccountClaims } from '../../auth/jwt/decode.ts';
import { readDecoratedJwt } from '../../auth/operator/creds.ts';
import { readOperator } from '../../auth/operator/operators.ts';
import { isPublicKey } from '../../auth/nkey.ts';
import type { ResolverOptions } from '../../options/authentication.ts';
import type { Draft } from '../draft.ts';
import { DurationError, parseGoDuration } from '../../base/duration-text.ts';
import { quote, typeOf } from '../go/text.ts';
import { fileErrorText } from '../grammar/parser.ts';
import type { MapValue, Token } from '../grammar/token.ts';
import { arrayOf, asBoolean, asInteger, asString, Fault, mapOf, type Scope } from '../report.ts';
import { withTlsFiles } from '../tls/certificates.ts';
import { readTlsBlock } from '../tls/tls-block.ts';
import { readUrl } from './addresses.ts';

/** `operator`: JWTs, or files that hold one each. */
export function readOperators(draft: Draft, token: Token, scope: Scope): void {
  const { value } = token;
  const files: string[] = [];
  const entries = arrayOf(value);
  if (typeof value === 'string') files.push(value);
  else if (entries === undefined) {
    scope.report.error(token, `error parsing operators: unsupported type ${typeOf(value)}`);
  } else {
    for (const entry of entries) {
      if (typeof entry.value === 'string') files.push(entry.value);
      else {
        scope.report.error(token, 'error parsing operators: unsupported type *conf.token where string is expected');
      }
    }
  }
  const operators: string[] = [];
  for (const file of files) {
    scope.attempt(() => {
      try {
        const jwt = readDecoratedJwt(operatorText(file, draft));
        readOperator(jwt);
        operators.push(jwt);
      } catch (error) {
        if (!(error instanceof JwtError || error instanceof FileError)) throw error;
        throw new Fault(token, `error parsing operator JWT: ${error.message}`);
      }
    });
  }
  draft.operator.operators = [...(draft.operator.operators ?? []), ...operators];
}

class FileError extends Error {}

/** What stands in the file, or the text itself when that is a JWT. */
function operatorText(file: string, { sources }: Draft): string {
  try {
    return sources.readFile(file);
  } catch (error) {
    if (file.startsWith('eyJ')) return file;
    throw new FileError(fileErrorText(error, file), { cause: error });
  }
}

const NO_RESOLVER =
  'error parsing account resolver, should be MEM or  URL("url") or a map containing dir and type state=[FULL|CACHE])';

/** `resolver`: who knows the JWTs of accounts. Throws a `Fault`. */
export function readResolver(draft: Draft, token: Token, scope: Scope): void {
  const { value } = token;
  const map = mapOf(value);
  if (typeof value === 'string') draft.operator.resolver = resolverOfText(value, token);
  else if (map === undefined) {
    throw new Fault(token, `error parsing operator resolver, wrong type ${typeOf(value)}`);
  } else draft.operator.resolver = resolverOfMap(map, token, draft, scope);
  if (draft.operator.resolver === undefined) throw new Fault(token, NO_RESOLVER);
}

function resolverOfText(text: string, token: Token): ResolverOptions | undefined {
  // Anything with these letters in it will do, as in nats-server.
  if (/mem/i.test(text)) return { type: 'memory' };
  const match = /url(?:\(\s*"?([^\s"]*)"?\s*\))?\s*/i.exec(text);
  if (match === null) return undefined;
  const url = match[1] ?? '';
  readUrl(url, token, 'account resolver');
  return { type: 'url', url: url.endsWith('/') ? url : `${url}/` };
}

function resolverOfMap(map: MapValue, token: Token, draft: Draft, scope: Scope): ResolverOptions | undefined {
  const field = <T>(name: string, read: (token: Token) => T): T | undefined => {
    const found = map.get(name);
    if (found === undefined) return undefined;
    scope.open(found);
    return read(found);
  };
  const folder = field('dir', ({ value }) => asString(value)) ?? '';
  const type = (field('type', ({ value }) => asString(value)) ?? '').toUpperCase();
  const deleteAllowed = field('allow_delete', ({ value }) => asBoolean(value)) ?? false;
  const hardDelete = field('hard_delete', ({ value }) => asBoolean(value));
  const entriesMax = field('limit', ({ value }) => asInteger(value));
  const time = (entry: Token): number => {
    try {
      return parseGoDuration(asString(entry.value));
    } catch (error) {
      throw error instanceof DurationError ? new Fault(token, error.message) : error;
    }
  };
  const ttlMs = field('ttl', time);
  const syncIntervalMs = field('interval', time);
  const timeoutMs = field('timeout', time);
  if (type === 'MEM' || type === 'MEMORY') return { type: 'memory' };
  if (type !== 'FULL' && type !== 'CACHE') return undefined;
  const fault = (message: string): void => scope.report.error(token, message);
  const faultOfFolder = folderFault(folder, draft);
  if (faultOfFolder !== undefined) fault(faultOfFolder);
  if (type === 'CACHE') {
    if (syncIntervalMs) fault('CACHE does not accept sync');
    if (deleteAllowed) fault('CACHE does not accept allow_delete');
    if (hardDelete !== undefined) fault('CACHE does not accept hard_delete');
  } else {
    if (ttlMs) fault('FULL does not accept ttl');
    if (hardDelete !== undefined && !deleteAllowed) fault('hard_delete has no effect without delete');
  }
  // nats-server makes the folder here, and fails; ours is made when the broker starts.
  if (folder === '') fault('mkdir : no such file or directory');
  else if (faultOfFolder !== undefined) fault(`mkdir ${folder}: not a directory`);
  return {
    type: type === 'FULL' ? 'full' : 'cache',
    folder,
    ...(type === 'FULL' && { deleteAllowed, hardDelete: hardDelete ?? false }),
    ...(entriesMax !== undefined && { entriesMax }),
    ...(type === 'CACHE' && ttlMs !== undefined && { ttlMs }),
    ...(type === 'FULL' && syncIntervalMs !== undefined && { syncIntervalMs }),
    ...(timeoutMs !== undefined && { timeoutMs }),
  };
}

/** A folder that is not there yet is made when the broker starts. */
function folderFault(folder: string, { sources }: Draft): string | undefined {
  if (folder === '') return 'dir has no value and needs to point to a directory';
  return sources.isUnusableFolder?.(folder) === true ? 'dir needs to point to an accessible directory' : undefined;
}

/** `resolver_tls`. Throws a `Fault`. */
export function readResolverTls(draft: Draft, token: Token, scope: Scope): void {
  const tls = withTlsFiles(readTlsBlock(token, scope.report), token, draft.sources);
  const { certFile, keyFile, caFile, insecure } = tls;
  draft.resolverTls = { certFile, keyFile, caFile, insecure };
}

/** `resolver_preload`: JWTs of accounts by their keys. Throws a `Fault` when it is no map. */
export function readPreload(draft: Draft, token: Token, scope: Scope): void {
  const map = mapOf(token.value);
  if (map === undefined) {
    throw new Fault(token, 'preload should be a map of account_public_key:account_jwt');
  }
  const preload: [string, string][] = [];
  for (const [key, entry] of map) {
    const jwt = scope.open(entry);
    if (typeof jwt !== 'string') scope.report.error(entry, 'preload map value should be a string JWT');
    else if (isAccountJwt(jwt)) preload.push([key, jwt]);
    else scope.report.error(entry, 'invalid account JWT');
  }
  draft.operator.preload = Object.fromEntries(preload);
}

function isAccountJwt(jwt: string): boolean {
  try {
    decodeAccountClaims(jwt);
    return true;
  } catch (error) {
    if (error instanceof JwtError) return false;
    throw error;
  }
}

/** Texts of `trusted` and `resolver_pinned_accounts`: one, or an array. `last` is the token of the one read last. */
function readNames(name: string, token: Token, scope: Scope): { names: string[]; last: Token } | undefined {
  const { value } = token;
  const entries = arrayOf(value);
  if (typeof value === 'string') return { names: [value], last: token };
  if (entries === undefined) {
    scope.report.error(token, `error parsing ${name}: unsupported type ${typeOf(value)}`);
    return undefined;
  }
  const names: string[] = [];
  for (const entry of entries) {
    const text = scope.open(entry);
    if (typeof text === 'string') names.push(text);
    else scope.report.error(entry, `error parsing ${name}: unsupported type in array ${typeOf(text)}`);
  }
  return { names, last: entries.at(-1) ?? token };
}

export function readPinnedAccounts(draft: Draft, token: Token, scope: Scope): void {
  const read = readNames('resolver_pinned_accounts', token, scope);
  if (read !== undefined) draft.operator.pinnedAccounts = read.names;
}

export function readTrustedKeys(draft: Draft, token: Token, scope: Scope): void {
  const read = readNames('trusted', token, scope);
  if (read === undefined) return;
  for (const key of read.names) {
    if (!isPublicKey(key, 'operator')) {
      scope.report.error(read.last, `trust key ${quote(key)} required to be a valid public operator nkey`);
    }
  }
  draft.operator.trustedKeys = read.names;
}
