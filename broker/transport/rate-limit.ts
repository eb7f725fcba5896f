/** Lets so many through per second; a second begins with the first that comes after the last one's end. */
export class RateLimit {
  readonly perSecond: number;
  readonly #now: () => number;
  #count = 0;
  #end = Number.NEGATIVE_INFINITY;
  #refused = 0;

  /** `now`: milliseconds of a clock that never goes back. */
  constructor(perSecond: number, now: () => number = () => performance.now()) {
    this.perSecond = perSecond;
    this.#now = now;
  }

  allows(): boolean {
    const now = this.#now();
    if (now > this.#end) {
      this.#count = 0;
      this.#end = now + 1000;
    }
    this.#count++;
    if (this.#count <= this.perSecond) return true;
    this.#refused++;
    return false;
  }

  /** How many were refused since this was asked last. */
  takeRefused(): number {
    const refused = this.#refused;
    this.#refused = 0;
    return refused;
  }
}
