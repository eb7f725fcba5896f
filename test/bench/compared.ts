import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findRealServers, newestCompared } from '../support/real-servers.ts';
import { natscopeServer, nodePath, repository, type ServerProcess } from '../support/server-process.ts';

/** A server that is measured, and how it is started. */
export interface Program {
  readonly name: string;
  readonly command: readonly string[];
  readonly isOurs: boolean;
}

/** Ours, from its bundle where there is one, and a nats-server: the one named, else the newest that is here. */
export async function comparedPrograms(path: string | undefined, fromSources = false): Promise<[Program, Program]> {
  const real = path ?? newestCompared((await findRealServers()).servers)?.path;
  if (real === undefined) throw new Error('there is no nats-server to compare with; name one with --server');
  const bundle = join(repository, 'dist', 'broker', 'cli.js');
  const ours = existsSync(bundle) && !fromSources ? [nodePath, bundle] : natscopeServer;
  return [
    { name: 'natscope-server', command: ours, isOurs: true },
    { name: 'nats-server', command: [real], isOurs: false },
  ];
}

/** Time on the processor that a process has taken so far, in seconds. */
export function cpuSeconds({ pid }: ServerProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const [user, system] = fields
    .slice(fields.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number);
  return ((user ?? 0) + (system ?? 0)) / 100;
}

/** Resident set of a process in MB of 1,000,000 bytes, as Linux gives it. */
export function residentMegabytes({ pid }: ServerProcess): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  if (kibibytes === undefined) throw new Error('the process has no resident set: it is gone');
  return (Number(kibibytes) * 1024) / 1e6;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  const high = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? high : (high + (sorted[middle - 1] ?? Number.NaN)) / 2;
}
