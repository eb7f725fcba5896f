/**
 * Profiles: what one must look like, what is made of what a person typed, and where its secrets go. A profile comes in
 * three forms: with its secrets (core only), without (on the disk), and with a mark where a secret is (to the window).
 */

import * as v from 'valibot';
import { LOCAL_CONNECTION, SECRET_KEPT } from '../bridge/contract.ts';
import type { Authentication, Profile } from '../bridge/contract.ts';
import { formatServer, parseServer } from './server-url.ts';
import { subjectFault } from './subscriptions.ts';

/** One or more fields cannot stand. `details` has a sentence for each, by the path of the field. */
export class ProfileError extends Error {
  override readonly name = 'ProfileError';
  readonly code = 'invalid-profile';
  readonly details: Record<string, string>;

  constructor(details: Record<string, string>) {
    super(Object.values(details).join(' '));
    this.details = details;
  }
}

const text = v.pipe(v.string(), v.maxLength(65_536));

const authenticationSchema = v.variant('method', [
  v.object({ method: v.literal('none') }),
  v.object({ method: v.literal('user'), user: text, password: text }),
  v.object({ method: v.literal('token'), token: text }),
  v.object({ method: v.literal('nkey'), seedFile: v.exactOptional(text), seed: v.exactOptional(text) }),
  v.object({ method: v.literal('creds'), file: text }),
  v.object({ method: v.literal('jwt'), jwt: text, seed: v.exactOptional(text) }),
]);

const colours = ['cyan', 'blue', 'green', 'amber', 'red', 'violet', 'grey'] as const;

const profileSchema: v.GenericSchema<unknown, Profile> = v.object({
  id: v.pipe(v.string(), v.regex(/^[\w.-]{1,100}$/, 'An id has letters, digits, "-", "_" and "." only.')),
  name: v.pipe(v.string(), v.maxLength(200)),
  colour: v.picklist(colours),
  servers: v.array(text),
  readOnly: v.boolean(),
  authentication: authenticationSchema,
  tls: v.object({
    caFile: v.exactOptional(text),
    certFile: v.exactOptional(text),
    keyFile: v.exactOptional(text),
    serverName: v.exactOptional(text),
    first: v.exactOptional(v.boolean()),
    skipNameCheck: v.exactOptional(v.boolean()),
  }),
  inboxPrefix: v.exactOptional(text),
  jetstreamDomain: v.exactOptional(text),
  subscribe: v.array(text),
  exclude: v.array(text),
});

/** The local broker: watched from the start, without asking. */
export function localProfile(): Profile {
  return {
    id: LOCAL_CONNECTION,
    name: 'local',
    colour: 'cyan',
    servers: ['nats://127.0.0.1:4222'],
    readOnly: false,
    authentication: { method: 'none' },
    tls: {},
    subscribe: ['>'],
    exclude: [],
  };
}

/**
 * What a person typed as it is kept: addresses in their normal form, credentials of an address moved to where they
 * belong, empty fields gone. Throws `ProfileError`.
 */
export function checkProfile(input: unknown): Profile {
  const outcome = v.safeParse(profileSchema, input);
  const faults: Record<string, string> = {};
  if (!outcome.success) {
    for (const issue of outcome.issues) faults[v.getDotPath(issue) ?? 'profile'] ??= issue.message;
    throw new ProfileError(faults);
  }
  const given = outcome.output;
  const profile: Profile = {
    ...given,
    name: given.name.trim(),
    servers: given.servers.map((server) => server.trim()).filter((server) => server !== ''),
    tls: withoutEmpty(given.tls),
    subscribe: unique(given.subscribe),
    exclude: unique(given.exclude),
  };
  setOrDrop(profile, 'inboxPrefix', given.inboxPrefix?.trim().replace(/\.$/, ''));
  setOrDrop(profile, 'jetstreamDomain', given.jetstreamDomain?.trim());
  readServers(profile, faults);
  checkAuthentication(profile.authentication, faults);
  checkTls(profile, faults);
  checkSubjects(profile, faults);
  if (Object.keys(faults).length > 0) throw new ProfileError(faults);
  return profile;
}

function readServers(profile: Profile, faults: Record<string, string>): void {
  if (profile.servers.length === 0) faults['servers'] = 'Give the address of a server, such as nats://127.0.0.1:4222.';
  profile.servers = profile.servers.map((server, index) => {
    try {
      const address = parseServer(server);
      const { credentials } = address;
      if (credentials !== undefined) {
        const moved: Authentication =
          'token' in credentials ? { method: 'token', ...credentials } : { method: 'user', ...credentials };
        if (profile.authentication.method === 'none') profile.authentication = moved;
        else if (JSON.stringify(profile.authentication) !== JSON.stringify(moved)) {
          faults[`servers.${index}`] =
            'The address has other credentials than the profile. Take what stands before "@" away.';
        }
      }
      if (profile.name === '') profile.name = address.host.slice(0, 200);
      return formatServer(address);
    } catch (error) {
      faults[`servers.${index}`] = (error as Error).message;
      return server;
    }
  });
  profile.servers = unique(profile.servers);
}

function checkAuthentication(authentication: Authentication, faults: Record<string, string>): void {
  switch (authentication.method) {
    case 'none':
      return;
    case 'user':
      if (authentication.user === '') faults['authentication.user'] = 'Give the name of the user.';
      return;
    case 'token':
      if (authentication.token === '') faults['authentication.token'] = 'Give the token.';
      return;
    case 'nkey':
      if (!authentication.seed && !authentication.seedFile) {
        faults['authentication.seed'] = 'Give the seed, or the file that holds it.';
      }
      return;
    case 'creds':
      if (authentication.file === '') faults['authentication.file'] = 'Choose the creds file.';
      return;
    case 'jwt':
      if (authentication.jwt === '') faults['authentication.jwt'] = 'Give the JWT of the user.';
      return;
  }
}

