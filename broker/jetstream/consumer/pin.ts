import { newEventId } from '../../base/event-text.ts';
import type { Advisories } from './advisories.ts';

/** Which client of a group with policy `pinned_client` gets everything, and until when it keeps that without asking. */
export class Pin {
  /** '': nobody is pinned. */
  id = '';
  /** Milliseconds since the epoch. */
  since = 0;
  /** How long it holds after the last request, in milliseconds. */
  holdsMs = 0;
  #group = '';
  #until = Infinity;
  readonly #advisories: Advisories;

  constructor(advisories: Advisories) {
    this.#advisories = advisories;
  }

  /** When it lapses; Infinity: never. */
  get deadline(): number {
    return this.#until;
  }

  assign(group: string, now: number): string {
    this.id = newEventId();
    this.since = now;
    this.#group = group;
    this.renew(now);
    this.#advisories.pinned(group, this.id);
    return this.id;
  }

  /** Its client asked again. */
  renew(now: number): void {
    this.#until = now + this.holdsMs;
  }

  release(): void {
    this.id = '';
    this.since = 0;
    this.#until = Infinity;
  }

  unpin(group: string): void {
    this.release();
    this.#advisories.unpinned(group, 'admin');
  }

  /** Returns whether it lapsed just now. */
  lapse(now: number): boolean {
    if (this.#until > now) return false;
    this.release();
    this.#advisories.unpinned(this.#group, 'timeout');
    return true;
  }
}
