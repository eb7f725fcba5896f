import { expect, test } from 'vitest';
import { crash } from '../crash/crash.ts';
import { natscopeServer } from '../support/server-process.ts';

/** A short form of `node test/crash/run.ts`. */
const ROUNDS = 4;
/** For a machine that has much else to do; a few seconds is what it takes. */
const MS_MAX = 180_000;
const SEED = Number(process.env['NATSCOPE_CRASH_SEED'] ?? Date.now() % 1_000_000);

test(
  'streams outlive a server that is killed while they are worked on',
  async () => {
    let done: Record<string, number> = {};
    const faults = await crash({
      command: natscopeServer,
      rounds: ROUNDS,
      seed: SEED,
      manner: 'turning',
      lifeMsMax: 800,
      onRound(_round, { counts }) {
        done = counts;
      },
    });
    expect(faults).toEqual([]);
    for (const what of ['published', 'acknowledged']) expect([what, done[what] ?? 0]).not.toEqual([what, 0]);
  },
  MS_MAX,
);

test(
  'and the tester finds out where they do not',
  async () => {
    const faults = await crash({ command: natscopeServer, rounds: 1, seed: SEED, storage: 'memory' });
    expect(faults.length).toBeGreaterThan(0);
  },
  MS_MAX,
);
