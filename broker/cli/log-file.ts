import { closeSync, fstatSync, openSync, readdirSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { LogLevel } from '../base/log.ts';
import { timestamp, type LineFormat, type LogSink } from './log.ts';
import { systemErrorText } from './system-error.ts';

/** How much of the log is kept. */
export interface LogFileLimits {
  /** Beyond this size the file is set aside and a new one is begun; 0: no limit. */
  bytesMax: number;
  /** Files in all, the one that is written to among them; 0: any number. */
  filesMax: number;
}

const MODE = 0o640;

/** A log file, and those that were set aside: `<path>.2026.08.21.14.50.11.123456789`. */
export class LogFile implements LogSink {
  readonly #path: string;
  readonly #format: LineFormat;
  readonly #limits: LogFileLimits;
  #descriptor: number;
  #bytes: number;
  /** Grows when the file cannot be set aside, so that not every line tries again. */
  #bytesMax: number;

  /** Throws what opening the file throws. */
  constructor(path: string, format: LineFormat, limits: LogFileLimits) {
    this.#path = path;
    this.#format = format;
    this.#limits = limits;
    this.#bytesMax = limits.bytesMax;
    this.#descriptor = openSync(path, 'a', MODE);
    this.#bytes = fstatSync(this.#descriptor).size;
    if (this.#tooBig) this.write('info', 'Rotating logfile...');
  }

  get #tooBig(): boolean {
    return this.#bytesMax > 0 && this.#bytes > this.#bytesMax;
  }

  write(level: LogLevel, text: string): void {
    this.#append(level, text);
    if (this.#tooBig) this.#rotate();
  }

  reopen(): boolean {
    const descriptor = openSync(this.#path, 'a', MODE);
    closeSync(this.#descriptor);
    this.#descriptor = descriptor;
    this.#bytes = fstatSync(descriptor).size;
    return true;
  }

  async flush(): Promise<void> {}

  close(): void {
    closeSync(this.#descriptor);
  }

  #append(level: LogLevel, text: string): void {
    const line = this.#format.line(level, text);
    try {
      this.#bytes += writeSync(this.#descriptor, line);
    } catch (error) {
      // A full disk must not end the server; the line is said where it can be.
      process.stderr.write(`log file ${this.#path}: ${systemErrorText(error)}\n${line}`);
    }
  }

  #rotate(): void {
    const now = performance.timeOrigin + performance.now();
    const nanos = String(Math.floor((now % 1000) * 1_000_000)).padStart(9, '0');
    const aside = `${this.#path}.${timestamp(now, false).replaceAll(/[/: ]/g, '.')}.${nanos}`;
    try {
      renameSync(this.#path, aside);
      this.reopen();
    } catch (error) {
      this.#bytesMax *= 2;
      this.#append(
        'error',
        `Unable to set the log file aside (${systemErrorText(error)}), next try at ${this.#bytesMax} bytes`,
      );
      return;
    }
    this.#bytesMax = this.#limits.bytesMax;
    this.#append('info', `Rotated log, backup saved as ${JSON.stringify(aside)}`);
    if (this.#limits.filesMax > 0) this.#purge();
  }

  /** Removes the oldest of those that were set aside; their names are in the order of time. */
  #purge(): void {
    const folder = dirname(this.#path);
    const prefix = `${basename(this.#path)}.`;
    try {
      const aside = readdirSync(folder)
        .filter((name) => name.startsWith(prefix) && /^\d{4}(?:\.\d\d){5}\.\d{9}$/.test(name.slice(prefix.length)))
        .toSorted();
      for (const name of aside.slice(0, Math.max(0, aside.length - (this.#limits.filesMax - 1)))) {
        rmSync(join(folder, name));
        this.#append('info', `Purged log file ${JSON.stringify(name)}`);
      }
    } catch (error) {
      this.#append('error', `Unable to remove old log files (${systemErrorText(error)}), will attempt next rotation`);
    }
  }
}
