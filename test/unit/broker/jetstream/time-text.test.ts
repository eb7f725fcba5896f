import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  parseTime,
  TIME_BYTES_MAX,
  timeText,
  writeTime,
  ZERO_TIME_SECONDS,
} from '../../../../broker/jetstream/time-text.ts';

function written(seconds: number, nanos: number): string {
  const bytes = new Uint8Array(TIME_BYTES_MAX + 3);
  return Buffer.from(bytes.subarray(3, writeTime(bytes, 3, { seconds, nanos }))).toString('latin1');
}

describe('times', () => {
  it.each([
    [0, 0, '1970-01-01T00:00:00Z'],
    [1_700_000_000, 5, '2023-11-14T22:13:20.000000005Z'],
    [1_700_000_000, 120_000_000, '2023-11-14T22:13:20.12Z'],
    [1_700_000_000, 999_999_999, '2023-11-14T22:13:20.999999999Z'],
    [ZERO_TIME_SECONDS, 0, '0001-01-01T00:00:00Z'],
  ])('%d s and %d ns are %s', (seconds, nanos, text) => {
    expect(timeText({ seconds, nanos })).toBe(text);
    expect(written(seconds, nanos)).toBe(text);
    expect(parseTime(text)).toEqual({ seconds, nanos });
  });

  it('are the same as text and as bytes, and are read again', () => {
    const seconds = fc.integer({ min: ZERO_TIME_SECONDS, max: 253_402_300_799 });
    const nanos = fc.oneof(fc.integer({ min: 0, max: 999_999_999 }), fc.constantFrom(0, 1, 10, 900_000_000));
    fc.assert(
      fc.property(seconds, nanos, (s, n) => {
        const text = timeText({ seconds: s, nanos: n });
        expect(written(s, n)).toBe(text);
        expect(parseTime(text)).toEqual({ seconds: s, nanos: n });
      }),
    );
  });
});
