/**
 * The maths of a list of equal rows of which only those on the screen exist. Positions are pixels of the whole list
 * ("virtual"); what the scroll bar moves over ("native") is capped, because browsers cap the height of an element:
 * Chromium near 33.5 million pixels, Firefox near 17.9 million.
 *
 *   rows × height ≤ contentPxMax   native = virtual, one to one
 *   more                           a short move (wheel, keys) is taken one to one, a long one (the thumb was dragged)
 *                                  in proportion, and the thumb is put right once scrolling rests
 */

export const contentPxMax = 16_000_000;

export interface RowRange {
  first: number;
  count: number;
}

export class VirtualWindow {
  readonly rowHeight: number;
  total = 0;
  viewport = 0;
  /** Virtual pixels above the upper edge. */
  position = 0;
  /** Where the scroll bar stands, native pixels. */
  native = 0;

  constructor(rowHeight: number) {
    this.rowHeight = rowHeight;
  }

  get height(): number {
    return this.total * this.rowHeight;
  }

  /** Height that the element with the scroll bar is given. */
  get contentHeight(): number {
    return Math.min(this.height, contentPxMax);
  }

  get scaled(): boolean {
    return this.height > contentPxMax;
  }

  get positionMax(): number {
    return Math.max(0, this.height - this.viewport);
  }

  get nativeMax(): number {
    return Math.max(0, this.contentHeight - this.viewport);
  }

  get atEnd(): boolean {
    return this.position >= this.positionMax - 1;
  }

  /** The scroll bar was moved to `native` by the person. */
  scrolled(native: number): void {
    const moved = native - this.native;
    this.native = native;
    if (!this.scaled) this.position = native;
    else if (Math.abs(moved) <= this.viewport * 2) this.position += moved;
    else this.position = (native / this.nativeMax) * this.positionMax;
    this.clamp();
  }

  /** Goes to a virtual position; returns where the scroll bar has to stand for it. */
  moveTo(position: number): number {
    this.position = position;
    this.clamp();
    return this.settle();
  }

  /** Puts the scroll bar where the position says, e.g. when scrolling rests; returns that place. */
  settle(): number {
    this.native = this.scaled
      ? Math.round((this.position / Math.max(1, this.positionMax)) * this.nativeMax)
      : this.position;
    return this.native;
  }

  /** Position that shows row `index` with the least movement. */
  positionShowing(index: number): number {
    const top = index * this.rowHeight;
    if (top < this.position) return top;
    if (top + this.rowHeight > this.position + this.viewport) return top + this.rowHeight - this.viewport;
    return this.position;
  }

  /** Rows at least partly visible, with `overscan` more on both sides. */
  range(overscan: number): RowRange {
    const first = Math.max(0, Math.floor(this.position / this.rowHeight) - overscan);
    const end = Math.min(this.total, Math.ceil((this.position + this.viewport) / this.rowHeight) + overscan);
    return { first, count: Math.max(0, end - first) };
  }

  /** Native pixels from the top of the content to row `index`. */
  topOf(index: number): number {
    return this.native + (index * this.rowHeight - this.position);
  }

  private clamp(): void {
    this.position = Math.round(Math.min(this.positionMax, Math.max(0, this.position)));
  }
}
