import { beforeEach, describe, expect, it } from 'vitest';
import type { ConsumerConfig } from '../../../../../broker/jetstream/consumer/consumer-config.ts';
import { HostDouble, message } from './host-double.ts';

const second = 1e9;
const WINDOW = 2 * 1024 * 1024;
let host: HostDouble;

beforeEach(() => {
  host = new HostDouble();
});

function create(config: Partial<ConsumerConfig> = {}): void {
  host.heard.add('d');
  host.create({ deliver_subject: 'd', ...config });
}

function sequences(): number[] {
  return host.take().map(({ sequence }) => sequence);
}

describe('push', () => {
  it('delivers by itself while somebody listens', () => {
    host.create({ deliver_subject: 'd' });
    host.fill(2);
    expect(sequences()).toEqual([]);
    expect(host.consumer.info()).toMatchObject({ pushBound: false, pending: 2 });
    host.setInterest('d', true);
    expect(host.take()).toMatchObject([
      { to: 'd', subject: 'a', sequence: 1 },
      { to: 'd', subject: 'a', sequence: 2 },
    ]);
    expect(host.consumer.info()).toMatchObject({ pushBound: true, pending: 0, waiting: 0 });
    host.setInterest('d', false);
    host.fill(1);
    expect(sequences()).toEqual([]);
  });

  it('stops at max_ack_pending', () => {
    create({ max_ack_pending: 2 });
    host.fill(3);
    const got = host.take();
    expect(got).toHaveLength(2);
    for (const delivered of got) host.ack(delivered);
    expect(sequences()).toEqual([3]);
  });

  it('sends headers only where it is told to', () => {
    create({ headers_only: true });
    host.fill(1);
    expect(host.take()).toMatchObject([{ headersOnly: true }]);
  });

  it('goes elsewhere with what waits when its subject changes', () => {
    create();
    host.fill(2);
    host.take();
    host.setInterest('d', false);
    host.heard.add('e');
    host.consumer.update({ ...host.consumer.config, deliver_subject: 'e' });
    host.turn();
    expect(host.take()).toMatchObject([
      { to: 'e', sequence: 1 },
      { to: 'e', sequence: 2 },
    ]);
  });
});

describe('heartbeats', () => {
  it('tell the last sequences while nothing else is sent, and only where somebody listens', () => {
    create({ idle_heartbeat: second });
    host.fill(1);
    host.advance(900);
    host.fill(1);
    host.advance(900);
    expect(host.takeStatuses()).toEqual([]);
    host.advance(200);
    expect(host.sent.splice(0)).toEqual([
      {
        to: 'd',
        status: '100 Idle Heartbeat',
        headers: { 'Nats-Last-Consumer': '2', 'Nats-Last-Stream': '2' },
        reply: '',
      },
    ]);
    host.setInterest('d', false);
    host.advance(5000);
    expect(host.takeStatuses()).toEqual([]);
  });
});

describe('flow control', () => {
  const payload = 'x'.repeat(900 * 1024);

  function fillLarge(count: number): void {
    for (let i = 0; i < count; i++) host.publish('a', payload);
    host.turn();
  }

  it('asks at half of the window, stops beyond it, and goes on with the answer', () => {
    create({ ack_policy: 'none', max_ack_pending: 0, flow_control: true, idle_heartbeat: second });
    fillLarge(6);
    const sent = sequences();
    expect(sent).toEqual([1, 2, 3]);
    expect(sent.length * payload.length).toBeGreaterThan(WINDOW);
    const [question] = host.sent.splice(0);
    expect(question?.status).toBe('100 FlowControl Request');
    expect(question?.reply).toMatch(/^\$JS\.FC\.S\.C\.[0-9A-Za-z]{4}$/);
    host.advance(1001);
    expect(host.sent.splice(0)).toMatchObject([{ headers: { 'Nats-Consumer-Stalled': question?.reply } }]);
    host.consumer.flowControl('$JS.FC.S.C.none', message(''));
    host.turn();
    expect(sequences()).toEqual([]);
    host.consumer.flowControl(question?.reply ?? '', message(''));
    host.turn();
    // What was sent behind the question is still under way, and the window is twice as large.
    expect(sequences()).toEqual([4, 5, 6]);
  });

  it('is the ack where the policy says so', () => {
    create({
      ack_policy: 'flow_control',
      ack_wait: undefined,
      max_ack_pending: 3,
      flow_control: true,
      idle_heartbeat: second,
    });
    host.fill(5);
    expect(sequences()).toEqual([1, 2, 3]);
    expect(host.consumer.takesAcks).toBe(false);
    const [question] = host.sent.splice(0);
    const headers = 'NATS/1.0\r\nNats-Last-Consumer: 2\r\nNats-Last-Stream: 2\r\n\r\n';
    host.consumer.flowControl(question?.reply ?? '', message('', '', headers));
    host.turn();
    expect(sequences()).toEqual([4, 5]);
    expect(host.consumer.info()).toMatchObject({ ackFloor: { consumer: 2, stream: 2 }, ackPending: 3 });
    host.advance(60_000);
    expect(sequences()).toEqual([]);
  });
});

describe('pace', () => {
  it('keeps to a rate', () => {
    host.messageBytesMax = 1000;
    create({ ack_policy: 'none', max_ack_pending: 0, rate_limit_bps: 8000 });
    for (let i = 0; i < 5; i++) host.publish('a', 'x'.repeat(940));
    host.turn();
    expect(sequences()).toEqual([1]);
    host.advance(900);
    expect(sequences()).toEqual([]);
    host.advance(1200);
    expect(sequences()).toEqual([2, 3]);
    host.advance(2000);
    expect(sequences()).toEqual([4, 5]);
  });

  it('replays in the rhythm in which messages came, until it has caught up', () => {
    host.publish('a');
    host.clock.ms += 500;
    host.publish('a');
    host.clock.ms += 2000;
    host.publish('a');
    host.log.commit();
    create({ replay_policy: 'original' });
    expect(sequences()).toEqual([1]);
    host.advance(499);
    expect(sequences()).toEqual([]);
    host.advance(2);
    expect(sequences()).toEqual([2]);
    host.advance(2001);
    expect(sequences()).toEqual([3]);
    host.fill(1);
    host.clock.ms += 1000;
    host.fill(1);
    expect(sequences()).toEqual([4, 5]);
  });
});
