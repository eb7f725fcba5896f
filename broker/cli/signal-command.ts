import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { systemErrorText } from './system-error.ts';

/** What `--signal` can ask of a running server. */
const SIGNALS: Readonly<Record<string, NodeJS.Signals>> = {
  stop: 'SIGKILL',
  quit: 'SIGINT',
  term: 'SIGTERM',
  reopen: 'SIGUSR1',
  reload: 'SIGHUP',
  ldm: 'SIGUSR2',
};

/** How processes are found and signalled; tests give their own. */
export interface ProcessTable {
  /** Ids of running processes with one of these names, without our own. */
  find(names: readonly string[]): number[];
  /** Throws an error with a system code. */
  signal(pid: number, name: NodeJS.Signals): void;
}

/** The names that servers run under. */
const NAMES = ['nats-server', 'natscope-server'];

/**
 * Carries out `--signal <command>[=<pid>|<pid file>|<pid or pid files with *>]`. Without a process the only server that runs is
 * meant, under whichever name. Throws an error that says what is wrong, in which `program` names the servers.
 */
export function signalServers(text: string, program: string, processes: ProcessTable = systemProcesses): void {
  const [command = '', target = '', ...more] = text.split('=');
  if (more.length > 0) throw new Error(`invalid signal parameters: [${more.join(' ')}]`);
  const pids = targets(target, program, processes);
  const name = SIGNALS[command];
  if (name === undefined) throw new Error(`unknown signal ${JSON.stringify(command)}`);
  const failures: string[] = [];
  for (const pid of pids) {
    try {
      processes.signal(pid, name);
    } catch (error) {
      failures.push(`\nsignal ${JSON.stringify(command)} ${pid}: ${systemErrorText(error)}`);
    }
  }
  if (failures.length > 0) throw new Error(failures.join(''));
}

function targets(target: string, program: string, processes: ProcessTable): number[] {
  if (target !== '' && !target.includes('*')) return [pidOf(target)];
  const pattern = target.slice(0, target.indexOf('*'));
  if (pattern.includes('/')) return pidFiles(target).map(pidOf);
  if (!/^\d*$/.test(pattern)) throw new Error(`invalid pid: ${pattern}`);
  const running = processes.find([...new Set([...NAMES, program])]);
  if (running.length === 0) throw new Error(`no ${program} processes running`);
  if (running.length > 1 && !target.includes('*')) {
    throw new Error(`multiple ${program} processes running:\n${running.join('\n')}`);
  }
  return running.filter((pid) => String(pid).startsWith(pattern));
}

/** A process id, or the one that a file holds. */
function pidOf(text: string): number {
  const pid = /^\d+$/.test(text) ? text : readPid(text);
  if (pid === undefined) throw new Error(`invalid pid: ${text}`);
  return Number(pid);
}

function readPid(path: string): string | undefined {
  try {
    return /^\d+$/.exec(readFileSync(path, 'utf8').trim())?.[0];
  } catch {
    return undefined;
  }
}

function pidFiles(pattern: string): string[] {
  const folder = dirname(pattern);
  const expression = new RegExp(`^${basename(pattern).split('*').map(literal).join('.*')}$`);
  const names = readdirSync(folder).filter((name) => expression.test(name));
  if (names.length === 0) throw new Error(`no pid files match ${pattern}`);
  return names.map((name) => join(folder, name));
}

function literal(text: string): string {
  return text.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`);
}

/** The kernel keeps this many characters of a name. */
const NAME_CHARACTERS_MAX = 15;

const systemProcesses: ProcessTable = {
  find(names) {
    const short = names.map((name) => name.slice(0, NAME_CHARACTERS_MAX));
    return (process.platform === 'linux' ? inProc(short) : pgrep(short)).filter((pid) => pid !== process.pid);
  },
  signal: (pid, name) => process.kill(pid, name),
};

/** Small containers have no `pgrep`. */
function inProc(names: readonly string[]): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && names.includes(processName(entry)))
    .map(Number)
    .toSorted((a, b) => a - b);
}

/** Empty when the process has gone in the meantime. */
function processName(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
}

function pgrep(names: readonly string[]): number[] {
  try {
    const output = execFileSync('pgrep', ['-x', names.join('|')], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return output
      .split('\n')
      .filter((line) => line !== '')
      .map(Number);
  } catch (error) {
    // pgrep ends with 1 when nothing matches.
    if ((error as { status?: number }).status === 1) return [];
    throw new Error('unable to resolve pid, try providing one', { cause: error });
  }
}
