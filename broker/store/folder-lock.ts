import { closeSync, openSync, readFileSync, renameSync, statSync, unlinkSync, writeSync } from 'node:fs';
import { hostname, uptime } from 'node:os';
import { codeOf } from './disk.ts';
import { StoreError } from './message-log.ts';

/** Who has a folder. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process was started, as the system counts it; '' where it does not say. */
  readonly started: string;
}

/** Those of this process. */
const held = new Set<string>();
/** Clocks of files and of the start of the machine may differ by so much. */
const CLOCK_SECONDS_MAX = 5;

/**
 * Takes a folder for this process, by a file in it that says who has it. What a process left that is no more is taken over.
 * Returns the way to give it back. Throws a `StoreError` ('locked') while another process, or this one, has it.
 */
export function lockFolder(path: string): () => void {
  if (held.has(path)) throw lockedError(path, process.pid);
  const mine: Holder = { pid: process.pid, host: hostname(), started: startOf(process.pid) };
  const text = `${JSON.stringify(mine)}\n`;
  while (!create(path, text)) {
    const found = read(path);
    if (found === undefined) continue;
    const { pid } = holderOf(found) ?? {};
    if (pid !== undefined && isAlive(found, path)) throw lockedError(path, pid);
    takeAway(path, found);
  }
  held.add(path);
  return () => {
    const found = held.delete(path) ? read(path) : undefined;
    if (found === text || found === '') unlinkSync(path);
  };
}

function lockedError(path: string, pid: number): StoreError {
  const folder = path.slice(0, path.lastIndexOf('/'));
  return new StoreError(
    'locked',
    `"${folder}" is in use by process ${pid}: stop that one, or choose another folder for this one`,
  );
}

/** False: there is such a file already. */
function create(path: string, text: string): boolean {
  let file: number;
  try {
    file = openSync(path, 'wx', 0o640);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
  try {
    writeSync(file, text);
  } catch (error) {
    // A disk without room keeps nobody from reading what is on it.
    if (codeOf(error) !== 'ENOSPC') throw error;
  } finally {
    closeSync(file);
  }
  return true;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Undefined: it says nothing of the kind, since who wrote it ended just then. */
function holderOf(text: string): Holder | undefined {
  try {
    const { pid, host, started } = JSON.parse(text) as Partial<Record<keyof Holder, unknown>>;
    return typeof pid === 'number' && typeof host === 'string' && typeof started === 'string'
      ? { pid, host, started }
      : undefined;
  } catch {
    return undefined;
  }
}

/** A number of a process may have been given to another one since; what another machine left cannot be asked for. */
function isAlive(text: string, path: string): boolean {
  const { pid, host, started } = holderOf(text) as Holder;
  if (host !== hostname() || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return false;
  }
  const since = Date.now() / 1000 - uptime() - CLOCK_SECONDS_MAX;
  const writtenMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
  return started === startOf(pid) && writtenMs / 1000 > since;
}

function startOf(pid: number): string {
  try {
    // Behind the name, which may hold anything, the 20th field is the start in ticks since the machine was.
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return fields.slice(fields.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

/** Out of the way, in one step; put back where somebody else was quicker and it is his by now. */
function takeAway(path: string, stale: string): void {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  if (read(aside) === stale) unlinkSync(aside);
  else renameSync(aside, path);
}
