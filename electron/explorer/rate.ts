/** Rates from counts in bars of time. */

export const BARS = 20;
export const BAR_MICROSECONDS = 3_000_000;

/** Counts above which a window of time says enough about the rate. */
const ENOUGH = 10;

/**
 * Rate from the bars of one node: the shortest of the windows of 1, 2, 4 … bars that holds enough messages, so that a
 * fast subject answers within 3 s and a slow one is not drawn as 0, 0.3, 0. Silence caps it, so that what stops does not
 * fade for a minute.
 *
 * @param bars ring of `BARS` counts from index `base`
 * @param epoch number of the bar that the ring ends with
 * @param last time of the last message
 */
export function rateOf(bars: Uint32Array, base: number, epoch: number, last: number, now: number): number {
  const current = Math.floor(now / BAR_MICROSECONDS);
  const part = now / BAR_MICROSECONDS - current;
  if (epoch + BARS <= current) return 0;
  let sum = 0;
  let rate = 0;
  for (let width = 1, age = 0; ; width *= 2) {
    const end = Math.min(width, BARS - 1);
    for (; age < end; age++) sum += barAt(bars, base, epoch, current - age);
    // A window ends now, so it reaches into the bar before its whole ones by what the current one lacks.
    const rest = barAt(bars, base, epoch, current - end) * (1 - part);
    rate = ((sum + rest) * 1_000_000) / (end * BAR_MICROSECONDS);
    if (sum + rest >= ENOUGH || end === BARS - 1) break;
  }
  const silence = now - last;
  return silence > BAR_MICROSECONDS ? Math.min(rate, 3_000_000 / silence) : rate;
}

function barAt(bars: Uint32Array, base: number, epoch: number, bar: number): number {
  return bar > epoch || bar <= epoch - BARS || bar < 0 ? 0 : bars[base + (bar % BARS)]!;
}

/** Bars oldest first, scaled 0 … 255 to the highest; a bar that counted something is never 0. */
export function sparkOf(bars: Uint32Array, base: number, epoch: number, now: number): Uint8Array {
  const spark = new Uint8Array(BARS);
  const current = Math.floor(now / BAR_MICROSECONDS);
  let highest = 0;
  for (let age = 0; age < BARS; age++) highest = Math.max(highest, barAt(bars, base, epoch, current - age));
  if (highest === 0) return spark;
  for (let age = 0; age < BARS; age++) {
    spark[BARS - 1 - age] = Math.ceil((barAt(bars, base, epoch, current - age) * 255) / highest);
  }
  return spark;
}

const METER_BARS = 8;
const METER_BAR_MICROSECONDS = 250_000;

/** Rate over the last two seconds, for what is shown on its own: a connection, a subscription. */
export class RateMeter {
  readonly #bars = new Float64Array(METER_BARS);
  #current = 0;
  #until = 0;

  add(now: number): void {
    if (now >= this.#until) this.#advance(now);
    this.#bars[this.#current % METER_BARS]!++;
  }

  rate(now: number): number {
    if (now >= this.#until) this.#advance(now);
    let sum = 0;
    for (let index = 1; index < METER_BARS; index++)
      sum += this.#bars[(this.#current - index + METER_BARS) % METER_BARS]!;
    return (sum * 1_000_000) / ((METER_BARS - 1) * METER_BAR_MICROSECONDS);
  }

  #advance(now: number): void {
    const bar = Math.floor(now / METER_BAR_MICROSECONDS);
    const gap = Math.min(METER_BARS, bar - this.#current);
    for (let index = 0; index < gap; index++) this.#bars[(bar - index) % METER_BARS] = 0;
    this.#current = bar;
    this.#until = (bar + 1) * METER_BAR_MICROSECONDS;
  }
}
