import { describe, expect, it } from 'vitest';
import { accountTiers, tierFor, WHOLE } from '../../../../broker/jetstream/account-tiers.ts';
import { added, lackOfRoom, promised } from '../../../../broker/jetstream/account-room.ts';
import { NO_LIMITS } from '../../../../broker/jetstream/resource-limits.ts';

describe('limits of an account', () => {
  it.each([undefined, true, false])('are none for %o', (said) => {
    expect([...accountTiers(said)]).toEqual([[WHOLE, NO_LIMITS]]);
  });

  it('come from a configuration', () => {
    const tiers = accountTiers({ max_memory: 1, max_store: 2, mem_max_stream_bytes: 3, disk_max_stream_bytes: 4 });
    expect(tiers.get(WHOLE)).toEqual({
      ...NO_LIMITS,
      max_memory: 1,
      max_storage: 2,
      memory_max_stream_bytes: 3,
      storage_max_stream_bytes: 4,
    });
  });

  it('come from a JWT without tiers', () => {
    const said = { '': { max_memory: 0, max_store: 2, memory_max_stream_bytes: 3, store_max_stream_bytes: 4 } };
    expect(accountTiers(said).get(WHOLE)).toEqual({
      ...NO_LIMITS,
      max_memory: 0,
      max_storage: 2,
      memory_max_stream_bytes: 3,
      storage_max_stream_bytes: 4,
    });
  });

  it('come from a JWT by tier, of which one is that of so many replicas', () => {
    const tiers = accountTiers({ R1: { max_store: 1, max_bytes_required: true }, R3: { max_store: 3 } });
    expect(tierFor(tiers, 0)).toMatchObject({ name: 'R1', limits: { max_storage: 1, max_bytes_required: true } });
    expect(tierFor(tiers, 3)).toMatchObject({ name: 'R3', limits: { max_storage: 3, max_bytes_required: false } });
    expect(tierFor(tiers, 5)).toBeUndefined();
  });

  it('are those of the whole for any number of replicas', () => {
    expect(tierFor(accountTiers({ max_streams: 1 }), 3)).toMatchObject({ name: WHOLE, limits: { max_streams: 1 } });
  });
});

describe('what accounts are promised', () => {
  const tiers = (memory: number, storage: number): ReturnType<typeof accountTiers> =>
    accountTiers({ max_memory: memory, max_store: storage });

  it('is the sum of all tiers; no limit promises nothing', () => {
    expect(
      promised(accountTiers({ R1: { max_memory: 1, max_store: 2 }, R3: { max_memory: 3, max_store: -1 } })),
    ).toEqual({
      memory: 4,
      storage: 2,
    });
  });

  it('grows by what is added, and never by less than nothing', () => {
    expect(added(tiers(5, 1), tiers(2, 4))).toEqual({ memory: 0, storage: 3 });
    expect(added(tiers(1, 1), accountTiers({ R1: { max_memory: 7, max_store: 7 } }))).toEqual({
      memory: 7,
      storage: 7,
    });
  });

  it('has to be there, beside what is reserved and beside what others were promised', () => {
    const most = { memory: 10, storage: 10 };
    const nothing = { memory: 0, storage: 0 };
    expect(lackOfRoom({ memory: 10, storage: 10 }, most, nothing, nothing)).toBeUndefined();
    expect(lackOfRoom({ memory: 6, storage: 0 }, most, nothing, { memory: 5, storage: 0 })?.err_code).toBe(10028);
    expect(lackOfRoom({ memory: 0, storage: 6 }, most, { memory: 0, storage: 5 }, nothing)?.err_code).toBe(10047);
  });
});
