import { describe, expect, it } from 'vitest';
import { checkMapping, isSettled, mapSubject, SubjectMappings } from '../../../../broker/account/mappings.ts';
import type { MappingDestination, MappingOptions } from '../../../../broker/options/accounts.ts';

const to = (subject: string, weight = 100, cluster?: string): MappingDestination => ({
  subject,
  weight,
  ...(cluster === undefined ? {} : { cluster }),
});

/** What becomes of a subject for each number from 0 to 99 that may be drawn: how often it is which. */
function shares(mappings: readonly MappingOptions[], subject: string, cluster?: string): Record<string, number> {
  const mapping = new SubjectMappings(mappings, cluster).find(subject);
  if (mapping === undefined) return {};
  const counts: Record<string, number> = {};
  for (let drawn = 0; drawn < 100; drawn++) {
    const result = mapSubject(mapping, subject, () => drawn);
    counts[result] = (counts[result] ?? 0) + 1;
  }
  return counts;
}

describe('mappings of an account', () => {
  it('leaves other subjects alone', () => {
    const mappings = new SubjectMappings([{ source: 'a.*', destinations: [to('b.$1')] }]);
    expect(mappings.find('a')).toBeUndefined();
    expect(mappings.find('a.b.c')).toBeUndefined();
    expect(new SubjectMappings().isEmpty).toBe(true);
  });

  it('lets the first one that covers a subject decide, whichever is closer', () => {
    const mappings = [
      { source: 'a.*', destinations: [to('wide')] },
      { source: 'a.b', destinations: [to('close')] },
    ];
    expect(shares(mappings, 'a.b')).toEqual({ wide: 100 });
    expect(shares([...mappings].toReversed(), 'a.b')).toEqual({ close: 100 });
  });

  it('knows when every message has the same outcome', () => {
    const settled = (destinations: MappingDestination[]): boolean => {
      const mapping = new SubjectMappings([{ source: 'a', destinations }]).find('a');
      return mapping !== undefined && isSettled(mapping);
    };
    expect(settled([to('b')])).toBe(true);
    expect(settled([to('b', 50)])).toBe(false);
    expect(settled([to('b.{{random(2)}}')])).toBe(false);
    expect(settled([])).toBe(true);
  });

  it('gives each destination its share', () => {
    expect(shares([{ source: 'a', destinations: [to('b', 70), to('c', 30)] }], 'a')).toEqual({ b: 70, c: 30 });
  });

  it('leaves the rest where it is', () => {
    expect(shares([{ source: 'a', destinations: [to('b', 20), to('c', 30)] }], 'a')).toEqual({ a: 50, b: 20, c: 30 });
    expect(shares([{ source: 'a.*', destinations: [to('b.$1', 10)] }], 'a.x')).toEqual({ 'a.x': 90, 'b.x': 10 });
    expect(shares([{ source: 'a.>', destinations: [to('b.>', 10)] }], 'a.x.y')).toEqual({ 'a.x.y': 90, 'b.x.y': 10 });
  });

  it('drops the rest where the source is a destination itself', () => {
    expect(shares([{ source: 'a', destinations: [to('a', 80)] }], 'a')).toEqual({ a: 80, '': 20 });
    expect(shares([{ source: 'a', destinations: [to('a', 0)] }], 'a')).toEqual({ '': 100 });
  });

  it('takes the destinations of its own cluster, and else those of none', () => {
    const mappings = [{ source: 'a', destinations: [to('b'), to('east', 100, 'east'), to('west', 60, 'west')] }];
    expect(shares(mappings, 'a')).toEqual({ b: 100 });
    expect(shares(mappings, 'a', 'east')).toEqual({ east: 100 });
    expect(shares(mappings, 'a', 'west')).toEqual({ west: 60, a: 40 });
    expect(shares(mappings, 'a', 'north')).toEqual({ b: 100 });
    expect(shares([{ source: 'a', destinations: [to('east', 100, 'east')] }], 'a')).toEqual({ a: 100 });
  });

  it('lets a later mapping of the same source replace the earlier one in its place', () => {
    const mappings = [
      { source: 'a.*', destinations: [to('old')] },
      { source: 'a.b', destinations: [to('close')] },
      { source: 'a.*', destinations: [to('new')] },
    ];
    expect(shares(mappings, 'a.b')).toEqual({ new: 100 });
  });

  it('hashes nothing of a subject that it knows by heart, as nats-server does', () => {
    expect(shares([{ source: 'foo', destinations: [to('b.{{partition(10)}}')] }], 'foo')).toEqual({ 'b.1': 100 });
    expect(shares([{ source: 'x.*', destinations: [to('y.{{partition(10)}}')] }], 'x.foo')).toEqual({ 'y.7': 100 });
  });

  it('knows whether subjects beside one may be mapped', () => {
    const mappings = new SubjectMappings([
      { source: 'a.b', destinations: [to('x')] },
      { source: 'c.*.e', destinations: [to('y')] },
    ]);
    expect(mappings.concernsBeside('a.z')).toBe(true);
    expect(mappings.concernsBeside('c.d.f')).toBe(true);
    expect(mappings.concernsBeside('c.d')).toBe(false);
    expect(mappings.concernsBeside('_INBOX.a.b')).toBe(false);
  });
});

describe('mappings that cannot be had', () => {
  it.each<[string, MappingDestination[], string]>([
    ['a', [to('b', 50), to('b', 50)], 'duplicate entry for "b"'],
    ['a', [to('b', 50), to('b', 50, 'east')], 'duplicate entry for "b"'],
    ['a', [to('b', 101)], 'individual weights need to be <= 100'],
    ['a', [to('b', 60), to('c', 50)], 'total weight needs to be <= 100'],
    ['a..b', [to('b')], 'invalid subject'],
    ['a', [to('b.')], 'invalid mapping destination: invalid transform'],
    ['a.*', [to('b.*')], 'invalid subject'],
    ['a', [to('b.$1')], 'invalid mapping destination: wildcard index out of range in $1'],
    ['a.*', [to('b.{{middle(1,1)}}')], 'invalid mapping destination: unknown function in {{middle(1,1)}}'],
  ])('%s to %j: %s', (source, destinations, message) => {
    expect(() => checkMapping({ source, destinations })).toThrow(message);
  });

  it('adds up the weights of each cluster on its own', () => {
    expect(() => checkMapping({ source: 'a', destinations: [to('b'), to('c', 100, 'east')] })).not.toThrow();
  });
});
