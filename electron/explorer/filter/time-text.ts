/** Times as a person writes them in a filter. */

const CLOCK = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?$/;
const SECOND = 1_000_000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

export interface TimePoint {
  /** Microseconds since the epoch or, when `ofDay`, since midnight of the machine's time zone. */
  value: number;
  ofDay: boolean;
  /** Microseconds that the text is exact to. */
  unit: number;
}

export function readTime(text: string): TimePoint | null {
  const clock = CLOCK.exec(text.trim());
  if (clock !== null) {
    const [, hours, minutes, seconds, fraction = ''] = clock;
    if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds ?? 0) > 59) return null;
    const whole = (Number(hours) * 60 + Number(minutes)) * MINUTE + Number(seconds ?? 0) * SECOND;
    const unit = seconds === undefined ? MINUTE : SECOND / 10 ** fraction.length;
    return { value: whole + Number(fraction.padEnd(6, '0')), ofDay: true, unit };
  }
  if (!/^\d{4}-\d{2}-\d{2}/.test(text.trim())) return null;
  const milliseconds = Date.parse(text.trim());
  return Number.isNaN(milliseconds) ? null : { value: milliseconds * 1000, ofDay: false, unit: 1000 };
}

/** Microseconds since midnight, in the machine's time zone, of a time since the epoch. */
export function timeOfDay(time: number): number {
  const offset = new Date(time / 1000).getTimezoneOffset() * MINUTE;
  return (((time - offset) % DAY) + DAY) % DAY;
}
