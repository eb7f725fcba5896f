import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { HighwayHash } from '../../../../../broker/base/highway-hash.ts';
import { SnappyError } from '../../../../../broker/base/snappy-reader.ts';
import { snappyChunks, STREAM_IDENTIFIER } from '../../../../../broker/base/snappy.ts';
import { ByteQueue } from '../../../../../broker/base/byte-queue.ts';
import { archiveHead, takeHead } from '../../../../../broker/jetstream/snapshot/archive.ts';
import { blockMessages } from '../../../../../broker/jetstream/snapshot/message-blocks.ts';
import { decodeStoredState } from '../../../../../broker/jetstream/snapshot/stored-state.ts';
import { decodeBlockIndex } from '../../../../../broker/jetstream/snapshot/block-index.ts';
import { TarReader } from '../../../../../broker/jetstream/snapshot/tar-reader.ts';

test('heads of an archive are read as they were written, a byte at a time', () => {
  const heads = [
    { name: 's.a', time: { seconds: 1_700_000_000, nanos: 5 }, sequence: 2 ** 40, headerBytes: 12, payloadBytes: 300 },
    { name: '', time: { seconds: 0, nanos: 0 }, sequence: 0, headerBytes: 0, payloadBytes: 0 },
    { name: 'x', time: { seconds: -62_135_596_800, nanos: 0 }, sequence: 1, headerBytes: 0, payloadBytes: 1 },
  ];
  const queue = new ByteQueue();
  const found: unknown[] = [];
  for (const byte of Buffer.concat(heads.map(archiveHead))) {
    queue.push(Uint8Array.of(byte));
    const head = takeHead(queue);
    if (head !== undefined) found.push(head);
  }
  expect(found).toEqual(heads);
});

test('what a consumer has done is read from its file', () => {
  // Ack floor 5 of 7, delivered 8 of 10, two pending from a time on, one redelivered twice.
  const bytes = Uint8Array.from([22, 2, 5, 7, 8, 10, 2, 200, 1, 1, 1, 0, 3, 3, 2, 1, 1, 2]);
  expect(decodeStoredState(bytes)).toEqual({
    ack_floor: { consumer_seq: 5, stream_seq: 7 },
    delivered: { consumer_seq: 8, stream_seq: 10 },
    pending: {
      8: { Sequence: 6, Timestamp: 100_000_000_000 },
      10: { Sequence: 8, Timestamp: 99_000_000_000 },
    },
    redelivered: { 8: 2 },
  });
  expect(() => decodeStoredState(Uint8Array.of(22, 2, 5))).toThrow('corrupt state');
  expect(() => decodeStoredState(Uint8Array.of(1, 2, 5))).toThrow('corrupt state');
});

function record(sequence: bigint, subject: string, headers: string, payload: string): Buffer {
  const withHeaders = headers !== '';
  const body = Buffer.from(subject + headers + payload);
  const size = 22 + body.length + (withHeaders ? 4 : 0) + 8;
  const bytes = Buffer.alloc(size);
  bytes.writeUInt32LE((size | (withHeaders ? 0x80000000 : 0)) >>> 0, 0);
  bytes.writeBigUInt64LE(sequence, 4);
  bytes.writeBigInt64LE(1_700_000_000_000_000_001n, 12);
  bytes.writeUInt16LE(subject.length, 20);
  let at = 22 + bytes.write(subject, 22);
  if (withHeaders) at = bytes.writeUInt32LE(headers.length, at);
  bytes.write(headers + payload, at);
  const hashed = Buffer.concat([bytes.subarray(4, 20), Buffer.from(subject + headers + payload)]);
  bytes.writeBigUInt64LE(HASH.of(hashed), size - 8);
  return bytes;
}

/** Of the first block of a stream `S`. */
const HASH = new HighwayHash(createHash('sha256').update('S-1').digest());
const texts = (block: Uint8Array): string[] =>
  Array.from(blockMessages(block, 'S', 1), ({ payload }) => Buffer.from(payload).toString());

