import { describe, expect, it, test } from 'vitest';
import { configDigest } from '../../../../broker/config/digest.ts';
import { parseText } from '../../../../broker/config/grammar/parser.ts';
import type { Value } from '../../../../broker/config/grammar/token.ts';
import { CONFIG_DEPTH_MAX, CONFIG_INCLUDES_MAX } from '../../../../broker/limits.ts';
import { refusalOf, sources } from './reading.ts';

/** Maps as objects, without places. */
function plain(value: Value): unknown {
  if (typeof value !== 'object' || value instanceof Date) return value;
  if ('get' in value) return Object.fromEntries([...value].map(([key, token]) => [key, plain(token.value)]));
  return value.map((token) => plain(token.value));
}

function parse(text: string, files = {}, environment = {}): unknown {
  return plain(parseText(text, 'server.conf', sources(files, environment)));
}

function valueOf(text: string): unknown {
  return (parse(`a: ${text}\n`) as Record<string, unknown>)['a'];
}

describe('a value', () => {
  test.each<[string, unknown]>([
    ['word', 'word'],
    ['two.words-more_>*', 'two.words-more_>*'],
    ["'sin\\gle'", 'sin\\gle'],
    ['"dou\\"ble\\\\ \\t\\n\\r\\x41"', 'dou"ble\\ \t\n\rA'],
    ['back\\tslash', 'back\tslash'],
    ['"ä 船 🚢"', 'ä 船 🚢'],
    ['(\nline one\n)two\n)', '\nline one\n)two\n'],
    ['true', true],
    ['YES', true],
    ['On', true],
    ['off', false],
    ['no', false],
    ['"true"', 'true'],
    ['42', 42n],
    ['-42', -42n],
    ['9223372036854775807', 9223372036854775807n],
    ['1k', 1000n],
    ['1kb', 1024n],
    ['2Ki', 2048n],
    ['2KiB', 2048n],
    ['1m', 1_000_000n],
    ['1MB', 1_048_576n],
    ['3g', 3_000_000_000n],
    ['1gib', 1_073_741_824n],
    ['1t', 10n ** 12n],
    ['1TB', 2n ** 40n],
    ['1p', 10n ** 15n],
    ['1pi', 2n ** 50n],
    ['1e', 10n ** 18n],
    ['1EB', 2n ** 60n],
    // More than fits runs over, as it does there.
    ['16EB', 0n],
    ['1k5', '1k5'],
    ['1.5', 1.5],
    ['-0.25', -0.25],
    ['127.0.0.1:4222', '127.0.0.1:4222'],
    ['10.0.0.0', '10.0.0.0'],
    ['2m30s', '2m30s'],
    ['2026-11-23T08:30:00Z', new Date('2026-11-23T08:30:00Z')],
    ['$2a$11$abc/def.', '$2a$11$abc/def.'],
    ['[]', []],
    ['[ a, 1 , true ]', ['a', 1n, true]],
    ['[\n a\n b # c\n // d\n\n 3\n]', ['a', 'b', 3n]],
    ['{}', {}],
    ['{ b: 1, c = 2; d 3 }', { b: 1n, c: 2n, d: 3n }],
    ['{ b { c [ { d: e } ] } }', { b: { c: [{ d: 'e' }] } }],
    ['', ''],
  ])('%s', (text, expected) => {
    expect(text === '' ? (parse('a:') as Record<string, unknown>)['a'] : valueOf(text)).toEqual(expected);
  });

  it('may lack its separator, its line end and its end', () => {
    expect(parse('a 1')).toEqual({ a: 1n });
    expect(parse('a{b:1}')).toEqual({ 'a{b': 1n });
    expect(parse('a { b: 1 }')).toEqual({ a: { b: 1n } });
  });
});

