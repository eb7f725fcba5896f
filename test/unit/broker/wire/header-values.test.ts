import { expect, it } from 'vitest';
import { canonicalHeaders } from '../../../../broker/wire/header-values.ts';

it.each<[string, Record<string, string[]>]>([
  ['NATS/1.0\r\n\r\n', {}],
  ['NATS/1.0\r\nA: b\r\n\r\n', { A: ['b'] }],
  ['NATS/1.0 503 No\r\nx-b3-traceId:  b \r\n\r\n', { 'X-B3-Traceid': ['b'] }],
  ['NATS/1.0\r\na: 1\r\nB: 2\r\nA: 3\r\n\r\n', { A: ['1', '3'], B: ['2'] }],
  ['NATS/1.0\r\nA: b\r\n c\r\n\r\n', { A: ['b c'] }],
  ['NATS/1.0\r\n c\r\n\r\n', {}],
  ['NATS/1.0\r\nA b\r\n\r\n', {}],
  ['NATS/1.0\r\nA: b\r\n: c\r\n\r\n', {}],
  ['NATS/1.0\r\nA c: b\r\n\r\n', {}],
  ['NATS/1.0\r\nA: b', {}],
])('%j', (block, expected) => {
  expect({ ...canonicalHeaders(block) }).toEqual(expected);
});
