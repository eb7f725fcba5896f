import { expect, it } from 'vitest';
import { scarceBudget } from '../../../../renderer/broker/jetstream-use.svelte.ts';

const budgets = (memory: number, storage: number) => ({
  jetstream: { memory: { used: memory, max: 100 }, storage: { used: storage, max: 1000 } },
});

it('says nothing while there is room, or no JetStream', () => {
  expect(scarceBudget(null)).toBeNull();
  expect(scarceBudget({})).toBeNull();
  expect(scarceBudget(budgets(94, 949))).toBeNull();
});

it('names the budget that is fuller', () => {
  expect(scarceBudget(budgets(0, 950))).toEqual({ of: 'storage', budget: { used: 950, max: 1000 }, full: false });
  expect(scarceBudget(budgets(100, 990))).toEqual({ of: 'memory', budget: { used: 100, max: 100 }, full: true });
  // The last message may go over it.
  expect(scarceBudget(budgets(0, 1020))).toMatchObject({ of: 'storage', full: true });
});

it('knows budgets of nothing', () => {
  const none = { used: 0, max: 0 };
  expect(scarceBudget({ jetstream: { memory: none, storage: none } })).toBeNull();
});
