import { expect, test } from 'vitest';
import { parseAckSubject } from '../../../../../broker/jetstream/origins/ack-facts.ts';
import { retryDelay } from '../../../../../broker/jetstream/origins/retry.ts';
import {
  mirrorConsumerName,
  parseSourceHeader,
  sourceConsumerName,
  sourceHeader,
  sourceIndexName,
} from '../../../../../broker/jetstream/origins/source-names.ts';

test.each([
  [{ name: 'S' }, 'S > >'],
  [{ name: 'S', filter_subject: 's.a' }, 'S s.a >'],
  [
    {
      name: 'S',
      subject_transforms: [
        { src: 'a', dest: 'b' },
        { src: 'c', dest: '' },
      ],
    },
    'S a\fc b\f>',
  ],
])('a source %j is known as %j', (source, name) => {
  expect(sourceIndexName(source)).toBe(name);
});

test('sources of other places are known by hashes', () => {
  expect(sourceIndexName({ name: 'S', external: { api: '$JS.hub.API', deliver: '' } })).toMatch(/^S:\w{8} > >$/);
  expect(sourceIndexName({ name: 'S', consumer: { name: 'C' } })).toMatch(/^S:C=\w{8} > >$/);
});

test('the header of a message leads back to its source', () => {
  const source = {
    indexName: sourceIndexName({ name: 'S', filter_subject: 's.>' }),
    sequence: 42,
    identity: 'abcd1234',
  };
  expect(sourceHeader(source, 's.x')).toBe('S 42 s.> > s.x abcd1234');
  expect(parseSourceHeader('S 42 s.> > s.x abcd1234')).toEqual(source);
  expect(parseSourceHeader('S 42 s.> > s.x')).toEqual({ ...source, identity: '' });
  expect(parseSourceHeader('S x s.> > s.x')).toBeUndefined();
  expect(parseSourceHeader('S 42')).toBeUndefined();
});

test('of two sources on one stream each has a consumer of its own', () => {
  const one = { name: 'S', filter_subject: 'a' };
  const other = { name: 'S', filter_subject: 'b' };
  const named = (source: typeof one, sources: (typeof one)[]): string =>
    sourceConsumerName('T', 'A', '', source, sources);
  expect(named(one, [one, other])).not.toBe(named(other, [one, other]));
  expect(named(one, [one])).toBe(named(other, [other]));
  expect(mirrorConsumerName('T', 'A', '')).not.toBe(mirrorConsumerName('T', 'A', 'hub'));
});

test('ack subjects are read in both forms', () => {
  const facts = {
    consumer: 'C',
    deliveries: 1,
    streamSequence: 7,
    consumerSequence: 3,
    time: { seconds: 1_700_000_000, nanos: 123_456_789 },
    pending: 4,
  };
  expect(parseAckSubject('$JS.ACK.S.C.1.7.3.1700000000123456789.4')).toEqual(facts);
  expect(parseAckSubject('$JS.ACK._.hash.S.C.1.7.3.1700000000123456789.4')).toEqual(facts);
  expect(parseAckSubject('$JS.ACK.S.C')).toBeUndefined();
  expect(parseAckSubject('')).toBeUndefined();
});

test('a stream asks again after a pause that grows with its failures, up to two minutes', () => {
  const never = (): number => 0;
  expect(retryDelay(undefined, 0, never)).toBe(100);
  expect(retryDelay(500, 0, never)).toBe(1600);
  expect(retryDelay(5000, 1, never)).toBe(10_100);
  expect(retryDelay(5000, 100, never)).toBe(120_100);
});
