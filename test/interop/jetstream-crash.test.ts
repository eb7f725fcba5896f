import { expect, test } from 'vitest';
import { crash } from '../crash/crash.ts';
import { natscopeServer } from '../support/server-process.ts';

/** A short form of `node test/crash/run.ts`. */
const ROUNDS = 6;
const SEED = Number(process.env['NATSCOPE_CRASH_SEED'] ?? Date.now() % 1_000_000);

test('streams outlive a server that is killed while they are worked on', async () => {
  let published = 0;
  let acknowledged = 0;
  const faults = await crash({
    command: natscopeServer,
    rounds: ROUNDS,
    seed: SEED,
    onRound(_round, { counts }) {
      ({ published, acknowledged } = counts);
    },
  });
  expect(faults).toEqual([]);
  expect(published).toBeGreaterThan(0);
  expect(acknowledged).toBeGreaterThan(0);
});

test('and the tester finds out where they do not', async () => {
  const faults = await crash({ command: natscopeServer, rounds: 1, seed: SEED, storage: 'memory' });
  expect(faults.length).toBeGreaterThan(0);
});
