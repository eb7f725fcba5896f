import { describe, expect, it } from 'vitest';
import { mergeJson } from '../../../../renderer/buckets/merge.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const merge = (base: string, mine: string, theirs: string) => mergeJson(bytes(base), bytes(mine), bytes(theirs));

describe('mergeJson', () => {
  it('puts changes of both sides together', () => {
    const merged = merge(
      '{"max_total":"2500.00","max_items":80}',
      '{"max_total":"2500.00","max_items":120}',
      '{"max_total":"5000.00","max_items":80}',
    );
    expect(merged).toEqual({
      text: '{\n  "max_total": "5000.00",\n  "max_items": 120\n}',
      mine: 1,
      clashes: 0,
    });
  });

  it('counts what both changed, and keeps one’s own there', () => {
    const merged = merge('{"a":1,"b":1}', '{"a":2,"b":1}', '{"a":3,"b":4}');
    expect(merged).toEqual({ text: '{\n  "a": 2,\n  "b": 4\n}', mine: 1, clashes: 1 });
  });

  it('goes into objects, takes lists as a whole, and knows members that came and went', () => {
    const merged = merge(
      '{"o":{"x":1,"y":1,"z":1},"l":[1,2],"gone":1,"theirs":1}',
      '{"o":{"x":2,"y":1},"l":[1, 2],"theirs":1,"new":{"k":[{"d":1}]}}',
      '{"o":{"x":1,"y":3,"z":1},"l":[1,2,3],"gone":1}',
    );
    expect(JSON.parse(merged!.text)).toEqual({ o: { x: 2, y: 3 }, l: [1, 2, 3], new: { k: [{ d: 1 }] } });
    expect(merged).toMatchObject({ mine: 4, clashes: 0 });
  });

  it('keeps the digits of numbers', () => {
    expect(merge('{"n":1,"m":1}', '{"n":12345678901234567890,"m":1}', '{"n":1,"m":1.0}')?.text).toBe(
      '{\n  "n": 12345678901234567890,\n  "m": 1.0\n}',
    );
  });

  it.each(['[1]', '1', 'text', '', '{"a":'])('leaves %j alone', (other) => {
    expect(merge('{"a":1}', other, '{"a":2}')).toBeNull();
    expect(merge(other, '{"a":1}', '{"a":2}')).toBeNull();
  });
});
