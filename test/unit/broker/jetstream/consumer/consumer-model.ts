import type { Delivered } from './host-double.ts';

export interface ModelOptions {
  readonly ackPolicy: 'explicit' | 'all';
  readonly filters: readonly string[];
  readonly ackWait: number;
  readonly maxDeliver: number;
  readonly maxAckPending: number;
}

interface Waiting {
  readonly consumerSequence: number;
  /** When it was delivered, in milliseconds, as far as redelivery is concerned. */
  time: number;
}

/** What a consumer has to do, as plainly as it can be said. */
export class ConsumerModel {
  readonly #options: ModelOptions;
  readonly messages = new Map<number, string>();
  readonly waiting = new Map<number, Waiting>();
  readonly redelivered = new Map<number, number>();
  queue: number[] = [];
  lastSequence = 0;
  delivered = { consumer: 0, stream: 0 };
  shown = { consumer: 0, stream: 0 };
  floor = { consumer: 0, stream: 0 };
  /** Messages below it are not looked at any more. */
  from = 1;

  constructor(options: ModelOptions) {
    this.#options = options;
  }

  publish(subject: string): void {
    this.messages.set(++this.lastSequence, subject);
  }

  wants(sequence: number): boolean {
    const subject = this.messages.get(sequence);
    const { filters } = this.#options;
    return subject !== undefined && (filters.length === 0 || filters.includes(subject));
  }

  get pending(): number[] {
    return [...this.messages.keys()].filter((sequence) => sequence >= this.from && this.wants(sequence));
  }

  /** The next delivery: sequence and how often it was delivered with it; undefined: none may be made. */
  next(): { sequence: number; deliveries: number } | undefined {
    const { maxDeliver, maxAckPending } = this.#options;
    for (let sequence = this.queue[0]; sequence !== undefined; sequence = this.queue[0]) {
      const deliveries = (this.redelivered.get(sequence) ?? 0) + 2;
      if (maxDeliver <= 0 || deliveries <= maxDeliver) return { sequence, deliveries };
      this.queue.shift();
      this.#giveUp(sequence, deliveries - 1);
    }
    if (maxAckPending > 0 && this.waiting.size >= maxAckPending) return undefined;
    const [sequence] = this.pending;
    return sequence === undefined ? undefined : { sequence, deliveries: 1 };
  }

  deliver(now: number): void {
    const next = this.next();
    if (next === undefined) throw new Error('nothing to deliver');
    const { sequence, deliveries } = next;
    this.delivered.consumer++;
    if (deliveries === 1) {
      this.delivered.stream = sequence;
      this.from = sequence + 1;
      this.waiting.set(sequence, { consumerSequence: this.delivered.consumer, time: now });
    } else {
      this.queue.shift();
      this.redelivered.set(sequence, deliveries - 1);
      (this.waiting.get(sequence) as Waiting).time = now;
    }
  }

  ack(sequence: number, consumerSequence: number): void {
    if (sequence >= this.from) return;
    if (this.#options.ackPolicy === 'all') {
      this.#ackAll(sequence, consumerSequence);
      return;
    }
    this.redelivered.delete(sequence);
    this.#unqueue(sequence);
    const waiting = this.waiting.get(sequence);
    if (waiting === undefined) return;
    this.waiting.delete(sequence);
    this.#move(this.floor, waiting.consumerSequence, sequence, this.from - 1);
    this.#move(this.shown, waiting.consumerSequence, sequence, this.delivered.stream);
  }

  nak(sequence: number, consumerSequence: number, now: number, delay: number | undefined): void {
    const waiting = this.waiting.get(sequence);
    if (waiting === undefined || consumerSequence <= this.floor.consumer) return;
    if (delay === undefined) {
      if (!this.queue.includes(sequence)) this.queue.push(sequence);
    } else {
      this.#unqueue(sequence);
      waiting.time = now + delay - this.#options.ackWait;
    }
  }

  progress(sequence: number, now: number): void {
    const waiting = this.waiting.get(sequence);
    if (waiting !== undefined) waiting.time = now;
  }

