import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { headerValue, parseHeaders, statusOf } from '../../../electron/message-headers.ts';
import { bytesOf, headerBlock } from '../../support/fake-link.ts';

const parse = (text: string) => parseHeaders(bytesOf(text));

test('fields, status and text of a whole block', () => {
  expect(parse('NATS/1.0\r\nA: 1\r\nB:2\r\nA:  3  \r\nEmpty:\r\n\r\n')).toEqual({
    status: 0,
    statusText: '',
    fields: [
      { name: 'A', value: '1' },
      { name: 'B', value: '2' },
      { name: 'A', value: '3' },
      { name: 'Empty', value: '' },
    ],
  });
  expect(parse('NATS/1.0 503\r\n\r\n')).toMatchObject({ status: 503, statusText: '', fields: [] });
  expect(parse('NATS/1.0 404 No Messages\r\nX: y\r\n\r\n')).toMatchObject({ status: 404, statusText: 'No Messages' });
  expect(parse('')).toEqual({ status: 0, statusText: '', fields: [] });
});

test.each([
  ['HTTP/1.1\r\nA: 1\r\n\r\n', 'starts with', ['A']],
  ['NATS/1.0\r\nA: 1\r\n', 'blank line', ['A']],
  ['NATS/1.0\r\nA: 1', 'does not end', ['A']],
  ['NATS/1.0\r\nA 1\r\nB: 2\r\n\r\n', 'no colon', ['B']],
  ['NATS/1.0\r\n: 1\r\nB: 2\r\n\r\n', 'no name', ['B']],
  ['NATS/1.0 5x3\r\nB: 2\r\n\r\n', 'no status code', ['B']],
  ['NATS/1.0\r\nB: 2\r\n\r\nmore', '4 bytes follow', ['B']],
  ['NATS/1.0\nB: 2\n\n', 'whole', ['B']],
])('%j is read as far as it goes', (text, error, names) => {
  const block = parse(text);
  expect(block.error ?? 'whole').toContain(error);
  expect(block.fields.map((field) => field.name)).toEqual(names);
});

test('any bytes are read without an exception', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => void parseHeaders(bytes)));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      parseHeaders(new Uint8Array([...bytesOf('NATS/1.0\r\n'), ...bytes]));
      headerValue(bytes, bytesOf('A'));
      statusOf(bytes);
    }),
  );
  expect(parse(`NATS/1.0\r\n${'a:b\r\n'.repeat(5000)}\r\n`)).toMatchObject({ error: expect.stringContaining('1000') });
});

test('one value by name, whatever its case', () => {
  const block = headerBlock([
    { name: 'Content-Type', value: 'application/json' },
    { name: 'X', value: 'one' },
    { name: 'x', value: 'two' },
  ]);
  expect(headerValue(block, bytesOf('content-type'))).toBe('application/json');
  expect(headerValue(block, bytesOf('X'))).toBe('one');
  expect(headerValue(block, bytesOf('Content'))).toBeNull();
  expect(headerValue(block, bytesOf('NATS/1.0'))).toBeNull();
});
