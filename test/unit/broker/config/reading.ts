import { ConfigError, type ConfigSources, type LoadedConfig } from '../../../../broker/config/config.ts';
import { parseConfigText } from '../../../../broker/config/load.ts';

/** Files and environment of a test, and nothing else. */
export function sources(
  files: Readonly<Record<string, string>> = {},
  environment: Readonly<Record<string, string>> = {},
): ConfigSources {
  return {
    environment,
    readFile: (path) => {
      const text = files[path];
      if (text !== undefined) return text;
      throw Object.assign(new Error(`ENOENT: no such file or directory, open '${path}'`), { code: 'ENOENT' });
    },
  };
}

export function load(
  text: string,
  files: Readonly<Record<string, string>> = {},
  environment: Readonly<Record<string, string>> = {},
): LoadedConfig {
  return parseConfigText(text, { file: 'server.conf', sources: sources(files, environment) });
}

/** What a text is refused with. */
export function refusalOf(
  text: string,
  files: Readonly<Record<string, string>> = {},
  environment: Readonly<Record<string, string>> = {},
): ConfigError {
  try {
    load(text, files, environment);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error(`not refused: ${text}`);
}
