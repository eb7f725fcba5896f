/**
 * When the window asks the core for rows: at most once a frame and never twice at a time, thirty times a second while
 * messages come, four times while none do, at once after the person did something, never while the page is hidden.
 * Drawing pays for itself: when a pull and its frame take long, the next one waits longer.
 */

const intervalBusyMs = 33;
const intervalIdleMs = 250;
/** Values still live at this rate, and a cell blinks no oftener; nothing slows the loop below it. */
const intervalSlowMs = 250;
/**
 * The interval is at least the cost times this. What is measured is the script and its frame; receiving and composing come
 * to about as much again, so this leaves pulling a tenth of the main thread.
 */
const restPerWork = 20;
const retryMs = 1_000;

export interface PullClock {
  now(): number;
  /** Calls back in the next frame. The functions returned cancel. */
  frame(run: () => void): () => void;
  after(ms: number, run: () => void): () => void;
}

export interface PullOutcome {
  /** Whether anything came since the pull before. */
  changed: boolean;
  /** Main thread time that it took, milliseconds. */
  costMs: number;
}

export class PullLoop {
  readonly #clock: PullClock;
  readonly #pull: () => Promise<PullOutcome | null>;
  #running = false;
  #inFlight = false;
  #dirty = false;
  #cost = 0;
  #cancel: (() => void) | null = null;
  #lastAt = -Infinity;

  /** `pull` resolves to null when it could not be done; it is tried again after a second. */
  constructor(clock: PullClock, pull: () => Promise<PullOutcome | null>) {
    this.#clock = clock;
    this.#pull = pull;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#dirty = false;
    this.#plan(0);
  }

  stop(): void {
    this.#running = false;
    this.#cancel?.();
    this.#cancel = null;
  }

  /** Other rows are needed: pulls in the next frame. */
  request(): void {
    if (!this.#running) return;
    this.#dirty = true;
    if (!this.#inFlight) this.#plan(0);
  }

  #plan(waitMs: number): void {
    this.#cancel?.();
    const run = () => void this.#run();
    // A frame is asked for only by who waits for one: a pull that is merely due needs none to be sent.
    this.#cancel = waitMs <= 0 ? this.#clock.frame(run) : this.#clock.after(waitMs, run);
  }

  async #run(): Promise<void> {
    this.#cancel = null;
    if (!this.#running || this.#inFlight) return;
    this.#inFlight = true;
    this.#dirty = false;
    this.#lastAt = this.#clock.now();
    const outcome = await this.#pull();
    this.#inFlight = false;
    if (!this.#running) return;
    if (outcome !== null) this.#cost += (outcome.costMs - this.#cost) * 0.2;
    const interval =
      outcome === null
        ? retryMs
        : outcome.changed
          ? Math.min(intervalSlowMs, Math.max(intervalBusyMs, this.#cost * restPerWork))
          : intervalIdleMs;
    this.#plan(this.#dirty && outcome !== null ? 0 : interval - (this.#clock.now() - this.#lastAt));
  }
}
