import { FIRST_PING_MS, RTT_FRESH_MS } from '../limits.ts';

/** What the heartbeat of a connection asks of it. */
export interface HeartbeatOwner {
  /** `performance.now()` of the last message, subscription or ping from the other side. */
  readonly lastInputAt: number;
  sendPing(): void;
  onStale(): void;
  onTick(): void;
}

/**
 * Pings: the first one some 2 s after CONNECT to measure the round trip, then every interval, unless the other side was
 * heard within it. Too many of them unanswered: the connection is stale.
 */
export class Heartbeat {
  readonly #owner: HeartbeatOwner;
  readonly #intervalMs: number;
  readonly #outstandingMax: number;
  #timer: NodeJS.Timeout | undefined;
  #outstanding = 0;
  #pingedAt = -Infinity;
  /** Microseconds; undefined until a ping was answered. */
  rttMicros: number | undefined;

  constructor(owner: HeartbeatOwner, intervalMs: number, outstandingMax: number) {
    this.#owner = owner;
    this.#intervalMs = intervalMs;
    this.#outstandingMax = outstandingMax;
  }

  /** Before CONNECT: a whole interval. */
  start(): void {
    this.#arm(this.#intervalMs);
  }

  /** After CONNECT: soon, and not for all connections at the same moment. `random` is from 0 to 1. */
  startFirst(random: number): void {
    const ms = Math.min(this.#intervalMs, FIRST_PING_MS);
    this.#arm(ms + (ms / 5) * random);
  }

  onPong(): void {
    this.#outstanding = 0;
    if (this.#pingedAt > 0) this.rttMicros = Math.max(1, Math.round((performance.now() - this.#pingedAt) * 1000));
  }

  /** A ping beside the usual ones, to know the round trip. */
  pingNow(): void {
    this.#outstanding++;
    this.#pingedAt = performance.now();
    this.#owner.sendPing();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #arm(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#tick, ms);
  }

  readonly #tick = (): void => {
    const now = performance.now();
    this.#owner.onTick();
    const rttKnown = now - this.#pingedAt < RTT_FRESH_MS;
    if (!rttKnown || now - this.#owner.lastInputAt >= this.#intervalMs) {
      if (this.#outstanding + 1 > this.#outstandingMax) {
        this.#owner.onStale();
        return;
      }
      this.#outstanding++;
      this.#pingedAt = now;
      this.#owner.sendPing();
    }
    this.#arm(this.#intervalMs);
  };
}
