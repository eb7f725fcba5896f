import { PendingTable } from './pending-table.ts';

/** Told of every change that has to outlive a restart. Times are microseconds since the epoch. */
export interface ProgressListener {
  delivered(sequence: number, time: number): void;
  redelivered(sequence: number, count: number, time: number): void;
  acked(sequence: number): void;
  ackedUpTo(sequence: number, consumerSequence: number): void;
  givenUp(sequence: number, count: number): void;
  touched(sequence: number, time: number): void;
  forgotten(sequence: number): void;
  /** So much changed that only the whole can be written. */
  replaced(): void;
}

/** How acks are counted: `none`: delivered is acked; `all`: an ack takes in those below. */
export type AckCounting = 'none' | 'all' | 'explicit';

/**
 * How far a consumer is. There are two ack floors, as in nats-server: the one that it works with, and the one that it
 * shows and that outlives a restart. They part where messages are skipped that the consumer does not want, or given up.
 */
export class Progress {
  readonly counting: AckCounting;
  readonly pending = new PendingTable();
  /** Redeliveries by stream sequence. Those of messages that were given up stay while the message is in the stream. */
  readonly redelivered = new Map<number, number>();
  /** The next sequence of the stream to look at, and the next one of the consumer to give out. */
  nextStream = 1;
  nextConsumer = 1;
  floorConsumer = 0;
  floorStream = 0;
  /** What is shown and kept. */
  deliveredStream = 0;
  shownFloorConsumer = 0;
  shownFloorStream = 0;
  listener: ProgressListener | undefined;

  constructor(counting: AckCounting) {
    this.counting = counting;
  }

  get deliveredConsumer(): number {
    return this.nextConsumer - 1;
  }

  /** Begins at that sequence of the stream, with nothing delivered. */
  startAt(sequence: number): void {
    this.pending.clear();
    this.redelivered.clear();
    this.nextStream = sequence;
    this.nextConsumer = 1;
    this.floorConsumer = 0;
    this.floorStream = sequence - 1;
    this.deliveredStream = sequence - 1;
    this.shownFloorConsumer = 0;
    this.shownFloorStream = sequence - 1;
    this.listener?.replaced();
  }

  /** A message is delivered for the first time; its slot, or -1 where no acks are counted. Sequences only go up. */
  deliver(sequence: number, time: number): number {
    const consumerSequence = this.nextConsumer++;
    if (sequence >= this.nextStream) this.nextStream = sequence + 1;
    this.deliveredStream = sequence;
    this.listener?.delivered(sequence, time);
    if (this.counting !== 'none') return this.pending.add(sequence, consumerSequence, time);
    this.floorConsumer = consumerSequence;
    this.floorStream = sequence;
    this.shownFloorConsumer = consumerSequence;
    this.shownFloorStream = sequence;
    return -1;
  }

  /** Again; `count`: how often it was redelivered, this time included. It keeps its first sequence in the consumer. */
  redeliver(sequence: number, count: number, time: number): number {
    const consumerSequence = this.nextConsumer++;
    this.redelivered.set(sequence, count);
    this.listener?.redelivered(sequence, count, time);
    const slot = this.pending.find(sequence);
    if (slot === -1) return this.pending.add(sequence, consumerSequence, time);
    this.pending.time[slot] = time;
    return slot;
  }

  /** The last redelivery did not happen. */
  takeBackRedelivery(sequence: number): void {
    const count = this.redelivered.get(sequence);
    if (count === undefined) return;
    if (count > 1) this.redelivered.set(sequence, count - 1);
    else this.redelivered.delete(sequence);
    this.listener?.replaced();
  }

  /** An ack with policy `explicit`; returns whether the message was waiting for it. */
  ack(sequence: number): boolean {
    const wasRedelivered = this.redelivered.delete(sequence);
    const slot = this.pending.find(sequence);
    if (slot === -1) {
      if (wasRedelivered) this.listener?.forgotten(sequence);
      return false;
    }
    this.listener?.acked(sequence);
    const given = this.pending.consumerSequence[slot] as number;
    const after = this.pending.next(slot);
    this.pending.remove(slot);
    this.#moveFloor(given, sequence, after);
    this.#moveShownFloor(given, sequence, after);
    return true;
  }

  /** An ack with policy `all`. `onDone` gets those below it that were waiting, too. Returns whether it was news. */
  ackUpTo(sequence: number, consumerSequence: number, onDone?: (sequence: number) => void): boolean {
    if (consumerSequence <= this.floorConsumer || sequence <= this.floorStream) return false;
    this.listener?.ackedUpTo(sequence, consumerSequence);
    const { pending, redelivered } = this;
    const gap = sequence - this.floorStream;
    if (pending.has(sequence)) {
      this.shownFloorConsumer = consumerSequence;
      this.shownFloorStream = sequence;
    }
    this.floorConsumer = consumerSequence;
    this.floorStream = sequence;
    // Which of those that were given up are forgotten depends on the way, as in nats-server.
    const everySequence = gap <= pending.size;
    while (pending.first !== -1) {
      const done = pending.sequence[pending.first] as number;
      if (done > sequence) break;
      pending.remove(pending.first);
      redelivered.delete(done);
      if (done !== sequence) onDone?.(done);
    }
    if (everySequence && redelivered.size > 0) {
      for (const done of redelivered.keys()) {
        if (done <= sequence && done > sequence - gap) redelivered.delete(done);
      }
    }
    return true;
  }

