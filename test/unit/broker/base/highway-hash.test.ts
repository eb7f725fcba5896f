import { expect, test } from 'vitest';
import { HighwayHash } from '../../../../broker/base/highway-hash.ts';

const KEY = Uint8Array.from({ length: 32 }, (_, i) => i);

/** Of 0, 1, 2 … up to a length: as the authors of the algorithm publish them. */
const PUBLISHED = ['907a56de22c26e53', '7eab43aac7cddd78', 'b8d0569ab0b53d62', '5c6befab8a463d80', 'f205a46893007eda'];

/** Of 3, 10, 17 …: as nats-server's library has them. */
const OTHERS: [length: number, hash: string][] = [
  [15, 'b2945eb26d462306'],
  [16, 'd97c016f5cc87ce9'],
  [17, '574afbd508176757'],
  [31, 'cf215c463fd87f13'],
  [32, '2671879edfdaa306'],
  [33, '908aba3cc047bda2'],
  [63, '263e3c7b16d09fb3'],
  [64, 'aab4d11f493b9024'],
  [69, '67a32255e12a4088'],
];

test('hashes are those that were published', () => {
  const hash = new HighwayHash(KEY);
  const found = PUBLISHED.map((_, length) => hash.of(Uint8Array.from({ length }, (_byte, i) => i)).toString(16));
  expect(found).toEqual(PUBLISHED);
});

test.each(OTHERS)('%i bytes', (length, expected) => {
  const bytes = Uint8Array.from({ length }, (_, i) => i * 7 + 3);
  expect(new HighwayHash(KEY).of(bytes).toString(16)).toBe(expected);
});

test('a part of an array is hashed like an array', () => {
  const bytes = Uint8Array.from({ length: 100 }, (_, i) => i);
  const hash = new HighwayHash(KEY);
  expect(hash.of(bytes, 7, 60)).toBe(hash.of(bytes.slice(7, 60)));
});
