import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { kinds } from '../../../../../renderer/ui/code/json-lines.ts';
import { lineOfSteps, linePath, lineSteps, printJson, sourceText } from '../../../../../renderer/ui/code/json-print.ts';
import { JsonScan, scanJson } from '../../../../../renderer/ui/code/json-scan.ts';

const encode = (text: string) => new TextEncoder().encode(text);
const linesOf = (text: string) => {
  const scan = scanJson(encode(text));
  expect(scan.problem).toBeNull();
  return scan.lines();
};

describe('a document as lines', () => {
  test('each line knows its bytes, its depth and what it opens', () => {
    const lines = linesOf('{"id":1,"to":["a"]}');
    const cells = Array.from({ length: lines.count }, (_, line) => [
      lines.depth(line),
      lines.keyStart(line),
      lines.keyEnd(line),
      lines.start(line),
      lines.end(line),
      lines.partner(line),
      lines.comma(line),
    ]);
    expect(cells).toEqual([
      [0, -1, -1, 0, 19, 5, false],
      [1, 1, 5, 6, 7, -1, true],
      [1, 8, 12, 13, 18, 4, false],
      [2, -1, -1, 14, 17, -1, false],
      [1, -1, -1, 17, 18, 2, false],
      [0, -1, -1, 18, 19, 0, false],
    ]);
  });

  test('a number keeps the digits that were sent', () => {
    const text = '{"id":90071992547409931,"sum":1.10,"e":1E+400}';
    expect(printJson(linesOf(text))).toBe('{\n  "id": 90071992547409931,\n  "sum": 1.10,\n  "e": 1E+400\n}');
  });

  test('a doubled key is there twice', () => {
    expect(printJson(linesOf('{"a":1,"a":2}'))).toBe('{\n  "a": 1,\n  "a": 2\n}');
  });

  test('empty objects and lists take one line', () => {
    const lines = linesOf('{"a":{},"b":[ ]}');
    expect([lines.kind(1), lines.kind(2), lines.count]).toEqual([kinds.emptyObject, kinds.emptyArray, 4]);
  });

  test('a byte leads to its line and a line to its bytes', () => {
    const text = '{ "state" : "paid" , "items" : [ 1, 22 ] }';
    const lines = linesOf(text);
    for (const [needle, path] of [
      ['paid', 'state'],
      ['state', 'state'],
      ['22', 'items[1]'],
      ['items', 'items'],
    ] as const) {
      const line = lines.lineAt(text.indexOf(needle));
      expect(linePath(lines, line)).toBe(path);
    }
    expect(sourceText(lines, lines.lineAt(text.indexOf('paid')))).toBe('"paid"');
    expect(sourceText(lines, lines.lineAt(text.indexOf('items')))).toBe('[ 1, 22 ]');
  });

  test('a path names odd keys in quotes', () => {
    const text = '{"a b":{"":[[0,{"deep":1}]]}}';
    expect(linePath(linesOf(text), linesOf(text).lineAt(text.indexOf('deep')))).toBe('["a b"][""][0][1].deep');
  });

  test('the way to a line finds it again in the next document', () => {
    const before = linesOf('{"a":{"b":[1,{"c":2}]}}');
    const after = linesOf('{"x":0,"a":{"b":[9,{"c":3}]}}');
    for (let line = 0; line < before.count; line++) {
      const found = lineOfSteps(after, lineSteps(before, line));
      expect(linePath(after, found)).toBe(linePath(before, line));
    }
    expect(lineOfSteps(after, ['"gone"'])).toBe(-1);
    expect(lineOfSteps(after, ['"x"', 0])).toBe(-1);
  });

  test('what is printed means the same as what was sent', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, '\t'), (value, space) => {
        const text = JSON.stringify(value, null, space);
        const lines = linesOf(text);
        expect(JSON.parse(printJson(lines))).toEqual(JSON.parse(text));
        expect(printJson(lines)).toBe(printJson(linesOf(JSON.stringify(value))));
      }),
    );
  });

  test('every byte of any document leads to a line that holds it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const bytes = encode(JSON.stringify(value));
        const lines = scanJson(bytes).lines();
        for (let offset = 0; offset < bytes.length; offset++) {
          const line = lines.lineAt(offset);
          expect(lines.first(line)).toBeLessThanOrEqual(offset);
          if (line + 1 < lines.count) expect(lines.first(line + 1)).toBeGreaterThan(offset);
        }
      }),
    );
  });
});

describe('what is no JSON', () => {
  test.each([
    ['', 1, 1],
    ['{', 1, 2],
    ['{"a":}', 1, 6],
    ['{"a" 1}', 1, 6],
    ['{a:1}', 1, 2],
    ['{"a":1,}', 1, 8],
    ['[1 2]', 1, 4],
    ['[1,]', 1, 4],
    ['{"a":1}\n{"b":2}', 2, 1],
    ['{\n  "a": tru\n}', 2, 8],
    ['01', 1, 1],
    ['-', 1, 2],
    ['1.', 1, 3],
    ['1e', 1, 3],
    ['"a', 1, 1],
    ['"\\x"', 1, 3],
    ['"\\u12g4"', 1, 6],
    ['"a\tb"', 1, 3],
    ["{'a':1}", 1, 2],
    ['NaN', 1, 1],
    ['[1]]', 1, 4],
    ['[1}', 1, 3],
  ])('%j stops being JSON at line %i, column %i', (text, line, column) => {
    const scan = scanJson(encode(text));
    expect(scan.problem).toMatchObject({ line, column });
  });

  test('agrees with JSON.parse about every text', () => {
    const fragments = fc.array(
      fc.constantFrom(
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '"a"',
        '1',
        '-0.5e3',
        'true',
        'null',
        ' ',
        '\n',
        '"\\u00e9"',
        '01',
        '.',
        '"',
      ),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(fragments, (parts) => {
        const text = parts.join('');
        let parses = true;
        try {
          JSON.parse(text);
        } catch {
          parses = false;
        }
        expect(scanJson(encode(text)).problem === null).toBe(parses);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('big and hostile documents', () => {
  test('nesting of any depth is read', () => {
    const depth = 200_000;
    const scan = scanJson(encode('['.repeat(depth) + ']'.repeat(depth)));
    expect(scan.problem).toBeNull();
    expect(scan.lines().count).toBe(depth * 2 - 1);
  });

  test('a slice reads no more tokens than it may, and slices give what one run gives', () => {
    const bytes = encode(JSON.stringify(Array.from({ length: 500 }, (_, i) => ({ i, text: `"${i}"` }))));
    const scan = new JsonScan(bytes, false);
    let slices = 1;
    while (!scan.run(100)) slices++;
    expect(slices).toBeGreaterThan(20);
    expect(printJson(scan.lines())).toBe(printJson(scanJson(bytes).lines()));
  });

  test('the beginning of a longer document is no problem, wherever it is cut', () => {
    const text = '{"a":[1,-2.5e+3,"x\\u00e9y"],"b":{"c":true,"d":null}}';
    for (let length = 1; length < text.length; length++) {
      const scan = scanJson(encode(text.slice(0, length)), true);
      expect([length, scan.problem, scan.unfinished]).toEqual([length, null, true]);
      const lines = scan.lines();
      for (let line = 0; line < lines.count; line++) expect(lines.end(line)).toBeLessThanOrEqual(length);
    }
    expect(scanJson(encode(text), true).unfinished).toBe(false);
  });
});
