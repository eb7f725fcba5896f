import { getRandomValues } from 'node:crypto';

/** How events say things: JSON, times and ids as nats-server writes them. */

/** JSON on one line, with the characters escaped that mean something in HTML. A key whose value is undefined is left out. */
export function eventJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** RFC 3339 in UTC with as many digits of the fraction as are needed; `ms` since the epoch, with a fraction. */
export function eventTime(ms: number): string {
  const whole = Math.floor(ms);
  const micros = Math.floor((ms - whole) * 1000);
  const text = new Date(whole).toISOString();
  const fraction = (text.slice(20, 23) + String(micros).padStart(3, '0')).replace(/0+$/, '');
  return `${text.slice(0, 19)}${fraction === '' ? '' : `.${fraction}`}Z`;
}

/** Milliseconds since the epoch, with as fine a fraction as the system gives. */
export function preciseNow(): number {
  return performance.timeOrigin + performance.now();
}

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ID_LENGTH = 22;

/** A name that no other event has: 22 letters and digits. */
export function newEventId(): string {
  const bytes = getRandomValues(new Uint8Array(ID_LENGTH));
  return Array.from(bytes, (byte) => DIGITS[byte % DIGITS.length]).join('');
}
