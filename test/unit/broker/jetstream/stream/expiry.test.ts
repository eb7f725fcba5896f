import { describe, expect, test } from 'vitest';
import { NEVER, parseTtl } from '../../../../../broker/jetstream/stream/message-ttl.ts';
import { DueHeap } from '../../../../../broker/jetstream/stream/due-heap.ts';
import { IntakeDouble } from './intake-double.ts';

test.each([
  [undefined, 0],
  ['', 0],
  ['never', NEVER],
  ['NEVER', NEVER],
  ['1', 1],
  ['90', 90],
  ['1s', 1],
  ['1h30m', 5400],
  ['1.9s', 1],
  ['1500ms', 1],
  ['999ms', undefined],
  ['0', undefined],
  ['0s', undefined],
  ['-1', undefined],
  ['-5s', undefined],
  ['+5', undefined],
  ['1.5', undefined],
  ['5 ', undefined],
  ['x', undefined],
])('a time to live of %s is %s', (text, expected) => {
  expect(parseTtl(text)).toBe(expected);
});

test('the heap gives what is due in order', () => {
  const heap = new DueHeap();
  const times = Array.from({ length: 200 }, (_, index) => (index * 7919) % 101);
  for (const [index, time] of times.entries()) heap.add(time, index + 1);
  heap.keep((sequence) => sequence % 3 !== 0);
  const expected = times
    .map((time, index) => ({ time, sequence: index + 1 }))
    .filter(({ sequence }) => sequence % 3 !== 0)
    .toSorted((one, other) => one.time - other.time || one.sequence - other.sequence);
  expect(heap.take(-1)).toBe(0);
  for (const { time, sequence } of expected) {
    expect(heap.nextMs).toBe(time);
    expect(heap.take(Infinity)).toBe(sequence);
  }
  expect(heap.nextMs).toBe(Infinity);
});

describe('Expiry', () => {
  const sequences = (stream: IntakeDouble): number[] => stream.messages().map(([sequence]) => sequence);

  test('messages go when their time is over, whatever their order', () => {
    const stream = new IntakeDouble({ allow_msg_ttl: true });
    for (const ttl of ['5', '1s', 'never', '3', '']) stream.publish('s.a', 'x', [`Nats-TTL: ${ttl}`]);
    stream.advance(1_001);
    expect(sequences(stream)).toEqual([1, 3, 4, 5]);
    stream.advance(2_000);
    expect(sequences(stream)).toEqual([1, 3, 5]);
    stream.advance(3_600_000);
    expect(sequences(stream)).toEqual([3, 5]);
  });

  test('max_age leaves only those that are for ever', () => {
    const stream = new IntakeDouble({ allow_msg_ttl: true, max_age: 2e9 });
    for (const ttl of ['never', '', '1h', 'never', '1']) stream.publish('s.a', 'x', [`Nats-TTL: ${ttl}`]);
    stream.advance(1_500);
    expect(sequences(stream)).toEqual([1, 2, 3, 4]);
    stream.publish('s.a');
    stream.advance(600);
    expect(sequences(stream)).toEqual([1, 4, 6]);
    stream.advance(2_000);
    expect(sequences(stream)).toEqual([1, 4]);
  });

  test('a marker takes the place of the last message of a subject, and goes without another one', () => {
    const stream = new IntakeDouble({
      max_age: 1e9,
      allow_msg_ttl: true,
      subject_delete_marker_ttl: 60e9,
      allow_rollup_hdrs: true,
    });
    stream.publish('s.a', '1');
    stream.publish('s.a', '2');
    stream.publish('s.b', '3', ['KV-Operation: PURGE']);
    stream.advance(1_001);
    expect(stream.messages()).toEqual([[4, 's.a', 'Nats-Marker-Reason: MaxAge|Nats-TTL: 1m0s|Nats-Rollup: sub', '']]);
    stream.advance(2_000);
    expect(stream.log.state.lastSequence).toBe(4);
    expect(sequences(stream)).toEqual([]);
  });

  test('times are found again in the log', () => {
    const stream = new IntakeDouble({ allow_msg_ttl: true });
    stream.publish('s.a', 'x', ['Nats-TTL: 5']);
    stream.publish('s.a', 'x', ['Nats-TTL: 1h']);
    stream.limits.recover();
    stream.limits.enforce();
    stream.advance(5_001);
    expect(sequences(stream)).toEqual([2]);
  });

  test('a message that did not become safe has no time, though its sequence is given again', () => {
    const stream = new IntakeDouble({ allow_msg_ttl: true });
    stream.publish('s.a', 'x');
    stream.take('s.a', 'y', ['Nats-TTL: 1']);
    stream.takeBack(1, '');
    stream.publish('s.a', 'z');
    stream.advance(10_000);
    expect(sequences(stream)).toEqual([1, 2]);
  });

  test('markers need a time to live that is no shorter than their own', () => {
    const stream = new IntakeDouble({ allow_msg_ttl: true, subject_delete_marker_ttl: 60e9, allow_rollup_hdrs: true });
    stream.publish('s.a', 'x', ['Nats-TTL: 5', 'X: 1']);
    stream.publish('s.a', 'x', ['Nats-TTL: never']);
    expect(stream.messages().map(([, , headers]) => headers)).toEqual(['X: 1|Nats-TTL: 60', 'Nats-TTL: never']);
  });
});