describe('keys', () => {
  it('may be quoted, and the last of the same name counts', () => {
    expect(parse('"a b": 1\n\'c:d\' = 2\ne: 3\ne: 4\n')).toEqual({ 'a b': 1n, 'c:d': 2n, e: 4n });
  });

  it('stand in the order in which they were set last', () => {
    expect(Object.keys(parse('a: 1\nb: 2\na: 3\n') as object)).toEqual(['b', 'a']);
  });

  it('may all be in braces, as in JSON', () => {
    expect(parse('{ "a": 1, "b": { "c": [ "d" ] } }')).toEqual({ a: 1n, b: { c: ['d'] } });
    expect(parse('a: 1 }\n}')).toEqual({ a: 1n });
  });
});

describe('variables', () => {
  it('are looked for from the inside out, among what was set before', () => {
    expect(parse('x: 1\na { x: 2\n b { c: $x } }\nd: $x\n')).toMatchObject({ a: { b: { c: 2n } }, d: 1n });
  });

  it('may be arrays and maps', () => {
    expect(parse('x: [ 1 , 2 ]\ny: { z: $x }\na: [ $x, $y ]\n')).toMatchObject({
      a: [[1n, 2n], { z: [1n, 2n] }],
    });
  });

  it('come from the environment, where they are written as in a file', () => {
    const environment = { N: '10', T: '"10"', L: '[ a, $N ]', M: '{ b: $T }', W: 'plain' };
    expect(parse('n: $N\nt: $T\nl: $L\nm: $M\nw: $W\n', {}, environment)).toEqual({
      n: 10n,
      t: '10',
      l: ['a', 10n],
      m: { b: '10' },
      w: 'plain',
    });
  });

  it('of the environment do not reach beyond its own names', () => {
    expect(refusalOf('a: $toString\n').message).toBe("variable reference for 'toString' on line 1 can not be found");
    expect(refusalOf('a: $__proto__\n').message).toBe("variable reference for '__proto__' on line 1 can not be found");
  });

  it('that refer to each other all too often are refused', () => {
    const environment = Object.fromEntries(Array.from({ length: 2000 }, (_, n) => [`V${n}`, `$V${n + 1}`]));
    expect(refusalOf('a: $V0\n', {}, environment).message).toContain('too many variables refer to each other');
  });
});

describe('included files', () => {
  it('are found beside the file that includes them', () => {
    const files = { 'sub/a.conf': 'include "b.conf"\na: 1\n', 'sub/b.conf': 'b: 2\n' };
    expect(parse('include sub/a.conf\nc { include "sub/b.conf" }\n', files)).toEqual({ b: 2n, a: 1n, c: { b: 2n } });
  });

  it.each([
    [{ 'a.conf': 'include a.conf\n' }, 'it includes itself: server.conf -> a.conf -> a.conf'],
    [
      { 'a.conf': 'include "./sub/../b.conf"\n', 'b.conf': 'include a.conf\n' },
      'it includes itself: server.conf -> a.conf -> b.conf -> a.conf',
    ],
    [
      { 'a.conf': 'include server.conf\n', 'server.conf': '' },
      'it includes itself: server.conf -> a.conf -> server.conf',
    ],
  ])('may not include themselves: %j', (files, reason) => {
    expect(refusalOf('include a.conf\n', files).message).toContain(reason);
  });

  it('may be many, but not any number', () => {
    const text = 'include a.conf\n'.repeat(CONFIG_INCLUDES_MAX + 1);
    expect(refusalOf(text, { 'a.conf': 'a: 1\n' }).message).toContain(`more than ${CONFIG_INCLUDES_MAX} files`);
  });
});

