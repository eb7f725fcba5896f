import { beforeEach, describe, expect, it } from 'vitest';
import { HostDouble } from './host-double.ts';

const second = 1e9;
let host: HostDouble;

beforeEach(() => {
  host = new HostDouble();
});

function sequences(): number[] {
  return host.take().map(({ sequence }) => sequence);
}

describe('what a request gets', () => {
  it('delivers what is there under its own subject, with the ack subject of nats-server', () => {
    host.create();
    host.fill(2, 'orders.1');
    host.pull('');
    expect(host.take()).toEqual([
      {
        to: 'inbox',
        subject: 'orders.1',
        sequence: 1,
        reply: '$JS.ACK.S.C.1.1.1.1700000000000000000.1',
        headersOnly: false,
        pinId: '',
      },
    ]);
  });

  it('waits for what is published later, one message for each that was asked for', () => {
    host.create();
    host.pull({ batch: 2 });
    expect(host.consumer.info().waiting).toBe(1);
    host.fill(3);
    expect(sequences()).toEqual([1, 2]);
    expect(host.consumer.info()).toMatchObject({ waiting: 0, pending: 1, ackPending: 2 });
  });

  it('takes a number and blanks for a batch', () => {
    host.create();
    host.fill(5);
    host.pull(' 3 ');
    expect(sequences()).toEqual([1, 2, 3]);
    host.pull('nonsense');
    expect(sequences()).toEqual([4]);
  });

  it('serves requests in turn, one message each', () => {
    host.create();
    host.pull({ batch: 3 }, 'one');
    host.pull({ batch: 2 }, 'two');
    host.fill(5);
    expect(host.take().map(({ to }) => to)).toEqual(['one', 'two', 'one', 'two', 'one']);
  });

  it('sees what was published in the same turn before it', () => {
    host.create();
    host.publish('a');
    host.pull({ batch: 1, no_wait: true });
    expect(sequences()).toEqual([1]);
    expect(host.takeStatuses()).toEqual([]);
  });

  it('forgets a request whose inbox is gone', () => {
    host.create();
    host.pull({ batch: 5 }, 'gone');
    host.setInterest('gone', false);
    host.pull({ batch: 1 }, 'here');
    host.fill(2);
    expect(host.take().map(({ to }) => to)).toEqual(['here']);
    expect(host.consumer.info().waiting).toBe(0);
  });

  it('delivers a message again at the next chance when its delivery failed', () => {
    host.create();
    host.deaf.add('inbox');
    host.pull({ batch: 1 });
    host.fill(1);
    expect(host.take()).toEqual([]);
    host.deaf.delete('inbox');
    host.pull({ batch: 1 });
    expect(host.take().map(({ reply }) => reply.split('.').slice(4, 7).join())).toEqual(['2,1,2']);
  });

  it('goes through more than fits into one run', () => {
    host.create({ max_ack_pending: -1 });
    host.fill(3000);
    host.pull({ batch: 3000 });
    expect(host.take()).toHaveLength(3000);
    expect(host.consumer.info()).toMatchObject({ pending: 0, ackPending: 3000, waiting: 0 });
  });
});

