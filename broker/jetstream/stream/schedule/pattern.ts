import { GoTimeError, normalTime } from '../../api/requests/go-time.ts';
import { parseTime } from '../../time-text.ts';
import { durationMs } from '../message-ttl.ts';
import { Cron } from './cron.ts';
import { civilTime } from './zoned-time.ts';

/** When a schedule is due next. */
export interface Due {
  /** Nanoseconds since the epoch. */
  readonly at: bigint;
  /** Whether it is due again after that. */
  readonly repeats: boolean;
}

const NANOS_PER_SECOND = 1_000_000_000n;
const NANOS_PER_MS = 1_000_000;
const INTERVAL_MS_MIN = 1000;

const NAMED: Readonly<Record<string, string>> = {
  '@yearly': '0 0 0 1 1 *',
  '@annually': '0 0 0 1 1 *',
  '@monthly': '0 0 0 1 * *',
  '@weekly': '0 0 0 * * 0',
  '@daily': '0 0 0 * * *',
  '@midnight': '0 0 0 * * *',
  '@hourly': '0 0 * * * *',
};

/**
 * When a pattern (ADR-51) is due after a time, in nanoseconds. What was missed is due once, so that nothing comes in a
 * heap. `zone`: undefined when none was named. Undefined for a pattern that makes no sense.
 */
export function nextDue(pattern: string, zone: string | undefined, after: bigint, now: bigint): Due | undefined {
  if (pattern.startsWith('@at ')) {
    const at = zone === undefined ? exactTime(pattern.slice(4)) : undefined;
    return at === undefined ? undefined : { at, repeats: false };
  }
  if (pattern.startsWith('@every ')) {
    const ms = zone === undefined ? durationMs(pattern.slice(7)) : undefined;
    if (ms === undefined || ms < INTERVAL_MS_MIN) return undefined;
    const interval = BigInt(Math.round(ms * NANOS_PER_MS));
    const at = toSecond(after) + interval;
    return { at: at < now ? toSecond(now) + interval : at, repeats: true };
  }
  const cron = Cron.parse(NAMED[pattern] ?? pattern);
  if (cron === undefined) return undefined;
  const next = (from: bigint): bigint | undefined => {
    const second = cron.next(Number(from / NANOS_PER_SECOND), zone);
    return second === undefined ? undefined : BigInt(second) * NANOS_PER_SECOND;
  };
  const at = next(after);
  if (at === undefined) return undefined;
  const due = at < now ? next(toSecond(now)) : at;
  return due === undefined ? undefined : { at: due, repeats: true };
}

/** RFC 3339 with the offset of the zone, as `Nats-Schedule-Next` has it. */
export function dueText(at: bigint, zone: string | undefined): string {
  const seconds = Number(at / NANOS_PER_SECOND);
  const { offset, ...time } = civilTime(seconds, zone);
  const two = (value: number): string => String(value).padStart(2, '0');
  const fraction = String(at % NANOS_PER_SECOND)
    .padStart(9, '0')
    .replace(/0+$/, '');
  const minutes = Math.abs(Math.trunc(offset / 60));
  const shift = offset === 0 ? 'Z' : `${offset < 0 ? '-' : '+'}${two(Math.trunc(minutes / 60))}:${two(minutes % 60)}`;
  const date = `${String(time.year).padStart(4, '0')}-${two(time.month)}-${two(time.day)}`;
  const clock = `${two(time.hour)}:${two(time.minute)}:${two(time.second)}`;
  return `${date}T${clock}${fraction === '' ? '' : `.${fraction}`}${shift}`;
}

/** Nanoseconds since the epoch; undefined for what is no time of RFC 3339. */
export function exactTime(text: string): bigint | undefined {
  try {
    const time = parseTime(normalTime(text));
    return time === undefined ? undefined : BigInt(time.seconds) * NANOS_PER_SECOND + BigInt(time.nanos);
  } catch (error) {
    if (error instanceof GoTimeError) return undefined;
    throw error;
  }
}

/** To the nearest whole second. */
function toSecond(nanos: bigint): bigint {
  return ((nanos + NANOS_PER_SECOND / 2n) / NANOS_PER_SECOND) * NANOS_PER_SECOND;
}
