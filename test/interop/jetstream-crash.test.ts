import { expect, test } from 'vitest';
import { crash } from '../crash/crash.ts';
import { natscopeServer } from '../support/server-process.ts';

/** A short form of `node test/crash/run.ts`. */
const ROUNDS = 5;
const SEED = Number(process.env['NATSCOPE_CRASH_SEED'] ?? Date.now() % 1_000_000);

test('streams outlive a server that is killed while they are worked on', async () => {
  let done: Record<string, number> = {};
  const faults = await crash({
    command: natscopeServer,
    rounds: ROUNDS,
    seed: SEED,
    manner: 'turning',
    onRound(_round, { counts }) {
      done = counts;
    },
  });
  expect(faults).toEqual([]);
  for (const what of ['published', 'acknowledged', 'deleted', 'purged', 'updated', 'batches', 'duplicates']) {
    expect([what, done[what] ?? 0]).not.toEqual([what, 0]);
  }
});

test('and the tester finds out where they do not', async () => {
  const faults = await crash({ command: natscopeServer, rounds: 1, seed: SEED, storage: 'memory' });
  expect(faults.length).toBeGreaterThan(0);
});
