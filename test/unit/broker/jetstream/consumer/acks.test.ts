import { beforeEach, describe, expect, it } from 'vitest';
import { numbersOf } from './consumer-model.ts';
import type { Delivered } from './host-double.ts';
import { HostDouble, message } from './host-double.ts';

let host: HostDouble;

beforeEach(() => {
  host = new HostDouble();
});

function take(): Delivered[] {
  return host.take();
}

/** Publishes so many messages, asks for them all, and returns them. */
function deliver(count: number): Delivered[] {
  host.fill(count);
  host.pull({ batch: count });
  return take();
}

function floor(): string {
  const { ackFloor, ackPending } = host.consumer.info();
  return `${ackFloor.consumer}/${ackFloor.stream} ${ackPending}`;
}

describe('acks with policy explicit', () => {
  it('move the floor up to the first message that waits', () => {
    host.create();
    const got = deliver(4);
    host.ack(got[1] as Delivered);
    expect(floor()).toBe('0/0 3');
    host.ack(got[0] as Delivered, '+ACK');
    expect(floor()).toBe('2/2 2');
    host.ack(got[3] as Delivered, '+OK');
    host.ack(got[2] as Delivered);
    expect(floor()).toBe('4/4 0');
  });

  it('are answered when they ask for it, also the second time, and not when they make no sense', () => {
    host.create();
    const [first] = deliver(1);
    host.ack(first as Delivered, '', 'reply');
    host.ack(first as Delivered, '', 'reply');
    expect(host.sent.splice(0)).toMatchObject([
      { to: 'reply', status: '' },
      { to: 'reply', status: '' },
    ]);
    for (const subject of ['1.9.9.0.0', '1.x.1.0.0', '1.2.2', '1.1.1.0.0.5']) {
      host.consumer.ack(message('', 'reply', '', `$JS.ACK.S.C.${subject}`));
    }
    expect(host.sent).toEqual([]);
    expect(host.warnings).toEqual(["JetStream consumer '$G > S > C' ACK sequence 9 past last stream sequence of 1"]);
  });

  it('count when headers stand before them', () => {
    host.create();
    const [first] = deliver(1);
    host.consumer.ack(message('+ACK', '', 'NATS/1.0\r\nA: b\r\n\r\n', (first as Delivered).reply));
    expect(floor()).toBe('1/1 0');
  });

  it('do nothing when they are not understood, and are answered all the same', () => {
    host.create();
    const [first] = deliver(1);
    host.ack(first as Delivered, '+ACKS', 'reply');
    expect(host.sent).toHaveLength(1);
    expect(floor()).toBe('0/0 1');
  });
});

describe('+NXT', () => {
  it('acks and asks for the next message, or for more', () => {
    host.create();
    host.fill(6);
    host.pull('');
    host.heard.add('next');
    host.ack(take()[0] as Delivered, '+NXT', 'next');
    let got = take();
    expect(got.map(({ to, sequence }) => [to, sequence])).toEqual([['next', 2]]);
    host.ack(got[0] as Delivered, '+NXT {"batch":2}', 'next');
    got = take();
    expect(got.map(({ sequence }) => sequence)).toEqual([3, 4]);
    host.ack(got[1] as Delivered, '+NXT 2', 'next');
    expect(take().map(({ sequence }) => sequence)).toEqual([5, 6]);
  });

  it('is an ack without a reply', () => {
    host.create();
    const [first] = deliver(1);
    host.ack(first as Delivered, '+NXT');
    expect(floor()).toBe('1/1 0');
    expect(host.consumer.info().waiting).toBe(0);
  });
});

describe('-NAK', () => {
  it('brings the message again at once, with an advisory', () => {
    host.create();
    const [first] = deliver(2);
    host.advisories.length = 0;
    host.ack(first as Delivered, '-NAK', 'reply');
    host.pull('');
    expect(numbersOf(take()[0] as Delivered)).toEqual({ deliveries: 2, sequence: 1, consumerSequence: 3, pending: 0 });
    expect(host.advisories).toEqual([
      {
        kind: 'MSG_NAKED',
        fields: { stream: 'S', consumer: 'C', consumer_seq: 1, stream_seq: 1, deliveries: 1, domain: undefined },
      },
    ]);
    expect(host.sent).toHaveLength(1);
    expect(host.consumer.info()).toMatchObject({ redelivered: 1, ackPending: 2 });
  });

  it.each([
    ['-NAK 200ms', 200],
    ['-NAK 1.5s', 1500],
    ['-NAK 1m2s', 62_000],
    ['-NAK {"delay": 300000000}', 300],
  ])('waits with %j', (body, delay) => {
    host.create({ ack_wait: 100e9 });
    const [first] = deliver(1);
    host.ack(first as Delivered, body);
    host.pull({ batch: 5 });
    host.advance(delay - 1);
    expect(take()).toEqual([]);
    host.advance(3);
    expect(take()).toHaveLength(1);
  });

  it('does so at once when the delay is none, and says so', () => {
    host.create();
    const [first] = deliver(1);
    host.ack(first as Delivered, '-NAK soon');
    host.pull('');
    expect(take()).toHaveLength(1);
    expect(host.warnings).toEqual([`JetStream consumer '$G > S > C' bad NAK delay value: "soon"`]);
  });

  it('means nothing for a message that does not wait', () => {
    host.create();
    const [first] = deliver(1);
    host.ack(first as Delivered);
    host.takeAdvisories();
    host.ack(first as Delivered, '-NAK');
    expect(host.takeAdvisories()).toEqual([]);
  });
});

