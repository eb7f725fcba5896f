/** The file of profiles. Secrets are not in it; what a profile must look like is decided where profiles are used. */

import * as v from 'valibot';
import type { Migration } from './document.ts';

export interface ProfilesFile {
  profiles: unknown[];
  /** Names of nats CLI contexts that were imported, and the profiles made of them. */
  imported: Record<string, string>;
}

export const profilesSchema: v.GenericSchema<unknown, ProfilesFile> = v.object({
  profiles: v.array(v.unknown()),
  imported: v.fallback(v.record(v.string(), v.string()), {}),
});

export const profilesMigrations: readonly Migration[] = [];

export function noProfiles(): ProfilesFile {
  return { profiles: [], imported: {} };
}
