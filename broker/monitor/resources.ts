import { availableParallelism } from 'node:os';

/** What the process takes of its machine. */
export interface ResourceUsage {
  /** Resident bytes. */
  readonly memoryBytes: number;
  /** Percent of one core, over at least the last second; above 100 on several cores. */
  readonly cpuPercent: number;
  readonly cores: number;
}

/** Measured over intervals of this length at least, so that two looks in a row do not make a percentage of nothing. */
const INTERVAL_MS_MIN = 1000;

/** Measures from look to look; the first look sees the time since the start of the process. */
export class Resources {
  #cpuMicros = 0;
  #at = performance.now() - process.uptime() * 1000;
  #cpuPercent = 0;

  usage(): ResourceUsage {
    const now = performance.now();
    if (now - this.#at >= INTERVAL_MS_MIN) {
      const { user, system } = process.cpuUsage();
      this.#cpuPercent = Math.round((user + system - this.#cpuMicros) / (now - this.#at)) / 10;
      this.#cpuMicros = user + system;
      this.#at = now;
    }
    return { memoryBytes: process.memoryUsage.rss(), cpuPercent: this.#cpuPercent, cores: availableParallelism() };
  }
}
