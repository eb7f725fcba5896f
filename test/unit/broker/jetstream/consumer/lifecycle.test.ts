import { beforeEach, describe, expect, it } from 'vitest';
import { HostDouble } from './host-double.ts';
import type { Delivered } from './host-double.ts';

const second = 1e9;
let host: HostDouble;

beforeEach(() => {
  host = new HostDouble();
});

function sequences(): number[] {
  return host.take().map(({ sequence }) => sequence);
}

describe('pause', () => {
  function at(milliseconds: number): string {
    return new Date(host.clock.ms + milliseconds).toISOString();
  }

  it('holds deliveries back until its time, and says when it ends', () => {
    host.create({ pause_until: at(5000) });
    expect(host.takeAdvisories()).toEqual(['CREATED', 'PAUSE']);
    host.fill(1);
    host.pull({ batch: 1 });
    expect(sequences()).toEqual([]);
    expect(host.consumer.info()).toMatchObject({ paused: true, pauseRemaining: 5 * second, waiting: 1 });
    host.advance(5001);
    expect(sequences()).toEqual([1]);
    expect(host.advisories).toMatchObject([{ kind: 'PAUSE', fields: { paused: false } }]);
    expect(host.consumer.info()).toMatchObject({ paused: false, pauseRemaining: 0 });
  });

  it('begins and ends by an update, while heartbeats go on', () => {
    host.heard.add('d');
    host.create({ deliver_subject: 'd', idle_heartbeat: second });
    host.advisories.length = 0;
    host.consumer.update({ ...host.consumer.config, pause_until: at(60_000) });
    host.fill(1);
    host.advance(1001);
    expect(sequences()).toEqual([]);
    expect(host.takeStatuses()).toEqual(['100 Idle Heartbeat']);
    const { pause_until: _until, ...rest } = host.consumer.config;
    host.consumer.update(rest);
    host.turn();
    expect(sequences()).toEqual([]);
    host.fill(1);
    expect(sequences()).toEqual([1, 2]);
    expect(host.advisories).toMatchObject([
      { fields: { paused: true } },
      { fields: { paused: false, pause_until: '0001-01-01T00:00:00Z' } },
    ]);
  });
});

describe('a consumer that nobody uses', () => {
  it('goes when it is ephemeral: five seconds and up to one after the last request', () => {
    host.create({ durable_name: undefined });
    host.advance(3000);
    host.pull({ batch: 1, no_wait: true });
    host.advance(5000);
    expect(host.isExpired).toBe(false);
    host.advance(1100);
    expect(host.isExpired).toBe(true);
    expect(host.takeAdvisories()).toEqual(['CREATED', 'DELETED']);
    expect(host.clock.timers).toBe(0);
  });

  it('stays while a request waits, and while acks may come', () => {
    host.create({ inactive_threshold: second, ack_wait: 10 * second });
    host.pull({ batch: 1, expires: 5 * second });
    host.advance(4000);
    expect(host.isExpired).toBe(false);
    host.fill(1);
    host.advance(10_500);
    expect(host.isExpired).toBe(false);
    host.setInterest('inbox', false);
    host.advance(14_000);
    expect(host.isExpired).toBe(true);
  });

  it('is kept by acks', () => {
    host.create({ inactive_threshold: second, ack_wait: 0.1 * second });
    host.fill(10);
    host.pull({ batch: 10 });
    for (const delivered of host.take()) {
      host.advance(900);
      host.ack(delivered);
    }
    expect(host.isExpired).toBe(false);
  });

  it('goes when a push consumer has no listener for so long', () => {
    host.heard.add('d');
    host.create({ deliver_subject: 'd', inactive_threshold: 2 * second });
    host.advance(60_000);
    host.setInterest('d', false);
    host.advance(1000);
    host.setInterest('d', true);
    host.advance(5000);
    expect(host.isExpired).toBe(false);
    host.setInterest('d', false);
    host.advance(2001);
    expect(host.isExpired).toBe(true);
  });

  it('stays when it is durable', () => {
    host.create();
    host.advance(3_600_000);
    expect(host.isExpired).toBe(false);
  });
});

describe('reset', () => {
  it('goes back behind the ack floor, or to a sequence', () => {
    host.create();
    host.fill(5);
    host.pull({ batch: 4 });
    const got = host.take();
    host.ack(got[0] as Delivered);
    host.ack(got[1] as Delivered);
    expect(host.consumer.reset(0)).toBe(3);
    expect(host.consumer.info()).toMatchObject({
      pending: 3,
      ackPending: 0,
      delivered: { consumer: 0, stream: 2, lastActive: undefined },
      ackFloor: { consumer: 0, stream: 2, lastActive: undefined },
    });
    host.pull({ batch: 1 });
    expect(sequences()).toEqual([3]);
    expect(host.consumer.reset(1)).toBe(1);
    host.pull({ batch: 9, no_wait: true });
    expect(sequences()).toEqual([1, 2, 3, 4, 5]);
    host.restart();
    expect(host.consumer.info()).toMatchObject({ delivered: { consumer: 5, stream: 5 } });
  });

  it('goes nowhere where the start forbids it', () => {
    host.create({ deliver_policy: 'new' });
    expect(host.consumer.reset(3)).toBe('not allowed');
    host.create({ deliver_policy: 'by_start_sequence', opt_start_seq: 3 });
    expect(host.consumer.reset(2)).toBe('below start seq');
    expect(host.consumer.reset(4)).toBe(4);
    host.fill(1);
    const later = new Date(host.clock.ms + 1000).toISOString();
    host.create({ deliver_policy: 'by_start_time', opt_start_time: later });
    expect(host.consumer.reset(1)).toBe('below start time');
  });
});