describe('+TERM and +WPI', () => {
  it('ends the message with a reason', () => {
    host.create({ ack_wait: 1e9 });
    const [first] = deliver(1);
    host.advisories.length = 0;
    host.ack(first as Delivered, '+TERM no use ');
    expect(host.advisories).toMatchObject([{ kind: 'MSG_TERMINATED', fields: { stream_seq: 1, reason: 'no use' } }]);
    host.pull('');
    host.advance(5000);
    expect(take()).toEqual([]);
  });

  it('gives a message its time anew', () => {
    host.create({ ack_wait: 1e9 });
    const [first] = deliver(1);
    host.pull('');
    host.advance(900);
    host.ack(first as Delivered, '+WPI');
    host.advance(900);
    expect(take()).toEqual([]);
    host.advance(200);
    expect(take()).toHaveLength(1);
  });
});

describe('acks with policy all', () => {
  it('take in everything below', () => {
    host.create({ ack_policy: 'all' });
    const got = deliver(5);
    host.ack(got[2] as Delivered, '', 'reply');
    expect(floor()).toBe('3/3 2');
    host.ack(got[0] as Delivered, '', 'reply');
    expect(floor()).toBe('3/3 2');
    expect(host.sent).toHaveLength(2);
  });

  it('let all of them go from a stream that keeps what is of interest', () => {
    host.retention = 'interest';
    host.create({ ack_policy: 'all' });
    const got = deliver(3);
    host.ack(got[2] as Delivered);
    expect(host.settledSequences.toSorted((one, other) => one - other)).toEqual([1, 2, 3]);
    expect(host.log.state.messages).toBe(0);
  });
});

describe('without acks', () => {
  it('what is delivered is done', () => {
    host.create({ ack_policy: 'none', max_ack_pending: 0 });
    deliver(3);
    expect(host.consumer.takesAcks).toBe(false);
    expect(floor()).toBe('3/3 0');
  });

  it('and goes from a stream that keeps what is of interest', () => {
    host.retention = 'interest';
    host.create({ ack_policy: 'none', max_ack_pending: 0 });
    deliver(3);
    expect(host.log.state.messages).toBe(0);
  });
});

describe('samples', () => {
  it('tell how long an ack took', () => {
    host.create({ sample_freq: '100%' });
    const [first] = deliver(1);
    host.advance(250);
    host.ack(first as Delivered);
    expect(host.metrics).toEqual([
      {
        stream: 'S',
        consumer: 'C',
        consumer_seq: 1,
        stream_seq: 1,
        ack_time: 250_000_000,
        deliveries: 1,
        domain: undefined,
      },
    ]);
  });

  it('are taken of so many percent', () => {
    host.create({ sample_freq: '0' });
    const [first] = deliver(1);
    host.ack(first as Delivered);
    expect(host.metrics).toEqual([]);
  });
});

describe('messages that go', () => {
  it('are terminated where they wait, and counted no more', () => {
    host.create();
    const got = deliver(3);
    host.fill(2);
    host.advisories.length = 0;
    host.remove(1);
    host.remove(5);
    expect(host.advisories).toMatchObject([
      { kind: 'MSG_TERMINATED', fields: { stream_seq: 1, reason: 'Unacknowledged message was deleted' } },
    ]);
    expect(host.consumer.info()).toMatchObject({ pending: 1, ackPending: 2, ackFloor: { consumer: 1, stream: 1 } });
    host.ack(got[1] as Delivered);
    expect(floor()).toBe('2/2 1');
  });

  it('are left out without a word when they are purged', () => {
    host.create();
    const got = deliver(4);
    host.advisories.length = 0;
    host.purge(undefined, 3);
    expect(host.takeAdvisories()).toEqual([]);
    expect(floor()).toBe('2/2 2');
    host.ack(got[3] as Delivered);
    host.purge(undefined);
    expect(host.consumer.info()).toMatchObject({
      pending: 0,
      ackPending: 0,
      delivered: { consumer: 4, stream: 4 },
      ackFloor: { consumer: 4, stream: 4 },
    });
    host.fill(1);
    host.pull('');
    expect(take().map(({ sequence }) => sequence)).toEqual([5]);
  });

  it('leave those of other subjects alone when one subject is purged', () => {
    host.create();
    for (const subject of ['a', 'b', 'a', 'b']) host.publish(subject);
    host.pull({ batch: 3 });
    take();
    host.purge('a');
    expect(host.consumer.info()).toMatchObject({ pending: 1, ackPending: 1 });
    host.pull('');
    expect(take().map(({ sequence }) => sequence)).toEqual([4]);
  });
});
