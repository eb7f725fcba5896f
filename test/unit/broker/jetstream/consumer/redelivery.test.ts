import { beforeEach, describe, expect, it } from 'vitest';
import { numbersOf } from './consumer-model.ts';
import type { Delivered } from './host-double.ts';
import { HostDouble } from './host-double.ts';

let host: HostDouble;

beforeEach(() => {
  host = new HostDouble();
});

/** What came since the last time: sequence and how often it was delivered. */
function taken(): string[] {
  return host.take().map((delivered) => {
    const { sequence, deliveries } = numbersOf(delivered);
    return `${sequence}x${deliveries}`;
  });
}

describe('redelivery', () => {
  it('comes after ack_wait, in the order of the sequences, before what is new', () => {
    host.create({ ack_wait: 1e9 });
    host.fill(5);
    host.pull({ batch: 3 });
    taken();
    host.advance(1000);
    host.pull({ batch: 4, no_wait: true }, 'early');
    expect(taken()).toEqual(['4x1', '5x1']);
    host.advance(2);
    host.pull({ batch: 10, no_wait: true });
    expect(taken()).toEqual(['1x2', '2x2', '3x2']);
    expect(host.consumer.info()).toMatchObject({ redelivered: 3, ackPending: 5 });
  });

  it('needs one timer, however much waits', () => {
    host.create({ ack_wait: 1e9, max_ack_pending: -1 });
    for (let i = 0; i < 20; i++) {
      host.fill(10);
      host.pull({ batch: 10 });
      host.advance(1);
    }
    expect(host.clock.timers).toBeLessThanOrEqual(1);
  });

  it('follows backoff, and its last value from then on', () => {
    host.create({ ack_wait: 0.1e9, backoff: [0.1e9, 1e9], max_deliver: -1 });
    host.fill(1);
    host.pull({ batch: 10 });
    taken();
    const gaps: number[] = [];
    let last = host.clock.ms;
    for (let i = 0; i < 2500 && gaps.length < 3; i++) {
      host.advance(1);
      if (taken().length === 0) continue;
      gaps.push(host.clock.ms - last);
      last = host.clock.ms;
    }
    expect(gaps).toEqual([101, 1001, 1001]);
  });

  it('ends with max_deliver and exactly one advisory, when the last attempt was not acked', () => {
    host.create({ ack_wait: 0.1e9, max_deliver: 2 });
    host.fill(1);
    host.pull({ batch: 10 });
    host.takeAdvisories();
    host.advance(150);
    expect(taken()).toEqual(['1x1', '1x2']);
    expect(host.takeAdvisories()).toEqual([]);
    host.advance(5000);
    expect(taken()).toEqual([]);
    expect(host.advisories).toMatchObject([{ kind: 'MAX_DELIVERIES', fields: { stream_seq: 1, deliveries: 2 } }]);
    expect(host.consumer.info()).toMatchObject({ redelivered: 1, ackPending: 0 });
    expect(host.consumer.needs(1, host.log.subjects.findText('a'))).toBe(true);
    host.remove(1);
    expect(host.consumer.info().redelivered).toBe(0);
  });

  it('is none with max_deliver 1, and nothing is told to be redelivered', () => {
    host.create({ ack_wait: 0.1e9, max_deliver: 1 });
    host.fill(1);
    host.pull({ batch: 10 });
    host.takeAdvisories();
    host.advance(1000);
    expect(taken()).toEqual(['1x1']);
    expect(host.takeAdvisories()).toEqual(['MAX_DELIVERIES']);
    expect(host.consumer.info().redelivered).toBe(0);
  });

  it('goes on when the configuration changes', () => {
    host.create({ ack_wait: 100e9 });
    host.fill(2);
    host.pull({ batch: 1 });
    taken();
    host.advance(1000);
    host.consumer.update({ ...host.consumer.config, ack_wait: 0.5e9 });
    host.pull({ batch: 1 });
    host.advance(10);
    expect(taken()).toEqual(['1x2']);
  });

  it('comes past max_ack_pending', () => {
    host.create({ ack_wait: 0.1e9, max_ack_pending: 1 });
    host.fill(2);
    host.pull({ batch: 5 });
    host.advance(150);
    expect(taken()).toEqual(['1x1', '1x2']);
  });

  it('skips messages that went, and goes on behind them', () => {
    host.create({ ack_wait: 0.1e9 });
    host.fill(3);
    host.pull({ batch: 3 });
    const [first] = host.take();
    host.ack(first as Delivered);
    host.advance(150);
    host.remove(2);
    host.pull({ batch: 3, no_wait: true });
    expect(taken()).toEqual(['3x2']);
  });
});
