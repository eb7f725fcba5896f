import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { ConfigError, type ConfigSources, type LoadedConfig } from './config.ts';
import { configDigest } from './digest.ts';
import { Draft } from './draft.ts';
import { fileErrorText, parseFile, parseText } from './grammar/parser.ts';
import { withoutSecrets } from './grammar/secrets.ts';
import type { MapValue } from './grammar/token.ts';
import { readTopLevel } from './keys.ts';
import { Report, Scope } from './report.ts';

/** This machine's files and environment. */
export const systemSources: ConfigSources = {
  readFile: (path) => readFileSync(path, 'utf8'),
  environment: process.env,
  isUnusableFolder: (path) => {
    try {
      if (!statSync(path).isDirectory()) return true;
      accessSync(path, constants.W_OK);
      return false;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code !== 'ENOENT';
    }
  },
};

/**
 * Reads a configuration file. Throws a `ConfigError` with everything that is wrong; what is merely not as it should be is in
 * `warnings`. Whether the options go together is `checkOptions`'s to say, once flags have been laid over them.
 */
export function loadConfig(path: string, sources: ConfigSources = systemSources): LoadedConfig {
  return load(() => parseFile(path, sources), path, sources);
}

export interface ConfigText {
  /** What the text is called in messages, and where files that it includes are looked for; '' is the working directory. */
  readonly file?: string | undefined;
  readonly sources?: ConfigSources | undefined;
}

/** The same for a text, such as one that is being edited. */
export function parseConfigText(text: string, { file = '', sources = systemSources }: ConfigText = {}): LoadedConfig {
  return load(() => parseText(text, file, sources), file, sources);
}

function load(parse: () => MapValue, file: string, sources: ConfigSources): LoadedConfig {
  const map = parsed(parse, file);
  const digest = configDigest(map);
  const report = new Report();
  if (map.size === 0) report.warn(undefined, `${file}: config has no values or is empty`);
  const draft = new Draft(sources);
  readTopLevel(map, draft, new Scope(report));
  report.check();
  const { broker, program } = draft.finish();
  const saysJetStream = draft.jetstream.enabled !== undefined;
  return { broker: { ...broker, configDigest: digest }, program, warnings: report.warnings, digest, saysJetStream };
}

function parsed(parse: () => MapValue, file: string): MapValue {
  try {
    return parse();
  } catch (error) {
    const failure =
      error instanceof ConfigError
        ? error
        : new ConfigError(fileErrorText(error, file), [
            { file, line: 0, column: 0, message: fileErrorText(error, file) },
          ]);
    const problems = failure.problems.map((problem) => {
      const message = withoutSecrets(problem.message);
      return { ...problem, message, text: message };
    });
    throw new ConfigError(withoutSecrets(failure.message), problems);
  }
}
