import { beforeEach, describe, expect, it } from 'vitest';
import { HostDouble } from './host-double.ts';

let host: HostDouble;

beforeEach(() => {
  host = new HostDouble();
});

function receivers(): string[] {
  return host.take().map(({ to, sequence }) => `${to} ${sequence}`);
}

describe('overflow', () => {
  beforeEach(() => {
    host.create({ priority_groups: ['g'], priority_policy: 'overflow' });
  });

  it('serves who wants a backlog when there is one', () => {
    host.pull({ batch: 2, group: 'g', min_pending: 3 }, 'a');
    host.fill(2);
    expect(receivers()).toEqual([]);
    host.fill(1);
    expect(receivers()).toEqual(['a 1']);
    host.fill(1);
    expect(receivers()).toEqual(['a 2']);
  });

  it('serves who wants many to be waiting for acks, and who wants nothing special', () => {
    host.fill(5);
    host.pull({ batch: 1, group: 'g', min_ack_pending: 2 }, 'a');
    expect(receivers()).toEqual([]);
    host.pull({ batch: 2, group: 'g' }, 'b');
    expect(receivers()).toEqual(['b 1', 'b 2', 'a 3']);
  });
});

describe('prioritized', () => {
  it('serves the lowest number first, and those of one number in turn', () => {
    host.create({ priority_groups: ['g'], priority_policy: 'prioritized' });
    host.pull({ batch: 1, group: 'g', priority: 3 }, 'last');
    host.pull({ batch: 2, group: 'g', priority: 1 }, 'one');
    host.pull({ batch: 2, group: 'g', priority: 1 }, 'two');
    host.pull({ batch: 1, group: 'g' }, 'first');
    host.fill(6);
    expect(receivers()).toEqual(['first 1', 'one 2', 'two 3', 'one 4', 'two 5', 'last 6']);
  });
});

describe('pinned_client', () => {
  beforeEach(() => {
    host.create({
      priority_groups: ['g'],
      priority_policy: 'pinned_client',
      priority_timeout: 2e9,
      ack_wait: 100e9,
    });
    host.advisories.length = 0;
  });

  it('gives everything to the first one, who is told his id', () => {
    host.pull({ batch: 1, group: 'g' }, 'a');
    host.pull({ batch: 5, group: 'g' }, 'b');
    host.fill(1);
    const [first] = host.take();
    expect(first?.to).toBe('a');
    expect(first?.pinId).toMatch(/^[0-9A-Za-z]{22}$/);
    expect(host.advisories).toEqual([
      {
        kind: 'PINNED',
        fields: {
          account: '$G',
          stream: 'S',
          consumer: 'C',
          domain: undefined,
          group: 'g',
          pinned_id: first?.pinId,
        },
      },
    ]);
    host.fill(1);
    expect(receivers()).toEqual([]);
    host.pull({ batch: 1, group: 'g', id: first?.pinId }, 'a');
    expect(receivers()).toEqual(['a 2']);
    expect(host.consumer.info().priorityGroups).toMatchObject([{ group: 'g', pinnedClientId: first?.pinId }]);
  });

  it('refuses another id', () => {
    host.pull({ batch: 1, group: 'g' }, 'a');
    host.fill(1);
    host.pull({ batch: 1, group: 'g', id: 'other' }, 'b');
    expect(host.takeStatuses()).toEqual(['423 Nats-Pin-Id mismatch']);
  });

  it('gives the pin to another one after the time-out, and refuses the old id then', () => {
    host.pull({ batch: 1, group: 'g' }, 'a');
    host.pull({ batch: 5, group: 'g' }, 'b');
    host.fill(2);
    const [first] = host.take();
    host.advance(2001);
    expect(receivers()).toEqual(['b 2']);
    expect(host.takeAdvisories()).toEqual(['PINNED', 'UNPINNED', 'PINNED']);
    host.advance(2001);
    host.pull({ batch: 1, group: 'g', id: first?.pinId }, 'a');
    host.fill(1);
    expect(host.takeStatuses()).toContain('423 Nats-Wrong-Pin-Id');
  });

  it('is unpinned by request', () => {
    host.pull({ batch: 1, group: 'g' }, 'a');
    host.pull({ batch: 5, group: 'g' }, 'b');
    host.fill(2);
    host.take();
    host.advisories.length = 0;
    host.consumer.unpin('g');
    host.turn();
    expect(receivers()).toEqual(['b 2']);
    expect(host.advisories).toMatchObject([{ kind: 'UNPINNED', fields: { group: 'g', reason: 'admin' } }, {}]);
  });

  it('refuses requests that name no group, or another one', () => {
    host.pull({ batch: 1 });
    host.pull({ batch: 1, group: 'h' });
    host.pull({ batch: 1, group: 'g', min_pending: 1 });
    host.pull({ batch: 1, group: 'g', priority: 10 });
    expect(host.takeStatuses()).toEqual([
      '400 Bad Request - Priority Group missing',
      '400 Bad Request - Invalid Priority Group',
      '400 Bad Request - Not a Overflow Priority consumer',
      '400 Bad Request - Priority must be between 0 and 9',
    ]);
  });
});

it('refuses ids where nobody is pinned', () => {
  host.create();
  host.pull({ batch: 1, id: 'x' });
  expect(host.takeStatuses()).toEqual(['400 Bad Request - Not a Pinned Client Priority consumer']);
});
