import type { ConfigProblem } from '../config/config.ts';
import { hasTlsFlags, mergeFlags, type FlagValues, type Settings } from './settings.ts';

/** What a server is started with. The flags stay with it, because a reload lays them over the new configuration. */
export interface ServerSetup {
  settings: Settings;
  flags: FlagValues;
  configFile: string | undefined;
}

/**
 * Whether flags and configuration go together, and the files that flags name can be read; those of the configuration have
 * been read by then. Rejects with nats-server's words. What has not been asked for is not loaded for it.
 */
export async function checkSettings({ settings, flags, configFile }: ServerSetup): Promise<void> {
  const { broker, program } = settings;
  if (configFile !== undefined || broker.kept !== undefined) {
    (await import('../config/check.ts')).checkOptions(broker, program);
  }
  if (broker.tls !== undefined && hasTlsFlags(flags)) {
    (await import('../transport/tls-terms.ts')).loadTls(broker.tls);
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
