import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Query, QueryError } from '../../../../broker/monitor/query.ts';

describe('queries', () => {
  it('gives the first of several values', () => {
    expect(new Query('a=1&a=2').text('a')).toBe('1');
  });

  it('gives nothing for what is not there, or has no value', () => {
    const query = new Query('a&b=');
    expect([query.text('a'), query.text('b'), query.text('c')]).toEqual(['', '', '']);
    expect([query.boolean('a'), query.integer('b'), query.unsigned('c')]).toEqual([false, 0, 0]);
  });

  it('unescapes names and values', () => {
    expect(new Query('%61%62=x%20y+z%C3%BC%3D').text('ab')).toBe('x y zü=');
  });

  it('leaves out pairs with a broken escape or a semicolon', () => {
    const query = new Query('a=%zz&b=%2&c=1;d=2&e=5');
    expect([query.text('a'), query.text('b'), query.text('c'), query.text('d'), query.text('e')]).toEqual([
      '',
      '',
      '',
      '',
      '5',
    ]);
  });

  it('takes the same words for booleans as Go', () => {
    for (const word of ['1', 't', 'T', 'TRUE', 'true', 'True']) expect(new Query(`a=${word}`).boolean('a')).toBe(true);
    for (const word of ['0', 'f', 'F', 'FALSE', 'false', 'False'])
      expect(new Query(`a=${word}`).boolean('a')).toBe(false);
    for (const word of ['yes', 'tRUE', '2', ' 1'])
      expect(() => new Query(`a=${word}`).boolean('a')).toThrow(QueryError);
  });

  it('takes whole numbers with a sign', () => {
    expect(['+5', '-5', '05', '-0'].map((text) => new Query(`a=${text.replace('+', '%2B')}`).integer('a') + 0)).toEqual(
      [5, -5, 5, 0],
    );
    for (const text of ['5.0', '0x5', '5_000', '--5', '٥']) {
      expect(() => new Query(`a=${encodeURIComponent(text)}`).integer('a')).toThrow(/invalid syntax$/);
    }
  });

  it('says that a number is too great', () => {
    expect(() => new Query('a=9223372036854775808').integer('a')).toThrow(/value out of range$/);
    expect(new Query('a=-9223372036854775808').integer('a')).toBe(-(2 ** 63));
    expect(() => new Query('a=18446744073709551616').unsigned('a')).toThrow(/value out of range$/);
  });

  it('quotes what is wrong as Go does', () => {
    expect(() => new Query('a=%22%00%0A%C3%BC').boolean('a')).toThrow('parsing "\\"\\x00\\nü": invalid syntax');
  });

  it('knows a list and details of subscriptions', () => {
    expect(['', 'subs=0', 'subs=1', 'subs=Detail'].map((text) => new Query(text).subscriptions())).toEqual([
      'none',
      'none',
      'list',
      'detail',
    ]);
  });

  it('takes any text without another error', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const query = new Query(`a=${Buffer.from(bytes).toString('latin1')}`);
        for (const read of [() => query.boolean('a'), () => query.integer('a'), () => query.unsigned('a')]) {
          try {
            read();
          } catch (error) {
            if (!(error instanceof QueryError)) throw error;
          }
        }
      }),
    );
  });
});
