import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GoTimeError, normalTime, utcTime } from '../../../../../../broker/jetstream/api/requests/go-time.ts';

describe('times in requests', () => {
  it('keep their moment in UTC', () => {
    const zones = fc.tuple(fc.constantFrom('+', '-'), fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }));
    const dates = fc.date({ min: new Date('0100-01-01'), max: new Date('9000-01-01'), noInvalidDate: true });
    const two = (value: number): string => String(value).padStart(2, '0');
    fc.assert(
      fc.property(dates, zones, (date, [sign, hours, minutes]) => {
        const zoned = `${date.toISOString().slice(0, -1)}${sign}${two(hours)}:${two(minutes)}`;
        expect(Date.parse(utcTime(normalTime(zoned)))).toBe(Date.parse(zoned));
      }),
    );
  });

  it('come back without what means nothing', () => {
    expect(normalTime('2020-01-01T00:00:00.500Z')).toBe('2020-01-01T00:00:00.5Z');
    expect(normalTime('2020-01-01T00:00:00.1234567899Z')).toBe('2020-01-01T00:00:00.123456789Z');
    expect(normalTime('2020-01-01T1:00:00,25-00:00')).toBe('2020-01-01T01:00:00.25Z');
    expect(normalTime('2020-01-01T00:00:00+02:60')).toBe('2020-01-01T00:00:00+03:00');
    expect(utcTime('2020-01-01T00:00:00.5+02:30')).toBe('2019-12-31T21:30:00.5Z');
    expect(utcTime('2020-01-01T00:00:00.5Z')).toBe('2020-01-01T00:00:00.5Z');
  });

  it('are refused in the words of Go', () => {
    expect(() => normalTime('2019-02-29T00:00:00Z')).toThrow(
      new GoTimeError('parsing time "2019-02-29T00:00:00Z": day out of range'),
    );
    expect(() => normalTime('now')).toThrow(
      new GoTimeError('parsing time "now" as "2006-01-02T15:04:05Z07:00": cannot parse "now" as "2006"'),
    );
    expect(() => normalTime('2020-01-01T00:00:00Z!')).toThrow(
      new GoTimeError('parsing time "2020-01-01T00:00:00Z!": extra text: "!"'),
    );
  });
});
