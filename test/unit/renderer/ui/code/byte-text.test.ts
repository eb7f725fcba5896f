import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseBase64, parseHex, printBase64, printHex } from '../../../../../renderer/ui/code/byte-text.ts';

test('hex and Base64 give back every array of bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
      expect(parseHex(printHex(bytes))).toEqual({ bytes: new Uint8Array(bytes) });
      expect(printBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
      expect(parseBase64(printBase64(bytes))).toEqual({ bytes: new Uint8Array(bytes) });
      expect(parseBase64(Buffer.from(bytes).toString('base64url'))).toEqual({ bytes: new Uint8Array(bytes) });
    }),
  );
});

test.each([
  ['', []],
  ['7B227D', [0x7b, 0x22, 0x7d]],
  ['0x7b, 0x22', [0x7b, 0x22]],
  ['00:0a\n0b', [0, 10, 11]],
])('hex %j', (text, bytes) => {
  expect(parseHex(text)).toEqual({ bytes: new Uint8Array(bytes) });
});

test.each([
  ['7b 2', 1, 5],
  ['7b 2 2', 1, 5],
  ['7b\n22 zz', 2, 4],
  ['0x7', 1, 4],
])('hex %j fails at line %i, column %i', (text, line, column) => {
  expect(parseHex(text)).toMatchObject({ problem: { line, column } });
});

test.each([
  ['aGk*', 1, 4],
  ['aGk=x', 1, 5],
  ['a', 1, 2],
  ['aGVsbG8', null, null],
  ['aA=', 1, 4],
  ['=', 1, 1],
  ['aGk==', 1, 5],
  ['aGVs\nbG\u00e9', 2, 3],
])('Base64 %j fails at line %s, column %s', (text, line, column) => {
  const parsed = parseBase64(text);
  if (line === null) expect(parsed).toEqual({ bytes: new TextEncoder().encode('hello') });
  else expect(parsed).toMatchObject({ problem: { line, column } });
});