  /** It was delivered often enough: it does not wait any more, but stays known as redelivered. */
  giveUp(sequence: number, count: number): void {
    this.redelivered.set(sequence, count);
    this.listener?.givenUp(sequence, count);
    const slot = this.pending.find(sequence);
    if (slot === -1) return;
    const given = this.pending.consumerSequence[slot] as number;
    const after = this.pending.next(slot);
    this.pending.remove(slot);
    this.#moveFloor(given, sequence, after);
  }

  /** A message is gone whose ack would change nothing, since the floor of the consumer is above it already. */
  drop(sequence: number): void {
    const slot = this.pending.find(sequence);
    if (slot === -1) return;
    this.pending.remove(slot);
    this.redelivered.delete(sequence);
    this.listener?.replaced();
  }

  /** As if it had been delivered at that time. */
  touch(slot: number, time: number): void {
    this.pending.time[slot] = time;
    this.listener?.touched(this.pending.sequence[slot] as number, time);
  }

  /** A message is gone that was given up. */
  forget(sequence: number): void {
    if (this.redelivered.delete(sequence)) this.listener?.forgotten(sequence);
  }

  /**
   * Messages are gone, and nothing is acked by it: those below `next`, which need not be looked at any more, and above it
   * those that are not `there`. Returns whether one of them was waiting.
   */
  purge(next: number, there: (sequence: number) => boolean): boolean {
    const { pending } = this;
    const waited = pending.size;
    const moves = this.floorStream < next;
    let highest = this.shownFloorConsumer;
    if (this.nextStream < next) this.nextStream = next;
    if (moves) this.floorStream = next - 1;
    for (let slot = pending.first; slot !== -1;) {
      const after = pending.next(slot);
      const sequence = pending.sequence[slot] as number;
      if (sequence < next || !there(sequence)) {
        highest = Math.max(highest, pending.consumerSequence[slot] as number);
        pending.remove(slot);
      }
      slot = after;
    }
    for (const sequence of this.redelivered.keys()) {
      if (!there(sequence)) this.redelivered.delete(sequence);
    }
    const { first } = pending;
    if (first === -1) {
      this.redelivered.clear();
      this.floorConsumer = this.nextConsumer - 1;
      this.floorStream = this.nextStream - 1;
    } else if (pending.size < waited) {
      const below = (pending.consumerSequence[first] as number) - 1;
      this.floorConsumer = Math.max(this.floorConsumer, Math.min(highest, below));
    }
    this.showAll();
    // What is shown takes in all that went, even beyond what still waits, as in nats-server.
    if (first !== -1 && moves) this.shownFloorConsumer = Math.max(this.shownFloorConsumer, highest);
    return pending.size < waited;
  }

  /** What is shown is what it works with. */
  showAll(): void {
    this.deliveredStream = this.nextStream - 1;
    this.shownFloorConsumer = this.floorConsumer;
    this.shownFloorStream = this.floorStream;
    this.listener?.replaced();
  }

  /** The stream lost its last messages: what was delivered of them is to be delivered again. */
  reconcile(lastSequence: number): void {
    if (this.nextStream - 1 <= lastSequence) return;
    const { pending } = this;
    if (this.floorStream > lastSequence) {
      this.floorStream = lastSequence;
      this.floorConsumer = this.nextConsumer - 1;
      pending.clear();
      this.redelivered.clear();
    }
    for (let slot = pending.first; slot !== -1;) {
      const after = pending.next(slot);
      if ((pending.sequence[slot] as number) > lastSequence) pending.remove(slot);
      slot = after;
    }
    for (const sequence of this.redelivered.keys()) {
      if (sequence > lastSequence) this.redelivered.delete(sequence);
    }
    const { last } = pending;
    this.nextStream = (last === -1 ? this.floorStream : (pending.sequence[last] as number)) + 1;
    let consumer = this.floorConsumer;
    for (let slot = pending.first; slot !== -1; slot = pending.next(slot)) {
      consumer = Math.max(consumer, pending.consumerSequence[slot] as number);
    }
    this.nextConsumer = consumer + 1;
    this.showAll();
  }

  #moveFloor(consumerSequence: number, sequence: number, after: number): void {
    const { pending } = this;
    if (pending.size === 0) {
      this.floorConsumer = this.nextConsumer - 1;
      this.floorStream = this.nextStream - 1;
    } else if (consumerSequence === this.floorConsumer + 1) {
      this.floorConsumer = after === -1 ? consumerSequence : (pending.consumerSequence[after] as number) - 1;
      this.floorStream = after === -1 ? sequence : (pending.sequence[after] as number) - 1;
    }
  }

  #moveShownFloor(consumerSequence: number, sequence: number, after: number): void {
    const { pending } = this;
    if (pending.size === 0) {
      this.shownFloorConsumer = this.nextConsumer - 1;
      this.shownFloorStream = this.deliveredStream;
    } else if (consumerSequence === this.shownFloorConsumer + 1) {
      this.shownFloorConsumer = after === -1 ? consumerSequence : (pending.consumerSequence[after] as number) - 1;
      this.shownFloorStream = after === -1 ? sequence : (pending.sequence[after] as number) - 1;
    }
  }
}
