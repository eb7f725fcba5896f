/**
 * A stream on disk with very many messages, beside nats-server: `node test/bench/million-messages.ts [--messages 1000000]
 * [--subjects 100000] [--size 128] [--rounds 5] [--server PATH]`. Written through the API; then the memory of the server, and
 * how long it takes from its start until it is ready, and until it has said what the stream holds: after a stop and after a
 * kill. Exit code 1 when ours takes longer, by the medians, or more than 350 MB of memory.
 */

import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startServer } from '../support/server-process.ts';
import { comparedPrograms, cpuSeconds, median, type Program, residentMegabytes } from './compared.ts';
import { StreamClient } from './stream-client.ts';
import { printTable } from './table.ts';

const megabytesMax = 350;
/** Background work is done by then, and garbage collected. */
const restMs = 5000;

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '1000000' },
    subjects: { type: 'string', default: '100000' },
    size: { type: 'string', default: '128' },
    rounds: { type: 'string', default: '5' },
    server: { type: 'string' },
  },
});
const messages = Number(values.messages);
const subjects = Number(values.subjects);
const payload = 'x'.repeat(Number(values.size));

interface Start {
  readonly readyMs: number;
  readonly infoMs: number;
  readonly cpuMs: number;
  readonly megabytes: number;
}

interface Results {
  readonly folders: Record<'stop' | 'kill', string>;
  /** Resident set when all was written. */
  readonly filled: number;
  readonly filledPerSecond: number;
  readonly starts: Record<'stop' | 'kill', Start[]>;
}

const programs = await comparedPrograms(values.server);
const results = new Map<Program, Results>();
try {
  for (const program of programs) results.set(program, await fill(program));
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const end of ['stop', 'kill'] as const) {
      for (const program of round % 2 === 0 ? programs : programs.toReversed()) {
        const { folders, starts } = results.get(program) as Results;
        starts[end].push(await start(program, folders[end]));
      }
    }
  }
  report();
} finally {
  for (const { folders } of results.values()) {
    for (const folder of Object.values(folders)) rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes it, and keeps two copies of what is on the disk then: as a kill left it, and as a stop after the next start did. */
async function fill(program: Program): Promise<Results> {
  const killed = mkdtempSync(join(tmpdir(), 'natscope-bench-'));
  const server = await startServer(program.command, ['-js', '-sd', killed]);
  const client = await StreamClient.open(server.port);
  await client.api('STREAM.CREATE.S', { name: 'S', subjects: ['s.>'] });
  const startedAt = performance.now();
  // In an order that is not that of the subjects.
  await client.fill(messages, (index) => `s.${(index * 7919) % subjects}`, payload);
  const seconds = (performance.now() - startedAt) / 1000;
  await rest();
  const filled = residentMegabytes(server);
  client.close();
  server.signal('SIGKILL');
  await server.exited;
  const stopped = copyOf(killed);
  const again = await startServer(program.command, ['-js', '-sd', stopped]);
  await rest();
  again.signal('SIGTERM');
  await again.exited;
  const folders = { kill: killed, stop: stopped };
  return { folders, filled, filledPerSecond: messages / seconds, starts: { stop: [], kill: [] } };
}

function copyOf(folder: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'natscope-bench-'));
  cpSync(folder, copy, { recursive: true, preserveTimestamps: true });
  return copy;
}

async function start(program: Program, from: string): Promise<Start> {
  const folder = copyOf(from);
  const startedAt = performance.now();
  const server = await startServer(program.command, ['-js', '-sd', folder]);
  try {
    const readyMs = performance.now() - startedAt;
    const client = await StreamClient.open(server.port);
    const { state } = await client.api<{ state: { messages: number } }>('STREAM.INFO.S');
    const infoMs = performance.now() - startedAt;
    const cpuMs = 1000 * cpuSeconds(server);
    if (state.messages !== messages) throw new Error(`${program.name} has ${state.messages} messages`);
    await rest();
    client.close();
    return { readyMs, infoMs, cpuMs, megabytes: residentMegabytes(server) };
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function rest(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, restMs));
}

function report(): void {
  const [ours, real] = programs.map((program) => results.get(program) as Results) as [Results, Results];
  const rows: string[][] = [];
  const add = (what: string, mine: number, theirs: number, unit: string, goal: string, isMet: boolean): void => {
    rows.push([what, `${Math.round(mine)} ${unit}`, `${Math.round(theirs)} ${unit}`, (theirs / mine).toFixed(2), goal]);
    if (!isMet) process.exitCode = 1;
  };
  rows.push([
    'published',
    `${Math.round(ours.filledPerSecond / 1000)}k/s`,
    `${Math.round(real.filledPerSecond / 1000)}k/s`,
    (ours.filledPerSecond / real.filledPerSecond).toFixed(2),
    '',
  ]);
  add('memory when written', ours.filled, real.filled, 'MB', `≤ ${megabytesMax} MB`, ours.filled <= megabytesMax);
  for (const end of ['stop', 'kill'] as const) {
    const of = (pick: (start: Start) => number): [number, number] => [
      median(ours.starts[end].map(pick)),
      median(real.starts[end].map(pick)),
    ];
    const [readyMine, readyTheirs] = of(({ readyMs }) => readyMs);
    add(`ready after a ${end}`, readyMine, readyTheirs, 'ms', '', true);
    const [mine, theirs] = of(({ infoMs }) => infoMs);
    add(`stream known after a ${end}`, mine, theirs, 'ms', '≥ 1', mine <= theirs);
    add(`work of that`, ...of(({ cpuMs }) => cpuMs), 'ms', '', true);
    const [memoryMine, memoryTheirs] = of(({ megabytes }) => megabytes);
    add(`memory after that`, memoryMine, memoryTheirs, 'MB', `≤ ${megabytesMax} MB`, memoryMine <= megabytesMax);
  }
  printTable(['', 'ours', 'nats-server', 'ratio', 'goal'], rows);
}
