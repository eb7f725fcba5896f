import { describe, expect, test } from 'vitest';
import { count, parseIncrement, totalOf, ZERO } from '../../../../../broker/jetstream/stream/counter.ts';
import { IntakeDouble } from './intake-double.ts';

test.each([
  ['1', 1n],
  ['+1', 1n],
  ['-007', -7n],
  ['123456789012345678901234567890', 123456789012345678901234567890n],
  ['1_0', undefined],
  ['1 ', undefined],
  ['0x1', undefined],
  ['', undefined],
  ['-', undefined],
])('an increment of %s is %s', (text, expected) => {
  expect(parseIncrement(text)).toBe(expected);
});

describe('counters', () => {
  test('add up beyond what a number holds', () => {
    const stream = new IntakeDouble({ allow_msg_counter: true });
    for (const value of ['9007199254740993', '1', '-9007199254740995']) stream.take('s.a', '', [`Nats-Incr: ${value}`]);
    expect(stream.told.map((text) => /"val":"(.*)"/.exec(text)?.[1])).toEqual([
      '9007199254740993',
      '9007199254740994',
      '-1',
    ]);
    expect(stream.messages().at(-1)).toEqual([3, 's.a', 'Nats-Incr: -9007199254740995', '{"val":"-1"}']);
  });

  test('one that holds no value is broken', () => {
    for (const payload of ['x', '5', '[]', '{"val":5}']) {
      expect(totalOf('', payload)).toMatchObject({ err_code: 10172 });
    }
    expect(totalOf('', '{"val":"12"}')).toEqual({ value: 12n, sources: {} });
    expect(totalOf('', '{}')).toEqual({ value: 0n, sources: {} });
    expect(totalOf('NATS/1.0\r\nNats-Counter-Sources: x\r\n\r\n', '{"val":"12"}')).toMatchObject({ err_code: 10172 });
  });

  test('what comes of other streams is added by its difference to what they said before', () => {
    const block = 'NATS/1.0\r\nNats-Incr: 5\r\nNats-Stream-Source: O 7 > > o.a\r\n\r\n';
    const first = count({ value: 10n, sources: {} }, 5n, 's.a', block, '{"val":"30"}');
    expect(first).toMatchObject({ payload: '{"val":"40"}' });
    if ('err_code' in first) throw new Error(first.description);
    expect(first.headers).toBe(
      'NATS/1.0\r\nNats-Incr: 30\r\nNats-Stream-Source: O 7 > > o.a\r\nNats-Counter-Sources: {"O":{"o.a":"30"}}\r\n\r\n',
    );
    const second = count(totalOrThrow(first.headers, first.payload), 5n, 's.a', block, '{"val":"28"}');
    expect(second).toMatchObject({ payload: '{"val":"38"}' });
    expect(count(ZERO, 5n, 's.a', block, 'broken')).toMatchObject({ err_code: 10172 });
  });
});

function totalOrThrow(headers: string, payload: string): typeof ZERO {
  const total = totalOf(headers, payload);
  if ('err_code' in total) throw new Error(total.description);
  return total;
}