describe('places', () => {
  test('of a problem are counted as editors do, and shown as nats-server does', () => {
    const { problems } = refusalOf('foo: 1\n  "bär": { }\nserver_metadata { ä: "ö", b: 5 }\n');
    expect(problems).toEqual([
      {
        file: 'server.conf',
        line: 1,
        column: 1,
        message: 'unknown field "foo"',
        text: 'server.conf:1:0: unknown field "foo"',
      },
      {
        file: 'server.conf',
        line: 2,
        column: 4,
        message: 'unknown field "bär"',
        text: 'server.conf:2:4: unknown field "bär"',
      },
      {
        file: 'server.conf',
        line: 3,
        column: 27,
        message: 'interface conversion: interface {} is int64, not string',
        text: 'server.conf:3:29: interface conversion: interface {} is int64, not string',
      },
    ]);
  });

  test('of a fault of the grammar are where it is', () => {
    expect(refusalOf('a: 1\nb: { c: "x" "y" }\n').problems).toMatchObject([{ line: 2, column: 13 }]);
    expect(refusalOf('include part.conf\n', { 'part.conf': 'a: 1\nb: .5\n' }).problems).toMatchObject([
      { file: 'part.conf', line: 2, column: 4 },
    ]);
    expect(refusalOf('a: 1\nb: $nothing\n').problems).toMatchObject([{ line: 2, column: 4 }]);
  });

  test('are known also where nats-server does not say them', () => {
    expect(
      refusalOf('authorization {\n  users: [ { user: a, permissions: { publish: "a..b" } } ]\n}\n').problems,
    ).toEqual([
      {
        file: 'server.conf',
        line: 2,
        column: 38,
        message: 'subject "a..b" is not a valid subject',
        text: 'subject "a..b" is not a valid subject',
      },
    ]);
  });

  test('inside of a value of the environment are where the variable is', () => {
    expect(refusalOf('\naccounts: $ALL\n', {}, { ALL: '{ A { foo: 1 } }' }).problems).toMatchObject([
      { line: 2, column: 11, message: 'unknown field "foo"' },
    ]);
  });
});

describe('what is too much', () => {
  test('nesting', () => {
    expect(refusalOf(`a: ${'['.repeat(100_000)}`).message).toBe(
      `maps and arrays are nested too deeply on line 1, ${CONFIG_DEPTH_MAX} levels at most`,
    );
    const chain = Array.from({ length: 3000 }, (_, n) => `a${n + 1}: [ $a${n} ]`);
    expect(refusalOf(['a0: [ 1 ]', ...chain].join('\n')).message).toMatch(/nested more than \d+ deep/);
  });

  test('values that variables multiply', () => {
    const lines = Array.from({ length: 40 }, (_, n) => `a${n + 1}: [ $a${n}, $a${n} ]`);
    expect(refusalOf(['a0: [ 1 , 2 ]', ...lines].join('\n')).message).toMatch(/more than \d+ values/);
  });
});

describe('the digest', () => {
  const digestOf = (text: string): string => configDigest(parseText(text, '', sources()));

  // As nats-server 2.15.1 prints them with `-t`.
  test.each([
    ['port: 4222\n', '797533ebd0dfba7d34a0f9337ecf147e442871f48ddfd07ed751575a5737267e'],
    [
      'server_metadata { a: "<&>\\x09ü", b: "\u2028" }\nX: [ 1, -0.0, 1.50, 2026-01-02T03:04:05Z, true ]\nport: 1k\nresolver { type: MEM, y: $X }\n',
      '2907a9792aaa9e5f323042f2a33022a55cf3fb654d13e682082be9e027f6a98e',
    ],
  ])('of %j is the one of nats-server', (text, digest) => {
    expect(digestOf(text)).toBe(`sha256:${digest}`);
  });

  it('is the same for what says the same', () => {
    expect(digestOf('a: 1k\nb { c: [ 1.0, "<&>", -0.0 ] }\n')).toBe(
      digestOf('# other\n{ "b": { c: [ 1.00, \'<&>\', -0.0 ] }; "a" = 1000 }\n'),
    );
    expect(digestOf('a: 1\n')).not.toBe(digestOf('a: 1.0\nb: 1\n'));
  });
});
