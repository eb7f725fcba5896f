import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from '../support/server-process.ts';
import { Load, open, type Random } from './load.ts';

export interface CrashOptions {
  readonly command: readonly string[];
  readonly rounds: number;
  readonly seed: number;
  /** Flags beside `-js` and the folder. */
  readonly args?: readonly string[];
  /** Where the streams lie: `memory` has to fail. */
  readonly storage?: 'file' | 'memory';
  readonly onRound?: (round: number, load: Load) => void;
}

/** How long a server lives at least and at most, in milliseconds. */
const LIFE_MS_MIN = 20;
const LIFE_MS_MAX = 500;

/**
 * Starts a server, works on its streams in many ways at once, kills it in the middle of that, starts it again on the same
 * folder and looks whether everything is as it was promised; so many times. Returns what was not; none: all is well.
 */
export async function crash({ command, rounds, seed, args = [], storage, onRound }: CrashOptions): Promise<string[]> {
  const random = seeded(seed);
  const folder = await mkdtemp(join(tmpdir(), 'natscope-crash-'));
  const load = new Load(random, storage);
  try {
    for (let round = 0; round <= rounds; round++) {
      const server = await startServer(command, ['-js', '-sd', folder, ...args]);
      try {
        const nc = await open(server.port);
        const closed = nc.closed();
        if (round === 0) await load.prepare(nc);
        else {
          const faults = await load.check(nc).catch((error: unknown) => [String(error)]);
          if (faults.length > 0) return faults.map((fault) => `round ${round}, seed ${seed}: ${fault}`);
        }
        onRound?.(round, load);
        if (round === rounds) {
          await nc.close();
          break;
        }
        const running = load.run(nc);
        await new Promise((resolve) => setTimeout(resolve, LIFE_MS_MIN + random() * (LIFE_MS_MAX - LIFE_MS_MIN)));
        server.signal('SIGKILL');
        load.stop();
        await server.exited;
        await closed;
        await running;
      } finally {
        await server.stop();
      }
    }
    return [];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Numbers from 0 to 1 that are the same for the same seed. */
function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), 1 | state);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}
