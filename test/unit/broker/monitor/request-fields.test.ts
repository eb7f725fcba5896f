import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RequestFields, RequestFormatError } from '../../../../broker/monitor/request-fields.ts';

const SHAPE = {
  struct: 'Options',
  fields: { limit: 'int', cid: 'uint64', auth: 'bool', name: 'string', tags: '[]string', wait: 'time.Duration' },
} as const;

function read(payload: string): RequestFields {
  return new RequestFields(SHAPE, Buffer.from(payload));
}

describe('fields of requests', () => {
  it('are empty where nothing is asked', () => {
    for (const payload of ['', '{}', 'null', ' { } ', '{"limit":null,"other":[{}]}']) {
      const fields = read(payload);
      expect([fields.number('limit'), fields.boolean('auth'), fields.text('name'), fields.texts('tags')]).toEqual([
        0,
        false,
        '',
        [],
      ]);
    }
  });

  it('are found in any case, the last of several counts', () => {
    const fields = read('{"LIMIT":1,"Limit":2,"Name":"ü","TAGS":["a",null,"b"],"auth":true,"cid":7,"wait":-3}');
    expect(fields.number('limit')).toBe(2);
    expect(fields.text('name')).toBe('ü');
    expect(fields.texts('tags')).toEqual(['a', '', 'b']);
    expect([fields.boolean('auth'), fields.number('cid'), fields.number('wait')]).toEqual([true, 7, -3]);
  });

  it.each([
    ['{"limit":1.0}', 'json: cannot unmarshal number 1.0 into Go struct field Options.limit of type int'],
    [
      '{"limit":9223372036854775808}',
      'json: cannot unmarshal number 9223372036854775808 into Go struct field Options.limit of type int',
    ],
    [
      '{"cid":18446744073709551616}',
      'json: cannot unmarshal number 18446744073709551616 into Go struct field Options.cid of type uint64',
    ],
    ['{"name":true}', 'json: cannot unmarshal bool into Go struct field Options.name of type string'],
    ['{"name":{}}', 'json: cannot unmarshal object into Go struct field Options.name of type string'],
    ['{"tags":"a"}', 'json: cannot unmarshal string into Go struct field Options.tags of type []string'],
    ['{"tags":["a",[]]}', 'json: cannot unmarshal array into Options.tags.1 of type string'],
    ['{"wait":"1s"}', 'json: cannot unmarshal string into Go struct field Options.wait of type time.Duration'],
    ['true', 'json: cannot unmarshal bool into Go value of type server.Options'],
    ['{"a":1', 'unexpected end of JSON input'],
  ])('%s is refused', (payload, message) => {
    expect(() => read(payload)).toThrow(new RequestFormatError(message));
  });

  it('take no names from the prototype', () => {
    expect(() => read('{"constructor":1,"__proto__":{"limit":"x"},"toString":2}')).not.toThrow();
  });

  it('take any bytes without another error', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((text) => Buffer.from(text)),
        ),
        (payload) => {
          try {
            expect(new RequestFields(SHAPE, payload).number('limit')).toSatisfy(Number.isInteger);
          } catch (error) {
            if (!(error instanceof RequestFormatError)) throw error;
          }
        },
      ),
    );
  });
});
