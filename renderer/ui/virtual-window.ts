/**
 * The maths of a list of equal rows of which only those on the screen exist. Positions are pixels of the whole list
 * ("virtual"); what the scroll bar moves over is an element of `contentHeight` pixels ("native"). The two differ
 *
 *  - when the list is higher than browsers allow an element to be: Chromium near 33.5 million pixels, Firefox near 17.9;
 *  - while a list follows its tail: an element that grew with every message would be laid out and composed anew each time.
 *
 * Where they differ a short move (wheel, keys) is taken one to one, so that every row can be reached; a long one (the
 * thumb was dragged) is taken in proportion; and the thumb is put right once scrolling rests.
 */

export const contentPxMax = 16_000_000;

export interface RowRange {
  first: number;
  count: number;
}

/** Share of the height that the element may lag behind while the list follows its tail. */
const tailSlack = 0.1;

export class VirtualWindow {
  readonly rowHeight: number;
  total = 0;
  viewport = 0;
  /** Virtual pixels above the upper edge. */
  position = 0;
  /** Where the scroll bar stands, native pixels. */
  native = 0;
  /** Height that the element with the scroll bar is given. */
  contentHeight = 0;

  constructor(rowHeight: number) {
    this.rowHeight = rowHeight;
  }

  get height(): number {
    return this.total * this.rowHeight;
  }

  get scaled(): boolean {
    return this.contentHeight !== this.height;
  }

  /** Takes another number of rows. While it follows the tail the element grows and shrinks in large steps only. */
  setTotal(total: number, tail: boolean): void {
    this.total = total;
    const wanted = Math.min(this.height, contentPxMax);
    const off = Math.abs(wanted - this.contentHeight);
    if (!tail || this.contentHeight < this.viewport * 4 || off > wanted * tailSlack) this.contentHeight = wanted;
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
    if (Math.abs(moved) <= this.viewport * 2) this.position += moved;
    else this.position = (native / Math.max(1, this.nativeMax)) * this.positionMax;
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
