import { describe, expect, it } from 'vitest';
import {
  consumerCreateRequest,
  noConsumerCreateRequest,
} from '../../../../../../broker/jetstream/api/requests/consumer-requests.ts';
import {
  messageGetRequest,
  parseDirectGet,
  parseNextRequest,
} from '../../../../../../broker/jetstream/api/requests/message-requests.ts';
import {
  isEmptyRequest,
  looksLikeJson,
  objectBody,
  parseLoosely,
  parseRequest,
} from '../../../../../../broker/jetstream/api/requests/parse.ts';
import { streamConfigRequest } from '../../../../../../broker/jetstream/api/requests/stream-requests.ts';

const streamOf = (body: string, strict = true): unknown => parseRequest(streamConfigRequest, body, strict, {});
const refusal = (err: string): object => ({ code: 400, err_code: 10025, description: `invalid JSON: ${err}` });

describe('requests', () => {
  it('are read into latin1, with nothing in them that was not said', () => {
    expect(streamOf('{"name":"\xc3\xa9","MAX_MSGS":5,"no_ack":null}')).toEqual({
      value: { name: '\xc3\xa9', max_msgs: 5 },
    });
    expect(streamOf('')).toEqual({ value: {} });
    expect(streamOf('null')).toEqual({ value: {} });
  });

  it('add up when there is more than one', () => {
    expect(streamOf('{"name":"A","max_msgs":1} {"max_msgs":2}')).toEqual({ value: { name: 'A', max_msgs: 2 } });
    expect(streamOf('{"metadata":{"a":"1"}}{"metadata":{"b":"2"}}')).toEqual({
      value: { metadata: { a: '1', b: '2' } },
    });
  });

  it('complain of the first thing that is wrong', () => {
    expect(streamOf('{"x":1,"max_msgs":"5"}')).toEqual(refusal('json: unknown field "x"'));
    expect(streamOf('{"max_msgs":"5","x":1}')).toEqual(
      refusal('json: cannot unmarshal string into Go struct field StreamConfigRequest.max_msgs of type int64'),
    );
    expect(streamOf('{"sources":[{"name":"a"},{"name":1}]}')).toEqual(
      refusal('json: cannot unmarshal number into Go struct field StreamConfigRequest.sources.1.name of type string'),
    );
    expect(streamOf('{"name":"A"')).toEqual(refusal('unexpected EOF'));
    expect(streamOf('{"name":}')).toEqual(refusal("invalid character '}' looking for beginning of value at offset 9"));
  });

  it('may say what nobody knows to a server that is not strict', () => {
    expect(streamOf('{"name":"A","x":{"y":[1]}}', false)).toEqual({ value: { name: 'A' } });
    expect(streamOf('{"name":1,"x":1}', false)).toEqual(
      refusal('json: cannot unmarshal number into Go struct field StreamConfigRequest.name of type string'),
    );
  });

  it('take whole numbers of Go‘s types only', () => {
    const max = (value: string): unknown => streamOf(`{"max_msgs":${value}}`);
    expect(max('9223372036854775807')).toEqual({ value: { max_msgs: 2 ** 63 } });
    expect(max('-0')).toEqual({ value: { max_msgs: 0 } });
    for (const value of ['1.0', '1e3', '9223372036854775808', '9'.repeat(100_000)]) {
      expect(max(value)).toMatchObject({ err_code: 10025 });
    }
  });

  it('cannot reach what objects have by themselves', () => {
    expect(streamOf('{"__proto__":{"polluted":true}}')).toEqual(refusal('json: unknown field "__proto__"'));
    const parsed = streamOf('{"metadata":{"__proto__":"x"}}') as { value: { metadata: object } };
    expect(Object.keys(parsed.value.metadata)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(parsed.value.metadata)).toBe(Object.prototype);
  });

  it('of consumers have an action', () => {
    const read = (body: string): unknown => parseRequest(consumerCreateRequest, body, true, noConsumerCreateRequest);
    expect(read('{"stream_name":"S","action":"update"}')).toEqual({
      value: { stream_name: 'S', config: {}, action: 'update' },
    });
    expect(read('{"action":"x"}')).toEqual(refusal('unknown consumer action: "x"'));
  });

  it('may be nothing', () => {
    for (const body of ['', '{}', ' {\n} ']) expect(isEmptyRequest(body)).toBe(true);
    for (const body of [' ', '{"a":1}', '[]', 'x']) expect(isEmptyRequest(body)).toBe(false);
    expect(looksLikeJson(' [')).toBe(true);
    expect(looksLikeJson('"x"')).toBe(false);
    expect(objectBody('text')).toBe('');
    expect(objectBody('{"a":1}')).toBe('{"a":1}');
  });

  it('are read loosely in some places', () => {
    expect(parseLoosely(messageGetRequest, '{"seq":5,"x":1}', {})).toEqual({ value: { seq: 5 } });
    expect(parseLoosely(messageGetRequest, '{"seq":5', {})).toEqual({ complaint: 'unexpected end of JSON input' });
    expect(parseLoosely(messageGetRequest, '{} {}', {})).toEqual({
      complaint: "invalid character '{' after top-level value",
    });
  });
});

describe('pull requests', () => {
  it('are for one message, for a number of them, or say more', () => {
    expect(parseNextRequest('')).toEqual({ batch: 1 });
    expect(parseNextRequest(' 12 ')).toEqual({ batch: 12 });
    expect(parseNextRequest('-3')).toEqual({ batch: -3 });
    expect(parseNextRequest('many')).toEqual({ batch: 1 });
    expect(parseNextRequest('{"no_wait":true,"new":1}')).toEqual({ no_wait: true });
    expect(parseNextRequest('{"idle_heartbeat":6,"expires":10}')).toEqual({ complaint: 'heartbeat value too large' });
    expect(parseNextRequest('{"idle_heartbeat":5,"expires":10}')).toEqual({ idle_heartbeat: 5, expires: 10 });
    expect(parseNextRequest('{')).toEqual({ complaint: 'unexpected end of JSON input' });
  });
});

describe('direct gets', () => {
  it('are read or not', () => {
    expect(parseDirectGet('{"last_by_subj":"a","start_time":"2020-01-01T00:00:00.0Z"}')).toEqual({
      last_by_subj: 'a',
      start_time: '2020-01-01T00:00:00Z',
    });
    expect(parseDirectGet('{"seq":-1}')).toBeUndefined();
  });
});
