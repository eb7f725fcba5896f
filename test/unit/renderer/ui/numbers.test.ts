import { describe, expect, it } from 'vitest';
import {
  age,
  bytes,
  bytesInUnitOf,
  clock,
  compact,
  grouped,
  milliseconds,
  plural,
  rate,
  ratePerSecond,
  stopwatch,
} from '../../../../renderer/ui/numbers.ts';

/** Writes the narrow no-break space as an underscore, so that it can be seen here. */
const shown = (text: string): string => text.replaceAll('\u202f', '_');

describe('grouped', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1_000, '1_000'],
    [1_842_019, '1_842_019'],
    [12_431.4, '12_431'],
    [-1_234, '−1_234'],
  ])('%d is %s', (value, text) => {
    expect(shown(grouped(value))).toBe(text);
  });
});

describe('compact', () => {
  it.each([
    [21, '21'],
    [1_776, '1_776'],
    [9_999, '9_999'],
    [10_000, '10.0k'],
    [61_049, '61.0k'],
    [118_700, '118.7k'],
    [999_999, '999.9k'],
    [1_360_000, '1.36M'],
    [13_600_000, '13.6M'],
    [136_000_000, '136M'],
    [2_500_000_000, '2.50G'],
    [Number.MAX_SAFE_INTEGER, '9007T'],
  ])('%d is %s', (value, text) => {
    expect(shown(compact(value))).toBe(text);
  });

  it('fits a column of six characters up to a thousand billions', () => {
    for (let value = 1; value < 1e15; value = Math.ceil(value * 1.37)) expect(compact(value).length).toBeLessThan(7);
  });
});

describe('rate', () => {
  it.each([
    [0, '0.0'],
    [0.14, '0.1'],
    [9.94, '9.9'],
    [9.96, '10'],
    [89.4, '89'],
    [9_216, '9_216'],
    [118_700, '118.7k'],
  ])('%d is %s', (value, text) => {
    expect(shown(rate(value))).toBe(text);
  });

  it('has a unit where it stands alone', () => {
    expect([0, 0.4, 12, 3_104, 12_431].map((value) => shown(ratePerSecond(value)))).toEqual([
      '0/s',
      '0.4/s',
      '12/s',
      '3_104/s',
      '12.4k/s',
    ]);
  });
});

describe('sizes', () => {
  it.each([
    [0, '0 B'],
    [412, '412 B'],
    [1_023, '1_023 B'],
    [1_024, '1 KB'],
    [1_536, '1.5 KB'],
    [256 * 1024 * 1024, '256 MB'],
    [4 * 1024 ** 3, '4 GB'],
  ])('%d is %s', (value, text) => {
    expect(shown(bytes(value))).toBe(text);
  });

  it('counts a part in the unit of the whole', () => {
    expect(bytesInUnitOf(183 * 1024 * 1024, 256 * 1024 * 1024)).toBe('183');
    expect(bytesInUnitOf(0, 0)).toBe('0');
  });
});

describe('times', () => {
  it('tells an age in its largest unit', () => {
    expect([0, 9.9e6, 59e6, 60e6, 3_599e6, 3_600e6, 86_400e6, -5].map(age)).toEqual([
      '0 s',
      '9 s',
      '59 s',
      '1 m',
      '59 m',
      '1 h',
      '1 d',
      '0 s',
    ]);
  });

  it('runs a stopwatch', () => {
    expect([0, 42_900, 3_723_000].map(stopwatch)).toEqual(['0:00', '0:42', '1:02:03']);
  });

  it('tells durations', () => {
    expect([0.214, 38.61, 395.2, 1_240].map(milliseconds)).toEqual(['0.21 ms', '38.6 ms', '395 ms', '1.2 s']);
  });

  it('cuts the microseconds of a time of day and changes with the second', () => {
    const second = Math.floor(new Date(2026, 4, 12, 14, 2, 11).getTime() / 1000);
    expect(clock(second * 1e6 + 412_999)).toEqual({ hour: '14:', rest: '02:11.412' });
    expect(clock((second + 1) * 1e6)).toEqual({ hour: '14:', rest: '02:12.000' });
    expect(clock(second * 1e6 + 5_000)).toEqual({ hour: '14:', rest: '02:11.005' });
  });
});

it('counts one and many', () => {
  expect(plural(1, 'subject')).toBe('1 subject');
  expect(shown(plural(1_204, 'subject'))).toBe('1_204 subjects');
});
