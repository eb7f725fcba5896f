/**
 * Kills natscope-server again and again while its streams are worked on, and looks at what is left:
 * `node test/crash/run.ts [--rounds 500] [--seed N] [--manner plain|always|aes|chacha|turning] [--server PATH]`. Exit code 1
 * when something was lost or came back.
 */

import { parseArgs } from 'node:util';
import { natscopeServer } from '../support/server-process.ts';
import { crash, type Manner } from './zz.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '500' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    manner: { type: 'string', default: 'turning' },
    /** Another server, e.g. a nats-server. */
    server: { type: 'string' },
  },
});
const rounds = Number(values.rounds);
const seed = Number(values.seed);
const startedAt = performance.now();
let last = '';
const faults = await crash({
  command: values.server === undefined ? natscopeServer : [values.server],
  rounds,
  seed,
  manner: values.manner as Manner,
  onRound(round, { counts }) {
    last = `${round} rounds, ${Object.entries(counts)
      .map(([what, count]) => `${what} ${count}`)
      .join(', ')}`;
    if (round % 25 === 0) console.log(last);
  },
});
const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
console.log(`${last}; ${faults.length} faults, ${values.manner}, seed ${seed}, ${seconds} s`);
for (const fault of faults.slice(0, 50)) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
