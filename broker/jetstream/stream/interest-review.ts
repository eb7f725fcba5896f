import type { MessageLog } from '../../store/message-log.ts';
import type { Worker } from '../jetstream.ts';

/** Whoever messages are kept for. */
interface Interested {
  needs(sequence: number, subject: number): boolean;
  wants(subject: string): boolean;
}

/** A stream that keeps messages as long as somebody waits for them. */
interface Reviewed {
  readonly log: MessageLog;
  readonly consumers: ReadonlyMap<string, Interested>;
  /** Goes on with it as soon as connections had their turn. */
  wake(worker: Worker): void;
  /** A message that nobody needs any more goes. */
  letGo(sequence: number): void;
}

/** What may go: `unneeded`: all that nobody waits for. `done`: only what somebody wanted and has had. */
export type ReviewKind = 'unneeded' | 'done';

/** How long messages are looked through before others get their turn, in milliseconds: at once, and then each time. */
const FIRST_SLICE_MS = 20;
const SLICE_MS = 4;
const MESSAGES_PER_LOOK = 512;

/**
 * Asks for each message of a stream whether a consumer still needs it, after something has changed for all of them: a
 * filter, the consumers that there are, the policy. As a rule it is over at once; a long stream takes several turns.
 */
export class InterestReview implements Worker {
  readonly #stream: Reviewed;
  readonly #now: () => number;
  /** What is looked at next, and last; nothing is to be done when it is above. */
  #at = 1;
  #to = 0;
  #kind: ReviewKind = 'done';

  constructor(stream: Reviewed, now: () => number = () => performance.now()) {
    this.#stream = stream;
    this.#now = now;
  }

  /** Looks at all messages from that sequence on. What is left of a review before is done with it. */
  begin(from: number, kind: ReviewKind): void {
    const { state } = this.#stream.log;
    const isBusy = this.#at <= this.#to;
    this.#at = Math.max(isBusy ? Math.min(this.#at, from) : from, state.firstSequence);
    this.#kind = isBusy && this.#kind === 'unneeded' ? 'unneeded' : kind;
    this.#to = state.lastSequence;
    if (this.#look(this.#now() + FIRST_SLICE_MS)) this.#stream.wake(this);
  }

  run(): boolean {
    return this.#look(this.#now() + SLICE_MS);
  }

  /** Returns whether there is more. */
  #look(until: number): boolean {
    const { log } = this.#stream;
    let at = log.next(this.#at);
    for (let looked = 1; at !== 0 && at <= this.#to; looked++) {
      if (this.#mayGo(at)) this.#stream.letGo(at);
      this.#at = at + 1;
      if (looked % MESSAGES_PER_LOOK === 0 && this.#now() > until) return true;
      at = log.next(this.#at);
    }
    this.#at = 1;
    this.#to = 0;
    return false;
  }

  #mayGo(sequence: number): boolean {
    const { log, consumers } = this.#stream;
    const subject = log.subjectOf(sequence);
    for (const consumer of consumers.values()) if (consumer.needs(sequence, subject)) return false;
    if (this.#kind === 'unneeded') return true;
    const text = log.subjects.text(subject);
    for (const consumer of consumers.values()) if (consumer.wants(text)) return true;
    return false;
  }
}
