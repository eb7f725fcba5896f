/**
 * Time from the start of the process to its first accepted connection, with flags alone and with a configuration of some
 * 300 lines: `node test/bench/start-up.ts [--runs 10] [--server PATH]`. natscope-server from its bundle when there is one,
 * and from the sources. Exit code 1 when a median of the first of them is over the goal.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { freePort } from '../support/free-port.ts';
import { nodePath, repository } from '../support/server-process.ts';
import { startUpConfiguration } from './start-up-configuration.ts';
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

const folder = mkdtempSync(join(tmpdir(), 'natscope-start-up-'));
const configFile = join(folder, 'server.conf');
const configuration = startUpConfiguration(folder);
writeFileSync(configFile, configuration);
const configurationLines = configuration.split('\n').length - 1;
const variants: [name: string, words: string[]][] = [
  ['flags', []],
  [`${configurationLines} lines`, ['-c', configFile]],
];

const rows: string[][] = [];
try {
  for (const [index, [name, command]] of programs.entries()) {
    for (const [variant, words] of variants) {
      const times: number[] = [];
      for (let run = 0; run < runs; run++) times.push(await startOnce(command, words));
      times.sort((a, b) => a - b);
      const median = times[Math.floor(times.length / 2)] ?? 0;
      if (index === 0 && median > startMsMax) process.exitCode = 1;
      const figures = [times[0] ?? 0, median, times.at(-1) ?? 0].map((time) => `${time.toFixed(0)} ms`);
      rows.push([name, variant, ...figures]);
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
printTable([`${runs} starts`, 'with', 'fastest', 'median', 'slowest'], rows);

async function startOnce([program = '', ...args]: readonly string[], words: readonly string[]): Promise<number> {
  const port = await freePort();
  const startedAt = performance.now();
  const child = spawn(program, [...args, ...words, '-a', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
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
