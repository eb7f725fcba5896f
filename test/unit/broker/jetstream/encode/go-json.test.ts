import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { latin1ToText, textToLatin1 } from '../../../../../broker/base/latin1.ts';
import { goJson, sortedMap, unlessEmpty } from '../../../../../broker/jetstream/encode/go-json.ts';

describe('JSON of answers', () => {
  it('says what was put in, in latin1', () => {
    const leaf = fc.oneof(fc.string({ unit: 'grapheme' }), fc.maxSafeInteger(), fc.boolean(), fc.constant(null));
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof({ depthSize: 'small' }, leaf, fc.array(tie('tree')), fc.dictionary(fc.string(), tie('tree'))),
    }));
    const inLatin1 = (value: unknown): unknown => {
      if (typeof value === 'string') return textToLatin1(value);
      if (Array.isArray(value)) return value.map(inLatin1);
      if (typeof value !== 'object' || value === null) return value;
      return new Map(Object.entries(value).map(([key, inner]) => [textToLatin1(key), inLatin1(inner)]));
    };
    fc.assert(
      fc.property(tree, (value) => {
        const json = goJson(inLatin1(value));
        expect(json).not.toMatch(/[<>&\u0100-\uffff]/);
        expect(JSON.parse(latin1ToText(json))).toEqual(value);
      }),
    );
  });

  it('escapes what Go escapes', () => {
    expect(goJson('<a> & "b"\\\n\b\f\x01\x7f')).toBe('"\\u003ca\\u003e \\u0026 \\"b\\"\\\\\\n\\b\\f\\u0001\x7f"');
    expect(goJson(textToLatin1('é\u2028\u2029'))).toBe('"\xc3\xa9\\u2028\\u2029"');
    expect(goJson('\xff\xed\xa0\x80')).toBe(`"${'\xef\xbf\xbd'.repeat(4)}"`);
  });

  it('writes the greatest numbers of Go as they are', () => {
    expect(goJson(Number('9223372036854775807'))).toBe('9223372036854775807');
    expect(goJson(Number('-9223372036854775808'))).toBe('-9223372036854775808');
    expect(goJson(Number('18446744073709551615'))).toBe('18446744073709551615');
    expect(goJson(2 ** 60)).toBe('1152921504606846976');
    expect(goJson(Number.MAX_SAFE_INTEGER)).toBe('9007199254740991');
  });

  it('leaves out what has no value, and keeps the order of maps', () => {
    expect(goJson({ a: undefined, b: null, c: [] })).toBe('{"b":null,"c":[]}');
    expect(goJson(sortedMap({ 9: 1, 10: 2, b: 3, a: 4 }))).toBe('{"10":2,"9":1,"a":4,"b":3}');
    for (const empty of ['', 0, false, []]) expect(unlessEmpty(empty)).toBeUndefined();
    for (const kept of ['x', -1, true, [0]]) expect(unlessEmpty(kept)).toBe(kept);
  });
});
