import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LogLevel } from '../../../../broker/index.ts';
import { LineFormat, Log, timestamp, type LogSink } from '../../../../broker/cli/log.ts';
import { LogFile, type LogFileLimits } from '../../../../broker/cli/log-file.ts';

class Lines implements LogSink {
  readonly lines: [LogLevel, string][] = [];
  closed = false;
  write(level: LogLevel, text: string): void {
    this.lines.push([level, text]);
  }
  reopen(): boolean {
    return false;
  }
  async flush(): Promise<void> {}
  close(): void {
    this.closed = true;
  }
}

const plain = new LineFormat({ time: false, utc: false, coloured: false });
const unlimited: LogFileLimits = { bytesMax: 0, filesMax: 0 };
const prefix = `[${process.pid}] [INF] `;

/** A limit that this many characters of text and their prefix just fit in. */
const fitting = (characters: number): LogFileLimits => ({ bytesMax: prefix.length + characters + 1, filesMax: 0 });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'natscope-log-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a line has pid, time with microseconds, label and text', () => {
  const format = new LineFormat(
    { time: true, utc: true, coloured: false },
    () => Date.UTC(2026, 7, 21, 14, 50, 11) + 123.4565,
  );
  expect(format.line('info', 'text')).toBe(`[${process.pid}] 2026/08/21 14:50:11.123456 [INF] text\n`);
  expect(format.line('fatal', 'end')).toBe(`[${process.pid}] 2026/08/21 14:50:11.123456 [FTL] end\n`);
});

test('the second in the line follows the clock', () => {
  let now = Date.UTC(2026, 0, 1) - 0.5;
  const format = new LineFormat({ time: true, utc: true, coloured: false }, () => now);
  const old = format.line('info', 'old');
  now += 0.5;
  const lines = [old, format.line('info', 'new')];
  expect(lines.map((line) => line.split('] ')[1]?.split(' [')[0])).toEqual([
    '2025/12/31 23:59:59.999500',
    '2026/01/01 00:00:00.000000',
  ]);
});

test('without time the label follows the pid', () => {
  expect(plain.line('warn', 'text')).toBe(`[${process.pid}] [WRN] text\n`);
});

test('an end of line that is there is enough', () => {
  expect(plain.line('warn', 'a\nb\n')).toBe(`[${process.pid}] [WRN] a\nb\n`);
});

test('labels are coloured on a terminal only', () => {
  const format = new LineFormat({ time: false, utc: false, coloured: true });
  expect(format.line('error', 'text')).toBe(`[${process.pid}] [\u001B[31mERR\u001B[0m] text\n`);
  expect(format.line('warn', 'text')).toBe(`[${process.pid}] [\u001B[0;93mWRN\u001B[0m] text\n`);
});

test('lines wait for the first sink, and the sink before is closed', () => {
  const log = new Log();
  const [first, second] = [new Lines(), new Lines()];
  log.write('info', 'early');
  log.attach(first);
  log.write('debug', 'one');
  log.attach(second);
  log.write('warn', 'two');
  expect(first).toMatchObject({
    closed: true,
    lines: [
      ['info', 'early'],
      ['debug', 'one'],
    ],
  });
  expect(second).toMatchObject({ closed: false, lines: [['warn', 'two']] });
});

test('local time differs from UTC by the offset of the zone', () => {
  const now = Date.UTC(2026, 5, 1, 12);
  const difference = Date.parse(`${timestamp(now, true)}Z`) - Date.parse(`${timestamp(now, false)}Z`);
  expect(difference).toBe(new Date(now).getTimezoneOffset() * 60_000);
});

test('a file over its limit is set aside and a new one begun', () => {
  const path = join(folder, 'x.log');
  const file = new LogFile(path, plain, fitting(500));
  file.write('info', 'x'.repeat(501));
  file.write('info', 'next');
  const aside = readdirSync(folder).find((name) => name !== 'x.log');
  expect(aside).toMatch(/^x\.log\.\d{4}(\.\d\d){5}\.\d{9}$/);
  expect(readFileSync(join(folder, String(aside)), 'utf8')).toBe(`${prefix}${'x'.repeat(501)}\n`);
  expect(readFileSync(path, 'utf8')).toBe(
    `${prefix}Rotated log, backup saved as ${JSON.stringify(join(folder, String(aside)))}\n${prefix}next\n`,
  );
});

test('a file that just fits stays', () => {
  const path = join(folder, 'x.log');
  new LogFile(path, plain, fitting(500)).write('info', 'x'.repeat(500));
  expect(readdirSync(folder)).toEqual(['x.log']);
});

test('a file that was there and is too big is set aside at once', () => {
  const path = join(folder, 'x.log');
  writeFileSync(path, 'old\n'.repeat(100));
  const file = new LogFile(path, plain, { bytesMax: 300, filesMax: 0 });
  file.close();
  const aside = readdirSync(folder).find((name) => name !== 'x.log');
  expect(readFileSync(join(folder, String(aside)), 'utf8')).toBe(
    `${'old\n'.repeat(100)}${prefix}Rotating logfile...\n`,
  );
});

test('the oldest files go when there are too many, and nothing else does', () => {
  const path = join(folder, 'x.log');
  const old = ['x.log.2020.01.01.00.00.00.000000001', 'x.log.2021.01.01.00.00.00.000000001'];
  const others = ['x.log.bak', 'y.log.2020.01.01.00.00.00.000000001'];
  for (const name of [...old, ...others]) writeFileSync(join(folder, name), '');
  const file = new LogFile(path, plain, { bytesMax: 300, filesMax: 3 });
  file.write('info', 'x'.repeat(300));
  const names = readdirSync(folder);
  expect(names).toEqual(expect.arrayContaining([...others, 'x.log', old[1]]));
  expect(names).toHaveLength(5);
  expect(readFileSync(path, 'utf8')).toContain(`Purged log file "${old[0]}"`);
});

test('a file that cannot be set aside is gone on with', () => {
  const path = join(folder, 'logs', 'x.log');
  mkdirSync(join(folder, 'logs'));
  const file = new LogFile(path, plain, fitting(500));
  renameSync(join(folder, 'logs'), join(folder, 'moved'));
  file.write('info', 'x'.repeat(501));
  file.write('info', 'next');
  const text = readFileSync(join(folder, 'moved', 'x.log'), 'utf8');
  expect(text).toMatch(
    /\[ERR\] Unable to set the log file aside \(no such file or directory\), next try at \d+ bytes\n/,
  );
  expect(text).toMatch(/bytes\n.*next\n$/);
});

test('a file that was moved away is begun anew when reopened', () => {
  const path = join(folder, 'x.log');
  const file = new LogFile(path, plain, unlimited);
  file.write('info', 'old');
  renameSync(path, `${path}.1`);
  expect(file.reopen()).toBe(true);
  file.write('info', 'new');
  expect(readFileSync(path, 'utf8')).toBe(`${prefix}new\n`);
  expect(readFileSync(`${path}.1`, 'utf8')).toBe(`${prefix}old\n`);
});
