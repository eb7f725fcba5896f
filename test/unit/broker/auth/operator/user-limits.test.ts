import { describe, expect, test } from 'vitest';
import { admitsSource, admitsTime, connectionTypes } from '../../../../../broker/auth/operator/user-limits.ts';

const HOUR = 3_600_000;
const at = (hour: number, day = 15, month = 0): number => Date.UTC(2026, month, day) + hour * HOUR;
const utc = (...times: [start: string, end: string][]) => ({
  times: times.map(([start, end]) => ({ start, end })),
  times_location: 'UTC',
});

describe('times that a user may be there', () => {
  test('all, where none are said', () => {
    expect(admitsTime({ times: [], times_location: '' }, at(3))).toEqual({ allowed: true });
  });

  test('from start to end, both excluded', () => {
    const office = utc(['08:00:00', '17:00:00']);
    expect(admitsTime(office, at(12))).toEqual({ allowed: true, leftMs: 5 * HOUR });
    for (const hour of [7, 8, 17, 18]) expect(admitsTime(office, at(hour))).toEqual({ allowed: false });
    expect(admitsTime(office, at(8) + 1)).toEqual({ allowed: true, leftMs: 9 * HOUR - 1 });
  });

  test('over midnight', () => {
    const night = utc(['22:00:00', '06:00:00']);
    expect(admitsTime(night, at(23))).toEqual({ allowed: true, leftMs: 7 * HOUR });
    expect(admitsTime(night, at(5))).toEqual({ allowed: true, leftMs: HOUR });
    for (const hour of [6, 12, 22]) expect(admitsTime(night, at(hour))).toEqual({ allowed: false });
  });

  test('of several ranges the longest counts', () => {
    const both = utc(['08:00:00', '12:00:00'], ['10:00:00', '18:00:00']);
    expect(admitsTime(both, at(11))).toEqual({ allowed: true, leftMs: 7 * HOUR });
    expect(admitsTime(both, at(9))).toEqual({ allowed: true, leftMs: 3 * HOUR });
  });

  test('on the clocks of the zone', () => {
    const berlin = { times: [{ start: '08:00:00', end: '17:00:00' }], times_location: 'Europe/Berlin' };
    expect(admitsTime(berlin, at(7.5))).toEqual({ allowed: true, leftMs: 8.5 * HOUR });
    expect(admitsTime(berlin, at(6.5, 15, 6))).toEqual({ allowed: true, leftMs: 8.5 * HOUR });
    expect(admitsTime({ ...berlin, times_location: 'Nowhere' }, at(9))).toEqual({ allowed: false });
  });

  test('an hour less or more when the clocks change', () => {
    const berlin = { times: [{ start: '00:30:00', end: '06:00:00' }], times_location: 'Europe/Berlin' };
    // At one o'clock in Berlin, before the clocks go from two to three, and from three to two.
    expect(admitsTime(berlin, at(0, 29, 2)).leftMs).toBe(4 * HOUR);
    expect(admitsTime(berlin, at(-1, 25, 9)).leftMs).toBe(6 * HOUR);
  });

  test('never, where a range cannot be read', () => {
    expect(admitsTime(utc(['8', '17:00:00']), at(12))).toEqual({ allowed: false });
  });
});

test('addresses that a user may come from', () => {
  expect(admitsSource({ src: [] }, 'anywhere')).toBe(true);
  expect(admitsSource({ src: ['10.0.0.0/8', '127.0.0.0/8'] }, '127.0.0.1')).toBe(true);
  expect(admitsSource({ src: ['10.0.0.0/8'] }, '127.0.0.1')).toBe(false);
  expect(admitsSource({ src: ['nonsense'] }, '127.0.0.1')).toBe(false);
});

test('types of connections in any case, and those that are none', () => {
  expect(connectionTypes(['standard', 'WebSocket', 'pigeon'])).toEqual({
    known: ['STANDARD', 'WEBSOCKET'],
    unknown: ['PIGEON'],
  });
});
