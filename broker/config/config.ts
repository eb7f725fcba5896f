import type { BrokerOptions } from '../options.ts';

/** One thing that is wrong with a configuration, or not as it should be. */
export interface ConfigProblem {
  /** Path as it was given or included; '' for text that is in no file. */
  readonly file: string;
  /** From 1; 0 where no place can be told. */
  readonly line: number;
  /** From 1; 0 where no place can be told. */
  readonly column: number;
  /** nats-server's words where it has some. */
  readonly message: string;
  /**
   * The line that nats-server prints for it, where that is not the place and the message: it counts columns from 0 in the
   * first line and in bytes, and sometimes does not say the place.
   */
  readonly text?: string | undefined;
}

/** Settings of the program around the broker, which a configuration may hold too. */
export interface ProgramOptions {
  readonly logFile?: string | undefined;
  readonly logFileBytesMax?: number | undefined;
  readonly logFilesMax?: number | undefined;
  readonly logTime?: boolean | undefined;
  readonly logUtc?: boolean | undefined;
  readonly syslog?: boolean | undefined;
  readonly remoteSyslog?: string | undefined;
  readonly pidFile?: string | undefined;
  readonly portsFolder?: string | undefined;
  readonly profilePort?: number | undefined;
  /** Kept: there is nothing here that it could mean. */
  readonly profileBlockRate?: number | undefined;
}

export interface LoadedConfig {
  readonly broker: BrokerOptions;
  readonly program: ProgramOptions;
  readonly warnings: readonly ConfigProblem[];
  /** `sha256:` and the hash, as nats-server computes it. */
  readonly digest: string;
  /** It says whether there is JetStream, be it yes or no. */
  readonly saysJetStream: boolean;
}

/** Everything that is wrong, warnings too. `message` is what nats-server prints behind its own name. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];
  readonly warnings: readonly ConfigProblem[];

  constructor(message: string, problems: readonly ConfigProblem[], warnings: readonly ConfigProblem[] = []) {
    super(message);
    this.problems = problems;
    this.warnings = warnings;
  }
}

/** Where the text of files and the values of the environment come from. */
export interface ConfigSources {
  /** Throws what `fs` throws. Asked for nothing but what is named: included files, certificates, keys, operators. */
  readonly readFile: (path: string) => string;
  /** Whether something is there that is no folder to write into; absent: nobody looks. */
  readonly isUnusableFolder?: ((path: string) => boolean) | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
}
