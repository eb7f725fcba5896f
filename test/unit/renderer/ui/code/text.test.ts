import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diffBytes } from '../../../../../renderer/ui/code/byte-diff.ts';
import { isText, mayBeJson, meantAsJson, saysJson } from '../../../../../renderer/ui/code/payload-kind.ts';
import { diffText, splitLines } from '../../../../../renderer/ui/code/text-diff.ts';
import { foldText } from '../../../../../renderer/ui/code/text-rows.ts';
import { unfinishedTail, visibleText } from '../../../../../renderer/ui/code/visible-text.ts';

const encode = (text: string) => new TextEncoder().encode(text);

describe('text that shows everything', () => {
  test.each([
    [encode('a\u0000b\u001b[31m'), 'a\\x00b\\x1B[31m'],
    [encode('a\u202eb\u200bc\ufeff'), 'a\\u202Eb\\u200Bc\\uFEFF'],
    [new Uint8Array([0x61, 0xff, 0xc3, 0xa9, 0xc3]), 'a\\xFF\u00e9\\xC3'],
    [new Uint8Array([0xed, 0xa0, 0x80]), '\\xED\\xA0\\x80'],
    [encode('<img src=x onerror=alert(1)>'), '<img src=x onerror=alert(1)>'],
  ])('%o', (bytes, text) => {
    expect(visibleText(bytes)).toBe(text);
  });

  test('finds the character that a cut left unfinished', () => {
    const bytes = encode('a\u00e9\u20ac\u{1f600}');
    for (let length = 0; length <= bytes.length; length++) {
      const cut = bytes.subarray(0, length);
      expect(visibleText(cut, 0, length - unfinishedTail(cut))).not.toContain('\\x');
    }
  });
});

describe('text folded to a width', () => {
  const rowsOf = (text: string, columns: number) => {
    const bytes = encode(text);
    const rows = foldText(bytes, columns);
    return Array.from({ length: rows.count }, (_, row) => [
      rows.lineNumber(row),
      visibleText(bytes, rows.start(row), rows.end(row)),
    ]);
  };

  test('long lines go on without a number, line breaks of both kinds end them', () => {
    expect(rowsOf('abcdef\r\ngh\n\ni', 4)).toEqual([
      [1, 'abcd'],
      [0, 'ef'],
      [2, 'gh'],
      [3, ''],
      [4, 'i'],
    ]);
    expect(rowsOf('', 4)).toEqual([[1, '']]);
    expect(rowsOf('a\n', 4)).toEqual([[1, 'a']]);
  });

  test('wide characters take two columns, hidden ones what is drawn for them', () => {
    expect(rowsOf('\u4f60\u597d\u4f60', 4).length).toBe(2);
    expect(rowsOf('\u0000\u0000', 7).length).toBe(2);
  });

  test('loses no byte but line breaks', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.integer({ min: 1, max: 9 }), (bytes, columns) => {
        const rows = foldText(bytes, columns);
        let at = 0;
        for (let row = 0; row < rows.count; row++) {
          for (; at < rows.start(row); at++) expect([0x0a, 0x0d]).toContain(bytes[at]);
          at = rows.end(row);
          if (at > rows.start(row)) expect(rows.rowAt(at - 1)).toBe(row);
        }
        for (; at < bytes.length; at++) expect([0x0a, 0x0d]).toContain(bytes[at]);
      }),
    );
  });
});

describe('what a payload is', () => {
  test('the content type decides, else the first byte', () => {
    expect(saysJson('application/json; charset=utf-8')).toBe(true);
    expect(saysJson('application/problem+json')).toBe(true);
    expect(saysJson('application/jsonpath')).toBe(false);
    expect(mayBeJson(encode('  {"a":1}'), undefined)).toBe(true);
    expect(mayBeJson(encode('hello'), undefined)).toBe(false);
    expect(mayBeJson(encode('hello'), 'application/json')).toBe(true);
    expect(meantAsJson(encode('12 monkeys'), undefined)).toBe(false);
    expect(meantAsJson(encode('{"a"'), undefined)).toBe(true);
  });

  test('text is UTF-8 without controls; a cut end is forgiven where it was cut', () => {
    const cut = encode('caf\u00e9').subarray(0, 4);
    expect(isText(cut, false)).toBe(false);
    expect(isText(cut, true)).toBe(true);
    expect(isText(new Uint8Array([0, 1]), false)).toBe(false);
    expect(isText(encode('done\u0007\u001b[0m'), false)).toBe(true);
    expect(isText(new Uint8Array([1, 2, 3, 4, 65]), false)).toBe(false);
    expect(isText(new Uint8Array([0xff, 0x41]), true)).toBe(false);
  });
});

describe('comparisons', () => {
  test('texts line by line', () => {
    const diff = diffText(splitLines('a\nb\nc\nd\n'), splitLines('a\nB\nc\nx\ny'));
    expect(diff).toMatchObject({ changed: 1, added: 2, removed: 1 });
    expect(diff).toHaveProperty('lines.1', { mark: '~', line: 1, was: 1 });
  });

  test('texts that would hold up the page are refused', () => {
    const many = Array.from({ length: 11_000 }, (_, i) => String(i));
    expect(diffText(many, many)).toBe('too-long');
    const other = Array.from({ length: 9_000 }, (_, i) => `x${i}`);
    expect(diffText(many.slice(0, 9_000), other)).toBe('too-different');
  });

  test('bytes by offset', () => {
    const diff = diffBytes(new Uint8Array([1, 2, 3, 4, 5]), new Uint8Array([1, 2, 9, 4]), 2);
    expect(diff).toEqual({
      differing: 2,
      rows: [
        { mark: ' ', offset: 0, length: 2 },
        { mark: '-', offset: 2, length: 2 },
        { mark: '+', offset: 2, length: 2 },
        { mark: '-', offset: 4, length: 1 },
      ],
    });
  });
});
