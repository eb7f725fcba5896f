import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { includesOf, nameOfPlace, textAt } from '../../../../../renderer/broker/config-text/paths.ts';
import { offsetOf, parseSyntax, placeOf } from '../../../../../renderer/broker/config-text/syntax.ts';
import {
  isDuration,
  readBoolean,
  readDuration,
  readSize,
  writeKey,
  writeString,
} from '../../../../../renderer/broker/config-text/values.ts';

const text = `
include ./users.conf
server_name: "a \\"b\\" \\x41"
listen = 127.0.0.1:4222; debug true
'quoted key': 'it is'
pass: $2a$11$abc.def
port: $PORT
motd: (
  hello }
)
leafnodes {
  remotes = [
    { url: "tls://x:7422", credentials: ./a.creds }, // one
    {
      urls: [a, b]
    }
  ]
}
`;

describe('reading', () => {
  const syntax = parseSyntax(text);

  it('knows every form of a value', () => {
    expect(syntax.fault).toBeNull();
    expect(textAt(syntax, ['server_name'])).toBe('a "b" A');
    expect(textAt(syntax, ['listen'])).toBe('127.0.0.1:4222');
    expect(textAt(syntax, ['debug'])).toBe('true');
    expect(textAt(syntax, [{ name: 'quoted key' }])).toBe('it is');
    expect(textAt(syntax, ['motd'])).toBe('\n  hello }\n');
    expect(textAt(syntax, ['leafnodes|leaf', 'remotes', 0, 'credentials|creds'])).toBe('./a.creds');
    expect(textAt(syntax, ['leafnodes', 'remotes', 1, 'urls', 1])).toBe('b');
    expect(syntax.root.entries.map(({ value }) => (value.kind === 'scalar' ? value.form : value.kind))).toEqual([
      'word',
      'double',
      'word',
      'word',
      'single',
      'word',
      'variable',
      'block',
      'map',
    ]);
  });

  it('knows what is included', () => {
    expect(includesOf(syntax)).toEqual(['./users.conf']);
    expect(includesOf(parseSyntax('a { include "x y.conf" }\nb: [ { include z } ]'))).toEqual(['x y.conf', 'z']);
  });

  it('names the place of a mistake', () => {
    expect(nameOfPlace(syntax, text.indexOf('./a.creds'))).toBe('leafnodes.remotes[0].credentials');
    expect(nameOfPlace(syntax, text.indexOf('b]'))).toBe('leafnodes.remotes[1].urls[1]');
    expect(nameOfPlace(syntax, 0)).toBe('');
  });

  it('reads JSON, and the whole in braces', () => {
    const json = parseSyntax('{ "a": [1, 2], "b": { "c": "d" } }\n');
    expect(json.fault).toBeNull();
    expect(textAt(json, ['b', 'c'])).toBe('d');
    expect(json.root.bare).toBe(false);
  });

  it.each([
    ['a {', 2],
    ['a: "x', 3],
    ['a: [1, 2', 3],
    ['a: ( x', 3],
    ['}', 0],
    ['a', 1],
    ['a: ,', 3],
    ['{ a: 1 } b', 9],
  ])('stops at the fault of %j', (broken, at) => {
    expect(parseSyntax(broken).fault?.at).toBe(at);
  });

  it('ends with anything', () => {
    const signs = fc.string({ unit: fc.constantFrom(...'ab:={}[]()\'"#/\\,; \n\t$1'), maxLength: 60 });
    fc.assert(
      fc.property(signs, (any) => {
        const { root } = parseSyntax(any);
        for (const { keyFrom, keyTo, value } of root.entries) {
          expect(keyFrom).toBeLessThanOrEqual(keyTo);
          expect(keyTo).toBeLessThanOrEqual(value.from);
          expect(value.to).toBeLessThanOrEqual(any.length);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

it('counts lines and columns from one', () => {
  expect(placeOf('ab\ncd', 4)).toEqual({ line: 2, column: 2 });
  expect(offsetOf('ab\ncd', 2, 2)).toBe(4);
  expect(offsetOf('ab\ncd', 1, 99)).toBe(2);
  expect(offsetOf('ab\ncd', 9, 1)).toBe(5);
});

describe('values', () => {
  it('are quoted where they must be', () => {
    expect(writeString('orders')).toBe('orders');
    expect(writeString('/data/js')).toBe('/data/js');
    expect(writeString('127.0.0.1:4222')).toBe('127.0.0.1:4222');
    for (const needs of ['', 'true', '12', '5m', 'a b', '$X', 'a#b', '{x}', '//x', "it's", '2024-01-01']) {
      expect(writeString(needs)).toBe(`"${needs}"`);
    }
    expect(writeString('a"b\\c')).toBe('"a\\"b\\\\c"');
    const [before] = parseSyntax("a: 'x'").root.entries;
    expect(writeString('plain', before?.value.kind === 'scalar' ? before.value : undefined)).toBe("'plain'");
  });

  it('say what they said', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), (said) => {
        expect(textAt(parseSyntax(`a: ${writeString(said)}`), ['a'])).toBe(said);
      }),
    );
  });

  it('are taken apart', () => {
    expect(readSize('256M')).toEqual({ number: '256', unit: 'M' });
    expect(readSize('1048576')).toEqual({ number: '1048576', unit: '' });
    expect(readSize('4GiB')).toEqual({ number: '4', unit: 'GiB' });
    expect(readSize('4 apples')).toBeNull();
    expect(readDuration('10s')).toEqual({ number: '10', unit: 's' });
    expect(readDuration('1h30m')).toBeNull();
    expect(isDuration('1h30m')).toBe(true);
    expect(isDuration('soon')).toBe(false);
    expect(readBoolean('On')).toBe(true);
    expect(readBoolean('no')).toBe(false);
    expect(readBoolean('perhaps')).toBeUndefined();
  });

  it('have keys that are read as they were written', () => {
    for (const key of ['PLANT', 'orders.>', 'a*b', 'two words', '$G', 'include', '#x', 'a:b', '/x']) {
      expect(parseSyntax(`${writeKey(key)} { x: 1 }`).root.entries[0]?.key).toBe(key);
    }
  });
});
