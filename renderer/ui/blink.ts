/**
 * When a changed cell lights up. A change starts the wash; changes that follow start it anew, at most four times a
 * second; a cell that changes in every quarter of a second is held at a faint wash instead, until it rests.
 */

const slotMs = 250;
/** Quarters of a second in a row with a change: after them the cell is held. */
const slotsHeld = 4;
const heldMask = (1 << slotsHeld) - 1;

export type BlinkOrder = 'start' | 'hold' | 'none';

export class BlinkState {
  /** Bit n: there was a change n slots ago. */
  #slots = 0;
  #slot = 0;
  held = false;

  /** The cell changed at `now`, milliseconds of any clock. */
  changed(now: number): BlinkOrder {
    this.#advance(now);
    const again = (this.#slots & 1) !== 0;
    this.#slots |= 1;
    if ((this.#slots & heldMask) === heldMask) {
      if (this.held) return 'none';
      this.held = true;
      return 'hold';
    }
    return again || this.held ? 'none' : 'start';
  }

  /** Whether a held cell has come to rest. Asked now and then while it is held. */
  rested(now: number): boolean {
    if (!this.held) return false;
    this.#advance(now);
    // Two empty slots, so that one late message does not let go.
    if ((this.#slots & 0b11) !== 0) return false;
    this.held = false;
    return true;
  }

  reset(): void {
    this.#slots = 0;
    this.held = false;
  }

  #advance(now: number): void {
    const slot = Math.floor(now / slotMs);
    const passed = slot - this.#slot;
    this.#slots = passed >= slotsHeld + 1 ? 0 : (this.#slots << passed) & 0xff;
    this.#slot = slot;
  }
}
