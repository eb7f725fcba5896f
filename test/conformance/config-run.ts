import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { checkOptions } from '../../broker/config/check.ts';
import { ConfigError, type ConfigSources } from '../../broker/config/config.ts';
import { loadConfig } from '../../broker/config/load.ts';
import { Authority } from '../support/certificates.ts';
import { TestOperator } from '../support/operator-tree.ts';

/** A folder that configurations are read in, with certificates and JWTs that were made for it. */
export class ConfigFolder implements AsyncDisposable {
  readonly path: string;
  /** Variables that the configurations of `configs/` use. */
  readonly environment: Readonly<Record<string, string>>;

  private constructor(path: string, environment: Record<string, string>) {
    this.path = path;
    this.environment = environment;
  }

  /** Undefined when there is no openssl on this machine. */
  static async create(): Promise<ConfigFolder | undefined> {
    const path = await mkdtemp(join(tmpdir(), 'natscope-config-'));
    const authority = await Authority.create(join(path, 'made'), 'Config CA');
    if (authority === undefined) {
      await rm(path, { recursive: true });
      return undefined;
    }
    await mkdir(join(path, 'certs'));
    await cp(authority.ca, join(path, 'certs', 'ca.pem'));
    for (const name of ['server', 'client']) {
      const { cert, key } = await authority.issue({ name, names: 'DNS:localhost,IP:127.0.0.1' });
      await cp(cert, join(path, 'certs', `${name}.pem`));
      await cp(key, join(path, 'certs', `${name}.key`));
    }
    const operator = new TestOperator();
    const account = operator.account('SHIPS');
    const files = {
      'operator.jwt': `-----BEGIN NATS OPERATOR JWT-----\n${operator.jwt()}\n------END NATS OPERATOR JWT------\n`,
      'system.conf': `system_account: ${operator.system.key}\n`,
      'preload.conf': `resolver_preload: {\n  ${operator.system.key}: ${operator.system.jwt()}\n  ${account.key}: ${account.jwt()}\n}\n`,
      'pinned.conf': `resolver_pinned_accounts: [ ${account.key} ]\n`,
    };
    await mkdir(join(path, 'jwt'));
    for (const [name, text] of Object.entries(files)) await writeFile(join(path, 'jwt', name), text);
    return new ConfigFolder(path, {
      OPERATOR_JWT: operator.jwt(),
      NATSCOPE_HOST: '127.0.0.1',
      NATSCOPE_PORT: '4222',
      NATSCOPE_PAYLOAD: '2MB',
      NATSCOPE_DEBUG: 'on',
      NATSCOPE_ZONE: '"zone:north"',
      NATSCOPE_USER: 'crane',
      NATSCOPE_PASSWORD: "'hoist'",
    });
  }

  async write(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(this.path, name)), { recursive: true });
      await writeFile(join(this.path, name), text);
    }
  }

  /** A folder inside of this one for files of one test. */
  async inside(name: string): Promise<ConfigFolder> {
    const path = join(this.path, name);
    await mkdir(path, { recursive: true });
    return new ConfigFolder(path, this.environment);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}

export interface Verdict {
  readonly code: number;
  /** What stands on standard error behind the program's name, in the order of the alphabet. */
  readonly lines: readonly string[];
}

const PROGRAM = 'nats-server: ';

/** Lines in an order that does not change from run to run. */
export function sortedLines(text: string): string[] {
  return text
    .replace(PROGRAM, '')
    .split('\n')
    .filter((line) => line !== '')
    .sort();
}

/** What a program says of its arguments before it ends. */
export function verdictOf(
  command: readonly string[],
  words: readonly string[],
  folder: ConfigFolder,
  environment: Readonly<Record<string, string>> = {},
): Promise<Verdict> {
  const [program = '', ...before] = command;
  const env = { ...process.env, ...folder.environment, ...environment };
  return new Promise((resolve) => {
    execFile(program, [...before, ...words], { cwd: folder.path, env, timeout: 30_000 }, (error, _stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), lines: sortedLines(stderr) });
    });
  });
}

/** The same from the functions that the program calls. With `start`, options that do not go together are said too. */
export function ourVerdict(
  file: string,
  folder: ConfigFolder,
  {
    environment = {},
    start = false,
  }: { environment?: Readonly<Record<string, string>> | undefined; start?: boolean } = {},
): Verdict {
  try {
    const { broker, program, warnings, digest } = loadConfig(file, sourcesOf(folder, environment));
    if (warnings.length > 0) return { code: 1, lines: warnings.map(({ text, message }) => text ?? message).sort() };
    if (start) checkOptions(broker, program);
    return { code: 0, lines: [`configuration file ${file} is valid (${digest})`] };
  } catch (error) {
    if (error instanceof ConfigError) return { code: 1, lines: sortedLines(error.message) };
    throw error;
  }
}

/** Files are relative to the folder, as if it was the working directory. */
export function sourcesOf(folder: ConfigFolder, environment: Readonly<Record<string, string>> = {}): ConfigSources {
  return {
    readFile: (path) => readFileSync(join(folder.path, path), 'utf8'),
    environment: { HOME: process.env['HOME'], ...folder.environment, ...environment },
  };
}