test('blocks of messages are read, with what was erased and what is marked as gone', () => {
  const block = Buffer.concat([
    record(1n, 's.a', '', 'one'),
    record(2n | (1n << 63n), '', '', 'xxx'),
    record(3n, 's.b', 'NATS/1.0\r\nA: b\r\n\r\n', 'three'),
    record(1n | (1n << 62n), '', '', ''),
  ]);
  const found = Array.from(blockMessages(block, 'S', 1), ({ payload, ...message }) => ({
    ...message,
    payload: Buffer.from(payload).toString(),
  }));
  const time = { seconds: 1_700_000_000, nanos: 1 };
  expect(found).toEqual([
    { sequence: 1, time, kind: 'message', subject: 's.a', headers: '', payload: 'one' },
    { sequence: 2, time, kind: 'erased', subject: '', headers: '', payload: 'xxx' },
    { sequence: 3, time, kind: 'message', subject: 's.b', headers: 'NATS/1.0\r\nA: b\r\n\r\n', payload: 'three' },
    { sequence: 1, time, kind: 'tombstone', subject: '', headers: '', payload: '' },
  ]);
  expect(() => texts(block.subarray(0, 40))).toThrow(/spoilt|cut off/);
});

test('a message that was spoilt, or is of another stream, is not taken', () => {
  const block = Buffer.concat([record(1n, 's.a', '', 'one'), record(2n, 's.b', '', 'two')]);
  expect(texts(block)).toEqual(['one', 'two']);
  const spoilt = Buffer.from(block);
  spoilt[block.length - 10] = 0;
  expect(() => texts(spoilt)).toThrow('message 2 of the backup is spoilt');
  expect(() => [...blockMessages(block, 'T', 1)]).toThrow('message 1 of the backup is spoilt');
  expect(() => [...blockMessages(block, 'S', 2)]).toThrow('message 1 of the backup is spoilt');
});

test('compressed blocks are unpacked', () => {
  const block = Buffer.concat([record(1n, 's.a', '', 'one'), record(2n, 's.b', '', 'two'.repeat(1000))]);
  const body = block.subarray(0, -8);
  const packed = Buffer.concat([
    Buffer.from('cmp'),
    Uint8Array.of(1, 0x80 | (body.length & 0x7f), body.length >> 7),
    STREAM_IDENTIFIER,
    snappyChunks(body),
    block.subarray(-8),
  ]);
  expect(packed.length).toBeLessThan(block.length);
  expect(texts(packed)).toEqual(['one', 'two'.repeat(1000)]);
  packed[30] = (packed[30] as number) ^ 1;
  expect(() => texts(packed)).toThrow(SnappyError);
});

test('the index of a block says what is gone, as 2.9 writes it', () => {
  const bytes = Buffer.from(
    '1601b517f9cce20101b8aa80f0e5ebceea31b917e8fed39de6ebceea31044b51e82440d0576504050663',
    'hex',
  );
  expect(decodeBlockIndex(bytes)).toEqual({ firstSequence: 1, gone: new Set([5, 6, 7, 100]) });
  expect(() => decodeBlockIndex(bytes.subarray(0, 30))).toThrow('corrupt index of a block');
  expect(() => decodeBlockIndex(Uint8Array.of(1, 2, 3))).toThrow('corrupt index of a block');
});

test('files of a tar archive come one by one, under the names that notes give them', () => {
  const file = (name: string, type: string, content: string): Buffer => {
    const head = Buffer.alloc(512);
    head.write(name);
    head.write(content.length.toString(8).padStart(11, '0'), 124);
    head.write(type, 156);
    const body = Buffer.alloc(Math.ceil(content.length / 512) * 512);
    body.write(content);
    return Buffer.concat([head, body]);
  };
  const tar = Buffer.concat([
    file('meta.inf', '0', '{}'),
    file('note', 'x', '30 mtime=1350244992.023960108\n'),
    file('msgs/1.blk', '0', 'x'.repeat(600)),
    file('note', 'x', '17 path=obs/long\n'),
    file('obs/lo', '0', 'y'),
    Buffer.alloc(1024),
  ]);
  const found: [string, number][] = [];
  const reader = new TarReader((name, bytes) => found.push([name, bytes.length]));
  for (let at = 0; at < tar.length; at += 100) reader.push(tar.subarray(at, at + 100));
  expect(found).toEqual([
    ['meta.inf', 2],
    ['msgs/1.blk', 600],
    ['obs/long', 1],
  ]);
  expect(reader.ended).toBe(true);
  expect(() => new TarReader(() => {}).push(file('link', '2', ''))).toThrow('unexpected content');
});
