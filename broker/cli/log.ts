import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';
import type { LogLevel } from '../index.ts';

/** Log lines that may wait for whoever reads standard error; beyond that they are dropped and counted. */
const WAITING_BYTES_MAX = 1024 * 1024;

/** How long a last line may take to leave a process that ends. */
const FLUSH_MS_MAX = 500;

const LABELS: Record<LogLevel, string> = {
  info: 'INF',
  debug: 'DBG',
  warn: 'WRN',
  error: 'ERR',
  fatal: 'FTL',
  trace: 'TRC',
};
const COLOURS: Record<LogLevel, number> = { info: 32, debug: 36, warn: 93, error: 31, fatal: 31, trace: 33 };

export interface LogFormat {
  /** Begin each line with date and time. */
  time: boolean;
  utc: boolean;
}

/** Where lines go. */
export interface LogOutput {
  readonly coloured: boolean;
  write(line: string): void;
  /** Starts the file anew; false when there is no file. */
  reopen(): boolean;
  /** Resolves when the lines are out, or will not be. */
  flush(): Promise<void>;
}

/** Lines as nats-server writes them: `[pid] 2026/08/21 14:50:11.123456 [INF] text`. */
export class Log {
  readonly #output: LogOutput;
  readonly #format: LogFormat;
  readonly #clock: () => number;
  readonly #labels: Record<LogLevel, string>;
  #second = -1;
  #secondText = '';

  /** `clock` gives milliseconds since the Unix epoch with fractions. */
  constructor(
    output: LogOutput,
    format: LogFormat,
    clock: () => number = () => performance.timeOrigin + performance.now(),
  ) {
    this.#output = output;
    this.#format = format;
    this.#clock = clock;
    this.#labels = Object.fromEntries(
      Object.entries(LABELS).map(([level, label]) => [
        level,
        output.coloured ? `[\u001B[${COLOURS[level as LogLevel]}m${label}\u001B[0m]` : `[${label}]`,
      ]),
    ) as Record<LogLevel, string>;
  }

  write = (level: LogLevel, text: string): void => {
    const time = this.#format.time ? `${this.#time()} ` : '';
    this.#output.write(`[${process.pid}] ${time}${this.#labels[level]} ${text}\n`);
  };

  #time(): string {
    const now = this.#clock();
    const second = Math.floor(now / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#secondText = timestamp(second * 1000, this.#format.utc);
    }
    const micros = Math.floor((now - second * 1000) * 1000);
    return `${this.#secondText}.${String(micros).padStart(6, '0')}`;
  }
}

/** Date and time of log lines, `2026/08/21 14:50:11`. */
export function timestamp(epochMs: number, utc: boolean): string {
  const date = new Date(epochMs);
  // A date shifted by the zone's offset shows local time through its UTC fields.
  const shown = utc ? date : new Date(epochMs - date.getTimezoneOffset() * 60_000);
  return shown.toISOString().slice(0, 19).replaceAll('-', '/').replace('T', ' ');
}

/** Standard error. A pipe that nobody drains must neither block the server nor fill its memory. */
export class StandardError implements LogOutput {
  readonly coloured = process.stderr.isTTY;
  #dropped = 0;

  constructor() {
    // A closed pipe is no reason to end.
    process.stderr.on('error', () => {});
  }

  write(line: string): void {
    if (process.stderr.writableLength > WAITING_BYTES_MAX) {
      this.#dropped++;
      return;
    }
    if (this.#dropped > 0) {
      const dropped = this.#dropped;
      this.#dropped = 0;
      process.stderr.write(`[${process.pid}] ${dropped} log lines were dropped because nobody read them\n`);
    }
    process.stderr.write(line);
  }

  reopen(): boolean {
    return false;
  }

  async flush(): Promise<void> {
    if (process.stderr.writableLength === 0) return;
    await new Promise<void>((resolve) => {
      setTimeout(resolve, FLUSH_MS_MAX);
      process.stderr.once('drain', resolve);
    });
  }
}

/** A log file. Beyond `bytesMax` it is renamed after the time and a new one is started; 0 means no limit. */
export class LogFile implements LogOutput {
  readonly coloured = false;
  readonly #path: string;
  readonly #bytesMax: number;
  #descriptor: number;
  #bytes: number;

  /** Throws what opening the file throws. */
  constructor(path: string, bytesMax: number) {
    this.#path = path;
    this.#bytesMax = bytesMax;
    this.#descriptor = openSync(path, 'a', 0o640);
    this.#bytes = fstatSync(this.#descriptor).size;
  }

  write(line: string): void {
    try {
      this.#bytes += writeSync(this.#descriptor, line);
      if (this.#bytesMax > 0 && this.#bytes > this.#bytesMax) this.#rotate();
    } catch (error) {
      // A full disk must not end the server; the line is said where it can be.
      process.stderr.write(`log file ${this.#path}: ${(error as Error).message}\n${line}`);
    }
  }

  reopen(): boolean {
    const descriptor = openSync(this.#path, 'a', 0o640);
    closeSync(this.#descriptor);
    this.#descriptor = descriptor;
    this.#bytes = fstatSync(descriptor).size;
    return true;
  }

  async flush(): Promise<void> {}

  #rotate(): void {
    const now = performance.timeOrigin + performance.now();
    const nanos = String(Math.floor((now % 1000) * 1_000_000)).padStart(9, '0');
    renameSync(this.#path, `${this.#path}.${timestamp(now, false).replaceAll(/[/: ]/g, '.')}.${nanos}`);
    this.reopen();
  }
}
