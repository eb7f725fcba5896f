import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { conversation, cuts, hostileBytes, pieces, type Operation } from './operations.ts';
import { canaries, ParserHarness, type ReadParser } from './parser-harness.ts';

/** Without a fault, what was said is what is heard, however it is spelled and cut. */
function understands(parser: ReadParser): fc.IProperty<[number[], Operation[]]> {
  return fc.property(cuts, conversation, (fractions, operations) => {
    const bytes = operations.map((one) => one.bytes).join('');
    expect(parser.run(pieces(bytes, fractions))).toEqual(operations.map((one) => one.record));
  });
}

/** Whatever the bytes are, the cuts between reads change nothing, and nothing is thrown. */
function ignoresCuts(parser: ReadParser): fc.IProperty<[number[], string]> {
  return fc.property(cuts, hostileBytes, (fractions, bytes) => {
    const whole = parser.run([bytes]);
    expect(parser.run(pieces(bytes, fractions))).toEqual(whole);
    expect(parser.run(pieces(bytes, undefined))).toEqual(whole);
  });
}

/** Inputs that once were taken differently depending on the cuts. They are tried first, so that each stays found. */
const FOUND: [number[], string][] = [[[], `PUB${' '.repeat(400)}a 0\r\n\r\n`]];

const bounds = { numRuns: 20_000, interruptAfterTimeLimit: 2500, endOnFailure: false } as const;

describe('the parser', () => {
  test('hears what was said', () => {
    fc.assert(understands(new ParserHarness()), { ...bounds, markInterruptAsFailure: false });
  });

  test('does not care how bytes are cut into reads', () => {
    fc.assert(ignoresCuts(new ParserHarness()), { ...bounds, markInterruptAsFailure: false, examples: FOUND });
  });
});

describe('a parser that', () => {
  test.each(Object.entries(canaries))('%s is found out', (_name, parser) => {
    const found = [understands(parser), ignoresCuts(parser)].some(
      (property) => fc.check(property as fc.IProperty<unknown>, { numRuns: 2000, endOnFailure: true }).failed,
    );
    expect(found).toBe(true);
  });
});
