import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diffJson } from '../../../../../renderer/ui/code/json-diff.ts';
import { scanJson } from '../../../../../renderer/ui/code/json-scan.ts';
import { lineTokens, valueTokens } from '../../../../../renderer/ui/code/tokens.ts';

const linesOf = (value: unknown) =>
  scanJson(new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value))).lines();
const textOf = (tokens: { text: string }[]) => tokens.map((token) => token.text).join('');

function show(before: unknown, after: unknown): string[] {
  const [old, now] = [linesOf(before), linesOf(after)];
  return diffJson(old, now).lines.map(({ mark, line, was }) => {
    const text = textOf(lineTokens(mark === '-' ? old : now, line));
    return `${mark} ${text}${was < 0 ? '' : ` was ${textOf(valueTokens(old, was))}`}`;
  });
}

describe('two documents', () => {
  test('a changed value stands beside the old one, new members are added, lost ones removed', () => {
    expect(
      show(
        { id: 1, state: 'authorized', gone: true, discount: 0.1 },
        { id: 1, state: 'paid', discount: 0.15, psp: { ref: 'x' } },
      ),
    ).toEqual([
      '  {',
      '    "id": 1,',
      '~   "state": "paid", was "authorized"',
      '-   "gone": true,',
      '~   "discount": 0.15, was 0.1',
      '+   "psp": {',
      '+     "ref": "x"',
      '+   }',
      '  }',
    ]);
  });

  test('order of members is no change', () => {
    expect(show({ a: 1, b: 2 }, { b: 2, a: 1 }).every((line) => line.startsWith(' '))).toBe(true);
  });

  test('a list is compared between what is equal at both ends', () => {
    expect(show([1, 2, 3], [0, 1, 2, 3])).toEqual(['  [', '+   0,', '    1,', '    2,', '    3', '  ]']);
    expect(show([1, 2, 3], [1, 3])).toEqual(['  [', '    1,', '-   2,', '    3', '  ]']);
    expect(show([1, 2, 3], [1, 9, 3])).toEqual(['  [', '    1,', '~   9, was 2', '    3', '  ]']);
  });

  test('a value of another shape takes the place of the old one', () => {
    expect(show({ a: 1 }, { a: { b: 1 } })).toEqual([
      '  {',
      '-   "a": 1',
      '+   "a": {',
      '+     "b": 1',
      '+   }',
      '  }',
    ]);
  });

  test('big integers differ in their last digit', () => {
    expect(show('90071992547409931', '90071992547409932')).toEqual(['~ 90071992547409932 was 90071992547409931']);
  });

  test('doubled keys pair up in their order', () => {
    expect(show('{"a":1,"a":2}', '{"a":1,"a":3}')).toEqual(['  {', '    "a": 1,', '~   "a": 3 was 2', '  }']);
  });

  test('deep documents are compared without a stack of their depth', () => {
    const deep = (leaf: string) => '['.repeat(50_000) + leaf + ']'.repeat(50_000);
    expect(diffJson(linesOf(deep('1')), linesOf(deep('1')))).toMatchObject({ changed: 0, added: 0, removed: 0 });
    expect(diffJson(linesOf(deep('1')), linesOf(deep('2'))).added).toBeGreaterThan(0);
  });

  test('every line of the new document is there once and in order; equal documents show no change', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (before, after) => {
        const [old, now] = [linesOf(JSON.stringify(before)), linesOf(JSON.stringify(after))];
        const shown = diffJson(old, now).lines.filter((line) => line.mark !== '-');
        expect(shown.map((line) => line.line)).toEqual(Array.from({ length: now.count }, (_, line) => line));
        expect(diffJson(old, linesOf(JSON.stringify(before)))).toMatchObject({ changed: 0, added: 0, removed: 0 });
      }),
    );
  });
});