  /** Time goes on until then: messages that are due together are taken together, a millisecond later. */
  pass(now: number): void {
    for (;;) {
      const next = Math.min(...this.#due(Infinity).map(([, at]) => at)) + 1;
      if (next > now) return;
      this.expire(next);
    }
  }

  /** Time has come for those that were not acked. */
  expire(now: number): void {
    const due = this.#due(now)
      .map(([sequence]) => sequence)
      .sort((a, b) => a - b);
    for (const sequence of due) {
      const count = Math.max(this.redelivered.get(sequence) ?? 0, 1);
      if (this.#options.maxDeliver > 0 && count >= this.#options.maxDeliver) this.#giveUp(sequence, count);
      else this.queue.push(sequence);
    }
  }

  remove(sequence: number): void {
    if (!this.messages.has(sequence)) return;
    const waiting = this.waiting.get(sequence);
    if (waiting !== undefined) this.ack(sequence, waiting.consumerSequence);
    this.waiting.delete(sequence);
    this.redelivered.delete(sequence);
    this.#unqueue(sequence);
    this.messages.delete(sequence);
  }

  /** All messages go. */
  purge(): void {
    this.messages.clear();
    this.waiting.clear();
    this.redelivered.clear();
    this.queue = [];
    this.from = Math.max(this.from, this.lastSequence + 1);
    this.delivered.stream = this.from - 1;
    this.floor = { consumer: this.delivered.consumer, stream: this.from - 1 };
    this.shown = { ...this.floor };
  }

  /** What was queued is known by its time only, and times to the second. */
  restart(now: number): void {
    this.queue = [];
    for (const waiting of this.waiting.values()) waiting.time = Math.ceil(waiting.time / 1000) * 1000;
    this.expire(now);
  }

  needs(sequence: number): boolean {
    if (!this.wants(sequence)) return false;
    if (this.redelivered.has(sequence) || sequence >= this.from) return true;
    return this.#options.ackPolicy === 'all' ? sequence > this.floor.stream : this.waiting.has(sequence);
  }

  #due(now: number): [sequence: number, at: number][] {
    return [...this.waiting]
      .map(([sequence, { time }]): [number, number] => [sequence, time + this.#options.ackWait])
      .filter(([sequence, at]) => !this.queue.includes(sequence) && at <= now);
  }

  #ackAll(sequence: number, consumerSequence: number): void {
    if (consumerSequence <= this.floor.consumer || sequence <= this.floor.stream) return;
    const gap = sequence - this.floor.stream;
    const everySequence = gap <= this.waiting.size;
    if (this.waiting.has(sequence)) this.shown = { consumer: consumerSequence, stream: sequence };
    for (const other of [...this.waiting.keys()]) {
      if (other > sequence) continue;
      this.waiting.delete(other);
      this.redelivered.delete(other);
      this.#unqueue(other);
    }
    for (const other of [...this.redelivered.keys()]) {
      if (everySequence && other <= sequence && other > this.floor.stream) this.redelivered.delete(other);
    }
    this.floor = { consumer: consumerSequence, stream: sequence };
  }

  #giveUp(sequence: number, count: number): void {
    this.redelivered.set(sequence, count);
    const waiting = this.waiting.get(sequence);
    if (waiting === undefined) return;
    this.waiting.delete(sequence);
    this.#move(this.floor, waiting.consumerSequence, sequence, this.from - 1);
  }

  #move(floor: { consumer: number; stream: number }, consumerSequence: number, sequence: number, end: number): void {
    const behind = [...this.waiting].filter(([other]) => other > sequence).sort(([a], [b]) => a - b)[0];
    if (this.waiting.size === 0) {
      floor.consumer = this.delivered.consumer;
      floor.stream = end;
    } else if (consumerSequence === floor.consumer + 1) {
      floor.consumer = behind === undefined ? consumerSequence : behind[1].consumerSequence - 1;
      floor.stream = behind === undefined ? sequence : behind[0] - 1;
    }
  }

  #unqueue(sequence: number): void {
    this.queue = this.queue.filter((other) => other !== sequence);
  }
}

/** Sequences that stand in the ack subject of a delivery. */
export function numbersOf({ reply }: Delivered): {
  deliveries: number;
  sequence: number;
  consumerSequence: number;
  pending: number;
} {
  const tokens = reply.split('.').map(Number);
  return {
    deliveries: tokens[4] as number,
    sequence: tokens[5] as number,
    consumerSequence: tokens[6] as number,
    pending: tokens[8] as number,
  };
}
