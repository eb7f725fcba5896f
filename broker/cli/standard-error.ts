import type { LogLevel } from '../base/log.ts';
import type { LineFormat, LogSink } from './log.ts';

/** Bytes of log lines that may wait for whoever reads standard error; beyond that they are dropped and counted. */
const WAITING_BYTES_MAX = 1024 * 1024;

/** How long a last line may take to leave a process that ends. */
const FLUSH_MS_MAX = 500;

// A closed pipe is no reason to end.
process.stderr.on('error', () => {});

/** Standard error. A pipe that nobody drains must neither block the server nor fill its memory. */
export class StandardError implements LogSink {
  readonly #format: LineFormat;
  #dropped = 0;

  constructor(format: LineFormat) {
    this.#format = format;
  }

  write(level: LogLevel, text: string): void {
    if (process.stderr.writableLength > WAITING_BYTES_MAX) {
      this.#dropped++;
      return;
    }
    if (this.#dropped > 0) {
      const dropped = this.#dropped;
      this.#dropped = 0;
      process.stderr.write(`[${process.pid}] ${dropped} log lines were dropped because nobody read them\n`);
    }
    process.stderr.write(this.#format.line(level, text));
  }

  reopen(): boolean {
    return false;
  }

  async flush(): Promise<void> {
    await flushStandardError();
  }

  close(): void {}
}

/** Resolves when what was written to standard error is out, or nobody takes it. */
export async function flushStandardError(): Promise<void> {
  if (process.stderr.writableLength === 0) return;
  await new Promise<void>((resolve) => {
    const expiry = setTimeout(resolve, FLUSH_MS_MAX);
    // Called behind everything that waits before it.
    process.stderr.write('', () => {
      clearTimeout(expiry);
      resolve();
    });
  });
}
