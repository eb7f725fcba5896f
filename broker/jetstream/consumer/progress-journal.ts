import type { Journal } from '../../store/message-log.ts';
import { ByteWriter } from './journal-bytes.ts';
import { Change } from './progress-change.ts';
import type { Progress, ProgressListener } from './progress.ts';
import type { SkipList } from './skip-list.ts';

/** Changes of at least so many bytes are replaced by the whole, when they also are more than the whole was. */
const CHANGES_BYTES_MIN = 256 * 1024;

/** Writes down what a consumer does, and reads it again. */
export class ProgressJournal implements ProgressListener {
  readonly #journal: Journal;
  readonly #onDirty: () => void;
  readonly #out = new ByteWriter(1024);
  #progress!: Progress;
  #skip: () => SkipList | undefined = () => undefined;
  #run = 0;
  #runFirst = 0;
  #runCount = 0;
  #time = 0;
  #lastDelivered = 0;
  #lastOther = 0;
  #wholeBytes = 0;
  #wholeDue = true;
  #dirty = false;

  /** `onDirty`: something waits for `flush`; called once until then. */
  constructor(journal: Journal, onDirty: () => void) {
    this.#journal = journal;
    this.#onDirty = onDirty;
  }

  /** From now on `progress` is what is written down: all of it with the first change. */
  attach(progress: Progress, skip: () => SkipList | undefined): void {
    this.#progress = progress;
    this.#skip = skip;
    this.#wholeDue = true;
    progress.listener = this;
  }

  delivered(sequence: number, time: number): void {
    if (this.#isWholeDue()) return;
    if (this.#run === Change.delivered && this.#time === time && sequence === this.#runFirst + this.#runCount) {
      this.#runCount++;
      return;
    }
    this.#endRun();
    this.#at(time);
    this.#begin(Change.delivered, sequence);
  }

  acked(sequence: number): void {
    if (this.#isWholeDue()) return;
    if (this.#run === Change.acked && sequence === this.#runFirst + this.#runCount) {
      this.#runCount++;
      return;
    }
    this.#endRun();
    this.#begin(Change.acked, sequence);
  }

  ackedUpTo(sequence: number, consumerSequence: number): void {
    if (!this.#change(Change.ackedUpTo, sequence)) return;
    this.#out.number(consumerSequence);
  }

  redelivered(sequence: number, count: number, time: number): void {
    if (this.#isWholeDue()) return;
    this.#endRun();
    this.#at(time);
    this.#change(Change.redelivered, sequence);
    this.#out.number(count);
  }

  givenUp(sequence: number, count: number): void {
    if (this.#change(Change.givenUp, sequence)) this.#out.number(count);
  }

  touched(sequence: number, time: number): void {
    if (this.#change(Change.touched, sequence)) this.#out.signed(time - this.#time);
  }

  forgotten(sequence: number): void {
    this.#change(Change.forgotten, sequence);
  }

  replaced(): void {
    this.#wholeDue = true;
    this.#run = 0;
    this.#out.length = 0;
    this.#markDirty();
  }

  /** Hands what was noted to the journal. */
  flush(): void {
    if (!this.#dirty) return;
    this.#dirty = false;
    this.#endRun();
    const journal = this.#journal;
    if (this.#wholeDue || journal.bytes > Math.max(CHANGES_BYTES_MIN, 2 * this.#wholeBytes)) {
      const whole = this.#writeWhole();
      this.#wholeBytes = whole.length;
      this.#out.length = 0;
      // When the disk refuses it, the next change tries again.
      this.#wholeDue = true;
      journal.replace(whole);
      this.#wholeDue = false;
    } else if (this.#out.length > 0) {
      journal.append(this.#out.bytes, 0, this.#out.length);
      this.#out.length = 0;
    }
  }

  #change(kind: number, sequence: number): boolean {
    if (this.#isWholeDue()) return false;
    this.#endRun();
    this.#out.byte(kind);
    this.#out.signed(sequence - this.#lastOther);
    this.#lastOther = sequence;
    this.#markDirty();
    return true;
  }

  /** Then a change need not be told by itself. */
  #isWholeDue(): boolean {
    if (this.#wholeDue) this.#markDirty();
    return this.#wholeDue;
  }

  #begin(kind: number, sequence: number): void {
    this.#run = kind;
    this.#runFirst = sequence;
    this.#runCount = 1;
    this.#markDirty();
  }

  #endRun(): void {
    const run = this.#run;
    if (run === 0) return;
    this.#run = 0;
    const out = this.#out;
    const last = this.#runFirst + this.#runCount - 1;
    out.byte(run);
    if (run === Change.delivered) {
      out.number(this.#runFirst - this.#lastDelivered);
      this.#lastDelivered = last;
    } else {
      out.signed(this.#runFirst - this.#lastOther);
      this.#lastOther = last;
    }
    out.number(this.#runCount);
  }

  #at(time: number): void {
    if (time === this.#time) return;
    this.#out.byte(Change.time);
    this.#out.signed(time - this.#time);
    this.#time = time;
  }

  #markDirty(): void {
    if (this.#dirty) return;
    this.#dirty = true;
    this.#onDirty();
  }

  #writeWhole(): Uint8Array {
    const progress = this.#progress;
    const { pending, redelivered } = progress;
    const out = new ByteWriter(64 + pending.size * 8 + redelivered.size * 4);
    out.byte(Change.whole);
    out.number(progress.nextConsumer);
    out.number(progress.deliveredStream);
    out.number(progress.shownFloorConsumer);
    out.number(progress.shownFloorStream);
    out.number(progress.floorConsumer);
    out.number(progress.floorStream);
    this.#lastDelivered = progress.deliveredStream;
    this.#lastOther = progress.deliveredStream;
    out.number(pending.size);
    let sequence = 0;
    let consumerSequence = 0;
    let time = 0;
    for (let slot = pending.first; slot !== -1; slot = pending.next(slot)) {
      out.number((pending.sequence[slot] as number) - sequence);
      out.signed((pending.consumerSequence[slot] as number) - consumerSequence);
      out.signed((pending.time[slot] as number) - time);
      sequence = pending.sequence[slot] as number;
      consumerSequence = pending.consumerSequence[slot] as number;
      time = pending.time[slot] as number;
    }
    this.#time = time;
    out.number(redelivered.size);
    let before = 0;
    for (const [key, count] of redelivered) {
      out.signed(key - before);
      out.number(count);
      before = key;
    }
    const skip = this.#skip();
    out.number(skip === undefined ? 0 : skip.remaining);
    if (skip !== undefined) {
      out.number(skip.resume);
      before = 0;
      for (const key of skip.list()) {
        out.number(key - before);
        before = key;
      }
    }
    return out.bytes.subarray(0, out.length);
  }
}
