import type { ConfigProblem, LoadedConfig } from '../config/config.ts';

/** Reads a configuration file. Throws an error whose message is what nats-server prints behind its name. */
export async function readConfiguration(file: string): Promise<LoadedConfig> {
  throw new Error(`${file}: configuration files are not supported yet`);
}

/** Warnings as nats-server prints them, each on a line of its own. */
export function warningText(warnings: readonly ConfigProblem[]): string {
  return warnings.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}\n`).join('');
}
