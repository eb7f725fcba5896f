import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockFolder } from '../../../../broker/store/folder-lock.ts';
import { nodePath, repository } from '../../../support/server-process.ts';

let folder: string;
let path: string;
const endings: (() => void)[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'natscope-lock-'));
  path = join(folder, 'lock');
});

afterEach(() => {
  for (const end of endings.splice(0)) end();
  rmSync(folder, { recursive: true, force: true });
});

function lock(): () => void {
  const unlock = lockFolder(path);
  endings.push(unlock);
  return unlock;
}

/** A process that has the lock. */
async function otherProcess(): Promise<ChildProcess> {
  const source = join(repository, 'broker/store/folder-lock.ts');
  const script = `import(process.argv[1]).then(({ lockFolder }) => {
    lockFolder(process.argv[2]);
    console.log('locked');
    setInterval(() => {}, 1000);
  })`;
  const child = spawn(nodePath, ['-e', script, source, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  endings.push(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

test('a folder is one process’s, until it gives it back', () => {
  const unlock = lock();
  expect(() => lockFolder(path)).toThrow(
    `"${folder}" is in use by process ${process.pid}: stop that one, or choose another folder for this one`,
  );
  unlock();
  expect(existsSync(path)).toBe(false);
  lock();
});

test('another process has it while it lives, and not after it was killed', async () => {
  const other = await otherProcess();
  expect(() => lockFolder(path)).toThrow(expect.objectContaining({ code: 'locked' }));
  expect(() => lockFolder(path)).toThrow(`process ${other.pid}:`);
  other.kill('SIGKILL');
  await once(other, 'close');
  lock();
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pid: process.pid });
});

test.each([
  ['nothing', ''],
  ['half a line', '{"pid":1,"ho'],
  ['another process of that number', JSON.stringify({ pid: process.ppid, host: hostname(), started: 'never' })],
  ['this process, which does not have it', JSON.stringify({ pid: process.pid, host: hostname(), started: '' })],
  ['a process of another machine', JSON.stringify({ pid: process.ppid, host: `not-${hostname()}`, started: '' })],
])('what says %s is taken over', (_, text) => {
  writeFileSync(path, text);
  const unlock = lock();
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pid: process.pid, host: hostname() });
  unlock();
  expect(existsSync(path)).toBe(false);
});

test('what was written before the machine was started is taken over', async () => {
  await otherProcess();
  utimesSync(path, 1, 1);
  lock();
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pid: process.pid });
});

test('it is not given back by who lost it', () => {
  const unlock = lock();
  writeFileSync(path, 'of somebody else');
  unlock();
  expect(readFileSync(path, 'utf8')).toBe('of somebody else');
});
