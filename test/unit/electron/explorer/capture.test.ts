import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { attachBudget, createBudget } from '../../../../electron/explorer/budget.ts';
import { Capture } from '../../../../electron/explorer/capture.ts';
import { explorerLimits } from '../../../../electron/explorer/limits.ts';
import { createExplorerFixture, SMALL } from '../../../support/explorer-fixture.ts';
import { bytesOf, NOTHING } from '../../../support/fake-link.ts';

function makeCapture(budgetBytes: number, limits = SMALL) {
  const budget = createBudget(budgetBytes);
  const gone: [number, number][] = [];
  const capture = new Capture(
    attachBudget(budget.buffer, 1),
    { ...explorerLimits, ...limits },
    { evicting: (from, to) => gone.push([from, to]) },
  );
  const append = (size: number, before = 0, seed = size): number => {
    const payload = new Uint8Array(size).fill(seed & 0xff);
    return capture.append(seed, 1, NOTHING, bytesOf('r'), NOTHING, payload, 0, 0, 1, before);
  };
  return { budget, capture, gone, append };
}

test('counts add up and what is kept reads back, whatever the sizes and the budget', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 4000, max: 60_000 }),
      fc.array(
        fc.oneof(
          fc.integer({ min: 0, max: 40 }),
          fc.integer({ min: 0, max: 3000 }),
          fc.integer({ min: 0, max: 70_000 }),
        ),
        {
          minLength: 1,
          maxLength: 400,
        },
      ),
      (budgetBytes, sizes) => {
        const { budget, capture, gone, append } = makeCapture(budgetBytes);
        const kept = new Map<number, number>();
        let dropped = 0;
        sizes.forEach((size, index) => {
          const sequence = append(size, 0, index);
          if (sequence === 0) dropped++;
          else kept.set(sequence, size);
        });
        expect(sizes.length).toBe(capture.kept + capture.evicted + capture.dropped);
        expect(capture.dropped).toBe(dropped);
        expect(capture.evicted).toBe(gone.reduce((sum, [from, to]) => sum + to - from + 1, 0));
        expect(budget.usedBytes).toBeLessThanOrEqual(budgetBytes);
        for (let sequence = capture.first; sequence <= capture.newest; sequence++) {
          const chunk = capture.chunkOf(sequence);
          const row = capture.rowOf(sequence);
          const payload = capture.payload(chunk, row);
          expect(payload.length).toBe(kept.get(sequence));
          expect(payload.every((byte) => byte === (chunk.time[row]! & 0xff))).toBe(true);
          expect(Buffer.from(capture.replyBytes(chunk, row)).toString()).toBe('r');
        }
        capture.clear();
        expect(budget.usedBytes).toBe(0);
      },
    ),
    { numRuns: 60 },
  );
});

test('a message larger than the budget is dropped and nothing is evicted for it', () => {
  const { capture, append } = makeCapture(20_000);
  for (let index = 0; index < 20; index++) append(100);
  expect(append(30_000)).toBe(0);
  expect([capture.kept, capture.evicted, capture.dropped]).toEqual([20, 0, 1]);
  expect(append(10_000)).toBe(21);
});

test('messages without bytes are evicted by their columns', () => {
  const { capture, append } = makeCapture(20_000);
  for (let index = 0; index < 5000; index++) append(0);
  expect(capture.dropped).toBe(0);
  expect(capture.evicted).toBeGreaterThan(4000);
  expect(capture.kept).toBe(5000 - capture.evicted);
});

test('rows of one subject are linked both ways until the older one goes', () => {
  const { capture, append } = makeCapture(20_000);
  const one = append(10);
  append(10);
  const three = append(10, one);
  expect(capture.previous(three)).toBe(one);
  expect(capture.next(one)).toBe(three);
  expect(capture.next(three)).toBe(0);
  let last = three;
  for (let index = 0; index < 300; index++) last = append(100, last);
  expect(capture.has(one)).toBe(false);
  expect(capture.previous(capture.first)).toBe(0);
  expect(capture.next(capture.first)).toBe(capture.first + 1);
});

test('received = kept + evicted + dropped + excluded through the whole explorer', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 60_000, max: 300_000 }),
      fc.array(fc.tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 5000 }), fc.boolean()), {
        minLength: 1,
        maxLength: 300,
      }),
      async (budgetBytes, messages) => {
        const fixture = createExplorerFixture({ budgetBytes, exclude: ['s.7', 'big.>'], limits: SMALL });
        const { link, call, explorer, budget } = fixture;
        await call('subscriptions.add', { subject: 's.*', exclude: false });
        let bytes = 0;
        for (const [subject, size, big] of messages) {
          const payload = new Uint8Array(big && size === 5000 ? 400_000 : size);
          bytes += payload.length;
          link.deliver(bytesOf(`s.${subject}`), payload);
        }
        const view = await fixture.open();
        const { counters, list } = await fixture.pull(view);
        expect(counters.received).toBe(messages.length);
        expect(counters.receivedBytes).toBe(bytes);
        expect(counters.kept + counters.evicted + counters.dropped + counters.excluded).toBe(messages.length);
        expect(counters.excluded).toBe(messages.filter(([subject]) => subject === 7).length);
        expect(list!.total).toBe(counters.kept);
        explorer.dispose();
        expect(budget.usedBytes).toBe(0);
      },
    ),
    { numRuns: 30 },
  );
});

test('two connections share one budget: the busy one gives way to the new one', async () => {
  const first = createExplorerFixture({ budgetBytes: 2_000_000, limits: SMALL });
  for (let index = 0; index < 5000; index++) first.link.deliver(bytesOf('a'), new Uint8Array(500));
  expect(first.budget.usedBytes).toBeGreaterThan(1_990_000);
  const second = createExplorerFixture({ budget: first.budget, limits: SMALL });
  for (let index = 0; index < 1000; index++) {
    second.link.deliver(bytesOf('b'), new Uint8Array(500));
    first.clock.advance(10);
  }
  const [one, other] = await Promise.all([first, second].map(async (fixture) => fixture.pull(await fixture.open())));
  expect(other!.counters.kept).toBe(1000);
  expect(one!.counters.dropped + other!.counters.dropped).toBe(0);
  expect(first.budget.usedBytes).toBeLessThanOrEqual(2_000_000);
});

test('a budget that is made smaller while nothing arrives is kept to', async () => {
  const fixture = createExplorerFixture({ budgetBytes: 4_000_000, limits: SMALL });
  const view = await fixture.open();
  for (let index = 0; index < 5000; index++) fixture.link.deliver(bytesOf('a'), new Uint8Array(500));
  expect((await fixture.pull(view)).counters.evicted).toBe(0);
  fixture.budget.limitBytes = 1_000_000;
  fixture.clock.advance(1000);
  expect(fixture.budget.usedBytes).toBeLessThanOrEqual(1_000_000);
  const { counters } = await fixture.pull(view);
  expect(counters.kept + counters.evicted).toBe(5000);
  expect(counters).toMatchObject({ budgetBytes: 1_000_000, dropped: 0 });
});
