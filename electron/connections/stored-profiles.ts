/** What the connections' host does with profiles beside checking them: from the disk, and what a change means. */

import type { Profile } from '../bridge/contract.ts';
import { checkProfile, secretId, withoutSecrets } from './profiles.ts';

/** A profile of the file. Throws `ProfileError` when it cannot be used. */
export function readStoredProfile(stored: unknown): Profile {
  // Secrets are empty on the disk; what the rules for input say of them does not count here.
  return withoutSecrets(checkProfile(withPlaceholders(stored)));
}

/** Names of the secrets that the profile's way of authentication uses, whether they come with it or are kept. */
export function secretIdsInUse(profile: Profile): string[] {
  const fields = ['password', 'token', 'seed', 'jwt'] as const;
  const { authentication } = profile;
  return fields
    .filter((field) => ((authentication as Partial<Record<typeof field, string>>)[field] ?? '') !== '')
    .map((field) => secretId(profile, field));
}

/** What a change of makes another connection necessary. */
export function connectingParts({ servers, authentication, tls, inboxPrefix }: Profile): string {
  return JSON.stringify([servers, authentication, tls, inboxPrefix ?? '']);
}

/** A stored profile lacks its secrets by design; fields that must not be empty in input get something. */
function withPlaceholders(stored: unknown): unknown {
  const profile = stored as { authentication?: { method?: string; token?: string; jwt?: string; seedFile?: string } };
  const { authentication } = profile;
  if (typeof authentication !== 'object' || authentication === null) return stored;
  if (authentication.method === 'token') return { ...profile, authentication: { ...authentication, token: '-' } };
  if (authentication.method === 'jwt') return { ...profile, authentication: { ...authentication, jwt: '-' } };
  if (authentication.method === 'nkey' && !authentication.seedFile) {
    return { ...profile, authentication: { ...authentication, seed: '-' } };
  }
  return stored;
}
