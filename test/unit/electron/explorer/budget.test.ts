import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { attachBudget, createBudget } from '../../../../electron/explorer/budget.ts';

test('one capture gets all of the budget and not a byte more', () => {
  const budget = createBudget(1000);
  const share = attachBudget(budget.buffer, 1);
  expect(share.take(1000)).toBe(true);
  expect(share.take(1)).toBe(false);
  expect(share.fits(400, 399)).toBe(false);
  expect(share.fits(400, 400)).toBe(true);
  share.give(10);
  expect(share.take(10)).toBe(true);
  expect(budget.usedBytes).toBe(1000);
});

test('a newcomer gets its fair share although another one holds everything', () => {
  const budget = createBudget(1000);
  const old = attachBudget(budget.buffer, 1);
  old.take(1000);
  const fresh = attachBudget(budget.buffer, 2);
  expect(old.over).toBe(false);
  expect(fresh.take(100)).toBe(true);
  expect(old.over).toBe(true);
  expect(fresh.over).toBe(false);
  // The overshoot is bounded while the other has not given way yet.
  expect(fresh.take(100)).toBe(false);
  old.give(200);
  expect(fresh.take(100)).toBe(true);
  expect(fresh.take(400)).toBe(false);
});

test('the limit changes live', () => {
  const budget = createBudget(1000);
  const share = attachBudget(budget.buffer, 1);
  share.take(900);
  budget.limitBytes = 500;
  expect(share.limitBytes).toBe(500);
  expect(share.over).toBe(true);
  share.give(450);
  expect(share.over).toBe(false);
});

test('what a thread held that died is reclaimed, and a slot is used again', () => {
  const budget = createBudget(1000);
  attachBudget(budget.buffer, 7).take(600);
  const other = attachBudget(budget.buffer, 8);
  other.take(100);
  budget.reclaim(7);
  expect(budget.usedBytes).toBe(100);
  other.detach();
  other.detach();
  expect(budget.usedBytes).toBe(0);
  for (let round = 0; round < 1000; round++) attachBudget(budget.buffer, 9).detach();
});

test('threads see each other through the buffer', async () => {
  const budget = createBudget(1_000_000);
  const path = new URL('../../../../electron/explorer/budget.ts', import.meta.url).href;
  const worker = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads');
     import(workerData.path).then(({ attachBudget }) => {
       const share = attachBudget(workerData.buffer, 3);
       for (let i = 0; i < 1000; i++) share.take(100);
       parentPort.postMessage(share.ownBytes);
     });`,
    { eval: true, workerData: { path, buffer: budget.buffer } },
  );
  try {
    const own = await new Promise<unknown>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    expect(own).toBe(100_000);
    expect(budget.usedBytes).toBe(100_000);
  } finally {
    await worker.terminate();
  }
});
