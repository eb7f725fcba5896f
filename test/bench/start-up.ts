/**
 * Time from the start of the process to its first accepted connection: `node test/bench/start-up.ts [--runs 10]`.
 * natscope-server from its bundle when there is one, else from the sources. Exit code 1 when the median is over the goal.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { freePort } from '../support/free-port.ts';
import { nodePath, repository } from '../support/server-process.ts';
import { printTable } from './table.ts';

const startMsMax = 250;
const giveUpMs = 10_000;

const { values } = parseArgs({ options: { runs: { type: 'string', default: '10' }, server: { type: 'string' } } });
const runs = Number(values.runs);
if (!Number.isInteger(runs) || runs < 1) throw new Error('--runs is a whole number from 1');

const bundle = join(repository, 'dist', 'broker', 'cli.js');
const programs: [name: string, command: string[]][] =
  values.server === undefined
    ? [
        ...(existsSync(bundle) ? [['bundle', [nodePath, bundle]] as [string, string[]]] : []),
        ['sources', [nodePath, join(repository, 'broker', 'cli.ts')]],
      ]
    : [[values.server, [values.server]]];

const rows: string[][] = [];
let medianOfFirst = Number.POSITIVE_INFINITY;
for (const [name, command] of programs) {
  const times: number[] = [];
  for (let run = 0; run < runs; run++) times.push(await startOnce(command));
  times.sort((a, b) => a - b);
  const median = times[Math.floor(times.length / 2)] ?? 0;
  if (rows.length === 0) medianOfFirst = median;
  rows.push([name, ...[times[0] ?? 0, median, times.at(-1) ?? 0].map((time) => `${time.toFixed(0)} ms`)]);
}
printTable([`${runs} starts`, 'fastest', 'median', 'slowest'], rows);
if (medianOfFirst > startMsMax) process.exitCode = 1;

async function startOnce([program = '', ...args]: readonly string[]): Promise<number> {
  const port = await freePort();
  const startedAt = performance.now();
  const child = spawn(program, [...args, '-a', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  const exited = once(child, 'exit');
  try {
    while (!(await accepts(port))) {
      if (child.exitCode !== null) throw new Error(`the server ended with exit code ${child.exitCode}`);
      if (performance.now() - startedAt > giveUpMs) throw new Error(`no accept within ${giveUpMs} ms`);
    }
    return performance.now() - startedAt;
  } finally {
    child.kill('SIGKILL');
    await exited;
  }
}

/** Whether a server accepts there now; a refusal comes at once on loopback. */
function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const finish = (accepted: boolean): void => {
      socket.destroy();
      // The server needs the processor more than we do while it starts.
      if (accepted) resolve(true);
      else setTimeout(() => resolve(false), 2);
    };
    socket.on('connect', () => finish(true));
    socket.on('error', () => finish(false));
  });
}
