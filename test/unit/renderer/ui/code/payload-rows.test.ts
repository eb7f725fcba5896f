import { describe, expect, test } from 'vitest';
import { readPayload } from '../../../../../renderer/ui/code/payload-document.ts';
import {
  byteDiffRows,
  jsonDiffRows,
  rawRows,
  textDiffRows,
  treeRows,
  type PayloadRows,
} from '../../../../../renderer/ui/code/payload-rows.ts';
import { scanJson } from '../../../../../renderer/ui/code/json-scan.ts';

const encode = (text: string) => new TextEncoder().encode(text);
const linesOf = (text: string) => scanJson(encode(text)).lines();
const textAt = (rows: PayloadRows, index: number) =>
  rows
    .row(index)
    .tokens.map((token) => token.text)
    .join('');
const textsOf = (rows: PayloadRows) => Array.from({ length: rows.count }, (_, index) => textAt(rows, index));
const none: ReadonlySet<number> = new Set();

describe('what a payload is understood as', () => {
  const read = async (bytes: Uint8Array, contentType?: string, payloadBytes = bytes.length) => {
    const headers = contentType === undefined ? [] : [{ name: 'content-type', value: contentType }];
    return (await readPayload({ payload: bytes, payloadBytes, headers }, new AbortController().signal))!;
  };

  test.each([
    ['{"a":1}', undefined, 'json', 'looks like it'],
    ['{"a":1}', 'application/json', 'json', 'Content-Type'],
    ['hello', undefined, 'text', 'bytes'],
    ['hello', 'text/plain', 'text', 'Content-Type'],
    ['', undefined, 'empty', 'bytes'],
    ['a\u0000b', undefined, 'binary', 'bytes'],
    ['21.84', undefined, 'json', 'looks like it'],
  ])('%j of %s is %s (%s)', async (text, contentType, kind, source) => {
    expect(await read(encode(text), contentType)).toMatchObject({ kind, source, problem: null });
  });

  test('broken JSON is text with the place of its mistake', async () => {
    expect(await read(encode('{"a":1,\n "b": tru}'))).toMatchObject({
      kind: 'text',
      json: null,
      problem: { line: 2, column: 7, offset: 14 },
    });
  });

  test('words that begin like a number are no mistake', async () => {
    expect(await read(encode('12 monkeys'))).toMatchObject({ kind: 'text', problem: null });
  });

  test('the beginning of a long document is a tree already', async () => {
    const document = await read(encode('{"a":[1,2,"x'), undefined, 5_000_000);
    expect(document).toMatchObject({ kind: 'json', partial: true, problem: null });
    expect(document.json!.count).toBe(5);
  });

  test('a long document is read in slices, and given up when nobody wants it', async () => {
    const text = JSON.stringify(Array.from({ length: 60_000 }, (_, index) => ({ index })));
    const work = new AbortController();
    const reading = readPayload({ payload: encode(text), payloadBytes: text.length, headers: [] }, work.signal);
    work.abort();
    expect(await reading).toBeNull();
    expect((await read(encode(text))).json!.count).toBe(60_000 * 3 + 2);
  });
});

describe('a tree', () => {
  const text = '{"id":1,"to":{"city":"Ulm","zip":[8,9]},"ok":true}';

  test('rows and bytes lead to each other', () => {
    const rows = treeRows(linesOf(text), none, -1, 40);
    for (let index = 0; index < rows.count; index++) {
      const range = rows.bytesOf(index)!;
      expect(rows.lineOf(rows.indexAt(range.start))).toBe(rows.lineOf(index));
    }
    const city = rows.indexAt(text.indexOf('Ulm'));
    expect(textAt(rows, city)).toBe('    "city": "Ulm",');
    expect(text.slice(rows.bytesOf(city)!.start, rows.bytesOf(city)!.end)).toBe('"Ulm"');
  });

  test('a folded field is one row, and a byte inside it leads to that row', () => {
    const lines = linesOf(text);
    const rows = treeRows(lines, new Set([2]), -1, 40);
    expect(textsOf(rows)).toEqual(['{', '  "id": 1,', '  "to": { 2 },', '  "ok": true', '}']);
    expect(rows.row(2).fold).toBe('closed');
    expect(rows.indexAt(text.indexOf('Ulm'))).toBe(2);
    expect(rows.indexOf(3)).toBe(-1);
  });

  test('the chosen line shows all of a long value', () => {
    const long = 'abcdefghij'.repeat(5);
    const lines = linesOf(JSON.stringify({ a: 1, long, z: 2 }));
    const rows = treeRows(lines, none, 2, 24);
    const shown = textsOf(rows);
    // 52 characters with quotes: the first row holds 14 behind its key, the others 20.
    expect(rows.count).toBe(5 + 2);
    const value = shown.slice(2, -2).map((row) => row.trim());
    expect(value.join('').replace(/^"long": /, '')).toBe(`"${long}",`);
    expect(shown.at(-2)).toBe('  "z": 2');
    expect(rows.indexOf(3)).toBe(shown.length - 2);
    expect(rows.lineOf(3)).toBe(2);
  });
});

describe('comparisons', () => {
  test('of JSON: rows of the old document stand for no bytes', () => {
    const rows = jsonDiffRows(linesOf('{"a":1,"b":2}'), linesOf('{"a":3}'));
    expect(textsOf(rows)).toEqual(['{', '  "a": 3', '  "b": 2', '}']);
    expect([0, 1, 2, 3].map((index) => rows.row(index).mark)).toEqual([' ', '~', '-', ' ']);
    expect(rows.row(1).was).toEqual([{ text: '1', type: 'n' }]);
    expect(rows.bytesOf(2)).toBeNull();
    expect(rows.bytesOf(1)).toEqual({ start: 5, end: 6 });
    expect(rows.indexAt(5)).toBe(1);
  });

  test('of text', () => {
    const rows = textDiffRows(encode('a\nb\nc'), encode('a\nB\nc\nd')) as PayloadRows;
    expect([0, 1, 2, 3].map((index) => rows.row(index).mark)).toEqual([' ', '~', ' ', '+']);
    expect(rows.bytesOf(1)).toEqual({ start: 2, end: 3 });
    expect(rows.indexAt(6)).toBe(3);
  });

  test('of bytes', () => {
    const rows = byteDiffRows(
      new Uint8Array(16),
      Uint8Array.from({ length: 16 }, (_, i) => (i === 9 ? 1 : 0)),
      40,
    ) as PayloadRows;
    expect([0, 1, 2].map((index) => rows.row(index).mark)).toEqual([' ', '-', '+']);
    expect(rows.indexAt(9)).toBe(2);
    expect(byteDiffRows(new Uint8Array(2 ** 20 + 1), new Uint8Array(1), 40)).toBe('too-long');
  });
});

test('raw rows mark the line of a mistake and shorten nothing', () => {
  const rows = rawRows(encode('{"a": 1,\n "b": tru }'), 12, 15);
  expect(textsOf(rows)).toEqual(['{"a": 1,', ' "b": tru }']);
  expect([rows.row(0).wrong, rows.row(1).wrong]).toEqual([false, true]);
});
