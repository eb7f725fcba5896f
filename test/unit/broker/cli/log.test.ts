import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Log, LogFile, timestamp, type LogOutput } from '../../../../broker/cli/log.ts';

class Lines implements LogOutput {
  readonly coloured: boolean;
  readonly lines: string[] = [];
  constructor(coloured = false) {
    this.coloured = coloured;
  }
  write(line: string): void {
    this.lines.push(line);
  }
  reopen(): boolean {
    return false;
  }
  async flush(): Promise<void> {}
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'natscope-log-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a line has pid, time with microseconds, label and text', () => {
  const output = new Lines();
  const log = new Log(output, { time: true, utc: true }, () => Date.UTC(2026, 7, 21, 14, 50, 11) + 123.4565);
  log.write('info', 'text');
  log.write('fatal', 'end');
  expect(output.lines).toEqual([
    `[${process.pid}] 2026/08/21 14:50:11.123456 [INF] text\n`,
    `[${process.pid}] 2026/08/21 14:50:11.123456 [FTL] end\n`,
  ]);
});

test('the second in the line follows the clock', () => {
  const output = new Lines();
  let now = Date.UTC(2026, 0, 1) - 0.5;
  const log = new Log(output, { time: true, utc: true }, () => now);
  log.write('info', 'old');
  now += 0.5;
  log.write('info', 'new');
  expect(output.lines.map((line) => line.split('] ')[1]?.split(' [')[0])).toEqual([
    '2025/12/31 23:59:59.999500',
    '2026/01/01 00:00:00.000000',
  ]);
});

test('without time the label follows the pid', () => {
  const output = new Lines();
  new Log(output, { time: false, utc: false }).write('warn', 'text');
  expect(output.lines).toEqual([`[${process.pid}] [WRN] text\n`]);
});

test('labels are coloured on a terminal only', () => {
  const output = new Lines(true);
  new Log(output, { time: false, utc: false }).write('error', 'text');
  expect(output.lines).toEqual([`[${process.pid}] [\u001B[31mERR\u001B[0m] text\n`]);
});

test('local time differs from UTC by the offset of the zone', () => {
  const now = Date.UTC(2026, 5, 1, 12);
  const difference = Date.parse(`${timestamp(now, true)}Z`) - Date.parse(`${timestamp(now, false)}Z`);
  expect(difference).toBe(new Date(now).getTimezoneOffset() * 60_000);
});

test('a file over its limit is set aside and a new one begun', () => {
  const path = join(folder, 'x.log');
  const file = new LogFile(path, 10);
  file.write('0123456789\n');
  file.write('next\n');
  expect(readFileSync(path, 'utf8')).toBe('next\n');
  const aside = readdirSync(folder).find((name) => name !== 'x.log');
  expect(aside).toMatch(/^x\.log\.\d{4}(\.\d\d){5}\.\d{9}$/);
  expect(readFileSync(join(folder, String(aside)), 'utf8')).toBe('0123456789\n');
});

test('the size of a file that was there counts', () => {
  const path = join(folder, 'x.log');
  new LogFile(path, 10).write('01234567\n');
  const file = new LogFile(path, 10);
  file.write('x\n');
  expect(readdirSync(folder)).toHaveLength(2);
});

test('a file that was moved away is begun anew when reopened', () => {
  const path = join(folder, 'x.log');
  const file = new LogFile(path, 0);
  file.write('old\n');
  renameSync(path, `${path}.1`);
  expect(file.reopen()).toBe(true);
  file.write('new\n');
  expect(readFileSync(path, 'utf8')).toBe('new\n');
  expect(readFileSync(`${path}.1`, 'utf8')).toBe('old\n');
});