describe('state across restarts', () => {
  it('is what was committed', () => {
    host.create({ ack_wait: 30 * second });
    host.fill(10);
    host.pull({ batch: 6 });
    const got = host.take();
    host.ack(got[0] as Delivered);
    host.ack(got[3] as Delivered);
    host.ack(got[1] as Delivered, '-NAK');
    host.pull({ batch: 1 });
    const before = host.consumer.info();
    host.restart();
    const { delivered, ackFloor, ackPending, redelivered, pending } = host.consumer.info();
    expect({ ackPending, redelivered, pending }).toEqual({ ackPending: 4, redelivered: 1, pending: 4 });
    expect({ delivered, ackFloor }).toEqual({
      delivered: { ...before.delivered, lastActive: undefined },
      ackFloor: { ...before.ackFloor, lastActive: undefined },
    });
  });

  it('has redelivery go on where it was', () => {
    host.create({ ack_wait: 10 * second, max_deliver: 3 });
    host.fill(1);
    host.pull({ batch: 1 });
    host.advance(10_002);
    host.pull({ batch: 1 });
    host.take();
    host.advance(4000);
    host.restart();
    host.pull({ batch: 1 });
    host.advance(6990);
    expect(host.take()).toEqual([]);
    host.advance(20);
    expect(host.take().map(({ reply }) => reply.split('.')[4])).toEqual(['3']);
  });

  it('brings messages of one second again in the order of their sequences', () => {
    host.clock.ms += 100;
    host.create({ ack_wait: 2 * second });
    host.fill(2);
    host.pull({ batch: 2 });
    const [first] = host.take();
    host.advance(30);
    host.ack(first as Delivered, '-NAK');
    host.pull('');
    host.take();
    host.restart();
    host.pull({ batch: 2 });
    host.advance(4000);
    expect(sequences()).toEqual([1, 2]);
  });

  it('goes without what a spoilt end of the journal said', () => {
    host.create();
    host.fill(5);
    host.pull({ batch: 2 });
    host.pull({ batch: 2 });
    const { kept } = host.journal;
    const last = kept.at(-1) as Uint8Array;
    kept[kept.length - 1] = last.slice(0, -1);
    host.restart();
    expect(host.consumer.info()).toMatchObject({ delivered: { consumer: 2, stream: 2 }, pending: 3, ackPending: 2 });
    expect(host.warnings).toHaveLength(1);
    host.pull({ batch: 1 });
    host.restart();
    expect(host.consumer.info().delivered.stream).toBe(3);
    expect(host.warnings).toHaveLength(1);
  });

  it('takes back what the stream lost', () => {
    host.create();
    host.fill(5);
    host.pull({ batch: 5 });
    const got = host.take();
    host.ack(got[0] as Delivered);
    host.log.truncate(3);
    host.restart();
    expect(host.consumer.info()).toMatchObject({ delivered: { consumer: 3, stream: 3 }, ackPending: 2, pending: 0 });
  });

  it('drops messages that went meanwhile', () => {
    host.create();
    host.fill(5);
    host.pull({ batch: 5 });
    host.log.onRemoved = () => {};
    host.log.remove(1);
    host.log.remove(3);
    host.restart();
    expect(host.consumer.info()).toMatchObject({ ackPending: 3, ackFloor: { consumer: 1, stream: 1 } });
  });

  it('is written small: a batch and its acks take a few bytes', () => {
    host.create();
    host.fill(512);
    host.pull({ batch: 256 });
    for (const delivered of host.take()) host.consumer.ack(ackOf(delivered));
    host.turn();
    const before = host.journal.bytes;
    host.pull({ batch: 256 });
    for (const delivered of host.take()) host.consumer.ack(ackOf(delivered));
    host.turn();
    expect(host.journal.bytes - before).toBeLessThan(40);
  });

  it('is replaced by the whole when the journal has grown', () => {
    host.create({ ack_policy: 'explicit', max_ack_pending: -1 });
    host.fill(60_000);
    for (let i = 0; i < 60; i++) {
      host.pull({ batch: 1000 });
      // Every other one, so that no run is longer than one.
      host.take().forEach((delivered, at) => {
        if (at % 2 === 0) host.consumer.ack(ackOf(delivered));
      });
      host.turn();
    }
    expect(host.journal.bytes).toBeLessThan(300 * 1024);
    const { ackPending } = host.consumer.info();
    host.restart();
    expect(host.consumer.info().ackPending).toBe(ackPending);
  });
});

function ackOf({ reply }: Delivered): Parameters<HostDouble['consumer']['ack']>[0] {
  const bytes = Buffer.from(reply);
  return {
    bytes,
    subjectStart: 0,
    subjectEnd: bytes.length,
    bodyStart: bytes.length,
    headerBytes: 0,
    bodyBytes: 0,
    reply: '',
  };
}

describe('interest', () => {
  it('keeps what is to come, what waits, and what was given up', () => {
    host.retention = 'workqueue';
    host.create({ ack_wait: second, max_deliver: 1, filter_subject: 'a' });
    for (const subject of ['a', 'b', 'a', 'a']) host.publish(subject);
    host.pull({ batch: 2 });
    const [first] = host.take();
    const subject = (name: string): number => host.log.subjects.findText(name);
    expect(host.consumer.needs(2, subject('b'))).toBe(false);
    host.ack(first as Delivered);
    expect(host.log.has(1)).toBe(false);
    host.advance(2000);
    expect(host.consumer.info().ackPending).toBe(0);
    expect([3, 4].map((sequence) => host.consumer.needs(sequence, subject('a')))).toEqual([true, true]);
  });
});
