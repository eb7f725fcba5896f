/** What clocks on a wall show, where. */
export interface CivilTime {
  readonly year: number;
  /** From 1. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** Seconds that are added to UTC. */
  readonly offset: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Whether there is such a time zone: a name of IANA's data base, in the right case, or `Local` for that of the machine. */
export function isTimeZone(name: string): boolean {
  if (name === 'UTC' || name === 'Local') return true;
  if (!/^[A-Z][A-Za-z0-9_+\-/]*$/.test(name)) return false;
  try {
    const { timeZone } = formatOf(name).resolvedOptions();
    // Other names of a zone are resolved to its first one.
    return timeZone === name || timeZone.toLowerCase() !== name.toLowerCase();
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** `seconds` since the epoch; `zone`: undefined for UTC. */
export function civilTime(seconds: number, zone: string | undefined): CivilTime {
  const offset = zone === undefined || zone === 'UTC' ? 0 : offsetAt(seconds, zone);
  const date = new Date((seconds + offset) * 1000);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    offset,
  };
}

/**
 * Seconds since the epoch at which clocks show that; `offset` does not matter. A time that is skipped there is taken by
 * the offset that was good before.
 */
export function instantOf(time: CivilTime, zone: string | undefined): number {
  const { year, month, day, hour, minute, second } = time;
  const shown = Date.UTC(year, month - 1, day, hour, minute, second) / 1000;
  if (zone === undefined || zone === 'UTC') return shown;
  const before = offsetAt(shown - DAY_SECONDS, zone);
  const after = offsetAt(shown + DAY_SECONDS, zone);
  for (const offset of [before, after]) if (offsetAt(shown - offset, zone) === offset) return shown - offset;
  return shown - before;
}

/** 0 is Sunday. */
export function weekday({ year, month, day }: CivilTime): number {
  return new Date(Date.UTC(year, month - 1, day)).getUTCDay();
}

export function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

const DAY_SECONDS = 86_400;

function offsetAt(seconds: number, zone: string): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of formatOf(zone).formatToParts(seconds * 1000)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) / 1000 - seconds;
}

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      ...(zone === 'Local' ? {} : { timeZone: zone }),
      calendar: 'gregory',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(zone, format);
  }
  return format;
}
