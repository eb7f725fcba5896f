import type { ConfigProblem } from '../config/config.ts';
import { mergeFlags, type FlagValues, type Settings } from './settings.ts';

/** What a server is started with. The flags stay with it, because a reload lays them over the new configuration. */
export interface ServerSetup {
  settings: Settings;
  flags: FlagValues;
  configFile: string | undefined;
}

/**
 * Whether flags and configuration go together. Rejects with nats-server's words. Flags alone are checked by the broker; what
 * knows configurations is not loaded for them.
 */
export async function checkSettings({ settings, configFile }: ServerSetup): Promise<void> {
  const { broker, program } = settings;
  if (configFile !== undefined || broker.kept !== undefined) {
    (await import('../config/check.ts')).checkOptions(broker, program);
  }
}

/** Reads the configuration again and lays the same flags over it. Rejects with everything that is wrong. */
export async function setupAgain({
  flags,
  configFile,
}: ServerSetup): Promise<{ setup: ServerSetup; warnings: readonly ConfigProblem[] }> {
  if (configFile === undefined) {
    throw new Error('can only reload config when a file is provided using -c or --config');
  }
  const { loadConfig } = await import('../config/load.ts');
  const loaded = loadConfig(configFile);
  const setup = { settings: mergeFlags(loaded, flags), flags, configFile };
  await checkSettings(setup);
  return { setup, warnings: loaded.warnings };
}
