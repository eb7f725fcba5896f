import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeJsonFault } from '../../../../../broker/auth/jwt/json-fault.ts';

describe('faults of JSON in the words of Go', () => {
  test.each([
    ['', 'unexpected end of JSON input'],
    ['{', 'unexpected end of JSON input'],
    ['"abc', 'unexpected end of JSON input'],
    ['[1,', 'unexpected end of JSON input'],
    ['{"a"', 'unexpected end of JSON input'],
    ['-', 'unexpected end of JSON input'],
    ['1.', 'unexpected end of JSON input'],
    ['x', "invalid character 'x' looking for beginning of value"],
    ["'x'", "invalid character '\\'' looking for beginning of value"],
    ['é', "invalid character 'Ã' looking for beginning of value"],
    ['\0', "invalid character '\\x00' looking for beginning of value"],
    ['{a:1}', "invalid character 'a' looking for beginning of object key string"],
    ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 "b":2}', `invalid character '"' after object key:value pair`],
    ['[1 2]', "invalid character '2' after array element"],
    ['[1,]', "invalid character ']' looking for beginning of value"],
    ['{} x', "invalid character 'x' after top-level value"],
    ['01', "invalid character '1' after top-level value"],
    ['-x', "invalid character 'x' in numeric literal"],
    ['1.x', "invalid character 'x' after decimal point in numeric literal"],
    ['1e+x', "invalid character 'x' in exponent of numeric literal"],
    ['trux', "invalid character 'x' in literal true (expecting 'e')"],
    ['"a\nb"', "invalid character '\\n' in string literal"],
    ['"\\x"', "invalid character 'x' in string escape code"],
    ['"\\u12g4"', "invalid character 'g' in \\u hexadecimal character escape"],
    ['['.repeat(100_000), 'exceeded max depth'],
  ])('%.30j', (text, fault) => {
    expect(describeJsonFault(text)).toBe(fault);
  });

  test('finds a fault in everything that JSON.parse refuses, and an end where there is none', () => {
    const spoilt = fc
      .json()
      .chain((text) =>
        fc
          .tuple(fc.nat(text.length), fc.string({ maxLength: 2 }))
          .map(([at, more]) => text.slice(0, at) + more + text.slice(at + 1)),
      );
    fc.assert(
      fc.property(spoilt, (text) => {
        let parses = true;
        try {
          JSON.parse(text);
        } catch {
          parses = false;
        }
        const fault = describeJsonFault(text);
        // Without a fault the reader says that the text has ended, which is no fault of its own then.
        if (parses) expect(fault).toBe('unexpected end of JSON input');
        else expect(fault).toMatch(/^(invalid character '.*' |unexpected end of JSON input$)/s);
      }),
      { numRuns: 500 },
    );
  });
});
