import { beforeEach, describe, expect, it } from 'vitest';
import type { ConsumerConfig } from '../../../../../broker/jetstream/consumer/consumer-config.ts';
import { HostDouble } from './host-double.ts';

let host: HostDouble;

beforeEach(() => {
  host = new HostDouble();
  // 1 a, 2 a, 3 b, 4 b, 5 a, 6 a, 7 c, a second apart.
  for (const subject of ['a', 'a', 'b', 'b', 'a', 'a', 'c']) {
    host.publish(subject);
    host.clock.ms += 1000;
  }
  host.log.commit();
});

function sequences(): number[] {
  host.pull({ batch: 100, no_wait: true });
  return host.take().map(({ sequence }) => sequence);
}

describe('where a consumer begins', () => {
  const fourth = new Date(1_700_000_003_000).toISOString();
  it.each<[string, Partial<ConsumerConfig>, number, number[]]>([
    ['all', { deliver_policy: 'all' }, 0, [1, 2, 3, 4, 5, 6, 7]],
    ['last', { deliver_policy: 'last' }, 6, [7]],
    ['last with a filter', { deliver_policy: 'last', filter_subject: 'b' }, 3, [4]],
    ['last with a filter that nothing passes', { deliver_policy: 'last', filter_subject: 'z' }, 0, []],
    ['new', { deliver_policy: 'new' }, 7, []],
    ['last_per_subject', { deliver_policy: 'last_per_subject', filter_subject: '>' }, 3, [4, 6, 7]],
    ['last_per_subject of two', { deliver_policy: 'last_per_subject', filter_subjects: ['a', 'b'] }, 3, [4, 6]],
    ['last_per_subject of one', { deliver_policy: 'last_per_subject', filter_subject: 'a' }, 5, [6]],
    ['a sequence', { deliver_policy: 'by_start_sequence', opt_start_seq: 5 }, 4, [5, 6, 7]],
    ['a sequence to come', { deliver_policy: 'by_start_sequence', opt_start_seq: 9 }, 8, []],
    ['a time', { deliver_policy: 'by_start_time', opt_start_time: fourth }, 3, [4, 5, 6, 7]],
    ['a time, filtered', { deliver_policy: 'by_start_time', opt_start_time: fourth, filter_subject: 'a' }, 3, [5, 6]],
    ['a time to come', { deliver_policy: 'by_start_time', opt_start_time: '2100-01-01T00:00:00Z' }, 7, []],
  ])('%s', (_name, config, delivered, expected) => {
    host.create(config);
    expect(host.consumer.info()).toMatchObject({
      pending: expected.length,
      delivered: { consumer: 0, stream: delivered },
      ackFloor: { consumer: 0, stream: delivered },
    });
    expect(sequences()).toEqual(expected);
    expect(host.consumer.info().pending).toBe(0);
  });

  it('sees nothing below the first message', () => {
    host.log.removeBelow(4);
    host.create();
    expect(host.consumer.info().delivered.stream).toBe(3);
  });

  it('takes the last messages of subjects as they were when it was made', () => {
    host.create({ deliver_policy: 'last_per_subject', filter_subject: '>' });
    host.publish('b');
    host.remove(6);
    expect(host.consumer.info().pending).toBe(3);
    expect(sequences()).toEqual([4, 7, 8]);
  });

  it('takes them after a restart, too', () => {
    host.create({ deliver_policy: 'last_per_subject', filter_subject: '>' });
    host.pull({ batch: 1 });
    host.take();
    host.publish('a');
    host.turn();
    host.restart();
    expect(host.consumer.info().pending).toBe(3);
    expect(sequences()).toEqual([6, 7, 8]);
  });
});

describe('filters', () => {
  it.each<[string, Partial<ConsumerConfig>, number[]]>([
    ['one', { filter_subject: 'b' }, [3, 4, 8]],
    ['many', { filter_subjects: ['b', 'c'] }, [3, 4, 7, 8]],
    ['a wildcard', { filter_subject: '*' }, [1, 2, 3, 4, 5, 6, 7, 8]],
    ['nothing yet', { filter_subject: 'd.>' }, [9]],
  ])('%s', (_name, config, expected) => {
    host.create(config);
    host.publish('b');
    host.publish('d.e');
    host.turn();
    expect(host.consumer.info().pending).toBe(expected.length);
    expect(sequences()).toEqual(expected);
  });

  it('hold for another subject that gets the number of one that is gone', () => {
    host.create({ filter_subject: 'c' });
    expect(sequences()).toEqual([7]);
    host.remove(7);
    host.fill(1, 'd');
    expect(sequences()).toEqual([]);
    host.fill(1, 'c');
    expect(sequences()).toEqual([9]);
  });

  it('may change while it runs', () => {
    host.create({ filter_subject: 'b' });
    host.pull({ batch: 2 });
    expect(host.take().map(({ sequence }) => sequence)).toEqual([3, 4]);
    host.consumer.update({ ...host.consumer.config, filter_subject: undefined, filter_subjects: ['a', 'c'] });
    expect(host.consumer.info().pending).toBe(3);
    expect(sequences()).toEqual([5, 6, 7]);
  });
});
