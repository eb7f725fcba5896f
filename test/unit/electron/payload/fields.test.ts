import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compare, summarize } from '../../../../electron/payload/fields.ts';
import { findPath, skipValue, walkFields } from '../../../../electron/payload/json-scan.ts';
import { bytesOf } from '../../../support/fake-link.ts';

const fieldsOf = (text: string) => summarize(bytesOf(text)).fields.map(({ key, text: value }) => `${key}=${value}`);
const classOf = (bytes: Uint8Array) => summarize(bytes).payload;

describe('what a row shows of a payload', () => {
  test.each([
    ['{"id":1,"state":"paid"}', ['id=1', 'state=paid']],
    ['{"a":{"b":{"c":true}},"d":null}', ['a.b.c=true', 'd=null']],
    ['{"id":90071992547409931,"x":0.10000000000000000001}', ['id=90071992547409931', 'x=0.10000000000000000001']],
    ['{"q":"a\\"b\\n\\u00fc"}', ['q=a"b\nü']],
    ['{"list":[1,2],"n":3}', ['n=3']],
    ['[1,2,3]', ['=[1,2,3]']],
    ['21.5', ['=21.5']],
    ['"text"', ['=text']],
    [' {} ', []],
    ['plain text\nof two lines', ['=plain text of two lines']],
    ['{"a":1', ['={"a":1']],
    ['{"a":1,}', ['={"a":1,}']],
    ['{"a" 1}', ['={"a" 1}']],
    ['{"a":1} x', ['={"a":1} x']],
    ['01', ['=01']],
    ['truely', ['=truely']],
    ['', []],
  ])('%j', (payload, expected) => expect(fieldsOf(payload)).toEqual(expected));

  test('binary shows its size, text its beginning', () => {
    expect(summarize(Uint8Array.of(0, 1, 2, 255))).toEqual({ payload: 'binary', fields: [{ key: '', text: '4 B' }] });
    expect(summarize(new Uint8Array(1_500_000)).fields[0]!.text).toBe('1.5 MB');
    expect(summarize(new Uint8Array(999_999)).fields[0]!.text).not.toContain('1000');
    expect(summarize(bytesOf('ü'.repeat(1000))).fields[0]!.text).toHaveLength(97);
    expect(classOf(Uint8Array.of(0x61, 0xc3))).toBe('binary');
    // A character that the sniffed part cuts in two is no fault, and does not spoil the next look.
    expect(classOf(bytesOf(`${'a'.repeat(511)}ü`))).toBe('text');
    expect(classOf(bytesOf('plain ü'))).toBe('text');
  });

  test('JSON that lies neither throws nor takes long', () => {
    const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
    const started = performance.now();
    for (const payload of [
      deep,
      '['.repeat(1_000_000),
      `{"a":"${'x'.repeat(1_000_000)}`,
      `{"${'k'.repeat(1_000_000)}":1}`,
      `{${Array.from({ length: 100_000 }, (_, index) => `"k${index}":${index}`).join(',')}}`,
      '9'.repeat(1_000_000),
      '{"a":1e999999999}',
      `"${'\\u0000'.repeat(10_000)}"`,
    ]) {
      const { fields } = summarize(bytesOf(payload));
      expect(fields.length).toBeLessThanOrEqual(64);
      for (const field of fields) expect(field.key.length + field.text.length).toBeLessThan(200);
    }
    expect(performance.now() - started).toBeLessThan(1000);
  });

  test('arbitrary bytes never throw, and objects read as JSON.parse reads them', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void summarize(bytes)));
    const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ maxLength: 10 }), scalar, { maxKeys: 6, noNullPrototype: true }),
        (object) => {
          const { payload, fields } = summarize(bytesOf(JSON.stringify(object, null, 2)));
          expect(payload).toBe('json');
          expect(fields.map((field) => field.key)).toEqual(Object.keys(object));
          for (const { key, text } of fields) expect(text).toBe(String(object[key]));
        },
      ),
    );
  });

  test('the walk calls valid what JSON.parse takes for an object, at any cut', () => {
    const text = '{"a":{"b":[1,{"c":"]}"}],"d":"\\""},"e":-1.5e3,"f":false}';
    for (let end = 0; end < text.length; end++) {
      expect(walkFields(bytesOf(text), end, 4, { value: () => true })).toBe('cut');
    }
    expect(walkFields(bytesOf(text), text.length, 4, { value: () => true })).toBe('whole');
  });
});

test('changed fields come first, gone ones are no fields, without an earlier message none is changed', () => {
  const before = summarize(bytesOf('{"id":1,"state":"new","total":"7"}')).fields;
  const after = summarize(bytesOf('{"id":1,"state":"paid","paid":true}')).fields;
  expect(compare(after, before)).toEqual([
    { key: 'state', text: 'paid', changed: true },
    { key: 'paid', text: 'true', changed: true },
    { key: 'id', text: '1', changed: false },
  ]);
  expect(compare(after, null).every((field) => !field.changed)).toBe(true);
});

describe('paths', () => {
  const find = (text: string, ...path: (string | number)[]) => {
    const bytes = bytesOf(text);
    const steps = path.map((step) => (typeof step === 'number' ? { index: step } : { key: bytesOf(step), text: step }));
    const at = findPath(bytes, 0, bytes.length, steps);
    return at < 0 ? null : text.slice(at, skipValue(bytes, at, bytes.length));
  };
  test.each([
    ['{"a":{"b":[10,{"c":"x"}]}}', ['a', 'b', 1, 'c'], '"x"'],
    ['{"a":1}', ['b'], null],
    ['{"a":1}', ['a', 'b'], null],
    ['{"a\\u0062":1}', ['ab'], '1'],
    ['{"x":"{\\"a\\":2}","a":3}', ['a'], '3'],
    ['[[1],[2]]', [1, 0], '2'],
    ['[1]', [1], null],
    ['{"a":', ['a'], null],
    ['', ['a'], null],
    ['nonsense', ['a'], null],
  ] as const)('%s %j', (text, path, expected) => expect(find(text, ...path)).toBe(expected));
});
