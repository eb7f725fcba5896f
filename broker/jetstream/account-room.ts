import type { ApiError } from './api-error.ts';
import { type AccountTiers } from './account-tiers.ts';
import type { Usage } from './account-jetstream.ts';
import { apiError } from './errors.ts';

/** What the limits of an account set aside for it, in all tiers together. */
export function promised(tiers: AccountTiers): Usage {
  const sum = { memory: 0, storage: 0 };
  for (const { max_memory, max_storage } of tiers.values()) {
    sum.memory += Math.max(0, max_memory);
    sum.storage += Math.max(0, max_storage);
  }
  return sum;
}

/** What an account is to have more than it has; less than nothing does not count. */
export function added(before: AccountTiers, after: AccountTiers): Usage {
  const sum = { memory: 0, storage: 0 };
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const [old, now] = [before.get(name), after.get(name)];
    sum.memory += Math.max(0, (now?.max_memory ?? 0) - (old?.max_memory ?? 0));
    sum.storage += Math.max(0, (now?.max_storage ?? 0) - (old?.max_storage ?? 0));
  }
  return sum;
}

/**
 * Whether the server can keep a promise of so much more. `taken`: what others count as theirs, by what streams reserve and
 * by what accounts were promised; each by itself has to leave enough. Undefined: it can.
 */
export function lackOfRoom(wanted: Usage, most: Usage, ...taken: readonly Usage[]): ApiError | undefined {
  for (const { memory, storage } of taken) {
    if (memory + wanted.memory > most.memory) return apiError('memoryResourcesExceeded');
    if (storage + wanted.storage > most.storage) return apiError('storageResourcesExceeded');
  }
  return undefined;
}
