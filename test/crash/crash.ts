import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ServerProcess, startServer } from '../support/server-process.ts';
import { open } from './client.ts';
import { Load } from './load.ts';
import type { Random } from './part.ts';

/** How messages lie on the disk. `turning`: another way with every start. */
export type Manner = 'plain' | 'always' | 'aes' | 'chacha' | 'turning';

export interface CrashOptions {
  readonly command: readonly string[];
  readonly rounds: number;
  readonly seed: number;
  readonly manner?: Manner;
  /** How long a server lives at most, in milliseconds. */
  readonly lifeMsMax?: number;
  /** Where the streams lie: `memory` has to fail. */
  readonly storage?: 'file' | 'memory';
  readonly onRound?: (round: number, load: Load) => void;
}

/** How long a server lives at least, in milliseconds. */
const LIFE_MS_MIN = 20;
/** One of so many ends in good order. */
const ENDS_WELL_OF = 12;

/** What the log says of a tail that a kill tore off; anything else that is damaged is a fault. */
const DAMAGE = /^.*(?:damaged|can not be opened|set aside).*$/gm;
const TORN = /at the end that are no whole record, cut off/;

/**
 * Starts a server, works on its streams in many ways at once, kills it in the middle of that, starts it again on the same
 * folder and looks whether everything is as it was promised; so many times. Returns what was not; none: all is well.
 */
export async function crash(options: CrashOptions): Promise<string[]> {
  const { command, rounds, seed, manner = 'plain', lifeMsMax = 1500, storage, onRound } = options;
  const random = seeded(seed);
  const folder = await mkdtemp(join(tmpdir(), 'natscope-crash-'));
  const load = new Load(random, storage);
  try {
    for (let round = 0; round <= rounds; round++) {
      const server = await startServer(command, ['-c', await configure(folder, manner, round)]);
      try {
        const nc = await open(server.port);
        const closed = nc.closed();
        const faults = await (round === 0 ? load.prepare(nc).then(() => []) : load.check(nc)).catch(told);
        faults.push(...damageOf(server));
        if (faults.length > 0) return faults.map((fault) => `round ${round}, seed ${seed}: ${fault}`);
        onRound?.(round, load);
        if (round === rounds) {
          await nc.close();
          break;
        }
        const running = load.run(nc).then(() => [], told);
        const life = new Promise((resolve) => setTimeout(resolve, LIFE_MS_MIN + random() * (lifeMsMax - LIFE_MS_MIN)));
        await Promise.race([life, running]);
        const died = server.child.exitCode !== null;
        load.stop();
        server.signal(random() * ENDS_WELL_OF < 1 ? 'SIGTERM' : 'SIGKILL');
        await server.exited;
        await closed;
        faults.push(...(await running), ...(died ? [`the server ended by itself: ${server.stderr.slice(-2000)}`] : []));
        if (faults.length > 0) return faults.map((fault) => `round ${round}, seed ${seed}, at work: ${fault}`);
      } finally {
        await server.stop();
      }
    }
    return [];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function told(error: unknown): string[] {
  return [error instanceof Error ? (error.stack ?? error.message) : String(error)];
}

function damageOf({ stderr }: ServerProcess): string[] {
  return [...stderr.matchAll(DAMAGE)].map(([line]) => line).filter((line) => !TORN.test(line));
}

/** Writes the configuration for a start; returns its path. */
async function configure(folder: string, manner: Manner, round: number): Promise<string> {
  const lines = [`store_dir: ${JSON.stringify(folder)}`, 'max_memory_store: 1G', 'max_file_store: 20G'];
  const isAlways = manner === 'always' || (manner === 'turning' && round % 3 === 2);
  if (isAlways) lines.push('sync_interval: always');
  if (manner === 'aes' || manner === 'chacha') lines.push(`cipher: ${manner}`, 'key: "crash"');
  if (manner === 'turning' && round >= 3) {
    // From some start on there is a key, and then another one now and then.
    const turn = Math.floor(round / 10);
    lines.push(`cipher: ${turn % 2 === 0 ? 'aes' : 'chacha'}`, `key: "crash ${turn}"`);
    if (turn > 0) lines.push(`prev_key: "crash ${turn - 1}"`);
  }
  const path = join(folder, 'crash.conf');
  await writeFile(path, `jetstream {\n  ${lines.join('\n  ')}\n}\n`);
  return path;
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
