import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { runWithin } from '../../../../../electron/explorer/filter/guard.ts';

test('work that ends in time is done, work that does not is broken off, errors come through', () => {
  let done = 0;
  expect(runWithin(1000, () => void done++)).toBe(true);
  expect(done).toBe(1);
  expect(runWithin(20, () => void /^(a+)+$/.test(`${'a'.repeat(60)}!`))).toBe(false);
  expect(() => runWithin(1000, () => JSON.parse('{'))).toThrow(SyntaxError);
  expect(runWithin(1000, () => void done++)).toBe(true);
  expect(done).toBe(2);
});

test('it holds in a thread too, where the explorer lives', async () => {
  const path = new URL('../../../../../electron/explorer/filter/guard.ts', import.meta.url).href;
  const worker = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads');
     import(workerData).then(({ runWithin }) => {
       parentPort.postMessage(runWithin(20, () => void /^(a+)+$/.test('a'.repeat(60) + '!')));
     });`,
    { eval: true, workerData: path },
  );
  try {
    const finished = await new Promise<unknown>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    expect(finished).toBe(false);
  } finally {
    await worker.terminate();
  }
});
