import { ByteReader } from './journal-bytes.ts';
import { Change } from './progress-change.ts';
import { Progress } from './progress.ts';
import type { AckCounting } from './progress.ts';

/** What a journal held. */
export interface Restored {
  readonly progress: Progress;
  /** Sequences that are left of the list of a consumer with policy `last_per_subject`. */
  readonly skip: { readonly resume: number; readonly sequences: number[] } | undefined;
  /** Why reading ended before the end; undefined: it did not. */
  readonly fault: string | undefined;
}

/** Reads a journal; undefined when it holds nothing. What follows a record that makes no sense does not count. */
export function readProgress(records: readonly Uint8Array[], counting: AckCounting): Restored | undefined {
  const reader = new ProgressReader(counting);
  let fault: string | undefined;
  try {
    for (const record of records) reader.record(record);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    fault = error.message;
  }
  if (!reader.begun) return undefined;
  return { progress: reader.progress, skip: reader.remainingSkip(), fault };
}

class ProgressReader {
  progress: Progress;
  begun = false;
  readonly #counting: AckCounting;
  #time = 0;
  #lastDelivered = 0;
  #lastOther = 0;
  #skip: { resume: number; sequences: number[] } | undefined;

  constructor(counting: AckCounting) {
    this.#counting = counting;
    this.progress = new Progress(counting);
  }

  record(bytes: Uint8Array): void {
    const from = new ByteReader(bytes);
    while (!from.done) this.#change(from);
  }

  remainingSkip(): { resume: number; sequences: number[] } | undefined {
    const skip = this.#skip;
    if (skip === undefined) return undefined;
    const sequences = skip.sequences.filter((sequence) => sequence > this.progress.deliveredStream);
    return sequences.length === 0 ? undefined : { resume: skip.resume, sequences };
  }

  #change(from: ByteReader): void {
    const kind = from.byte();
    if (kind === Change.whole) {
      this.#whole(from);
      return;
    }
    if (!this.begun) throw new RangeError('record before the first whole one');
    const { progress } = this;
    switch (kind) {
      case Change.time:
        this.#time += from.signed();
        return;
      case Change.delivered: {
        const first = this.#lastDelivered + from.number();
        const count = from.number();
        for (let i = 0; i < count; i++) progress.deliver(first + i, this.#time);
        this.#lastDelivered = first + count - 1;
        return;
      }
      case Change.acked: {
        const first = this.#lastOther + from.signed();
        const count = from.number();
        for (let i = 0; i < count; i++) progress.ack(first + i);
        this.#lastOther = first + count - 1;
        return;
      }
    }
    const sequence = this.#lastOther + from.signed();
    this.#lastOther = sequence;
    switch (kind) {
      case Change.ackedUpTo:
        progress.ackUpTo(sequence, from.number());
        return;
      case Change.redelivered:
        progress.redeliver(sequence, from.number(), this.#time);
        return;
      case Change.givenUp:
        progress.giveUp(sequence, from.number());
        return;
      case Change.touched: {
        const time = this.#time + from.signed();
        const slot = progress.pending.find(sequence);
        if (slot !== -1) progress.touch(slot, time);
        return;
      }
      case Change.forgotten:
        progress.forget(sequence);
        return;
      default:
        throw new RangeError(`change of unknown kind ${kind}`);
    }
  }

  #whole(from: ByteReader): void {
    this.begun = true;
    const progress = new Progress(this.#counting);
    this.progress = progress;
    const nextConsumer = from.number();
    const deliveredStream = from.number();
    progress.nextConsumer = nextConsumer;
    progress.nextStream = deliveredStream + 1;
    progress.deliveredStream = deliveredStream;
    progress.shownFloorConsumer = from.number();
    progress.shownFloorStream = from.number();
    progress.floorConsumer = from.number();
    progress.floorStream = from.number();
    this.#lastDelivered = deliveredStream;
    this.#lastOther = deliveredStream;
    let sequence = 0;
    let consumerSequence = 0;
    let time = 0;
    for (let left = from.number(); left > 0; left--) {
      sequence += from.number();
      consumerSequence += from.signed();
      time += from.signed();
      progress.pending.add(sequence, consumerSequence, time);
    }
    this.#time = time;
    sequence = 0;
    for (let left = from.number(); left > 0; left--) {
      sequence += from.signed();
      progress.redelivered.set(sequence, from.number());
    }
    const skipped = from.number();
    this.#skip = undefined;
    if (skipped === 0) return;
    const resume = from.number();
    const sequences: number[] = [];
    sequence = 0;
    for (let left = skipped; left > 0; left--) {
      sequence += from.number();
      sequences.push(sequence);
    }
    this.#skip = { resume, sequences };
  }
}
