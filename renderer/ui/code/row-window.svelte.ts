/** Which of very many rows of one height are drawn. Takes getters, so that it follows what its component knows. */

const overscanRows = 8;
/** Browsers give up on taller elements. Above it the scroll bar moves in larger steps. */
const contentPixelsMax = 8_000_000;

export class RowWindow {
  scrollTop = $state(0);
  height = $state(0);
  readonly #count: () => number;
  readonly #rowPixels: number;

  constructor(count: () => number, rowPixels: number) {
    this.#count = count;
    this.#rowPixels = rowPixels;
  }

  /** Height of all rows, as far as a browser can have it. */
  get contentPixels(): number {
    return Math.min(contentPixelsMax, this.#count() * this.#rowPixels);
  }

  get #visible(): number {
    return Math.ceil(this.height / this.#rowPixels) + 1;
  }

  /** Row at the top edge. */
  get top(): number {
    const rows = this.#count();
    if (rows * this.#rowPixels <= contentPixelsMax) return Math.floor(this.scrollTop / this.#rowPixels);
    const range = this.contentPixels - this.height;
    return Math.floor((Math.min(this.scrollTop, range) / Math.max(1, range)) * Math.max(0, rows - this.#visible + 1));
  }

  get first(): number {
    return Math.max(0, Math.min(this.top, this.#count()) - overscanRows);
  }

  /** Row after the last one. */
  get end(): number {
    return Math.min(this.#count(), this.top + this.#visible + overscanRows);
  }

  /** Where the first row is drawn. */
  get offsetPixels(): number {
    if (this.#count() * this.#rowPixels <= contentPixelsMax) return this.first * this.#rowPixels;
    return this.scrollTop - (this.top - this.first) * this.#rowPixels;
  }

  /** Scroll position that brings a row into sight; null when it is. */
  reveal(row: number): number | null {
    const rows = this.#count();
    const whole = Math.max(1, Math.floor(this.height / this.#rowPixels) - 1);
    if (row >= this.top && row < this.top + whole) return null;
    const top = Math.max(0, row < this.top ? row : row - whole + 1);
    if (rows * this.#rowPixels <= contentPixelsMax) return top * this.#rowPixels;
    return (top / Math.max(1, rows - this.#visible + 1)) * (this.contentPixels - this.height);
  }
}
