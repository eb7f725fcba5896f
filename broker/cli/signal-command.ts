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
  /** Ids of running processes with this name, without our own. */
  find(program: string): number[];
  /** Throws an error with a system code. */
  signal(pid: number, name: NodeJS.Signals): void;
}

/**
 * Carries out `--signal <command>[=<pid>|<pid file>|<pid or pid files with *>]`. Without a process the only server of the name
 * is meant. Throws an error that says what is wrong.
 */
export function signalServers(text: string, program: string, processes: ProcessTable = systemProcesses): void {
  const equals = text.indexOf('=');
  const command = equals < 0 ? text : text.slice(0, equals);
  const target = equals < 0 ? '' : text.slice(equals + 1);
  const name = SIGNALS[command];
  if (name === undefined) throw new Error(`unknown signal ${JSON.stringify(command)}`);
  const failures: string[] = [];
  for (const pid of targets(target, program, processes)) {
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
  const running = processes.find(program).filter((pid) => String(pid).startsWith(pattern));
  if (running.length === 0) throw new Error(`no ${program} processes running`);
  if (running.length > 1 && !target.includes('*')) {
    throw new Error(`multiple ${program} processes running:\n${running.join('\n')}`);
  }
  return running;
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

const systemProcesses: ProcessTable = {
  find(program) {
    try {
      // The kernel keeps 15 characters of a name.
      const output = execFileSync('pgrep', ['-x', program.slice(0, 15)], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      return output
        .split('\n')
        .filter((line) => line !== '')
        .map(Number)
        .filter((pid) => pid !== process.pid);
    } catch (error) {
      // pgrep ends with 1 when nothing matches.
      if ((error as { status?: number }).status === 1) return [];
      throw new Error('unable to resolve pid, try providing one', { cause: error });
    }
  },
  signal: (pid, name) => process.kill(pid, name),
};
