import { describe, expect, test } from 'vitest';
import { isTimeZone, parseTimeOfDay, timeOfDay } from '../../../../../broker/auth/jwt/time-zone.ts';

const HOUR = 3_600_000;

describe('times of day', () => {
  test.each([
    ['00:00:00', 0],
    ['08:30:15', 30_615],
    ['8:30:15', 30_615],
    ['23:59:59', 86_399],
    ['23:59:59.5', 86_399],
    ['24:00:00', undefined],
    ['12:60:00', undefined],
    ['12:00:60', undefined],
    ['12:0:00', undefined],
    ['12:00', undefined],
    [' 12:00:00', undefined],
    ['', undefined],
  ])('%j is %s', (text, seconds) => {
    expect(parseTimeOfDay(text)).toBe(seconds);
  });

  test('are told on the clocks of a zone, with its summer', () => {
    const winter = Date.UTC(2026, 0, 15, 12, 0, 0, 250);
    const summer = Date.UTC(2026, 6, 15, 12);
    expect(timeOfDay(winter, 'UTC')).toBe(12 * HOUR + 250);
    expect(timeOfDay(winter, 'Europe/Berlin')).toBe(13 * HOUR + 250);
    expect(timeOfDay(summer, 'Europe/Berlin')).toBe(14 * HOUR);
    expect(timeOfDay(winter, 'America/New_York')).toBe(7 * HOUR + 250);
    expect(timeOfDay(Date.UTC(2026, 0, 15, 18), 'Asia/Kathmandu')).toBe(23.75 * HOUR);
    const local = new Date(winter);
    expect(timeOfDay(winter, '')).toBe(
      ((local.getHours() * 60 + local.getMinutes()) * 60 + local.getSeconds()) * 1000 + 250,
    );
    expect(timeOfDay(winter, 'Nowhere/Else')).toBeUndefined();
  });

  test.each([
    ['Europe/Berlin', true],
    ['UTC', true],
    ['Etc/GMT+5', true],
    ['+01:00', false],
    ['Mars/Olympus', false],
    ['', false],
    ['../etc/passwd', false],
  ])('%j is a zone: %s', (name, expected) => {
    expect(isTimeZone(name)).toBe(expected);
  });
});
