import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { latin1ToText, textToLatin1 } from '../../../../../../broker/base/latin1.ts';
import {
  JsonReader,
  JsonSyntaxError,
  unquoteJson,
} from '../../../../../../broker/jetstream/api/requests/json-syntax.ts';

function reads(text: string): boolean {
  try {
    const reader = new JsonReader(text);
    reader.value();
    reader.end();
    return true;
  } catch (error) {
    if (error instanceof JsonSyntaxError) return false;
    throw error;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function fault(text: string): [string, number | undefined] {
  try {
    const reader = new JsonReader(text);
    reader.value();
    reader.end();
  } catch (error) {
    if (error instanceof JsonSyntaxError) return [error.message, error.offset];
    throw error;
  }
  return ['', undefined];
}

describe('JSON of requests', () => {
  it('takes what is JSON and nothing else, however it is spoilt', () => {
    const spoilt = fc
      .tuple(fc.json(), fc.nat(), fc.constantFrom('', ...'{}[]:,"\\0-.eE+tn \x01'))
      .map(([json, at, char]) => {
        const text = textToLatin1(json);
        const place = at % (text.length + 1);
        return text.slice(0, place) + char + text.slice(place + 1);
      });
    fc.assert(
      fc.property(spoilt, (text) => {
        expect(reads(text), text).toBe(isJson(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('reads any string', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const written = JSON.stringify(text);
        const escaped = written.replace(/[\x7f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
        expect(latin1ToText(unquoteJson(textToLatin1(written)))).toBe(text);
        expect(latin1ToText(unquoteJson(escaped))).toBe(text);
      }),
    );
  });

  it('puts U+FFFD in the place of what is no character', () => {
    expect(unquoteJson('"\xff"')).toBe('\xef\xbf\xbd');
    expect(unquoteJson('"\\ud83d"')).toBe('\xef\xbf\xbd');
    expect(unquoteJson('"\\ud83dx"')).toBe('\xef\xbf\xbdx');
    expect(unquoteJson('"\xed\xa0\x80"')).toBe('\xef\xbf\xbd'.repeat(3));
    expect(unquoteJson('"\xc3\xa9"')).toBe('\xc3\xa9');
  });

  it('says what is wrong and where, as Go does', () => {
    expect(fault('{"a":1,}')).toEqual(["invalid character '}' looking for beginning of object key string", 8]);
    expect(fault('[1 2]')).toEqual(["invalid character '2' after array element", 4]);
    expect(fault('tru}')).toEqual(["invalid character '}' in literal true (expecting 'e')", 4]);
    expect(fault('"\\q"')).toEqual(['invalid escape sequence `\\q` in string', 3]);
    expect(fault('1 2')).toEqual(["invalid character '2' after top-level value", 3]);
    expect(fault('{"a":')).toEqual(['unexpected EOF', undefined]);
  });

  it('gives up what is nested too deep', () => {
    expect(reads('['.repeat(1000) + ']'.repeat(1000))).toBe(true);
    expect(fault('['.repeat(1_000_000))[0]).toBe('exceeded max depth');
  });
});
