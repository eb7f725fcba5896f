import type { MessageLog } from '../../store/message-log.ts';
import type { ConsumerFilter } from './consumer-filter.ts';
import type { Progress } from './progress.ts';
import type { SkipList } from './skip-list.ts';

/** Which message comes next, and how many are still to come. */
export class Selection {
  filter: ConsumerFilter | undefined;
  skip: SkipList | undefined;
  /** Messages that it wants and has not delivered yet. */
  count = 0;
  readonly #log: MessageLog;
  readonly #progress: Progress;
  /** The last sequence that is counted: what is above is not safe yet, and not to be seen. */
  #seen = 0;
  /** The last message that a consumer of a single subject found; its successor needs no search. */
  #found = 0;

  constructor(log: MessageLog, progress: Progress, filter: ConsumerFilter | undefined, skip: SkipList | undefined) {
    this.#log = log;
    this.#progress = progress;
    this.filter = filter;
    this.skip = skip;
    this.recount();
  }

  /** The last sequence of the stream that it knows of. */
  get seen(): number {
    return this.#seen;
  }

  /** Returns whether any of those that are new is wanted. */
  appended(first: number, last: number): boolean {
    const before = this.count;
    const { filter } = this;
    const log = this.#log;
    const next = this.#progress.nextStream;
    for (let sequence = Math.max(first, this.#seen + 1, next); sequence <= last; sequence++) {
      const subject = log.subjectOf(sequence);
      if (subject !== -1 && (filter === undefined || filter.passes(subject))) this.count++;
    }
    if (last > this.#seen) this.#seen = last;
    return this.count > before;
  }

  /** A message goes; the log still has it. */
  removed(sequence: number, subject: number): void {
    if (sequence === this.#found) this.#found = 0;
    if (sequence > this.#seen) return;
    if (this.skip !== undefined && sequence <= this.skip.resume) {
      if (this.skip.remove(sequence)) this.count--;
      if (this.skip.remaining === 0) this.#leaveSkip();
    } else if (sequence >= this.#progress.nextStream && (this.filter === undefined || this.filter.passes(subject))) {
      this.count--;
    }
  }

  /** Many messages went. */
  purged(): void {
    this.#found = 0;
    const { skip } = this;
    if (skip !== undefined) {
      for (const sequence of skip.list()) {
        if (!this.#log.has(sequence)) skip.remove(sequence);
      }
      if (skip.remaining === 0) this.#leaveSkip();
    }
    this.recount();
  }

  recount(): void {
    const { skip } = this;
    const { lastSequence } = this.#log.state;
    this.#seen = lastSequence;
    if (skip === undefined) {
      this.count = this.#counted(this.#progress.nextStream);
    } else {
      this.count = skip.remaining + (lastSequence > skip.resume ? this.#counted(skip.resume + 1) : 0);
    }
  }

  /** It now wants other subjects. A list of what comes first holds no longer. */
  refilter(filter: ConsumerFilter | undefined): void {
    this.filter = filter;
    this.#found = 0;
    this.recount();
  }

  /** Starts over elsewhere. */
  restart(): void {
    this.skip = undefined;
    this.#found = 0;
    this.recount();
  }

  /** The next sequence to deliver; 0: none. */
  next(): number {
    const { skip, filter } = this;
    if (skip !== undefined) {
      const sequence = skip.peek();
      if (sequence !== 0) return sequence;
      this.#leaveSkip();
    }
    const from = this.#progress.nextStream;
    if (from > this.#seen || from > this.#log.state.lastSequence) return 0;
    const sequence =
      filter?.literal === undefined ? this.#log.next(from, filter) : this.#nextOfLiteral(filter, filter.literal, from);
    if (sequence !== 0 && sequence <= this.#seen) return sequence;
    // Nothing up to here: it need not be looked at again.
    this.#progress.nextStream = this.#seen + 1;
    this.count = 0;
    return 0;
  }

  /** What `next` said is taken; it goes on behind it. */
  take(sequence: number): void {
    const progress = this.#progress;
    if (this.count > 0) this.count--;
    const { skip } = this;
    if (skip === undefined) {
      progress.nextStream = sequence + 1;
      return;
    }
    skip.take();
    progress.nextStream = sequence + 1;
    if (skip.remaining === 0) this.#leaveSkip();
  }

  #leaveSkip(): void {
    const { skip } = this;
    this.skip = undefined;
    if (skip !== undefined && this.#progress.nextStream <= skip.resume) this.#progress.nextStream = skip.resume + 1;
  }

  #nextOfLiteral(filter: ConsumerFilter, literal: string, from: number): number {
    const { subjects } = this.#log;
    const found = this.#found;
    if (found >= from) return found;
    if (found !== 0) {
      const subject = this.#log.subjectOf(found);
      if (subject !== -1 && filter.passes(subject)) return (this.#found = this.#log.nextOf(subject, found));
    }
    const subject = subjects.findText(literal);
    if (subject === -1 || subjects.last(subject) < from) return 0;
    const first = subjects.first(subject);
    this.#found = first >= from ? first : this.#log.next(from, filter);
    return this.#found;
  }

  #counted(from: number): number {
    const { filter } = this;
    if (filter?.literal !== undefined) {
      const subject = this.#log.subjects.findText(filter.literal);
      if (subject === -1) return 0;
      if (this.#log.subjects.first(subject) >= from) return this.#log.subjects.messages(subject);
    }
    return this.#log.count(from, filter);
  }
}
