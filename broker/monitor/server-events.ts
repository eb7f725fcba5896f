import { STATISTICS_FIRST_MS, STATISTICS_GAP_MS_MIN, STATISTICS_INTERVAL_MS } from '../limits.ts';
import { type MonitorContext, tell } from './context.ts';
import { statsz } from './statsz.ts';

/** Tells of the server as a whole: its statistics from time to time, and that it ends. */
export class ServerEvents {
  readonly #context: MonitorContext;
  #interval = STATISTICS_FIRST_MS;
  #lastStatistics = -Infinity;
  #timer: NodeJS.Timeout | undefined;

  constructor(context: MonitorContext) {
    this.#context = context;
  }

  /** Often at first, then less and less. */
  start(): void {
    this.#schedule(this.#interval);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** Statistics are wanted now; at most one in a second, unless they were asked for. */
  tellStatistics(): void {
    this.#lastStatistics = -Infinity;
    this.#tellStatistics();
  }

  onLameDuck(): void {
    this.#tellIdentity('LAMEDUCK');
  }

  onShutdown(): void {
    this.#tellIdentity('SHUTDOWN');
  }

  #schedule(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#onTimer(), ms).unref();
  }

  #onTimer(): void {
    this.#interval = Math.min(STATISTICS_INTERVAL_MS, this.#interval * 2);
    this.#schedule(this.#interval);
    this.#tellStatistics();
  }

  /** Only where somebody listens: it is not for nothing that the counters of all connections are summed up. */
  #tellStatistics(): void {
    const { bus, host, identity, now, resources } = this.#context;
    const gap = Math.min(STATISTICS_GAP_MS_MIN, this.#interval);
    const due = this.#lastStatistics + gap - now();
    if (due > 0) return this.#schedule(due);
    this.#lastStatistics = now();
    const subject = `$SYS.SERVER.${host.serverId}.STATSZ`;
    const system = host.systemAccount;
    if (system === undefined || !bus.hasInterest(system, subject)) return;
    tell(this.#context, subject, { server: identity.next(), statsz: statsz(host, resources.usage()) });
  }

  #tellIdentity(event: string): void {
    const { host, identity } = this.#context;
    tell(this.#context, `$SYS.SERVER.${host.serverId}.${event}`, identity.next());
  }
}
