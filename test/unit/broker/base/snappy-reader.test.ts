import { expect, test } from 'vitest';
import { decodeBlock, SnappyError, SnappyReader } from '../../../../broker/base/snappy-reader.ts';
import { snappyStream } from '../../../../broker/base/snappy.ts';

function read(stream: Uint8Array, pieceBytes: number): Buffer {
  const blocks: Uint8Array[] = [];
  const reader = new SnappyReader((block) => blocks.push(block));
  for (let at = 0; at < stream.length; at += pieceBytes) reader.push(stream.subarray(at, at + pieceBytes));
  reader.end();
  return Buffer.concat(blocks);
}

const TEXT = Buffer.from(Array.from({ length: 9000 }, (_, index) => `line ${(index * 7919) % 1000} `).join(''));

test.each([1, 3, 1000, 1 << 20])('what was written is read again, in pieces of %i bytes', (pieceBytes) => {
  expect(read(snappyStream(TEXT), pieceBytes).equals(TEXT)).toBe(true);
});

test('a stream of S2 is read, with the length that a repeated copy has', () => {
  // Length 24; literal `abcd`; copy of 4 from 4 back; then repeats of 4, and of 4 + 4 + 4 with a length of its own.
  const block = Uint8Array.from([24, 3 << 2, 97, 98, 99, 100, 1, 4, 1, 0, (5 << 2) | 1, 0, 4]);
  expect(Buffer.from(decodeBlock(block)).toString()).toBe('abcd'.repeat(6));
});

test.each([
  ['without identifier', Buffer.from('no stream at all'), 's2: corrupt input'],
  ['of another format', Buffer.from('\xff\x06\x00\x00abcdef', 'latin1'), 's2: corrupt input'],
])('a stream %s is refused', (_what, bytes, message) => {
  expect(() => read(bytes, 100)).toThrow(message);
});

test('a spoilt byte is noticed', () => {
  const stream = Buffer.from(snappyStream(TEXT));
  stream[stream.length - 20] = (stream[stream.length - 20] as number) ^ 1;
  expect(() => read(stream, 1 << 20)).toThrow(SnappyError);
});

test('a stream that ends within a chunk is noticed', () => {
  expect(() => read(snappyStream(TEXT).subarray(0, -1), 1 << 20)).toThrow('unexpected EOF');
});

test.each([
  ['a copy from before the start', [4, 1, 9]],
  ['a literal longer than the block', [2, 9 << 2, 1, 2]],
  ['less than it promises', [9, 0, 65]],
])('a block with %s is refused', (_what, bytes) => {
  expect(() => decodeBlock(Uint8Array.from(bytes))).toThrow(SnappyError);
});
