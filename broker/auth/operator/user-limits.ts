import type { ConnectionType } from '../../options/permissions.ts';
import type { UserPermissionLimits } from '../jwt/claims.ts';
import { contains, parseNetwork } from '../jwt/networks.ts';
import { parseTimeOfDay, timeOfDay } from '../jwt/time-zone.ts';

const DAY_MS = 86_400_000;

/** Whether a user may come from that address. */
export function admitsSource({ src }: Pick<UserPermissionLimits, 'src'>, ip: string): boolean {
  if (src.length === 0) return true;
  return src.some((text) => {
    const network = parseNetwork(text);
    return network !== undefined && contains(network, ip);
  });
}

/**
 * Whether a user may be there at a time (milliseconds since the epoch), and for how many milliseconds; without a number
 * there is no end. Ranges are open at both ends, may cross midnight, and of several that hold the longest counts.
 */
export function admitsTime(
  { times, times_location: zone }: Pick<UserPermissionLimits, 'times' | 'times_location'>,
  atMs: number,
): { readonly allowed: boolean; readonly leftMs?: number } {
  if (times.length === 0) return { allowed: true };
  const now = timeOfDay(atMs, zone);
  if (now === undefined) return { allowed: false };
  let longest = 0;
  for (const range of times) {
    const start = parseTimeOfDay(range.start);
    const end = parseTimeOfDay(range.end);
    if (start === undefined || end === undefined) return { allowed: false };
    const left = leftOf(start * 1000, end * 1000, now);
    if (left > 0) longest = Math.max(longest, left + clockChange(atMs, now, left, zone));
  }
  return longest > 0 ? { allowed: true, leftMs: longest } : { allowed: false };
}

const CONNECTION_TYPES: readonly string[] = [
  'STANDARD',
  'WEBSOCKET',
  'LEAFNODE',
  'LEAFNODE_WS',
  'MQTT',
  'MQTT_WS',
  'IN_PROCESS',
] satisfies ConnectionType[];

/** Types that a user may connect with, in any case. Those of `unknown` are none that this server knows. */
export function connectionTypes(texts: readonly string[]): { known: ConnectionType[]; unknown: string[] } {
  const all = texts.map((text) => text.toUpperCase());
  return {
    known: all.filter((text) => CONNECTION_TYPES.includes(text)) as ConnectionType[],
    unknown: all.filter((text) => !CONNECTION_TYPES.includes(text)),
  };
}

/** What is to be added to a time that passes while the clocks are put forward or back: an hour less, or more, or nothing. */
function clockChange(atMs: number, now: number, left: number, zone: string): number {
  const then = timeOfDay(atMs + left, zone) ?? 0;
  const off = (((now + left - then) % DAY_MS) + DAY_MS) % DAY_MS;
  return off > DAY_MS / 2 ? off - DAY_MS : off;
}

/** Milliseconds that are left of a range of a day, 0 when it does not hold. */
function leftOf(start: number, end: number, now: number): number {
  if (start < now && now < end) return end - now;
  if (start <= end) return 0;
  // Over midnight: it is before the end, or behind the beginning.
  if (now < end) return end - now;
  return start < now ? end + DAY_MS - now : 0;
}
