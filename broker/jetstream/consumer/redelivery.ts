import type { Advisories } from './advisories.ts';
import type { ConsumerConfig } from './consumer-config.ts';
import { Deadlines } from './deadlines.ts';
import type { Progress } from './progress.ts';

const NANOS_PER_MS = 1e6;
const MICROS_PER_MS = 1000;
/** Messages that were delivered together are due together: nats-server waits that much longer for the same reason. */
const SLACK_MS = 1;
/** Used-up places at the front of the queue before it is moved together. */
const QUEUE_SLACK = 1024;

/** Messages that are to be delivered again, and when those that wait for an ack will be. */
export class Redelivery {
  readonly #progress: Progress;
  readonly #advisories: Advisories;
  readonly #deadlines: Deadlines;
  #ackWait = 0;
  #backoff: readonly number[] = [];
  #deliveriesMax = 0;
  /** Sequences with the ticket that they were entered with; who left holds none any more. */
  #queue: number[] = [];
  #tickets: number[] = [];
  #head = 0;
  #ticket = 0;
  /** When messages were last queued because their time had come. */
  #expiredAt = 0;
  readonly #queued = new Map<number, number>();

  constructor(progress: Progress, advisories: Advisories) {
    this.#progress = progress;
    this.#advisories = advisories;
    this.#deadlines = new Deadlines(progress.pending);
  }

  /** How many are to be delivered again now. */
  get length(): number {
    return this.#queued.size;
  }

  configure(config: ConsumerConfig): void {
    this.#ackWait = (config.ack_wait ?? 0) / NANOS_PER_MS;
    this.#backoff = (config.backoff ?? []).map((nanos) => nanos / NANOS_PER_MS);
    this.#deliveriesMax = Math.max(config.max_deliver ?? 0, 0);
    this.rearm();
  }