function checkTls({ tls }: Profile, faults: Record<string, string>): void {
  if (tls.certFile !== undefined && tls.keyFile === undefined) {
    faults['tls.keyFile'] = 'A certificate needs its key. Choose the key file.';
  }
  if (tls.keyFile !== undefined && tls.certFile === undefined) {
    faults['tls.certFile'] = 'A key needs its certificate. Choose the certificate file.';
  }
  if (tls.serverName !== undefined && /[\s/:]/.test(tls.serverName)) {
    faults['tls.serverName'] = 'A server name is a host name without scheme and port.';
  }
}

function checkSubjects(profile: Profile, faults: Record<string, string>): void {
  for (const field of ['subscribe', 'exclude'] as const) {
    for (const [index, subject] of profile[field].entries()) {
      const fault = subjectFault(subject);
      if (fault !== undefined) faults[`${field}.${index}`] = fault;
    }
  }
  const { inboxPrefix, jetstreamDomain } = profile;
  if (inboxPrefix !== undefined) {
    const fault = subjectFault(inboxPrefix) ?? (/[*>]/.test(inboxPrefix) ? 'It has no wildcards.' : undefined);
    if (fault !== undefined) faults['inboxPrefix'] = `The inbox prefix cannot be used. ${fault}`;
  }
  if (jetstreamDomain !== undefined && /[\s.*>]/.test(jetstreamDomain)) {
    faults['jetstreamDomain'] = 'A domain is one word without dots and wildcards.';
  }
}

// ── Secrets ─────────────────────────────────────────────────────────────────────────────────────────────────────────

type SecretField = 'password' | 'token' | 'seed' | 'jwt';
const secretFields: readonly SecretField[] = ['password', 'token', 'seed', 'jwt'];

/** Name of a secret in the store. */
export function secretId(profile: { id: string }, field: SecretField): string {
  return `${profile.id}/${field}`;
}

/** Names of all secrets that a profile may have, for removing it. */
export function secretIds(profile: { id: string }): string[] {
  return secretFields.map((field) => secretId(profile, field));
}

/** The secrets that are in the profile, by name. What is only marked as kept is not among them. */
export function secretsOf(profile: Profile): Map<string, string> {
  const found = new Map<string, string>();
  for (const field of fieldsOf(profile.authentication)) {
    const value = secretAt(profile.authentication, field);
    if (value !== '' && value !== SECRET_KEPT) found.set(secretId(profile, field), value);
  }
  return found;
}

/** For the disk: every secret replaced by nothing. */
export function withoutSecrets(profile: Profile): Profile {
  return mapSecrets(profile, () => '');
}

/** For the window: a mark where a secret is stored. */
export function withMarks(profile: Profile, stored: (id: string) => boolean): Profile {
  return mapSecrets(profile, (id) => (stored(id) ? SECRET_KEPT : ''));
}

/** What a window sent, for connecting: where it has a mark, what is stored; what it left empty stays so. */
export function withoutMarks(profile: Profile, look: (id: string) => string | undefined): Profile {
  return mapSecrets(profile, (id, value) => (value === SECRET_KEPT ? (look(id) ?? '') : value));
}

/** What the disk has, for connecting: every secret is looked up that is not there. */
export function withSecrets(profile: Profile, look: (id: string) => string | undefined): Profile {
  return mapSecrets(profile, (id, value) => (value === '' || value === SECRET_KEPT ? (look(id) ?? '') : value));
}

function mapSecrets(profile: Profile, map: (id: string, value: string) => string): Profile {
  const authentication: Record<string, string> = { ...profile.authentication };
  for (const field of fieldsOf(profile.authentication)) {
    const value = map(secretId(profile, field), secretAt(profile.authentication, field));
    // A seed is optional: without one the field stays away, as it came.
    if (value === '' && field === 'seed') delete authentication[field];
    else authentication[field] = value;
  }
  return { ...profile, authentication: authentication as unknown as Authentication };
}

function fieldsOf(authentication: Authentication): readonly SecretField[] {
  switch (authentication.method) {
    case 'user':
      return ['password'];
    case 'token':
      return ['token'];
    case 'nkey':
      return ['seed'];
    case 'jwt':
      return ['jwt', 'seed'];
    default:
      return [];
  }
}

function secretAt(authentication: Authentication, field: SecretField): string {
  return (authentication as Partial<Record<SecretField, string>>)[field] ?? '';
}

// ── Small things ────────────────────────────────────────────────────────────────────────────────────────────────────

function unique(texts: string[]): string[] {
  return [...new Set(texts.map((part) => part.trim()).filter((part) => part !== ''))];
}

function withoutEmpty<T extends object>(fields: T): T {
  return Object.fromEntries(
    Object.entries(fields)
      .map(([name, value]: [string, unknown]) => [name, typeof value === 'string' ? value.trim() : value])
      .filter(([, value]) => value !== '' && value !== false && value !== undefined),
  ) as T;
}

function setOrDrop(profile: Profile, field: 'inboxPrefix' | 'jetstreamDomain', value: string | undefined): void {
  if (value === undefined || value === '') delete profile[field];
  else profile[field] = value;
}
