import { describe, expect, test } from 'vitest';
import { IntakeDouble } from '../intake-double.ts';

const CONFIG = { allow_msg_schedules: true, allow_rollup_hdrs: true, allow_msg_ttl: true };
const texts = (stream: IntakeDouble): string[] =>
  stream.messages().map(([sequence, subject, headers, payload]) => `${sequence} ${subject} ${payload} ${headers}`);

describe('Schedules', () => {
  test('at a time: published once, and the schedule goes', () => {
    const stream = new IntakeDouble(CONFIG);
    stream.publish('s.a', 'x', ['Nats-Schedule: @at 2026-01-01T00:00:10Z', 'Nats-Schedule-Target: s.t', 'Y: 1']);
    stream.advance(9_999);
    expect(stream.log.state.lastSequence).toBe(1);
    stream.advance(1);
    expect(texts(stream)).toEqual(['2 s.t x Y: 1|Nats-Scheduler: s.a|Nats-Schedule-Next: purge']);
    stream.advance(60_000);
    expect(stream.log.state.lastSequence).toBe(2);
  });

  test('again and again, until another message takes its place', () => {
    const stream = new IntakeDouble(CONFIG);
    stream.publish('s.a', 'x', ['Nats-Schedule: @every 5s', 'Nats-Schedule-Target: s.t']);
    stream.advance(15_000);
    expect(texts(stream).slice(1)).toEqual([
      '2 s.t x Nats-Scheduler: s.a|Nats-Schedule-Next: 2026-01-01T00:00:10Z',
      '3 s.t x Nats-Scheduler: s.a|Nats-Schedule-Next: 2026-01-01T00:00:15Z',
      '4 s.t x Nats-Scheduler: s.a|Nats-Schedule-Next: 2026-01-01T00:00:20Z',
    ]);
    stream.publish('s.a', 'plain');
    stream.advance(60_000);
    expect(stream.log.state.lastSequence).toBe(5);
  });

  test('a schedule that is deleted is over', () => {
    const stream = new IntakeDouble(CONFIG);
    stream.publish('s.a', 'x', ['Nats-Schedule: @every 5s', 'Nats-Schedule-Target: s.t']);
    stream.log.remove(1);
    stream.advance(60_000);
    expect(stream.log.state.lastSequence).toBe(1);
  });

  test('found again in the log, with what was missed and what was left to do', () => {
    const stream = new IntakeDouble(CONFIG);
    stream.publish('s.a', 'x', ['Nats-Schedule: @at 2026-01-01T00:00:10Z', 'Nats-Schedule-Target: s.t']);
    stream.publish('s.b', 'y', ['Nats-Schedule: @every 1h', 'Nats-Schedule-Target: s.u']);
    stream.limits.stop();
    stream.now += 20_000;
    const again = new IntakeDouble(CONFIG);
    again.now = stream.now;
    for (const [, subject, headers, payload] of stream.messages()) {
      again.input.compose(
        again.hash,
        subject,
        `NATS/1.0\r\n${headers.replaceAll('|', '\r\n')}\r\n\r\n`,
        Buffer.from(payload),
      );
      again.append({ seconds: Math.floor(stream.now / 1000) - 20, nanos: 0 });
    }
    again.limits.recover();
    again.limits.enforce();
    again.advance(1000);
    expect(texts(again)).toEqual([
      '2 s.b y Nats-Schedule: @every 1h|Nats-Schedule-Target: s.u|Nats-Rollup: sub',
      '3 s.t x Nats-Scheduler: s.a|Nats-Schedule-Next: purge',
    ]);
  });

  test('a schedule that was replaced by a message that did not become safe is good again', () => {
    const stream = new IntakeDouble(CONFIG);
    stream.publish('s.a', 'x', ['Nats-Schedule: @every 5s', 'Nats-Schedule-Target: s.t']);
    stream.take('s.a', 'plain');
    stream.takeBack(1, '');
    stream.settleNow();
    stream.advance(5_000);
    expect(stream.log.state.lastSequence).toBe(2);
  });
});
