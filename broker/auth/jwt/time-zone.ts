const SECONDS_PER_HOUR = 3600;
const SECONDS_PER_MINUTE = 60;

/** Seconds since midnight of a time such as `08:30:00`, read as generously as Go does; undefined when it is none. */
export function parseTimeOfDay(text: string): number | undefined {
  const match = /^(\d{1,2}):(\d{2}):(\d{2})(?:[.,]\d+)?$/.exec(text);
  if (match === null) return undefined;
  const [hours, minutes, seconds] = match.slice(1).map(Number) as [number, number, number];
  if (hours > 23 || minutes > 59 || seconds > 59) return undefined;
  return hours * SECONDS_PER_HOUR + minutes * SECONDS_PER_MINUTE + seconds;
}

/** Whether it names a time zone of the IANA data base. */
export function isTimeZone(name: string): boolean {
  return formatOf(name) !== undefined;
}

/**
 * Milliseconds since midnight on the clocks of a time zone; '' is the zone of this machine. Undefined when there is no
 * such zone.
 */
export function timeOfDay(atMs: number, zone: string): number | undefined {
  if (zone === '') {
    const date = new Date(atMs);
    return ofClock(date.getHours(), date.getMinutes(), date.getSeconds(), atMs);
  }
  const format = formatOf(zone);
  if (format === undefined) return undefined;
  const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
  return ofClock(parts.get('hour') ?? 0, parts.get('minute') ?? 0, parts.get('second') ?? 0, atMs);
}

function ofClock(hours: number, minutes: number, seconds: number, atMs: number): number {
  const whole = hours * SECONDS_PER_HOUR + minutes * SECONDS_PER_MINUTE + seconds;
  return whole * 1000 + (((atMs % 1000) + 1000) % 1000);
}

/** Go takes names as files are named, and not offsets such as `+01:00`, which are time zones here. */
function formatOf(zone: string): Intl.DateTimeFormat | undefined {
  if (!/^[A-Za-z][\w+\-/]*$/.test(zone)) return undefined;
  try {
    return new Intl.DateTimeFormat('en-GB', {
      timeZone: zone === 'Local' ? undefined : zone,
      hourCycle: 'h23',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    return undefined;
  }
}
