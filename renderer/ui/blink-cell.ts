import { reducedMotion } from './platform.ts';
import { BlinkState } from './blink.ts';

/** The length of the fade; the token `--t-blink` is 0 under reduced motion, where an underline stands this long. */
const blinkMs = 700;

/**
 * Lights one cell of a list or tree. Cells are reused for other rows, so it is told whose value it shows; only a change of the
 * same row's value blinks.
 */
export class BlinkCell {
  readonly #state = new BlinkState();
  #key: number | string = NaN;
  #version = NaN;
  #animation: Animation | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  show(element: HTMLElement, key: number | string, version: number): void {
    if (key !== this.#key) {
      this.#key = key;
      this.#version = version;
      this.stop(element);
      return;
    }
    const now = performance.now();
    if (version === this.#version) {
      // Every pull comes by here, so a held cell needs no timer of its own to be let go.
      if (this.#state.rested(now)) element.classList.remove('is-lit', 'is-held');
      return;
    }
    this.#version = version;
    const order = this.#state.changed(now);
    if (order === 'start') this.#light(element);
    else if (order === 'hold') this.#hold(element);
  }

  /** The element goes, or shows another row. */
  stop(element: HTMLElement): void {
    this.#state.reset();
    this.#animation?.cancel();
    this.#animation = null;
    clearTimeout(this.#timer);
    element.classList.remove('is-lit', 'is-held');
  }

  #light(element: HTMLElement): void {
    element.classList.add('is-lit');
    clearTimeout(this.#timer);
    if (reducedMotion?.matches !== true) {
      this.#animation ??= element.animate([{ opacity: 1 }, { opacity: 0 }], {
        pseudoElement: '::before',
        duration: blinkMs,
      });
      this.#animation.currentTime = 0;
      this.#animation.play();
    }
    this.#timer = setTimeout(() => element.classList.remove('is-lit'), blinkMs);
  }

  #hold(element: HTMLElement): void {
    this.#animation?.cancel();
    element.classList.add('is-lit', 'is-held');
    clearTimeout(this.#timer);
  }
}
