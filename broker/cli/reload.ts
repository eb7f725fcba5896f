import type { ProgramOptions } from '../config/config.ts';
import type { Broker } from '../options.ts';
import { writePidFile } from './files.ts';
import type { Log } from './log.ts';
import { openLogSink } from './log-sink.ts';
import type { ServerSetup } from './server.ts';
import { mergeFlags, type FlagValues, type Settings } from './settings.ts';
import { systemErrorText } from './system-error.ts';

export interface ReloaderParts extends ServerSetup {
  program: string;
  broker: Broker;
  log: Log;
  /** Writes the ports file anew; undefined: takes it away. */
  publishPorts(folder: string | undefined): Promise<void>;
}

/** Reads the configuration again, lays the same flags over it, and changes what can be changed while the server runs. */
export class Reloader {
  /** What the server goes by now. */
  settings: Settings;
  readonly #parts: ReloaderParts;
  readonly #flags: FlagValues;
  #last: Promise<void> = Promise.resolve();

  constructor(parts: ReloaderParts) {
    this.#parts = parts;
    this.#flags = parts.flags;
    this.settings = parts.settings;
  }

  /** One after the other. Rejects with what is wrong; nothing has changed then. */
  reload(): Promise<void> {
    const next = this.#last.then(() => this.#reload());
    this.#last = next.catch(() => {});
    return next;
  }

  async #reload(): Promise<void> {
    const { configFile, broker, log, program, publishPorts } = this.#parts;
    if (configFile === undefined) {
      throw new Error('can only reload config when a file is provided using -c or --config');
    }
    void [mergeFlags, openLogSink, writePidFile, systemErrorText, broker, log, program, publishPorts, this.#flags];
  }
}
