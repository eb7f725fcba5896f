import { describe, expect, test } from 'vitest';
import { dueText, exactTime, nextDue } from '../../../../../../broker/jetstream/stream/schedule/pattern.ts';
import { isTimeZone } from '../../../../../../broker/jetstream/stream/schedule/zoned-time.ts';

const at = (text: string): bigint => exactTime(text) ?? 0n;

function next(pattern: string, after: string, zone?: string, now = after): string | undefined {
  const due = nextDue(pattern, zone, at(after), at(now));
  return due === undefined ? undefined : dueText(due.at, zone);
}

describe('nextDue', () => {
  test.each([
    ['@at 2030-01-01T00:00:00.25+01:00', '2026-01-01T00:00:00Z', '2029-12-31T23:00:00.25Z'],
    ['@every 90s', '2026-01-01T00:00:00.4Z', '2026-01-01T00:01:30Z'],
    ['@every 1.5s', '2026-01-01T00:00:00.5Z', '2026-01-01T00:00:02.5Z'],
    ['@hourly', '2026-01-01T00:00:00Z', '2026-01-01T01:00:00Z'],
    ['@yearly', '2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z'],
    ['@weekly', '2026-01-01T00:00:00Z', '2026-01-04T00:00:00Z'],
    ['* * * * * *', '2026-01-01T00:00:00.9Z', '2026-01-01T00:00:01Z'],
    ['*/20 * * * * *', '2026-01-01T00:00:40Z', '2026-01-01T00:01:00Z'],
    ['5/20 * * * * *', '2026-01-01T00:00:25Z', '2026-01-01T00:00:45Z'],
    ['0 30 9-17/4 * * MON-FRI', '2026-01-02T17:30:00Z', '2026-01-05T09:30:00Z'],
    ['0 0 0 29 2 *', '2026-01-01T00:00:00Z', '2028-02-29T00:00:00Z'],
    ['0 0 0 13 * 5', '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'],
    ['0 0 0 31 dec ?', '2026-12-31T00:00:00Z', '2027-12-31T00:00:00Z'],
  ])('%s after %s', (pattern, after, expected) => {
    expect(next(pattern, after)).toBe(expected);
  });

  test('days of the month and of the week both have to fit only where one is a star', () => {
    expect(next('0 0 0 13 * *', '2026-01-01T00:00:00Z')).toBe('2026-01-13T00:00:00Z');
    expect(next('0 0 0 */2 * 1', '2026-01-01T00:00:00Z')).toBe('2026-01-03T00:00:00Z');
  });

  test.each(['0 0 0 31 2 *', ', * * * * *', '* * * * *', '60 * * * * *', '@every 999ms', '@at tomorrow', '@often'])(
    '%s is none',
    (pattern) => {
      expect(next(pattern, '2026-01-01T00:00:00Z')).toBeUndefined();
    },
  );

  test('hours of a zone, with an hour that is left out and one that comes twice', () => {
    const berlin = 'Europe/Berlin';
    expect(next('0 0 9 * * *', '2026-01-01T09:00:00Z', berlin)).toBe('2026-01-02T09:00:00+01:00');
    expect(next('0 0 9 * * *', '2026-07-01T09:00:00Z', berlin)).toBe('2026-07-02T09:00:00+02:00');
    // 02:30 does not exist on March 29.
    expect(next('0 30 2 * * *', '2026-03-28T12:00:00Z', berlin)).toBe('2026-03-30T02:30:00+02:00');
    expect(next('0 30 2 * * *', '2026-10-24T12:00:00Z', berlin)).toBe('2026-10-25T02:30:00+02:00');
    expect(next('0 0 0 * * *', '2026-03-27T12:00:00Z', 'Asia/Kolkata')).toBe('2026-03-28T00:00:00+05:30');
    expect(next('@every 1h', '2026-01-01T00:00:00Z', 'UTC')).toBeUndefined();
  });

  test('what was missed is due once', () => {
    expect(next('@every 10s', '2026-01-01T00:00:00Z', undefined, '2026-01-01T01:00:03Z')).toBe('2026-01-01T01:00:13Z');
    expect(next('@hourly', '2026-01-01T00:00:00Z', undefined, '2026-01-01T05:30:00Z')).toBe('2026-01-01T06:00:00Z');
  });
});

test.each([
  ['UTC', true],
  ['Europe/Berlin', true],
  ['US/Eastern', true],
  ['Etc/GMT+5', true],
  ['europe/berlin', false],
  ['Europe/BERLIN', false],
  ['+01:00', false],
  ['Nowhere', false],
  ['', false],
])('%s is a time zone: %s', (name, expected) => {
  expect(isTimeZone(name)).toBe(expected);
});