describe('what a request is told', () => {
  it('says 404 at once when it does not wait and there is nothing', () => {
    host.create();
    host.pull({ batch: 1, no_wait: true });
    expect(host.takeStatuses()).toEqual(['404 No Messages']);
  });

  it('ends a request that does not wait with 404 behind what is there', () => {
    host.create();
    host.fill(2);
    host.pull({ batch: 5, no_wait: true });
    expect(sequences()).toEqual([1, 2]);
    expect(host.takeStatuses()).toEqual(['404 No Messages']);
  });

  it('waits until expiry for a first message where no_wait has expires, then ends with the stream', () => {
    host.create();
    host.pull({ batch: 5, no_wait: true, expires: 2 * second });
    expect(host.takeStatuses()).toEqual([]);
    host.advance(1000);
    host.fill(1);
    expect(sequences()).toEqual([1]);
    expect(host.takeStatuses()).toEqual(['404 No Messages']);
    host.pull({ batch: 5, no_wait: true, expires: 2 * second });
    host.advance(2001);
    expect(host.takeStatuses()).toEqual(['408 Request Timeout']);
  });

  it('says 408 with what is left when it expires', () => {
    host.create();
    host.fill(1);
    host.pull({ batch: 10, expires: second, max_bytes: 10_000 });
    const size = 'a'.length + (host.take()[0]?.reply.length ?? 0);
    host.advance(1001);
    expect(host.sent).toEqual([
      {
        to: 'inbox',
        status: '408 Request Timeout',
        headers: { 'Nats-Pending-Messages': '9', 'Nats-Pending-Bytes': String(10_000 - size) },
        reply: '',
      },
    ]);
  });

  it('says 408 when those before it ask for all that there is', () => {
    host.create({ max_ack_pending: 1 });
    host.fill(3);
    host.pull({ batch: 5 });
    host.pull({ batch: 1, no_wait: true }, 'other');
    expect(host.takeStatuses()).toEqual(['408 Requests Pending']);
  });

  it('says 409 when the next message is larger than it takes, and when bytes are left behind the last one', () => {
    host.create();
    host.publish('a', 'x'.repeat(100));
    host.pull({ batch: 1, max_bytes: 50 });
    expect(host.sent.splice(0)).toMatchObject([
      {
        status: '409 Message Size Exceeds MaxBytes',
        headers: { 'Nats-Pending-Messages': '1', 'Nats-Pending-Bytes': '50' },
      },
    ]);
    host.pull({ batch: 1, max_bytes: 1000 });
    expect(host.take()).toHaveLength(1);
    expect(host.sent).toMatchObject([{ status: '409 Batch Completed', headers: { 'Nats-Pending-Messages': '0' } }]);
  });

  it('keeps the limits of the configuration', () => {
    host.create({ max_batch: 10, max_expires: 2 * second, max_bytes: 100 });
    host.pull({ batch: 11 });
    host.pull({ batch: 1, expires: 3 * second });
    host.pull({ batch: 1, max_bytes: 101 });
    expect(host.takeStatuses()).toEqual([
      '409 Exceeded MaxRequestBatch of 10',
      '409 Exceeded MaxRequestExpires of 2s',
      '409 Exceeded MaxRequestMaxBytes of 100',
    ]);
  });

  it('says 409 when too many wait, unless it would notice by its heartbeats', () => {
    host.create({ max_waiting: 1 });
    host.pull({ batch: 1 });
    host.pull({ batch: 1 }, 'second');
    host.pull({ batch: 1, expires: 10 * second, idle_heartbeat: second }, 'third');
    expect(host.takeStatuses()).toEqual(['409 Exceeded MaxWaiting']);
    host.setInterest('inbox', false);
    host.advance(1001);
    host.pull({ batch: 1 }, 'second');
    expect(host.takeStatuses()).toEqual([]);
  });

  it('refuses what makes no sense', () => {
    host.create();
    host.pull({ batch: 1, expires: second, idle_heartbeat: 0.6 * second });
    host.pull({ batch: 'x' });
    host.pull('{"batch":');
    host.pull({ batch: 1 }, 'inbox', 'NATS/1.0\r\nNats-Required-Api-Level: 99\r\n\r\n');
    const statuses = host.takeStatuses();
    expect(statuses[0]).toBe('400 Bad Request - heartbeat value too large');
    expect(statuses[1]).toBe('400 Bad Request - json: cannot unmarshal string into Go struct field .batch of type int');
    expect(statuses[2]).toMatch(/^400 Bad Request - /);
    expect(statuses[3]).toBe('412 Required Api Level');
  });

  it('sends heartbeats with the last sequences while nothing comes', () => {
    host.create();
    host.fill(1);
    host.pull({ batch: 5, expires: 10 * second, idle_heartbeat: second });
    host.advance(2500);
    expect(host.sent).toEqual([
      {
        to: 'inbox',
        status: '100 Idle Heartbeat',
        headers: { 'Nats-Last-Consumer': '1', 'Nats-Last-Stream': '1' },
        reply: '',
      },
      expect.objectContaining({ status: '100 Idle Heartbeat' }),
    ]);
  });

  it('tells requests to a push consumer, and those of one that is deleted or stopped', () => {
    host.create({ deliver_subject: 'd' });
    host.pull('');
    expect(host.takeStatuses()).toEqual(['409 Consumer is push based']);
    host = new HostDouble();
    host.create();
    host.pull({ batch: 3 });
    host.consumer.delete();
    expect(host.takeStatuses()).toEqual(['409 Consumer Deleted']);
    expect(host.journal.ended).toBe('destroyed');
    host = new HostDouble();
    host.create();
    host.pull({ batch: 3 });
    host.consumer.stop();
    expect(host.sent).toMatchObject([{ status: '409 Server Shutdown', headers: { 'Nats-Pending-Messages': '3' } }]);
    expect(host.journal.ended).toBe('closed');
  });
});

describe('max_ack_pending', () => {
  it('stops deliveries, but not requests that do not wait', () => {
    host.create({ max_ack_pending: 2 });
    host.fill(4);
    host.pull({ batch: 4, no_wait: true });
    const got = host.take();
    expect(got).toHaveLength(2);
    expect(host.takeStatuses()).toEqual([]);
    for (const delivered of got) host.ack(delivered);
    expect(sequences()).toEqual([3, 4]);
  });
});
