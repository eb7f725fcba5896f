/**
 * Contexts of the `nats` CLI: one JSON file each in `nats/context` of the config folder, the chosen one named in
 * `nats/context.txt`. They are read, never written; what Natscope has no place for is told as a loss.
 */

import { readdir, readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Authentication, CliContext, Colour, Profile, TlsOptions } from '../bridge/contract.ts';
import { contextBytesMax, contextsMax } from './limits.ts';
import { ProfileError } from './profiles.ts';
import { parseServer, serverForDisplay } from './server-url.ts';

export interface ContextPlaces {
  /** This user's home folder unless given. */
  home?: string;
  /** `XDG_CONFIG_HOME`; `.config` in the home folder when it is not set. */
  configHome?: string | undefined;
}

/** A context with all it says, secrets included: for the core only. */
export interface ReadContext extends CliContext {
  /** Undefined when the file cannot be read as a context. */
  fields: ContextFields | undefined;
}

type ContextFields = Partial<Record<FieldName, string>> & { tls_first?: boolean };

type FieldName =
  | 'description'
  | 'url'
  | 'user'
  | 'password'
  | 'token'
  | 'creds'
  | 'nkey'
  | 'user_jwt'
  | 'user_seed'
  | 'cert'
  | 'key'
  | 'ca'
  | 'jetstream_domain'
  | 'inbox_prefix'
  | 'color_scheme';

const fieldNames: readonly FieldName[] = [
  'description',
  'url',
  'user',
  'password',
  'token',
  'creds',
  'nkey',
  'user_jwt',
  'user_seed',
  'cert',
  'key',
  'ca',
  'jetstream_domain',
  'inbox_prefix',
  'color_scheme',
];

/** Fields that change how the CLI connects or works, and have no place in a profile. */
const lostFields: Record<string, string> = {
  nsc: 'nsc account lookup: choose its creds file instead',
  socks_proxy: 'SOCKS proxy',
  jetstream_api_prefix: 'JetStream API prefix',
  jetstream_event_prefix: 'JetStream event prefix',
  windows_cert_store: 'Windows certificate store',
  windows_cert_match: 'Windows certificate match',
  windows_cert_match_by: 'Windows certificate match',
  windows_ca_certs_match: 'Windows CA match',
};

/** What a context without an address means to the CLI. */
const defaultServer = 'nats://127.0.0.1:4222';

const colours: Record<string, Colour> = {
  cyan: 'cyan',
  blue: 'blue',
  green: 'green',
  yellow: 'amber',
  red: 'red',
  magenta: 'violet',
};

/** All contexts by name. A folder that is not there holds none; a file that is wrong is told in its `losses`. */
export async function readContexts(places: ContextPlaces = {}): Promise<ReadContext[]> {
  const { home = homedir() } = places;
  const configHome = 'configHome' in places ? places.configHome : process.env['XDG_CONFIG_HOME'];
  const folder = join(configHome || join(home, '.config'), 'nats');
  const selected = (await readFile(join(folder, 'context.txt'), 'utf8').catch(() => '')).trim();
  const names = await readdir(join(folder, 'context')).catch(() => []);
  const files = names.filter((name) => name.endsWith('.json')).sort();
  return Promise.all(
    files.slice(0, contextsMax).map((file) => {
      const name = file.slice(0, -'.json'.length);
      return readContext(join(folder, 'context', file), name, name === selected);
    }),
  );
}

