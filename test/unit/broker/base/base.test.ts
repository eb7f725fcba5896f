import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Arena } from '../../../../broker/base/arena.ts';
import { BlockAllocator } from '../../../../broker/base/block-allocator.ts';
import { writeDecimal } from '../../../../broker/base/decimal.ts';
import { goDuration } from '../../../../broker/base/go-duration.ts';
import { latin1ToText, quoteLatin1, textToLatin1 } from '../../../../broker/base/latin1.ts';

describe('arena', () => {
  it('carves regions that do not overlap, and refuses what it has not', () => {
    const arena = new Arena(65536);
    const a = arena.carve(100);
    const b = arena.carve(100);
    expect(a).toBeGreaterThan(0);
    expect(b).toBeGreaterThanOrEqual(a + 100);
    expect(() => arena.carve(1 << 20)).toThrow(/full/);
  });
});

describe('blocks', () => {
  it('never overlap while they are in use', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ size: fc.integer({ min: 1, max: 3000 }), free: fc.nat(30) }), { maxLength: 200 }),
        (steps) => {
          const blocks = new BlockAllocator(64, 1 << 16);
          const used: { start: number; size: number }[] = [];
          for (const { size, free } of steps) {
            const start = blocks.allocate(size);
            if (start !== 0) {
              expect(start).toBeGreaterThanOrEqual(64);
              expect(start + size).toBeLessThanOrEqual(64 + (1 << 16));
              for (const other of used)
                expect(start + size <= other.start || other.start + other.size <= start).toBe(true);
              used.push({ start, size });
            }
            const [given] = used.splice(free, 1);
            if (given) blocks.free(given.start, given.size);
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('text', () => {
  it('writes decimals as everyone does', () => {
    const bytes = new Uint8Array(20);
    for (const value of [0, 1, 9, 10, 99, 100, 12345, 999_999_999, 4_294_967_296]) {
      const end = writeDecimal(bytes, 2, value);
      expect(Buffer.from(bytes.subarray(2, end)).toString()).toBe(`${value}`);
    }
  });

  it.each([
    ['foo', '"foo"'],
    ['a"b\\', '"a\\"b\\\\"'],
    ['\r\n\t\x00\x7f\x1b', '"\\r\\n\\t\\x00\\x7f\\x1b"'],
    ['\xff\xc3', '"\\xff\\xc3"'],
    [textToLatin1('ü€😀'), textToLatin1('"ü€😀"')],
  ])('quotes %j as Go does', (latin1, quoted) => {
    expect(quoteLatin1(latin1)).toBe(quoted);
  });

  it('turns UTF-8 bytes to text and back', () => {
    for (const text of ['', 'plain', 'größe', '温度']) expect(latin1ToText(textToLatin1(text))).toBe(text);
  });

  it.each([
    [0, '0s'],
    [250, '250ms'],
    [10_000, '10s'],
    [1500, '1.5s'],
    [90_000, '1m30s'],
    [3_600_000, '1h0m0s'],
  ])('says %d ms as %s', (ms, text) => {
    expect(goDuration(ms)).toBe(text);
  });
});
