import { describe, expect, it } from 'vitest';
import { goDurationOfNanos } from '../../../../broker/base/go-duration.ts';
import { sameValue, withoutZeros } from '../../../../broker/jetstream/same-value.ts';
import { shortHash, streamIdentity } from '../../../../broker/jetstream/short-hash.ts';

describe('short hashes', () => {
  it('have eight letters and digits, the same ones each time', () => {
    expect(shortHash('x')).toMatch(/^[0-9A-Za-z]{8}$/);
    expect(shortHash('x')).toBe(shortHash('x'));
    expect(shortHash('x')).not.toBe(shortHash('y'));
    expect(streamIdentity({ seconds: 1, nanos: 5 })).toBe(shortHash('1970-01-01T00:00:01.000000005Z'));
  });
});

describe('values', () => {
  it('are compared by what they say', () => {
    expect(sameValue({ a: [1, { b: 'c' }], d: undefined }, { a: [1, { b: 'c' }] })).toBe(true);
    expect(sameValue({ a: [] }, {})).toBe(false);
    expect(sameValue([1, 2], [2, 1])).toBe(false);
    expect(sameValue([], {})).toBe(false);
    expect(sameValue(null, {})).toBe(false);
  });

  it('lose what says nothing', () => {
    expect(withoutZeros({ a: '', b: 0, c: false, d: [], e: -1, f: '' }, 'f')).toEqual({ d: [], e: -1, f: '' });
  });
});

describe('durations of nanoseconds', () => {
  it('are printed as Go prints them', () => {
    const texts = [0, 1, 1500, 1_500_000, 90_000_000_000, 3_723_500_000_000, -120_000_000_000].map(goDurationOfNanos);
    expect(texts).toEqual(['0s', '1ns', '1.5\xc2\xb5s', '1.5ms', '1m30s', '1h2m3.5s', '-2m0s']);
  });
});
