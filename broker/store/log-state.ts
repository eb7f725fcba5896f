import { ZERO_TIME } from './message-index.ts';
import type { MessageIndex } from './message-index.ts';
import type { LogState as State, Time } from './message-log.ts';
import type { TimeSearch } from './time-search.ts';

/** What a log says of itself. */
export class LogState implements State {
  readonly #index: MessageIndex;
  readonly #search: TimeSearch;
  /** The message whose time `#firstTime` is; 0: none. */
  #timed = 0;
  readonly #firstTime: Time = { seconds: 0, nanos: 0 };

  constructor(index: MessageIndex, search: TimeSearch) {
    this.#index = index;
    this.#search = search;
  }

  get messages(): number {
    return this.#index.messages;
  }

  get bytes(): number {
    return this.#index.bytes;
  }

  get firstSequence(): number {
    return this.#index.first;
  }

  get lastSequence(): number {
    return this.#index.last;
  }

  get firstTime(): Readonly<Time> {
    const { first, messages } = this.#index;
    if (messages === 0) return ZERO_TIME;
    if (this.#timed !== first) {
      if (this.#search.timeOf(first, this.#firstTime) === undefined) return ZERO_TIME;
      this.#timed = first;
    }
    return this.#firstTime;
  }

  get lastTime(): Readonly<Time> {
    return this.#index.lastTime;
  }

  get deleted(): number {
    const { first, last, messages } = this.#index;
    return last - first + 1 - messages;
  }

  /** Sequences may stand for other messages from now on. */
  forget(): void {
    this.#timed = 0;
  }
}