async function readContext(file: string, name: string, selected: boolean): Promise<ReadContext> {
  const unusable = (why: string): ReadContext => ({
    name,
    servers: [],
    file,
    selected,
    losses: [`everything: ${why}`],
    fields: undefined,
  });
  let value: unknown;
  try {
    const { size } = await stat(file);
    if (size > contextBytesMax) return unusable(`the file has ${size} bytes`);
    value = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return unusable(code === undefined ? 'the file is no JSON' : `the file cannot be read (${code})`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return unusable('the file is no context');

  const source = value as Record<string, unknown>;
  const fields: ContextFields = {};
  const losses: string[] = [];
  for (const field of fieldNames) {
    const content = source[field];
    if (typeof content === 'string' && content !== '') fields[field] = content;
    else if (content !== undefined && content !== null && content !== '') losses.push(`${field}: not a text`);
  }
  if (source['tls_first'] === true) fields.tls_first = true;
  for (const [field, words] of Object.entries(lostFields)) {
    if (source[field] !== undefined && source[field] !== '' && !losses.includes(words)) losses.push(words);
  }
  losses.push(...authenticationLosses(fields));
  const servers = serversOf(fields);
  return {
    name,
    servers: servers.map(serverForDisplay),
    file,
    selected,
    losses,
    fields,
    ...(fields.description === undefined ? {} : { description: fields.description }),
  };
}

function serversOf(fields: ContextFields): string[] {
  const servers = (fields.url ?? defaultServer)
    .split(',')
    .map((server) => server.trim())
    .filter((server) => server !== '');
  return servers.length === 0 ? [defaultServer] : servers;
}

/** The CLI's order when a context has several. */
function authenticationOf(fields: ContextFields): Authentication {
  const { user, password = '', token, creds, nkey, user_jwt: jwt, user_seed: seed } = fields;
  if (creds !== undefined) return { method: 'creds', file: creds };
  if (nkey !== undefined) return { method: 'nkey', seedFile: nkey };
  if (jwt !== undefined) return { method: 'jwt', jwt, ...(seed === undefined ? {} : { seed }) };
  if (user !== undefined) return { method: 'user', user, password };
  if (token !== undefined) return { method: 'token', token };
  return { method: 'none' };
}

function authenticationLosses(fields: ContextFields): string[] {
  const losses: string[] = [];
  const kinds = (['creds', 'nkey', 'user_jwt', 'user', 'token'] as const).filter((kind) => fields[kind] !== undefined);
  const [used, ...others] = kinds;
  if (used !== undefined && others.length > 0) losses.push(`${others.join(', ')}: ${used} is used`);
  for (const field of ['creds', 'nkey', 'password', 'token'] as const) {
    if (fields[field]?.startsWith('op://') === true) losses.push(`${field}: 1Password is not asked`);
  }
  return losses;
}

/**
 * A profile with what the context says; the id, and what a context has no word for, is taken from `before`. Throws
 * `ProfileError` when the context cannot be used.
 */
export function contextProfile(context: ReadContext, before?: Profile): Profile {
  const { fields, name } = context;
  if (fields === undefined) throw new ProfileError({ file: `${context.file}: ${context.losses.join(', ')}.` });
  const tls: TlsOptions = {
    ...(before?.tls.serverName === undefined ? {} : { serverName: before.tls.serverName }),
    ...(before?.tls.skipNameCheck === true ? { skipNameCheck: true } : {}),
    ...(fields.ca === undefined ? {} : { caFile: fields.ca }),
    ...(fields.cert === undefined ? {} : { certFile: fields.cert }),
    ...(fields.key === undefined ? {} : { keyFile: fields.key }),
    ...(fields.tls_first === true ? { first: true } : {}),
  };
  const authentication = authenticationOf(fields);
  return {
    id: before?.id ?? '',
    name: before?.name ?? name,
    colour: before?.colour ?? colours[fields.color_scheme ?? ''] ?? 'grey',
    // What the profile says of authentication counts; what an address says beside it would contradict it.
    servers: serversOf(fields).map((server) =>
      authentication.method === 'none' ? server : withoutCredentials(server),
    ),
    readOnly: before?.readOnly ?? false,
    authentication,
    tls,
    ...(fields.inbox_prefix === undefined ? {} : { inboxPrefix: fields.inbox_prefix }),
    ...(fields.jetstream_domain === undefined ? {} : { jetstreamDomain: fields.jetstream_domain }),
    subscribe: before?.subscribe ?? [],
    exclude: before?.exclude ?? [],
  };
}

function withoutCredentials(server: string): string {
  try {
    return parseServer(server).credentials === undefined ? server : serverForDisplay(server);
  } catch {
    return server;
  }
}
