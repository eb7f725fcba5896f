/** A text that Go's JSON does not take for a time; the message is Go's. */
export class GoTimeError extends Error {
  override readonly name = 'GoTimeError';
}

const LAYOUT = '2006-01-02T15:04:05Z07:00';
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * A time of RFC 3339 as nats-server gives it back: nanoseconds at most, no zeros at their end, `Z` for no offset. Like
 * Go it takes an hour of one digit and a comma in front of the fraction. Throws a `GoTimeError`.
 */
export function normalTime(text: string): string {
  let rest = text;
  const cannot = (part: string): GoTimeError =>
    new GoTimeError(`parsing time ${quoted(text)} as "${LAYOUT}": cannot parse ${quoted(rest)} as "${part}"`);
  const outside = (what: string): GoTimeError => new GoTimeError(`parsing time ${quoted(text)}: ${what} out of range`);
  const take = (pattern: RegExp, part: string): string => {
    const found = pattern.exec(rest)?.[0];
    if (found === undefined) throw cannot(part);
    rest = rest.slice(found.length);
    return found;
  };

  const year = take(/^\d{4}/, '2006');
  take(/^-/, '-');
  const month = take(/^\d\d/, '01');
  if (Number(month) < 1 || Number(month) > 12) throw outside('month');
  take(/^-/, '-');
  const day = take(/^\d\d/, '02');
  take(/^T/, 'T');
  const hour = take(/^\d\d?/, '15');
  if (Number(hour) > 23) throw outside('hour');
  take(/^:/, ':');
  const minute = take(/^\d\d/, '04');
  if (Number(minute) > 59) throw outside('minute');
  take(/^:/, ':');
  const second = take(/^\d\d/, '05');
  if (Number(second) > 59) throw outside('second');
  const fraction = /^[.,]\d+/.exec(rest)?.[0] ?? '';
  rest = rest.slice(fraction.length);
  const zone = take(/^(Z|[-+]\d\d:\d\d)/, 'Z07:00');
  if (rest !== '') throw new GoTimeError(`parsing time ${quoted(text)}: extra text: ${quoted(rest)}`);
  if (Number(day) < 1 || Number(day) > daysOf(Number(year), Number(month))) throw outside('day');

  const digits = fraction.slice(1, 10).replace(/0+$/, '');
  const clock = `${hour.padStart(2, '0')}:${minute}:${second}`;
  return `${year}-${month}-${day}T${clock}${digits === '' ? '' : `.${digits}`}${normalZone(zone)}`;
}

/** As the errors of Go's times quote: all bytes but those of plain ASCII by their numbers. */
function quoted(text: string): string {
  const shown = text
    .replace(/["\\]/g, '\\$&')
    .replace(/[^ -\x7f]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return `"${shown}"`;
}

function daysOf(year: number, month: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return month === 2 && leap ? 29 : (MONTH_DAYS[month - 1] as number);
}

/** 60 minutes of an offset are an hour. */
function normalZone(zone: string): string {
  if (zone === 'Z') return zone;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4));
  if (minutes === 0) return 'Z';
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${zone[0]}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** The same moment in UTC; `time` is as `normalTime` gives it. */
export function utcTime(time: string): string {
  const zone = /([-+])(\d\d):(\d\d)$/.exec(time);
  if (zone === null) return time;
  const [shown, sign, hours, minutes] = zone as unknown as [string, string, string, string];
  const clock = time.slice(0, 19);
  const fraction = time.slice(19, -shown.length);
  const offset = (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === '-' ? -1 : 1);
  return `${new Date(Date.parse(`${clock}Z`) - offset).toISOString().slice(0, 19)}${fraction}Z`;
}
