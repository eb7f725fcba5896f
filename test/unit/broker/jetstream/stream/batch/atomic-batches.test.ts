import { describe, expect, test } from 'vitest';
import { IntakeDouble } from '../intake-double.ts';

const part = (id: string, sequence: number, ...more: string[]): string[] => [
  `Nats-Batch-Id: ${id}`,
  `Nats-Batch-Sequence: ${sequence}`,
  ...more,
];
const END = 'Nats-Batch-Commit: 1';

describe('AtomicBatches', () => {
  test('nothing is stored before the last message, then all is, one behind the other', () => {
    const stream = new IntakeDouble({ allow_atomic: true });
    stream.publish('s.a', '1', part('b', 1), 'r1');
    stream.publish('s.x', 'between', [], 'r');
    stream.publish('s.b', '2', part('b', 2), 'r2');
    expect(stream.log.state.messages).toBe(1);
    stream.publish('s.c', '3', part('b', 3, END), 'r3');
    expect(stream.messages().map(([sequence, subject]) => [sequence, subject])).toEqual([
      [1, 's.x'],
      [2, 's.a'],
      [3, 's.b'],
      [4, 's.c'],
    ]);
    expect(stream.told.at(-1)).toBe('r3 {"stream":"S","seq":4,"batch":"b","count":3}');
    expect(stream.host.jetStream.inflight.atomic).toBe(0);
  });

  test('what the disk does not take is taken back, with all that came of it', () => {
    const stream = new IntakeDouble({ allow_atomic: true, allow_rollup_hdrs: true, allow_msg_ttl: true });
    stream.publish('s.a', 'old');
    stream.fullAt = 4;
    stream.publish('s.a', '1', part('b', 1, 'Nats-Msg-Id: m', 'Nats-Rollup: sub', 'Nats-TTL: 1'));
    stream.publish('s.b', '2', part('b', 2));
    stream.publish('s.c', '3', part('b', 3, END));
    expect(stream.messages().map(([, , , payload]) => payload)).toEqual(['old']);
    expect(stream.told.at(-1)).toContain('no space left on device');
    stream.fullAt = Infinity;
    stream.publish('s.d', 'new', ['Nats-Msg-Id: m']);
    expect(stream.told.at(-1)).toBe('r {"stream":"S","seq":2}');
    stream.advance(5000);
    expect(stream.messages().map(([, , , payload]) => payload)).toEqual(['old', 'new']);
  });

  test('a batch to which nothing comes is given up, and that is told', () => {
    const stream = new IntakeDouble({ allow_atomic: true });
    stream.publish('s.a', '1', part('b', 1));
    stream.advance(9_000);
    stream.publish('s.a', '2', part('b', 2));
    stream.advance(9_999);
    expect(stream.events).toEqual([]);
    stream.advance(1);
    expect(stream.events).toEqual([
      'stream_batch_abandoned STREAM.BATCH_ABANDONED.S {"stream":"S","batch":"b","reason":"timeout"}',
    ]);
    stream.publish('s.a', '3', part('b', 3, END));
    expect(stream.told.at(-1)).toContain('"err_code":10176');
    expect(stream.host.jetStream.inflight.atomic).toBe(0);
  });

  test('a thousand messages and no more', () => {
    const stream = new IntakeDouble({ allow_atomic: true });
    for (let at = 1; at <= 1000; at++) stream.take('s.a', String(at), part('b', at));
    stream.publish('s.a', 'end', part('b', 1001, 'Nats-Batch-Commit: eob'));
    expect(stream.told.at(-1)).toBe('r {"stream":"S","seq":1000,"batch":"b","count":1000}');
    for (let at = 1; at <= 1001; at++) stream.take('s.a', String(at), part('c', at));
    expect(stream.told.at(-1)).toContain('"err_code":10199');
    expect(stream.events.at(-1)).toContain('"reason":"large"');
    expect(stream.log.state.messages).toBe(1000);
  });

  test('what rollups of this turn take away counts no more', () => {
    const stream = new IntakeDouble({ allow_atomic: true, allow_rollup_hdrs: true, discard: 'new', max_msgs: 2 });
    stream.take('s.a', '1');
    stream.take('s.a', '2', ['Nats-Rollup: sub']);
    stream.take('s.b', '3', part('b', 1, END));
    stream.settleNow();
    expect(stream.messages().map(([, , , payload]) => payload)).toEqual(['2', '3']);
  });
});
