/** What is not allowed is not asked for every second: a server writes each try into its log. */
const refusedMs = 10_000;

/** Asks again and again while somebody looks: not while the page is hidden, and never before the last answer came. */
export class Poller {
  readonly #ask: () => Promise<unknown>;
  readonly #everyMs: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running = false;
  #asking = false;
  #again = false;

  /** @param ask must not reject; answers `refused` when it will be refused again */
  constructor(ask: () => Promise<unknown>, everyMs = 1000) {
    this.#ask = ask;
    this.#everyMs = everyMs;
  }

  /** Until the function returned is called. */
  start(): () => void {
    this.#running = true;
    this.now();
    return () => {
      this.#running = false;
      clearTimeout(this.#timer);
    };
  }

  /** Now, or as soon as the answer that is under way is here. */
  now(): void {
    if (!this.#running) return;
    if (this.#asking) this.#again = true;
    else void this.#run();
  }

  async #run(): Promise<void> {
    clearTimeout(this.#timer);
    this.#asking = true;
    const answer = document.hidden ? undefined : await this.#ask();
    this.#asking = false;
    if (!this.#running) return;
    const again = this.#again;
    this.#again = false;
    if (again) void this.#run();
    else this.#timer = setTimeout(() => void this.#run(), answer === 'refused' ? refusedMs : this.#everyMs);
  }
}
