import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { signalServers, type ProcessTable } from '../../../../broker/cli/signal-command.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'natscope-signal-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Processes with these ids, and what they were sent. */
function table(...pids: number[]): ProcessTable & { sent: [number, string][] } {
  const sent: [number, string][] = [];
  return {
    sent,
    find: () => pids,
    signal(pid, name) {
      if (pid === 404) throw Object.assign(new Error('kill ESRCH'), { code: 'ESRCH' });
      sent.push([pid, name]);
    },
  };
}

test.each([
  ['stop=7', 'SIGKILL'],
  ['quit=7', 'SIGINT'],
  ['term=7', 'SIGTERM'],
  ['reopen=7', 'SIGUSR1'],
  ['reload=7', 'SIGHUP'],
  ['ldm=7', 'SIGUSR2'],
])('%s sends %s', (text, name) => {
  const processes = table();
  signalServers(text, 'natscope-server', processes);
  expect(processes.sent).toEqual([[7, name]]);
});

test('without a pid the only server is meant', () => {
  const processes = table(12);
  signalServers('quit', 'natscope-server', processes);
  expect(processes.sent).toEqual([[12, 'SIGINT']]);
});

test('the pid may stand in a file', () => {
  writeFileSync(join(folder, 'a.pid'), '31\n');
  const processes = table();
  signalServers(`quit=${join(folder, 'a.pid')}`, 'natscope-server', processes);
  expect(processes.sent).toEqual([[31, 'SIGINT']]);
});

test('a star in a path means several files', () => {
  writeFileSync(join(folder, 'a.pid'), '31');
  writeFileSync(join(folder, 'b.pid'), '32');
  writeFileSync(join(folder, 'b-pid'), '33');
  const processes = table();
  signalServers(`quit=${join(folder, '*.pid')}`, 'natscope-server', processes);
  expect(new Set(processes.sent.map(([pid]) => pid))).toEqual(new Set([31, 32]));
});

test('a star after digits means the servers whose ids begin so', () => {
  const processes = table(12, 13, 21);
  signalServers('quit=1*', 'natscope-server', processes);
  expect(processes.sent.map(([pid]) => pid)).toEqual([12, 13]);
});

test('servers are looked for under both names and our own', () => {
  let asked: readonly string[] = [];
  const processes = { ...table(12), find: (names: readonly string[]) => ((asked = names), [12]) };
  signalServers('quit', 'broker-under-test', processes);
  expect(asked).toEqual(['nats-server', 'natscope-server', 'broker-under-test']);
});

test.each([
  ['jump', table(1), 'unknown signal "jump"'],
  ['quit', table(), 'no natscope-server processes running'],
  ['quit', table(1, 2), 'multiple natscope-server processes running:\n1\n2'],
  ['quit=abc', table(), 'invalid pid: abc'],
  ['quit=a*', table(1), 'invalid pid: a'],
  ['jump=abc', table(1), 'invalid pid: abc'],
  ['quit=1=2', table(1), 'invalid signal parameters: [2]'],
  ['quit=404', table(), '\nsignal "quit" 404: no such process'],
])('%s is refused', (text, processes, message) => {
  expect(() => signalServers(text, 'natscope-server', processes)).toThrow(new Error(message));
  expect(processes.sent).toEqual([]);
});