  /** Sets when every message that waits is due. */
  rearm(): void {
    this.#deadlines.clear();
    const { pending } = this.#progress;
    for (let slot = pending.first; slot !== -1; slot = pending.next(slot)) {
      if (!this.#queued.has(pending.sequence[slot] as number)) this.track(slot);
    }
  }

  /** A message was delivered, or its time was put off. */
  track(slot: number): void {
    if (this.#ackWait === 0) return;
    const { pending } = this.#progress;
    const wait = this.#backoff.length === 0 ? this.#ackWait : this.#waitOf(pending.sequence[slot] as number);
    this.#deadlines.set(slot, (pending.time[slot] as number) / MICROS_PER_MS + wait);
  }

  /** When the next one is due; Infinity: none. */
  deadline(): number {
    return this.#deadlines.earliest() + SLACK_MS;
  }

  /** Milliseconds after which the last of those that wait will be due; 0: none waits. */
  latestDue(): number {
    const { pending } = this.#progress;
    let latest = this.length === 0 ? 0 : this.#expiredAt + this.#ackWait;
    for (let slot = pending.first; slot !== -1; slot = pending.next(slot)) {
      const at = (pending.time[slot] as number) / MICROS_PER_MS + this.#waitOf(pending.sequence[slot] as number);
      if (at > latest) latest = at;
    }
    return latest;
  }

  /** Queues those that are due, in the order of their sequences. Returns whether anything changed. */
  expire(now: number): boolean {
    const { pending } = this.#progress;
    const expired: number[] = [];
    let changed = false;
    for (let slot = this.#deadlines.takeDue(now); slot !== -1; slot = this.#deadlines.takeDue(now)) {
      changed = true;
      const sequence = pending.sequence[slot] as number;
      if (!this.#queued.has(sequence) && !this.#isSpent(sequence)) expired.push(sequence);
    }
    this.#queueAll(expired, now);
    return changed;
  }

  /** All that wait are to be delivered again at once: they went to somebody who is not there any more. */
  expireAll(now: number): void {
    const { pending } = this.#progress;
    const expired: number[] = [];
    for (let slot = pending.first; slot !== -1;) {
      const after = pending.next(slot);
      const sequence = pending.sequence[slot] as number;
      if (!this.#queued.has(sequence) && !this.#isSpent(sequence)) expired.push(sequence);
      slot = after;
    }
    this.#queueAll(expired, now);
  }

  /** Adds a message that waits for its ack. */
  queue(sequence: number): void {
    if (this.#queued.has(sequence)) return;
    const slot = this.#progress.pending.find(sequence);
    if (slot !== -1) this.#deadlines.unset(slot);
    const ticket = this.#ticket++;
    this.#queued.set(sequence, ticket);
    this.#queue.push(sequence);
    this.#tickets.push(ticket);
  }

  has(sequence: number): boolean {
    return this.#queued.has(sequence);
  }

  unqueue(sequence: number): void {
    if (this.#queued.delete(sequence) && this.#queued.size === 0) this.#clearQueue();
  }

  /** The next message to deliver again, which has its deliveries not used up; 0: none. It stays in the queue. */
  peek(): number {
    while (this.#queued.size > 0) {
      const sequence = this.#queue[this.#head] as number;
      if (this.#queued.get(sequence) !== this.#tickets[this.#head]) {
        this.#skip();
        continue;
      }
      const deliveries = this.deliveries(sequence) + 1;
      if (this.#deliveriesMax === 0 || deliveries <= this.#deliveriesMax) return sequence;
      this.#advisories.maxDeliveries(sequence, deliveries - 1);
      this.unqueue(sequence);
      this.#progress.giveUp(sequence, deliveries - 1);
    }
    return 0;
  }

  /** How often it was delivered, for one that was. */
  deliveries(sequence: number): number {
    return (this.#progress.redelivered.get(sequence) ?? 0) + 1;
  }

  /** Leaves out what waits no longer. */
  weed(): void {
    for (const sequence of this.#queued.keys()) {
      if (!this.#progress.pending.has(sequence)) this.unqueue(sequence);
    }
  }

  /**
   * Those below that sequence are not due at once any more, but when their time is over. As in nats-server after a purge
   * that leaves them.
   */
  putOffBelow(sequence: number): void {
    for (const queued of this.#queued.keys()) {
      if (queued >= sequence) continue;
      this.unqueue(queued);
      const slot = this.#progress.pending.find(queued);
      if (slot !== -1) this.track(slot);
    }
  }

  #queueAll(expired: number[], now: number): void {
    if (expired.length === 0) return;
    expired.sort((a, b) => a - b);
    // Their times stay what they were, so that they are due at once after a restart.
    for (const sequence of expired) this.queue(sequence);
    this.#expiredAt = now;
  }

  /** Whether it was delivered as often as may be; then it does not wait any more. */
  #isSpent(sequence: number): boolean {
    if (this.#deliveriesMax === 0) return false;
    const redeliveries = this.#progress.redelivered.get(sequence) ?? 0;
    const count = Math.max(redeliveries, 1);
    if (count < this.#deliveriesMax) return false;
    this.#advisories.maxDeliveries(sequence, redeliveries + 1);
    this.#progress.giveUp(sequence, count);
    return true;
  }

  #waitOf(sequence: number): number {
    const backoff = this.#backoff;
    if (backoff.length === 0) return this.#ackWait;
    const redeliveries = this.#progress.redelivered.get(sequence) ?? 0;
    return backoff[Math.min(redeliveries, backoff.length - 1)] as number;
  }

  #skip(): void {
    if (++this.#head < QUEUE_SLACK || this.#head * 2 < this.#queue.length) return;
    this.#queue = this.#queue.slice(this.#head);
    this.#tickets = this.#tickets.slice(this.#head);
    this.#head = 0;
  }

  #clearQueue(): void {
    this.#queue.length = 0;
    this.#tickets.length = 0;
    this.#head = 0;
  }
}
