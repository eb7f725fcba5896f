import type { AccountOptions } from '../options/accounts.ts';
import { type AccountLimits, NO_LIMITS } from './resource-limits.ts';

/** Limits of an account by tier: `R1`, `R3`; under '' those of the whole, where there are no tiers. */
export type AccountTiers = ReadonlyMap<string, AccountLimits>;

/** Name of the limits of the whole. */
export const WHOLE = '';

const UNLIMITED: AccountTiers = new Map([[WHOLE, NO_LIMITS]]);

/** Limits as the configuration or the JWT of an account has them. */
export function accountTiers(said: AccountOptions['jetstream']): AccountTiers {
  if (typeof said !== 'object') return UNLIMITED;
  const tiers = Object.entries(said).filter((entry): entry is [string, Fields] => isFields(entry[1]));
  if (tiers.length > 0) return new Map(tiers.map(([name, fields]) => [name, limitsOf(fields)]));
  return new Map([[WHOLE, limitsOf(said)]]);
}

/** The tier that streams with so many replicas are in, and its limits; undefined: there is none for them. */
export function tierFor(
  tiers: AccountTiers,
  replicas: number,
): { readonly name: string; readonly limits: AccountLimits } | undefined {
  const name = tiers.has(WHOLE) ? WHOLE : tierName(replicas);
  const limits = tiers.get(name);
  return limits === undefined ? undefined : { name, limits };
}

export function tierName(replicas: number): string {
  return `R${Math.max(1, replicas)}`;
}

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Configuration and JWT have names of their own for some. */
function limitsOf(fields: Fields): AccountLimits {
  const of = (...names: string[]): number => {
    for (const name of names) if (typeof fields[name] === 'number') return fields[name];
    return -1;
  };
  return {
    max_memory: of('max_memory'),
    max_storage: of('max_store'),
    max_streams: of('max_streams'),
    max_consumers: of('max_consumers'),
    max_ack_pending: of('max_ack_pending'),
    memory_max_stream_bytes: of('mem_max_stream_bytes', 'memory_max_stream_bytes'),
    storage_max_stream_bytes: of('disk_max_stream_bytes', 'store_max_stream_bytes'),
    max_bytes_required: fields['max_bytes_required'] === true,
  };
}
