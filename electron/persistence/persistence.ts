/** Everything that is kept between starts, in one folder: settings, profiles, secrets. */

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Settings } from '../bridge/contract.ts';
import { openDocument } from './document.ts';
import type { Document } from './document.ts';
import type { PersistenceLog } from './log.ts';
import { noProfiles, profilesMigrations, profilesSchema } from './profiles-file.ts';
import type { ProfilesFile } from './profiles-file.ts';
import { openSecrets } from './secrets.ts';
import type { Secrets, SystemVault } from './secrets.ts';
import { defaultSettings, settingsMigrations, settingsSchema } from './settings.ts';

export interface Persistence {
  readonly folder: string;
  readonly settings: Document<Settings>;
  readonly profiles: Document<ProfilesFile>;
  readonly secrets: Secrets;
}

export interface PersistenceOptions {
  /** Made when it is missing, for the owner only. */
  folder: string;
  vault?: SystemVault;
  log: PersistenceLog;
}

/** Rejects with the system's error when the folder cannot be made or used. */
export async function openPersistence({ folder, vault, log }: PersistenceOptions): Promise<Persistence> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return {
    folder,
    settings: await openDocument({
      path: join(folder, 'settings.json'),
      schema: settingsSchema,
      migrations: settingsMigrations,
      initial: defaultSettings,
      log,
    }),
    profiles: await openDocument({
      path: join(folder, 'profiles.json'),
      schema: profilesSchema,
      migrations: profilesMigrations,
      initial: noProfiles,
      log,
    }),
    secrets: await openSecrets({ folder, log, ...(vault === undefined ? {} : { vault }) }),
  };
}
