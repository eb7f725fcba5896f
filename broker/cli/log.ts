import type { LogLevel } from '../base/log.ts';

const LABELS: Record<LogLevel, string> = {
  info: 'INF',
  debug: 'DBG',
  warn: 'WRN',
  error: 'ERR',
  fatal: 'FTL',
  trace: 'TRC',
};
const COLOURS: Record<LogLevel, string> = {
  info: '32',
  debug: '36',
  warn: '0;93',
  error: '31',
  fatal: '31',
  trace: '33',
};

/** Where the log goes. */
export interface LogSink {
  write(level: LogLevel, text: string): void;
  /** Starts the file anew; false when there is no file. Throws what opening the file throws. */
  reopen(): boolean;
  /** Resolves when the lines are out, or will not be. */
  flush(): Promise<void>;
  /** Nothing is written after this. */
  close(): void;
}

export interface LineOptions {
  /** Begin each line with date and time. */
  time: boolean;
  utc: boolean;
  coloured: boolean;
}

/** Lines as nats-server writes them: `[pid] 2026/08/21 14:50:11.123456 [INF] text`. */
export class LineFormat {
  readonly #options: LineOptions;
  readonly #clock: () => number;
  readonly #labels: Record<LogLevel, string>;
  #second = -1;
  #secondText = '';

  /** `clock` gives milliseconds since the Unix epoch with fractions. */
  constructor(options: LineOptions, clock: () => number = () => performance.timeOrigin + performance.now()) {
    this.#options = options;
    this.#clock = clock;
    this.#labels = Object.fromEntries(
      Object.entries(LABELS).map(([level, label]) => [
        level,
        options.coloured ? `[\u001B[${COLOURS[level as LogLevel]}m${label}\u001B[0m]` : `[${label}]`,
      ]),
    ) as Record<LogLevel, string>;
  }

  line(level: LogLevel, text: string): string {
    const time = this.#options.time ? `${this.#time()} ` : '';
    return `[${process.pid}] ${time}${this.#labels[level]} ${text}${text.endsWith('\n') ? '' : '\n'}`;
  }

  #time(): string {
    const now = this.#clock();
    const second = Math.floor(now / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#secondText = timestamp(second * 1000, this.#options.utc);
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

/** The log of a server. What is written before there is a sink waits for it. */
export class Log {
  #sink: LogSink | undefined;
  #waiting: [LogLevel, string][] = [];

  write = (level: LogLevel, text: string): void => {
    if (this.#sink === undefined) this.#waiting.push([level, text]);
    else this.#sink.write(level, text);
  };

  /** Sends everything from now on to another sink and closes the one before. */
  attach(sink: LogSink): void {
    this.#sink?.close();
    this.#sink = sink;
    for (const [level, text] of this.#waiting) sink.write(level, text);
    this.#waiting = [];
  }

  reopen(): boolean {
    return this.#sink?.reopen() ?? false;
  }

  async flush(): Promise<void> {
    await this.#sink?.flush();
  }
}
